//! A change in one line, in both languages, as stored with the change and used in subjects.
//!
//! It reads as a person would write it, `21211 Data scientists removed from Express Entry, STEM`, and
//! gives values before and after. It leaves out stage and dates, which are shown beside it.

use jiff::civil::Date;

use crate::model::{
    Bilingual, ChangeKind, FactKey, FactType, FieldName, Fields, Glossary, Language, RecordKey,
    STATUS, Side, Value, record_name, text,
};

use super::inert;
use super::words::{self, Voice, closed, field, names, say};

/// The longest summary: a line, not a paragraph.
const LONGEST: usize = 240;

/// The longest value within a summary.
const VALUE: usize = 80;

/// What a summary is made of.
#[derive(Debug, Clone, Copy)]
pub struct SummaryParts<'a> {
    /// What kind of change.
    pub kind: ChangeKind,
    /// The type of the fact set.
    pub fact_type: FactType,
    /// The fact set.
    pub fact: &'a FactKey,
    /// The title of the fact set, if the catalogue gives one; else its key is used.
    pub title: Option<&'a Bilingual>,
    /// The title of the source.
    pub source: &'a Bilingual,
    /// The record.
    pub record: &'a RecordKey,
    /// The page's name for the record, if it is known from elsewhere than `old` and `new`.
    pub name: Option<&'a str>,
    /// The field, if only one changed.
    pub field: Option<&'a FieldName>,
    /// The side before.
    pub old: Option<&'a Side>,
    /// The side now.
    pub new: Option<&'a Side>,
    /// The titles of the fact sets that it went to, or came from, in the same event.
    pub moved: &'a [Bilingual],
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
}

impl<'a> SummaryParts<'a> {
    fn voice(&self, language: Language) -> Voice<'a> {
        Voice { language, glossary: self.glossary }
    }
}

/// The change in one line, in both languages.
#[must_use]
pub fn summary(parts: &SummaryParts<'_>) -> Bilingual {
    let say = |language| closed(inert(&sentence(parts, language), LONGEST));
    Bilingual { en: say(Language::En), fr: say(Language::Fr) }
}

/// What a page says of a record, in one line, in both languages: `BC PNP fees, application: $1,475`.
#[must_use]
pub fn stated(parts: &SummaryParts<'_>) -> Bilingual {
    let say = |language| {
        let voice = parts.voice(language);
        let subject = subject_of(&set(parts, language), &record(parts, language), parts, language);
        let said = match parts.new {
            Some(Side::Record(fields)) => fields
                .iter()
                .map(|(name, value)| match parts.glossary.is_plain(name) {
                    true => words::value_of(name, value, voice),
                    false => {
                        format!("{} {}", field(name, voice), words::value_of(name, value, voice))
                    }
                })
                .collect::<Vec<_>>()
                .join(", "),
            Some(Side::Value(_)) | None => String::new(),
        };
        let colon = if said.is_empty() { "" } else { colon(language) };
        closed(inert(&format!("{subject}{colon}{said}"), LONGEST))
    };
    Bilingual { en: say(Language::En), fr: say(Language::Fr) }
}

/// An end date that has passed.
#[derive(Debug, Clone, Copy)]
pub struct Expiry<'a> {
    /// The title of the fact set, if the catalogue gives one; else its key is used.
    pub title: Option<&'a Bilingual>,
    /// The fact set.
    pub fact: &'a FactKey,
    /// The last day that the page gives.
    pub day: Date,
}

/// The notice that an end date printed on the page has passed, in both languages.
#[must_use]
pub fn expired(expiry: &Expiry<'_>) -> Bilingual {
    let say = |language| {
        let (set, day) =
            (named(expiry.title, expiry.fact, language), words::day(expiry.day, language));
        let sentence = match language {
            Language::En => format!("{set}: the printed end date, {day}, has passed"),
            Language::Fr => format!("{set}\u{a0}: la date de fin indiquée, le {day}, est passée"),
        };
        inert(&sentence, LONGEST)
    };
    Bilingual { en: say(Language::En), fr: say(Language::Fr) }
}

