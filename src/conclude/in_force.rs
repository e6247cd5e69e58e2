//! What was in force on a day, and what is still ahead.
//!
//! A state holds from the day its page gives, else from the day it was seen. What a page withdrew or
//! postponed before its day never held; nor did an announcement that no page has confirmed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::{
    Change, Evidence, FactSet, Fields, Record, RecordKey, RecordState, SourceId, Value,
};

/// Everything known of one fact set, and the zone in which days are counted.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// The set as last accepted, from each source that states it.
    pub current: &'a [(SourceId, FactSet)],
    /// Every state of its records, oldest first.
    pub states: &'a [RecordState],
    /// Changes of it announced for a day up to the one asked about, and not confirmed by any page.
    pub unconfirmed: &'a [Change],
    /// The zone that turns a moment into a day.
    pub zone: &'a TimeZone,
}

impl History<'_> {
    fn day_seen(&self, state: &RecordState) -> Date {
        state.seen_at.to_zoned(self.zone.clone()).date()
    }

    /// From when a state holds: the day its page gives, else the day it was seen. A day that had come when the page
    /// gave it to other values is not this state's, unless they announced these for it.
    #[must_use]
    pub fn holds_from(&self, state: &RecordState) -> Date {
        let seen = self.day_seen(state);
        let Some(day) = self.day_given(state).filter(|day| *day < seen) else {
            return self.day_given(state).unwrap_or(seen);
        };
        let earlier = self.states.partition_point(|other| other.seen_at < state.seen_at);
        let is_of =
            |other: &&RecordState| (&other.source, &other.record) == (&state.source, &state.record);
        let Some(before) = self.states[..earlier].iter().rev().find(is_of) else { return day };
        let announces = |value: &Value| value.next().is_some_and(|(_, from)| from == day);
        let is_announced = before.fields.iter().flat_map(Fields::values).any(announces);
        let had_come = self.day_given(before) == Some(day) && self.day_seen(before) >= day;
        if had_come && !is_announced { seen } else { day }
    }

    fn day_given(&self, state: &RecordState) -> Option<Date> {
        let (_, set) = self.current.iter().find(|(source, _)| *source == state.source)?;
        let value = state.fields.as_ref()?.get(set.dates.effective.as_ref()?)?;
        if let Value::Date(date) = value { Some(*date) } else { None }
    }

    /// The records whose announced day has come and which are not confirmed.
    fn due(&self) -> BTreeSet<(&SourceId, &RecordKey, Date)> {
        let due = |change: &'_ Change| change.dates.effective_on;
        self.unconfirmed
            .iter()
            .filter_map(|change| Some((&change.source, &change.record, due(change)?)))
            .collect()
    }
}

/// What was in force on a day: for each record, the last state that held from that day or earlier.
#[must_use]
pub fn in_force(history: &History<'_>, day: Date) -> Vec<(SourceId, FactSet)> {
    let mut by_record: BTreeMap<(&SourceId, &RecordKey), Vec<&RecordState>> = BTreeMap::new();
    for state in history.states {
        by_record.entry((&state.source, &state.record)).or_default().push(state);
    }
    let due = history.due();
    let mut held: BTreeMap<(&SourceId, &RecordKey), &RecordState> = BTreeMap::new();
    for ((source, record), states) in by_record {
        for (n, state) in states.iter().enumerate() {
            let from = history.holds_from(state);
            let stood = states[n + 1..].iter().all(|later| history.day_seen(later) >= from);
            if from <= day && stood && !due.contains(&(source, record, from)) {
                held.insert((source, record), state);
            }
        }
    }
    let then = |(source, set): &(SourceId, FactSet)| {
        let of_source = held.iter().filter(|((of, _), _)| *of == source);
        let records = of_source.filter_map(|((_, record), state)| {
            let evidence = state.evidence.clone().unwrap_or_else(Evidence::default);
            Some(((*record).clone(), Record { fields: state.fields.clone()?, evidence }))
        });
        let set = FactSet { records: records.collect(), ..set.clone() };
        (source.clone(), set)
    };
    history.current.iter().map(then).collect()
}

/// What a page says will hold from a later day (`announced`), and what no page has confirmed since its
/// day came (`due`): shown beside what holds now, never in its place.
#[must_use]
pub fn ahead(
    history: &History<'_>,
    today: Date,
) -> Vec<(SourceId, RecordKey, Record, &'static str)> {
    let due = history.due();
    let mut ahead = Vec::new();
    for (source, set) in history.current {
        for (key, record) in &set.records {
            let Some(from) = set.dates.of(record).effective_on else { continue };
            let state = match (from > today, due.contains(&(source, key, from))) {
                (true, _) => "announced",
                (false, true) => "due",
                (false, false) => continue,
            };
            ahead.push((source.clone(), key.clone(), record.clone(), state));
        }
    }
    ahead
}

/// The first day on which any record of the set held; `None` if none ever did.
#[must_use]
pub fn first_known(history: &History<'_>) -> Option<Date> {
    let stated = history.states.iter().filter(|state| state.fields.is_some());
    stated.map(|state| history.holds_from(state)).min()
}

#[cfg(test)]
mod tests;
