//! When hosts, or everything, could not be reached: one row each, for the last time.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Store, StoreError,
    delivery::enqueue,
    error::Trouble,
    rows::{Cells, Table, all, micros, run, unless_inconsistent},
};
use crate::model::{NewDelivery, Outage, Reach};

const TABLE: Table = Table { name: "outage", key: "host" };

impl Store {
    /// Returns the last outage of everything, and of each host that had one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn outages(&self) -> Result<Vec<Outage>, StoreError> {
        let sql = "SELECT host, since_at, ended_at FROM outage ORDER BY host";
        self.read("outages", |connection| {
            let read = |cells: &Cells<'_, '_>| unless_inconsistent(outage(cells));
            Ok(all(connection, sql, [], TABLE, read)?.into_iter().flatten().collect())
        })
    }

    /// Notes that something cannot be reached since a moment, and enqueues the letters about it. Returns
    /// `false`, and does nothing, where that is already known.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is.
    pub fn begin_outage(
        &mut self,
        (reach, since): (&Reach, Timestamp),
        letters: &[NewDelivery],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO outage (host, since_at) VALUES (?1, ?2)
             ON CONFLICT (host) DO UPDATE SET since_at = ?2, ended_at = NULL
             WHERE ended_at IS NOT NULL";
        self.write("begin outage", |tx| {
            let is_new = run(tx, sql, params![reach.word(), micros(since)])? > 0;
            if is_new {
                enqueue(tx, None, letters, at)?;
            }
            Ok(is_new)
        })
    }

    /// Notes that something can be reached again, and enqueues the letters about it. Returns `false`, and
    /// does nothing, where that is already known.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is.
    pub fn end_outage(
        &mut self,
        reach: &Reach,
        letters: &[NewDelivery],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("end outage", |tx| {
            let was = end(tx, reach, at)?;
            if was {
                enqueue(tx, None, letters, at)?;
            }
            Ok(was)
        })
    }
}

fn end(connection: &Connection, reach: &Reach, at: Timestamp) -> Result<bool, Trouble> {
    let sql = "UPDATE outage SET ended_at = ?2 WHERE host = ?1 AND ended_at IS NULL";
    Ok(run(connection, sql, params![reach.word(), micros(at)])? > 0)
}

fn outage(cells: &Cells<'_, '_>) -> Result<Outage, Trouble> {
    let host: String = cells.get("host")?;
    Ok(Outage {
        reach: Reach::from_word(&host),
        since: cells.moment("since_at")?,
        ended_at: cells.moment_if("ended_at")?,
    })
}
