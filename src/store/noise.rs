//! Noise: words of pages that a person marked as not content.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    Store, StoreError,
    rows::{Table, all, micros, run},
    source_state,
};
use crate::model::{Noise, SourceId, StateVersion};

const TABLE: Table = Table { name: "noise", key: "id" };

impl Store {
    /// Returns what is marked as noise for one source, or for all, in the order it was marked.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn noise(&self, source: Option<&SourceId>) -> Result<Vec<Noise>, StoreError> {
        let sql = "SELECT id, source, words, marked_at, marked_by FROM noise
             WHERE undone_at IS NULL AND (?1 IS NULL OR source = ?1) ORDER BY source, id";
        let of = source.map(SourceId::as_str);
        self.read("noise", |connection| {
            all(connection, sql, [of], TABLE, |cells| {
                let words: String = cells.get("words")?;
                Ok(Noise {
                    id: cells.get("id")?,
                    source: cells.parsed("source", SourceId::parse)?,
                    lines: words.split('\n').map(str::to_owned).collect(),
                    at: cells.moment("marked_at")?,
                    by: cells.get("marked_by")?,
                })
            })
        })
    }

    /// Marks words of a page as noise; `unread` is the number of the report they come from, if any.
    /// Words that are already marked stay as they are.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// person saw; else when it cannot be written.
    pub fn mark_noise(
        &mut self,
        (source, seen): (&SourceId, StateVersion),
        (lines, unread): (&[String], Option<i64>),
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO noise (source, words, marked_at, marked_by, unread)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        self.write("mark noise", |tx| {
            source_state::expect(source, seen, source_state::of(tx, source)?.as_ref())?;
            run(tx, sql, params![source.as_str(), lines.join("\n"), micros(at), by, unread])?;
            source_state::raise(tx, source)
        })
    }

    /// Unmarks noise. Returns `false` where it was no longer marked.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unmark_noise(
        &mut self,
        (source, id): (&SourceId, i64),
        by: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE noise SET undone_at = ?3, undone_by = ?4
             WHERE id = ?2 AND source = ?1 AND undone_at IS NULL";
        self.write("unmark noise", |tx| {
            let undone = run(tx, sql, params![source.as_str(), id, micros(at), by])?;
            source_state::raise(tx, source)?;
            Ok(undone > 0)
        })
    }
}
