//! SQLite's answers, in words that a person can act on.

use std::{fs::OpenOptions, io, path::Path};

use rusqlite::{ErrorCode, ffi};

use crate::model::Advice;

/// `SQLITE_IOERR_SHMSIZE`: the index of the write-ahead log cannot grow. This is what a full disk looks
/// like when the log itself still fits.
const NO_ROOM_FOR_INDEX: i32 = ffi::SQLITE_IOERR | (19 << 8);

/// What is wrong with the database, as far as it matters to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseFault {
    /// Another process holds its lock.
    Locked,
    /// There is no room to write.
    DiskFull,
    /// Its file or file system can only be read.
    ReadOnly,
    /// This user may not use the file or its directory.
    PermissionDenied,
    /// The disk fails to read or write.
    InputOutput,
    /// Part of the file is not what SQLite wrote.
    Damaged,
    /// The file is not an SQLite database.
    NotADatabase,
    /// SQLite cannot open the file, or another that it needs beside it.
    CannotOpen,
    /// Memory, an interruption, a schema that has just changed: it passes.
    Passing,
    /// A row would break a rule of its table.
    Constraint,
    /// Anything else.
    Other,
}

impl DatabaseFault {
    /// The kind of an error of SQLite.
    fn of(error: &rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = error else { return Self::Other };
        if failure.extended_code == NO_ROOM_FOR_INDEX {
            return Self::DiskFull;
        }
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::PermissionDenied => Self::PermissionDenied,
            ErrorCode::SystemIoFailure => Self::InputOutput,
            ErrorCode::DatabaseCorrupt => Self::Damaged,
            ErrorCode::NotADatabase => Self::NotADatabase,
            ErrorCode::CannotOpen => Self::CannotOpen,
            ErrorCode::OutOfMemory | ErrorCode::OperationInterrupted | ErrorCode::SchemaChanged => {
                Self::Passing
            }
            ErrorCode::ConstraintViolation => Self::Constraint,
            _ => Self::Other,
        }
    }

    /// What to do when it happens in the middle of work. A fault of the whole database may pass, and the
    /// operator cannot be told while it lasts: the same is tried again.
    pub(super) fn while_working(self) -> Advice {
        match self {
            Self::Locked
            | Self::DiskFull
            | Self::ReadOnly
            | Self::PermissionDenied
            | Self::InputOutput
            | Self::CannotOpen
            | Self::Passing => Advice::Retry,
            // SQLite writes to no page that it finds damaged. Whoever finds that nothing can be used stops.
            Self::Constraint | Self::Damaged | Self::Other => Advice::TellOperator,
            Self::NotADatabase => Advice::Stop,
        }
    }

    /// What to do when the database cannot be opened.
    pub(super) fn while_opening(self) -> Advice {
        match self {
            Self::Locked | Self::DiskFull | Self::Passing => Advice::Retry,
            Self::ReadOnly
            | Self::PermissionDenied
            | Self::InputOutput
            | Self::Damaged
            | Self::NotADatabase
            | Self::CannotOpen
            | Self::Constraint
            | Self::Other => Advice::Stop,
        }
    }
}

/// An error of the database, by its kind and in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct DatabaseError {
    /// Its kind.
    pub fault: DatabaseFault,
    words: String,
}

impl DatabaseError {
    fn new(fault: DatabaseFault, sqlite: &str) -> Self {
        let words = match fault {
            DatabaseFault::Locked => "it is locked by another process".to_owned(),
            DatabaseFault::DiskFull => {
                "the disk is full: make room, and it goes on by itself".to_owned()
            }
            DatabaseFault::ReadOnly => {
                "its file or file system can only be read: make it writable".to_owned()
            }
            DatabaseFault::PermissionDenied => {
                "permission denied: run as the user who owns the file and its directory".to_owned()
            }
            DatabaseFault::InputOutput => format!("the disk fails to read or write it ({sqlite})"),
            DatabaseFault::Damaged => {
                format!(
                    "the file is damaged ({sqlite}): whatever does not need that part goes on; stop what \
                     uses it, and put a copy back with `rulewatch restore FILE`"
                )
            }
            DatabaseFault::NotADatabase => {
                "the file is no database: stop what uses it, and put a copy \
                 back with `rulewatch restore FILE`"
                    .to_owned()
            }
            DatabaseFault::CannotOpen
            | DatabaseFault::Passing
            | DatabaseFault::Constraint
            | DatabaseFault::Other => sqlite.to_owned(),
        };
        Self { fault, words }
    }

