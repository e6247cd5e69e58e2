//! Holds: implausible extractions, kept whole until re-fetches or a person settle them.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::{
    CheckRecord, Store, StoreError,
    error::Trouble,
    facts_json,
    rows::{Cells, Table, all, first, micros, run},
    source_state,
};
use crate::model::{
    CheckId, EventId, Facts, Held, HoldAction, RE_FETCH, Settlement, SourceId, StateVersion,
};

const TABLE: Table = Table { name: "hold", key: "id" };

const SELECT: &str =
    "SELECT id, source, check_id, event, facts, reason_word, reason, held_at, next_fetch_at,
    tries, twin FROM hold WHERE state IN ('waiting', 'review')";

impl Store {
    /// Returns what a person rejected of a source after a moment, if that is the last word on what
    /// was held of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rejected(
        &self,
        source: &SourceId,
        after: Option<Timestamp>,
    ) -> Result<Option<Facts>, StoreError> {
        let sql = "SELECT id, facts FROM hold AS h
             WHERE source = ?1 AND state = 'rejected' AND settled_by <> ?2 AND settled_at > ?3
             AND id = (SELECT max(n.id) FROM hold AS n WHERE n.source = h.source)";
        let after = after.map_or(i64::MIN, micros);
        self.read("a rejected hold", |connection| {
            first(connection, sql, params![source.as_str(), RE_FETCH, after], TABLE, |cells| {
                cells.json("facts", facts_json::decode)
            })
        })
    }

    /// Returns what is held of a source.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hold(&self, source: &SourceId) -> Result<Option<Held>, StoreError> {
        let sql = format!("{SELECT} AND source = ?1");
        self.read("a hold", |connection| first(connection, &sql, [source.as_str()], TABLE, held))
    }

    /// Returns everything that is held, the longest held first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn held(&self) -> Result<Vec<Held>, StoreError> {
        let sql = format!("{SELECT} ORDER BY held_at, id");
        self.read("holds", |connection| all(connection, &sql, [], TABLE, held))
    }

    /// Settles what is held of a source, outside of any check: a person rejected it.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// person saw; else when nothing is held, or it cannot be written.
    pub fn settle_hold(
        &mut self,
        source: &SourceId,
        seen: StateVersion,
        settlement: Settlement,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("settle hold", |tx| {
            source_state::expect(source, seen, source_state::of(tx, source)?.as_ref())?;
            settle(tx, source, settlement, by, at)?;
            source_state::raise(tx, source)
        })
    }
}

/// Does to the hold what the check says.
pub(super) fn apply(
    connection: &Connection,
    check: &CheckRecord<'_>,
    id: CheckId,
) -> Result<(), Trouble> {
    let source = check.source;
    match &check.hold {
        HoldAction::Leave => Ok(()),
        HoldAction::Open { event, facts, reason, next_fetch_at } => {
            close(connection, source, "replaced", "a later check", check.ended_at)?;
            run(
                connection,
                "INSERT INTO hold (source, check_id, event, facts, reason_word, reason, held_at,
                    next_fetch_at, tries, state)
                 VALUES (:source, :check, :event, :facts, :word, :reason, :held, :next, 0, :state)",
                named_params! {
                    ":source": source.as_str(),
                    ":check": id.0,
                    ":event": event.as_ref().map(EventId::as_str),
                    ":facts": facts_json::encode(facts),
                    ":word": reason.word(),
                    ":reason": reason.to_string(),
                    ":held": micros(check.seen_at),
                    ":next": next_fetch_at.map(micros),
                    ":state": state(*next_fetch_at),
                },
            )?;
            Ok(())
        }
        HoldAction::Keep { tries, next_fetch_at, translation } => {
            let kept = run(
                connection,
                "UPDATE hold SET tries = ?2, next_fetch_at = ?3, state = ?4, twin = ?5
                 WHERE source = ?1 AND state IN ('waiting', 'review')",
                params![
                    source.as_str(),
                    tries,
                    next_fetch_at.map(micros),
                    state(*next_fetch_at),
                    translation
                ],
            )?;
            expect_one(kept, source)
        }
        HoldAction::Settle { settlement, by } => {
            settle(connection, source, *settlement, by, check.ended_at)
        }
    }
}

fn state(next_fetch_at: Option<Timestamp>) -> &'static str {
    if next_fetch_at.is_some() { "waiting" } else { "review" }
}

fn settle(
    connection: &Connection,
    source: &SourceId,
    settlement: Settlement,
    by: &str,
    at: Timestamp,
) -> Result<(), Trouble> {
    expect_one(close(connection, source, settlement.word(), by, at)?, source)
}

fn close(
    connection: &Connection,
    source: &SourceId,
    state: &str,
    by: &str,
    at: Timestamp,
) -> Result<usize, Trouble> {
    run(
        connection,
        "UPDATE hold SET state = ?2, settled_by = ?3, settled_at = ?4, next_fetch_at = NULL
         WHERE source = ?1 AND state IN ('waiting', 'review')",
        params![source.as_str(), state, by, micros(at)],
    )
}

/// A check that was planned for a hold which somebody else has settled meanwhile must not stand.
fn expect_one(touched: usize, source: &SourceId) -> Result<(), Trouble> {
    if touched == 1 {
        return Ok(());
    }
    Err(StoreError::NothingHeld { of: source.clone() }.into())
}

fn held(cells: &Cells<'_, '_>) -> Result<Held, Trouble> {
    Ok(Held {
        source: cells.parsed("source", SourceId::parse)?,
        check: CheckId(cells.get("check_id")?),
        event: cells.parsed_if("event", EventId::parse)?,
        facts: cells.json("facts", facts_json::decode)?,
        reason_word: cells.get("reason_word")?,
        reason: cells.get("reason")?,
        held_at: cells.moment("held_at")?,
        next_fetch_at: cells.moment_if("next_fetch_at")?,
        tries: cells.get("tries")?,
        translation: cells.get("twin")?,
    })
}
