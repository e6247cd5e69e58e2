//! `rulewatch facts`: what is in force, or was; what was known.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::args::{Facts, Format};
use super::exit::misuse;
use super::{Exit, Out, look, moment, now, start};
use crate::model::{Evidence, FactKey, FactSet, Record, RecordKey, Value};
use crate::render::{json, table};
use crate::settings::Settings;
use crate::store::{RecordState, Store};

pub(super) fn run(settings: &Settings, args: &Facts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let store = start::store_to_ask(settings)?;
    let Some(key) = &args.key else { return list(&store, args.format, out) };
    let sets = match (&args.as_of, &args.known_at) {
        (Some(day), _) => in_force(&store, key, *day, settings)?,
        (None, Some(text)) => {
            let at = moment(text, &settings.zone, now())?;
            store.facts_as_known(key, at)?
        }
        (None, None) => store.fact(key)?,
    };
    if sets.iter().all(|(_, set)| set.records.is_empty()) {
        return Err(nothing(&store, key, args, settings)?);
    }
    for (source, set) in &sets {
        let unreviewed = store.source_state(source)?.is_some_and(|state| state.unreviewed);
        match args.format {
            Format::Ndjson => {
                for (record, fields) in &set.records {
                    writeln!(out, "{}", json::one_line(&json::record(key, record, fields)))?;
                }
            }
            Format::Text => {
                let rows: Vec<table::FactRow<'_>> = set
                    .records
                    .iter()
                    .map(|(record_key, record)| table::FactRow {
                        fact: key,
                        key: record_key,
                        record,
                        since: None,
                        state: if unreviewed { "unreviewed" } else { "" },
                    })
                    .collect();
                write!(out, "{}", table::facts(&rows, &look(&settings.zone)))?;
            }
        }
    }
    Ok(Exit::Done)
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
fn holds_from(
    state: &RecordState,
    current: &[(crate::model::SourceId, FactSet)],
    settings: &Settings,
) -> Date {
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
) -> anyhow::Result<Vec<(crate::model::SourceId, FactSet)>> {
    let current = store.fact(key)?;
    let mut states: BTreeMap<(crate::model::SourceId, RecordKey), RecordState> = BTreeMap::new();
    for state in store.history(key, None)? {
        if holds_from(&state, &current, settings) <= day {
            states.insert((state.source.clone(), state.record.clone()), state);
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
