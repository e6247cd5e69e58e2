//! Sending, and what is said when it fails.

use std::io;
use std::path::PathBuf;

use super::{Directory, Memory, Message, Smtp};

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Post {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a directory, as `.eml` files: the default.
    Directory(Directory),
    /// Nowhere: they are kept in memory.
    Memory(Memory),
}

/// A letter was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The server's answer, or the file it was written to.
    pub answer: String,
}

/// A letter was not taken, or nobody can know.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The mail server refuses this letter for good (5xx).
    #[error("the mail server refuses the letter for good: {answer}")]
    Refused {
        /// Its answer.
        answer: String,
    },
    /// The mail server does not take it now (4xx).
    #[error("the mail server does not take the letter now: {answer}")]
    Deferred {
        /// Its answer.
        answer: String,
    },
    /// The mail server does not let us in. About us, not about the letter: an operator mends it,
    /// and no letter is lost for it.
    #[error("the mail server does not let us in: {answer}; see user and password_file in [mail]")]
    NotAdmitted {
        /// Its answer.
        answer: String,
    },
    /// No protected connection came about: a certificate that is not trusted, or no STARTTLS.
    #[error("no protected connection to the mail server: {why}; see tls and ca_file in [mail]")]
    Unprotected {
        /// What TLS said.
        why: String,
    },
    /// No connection, or it was lost. Once the text was handed over the letter may have been taken.
    #[error("the connection to the mail server failed: {why}")]
    Lost {
        /// What the network said.
        why: String,
    },
    /// An address or another part of the message that SMTP cannot carry.
    #[error("the letter cannot be sent: {why}")]
    Unsendable {
        /// Why not.
        why: String,
    },
    /// The file could not be written.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
}

impl SendError {
    /// Returns whether trying again makes sense. Only a refusal of the letter itself ends it.
    #[must_use]
    pub fn retry(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unsendable { .. } => false,
            Self::Deferred { .. }
            | Self::NotAdmitted { .. }
            | Self::Unprotected { .. }
            | Self::Lost { .. }
            | Self::Write { .. } => true,
        }
    }
}

impl Post {
    /// Sends a message.
    ///
    /// # Errors
    /// When it was not taken, or when that cannot be known; [`SendError::retry`] says whether to
    /// try again.
    pub async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Directory(directory) => write(directory, message).await,
            Self::Memory(memory) => {
                memory.keep(message);
                Ok(Sent { answer: "kept in memory".to_owned() })
            }
        }
    }

    /// Tries the way without sending: connects, and logs in where there is a login.
    ///
    /// # Errors
    /// As [`Post::send`]. A directory and memory have no way to try.
    pub async fn test(&self) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.test().await,
            Self::Directory(_) | Self::Memory(_) => Ok(()),
        }
    }

    /// Closes what is open. Letters sent afterwards are not taken by a mail server.
    pub async fn close(&self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Directory(_) | Self::Memory(_) => {}
        }
    }
}

async fn write(directory: &Directory, message: &Message) -> Result<Sent, SendError> {
    let path = directory.file(message);
    let (directory, message) = (directory.clone(), message.clone());
    // Writing through to the disk can take long: not on the threads that everything else shares.
    let written = tokio::task::spawn_blocking(move || directory.write(&message)).await;
    let written = written.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
    match written {
        Ok(path) => Ok(Sent { answer: path.display().to_string() }),
        Err(source) => Err(SendError::Write { path, source }),
    }
}

#[cfg(test)]
mod tests;
