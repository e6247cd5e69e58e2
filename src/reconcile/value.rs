//! One value of the data beside one official value: whether they say the same, and how the data would
//! write the official one.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Number, Value as Json};

use super::amount::{figure, in_text};
use crate::binding::{Transform, code_in};
use crate::dataset::word_list::{glue, parts};
use crate::model::{OfficialSays, Value, text};

/// What a binding says about values.
pub(super) struct Rule<'a> {
    pub(super) transforms: &'a [Transform],
    pub(super) words: &'a BTreeMap<String, String>,
    pub(super) tolerance: Decimal,
}

/// The words of a value of the data.
pub(super) fn words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value of the data as a key, its transforms done.
pub(super) fn key(value: &Json, transforms: &[Transform]) -> String {
    let mut key = words(value).trim().to_owned();
    for transform in transforms {
        key = plain(&key, transform);
    }
    key
}

/// A text of the data without what a transform says it has more.
fn plain(text: &str, transform: &Transform) -> String {
    match transform {
        Transform::StripPrefix(words) => {
            text.strip_prefix(words.as_str()).unwrap_or(text).to_owned()
        }
        Transform::StripSuffix(words) => {
            text.strip_suffix(words.as_str()).unwrap_or(text).to_owned()
        }
        Transform::Lower | Transform::Upper => text.to_lowercase(),
        Transform::Noc => code_in(text).unwrap_or(text).to_owned(),
        Transform::HourlyToYearly(_) | Transform::YearlyToHourly(_) => text.to_owned(),
    }
}

/// An official text as the data writes it.
pub(super) fn dressed(official: &str, transforms: &[Transform]) -> String {
    let mut text = official.to_owned();
    for transform in transforms.iter().rev() {
        text = match transform {
            Transform::StripPrefix(words) => format!("{words}{text}"),
            Transform::StripSuffix(words) => format!("{text}{words}"),
            Transform::Lower => text.to_lowercase(),
            Transform::Upper => text.to_uppercase(),
            Transform::Noc | Transform::HourlyToYearly(_) | Transform::YearlyToHourly(_) => text,
        };
    }
    text
}

impl Rule<'_> {
    /// Whether a value of the data says what the official one says.
    pub(super) fn agrees(&self, yours: &Json, official: &Value) -> bool {
        if let Some(number) = self.official_number(official) {
            return self
                .number(yours)
                .is_some_and(|yours| (yours - number).abs() <= self.tolerance);
        }
        let has_case = self.transforms.iter().any(Transform::is_case);
        let said = self.said(yours);
        match official {
            Value::Flag(flag) => flag_of(yours, &said) == Some(*flag),
            Value::List(values) => match yours {
                Json::Array(items) => {
                    items.len() == values.len()
                        && items
                            .iter()
                            .all(|item| values.iter().any(|value| self.agrees(item, value)))
                }
                _ if text::fold(&said) == text::fold(&official.to_string()) => true,
                Json::String(text) => {
                    let own: BTreeSet<&str> = parts(text).into_iter().collect();
                    let is_there = |word: &str| {
                        values.iter().any(|value| self.agrees(&Json::from(word), value))
                    };
                    own.len() == values.len() && own.into_iter().all(is_there)
                }
                _ => false,
            },
            _ => {
                let stated = official.to_string();
                let same = |said: &str, stated: &str| {
                    Value::Text(said.to_owned()).same(&Value::Text(stated.to_owned()))
                };
                same(&said, &stated) || (has_case && same(&said, &stated.to_lowercase()))
            }
        }
    }

    /// The data's word for an official one, its transforms done.
    fn said(&self, yours: &Json) -> String {
        let raw = words(yours);
        if let Some(official) = self.words.get(raw.trim()) {
            return official.clone();
        }
        self.transforms
            .iter()
            .fold(raw, |text, transform| plain(&text, transform))
            .trim()
            .to_owned()
    }

    /// The number of the data's value.
    fn number(&self, yours: &Json) -> Option<Decimal> {
        let said = self.said(yours);
        Decimal::from_str(&said).or_else(|_| Decimal::from_scientific(&said)).ok().or_else(|| {
            let (at, digits) = figure(&said)?;
            // More than one number in it is no number.
            let rest = format!("{}{}", &said[..at.start], &said[at.end..]);
            (!rest.chars().any(|c| c.is_ascii_digit())).then_some(digits)
        })
    }

    /// The official number, in the data's unit.
    fn official_number(&self, official: &Value) -> Option<Decimal> {
        if matches!(official, Value::Between(_) | Value::Sum(_)) {
            return None;
        }
        let mut number = official.number()?;
        for transform in self.transforms {
            number = match transform {
                Transform::HourlyToYearly(hours) => number.checked_mul(*hours)?,
                Transform::YearlyToHourly(hours) => number
                    .checked_div(*hours)?
                    .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
                _ => number,
            };
        }
        Some(number)
    }

    /// The official value, and what it is in the unit of the data.
    pub(super) fn stated(&self, official: &Value) -> OfficialSays {
        let is_other = |t: &Transform| {
            matches!(t, Transform::HourlyToYearly(_) | Transform::YearlyToHourly(_))
        };
        let number =
            self.official_number(official).filter(|_| self.transforms.iter().any(is_other));
        match number {
            Some(number) => OfficialSays::Converted(official.clone(), number),
            None => OfficialSays::Value(official.clone()),
        }
    }

    /// The official value as the data would write it, in the place of `yours`.
    pub(super) fn written(&self, yours: Option<&Json>, official: &Value) -> Json {
        let own_word = |official: &str| {
            let found = self.words.iter().find(|(_, theirs)| theirs.as_str() == official);
            found.map(|(own, _)| own.clone())
        };
        if let Some(number) = self.official_number(official) {
            return match yours {
                Some(Json::String(text)) => Json::String(in_text(text, number)),
                _ => as_number(number),
            };
        }
        match (official, yours) {
            (Value::Flag(flag), Some(Json::String(text))) => flag_in_text(text, *flag),
            (Value::Flag(flag), _) => Json::Bool(*flag),
            (Value::List(values), Some(Json::Array(items))) => {
                values.iter().map(|value| self.written(items.first(), value)).collect()
            }
            // As the data has them in one text: with the same between them.
            (Value::List(values), Some(Json::String(text))) if glue(text).is_some() => {
                let like = parts(text).first().map(|word| Json::from(*word));
                let own = values.iter().map(|value| words(&self.written(like.as_ref(), value)));
                own.collect::<Vec<_>>().join(&glue(text).unwrap_or_default()).into()
            }
            _ => {
                let text = official.to_string();
                let own = own_word(&text);
                if own.as_deref() == Some("null") {
                    return Json::Null;
                }
                Json::String(own.unwrap_or_else(|| dressed(&text, self.transforms)))
            }
        }
    }
}

