//! `rulewatch review confirm`, `noise` and `retract`: repairs by a person.

use super::args::{Confirm, Format, Noise, Retract};
use super::{Exit, Out, runtime};
use crate::delivering::deliver;
use crate::doors::{self, Doors};
use crate::render::{inert, json, words as render_words};
use crate::repairing::{self, Marked, Outcome, Wrong};
use crate::settings::Settings;

/// Opens what a repair needs. Without a database there is nothing to repair, and none is created just
/// for asking.
fn open(settings: &Settings) -> anyhow::Result<Doors> {
    drop(doors::to_ask(settings)?);
    Ok(Doors::open(settings, doors::catalog(settings)?)?)
}

pub(super) fn confirm(
    settings: &Settings,
    args: &Confirm,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let doors = open(settings)?;
    let Confirm { source, fact, note, by } = args;
    for what in repairing::confirm(&doors.checking(), source, fact, (by, note))? {
        writeln!(out, "{source}: {} holds still, says {by}", inert(&what.to_string(), 300))?;
    }
    writeln!(
        out,
        "{source}: that ends when it is read again, or when other words stand in its place"
    )?;
    Ok(Exit::Done)
}

pub(super) fn noise(settings: &Settings, args: &Noise, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let Noise { source: Some(source), words, id, undo, by, .. } = args else {
        return list(settings, args, out);
    };
    let marked = match (words, id, undo) {
        (Some(words), ..) => repairing::mark_noise(&open(settings)?.checking(), source, words, by)?,
        (_, Some(id), _) => repairing::mark_reported(&open(settings)?.checking(), source, *id, by)?,
        (_, _, Some(id)) => {
            repairing::unmark_noise(&open(settings)?.checking(), source, *id, by)?;
            writeln!(out, "{source}: {id} is no longer noise; the next check watches its words")?;
            return Ok(Exit::Done);
        }
        (None, None, None) => return list(settings, args, out),
    };
    write_marked(source.as_str(), &marked, out)?;
    Ok(Exit::Done)
}

fn write_marked(source: &str, marked: &Marked, out: &mut dyn Out) -> anyhow::Result<()> {
    writeln!(out, "{source}: noise from the next check on:")?;
    for line in &marked.lines {
        writeln!(out, "  {}", inert(line, 300))?;
    }
    if !marked.is_on_page {
        writeln!(
            out,
            "  no line of the page as it was last read says so; it is left out when one does"
        )?;
    }
    Ok(())
}

fn list(settings: &Settings, args: &Noise, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let all = repairing::noise(&known, args.source.as_ref())?;
    if all.is_empty() && args.format == Format::Text {
        writeln!(out, "nothing is marked as noise")?;
    }
    for noise in &all {
        match args.format {
            Format::Text => {
                let at = render_words::short_moment(noise.at, &settings.zone);
                let by = inert(&noise.by, 60);
                writeln!(out, "{:4}  {}  marked {at} by {by}", noise.id, noise.source)?;
                for line in &noise.lines {
                    writeln!(out, "      {}", inert(line, 300))?;
                }
            }
            Format::Ndjson => {
                let line = serde_json::json!({
                    "type": "noise", "id": noise.id, "source": noise.source.as_str(),
                    "lines": noise.lines, "at": noise.at.to_string(), "by": noise.by,
                });
                writeln!(out, "{}", json::one_line(&line))?;
            }
        }
    }
    Ok(Exit::Done)
}

pub(super) fn retract(
    settings: &Settings,
    args: &Retract,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let doors = open(settings)?;
    doors::check_sender(settings, &doors.store)?;
    let Retract { name, why, value, by } = args;
    let wrong = Wrong { name, why, value: value.as_deref(), by };
    match repairing::retract(&doors.checking(), &wrong)? {
        Outcome::Already(before) => {
            let at = render_words::short_moment(before.at, &settings.zone);
            let by = inert(&before.by, 60);
            writeln!(out, "{}: retracted already, on {at} by {by}", before.event)?;
        }
        Outcome::Retracted { changes, letters } => {
            let (n, event) = (changes.len(), changes.first().map(|change| change.event.as_str()));
            let event = event.unwrap_or_default();
            let of = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
            let (changes_said, told) = (of(n, "change"), of(letters, "letter"));
            writeln!(out, "{event}: retracted, {changes_said}; {told} to those who were told")?;
            for change in &changes {
                writeln!(out, "  {}  {}", change.kind.word(), inert(&change.summary.en, 240))?;
            }
        }
    }
    runtime.block_on(deliver(&doors.delivering()))?;
    Ok(Exit::Done)
}
