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
            if let Entry::Vacant(unknown) = checks.entry(state.check) {
                unknown.insert(store.ask(|store| store.check(state.check))?);
            }
            by_record.entry((&state.record, &state.source)).or_default().push(state);
        }
        let run_of = |state: &RecordState| checks.get(&state.check).and_then(Option::as_ref);
        for states in by_record.into_values() {
            let states = as_read(states, run_of);
            for (n, state) in states.iter().enumerate() {
                let run = run_of(state);
                spans.push(ValueSpan {
                    fact: fact.clone(),
                    source: state.source.clone(),
                    record: state.record.clone(),
                    seen_at: state.seen_at,
                    until: states.get(n + 1).map(|next| next.seen_at),
                    holds_from: known.holds_from(state),
                    fields: state.fields.clone(),
                    evidence: state.evidence.clone(),
                    snapshot: run.and_then(|run| run.snapshot.clone()),
                    imported: run.and_then(|run| run.imported.clone()),
                });
            }
        }
    }
    Ok(spans)
}

/// A record's states in the order they were read, which is that of their moments, save where a clock was
/// ahead: what it dated then stands before what was read later, and a state that the store repeats under
/// another moment, so that it holds from then on, is left out.
fn as_read<'a, 'r>(
    states: Vec<&'a RecordState>,
    run_of: impl Fn(&RecordState) -> Option<&'r CheckRun>,
) -> Vec<&'a RecordState> {
    let mut read: Vec<&RecordState> = Vec::new();
    for state in states {
        let Some(run) = run_of(state).filter(|run| run.imported.is_none()) else {
            read.push(state);
            continue;
        };
        let is_repeated = read.iter().any(|earlier| earlier.check == state.check);
        if run.seen_at < state.seen_at || is_repeated {
            continue;
        }
        let is_later = |other: &&RecordState| {
            other.check > state.check && run_of(other).is_some_and(|other| other.imported.is_none())
        };
        read.insert(read.iter().position(is_later).unwrap_or(read.len()), state);
    }
    read
}
