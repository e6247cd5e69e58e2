//! The language of a page, told by what it says itself and by its commonest small words.

use url::Url;

use crate::model::{Facts, Language, Value};

/// Small words that are common in one of the languages and none of the other.
const ENGLISH: [&str; 4] = [" the ", " and ", " of ", " must "];
const FRENCH: [&str; 4] = [" les ", " des ", " et ", " dans "];

/// The fewest small words that show a language.
const LEAST: usize = 30;

/// The fewest in the words that facts hold: these are less than a page has.
const LEAST_OF_FACTS: usize = 10;

/// How many times more there must be of one language's than of the other's.
const TIMES: usize = 3;

/// The language of the text of a page; `None` for one of few words, or of both languages.
pub(crate) fn of_text(text: &str) -> Option<Language> {
    of(std::iter::once(text), LEAST)
}

/// The language of a page by what it says of itself, unless its words are of another; by its words, if it says nothing.
pub(crate) fn of_page(declared: Option<&str>, text: &str) -> Option<Language> {
    let words = of_text(text);
    let Some(declared) = declared.and_then(of_tag) else { return words };
    words.is_none_or(|words| words == declared).then_some(declared)
}

/// The language of the page at an address, by a part of its path: `/en/fees.html`, `/eng/fees`, `/fees-fr.html`.
pub(crate) fn of_address(url: &Url) -> Option<Language> {
    let path = url.path().to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/')?;
    let name = name.split('.').next()?;
    folders.split('/').chain(name.rsplit(['-', '_'])).find_map(of_tag)
}

/// The language of a tag: `en`, `fr-CA`, `fra`.
fn of_tag(tag: &str) -> Option<Language> {
    match tag.trim().to_ascii_lowercase().split(['-', '_']).next()? {
        "en" | "eng" => Some(Language::En),
        "fr" | "fra" | "fre" => Some(Language::Fr),
        _ => None,
    }
}

/// The language of the words that facts hold.
pub(crate) fn of_facts(facts: &Facts) -> Option<Language> {
    let records = facts.values().flat_map(|set| set.records.values());
    let values = records.flat_map(|record| record.fields.values());
    of(values.flat_map(Value::clauses).map(String::as_str), LEAST_OF_FACTS)
}

fn of<'t>(texts: impl Iterator<Item = &'t str>, least: usize) -> Option<Language> {
    let (mut english, mut french) = (0, 0);
    for text in texts {
        let count =
            |words: [&str; 4]| words.iter().map(|word| text.matches(word).count()).sum::<usize>();
        english += count(ENGLISH);
        french += count(FRENCH);
    }
    let is = |one: usize, other: usize| one >= least && one >= TIMES * other;
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
        assert_eq!(of_text(&(english.clone() + &french)), None);
        assert_eq!(of_text("Fees and the forms"), None);
        assert_eq!(of_page(Some("fr-CA"), &french), Some(Language::Fr));
        assert_eq!(of_page(Some("fr"), "Frais 50 $"), Some(Language::Fr));
        assert_eq!(of_page(Some("fr"), &english), None, "a tag that was left in a template");
        assert_eq!(of_page(None, &english), Some(Language::En));
    }

    #[test]
    fn an_address_may_name_its_language() {
        let of = |path: &str| of_address(&format!("https://a.example{path}").parse().unwrap());
        assert_eq!(of("/en/fees.html"), Some(Language::En));
        assert_eq!(of("/a/fra/fees"), Some(Language::Fr));
        assert_eq!(of("/fees-fr.html"), Some(Language::Fr));
        assert_eq!(of("/french/entry.html"), None);
        assert_eq!(of("/"), None);
    }
}
