//! The language of a page, told by its commonest small words.

use crate::model::{Facts, Language, Value};

/// Small words that are common in one of the languages and none of the other.
const ENGLISH: [&str; 4] = [" the ", " and ", " of ", " must "];
const FRENCH: [&str; 4] = [" les ", " des ", " et ", " dans "];

/// The fewest small words that show a language.
const LEAST: usize = 30;

/// How many times more there must be of one language's than of the other's.
const TIMES: usize = 3;

/// The language of the text of a page; `None` for one of few words, or of both languages.
pub(crate) fn of_text(text: &str) -> Option<Language> {
    of(std::iter::once(text))
}

/// The language of the words that facts hold.
pub(crate) fn of_facts(facts: &Facts) -> Option<Language> {
    let records = facts.values().flat_map(|set| set.records.values());
    let values = records.flat_map(|record| record.fields.values());
    of(values.flat_map(Value::clauses).map(String::as_str))
}

fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Language> {
    let (mut english, mut french) = (0, 0);
    for text in texts {
        let count =
            |words: [&str; 4]| words.iter().map(|word| text.matches(word).count()).sum::<usize>();
        english += count(ENGLISH);
        french += count(FRENCH);
    }
    let is = |one: usize, other: usize| one >= LEAST && one >= TIMES * other;
    match (is(english, french), is(french, english)) {
        (true, _) => Some(Language::En),
        (_, true) => Some(Language::Fr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_of_the_language_of_its_small_words() {
        let english =
            "You must show that the funds and the offer of your employer are real. ".repeat(20);
        let french = "Les fonds et les offres des employeurs sont dans les documents. ".repeat(20);
        assert_eq!(of_text(&english), Some(Language::En));
        assert_eq!(of_text(&french), Some(Language::Fr));
        assert_eq!(of_text(&(english + &french)), None);
        assert_eq!(of_text("Fees and the forms"), None);
    }
}
