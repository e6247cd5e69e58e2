//! What left a list of the newest at its old end: it is archived, not revoked.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use url::Url;

use super::recipe::FactRecipe;
use super::rest::Rest;
use super::value::date;
use super::value::pattern::constant;
use crate::model::{
    Extent, Extraction, FactKey, FactSet, FactType, Record, RecordKey, Unreadable, day_of, in_year,
    year_in,
};

/// Archives the known records of a set that have left a list of the newest. `year` is the one that the page is of, if
/// its address names one; it came `today`.
pub(super) fn left(
    fact: &FactRecipe,
    (key, before): (&FactKey, &FactSet),
    (year, today): (Option<Year>, Date),
    rest: &Rest<'_>,
    extraction: &mut Extraction,
) {
    match fact.kind {
        FactType::Notices if fact.is_window() => without_older(key, before, extraction),
        _ if fact.is_window() => at_the_old_end(key, before, rest, extraction),
        _ => {}
    }
    if fact.is_of_notices() {
        of_notices((key, before), today, extraction);
    }
    let keeps_days = fact.is_window() || fact.is_of_notices();
    if !keeps_days && !matches!(fact.kind, FactType::Clauses | FactType::Series) {
        of_periods_past(fact, (key, before), today, extraction);
    }
    if let Some(year) = year.filter(|_| keeps_days) {
        of_years_before(year, key, before, extraction);
    }
}

/// The known records that are here, be it under another key.
fn here<'b>(now: Option<&FactSet>, before: &'b FactSet) -> HashSet<&'b RecordKey> {
    let Some(now) = now else { return HashSet::new() };
    let others = [now.renamed_from(before), now.corrected_from(before)].concat();
    let is_here = |key: &&RecordKey| {
        now.records.contains_key(*key) || others.iter().any(|(old, _)| old == *key)
    };
    before.records.keys().filter(is_here).collect()
}

/// Records that drop off the old end of a window are archived, not revoked. If all of a place did, it is not missed;
/// unless their days stand in words that nothing reads.
fn at_the_old_end(key: &FactKey, before: &FactSet, rest: &Rest<'_>, extraction: &mut Extraction) {
    let Some(now) = extraction.facts.get(key) else { return };
    let corrected = now.corrected_from(before);
    let renamed = now.renamed_from(before);
    let is_other = |key: &RecordKey| corrected.iter().chain(&renamed).all(|(old, _)| old != key);
    let left = now.left_at_the_end(before).into_iter().filter(is_other);
    let left: Vec<RecordKey> = left.collect();
    if before.kind == FactType::Draws {
        let is_off = |record: &&RecordKey| rest.stands(before, record).is_none();
        let off: Vec<RecordKey> = left.iter().filter(is_off).cloned().collect();
        no_longer_unreadable(key, before, &off, extraction);
    }
    add(key, left, extraction);
}

/// A notice that is taken down from between others, or from their top, is removed: an older one stayed. Any other left
/// with its list.
fn without_older(key: &FactKey, before: &FactSet, extraction: &mut Extraction) {
    let Some(now) = extraction.facts.get(key) else { return };
    let stayed = before.records.keys().filter(|record| now.records.contains_key(*record));
    let oldest = stayed.filter_map(|record| before.recency(record)).min();
    let here = here(Some(now), before);
    let gone = before.records.keys().filter(|record| !here.contains(record));
    let has_older = |record: &&RecordKey| oldest.is_some() && oldest < before.recency(record);
    let left: Vec<RecordKey> = gone.filter(|record| !has_older(record)).cloned().collect();
    add(key, left, extraction);
}

/// What notices stated that have left their list is archived too, be it all that was known, or be it from between
/// others: a notice that is taken down revokes nothing that is in force.
fn of_notices((key, before): (&FactKey, &FactSet), today: Date, extraction: &mut Extraction) {
    let lists = extraction.facts.values().filter(|set| set.kind == FactType::Notices);
    let listed = lists.flat_map(|set| set.records.iter().filter_map(|(key, of)| day_of(key, of)));
    let Some(oldest) = listed.min() else { return };
    let here = here(extraction.facts.get(key), before);
    let is_lost = |record: &RecordKey| extraction.unreadable.iter().any(|u| u.covers(key, record));
    let is_in_force = |record: &RecordKey, of: &Record| {
        let begins = before.dates.of(of).effective_on.or_else(|| day_of(record, of));
        begins.is_some_and(|day| day <= today) && !is_lost(record)
    };
    let left = before.records.iter().filter(|(record, of)| {
        let is_old = day_of(record, of).is_some_and(|day| day < oldest);
        !here.contains(record) && (is_old || is_in_force(record, of))
    });
    let left: Vec<RecordKey> = left.map(|(record, _)| record.clone()).collect();
    add(key, left, extraction);
}

