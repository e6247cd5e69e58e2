//! Who is trusted to be a host, and why one is not.
//!
//! The system's certificate authorities decide, and for single hosts also those of a file that the
//! operator names. Verification is never off. This module adds words: there are three reasons why
//! nobody vouches for a certificate, each with its own remedy, and the library has one word for all.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate};

/// The longest name of an authority that is shown.
const LONGEST: usize = 120;

/// Reads the certificates of a PEM file.
///
/// # Errors
/// When it contains none, or one that cannot be read.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if found.is_empty() => Err("it holds no certificate in PEM form".to_owned()),
        Ok(found) => Ok(found),
        Err(error) => Err(error.to_string()),
    }
}

/// The protection of a connection: the system's authorities, and the given ones as well.
///
/// # Errors
/// When nobody is trusted: no authorities are installed.
pub(super) fn config(beside: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Telling::new(beside, Arc::clone(&provider))?;
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// The protocols to offer: both, or only the older one.
pub(super) fn offering(mut config: ClientConfig, over_http1: bool) -> ClientConfig {
    let both: &[&[u8]] = if over_http1 { &[b"http/1.1"] } else { &[b"h2", b"http/1.1"] };
    config.alpn_protocols = both.iter().map(|name| name.to_vec()).collect();
    config
}

/// A certificate that no trusted authority vouches for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Untrusted {
    /// The server sends only its own certificate, and we do not know the one that signed it.
    #[error("the certificate chain lacks its intermediate `{issuer}`")]
    LacksIntermediate {
        /// Who signed the server's certificate.
        issuer: String,
        /// Where that signer's certificate is, as the server's own says.
        fetch_from: String,
    },
    /// The same, and nothing says where that one's certificate is: an intermediate, or a private authority.
    #[error("`{issuer}`, who signed the certificate, is not known on this machine")]
    UnknownIssuer {
        /// Who signed the server's certificate.
        issuer: String,
    },
    /// The certificate is signed by itself.
    #[error("the certificate is signed by itself")]
    SelfSigned,
    /// The server sends a chain, but we do not trust its end.
    #[error("the authority `{issuer}` is not trusted on this machine")]
    UnknownAuthority {
        /// Who signed the last certificate of the chain.
        issuer: String,
    },
}

impl Untrusted {
    /// What is wrong, and what to do about it.
    pub(super) fn told(&self, host: &str) -> String {
        let name_it = format!("name it as ca_file under [fetch.host.\"{host}\"]");
        match self {
            Self::LacksIntermediate { fetch_from, .. } => format!(
                "{self} (it is at {fetch_from}), which browsers fetch by themselves: tell the site, \
                 and until it is mended save that certificate as a PEM file and {name_it}"
            ),
            Self::UnknownIssuer { .. } => format!(
                "{self}, and the server does not send that one's certificate: save it as a PEM file \
                 and {name_it}; where browsers open the page, tell the site that its chain is not whole"
            ),
            Self::SelfSigned => format!(
                "{self}, so nobody vouches for it: if you trust it all the same, save it as a PEM \
                 file and {name_it}"
            ),
            Self::UnknownAuthority { .. } => format!(
                "{self}: update the package ca-certificates, or save the authority's certificate \
                 as a PEM file and {name_it}"
            ),
        }
    }

    /// Finds the reason in what the server sent.
    fn of(own: &CertificateDer<'_>, sent: &[CertificateDer<'_>]) -> Option<Self> {
        let read = |der| X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate);
        let own = read(own)?;
        if own.issuer() == own.subject() && sent.is_empty() {
            return Some(Self::SelfSigned);
        }
        let sent: Vec<_> = sent.iter().filter_map(|der| read(der)).collect();
        // From the server's own certificate, as far up as the sent ones reach.
        let mut last = &own;
        for _ in 0..sent.len() {
            match sent
                .iter()
                .find(|up| up.subject() == last.issuer() && up.subject() != last.subject())
            {
                Some(up) => last = up,
                None => break,
            }
        }
        let issuer = shown(&last.issuer().to_string());
        if std::ptr::eq(last, &raw const own) {
            return Some(match issuer_at(&own) {
                Some(fetch_from) => Self::LacksIntermediate { issuer, fetch_from },
                None => Self::UnknownIssuer { issuer },
            });
        }
        Some(Self::UnknownAuthority { issuer })
    }
}

