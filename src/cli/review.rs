//! `rulewatch review`: what waits for a person, and what they decide.

use super::args::{Decide, Format, Review, ReviewAction};
use super::{Exit, Fitted, Out, look, now, repair, runtime};
use crate::delivering::deliver;
use crate::doors::{self, Doors};
use crate::model::{Change, EventId, Glossary, Lost, Reported, SourceId, words as model_words};
use crate::render::{Look, inert, json, readings, table, words};
use crate::repairing;
use crate::reviewing::{Awaited, Decision, Ruling, awaited, rule};
use crate::settings::Settings;

/// How many changes, or records, of one waiting item are shown.
const SHOWN: usize = 5;

pub(super) fn run(settings: &Settings, args: Review, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match args.action.unwrap_or(ReviewAction::List { all: false, format: Format::Text }) {
        ReviewAction::List { all, format } => {
            let shown = if all { usize::MAX } else { SHOWN };
            list(settings, (shown, format), out)
        }
        ReviewAction::Accept(args) => decide(settings, &args, Decision::Accept, out),
        ReviewAction::Reject(args) => decide(settings, &args, Decision::Reject, out),
        ReviewAction::Confirm(args) => repair::confirm(settings, &args, out),
        ReviewAction::Noise(args) => repair::noise(settings, &args, out),
        ReviewAction::Retract(args) => repair::retract(settings, &args, out),
    }
}

fn list(
    settings: &Settings,
    (shown, format): (usize, Format),
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let out: &mut dyn Out = match format {
        Format::Text => &mut Fitted::new(out),
        Format::Ndjson => out,
    };
    let known = doors::to_ask(settings)?;
    let catalog = doors::catalog(settings)?;
    let all = awaited(&known, &catalog)?;
    let lost = repairing::unreadable(&known)?;
    let reported = repairing::reported(&known, now())?;
    if all.is_empty() && lost.is_empty() && reported.is_empty() && format == Format::Text {
        writeln!(out, "nothing waits for review")?;
    }
    for awaited in &all {
        match (awaited, format) {
            (_, Format::Ndjson) => writeln!(out, "{}", json::one_line(&object(awaited)))?,
            (Awaited::Held { .. }, Format::Text) => {
                let look = look(&settings.zone, catalog.glossary());
                write_held((&look, shown), awaited, out)?;
            }
            (Awaited::Unreviewed { .. }, Format::Text) => {
                write_unreviewed((settings, shown), awaited, out)?;
            }
        }
    }
    for (source, lost) in &lost {
        match format {
            Format::Ndjson => writeln!(out, "{}", json::one_line(&json::lost(source, lost)))?,
            Format::Text => write_lost(settings, source, lost, out)?,
        }
    }
    for reported in &reported {
        match format {
            Format::Ndjson => writeln!(out, "{}", json::one_line(&json::reported(reported)))?,
            Format::Text => write_reported(settings, reported, out)?,
        }
    }
    Ok(Exit::Done)
}

/// Something that cannot be read, and whether a person said that it still holds.
fn write_lost(
    settings: &Settings,
    source: &SourceId,
    lost: &Lost,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let moment = |at| words::short_moment(at, &settings.zone);
    writeln!(out, "unreadable  {source}  {}", inert(&lost.what.to_string(), 300))?;
    writeln!(out, "  since {}: {}", moment(lost.since), inert(&lost.what.why, 300))?;
    if let Some(at) = lost.last_read_at {
        writeln!(out, "  last read {}: that stands", moment(at))?;
    }
    if let Some(stands) = &lost.what.stands {
        writeln!(out, "  the page now says: \"{}\"", inert(&model_words::shown(stands), 300))?;
    }
    match &lost.confirmed {
        Some(confirmed) => writeln!(out, "  {}", words::confirmed(confirmed, &settings.zone))?,
        None => writeln!(
            out,
            "  if it holds still: rulewatch review confirm {source} {} --note '...'",
            lost.what.fact
        )?,
    }
    Ok(())
}

/// Something that is new on a page and not read.
fn write_reported(
    settings: &Settings,
    reported: &Reported,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let Reported { id, source, what, at } = reported;
    let at = words::short_moment(*at, &settings.zone);
    let under = match what.under.as_str() {
        "" => String::new(),
        under => format!(" under \"{}\"", inert(under, 120)),
    };
    writeln!(out, "unread  {source}  a new {}{under}, since {at}", inert(&what.what, 40))?;
    writeln!(out, "  \"{}\"", inert(&model_words::shown(&what.text), 400))?;
    writeln!(out, "  if it is no content: rulewatch review noise {source} --id {id}")?;
    Ok(())
}

