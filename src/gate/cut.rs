//! A page that may have been cut short: nothing missing from it counts as gone.

use super::is_remainder;
use crate::model::{
    Extent, Extraction, FactSet, Facts, FieldName, Record, Said, Unreadable, Value,
};

/// What is missing from a page that lost the place of something and a third of its content: it may have
/// been cut short, and what the rest says is unknown.
pub(super) fn cut_short(extraction: &Extraction, last: &Facts) -> Vec<Unreadable> {
    let is_place = |u: &Unreadable| matches!(u.of, Extent::Set | Extent::Record(_));
    let Some(lost) = extraction.unreadable.iter().find(|u| is_place(u)) else { return Vec::new() };
    let rest = extraction.remainder.iter().map(|remainder| &remainder.set);
    let now: usize = extraction.facts.values().chain(rest).map(size).sum();
    let before: usize = last.values().map(size).sum();
    if now * 3 >= before * 2 {
        return Vec::new();
    }
    let mut missing = Vec::new();
    for (key, set) in last.iter().filter(|(key, _)| !is_remainder(extraction, key)) {
        for (record, was) in &set.records {
            let of = match extraction.says_of_record(key, record) {
                Said::Gone => Some(Extent::Record(record.clone())),
                Said::Read(now) => {
                    shortened(was, now).map(|field| Extent::Field(record.clone(), field.clone()))
                }
                Said::Unreadable(_) | Said::Archived => None,
            };
            let why =
                || format!("the page is a third shorter than it was, and {lost} is not found");
            missing.extend(of.map(|of| Unreadable::new(key.as_str(), of, why())));
        }
    }
    missing
}

/// The field of a record whose prose has lost words and gained none.
fn shortened<'r>(was: &'r Record, now: &Record) -> Option<&'r FieldName> {
    let is_shorter = |(name, value): &(&FieldName, &Value)| {
        let now = now.fields.get(*name).map_or(&[][..], Value::clauses);
        // The last clause may be cut in the middle.
        let is_known = |clause: &String| value.clauses().iter().any(|old| old.starts_with(clause));
        !value.clauses().is_empty() && now != value.clauses() && now.iter().all(is_known)
    };
    was.fields.iter().find(is_shorter).map(|(name, _)| name)
}

/// How much a set holds: its records or, for prose, its clauses.
fn size(set: &FactSet) -> usize {
    let of =
        |record: &Record| record.fields.values().map(|value| value.clauses().len()).sum::<usize>();
    set.records.values().map(|record| of(record).max(1)).sum()
}