/// Where a certificate says its issuer's certificate is.
fn issuer_at(certificate: &X509Certificate<'_>) -> Option<String> {
    let of_issuer = |description: &x509_parser::extensions::AccessDescription<'_>| {
        let is_issuer = description.access_method.to_id_string() == "1.3.6.1.5.5.7.48.2";
        match (is_issuer, &description.access_location) {
            (true, GeneralName::URI(url)) => Some(shown(url)),
            _ => None,
        }
    };
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => {
            access.accessdescs.iter().find_map(of_issuer)
        }
        _ => None,
    })
}

/// Says in words what is wrong with a protected connection, and whether it will pass.
pub(super) fn fault(error: &rustls::Error, host: &str) -> (String, bool) {
    use rustls::AlertDescription as Alert;
    let words = match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(why))) => {
            why.downcast_ref::<Untrusted>().map(|why| why.told(host))
        }
        rustls::Error::InvalidCertificate(of) => of_time(of).or_else(|| of_name(of, host)),
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            Some("the server does not speak TLS at this port: look at the address".to_owned())
        }
        rustls::Error::AlertReceived(Alert::ProtocolVersion) => {
            Some("the server speaks only versions of TLS that are no longer safe".to_owned())
        }
        _ => None,
    };
    let passes = matches!(
        error,
        rustls::Error::AlertReceived(
            Alert::InternalError | Alert::UserCanceled | Alert::CloseNotify
        ) | rustls::Error::HandshakeNotComplete
            | rustls::Error::FailedToGetCurrentTime
    );
    (words.unwrap_or_else(|| error.to_string()), passes)
}

/// What is wrong with the name on a certificate, and what to do about it.
fn of_name(error: &CertificateError, host: &str) -> Option<String> {
    let names = match error {
        CertificateError::NotValidForName => String::new(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let plain = |name: &String| {
                let inner = name.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")"));
                format!("`{}`", inner.unwrap_or(name))
            };
            let names: Vec<String> = presented.iter().map(plain).collect();
            // A certificate without names is for nobody.
            if names.is_empty() {
                String::new()
            } else {
                format!(", but for {}", shown(&names.join(", ")))
            }
        }
        _ => return None,
    };
    Some(format!(
        "the certificate is not for `{host}`{names}: look whether the address is right, and tell the \
         site if it is"
    ))
}

/// What is wrong with the time of a certificate, and what to do about it.
fn of_time(error: &CertificateError) -> Option<String> {
    use CertificateError as E;
    let (says, when) = match error {
        E::Expired => ("the certificate has expired", None),
        E::ExpiredContext { not_after, .. } => ("the certificate expired on", Some(not_after)),
        E::NotValidYet => ("the certificate is not valid yet", None),
        E::NotValidYetContext { not_before, .. } => {
            ("the certificate is not valid before", Some(not_before))
        }
        _ => return None,
    };
    let day = |at: &UnixTime| Timestamp::from_second(i64::try_from(at.as_secs()).ok()?).ok();
    let when = when.and_then(day).map(|at| format!(" {}", at.strftime("%F")));
    Some(format!(
        "{says}{}: the site has to renew it, unless the clock of this machine is wrong",
        when.unwrap_or_default()
    ))
}

/// A stranger's words, in one short line.
fn shown(text: &str) -> String {
    crate::model::text::excerpt(&crate::model::text::canonical(text), LONGEST)
}

/// The system's verifier, which also explains why nobody vouches for a certificate.
#[derive(Debug)]
struct Telling(Verifier);

impl Telling {
    fn new(
        beside: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, rustls::Error> {
        Verifier::new_with_extra_roots(beside, provider).map(Self)
    }
}

impl ServerCertVerifier for Telling {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified =
            self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verified.map_err(|error| {
            let why = match error {
                rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    Untrusted::of(end_entity, intermediates)
                }
                // One that is made to sign others, and signed itself.
                rustls::Error::InvalidCertificate(CertificateError::Other(_)) => {
                    Untrusted::of(end_entity, intermediates)
                        .filter(|why| *why == Untrusted::SelfSigned)
                }
                _ => None,
            };
            why.map_or(error, |why| CertificateError::Other(OtherError(Arc::new(why))).into())
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
