//! The words for the nouns of the trade, in both languages, typed.

mod counted;
mod kinds;
pub(super) mod names;
mod place;
mod time;
mod value;

use jiff::tz::TimeZone;

use crate::model::text::excerpt;
use crate::model::{Change, Confirmed, Glossary, Language, Severity, Stage};
use crate::render::inert;

pub use counted::{counted, counted_after};
pub use kinds::kind;
pub use names::{field, jurisdiction, record, record_named};
pub use place::place;
pub use time::{day, moment, month, short_moment};
pub use value::{record_fields, side, side_of, value, value_of};

/// A language, and the catalogue's labels in it.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The language.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
}

/// Picks the words of a language.
#[must_use]
pub fn say(language: Language, en: &'static str, fr: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Fr => fr,
    }
}

/// Words of a page among our own. Most pages are read in English: in a French sentence they are marked as
/// quoted, unless they are only figures and codes.
#[must_use]
pub fn of_page(text: &str, language: Language) -> String {
    let is_word = |word: &str| word.chars().filter(|c| c.is_lowercase()).count() > 1;
    let is_path = text.starts_with('$') || text.starts_with("http");
    if language == Language::En
        || is_path
        || text.starts_with('«')
        || !text.split_whitespace().any(is_word)
    {
        return text.to_owned();
    }
    format!("«\u{a0}{text}\u{a0}»")
}

/// What a page calls something: in French, what that is called in French where it is known, else marked as quoted.
#[must_use]
pub fn called(text: &str, voice: Voice<'_>) -> String {
    let french = |text| voice.glossary.french(text).filter(|_| voice.language == Language::Fr);
    let known = voice.glossary.word(text, voice.language).or_else(|| french(text));
    known.map_or_else(|| of_page(text, voice.language), str::to_owned)
}

/// Cuts words to at most so many characters; what is quoted in them stays quoted.
#[must_use]
pub fn cut(words: &str, limit: usize) -> String {
    closed(excerpt(words, limit))
}

/// A change in one line of at most so many characters. What is cut is the name of what changed before the values.
#[must_use]
pub fn summary(change: &Change, language: Language, limit: usize) -> String {
    let whole = inert(change.summary.get(language), usize::MAX);
    let values = whole.find(" → ").and_then(|arrow| whole[..arrow].rfind(": "));
    let (name, values) = whole.split_at(
        values.map_or(whole.len(), |colon| whole[..colon].trim_end_matches('\u{a0}').len()),
    );
    let room = limit.saturating_sub(values.chars().count());
    if room < limit / 2 {
        return closed(excerpt(&whole, limit));
    }
    format!("{}{values}", closed(excerpt(name, room)))
}

/// What ends a list of which so many are left out: `and 3 more`.
#[must_use]
pub fn and_more(n: usize, language: Language) -> String {
    match language {
        Language::En => format!("and {n} more"),
        Language::Fr => format!("et {n} de plus"),
    }
}

/// Ends a quote that was cut.
pub(super) fn closed(words: String) -> String {
    if words.matches('«').count() > words.matches('»').count() {
        return words + "\u{a0}»";
    }
    words
}

/// What a severity means to a reader.
#[must_use]
pub fn severity(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Block => {
            say(language, "may change who is eligible", "peut changer qui est admissible")
        }
        Severity::Warn => {
            say(language, "a fee, an amount or a standard", "des frais, un montant ou une norme")
        }
        Severity::Info => say(
            language,
            "for information: a draw, a notice or wording",
            "pour information\u{a0}: une ronde, un avis ou un libellé",
        ),
    }
}

/// What a stage means to a reader.
#[must_use]
pub fn stage(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Announced => {
            say(language, "announced: not in force yet", "annoncé\u{a0}: pas encore en vigueur")
        }
        Stage::Due => say(
            language,
            "due: the date has come, and no page has confirmed it yet",
            "échu\u{a0}: la date est venue, et aucune page ne l'a encore confirmé",
        ),
        Stage::InForce => {
            say(language, "in force: the page says so", "en vigueur\u{a0}: la page le dit")
        }
        Stage::Corrected => say(
            language,
            "corrected: an earlier statement was put right",
            "corrigé\u{a0}: un énoncé antérieur a été rectifié",
        ),
        Stage::Reversed => say(
            language,
            "reversed: it went back to what it was",
            "annulé\u{a0}: retour à ce qui valait avant",
        ),
    }
}

/// A person's word that something still holds: `Ana says it holds still, 2025-02-27 13:05: "…"`.
#[must_use]
pub fn confirmed(confirmed: &Confirmed, zone: &TimeZone) -> String {
    let Confirmed { at, by, note } = confirmed;
    let (by, note) = (inert(by, 60), inert(note, 300));
    format!("{by} says that it holds still, {}: \"{note}\"", short_moment(*at, zone))
}

/// The words put before a subject or a summary whose change is not simply in force.
#[must_use]
pub fn stage_prefix(stage: Stage, language: Language) -> &'static str {
    match stage {
        Stage::Announced => say(language, "Announced: ", "Annoncé\u{a0}: "),
        Stage::Due => say(language, "Due: ", "Échu\u{a0}: "),
        Stage::InForce => "",
        Stage::Corrected => say(language, "Corrected: ", "Corrigé\u{a0}: "),
        Stage::Reversed => say(language, "Reversed: ", "Annulé\u{a0}: "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{both, removed};

    #[test]
    fn what_is_too_long_keeps_its_values() {
        let mut change = removed("21211", "Data scientists");
        let short = |summary: &str| {
            change.summary = both(summary, summary);
            super::summary(&change, Language::En, 40)
        };
        assert_eq!(
            [
                "Fees before and after, right of permanent residence: $575 → $600",
                "Right of permanent residence, $575 → $600",
                "Fees, what is asked: a long sentence of the page → another one",
                "A notice that is longer than the line may be",
            ]
            .map(short),
            [
                "Fees before and after, righ…: $575 → $600",
                "Right of permanent residence, $575 → $60…",
                "Fees, what is asked: a long sentence of…",
                "A notice that is longer than the line ma…",
            ]
        );
    }
}
