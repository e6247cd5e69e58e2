//! `rulewatch run`: the daemon.

use std::time::Duration;

use super::exit::misuse;
use super::{Exit, args, runtime};
use crate::checker;
use crate::clock::SystemClock;
use crate::daemon::{self, Opened, Stall};
use crate::doors::{self, Doors, Site};
use crate::settings::{self, Overrides, Settings};
use crate::turns;

pub(super) fn run(settings: &Settings, overrides: &Overrides) -> anyhow::Result<Exit> {
    let stall = stall()?;
    let catalog = doors::catalog(settings)?;
    doors::check_contact(settings, &catalog, None)?;
    let clock = SystemClock;
    let place = settings.database();
    let _turn = turns::begin_daemon(&place, &clock, &mut |holder| {
        tracing::info!(holder, "waiting for a command to end");
    })?;
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let entered = runtime.enter();
    let doors = Doors::open(settings, catalog)?;
    doors::check_sender(settings, &doors.store)?;
    let site = Site::open(settings, &doors)?;
    let reload = |doors: &Doors| {
        reloaded(doors, overrides).map_err(|error| {
            let words = format!("{error:#}");
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    };
    let ended = runtime.block_on(daemon::run((doors, site), overrides.clone(), &reload, stall));
    // Do not wait for tasks that still read a page: what they would record is done again.
    drop(entered);
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended?;
    Ok(Exit::Done)
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
