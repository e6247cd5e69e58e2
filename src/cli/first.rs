//! `rulewatch check --first`: the whole catalogue once, in the words an operator needs on the first day.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Exit;
use super::tour::tour;
use crate::checker::Inside;
use crate::doors::Doors;
use crate::model::SourceId;
use crate::render::inert;
use crate::surveying::{FirstSight, Surveyed, survey};

/// Looks at sources one after the other.
pub(super) fn run(
    (runtime, inside): (&tokio::runtime::Runtime, &Inside),
    doors: &Doors,
    chosen: &[SourceId],
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let checking = doors.checking();
    let mut totals: BTreeMap<&'static str, usize> = BTreeMap::new();
    let ask = |id: &SourceId| {
        inside.begins(id);
        runtime.block_on(survey(&checking, id))
    };
    let exit = tour(doors, chosen, ask, |surveyed| {
        *totals.entry(surveyed.seen.word()).or_default() += 1;
        write(out, &surveyed)?;
        Ok((surveyed.report.outcome, Exit::Done))
    })?;
    let totals: Vec<String> = totals.iter().map(|(word, n)| format!("{n} {word}")).collect();
    writeln!(out, "\n{} sources: {}", chosen.len(), totals.join(", "))?;
    Ok(exit)
}

fn write(out: &mut dyn Write, surveyed: &Surveyed) -> io::Result<()> {
    let Surveyed { report, seen } = surveyed;
    let (id, records) = (&report.source, report.records.values().sum::<usize>());
    let why = || inert(&report.outcome.reason().unwrap_or_default(), 300);
    match seen {
        FirstSight::Expected => writeln!(out, "{id}: read as expected: {records} records"),
        FirstSight::AwaitingReview => writeln!(
            out,
            "{id}: read, awaiting review: {records} records; compare them with the page, then \
             `rulewatch review accept {id}`"
        ),
        FirstSight::NotRead { instead, locators } => {
            writeln!(out, "{id}: not read: {}", why())?;
            for there in instead {
                writeln!(out, "    the page has {}", inert(there, 400))?;
            }
            for locator in locators {
                writeln!(out, "    to try: {}", inert(locator, 300))?;
            }
            Ok(())
        }
        FirstSight::Gone { seems_at: Some((words, url)) } => {
            writeln!(out, "{id}: gone; it seems to be at {url} ({})", inert(words, 120))
        }
        FirstSight::Gone { seems_at: None } => writeln!(out, "{id}: gone: {}", why()),
        FirstSight::Refused | FirstSight::Unreachable => {
            writeln!(out, "{id}: {}: {}", seen.word(), why())
        }
    }
}
