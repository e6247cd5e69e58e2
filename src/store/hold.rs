//! Holds: implausible fact sets, kept whole until re-fetches or a person settle them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::{
    CheckRecord, Store, StoreError,
    error::Trouble,
    facts_json,
    rows::{Cells, Table, all, micros, run},
    source_state,
};
use crate::model::{
    CheckId, EventId, FactKey, FactSet, Facts, Held, HoldAction, RE_FETCH, Settlement, SourceId,
    SourceState, StateVersion,
};

const TABLE: Table = Table { name: "hold", key: "id" };

const SELECT: &str =
    "SELECT id, source, fact, check_id, event, facts, reason_word, reason, held_at, last_read_at,
    next_fetch_at, tries, translation FROM hold WHERE state IN ('waiting', 'review')";

impl Store {
    /// Returns what a person rejected of each fact set of a source after a moment, where that is the
    /// last decision on what was held of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rejected(
        &self,
        source: &SourceId,
        after: Option<Timestamp>,
    ) -> Result<BTreeMap<FactKey, Option<FactSet>>, StoreError> {
        let sql = "SELECT id, fact, facts FROM hold AS h
             WHERE source = ?1 AND state = 'rejected' AND settled_by <> ?2 AND settled_at > ?3
             AND fact <> '' AND id = (SELECT max(n.id) FROM hold AS n
                WHERE n.source = h.source AND n.fact = h.fact)";
        let after = after.map_or(i64::MIN, micros);
        let found = self.read("rejected holds", |connection| {
            all(connection, sql, params![source.as_str(), RE_FETCH, after], TABLE, |cells| {
                Ok((cells.parsed("fact", FactKey::parse)?, set(cells)?))
            })
        })?;
        Ok(found.into_iter().collect())
    }

    /// Returns what is held of a source, the longest held first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn holds(&self, source: &SourceId) -> Result<Vec<Held>, StoreError> {
        let sql = format!("{SELECT} AND source = ?1 ORDER BY held_at, id");
        self.read("holds", |connection| all(connection, &sql, [source.as_str()], TABLE, held))
    }

    /// Returns everything that is held, the longest held first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn held(&self) -> Result<Vec<Held>, StoreError> {
        let sql = format!("{SELECT} ORDER BY held_at, id");
        self.read("holds", |connection| all(connection, &sql, [], TABLE, held))
    }

    /// Settles held fact sets outside of any check: a person rejected them.
    ///
    /// # Errors
    /// [`StoreError::Superseded`] when something was recorded of the source since the version the
    /// person saw; else when nothing is held, or it cannot be written.
    pub fn settle_holds(
        &mut self,
        (source, facts): (&SourceId, &[FactKey]),
        seen: StateVersion,
        settlement: Settlement,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("settle hold", |tx| {
            source_state::expect(source, seen, source_state::of(tx, source)?.as_ref())?;
            facts.iter().try_for_each(|fact| settle(tx, (source, fact), settlement, by, at))?;
            source_state::raise(tx, source)
        })
    }
}

/// Applies the check's decision to what is held.
pub(super) fn apply(
    connection: &Connection,
    check: &CheckRecord<'_>,
    id: CheckId,
    before: Option<&SourceState>,
) -> Result<(), Trouble> {
    let last_read = before.and_then(|state| state.last_good_at);
    let mut holds = check.holds.iter();
    holds
        .try_for_each(|(fact, action)| apply_to(connection, check, (id, last_read), (fact, action)))
}

