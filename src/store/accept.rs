//! Accepting facts: writes what differs from what was known, and nothing else.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    error::Trouble,
    facts::{Scope, sets, states},
    facts_json::notes_json,
    rows::{evidence_json, run},
};
use crate::model::{CheckId, Facts, FieldName, SourceId, json::tagged_fields};

/// Facts that are believed from a check on.
pub(super) struct Acceptance<'a> {
    pub(super) source: &'a SourceId,
    pub(super) check: CheckId,
    pub(super) seen_at: i64,
    pub(super) facts: &'a Facts,
}

/// A check and its moment, as rows carry them.
type Stamp = (CheckId, i64);

/// Writes what differs from the facts as they were known at the acceptance's moment.
///
/// Where history is imported *before* checks that are recorded already, those checks win: what the
/// import adds ends at the first of them.
pub(super) fn accept(connection: &Connection, accepted: &Acceptance<'_>) -> Result<(), Trouble> {
    let before = Said::at(connection, accepted.source, accepted.seen_at)?;
    let now = Said::by(accepted.facts);
    let here = (accepted.check, accepted.seen_at);
    let later = next_accepted(connection, accepted)?;
    for (fact, old, new) in differing(&before.sets, &now.sets, |set| set) {
        put_set(connection, accepted.source, fact, here, new)?;
        if let Some(later) = later
            && !set_speaks(connection, accepted.source, fact, later)?
        {
            put_set(connection, accepted.source, fact, later, old)?;
        }
    }
    // A record that says the same keeps the evidence of the check that first read it so, unless another
    // locator reads it from now on: what that locator says later is no longer doubted.
    for (key, old, new) in differing(&before.records, &now.records, |state| &state.said) {
        let record = record_id(connection, accepted.source, key)?;
        put_state(connection, record, here, new)?;
        if let Some(later) = later
            && !record_speaks(connection, record, later)?
        {
            put_state(connection, record, later, old)?;
        }
    }
    Ok(())
}

/// What a source says, as the rows word it.
#[derive(Default)]
struct Said {
    sets: BTreeMap<String, SetRow>,
    records: BTreeMap<(String, String), StateRow>,
}

#[derive(PartialEq, Eq)]
struct SetRow {
    kind: String,
    notes: String,
    effective: Option<String>,
    expires: Option<String>,
    applies_to: Option<String>,
}

struct StateRow {
    /// Its fields, and the locator that reads them.
    said: String,
    fields: String,
    evidence: Option<String>,
}

impl StateRow {
    fn new(fields: String, evidence: Option<String>) -> Self {
        let json = evidence.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let locator = json.as_ref().and_then(|json: &serde_json::Value| json["locator"].as_str());
        let said = format!("{fields}\n{}", locator.unwrap_or_default());
        Self { said, fields, evidence }
    }
}

impl Said {
    /// What was known at a moment.
    fn at(connection: &Connection, source: &SourceId, at: i64) -> Result<Self, Trouble> {
        let scope = Scope::Source(source);
        let sets = sets(connection, scope, at, |cells| {
            let row = SetRow {
                kind: cells.get("kind")?,
                notes: cells.get("notes")?,
                effective: cells.get("effective")?,
                expires: cells.get("expires")?,
                applies_to: cells.get("applies_to")?,
            };
            Ok((cells.get("fact")?, row))
        })?;
        let records = states(connection, scope, at, |cells| {
            let (fields, evidence) = (cells.get("fields")?, cells.get("evidence")?);
            Ok(((cells.get("fact")?, cells.get("record")?), StateRow::new(fields, evidence)))
        })?;
        Ok(Self { sets: sets.into_iter().collect(), records: records.into_iter().collect() })
    }

