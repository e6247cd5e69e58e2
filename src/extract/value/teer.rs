//! TEER categories: one, or several as one value, however they are written.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::matches::Match;
use crate::extract::value::pattern::constant;
use crate::model::{Noc, Range, Value};

/// A TEER category as printed, checked against the NOC code in the same match. Consecutive ones are a range:
/// `TEER 0 to 3` and `TEER 0, 1, 2 or 3` are the same. Others are a list.
pub(super) fn teer(text: &str, matched: &Match<'_>) -> Result<Value, String> {
    let printed = teers(text).ok_or_else(|| "it is no TEER category".to_owned())?;
    let (Some(first), Some(last)) = (printed.first(), printed.last()) else {
        return Err("it is no TEER category".to_owned());
    };
    match matched.get("noc").and_then(|code| Noc::parse(code.trim())) {
        Some(code) if printed.iter().any(|teer| *teer != i64::from(code.teer())) => {
            let all: Vec<String> = printed.iter().map(ToString::to_string).collect();
            return Err(format!(
                "the page prints TEER {}, the code {code} has TEER {}",
                all.join(", "),
                code.teer()
            ));
        }
        _ => {}
    }
    let is_row = printed.windows(2).all(|pair| pair[1] == pair[0] + 1);
    Ok(match (printed.len(), Range::new(*first, Some(*last))) {
        (1, _) => Value::Integer(*first),
        (_, Some(range)) if is_row => Value::Range(range),
        _ => Value::List(printed.into_iter().map(Value::Integer).collect()),
    })
}

/// The single categories of a value that may hold several; any other value is itself.
pub(super) fn each(value: Value) -> Vec<Value> {
    match value {
        Value::Range(Range { from, to: Some(to) }) => (from..=to).map(Value::Integer).collect(),
        Value::List(several) => several,
        other => vec![other],
    }
}

/// The TEER categories in a text, in order.
fn teers(text: &str) -> Option<Vec<i64>> {
    static TEERS: LazyLock<Regex> = LazyLock::new(|| {
        let one = r"(?:(?:TEERs?|FEER|categor(?:y|ies)|catégories?)\ )*[0-5]";
        let word = r"(?:and/or|et/ou|and|or|et|ou|to|through|à)";
        let joint = format!(r"(?:[,;]?\ {word}\ |[,;]?\ ?[-–/&]\ ?|[,;]\ ?)");
        let pattern = format!(r"(?ix)^ (?:from\ |de\ )? {one} (?:{joint} {one})* $");
        constant(&pattern)
    });
    static RANGE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?i)([0-5])(?: ?[-–] ?| (?:to|through|à) )[a-zé ]*([0-5])"));
    if !TEERS.is_match(text) {
        return None;
    }
    let digit = |c: char| c.to_digit(10).map(i64::from);
    let mut all: Vec<i64> = text.chars().filter_map(digit).collect();
    for range in RANGE.captures_iter(text) {
        let (from, to): (i64, i64) = (range[1].parse().ok()?, range[2].parse().ok()?);
        if from > to {
            return None;
        }
        all.extend(from..=to);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}
