//! The unit of a figure, from the words over it.

use std::sync::LazyLock;

use regex::Regex;

use super::field::Read;
use super::figure::is_figure;
use super::number;
use crate::extract::matches::{HEADER, Match};
use crate::extract::recipe::{FieldRecipe, Reading};
use crate::extract::value::pattern::constant;
use crate::model::{Currency, Value};

/// The unit of a figure, from the words over it: its column's header, its table's caption, its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Dollars,
    Percent,
    /// Thousands or millions, which no recipe reads.
    Scaled,
    /// The words give no missing unit.
    Other,
}

impl Unit {
    /// Why figures in thousands are not read.
    pub(super) const SCALED: &str = "its header says that it counts in thousands or millions";

    pub(super) fn of(reading: &Reading, cell: &str, matched: &Match<'_>) -> Self {
        static SCALED: LazyLock<Regex> = LazyLock::new(|| {
            let pattern =
                r"(?i)\bin (?:thousands|millions)\b|\ben (?:milliers|millions)\b|\('?000s?\)|\$000";
            constant(pattern)
        });
        if !is_figure(reading) {
            return Self::Other;
        }
        let header = format!("{cell}{HEADER}");
        let over = [header.as_str(), "caption", "label"];
        let mut over =
            over.into_iter().filter_map(|cell| matched.get(cell)).filter(|w| !w.is_empty());
        let has = |words: &str, signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
        let unit = over.find_map(|words| match reading {
            _ if SCALED.is_match(words) => Some(Self::Scaled),
            Reading::Money(_) if has(words, &["$", "CAD", "dollars"]) => Some(Self::Dollars),
            Reading::Percent if has(words, &["%", "per cent", "percent", "pour cent"]) => {
                Some(Self::Percent)
            }
            _ => None,
        });
        unit.unwrap_or(Self::Other)
    }

    /// The value of a cell that is a number alone, in the unit.
    pub(super) fn given(self, field: &FieldRecipe, whole: &str) -> Option<Read> {
        let number = number::decimal(whole.trim())?;
        match (self, &field.reading) {
            (Self::Dollars, Reading::Money(per)) => {
                let money = Value::Money { amount: number, currency: Currency::Cad, per: *per };
                Some(Read::Value(money))
            }
            (Self::Percent, _) => Some(Read::Value(Value::Percent(number))),
            _ => None,
        }
    }
}
