//! `rulewatch show`: one change with its evidence.

use super::args::{Format, Show};
use super::{Exit, Out, look, now};
use crate::asking;
use crate::doors;
use crate::render::{ShowInput, json, show};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Show, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let known = doors::to_ask(settings)?;
    let today = now().to_zoned(settings.zone.clone()).date();
    let change = asking::change(&known, &args.change, today)?;
    match args.format {
        Format::Ndjson => {
            let retracted = asking::retractions(&known)?;
            let object = json::logged(&change, retracted.get(&change.id), false);
            writeln!(out, "{}", json::one_line(&object))?;
        }
        Format::Text => {
            let catalog = doors::catalog(settings)?;
            let about = asking::about(&known, &catalog, &change)?;
            let input = ShowInput {
                change: &change,
                wording: &about.wording,
                rules: &about.rules,
                deliveries: &about.letters,
                retraction: about.retraction.as_ref(),
            };
            write!(out, "{}", show(&input, &look(&settings.zone, catalog.glossary())))?;
        }
    }
    Ok(Exit::Done)
}
