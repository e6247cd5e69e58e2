//! The letter that welcomes a subscriber: how things stand today, of what they follow.

use super::{Delivering, LetterError};
use crate::conclude::follows;
use crate::mail::Message;
use crate::model::{FactSet, FactType, Record, RecordKey, Subscriber};
use crate::store::PendingDelivery;
use crate::writing::{ShownSet, Welcome, welcome_letter};

/// The most fact sets that are shown: whoever follows more is only told how many.
const SHOWN: usize = 12;

/// The most records that are read of one: more are not shown.
const RECORDS: usize = 200;

/// Writes the letter.
pub(super) fn write(
    with: &Delivering,
    (pending, reader): (&PendingDelivery, &Subscriber),
) -> Result<Option<Message>, LetterError> {
    let (mut facts, mut n_sets) = (Vec::new(), 0);
    let nocs: Vec<&String> = reader.subscriptions.iter().flat_map(|one| &one.to.nocs).collect();
    let has_all = reader.subscriptions.iter().any(|one| one.to.nocs.is_empty());
    let mut unlisted: Vec<String> = nocs.iter().map(|code| (*code).clone()).collect();
    for source in with.catalog.sources() {
        let followed: Vec<_> = source
            .recipe
            .facts
            .iter()
            .filter(|fact| {
                fact.kind != FactType::Series && follows(&with.catalog, source, fact, reader)
            })
            .collect();
        if followed.is_empty() {
            continue;
        }
        for (key, set) in with.store.ask(|store| store.facts(&source.id))? {
            if !followed.iter().any(|fact| fact.covers(&key)) || set.kind == FactType::Clauses {
                continue;
            }
            let records = wanted(&set, &nocs, has_all);
            unlisted.retain(|code| !records.iter().any(|(key, _)| has_code(key, code)));
            if records.is_empty() {
                continue;
            }
            n_sets += 1;
            if facts.len() < SHOWN {
                facts.push(ShownSet { source: source.id.clone(), fact: key, records });
            }
        }
    }
    // A list of everything is no help: whoever follows much is told how much.
    let left_out = if n_sets > SHOWN { n_sets } else { 0 };
    if left_out > 0 {
        facts.clear();
    }
    let welcome = Welcome {
        delivery: &pending.delivery,
        enqueued_at: pending.enqueued_at,
        reader,
        facts: &facts,
        left_out,
        unlisted: &unlisted,
    };
    Ok(Some(welcome_letter(&with.correspondence, &with.catalog, &welcome)?))
}

/// The records of a set that a reader asks for: those of their codes, or all; of a list of draws or notices
/// the newest come first.
fn wanted(set: &FactSet, nocs: &[&String], has_all: bool) -> Vec<(RecordKey, Record)> {
    let is_wanted = |key: &RecordKey| has_all || nocs.iter().any(|code| has_code(key, code));
    let mut records: Vec<_> = set.records.iter().filter(|(key, _)| is_wanted(key)).collect();
    if matches!(set.kind, FactType::Draws | FactType::Notices) {
        let day =
            |record: &Record| record.fields.values().filter_map(crate::model::Value::day).max();
        records.sort_by_key(|(_, record)| std::cmp::Reverse(day(record)));
    }
    let records = records.into_iter().take(RECORDS);
    records.map(|(key, record)| (key.clone(), record.clone())).collect()
}

fn has_code(key: &RecordKey, code: &str) -> bool {
    key.as_str().split('/').any(|part| part == code)
}
