//! `rulewatch replay`: dated captures of one source through the pipeline, in a scratch database.

use super::args::Replay;
use super::check::{exit_of_report, write_report};
use super::{Exit, Out};
use crate::asking;
use crate::doors;
use crate::replaying::replay;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Replay, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    asking::expect_sources(&catalog, [&args.source])?;
    let mut exit = Exit::Done;
    replay::<anyhow::Error>(catalog, &args.source, &args.dir, &mut |capture, report| {
        write_report(out, report, Some(&capture.name), args.format)?;
        exit = exit.max(exit_of_report(report, true));
        Ok(())
    })?;
    Ok(exit)
}
