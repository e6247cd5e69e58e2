//! Numbers as official pages print them: `1,874`, `1 094`, `14 690 $`, `$41.35`, `12,50 $`.
//!
//! A comma or space before exactly three digits separates thousands; a point, or a comma before one or two
//! digits, begins the fraction. A point separates thousands only if it can mean nothing else: `1.234.567`,
//! `1.234,50`. Anything else is refused rather than guessed.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::extract::value::pattern::constant;
use crate::model::{self, says_free};

/// A number by itself in a text, as printed: digits in groups, then perhaps a fraction.
pub(crate) const NUMBER: &str = r"\d{1,3}(?:[ ,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?";

/// Money as printed, with the sign before (`$1,000`, `CAD 1,000`) or after (`1 000 $`).
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(r"(?:CA)?\$ ?({NUMBER})(?:\D|$)|(?:^|[^\d.,])({NUMBER}) ?\$");
    constant(&pattern)
});

/// Whether a part of a text begins or ends in the middle of a number: `560` in `1.560` and in `1, 560`, `1` in `1.000`.
#[must_use]
pub(crate) fn is_cut(text: &str, part: Range<usize>) -> bool {
    static BEFORE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?:\d[.,]?|(?:^|[^\d.,])\d{1,3}[.,] )$"));
    static AFTER: LazyLock<Regex> = LazyLock::new(|| constant(r"^(?:[.,]?\d{3}(?:\D|$))"));
    let (before, rest) = text.split_at(part.start);
    let (within, after) = rest.split_at(part.len());
    let is_digit = |c: char| c.is_ascii_digit();
    let figures = within.chars().take_while(|c| is_digit(*c)).count();
    // A list such as "CLB 5, 560 hours" has no thousand before its comma; after a space there are just three figures.
    let is_before = || match before.ends_with(' ') {
        true => figures == 3 && BEFORE.is_match(before),
        false => figures > 0 && BEFORE.is_match(before),
    };
    is_before() || within.ends_with(is_digit) && AFTER.is_match(after)
}

/// The whole of a number that a part of a text begins in the middle of: `1,350 hours` for the `350 hours` in it.
#[must_use]
pub(crate) fn uncut<'t>(text: &'t str, part: &'t str) -> &'t str {
    let at = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let Some(before) = text.get(..at).filter(|before| before.ends_with([',', '.'])) else {
        return part;
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let start = before.trim_end_matches(|c| is_digit(c) || matches!(c, ',' | '.')).len();
    let digits = part.len() - part.trim_start_matches(is_digit).len();
    let is_number = digits > 0
        && before[start..].starts_with(is_digit)
        && decimal(&text[start..at + digits]).is_some();
    if is_number { &text[start..at + part.len()] } else { part }
}

/// Reads a text of digits only, as most numbers are; no more digits than are sure to fit.
fn digits(text: &str) -> Option<i64> {
    let is_plain = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// Reads a text that is one number and nothing else.
#[must_use]
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    if let Some(whole) = digits(text) {
        return Some(whole.into());
    }
    let (sign, digits) =
        text.strip_prefix('-').map_or((Decimal::ONE, text), |t| (-Decimal::ONE, t));
    let pointed = without_points(digits);
    let digits = pointed.as_deref().unwrap_or(digits);
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

/// The digits of a number with points between its thousands, if nothing else can be meant: it has several
/// points, or one and a decimal comma.
fn without_points(digits: &str) -> Option<String> {
    let (whole, cents) = match digits.split_once(',') {
        Some((whole, cents)) => (whole, Some(cents)),
        None => (digits, None),
    };
    let mut groups = whole.split('.');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let more = groups.clone().count();
    let certain = if cents.is_some_and(|cents| cents.len() <= 2) { 1 } else { 2 };
    let parted = more >= certain && groups.all(|group| group.len() == 3);
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let sound = parted && is_number(&whole.replace('.', "")) && first != "0";
    sound.then(|| digits.replace('.', ""))
}

/// Reads a text that is one whole number and nothing else.
#[must_use]
pub(crate) fn integer(text: &str) -> Option<i64> {
    if let Some(whole) = digits(text) {
        return Some(whole);
    }
    decimal(text)
        .filter(|d| d.fract().is_zero() && (!text.contains('.') || without_points(text).is_some()))
        .and_then(|d| d.try_into().ok())
}

/// Adds whole numbers; `None` if one is missing or masked, or the sum overflows.
#[must_use]
pub(crate) fn sum<'a>(mut texts: impl Iterator<Item = Option<&'a str>>) -> Option<i64> {
    texts.try_fold(0_i64, |sum, text| sum.checked_add(integer(text?)?))
}

/// Reads the first amount of dollars in a text.
#[must_use]
pub(crate) fn money(text: &str) -> Option<Decimal> {
    amounts(text).next()
}

/// The places of the amounts of dollars in a text, from sign to last digit.
pub(crate) fn places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    placed(text).map(|(from, to, _)| (from, to))
}

