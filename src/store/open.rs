//! Opens the database: where it is, who may read it, how SQLite is set up, and its migrations.
//!
//! A file that is not ours, or that a newer program wrote, is inspected through a read-only
//! connection and left exactly as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use include_dir::{Dir, include_dir};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};
use rusqlite_migration::Migrations;

use super::{
    Store, StoreError, digest,
    fault::{DatabaseError, DatabaseFault},
};

static DIRECTORY: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::from_directory(&DIRECTORY).expect("the migrations are proven by a test")
});

/// Marks the file as ours: `PRAGMA application_id` in the first migration.
const APPLICATION: i64 = 1_381_458_292;

/// How long a statement waits for another process before it gives up. Our longest transaction is a
/// check with thousands of records: far below a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a lock may last that is no trouble.
const MOMENT: Duration = Duration::from_secs(1);

/// How often the switch to the write-ahead log is tried. Each failure means that another process got
/// there first; there are never that many.
const SWITCHES: usize = 100;

/// The database's name in the state directory.
const FILE: &str = "rulewatch.db";

impl Store {
    /// Opens the database to read and write: creates it where there is none, migrates it where it is
    /// older. `place` is the state directory, or the file itself (`….db`).
    ///
    /// # Errors
    /// When the file cannot be made or opened, is not ours, or was written by a newer program.
    pub fn open(place: &Path) -> Result<Self, StoreError> {
        let path = file(place);
        let is_new = make(&path)?;
        roll_back(&path)?;
        let (found, known) = (format(&path)?, known());
        if found > known {
            return Err(StoreError::NewerDatabase { path, found, known });
        }
        if found == 0 && !is_new {
            tracing::error!(path = %path.display(), "the file of the database was empty: a new database is made");
        }
        let failed = |error| cannot_open(&path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
        let mode = set_up(&connection).and_then(|()| keep_log(&connection)).map_err(failed)?;
        if mode != "wal" {
            return Err(StoreError::NoWriteAheadLog { path, mode });
        }
        connection.set_transaction_behavior(TransactionBehavior::Immediate);
        migrate(&mut connection, &path)?;
        Ok(Self { connection, path })
    }

    /// Opens the database read-only. It must be of this program's own format.
    ///
    /// # Errors
    /// When there is none, it cannot be opened, is not ours, or is of another format.
    pub fn open_read_only(place: &Path) -> Result<Self, StoreError> {
        let path = file(place);
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::NoDatabase { path }),
            // The directory cannot be searched: that does not mean there is no database.
            Err(denied) => {
                let source = DatabaseError::of_files(&denied);
                return Err(StoreError::OpenDatabase { path, source });
            }
        }
        let (found, known) = (format(&path)?, known());
        if found > known {
            return Err(StoreError::NewerDatabase { path, found, known });
        }
        if fs::metadata(&path).is_ok_and(|file| file.len() == 0) {
            return Err(StoreError::EmptyDatabase { path });
        }
        if found < known {
            return Err(StoreError::OlderDatabase { path, found, known });
        }
        let failed = |error| cannot_open(&path, &error);
        let connection = read_only(&path).map_err(failed)?;
        set_up(&connection).map_err(failed)?;
        Ok(Self { connection, path })
    }

    /// Whether another process keeps the database of `place` locked, for longer than anything here writes at a time.
    /// A database that cannot be written for another reason does not count.
    #[must_use]
    pub fn is_locked(place: &Path) -> bool {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let ask = || {
            let connection = Connection::open_with_flags(file(place), flags)?;
            connection.busy_timeout(MOMENT)?;
            connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        };
        ask().is_err_and(|error| DatabaseError::from(&error).fault == DatabaseFault::Locked)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The database file for the place that a person or setting names.
fn file(place: &Path) -> PathBuf {
    let is_file = place.is_file() || place.extension().is_some_and(|ending| ending == "db");
    if is_file { place.to_owned() } else { place.join(FILE) }
}

/// The state directory for the place that a person or setting names.
pub(super) fn directory(place: &Path) -> PathBuf {
    let file = file(place);
    file.parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// Creates an empty file where there is none, readable by nobody else: it will hold addresses. SQLite
/// gives its log and its index the permissions of the file. Returns whether there was none.
fn make(path: &Path) -> Result<bool, StoreError> {
    make_directory(path)?;
    match create_private(path).inspect(|()| hand_over(path)) {
        Err(fault) if fault.kind() != io::ErrorKind::AlreadyExists => {
            let source = DatabaseError::of_files(&fault);
            Err(StoreError::CreateDatabase { path: path.to_owned(), source })
        }
        made => Ok(made.is_ok()),
    }
}

/// Creates the directory of a file where there is none, readable by nobody else.
pub(super) fn make_directory(path: &Path) -> Result<(), StoreError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory.filter(|directory| !directory.exists()) {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(|error| {
            let source = DatabaseError::of_files(&error);
            StoreError::CreateDirectory { path: directory.to_owned(), source }
        })?;
    }
    Ok(())
}

/// Creates an empty file for a copy, that nobody else may read; fails where there is one.
pub(super) fn create_copy(path: &Path) -> Result<(), StoreError> {
    create_private(path).map_err(|error| {
        let source = DatabaseError::of_files(&error);
        StoreError::CreateDatabase { path: path.to_owned(), source }
    })
}

/// Creates an empty file that nobody else may read; fails where there is one.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Gives what root has just created to the owner of its directory: in a service's own directory, a
/// file of root's would lock the service out. SQLite does the same with its log and its index.
pub(super) fn hand_over(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let Some(Ok(owner)) = directory.map(fs::metadata) else { return };
        if fs::metadata(path).is_ok_and(|made| made.uid() != owner.uid()) {
            // Only root can, and only root needs to.
            drop(chown(path, Some(owner.uid()), Some(owner.gid())));
        }
    }
}

