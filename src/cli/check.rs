//! `rulewatch check`: checks sources now, or reads a page saved by hand.

use std::io::{self, Write};
use std::path::Path;

use super::args::{Check, Format, Within};
use super::exit::misuse;
use super::tour::{Unreached, clear_progress, progress, say_skipped, tour};
use super::{Exit, Out, runtime, turn};
use crate::asking;
use crate::checker::{self, Ended, Inside, Order};
use crate::checking::{self, Ending, Report, check_file};
use crate::clock::SystemClock;
use crate::delivering::{deliver, take_over, tell_unwatched};
use crate::doors::{self, Doors};
use crate::model::SourceId;
use crate::render::{Style, check_text, json};
use crate::settings::{Overrides, Settings, called_with, environment};
use crate::turns::{Asker, Job, JobAnswer, Turn, Waited, Whose};

/// The name of this command for those who wait for it.
const CHECK: &str = "rulewatch check";

/// Has another process of this program do what was typed, within a bound of memory. The source whose page ends that
/// process is checked apart from the others, and the rest by a new one.
pub(super) fn outside(
    options: &Overrides,
    args: &Check,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let (runtime, mut exit, mut after) = (runtime()?, Exit::Done, None::<SourceId>);
    loop {
        let within = |note: &Path| {
            let after = after.iter().flat_map(|id| ["--after".into(), id.as_str().into()]);
            ["--note".into(), note.into()].into_iter().chain(after).collect()
        };
        match runtime.block_on(checker::outside(called_with().skip(1), within)) {
            Ok(Ended::Code(code)) => return Ok(exit.max(Exit::of_code(code))),
            Ok(Ended::Lost(Some(id))) if after.as_ref() != Some(&id) => {
                drop(writeln!(
                    io::stderr(),
                    "rulewatch: {id}: the process that read the page ended: it is checked again, in one of its own"
                ));
                exit = exit.max(check_apart(options, args, &id, out)?);
                after = Some(id);
            }
            Ok(Ended::Lost(_)) => anyhow::bail!("the process that did it ended in the middle"),
            Err(error) => {
                tracing::debug!(%error, "the memory of a check is not bounded");
                let none = Within { note: None, after };
                return Ok(exit.max(run(&super::load(options.clone())?, (args, none), out)?));
            }
        }
    }
}

/// Checks a source whose page ended the process that read it.
fn check_apart(
    options: &Overrides,
    args: &Check,
    id: &SourceId,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let settings = Settings::load(options.clone(), &environment)?;
    let _turn = match turn::take(&settings, CHECK)? {
        Whose::Mine(turn) => turn,
        Whose::Daemons => {
            return check_there(
                &settings,
                (args, &Inside::new(None)),
                std::slice::from_ref(id),
                out,
            );
        }
    };
    let page = args.from.as_deref().map(checking::read_file).transpose()?;
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let _entered = runtime.enter();
    let doors = Doors::open(&settings, doors::catalog(&settings)?)?;
    let order = Order::Asked(id.clone(), page);
    let answered = runtime.block_on(checker::apart(&doors, options.clone(), order));
    match (answered.told, answered.ended) {
        (Some(told), _) => {
            Ok(unless_named(turn::print(&told, id.as_str(), args.format, out)?, args))
        }
        (None, Err(error)) => Err(error.into()),
        (None, Ok(_)) => Ok(Exit::Done),
    }
}

pub(super) fn run(
    settings: &Settings,
    (args, within): (&Check, Within),
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    asking::expect_sources(&catalog, &args.sources)?;
    match &args.from {
        Some(file) => check_saved(args, file)?,
        None => {
            let named = Some(args.sources.as_slice()).filter(|named| !named.is_empty());
            doors::check_contact(settings, &catalog, named)?;
        }
    }
    let all = || catalog.sources().map(|source| source.id.clone()).collect();
    let mut chosen = if args.sources.is_empty() { all() } else { args.sources.clone() };
    if let Some(done) = chosen.iter().position(|id| within.after.as_ref() == Some(id)) {
        chosen.drain(..=done);
    }
    let inside = Inside::new(within.note);
    match turn::take(settings, CHECK)? {
        Whose::Mine(turn) => check_here(settings, (args, &inside), &chosen, &turn, out),
        Whose::Daemons if args.first => Err(misuse(
            "the daemon is running, and checks by itself; stop it for a first look at every source, or \
             see `rulewatch status`",
        )),
        Whose::Daemons => check_there(settings, (args, &inside), &chosen, out),
    }
}

/// Checks in this process, and then sends what is due.
fn check_here(
    settings: &Settings,
    (args, inside): (&Check, &Inside),
    chosen: &[SourceId],
    _turn: &Turn,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let _entered = runtime.enter();
    let doors = Doors::open(settings, doors::catalog(settings)?)?;
    if args.from.is_none() {
        doors.fetcher.prepare()?;
    }
    let exit = match (&args.from, chosen) {
        (Some(file), [id]) => {
            inside.begins(id);
            let report = check_file(&doors.checking(), id, file)?;
            write_report(out, &report, None, args.format)?;
            exit_of_report(&report, true)
        }
        _ if args.first => super::first::run((&runtime, inside), &doors, chosen, out)?,
        _ => check_all((&runtime, inside), &doors, (args, chosen), out)?,
    };
    doors::check_sender(settings, &doors.store)?;
    take_over(&doors.store)?;
    // A catalogue that is only tried out says nothing of what is watched.
    if settings.sources.is_none() {
        tell_unwatched(&doors.delivering())?;
    }
    let delivered = runtime.block_on(deliver(&doors.delivering()))?;
    let called = super::hooks::call(&runtime, &doors)?;
    if !called.is_all() {
        // The operator is told by letter of a hook that keeps failing: the check itself went well.
        drop(writeln!(io::stderr(), "rulewatch: {called}; `rulewatch hooks` shows why"));
    }
    if delivered.is_all() {
        return Ok(exit);
    }
    say_unsent(&delivered.to_string());
    Ok(exit.max(Exit::Failed))
}

