//! Turns differences into the changes that are recorded: the rules they touch, how much they matter,
//! their stage and their summary.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::day;
use super::gives::can_give;
use crate::catalog::{Catalog, Source, severity_of};
use crate::diff::words::pieces;
use crate::diff::{Comparison, Delta, taken_back};
use crate::extract::recipe::FactRecipe;
use crate::model::words::shown;
use crate::model::{
    Bilingual, Change, ChangeId, ChangeKind, Dates, EFFECTIVE_ON, EXPIRES_ON, Event, EventId,
    FactKey, FieldName, Fields, Language, Piece, RuleId, Severity, Side, SnapshotId, Stage, Value,
    day_of, record_name,
};
use crate::render::{SummaryParts, summary};

/// What all changes of one check have in common.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The catalogue whose rules they may touch.
    pub catalog: &'a Catalog,
    /// The source.
    pub source: &'a Source,
    /// When the page was fetched.
    pub at: Timestamp,
    /// When the facts were last seen unchanged.
    pub last_unchanged: Option<Timestamp>,
    /// The same for fact sets that have since been held or unreadable.
    pub last_read: &'a BTreeMap<String, Timestamp>,
    /// The page, as proof.
    pub snapshot: &'a SnapshotId,
    /// Today, for the people who read the page.
    pub today: Date,
    /// The date the page gives for itself.
    pub published_on: Option<Date>,
}

impl Seen<'_> {
    /// When a fact set was last seen unchanged.
    fn last_unchanged_of(&self, fact: &FactKey) -> Option<Timestamp> {
        self.last_read.get(fact.as_str()).copied().or(self.last_unchanged)
    }
}

/// Makes the event of a check; `None` when nothing changed.
#[must_use]
pub fn event(seen: &Seen<'_>, comparison: &Comparison) -> Option<Event> {
    let changes: Vec<Change> =
        comparison.deltas.iter().map(|delta| change(seen, delta, comparison)).collect();
    if changes.is_empty() { None } else { Some(unnamed(seen, changes)) }
}

/// An event without its id, which it gets once all its changes are known ([`Event::named`]).
fn unnamed(seen: &Seen<'_>, changes: Vec<Change>) -> Event {
    let source = seen.source.id.clone();
    Event { id: EventId::unnamed(), source, check: None, seen_at: seen.at, changes }
}

/// Adds changes that follow from what was said before, except those about something the event already
/// tells of.
#[must_use]
pub fn with(seen: &Seen<'_>, event: Option<Event>, more: Vec<Change>) -> Option<Event> {
    let told = |change: &Change| {
        event.iter().flat_map(|event| &event.changes).any(|c| c.about() == change.about())
    };
    let more: Vec<Change> = more.into_iter().filter(|change| !told(change)).collect();
    if more.is_empty() {
        return event;
    }
    let mut event = event.unwrap_or_else(|| unnamed(seen, Vec::new()));
    event.changes.extend(more);
    event.changes.sort_by(|a, b| a.about().cmp(&b.about()));
    Some(event)
}

/// The rules that a change of a fact touches.
pub(super) fn rules(seen: &Seen<'_>, fact: &FactKey, field: Option<&FieldName>) -> Vec<RuleId> {
    seen.catalog.touched(fact, field).map(|rule| rule.id.clone()).collect()
}

/// The official link of a source.
pub(super) fn official(source: &Source) -> String {
    source.link(Language::En).to_string()
}

