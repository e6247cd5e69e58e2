//! The names of fields and records.

use crate::model::text::fold;
use crate::model::{FieldName, Language, Noc, RecordKey, province};

use super::{Voice, called, closed, say};
use crate::render::inert;

/// The longest name of a record that is shown.
const NAME: usize = 120;

/// A field's name in words: `hourly wage floor`.
#[must_use]
pub fn field(name: &FieldName, voice: Voice<'_>) -> String {
    let known = voice.glossary.field(name, voice.language);
    known.map_or_else(|| name.as_str().replace('_', " "), str::to_owned)
}

/// A record's key in words: `software-engineers/21231` reads `software engineers / 21231`. A code alone goes with its
/// title, where that is known.
#[must_use]
pub fn record(key: &RecordKey, voice: Voice<'_>) -> String {
    if let Some(title) = voice.glossary.occupation(key.as_str(), voice.language) {
        return inert(&format!("{key} {title}"), 2 * NAME);
    }
    let word = |part: &str| {
        let known = voice.glossary.word(part, voice.language).map(str::to_owned);
        known
            .or_else(|| days(part, voice.language))
            .unwrap_or_else(|| called(&unslugged(part), voice))
    };
    let parts: Vec<String> = key.as_str().split('/').map(|part| word(part.trim())).collect();
    closed(inert(&parts.join(" / "), NAME))
}

/// Two days of a key: `2026-07-06 to 2026-07-07`.
fn days(part: &str, language: Language) -> Option<String> {
    let (from, to) = part.split_once(" to ")?;
    let is_day = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
    (is_day(from) && is_day(to)).then(|| format!("{from} {} {to}", say(language, "to", "au")))
}

/// The words of a slug; a date, a number or a title stays as it is.
fn unslugged(part: &str) -> String {
    let slug = part
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if slug && part.contains(|c: char| c.is_ascii_lowercase()) {
        part.replace(['-', '_'], " ")
    } else {
        part.to_owned()
    }
}

/// A record by the page's name for it, preceded by its identifying code, if it has one: `21211 Data
/// scientists`. Without a name, the key in words. In French, the official French title of a code takes the place of
/// the page's name where that is the official English one: a name that says more is kept.
#[must_use]
pub fn record_named(key: &RecordKey, name: Option<&str>, voice: Voice<'_>) -> String {
    let Some(name) = name.map(|name| inert(name, NAME)).filter(|name| !name.is_empty()) else {
        return record(key, voice);
    };
    let title = voice.glossary.occupation(key.as_str(), Language::En);
    let is_official = |title: &str| fold(name.replace(key.as_str(), "").trim()) == fold(title);
    if voice.language == Language::Fr && title.is_some_and(is_official) {
        return record(key, voice);
    }
    let code = key.as_str().rsplit('/').map(str::trim).find(|part| Noc::parse(part).is_some());
    let named = called(&name, voice);
    match code {
        Some(code) if !name.contains(code) => format!("{code} {named}"),
        _ => named,
    }
}

/// Who a settlement-funds record is for: a family size.
pub(in crate::render) fn family(key: &RecordKey, voice: Voice<'_>) -> String {
    let language = voice.language;
    match key.as_str() {
        "1" => say(language, "1 person", "1 personne").to_owned(),
        "each_additional" => {
            say(language, "each additional person", "chaque personne de plus").to_owned()
        }
        n if n.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{n} {}", say(language, "people", "personnes"))
        }
        _ => record(key, voice),
    }
}

/// A jurisdiction by its code.
#[must_use]
pub fn jurisdiction(code: &str, language: Language) -> String {
    match province(code, language) {
        Some(name) => name.to_owned(),
        None if code == "CA" => say(language, "Canada (federal)", "Canada (fédéral)").to_owned(),
        None => inert(code, 80),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Glossary;
    use crate::render::sample::{both, field as name};

    fn key(text: &str) -> RecordKey {
        RecordKey::parse(text).unwrap()
    }

    fn glossary() -> Glossary {
        let mut glossary = Glossary::default();
        let floor = both("hourly wage floor", "plancher du salaire horaire");
        glossary.name_field(name("hourly_wage_floor"), floor, false);
        glossary.name_word("stem", both("STEM", "STIM"));
        glossary.name_word("work-experience", both("work experience", "expérience de travail"));
        glossary.name_occupation("21211", both("Data scientists", "Scientifiques de données"));
        glossary
    }

    #[test]
    fn keys_become_words_and_codes_stay_codes() {
        let glossary = Glossary::default();
        let voice = Voice { language: Language::En, glossary: &glossary };
        let record = |text| record(&key(text), voice);
        let record_named = |text, name| record_named(&key(text), Some(name), voice);
        assert_eq!(record("software-engineers/21231"), "software engineers / 21231");
        assert_eq!(record("2026-05-14/high-impact/points"), "2026-05-14 / high impact / points");
        assert_eq!(record("91a"), "91a");
        assert_eq!(record("2026-07-06 to 2026-07-07"), "2026-07-06 to 2026-07-07");
        assert_eq!(record("each_additional"), "each additional");
        assert_eq!(record_named("rows/21211", "Data scientists"), "21211 Data scientists");
        assert_eq!(record_named("stem", "STEM occupations"), "STEM occupations");
        assert_eq!(record_named("stem", "\u{202e}"), "stem");
    }

    #[test]
    fn fields_are_named_in_both_languages() {
        let glossary = glossary();
        let said =
            |text: &str, language| field(&name(text), Voice { language, glossary: &glossary });
        assert_eq!(said("hourly_wage_floor", Language::En), "hourly wage floor");
        assert_eq!(said("hourly_wage_floor", Language::Fr), "plancher du salaire horaire");
        assert_eq!(said("odd_field", Language::Fr), "odd field");
    }

    #[test]
    fn words_of_keys_are_said_in_both_languages() {
        let glossary = glossary();
        let said = |language| {
            record(&key("stem/work-experience/odd-one"), Voice { language, glossary: &glossary })
        };
        assert_eq!(said(Language::En), "STEM / work experience / odd one");
        let french = said(Language::Fr).replace('\u{a0}', "_");
        assert_eq!(french, "STIM / expérience de travail / «_odd one_»");
        let stretch = key("2026-07-06 to 2026-07-07/Work experience");
        let french = record(&stretch, Voice { language: Language::Fr, glossary: &glossary });
        assert_eq!(french, "2026-07-06 au 2026-07-07 / expérience de travail");
    }

    #[test]
    fn a_code_goes_with_its_official_title() {
        let glossary = glossary();
        let said = |text, name: Option<&str>, language| {
            let voice = Voice { language, glossary: &glossary };
            record_named(&key(text), name, voice).replace('\u{a0}', "_")
        };
        assert_eq!(said("21211", None, Language::En), "21211 Data scientists");
        assert_eq!(
            said("21211", Some("Data scientists"), Language::Fr),
            "21211 Scientifiques de données"
        );
        assert_eq!(said("21211", Some("Data people"), Language::En), "21211 Data people");
        assert_eq!(
            said("21223", Some("Database analysts"), Language::Fr),
            "21223 «_Database analysts_»"
        );
        assert_eq!(said("a/21211", Some("Some of them"), Language::Fr), "21211 «_Some of them_»");
    }
}
