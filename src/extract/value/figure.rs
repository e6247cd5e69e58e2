//! The single figure of a cell: if there are several, the words must say which holds, and from when.

use std::sync::LazyLock;

use regex::Regex;

use super::field::{Read, line, one};
use super::pattern::constant;
use super::taken::Taken;
use super::{dated, number};
use crate::extract::matches::Match;
use crate::extract::recipe::{FieldRecipe, Reading};
use crate::model::{Announced, Between, Value};

/// Whether a reading is of a figure, of which a cell has only one.
pub(super) fn is_figure(reading: &Reading) -> bool {
    matches!(
        reading,
        Reading::Integer
            | Reading::Decimal
            | Reading::Money(_)
            | Reading::Percent
            | Reading::Duration
    )
}

/// The start of a complaint about several figures where one is expected.
const SEVERAL: &str = "it has several values: ";

pub(super) fn is_ambiguous(read: &Result<Option<Read>, String>) -> bool {
    read.as_ref().is_err_and(|why| why.starts_with(SEVERAL))
}

/// The single figure of a cell. If there are two, the words must say which holds from when: without such
/// words, the first is not simply taken.
pub(super) fn figure(
    field: &FieldRecipe,
    whole: &str,
    taken: Taken<'_, '_>,
    matched: &Match<'_>,
) -> Result<Option<Value>, String> {
    let start = whole.as_ptr() as usize;
    let mut found: Vec<Placed> = Vec::new();
    // Includes repeated values.
    let mut all: Vec<Placed> = Vec::new();
    for words in taken.take(FIGURES) {
        // A pattern may begin in the middle of a number.
        let words = number::uncut(whole, words);
        let at = words.as_ptr() as usize - start;
        // An amount may be among other words; any other figure must be all of them.
        let amounts = match &field.reading {
            Reading::Money(_) if field.find.is_none() => number::places(words).collect(),
            _ => vec![(0, words.len())],
        };
        let parts = if amounts.len() < 2 { vec![(0, words.len())] } else { amounts };
        for (from, to) in parts {
            if found.len() > FIGURES {
                break;
            }
            let part = &words[from..to];
            let value = match one(&field.reading, &field.words, &line(part), matched) {
                Ok(value) => value,
                // Further matches that are not figures are ignored.
                Err(why) if found.is_empty() => return Err(why),
                Err(_) => continue,
            };
            all.push((value.clone(), (at + from, at + to)));
            if !found.iter().any(|(known, _)| known.same(&value)) {
                found.push((value, (at + from, at + to)));
            }
        }
    }
    if let Some(together) = together(whole, &all) {
        return Ok(Some(together));
    }
    match found.as_slice() {
        [] => Ok(None),
        [(value, _)] => Ok(Some(value.clone())),
        [(a, first), (b, second)]
            if let Some((then, from)) = dated::order(whole, [*first, *second]) =>
        {
            let (now, then) = if then == 0 { (b, a) } else { (a, b) };
            let announced = Announced { now: now.clone(), then: then.clone(), from };
            Ok(Some(Value::Announced(Box::new(announced))))
        }
        all => Err(several(all.iter().map(|(value, _)| value))),
    }
}

/// Says that several values stand where one is expected.
pub(crate) fn several<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    let values: Vec<String> = values.map(Value::to_string).collect();
    format!("{SEVERAL}{}", values.join(", "))
}

/// A value, and the start and end of its words.
type Placed = (Value, (usize, usize));

/// Several values that form one: a sum ("$1,050 + $100"), or a range ("$60 to $85").
fn together(whole: &str, all: &[Placed]) -> Option<Value> {
    let between: Vec<&str> = all
        .windows(2)
        .filter_map(|pair| whole.get(pair[0].1.1..pair[1].1.0))
        .map(str::trim)
        .collect();
    let joined = |words: &[&str]| between.iter().all(|joint| words.contains(joint));
    match all {
        [] | [_] => None,
        _ if between.len() + 1 != all.len() => None,
        _ if joined(&["+", "plus"]) => {
            Some(Value::Sum(all.iter().map(|(value, _)| value.clone()).collect()))
        }
        [(from, (start, first)), (to, (last, _))]
            if whole
                .get(..*start)
                .zip(whole.get(*first..*last))
                .is_some_and(|(before, between)| are_bounds(before, between)) =>
        {
            let (from, to) = (from.clone(), to.clone());
            let is_range = from.number()? < to.number()?;
            is_range.then(|| Value::Between(Box::new(Between { from, to })))
        }
        [(from, (start, _)), (to, (_, end))] if joined(&["to", "-", "à", "through"]) => {
            // "from $5 to $6 on May 1" is a fee that changes.
            let is_range = from.number()? < to.number()?
                && dated::order(whole, [(*start, all[0].1.1), (all[1].1.0, *end)]).is_none();
            let (from, to) = (from.clone(), to.clone());
            is_range.then(|| Value::Between(Box::new(Between { from, to })))
        }
        _ => None,
    }
}

/// Whether a bound above follows one below: "at least 18 and no older than 59".
fn are_bounds(before: &str, between: &str) -> bool {
    static LEAST: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?i)\b(?:at least|(?:a )?minimum(?: of)?|(?:no|not) (?:less|younger|fewer) than|au moins)$",
        )
    });
    static MOST: LazyLock<Regex> = LazyLock::new(|| {
        let most = r"(?ix)^(?:\ ?(?:years?\ old|years?\ of\ age|years?|ans|points))?,?\ (?:and|but|et|mais)\ (?:
            at\ most | up\ to | a\ maximum\ of | (?:no|not)\ (?:more|older|higher|greater)\ than
            | au\ plus | au\ maximum | pas\ plus\ de )$";
        constant(most)
    });
    LEAST.is_match(before.trim_end()) && MOST.is_match(between.trim_end())
}

/// The most figures of a cell to examine: as many as a complaint names.
const FIGURES: usize = 8;
