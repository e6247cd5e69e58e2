//! `rulewatch run`: the daemon.

use std::thread;
use std::time::Duration;

use super::exit::{misuse, passes};
use super::{Exit, args, runtime};
use crate::checker;
use crate::clock::SystemClock;
use crate::daemon::{self, Opened, Stall};
use crate::doors::{self, Doors, Site};
use crate::settings::{self, Overrides, Settings};
use crate::turns::{self, Turn};

/// How long to wait where the start fails for a reason that passes.
const BETWEEN_STARTS: Duration = Duration::from_secs(2);

pub(super) fn run(settings: &Settings, overrides: &Overrides) -> anyhow::Result<Exit> {
    let stall = stall()?;
    doors::check_contact(settings, &doors::catalog(settings)?, None)?;
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let entered = runtime.enter();
    let (_turn, opened) = patiently(|| open(settings))?;
    let reload = |doors: &Doors| {
        reloaded(doors, overrides).map_err(|error| {
            let words = format!("{error:#}");
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    };
    let ended = runtime.block_on(daemon::run(opened, overrides.clone(), &reload, stall));
    // Do not wait for tasks that still read a page: what they would record is done again.
    drop(entered);
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended?;
    Ok(Exit::Done)
}

/// Takes the turn, and opens everything.
fn open(settings: &Settings) -> anyhow::Result<(Turn, Opened)> {
    let place = settings.database();
    let turn = turns::begin_daemon(&place, &SystemClock, &mut |holder| {
        tracing::info!(holder, "waiting for a command to end");
    })?;
    let doors = Doors::open(settings, doors::catalog(settings)?)?;
    doors::check_sender(settings, &doors.store)?;
    turns::open_queue(&doors.store, doors.clock.now())?;
    let site = Site::open(settings, &doors)?;
    Ok((turn, (doors, site)))
}

/// Does what the start needs, again and again while that fails for a reason that passes. A daemon that ended then would
/// be started a few times in vain, and stay down after the disk has room, or the database is free, once more.
fn patiently<T>(mut start: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut said = None;
    loop {
        let error = match start() {
            Err(error) if passes(&error) => error,
            ended => return ended,
        };
        let why = format!("{error:#}");
        if said.as_ref() != Some(&why) {
            tracing::warn!(error = why, "cannot start yet: trying again");
        }
        daemon::starts_late(&format!("waiting: {why}"));
        said = Some(why);
        thread::sleep(BETWEEN_STARTS);
    }
}

/// `rulewatch checker`: makes the checks of the daemon that started it.
pub(super) fn checks(settings: &Settings, args: &args::Checker) -> anyhow::Result<Exit> {
    checker::bound(args.memory);
    // A signal to all of the service is the daemon's to act on: it lets what is under way finish.
    daemon::outlive_signals();
    let catalog = doors::catalog(settings)?;
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let entered = runtime.enter();
    let doors = Doors::open(settings, catalog)?;
    doors.fetcher.prepare()?;
    let ended = runtime.block_on(checker::work(&doors));
    // Do not wait for tasks that still read a page: the daemon is gone, or needs them no more.
    drop(entered);
    runtime.shutdown_background();
    ended?;
    Ok(Exit::Done)
}

/// The part that hangs on purpose, in a test of the watchdog. No configuration can ask for it, and whoever
/// finds it set is told.
fn stall() -> anyhow::Result<Option<Stall>> {
    let Some(part) = settings::environment("RULEWATCH_STALL") else { return Ok(None) };
    let part = part.to_string_lossy();
    let stall = part.parse().map_err(|error| misuse(format!("RULEWATCH_STALL: {error}")))?;
    tracing::warn!("RULEWATCH_STALL is set, which only tests do: {part} will hang");
    Ok(Some(stall))
}

/// Reads configuration and catalogue again, from the same places as at the start, and opens what they name.
fn reloaded(doors: &Doors, overrides: &Overrides) -> anyhow::Result<Opened> {
    let settings = Settings::load(overrides.clone(), &settings::environment)?;
    for doubt in &settings.doubts {
        tracing::warn!("{doubt}");
    }
    let catalog = doors::catalog(&settings)?;
    doors::check_contact(&settings, &catalog, None)?;
    doors::check_sender(&settings, &doors.store)?;
    let doors = doors.reopen(&settings, catalog)?;
    let site = Site::open(&settings, &doors)?;
    Ok((doors, site))
}
