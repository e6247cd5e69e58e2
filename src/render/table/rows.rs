//! The tables that the commands show, column by column.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{
    CallRow, Change, ChangeId, Complaint, Delivery, DeliveryState, FactKey, Language, Record,
    RecordKey, Retraction, RuleId, Shares, SourceId,
};
use crate::render::Look;
use crate::render::words::{self, short_moment};

use super::paint::of_outcome;
use super::{Cell, LogRow, LogTable, Table};

/// The change log, every change a line.
#[must_use]
pub fn log(
    changes: &[Change],
    retracted: &BTreeMap<ChangeId, Retraction>,
    look: &Look<'_>,
) -> String {
    let mut table = LogTable::new(look, true);
    let row = |change| LogRow {
        change,
        is_imported: false,
        retraction: retracted.get(&change.id),
        short: SHORT_ID,
    };
    let text = table.push(changes.iter().map(row));
    text + &table.finish()
}

/// How much of an id is shown where it is not measured.
const SHORT_ID: usize = 9;

/// A record as a row of a table of facts.
#[derive(Debug, Clone, Copy)]
pub struct FactRow<'a> {
    /// The fact set.
    pub fact: &'a FactKey,
    /// The record's key.
    pub key: &'a RecordKey,
    /// The record.
    pub record: &'a Record,
    /// Since when it is known in this form, if that is asked.
    pub since: Option<Timestamp>,
    /// Its special state: `unreviewed`, `disputed`, a stage. May be empty.
    pub state: &'a str,
}

/// Facts: fact and record, fields, since when, state.
#[must_use]
pub fn facts(rows: &[FactRow<'_>], look: &Look<'_>) -> String {
    let mut table = Table::new(&["FACT", "RECORD", "SINCE", "STATE", "FIELDS"]);
    for row in rows {
        table.row(vec![
            row.fact.as_str().into(),
            row.key.as_str().into(),
            moment(row.since, look).into(),
            row.state.into(),
            words::record_fields(&row.record.fields, look.voice()).into(),
        ]);
    }
    table.render(look)
}

/// A value of a record as a row of its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The fact set and the record.
    pub record: String,
    /// From which day it holds.
    pub holds_from: jiff::civil::Date,
    /// When it was first read so.
    pub seen_at: Timestamp,
    /// When something else was first read.
    pub until: Option<Timestamp>,
    /// What it says.
    pub said: String,
    /// The words on the page, and the page.
    pub proof: String,
}

/// A history: record, from which day it holds, when it was first read, when something else was, what it says,
/// the proof.
#[must_use]
pub fn history(rows: &[HistoryRow], look: &Look<'_>) -> String {
    let head = ["FACT/RECORD", "HOLDS FROM", "FIRST READ", "UNTIL", "SAYS", "PROOF"];
    let mut table = Table::new(&head);
    for row in rows {
        table.row(vec![
            row.record.as_str().into(),
            row.holds_from.to_string().into(),
            short_moment(row.seen_at, look.zone).into(),
            moment(row.until, look).into(),
            row.said.as_str().into(),
            row.proof.as_str().into(),
        ]);
    }
    table.render(look)
}

/// Complaints: fact set, place, the words there, why they cannot be read.
#[must_use]
pub fn complaints(complaints: &[Complaint], look: &Look<'_>) -> String {
    let mut table = Table::new(&["FACT", "PLACE", "WHY", "TEXT"]);
    for complaint in complaints {
        table.row(vec![
            complaint.fact.as_str().into(),
            complaint.place.as_str().into(),
            complaint.why.as_str().into(),
            complaint.text.as_str().into(),
        ]);
    }
    table.render(look)
}

/// A source as a row of `sources list`.
#[derive(Debug, Clone, Copy)]
pub struct SourceRow<'a> {
    /// Its id.
    pub id: &'a SourceId,
    /// Its program.
    pub program: &'a str,
    /// Its jurisdiction.
    pub jurisdiction: &'a str,
    /// How many fact sets its recipe reads.
    pub facts: usize,
    /// What the recipe was verified against: a day, or `structure`.
    pub verified: &'a str,
    /// When it is due next.
    pub next: Option<Timestamp>,
    /// How the words of its page are read, if a page was read.
    pub shares: Option<Shares>,
    /// Its title.
    pub title: &'a str,
}

/// A share of a page's words, in per cent.
fn share(shares: Option<Shares>, of: fn(&Shares) -> usize) -> Cell {
    let shares = shares.filter(|shares| shares.total() > 0);
    let words = shares.map(|shares| format!("{} %", of(&shares) * 100 / shares.total()));
    words.unwrap_or_default().into()
}

/// From this width on there is room for how a page was read, beside what it is.
const ROOMY: usize = 100;

