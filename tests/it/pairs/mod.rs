//! A page of every shipped source as it was before a change and after it, and the event that must come of it.
//!
//! A file of `fixtures/pairs` is named by its source, and by the event where a source has several
//! (`SOURCE--EVENT.txt`): the title of the page and the two moments, the page, and what must be heard, with
//! `---` between. What was edited is marked `{-before-}{+after+}`, either of which may be missing. At a third
//! moment the page is as it was before. What is held is fetched again, as a daemon does, until it is released. A page is in light writing (`impacts::pages`), or is whole where its site's own markup, or its
//! format, says more. Amounts, dates and forms are those that the sites had; the pages are written for the
//! tests. Where an area's rate of a quarter was not found, it is that of the quarter beside it.

mod dated;
mod locators;
mod redesigns;
mod rest;
mod shapes;
mod told;
mod year;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::checking::Report;
use rulewatch::extract::recipe::Format;
use rulewatch::fetch::Reply;
use rulewatch::model::Page;

use crate::impacts::{pages, said};
use crate::paper::{self, Paper};
use crate::shipped::shipped;
use crate::world::World;

/// A pair, as its file says it.
struct Pair {
    name: String,
    source: String,
    title: String,
    before: Timestamp,
    later: Vec<Timestamp>,
    text: String,
    heard: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/pairs"))
}

/// All pairs, in the order of their sources.
fn pairs() -> Vec<Pair> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| pair(&file)).collect()
}

fn pair(file: &std::path::Path) -> Pair {
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let source = name.split("--").next().unwrap().to_owned();
    let text = fs::read_to_string(file).unwrap();
    let parts: Vec<&str> = text.splitn(3, "\n---\n").collect();
    let [head, page, heard] = parts[..] else { panic!("{name}: a pair has three parts") };
    let head: Vec<&str> = head.lines().collect();
    let [title, before, later @ ..] = &head[..] else { panic!("{name}: a title and moments") };
    assert!(matches!(later.len(), 1 | 2), "{name}: two moments or three");
    let at = |text: &&str| -> Timestamp { text.parse().unwrap_or_else(|e| panic!("{name}: {e}")) };
    Pair {
        title: (*title).to_owned(),
        before: at(before),
        later: later.iter().map(at).collect(),
        text: page.to_owned(),
        heard: heard.lines().map(str::to_owned).collect(),
        name,
        source,
    }
}

/// The page with one side of every edit. A line that is an edit alone is there on its side only. A page may be
/// that of another test, `@use FILE`, with what is edited on the lines behind: `before => after`; a line that begins
/// with `before: ` says how the page before differs from the file.
fn side(text: &str, after: bool) -> String {
    if let Some(used) = text.strip_prefix("@use ") {
        let (name, edits) = used.split_once('\n').unwrap();
        let file = folder().parent().unwrap().join(name);
        let page = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let of_this_side = |edit: &&str| edit.starts_with(BEFORE) != after;
        return edits.lines().filter(of_this_side).fold(page, |page, edit| {
            let edit = edit.trim_start_matches(BEFORE);
            let (old, new) = edit.split_once(" => ").unwrap_or_else(|| panic!("{edit}"));
            assert!(page.contains(old), "{name} does not say {old}");
            page.replacen(old, &new.replace("\\n", "\n"), 1)
        });
    }
    let marked = one_side(text, after);
    let lines = marked.lines().filter(|line| *line != DROPPED);
    lines.map(|line| line.replace(DROPPED, "")).collect::<Vec<_>>().join("\n")
}

/// Begins an edit of the page before.
const BEFORE: &str = "before: ";

/// Stands where the other side of an edit was.
const DROPPED: &str = "\u{1}";

fn one_side(text: &str, after: bool) -> String {
    let (kept, dropped) = if after { ("{+", "{-") } else { ("{-", "{+") };
    let end = |mark: &str| if mark == "{+" { "+}" } else { "-}" };
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (plain, edit) = rest.split_at(at);
        out.push_str(plain);
        if let Some(inner) = edit.strip_prefix(kept) {
            let (words, behind) = inner.split_once(end(kept)).expect("an edit ends");
            out.push_str(words);
            rest = behind;
        } else if let Some(inner) = edit.strip_prefix(dropped) {
            out.push_str(DROPPED);
            rest = inner.split_once(end(dropped)).expect("an edit ends").1;
        } else {
            out.push('{');
            rest = &edit[1..];
        }
    }
    out + rest
}

/// The bytes of a page of a source, in the markup of its site or in its format.
fn body(source: &Source, title: &str, day: &str, text: &str) -> Vec<u8> {
    match source.recipe.format {
        Format::Html if !text.starts_with("<!DOCTYPE") => {
            pages::page(&source.url, title, day, text).into_bytes()
        }
        Format::Pdf => {
            let mut page = String::new();
            for (n, line) in text.lines().enumerate() {
                let cells = line.split(" | ").enumerate();
                cells.for_each(|(column, words)| {
                    page.push_str(&paper::words(40 + 170 * column, 60 + 14 * n, words));
                });
            }
            Paper::new().page(&page).bytes()
        }
        _ => text.as_bytes().to_vec(),
    }
}

/// Shows a source a side of its page.
fn see(world: &mut World, source: &Source, pair: &Pair, (at, after): (Timestamp, bool)) -> Report {
    let day = at.to_string();
    let body = body(source, &pair.title, &day[..10], &side(&pair.text, after));
    let reply = Reply::Page(Page::from_file(source.url.clone(), body, at));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(world.see(at, reply)).0
}

