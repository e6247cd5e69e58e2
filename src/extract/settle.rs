//! What becomes of records that ask for the same key.

use std::collections::BTreeMap;

use super::absence::table_of;
use super::gathered::Dated;
use crate::extract::value::dated::{self, Period};
use crate::model::{
    Announced, Extraction, FactSet, FactType, Facts, FieldName, Fields, Record, RecordKey, Value,
    json, label,
};

/// Removes from a record the fields to which its sentence gives another value elsewhere; returns each with
/// both values.
pub(super) fn unlike(before: &mut Fields, now: &Fields) -> Vec<(FieldName, String)> {
    let mut unlike = Vec::new();
    let names: Vec<FieldName> = before.keys().chain(now.keys()).cloned().collect();
    for name in names {
        let why = match (before.get(&name), now.get(&name)) {
            (Some(a), Some(b)) if !a.same(b) => format!("the sentence says `{a}` and `{b}` of it"),
            _ => continue,
        };
        before.remove(&name);
        unlike.push((name, why));
    }
    unlike
}

/// Keeps two records that differ under one key, told apart by a number that does not depend on their order.
/// A key that the page itself gives takes precedence over one made here.
pub(super) fn settle(
    set: &FactSet,
    mut gathered: Vec<(RecordKey, Dated)>,
) -> BTreeMap<RecordKey, Record> {
    gathered.sort_by(|(a, _), (b, _)| a.cmp(b));
    // Nearly always, every key is asked for only once.
    if gathered.is_sorted_by(|(a, _), (b, _)| a < b) {
        return gathered.into_iter().map(|(key, dated)| (key, dated.record)).collect();
    }
    let mut by_key: BTreeMap<RecordKey, Vec<Dated>> = BTreeMap::new();
    for (key, record) in gathered {
        by_key.entry(key).or_default().push(record);
    }
    let mut more = Vec::new();
    let mut records = BTreeMap::new();
    for (key, mut alike) in by_key {
        alike.sort_by_cached_key(|dated| json::tagged_fields(&dated.record.fields).to_string());
        if set.kind == FactType::Occupations && alike.len() <= LISTS {
            alike = with_one_title(set, alike);
        }
        alike.dedup_by(|dated, known| dated.record.fields == known.record.fields);
        if let Some(record) = announced(set, &alike) {
            records.insert(key, record);
            continue;
        }
        let mut alike = alike.into_iter().map(|dated| dated.record);
        records.extend(alike.next().map(|first| (key.clone(), first)));
        more.push((key, alike));
    }
    for (key, alike) in more {
        let mut n = 1_usize;
        for record in alike {
            let free = std::iter::from_fn(|| {
                n += 1;
                RecordKey::parse(&format!("{key}/{n}")).ok()
            });
            let free = free.into_iter().find(|key| !records.contains_key(key));
            records.extend(free.map(|key| (key, record)));
        }
    }
    records
}

/// The most lists of one page in which a code is looked for under titles that are alike.
const LISTS: usize = 50;

/// Keeps one of the records that differ in a title alone, which in one of several lists has a letter wrong: that with
/// the title of most lists.
fn with_one_title(set: &FactSet, alike: Vec<Dated>) -> Vec<Dated> {
    let is_one = |a: &Fields, b: &Fields| {
        let mut names = a.keys().chain(b.keys());
        names.all(|name| match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) if a == b => true,
            (Some(Value::Text(a)), Some(Value::Text(b))) => {
                set.wording.contains(name) && label::is_alike(a, b)
            }
            _ => false,
        })
    };
    let often = |dated: &Dated| {
        alike.iter().filter(|other| other.record.fields == dated.record.fields).count()
    };
    let often: Vec<usize> = alike.iter().map(often).collect();
    let is_other = |at: &usize| {
        let is_better = |other: usize| (often[other], *at) > (often[*at], other);
        let fields = |at: usize| &alike[at].record.fields;
        !(0..alike.len()).any(|other| is_better(other) && is_one(fields(other), fields(*at)))
    };
    let kept: Vec<bool> = (0..alike.len()).map(|at| is_other(&at)).collect();
    alike.into_iter().zip(kept).filter_map(|(dated, is_kept)| is_kept.then_some(dated)).collect()
}

/// Takes from what is unreadable the fields that are read after all: of two rows that ask for one key, the one may
/// have a footnote and the other none.
pub(super) fn keep_read(extraction: &mut Extraction) {
    let facts = &extraction.facts;
    extraction.unreadable.retain(|lost| {
        let (Some(record), Some(field)) = (lost.record(), lost.field()) else { return true };
        let set = facts.iter().find(|(key, _)| key.as_str() == lost.fact);
        let read = set.and_then(|(_, set)| set.records.get(record));
        read.is_none_or(|read| !read.fields.contains_key(field))
    });
}