/// The catalogue, with the shares of each page's words that are read as facts, read as clauses, left
/// out as noise, and not read at all.
#[must_use]
pub fn sources(rows: &[SourceRow<'_>], look: &Look<'_>) -> String {
    let head = [
        "SOURCE", "PROGRAM", "WHERE", "FACTS", "VERIFIED", "NEXT", "READ", "CLAUSES", "NOISE",
        "REST", "TITLE",
    ];
    let mut table = Table::new(&head);
    for row in rows {
        // A narrow screen has no room for them: an empty column is left out.
        let shares = row.shares.filter(|_| look.width.is_none_or(|columns| columns >= ROOMY));
        table.row(vec![
            row.id.as_str().into(),
            row.program.into(),
            row.jurisdiction.into(),
            row.facts.into(),
            row.verified.into(),
            moment(row.next, look).into(),
            share(shares, |shares| shares.facts),
            share(shares, |shares| shares.clauses),
            share(shares, |shares| shares.noise),
            share(shares, |shares| shares.rest),
            row.title.into(),
        ]);
    }
    table.render(look)
}

/// A rule, for the list of rules.
#[derive(Debug)]
pub struct RuleRow<'a> {
    /// Its id.
    pub id: &'a RuleId,
    /// Whether it can be relied on, in a few words.
    pub health: String,
    /// Its title.
    pub title: &'a str,
    /// The tools that use it.
    pub tools: String,
}

/// The rules, and whether what each rests on can be relied on.
#[must_use]
pub fn rules(rows: &[RuleRow<'_>], look: &Look<'_>) -> String {
    let mut table = Table::new(match look.language {
        Language::En => &["RULE", "HEALTH", "TITLE", "TOOLS"],
        Language::Fr => &["RÈGLE", "ÉTAT", "TITRE", "OUTILS"],
    });
    for row in rows {
        let cells = [row.id.as_str(), &row.health, row.title, &row.tools];
        table.row(cells.into_iter().map(Cell::from).collect());
    }
    table.render(look)
}

/// The outbox: state, when, tries, recipient (masked), event, delivery, and why it waits or was given
/// up.
#[must_use]
pub fn outbox(letters: &[(Delivery, String)], look: &Look<'_>) -> String {
    let mut table = Table::new(&["STATE", "AT", "TRIES", "TO", "EVENT", "DELIVERY", "WHY"]);
    for (delivery, why) in letters {
        let (at, tries) = match &delivery.state {
            DeliveryState::Due { at, attempts } => (at, attempts.to_string()),
            DeliveryState::Sent { at }
            | DeliveryState::Cancelled { at }
            | DeliveryState::GaveUp { at, .. } => (at, String::new()),
        };
        table.row(vec![
            delivery.state.word().into(),
            short_moment(*at, look.zone).into(),
            tries.into(),
            delivery.to.masked().into(),
            delivery.event.as_ref().map_or("", |event| event.as_str()).into(),
            delivery.id.as_str().into(),
            why.as_str().into(),
        ]);
    }
    table.render(look)
}

/// The calls of hooks, one a row.
#[must_use]
pub fn calls(calls: &[CallRow], look: &Look<'_>) -> String {
    let mut table = Table::new(&["STATE", "AT", "TRIES", "TO", "EVENT", "CALL", "WHY"]);
    for call in calls {
        let (at, tries) = match &call.state {
            DeliveryState::Due { at, attempts } => (at, attempts.to_string()),
            DeliveryState::Sent { at }
            | DeliveryState::Cancelled { at }
            | DeliveryState::GaveUp { at, .. } => (at, String::new()),
        };
        table.row(vec![
            call.state.word().into(),
            short_moment(*at, look.zone).into(),
            tries.into(),
            call.to.as_str().into(),
            call.event.as_str().into(),
            call.id.as_str().into(),
            call.why.as_deref().unwrap_or_default().into(),
        ]);
    }
    table.render(look)
}

/// A source's health.
#[derive(Debug, Clone, Copy)]
pub struct StatusRow<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// How its last check ended, as recorded; `None` before the first.
    pub outcome: Option<&'a str>,
    /// The reason.
    pub reason: Option<&'a str>,
    /// When that check was.
    pub checked_at: Option<Timestamp>,
    /// The last check that read it.
    pub last_good: Option<Timestamp>,
    /// When it is due next.
    pub next: Option<Timestamp>,
    /// Its special state: `stale`, `unreviewed`, `relocated`, `held`. May be empty.
    pub state: &'a str,
}

/// The health of the sources: source, outcome, state, when, last good, next, reason.
#[must_use]
pub fn status(rows: &[StatusRow<'_>], look: &Look<'_>) -> String {
    let head = ["SOURCE", "OUTCOME", "STATE", "CHECKED", "LAST GOOD", "NEXT", "REASON"];
    let mut table = Table::new(&head);
    for row in rows {
        let outcome = row.outcome.map_or_else(
            || Cell::from("never checked"),
            |outcome| Cell::painted(outcome, of_outcome(outcome)),
        );
        table.row(vec![
            row.source.as_str().into(),
            outcome,
            row.state.into(),
            moment(row.checked_at, look).into(),
            moment(row.last_good, look).into(),
            moment(row.next, look).into(),
            row.reason.unwrap_or_default().into(),
        ]);
    }
    table.render(look)
}

fn moment(at: Option<Timestamp>, look: &Look<'_>) -> String {
    at.map(|at| short_moment(at, look.zone)).unwrap_or_default()
}
