//! Deletes what backs no fact and no change: rows of old checks without news, bodies of pages on which
//! nothing that is read differed, the text of letters that went out long ago.
//!
//! A check is *without news* where it wrote no fact and has no event, and nothing else refers to it: no
//! hold, letter or complaint, and no source whose state it set. A body is deleted where every check
//! that had it is without news, and no recipe may have to read it again: it becomes empty, and its hash
//! stays. Triggers refuse to delete anything else. SQLite reuses the space; the file does not shrink.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Store, StoreError,
    error::Trouble,
    rows::{micros, number},
    snapshot::newest_accepted,
};

/// The start of what is kept, by kind; `None`: everything is kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Rows of checks without news.
    pub checks_since: Option<Timestamp>,
    /// Bodies that back no fact and no change.
    pub bodies_since: Option<Timestamp>,
    /// The text of settled letters, and the servers' answers.
    pub letters_since: Option<Timestamp>,
}

/// How much was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Thinned {
    /// Checks.
    pub n_checks: usize,
    /// Bodies.
    pub n_bodies: usize,
    /// Letters.
    pub n_letters: usize,
}

impl Thinned {
    /// Whether nothing was deleted.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl std::ops::AddAssign for Thinned {
    fn add_assign(&mut self, more: Self) {
        self.n_checks += more.n_checks;
        self.n_bodies += more.n_bodies;
        self.n_letters += more.n_letters;
    }
}

/// Checks without news from before a moment, except the newest accepted one of each source, which is asked
/// for in the place of `NEWEST`.
const OLD_CHECKS: &str = "SELECT c.id FROM check_run AS c
    WHERE c.ended_at < ?1
      AND NOT EXISTS (SELECT 1 FROM event WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM facts_written WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM fact_set WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM record_state WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM hold WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM delivery WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM unreadable WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM unread WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM complaint WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM retraction WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM words_read WHERE check_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM source_state WHERE last_check_id = c.id)
      AND c.id IS NOT (NEWEST)
    ORDER BY c.id LIMIT ?2";

/// Bodies from before a moment, all of whose checks are without news and followed by an accepted one.
const OLD_BODIES: &str = "SELECT s.id FROM snapshot AS s
    WHERE s.first_seen_at < ?1 AND length(s.body) > 0
      AND NOT EXISTS (SELECT 1 FROM change WHERE snapshot = s.id)
      AND NOT EXISTS (SELECT 1 FROM source_state WHERE snapshot = s.id)
      AND NOT EXISTS (
        SELECT 1 FROM check_run AS c WHERE c.snapshot = s.id
          AND (c.ended_at >= ?1
            OR EXISTS (SELECT 1 FROM event WHERE check_id = c.id)
            OR EXISTS (SELECT 1 FROM facts_written WHERE check_id = c.id)
            OR EXISTS (SELECT 1 FROM fact_set WHERE check_id = c.id)
            OR EXISTS (SELECT 1 FROM record_state WHERE check_id = c.id)
            OR EXISTS (SELECT 1 FROM hold WHERE check_id = c.id)
            OR EXISTS (SELECT 1 FROM source_state WHERE last_check_id = c.id)
            OR c.id IS (NEWEST)))
    ORDER BY s.first_seen_at LIMIT ?2";

impl Store {
    /// Deletes at most `limit` checks, bodies and letters each. Called again until nothing is left, it
    /// never holds the database for long.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn thin(&mut self, kept: &Kept, limit: usize) -> Result<Thinned, StoreError> {
        self.write("thin", |tx| {
            Ok(Thinned {
                n_checks: kept.checks_since.map_or(Ok(0), |since| checks(tx, since, limit))?,
                n_bodies: kept.bodies_since.map_or(Ok(0), |since| bodies(tx, since, limit))?,
                n_letters: kept.letters_since.map_or(Ok(0), |since| letters(tx, since, limit))?,
            })
        })
    }
}

fn checks(tx: &Connection, since: Timestamp, limit: usize) -> Result<usize, Trouble> {
    let old: Vec<i64> = tx
        .prepare_cached(&OLD_CHECKS.replace("NEWEST", &newest_accepted("c.source")))?
        .query_map(params![micros(since), number(limit)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &old {
        tx.prepare_cached("DELETE FROM page_capture WHERE check_id = ?1")?.execute([id])?;
        tx.prepare_cached("DELETE FROM check_run WHERE id = ?1")?.execute([id])?;
    }
    // A hash that nothing refers to any more, whose body was deleted before.
    let unnamed = "DELETE FROM snapshot WHERE length(body) = 0
        AND NOT EXISTS (SELECT 1 FROM check_run WHERE snapshot = snapshot.id)
        AND NOT EXISTS (SELECT 1 FROM page_capture WHERE snapshot = snapshot.id)
        AND NOT EXISTS (SELECT 1 FROM change WHERE snapshot = snapshot.id)
        AND NOT EXISTS (SELECT 1 FROM source_state WHERE snapshot = snapshot.id)";
    if !old.is_empty() {
        tx.prepare_cached(unnamed)?.execute([])?;
    }
    Ok(old.len())
}

fn bodies(tx: &Connection, since: Timestamp, limit: usize) -> Result<usize, Trouble> {
    let old: Vec<String> = tx
        .prepare_cached(&OLD_BODIES.replace("NEWEST", &newest_accepted("c.source")))?
        .query_map(params![micros(since), number(limit)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &old {
        tx.prepare_cached("UPDATE snapshot SET body = x'' WHERE id = ?1")?.execute([id])?;
    }
    Ok(old.len())
}

/// Keeps who was told of what; deletes the text, and the servers' answers, which may name an address.
fn letters(tx: &Connection, since: Timestamp, limit: usize) -> Result<usize, Trouble> {
    let old: Vec<String> = tx
        .prepare_cached(
            "SELECT id FROM delivery
             WHERE state <> 'due' AND settled_at < ?1 AND message IS NOT NULL LIMIT ?2",
        )?
        .query_map(params![micros(since), number(limit)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &old {
        let emptied = "UPDATE delivery SET message = NULL, message_bytes = NULL WHERE id = ?1";
        tx.prepare_cached(emptied)?.execute([id])?;
        tx.prepare_cached("UPDATE attempt SET detail = NULL WHERE delivery = ?1")?.execute([id])?;
    }
    let calls = "UPDATE hook_call SET body = NULL, body_bytes = NULL WHERE id IN (
        SELECT id FROM hook_call WHERE state <> 'due' AND settled_at < ?1 AND body IS NOT NULL LIMIT ?2)";
    let calls = tx.prepare_cached(calls)?.execute(params![micros(since), number(limit)])?;
    Ok(old.len() + calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_anything_refers_to_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let sql = "SELECT m.name, k.\"from\" FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS k
            WHERE m.type = 'table' AND k.\"table\" = 'check_run'";
        let mut statement = store.connection.prepare(sql).unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let keys: Vec<(String, String)> = found.map(Result::unwrap).collect();
        assert!(keys.len() > 10, "{keys:?}");
        // A check's own proof is deleted with it.
        for (table, column) in keys.iter().filter(|(table, _)| table != "page_capture") {
            let asked = format!("FROM {table} WHERE {column} = c.id");
            assert!(OLD_CHECKS.contains(&asked), "{asked}");
        }
    }
}
