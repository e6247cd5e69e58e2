//! Mutations of every captured page, and of those written for sources that have no capture: noise
//! must be silent, a rule must be one exact change.
//!
//! The kit changes the *text* of a page, as an editor or a content system would, and reads it with
//! the shipped recipes. The table of source and mutation is printed; a mutation that does not
//! apply to a page (no table to split) says so there, and every mutation must apply somewhere.

mod bars;
mod category;
mod concluded;
mod every;
pub(crate) mod folders;
mod meaning;
mod noise;
mod remainder;
mod replayed;
mod rule;
mod rule_edits;
pub(crate) mod share;
mod sheet;
mod splice;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rulewatch::catalog::{Catalog, Source};
use rulewatch::diff::{self, Delta};
use rulewatch::extract;
use rulewatch::gate::{self, Judgement};
use rulewatch::model::{Extraction, FactType, Facts, Page, Side, SourceId};

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
    /// Wording at info, of what no recipe reads.
    Wording(Vec<String>),
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

/// What is read of a page of which something is known.
fn read_again(source: &Source, body: &[u8], known: &Facts) -> Result<Extraction, String> {
    let page = Page::from_file(source.url.clone(), body.to_vec(), jiff::Timestamp::UNIX_EPOCH);
    extract::facts(&source.recipe, &page, &source.addresses(), known)
        .map_err(|breakage| breakage.to_string())
}

fn read(source: &Source, body: &[u8]) -> Result<Extraction, String> {
    read_again(source, body, &Facts::new())
}

/// What the gate says of a page of which something is known.
fn judged(source: &Source, body: &[u8], known: &Facts) -> Result<Judgement, String> {
    let today = jiff::civil::date(2026, 11, 22);
    let judged = gate::judge(&read_again(source, body, known)?, known, source, today);
    match judged.broken {
        Some(breakage) => Err(breakage.to_string()),
        None => Ok(judged),
    }
}

/// The facts of a first page.
fn first(source: &Source, body: &[u8]) -> Facts {
    judged(source, body, &Facts::new()).unwrap().facts
}

/// Reads the page, then the mutated one, and says what a subscriber would hear.
fn said(source: &Source, before: &[u8], after: &[u8]) -> Said {
    let known = first(source, before);
    let found = match judged(source, after, &known) {
        Ok(judged) => judged,
        Err(breakage) => return Said::Broken(breakage),
    };
    if let Some(reason) = found.held.values().next() {
        return Said::Held(reason.to_string());
    }
    let all = diff::compare(&known, &found.facts).deltas;
    let (rest, deltas): (Vec<Delta>, Vec<Delta>) = all.into_iter().partition(is_of_rest);
    let lost = found.unreadable.iter().find(|u| !is_series(source, &u.fact));
    match lost {
        Some(lost) if deltas.is_empty() => Said::Broken(format!("{lost}: {}", lost.why)),
        _ if !deltas.is_empty() => Said::Changes(deltas.iter().map(line).collect()),
        _ if rest.is_empty() => Said::Silent,
        _ => Said::Wording(rest.iter().map(line).collect()),
    }
}

/// Whether a fact set is a series, which stops nothing.
fn is_series(source: &Source, fact: &str) -> bool {
    let mut series = source.recipe.facts.iter().filter(|set| set.kind == FactType::Series);
    series.any(|set| gate::is_of(fact, &set.key.to_string()))
}

/// Whether it is of what no recipe reads of the page, which is told as wording.
fn is_of_rest(delta: &Delta) -> bool {
    delta.fact.as_str().starts_with("page.")
}

/// Without what no recipe reads of the page.
fn of_facts(mut deltas: Vec<Delta>) -> Vec<Delta> {
    deltas.retain(|delta| !is_of_rest(delta));
    deltas
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
