//! Days that a page gave and nobody was told of: they were in the first facts of a set, which are no news, or in a
//! page of the past. A calendar has them as well, and follows them when they move.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::catalog::{Catalog, Source};
use crate::diff::compare;
use crate::model::{
    Change, FactSet, Facts, FieldName, QuietFacts, RecordKey, Side, Told, ToldPlace,
};
use crate::render::{SummaryParts, stated};

use super::change::{Seen, event, title};

/// What was told of a fact set, in the order of telling, and between it what its page gave quietly. Only days that
/// were ahead when they were read are taken from there; a record that never had one is left out.
#[must_use]
pub fn with_quiet(
    catalog: &Catalog,
    source: &Source,
    quiet: &[QuietFacts],
    told: Vec<Told>,
    zone: &TimeZone,
) -> Vec<Told> {
    let day_of = |facts: &QuietFacts| facts.seen_at.to_zoned(zone.clone()).date();
    let has_day = |key: &RecordKey| {
        quiet.iter().any(|facts| {
            let record = facts.set.records.get(key);
            record.is_some_and(|record| {
                let dates = facts.set.dates.of(record);
                let is_ahead = |day: Option<Date>| day.is_some_and(|day| day > day_of(facts));
                is_ahead(dates.effective_on) || is_ahead(dates.expires_on)
            })
        })
    };
    let mut more = Vec::new();
    for facts in quiet {
        let keys = facts.set.records.keys().filter(|key| has_day(key));
        let changes = keys.filter_map(|key| change(catalog, source, (facts, key), day_of(facts)));
        more.extend(changes.map(|change| (facts.seen_at, change)));
    }
    merged(told, more)
}

/// Puts changes between tellings, each as a telling of its own, by when they were seen. The order of what was told
/// stays; the places of the others are below all of it.
fn merged(told: Vec<Told>, more: Vec<(Timestamp, Change)>) -> Vec<Told> {
    let mut all = Vec::with_capacity(told.len() + more.len());
    let mut more = more.into_iter().zip(1..).peekable();
    let quiet = |((_, change), n): ((Timestamp, Change), i64)| Told {
        place: ToldPlace(-n),
        change,
        is_imported: false,
        is_quiet: true,
        taken_back: None,
    };
    for one in told {
        let at = one.taken_back.as_ref().map_or(one.change.seen_at, |back| back.at);
        let is_same = all.last().is_some_and(|last: &Told| last.place == one.place);
        while !is_same && more.peek().is_some_and(|((seen, _), _)| *seen <= at) {
            all.extend(more.next().map(quiet));
        }
        all.push(one);
    }
    all.extend(more.map(quiet));
    all
}

/// A record as a change would tell it: with a summary of what the page says, and the days that were ahead.
fn change(
    catalog: &Catalog,
    source: &Source,
    (facts, key): (&QuietFacts, &RecordKey),
    today: Date,
) -> Option<Change> {
    let record = facts.set.records.get(key)?;
    let only = FactSet { records: [(key.clone(), record.clone())].into(), ..facts.set.clone() };
    let now: Facts = [(facts.fact.clone(), only)].into();
    let seen = Seen {
        catalog,
        source,
        at: facts.seen_at,
        last_unchanged: None,
        last_read: &BTreeMap::new(),
        snapshot: &facts.snapshot,
        today,
        published_on: None,
    };
    let mut event = event(&seen, &compare(&Facts::new(), &now))?;
    let dates = &facts.set.dates;
    let is_said = |name: &FieldName| {
        let of_dates = [&dates.effective, &dates.expires];
        facts.set.compares(name) && of_dates.iter().all(|date| date.as_ref() != Some(name))
    };
    let fields = record.fields.iter().filter(|(name, _)| is_said(name));
    let side = Side::Record(fields.map(|(name, value)| (name.clone(), value.clone())).collect());
    for change in &mut event.changes {
        change.dates.effective_on = change.dates.effective_on.filter(|day| *day > today);
        change.dates.expires_on = change.dates.expires_on.filter(|day| *day > today);
        change.summary = stated(&SummaryParts {
            kind: change.kind,
            fact_type: facts.set.kind,
            fact: &facts.fact,
            title: title(&seen, &facts.fact).as_ref(),
            source: &source.title,
            record: key,
            name: crate::model::record_name(&record.fields),
            field: None,
            old: None,
            new: Some(&side),
            moved: &[],
            glossary: catalog.glossary(),
        });
    }
    event.named(None).changes.into_iter().next()
}
