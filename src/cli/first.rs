//! `rulewatch check --first`: the whole catalogue once, in the words an operator needs on the first day.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::check::{Lost, clear_progress, progress, say_skipped};
use super::exit::{Exit, exit_of};
use crate::checking::Checking;
use crate::doors::Doors;
use crate::model::{Advice, SourceId};
use crate::render::inert;
use crate::surveying::{FirstSight, Surveyed, survey};

/// Looks at sources one after the other.
pub(super) fn run(
    runtime: &tokio::runtime::Runtime,
    doors: &Doors,
    chosen: &[SourceId],
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let checking: Checking = doors.checking();
    let (mut exit, mut lost) = (Exit::Done, Lost::default());
    let mut totals: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (n, id) in chosen.iter().enumerate() {
        if lost.is_everything() {
            say_skipped(chosen.len() - n);
            exit = exit.max(Exit::Failed);
            break;
        }
        progress(n, chosen.len(), id);
        let found = runtime.block_on(survey(&checking, id));
        clear_progress();
        match found {
            Ok(surveyed) => {
                *totals.entry(surveyed.seen.word()).or_default() += 1;
                lost.take(doors.host(id), surveyed.report.outcome.word());
                write(out, &surveyed)?;
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => {
                let error = anyhow::Error::new(error);
                drop(writeln!(io::stderr(), "rulewatch: {id}: {error:#}"));
                exit = exit.max(exit_of(&error));
            }
        }
    }
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
