//! `rulewatch facts`: what is in force, or was; what was known; how two days differ.

use serde_json::{Value as Json, json};

use super::args::{Facts, FactsAction, FactsDiff, Format};
use super::{Exit, Fitted, Out, look, moment, now, when::day};
use crate::asking::{self, Answer, Differing, Listed, Shown, Subject, When};
use crate::doors;
use crate::model::{FactKey, Fields, Value};
use crate::render::{Look, dispute_line, inert, json, table, words};
use crate::settings::Settings;

/// From how many bytes on a text is prose.
const LONG: usize = 200;

/// The longest paragraph that is written.
const LONGEST: usize = 20_000;

pub(super) fn run(settings: &Settings, args: &Facts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    if let Some(FactsAction::Diff(args)) = &args.action {
        return diff(settings, args, out);
    }
    let known = doors::to_ask(settings)?;
    let (zone, now) = (&settings.zone, now());
    let as_of = args.as_of.as_ref().map(|text| day(text, zone, now)).transpose()?;
    let known_at = args.known_at.as_ref().map(|text| moment(text, zone, now)).transpose()?;
    let subject = match &args.key {
        Some(key) => Subject { nocs: args.noc.clone(), ..asking::subject(&known, key)? },
        None if !args.noc.is_empty() => asking::about_nocs(&known, &args.noc)?,
        None => {
            list(&asking::known(&known, None)?, args.format, out)?;
            return Ok(Exit::Done);
        }
    };
    let when = match (as_of, known_at) {
        (Some(day), Some(at)) => When::AsOfKnownAt(day, at),
        (Some(day), None) => When::AsOf(day),
        (None, Some(at)) => When::KnownAt(at),
        (None, None) => When::Today(now.to_zoned(zone.clone()).date()),
    };
    let catalog = doors::catalog(settings)?;
    for (n, (key, answer)) in
        asking::facts_of(&known, &catalog, &subject, when, zone)?.into_iter().enumerate()
    {
        match args.format {
            Format::Ndjson => {
                for row in &answer.shown {
                    writeln!(out, "{}", json::one_line(&row.to_json(&key)))?;
                }
            }
            Format::Text => {
                if n > 0 {
                    writeln!(out)?;
                }
                write_table(&look(zone, catalog.glossary()), &key, &answer, out)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn write_table(
    look: &Look<'_>,
    key: &FactKey,
    answer: &Answer,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let words = |row: &Shown| {
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
    let out: &mut dyn Out = &mut Fitted::new(out);
    write!(out, "{}", table::facts(&rows, look))?;
    // Of one record, or a few, the words of the page are shown too.
    if let [row] = answer.shown.as_slice() {
        write_prose(&row.record.fields, out)?;
        let evidence = &row.record.evidence;
        let quote = inert(&crate::model::words::shown(&evidence.quote), 2000);
        writeln!(out, "evidence: \"{quote}\" ({}; {})", inert(&evidence.place, 100), row.source)?;
    }
    for dispute in &answer.disputes {
        writeln!(out, "{}", dispute_line(dispute, look.glossary))?;
    }
    Ok(())
}

/// The prose of a record, whole: a table shows only how it begins.
fn write_prose(fields: &Fields, out: &mut dyn Out) -> anyhow::Result<()> {
    for (name, value) in fields {
        let lines = match value {
            Value::Clauses(clauses) => clauses.as_slice(),
            Value::Text(text) if text.len() > LONG => std::slice::from_ref(text),
            _ => continue,
        };
        writeln!(out, "{name}:")?;
        for line in lines {
            let line = inert(&crate::model::words::shown(line), LONGEST);
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn list(known: &[Listed], format: Format, out: &mut dyn Out) -> anyhow::Result<()> {
    for Listed { fact, source, records } in known {
        match format {
            Format::Text => writeln!(out, "{fact:44} {records:6}  {source}")?,
            Format::Ndjson => {
                let line = json!({
                    "type": "fact", "fact": fact.as_str(), "source": source.as_str(), "records": records,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

fn diff(settings: &Settings, args: &FactsDiff, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let zone = &settings.zone;
    let from = day(&args.from, zone, now())?;
    let to = match &args.to {
        Some(text) => day(text, zone, now())?,
        None => now().to_zoned(zone.clone()).date(),
    };
    let subject = asking::subject(&known, &args.key)?;
    let catalog = doors::catalog(settings)?;
    let differing = asking::difference(&known, &catalog, &subject, (from, to), zone)?;
    let look = look(zone, catalog.glossary());
    let out: &mut dyn Out = match args.format {
        Format::Text => &mut Fitted::new(out),
        Format::Ndjson => out,
    };
    for one in &differing {
        match args.format {
            Format::Ndjson => writeln!(out, "{}", json::one_line(&differing_object(one)))?,
            Format::Text => write_differing(&look, one, out)?,
        }
    }
    if differing.is_empty() && args.format == Format::Text {
        writeln!(out, "nothing of it differs between {from} and {to}")?;
    }
    Ok(Exit::Done)
}

fn differing_object(one: &Differing) -> Json {
    let plain = |fields: Option<&Fields>| fields.map(crate::model::json::plain_fields);
    json!({
        "type": "difference", "fact": one.fact.as_str(), "record": one.record.as_str(),
        "source": one.source.as_str(),
        "before": plain(one.before.as_ref().map(|record| &record.fields)),
        "after": plain(one.after.as_ref().map(|record| &record.fields)),
    })
}

/// `+ key/record fields`, `- key/record fields`, or a line for each field that differs.
fn write_differing(look: &Look<'_>, one: &Differing, out: &mut dyn Out) -> anyhow::Result<()> {
    let voice = words::Voice { language: look.language, glossary: look.glossary };
    let name = format!("{}/{}", one.fact, inert(one.record.as_str(), 120));
    match (&one.before, &one.after) {
        (Some(before), Some(after)) => {
            for (field, value) in &after.fields {
                let was = before.fields.get(field);
                if was != Some(value) {
                    let was = was.map_or_else(
                        || "nothing".to_owned(),
                        |was| words::value_of(field, was, voice),
                    );
                    let is = words::value_of(field, value, voice);
                    let (was, is) = (inert(&was, 400), inert(&is, 400));
                    writeln!(out, "~ {name}#{field}: [-{was}-]{{+{is}+}}")?;
                }
            }
            for (field, was) in before.fields.iter().filter(|(f, _)| after.fields.get(*f).is_none())
            {
                writeln!(
                    out,
                    "~ {name}#{field}: [-{}-]",
                    inert(&words::value_of(field, was, voice), 400)
                )?;
            }
        }
        (before, after) => {
            let mark = if before.is_none() { '+' } else { '-' };
            let fields = before.as_ref().or(after.as_ref()).map(|record| &record.fields);
            let said = fields.map(|fields| words::record_fields(fields, voice)).unwrap_or_default();
            writeln!(out, "{mark} {name}: {}", inert(&said, 400))?;
        }
    }
    Ok(())
}
