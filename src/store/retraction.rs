//! Retractions: changes that a person says were told wrongly, and what was misread.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::{
    CheckRecord, Store, StoreError,
    error::Trouble,
    event, hook,
    rows::{Cells, Table, all, evidence, micros, run},
    told,
};
use crate::model::{
    Change, ChangeId, CheckId, DeliveryKind, EventId, FactKey, Fields, Misread, Record, RecordKey,
    Retraction, SourceId, json,
};

const TABLE: Table = Table { name: "retraction", key: "change" };

const COLUMNS: &str = "change, event, retracted_at, retracted_by, why, ended_at";

/// A person's retraction of an event, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct RetractionRecord<'a> {
    /// The event.
    pub event: &'a EventId,
    /// Those of its changes that were told wrongly.
    pub changes: &'a [Change],
    /// Who says so.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
}

/// A retraction, as it concerns a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// The source.
    pub source: SourceId,
    /// The record.
    pub record: RecordKey,
    /// The check that read it wrongly.
    pub check: CheckId,
    /// Who took it back, when and why.
    pub retraction: Retraction,
}

impl Store {
    /// Returns every retraction, by change.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn retractions(&self) -> Result<BTreeMap<ChangeId, Retraction>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM retraction");
        self.read("retractions", |connection| {
            let all = all(connection, &sql, [], TABLE, retraction)?;
            Ok(all.into_iter().map(|one| (one.change.clone(), one)).collect())
        })
    }

    /// Returns the retractions of an event's changes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn retractions_of(&self, event: &EventId) -> Result<Vec<Retraction>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM retraction WHERE event = ?1 ORDER BY change");
        self.read("retractions of an event", |connection| {
            all(connection, &sql, [event.as_str()], TABLE, retraction)
        })
    }

    /// Returns the retractions of a fact set: the record, the check that read it wrongly, and the
    /// retraction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn taken_back(&self, fact: &FactKey) -> Result<Vec<TakenBack>, StoreError> {
        let sql = "SELECT x.change AS change, x.event AS event, x.retracted_at AS retracted_at,
                x.retracted_by AS retracted_by, x.why AS why, x.ended_at AS ended_at,
                c.source AS source, c.record AS record, e.check_id AS check_id
             FROM retraction AS x JOIN change AS c ON c.id = x.change
             JOIN event AS e ON e.id = x.event WHERE c.fact = ?1 ORDER BY x.retracted_at, x.change";
        self.read("what was taken back", |connection| {
            all(connection, sql, [fact.as_str()], TABLE, |cells| {
                Ok(TakenBack {
                    source: cells.parsed("source", SourceId::parse)?,
                    record: cells.parsed("record", RecordKey::parse)?,
                    check: CheckId(cells.get("check_id")?),
                    retraction: retraction(cells)?,
                })
            })
        })
    }

    /// Returns the open misreadings of a source: retracted, but its page may still be read the same way.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_misreadings(&self, source: &SourceId) -> Result<Vec<Misread>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM retraction WHERE source = ?1 AND ended_at IS NULL ORDER BY change"
        );
        let open = self.read("open retractions", |connection| {
            all(connection, &sql, [source.as_str()], TABLE, retraction)
        })?;
        let events: BTreeSet<&EventId> = open.iter().map(|one| &one.event).collect();
        let mut misread = Vec::new();
        for event in events {
            let Some(event) = self.event(event)? else { continue };
            let of_event = |change: &&Change| open.iter().any(|one| one.change == change.id);
            let changes: Vec<Change> = event.changes.iter().filter(of_event).cloned().collect();
            misread.extend(self.misread(event.check, &event.changes, &changes)?);
        }
        Ok(misread)
    }

    /// Returns what was misread, given the changes of an event that were told wrongly: the records they
    /// are about; and where everything the event says of a fact set is wrong, everything its check wrote
    /// of that set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn misread(
        &self,
        check: Option<CheckId>,
        of_event: &[Change],
        wrong: &[Change],
    ) -> Result<Vec<Misread>, StoreError> {
        let Some(check) = check else { return Ok(Vec::new()) };
        let written = self.read("what a check wrote", |connection| written(connection, check))?;
        let of = |fact: &FactKey, changes: &[Change]| {
            changes.iter().filter(|change| change.fact == *fact).count()
        };
        let mut misread = Vec::new();
        for mut one in written {
            let told: Vec<&Change> = wrong.iter().filter(|c| c.fact == one.fact).collect();
            let about: Vec<&Change> =
                told.iter().copied().filter(|c| c.record == one.record).collect();
            let is_whole = !told.is_empty() && told.len() == of(&one.fact, of_event);
            if is_whole {
                // A record that now has another key belongs to no single change.
                let of = if about.is_empty() { &told } else { &about };
                one.changes = of.iter().map(|change| change.id.clone()).collect();
                misread.push(one);
                continue;
            }
            for change in about {
                let changes = vec![change.id.clone()];
                misread.push(Misread { changes, field: change.field.clone(), ..one.clone() });
            }
        }
        Ok(misread)
    }

    /// Returns the event with this id, or whose id begins so.
    ///
    /// # Errors
    /// When several ids begin so, or the database cannot be read.
    pub fn event_named(&self, id_or_beginning: &str) -> Result<Option<EventId>, StoreError> {
        let table = Table { name: "event", key: "id" };
        let sql = "SELECT id FROM event WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT 2";
        self.read("an event", |connection| {
            let mut found = all(connection, sql, [id_or_beginning], table, |cells| {
                cells.parsed("id", EventId::parse)
            })?;
            let exact = found.first().is_some_and(|id| id.as_str() == id_or_beginning);
            if id_or_beginning.is_empty() || (found.len() > 1 && !exact) {
                let prefix = id_or_beginning.to_owned();
                return Err(StoreError::AmbiguousChange { prefix }.into());
            }
            found.truncate(1);
            Ok(found.pop())
        })
    }
}

