//! The database's own health: how much it holds, and whether it is whole.

use std::io;
use std::path::Path;

use rusqlite::Connection;
use rustix::fs::statvfs;

use super::{
    Store, StoreError,
    error::Trouble,
    fault::DatabaseError,
    open::create_copy,
    rows::{Table, all},
    snapshot,
};
use crate::model::{Advice, SnapshotId};

/// The least room on the disk, in bytes, with which a check is worth its request: the body of a large page takes less.
const ROOM: u64 = 256 << 10;

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// The size of the database, without its log.
    pub database_bytes: u64,
    /// Bodies kept.
    pub n_snapshots: u64,
    /// Checks that were ever recorded.
    pub n_checks: u64,
    /// Sources that were ever checked.
    pub n_sources: u64,
    /// Sources whose last check failed.
    pub n_failing: u64,
    /// Sources whose facts wait for a person.
    pub n_unreviewed: u64,
    /// Events.
    pub n_events: u64,
    /// Changes.
    pub n_changes: u64,
    /// Active subscribers.
    pub n_subscribers: u64,
    /// Pending letters.
    pub n_due: u64,
    /// Letters given up.
    pub n_gave_up: u64,
    /// Holds that wait for a re-fetch or a person.
    pub n_held: u64,
    /// Hooks that are called.
    pub n_hooks: u64,
    /// Hooks that are not called any more, because every call failed.
    pub n_hooks_paused: u64,
    /// Pending calls of hooks.
    pub n_calls_due: u64,
    /// Calls given up.
    pub n_calls_gave_up: u64,
    /// Readers to whom nothing is sent, because their letters came back.
    pub n_readers_paused: u64,
}

