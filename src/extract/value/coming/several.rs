//! Two figures of which a sentence may be read as either: "10 to 11 business days", "2 years and 6 months", "10% (15% in
//! rural areas until March 31, 2027)". Neither is taken for the value.

use std::sync::LazyLock;

use regex::Regex;

use super::{is_alike, places_like, said, sentences_about};
use crate::extract::matches::Match;
use crate::extract::recipe::FieldRecipe;
use crate::extract::value::field::{line, one};
use crate::extract::value::pattern::constant;
use crate::extract::value::{dated, number};
use crate::model::Value;

/// How far apart two figures, or the second of them and its day, may be, in bytes.
const REACH: usize = 80;

/// Another figure of the kind of a value beside it in its sentence, so that the sentence may be read as one or as the
/// other: it has a day of its own, "10% (15% in rural areas until March 31, 2027)", or is the other end of a range, "10
/// to 11 business days". Asked where [`super::coming`] finds no order in them.
pub(in crate::extract::value) fn another(
    field: &FieldRecipe,
    value: &Value,
    words: &str,
    cell: &str,
    matched: &Match<'_>,
) -> Option<Value> {
    let said = said(field, value, words, cell, matched)?;
    if matches!(value, Value::Range(_)) {
        return None;
    }
    let (from, to) = sentences_about(said.text, said.at);
    let (window, at) = (&said.text[from..to], said.at - from);
    // The words of a value may go on in the next line.
    let own = (at, (at + said.words.len()).min(window.len()));
    let places: Vec<(usize, usize)> = match value {
        Value::Money { .. } => number::places(window).collect(),
        _ => places_like(window, own),
    };
    let before = places.iter().rev().find(|place| place.1 <= own.0).copied();
    let next = places.iter().find(|place| place.0 >= own.1).copied();
    // A day behind other figures, or in the next part of the sentence, is that of those.
    let is_of_others = |words: &str| words.contains(|c: char| c.is_ascii_digit() || c == ';');
    let is_dated = |start: usize, end: usize, last: usize| {
        let end = window.floor_char_boundary(end);
        let is_in = |(_, from, to): &(dated::Period, usize, usize)| {
            *from >= start && *to <= end && (*from < last || !is_of_others(&window[last..*from]))
        };
        end.saturating_sub(start) <= 2 * REACH && dated::periods(window).iter().any(is_in)
    };
    // "$1,500 $1,650": the first may be struck out by a line that is no text.
    let is_amount = matches!(value, Value::Money { .. });
    let meets = |between: &str| joins(between) || is_amount && between.trim().is_empty();
    let other = next
        .filter(|next| is_dated(own.1, next.1 + REACH, next.1) || meets(&window[own.1..next.0]));
    let other = other.or_else(|| {
        before.filter(|before| is_dated(before.1, own.0, own.0) || meets(&window[before.1..own.0]))
    });
    let other = other.map(|(from, to)| window[from..to].to_owned());
    let other = other.or_else(|| from_which(&window[..own.0], said.words));
    let other = other.or_else(|| and_more(value, &window[own.1..]))?;
    // Of the other end of a range that it takes as well, the pattern says what it is.
    if matched.takes(&other) {
        return None;
    }
    let other = one(&field.reading, &[], &line(&other), matched).ok()?;
    (is_alike(&field.reading, &other) && !other.same(value)).then_some(other)
}

/// Whether words between two figures make a range or a choice of them.
fn joins(words: &str) -> bool {
    static JOINT: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"(?i)^(?: \p{L}+)?(?:,? ?(?:to|or|through|à|ou|au) |[-–])(?:CLB |NCLC )?$")
    });
    JOINT.is_match(words)
}

/// The figure from which a range goes that ends with a figure, with the unit of that: "10 to" before "11 days".
fn from_which(before: &str, words: &str) -> Option<String> {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"(?:^|[^\p{L}\d.,-])(\d[\d,]*(?:\.\d+)?)(?: (?:to|or|à|ou) |[-–])$")
    });
    let from = FROM.captures(before)?.get(1)?.as_str();
    let unit = words.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.'));
    (unit.len() < words.len()).then(|| format!("{from}{unit}"))
}

/// The second part of a length of time: "6 months" or "six months" after "2 years and".
fn and_more(value: &Value, after: &str) -> Option<String> {
    static MORE: LazyLock<Regex> = LazyLock::new(|| {
        let more = r"(?ix)^,?\ (?:and|et)\ (?:(?P<more>(?:\d+|[\p{L}-]+)\ (?:months?|mois|weeks?|semaines?|days?|jours?))|an?\ half|demie?)\b";
        constant(more)
    });
    let found = MORE.captures(after).filter(|_| matches!(value, Value::Duration(_)))?;
    Some(found.name("more").map_or("6 months", |more| more.as_str()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::recipe::Reading;
    use crate::extract::value::coming::{coming, tests::sentence};

    #[test]
    fn a_figure_with_a_day_for_some_only_is_another_and_replaces_none() {
        let other = |reading: Reading, text: &str, words: &str| {
            let (recipe, matched) = sentence(reading, text);
            let value = one(&recipe.reading, &[], words, &matched).unwrap();
            let coming = coming(&recipe, &value, words, "amount", &matched);
            assert_eq!(coming, None, "{text}");
            another(&recipe, &value, words, "amount", &matched).map(|other| other.to_string())
        };
        for text in [
            "above the cap of 10% (15% in rural areas until March 31, 2027) at a work location",
            "above the cap of 10%, or 15% in rural areas as of April 1, 2027",
        ] {
            assert_eq!(other(Reading::Percent, text, "10%").as_deref(), Some("15 %"), "{text}");
        }
        for text in [
            "within 10 days, or 15 days if you are under 22, as of April 1, 2027",
            "within 10 days for workers (15 days for students from April 1, 2027)",
        ] {
            assert_eq!(other(Reading::Duration, text, "10 days").as_deref(), Some("15 days"));
        }
        for (text, words) in [
            ("a service standard of 10 to 11 business days", "11 business days"),
            ("processed in 2 to 3 weeks", "3 weeks"),
            ("for 1 year, and beginning April 1, 2027, 2 years if you ask", "2 years"),
            ("for up to 2 years and 6 months after that", "2 years"),
            ("for up to 2 years and six months after that", "2 years"),
            ("pendant 1 an et demi", "1 an"),
            ("pendant une année et six mois", "une année"),
        ] {
            assert!(other(Reading::Duration, text, words).is_some(), "{text}");
        }
        assert!(other(Reading::Percent, "each holds 10% or 11% of it", "11%").is_some());
        let parted = "1 year of work in the 3 years before you apply (5 years if you apply on or after April 1, 2027)";
        let next = "1 year of work in the past 3 years; as of April 1, 2027, without a break";
        for text in [parted, next] {
            assert_eq!(other(Reading::Duration, text, "1 year"), None, "{text}");
        }
        for text in [
            "above the cap of 10% in rural areas",
            "above the cap of 10% (15% in rural areas)",
            "above the cap of 10%; the form changes on April 1, 2027",
        ] {
            assert_eq!(other(Reading::Percent, text, "10%"), None, "{text}");
        }
    }
}
