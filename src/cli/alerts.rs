//! `rulewatch alerts`: the letter that a change gives, and a letter that tests whether letters arrive.

use std::fs;

use anyhow::Context as _;

use super::args::{Alerts, AlertsAction};
use super::exit::misuse;
use super::{Exit, Out, now, runtime};
use crate::doors;
use crate::model::Language;
use crate::previewing::{For, preview, send_test};
use crate::settings::Settings;
use crate::subscribing;

pub(super) fn run(settings: &Settings, args: &Alerts, out: &mut dyn Out) -> anyhow::Result<Exit> {
    match &args.action {
        AlertsAction::Preview { change, to, lang, html } => {
            let store = doors::to_ask(settings)?;
            let catalog = doors::catalog(settings)?;
            let by = doors::correspondence(settings);
            let whom = match to {
                Some(address) => For::Reader(address.clone()),
                None => For::Anybody(lang.unwrap_or(Language::En)),
            };
            let letter = preview(&store, (&catalog, &by), change, &whom)?;
            if let Some(file) = html {
                fs::write(file, &letter.html)
                    .with_context(|| format!("writing the letter to {}", file.display()))?;
            }
            writeln!(out, "Subject: {}\n\n{}", letter.subject, letter.text.trim_end())?;
        }
        AlertsAction::Test { address, lang } => {
            // Where there is no database yet, nobody has left it.
            if let Ok(store) = doors::to_ask(settings)
                && let Some(day) = subscribing::has_left(&store, address)?
            {
                let address = address.as_str();
                return Err(misuse(format!(
                    "{address} left on {day}, and nobody is written to who has left, not as a test either: send it to \
                     another address"
                )));
            }
            let by = doors::correspondence(settings);
            let runtime = runtime()?;
            let _entered = runtime.enter();
            let post = doors::post(settings)?;
            let sent = send_test((&by, &post), address, *lang, now());
            let answer = runtime.block_on(sent)?;
            writeln!(out, "sent to {}: {answer}", address.as_str())?;
        }
    }
    Ok(Exit::Done)
}
