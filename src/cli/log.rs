//! `rulewatch log`: asks the change log.

use super::args::{Log, LogFormat};
use super::{Exit, Out, look, moment, now};
use crate::asking;
use crate::doors;
use crate::model::{Glossary, LogFilter};
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
    let changes = asking::log(&doors::to_ask(settings)?, &filter)?;
    match args.format {
        LogFormat::Table => {
            write!(out, "{}", table::log(&changes, &look(&settings.zone, Glossary::NONE)))?;
        }
        LogFormat::Ndjson => {
            for change in &changes {
                writeln!(out, "{}", json::one_line(&json::change(change)))?;
            }
        }
        LogFormat::Json => {
            let all: serde_json::Value = changes.iter().map(json::change).collect();
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
