//! What hosts ask of their visitors, stored across restarts.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    Store, StoreError,
    rows::{Table, all, run},
};
use crate::model::{HostManners, SourceId};

const TABLE: Table = Table { name: "host", key: "name" };

impl Store {
    /// Stores what hosts ask for, by name, in place of what they asked for before.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is.
    pub fn keep_manners(&mut self, hosts: &[(String, HostManners)]) -> Result<(), StoreError> {
        let sql = "INSERT INTO host (name, manners) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET manners = ?2";
        self.write("keep manners", |tx| {
            for (host, manners) in hosts {
                run(tx, sql, params![host, manners.to_json().to_string()])?;
            }
            Ok(())
        })
    }

    /// Returns when the last check of each source ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_checks_ended(&self) -> Result<Vec<(SourceId, Timestamp)>, StoreError> {
        self.read("when the last checks ended", |connection| {
            let sql = "SELECT r.id, r.source, r.ended_at FROM source_state AS s
                 JOIN check_run AS r ON r.id = s.last_check_id ORDER BY r.id";
            let table = Table { name: "check_run", key: "id" };
            all(connection, sql, [], table, |cells| {
                Ok((cells.parsed("source", SourceId::parse)?, cells.moment("ended_at")?))
            })
        })
    }

    /// Returns what hosts ask for, by name. A row that cannot be read back is skipped: the host will say
    /// again what it asks.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn manners(&self) -> Result<Vec<(String, HostManners)>, StoreError> {
        self.read("what hosts ask for", |connection| {
            let sql = "SELECT name, manners FROM host ORDER BY name";
            let rows = all(connection, sql, [], TABLE, |cells| {
                let host: String = cells.get("name")?;
                Ok((host, cells.json("manners", HostManners::from_json).ok()))
            })?;
            let known = |(host, manners): (String, Option<HostManners>)| {
                if manners.is_none() {
                    tracing::warn!(host, "what the host asks for cannot be read back");
                }
                manners.map(|manners| (host, manners))
            };
            Ok(rows.into_iter().filter_map(known).collect())
        })
    }
}
