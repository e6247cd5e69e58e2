//! Facts: what a source was known to say, and since which check.
//!
//! A row is written only where it differs from the row before it; what a source says at a moment is
//! the newest row of each record up to that moment. A state keeps the evidence of the check that
//! first read it so; a fact that only moves on its page writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Store, StoreError,
    error::Trouble,
    facts_json, index,
    rows::{Cells, Table, all, evidence, micros},
};
use crate::model::{
    CheckId, DateFields, FactKey, FactSet, FactType, Facts, FieldName, Record, RecordKey,
    RecordState, SourceId, json,
};

const SET: Table = Table { name: "fact_set", key: "id" };
const STATE: Table = Table { name: "record_state", key: "id" };

impl Store {
    /// Returns the facts of a source as last accepted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts(&self, source: &SourceId) -> Result<Facts, StoreError> {
        self.read("facts of a source", |connection| {
            let mut known = known(connection, Scope::Source(source), NOW)?;
            Ok(known.remove(source).unwrap_or_default())
        })
    }

    /// Returns a fact set as last accepted, from each source that states it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact(&self, key: &FactKey) -> Result<Vec<(SourceId, FactSet)>, StoreError> {
        self.read("a fact", |connection| sets_of(connection, key, NOW))
    }

    /// Returns a fact set as it was known at a moment, from each source that stated it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts_as_known(
        &self,
        key: &FactKey,
        known_at: Timestamp,
    ) -> Result<Vec<(SourceId, FactSet)>, StoreError> {
        self.read("a fact as known", |connection| sets_of(connection, key, micros(known_at)))
    }

    /// Returns every fact set that is stated now, by one source or by any, with its source and how many
    /// records it has. The records are counted and not read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact_keys(
        &self,
        of: Option<&SourceId>,
    ) -> Result<Vec<(FactKey, SourceId, usize)>, StoreError> {
        let scope = of.map_or(Scope::All, Scope::Source);
        let named = |cells: &Cells<'_, '_>| {
            let fact = cells.parsed("fact", FactKey::parse)?;
            Ok((fact, cells.parsed("source", SourceId::parse)?))
        };
        let (condition, source) = scope.condition("r");
        let sql = format!(
            "SELECT r.source, r.fact, count(*) AS records
             FROM record AS r CROSS JOIN record_state AS s ON s.id = (
                 SELECT n.id FROM record_state AS n WHERE n.record_id = r.id
                 ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)
             WHERE {condition} AND s.fields IS NOT NULL GROUP BY r.source, r.fact"
        );
        let table = Table { name: "record", key: "fact" };
        self.read("fact keys", |connection| {
            let stated = sets(connection, scope, NOW, named)?;
            let mut keys: BTreeMap<_, usize> = stated.into_iter().map(|key| (key, 0)).collect();
            let counted = all(connection, &sql, [source], table, |cells| {
                Ok((named(cells)?, cells.count("records")?))
            })?;
            keys.extend(counted);
            Ok(keys.into_iter().map(|((fact, source), n)| (fact, source, n)).collect())
        })
    }

    /// Returns the key of every fact set that was ever stated.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact_names(&self) -> Result<Vec<FactKey>, StoreError> {
        let table = Table { name: "record", key: "id" };
        self.read("the names of facts", |connection| {
            let sql = "SELECT DISTINCT fact FROM record ORDER BY fact";
            all(connection, sql, [], table, |cells| cells.parsed("fact", FactKey::parse))
        })
    }

    /// Returns every NOC code that a record was ever about.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn noc_codes(&self) -> Result<BTreeSet<String>, StoreError> {
        let table = Table { name: "record", key: "id" };
        self.read("NOC codes", |connection| {
            let sql = "SELECT DISTINCT record FROM record
                       WHERE record GLOB '*[0-9][0-9][0-9][0-9][0-9]*'";
            let keys = all(connection, sql, [], table, |cells| cells.get::<String>("record"))?;
            Ok(keys.iter().flat_map(|key| index::nocs(key)).map(str::to_owned).collect())
        })
    }

    /// Returns the fact sets that ever had a record whose key contains this text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn facts_about(&self, part: &str) -> Result<Vec<FactKey>, StoreError> {
        let table = Table { name: "record", key: "id" };
        self.read("facts about a code", |connection| {
            let sql = "SELECT DISTINCT fact FROM record WHERE instr(record, ?1) > 0 ORDER BY fact";
            all(connection, sql, [part], table, |cells| cells.parsed("fact", FactKey::parse))
        })
    }

    /// Returns every state that the records of a fact set went through, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history(
        &self,
        key: &FactKey,
        record: Option<&RecordKey>,
    ) -> Result<Vec<RecordState>, StoreError> {
        self.read("history", |connection| {
            all(
                connection,
                "SELECT s.id, r.source, r.record, s.check_id, s.seen_at, s.fields, s.evidence
                 FROM record AS r JOIN record_state AS s ON s.record_id = r.id
                 WHERE r.fact = ?1 AND (?2 IS NULL OR r.record = ?2)
                 ORDER BY s.seen_at, s.id",
                params![key.as_str(), record.map(RecordKey::as_str)],
                STATE,
                record_state,
            )
        })
    }
}