/// Gives the keys that several records ask for to those that had them, unchanged: a second round of one day may be
/// printed above the first, and the table of another program above that of this one. A record that is in no doubt the
/// known one has its key; else that of the table with most of what is known.
pub(super) fn keep_keys(facts: &mut Facts, known: &Facts) {
    for (fact, set) in facts {
        let Some(before) = known.get(fact) else { continue };
        let groups = numbered(set);
        if groups.is_empty() {
            continue;
        }
        let as_known = known_by_table(set, before, &groups);
        for keys in groups {
            for (n, key) in keys.iter().enumerate() {
                let Some(was) = before.records.get(key) else { continue };
                let is_it = |key: &RecordKey| {
                    set.records.get(key).is_some_and(|now| now.fields == was.fields)
                };
                let is_kept = |key: &RecordKey| {
                    before.records.get(key).is_some_and(|was| set.records[key].fields == was.fields)
                };
                let others = || keys[n + 1..].iter().chain(&keys[..n]);
                let same = others().find(|other| is_it(other) && !is_kept(other));
                let weight = |key: &RecordKey| {
                    let table = set.records.get(key).and_then(table_of);
                    table.and_then(|table| as_known.get(&place(table)).copied()).unwrap_or(0)
                };
                let is_new = |other: &&RecordKey| !before.records.contains_key(*other);
                let better = || {
                    let new = others().filter(is_new).filter(|other| weight(other) > weight(key));
                    new.max_by_key(|other| weight(other))
                };
                let other = if is_it(key) { None } else { same.or_else(better) };
                if let Some(other) = other {
                    swap(set, key, other);
                }
            }
        }
    }
}

/// The keys that several records ask for, each with those that a number tells apart from it.
fn numbered(set: &FactSet) -> Vec<Vec<RecordKey>> {
    let mut groups: BTreeMap<RecordKey, Vec<RecordKey>> = BTreeMap::new();
    for key in set.records.keys() {
        let Some((first, n)) = key.as_str().rsplit_once('/') else { continue };
        let first =
            RecordKey::parse(first).ok().filter(|_| n.parse::<usize>().is_ok_and(|n| n > 1));
        if let Some(first) = first.filter(|first| set.records.contains_key(first)) {
            groups.entry(first).or_default().push(key.clone());
        }
    }
    groups.into_iter().map(|(first, others)| [vec![first], others].concat()).collect()
}

/// How many records of each table are as one of their keys was known.
fn known_by_table(
    set: &FactSet,
    before: &FactSet,
    groups: &[Vec<RecordKey>],
) -> BTreeMap<(String, String), usize> {
    let mut tables = BTreeMap::new();
    for keys in groups {
        let Some(was) = before.records.get(&keys[0]) else { continue };
        let same = keys.iter().filter_map(|key| set.records.get(key));
        for table in same.filter(|now| now.fields == was.fields).filter_map(table_of) {
            *tables.entry(place(table)).or_insert(0) += 1;
        }
    }
    tables
}

fn place((locator, number): (&str, &str)) -> (String, String) {
    (locator.to_owned(), number.to_owned())
}

fn swap(set: &mut FactSet, a: &RecordKey, b: &RecordKey) {
    let (of_a, of_b) = (set.records.remove(a), set.records.remove(b));
    set.records.extend(of_a.map(|record| (b.clone(), record)));
    set.records.extend(of_b.map(|record| (a.clone(), record)));
}

/// Merges two records that hold one after the other, according to the words over their tables: "Applying
/// before September 1, 2025", "Applying on or after September 1, 2025"; or to their own days.
fn announced(set: &FactSet, alike: &[Dated]) -> Option<Record> {
    let [a, b] = alike else { return None };
    let days = [a, b].map(|dated| set.dates.of(&dated.record).effective_on.map(Period::From));
    let periods = match (a.period, b.period, days) {
        (None, None, [Some(a), Some(b)]) if set.kind.is_of_figures() => (Some(a), Some(b)),
        (a, b, _) => (a, b),
    };
    let (now, then, from) = match periods {
        (Some(until @ Period::Until(_)), Some(from @ Period::From(day)))
            if dated::is_one_change(until, from) =>
        {
            (a, b, day)
        }
        (Some(from @ Period::From(day)), Some(until @ Period::Until(_)))
            if dated::is_one_change(until, from) =>
        {
            (b, a, day)
        }
        (Some(Period::From(first)), Some(Period::From(day))) if first < day => (a, b, day),
        (Some(Period::From(day)), Some(Period::From(first))) if first < day => (b, a, day),
        (None, Some(Period::From(day))) | (Some(Period::Until(day)), None) => (a, b, day),
        (Some(Period::From(day)), None) | (None, Some(Period::Until(day))) => (b, a, day),
        _ => return None,
    };
    let mut record = now.record.clone();
    for (name, value) in &then.record.fields {
        match record.fields.get_mut(name) {
            // Its days, its words and its notes stay those of the record that holds now; "no fee" is no such word.
            Some(Value::Date(_) | Value::Clauses(_)) => {}
            Some(_) if set.notes.contains(name) => {}
            Some(Value::Text(_)) if value.number().is_none() => {}
            Some(known) if known.same(value) => {}
            Some(known) => {
                let then = value.next().map_or(value, |(then, _)| then).clone();
                let now = known.current().clone();
                // A value that already holds is not announced.
                if !now.same(&then) {
                    *known = Value::Announced(Box::new(Announced { now, then, from }));
                }
            }
            None => {
                record.fields.insert(name.clone(), value.clone());
            }
        }
    }
    // Two columns of one row have one quote.
    if record.evidence.quote != then.record.evidence.quote {
        record.evidence.quote.extend([" | ", &then.record.evidence.quote]);
    }
    Some(record)
}