fn sentence(parts: &SummaryParts<'_>, language: Language) -> String {
    let set = set(parts, language);
    let record = record(parts, language);
    match parts.kind {
        ChangeKind::OccupationAdded | ChangeKind::CategoryAdded | ChangeKind::RecordAdded => {
            let whence = moved_to(parts, language, ", moved from ", ", vient de ");
            format!("{}{whence}", came(&set, &record, parts, language))
        }
        ChangeKind::OccupationRemoved | ChangeKind::CategoryRemoved | ChangeKind::RecordRemoved => {
            let whither = moved_to(parts, language, ", moved to ", ", passe à ");
            match language {
                Language::En => format!("{record} removed from {set}{whither}"),
                Language::Fr => format!("{set} – retrait\u{a0}: {record}{whither}"),
            }
        }
        ChangeKind::StreamOpened => moved(&set, &record, say(language, "opened", "ouverture")),
        ChangeKind::StreamClosed | ChangeKind::StatusChanged if parts.new.is_none() => {
            let gone = say(language, "no longer listed", "n'est plus dans la liste");
            moved(&set, &record, gone)
        }
        ChangeKind::StreamClosed => moved(&set, &record, say(language, "closed", "fermeture")),
        ChangeKind::DrawAdded => draw(&set, parts, language),
        ChangeKind::DrawRemoved => {
            let gone = say(language, "taken off the page", "retirée de la page");
            moved(&set, &draw_name(parts, language), gone)
        }
        ChangeKind::DrawCorrected => {
            let what =
                moved(&set, &draw_name(parts, language), say(language, "corrected", "corrigée"));
            format!("{what}{}", values(parts, language))
        }
        ChangeKind::Notice => {
            format!("{}{}{record}", parts.source.get(language), colon(language))
        }
        ChangeKind::WordingChanged => moved(&set, &record, wording(parts, language)),
        ChangeKind::StatusChanged if parts.old.is_none() && state(parts).is_some() => {
            let state = state(parts).map(|state| short(state, parts.voice(language)));
            moved(&set, &record, &state.unwrap_or_default())
        }
        ChangeKind::FeeChanged
        | ChangeKind::ThresholdChanged
        | ChangeKind::PointsChanged
        | ChangeKind::StatusChanged
        | ChangeKind::ProcessingStandard
        | ChangeKind::RecordChanged => {
            format!("{}{}", subject_of(&set, &record, parts, language), values(parts, language))
        }
    }
}

fn colon(language: Language) -> &'static str {
    say(language, ": ", "\u{a0}: ")
}

/// The name of the fact set.
fn set(parts: &SummaryParts<'_>, language: Language) -> String {
    named(parts.title, parts.fact, language)
}

/// The catalogue's title of a fact set, else its key.
fn named(title: Option<&Bilingual>, fact: &FactKey, language: Language) -> String {
    let title = title.map(|title| title.get(language)).filter(|title| !title.is_empty());
    title.unwrap_or(fact.as_str()).to_owned()
}

/// The name of the record.
fn record(parts: &SummaryParts<'_>, language: Language) -> String {
    let known =
        parts.name.or_else(|| parts.new.and_then(name_in)).or_else(|| parts.old.and_then(name_in));
    words::record_named(parts.record, known, parts.voice(language))
}

/// The name in a record's own fields.
fn name_in(side: &Side) -> Option<&str> {
    match side {
        Side::Value(_) => None,
        Side::Record(fields) => record_name(fields),
    }
}

fn get<'a>(fields: &'a Fields, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(field, _)| field.as_str() == name).map(|(_, value)| value)
}

/// The state of a stream that its set did not have before.
fn state<'a>(parts: &SummaryParts<'a>) -> Option<&'a Value> {
    match parts.new {
        Some(Side::Record(fields)) => get(fields, STATUS),
        _ => None,
    }
}

/// A record that came, with its value if it has one that needs no label.
fn came(set: &str, record: &str, parts: &SummaryParts<'_>, language: Language) -> String {
    let fields = parts.new.and_then(|side| match side {
        Side::Record(fields) => Some(fields),
        Side::Value(_) => None,
    });
    let main = fields
        .into_iter()
        .flatten()
        .find(|(field, _)| parts.glossary.is_plain(field))
        .map(|(_, value)| format!("{}{}", colon(language), short(value, parts.voice(language))))
        .unwrap_or_default();
    match language {
        Language::En => format!("{record} added to {set}{main}"),
        Language::Fr => format!("{set} – ajout\u{a0}: {record}{main}"),
    }
}

