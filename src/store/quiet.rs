//! What pages said without it being news: first facts, and pages of the past.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    Store, StoreError, facts,
    rows::{Cells, Table, all, evidence},
};
use crate::model::{CheckId, FactType, QuietFacts, Record, RecordKey, SnapshotId, SourceId, json};

const STATE: Table = Table { name: "record_state", key: "id" };

/// The states of the records of a set that no change tells of. What was told of a page of the past was told to nobody.
const STATES: &str = "SELECT s.id, r.record, s.fields, s.evidence, s.check_id, s.seen_at, k.snapshot
    FROM record AS r JOIN record_state AS s ON s.record_id = r.id JOIN check_run AS k ON k.id = s.check_id
    WHERE r.source = ?1 AND r.fact = ?2 AND s.fields IS NOT NULL AND k.snapshot IS NOT NULL
      AND (k.imported IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM event AS e JOIN change AS c ON c.event = e.id
          WHERE e.check_id = s.check_id AND c.fact = r.fact AND c.record = r.record))
    ORDER BY s.seen_at, s.check_id, r.record";

impl Store {
    /// Returns what no change tells of, in the fact sets whose records say from when or until when they hold: for
    /// each set, check by check, the earliest first. Series are left out, and sources that nobody has reviewed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn quiet_facts(&self) -> Result<Vec<QuietFacts>, StoreError> {
        self.read("first facts with a day", |connection| {
            let reviewed = "SELECT source FROM source_state WHERE unreviewed = 0";
            let table = Table { name: "source_state", key: "source" };
            let reviewed = all(connection, reviewed, [], table, |cells| {
                cells.parsed("source", SourceId::parse)
            })?;
            let mut found: Vec<QuietFacts> = Vec::new();
            for (source, fact, set) in
                facts::sets(connection, facts::Scope::All, facts::NOW, facts::set)?
            {
                let is_dated = set.dates.effective.is_some() || set.dates.expires.is_some();
                if !is_dated || set.kind == FactType::Series || !reviewed.contains(&source) {
                    continue;
                }
                let of_set = params![source.as_str(), fact.as_str()];
                let mut last = None;
                for (state, key, record) in all(connection, STATES, of_set, STATE, state)? {
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
            }
            Ok(found)
        })
    }
}

/// The check that read a state.
struct Read {
    check: CheckId,
    seen_at: Timestamp,
    snapshot: SnapshotId,
}

fn state(cells: &Cells<'_, '_>) -> Result<(Read, RecordKey, Record), super::error::Trouble> {
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
