//! Every value that a fact has had.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::AskError;
use super::subject::Subject;
use crate::conclude::History;
use crate::model::{
    CheckId, Evidence, FactKey, Fields, RecordKey, RecordState, SnapshotId, SourceId,
};
use crate::store::{CheckRun, SharedStore, StoreError};

/// What a record said, from one check that read it to the one that read something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSpan {
    /// The fact set.
    pub fact: FactKey,
    /// The source.
    pub source: SourceId,
    /// The record.
    pub record: RecordKey,
    /// When it was first read so.
    pub seen_at: Timestamp,
    /// When something else was first read; `None`: it still says so.
    pub until: Option<Timestamp>,
    /// From which day it holds: the day the page gives, else the day it was first read.
    pub holds_from: Date,
    /// Its fields; `None`: it was not there.
    pub fields: Option<Fields>,
    /// Where it was read, and in which words.
    pub evidence: Option<Evidence>,
    /// The page it was read from.
    pub snapshot: Option<SnapshotId>,
    /// Where that page was imported from; `None`: it is our own.
    pub imported: Option<String>,
}

/// Every value that the subject has had: by fact set, record and source, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub fn history(
    store: &SharedStore,
    subject: &Subject,
    zone: &TimeZone,
) -> Result<Vec<ValueSpan>, AskError> {
    let mut spans = Vec::new();
    let mut checks: BTreeMap<CheckId, Option<CheckRun>> = BTreeMap::new();
    for fact in &subject.facts {
        let (states, current) = store.ask(|store| {
            let states = store.history(fact, subject.record.as_ref())?;
            Ok::<_, StoreError>((states, store.fact(fact)?))
        })?;
        let known = History { current: &current, states: &states, unconfirmed: &[], zone };
        let mut by_record: BTreeMap<(&RecordKey, &SourceId), Vec<&RecordState>> = BTreeMap::new();
        for state in &states {
            by_record.entry((&state.record, &state.source)).or_default().push(state);
        }
        for states in by_record.into_values() {
            for (n, state) in states.iter().enumerate() {
                let run = match checks.entry(state.check) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        unknown.insert(store.ask(|store| store.check(state.check))?)
                    }
                };
                spans.push(ValueSpan {
                    fact: fact.clone(),
                    source: state.source.clone(),
                    record: state.record.clone(),
                    seen_at: state.seen_at,
                    until: states.get(n + 1).map(|next| next.seen_at),
                    holds_from: known.holds_from(state),
                    fields: state.fields.clone(),
                    evidence: state.evidence.clone(),
                    snapshot: run.as_ref().and_then(|run| run.snapshot.clone()),
                    imported: run.as_ref().and_then(|run| run.imported.clone()),
                });
            }
        }
    }
    Ok(spans)
}
