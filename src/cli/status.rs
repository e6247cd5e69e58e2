//! `rulewatch status`: how the sources stand.

use super::args::{Format, Status};
use super::{Exit, Out, look, now, start};
use crate::engine;
use crate::render::table;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Status, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = start::catalog(settings)?;
    let store = start::store_to_ask(settings)?;
    let held = store.held()?;
    let mut checks = Vec::new();
    for source in catalog.sources() {
        let last = store.checks(&source.id, 1)?.pop();
        let state = store.source_state(&source.id)?;
        let mut words = Vec::new();
        if let Some(state) = &state {
            if state.stale_since(source.patience, now()).is_some() {
                words.push("stale");
            }
            if state.unreviewed {
                words.push("unreviewed");
            }
            if state.relocated.is_some() {
                words.push("relocated");
            }
        }
        if held.iter().any(|held| held.source == source.id) {
            words.push("held");
        }
        checks.push((source, last, state, words.join(" ")));
    }
    let rows: Vec<table::StatusRow<'_>> = checks
        .iter()
        .map(|(source, last, state, words)| table::StatusRow {
            state: words,
            source: &source.id,
            outcome: last.as_ref().map(|check| check.outcome.as_str()),
            reason: last.as_ref().and_then(|check| check.reason.as_deref()),
            checked_at: last.as_ref().map(|check| check.ended_at),
            last_good: state.as_ref().and_then(|state| state.last_good_at),
            next: source.schedule.next(now()).map(|firing| firing.at),
        })
        .collect();
    match args.format {
        Format::Text => {
            write!(out, "{}", table::status(&rows, &look(&settings.zone)))?;
            for dispute in engine::disputes(&store, &catalog)? {
                writeln!(out, "{}", super::facts::disputed(&dispute))?;
            }
        }
        Format::Ndjson => {
            for row in &rows {
                let moment = |at: Option<jiff::Timestamp>| {
                    at.map_or(serde_json::Value::Null, |at| at.to_string().into())
                };
                let line = serde_json::json!({
                    "type": "status", "source": row.source.as_str(), "outcome": row.outcome,
                    "reason": row.reason, "checked_at": moment(row.checked_at),
                    "last_good_at": moment(row.last_good), "next_at": moment(row.next),
                    "state": row.state.split_whitespace().collect::<Vec<_>>(),
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(Exit::Done)
}