impl Store {
    /// Returns how much there is of everything.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.read("counts", |connection| {
            let of = |sql: &str| count(connection, &format!("SELECT count(*) FROM {sql}"));
            let pragma = |name: &str| count(connection, &format!("PRAGMA {name}"));
            Ok(Counts {
                database_bytes: pragma("page_count")?.saturating_mul(pragma("page_size")?),
                n_snapshots: of("snapshot")?,
                // Those that were let go of count too.
                n_checks: count(connection, "SELECT coalesce(max(id), 0) FROM check_run")?,
                n_sources: of("source_state")?,
                n_failing: of("source_state WHERE failing_since_at IS NOT NULL")?,
                n_unreviewed: of("source_state WHERE unreviewed = 1")?,
                n_events: of("event")?,
                n_changes: of("change")?,
                n_subscribers: of("subscriber WHERE left_at IS NULL")?,
                n_due: of("delivery WHERE state = 'due'")?,
                n_gave_up: of("delivery WHERE state = 'gave_up'")?,
                n_held: of("hold WHERE state IN ('waiting', 'review')")?,
                n_hooks: of("hook WHERE removed_at IS NULL")?,
                n_hooks_paused: of("hook WHERE removed_at IS NULL AND paused_at IS NOT NULL")?,
                n_calls_due: of("hook_call WHERE state = 'due'")?,
                n_calls_gave_up: of("hook_call WHERE state = 'gave_up'")?,
                n_readers_paused: of("subscriber WHERE left_at IS NULL AND paused_at IS NOT NULL")?,
            })
        })
    }

    /// Reads the least that can be read: whoever asks every few seconds wants no more.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn expect_readable(&self) -> Result<(), StoreError> {
        self.read("the state of a source", |connection| {
            let sql = "SELECT 1 FROM source_state LIMIT 1";
            Ok(connection.prepare_cached(sql)?.exists([]).map(drop)?)
        })
    }

    /// Whether any of the parts that matter can be read: what a source was last, what changed, which letters are owed.
    /// It is asked of the file: what this connection has read before, it would find again in memory.
    #[must_use]
    pub fn is_any_readable(&self) -> bool {
        let read = |table| {
            let sql = format!("SELECT count(*) FROM {table}");
            let name = "whether anything can be read";
            Self::open_read_only(&self.path)?.read(name, |connection| count(connection, &sql))
        };
        ["source_state", "event", "delivery"].into_iter().any(|table| match read(table) {
            Ok(_) => true,
            Err(error) => error.advice() == Advice::Retry,
        })
    }

    /// Returns the tables of which not even one row can be read, each with why: what is counted by an index alone shows
    /// no damage.
    ///
    /// # Errors
    /// When it cannot be read which tables there are.
    pub fn faulty_tables(&self) -> Result<Vec<(String, StoreError)>, StoreError> {
        let name = "a row of a table";
        let tables = self.read("the tables", |connection| {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name";
            let table = Table { name: "sqlite_schema", key: "name" };
            all(connection, sql, [], table, |cells| cells.get::<String>("name"))
        })?;
        let fault = |table: String| {
            let sql = format!("SELECT * FROM \"{table}\" LIMIT 1");
            let read = self.read(name, |connection| Ok(connection.prepare(&sql)?.exists([])?));
            read.err().map(|error| (table, error))
        };
        Ok(tables.into_iter().filter_map(fault).collect())
    }

    /// Takes the right to write, and lets go of it: whoever is about to do what it cannot record need not begin.
    ///
    /// # Errors
    /// When another process keeps the database locked, or it cannot be written for another reason that shows.
    pub fn expect_writable(&mut self) -> Result<(), StoreError> {
        self.write("see whether it can be written", |_| Ok(()))
    }

    /// Writes, and changes nothing. That shows what the right to write does not: a file system that can only be read.
    /// A disk that is nearly full shows in the room that is left: a little may go into what the log has already.
    ///
    /// # Errors
    /// When nothing can be written, or there is no room for a check.
    pub fn expect_room(&mut self) -> Result<(), StoreError> {
        let name = "see whether there is room";
        self.write(name, |tx| {
            let format: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            Ok(tx.pragma_update(None, "user_version", format)?)
        })?;
        // Where the system cannot tell, the check will.
        let room = statvfs(&self.path).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        if room.is_ok_and(|room| room < ROOM) {
            let source = DatabaseError::of_files(&io::ErrorKind::StorageFull.into());
            return Err(StoreError::Transaction { name, source });
        }
        Ok(())
    }

    /// Checks the whole file; returns what is wrong with it, or nothing when it is whole.
    ///
    /// # Errors
    /// When the file cannot even be checked.
    pub fn integrity_check(&self) -> Result<Vec<String>, StoreError> {
        self.read("integrity check", |connection| {
            let table = Table { name: "integrity_check", key: "integrity_check" };
            let mut faults = all(connection, "PRAGMA integrity_check", [], table, |cells| {
                cells.get::<String>("integrity_check")
            })?;
            faults.retain(|fault| fault != "ok");
            let table = Table { name: "foreign_key_check", key: "rowid" };
            faults.extend(all(connection, "PRAGMA foreign_key_check", [], table, |cells| {
                let (child, parent): (String, String) = (cells.get("table")?, cells.get("parent")?);
                let row: Option<i64> = cells.get("rowid")?;
                let row = row.map_or_else(|| "?".to_owned(), |row| row.to_string());
                Ok(format!("row {row} of {child} names a row of {parent} that is not there"))
            })?);
            Ok(faults)
        })
    }

    /// Writes a complete copy of one moment while others read and write. Nobody else can read the copy.
    ///
    /// # Errors
    /// When there is something at `path` already, or the copy cannot be written.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        create_copy(path)?;
        // SQLite writes into the empty file and keeps its permissions.
        let written = self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()]);
        written.map_err(|source| Trouble::from(source).reading("copy"))?;
        Ok(())
    }

    /// Unpacks and hashes every snapshot; returns those that were altered.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn altered_snapshots(&self) -> Result<Vec<SnapshotId>, StoreError> {
        self.read("snapshots", |connection| {
            let table = Table { name: "snapshot", key: "id" };
            let ids = all(connection, "SELECT id FROM snapshot ORDER BY id", [], table, |cells| {
                cells.parsed("id", SnapshotId::parse)
            })?;
            let mut altered = Vec::new();
            for id in ids {
                match snapshot::body(connection, &id) {
                    Ok(_) => {}
                    Err(Trouble::Store(_)) => altered.push(id),
                    Err(trouble) => return Err(trouble),
                }
            }
            Ok(altered)
        })
    }
}

fn count(connection: &Connection, sql: &str) -> Result<u64, Trouble> {
    let n: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(n.unsigned_abs())
}
