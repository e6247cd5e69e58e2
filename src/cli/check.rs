//! `rulewatch check`: checks sources now, or reads a page saved by hand.

use std::io::{self, IsTerminal, Write};

use tokio::runtime::Runtime;

use super::args::{Check, Format};
use super::exit::misuse;
use super::{Exit, Out, runtime, start};
use crate::engine::{self, Engine, Report};
use crate::model::{CheckOutcome, SourceId};
use crate::render::{Style, check_line, json};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Check, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let _entered = runtime.enter();
    let catalog = start::catalog(settings)?;
    for id in &args.sources {
        if catalog.source(id).is_none() {
            return Err(misuse(format!(
                "there is no source `{id}`; `rulewatch sources list` shows all"
            )));
        }
    }
    if let Some(file) = &args.from {
        let [id] = args.sources.as_slice() else {
            return Err(misuse("--from reads one page: name the one source it is of"));
        };
        if !file.is_file() {
            return Err(misuse(format!("there is no file {}", file.display())));
        }
        let engine = start::engine(settings, catalog)?;
        let report = engine.check_file(id, file)?;
        write_report(out, &report, None, args.format)?;
        return finish(settings, &engine, &runtime, exit_of(&report, true));
    }
    let all: Vec<SourceId> = catalog.sources().map(|source| source.id.clone()).collect();
    let named = !args.sources.is_empty();
    let chosen = if named { args.sources.clone() } else { all };
    start::check_contact(settings, &catalog, &chosen)?;
    let engine = start::engine(settings, catalog)?;
    let mut exit = Exit::Done;
    for (n, id) in chosen.iter().enumerate() {
        progress(n, chosen.len(), id);
        let report = runtime.block_on(engine.check(id));
        clear_progress();
        let report = report?;
        write_report(out, &report, None, args.format)?;
        exit = exit.max(exit_of(&report, named));
    }
    finish(settings, &engine, &runtime, exit)
}

/// Sends what became owed.
fn finish(
    settings: &Settings,
    engine: &Engine,
    runtime: &Runtime,
    exit: Exit,
) -> anyhow::Result<Exit> {
    engine.ask(|store| Ok(start::check_sender(settings, store)))??;
    runtime.block_on(engine.deliver())?;
    Ok(exit)
}

/// What a report means for the exit code; `named`: the person asked about this very source.
pub(super) fn exit_of(report: &Report, named: bool) -> Exit {
    match &report.outcome {
        CheckOutcome::Unreachable(_) => Exit::Failed,
        outcome if named && engine::is_refusal(outcome) => Exit::No,
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