/// The number that a value of the data is, without any transform: `1000`, `"$1,000.00"`.
pub(super) fn number_of(yours: &Json) -> Option<Decimal> {
    let words = BTreeMap::new();
    Rule { transforms: &[], words: &words, tolerance: Decimal::ZERO }.number(yours)
}

/// Yes or no, as people write it.
pub(super) fn flag_of(value: &Json, said: &str) -> Option<bool> {
    if let Json::Bool(flag) = value {
        return Some(*flag);
    }
    match said.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "oui" => Some(true),
        "no" | "n" | "false" | "0" | "" | "non" => Some(false),
        _ => None,
    }
}

/// Yes or no in the words of the text it replaces.
fn flag_in_text(text: &str, flag: bool) -> Json {
    const WORDS: [(&str, &str); 6] =
        [("yes", "no"), ("true", "false"), ("oui", "non"), ("1", "0"), ("y", "n"), ("x", "")];
    let lower = text.to_lowercase();
    let found = WORDS.iter().find(|(yes, no)| *yes == lower || *no == lower);
    let (yes, no) = found.copied().unwrap_or(WORDS[0]);
    let word = if flag { yes } else { no };
    // In the same letters: `TRUE`, `Oui`.
    let is_large = |text: &str| !text.is_empty() && text.chars().all(char::is_uppercase);
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    Json::String(match (is_large(first), is_large(rest) || rest.is_empty()) {
        (true, true) => word.to_uppercase(),
        (true, false) => word[..1].to_uppercase() + &word[1..],
        (false, _) => word.to_owned(),
    })
}

/// A number of JSON with the same digits.
fn as_number(number: Decimal) -> Json {
    let number = number.normalize();
    i64::try_from(number)
        .ok()
        .filter(|_| number.fract().is_zero())
        .map(Json::from)
        .or_else(|| Number::from_f64(f64::from_str(&number.to_string()).ok()?).map(Json::Number))
        .unwrap_or_else(|| Json::String(number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_one_text_is_a_list() {
        let words = BTreeMap::new();
        let rule = Rule { transforms: &[], words: &words, tolerance: Decimal::ZERO };
        let teer = Value::List([0, 1, 2].map(Value::Integer).to_vec());
        for same in ["0, 1, 2", "2|1|0", "0;1;2"] {
            assert!(rule.agrees(&Json::from(same), &teer), "{same}");
        }
        for other in ["0, 1", "0, 1, 2, 3", "0, 1, 1", "12"] {
            assert!(!rule.agrees(&Json::from(other), &teer), "{other}");
        }
        assert_eq!(rule.written(Some(&Json::from("0|1")), &teer), Json::from("0|1|2"));
        let names = Value::List(["open", "closed"].map(|word| Value::Text(word.into())).to_vec());
        assert_eq!(
            rule.written(Some(&Json::from("open / x")), &names),
            Json::from("open / closed")
        );
    }

    #[test]
    fn yes_and_no_are_written_as_the_data_has_them() {
        let as_in =
            |text: &str| words(&flag_in_text(text, true)) + &words(&flag_in_text(text, false));
        for same in [
            "yesno",
            "YESNO",
            "YesNo",
            "ouinon",
            "OuiNon",
            "TRUEFALSE",
            "TrueFalse",
            "10",
            "YN",
            "yn",
            "X",
        ] {
            let word = ["yes", "oui", "true", "1", "y", "x"]
                .into_iter()
                .find(|word| same.to_lowercase().starts_with(word))
                .map(|word| &same[..word.len()]);
            assert_eq!(as_in(word.unwrap()), same);
        }
        assert_eq!(as_in(""), "x");
    }

    #[test]
    fn an_hour_becomes_a_year() {
        let hourly = [Transform::HourlyToYearly(Decimal::from(2080))];
        let words = BTreeMap::new();
        let rule = Rule { transforms: &hourly, words: &words, tolerance: Decimal::ONE };
        let floor = Value::Decimal("41.35".parse().unwrap());
        assert!(rule.agrees(&Json::from(86008), &floor));
        assert!(!rule.agrees(&Json::from(86000), &floor));
        assert_eq!(rule.written(Some(&Json::from(86000)), &floor), Json::from(86008));
    }
}
