//! Looks after an installation: copies its database and restores a copy ([`backup()`], [`restore`]),
//! deletes what nothing depends on ([`thin()`]), proves that its history is what was written ([`audit()`]),
//! and examines everything it needs ([`doctor()`]).

mod audit;
mod backup;
mod doctor;
mod thin;

use std::{io, path::PathBuf};

pub use audit::{Audit, audit};
pub use backup::{Backup, Restored, backup, restore};
pub use doctor::{Finding, Grade, doctor, live};
pub use thin::thin;

pub use crate::store::Thinned;

use crate::model::Advice;
use crate::store::StoreError;

/// Why maintenance failed.
#[derive(Debug, thiserror::Error)]
pub enum MaintainError {
    /// Something is already there.
    #[error("{} is there already: name another file, or a directory", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A copy of the same second is in the directory.
    #[error("{} was made in this second: it is the copy that was asked for", path.display())]
    MadeNow {
        /// Which.
        path: PathBuf,
    },
    /// A file could not be written, moved or listed.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A copy is not whole.
    #[error("{} is not whole, and was not used: {why}; take another copy", path.display())]
    NotWhole {
        /// Which.
        path: PathBuf,
        /// The first fault in it.
        why: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MaintainError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Exists { .. } | Self::MadeNow { .. } => Advice::Correct,
            Self::Store(StoreError::NoDatabase { .. }) => Advice::Correct,
            Self::File { .. } | Self::NotWhole { .. } => Advice::Stop,
            Self::Store(error) => error.advice(),
        }
    }
}