/// Has the daemon check, and then send what is due. If the daemon ends first, the rest is done here.
fn check_there(
    settings: &Settings,
    (args, inside): (&Check, &Inside),
    chosen: &[SourceId],
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let place = settings.database();
    let catalog = doors::catalog(settings)?;
    let asker = Asker::new(&place, CHECK, doors::store(settings)?, &SystemClock);
    let page = args.from.as_deref().map(checking::read_file).transpose()?;
    let ask = |id: &SourceId| asker.queue(&Job::Check { source: id.clone(), page: page.clone() });
    let asked: Vec<_> = chosen.iter().map(ask).collect::<Result<_, _>>()?;
    let (mut exit, mut unreached) = (Exit::Done, Unreached::default());
    for (n, id) in chosen.iter().enumerate() {
        if unreached.is_everything() {
            say_skipped(chosen.len() - n);
            asked[n..].iter().try_for_each(|job| asker.withdraw(*job))?;
            exit = Exit::Failed;
            break;
        }
        progress(n, chosen.len(), id);
        let waited = asker.wait(asked[n]);
        clear_progress();
        match waited? {
            Waited::Answered(answer) => {
                let (outcome, reason) = ended_of(&answer);
                unreached.take(doors::host(&catalog, id), &outcome, &reason);
                let ended = turn::print(&answer, id.as_str(), args.format, out)?;
                exit = exit.max(unless_named(ended, args));
            }
            Waited::Mine(turn) => {
                for job in &asked[n + 1..] {
                    asker.withdraw(*job)?;
                }
                return Ok(exit.max(check_here(
                    settings,
                    (args, inside),
                    &chosen[n..],
                    &turn,
                    out,
                )?));
            }
        }
    }
    match asker.wait(asker.queue(&Job::Deliver)?)? {
        Waited::Answered(JobAnswer { error: Some(error), .. }) => Err(anyhow::anyhow!(error)),
        Waited::Answered(answer) => match Ending::from_word(&answer.exit) {
            Some(Ending::Done) => Ok(exit),
            _ => {
                say_unsent(&answer.text);
                Ok(exit.max(Exit::Failed))
            }
        },
        // Nothing is left to check: only send what is due.
        Waited::Mine(turn) => Ok(exit.max(check_here(settings, (args, inside), &[], &turn, out)?)),
    }
}

/// The outcome of the check in the daemon's answer, and its reason; empty if the check did not end.
fn ended_of(answer: &JobAnswer) -> (String, String) {
    let line = serde_json::from_str::<serde_json::Value>(&answer.ndjson).unwrap_or_default();
    let of = |name| line[name].as_str().unwrap_or_default().to_owned();
    (of("outcome"), of("reason"))
}

/// Says that letters are still pending, and why.
fn say_unsent(delivered: &str) {
    drop(writeln!(
        io::stderr(),
        "rulewatch: not every letter could be sent: {delivered}; `rulewatch outbox` shows them"
    ));
}

/// "No" is only an answer where a person asked about this very source.
fn unless_named(exit: Exit, args: &Check) -> Exit {
    if exit == Exit::No && args.sources.is_empty() { Exit::Done } else { exit }
}

/// Refuses a saved page unless exactly one source is named and the file exists.
fn check_saved(args: &Check, file: &Path) -> anyhow::Result<()> {
    if args.sources.len() != 1 {
        return Err(misuse("--from reads one page: name the one source it is of"));
    }
    if !file.is_file() {
        return Err(misuse(format!("there is no file {}", file.display())));
    }
    Ok(())
}

/// Checks one source after the other.
fn check_all(
    (runtime, inside): (&tokio::runtime::Runtime, &Inside),
    doors: &Doors,
    (args, chosen): (&Check, &[SourceId]),
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let checking = doors.checking();
    let named = !args.sources.is_empty();
    let ask = |id: &SourceId| {
        inside.begins(id);
        runtime.block_on(checking::check_afresh(&checking, id))
    };
    tour(doors, chosen, ask, |report| {
        write_report(out, &report, None, args.format)?;
        let exit = exit_of_report(&report, named);
        Ok((report.outcome, exit))
    })
}

/// The exit code for a report; `named`: the person asked about this very source.
pub(super) fn exit_of_report(report: &Report, named: bool) -> Exit {
    match report.ending() {
        Ending::No if !named => Exit::Done,
        ending => ending.into(),
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
        Format::Text => writeln!(out, "{}", check_text(&line, Style::Colour)),
        Format::Ndjson => writeln!(out, "{}", json::one_line(&json::check(&line))),
    }
}
