//! Days that moved: from when a record holds, and until when.

use jiff::civil::Date;

use super::kind::{added, removed};
use super::{Delta, Pair};
use crate::model::{
    DateFields, Dates, EFFECTIVE_ON, EXPIRES_ON, FactKey, FactSet, Facts, FieldName, OPEN, Record,
    RecordKey, STATUS, Side, Value,
};

/// The records whose effective day changed, or their last one, when the old or the new day is still ahead: a rule was
/// postponed or brought forward. A day that is only a note is compared nowhere else, and a move from one
/// past day to another is no rule change. `told` holds the other differences: a record among them already
/// carries its day, and if it brings the same day into a set, or the set had it, unchanged records beside it with
/// that day say nothing new.
#[must_use]
pub fn rescheduled(before: &Facts, now: &Facts, today: Date, told: &[Delta]) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let is_told = |key: &FactKey, known: &FactSet, day| {
        told.iter().any(|delta| delta.fact == *key && delta.dates.effective_on == day)
            || known.records.values().any(|record| day_of(known, record) == day)
    };
    let last_day = |set: &FactSet, record: &Record| set.dates.of(record).expires_on;
    // An amount that holds stays what it is when a day is put over its column: none of it moved.
    let is_stated = |set: &FactSet, was: Option<Date>| was.is_none() && set.kind.is_of_figures();
    let is_ahead = |day: Option<Date>| day.is_some_and(|day| day > today);
    for (key, set) in now {
        let Some(known) = before.get(key) else { continue };
        let note = |of: fn(&DateFields) -> &Option<FieldName>| {
            let of_set = |set: &FactSet| of(&set.dates).clone().filter(|name| !set.compares(name));
            of_set(set).or_else(|| of_set(known))
        };
        let (first, last) = (note(|dates| &dates.effective), note(|dates| &dates.expires));
        if first.is_none() && last.is_none() {
            continue;
        }
        let pair = Pair { key, before: known, now: set };
        let renamed = set.renamed_from(known);
        for (record, new) in &set.records {
            let was = renamed.iter().find(|(_, to)| to == record).map_or(record, |(from, _)| from);
            let Some(old) = known.records.get(was) else { continue };
            if told.iter().any(|delta| delta.fact == *key && delta.record == *record) {
                continue;
            }
            let moved = |was: Option<Date>, is: Option<Date>| {
                is.is_some() && is != was && (is_ahead(was) || is_ahead(is))
            };
            // Either set may have lost with its other records that it has such days; this one is as it was.
            let kept = |name: &Option<FieldName>| new.fields.get(name.as_ref()?)?.day();
            let had = |name: &Option<FieldName>| old.fields.get(name.as_ref()?)?.day();
            let was = day_of(known, old).or_else(|| had(&first));
            let is = day_of(set, new).or_else(|| kept(&first));
            if let Some(field) = &first
                && moved(was, is)
                && (is_ahead(was) || !(is_told(key, known, is) || is_stated(set, was)))
            {
                deltas.push(pair.field(record, field, old, new));
            } else if let Some(field) = first.as_ref().filter(|f| f.as_str() == EFFECTIVE_ON)
                && is.is_none()
                && is_ahead(was)
            {
                deltas.push(pair.field(record, field, old, new));
            }
            let (was, is) = (last_day(known, old), last_day(set, new).or_else(|| kept(&last)));
            let Some(field) = &last else { continue };
            if field.as_str() == EXPIRES_ON && !is_stopped(new) {
                deltas.extend(pair.last_day(record, (old, was), (new, is), today));
            } else if was.is_some() && moved(was, is) {
                deltas.push(pair.field(record, field, old, new));
            }
        }
    }
    deltas
}

/// Whether a stream takes no applications: a last day is then that of its pause, not its own.
fn is_stopped(record: &Record) -> bool {
    let status = record.fields.iter().find(|(name, _)| name.as_str() == STATUS);
    status.is_some_and(
        |(_, value)| matches!(value.current(), Value::Text(state) if state.as_str() != OPEN),
    )
}

/// The day from which a record holds, or on which what is announced of it does.
fn day_of(set: &FactSet, record: &Record) -> Option<Date> {
    let announced = || record.fields.values().find_map(|value| Some(value.next()?.1));
    set.dates.of(record).effective_on.or_else(announced)
}

impl Pair<'_> {
    /// What the last day beside a record's name says: that it will be gone, or stays after all. A last day that has come
    /// says nothing new.
    fn last_day(
        &self,
        key: &RecordKey,
        (old, was): (&Record, Option<Date>),
        (new, is): (&Record, Option<Date>),
        today: Date,
    ) -> Option<Delta> {
        let [was, is] = [was, is].map(|day| day.filter(|day| *day >= today));
        let delta = match (was, is) {
            (was, Some(day)) if was != Some(day) => Delta {
                old: Some(Side::Record(old.fields.clone())),
                dates: Dates {
                    effective_on: day.tomorrow().ok(),
                    expires_on: Some(day),
                    ..Dates::default()
                },
                ..self.delta(key, removed(self.now.kind)?, new)
            },
            (Some(_), None) => Delta {
                new: Some(Side::Record(new.fields.clone())),
                ..self.delta(key, added(self.now.kind)?, new)
            },
            _ => return None,
        };
        let (before, after) = (old.evidence.clone(), new.evidence.clone());
        Some(Delta { before: Some(before), after: Some(after), ..delta })
    }
}
