//! The substance of a letter in one line.

use crate::model::{Bilingual, Change, ChangeKind, FactKey, Language, text::excerpt};
use crate::render::inert;
use crate::render::words::{self, counted, counted_after, say};

use super::input::LetterInput;

/// The longest subject, in characters; with an ellipsis, 100. That is about as much as a list of
/// letters shows.
pub(super) const LONGEST: usize = 99;

/// The longest headline: a page has more room.
pub(super) const LONGEST_HEADLINE: usize = 300;

/// The change itself, or a count of the changes, or the most severe one and how many more.
///
/// A change that is not simply in force begins with its stage.
pub(super) fn subject(input: &LetterInput<'_>) -> String {
    told(input, "", LONGEST)
}

/// The same for the top of the letter.
pub(super) fn headline(input: &LetterInput<'_>) -> String {
    told(input, "", LONGEST_HEADLINE)
}

/// The substance in at most so many characters, after words on what letter it is.
pub(super) fn told(input: &LetterInput<'_>, begins: &str, longest: usize) -> String {
    let Some(lead) = lead(input.changes) else { return "rulewatch".to_owned() };
    let prefix = format!("{begins}{}", input.prefix(lead));
    let same_stage = input.changes.iter().all(|change| change.stage == lead.stage);
    match counts(input) {
        Some(counts) if same_stage => excerpt(&format!("{prefix}{counts}"), longest),
        Some(_) | None => {
            let summary = |more: &str| {
                let room = longest - 2 - more.chars().count() - prefix.chars().count();
                words::summary(lead, input.language, room)
            };
            let more = more(input.changes.len() - 1, input.language);
            // What the others are is said only where the change itself loses nothing by it.
            let more = others(input, lead)
                .filter(|others| summary(others) == summary(&more))
                .unwrap_or(more);
            format!("{prefix}{}{more}", summary(&more))
        }
    }
}

/// The most severe change; among equals, the first.
pub(super) fn lead<'a>(changes: &[&'a Change]) -> Option<&'a Change> {
    let weight = changes.iter().map(|change| change.severity).max()?;
    changes.iter().find(|change| change.severity == weight).copied()
}

/// What the other changes are than the one that a subject names, where all are of one other kind.
fn others(input: &LetterInput<'_>, lead: &Change) -> Option<String> {
    let others = input.changes.iter().filter(|change| !std::ptr::eq(**change, lead));
    let kinds: Vec<ChangeKind> = others.map(|change| change.kind).collect();
    let kind = *kinds.first()?;
    let is_other = kind != lead.kind && kinds.iter().all(|other| *other == kind);
    let and = say(input.language, "and", "et");
    is_other.then(|| format!(" ({and} {})", counted(kinds.len(), kind, input.language)))
}

/// What a subject ends with that names one of several.
pub(super) fn more(n: usize, language: Language) -> String {
    match (n, language) {
        (0, _) => String::new(),
        (n, Language::En) => format!(" (and {n} more)"),
        (1, Language::Fr) => " (et 1 autre)".to_owned(),
        (n, Language::Fr) => format!(" (et {n} autres)"),
    }
}

/// `Express Entry, STEM: 19 occupations removed, 6 added`, if every change is a record of one source
/// that came or went. A changed value is better told by itself than counted.
fn counts(input: &LetterInput<'_>) -> Option<String> {
    let mut kinds: Vec<(ChangeKind, usize)> = Vec::new();
    for change in input.changes {
        match kinds.iter_mut().find(|(kind, _)| *kind == change.kind) {
            Some((_, n)) => *n += 1,
            None => kinds.push((change.kind, 1)),
        }
    }
    let first = input.changes.first()?;
    let one_source = input.changes.iter().all(|change| change.source == first.source);
    if input.changes.len() < 2 || !one_source || !kinds.iter().all(|(kind, _)| comes_or_goes(*kind))
    {
        return None;
    }
    // The largest count first: it is what the letter is about.
    kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let language = input.language;
    let mut words = Vec::new();
    let mut before = None;
    for (kind, n) in kinds {
        words.push(before.map_or_else(
            || counted(n, kind, language),
            |before| counted_after(before, n, kind, language),
        ));
        before = Some(kind);
    }
    let colon = say(language, ": ", "\u{a0}: ");
    let words = words.join(", ");
    let room = LONGEST.saturating_sub(words.chars().count() + 20).max(LONGEST / 2);
    Some(format!("{}{colon}{words}", about(input, first, room)))
}

/// What all the changes are about: their only fact set, else the source.
fn about(input: &LetterInput<'_>, first: &Change, room: usize) -> String {
    let one_fact = input.changes.iter().all(|change| change.fact == first.fact);
    let source = || input.source(&first.source).map(|source| source.title);
    let title = if one_fact { set_title(input, &first.fact) } else { source() };
    title.or_else(source).map_or_else(
        || first.source.as_str().to_owned(),
        |title| inert(title.get(input.language), room),
    )
}

/// The title of a fact set, if the catalogue gives one.
pub(super) fn set_title<'a>(input: &LetterInput<'a>, fact: &FactKey) -> Option<&'a Bilingual> {
    input.facts.get(fact).map(|set| &set.title)
}

fn comes_or_goes(kind: ChangeKind) -> bool {
    match kind {
        ChangeKind::OccupationAdded
        | ChangeKind::OccupationRemoved
        | ChangeKind::CategoryAdded
        | ChangeKind::CategoryRemoved
        | ChangeKind::DrawAdded
        | ChangeKind::DrawRemoved
        | ChangeKind::Notice
        | ChangeKind::WordingChanged
        | ChangeKind::RecordAdded
        | ChangeKind::RecordRemoved => true,
        ChangeKind::FeeChanged
        | ChangeKind::ThresholdChanged
        | ChangeKind::PointsChanged
        | ChangeKind::StreamOpened
        | ChangeKind::StreamClosed
        | ChangeKind::StatusChanged
        | ChangeKind::ProcessingStandard
        | ChangeKind::DrawCorrected
        | ChangeKind::RecordChanged => false,
    }
}