fn change(seen: &Seen<'_>, delta: &Delta, all: &Comparison) -> Change {
    let is_withdrawn = is_withdrawn(seen, delta);
    let other = match (is_old_notice(seen, delta), is_withdrawn) {
        (true, _) => Some(as_notice(delta)),
        (_, true) => Some(taken_back(delta)),
        _ => None,
    };
    let delta = other.as_ref().unwrap_or(delta);
    // Whoever subscribes is told which kinds there can be.
    debug_assert!(
        seen.source.fact(&delta.fact).is_none_or(|fact| can_give(fact, delta.kind)),
        "{} of {}",
        delta.kind.word(),
        delta.fact
    );
    let rules: Vec<_> = seen.catalog.touched(&delta.fact, delta.field.as_ref()).collect();
    let title = title(seen, &delta.fact);
    let moved: Vec<Bilingual> = moves(delta, all)
        .map(|other| {
            let key = other.fact.to_string();
            title_or(self::title(seen, &other.fact), &key)
        })
        .collect();
    let severity = rules.iter().filter_map(|rule| rule.severity).max();
    Change {
        id: ChangeId::unnamed(),
        event: EventId::unnamed(),
        seen_at: seen.at,
        last_seen_unchanged_at: seen.last_unchanged_of(&delta.fact),
        dates: Dates { published_on: seen.published_on, ..delta.dates.clone() },
        stage: if is_withdrawn { Stage::Reversed } else { stage(delta, seen.today) },
        jurisdiction: seen.source.jurisdiction.clone(),
        program: seen.source.program.clone(),
        source: seen.source.id.clone(),
        fact: delta.fact.clone(),
        record: delta.record.clone(),
        field: delta.field.clone(),
        kind: delta.kind,
        old: delta.old.clone(),
        new: delta.new.clone(),
        severity: severity.unwrap_or_else(|| own_severity(delta)),
        rules: rules.iter().map(|rule| rule.id.clone()).collect(),
        summary: summary(&SummaryParts {
            kind: delta.kind,
            fact_type: delta.fact_type,
            fact: &delta.fact,
            title: title.as_ref(),
            source: &seen.source.title,
            record: &delta.record,
            name: name(delta),
            field: delta.field.as_ref(),
            old: delta.old.as_ref(),
            new: delta.new.as_ref(),
            moved: &moved,
            glossary: seen.catalog.glossary(),
        }),
        url: official(seen.source),
        snapshot: seen.snapshot.clone(),
        before: delta.before.clone(),
        after: delta.after.clone(),
    }
}

/// How many days a notice may bear a day before the check that did not see it and still be new.
const LATE: i16 = 14;

/// How many days before that check what it states may have begun, and still be news: a notice that goes further back
/// only recalls it.
const RECALLED: i16 = 90;

/// Whether a record is what an old notice stated that has come to the page, or come back to it: by its day the
/// last check would have seen it. What it stated is perhaps no longer so. Or what a new notice recalls: it has been so
/// for long.
fn is_old_notice(seen: &Seen<'_>, delta: &Delta) -> bool {
    let is_of_notices = seen.source.fact(&delta.fact).is_some_and(FactRecipe::is_of_notices);
    if delta.before.is_some() || !is_of_notices {
        return false;
    }
    let Some(last) = seen.last_unchanged.map(|at| day(seen.source, at)) else { return false };
    let is_before = |day: Option<Date>, by: i16| {
        let late = day.and_then(|day| day.checked_add(jiff::Span::new().days(by)).ok());
        late.is_some_and(|late| late < last)
    };
    is_before(day_of(&delta.record, &delta.whole), LATE)
        || is_before(delta.dates.effective_on, RECALLED)
}

/// Whether a record is what a notice announced for a day to come, and the notice was taken off the page.
fn is_withdrawn(seen: &Seen<'_>, delta: &Delta) -> bool {
    let is_gone = delta.field.is_none() && delta.new.is_none();
    let of_notices = || seen.source.fact(&delta.fact).filter(|fact| fact.is_of_notices());
    let begins = || delta.whole.fields.get(of_notices()?.dates.effective.as_ref()?)?.day();
    is_gone && begins().is_some_and(|day| day > seen.today)
}

/// A new record told as a notice to read, with its fields.
fn as_notice(delta: &Delta) -> Delta {
    let new = Some(Side::Record(delta.whole.fields.clone()));
    Delta { kind: ChangeKind::Notice, field: None, old: None, new, ..delta.clone() }
}

/// What the catalogue calls a fact set.
pub(super) fn title(seen: &Seen<'_>, fact: &FactKey) -> Option<Bilingual> {
    seen.source.title_of(fact, seen.catalog.glossary())
}

/// The title of a fact set, or its key where it has none.
fn title_or(title: Option<Bilingual>, key: &str) -> Bilingual {
    let or_key = |words: String| if words.is_empty() { key.to_owned() } else { words };
    let title = title.unwrap_or_else(|| Bilingual { en: String::new(), fr: String::new() });
    Bilingual { en: or_key(title.en), fr: or_key(title.fr) }
}

