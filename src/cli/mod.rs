//! Answers a person: one file a subcommand, each a function from what was typed to an [`Exit`].
//!
//! Commands open what the settings name ([`crate::doors`]), ask one use case, and write to the handle
//! they are given; progress and log lines go to standard error. Output for people and output for
//! programs are two renderings of one value. The error itself says what it means for the exit code
//! ([`crate::model::Advice`]).

mod alerts;
mod args;
mod backup;
mod bounces;
mod captures;
mod check;
mod complete;
mod coverage;
mod demo;
mod doctor;
mod exit;
mod export;
mod facts;
mod first;
mod fit;
mod forget;
mod health;
mod history;
mod hooks;
mod import;
mod journal;
mod log;
mod manual;
mod outbox;
mod pager;
mod repair;
mod replay;
mod review;
mod rules;
mod run;
mod serve;
mod show;
mod sources;
mod status;
mod subscribe;
mod tour;
mod turn;
mod verify;
mod when;

use std::io::{self, IsTerminal, Write};

use clap::Parser;
use jiff::{Timestamp, tz::TimeZone};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use args::{Cli, Command};
pub use exit::Exit;
use exit::{exit_of, misuse};
use fit::Fitted;
use pager::Paged;
use when::moment;

use crate::clock::{Clock, SystemClock};
use crate::model::{Glossary, Language};
use crate::render::{Look, Style};
use crate::settings::{self, Overrides, Settings};

/// The library that asks the system whom it trusts, by its name in the log.
const VERIFIER: &str = "rustls_platform_verifier";

/// Runs the program: parses what was typed, does it, reports what went wrong.
#[must_use]
pub fn main() -> Exit {
    complete::answer();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let failed = error.use_stderr();
            drop(error.print());
            return if failed { Exit::Usage } else { Exit::Done };
        }
    };
    match paged(cli) {
        Ok(exit) => exit,
        // A reader that stops early (`| head`) is not a failure.
        Err(error) if is_closed_pipe(&error) => Exit::Done,
        Err(error) => {
            let exit = exit_of(&error);
            journal::say(tracing::Level::ERROR, &format!("rulewatch: {error:#}"));
            exit
        }
    }
}

