//! `rulewatch show`: one change with its evidence.

use super::args::{Format, Show};
use super::exit::misuse;
use super::{Exit, Out, look, now, start};
use crate::engine;
use crate::render::{ShowInput, json, show};
use crate::settings::Settings;

pub(super) fn run(settings: &Settings, args: &Show, out: &mut dyn Out) -> anyhow::Result<Exit> {
    let store = start::store_to_ask(settings)?;
    let Some(mut change) = store.change(&args.change)? else {
        let id = &args.change;
        return Err(misuse(format!("there is no change `{id}`; `rulewatch log` lists them")));
    };
    let today = now().to_zoned(settings.zone.clone()).date();
    store.mark_due(std::slice::from_mut(&mut change), today)?;
    match args.format {
        Format::Ndjson => writeln!(out, "{}", json::one_line(&json::change(&change)))?,
        Format::Text => {
            let catalog = start::catalog(settings)?;
            let letters = store.deliveries_of(&change.event)?;
            let deliveries: Vec<_> = letters.into_iter().map(|row| row.delivery).collect();
            let wording = engine::wording(&change);
            let input = ShowInput {
                change: &change,
                wording: &wording,
                rules: catalog.rules(),
                deliveries: &deliveries,
            };
            write!(out, "{}", show(&input, &look(&settings.zone)))?;
        }
    }
    Ok(Exit::Done)
}
