//! What changes mean, and for whom: the first line of a letter, in people's words.

use std::collections::BTreeSet;

use crate::model::{Change, ChangeKind, FactType, Language, Severity, Stage};
use crate::render::inert;
use crate::render::words::{self, say};

use super::input::LetterInput;
use super::subject::lead;

/// The first line: whom it is for, what it means, and from when: `Express Entry: this may change who is
/// eligible, from 7 July 2025.` What the most severe change means; `None` for a letter about nothing.
pub(super) fn meaning(input: &LetterInput<'_>) -> Option<String> {
    let (lead, language) = (lead(input.changes)?, input.language);
    let whom = whom(input, lead);
    let effect = effect(input, lead);
    let this = match (lead.stage, is_mixed(input), language) {
        (Stage::Announced, _, Language::En) => format!("once it is in force, this {effect}"),
        (Stage::Announced, _, Language::Fr) => format!("une fois en vigueur, ceci {effect}"),
        (_, true, Language::En) => format!("part of this {effect}"),
        (_, true, Language::Fr) => format!("au moins un de ces changements {effect}"),
        (_, false, Language::En) => format!("this {effect}"),
        (_, false, Language::Fr) => format!("ceci {effect}"),
    };
    let colon = say(language, ": ", "\u{a0}: ");
    Some(format!("{whom}{colon}{this}{}.", when(input, lead)))
}

/// Whether the changes do not all mean the same.
pub(super) fn is_mixed(input: &LetterInput<'_>) -> bool {
    input.changes.windows(2).any(|pair| effect(input, pair[0]) != effect(input, pair[1]))
}

/// The programs, by the name of the first: `Express Entry and 2 other programs`.
fn whom(input: &LetterInput<'_>, lead: &Change) -> String {
    let programs: BTreeSet<&str> = input.changes.iter().map(|c| c.program.as_str()).collect();
    let name = inert(input.glossary.program(&lead.program, input.language), 120);
    match (programs.len() - 1, input.language) {
        (0, _) => name,
        (1, Language::En) => format!("{name} and another program"),
        (n, Language::En) => format!("{name} and {n} other programs"),
        (1, Language::Fr) => format!("{name} et un autre programme"),
        (n, Language::Fr) => format!("{name} et {n} autres programmes"),
    }
}

/// From when, where the page gives a day.
fn when(input: &LetterInput<'_>, lead: &Change) -> String {
    let Some(from) = lead.dates.effective_on else { return String::new() };
    let is_past = from <= lead.seen_at.to_zoned(input.zone.clone()).date();
    let day = words::day(from, input.language);
    match (is_past, input.language) {
        (true, Language::En) => format!(", since {day}"),
        (false, Language::En) => format!(", from {day}"),
        (true, Language::Fr) => format!(", depuis le {day}"),
        (false, Language::Fr) => format!(", à compter du {day}"),
    }
}

/// What a change does: `may change who is eligible`. `This` goes before it.
pub(super) fn effect(input: &LetterInput<'_>, change: &Change) -> &'static str {
    let language = input.language;
    if change.severity == Severity::Block {
        return words::severity(Severity::Block, language);
    }
    if input.kind(&change.fact) == FactType::Funds {
        return say(
            language,
            "changes how much money people must show",
            "modifie les fonds qu'il faut prouver",
        );
    }
    match change.kind {
        ChangeKind::FeeChanged => {
            say(language, "changes what has to be paid", "modifie ce qu'il faut payer")
        }
        ChangeKind::ThresholdChanged => say(
            language,
            "changes an amount or a score that has to be reached",
            "modifie un montant ou une note à atteindre",
        ),
        ChangeKind::PointsChanged => {
            say(language, "changes how many points something gives", "modifie des points accordés")
        }
        ChangeKind::ProcessingStandard => {
            say(language, "changes how long processing takes", "modifie le délai de traitement")
        }
        ChangeKind::OccupationAdded | ChangeKind::OccupationRemoved => {
            say(language, "changes a list of occupations", "modifie une liste de professions")
        }
        ChangeKind::CategoryAdded | ChangeKind::CategoryRemoved => {
            say(language, "changes a list of categories", "modifie une liste de catégories")
        }
        ChangeKind::StreamOpened | ChangeKind::StreamClosed | ChangeKind::StatusChanged => say(
            language,
            "changes where or when people can apply",
            "modifie où ou quand on peut présenter une demande",
        ),
        ChangeKind::DrawAdded | ChangeKind::DrawCorrected | ChangeKind::DrawRemoved => say(
            language,
            "is news of a round of invitations",
            "est une nouvelle d'une ronde d'invitations",
        ),
        ChangeKind::Notice => say(language, "is an announcement to read", "est une annonce à lire"),
        ChangeKind::WordingChanged => say(
            language,
            "changes the words of a rule, and perhaps what it means",
            "modifie le libellé d'une règle, et peut-être son sens",
        ),
        ChangeKind::RecordAdded | ChangeKind::RecordRemoved | ChangeKind::RecordChanged => {
            say(language, "changes a detail of a rule", "modifie un détail d'une règle")
        }
    }
}
