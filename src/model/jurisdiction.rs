//! The provinces and territories, by their codes.

use super::Language;

/// Each with its name in English and in French.
const NAMES: [(&str, &str, &str); 13] = [
    ("AB", "Alberta", "Alberta"),
    ("BC", "British Columbia", "Colombie-Britannique"),
    ("MB", "Manitoba", "Manitoba"),
    ("NB", "New Brunswick", "Nouveau-Brunswick"),
    ("NL", "Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    ("NS", "Nova Scotia", "Nouvelle-Écosse"),
    ("NT", "Northwest Territories", "Territoires du Nord-Ouest"),
    ("NU", "Nunavut", "Nunavut"),
    ("ON", "Ontario", "Ontario"),
    ("PE", "Prince Edward Island", "Île-du-Prince-Édouard"),
    ("QC", "Quebec", "Québec"),
    ("SK", "Saskatchewan", "Saskatchewan"),
    ("YT", "Yukon", "Yukon"),
];

/// The name of a province or territory, by its code in any case.
#[must_use]
pub fn province(code: &str, language: Language) -> Option<&'static str> {
    let (_, en, fr) = NAMES.iter().find(|(of, ..)| of.eq_ignore_ascii_case(code))?;
    Some(match language {
        Language::En => en,
        Language::Fr => fr,
    })
}