/// Reads every amount of dollars in a text, in order.
pub(crate) fn amounts(text: &str) -> impl Iterator<Item = Decimal> {
    placed(text).map(|(_, _, amount)| amount)
}

/// The amounts of dollars in a text, and the start and end of each: `$1.5 million` is one.
fn placed(text: &str) -> impl Iterator<Item = (usize, usize, Decimal)> {
    let mut at = if text.contains('$') { 0 } else { text.len() };
    let found = std::iter::from_fn(move || {
        loop {
            let found = MONEY.captures_at(text, at)?;
            let all = found.get(0)?;
            // In "January 22, 2027 $1,750" the sign belongs to the amount after it.
            let is_of_next = found.get(2).is_some()
                && all.as_str().ends_with(" $")
                && text[all.end()..].starts_with(|c: char| c.is_ascii_digit());
            at = if is_of_next { all.end() - 1 } else { all.end() };
            if !is_of_next {
                return Some(found);
            }
        }
    });
    found.filter_map(|found| {
        let all = found.get(0)?;
        // The sign comes before the digits, or after them.
        let (digits, from, to) = match (found.get(1), found.get(2)) {
            (Some(digits), _) => (digits, all.start(), digits.end()),
            (None, digits) => (digits?, digits?.start(), all.end()),
        };
        if is_foreign(&text[..from], &text[to..]) {
            return None;
        }
        let (scale, length) = scale(&text[to..]);
        let amount = decimal(digits.as_str())?.checked_mul(scale)?;
        Some((from, to + length, amount))
    })
}

/// Whether the words before or after an amount say that its dollars are another country's.
fn is_foreign(before: &str, after: &str) -> bool {
    const OTHERS: [&str; 8] = ["us", "usd", "u.s", "au", "aud", "nz", "hk", "sg"];
    let is_word_end = |c: char| !c.is_alphanumeric() && c != '.';
    let last = before.trim_end_matches([' ', '.']).rsplit(is_word_end).next();
    let first = after.trim_start().split(is_word_end).next();
    [last, first].into_iter().flatten().any(|word| {
        let word = word.trim_matches('.');
        OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other))
    })
}

/// The multiplier of an amount, and the length of the words that give it: `million`, `M`, `k`.
fn scale(after: &str) -> (Decimal, usize) {
    static SCALE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern =
            r"^(?:(k)|(M)| ?(?:(?i)(thousand|mille)|(millions?)|(billions?|milliards?)))\b";
        constant(pattern)
    });
    let Some(found) = SCALE.captures(after) else { return (Decimal::ONE, 0) };
    let is = |groups: &[usize]| groups.iter().any(|group| found.get(*group).is_some());
    let zeros = if is(&[1, 3]) {
        1_000
    } else if is(&[2, 4]) {
        1_000_000
    } else {
        1_000_000_000
    };
    (Decimal::from(zeros), found[0].len())
}

