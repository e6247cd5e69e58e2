//! Mutations of every captured page, and of those written for sources that have no capture: noise
//! must be silent, a rule must be one exact change.
//!
//! The kit changes the *text* of a page, as an editor or a content system would, and reads it with
//! the shipped recipes. The table of source and mutation is printed; a mutation that does not
//! apply to a page (no table to split) says so there, and every mutation must apply somewhere.

mod every;
pub(crate) mod folders;
mod noise;
mod rule;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rulewatch::catalog::{Catalog, Source};
use rulewatch::diff::{self, Delta};
use rulewatch::extract;
use rulewatch::gate::{self, Judgement};
use rulewatch::model::{Extraction, FactType, Page, Side, SourceId};

use crate::{impacts, left_out};

/// One page.
struct Captured {
    source: Source,
    name: String,
    text: String,
}

/// The newest capture of each folder, or nothing where there are no captures.
fn pages(test: &str) -> Vec<Captured> {
    let Some(root) = left_out::captures(test) else { return Vec::new() };
    let catalog = Catalog::shipped().unwrap();
    let page = |(id, folder): (&str, &str)| {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|file| !file.ends_with("_labels.csv"));
        files.sort();
        let file = files.pop().unwrap();
        Captured {
            source: catalog.source(&SourceId::parse(id).unwrap()).unwrap().clone(),
            name: folder.to_owned(),
            text: std::fs::read_to_string(file).unwrap(),
        }
    };
    folders::FOLDERS.into_iter().map(page).collect()
}

/// What came of reading a mutated page after the page itself.
#[derive(Debug, PartialEq)]
enum Said {
    Silent,
    Broken(String),
    Held(String),
    Changes(Vec<String>),
}

/// The pages written for sources that have no capture.
fn written() -> Vec<Captured> {
    let catalog = Catalog::shipped().unwrap();
    let page = |(id, text): (&str, String)| {
        let source = catalog.source(&SourceId::parse(id).unwrap()).unwrap().clone();
        let text = impacts::pages::page(&source.url, &source.title.en, "2026-11-20", &text);
        Captured { source, name: id.to_owned(), text }
    };
    impacts::written().into_iter().map(page).collect()
}

fn read(source: &Source, body: &[u8]) -> Result<Extraction, String> {
    let page = Page::from_file(source.url.clone(), body.to_vec(), jiff::Timestamp::UNIX_EPOCH);
    extract::facts(&source.recipe, &page, &source.addresses())
        .map_err(|breakage| breakage.to_string())
}

/// Reads the page, then the mutated one, and says what a subscriber would hear.
fn said(source: &Source, before: &[u8], after: &[u8]) -> Said {
    let known = read(source, before).unwrap().facts;
    let found = match read(source, after) {
        Ok(extraction) => gate::settle(extraction, &known),
        Err(breakage) => return Said::Broken(breakage),
    };
    match gate::judge(&found, &known, source) {
        Judgement::Broken(breakage) => Said::Broken(breakage.to_string()),
        Judgement::Hold(reason) => Said::Held(reason.to_string()),
        Judgement::Accept => {
            let deltas = diff::compare(&known, &found.facts).deltas;
            if deltas.is_empty() {
                Said::Silent
            } else {
                Said::Changes(deltas.iter().map(line).collect())
            }
        }
    }
}

/// A difference as a line: kind, fact, record, field, old and new.
fn line(delta: &Delta) -> String {
    let side = |side: &Option<Side>| match side {
        None => "-".to_owned(),
        Some(Side::Value(value)) => value.to_string().replace('\n', " / "),
        Some(Side::Record(_)) => "record".to_owned(),
    };
    let field = delta.field.as_ref().map_or(String::new(), |field| format!(".{field}"));
    let (kind, fact, record) = (delta.kind.word(), &delta.fact, &delta.record);
    format!("{kind} {fact} {record}{field}: {} > {}", side(&delta.old), side(&delta.new))
}

/// Whether a source has facts that can alert at all.
fn alerts(source: &Source) -> bool {
    source.recipe.facts.iter().any(|fact| fact.kind != FactType::Series)
}

/// The table of page and mutation, printed by every run that asks for output.
#[expect(clippy::print_stdout, reason = "the table is what the run is asked for")]
fn print(title: &str, table: &BTreeMap<String, Vec<(String, &'static str)>>) {
    println!("{title}");
    for (page, cells) in table {
        let cells: Vec<String> =
            cells.iter().map(|(name, cell)| format!("{name}={cell}")).collect();
        println!("  {page:32} {}", cells.join(" "));
    }
}