/// The differences by which the same occupation joins, or leaves, a sibling list: one whose key differs
/// in one word.
fn moves<'a>(delta: &'a Delta, all: &'a Comparison) -> impl Iterator<Item = &'a Delta> {
    let pair = [ChangeKind::OccupationAdded, ChangeKind::OccupationRemoved];
    let is_of_pair = pair.contains(&delta.kind);
    all.deltas.iter().filter(move |other| {
        is_of_pair
            && pair.contains(&other.kind)
            && other.kind != delta.kind
            && other.record == delta.record
            && is_sibling(&other.fact, &delta.fact)
    })
}

fn is_sibling(a: &FactKey, b: &FactKey) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) =
        (a.as_str().split('.').collect(), b.as_str().split('.').collect());
    a.len() == b.len() && a.iter().zip(&b).filter(|(x, y)| x != y).count() == 1
}

/// Marks changes that go back to what was true before: the two sides of the latest earlier change of
/// the same fact, swapped; or from a value that was announced and never in force. A change that is only
/// announced stays announced, and what is said once more after it was reversed is a change like any other.
pub fn mark_reversed(event: &mut Event, earlier: &[Change]) {
    for change in event.changes.iter_mut().filter(|change| change.stage != Stage::Announced) {
        let of_fact = || earlier.iter().filter(|earlier| earlier.about() == change.about());
        let is_swapped = |before: &Change| {
            says_the_same(before.old.as_ref(), change.new.as_ref())
                && says_the_same(before.new.as_ref(), change.old.as_ref())
        };
        // The change that told what is left now: if it only announced that, it was never in force.
        let told = of_fact().find(|before| is_told_by(change.old.as_ref(), before));
        if told.is_some_and(|told| told.stage == Stage::Announced)
            || of_fact()
                .next()
                .is_some_and(|last| last.stage != Stage::Reversed && is_swapped(last))
        {
            change.stage = Stage::Reversed;
        }
    }
}

/// Whether a change told this value, as the new one or as the one to come.
fn is_told_by(value: Option<&Side>, change: &Change) -> bool {
    match (value, &change.new) {
        (Some(Side::Value(value)), Some(Side::Value(told))) => {
            told.next().map_or(told, |(then, _)| then).same(value)
        }
        _ => false,
    }
}

/// Whether two sides say the same; a record that returns may be worded differently, and without the day beside its name.
fn says_the_same(a: Option<&Side>, b: Option<&Side>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(Side::Value(a)), Some(Side::Value(b))) => a.same(b),
        (Some(Side::Record(a)), Some(Side::Record(b))) => {
            let is_fact = |(name, value): &(&FieldName, &Value)| {
                !matches!(value, Value::Text(_) | Value::List(_))
                    && ![EFFECTIVE_ON, EXPIRES_ON].contains(&name.as_str())
            };
            let facts = |fields: &Fields| fields.iter().filter(is_fact).count();
            facts(a) == facts(b)
                && a.iter()
                    .filter(is_fact)
                    .all(|(name, value)| b.get(name).is_some_and(|other| other.same(value)))
        }
        _ => false,
    }
}

/// What the page calls the record.
fn name(delta: &Delta) -> Option<&str> {
    record_name(&delta.whole.fields)
}

/// A change of wording is information, whatever set it is in; the severity of others follows the set's
/// type.
fn own_severity(delta: &Delta) -> Severity {
    if delta.kind.is_told_as_info() {
        return Severity::Info;
    }
    severity_of(delta.fact_type)
}

/// A page that gives a value from a later day announces it; a page that edits what it said of a draw
/// corrects it.
fn stage(delta: &Delta, today: Date) -> Stage {
    match (delta.kind, delta.dates.effective_on) {
        (ChangeKind::DrawCorrected, _) => Stage::Corrected,
        (_, Some(date)) if date > today => Stage::Announced,
        _ => Stage::InForce,
    }
}

/// Two texts side by side, word by word.
#[must_use]
pub fn words_changed(old: &str, new: &str) -> Vec<Piece> {
    pieces(old, new)
}

/// The changed words of a changed wording, for a letter or the terminal.
#[must_use]
pub fn wording(change: &Change) -> Vec<Piece> {
    let words = |side: Option<&Side>| match side {
        Some(Side::Value(value)) => Some(shown(&value.to_string())),
        Some(Side::Record(_)) | None => None,
    };
    let is_prose = change.kind == ChangeKind::WordingChanged;
    match (words(change.old.as_ref()), words(change.new.as_ref())) {
        (Some(old), Some(new)) if is_prose => pieces(&old, &new),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