/// What is wrong with a pair, if something is.
fn fault(catalog: &Catalog, pair: &Pair) -> Option<String> {
    let source = catalog.sources().find(|source| source.id.as_str() == pair.source);
    let Some(source) = source else { return Some("there is no such source".to_owned()) };
    let mut world = World::under(&pair.source, vec![catalog.clone()]);
    let first = see(&mut world, source, pair, (pair.before, false));
    let first = (first.outcome.word(), first.outcome.reason(), first.complaints);
    // Some pages are cut down to the parts around the change: the other sets are not read, and say so.
    let is_cut = pair.heard.first().is_some_and(|outcome| outcome == "partial");
    let is_read = matches!(first, ("baseline", _, 0)) || (is_cut && first.0 == "partial");
    if !is_read {
        let lost = doubts(catalog, source, pair);
        return Some(format!("the page before is not read: {first:?}\n{lost}"));
    }
    let (mut heard, mut event) = (Vec::new(), None);
    for (n, at) in pair.later.iter().enumerate() {
        for minutes in [0, 5, 25] {
            let at = *at + jiff::SignedDuration::from_mins(minutes);
            let report = see(&mut world, source, pair, (at, n % 2 == 0));
            if let Err(fault) = hear(&report, is_cut, &mut heard) {
                return Some(fault);
            }
            event = report.changes.first().cloned().or(event);
            if report.outcome.word() != "held" {
                break;
            }
        }
    }
    if heard != pair.heard {
        return Some(heard.join("\n"));
    }
    told::fault(&world, &event?)
}

/// Adds what is heard of a check. All its changes are one event; what moves all the time is recorded, and is none.
fn hear(report: &Report, is_cut: bool, heard: &mut Vec<String>) -> Result<(), String> {
    heard.push(report.outcome.word().to_owned());
    heard.extend(report.outcome.reason().filter(|_| !is_cut).map(|why| format!("because {why}")));
    heard.extend(report.changes.iter().map(said));
    heard.extend(report.updates.iter().map(|(fact, count)| format!("updates {fact}: {count}")));
    let events: BTreeSet<_> = report.changes.iter().map(|change| &change.event).collect();
    let is_heard = !(report.changes.is_empty() && report.updates.is_empty());
    let is_right = events.len() == usize::from(!report.changes.is_empty());
    let is_held = report.outcome.word() == "held";
    if is_right && (is_heard || is_held) {
        return Ok(());
    }
    Err(format!("{} events\n{}", events.len(), heard.join("\n")))
}

/// Why the page before is not read whole.
fn doubts(catalog: &Catalog, source: &Source, pair: &Pair) -> String {
    let text = side(&pair.text, false);
    let body = body(source, &pair.title, "2026-01-01", &text);
    let page = Page::from_file(source.url.clone(), body, pair.before);
    match rulewatch::trying::recipe(catalog, &source.id, &page).unwrap() {
        Err(breakage) => breakage.to_string(),
        Ok(trial) => format!("{:?}\n{:?}", trial.objection, trial.extraction.complaints),
    }
}

#[test]
fn every_pair_gives_its_event_and_nothing_else() {
    let (catalog, pairs) = (shipped(), pairs());
    let told = |pairs: &[Pair]| -> Vec<String> {
        let told = |pair: &Pair| Some(format!("=== {}\n{}", pair.name, fault(&catalog, pair)?));
        pairs.iter().filter_map(told).collect()
    };
    // Each page compiles the patterns of its recipe: two of them at a time.
    let (half, rest) = pairs.split_at(pairs.len() / 2);
    let faults = std::thread::scope(|scope| {
        let half = scope.spawn(|| told(half));
        let rest = told(rest);
        [half.join().unwrap(), rest].concat()
    });
    assert!(faults.is_empty(), "{} pairs\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_will_be_closed_is_not_closed_yet() {
    let (catalog, pairs) = (shipped(), pairs());
    for (id, stream) in [
        ("on-oinp-foreign-worker", "The Foreign Worker stream"),
        ("ab-aaip-opportunity", "The Alberta Opportunity Stream"),
        ("pe-occupations-in-demand", "This stream"),
        ("sk-sinp-express-entry", "The Express Entry sub-category"),
        ("sk-sinp-oid", "The Occupations In-Demand sub-category"),
    ] {
        let source = catalog.sources().find(|source| source.id.as_str() == id).unwrap();
        let pair = pairs.iter().find(|pair| pair.name == id).unwrap();
        let status = |more: &str| {
            let text = format!("{}\n{more}", side(&pair.text, false));
            let html = String::from_utf8(body(source, &pair.title, "2026-01-01", &text)).unwrap();
            let streams = redesigns::reads(&catalog, source, &html, pair).into_iter();
            streams.filter(|(key, _)| key.contains(".stream")).collect::<Vec<_>>()
        };
        let open = status("");
        assert!(!open.is_empty(), "{id}");
        let later = status(&format!("{stream} will be closed on May 1, 2027."));
        let (of, then) = (format!("{later:?}"), "then: Text(\\\"closed\\\"), from: 2027-05-01");
        assert!(
            later == open || of.contains("now: Text(\\\"open\\\")") && of.contains(then),
            "{of}"
        );
        assert_ne!(status(&format!("{stream} is closed.")), open, "{id}");
    }
}

#[test]
fn every_shipped_source_has_a_pair() {
    let known: BTreeSet<String> = pairs().into_iter().map(|pair| pair.name).collect();
    let catalog = shipped();
    let shipped: BTreeSet<String> = catalog.sources().map(|source| source.id.to_string()).collect();
    let without: Vec<&String> = shipped.difference(&known).collect();
    assert!(without.is_empty(), "without a pair: {without:#?}");
}
