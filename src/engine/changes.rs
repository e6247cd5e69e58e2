//! From differences to the changes that are recorded: what they touch, how much they matter, how
//! far they have come, and what they are called.

use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};

use crate::catalog::{Catalog, Source, severity_of};
use crate::diff::{Comparison, Delta};
use crate::model::{
    Change, ChangeId, ChangeKind, Dates, Event, EventId, FieldName, Language, Severity, SnapshotId,
    Stage, Value,
};
use crate::render::{SummaryParts, summary};

/// What all changes of one check have in common.
pub(super) struct Seen<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) source: &'a Source,
    pub(super) at: Timestamp,
    pub(super) last_unchanged: Option<Timestamp>,
    pub(super) snapshot: &'a SnapshotId,
    /// The day it is for the people who read the page.
    pub(super) today: Date,
}

/// Makes the event of a check; `None` when nothing changed.
pub(super) fn event(seen: &Seen<'_>, comparison: &Comparison) -> Option<Event> {
    let source = &seen.source.id;
    let id = EventId::parse(&token("e", &[source.as_str(), &seen.at.to_string()])).ok()?;
    let changes: Vec<Change> =
        comparison.deltas.iter().filter_map(|delta| change(seen, &id, delta)).collect();
    if changes.is_empty() {
        return None;
    }
    Some(Event { id, source: source.clone(), check: None, seen_at: seen.at, changes })
}

/// An id made of what it names, so that a check done again after a crash gives it again.
fn token(letter: &str, parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    let hex: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{letter}{hex}")
}

fn change(seen: &Seen<'_>, event: &EventId, delta: &Delta) -> Option<Change> {
    let field = delta.field.as_ref().map(FieldName::as_str).unwrap_or_default();
    let parts =
        [event.as_str(), delta.fact.as_str(), delta.record.as_str(), field, delta.kind.word()];
    let rules: Vec<_> = seen.catalog.touched(&delta.fact, delta.field.as_ref()).collect();
    let title = seen.source.fact(&delta.fact).and_then(|fact| fact.title_of(&delta.fact));
    let severity = rules.iter().filter_map(|rule| rule.severity).max();
    Some(Change {
        id: ChangeId::parse(&token("c", &parts)).ok()?,
        event: event.clone(),
        seen_at: seen.at,
        last_seen_unchanged_at: seen.last_unchanged,
        dates: Dates { effective_on: delta.effective_on, ..Dates::default() },
        stage: stage(delta, seen.today),
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
        }),
        url: seen.source.link(Language::En).to_string(),
        snapshot: seen.snapshot.clone(),
        before: delta.before.clone(),
        after: delta.after.clone(),
    })
}

/// What the page calls the record.
fn name(delta: &Delta) -> Option<&str> {
    ["title", "name", "label"].iter().find_map(|field| {
        let (_, value) = delta.whole.fields.iter().find(|(name, _)| name.as_str() == *field)?;
        match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    })
}

/// A change of wording is information, whatever set it is in; the rest follows the set's type.
fn own_severity(delta: &Delta) -> Severity {
    match delta.kind {
        ChangeKind::WordingChanged | ChangeKind::Notice => Severity::Info,
        _ => severity_of(delta.fact_type),
    }
}

/// A page that states a value from a later day on announces it; one that edits what it had stated
/// of a draw corrects it.
fn stage(delta: &Delta, today: Date) -> Stage {
    match (delta.kind, delta.effective_on) {
        (ChangeKind::DrawCorrected, _) => Stage::Corrected,
        (_, Some(date)) if date > today => Stage::Announced,
        _ => Stage::InForce,
    }
}
