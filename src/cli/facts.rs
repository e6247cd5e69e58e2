//! `rulewatch facts`: what is in force, or was; what was known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::args::{Facts, Format};
use super::exit::misuse;
use super::{Exit, Out, look, moment, now, start};
use crate::engine::{self, Dispute, Stated};
use crate::model::{Evidence, FactKey, FactSet, Language, Record, RecordKey, SourceId, Value};
use crate::render::{inert, json, table, words};
use crate::settings::Settings;
use crate::store::{RecordState, Store};

/// A record, and what is to be known of it beside.
struct Shown {
    source: SourceId,
    key: RecordKey,
    record: Record,
    states: Vec<&'static str>,
}

pub(super) fn run(settings: &Settings, args: &Facts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let store = start::store_to_ask(settings)?;
    let Some(key) = &args.key else { return list(&store, args.format, out) };
    let today = now().to_zoned(settings.zone.clone()).date();
    let mut shown = match (&args.as_of, &args.known_at) {
        (Some(day), _) => plain(in_force(&store, key, *day, settings)?),
        (None, Some(text)) => {
            let at = moment(text, &settings.zone, now())?;
            plain(store.facts_as_known(key, at)?)
        }
        (None, None) => {
            let mut shown = plain(in_force(&store, key, today, settings)?);
            shown.extend(ahead(&store, store.fact(key)?, key, today)?);
            shown
        }
    };
    if shown.is_empty() {
        return Err(nothing(&store, key, args, settings)?);
    }
    let disputes = disputes_of(&store, settings, key)?;
    for row in &mut shown {
        if store.source_state(&row.source)?.is_some_and(|state| state.unreviewed) {
            row.states.push("unreviewed");
        }
        let about = |said: &Stated| said.source == row.source && said.record == row.key;
        if disputes.iter().flat_map(|dispute| &dispute.stated).any(about) {
            row.states.push("disputed");
        }
    }
    match args.format {
        Format::Ndjson => {
            for row in &shown {
                let mut object = json::record(key, &row.key, &row.record);
                object["source"] = row.source.as_str().into();
                object["state"] = row.states.clone().into();
                writeln!(out, "{}", json::one_line(&object))?;
            }
        }
        Format::Text => write_table(settings, key, &shown, &disputes, out)?,
    }
    Ok(Exit::Done)
}

fn write_table(
    settings: &Settings,
    key: &FactKey,
    shown: &[Shown],
    disputes: &[Dispute],
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let words: Vec<String> = shown.iter().map(|row| row.states.join(" ")).collect();
    let rows: Vec<table::FactRow<'_>> = shown
        .iter()
        .zip(&words)
        .map(|(row, state)| table::FactRow {
            fact: key,
            key: &row.key,
            record: &row.record,
            since: None,
            state,
        })
        .collect();
    write!(out, "{}", table::facts(&rows, &look(&settings.zone)))?;
    for dispute in disputes {
        writeln!(out, "{}", disputed(dispute))?;
    }
    Ok(())
}

/// `disputed (R-LMIA-COST): lmia.fee_per_position per_position $1,000 (esdc-gts-requirements); …`
pub(super) fn disputed(dispute: &Dispute) -> String {
    let said = |said: &Stated| {
        let value = inert(&words::value(&said.value, Language::En), 120);
        let record = inert(said.record.as_str(), 120);
        format!("{} {record} {value} ({})", said.fact, said.source)
    };
    let all: Vec<String> = dispute.stated.iter().map(said).collect();
    format!("disputed ({}): {}", dispute.rule, all.join("; "))
}

fn plain(sets: Vec<(SourceId, FactSet)>) -> Vec<Shown> {
    let rows = |(source, set): (SourceId, FactSet)| {
        let row =
            move |(key, record)| Shown { source: source.clone(), key, record, states: Vec::new() };
        set.records.into_iter().map(row)
    };
    sets.into_iter().flat_map(rows).collect()
}

/// What a page says will hold from a later day, and what no page has confirmed since its day came: it
/// stands beside what holds now, never in its place.
fn ahead(
    store: &Store,
    sets: Vec<(SourceId, FactSet)>,
    key: &FactKey,
    today: Date,
) -> anyhow::Result<Vec<Shown>> {
    let mut shown = Vec::new();
    for (source, set) in sets {
        let due = unconfirmed(store, &source, key, today)?;
        for (record_key, record) in set.records {
            let from = set.dates.of(&record).effective_on;
            let is_ahead = from.is_some_and(|from| from > today);
            let is_due = from.is_some_and(|from| due.contains(&(record_key.clone(), from)));
            let states = match (is_ahead, is_due) {
                (true, _) => vec!["announced"],
                (false, true) => vec!["due"],
                (false, false) => continue,
            };
            shown.push(Shown { source: source.clone(), key: record_key, record, states });
        }
    }
    Ok(shown)
}

