//! What a field and a record are called.

use crate::model::{FieldName, Language, Noc, RecordKey};

use super::say;
use crate::render::inert;

/// The longest name of a record shown.
const NAME: usize = 120;

/// Fields whose name says nothing that the fact set does not say already.
const PLAIN: [&str; 8] =
    ["amount", "value", "points", "fee", "status", "standard", "text", "wording"];

/// Returns whether a field is the one its fact set is about, and needs no label.
pub(in crate::render) fn is_plain(field: &FieldName) -> bool {
    PLAIN.contains(&field.as_str())
}

/// A field's name in words: `hourly wage floor`.
#[must_use]
pub fn field(name: &FieldName, language: Language) -> String {
    let known = match language {
        Language::En => english(name.as_str()),
        Language::Fr => french(name.as_str()),
    };
    known.map_or_else(|| name.as_str().replace('_', " "), str::to_owned)
}

fn english(name: &str) -> Option<&'static str> {
    Some(match name {
        "crs_cutoff" => "CRS cut-off",
        "cutoff" => "cut-off",
        "cutoff_time" => "cut-off time",
        "tie_break" => "tie-break",
        "noc" => "NOC code",
        "teer" => "TEER",
        "clb" => "CLB",
        "quebec_note" => "note on Quebec",
        _ => return None,
    })
}

fn french(name: &str) -> Option<&'static str> {
    Some(match name {
        "amount" => "montant",
        "annual_wage" => "salaire annuel",
        "as_of" => "en date du",
        "candidates" => "candidats",
        "category" => "catégorie",
        "condition" => "condition",
        "continuous" => "expérience continue",
        "crs_cutoff" => "note minimale du SCG",
        "cutoff" | "score" => "note minimale",
        "cutoff_time" => "heure limite",
        "date" => "date",
        "effective" | "effective_on" => "en vigueur le",
        "factors" => "facteurs",
        "fee" => "frais",
        "hourly_wage_floor" => "plancher du salaire horaire",
        "invitations" => "invitations",
        "months" => "mois",
        "name" => "nom",
        "noc" => "code de la CNP",
        "note" | "notes" => "note",
        "points" => "points",
        "quebec_note" => "note sur le Québec",
        "selection" => "sélection",
        "standard" => "norme",
        "status" => "état",
        "stream" => "volet",
        "subset" => "sous-ensemble",
        "teer" => "FEER",
        "text" => "texte",
        "tie_break" => "règle de départage",
        "title" => "titre",
        "value" => "valeur",
        "where" => "lieu",
        "within_years" => "au cours des dernières années",
        "wording" => "libellé",
        _ => return None,
    })
}

/// A record's key in words: `software-engineers/21231` reads `software engineers / 21231`.
#[must_use]
pub fn record(key: &RecordKey) -> String {
    let parts: Vec<String> = key.as_str().split('/').map(|part| unslugged(part.trim())).collect();
    inert(&parts.join(" / "), NAME)
}

/// Words of a slug; a date, a number or a title stays as it is.
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

/// A record by the name its page gives it, after the code that identifies it, where it has one:
/// `21211 Data scientists`. Without a name, the key in words.
#[must_use]
pub fn record_named(key: &RecordKey, name: Option<&str>) -> String {
    let Some(name) = name.map(|name| inert(name, NAME)).filter(|name| !name.is_empty()) else {
        return record(key);
    };
    let code = key.as_str().rsplit('/').map(str::trim).find(|part| Noc::parse(part).is_some());
    match code {
        Some(code) if !name.contains(code) => format!("{code} {name}"),
        _ => name,
    }
}

/// Who a settlement-funds record is for: a family size.
pub(in crate::render) fn family(key: &RecordKey, language: Language) -> String {
    match key.as_str() {
        "1" => say(language, "1 person", "1 personne").to_owned(),
        "each_additional" => {
            say(language, "each additional person", "chaque personne de plus").to_owned()
        }
        n if n.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{n} {}", say(language, "people", "personnes"))
        }
        _ => record(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> RecordKey {
        RecordKey::parse(text).unwrap()
    }

    #[test]
    fn keys_become_words_and_codes_stay_codes() {
        assert_eq!(record(&key("software-engineers/21231")), "software engineers / 21231");
        assert_eq!(
            record(&key("2026-05-14/high-impact/points")),
            "2026-05-14 / high impact / points"
        );
        assert_eq!(record(&key("91a")), "91a");
        assert_eq!(record(&key("each_additional")), "each additional");
        assert_eq!(
            record_named(&key("rows/21211"), Some("Data scientists")),
            "21211 Data scientists"
        );
        assert_eq!(record_named(&key("stem"), Some("STEM occupations")), "STEM occupations");
        assert_eq!(record_named(&key("stem"), Some("\u{202e}")), "stem");
    }

    #[test]
    fn fields_are_named_in_both_languages() {
        let name = FieldName::parse("hourly_wage_floor").unwrap();
        assert_eq!(field(&name, Language::En), "hourly wage floor");
        assert_eq!(field(&name, Language::Fr), "plancher du salaire horaire");
        let odd = FieldName::parse("odd_field").unwrap();
        assert_eq!(field(&odd, Language::Fr), "odd field");
    }
}
