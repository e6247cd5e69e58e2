//! Store errors, worded by what was being done.

use std::{io, path::PathBuf};

use super::fault::{DatabaseError, DatabaseFault};
use crate::model::{Advice, DeliveryId, SnapshotId, SourceId, StateVersion, in_full};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The state directory could not be made.
    #[error("cannot make the directory {}", path.display())]
    CreateDirectory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: DatabaseError,
    },
    /// The database file could not be made.
    #[error("cannot make the database {}", path.display())]
    CreateDatabase {
        /// Which.
        path: PathBuf,
        /// Why.
        source: DatabaseError,
    },
    /// The file of who has left cannot be read or added to. Until it can, nobody is written to.
    #[error("cannot use {}, which says who has left", path.display())]
    KeepSuppressions {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the database could not be searched.
    #[error("cannot search {}", path.display())]
    SearchFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system has no random bytes.
    #[error("making a key: {why}")]
    Random {
        /// Why not.
        why: String,
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
        source: DatabaseError,
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
    /// An SQLite file that is not ours.
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
    /// A file that holds nothing, opened only to read.
    #[error(
        "the database {} is empty: if there was one, put a copy back with `rulewatch restore FILE`; \
         if not, a check makes one",
        path.display()
    )]
    EmptyDatabase {
        /// Which.
        path: PathBuf,
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
        source: DatabaseError,
    },
    /// A query failed.
    #[error("cannot read `{name}` from the database")]
    Read {
        /// What was asked.
        name: &'static str,
        /// Why.
        source: DatabaseError,
    },
    /// Another process held the database for longer than we wait.
    #[error("the database is locked by another process")]
    Locked {
        /// What was to be done.
        name: &'static str,
    },
    /// A row holds something that a row of its table cannot hold.
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
    /// A stored body does not match its hash.
    #[error("the snapshot {id} is altered or damaged: {why}")]
    SnapshotAltered {
        /// The snapshot.
        id: SnapshotId,
        /// How that was noticed.
        why: String,
    },
    /// The stored text of a recipe does not match its hash.
    #[error("the text of the recipe {hash} is altered: its SHA-256 is {found}")]
    RecipeAltered {
        /// The hash it is stored under.
        hash: String,
        /// The hash of the text found.
        found: String,
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
    /// Several changes have ids that begin like this.
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
    /// No such job.
    #[error("there is no job {id} that waits for an answer")]
    NoSuchJob {
        /// Which.
        id: i64,
    },
    /// The lock file, which shows which process checks and delivers, cannot be used.
    #[error("cannot use {}, which shows who checks and delivers here", path.display())]
    UseLock {
        /// Which.
        path: PathBuf,
        /// Why.
        source: DatabaseError,
    },
    /// Something was recorded of the source after the decision to record this.
    #[error(
        "something else was recorded of {of} meanwhile (version {found}, not {expected}): \
         nothing was written; do it again"
    )]
    Superseded {
        /// The source.
        of: SourceId,
        /// The version it was decided from.
        expected: StateVersion,
        /// The version the source is at.
        found: StateVersion,
    },
    /// Nothing of the source is held, or no longer.
    #[error("nothing of {of} is held: somebody else has settled it")]
    NothingHeld {
        /// The source.
        of: SourceId,
    },
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Locked { .. } | Self::Superseded { .. } | Self::NothingHeld { .. } => {
                Advice::Retry
            }
            Self::Transaction { source, .. } | Self::Read { source, .. } => {
                source.fault.while_working()
            }
            Self::OpenDatabase { source, .. } => source.fault.while_opening(),
            Self::CreateDirectory { source, .. }
            | Self::CreateDatabase { source, .. }
            | Self::UseLock { source, .. }
                if source.fault == DatabaseFault::DiskFull =>
            {
                Advice::Retry
            }
            Self::CreateDirectory { .. }
            | Self::CreateDatabase { .. }
            | Self::NoDatabase { .. }
            | Self::NoWriteAheadLog { .. }
            | Self::ForeignDatabase { .. }
            | Self::NewerDatabase { .. }
            | Self::OlderDatabase { .. }
            | Self::EmptyDatabase { .. }
            | Self::ApplyMigration { .. }
            | Self::UseLock { .. } => Advice::Stop,
            Self::Inconsistent { .. }
            | Self::SnapshotAltered { .. }
            | Self::RecipeAltered { .. }
            | Self::Compress { .. }
            | Self::KeepSuppressions { .. }
            | Self::SearchFile { .. }
            | Self::Random { .. }
            | Self::NoSuchJob { .. } => Advice::TellOperator,
            Self::AlreadySubscribed { .. }
            | Self::AmbiguousChange { .. }
            | Self::NoSuchDelivery { .. } => Advice::Correct,
        }
    }

    /// Returns whether part of the file is not what SQLite wrote.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        match self {
            Self::Transaction { source, .. } | Self::Read { source, .. } => {
                source.fault == DatabaseFault::Damaged
            }
            _ => false,
        }
    }

    /// Why a copy cannot be used; without what to do about the database itself.
    #[must_use]
    pub fn of_copy(&self) -> Option<&'static str> {
        match self {
            Self::EmptyDatabase { .. } => Some("it is empty"),
            Self::Transaction { source, .. }
            | Self::Read { source, .. }
            | Self::OpenDatabase { source, .. } => match source.fault {
                DatabaseFault::Damaged => Some("part of it is damaged, or was cut off"),
                DatabaseFault::NotADatabase => Some("it is no database"),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns whether another process was in the way, so that trying again makes sense.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        match self {
            Self::Locked { .. } => true,
            Self::OpenDatabase { source, .. } => source.fault == DatabaseFault::Locked,
            _ => false,
        }
    }
}

/// What was read or done, or nothing where that part of the database is damaged: for whoever can do without it.
///
/// # Errors
/// Any other error.
pub fn unless_damaged<T: Default>(done: Result<T, StoreError>) -> Result<T, StoreError> {
    match done {
        Err(error) if error.is_damaged() => {
            let error = in_full(&error);
            tracing::error!(error, "done without a part of the database");
            Ok(T::default())
        }
        done => done,
    }
}

/// An error inside a named transaction or read, before it is given that name.
#[derive(Debug)]
pub(super) enum Trouble {
    /// From SQLite.
    Sqlite(rusqlite::Error),
    /// Ours, already in full.
    Store(Box<StoreError>),
}

impl Trouble {
    /// Names what was being written.
    pub(super) fn writing(self, name: &'static str) -> StoreError {
        self.named(name, |source| StoreError::Transaction { name, source })
    }

    /// Names what was being read.
    pub(super) fn reading(self, name: &'static str) -> StoreError {
        self.named(name, |source| StoreError::Read { name, source })
    }

    fn named(
        self,
        name: &'static str,
        failed: impl FnOnce(DatabaseError) -> StoreError,
    ) -> StoreError {
        match self {
            Self::Sqlite(error) => match DatabaseError::from(&error) {
                locked if locked.fault == DatabaseFault::Locked => StoreError::Locked { name },
                other => failed(other),
            },
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