/// Does what was asked for; what it shows goes through a pager where it is longer than the screen.
fn paged(cli: Cli) -> anyhow::Result<Exit> {
    let is_asked = cli.command.only_shows() && !cli.no_pager;
    let mut paged = Paged::new(is_asked, &settings::environment);
    let choice = anstream::AutoStream::choice(&io::stdout());
    let mut out = anstream::AutoStream::new(&mut paged as &mut (dyn Write + Send), choice);
    let exit = run(cli, &mut out).and_then(|exit| out.flush().map(|()| exit).map_err(Into::into));
    // Also after an error: the terminal is the pager's until it has been left.
    let left = paged.finish();
    match exit {
        // A pager that failed closed the pipe, not somebody who has read enough.
        Err(error) if is_closed_pipe(&error) => left.map_err(Into::into).and(Err(error)),
        exit => exit.and_then(|exit| left.map(|()| exit).map_err(Into::into)),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run(cli: Cli, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let quiet = !matches!(cli.command, Command::Run | Command::Checker(_) | Command::Serve(_));
    let level = if quiet { tracing::Level::ERROR } else { tracing::Level::INFO };
    let logs = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(level);
    // Why a certificate is not believed is the outcome of a check: that library would say it once more, as an error.
    let but = Targets::new().with_default(level).with_target(VERIFIER, LevelFilter::OFF);
    if journal::is_there(&settings::environment) {
        logs.event_format(journal::Entries::new()).finish().with(but).init();
    } else {
        logs.finish().with(but).init();
    }
    let places = cli.places;
    let overrides =
        Overrides { config: places.config, state: places.state, sources: places.sources };
    match &cli.command {
        Command::Check(args) if cli.within.note.is_none() => {
            return check::outside(&overrides, args, out);
        }
        Command::Demo(args) => return demo::run(args, out),
        Command::Completions(args) => return complete::script(args, out),
        Command::Man(args) => return manual::pages(args),
        _ => {}
    }
    let settings = load(overrides.clone())?;
    match cli.command {
        Command::Demo(_) | Command::Completions(_) | Command::Man(_) => Ok(Exit::Done),
        Command::Run => run::run(&settings, &overrides),
        Command::Checker(args) => run::checks(&settings, &args),
        Command::Serve(args) => serve::run(&settings, &overrides, &args),
        Command::Check(args) => check::run(&settings, (&args, cli.within), out),
        Command::Replay(args) => replay::run(&settings, &args, out),
        Command::Import(args) => import::run(&settings, &args, out),
        Command::Log(args) => log::run(&settings, args, out),
        Command::Show(args) => show::run(&settings, &args, out),
        Command::Facts(args) => facts::run(&settings, &args, out),
        Command::History(args) => history::run(&settings, &args, out),
        Command::Coverage(args) => coverage::run(&settings, &args, out),
        Command::Verify(args) => verify::run(&settings, &args, out),
        Command::Rules(args) => rules::run(&settings, &args, out),
        Command::Impact(args) => rules::impact(&settings, &args, out),
        Command::Sources(args) => sources::run(&settings, args, out),
        Command::Review(args) => review::run(&settings, args, out),
        Command::Subscribe(args) => subscribe::subscribe(&settings, args, out),
        Command::Subscription(args) => subscribe::subscription(&settings, args, out),
        Command::Unsubscribe(args) => subscribe::unsubscribe(&settings, &args, out),
        Command::Forget(args) => forget::run(&settings, &args, out),
        Command::Subscribers(args) => subscribe::list(&settings, args.format, out),
        Command::Presets(args) => subscribe::presets(&settings, &args, out),
        Command::Bounces(args) => bounces::run(&settings, args, out),
        Command::Alerts(args) => alerts::run(&settings, &args, out),
        Command::Hooks(args) => hooks::run(&settings, args, out),
        Command::Outbox(args) => outbox::run(&settings, args, out),
        Command::Status(args) => status::run(&settings, &args, out),
        Command::Doctor(args) => doctor::run(&settings, &args, out),
        Command::Export(args) => export::run(&settings, args, out),
        Command::Backup(args) => backup::backup(&settings, &args, out),
        Command::Restore(args) => backup::restore(&settings, &args, out),
        Command::Audit => backup::audit(&settings, out),
    }
}

/// Reads the configuration, and says what is doubtful in it.
fn load(overrides: Overrides) -> anyhow::Result<Settings> {
    let settings = Settings::load(overrides, &settings::environment)?;
    for doubt in &settings.doubts {
        journal::say(tracing::Level::WARN, &format!("rulewatch: {doubt}"));
    }
    Ok(settings)
}

/// Where a command writes.
pub(crate) trait Out: Write + Send {}

impl<T: Write + Send> Out for T {}

/// Says how many of the rows that were printed are dated ahead of this clock.
fn say_dated_ahead(n_ahead: usize) {
    if n_ahead > 0 {
        let what = "are dated ahead of this clock, and doubtful: it was wrong then or is now";
        drop(writeln!(io::stderr(), "rulewatch: {n_ahead} of these {what}"));
    }
}

/// The moment a command begins.
fn now() -> Timestamp {
    SystemClock.now()
}

/// The layout of text: to the terminal's width, or one row per line.
fn look<'a>(zone: &'a TimeZone, glossary: &'a Glossary) -> Look<'a> {
    // Words that colour alone would mark are marked in characters where there is none.
    let style = match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => Style::Plain,
        _ => Style::Colour,
    };
    Look { width: columns(), style, language: Language::En, zone, glossary }
}

/// The width of the terminal, where there is one.
fn columns() -> Option<usize> {
    let size = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map(|(width, _)| usize::from(width.0))
}

/// A runtime for the commands that fetch or send.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
