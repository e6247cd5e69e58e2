//! Writes what is known for others to use: tables for analysts ([`tables()`]), a database ([`database`]), a web
//! archive ([`archive()`]).
//!
//! Nothing about people is in any of them. What is written claims no more than was recorded: a page is
//! exported as the body that was received and decoded, and one whose body is no longer kept as its hash.

mod archive;
mod tables;

use std::io;
use std::path::{Path, PathBuf};

pub use archive::{Archived, archive};
pub use tables::{TableFormat, database, tables};

use crate::model::Advice;
use crate::store::StoreError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is already there.
    #[error("{} is there already: name another place", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a file whole or not at all: under another name first.
fn whole<T>(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    if path.exists() {
        return Err(ExportError::Exists { path: path.to_owned() });
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    // What an export that was broken off has left.
    drop(std::fs::remove_file(&partial));
    let done = write(&partial).and_then(|value| {
        let moved = std::fs::rename(&partial, path);
        moved.map_err(|source| ExportError::Write { path: path.to_owned(), source })?;
        Ok(value)
    });
    if done.is_err() {
        drop(std::fs::remove_file(&partial));
    }
    done
}

impl ExportError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Exists { .. } => Advice::Correct,
            Self::Write { .. } => Advice::Stop,
            Self::Store(error) => error.advice(),
        }
    }
}
