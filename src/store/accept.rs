//! Accepting facts: writes what differs from what was known, and nothing else.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::{
    error::Trouble,
    facts::{NOW, Scope, sets, states},
    facts_json::notes_json,
    rows::{evidence_json, run},
};
use crate::model::{CheckId, Facts, FieldName, SourceId, json::tagged_fields};

/// Facts that are believed from a check on.
pub(super) struct Acceptance<'a> {
    pub(super) source: &'a SourceId,
    pub(super) check: CheckId,
    pub(super) seen_at: i64,
    /// Whether they are the latest word on the source, whatever is dated later.
    pub(super) is_latest: bool,
    pub(super) facts: &'a Facts,
}

/// A check and its moment, as rows carry them.
type Stamp = (CheckId, i64);

/// Writes what differs from the facts as they were known at the acceptance's moment.
///
/// Where history is imported *before* checks that are recorded already, those checks win: what the
/// import adds ends at the first of them. Checks that a clock dated ahead, before it was set right, win
/// over nothing: the latest word is also written over what each of them says.
pub(super) fn accept(connection: &Connection, accepted: &Acceptance<'_>) -> Result<(), Trouble> {
    let (source, now) = (accepted.source, Said::by(accepted.facts));
    let stamp = (accepted.check, accepted.seen_at);
    if accepted.is_latest {
        put(connection, source, &now, stamp)?;
        return put_over_later(connection, source, &now, stamp);
    }
    let first = later_accepted(connection, source, accepted.seen_at)?.into_iter().next();
    let kept = first.map(|(_, at)| Said::at(connection, source, at)).transpose()?;
    put(connection, source, &now, stamp)?;
    let Some((kept, first)) = kept.zip(first) else { return Ok(()) };
    put(connection, source, &kept, first)
}

/// Writes what a source says over what is dated later.
fn put_over_later(
    connection: &Connection,
    source: &SourceId,
    now: &Said,
    (check, seen_at): Stamp,
) -> Result<(), Trouble> {
    for (_, at) in later_accepted(connection, source, seen_at)? {
        put(connection, source, now, (check, at))?;
    }
    Ok(())
}

/// Writes what differs from what was known at the stamp's moment, under that stamp.
fn put(
    connection: &Connection,
    source: &SourceId,
    now: &Said,
    stamp: Stamp,
) -> Result<(), Trouble> {
    let before = Said::at(connection, source, stamp.1)?;
    for (fact, set) in differing(&before.sets, &now.sets, |set| set) {
        put_set(connection, source, fact, stamp, set)?;
    }
    // A record that says the same keeps the evidence of the check that first read it so, unless another
    // locator reads it from now on: what that locator says later is no longer doubted.
    for (key, state) in differing(&before.records, &now.records, |state| &state.said) {
        let record = record_id(connection, source, key)?;
        put_state(connection, record, stamp, state)?;
    }
    Ok(())
}

/// Dates what a clock dated ahead: from `seen_at` on, the source says what it said last, in rows of the
/// checks that read it.
pub(super) fn settle(
    connection: &Connection,
    source: &SourceId,
    (check, seen_at): Stamp,
) -> Result<(), Trouble> {
    let now = Said::at(connection, source, NOW)?;
    run(connection, SETTLE_SETS, params![source.as_str(), seen_at])?;
    run(connection, SETTLE_STATES, params![source.as_str(), seen_at])?;
    put_over_later(connection, source, &now, (check, seen_at))
}

const SETTLE_SETS: &str = "INSERT INTO fact_set (source, fact, check_id, seen_at, kind, notes,
        effective, expires, applies_to)
    SELECT s.source, s.fact, s.check_id, ?2, s.kind, s.notes, s.effective, s.expires, s.applies_to
    FROM fact_set AS s
    WHERE s.source = ?1 AND s.seen_at > ?2
      AND s.id = (SELECT n.id FROM fact_set AS n WHERE n.source = s.source AND n.fact = s.fact
                  ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)
      AND (s.kind, s.notes, s.effective, s.expires, s.applies_to) IS NOT (
          SELECT n.kind, n.notes, n.effective, n.expires, n.applies_to FROM fact_set AS n
          WHERE n.source = s.source AND n.fact = s.fact AND n.seen_at <= ?2
          ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)";

const SETTLE_STATES: &str =
    "INSERT INTO record_state (record_id, check_id, seen_at, fields, evidence)
    SELECT s.record_id, s.check_id, ?2, s.fields, s.evidence
    FROM record AS r CROSS JOIN record_state AS s ON s.id = (
        SELECT n.id FROM record_state AS n WHERE n.record_id = r.id
        ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)
    WHERE r.source = ?1 AND s.seen_at > ?2
      AND s.fields IS NOT (
          SELECT n.fields FROM record_state AS n WHERE n.record_id = r.id AND n.seen_at <= ?2
          ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)";

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

/// The entries of two maps that differ in what `said` takes of them, with the new side.
fn differing<'a, K: Ord, V, S: PartialEq + ?Sized + 'a>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
    said: fn(&'a V) -> &'a S,
) -> impl Iterator<Item = (&'a K, Option<&'a V>)> {
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let differs = move |key: &&'a K| old.get(*key).map(said) != new.get(*key).map(said);
    new.keys().chain(gone).filter(differs).map(|key| (key, new.get(key)))
}

/// The accepted checks of a source after a moment: the first of each later one.
fn later_accepted(
    connection: &Connection,
    source: &SourceId,
    seen_at: i64,
) -> Result<Vec<Stamp>, Trouble> {
    let stamps = connection
        .prepare_cached(
            "SELECT min(id), seen_at FROM check_run
             WHERE source = ?1 AND accepted = 1 AND seen_at > ?2
             GROUP BY seen_at ORDER BY seen_at",
        )?
        .query_map(params![source.as_str(), seen_at], |row| {
            Ok((CheckId(row.get(0)?), row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(stamps)
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
