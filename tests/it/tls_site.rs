//! Servers on the loopback network that speak TLS, with certificates made for the test.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

/// An authority, the intermediate it signed, and a certificate that the intermediate signed.
pub(crate) struct Chain {
    pub(crate) root: rcgen::Certificate,
    pub(crate) intermediate: rcgen::Certificate,
    pub(crate) own: rcgen::Certificate,
    key: KeyPair,
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// Says where the certificate of the signer is (RFC 5280, section 4.2.2.1).
fn issuer_at(url: &str) -> CustomExtension {
    let field = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 0x80, "a longer one is written otherwise");
        [&[tag, length], content].concat()
    };
    let method = field(0x06, &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02]);
    let description = [method, field(0x86, url.as_bytes())].concat();
    let content = field(0x30, &field(0x30, &description));
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

impl Chain {
    /// Makes a chain for a host.
    pub(crate) fn of(host: &str) -> Self {
        Self::made(&CertificateParams::new(vec![host.to_owned()]).unwrap())
    }

    /// Makes a chain for a host, whose certificate says where that of its signer is.
    pub(crate) fn with_issuer_at(host: &str, url: &str) -> Self {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.custom_extensions.push(issuer_at(url));
        Self::made(&params)
    }

    /// Makes a chain for a host, whose certificate was good in the past.
    pub(crate) fn expired(host: &str) -> Self {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 2, 29);
        Self::made(&params)
    }

    fn made(params: &CertificateParams) -> Self {
        let (root_key, middle_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let root = authority("Root X").self_signed(&root_key).unwrap();
        let root_issuer = Issuer::new(authority("Root X"), root_key);
        let intermediate =
            authority("Intermediate X").signed_by(&middle_key, &root_issuer).unwrap();
        let middle_issuer = Issuer::new(authority("Intermediate X"), middle_key);
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &middle_issuer).unwrap();
        Self { root, intermediate, own, key }
    }

    /// A certificate that is signed by itself.
    pub(crate) fn of_itself(host: &str) -> Self {
        let chain = Self::of(host);
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let own = params.self_signed(&chain.key).unwrap();
        Self { own, ..chain }
    }
}

/// A server that answers every HTTP/1.1 request with a page, and breaks every HTTP/2 request off.
pub(crate) struct TlsSite {
    pub(crate) url: Url,
    /// How many came.
    visitors: Arc<Mutex<usize>>,
    /// The protocol of every connection that came about.
    spoken: Arc<Mutex<Vec<String>>>,
}

impl TlsSite {
    /// Starts a server that sends these certificates, and offers these protocols.
    pub(crate) async fn start(
        chain: &Chain,
        sent: &[&rcgen::Certificate],
        protocols: &[&str],
    ) -> Self {
        let sent: Vec<CertificateDer<'static>> =
            sent.iter().map(|certificate| certificate.der().clone()).collect();
        let key = PrivateKeyDer::try_from(chain.key.serialize_der()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_no_client_auth().with_single_cert(sent, key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (spoken, visitors) = (Arc::default(), Arc::default());
        let url = Url::parse(&format!("https://localhost:{port}/page")).unwrap();
        let site = Self { url, visitors: Arc::clone(&visitors), spoken: Arc::clone(&spoken) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *visitors.lock().unwrap() += 1;
                tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&spoken)));
            }
        });
        site
    }

    pub(crate) fn visitors(&self) -> usize {
        *self.visitors.lock().unwrap()
    }

    pub(crate) fn spoken(&self) -> Vec<String> {
        self.spoken.lock().unwrap().clone()
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, spoken: Arc<Mutex<Vec<String>>>) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let name = stream.get_ref().1.alpn_protocol().unwrap_or_default();
    let name = String::from_utf8(name.to_vec()).unwrap();
    spoken.lock().unwrap().push(name.clone());
    if name == "h2" {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(h2::Reason::INTERNAL_ERROR);
        }
        return;
    }
    let _ = stream.read(&mut [0; 4096]).await;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\n<p>Funds";
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}