    /// What facts say.
    fn by(facts: &Facts) -> Self {
        let mut said = Self::default();
        let name = |field: &Option<FieldName>| field.as_ref().map(FieldName::to_string);
        for (key, set) in facts {
            let row = SetRow {
                kind: set.kind.word().to_owned(),
                notes: notes_json(&set.notes).to_string(),
                effective: name(&set.dates.effective),
                expires: name(&set.dates.expires),
                applies_to: name(&set.dates.applies_to),
            };
            said.sets.insert(key.to_string(), row);
            for (name, record) in &set.records {
                let evidence = evidence_json(&record.evidence).to_string();
                let row = StateRow::new(tagged_fields(&record.fields).to_string(), Some(evidence));
                said.records.insert((key.to_string(), name.to_string()), row);
            }
        }
        said
    }
}

/// The entries of two maps that differ in what `said` takes of them, with both sides.
fn differing<'a, K: Ord, V, S: PartialEq + ?Sized + 'a>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
    said: fn(&'a V) -> &'a S,
) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)> {
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    new.keys()
        .chain(gone)
        .map(|key| (key, old.get(key), new.get(key)))
        .filter(move |(_, old, new)| old.map(said) != new.map(said))
}

/// The first accepted check of the source after this check's moment.
fn next_accepted(
    connection: &Connection,
    accepted: &Acceptance<'_>,
) -> Result<Option<Stamp>, Trouble> {
    let next = connection
        .prepare_cached(
            "SELECT id, seen_at FROM check_run
             WHERE source = ?1 AND accepted = 1 AND seen_at > ?2
             ORDER BY seen_at, id LIMIT 1",
        )?
        .query_row(params![accepted.source.as_str(), accepted.seen_at], |row| {
            Ok((CheckId(row.get(0)?), row.get(1)?))
        })
        .optional()?;
    Ok(next)
}

/// Returns whether a check has a row of its own about a fact set.
fn set_speaks(
    connection: &Connection,
    source: &SourceId,
    fact: &str,
    at: Stamp,
) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM fact_set WHERE source = ?1 AND fact = ?2 AND seen_at = ?3";
    Ok(connection.prepare_cached(sql)?.exists(params![source.as_str(), fact, at.1])?)
}

/// Returns whether a check has a row of its own about a record.
fn record_speaks(connection: &Connection, record: i64, at: Stamp) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM record_state WHERE record_id = ?1 AND seen_at = ?2";
    Ok(connection.prepare_cached(sql)?.exists(params![record, at.1])?)
}

fn put_set(
    connection: &Connection,
    source: &SourceId,
    fact: &str,
    (check, seen_at): Stamp,
    set: Option<&SetRow>,
) -> Result<(), Trouble> {
    run(
        connection,
        "INSERT INTO fact_set (source, fact, check_id, seen_at, kind, notes, effective,
            expires, applies_to)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            source.as_str(),
            fact,
            check.0,
            seen_at,
            set.map(|set| &set.kind),
            set.map_or("[]", |set| &set.notes),
            set.and_then(|set| set.effective.as_ref()),
            set.and_then(|set| set.expires.as_ref()),
            set.and_then(|set| set.applies_to.as_ref()),
        ],
    )?;
    Ok(())
}

/// Returns the number of a record, giving it one when it is seen for the first time.
fn record_id(
    connection: &Connection,
    source: &SourceId,
    (fact, record): &(String, String),
) -> Result<i64, Trouble> {
    let key = params![source.as_str(), fact, record];
    run(
        connection,
        "INSERT INTO record (source, fact, record) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        key,
    )?;
    let sql = "SELECT id FROM record WHERE source = ?1 AND fact = ?2 AND record = ?3";
    Ok(connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))?)
}

fn put_state(
    connection: &Connection,
    record: i64,
    (check, seen_at): Stamp,
    state: Option<&StateRow>,
) -> Result<(), Trouble> {
    run(
        connection,
        "INSERT INTO record_state (record_id, check_id, seen_at, fields, evidence)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            record,
            check.0,
            seen_at,
            state.map(|state| &state.fields),
            state.and_then(|state| state.evidence.as_ref()),
        ],
    )?;
    Ok(())
}
