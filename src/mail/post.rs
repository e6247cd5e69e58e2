//! Sending, by whichever way letters go.

use std::io;

use super::{Directory, Memory, Message, Smtp};
use crate::model::{EmailAddress, MailStep, SendFailure};

/// How many connections are kept to a mail server.
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

/// A letter was taken.
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

    /// Sends a message. Every step has a deadline of its own.
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

    /// Tries the way without sending: connects, and logs in where there is a login.
    ///
    /// # Errors
    /// As [`Post::send`]. A directory and memory have no way to try.
    pub async fn test(&self) -> Result<(), SendFailure> {
        match self {
            Self::Smtp(smtp) => smtp.test().await,
            Self::Directory(_) | Self::Memory(_) => Ok(()),
        }
    }

    /// Tries the way as far as the server takes it without a letter: it connects, logs in, and says from
    /// whom and to whom a letter would be. Nothing is sent.
    ///
    /// # Errors
    /// As [`Post::send`]. A directory and memory have no way to try.
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

    /// Closes the connections that are open. The next letter opens a new one.
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
    // Writing through to the disk can take long: not on the threads that everything else shares.
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