fn write_held(
    (look, shown): (&Look<'_>, usize),
    awaited: &Awaited,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let Awaited::Held { held, changes } = awaited else { return Ok(()) };
    let moment = |at| words::short_moment(at, look.zone);
    let next = held
        .next_fetch_at
        .map_or("waits for a person".to_owned(), |at| format!("fetched again {}", moment(at)));
    let id = held.event.as_ref().map_or("-", |event| event.as_str());
    writeln!(out, "held  {}  {}  {id}", held.source, held.fact)?;
    writeln!(out, "  {}", inert(&held.reason, 300))?;
    writeln!(
        out,
        "  since {}, {next}, {} re-fetches, {} changes",
        moment(held.held_at),
        held.tries,
        changes.len()
    )?;
    if let Some(why) = &held.translation {
        writeln!(out, "  the French page does not agree: {}", inert(why, 300))?;
    }
    for change in changes.iter().take(shown) {
        for line in readings(change, look).lines() {
            writeln!(out, "    {line}")?;
        }
    }
    more(changes.len(), shown, out)?;
    writeln!(out, "  rulewatch review accept {0}, or review reject {0}", held.source)?;
    Ok(())
}

fn write_unreviewed(
    (settings, shown): (&Settings, usize),
    awaited: &Awaited,
    out: &mut dyn Out,
) -> anyhow::Result<()> {
    let Awaited::Unreviewed { source, since, facts } = awaited else { return Ok(()) };
    let since = since.map_or("-".to_owned(), |at| words::short_moment(at, &settings.zone));
    writeln!(out, "unreviewed  {source}")?;
    writeln!(out, "  since {since}: compare these with the page")?;
    for (key, set) in facts {
        writeln!(out, "  {key}: {} records", set.records.len())?;
        let rows = set.records.iter().take(shown).map(|(record_key, record)| table::FactRow {
            fact: key,
            key: record_key,
            record,
            since: None,
            state: "unreviewed",
        });
        let rows: Vec<_> = rows.collect();
        write!(out, "{}", table::facts(&rows, &look(&settings.zone, Glossary::NONE)))?;
        more(set.records.len(), shown, out)?;
    }
    Ok(())
}

fn more(n: usize, shown: usize, out: &mut dyn Out) -> anyhow::Result<()> {
    if n > shown {
        writeln!(out, "    and {} more: rulewatch review list --all", n - shown)?;
    }
    Ok(())
}

/// What waits, for a program.
fn object(awaited: &Awaited) -> serde_json::Value {
    match awaited {
        Awaited::Held { held, changes } => serde_json::json!({
            "type": "held",
            "event": held.event.as_ref().map(EventId::as_str),
            "source": held.source.as_str(),
            "fact": held.fact.as_str(),
            "since": held.held_at.to_string(),
            "reason": held.reason,
            "next_fetch_at": held.next_fetch_at.map(|at| at.to_string()),
            "refetches": held.tries,
            "translation": held.translation,
            "changes": changes.iter().map(json::change).collect::<Vec<_>>(),
        }),
        Awaited::Unreviewed { source, since, facts } => {
            let records = facts.iter().map(|(key, set)| (key.to_string(), set.records.len()));
            serde_json::json!({
                "type": "unreviewed",
                "source": source.as_str(),
                "since": since.map(|at| at.to_string()),
                "records": records.collect::<std::collections::BTreeMap<_, _>>(),
            })
        }
    }
}

fn decide(
    settings: &Settings,
    args: &Decide,
    decision: Decision,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    // Without a database nothing waits, and none is created just for asking.
    drop(doors::to_ask(settings)?);
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let doors = Doors::open(settings, doors::catalog(settings)?)?;
    doors::check_sender(settings, &doors.store)?;
    match rule(&doors.checking(), &args.name, decision, &args.by)? {
        Ruling::Released { source, changes } => {
            writeln!(out, "{source}: released, {} changes recorded", changes.len())?;
            write_changes(&changes, out)?;
        }
        Ruling::Dropped(source) => {
            writeln!(out, "{source}: rejected, the last good facts stand")?;
        }
        Ruling::Reviewed { source, changes } => {
            let n = changes.len();
            writeln!(out, "{source}: reviewed, its changes are told to those who follow it")?;
            if n > 0 {
                writeln!(
                    out,
                    "{source}: {n} changes told to you alone until now are told to them"
                )?;
            }
        }
        Ruling::StillUnreviewed(source) => writeln!(
            out,
            "{source}: stays unreviewed, its changes are told to you alone; mend its recipe in \
             sources.toml and the last page is read again"
        )?,
    }
    runtime.block_on(deliver(&doors.delivering()))?;
    Ok(Exit::Done)
}

fn write_changes(changes: &[Change], out: &mut dyn Out) -> anyhow::Result<()> {
    for change in changes {
        writeln!(out, "  {}  {}", change.kind.word(), change.summary.en)?;
    }
    Ok(())
}