/// Later than any check.
pub(super) const NOW: i64 = i64::MAX;

/// Whose facts are asked for.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// One source's.
    Source(&'a SourceId),
    /// Every source's under one key.
    Fact(&'a FactKey),
    /// All.
    All,
}

impl<'a> Scope<'a> {
    /// The condition on `table`, and the value of `?1` in it.
    fn condition(self, table: &str) -> (String, &'a str) {
        match self {
            Self::Source(source) => (format!("{table}.source = ?1"), source.as_str()),
            Self::Fact(fact) => (format!("{table}.fact = ?1"), fact.as_str()),
            Self::All => ("?1 = ''".to_owned(), ""),
        }
    }
}

/// The fact sets stated at a moment.
pub(super) fn sets<T>(
    connection: &Connection,
    scope: Scope<'_>,
    at: i64,
    read: impl Fn(&Cells<'_, '_>) -> Result<T, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let (condition, scope) = scope.condition("s");
    let sql = format!(
        "SELECT s.id, s.source, s.fact, s.kind, s.notes, s.effective, s.expires, s.applies_to
         FROM fact_set AS s
         WHERE {condition} AND s.seen_at <= ?2 AND s.kind IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM fact_set AS n
             WHERE n.source = s.source AND n.fact = s.fact AND n.seen_at <= ?2
             AND (n.seen_at, n.id) > (s.seen_at, s.id))"
    );
    all(connection, &sql, params![scope, at], SET, read)
}

/// The records at a moment, each in its newest state.
pub(super) fn states<T>(
    connection: &Connection,
    scope: Scope<'_>,
    at: i64,
    read: impl Fn(&Cells<'_, '_>) -> Result<T, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let (condition, scope) = scope.condition("r");
    let sql = format!(
        "SELECT s.id, r.source, r.fact, r.record, s.fields, s.evidence
         FROM record AS r CROSS JOIN record_state AS s ON s.id = (
             SELECT n.id FROM record_state AS n
             WHERE n.record_id = r.id AND n.seen_at <= ?2
             ORDER BY n.seen_at DESC, n.id DESC LIMIT 1)
         WHERE {condition} AND s.fields IS NOT NULL"
    );
    all(connection, &sql, params![scope, at], STATE, read)
}

/// The facts known at a moment, by source.
fn known(
    connection: &Connection,
    scope: Scope<'_>,
    at: i64,
) -> Result<BTreeMap<SourceId, Facts>, Trouble> {
    let mut known: BTreeMap<SourceId, Facts> = BTreeMap::new();
    for (source, key, set) in sets(connection, scope, at, set)? {
        known.entry(source).or_default().insert(key, set);
    }
    for (source, key, record, state) in states(connection, scope, at, |cells| {
        let source = cells.parsed("source", SourceId::parse)?;
        let key = cells.parsed("fact", FactKey::parse)?;
        let state = Record {
            fields: cells.json("fields", json::untag_fields)?,
            evidence: cells.json_if("evidence", evidence)?.unwrap_or_default(),
        };
        if known.get(&source).is_none_or(|facts| !facts.contains_key(&key)) {
            return Err(cells.bad("id", "its fact set is not stated"));
        }
        Ok((source, key, cells.parsed("record", RecordKey::parse)?, state))
    })? {
        if let Some(set) = known.get_mut(&source).and_then(|facts| facts.get_mut(&key)) {
            set.records.insert(record, state);
        }
    }
    Ok(known)
}

/// A fact set, without its records.
pub(super) fn set(cells: &Cells<'_, '_>) -> Result<(SourceId, FactKey, FactSet), Trouble> {
    let set = FactSet {
        kind: cells.word("kind", FactType::from_word)?,
        records: BTreeMap::new(),
        notes: cells.json("notes", facts_json::notes)?,
        // The newly read set says what is compared and how.
        wording: Vec::new(),
        dates: DateFields {
            effective: cells.parsed_if("effective", FieldName::parse)?,
            expires: cells.parsed_if("expires", FieldName::parse)?,
            applies_to: cells.parsed_if("applies_to", FieldName::parse)?,
        },
    };
    Ok((cells.parsed("source", SourceId::parse)?, cells.parsed("fact", FactKey::parse)?, set))
}

fn sets_of(
    connection: &Connection,
    key: &FactKey,
    at: i64,
) -> Result<Vec<(SourceId, FactSet)>, Trouble> {
    let known = known(connection, Scope::Fact(key), at)?;
    let of_key = |(source, mut facts): (SourceId, Facts)| Some((source, facts.remove(key)?));
    Ok(known.into_iter().filter_map(of_key).collect())
}

fn record_state(cells: &Cells<'_, '_>) -> Result<RecordState, Trouble> {
    Ok(RecordState {
        source: cells.parsed("source", SourceId::parse)?,
        record: cells.parsed("record", RecordKey::parse)?,
        check: CheckId(cells.get("check_id")?),
        seen_at: cells.moment("seen_at")?,
        fields: cells.json_if("fields", json::untag_fields)?,
        evidence: cells.json_if("evidence", evidence)?,
    })
}
