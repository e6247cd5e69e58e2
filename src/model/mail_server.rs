//! A mail server and how to speak to it, as the operator says.

use super::Secret;

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The login, where it wants one.
    pub login: Option<Login>,
    /// Certificates, as PEM, that are trusted beside the system's own.
    pub ca_pem: Option<Vec<u8>>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// It begins in the clear and must be upgraded before anything is said.
    StartTls,
    /// It is protected from its first byte.
    Wrapper,
    /// Not at all: only to this machine itself.
    None,
}

impl Tls {
    /// The port that mail servers listen on for it.
    #[must_use]
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Wrapper => 465,
            Self::None => 25,
        }
    }
}

/// A name and its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password. Never shown.
    pub password: Secret,
}