/// The records a check wrote, with their earlier states.
fn written(connection: &Connection, check: CheckId) -> Result<Vec<Misread>, Trouble> {
    let sql = "SELECT s.id AS id, r.fact AS fact, r.record AS record, s.fields AS fields,
            p.fields AS was, p.evidence AS evidence
         FROM record_state AS s JOIN record AS r ON r.id = s.record_id
         LEFT JOIN record_state AS p ON p.id = (
            SELECT b.id FROM record_state AS b
            WHERE b.record_id = s.record_id AND (b.seen_at, b.id) < (s.seen_at, s.id)
            ORDER BY b.seen_at DESC, b.id DESC LIMIT 1)
         WHERE s.check_id = ?1 ORDER BY s.id";
    let table = Table { name: "record_state", key: "id" };
    let written = all(connection, sql, [check.0], table, |cells| {
        let before: Option<Fields> = cells.json_if("was", json::untag_fields)?;
        let evidence = cells.json_if("evidence", evidence)?.unwrap_or_default();
        Ok(Misread {
            changes: Vec::new(),
            fact: cells.parsed("fact", FactKey::parse)?,
            record: cells.parsed("record", RecordKey::parse)?,
            before: before.map(|fields| Record { fields, evidence }),
            read: cells.json_if("fields", json::untag_fields)?,
            field: None,
        })
    })?;
    let is_news =
        |one: &Misread| one.before.is_some() != one.read.is_some() || !one.fields().is_empty();
    Ok(written.into_iter().filter(is_news).collect())
}

/// Writes what a check retracts, and closes the misreadings that its page contradicts.
pub(super) fn apply(
    connection: &Connection,
    check: &CheckRecord<'_>,
    id: CheckId,
) -> Result<(), Trouble> {
    for change in check.read_otherwise {
        let sql = "UPDATE retraction SET ended_at = ?2 WHERE change = ?1 AND ended_at IS NULL";
        run(connection, sql, params![change.as_str(), micros(check.seen_at)])?;
    }
    let Some(RetractionRecord { event, changes, by, why }) = check.retracts else { return Ok(()) };
    for change in changes {
        run(
            connection,
            "INSERT INTO retraction (change, event, source, check_id, retracted_at, retracted_by, why)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            params![
                change.id.as_str(),
                event.as_str(),
                check.source.as_str(),
                id.0,
                micros(check.ended_at),
                by,
                why
            ],
        )?;
        event::open_again(connection, change)?;
        told::take_back(connection, change)?;
    }
    hook::enqueue_back(connection, event, changes, check.ended_at)?;
    // A letter that has nothing left to tell is not sent.
    let sql = "UPDATE delivery SET state = 'cancelled', settled_at = ?2
         WHERE event = ?1 AND kind = ?3 AND state = 'due' AND NOT EXISTS (
            SELECT 1 FROM change AS c WHERE c.event = ?1
            AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = c.id))";
    let alert = DeliveryKind::Alert.word();
    run(connection, sql, params![event.as_str(), micros(check.ended_at), alert])?;
    Ok(())
}

pub(super) fn retraction(cells: &Cells<'_, '_>) -> Result<Retraction, Trouble> {
    Ok(Retraction {
        change: cells.parsed("change", ChangeId::parse)?,
        event: cells.parsed("event", EventId::parse)?,
        at: cells.moment("retracted_at")?,
        by: cells.get("retracted_by")?,
        why: cells.get("why")?,
        ended_at: cells.moment_if("ended_at")?,
    })
}