fn apply_to(
    connection: &Connection,
    check: &CheckRecord<'_>,
    (id, last_read): (CheckId, Option<Timestamp>),
    (fact, action): (&FactKey, &HoldAction),
) -> Result<(), Trouble> {
    let source = check.source;
    match action {
        HoldAction::Open { event, set, reason, next_fetch_at } => {
            let last_read = replaced(connection, (source, fact))?.or(last_read.map(micros));
            close(connection, (source, fact), "replaced", "a later check", check.ended_at)?;
            let facts: Facts = set.iter().map(|set| (fact.clone(), set.clone())).collect();
            run(
                connection,
                "INSERT INTO hold (source, fact, check_id, event, facts, reason_word, reason,
                    held_at, last_read_at, next_fetch_at, tries, state)
                 VALUES (:source, :fact, :check, :event, :facts, :word, :reason, :held, :last,
                    :next, 0, :state)",
                named_params! {
                    ":source": source.as_str(),
                    ":fact": fact.as_str(),
                    ":check": id.0,
                    ":event": event.as_ref().map(EventId::as_str),
                    ":facts": facts_json::encode(&facts),
                    ":word": reason.word(),
                    ":reason": reason.to_string(),
                    ":held": micros(check.seen_at),
                    ":last": last_read,
                    ":next": next_fetch_at.map(micros),
                    ":state": state(*next_fetch_at),
                },
            )?;
            Ok(())
        }
        HoldAction::Keep { tries, next_fetch_at, translation } => {
            let kept = run(
                connection,
                "UPDATE hold SET tries = ?3, next_fetch_at = ?4, state = ?5, translation = ?6
                 WHERE source = ?1 AND fact = ?2 AND state IN ('waiting', 'review')",
                params![
                    source.as_str(),
                    fact.as_str(),
                    tries,
                    next_fetch_at.map(micros),
                    state(*next_fetch_at),
                    translation
                ],
            )?;
            expect_one(kept, source)
        }
        HoldAction::Settle { settlement, by } => {
            settle(connection, (source, fact), *settlement, by, check.ended_at)
        }
    }
}

/// When a set that is already held was last seen as it was before.
fn replaced(
    connection: &Connection,
    (source, fact): (&SourceId, &FactKey),
) -> Result<Option<i64>, Trouble> {
    let sql = "SELECT last_read_at FROM hold
         WHERE source = ?1 AND fact = ?2 AND state IN ('waiting', 'review')";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![source.as_str(), fact.as_str()], |row| row.get(0));
    Ok(found.optional()?.flatten())
}

fn state(next_fetch_at: Option<Timestamp>) -> &'static str {
    if next_fetch_at.is_some() { "waiting" } else { "review" }
}

fn settle(
    connection: &Connection,
    (source, fact): (&SourceId, &FactKey),
    settlement: Settlement,
    by: &str,
    at: Timestamp,
) -> Result<(), Trouble> {
    expect_one(close(connection, (source, fact), settlement.word(), by, at)?, source)
}

fn close(
    connection: &Connection,
    (source, fact): (&SourceId, &FactKey),
    state: &str,
    by: &str,
    at: Timestamp,
) -> Result<usize, Trouble> {
    run(
        connection,
        "UPDATE hold SET state = ?3, settled_by = ?4, settled_at = ?5, next_fetch_at = NULL
         WHERE source = ?1 AND fact = ?2 AND state IN ('waiting', 'review')",
        params![source.as_str(), fact.as_str(), state, by, micros(at)],
    )
}

/// Fails a check that was planned for a hold which somebody else has settled meanwhile.
fn expect_one(touched: usize, source: &SourceId) -> Result<(), Trouble> {
    if touched == 1 {
        return Ok(());
    }
    Err(StoreError::NothingHeld { of: source.clone() }.into())
}

/// The held set; `None` where all of it is gone.
fn set(cells: &Cells<'_, '_>) -> Result<Option<FactSet>, Trouble> {
    Ok(cells.json("facts", facts_json::decode)?.into_values().next())
}

fn held(cells: &Cells<'_, '_>) -> Result<Held, Trouble> {
    Ok(Held {
        source: cells.parsed("source", SourceId::parse)?,
        fact: cells.parsed("fact", FactKey::parse)?,
        check: CheckId(cells.get("check_id")?),
        event: cells.parsed_if("event", EventId::parse)?,
        set: set(cells)?,
        reason_word: cells.get("reason_word")?,
        reason: cells.get("reason")?,
        held_at: cells.moment("held_at")?,
        last_read_at: cells.moment_if("last_read_at")?,
        next_fetch_at: cells.moment_if("next_fetch_at")?,
        tries: cells.get("tries")?,
        translation: cells.get("translation")?,
    })
}