/// Reads a range of whole numbers: `601-1200`, `405 to 435`, `57 and above`, `150+`, or one number.
#[must_use]
pub(crate) fn range(text: &str) -> Option<model::Range> {
    static RANGE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = format!(
            r"(?ix)^(?:from\ |between\ |de\ |entre\ )?({NUMBER}) (?:
                (?:\ ?-\ ?|\ (?:to|and|through|à|et)\ ) ({NUMBER})
              | (\ ?\+ |\ (?:and|or|et|ou)\ (?:above|over|up|more|higher|greater|plus))
            )?$",
            NUMBER = NUMBER.replace(' ', r"\ "),
        );
        constant(&pattern)
    });
    let found = RANGE.captures(text)?;
    let from = integer(&found[1])?;
    match (found.get(2), found.get(3)) {
        (Some(to), _) => model::Range::new(from, Some(integer(to.as_str())?)),
        (None, Some(_)) => model::Range::new(from, None),
        (None, None) => model::Range::new(from, Some(from)),
    }
}

/// Returns a number without what says nothing else of it: its unit, "and above", a remark on a part of it. "620 points",
/// "256 (including 20 in Labrador)". `None` if there is nothing such.
#[must_use]
pub(crate) fn bare(text: &str) -> Option<&str> {
    static BARE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^(?P<number>\d[\d,.\ ]*?)
            (?:\ (?:points?|invitations?|invit[ée]e?s|candidate?s?|candidats?|people|persons?|personnes?|profils?|profiles?
              |nominations?|d[ée]signations?|spots?|spaces?|seats?|places?|applications?|demandes?|itas?|laas?|eois?
              |nominees?|allocations?|certificate?s?|certificats?))?
            (?:\ (?:(?:and|or)\ (?:above|higher)|et\ plus|ou\ plus))?
            (?:\ ?\((?:(?:incl\.|including|includes?|of\ which|y\ compris|dont|incluant|comprend)\ [^()]*
              |\d[\d,]*\ (?:in|for|under|outside|dans|pour|en|au|à)\ [^()\d]*)\))?$";
        constant(pattern)
    });
    let number = BARE.captures(text)?.name("number")?.as_str();
    (number.len() < text.len()).then_some(number)
}

/// Returns whether a text replaces a number: a masked count, or a word for "none given".
#[must_use]
pub(crate) fn is_mask(text: &str) -> bool {
    static MASK: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^(?:
            n\s?/\s?a | n\.a\. | s\.o\. | -{1,2} | none | tbd | tba | tbc | x{2,} | not\ available | not\ applicable
          | does\ not\ apply | to\ be\ (?:determined|confirmed|announced) | non\ disponible | sans\ objet
          | [<>≤≥]\s?\d[\d,\ ]* | (?:less|fewer|more)\ than\ \d[\d,\ ]* | moins\ de\ \d[\d,\ ]*
          | from\ \d+\ to\ \d+ | de\ \d+\ à\ \d+ | \d+\ or\ (?:less|fewer|more) | not\ enough\ data | varies
        )$";
        constant(pattern)
    });
    MASK.is_match(text) || says_free(text)
}

