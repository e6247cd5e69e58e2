//! Post that goes to a mail server.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as LettreTls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::{Message, SendError, Sent};
use crate::model::{MailServer, Tls, is_this_machine};

/// How long one command may take. RFC 5321 allows ten minutes for the last; a server that needs
/// more than one is in trouble, and trying again costs only a recognisable repeat.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long a connection waits for the next letter: shorter than servers wait before they hang up.
const IDLE: Duration = Duration::from_secs(20);

/// How many connections are kept: one server, and letters in no hurry.
const CONNECTIONS: u32 = 2;

/// The longest answer of a server that is kept.
const ANSWER: usize = 300;

/// A mail server that cannot be spoken to as configured.
#[derive(Debug, thiserror::Error)]
pub enum SmtpFault {
    /// A connection in the clear to another machine.
    #[error("tls = \"none\" is only for this machine itself, and {host} is another")]
    Clear {
        /// The machine.
        host: String,
    },
    /// TLS cannot be set up: no trusted certificates, or a file that holds none.
    #[error("setting up TLS for {host}")]
    Tls {
        /// The mail server.
        host: String,
        /// What TLS said.
        #[source]
        source: Error,
    },
}

/// A mail server, with the connections to it.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    name: String,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.name).finish()
    }
}

impl Smtp {
    /// Takes the configuration. Must be called within a tokio runtime; connects only when the
    /// first letter goes out.
    ///
    /// # Errors
    /// When the connection would be in the clear to another machine, or TLS cannot be set up.
    pub fn new(config: MailServer) -> Result<Self, SmtpFault> {
        let tls = match config.tls {
            Tls::StartTls => LettreTls::Required(parameters(&config)?),
            Tls::Wrapper => LettreTls::Wrapper(parameters(&config)?),
            Tls::None if is_this_machine(&config.host) => LettreTls::None,
            Tls::None => return Err(SmtpFault::Clear { host: config.host }),
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
                .port(config.port)
                .tls(tls)
                .timeout(Some(TIMEOUT))
                .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE));
        if let Some(login) = config.login {
            builder = builder
                .credentials(Credentials::new(login.user, login.password.expose().to_owned()));
        }
        let name = format!("{}:{}", config.host, config.port);
        Ok(Self { transport: builder.build(), name })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        let address = |text: &str| {
            let parsed = text.parse::<Address>();
            parsed.map_err(|error| SendError::Unsendable { why: error.to_string() })
        };
        let to = vec![address(message.to.as_str())?];
        let envelope = Envelope::new(Some(address(message.from.as_str())?), to)
            .map_err(|error| SendError::Unsendable { why: error.to_string() })?;
        let answer = self.transport.send_raw(&envelope, &message.bytes).await;
        let answer = answer.map_err(|error| judged(&error))?;
        let lines: Vec<&str> = answer.message().collect();
        Ok(Sent { answer: short(&format!("{} {}", answer.code(), lines.join(" "))) })
    }

    pub(super) async fn test(&self) -> Result<(), SendError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::Lost { why: format!("{} does not answer", self.name) }),
            Err(error) => Err(judged(&error)),
        }
    }

    pub(super) async fn close(&self) {
        self.transport.shutdown().await;
    }
}

fn parameters(config: &MailServer) -> Result<TlsParameters, SmtpFault> {
    let fault = |source| SmtpFault::Tls { host: config.host.clone(), source };
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(fault)?);
    }
    builder.build().map_err(fault)
}

/// Says what a failure means.
fn judged(error: &Error) -> SendError {
    let why = short(&told(error));
    let code = error.status().map(|code| code.to_string());
    match code.as_deref() {
        // Asked for, refused or too weak a login, and TLS asked for first (RFC 4954, RFC 3207).
        Some("454" | "530" | "534" | "535" | "538") => SendError::NotAdmitted { answer: why },
        Some(_) if error.is_permanent() => SendError::Refused { answer: why },
        Some(_) => SendError::Deferred { answer: why },
        None if error.is_tls() || why.contains("certificate") || why.contains("STARTTLS") => {
            SendError::Unprotected { why }
        }
        None if why.contains("authentication mechanism") => SendError::NotAdmitted { answer: why },
        None => SendError::Lost { why },
    }
}

/// The error with all its causes, each once.
fn told(error: &Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !told.contains(&words) {
            told = format!("{told}: {words}");
        }
        cause = inner.source();
    }
    told
}

/// A server's words on one line, without what could act on a terminal.
fn short(answer: &str) -> String {
    crate::model::text::excerpt(&crate::model::text::canonical(answer), ANSWER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Login, Secret};

    fn config(host: &str, tls: Tls) -> MailServer {
        MailServer { host: host.into(), port: 25, tls, login: None, ca_pem: None }
    }

    #[tokio::test]
    async fn a_clear_connection_stays_on_this_machine() {
        for host in ["localhost", "127.0.0.1", "::1", "LOCALHOST"] {
            assert!(Smtp::new(config(host, Tls::None)).is_ok(), "{host}");
        }
        for host in ["mail.example.org", "10.0.0.1", "localhost.example.org"] {
            let fault = Smtp::new(config(host, Tls::None)).unwrap_err();
            assert!(fault.to_string().contains(host), "{fault}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let login = Login { user: "ana".into(), password: Secret::new("s3cret") };
        let config = MailServer { login: Some(login), ..config("localhost", Tls::None) };
        let shown = format!("{config:?}");
        assert!(shown.contains("ana") && !shown.contains("s3cret"), "{shown}");
    }

    #[tokio::test]
    async fn a_file_without_certificates_is_told() {
        let ca_pem = Some(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n".to_vec());
        let config = MailServer { ca_pem, ..config("localhost", Tls::StartTls) };
        assert!(matches!(Smtp::new(config), Err(SmtpFault::Tls { .. })));
    }
}
