//! What can go wrong at the store, in words that say what was being done.

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

use crate::model::{Advice, DeliveryId, SnapshotId, SourceId};

/// Trouble at the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The state directory could not be made.
    #[error("cannot make the directory {}", path.display())]
    CreateDirectory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database file could not be made.
    #[error("cannot make the database {}", path.display())]
    CreateDatabase {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to read yet.
    #[error("there is no database at {}: a check makes one", path.display())]
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database could not be opened or set up.
    #[error("cannot open the database {}", path.display())]
    OpenDatabase {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file system cannot hold a write-ahead log, without which readers and a writer collide.
    #[error(
        "the database {} cannot keep a write-ahead log (SQLite answers `{mode}`): \
         put the state on a local disk",
        path.display()
    )]
    NoWriteAheadLog {
        /// Which.
        path: PathBuf,
        /// The journal mode it has.
        mode: String,
    },
    /// An SQLite file, and not ours.
    #[error("{} is the database of another program: it was left as it is", path.display())]
    ForeignDatabase {
        /// Which.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error(
        "{} was written by a newer rulewatch (its format is {found}, this program knows {known}): \
         it was left as it is; use the newer program",
        path.display()
    )]
    NewerDatabase {
        /// Which.
        path: PathBuf,
        /// The format found.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// An older program wrote it, and it was opened only to read.
    #[error(
        "{} was written by an older rulewatch (its format is {found}, this program's is {known}): \
         start the daemon or run a check once, to bring it up to date",
        path.display()
    )]
    OlderDatabase {
        /// Which.
        path: PathBuf,
        /// The format found.
        found: i64,
        /// The format this program reads.
        known: i64,
    },
    /// A migration failed; the database is as it was before.
    #[error("cannot bring the database {} up to date", path.display())]
    ApplyMigration {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rusqlite_migration::Error,
    },
    /// A transaction failed; nothing of it was written.
    #[error("the transaction `{name}` failed and wrote nothing")]
    Transaction {
        /// What it was to do.
        name: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// A query failed.
    #[error("cannot read `{name}` from the database")]
    Read {
        /// What was asked.
        name: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another process held the database for longer than we wait.
    #[error("the database is locked by another process (while: {name})")]
    Locked {
        /// What was to be done.
        name: &'static str,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// A row does not say what rows of its table say.
    #[error("the database is inconsistent: {table}.{column} of row {row}: {why}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// A kept body is not the one its address names.
    #[error("the snapshot {id} is altered or damaged: {why}")]
    SnapshotAltered {
        /// The snapshot.
        id: SnapshotId,
        /// How that was seen.
        why: String,
    },
    /// Bytes could not be compressed.
    #[error("cannot compress what is to be kept")]
    Compress {
        /// Why.
        source: io::Error,
    },
    /// The address is subscribed already.
    #[error("{address} is subscribed already: unsubscribe it first to change what it hears")]
    AlreadySubscribed {
        /// The address, masked.
        address: String,
    },
    /// Several changes begin so.
    #[error("several changes have an id that begins with `{prefix}`: write more of it")]
    AmbiguousChange {
        /// What was asked for.
        prefix: String,
    },
    /// No such delivery.
    #[error("there is no delivery {id}")]
    NoSuchDelivery {
        /// Which.
        id: DeliveryId,
    },
    /// Nothing of the source is held, or no longer.
    #[error("nothing of {of} is held: somebody else has settled it")]
    NothingHeld {
        /// The source.
        of: SourceId,
    },
}

impl StoreError {
    /// What is to be done about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        if self.is_locked() {
            return Advice::Retry;
        }
        match self {
            Self::AmbiguousChange { .. }
            | Self::NoSuchDelivery { .. }
            | Self::AlreadySubscribed { .. } => Advice::Correct,
            // Somebody else has settled it meanwhile: the check is made again from what is known now.
            Self::NothingHeld { .. } => Advice::Retry,
            Self::Transaction { source, .. } | Self::Read { source, .. } => of_sqlite(source),
            Self::Locked { .. } => Advice::Retry,
            Self::Inconsistent { .. } | Self::SnapshotAltered { .. } | Self::Compress { .. } => {
                Advice::TellOperator
            }
            Self::CreateDirectory { .. }
            | Self::CreateDatabase { .. }
            | Self::NoDatabase { .. }
            | Self::OpenDatabase { .. }
            | Self::NoWriteAheadLog { .. }
            | Self::ForeignDatabase { .. }
            | Self::NewerDatabase { .. }
            | Self::OlderDatabase { .. }
            | Self::ApplyMigration { .. } => Advice::Stop,
        }
    }

    /// Returns whether another process was in the way, so that trying again makes sense.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        match self {
            Self::Locked { .. } => true,
            Self::OpenDatabase { source, .. } => is_busy(source),
            Self::ApplyMigration {
                source: rusqlite_migration::Error::RusqliteError { err, .. },
                ..
            } => is_busy(err),
            _ => false,
        }
    }
}

/// A disk that is full, or fails now, may be well again; a file that is no database will not be.
fn of_sqlite(error: &rusqlite::Error) -> Advice {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::OutOfMemory
            | ErrorCode::SystemIoFailure
            | ErrorCode::OperationInterrupted
            | ErrorCode::SchemaChanged,
        ) => Advice::Retry,
        // What goes on writing into a damaged file damages it further.
        Some(ErrorCode::NotADatabase | ErrorCode::CannotOpen | ErrorCode::DatabaseCorrupt) => {
            Advice::Stop
        }
        _ => Advice::TellOperator,
    }
}

/// Returns whether another process was in the way.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
    error.sqlite_error_code().is_some_and(|code| busy.contains(&code))
}

/// Trouble inside a named transaction or read, before it has the name.
#[derive(Debug)]
pub(super) enum Trouble {
    /// SQLite's.
    Sqlite(rusqlite::Error),
    /// Ours, which says enough already.
    Store(Box<StoreError>),
}

impl Trouble {
    /// Names what was being written.
    pub(super) fn writing(self, name: &'static str) -> StoreError {
        match self {
            Self::Sqlite(source) if is_busy(&source) => StoreError::Locked { name, source },
            Self::Sqlite(source) => StoreError::Transaction { name, source },
            Self::Store(error) => *error,
        }
    }

    /// Names what was being read.
    pub(super) fn reading(self, name: &'static str) -> StoreError {
        match self {
            Self::Sqlite(source) if is_busy(&source) => StoreError::Locked { name, source },
            Self::Sqlite(source) => StoreError::Read { name, source },
            Self::Store(error) => *error,
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sqlite(source)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}
