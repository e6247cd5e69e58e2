//! `rulewatch status`: how the sources stand.

use super::args::{Format, Status};
use super::{Exit, Out, look, now};
use crate::asking;
use crate::doors;
use crate::render::{dispute_line, inert, json, table, words};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Status, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let all = asking::status(&known, &catalog, now())?;
    let states: Vec<String> = all.iter().map(|(_, status)| status.states.join(" ")).collect();
    let rows: Vec<table::StatusRow<'_>> = all
        .iter()
        .zip(&states)
        .map(|((source, status), words)| table::StatusRow {
            state: words,
            source,
            outcome: status.outcome.as_deref(),
            reason: status.reason.as_deref(),
            checked_at: status.checked_at,
            last_good: status.last_good_at,
            next: status.next_at,
        })
        .collect();
    match args.format {
        Format::Text => {
            write!(out, "{}", table::status(&rows, &look(&settings.zone, catalog.glossary())))?;
            for (source, lost) in all.iter().flat_map(|(id, s)| s.lost.iter().map(move |l| (id, l)))
            {
                let since = words::short_moment(lost.since, &settings.zone);
                let why = inert(&lost.what.why, 200);
                writeln!(out, "{source}: {} cannot be read since {since}: {why}", lost.what)?;
            }
            for dispute in asking::disputes(&known, &catalog)? {
                writeln!(out, "{}", dispute_line(&dispute, catalog.glossary()))?;
            }
        }
        Format::Ndjson => {
            for (row, (_, status)) in rows.iter().zip(&all) {
                let moment = |at: Option<jiff::Timestamp>| {
                    at.map_or(serde_json::Value::Null, |at| at.to_string().into())
                };
                let line = serde_json::json!({
                    "type": "status", "source": row.source.as_str(), "outcome": row.outcome,
                    "reason": row.reason, "checked_at": moment(row.checked_at),
                    "last_good_at": moment(row.last_good), "next_at": moment(row.next),
                    "unreadable": status.lost.iter().map(|lost| json::unreadable(&lost.what)).collect::<Vec<_>>(),
                    "state": row.state.split_whitespace().collect::<Vec<_>>(),
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(Exit::Done)
}
