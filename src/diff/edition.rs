//! A list of occupations that moves to another edition of the classification: one change, not one for
//! each code.
//!
//! A crosswalk says which new codes replace an old one. A missing code is explained if all of its new
//! codes appear; a new code is explained if an old one it replaces is gone and it keeps the same figures.
//! Anything else is reported as what it is: it left, wholly or in part; it joined, or pays otherwise.

use super::{Comparison, Delta};
use crate::model::{
    ChangeKind, Crosswalk, EDITION, FactKey, FieldName, Fields, Record, RecordKey, Side, Value,
};

/// Merges the differences that only follow another edition into one.
pub fn across_editions(comparison: &mut Comparison, crosswalks: &[Crosswalk]) {
    for crosswalk in crosswalks {
        let mut facts: Vec<FactKey> = comparison.deltas.iter().map(|d| d.fact.clone()).collect();
        facts.dedup();
        for fact in facts {
            across(comparison, &fact, crosswalk);
        }
    }
}

fn across(comparison: &mut Comparison, fact: &FactKey, crosswalk: &Crosswalk) {
    let of = |kind: ChangeKind| -> Vec<&Delta> {
        comparison.deltas.iter().filter(|d| d.fact == *fact && d.kind == kind).collect()
    };
    let (gone, came) = (of(ChangeKind::OccupationRemoved), of(ChangeKind::OccupationAdded));
    let codes = |delta: &Delta| -> Vec<String> {
        delta.record.as_str().split('/').map(str::to_owned).collect()
    };
    let became = |old: &Delta, new: &Delta| {
        let (old, new) = (codes(old), codes(new));
        old.iter().filter_map(|code| crosswalk.codes.get(code)).flatten().any(|to| new.contains(to))
    };
    let has_come = |code: &String| came.iter().any(|new| codes(new).contains(code));
    let left: Vec<RecordKey> = gone
        .iter()
        .filter(|old| {
            let mut became = codes(old).into_iter().filter_map(|code| crosswalk.codes.get(&code));
            became.next().is_some_and(|new| new.iter().all(has_come))
        })
        .map(|old| old.record.clone())
        .collect();
    let joined: Vec<RecordKey> = came
        .iter()
        .filter(|new| gone.iter().any(|old| became(old, new) && same_figures(old, new)))
        .map(|new| new.record.clone())
        .collect();
    let (Some(first), Some(last)) = (gone.first(), came.first()) else { return };
    let Some(whole) = edition(first, last, crosswalk) else { return };
    if joined.is_empty() {
        return;
    }
    comparison.deltas.retain(|delta| {
        let has_left = delta.kind == ChangeKind::OccupationRemoved && left.contains(&delta.record);
        let has_joined =
            delta.kind == ChangeKind::OccupationAdded && joined.contains(&delta.record);
        delta.fact != *fact || !(has_left || has_joined)
    });
    comparison.deltas.push(whole);
    let about = |delta: &Delta| (delta.fact.clone(), delta.record.clone(), delta.field.clone());
    comparison.deltas.sort_by_key(about);
}

/// Whether two records agree in every figure both have: a new code does not explain a new wage floor.
fn same_figures(old: &Delta, new: &Delta) -> bool {
    old.whole.fields.iter().all(|(name, was)| {
        let is = new.whole.fields.get(name);
        is.is_none_or(|is| was.number().is_none() || was.same(is))
    })
}

/// The single difference: the list follows another edition.
fn edition(gone: &Delta, came: &Delta, crosswalk: &Crosswalk) -> Option<Delta> {
    Some(Delta {
        record: RecordKey::parse(EDITION).ok()?,
        field: Some(FieldName::parse(EDITION).ok()?),
        kind: ChangeKind::RecordChanged,
        old: Some(Side::Value(Value::Text(crosswalk.from.clone()))),
        new: Some(Side::Value(Value::Text(crosswalk.to.clone()))),
        before: gone.before.clone(),
        after: came.after.clone(),
        whole: Record { fields: Fields::new(), evidence: came.whole.evidence.clone() },
        ..came.clone()
    })
}
