//! Sending, by whichever transport is set.

use std::io;

use super::{Directory, Memory, Message, Smtp};
use crate::model::{EmailAddress, MailStep, SendFailure};

/// How many connections to a mail server are kept.
const CONNECTIONS: usize = 4;

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

/// A letter that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The server's answer, or the file it was written to.
    pub answer: String,
}

impl Post {
    /// How many letters may be on their way at once.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        match self {
            Self::Smtp(_) => CONNECTIONS,
            Self::Directory(_) | Self::Memory(_) => 1,
        }
    }

    /// Sends a message. Every step has its own deadline.
    ///
    /// # Errors
    /// When it was not taken, or when that cannot be known; the failure says what it means for this
    /// letter and for the others.
    pub async fn send(&self, message: &Message) -> Result<Sent, SendFailure> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Directory(directory) => write(directory, message).await,
            Self::Memory(memory) => {
                memory.keep(message);
                Ok(Sent { answer: "kept in memory".to_owned() })
            }
        }
    }

    /// Tests the transport as far as the server goes without a letter: connects, logs in, and names the
    /// sender and recipient of a letter. Nothing is sent.
    ///
    /// # Errors
    /// As [`Post::send`]. A directory and memory have nothing to test.
    pub async fn rehearse(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
    ) -> Result<(), SendFailure> {
        match self {
            Self::Smtp(smtp) => smtp.rehearse(from, to).await,
            Self::Directory(_) | Self::Memory(_) => Ok(()),
        }
    }

    /// Closes the open connections. The next letter opens a new one.
    pub async fn rest(&self) {
        match self {
            Self::Smtp(smtp) => smtp.rest().await,
            Self::Directory(_) | Self::Memory(_) => {}
        }
    }
}

async fn write(directory: &Directory, message: &Message) -> Result<Sent, SendFailure> {
    let path = directory.file(message);
    let (directory, message) = (directory.clone(), message.clone());
    // Syncing to the disk can take long, so it must not block the threads that everything else shares.
    let written = tokio::task::spawn_blocking(move || directory.write(&message)).await;
    let written = written.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
    match written {
        Ok(path) => Ok(Sent { answer: path.display().to_string() }),
        Err(error) => {
            Err(SendFailure::lost(MailStep::File, format!("{}: {error}", path.display())))
        }
    }
}

#[cfg(test)]
mod tests;