    /// An error in opening a file. SQLite does not say why it failed; the file system does. Who only reads writes
    /// too: to the index of the log, beside the file.
    pub(super) fn opening(path: &Path, error: &rusqlite::Error) -> Self {
        let open = |may_write| OpenOptions::new().read(true).write(may_write).open(path);
        let why = match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen) => open(false).and_then(|_| open(true)).err(),
            Some(ErrorCode::ReadOnly) => open(true).err(),
            _ => None,
        };
        why.map_or_else(|| Self::from(error), |why| Self::of_files(&why))
    }

    /// An error of the file system.
    pub(super) fn of_files(error: &io::Error) -> Self {
        let fault = match error.kind() {
            io::ErrorKind::PermissionDenied => DatabaseFault::PermissionDenied,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DatabaseFault::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => DatabaseFault::ReadOnly,
            _ => DatabaseFault::Other,
        };
        Self::new(fault, &error.to_string())
    }
}

impl From<&rusqlite::Error> for DatabaseError {
    fn from(error: &rusqlite::Error) -> Self {
        let sqlite = match error {
            // Without a message of its own, an error is shown only as its number.
            rusqlite::Error::SqliteFailure(failure, None) => {
                ffi::code_to_str(failure.extended_code).to_owned()
            }
            other => other.to_string(),
        };
        Self::new(DatabaseFault::of(error), &sqlite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i32, words: Option<&str>) -> DatabaseError {
        let words = words.map(str::to_owned);
        DatabaseError::from(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), words))
    }

    #[test]
    fn an_error_is_told_by_its_code_in_plain_words() {
        use DatabaseFault as F;
        for (code, fault) in [
            (ffi::SQLITE_BUSY, F::Locked),
            (ffi::SQLITE_BUSY_SNAPSHOT, F::Locked),
            (ffi::SQLITE_LOCKED, F::Locked),
            (ffi::SQLITE_FULL, F::DiskFull),
            (4874, F::DiskFull),
            (ffi::SQLITE_READONLY, F::ReadOnly),
            (ffi::SQLITE_READONLY_DIRECTORY, F::ReadOnly),
            (ffi::SQLITE_PERM, F::PermissionDenied),
            (ffi::SQLITE_IOERR, F::InputOutput),
            (ffi::SQLITE_IOERR_FSYNC, F::InputOutput),
            (ffi::SQLITE_CORRUPT, F::Damaged),
            (ffi::SQLITE_CANTOPEN, F::CannotOpen),
            (ffi::SQLITE_NOMEM, F::Passing),
            (ffi::SQLITE_NOTADB, F::NotADatabase),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, F::Constraint),
            (ffi::SQLITE_ERROR, F::Other),
        ] {
            let error = of(code, None);
            assert_eq!(error.fault, fault, "{code}");
            assert!(!error.to_string().contains("rror code"), "{error}");
            assert!(!error.to_string().is_empty(), "{code}");
        }
        assert!(of(4874, None).to_string().starts_with("the disk is full"));
        let unique = of(ffi::SQLITE_CONSTRAINT_UNIQUE, Some("UNIQUE constraint failed: change.id"));
        assert_eq!(unique.to_string(), "UNIQUE constraint failed: change.id");
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_only_what_cannot_work_stops() {
        let advice = |code| of(code, None).fault.while_working();
        assert_eq!(advice(ffi::SQLITE_BUSY), Advice::Retry);
        assert_eq!(advice(ffi::SQLITE_FULL), Advice::Retry);
        assert_eq!(advice(ffi::SQLITE_CORRUPT), Advice::TellOperator);
        assert_eq!(advice(ffi::SQLITE_CONSTRAINT), Advice::TellOperator);
        assert_eq!(advice(ffi::SQLITE_NOTADB), Advice::Stop);
        let advice = |code| of(code, None).fault.while_opening();
        assert_eq!(advice(ffi::SQLITE_BUSY), Advice::Retry);
        assert_eq!(advice(ffi::SQLITE_CORRUPT), Advice::Stop);
    }
}
