//! `rulewatch run`: the daemon.

use super::{Exit, runtime, start};
use crate::daemon;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let catalog = start::catalog(settings)?;
    let all: Vec<_> = catalog.sources().map(|source| source.id.clone()).collect();
    start::check_contact(settings, &catalog, &all)?;
    let runtime = runtime()?;
    // The mail server's connections belong to the runtime they are made in.
    let _entered = runtime.enter();
    let engine = start::engine(settings, catalog)?;
    engine.ask(|store| Ok(start::check_sender(settings, store)))??;
    runtime.block_on(daemon::run(&engine))?;
    Ok(Exit::Done)
}
