//! Lengths of time, in figures or in words, in both languages.

use std::sync::LazyLock;

use regex::Regex;

use super::number;
use crate::extract::value::pattern::constant;
use crate::model::{Between, Duration, DurationUnit, Value};

/// Numbers that pages spell out before a length of time.
const NUMERALS: [(&str, &str, i64); 18] = [
    ("one", "un", 1),
    ("one", "une", 1),
    ("two", "deux", 2),
    ("three", "trois", 3),
    ("four", "quatre", 4),
    ("five", "cinq", 5),
    ("six", "six", 6),
    ("seven", "sept", 7),
    ("eight", "huit", 8),
    ("nine", "neuf", 9),
    ("ten", "dix", 10),
    ("eleven", "onze", 11),
    ("twelve", "douze", 12),
    ("fifteen", "quinze", 15),
    ("eighteen", "dix-huit", 18),
    ("twenty-four", "vingt-quatre", 24),
    ("thirty", "trente", 30),
    ("thirty-six", "trente-six", 36),
];

/// A length of time, or a range of them.
pub(super) fn value(text: &str) -> Option<Value> {
    match between(text) {
        Some((from, to)) => {
            let (from, to) = (Value::Duration(from), Value::Duration(to));
            Some(Value::Between(Box::new(Between { from, to })))
        }
        None => duration(text).map(Value::Duration),
    }
}

/// `6 months`, `3 years`, `10 business days`, `12 mois`, `1 an`; a word may come before it ("about"). `six
/// months`, `six (6) months` and `12-month` are lengths too.
fn duration(text: &str) -> Option<Duration> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(' ').collect();
    let begins = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    if let Some(at) = words.iter().position(begins) {
        // "12-month" is two words.
        return match words[at].split_once('-') {
            Some((count, unit)) => {
                length(number::integer(count)?, &[&[unit], &words[at + 1..]].concat())
            }
            None => length(number::integer(words[at])?, &words[at + 1..]),
        };
    }
    let numeral = |word: &str| {
        NUMERALS.iter().find(|(en, fr, _)| word == *en || word == *fr).map(|(.., count)| *count)
    };
    words.iter().enumerate().find_map(|(at, word)| {
        let Some(count) = numeral(word) else {
            // "one-year" is two words as well, "twenty-four" is not.
            let (count, unit) = word.rsplit_once('-')?;
            return length(numeral(count)?, &[&[unit], &words[at + 1..]].concat());
        };
        // "two (2) years": the figure counts.
        let figure = words.get(at + 1).and_then(|word| word.strip_prefix('(')?.strip_suffix(')'));
        let figure = figure.and_then(number::integer);
        let after = at + 1 + usize::from(figure.is_some());
        length(figure.unwrap_or(count), words.get(after..)?)
    })
}

/// A range of lengths: `5 to 12 weeks`, `18-24 months`, `6 months to 1 year`, `de 5 à 12 semaines`.
fn between(text: &str) -> Option<(Duration, Duration)> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^ (?:(?:from|between|about|approximately|de|entre|environ)\ )*
            (?P<from>[\p{L}\d,]+(?:-[\p{L}]+)?) (?:\ (?P<unit>[\p{L}]+(?:\ [\p{L}]+)?))?? (?:\ ?-\ ?|\ (?:to|through|and|à|et)\ )
            (?P<to>[\p{L}\d,]+(?:-[\p{L}]+)?\ .+) $";
        constant(pattern)
    });
    let found = BETWEEN.captures(text)?;
    let to = duration(&found["to"])?;
    let unit = found.name("unit").map_or(to.unit.word(), |unit| unit.as_str());
    let from = duration(&format!("{} {unit}", &found["from"]))?;
    let is_between = from.count <= to.count || from.unit != to.unit;
    is_between.then_some((from, to))
}

/// A count and the words of its unit.
fn length(count: i64, words: &[&str]) -> Option<Duration> {
    // "3 dernières années", "past 3 full years": an adjective may come before the unit.
    let adjective =
        |word: &&str| matches!(*word, "dernières" | "derniers" | "full" | "past" | "last");
    let words = &words[usize::from(words.first().is_some_and(adjective))..];
    let unit = match (words.first()?.trim_end_matches(['.', ',', ';', ')']), words.get(1)) {
        ("business" | "working", Some(_)) | ("jours", Some(&"ouvrables")) => {
            DurationUnit::BusinessDays
        }
        ("hour" | "hours" | "heure" | "heures", _) => DurationUnit::Hours,
        ("day" | "days" | "jour" | "jours", _) => DurationUnit::Days,
        ("week" | "weeks" | "semaine" | "semaines", _) => DurationUnit::Weeks,
        ("month" | "months" | "mois", _) => DurationUnit::Months,
        ("year" | "years" | "an" | "ans" | "année" | "années", _) => DurationUnit::Years,
        _ => return None,
    };
    Some(Duration { count, unit })
}