/// Returns whether a cell beside one with a value says that it stays: it is empty, a dash, "no change".
#[must_use]
pub(crate) fn is_unchanged(text: &str) -> bool {
    static UNCHANGED: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^(?: -{0,2} | n\s?/\s?a | no\ change | unchanged | (?:the\ )?same | aucun\ changement
            | inchang[ée]e?s? | s\.o\. )\.?$";
        constant(pattern)
    });
    UNCHANGED.is_match(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, number: &str) {
        assert_eq!(decimal(text).map(|d| d.to_string()).unwrap_or_default(), number, "{text}");
    }

    #[test]
    fn a_number_may_have_its_unit_and_a_remark_on_a_part_of_it() {
        for (text, number) in [
            ("620 points", Some("620")),
            ("620 et plus", Some("620")),
            ("1,094 candidats", Some("1,094")),
            ("256 (including 20 in Labrador)", Some("256")),
            ("3,425 (includes 100 for physicians)", Some("3,425")),
            ("75 (32 in the Moncton region)", Some("75")),
            ("445 ITAs", Some("445")),
            ("6,603 spaces", Some("6,603")),
            ("620", None),
            ("620 days", None),
            ("620 (estimate)", None),
            ("620 (700 from March 1, 2027)", None),
            ("620 or more", None),
            ("about 620 points", None),
            ("620 points (700 points from March 1, 2027)", None),
        ] {
            assert_eq!(bare(text), number, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_number_is_not_the_number() {
        for (text, part, expected) in [
            ("at least 1.560 hours", "560", true),
            ("at least 1, 560 hours", "560", true),
            ("at least 12.5 hours", "5", true),
            ("a fee of $1.000 for each", "1", true),
            ("at least 1,560 hours", "1,560", false),
            ("CLB 5, 60 points", "60", false),
            ("by June 1, 2027", "2027", false),
            ("by June 1, 2027", "June 1", false),
            ("in 2026, 560 hours", "560", false),
            ("a fee of $12.50", "$12.50", false),
        ] {
            let from = text.find(part).unwrap();
            assert_eq!(is_cut(text, from..from + part.len()), expected, "{text}: {part}");
        }
    }

    #[test]
    fn a_number_is_taken_from_its_beginning() {
        for (text, part, expected) in [
            ("at least 1,350 hours", "350 hours", "1,350 hours"),
            ("(or 1,350 hours", "350", "1,350"),
            ("1,234,567 people", "567", "1,234,567"),
            ("at least 12.5 hours", "5", "12.5"),
            ("at least 1,350 hours", "1,350 hours", "1,350 hours"),
            ("CLB 5, 560 hours", "560", "560"),
            ("in 2026,350 hours", "350", "350"),
            ("section 2.1.10 hours", "10", "10"),
            ("Work. 350 hours", "350", "350"),
            ("a fee,350", "350", "350"),
        ] {
            let from = text.find(part).unwrap();
            assert_eq!(uncut(text, &text[from..from + part.len()]), expected, "{text}: {part}");
        }
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
        check("1.234.567", "1234567");
        check("1.234,50", "1234.50");
        check("-1.234.567", "-1234567");
        assert_eq!(integer("1.234.567"), Some(1_234_567));
    }

    #[test]
    fn an_amount_is_in_dollars_of_canada_and_all_of_it() {
        let said =
            |text: &str| amounts(text).map(|d| d.normalize().to_string()).collect::<Vec<_>>();
        assert_eq!(said("$1.5 million or $35k, not 2 $"), ["1500000", "35000", "2"]);
        assert_eq!(said("$1.5M; $3 millions; $5 mortgage"), ["1500000", "3000000", "5"]);
        assert_eq!(said("$5 (US$4), CA$6, $7 USD, U.S. $8, $9 AUD"), ["5", "6"]);
        assert_eq!(places("$5 million").collect::<Vec<_>>(), [(0, 10)]);
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
    fn a_point_that_could_begin_a_fraction_is_taken_for_one() {
        check("1.234", "1.234");
        for text in ["1.234", "12.345", "1.000", "0.123.456", "1.23.456", "1.234.56", "1.234,567"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_in_two_languages() {
        for (text, said) in [
            ("601-1200", "601 to 1,200"),
            ("405 to 435", "405 to 435"),
            ("451 - 500", "451 to 500"),
            ("1,001 - 1,200", "1,001 to 1,200"),
            ("de 405 à 435", "405 to 435"),
            ("0-59", "0 to 59"),
            ("57 and above", "57 or more"),
            ("10 et plus", "10 or more"),
            ("150+", "150 or more"),
            ("490", "490"),
        ] {
            assert_eq!(range(text).map(|r| r.to_string()).unwrap_or_default(), said, "{text}");
        }
        for text in ["", "N/A", "500-451", "40 points", "1.5-2", "405 to", "-5", "1-2-3", "<5"] {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[test]
    fn money_on_either_side_of_its_sign() {
        let check = |text: &str, found: &[&str]| {
            let found: Vec<Decimal> = found.iter().map(|n| n.parse().unwrap()).collect();
            assert_eq!(amounts(text).collect::<Vec<_>>(), found, "{text}");
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
        for text in
            ["<5", "< 10", "N/A", "n/a", "Less than 10", "From 10 to 15", "TBD", "XXX", "-", "--"]
        {
            assert!(is_mask(text), "{text}");
        }
        for text in ["5", "General", "Prevailing wage"] {
            assert!(!is_mask(text), "{text}");
        }
    }
}
