//! `rulewatch bounces`: the letters that came back.

use super::args::{Bounces, BouncesAction};
use super::{Exit, Out, now};
use crate::delivering::{bouncing, pause_bouncing, read_reports, resume};
use crate::doors;
use crate::render::inert;
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: Bounces, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match args.action.unwrap_or(BouncesAction::List) {
        BouncesAction::List => list(settings, out),
        BouncesAction::Read { paths } => {
            let store = doors::store(settings)?;
            for path in &paths {
                let read = read_reports(&store, path, now())?;
                writeln!(
                    out,
                    "{}: {} letters refused for good, {} for now; {} reports known already, {} messages about \
                     no letter of ours",
                    path.display(),
                    read.hard,
                    read.soft,
                    read.known,
                    read.others,
                )?;
            }
            for reader in pause_bouncing(&store, &doors::correspondence(settings), now())? {
                writeln!(
                    out,
                    "{} is paused: {} letters came back",
                    reader.address.masked(),
                    reader.n_letters
                )?;
            }
            Ok(Exit::Done)
        }
        BouncesAction::Resume { address } => {
            match resume(&doors::store(settings)?, &address, now())? {
                None => {
                    writeln!(out, "{} is not paused", address.as_str())?;
                    Ok(Exit::No)
                }
                Some(waited) => {
                    writeln!(
                        out,
                        "{} gets letters again; events that waited for them: {waited}",
                        address.as_str()
                    )?;
                    Ok(Exit::Done)
                }
            }
        }
    }
}

fn list(settings: &Settings, out: &mut dyn Out) -> anyhow::Result<Exit> {
    for reader in bouncing(&doors::to_ask(settings)?, now())? {
        let on = reader.paused_at.map(|at| at.to_zoned(settings.zone.clone()).date());
        writeln!(
            out,
            "{}  {} letters came back{}; the last: {}",
            reader.address.as_str(),
            reader.n_letters,
            on.map(|on| format!("; paused on {on}")).unwrap_or_default(),
            inert(&reader.why, 160),
        )?;
    }
    Ok(Exit::Done)
}
