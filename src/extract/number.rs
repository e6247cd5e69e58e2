//! Numbers as official pages print them: `1,874`, `1 094`, `14 690 $`, `$41.35`, `12,50 $`.
//!
//! A comma or space before exactly three digits separates thousands; a point, or a comma before
//! one or two digits, begins the fraction. Anything else is refused rather than guessed.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

/// A number standing alone in a text, as printed. Digits in groups, then perhaps a fraction.
pub(super) const NUMBER: &str = r"\d{1,3}(?:[ ,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?";

/// Money as printed: the sign before (`$1,000`, `CAD 1,000`) or behind (`1 000 $`).
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(r"(?:CA)?\$ ?({NUMBER})(?:\D|$)|(?:^|[^\d.,])({NUMBER}) ?\$");
    Regex::new(&pattern).expect("the pattern is a constant")
});

/// Reads a text that is one number and nothing else.
#[must_use]
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let (sign, digits) =
        text.strip_prefix('-').map_or((Decimal::ONE, text), |t| (-Decimal::ONE, t));
    let mut plain = String::with_capacity(digits.len());
    let mut groups = digits.split([',', ' ']);
    let first = groups.next()?;
    plain.push_str(first);
    let rest: Vec<&str> = groups.collect();
    for (n, group) in rest.iter().enumerate() {
        let whole = group.split('.').next().unwrap_or_default();
        if whole.len() == 3 && first.len() <= 3 && !first.contains('.') {
            plain.push_str(group);
        } else if n + 1 == rest.len() && (1..=2).contains(&group.len()) && digits.contains(',') {
            // A decimal comma: French money.
            plain.push('.');
            plain.push_str(group);
        } else {
            return None;
        }
    }
    let sound = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit());
    plain.parse::<Decimal>().ok().filter(|_| sound).map(|d| d * sign)
}

/// Reads a text that is one whole number and nothing else.
#[must_use]
pub(super) fn integer(text: &str) -> Option<i64> {
    decimal(text)
        .filter(|d| d.fract().is_zero() && !text.contains('.'))
        .and_then(|d| d.try_into().ok())
}

/// Adds whole numbers; nothing where one is missing, masked, or the sum is beyond all sense.
#[must_use]
pub(super) fn sum<'a>(mut texts: impl Iterator<Item = Option<&'a str>>) -> Option<i64> {
    texts.try_fold(0_i64, |sum, text| sum.checked_add(integer(text?)?))
}

/// Reads the first amount of dollars in a text.
#[must_use]
pub(super) fn money(text: &str) -> Option<Decimal> {
    amounts(text).into_iter().next()
}

/// Reads every amount of dollars in a text, in order.
#[must_use]
pub(super) fn amounts(text: &str) -> Vec<Decimal> {
    if !text.contains('$') {
        return Vec::new();
    }
    MONEY
        .captures_iter(text)
        .filter_map(|found| found.get(1).or_else(|| found.get(2)))
        .filter_map(|digits| decimal(digits.as_str()))
        .collect()
}

/// Returns whether a text stands in place of a number: a masked count, or a word for "none given".
#[must_use]
pub(super) fn is_mask(text: &str) -> bool {
    static MASK: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^(?:
            n\s?/\s?a | n\.a\. | s\.o\. | - | none | tbd | tba | tbc | x{2,} | not\ available | not\ applicable
          | does\ not\ apply | to\ be\ (?:determined|confirmed|announced) | non\ disponible | sans\ objet
          | [<>≤≥]\s?\d[\d,\ ]* | (?:less|fewer|more)\ than\ \d[\d,\ ]* | moins\ de\ \d[\d,\ ]*
          | from\ \d+\ to\ \d+ | de\ \d+\ à\ \d+ | \d+\ or\ (?:less|fewer|more) | not\ enough\ data | varies
        )$";
        Regex::new(pattern).expect("the pattern is a constant")
    });
    MASK.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, number: &str) {
        assert_eq!(decimal(text).map(|d| d.to_string()).unwrap_or_default(), number, "{text}");
    }

    #[test]
    fn numbers_in_two_languages() {
        check("5,500", "5500");
        check("1 094", "1094");
        check("1123", "1123");
        check("41.35", "41.35");
        check("1,525.50", "1525.50");
        check("12,50", "12.50");
        check("1 525,00", "1525.00");
        check("256,224", "256224");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "1,00,000", "12 34", "1.", ".5", "5-6", "1,0000", "ten", "5 candidates"] {
            check(text, "");
        }
        assert_eq!(integer("1.5"), None);
        assert_eq!(integer("-12"), Some(-12));
    }

    #[test]
    fn money_on_either_side_of_its_sign() {
        let check = |text: &str, found: &[&str]| {
            let found: Vec<Decimal> = found.iter().map(|n| n.parse().unwrap()).collect();
            assert_eq!(amounts(text), found, "{text}");
        };
        check("$86,000 or higher prevailing wage", &["86000"]);
        check("at least $38.46 per hour ($80,000 annual base salary)", &["38.46", "80000"]);
        check("14 690 $", &["14690"]);
        check("un droit de 1 000 $ par poste", &["1000"]);
        check("$1,000.", &["1000"]);
        check("in 2024, $475, and", &["475"]);
        check("no amount", &[]);
    }

    #[test]
    fn a_sum_of_what_is_no_number_is_none() {
        assert_eq!(sum([Some("1,000"), Some("5")].into_iter()), Some(1005));
        assert_eq!(sum([Some("1"), Some("<5")].into_iter()), None);
        assert_eq!(sum([Some("1"), None].into_iter()), None);
        let most = i64::MAX.to_string();
        assert_eq!(sum([Some(most.as_str()), Some("1")].into_iter()), None);
    }

    #[test]
    fn masks_are_not_numbers() {
        for text in ["<5", "< 10", "N/A", "n/a", "Less than 10", "From 10 to 15", "TBD", "XXX", "-"]
        {
            assert!(is_mask(text), "{text}");
        }
        for text in ["5", "General", "Prevailing wage"] {
            assert!(!is_mask(text), "{text}");
        }
    }
}
