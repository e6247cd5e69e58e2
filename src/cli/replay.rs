//! `rulewatch replay`: dated captures of one source through the pipeline, in a scratch database.

use std::io::{self, Write as _};

use super::args::Replay;
use super::check::{exit_of_report, write_report};
use super::{Exit, Out};
use crate::asking;
use crate::doors;
use crate::render::inert;
use crate::replaying::{ReplayError, captures, replay};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Replay, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    asking::expect_sources(&catalog, [&args.source])?;
    let captures = captures(&args.dir).map_err(ReplayError::from)?;
    say_passed_over(&captures.passed_over);
    let mut exit = Exit::Done;
    replay::<anyhow::Error>(catalog, &args.source, &captures, &mut |capture, report| {
        write_report(out, report, Some(&capture.name), args.format)?;
        exit = exit.max(exit_of_report(report, true));
        Ok(())
    })?;
    Ok(exit)
}

/// Says which files of a folder are no captures.
pub(super) fn say_passed_over(files: &[String]) {
    for file in files {
        drop(writeln!(
            io::stderr(),
            "rulewatch: {} is passed over: a capture is named YYYY-MM-DDTHHMM[SS][__label].ext, in UTC",
            inert(file, 100)
        ));
    }
}
