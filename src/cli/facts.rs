//! `rulewatch facts`: what is in force, or was; what was known.

use super::args::{Facts, Format};
use super::{Exit, Out, look, moment, now};
use crate::asking::{self, Answer, Listed, When};
use crate::doors;
use crate::model::FactKey;
use crate::render::{Look, dispute_line, json, table, words};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Facts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let Some(key) = &args.key else {
        list(&asking::known(&known)?, args.format, out)?;
        return Ok(Exit::Done);
    };
    let when = match (&args.as_of, &args.known_at) {
        (Some(day), _) => When::AsOf(*day),
        (None, Some(text)) => When::KnownAt(moment(text, &settings.zone, now())?),
        (None, None) => When::Today(now().to_zoned(settings.zone.clone()).date()),
    };
    let catalog = doors::catalog(settings)?;
    let answer = asking::facts(&known, &catalog, key, when, &settings.zone)?;
    match args.format {
        Format::Ndjson => {
            for row in &answer.shown {
                let mut object = json::record(key, &row.key, &row.record);
                object["source"] = row.source.as_str().into();
                object["state"] = row.states.clone().into();
                if let Some(at) = row.last_read_at {
                    object["last_read_at"] = at.to_string().into();
                }
                if let Some(confirmed) = &row.confirmed {
                    object["confirmed"] = json::confirmed(confirmed);
                }
                if let Some(at) = row.retracted_at {
                    object["retracted_at"] = at.to_string().into();
                }
                writeln!(out, "{}", json::one_line(&object))?;
            }
        }
        Format::Text => write_table(&look(&settings.zone, catalog.glossary()), key, &answer, out)?,
    }
    Ok(Exit::Done)
}

fn write_table(
    look: &Look<'_>,
    key: &FactKey,
    answer: &Answer,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let words = |row: &asking::Shown| {
        let last = row.last_read_at.map(|at| words::short_moment(at, look.zone));
        let last = last.map_or_else(String::new, |at| format!(", last read on {at}"));
        let by = row.confirmed.as_ref().map(|confirmed| words::confirmed(confirmed, look.zone));
        let by = by.map_or_else(String::new, |by| format!("; {by}"));
        let back = row.retracted_at.map(|at| words::short_moment(at, look.zone));
        let back = back.map_or_else(String::new, |at| format!(", told wrongly until {at}"));
        format!("{}{last}{by}{back}", row.states.join(" "))
    };
    let words: Vec<String> = answer.shown.iter().map(words).collect();
    let rows: Vec<table::FactRow<'_>> = answer
        .shown
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
    write!(out, "{}", table::facts(&rows, look))?;
    for dispute in &answer.disputes {
        writeln!(out, "{}", dispute_line(dispute, look.glossary))?;
    }
    Ok(())
}

fn list(known: &[Listed], format: Format, out: &mut dyn Out) -> anyhow::Result<()> {
    for Listed { fact, source, records } in known {
        match format {
            Format::Text => writeln!(out, "{fact:44} {records:6}  {source}")?,
            Format::Ndjson => {
                let line = serde_json::json!({
                    "type": "fact", "fact": fact.as_str(), "source": source.as_str(), "records": records,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
