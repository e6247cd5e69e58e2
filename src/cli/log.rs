//! `rulewatch log`: asks the change log.

use std::io::{self, Write as _};

use super::args::{Log, LogFormat};
use super::{Exit, Out, look, moment, now};
use crate::asking;
use crate::doors;
use crate::model::{Change, Glossary, LogFilter, is_ahead};
use crate::render::{csv, json, table};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Log, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let at =
        |text: Option<String>| text.map(|text| moment(&text, &settings.zone, now())).transpose();
    let filter = LogFilter {
        since: at(args.since)?,
        until: at(args.until)?,
        programs: args.program,
        jurisdictions: args.jurisdiction,
        sources: args.source,
        facts: args.fact,
        nocs: args.noc,
        kinds: args.kind,
        stages: args.stage,
        rules: args.rule,
        severity: args.severity,
        text: args.text,
        today: Some(now().to_zoned(settings.zone.clone()).date()),
        limit: None,
        newest_first: false,
    };
    let known = doors::to_ask(settings)?;
    let changes = asking::log(&known, &filter)?;
    let retracted = asking::retractions(&known)?;
    let object = |change: &Change| json::logged(change, retracted.get(&change.id));
    let n_ahead = changes.iter().filter(|change| is_ahead(change.seen_at, now())).count();
    if n_ahead > 0 {
        let what = "are dated ahead of this clock, and doubtful: it was wrong then or is now";
        drop(writeln!(io::stderr(), "rulewatch: {n_ahead} of these {what}"));
    }
    match args.format {
        LogFormat::Table => {
            write!(
                out,
                "{}",
                table::log(&changes, &retracted, &look(&settings.zone, Glossary::NONE))
            )?;
        }
        LogFormat::Ndjson => {
            for change in &changes {
                writeln!(out, "{}", json::one_line(&object(change)))?;
            }
        }
        LogFormat::Json => {
            let all: serde_json::Value = changes.iter().map(object).collect();
            writeln!(out, "{all:#}")?;
        }
        LogFormat::Csv => {
            write!(out, "{}", csv::header())?;
            for change in &changes {
                write!(out, "{}", csv::row(change))?;
            }
        }
    }
    Ok(Exit::Done)
}