/// Rolls back what a program left half done when it was killed while it created the database. Before
/// the file has a write-ahead log it has a rollback journal, which a read-only process cannot use.
fn roll_back(path: &Path) -> Result<(), StoreError> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    if !Path::new(&journal).exists() {
        return Ok(());
    }
    let ask = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    ask().map_err(|error| cannot_open(path, &error))
}

/// The format of a file, found without writing to it; 0 for an empty one.
fn format(path: &Path) -> Result<i64, StoreError> {
    let ask = || {
        let connection = read_only(path)?;
        connection.busy_timeout(PATIENCE)?;
        // One moment for all three: another process may be creating the tables just now.
        let moment = connection.unchecked_transaction()?;
        let number = |sql| moment.query_row(sql, [], |row| row.get::<_, i64>(0));
        let format = number("PRAGMA user_version")?;
        let application = number("PRAGMA application_id")?;
        let empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
        Ok((format, application == APPLICATION || (empty && format == 0)))
    };
    match ask() {
        Ok((format, true)) => Ok(format),
        Ok((_, false)) => Err(StoreError::ForeignDatabase { path: path.to_owned() }),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// The newest format this program knows: one per migration.
fn known() -> i64 {
    i64::try_from(DIRECTORY.dirs().count()).expect("there are few migrations")
}

/// The settings that every connection needs.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A misspelt column in double quotes must be an error, not a string.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Else a statement with `LIMIT ?` is compiled again each time it is run: its plan hangs on the number.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    digest::install(connection)?;
    // Without it a REPLACE would delete a row of an append-only table past its trigger.
    connection.pragma_update(None, "recursive_triggers", true)
}

/// Sets how a writer writes; returns the resulting journal mode.
fn keep_log(connection: &Connection) -> rusqlite::Result<String> {
    let switch = || {
        connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
    };
    // When several processes start on a new file, the switch fails at once where any other
    // statement would wait. Asking for the write lock does wait: so ask for it, then switch again.
    let mut mode = switch();
    for _ in 0..SWITCHES {
        if !mode.as_ref().is_err_and(is_locked) {
            break;
        }
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        mode = switch();
    }
    let mode = mode?;
    // A letter that is committed as pending must survive a power cut: NORMAL may lose the last ones.
    connection.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten: an address that is forgotten must not be found in a free page.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(mode)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let Err(error) = MIGRATIONS.to_latest(connection) else { return Ok(()) };
    // Two processes that start at once both see the old format; the second finds the work done.
    if format(path)? == known() {
        return Ok(());
    }
    match error {
        // Not the migration's fault: the disk, or another process.
        rusqlite_migration::Error::RusqliteError { err, .. } if is_of_the_file(&err) => {
            Err(cannot_open(path, &err))
        }
        source => Err(StoreError::ApplyMigration { path: path.to_owned(), source }),
    }
}

fn cannot_open(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::OpenDatabase { path: path.to_owned(), source: DatabaseError::opening(path, error) }
}

fn is_locked(error: &rusqlite::Error) -> bool {
    DatabaseError::from(error).fault == DatabaseFault::Locked
}

fn is_of_the_file(error: &rusqlite::Error) -> bool {
    let fault = DatabaseError::from(error).fault;
    !matches!(fault, DatabaseFault::Constraint | DatabaseFault::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_valid_and_numbered() {
        MIGRATIONS.validate().unwrap();
        let number = |dir: &Dir<'_>| dir.path().to_str()?.split('-').next()?.parse::<i64>().ok();
        let mut numbers: Vec<i64> = DIRECTORY.dirs().map(|dir| number(dir).unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=known()).collect::<Vec<_>>());
        let up_only =
            DIRECTORY.dirs().flat_map(Dir::files).all(|file| file.path().ends_with("up.sql"));
        assert!(up_only, "migrations only go forward");
    }

    #[test]
    fn a_directory_and_a_file_name_the_same_database() {
        assert_eq!(file(Path::new("/state")), Path::new("/state/rulewatch.db"));
        assert_eq!(file(Path::new("/state/other.db")), Path::new("/state/other.db"));
    }
}
