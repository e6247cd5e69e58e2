//! `rulewatch status`: the state of the sources, of their hosts and letters, and of the installation.

use std::io;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::args::{Status, StatusFormat};
use super::health;
use super::{Exit, Fitted, Out, look, now};
use crate::asking::{self, Health, SourceStatus};
use crate::doors;
use crate::model::{Glossary, Lost, Reach, SourceId};
use crate::render::{dispute_line, inert, json, table, words};
use crate::settings::Settings;

/// Ends with 1 if a source has gone unread for too long, the database is locked or part of it damaged, or letters were
/// given up.
pub(super) fn run(settings: &Settings, args: &Status, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let known = doors::to_ask(settings)?;
    let health = asking::health(&known, &catalog, &settings.database(), now())?;
    match args.format {
        StatusFormat::Text => {
            let out: &mut dyn Out = &mut Fitted::new(out);
            text(&health, settings, catalog.glossary(), out)?;
            health::text(&health, &settings.zone, out)?;
        }
        StatusFormat::Ndjson => {
            ndjson(&health, out)?;
            writeln!(out, "{}", health::line(&health))?;
        }
        StatusFormat::Prometheus => write!(out, "{}", asking::prometheus(&health))?,
    }
    let is_read =
        health.totals.n_stale == 0 && !health.totals.is_locked && health.faults.is_empty();
    let is_given_up = health.totals.counts.is_some_and(|counts| counts.n_gave_up > 0);
    // No source is late in an outage of our own: that nothing is read is seen in it alone.
    let is_reached = health.outages.iter().all(|outage| outage.reach != Reach::Everything);
    // Mail that cannot be sent always counts, whatever was asked.
    let is_well = is_read && is_reached && !is_given_up && health.mail.is_none();
    Ok(if is_well { Exit::Done } else { Exit::No })
}

fn text(
    health: &Health,
    settings: &Settings,
    glossary: &Glossary,
    out: &mut dyn Out,
) -> io::Result<()> {
    let states: Vec<String> =
        health.sources.iter().map(|(_, status)| status.states.join(" ")).collect();
    let rows: Vec<_> = health
        .sources
        .iter()
        .zip(&states)
        .map(|((id, status), state)| row(id, status, state))
        .collect();
    write!(out, "{}", table::status(&rows, &look(&settings.zone, glossary)))?;
    let moment = |at| words::short_moment(at, &settings.zone);
    let lost = health.sources.iter().flat_map(|(id, s)| s.lost.iter().map(move |l| (id, l)));
    for (source, lost) in lost {
        let (since, why) = (moment(lost.since), inert(&lost.what.why, 200));
        writeln!(out, "{source}: {} cannot be read since {since}: {why}", lost.what)?;
        if let Some(confirmed) = &lost.confirmed {
            writeln!(out, "{source}: {}", words::confirmed(confirmed, &settings.zone))?;
        }
    }
    for outage in &health.outages {
        let since = moment(outage.since);
        match &outage.reach {
            Reach::Everything => writeln!(out, "nothing can be reached from here since {since}")?,
            Reach::Host(host) => {
                writeln!(out, "{} cannot be reached since {since}", inert(host, 200))?;
            }
        }
    }
    for (host, wait) in &health.waits {
        let (host, until, asked) = (inert(host, 200), moment(wait.until()), moment(wait.asked_at));
        let line = format!("{host} is left alone until {until}");
        match wait.is_ours {
            true => writeln!(out, "{line}: it answered {} at {asked}", wait.status)?,
            false => writeln!(out, "{line}: it asked for that at {asked}, with {}", wait.status)?,
        }
    }
    if let Some((wait, pending)) = &health.mail {
        let (since, until) = (moment(wait.since), moment(wait.until(now())));
        let why = inert(&wait.failure.to_string(), 300);
        let line = format!("no letter can be sent since {since}, {pending} wait: {why}");
        writeln!(out, "{line}; tried again at {until}, or by `rulewatch outbox flush`")?;
    }
    for dispute in &health.disputes {
        writeln!(out, "{}", dispute_line(dispute, glossary))?;
    }
    Ok(())
}

fn row<'a>(source: &'a SourceId, status: &'a SourceStatus, state: &'a str) -> table::StatusRow<'a> {
    table::StatusRow {
        state,
        source,
        outcome: status.outcome.as_deref(),
        reason: status.reason.as_deref(),
        checked_at: status.checked_at,
        last_good: status.last_good_at,
        next: status.next_at,
    }
}

fn lost(lost: &Lost) -> Json {
    let mut object = json::unreadable(&lost.what);
    if let Some(confirmed) = &lost.confirmed {
        object["confirmed"] = json::confirmed(confirmed);
    }
    object
}

fn ndjson(health: &Health, out: &mut dyn Out) -> io::Result<()> {
    let moment = |at: Option<Timestamp>| at.map_or(Json::Null, |at| at.to_string().into());
    for (source, status) in &health.sources {
        let unreadable: Vec<Json> = status.lost.iter().map(lost).collect();
        let line = json!({
            "type": "status", "source": source.as_str(), "outcome": status.outcome,
            "reason": status.reason, "checked_at": moment(status.checked_at),
            "last_good_at": moment(status.last_good_at), "next_at": moment(status.next_at),
            "unreadable": unreadable, "state": status.states,
        });
        writeln!(out, "{line}")?;
    }
    for outage in &health.outages {
        let host = Some(outage.reach.word()).filter(|host| !host.is_empty());
        let since = outage.since.to_string();
        let line = json!({"type": "outage", "host": host, "since": since});
        writeln!(out, "{line}")?;
    }
    for (host, wait) in &health.waits {
        let line = json!({
            "type": "wait", "host": host, "status": wait.status,
            "asked_at": wait.asked_at.to_string(), "seconds": wait.length.as_secs(),
            "until": wait.until().to_string(),
        });
        writeln!(out, "{line}")?;
    }
    if let Some((wait, pending)) = &health.mail {
        let failure = &wait.failure;
        let line = json!({
            "type": "mail", "pending": pending, "since": wait.since.to_string(),
            "until": wait.until(now()).to_string(), "step": failure.step.word(),
            "code": failure.code, "about": failure.means.word(), "words": failure.words,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