/// The records that were announced for a day up to this one, with the day, where no page has said that
/// it is so.
fn unconfirmed(
    store: &Store,
    source: &SourceId,
    key: &FactKey,
    day: Date,
) -> anyhow::Result<BTreeSet<(RecordKey, Date)>> {
    let announced = store.announced(source, day)?;
    let of_set = announced.into_iter().filter(|change| change.fact == *key);
    Ok(of_set.filter_map(|c| Some((c.record, c.dates.effective_on?))).collect())
}

/// The disputes that a fact set is part of.
fn disputes_of(store: &Store, settings: &Settings, key: &FactKey) -> anyhow::Result<Vec<Dispute>> {
    let catalog = start::catalog(settings)?;
    let mut disputes = engine::disputes(store, &catalog)?;
    disputes.retain(|dispute| dispute.stated.iter().any(|said| said.fact == *key));
    Ok(disputes)
}

fn list(store: &Store, format: Format, out: &mut dyn Out) -> anyhow::Result<Exit> {
    for (key, source, records) in store.fact_keys()? {
        match format {
            Format::Text => writeln!(out, "{key:44} {records:6}  {source}")?,
            Format::Ndjson => {
                let line = serde_json::json!({
                    "type": "fact", "fact": key.as_str(), "source": source.as_str(), "records": records,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Why nothing is shown: nothing ever was known under the key, or not so early.
fn nothing(
    store: &Store,
    key: &FactKey,
    args: &Facts,
    settings: &Settings,
) -> anyhow::Result<anyhow::Error> {
    let current = store.fact(key)?;
    let history = store.history(key, None)?;
    let stated = || history.iter().filter(|state| state.fields.is_some());
    let (asked, first) = match (&args.as_of, &args.known_at) {
        (Some(day), _) => {
            let days = stated().map(|state| holds_from(state, &current, settings));
            let first = days.min().filter(|first| first > day);
            (day.to_string(), first.map(|day| day.to_string()))
        }
        (None, Some(text)) => {
            let at = moment(text, &settings.zone, now())?;
            let first = stated().map(|state| state.seen_at).min().filter(|first| *first > at);
            (text.clone(), first.map(|at| at.to_string()))
        }
        (None, None) => (String::new(), None),
    };
    Ok(misuse(match first {
        Some(first) => {
            format!("nothing was known on {asked}; the first facts of `{key}` are of {first}")
        }
        None if stated().next().is_some() => format!("nothing of `{key}` was known on {asked}"),
        None => format!("nothing is known under `{key}`; `rulewatch facts` lists the keys"),
    }))
}

/// From when a state holds: the day its page gives, else the day it was seen.
fn holds_from(state: &RecordState, current: &[(SourceId, FactSet)], settings: &Settings) -> Date {
    let set = current.iter().find(|(source, _)| *source == state.source);
    let effective = set.and_then(|(_, set)| set.dates.effective.as_ref());
    let given = effective
        .and_then(|field| state.fields.as_ref()?.get(field))
        .and_then(|value| if let Value::Date(date) = value { Some(*date) } else { None });
    given.unwrap_or_else(|| state.seen_at.to_zoned(settings.zone.clone()).date())
}

/// What was in force on a day: of each record the last state that held from that day or before. A
/// state holds from the day its page gives, else from the day it was seen.
fn in_force(
    store: &Store,
    key: &FactKey,
    day: Date,
    settings: &Settings,
) -> anyhow::Result<Vec<(SourceId, FactSet)>> {
    let current = store.fact(key)?;
    let mut histories: BTreeMap<(SourceId, RecordKey), Vec<RecordState>> = BTreeMap::new();
    for state in store.history(key, None)? {
        let of = (state.source.clone(), state.record.clone());
        histories.entry(of).or_default().push(state);
    }
    let seen = |state: &RecordState| state.seen_at.to_zoned(settings.zone.clone()).date();
    let mut due = BTreeSet::new();
    for (source, _) in &current {
        let of_source = unconfirmed(store, source, key, day)?.into_iter();
        due.extend(of_source.map(|(record, from)| (source.clone(), record, from)));
    }
    let mut states = BTreeMap::new();
    for (of, history) in histories {
        for (n, state) in history.iter().enumerate() {
            let from = holds_from(state, &current, settings);
            // What the page took back, or put off, before its day came never held.
            let stood = history[n + 1..].iter().all(|later| seen(later) >= from);
            // Nor does what no page has confirmed.
            let is_due = due.contains(&(of.0.clone(), of.1.clone(), from));
            if from <= day && stood && !is_due {
                states.insert(of.clone(), state.clone());
            }
        }
    }
    let mut sets = Vec::new();
    for (source, set) in current {
        let mut then = FactSet { records: BTreeMap::new(), ..set };
        for ((_, record), state) in states.iter().filter(|((of, _), _)| *of == source) {
            if let Some(fields) = &state.fields {
                let evidence = state.evidence.clone().unwrap_or_else(Evidence::default);
                then.records.insert(record.clone(), Record { fields: fields.clone(), evidence });
            }
        }
        sets.push((source, then));
    }
    Ok(sets)
}
