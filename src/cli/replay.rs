//! `rulewatch replay`: dated captures of one source through the pipeline, in a scratch database.

use std::sync::Arc;

use anyhow::Context as _;

use super::args::Replay;
use super::check::{exit_of, write_report};
use super::exit::misuse;
use super::{Exit, Out, start};
use crate::clock::SetClock;
use crate::convert::Converter;
use crate::engine::{Confirmation, Correspondence, Engine, Parts, Trust, captures};
use crate::fetch::{Fetcher, Recorded};
use crate::mail::{Memory, Post};
use crate::settings::Settings;
use crate::store::Store;

pub(super) fn run(settings: &Settings, args: &Replay, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let catalog = start::catalog(settings)?;
    if catalog.source(&args.source).is_none() {
        let id = &args.source;
        return Err(misuse(format!(
            "there is no source `{id}`; `rulewatch sources list` shows all"
        )));
    }
    let captures = captures(&args.dir)?;
    let scratch = tempfile::tempdir().context("making a folder for the scratch database")?;
    let clock = Arc::new(SetClock::new(captures[0].at));
    let engine = Engine::new(Parts {
        catalog,
        store: Store::open(scratch.path())?,
        fetcher: Fetcher::Recorded(Recorded::default()),
        converter: Converter::default(),
        post: Post::Memory(Memory::default()),
        clock: Arc::clone(&clock) as Arc<dyn crate::clock::Clock>,
        confirmation: Confirmation::by_next_page(),
        correspondence: Correspondence {
            from: settings.mail.from.clone(),
            from_name: String::new(),
            sender: None,
            leave: None,
            operator: None,
            language: settings.operator.language,
            zone: settings.zone.clone(),
        },
        mirror: None,
        trust: Trust::Everything,
    });
    let mut exit = Exit::Done;
    for capture in &captures {
        clock.set(capture.at);
        let report = engine.replay(&args.source, capture)?;
        write_report(out, &report, Some(&capture.name), args.format)?;
        exit = exit.max(exit_of(&report, true));
    }
    Ok(exit)
}
