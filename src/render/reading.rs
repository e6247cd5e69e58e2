//! A change that waits for a person, with what they need to decide: both readings, each with the page's
//! own words.

use crate::model::{Change, Evidence};

use super::table::paint;
use super::{Look, inert, words};

/// The most characters of a reading.
const WORDS: usize = 400;

/// The change in one line, and below it what was read last and what is read now.
#[must_use]
pub fn readings(change: &Change, look: &Look<'_>) -> String {
    let severity = paint::severity(change.severity.word(), change.severity, look.style);
    let summary = paint::strong(&words::summary(change, look.language, 240), look.style);
    let mut lines = vec![format!("{severity}  {}  {summary}", change.kind.word())];
    let sides =
        [("last read", &change.old, &change.before), ("read now", &change.new, &change.after)];
    for (label, side, evidence) in sides {
        let said = words::side_of(change.field.as_ref(), side.as_ref(), look.voice());
        lines.extend(reading(label, &said, evidence.as_ref()));
    }
    lines.join("\n") + "\n"
}

fn reading(label: &str, said: &str, evidence: Option<&Evidence>) -> Vec<String> {
    let said = inert(said, WORDS);
    let mut lines = vec![format!("  {label:9}  {said}")];
    let quoted = evidence.filter(|evidence| !evidence.quote.trim().is_empty());
    lines.extend(quoted.map(|Evidence { quote, place, locator }| {
        let quote = inert(&crate::model::words::shown(quote), WORDS);
        let place = [inert(place, 100), inert(locator, 200)];
        let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
        format!("  {:9}  \"{quote}\" ({})", "", place.join("; "))
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Glossary, Language};
    use crate::render::Style;
    use crate::render::sample::{removed, toronto};

    #[test]
    fn both_readings_are_shown_in_the_page_s_own_words() {
        let mut change = removed("21211", "Data scientists");
        change.after = Some(Evidence {
            locator: "table(`occupation`)".into(),
            place: "table 2, row 7".into(),
            quote: "Database analysts\u{1b}[2J | 21223".into(),
        });
        let zone = toronto();
        let look = Look {
            width: None,
            style: Style::Plain,
            language: Language::En,
            zone: &zone,
            glossary: Glossary::NONE,
        };
        insta::assert_snapshot!(readings(&change, &look));
    }
}