/// Where a record went that left this set in the same event, or where it came from.
fn moved_to(
    parts: &SummaryParts<'_>,
    language: Language,
    en: &'static str,
    fr: &'static str,
) -> String {
    if parts.moved.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = parts.moved.iter().map(|title| title.get(language)).collect();
    format!("{}{}", say(language, en, fr), names.join(" + "))
}

fn moved(set: &str, record: &str, what: &str) -> String {
    // The first heading of a page is often its title.
    match text::fold(set) == text::fold(record) {
        true => format!("{set} – {what}"),
        false => format!("{set}, {record} – {what}"),
    }
}

fn wording(parts: &SummaryParts<'_>, language: Language) -> &'static str {
    match (parts.old, parts.new) {
        (None, Some(_)) => say(language, "new wording", "nouveau libellé"),
        (Some(_), None) => say(language, "wording removed", "libellé retiré"),
        (None, None) | (Some(_), Some(_)) => say(language, "wording changed", "libellé modifié"),
    }
}

/// `Proof of funds for 1 person`, `Global Talent fees, work permit`.
fn subject_of(set: &str, record: &str, parts: &SummaryParts<'_>, language: Language) -> String {
    if parts.fact_type == FactType::Funds {
        let people = names::family(parts.record, parts.voice(language));
        return format!("{set} {} {people}", say(language, "for", "pour"));
    }
    format!("{set}, {record}")
}

/// `: hourly wage floor $41.03 → $41.35`.
fn values(parts: &SummaryParts<'_>, language: Language) -> String {
    if parts.old.is_none() && parts.new.is_none() {
        return String::new();
    }
    let label = parts
        .field
        .filter(|name| !parts.glossary.is_plain(name))
        .map(|name| format!("{} ", field(name, parts.voice(language))))
        .unwrap_or_default();
    let voice = parts.voice(language);
    let (old, new) = (side(parts.field, parts.old, voice), side(parts.field, parts.new, voice));
    format!("{}{label}{old} → {new}", colon(language))
}

fn side(field: Option<&FieldName>, side: Option<&Side>, voice: Voice<'_>) -> String {
    match side {
        None => say(voice.language, "none", "aucun").to_owned(),
        Some(Side::Value(_)) => words::cut(&words::side_of(field, side, voice), VALUE),
        Some(Side::Record(_)) => words::cut(&words::side(side, voice), VALUE),
    }
}

fn short(value: &Value, voice: Voice<'_>) -> String {
    words::cut(&words::value(value, voice), VALUE)
}

/// `draw 354`, or the day and stream that identify it.
fn draw_name(parts: &SummaryParts<'_>, language: Language) -> String {
    let key = words::record(parts.record, parts.voice(language));
    format!("{} {key}", say(language, "draw", "ronde"))
}

/// A draw, with the figures that people look for.
fn draw(set: &str, parts: &SummaryParts<'_>, language: Language) -> String {
    let empty = Fields::new();
    let fields = match parts.new {
        Some(Side::Record(fields)) => fields,
        Some(Side::Value(_)) | None => &empty,
    };
    let mut names = vec![draw_name(parts, language)];
    // A key made of a day and a stream already says both.
    let key_is_number = !parts.record.as_str().contains('/');
    if key_is_number && let Some(date) = get(fields, "date") {
        names.push(short(date, parts.voice(language)));
    }
    if key_is_number && let Some(name) = name_in(&Side::Record(fields.clone())) {
        names.push(words::called(&inert(name, VALUE), parts.voice(language)));
    }
    let mut figures = Vec::new();
    if let Some(invitations) = get(fields, "invitations") {
        figures.push(format!("{} invitations", short(invitations, parts.voice(language))));
    }
    let cutoff = ["crs_cutoff", "cutoff", "score"].iter().find_map(|name| get(fields, name));
    if let Some(cutoff) = cutoff {
        let label = say(language, "cut-off", "note minimale");
        figures.push(format!("{label} {}", short(cutoff, parts.voice(language))));
    }
    let names = format!("{set}, {}", names.join(", "));
    if figures.is_empty() {
        names
    } else {
        format!("{names}{}{}", colon(language), figures.join(", "))
    }
}

#[cfg(test)]
mod tests;
