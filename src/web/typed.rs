//! What an address or a form says, as a filter of the log; with what is wrong in it in the reader's words.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::answer::Fault;
use super::look::Look;
use crate::asking::{self, AskError};
use crate::model::{
    ChangeKind, Language, LogFilter, RuleId, RuleTarget, Severity, SourceId, Stage, in_full,
};
use crate::render::inert;
use crate::render::pages::Typed;

/// The most names and values that are read, and the longest of them in characters.
const PAIRS: usize = 60;
const LONGEST: usize = 200;

/// Reads what stands after the `?` of an address, or in a form.
pub(super) fn typed(text: &[u8]) -> Result<Typed, Fault> {
    let pairs = url::form_urlencoded::parse(text).take(PAIRS + 1);
    let pairs: Vec<(String, String)> = pairs
        .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let is_long = |text: &String| text.chars().count() > LONGEST;
    if pairs.len() > PAIRS || pairs.iter().any(|(name, value)| is_long(name) || is_long(value)) {
        return Err(Fault::Missing);
    }
    Ok(Typed(pairs))
}

/// The filter that is asked for. Names that nothing is known of are refused, with the nearest that is.
///
/// # Errors
/// What is wrong, in the reader's words; or the database cannot be read.
pub(super) fn filter(look: &Look<'_>, typed: &Typed) -> Result<LogFilter, Fault> {
    let language = look.frame.language;
    let zone = &look.open.site.zone;
    let filter = LogFilter {
        since: moment(typed, "since", zone, language)?,
        until: moment(typed, "until", zone, language)?,
        programs: texts(typed, "program"),
        jurisdictions: texts(typed, "jurisdiction"),
        sources: all(typed, "source", language, |id| SourceId::parse(id).ok())?,
        facts: all(typed, "fact", language, |key| RuleTarget::parse(key).ok())?,
        nocs: all(typed, "noc", language, code)?,
        kinds: all(typed, "kind", language, ChangeKind::from_word)?,
        stages: all(typed, "stage", language, Stage::from_word)?,
        rules: all(typed, "rule", language, |id| RuleId::parse(id).ok())?,
        severity: all(typed, "severity", language, Severity::from_word)?.into_iter().min(),
        text: typed.one("text").map(str::to_owned),
        today: Some(look.today),
        is_told: false,
        limit: None,
        newest_first: true,
    };
    asking::expect_names(look.known, &look.open.site.catalog, &filter)
        .map_err(|error| unknown(&error, language))?;
    Ok(filter)
}

fn texts(typed: &Typed, name: &str) -> Vec<String> {
    typed.all(name).map(str::to_owned).collect()
}

fn code(text: &str) -> Option<String> {
    let is_code = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| text.to_owned())
}

fn all<T>(
    typed: &Typed,
    name: &'static str,
    language: Language,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let one = |text: &str| read(text).ok_or_else(|| wrong(name, text, language));
    typed.all(name).map(one).collect()
}

/// A day in the zone, or a moment with its own.
pub(super) fn moment(
    typed: &Typed,
    name: &'static str,
    zone: &TimeZone,
    language: Language,
) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = typed.one(name) else { return Ok(None) };
    let day = || text.parse::<Date>().ok()?.to_zoned(zone.clone()).ok();
    let at = text.parse::<Timestamp>().ok().or_else(|| Some(day()?.timestamp()));
    at.map(Some).ok_or_else(|| wrong(name, text, language))
}

fn wrong(name: &'static str, text: &str, language: Language) -> Fault {
    let text = inert(text, 80);
    let (en, fr) = match name {
        "noc" => (
            "is no NOC code: it has five digits, such as 21231",
            "n'est pas un code CNP\u{a0}: il a cinq chiffres, comme 21231",
        ),
        "since" | "until" | "seen" => (
            "is no day: write it as 2026-01-31",
            "n'est pas un jour\u{a0}: écrivez-le comme 2026-01-31",
        ),
        _ => ("names nothing that is known here", "ne nomme rien de connu ici"),
    };
    Fault::Wrong(match language {
        Language::En => format!("“{text}” {en}."),
        Language::Fr => format!("«\u{a0}{text}\u{a0}» {fr}."),
    })
}

fn unknown(error: &AskError, language: Language) -> Fault {
    match error {
        AskError::Unknown { kind, name, near } => no_such(kind, name, near.as_deref(), language),
        _ => Fault::Ours(in_full(error)),
    }
}

/// A name that is not known, in the reader's words, with the nearest that is.
pub(super) fn no_such(kind: &str, name: &str, near: Option<&str>, language: Language) -> Fault {
    let name = inert(name, 80);
    let (en, fr) = match kind {
        "program" => ("no program", "aucun programme"),
        "jurisdiction" => ("no place", "aucun endroit"),
        "source" => ("no source", "aucune source"),
        "rule" => ("no rule", "aucune règle"),
        "field" => ("no field", "aucun champ"),
        "value" => ("no value", "aucune valeur"),
        _ => ("no fact", "aucun fait"),
    };
    Fault::Wrong(match (language, near.map(|near| inert(near, 80))) {
        (Language::En, None) => format!("There is {en} “{name}”."),
        (Language::En, Some(near)) => format!("There is {en} “{name}”; did you mean “{near}”?"),
        (Language::Fr, None) => format!("Il n'y a {fr} «\u{a0}{name}\u{a0}»."),
        (Language::Fr, Some(near)) => format!(
            "Il n'y a {fr} «\u{a0}{name}\u{a0}»\u{a0}; vouliez-vous dire «\u{a0}{near}\u{a0}»\u{a0}?"
        ),
    })
}
