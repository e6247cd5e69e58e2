//! Notes whose change nothing else tells.
//!
//! A note is not compared. Where what it explains moves with it, as a time does with the quarter over it, that is
//! told; and a day that is ahead is told where it moves. Where the note alone is another, its words are all that tells
//! of it. A note that is lost, as where a table is moved, is no other value.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::model::{FactKey, FactSet, FactType, Facts, FieldName, Value};

use super::{Delta, is_of};

/// The notes, by set and field, that are others now in a record that stands, and that no difference of its set says.
pub(super) struct Untold<'a>(HashSet<(&'a FactKey, &'a FieldName)>);

impl<'a> Untold<'a> {
    pub(super) fn of(before: &'a Facts, now: &Facts, (told, today): (&[Delta], Date)) -> Self {
        let mut untold = HashSet::new();
        for (key, was) in before.iter().filter(|(key, set)| !is_of(key) && has_notes(set)) {
            let Some(is) = now.get(key) else { continue };
            let of_set: Vec<&Delta> = told.iter().filter(|delta| delta.fact == *key).collect();
            let is_untold = |name: &FieldName| {
                let mut steps = was.records.iter().filter_map(|(record, old)| {
                    Some((old.fields.get(name), is.records.get(record)?.fields.get(name)?))
                });
                let is_ahead = |value: &Value| value.day().is_some_and(|day| day > today);
                let is_moved = |step: &Step<'_>| {
                    was.dates.bound(name) && (step.0.is_some_and(is_ahead) || is_ahead(step.1))
                };
                steps.any(|step| {
                    is_other(&step) && !is_moved(&step) && !is_told(name, &step, &of_set)
                })
            };
            let notes = was.notes.iter().filter(|name| is.notes.contains(name));
            untold.extend(notes.filter(|name| is_untold(name)).map(|name| (key, name)));
        }
        Self(untold)
    }

    pub(super) fn has(&self, key: &'a FactKey, name: &'a FieldName) -> bool {
        self.0.contains(&(key, name))
    }
}

/// Whether a set has notes that are news. Those of a series never are, and a draw that is renamed stays what it was.
fn has_notes(set: &FactSet) -> bool {
    !matches!(set.kind, FactType::Series | FactType::Draws) && !set.notes.is_empty()
}

/// What a note of a record was, and is.
type Step<'f> = (Option<&'f Value>, &'f Value);

fn is_other((was, is): &Step<'_>) -> bool {
    !was.is_some_and(|was| was.same(is))
}

/// Whether a difference is of a record that has the note as it is now, or that left with what it was.
fn is_told(name: &FieldName, (was, is): &Step<'_>, told: &[&Delta]) -> bool {
    told.iter().any(|delta| {
        let noted = delta.whole.fields.get(name);
        noted.is_some_and(|noted| {
            noted.same(is) || delta.new.is_none() && was.is_some_and(|was| noted.same(was))
        })
    })
}