/// What notices announced for a day to come, where the list is there without any notice of the announcement's own
/// day: it was taken off the page. Where the same words stand elsewhere, they are about something else.
pub(super) fn withdrawn(
    fact: &FactRecipe,
    (key, before): (&FactKey, &FactSet),
    extraction: &mut Extraction,
) -> Vec<RecordKey> {
    if !fact.is_of_notices() {
        return Vec::new();
    }
    let lists = extraction.facts.iter().filter(|(_, set)| set.kind == FactType::Notices);
    let is_read =
        |list: &FactKey| extraction.unreadable.iter().all(|lost| lost.fact != list.as_str());
    let listed: Vec<Date> = lists
        .filter(|(list, _)| is_read(list))
        .flat_map(|(_, set)| set.records.iter().filter_map(|(key, of)| day_of(key, of)))
        .collect();
    let is_taken_off = |record: &RecordKey, of: &Record| {
        let day = day_of(record, of);
        day.is_some_and(|day| !listed.contains(&day) && listed.iter().any(|other| *other < day))
    };
    let now = extraction.facts.get(key);
    let is_here = |record: &RecordKey| {
        now.is_some_and(|now| now.records.contains_key(record))
            || extraction.archived.iter().any(|(of, left)| of == key && left == record)
    };
    let taken =
        before.records.iter().filter(|(record, of)| !is_here(record) && is_taken_off(record, of));
    let taken: Vec<RecordKey> = taken.map(|(record, _)| record.clone()).collect();
    no_longer_unreadable(key, before, &taken, extraction);
    taken
}

/// Takes from what is unreadable of a set the records of which it is certain what became of them.
fn no_longer_unreadable(
    key: &FactKey,
    before: &FactSet,
    certain: &[RecordKey],
    extraction: &mut Extraction,
) {
    let is_certain = |lost: &Unreadable| match &lost.of {
        Extent::Record(record) | Extent::Field(record, _) => certain.contains(record),
        Extent::Set => certain.len() == before.records.len(),
        Extent::Row | Extent::Column(_) => false,
    };
    extraction.unreadable.retain(|lost| lost.fact != key.as_str() || !is_certain(lost));
}

fn add(key: &FactKey, left: Vec<RecordKey>, extraction: &mut Extraction) {
    for record in left.into_iter().map(|record| (key.clone(), record)) {
        if !extraction.archived.contains(&record) {
            extraction.archived.push(record);
        }
    }
}

/// What a page says of a year or a day that is over, where it has gone on to later ones: nothing of it is taken back.
/// A page of the year to come says no more of this one.
fn of_periods_past(
    fact: &FactRecipe,
    (key, before): (&FactKey, &FactSet),
    today: Date,
    extraction: &mut Extraction,
) {
    let Some(now) = extraction.facts.get(key) else { return };
    let periods = now.records.keys().filter_map(|record| period(fact, record));
    let periods: Vec<[Date; 2]> = periods.collect();
    let is_over = |[_, last]: [Date; 2]| {
        let is_past = last < today && periods.iter().any(|[first, _]| *first > last);
        let is_of_later_years = || periods.iter().all(|[first, _]| first.year() > last.year());
        is_past || (!periods.is_empty() && is_of_later_years())
    };
    let here = here(Some(now), before);
    let left = before.records.keys().filter(|record| !here.contains(record));
    let left = left.filter(|record| period(fact, record).is_some_and(is_over));
    let left: Vec<RecordKey> = left.cloned().collect();
    add(key, left, extraction);
}

/// The first and the last day of what a key of a record says that it is of: `2026`, if that is its year, `may-2026`, or
/// `may-4-2026`.
fn period(fact: &FactRecipe, record: &RecordKey) -> Option<[Date; 2]> {
    static DAY: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^(?:[a-z]+ \d{1,2}|\d{1,2} [a-z]+) \d{4}\b"));
    let is_of_years = fact.record.names().any(|name| name == "year");
    record.as_str().split('/').find_map(|part| {
        let year = || part.parse().ok().filter(|year| (2000..2100).contains(year));
        if let Some(year) = year().filter(|_| is_of_years) {
            return Some([Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?]);
        }
        let words = part.replace('-', " ");
        if let Some(first) = date::first_of_month(&words) {
            return Some([first, first.last_of_month()]);
        }
        let iso = || part.get(..10)?.parse().ok();
        let day = iso().or_else(|| date::day(DAY.find(&words)?.as_str()))?;
        Some([day, day])
    })
}

/// The year of a page that has an address for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Year {
    year: i16,
    /// Whether the page of an earlier year is watched too: this one is new.
    has_turned: bool,
}

impl Year {
    /// The year that an address names, and whether one of `addresses` is the same of an earlier year.
    pub(super) fn of(url: &Url, addresses: &[Url]) -> Option<Self> {
        let year = year_in(url)?;
        let is_before = |other: &Url| {
            year_in(other).is_some_and(|before| before < year)
                && in_year(other, year).is_some_and(|other| other.path() == url.path())
        };
        Some(Self { year, has_turned: addresses.iter().any(is_before) })
    }
}

/// The page of a year lists nothing of the years before, and may list nothing at all yet. A notice without a day left
/// with the page that it stood on.
fn of_years_before(year: Year, key: &FactKey, before: &FactSet, extraction: &mut Extraction) {
    let here = here(extraction.facts.get(key), before);
    let is_past = |record: &RecordKey, of: &Record| match day_of(record, of) {
        Some(day) => day.year() < year.year,
        None => year.has_turned,
    };
    let is_left =
        |(record, of): &(&RecordKey, &Record)| !here.contains(record) && is_past(record, of);
    let left = before.records.iter().filter(is_left);
    let left: Vec<RecordKey> = left.map(|(record, _)| record.clone()).collect();
    // Their place may not be there yet: nothing of them is lost.
    no_longer_unreadable(key, before, &left, extraction);
    add(key, left, extraction);
}
