//! `rulewatch sources test --all`: what the recipes read from every page in a folder of captures.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::args::Format;
use super::{Exit, Out, now};
use crate::doors;
use crate::model::Extraction;
use crate::render::{self, inert};
use crate::settings::Settings;
use crate::trying::{self, SavedPage, Trial};

/// How a capture was read, in one word, and why not whole.
struct Read {
    outcome: &'static str,
    why: Option<String>,
    trial: Option<Trial>,
}

/// Reads every capture, a line each; the answer is "no" where one of a known source is not read whole.
pub(super) fn test(
    settings: &Settings,
    folder: &Path,
    format: Format,
    out: &mut dyn Out,
) -> anyhow::Result<Exit> {
    let catalog = doors::catalog(settings)?;
    let (mut n_read, mut n_not, mut n_without) = (0, 0, 0);
    for capture in trying::captures(&catalog, folder, now())? {
        let read = match &capture.source {
            None => Read { outcome: "no_source", why: None, trial: None },
            Some(id) => {
                let page = trying::saved(&catalog, id, &capture.path, now())?;
                match trying::recipe(&catalog, id, &page)? {
                    Err(broken) => {
                        Read { outcome: "broken", why: Some(broken.to_string()), trial: None }
                    }
                    Ok(trial) => {
                        let objection = trial.objection.as_ref();
                        let outcome = objection.map_or("baseline", |objection| objection.outcome);
                        let why = objection.map(|objection| objection.why.clone());
                        Read { outcome, why, trial: Some(trial) }
                    }
                }
            }
        };
        match read.outcome {
            "baseline" => n_read += 1,
            "no_source" => n_without += 1,
            _ => n_not += 1,
        }
        match format {
            Format::Ndjson => writeln!(out, "{}", line(&capture, &read))?,
            Format::Text => writeln!(out, "{}", words(&capture, &read))?,
        }
    }
    if format == Format::Text {
        writeln!(out, "{n_read} read, {n_not} not read whole, {n_without} of no source")?;
    }
    Ok(if n_not > 0 { Exit::No } else { Exit::Done })
}

fn line(capture: &SavedPage, read: &Read) -> Json {
    let extraction = read.trial.as_ref().map(|trial| &trial.extraction);
    let words = extraction.and_then(Extraction::shares).map(|shares| render::json::shares(&shares));
    json!({"type": "capture", "capture": capture.name,
        "source": capture.source.as_ref().map(ToString::to_string),
        "outcome": read.outcome, "reason": read.why,
        "records": extraction.map_or(0, Extraction::records),
        "complaints": extraction.map_or(0, |read| read.complaints.len()), "words": words})
}

fn words(capture: &SavedPage, read: &Read) -> String {
    let source = capture.source.as_ref().map_or("-", |id| id.as_str());
    let name = inert(&capture.name, 160);
    let mut text = format!("{:9}  {source:32}  {name}", read.outcome);
    if let Some(trial) = &read.trial {
        let (records, complaints) = (trial.extraction.records(), trial.extraction.complaints.len());
        let _ = write!(text, "  {records} records, {complaints} complaints");
    }
    if let Some(why) = &read.why {
        let _ = write!(text, "  {}", inert(why, 300));
    }
    text
}
