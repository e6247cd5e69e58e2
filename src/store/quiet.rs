//! What pages said without it being news: first facts, and pages of the past.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    Store, StoreError,
    error::Trouble,
    facts,
    rows::{Cells, Table, all, evidence},
};
use crate::model::{
    CheckId, FactKey, FactSet, FactType, FieldName, QuietFacts, Record, RecordKey, SnapshotId,
    SourceId, json,
};

const STATE: Table = Table { name: "record_state", key: "id" };

/// The states of the records of a set that no change tells of. What was told of a page of the past was told to nobody.
const STATES: &str = "SELECT s.id, r.record, s.fields, s.evidence, s.check_id, s.seen_at, k.snapshot
    FROM record AS r JOIN record_state AS s ON s.record_id = r.id JOIN check_run AS k ON k.id = s.check_id
    WHERE r.source = ?1 AND r.fact = ?2 AND s.fields IS NOT NULL AND k.snapshot IS NOT NULL
      AND (k.imported IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM event AS e JOIN change AS c ON c.event = e.id
          WHERE e.check_id = s.check_id AND c.fact = r.fact AND c.record = r.record))
    ORDER BY s.seen_at, s.check_id, r.record";

/// Whether a record of a set ever had a day from a given one on. Far less to read than the records.
const HAS_DAY: &str = "SELECT 1 FROM record AS r JOIN record_state AS s ON s.record_id = r.id
    WHERE r.source = ?1 AND r.fact = ?2 AND s.fields IS NOT NULL
      AND (json_extract(s.fields, ?3) >= ?5 OR json_extract(s.fields, ?4) >= ?5) LIMIT 1";

/// Fact sets, each with its source.
pub type Sets = BTreeSet<(SourceId, FactKey)>;

/// What no change tells of, by fact set; for each, check by check, the earliest first.
pub type QuietBySet = BTreeMap<(SourceId, FactKey), Vec<QuietFacts>>;

impl Store {
    /// Returns what no change tells of, in the fact sets whose records say from when or until when they hold: of
    /// those in which one ever had a day from `from` on, and of those in `also`. Series are left out, and sources
    /// that nobody has reviewed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn quiet_facts(&self, from: Date, also: &Sets) -> Result<QuietBySet, StoreError> {
        self.read("first facts with a day", |connection| {
            let reviewed = "SELECT source FROM source_state WHERE unreviewed = 0";
            let table = Table { name: "source_state", key: "source" };
            let reviewed = all(connection, reviewed, [], table, |cells| {
                cells.parsed("source", SourceId::parse)
            })?;
            let mut found = QuietBySet::new();
            for (source, fact, set) in
                facts::sets(connection, facts::Scope::All, facts::NOW, facts::set)?
            {
                let is_dated = set.dates.effective.is_some() || set.dates.expires.is_some();
                if !is_dated || set.kind == FactType::Series || !reviewed.contains(&source) {
                    continue;
                }
                let name = (source, fact);
                if also.contains(&name) || has_day(connection, &name, &set, from)? {
                    let of_set = of_set(connection, &name, &set)?;
                    found.insert(name, of_set);
                }
            }
            Ok(found)
        })
    }
}

fn has_day(
    connection: &Connection,
    (source, fact): &(SourceId, FactKey),
    set: &FactSet,
    from: Date,
) -> Result<bool, Trouble> {
    let day_in =
        |field: &Option<FieldName>| field.as_ref().map(|name| format!("$.\"{name}\".date"));
    let (effective, expires) = (day_in(&set.dates.effective), day_in(&set.dates.expires));
    let asked = params![source.as_str(), fact.as_str(), effective, expires, from.to_string()];
    let found = connection.prepare_cached(HAS_DAY)?.query_row(asked, |_| Ok(())).optional()?;
    Ok(found.is_some())
}

fn of_set(
    connection: &Connection,
    (source, fact): &(SourceId, FactKey),
    set: &FactSet,
) -> Result<Vec<QuietFacts>, Trouble> {
    let (mut found, mut last) = (Vec::<QuietFacts>::new(), None);
    for (state, key, record) in
        all(connection, STATES, params![source.as_str(), fact.as_str()], STATE, state)?
    {
        if last != Some(state.check) {
            let (source, fact, set) = (source.clone(), fact.clone(), set.clone());
            let Read { seen_at, snapshot, .. } = state;
            found.push(QuietFacts { source, fact, set, seen_at, snapshot });
            last = Some(state.check);
        }
        if let Some(facts) = found.last_mut() {
            facts.set.records.insert(key, record);
        }
    }
    Ok(found)
}

/// The check that read a state.
struct Read {
    check: CheckId,
    seen_at: Timestamp,
    snapshot: SnapshotId,
}

fn state(cells: &Cells<'_, '_>) -> Result<(Read, RecordKey, Record), Trouble> {
    let read = Read {
        check: CheckId(cells.get("check_id")?),
        seen_at: cells.moment("seen_at")?,
        snapshot: cells.parsed("snapshot", SnapshotId::parse)?,
    };
    let record = Record {
        fields: cells.json("fields", json::untag_fields)?,
        evidence: cells.json_if("evidence", evidence)?.unwrap_or_default(),
    };
    Ok((read, cells.parsed("record", RecordKey::parse)?, record))
}
