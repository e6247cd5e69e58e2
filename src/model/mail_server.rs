//! A mail server and how to speak to it, as the operator configures it.

use std::time::Duration;

use super::Secret;

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name, which must be on its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The login, if it requires one.
    pub login: Option<Login>,
    /// Certificates, as PEM, that are trusted besides the system's own.
    pub ca_pem: Option<Vec<u8>>,
    /// The name we give it (EHLO): this machine's, unless another is chosen.
    pub hello: Option<String>,
    /// How long it may take to answer.
    pub limits: MailLimits,
}

impl MailServer {
    /// A mail server with the default settings.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            tls: Tls::StartTls,
            login: None,
            ca_pem: None,
            hello: None,
            limits: MailLimits::default(),
        }
    }
}

/// How long a mail server may take to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// For an answer. One minute by default: a server that needs more is in trouble.
    pub answer: Duration,
    /// For taking a letter, up to the answer to its final dot. Ten minutes by default, as RFC 5321
    /// requires (section 4.5.3.2.6): a letter whose try is broken off there may have been taken, and is
    /// sent again.
    pub accept: Duration,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self { answer: Duration::from_secs(60), accept: Duration::from_secs(600) }
    }
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// It begins in clear text and must be upgraded before anything is said.
    StartTls,
    /// It is protected from the first byte.
    Wrapper,
    /// Not at all: only for this machine itself.
    None,
}

impl Tls {
    /// The port on which mail servers usually expect it.
    #[must_use]
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Wrapper => 465,
            Self::None => 25,
        }
    }
}

/// A user name and its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password. Never shown.
    pub password: Secret,
}
