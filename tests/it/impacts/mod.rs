//! What a change of a rule, as it happened, must be heard as: the worked impacts, and the traps.
//!
//! Pages are written for the tests, in the markup of their sites, with the values that were
//! published; where a word, a code or the form of a page is made up, the test says so. A page is
//! seen through the shipped catalogue and the whole program. What is heard is one text: how the
//! check ended, then a line for each change: severity, stage, the day it holds from, kind, fact,
//! record and field, old and new, and every rule it touches.

mod alike;
mod captured;
mod commanded;
mod doubted;
mod foreign;
pub(crate) mod lists;
mod marked;
mod mended;
pub(crate) mod pages;
mod reports;
mod shapes;
mod traps;
mod verified;
mod worked;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use rulewatch::checking::Report;
use rulewatch::fetch::Reply;
use rulewatch::model::LogFilter;
use rulewatch::model::{Change, EventId, Page, RuleId, Severity, Side};

use crate::world::World;
use worked::{AAIP, OINP, PILOT_ENDED, fields, thresholds_of_2025};

/// A source under watch.
struct Watch {
    world: World,
    title: &'static str,
    /// What was told last of what no recipe reads.
    rest: Vec<Change>,
}

impl Watch {
    fn of(source: &str, title: &'static str) -> Self {
        Self { world: World::shipped(source), title, rest: Vec::new() }
    }

    /// Sees the page with this content at a moment; a page of canada.ca is stamped with the day.
    fn sees(&mut self, at: &str, text: &str) -> Report {
        let html = pages::page(&self.world.url(), self.title, &at[..10], text);
        self.sees_body(at, html)
    }

    fn sees_body(&mut self, at: &str, body: String) -> Report {
        let at: Timestamp = at.parse().unwrap();
        let reply = Reply::Page(Page::from_file(self.world.url(), body.into_bytes(), at));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut report = runtime.block_on(self.world.see(at, reply)).0;
        // What no recipe reads is told beside the facts, as wording.
        let (facts, rest) = report.changes.into_iter().partition(is_fact);
        report.changes = facts;
        self.rest = rest;
        report
    }

    /// Sees the page for the first time: what it says is no news.
    #[track_caller]
    fn knows(&mut self, at: &str, text: &str) {
        let report = self.sees(at, text);
        assert_eq!(heard(&report), "baseline\n");
        assert_eq!(report.complaints, 0, "every part of the page is read");
    }

    /// Asks for these words among what was told last of what no recipe reads, at info.
    #[track_caller]
    fn says_beside(&self, words: &str) {
        assert!(self.rest.iter().all(|change| change.severity == Severity::Info));
        let says = |change: &Change| format!("{:?}", change.new).contains(words);
        assert!(self.rest.iter().any(says), "{:?}", self.rest);
    }

    /// How many events there were.
    fn events(&self) -> usize {
        let changes = self.world.store().changes(&LogFilter::default()).unwrap();
        let events: BTreeSet<EventId> = changes.into_iter().map(|change| change.event).collect();
        events.len()
    }
}

/// What is heard of a check.
fn heard(report: &Report) -> String {
    let mut text = report.outcome.word().to_owned();
    if let Some(reason) = report.outcome.reason() {
        write!(text, ": {reason}").unwrap();
    }
    text.push('\n');
    for change in &report.changes {
        writeln!(text, "{}", said(change)).unwrap();
    }
    text
}

/// Whether a change is of a fact.
fn is_fact(change: &Change) -> bool {
    !change.fact.as_str().starts_with("page.")
}

pub(crate) fn said(change: &Change) -> String {
    let side = |side: &Option<Side>| match side {
        None => "-".to_owned(),
        Some(Side::Value(value)) => value.to_string().replace('\n', " / "),
        Some(Side::Record(_)) => "record".to_owned(),
    };
    let (severity, stage, kind) = (change.severity.word(), change.stage.word(), change.kind.word());
    let since = change.dates.effective_on.map_or(String::new(), |day| format!(" from {day}"));
    let (fact, record) = (&change.fact, &change.record);
    let field = change.field.as_ref().map_or(String::new(), |field| format!("#{field}"));
    let (old, new) = (side(&change.old), side(&change.new));
    let rules: Vec<&str> = change.rules.iter().map(RuleId::as_str).collect();
    let rules = rules.join(" ");
    format!("{severity} {stage}{since} {kind} {fact}/{record}{field}: {old} > {new} [{rules}]")
}

/// Compares what is heard with what must be, line by line.
#[track_caller]
fn check(report: &Report, lines: &str) {
    let lines: Vec<&str> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(heard(report).lines().collect::<Vec<_>>(), lines);
}

/// A page for each source that is watched without a capture of it, and is tried here.
pub(crate) fn written() -> [(&'static str, String); 10] {
    let pilot = PILOT_ENDED.to_owned();
    let notices = format!("# Updates by date\n{AAIP}\n");
    [
        ("esdc-wage-thresholds", thresholds_of_2025()),
        ("esdc-refusal-to-process", traps::areas_of_april()),
        ("ircc-fee-list", traps::fees_of_2024()),
        ("ircc-pgwp-fields", fields(&[])),
        ("ircc-study-funds", traps::study_funds_of_2024()),
        ("on-oinp-streams", OINP.to_owned()),
        ("ab-aaip-updates", notices),
        ("qc-pilot-ai-it-vfx", pilot.clone()),
        ("qc-pilot-food-processing", pilot.clone()),
        ("qc-pilot-orderlies", pilot),
    ]
}

/// The records of the changes of one kind and fact.
fn records<'a>(report: &'a Report, kind: &str, fact: &str) -> Vec<&'a str> {
    let of_kind =
        report.changes.iter().filter(|c| c.kind.word() == kind && c.fact.as_str() == fact);
    of_kind.map(|change| change.record.as_str()).collect()
}

/// The members of one list that are not on the other, in order.
fn only_in<'a>(one: &'a str, other: &str) -> Vec<&'a str> {
    let other = pages::codes(other);
    let mut only: Vec<&str> =
        pages::codes(one).into_iter().filter(|code| !other.contains(code)).collect();
    only.sort_unstable();
    only
}
