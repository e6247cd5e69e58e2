//! `rulewatch check`: checks sources now, or reads a page saved by hand.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::args::{Check, Format};
use super::exit::{exit_of, misuse};
use super::{Exit, Out, runtime};
use crate::asking;
use crate::checking::{self, Report, check_file};
use crate::delivering::deliver;
use crate::doors::{self, Doors};
use crate::model::{Advice, Breakage, CheckOutcome, SourceId};
use crate::render::{Style, check_line, json};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Check, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let _entered = runtime.enter();
    let catalog = doors::catalog(settings)?;
    asking::expect_sources(&catalog, &args.sources)?;
    if args.from.is_none() {
        let named = Some(args.sources.as_slice()).filter(|named| !named.is_empty());
        doors::check_contact(settings, &catalog, named)?;
    }
    let exit = match &args.from {
        Some(file) => {
            let id = of_file(args, file)?;
            let doors = Doors::open(settings, catalog)?;
            let report = check_file(&doors.checking(), id, file)?;
            write_report(out, &report, None, args.format)?;
            (doors, exit_of_report(&report, true))
        }
        None => {
            let doors = Doors::open(settings, catalog)?;
            let exit = check_all(&runtime, &doors, args, out)?;
            (doors, exit)
        }
    };
    let (doors, exit) = exit;
    doors::check_sender(settings, &doors.store)?;
    runtime.block_on(deliver(&doors.delivering()))?;
    Ok(exit)
}

/// The one source that a saved page is of.
fn of_file<'a>(args: &'a Check, file: &Path) -> anyhow::Result<&'a SourceId> {
    let [id] = args.sources.as_slice() else {
        return Err(misuse("--from reads one page: name the one source it is of"));
    };
    if !file.is_file() {
        return Err(misuse(format!("there is no file {}", file.display())));
    }
    Ok(id)
}

/// Checks one source after the other. One that fails on our side does not stop the rest, unless nothing
/// can go on.
fn check_all(
    runtime: &tokio::runtime::Runtime,
    doors: &Doors,
    args: &Check,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let checking = doors.checking();
    let named = !args.sources.is_empty();
    let chosen = if named { args.sources.clone() } else { doors.sources() };
    let mut exit = Exit::Done;
    for (n, id) in chosen.iter().enumerate() {
        progress(n, chosen.len(), id);
        let checked = runtime.block_on(checking::check(&checking, id));
        clear_progress();
        match checked {
            Ok(report) => {
                write_report(out, &report, None, args.format)?;
                exit = exit.max(exit_of_report(&report, named));
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => {
                let error = anyhow::Error::new(error);
                drop(writeln!(io::stderr(), "rulewatch: {id}: {error:#}"));
                exit = exit.max(exit_of(&error));
            }
        }
    }
    Ok(exit)
}

/// What a report means for the exit code; `named`: the person asked about this very source.
pub(super) fn exit_of_report(report: &Report, named: bool) -> Exit {
    match &report.outcome {
        CheckOutcome::Unreachable(_) | CheckOutcome::Broken(Breakage::Internal { .. }) => {
            Exit::Failed
        }
        _ if named && report.is_refusal() => Exit::No,
        _ => Exit::Done,
    }
}

/// Writes a report: a line for a person, or an object for a program.
pub(super) fn write_report(
    out: &mut dyn Write,
    report: &Report,
    capture: Option<&str>,
    format: Format,
) -> io::Result<()> {
    let line = report.line(capture);
    match format {
        Format::Text => writeln!(out, "{}", check_line(&line, Style::Colour)),
        Format::Ndjson => writeln!(out, "{}", json::one_line(&json::check(&line))),
    }
}

/// Says on a terminal what is being waited for: a polite fetch of many pages takes minutes.
fn progress(n: usize, of: usize, id: &SourceId) {
    let mut err = io::stderr();
    if err.is_terminal() && io::stdout().is_terminal() {
        drop(write!(err, "\r\x1b[Kchecking {} of {of}: {id}", n + 1));
    }
}

fn clear_progress() {
    let mut err = io::stderr();
    if err.is_terminal() && io::stdout().is_terminal() {
        drop(write!(err, "\r\x1b[K"));
    }
}
