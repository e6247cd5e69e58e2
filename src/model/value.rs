//! A value printed on an official page, read into its type.
//!
//! Money keeps its currency and its unit because the unit matters (an hourly floor is not a yearly
//! one). A masked value (`<5`, `N/A`, `TBD`) stays as printed: it is never 0 and never a number.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;

use super::{RecordKey, meaning, words};

/// One typed value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words, canonical but with the page's own capitals.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(Decimal),
    /// An amount of money.
    Money {
        /// How much.
        amount: Decimal,
        /// In which currency.
        currency: Currency,
        /// Per what, where the page says so.
        per: Option<Per>,
    },
    /// A percentage: 80 for "80 %".
    Percent(Decimal),
    /// A day.
    Date(Date),
    /// A moment.
    Time(Timestamp),
    /// A stretch of days, including the first and the last.
    Days(Days),
    /// A length of time as printed: "12 months".
    Duration(Duration),
    /// A range of whole numbers: the scores from 601 to 1,200.
    Range(Range),
    /// A NOC 2021 code.
    Noc(Noc),
    /// A code of the Classification of Instructional Programs.
    Cip(Cip),
    /// Yes or no.
    Flag(bool),
    /// What a page prints instead of a number: `<5`, `N/A`, `TBD`. Kept as printed.
    Masked(String),
    /// Several values of one field; their order has no meaning.
    List(Vec<Value>),
    /// A stretch of prose, paragraph by paragraph, each with its label where it has one.
    Clauses(Vec<String>),
    /// From one value to another of its kind: "5 to 12 weeks", "$60 to $85".
    Between(Box<Between>),
    /// Values that add up: "$1,050 + $100". Their order has no meaning, but their types do.
    Sum(Vec<Value>),
    /// A value stated together with the one that will replace it.
    Announced(Box<Announced>),
}

/// The items of a list of words, also of those that one line has, parted by commas; sorted. `None` where one is no
/// word.
fn items(list: &[Value]) -> Option<Vec<String>> {
    let mut items = Vec::new();
    for value in list {
        let Value::Text(line) = value else { return None };
        let parts = line.split([',', ';']).map(meaning::bare);
        items.extend(parts.filter(|part| !part.is_empty()));
    }
    items.sort_unstable();
    Some(items)
}

/// From one value to another of its kind, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// The least.
    pub from: Value,
    /// The greatest.
    pub to: Value,
}

/// `5 to 12 weeks`; if the units differ, `6 months to 1 year`.
impl fmt::Display for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Value::Duration(from), Value::Duration(to)) if from.unit == to.unit => {
                write!(f, "{} to {to}", from.count)
            }
            (from, to) => write!(f, "{from} to {to}"),
        }
    }
}

/// A value that holds until a day, and the one that holds from then on: "$1,475 before January 22, 2026
/// and $1,750 from January 22, 2026".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// What holds before the day.
    pub now: Value,
    /// What holds from the day on.
    pub then: Value,
    /// The day.
    pub from: Date,
}

impl Value {
    /// Returns whether two values mean the same to a rule: typography, case, the order of a list and
    /// the format of numbers do not matter.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            // Most of a page is as it was.
            (a, b) if a == b => true,
            (a, b) if a.is_free() && b.is_free() => true,
            (Self::Text(a), Self::Text(b)) => {
                meaning::same(a, b)
                    || meaning::bare(a) == meaning::bare(b)
                    || meaning::unpointed(a) == meaning::unpointed(b)
            }
            (Self::Masked(a), Self::Masked(b)) => meaning::same(a, b) || masked(a) == masked(b),
            (Self::List(a), Self::List(b)) => {
                // What is listed twice is listed.
                (a.iter().all(|x| b.iter().any(|y| x.same(y)))
                    && b.iter().all(|y| a.iter().any(|x| x.same(y))))
                    || (a.len() != b.len() && items(a).is_some_and(|a| Some(a) == items(b)))
            }
            (Self::Between(a), Self::Between(b)) => a.from.same(&b.from) && a.to.same(&b.to),
            (Self::Sum(a), Self::Sum(b)) => {
                let sorted = |parts: &[Self]| {
                    let mut words: Vec<String> = parts.iter().map(ToString::to_string).collect();
                    words.sort_unstable();
                    words
                };
                sorted(a) == sorted(b)
            }
            // The parts of an amount, printed in its place: "$850 + $150".
            (sum @ Self::Sum(parts), one @ Self::Money { .. })
            | (one @ Self::Money { .. }, sum @ Self::Sum(parts)) => {
                parts.iter().all(|part| matches!(part, Self::Money { .. }))
                    && sum.number() == one.number()
            }
            (Self::Clauses(a), Self::Clauses(b)) => {
                let sorted = |clauses: &[String], form: &dyn Fn(&str) -> String| {
                    let mut forms: Vec<String> = clauses.iter().map(|c| form(c)).collect();
                    forms.sort_unstable();
                    forms
                };
                let same = |form: &dyn Fn(&str) -> String| sorted(a, form) == sorted(b, form);
                // A mark that has no footnote any more is still no word.
                let unmarked = |clause: &str| meaning::bare(&words::without_marks(clause));
                same(&super::text::fold)
                    || same(&meaning::bare)
                    || same(&unmarked)
                    || same(&meaning::without_apostrophes)
            }
            (Self::Announced(a), Self::Announced(b)) => {
                a.from == b.from && a.now.same(&b.now) && a.then.same(&b.then)
            }
            _ => self == other,
        }
    }

    /// Whether it says that nothing is to be paid: "$0", or "no fee".
    #[must_use]
    pub fn is_free(&self) -> bool {
        if let Self::Money { amount, .. } = self {
            return amount.is_zero();
        }
        matches!(self, Self::Masked(words) | Self::Text(words) if says_free(words))
    }

    /// Whether it is the words that a part of a record's key is made of.
    #[must_use]
    pub fn names(&self, key: &RecordKey) -> bool {
        let Self::Text(words) = self else { return false };
        let slug = super::text::slug(words);
        !slug.is_empty() && key.as_str().split('/').any(|part| part == slug)
    }

    /// The value that holds now, where a replacement is announced.
    #[must_use]
    pub fn current(&self) -> &Self {
        if let Self::Announced(announced) = self { &announced.now } else { self }
    }

    /// The value that will replace it, and the day, if one is announced.
    #[must_use]
    pub fn next(&self) -> Option<(&Self, Date)> {
        if let Self::Announced(announced) = self {
            Some((&announced.then, announced.from))
        } else {
            None
        }
    }

    /// The number in the value, whatever its unit; `None` if it has none.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Integer(n) => Some(Decimal::from(*n)),
            Self::Decimal(d) | Self::Percent(d) | Self::Money { amount: d, .. } => Some(*d),
            Self::Duration(d) => Some(Decimal::from(d.count)),
            Self::Announced(announced) => announced.now.number(),
            Self::Between(between) => between.from.number(),
            Self::Sum(parts) => {
                parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.number()?))
            }
            Self::Text(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Days(_)
            | Self::Range(_)
            | Self::Noc(_)
            | Self::Cip(_)
            | Self::Flag(_)
            | Self::Masked(_)
            | Self::List(_)
            | Self::Clauses(_) => None,
        }
    }

    /// The clauses of a stretch of prose; empty for any other value.
    #[must_use]
    pub fn clauses(&self) -> &[String] {
        if let Self::Clauses(clauses) = self { clauses } else { &[] }
    }

    /// The day in the value, in UTC if it is a moment; `None` if it has none.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        match self {
            Self::Date(day) => Some(*day),
            Self::Time(at) => Some(at.to_zoned(jiff::tz::TimeZone::UTC).date()),
            Self::Announced(value) => value.now.day(),
            Self::Between(between) => between.from.day(),
            Self::Text(_)
            | Self::Integer(_)
            | Self::Decimal(_)
            | Self::Money { .. }
            | Self::Percent(_)
            | Self::Duration(_)
            | Self::Days(_)
            | Self::Range(_)
            | Self::Noc(_)
            | Self::Cip(_)
            | Self::Flag(_)
            | Self::Masked(_)
            | Self::List(_)
            | Self::Sum(_)
            | Self::Clauses(_) => None,
        }
    }
}

/// A currency that the pages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    /// Canadian dollars: what `$` means on a Canadian government page.
    Cad,
}

impl Currency {
    /// The ISO 4217 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cad => "CAD",
        }
    }
}

/// The period that an amount of money is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// An hour's wage.
    Hour,
    /// A year's salary.
    Year,
}

impl Per {
    /// The word for it: `hour`, `year`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Year => "year",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hour, Self::Year].into_iter().find(|per| per.word() == word)
    }
}

/// A length of time as a page prints it. "12 months" and "1 year" are the same length; "52 weeks" is
/// not.
#[derive(Debug, Clone, Copy)]
pub struct Duration {
    /// How many units.
    pub count: i64,
    /// Of what.
    pub unit: DurationUnit,
}

impl Duration {
    /// In months if the length is a whole number of months, else in days, else in hours.
    fn normal(self) -> (u8, i64) {
        match self.unit {
            DurationUnit::Hours => (0, self.count),
            DurationUnit::Days => (1, self.count),
            DurationUnit::BusinessDays => (2, self.count),
            DurationUnit::Weeks => (1, self.count.saturating_mul(7)),
            DurationUnit::Months => (3, self.count),
            DurationUnit::Years => (3, self.count.saturating_mul(12)),
        }
    }

    /// About how many hours it is: good enough to tell a typing error from a change.
    #[must_use]
    pub fn about_hours(self) -> i64 {
        self.count.saturating_mul(match self.unit {
            DurationUnit::Hours => 1,
            DurationUnit::Days | DurationUnit::BusinessDays => 24,
            DurationUnit::Weeks => 24 * 7,
            DurationUnit::Months => 24 * 30,
            DurationUnit::Years => 24 * 365,
        })
    }
}

impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Duration {}

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationUnit {
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Working days, which are not calendar days.
    BusinessDays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years.
    Years,
}

impl DurationUnit {
    /// Every unit.
    pub const ALL: [Self; 6] =
        [Self::Hours, Self::Days, Self::BusinessDays, Self::Weeks, Self::Months, Self::Years];

    /// The word for it, in the plural: `months`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
            Self::BusinessDays => "business days",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.unit.word();
        let word = if self.count == 1 { word.trim_end_matches('s') } else { word };
        write!(f, "{} {word}", self.count)
    }
}

/// A stretch of days: a round of invitations that lasted four days, or a whole month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Date,
    /// The last day, never before the first.
    pub to: Date,
}

impl Days {
    /// A stretch of days; `None` when it would end before it begins.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// Returns whether it is exactly one calendar month.
    #[must_use]
    pub fn is_month(self) -> bool {
        self.from == self.to.first_of_month() && self.to == self.from.last_of_month()
    }
}

/// `2026-04-28 to 2026-05-01`; a month is `2026-04`, a single day a date.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_month() {
            return write!(f, "{}", self.from.strftime("%Y-%m"));
        }
        write!(f, "{}", self.from)?;
        if self.from == self.to { Ok(()) } else { write!(f, " to {}", self.to) }
    }
}

/// A range of whole numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub from: i64,
    /// The greatest; `None` if the range is open: "57 and above".
    pub to: Option<i64>,
}

impl Range {
    /// A range; `None` when it would end before it begins.
    #[must_use]
    pub fn new(from: i64, to: Option<i64>) -> Option<Self> {
        to.is_none_or(|to| from <= to).then_some(Self { from, to })
    }
}

/// `601 to 1,200`; an open range is `57 or more`, a range of one number is that number.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = grouped(&self.from.to_string());
        match self.to {
            None => write!(f, "{from} or more"),
            Some(to) if to == self.from => f.write_str(&from),
            Some(to) => write!(f, "{from} to {}", grouped(&to.to_string())),
        }
    }
}

/// A code of the Classification of Instructional Programs (Statistics Canada, CIP 2021): two digits, a
/// point, four digits. A leading zero is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cip([u8; 7]);

impl Cip {
    /// Reads `01.0102`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 7] = text.as_bytes().try_into().ok()?;
        let is_code = |(at, byte): (usize, &u8)| match at {
            2 => *byte == b'.',
            _ => byte.is_ascii_digit(),
        };
        code.iter().enumerate().all(is_code).then_some(Self(code))
    }
}

impl fmt::Display for Cip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

/// A code of the National Occupational Classification 2021: five digits, the second of which is
/// the TEER category (Statistics Canada, NOC 2021 Version 1.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Noc([u8; 5]);

impl Noc {
    /// Reads five digits; `None` for anything else, including four digits (NOC 2016).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 5] = text.as_bytes().try_into().ok()?;
        let teer_exists = (b'0'..=b'5').contains(&digits[1]);
        (digits.iter().all(u8::is_ascii_digit) && teer_exists).then_some(Self(digits))
    }

    /// Training, Education, Experience and Responsibilities: 0 to 5, the code's second digit.
    #[must_use]
    pub fn teer(self) -> u8 {
        self.0[1] - b'0'
    }
}

impl fmt::Display for Noc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

/// Whether words say that nothing is to be paid.
#[must_use]
pub fn says_free(words: &str) -> bool {
    const FREE: [&str; 15] = [
        "no fee",
        "no charge",
        "free",
        "free of charge",
        "waived",
        "eliminated",
        "abolished",
        "no longer charged",
        "no longer be charged",
        "no longer apply",
        "sans frais",
        "aucun frais",
        "aucuns frais",
        "gratuit",
        "gratuite",
    ];
    FREE.contains(&meaning::bare(words).as_str())
}

/// A masked count in one form: "less than 10" and "fewer than 10" are "<10".
fn masked(words: &str) -> String {
    const BELOW: [&str; 4] = ["less than", "fewer than", "under", "moins de"];
    let words = meaning::bare(words);
    let below = BELOW.iter().find_map(|below| words.strip_prefix(below));
    let words = below.map_or_else(|| words.clone(), |count| format!("<{count}"));
    words.split_whitespace().collect()
}

/// Words for a person: `$41.03 per hour`, `2025-02-27`, `12 months`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Masked(text) => f.write_str(text),
            Self::Integer(n) => f.write_str(&grouped(&n.to_string())),
            Self::Decimal(d) => f.write_str(&grouped(&d.normalize().to_string())),
            Self::Percent(d) => write!(f, "{} %", d.normalize()),
            Self::Money { amount, currency: Currency::Cad, per } => {
                let places = if amount.fract().is_zero() { 0 } else { 2 };
                write!(f, "${}", grouped(&format!("{amount:.places$}")))?;
                per.map_or(Ok(()), |per| write!(f, " per {}", per.word()))
            }
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => write!(f, "{time}"),
            Self::Days(days) => write!(f, "{days}"),
            Self::Duration(duration) => write!(f, "{duration}"),
            Self::Range(range) => write!(f, "{range}"),
            Self::Noc(noc) => write!(f, "{noc}"),
            Self::Cip(cip) => write!(f, "{cip}"),
            Self::Flag(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::List(values) => {
                for (n, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if n == 0 { "" } else { "; " })?;
                }
                Ok(())
            }
            Self::Clauses(clauses) => f.write_str(&clauses.join("\n")),
            Self::Between(between) => write!(f, "{between}"),
            Self::Sum(parts) => {
                for (n, part) in parts.iter().enumerate() {
                    write!(f, "{}{part}", if n == 0 { "" } else { " + " })?;
                }
                Ok(())
            }
            Self::Announced(announced) => {
                write!(f, "{} ({} from {})", announced.now, announced.then, announced.from)
            }
        }
    }
}

/// Groups the digits before the point by thousands: `14690` becomes `14,690`.
fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut text = String::from(sign);
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, per: Option<Per>) -> Value {
        Value::Money { amount: amount.parse().unwrap(), currency: Currency::Cad, per }
    }

    #[test]
    fn a_noc_code_knows_its_teer() {
        assert_eq!(Noc::parse("21231").unwrap().teer(), 1);
        assert_eq!(Noc::parse("00012").unwrap().to_string(), "00012");
        assert_eq!(Noc::parse("2171"), None, "four digits are NOC 2016");
        assert_eq!(Noc::parse("29999"), None, "there is no TEER 9");
    }

    #[test]
    fn a_cip_code_keeps_its_zero() {
        assert_eq!(Cip::parse("01.0102").unwrap().to_string(), "01.0102");
        for text in ["1.0102", "01.01", "01-0102", "01.010a", "010.102", ""] {
            assert_eq!(Cip::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_ends_before_it_begins_is_none() {
        let day = |text: &str| text.parse().unwrap();
        let days = |from, to| Days::new(day(from), day(to)).map(|days| days.to_string());
        assert_eq!(days("2024-02-01", "2024-02-29").unwrap(), "2024-02");
        assert_eq!(days("2024-02-01", "2024-02-28").unwrap(), "2024-02-01 to 2024-02-28");
        assert_eq!(days("2024-02-01", "2024-03-31").unwrap(), "2024-02-01 to 2024-03-31");
        assert_eq!(days("2024-02-29", "2024-02-29").unwrap(), "2024-02-29");
        assert_eq!(days("2024-02-02", "2024-02-01"), None);
        assert_eq!(Range::new(5, Some(4)), None);
        assert_eq!(Range::new(1001, Some(1200)).unwrap().to_string(), "1,001 to 1,200");
    }

    #[test]
    fn values_read_as_a_person_writes_them() {
        assert_eq!(money("1000", None).to_string(), "$1,000");
        assert_eq!(money("41.03", Some(Per::Hour)).to_string(), "$41.03 per hour");
        assert_eq!(Value::Integer(-1_234_567).to_string(), "-1,234,567");
        let year = Duration { count: 1, unit: DurationUnit::Years };
        assert_eq!(Value::Duration(year).to_string(), "1 year");
    }

    #[test]
    fn nothing_to_pay_and_a_masked_count_are_said_in_several_ways() {
        let masked = |words: &str| Value::Masked(words.to_owned());
        let text = Value::Text("no fee".to_owned());
        for free in [masked("No charge"), masked("Free"), money("0", None), money("0.00", None)] {
            assert!(free.same(&text) && text.same(&free), "{free}");
        }
        assert!(!text.same(&money("50", None)) && !text.same(&masked("-")));
        assert!(masked("Less than 10").same(&masked("<10")));
        assert!(masked("< 10").same(&masked("fewer than 10")));
        assert!(!masked("<10").same(&masked("less than 5")));
    }

    #[test]
    fn typography_case_and_order_say_nothing() {
        let text = |t: &str| Value::Text(t.to_owned());
        assert!(text("Civil Engineers").same(&text("civil engineers")));
        assert!(text("Quebec’s").same(&text("Quebec's")));
        assert!(!text("CLB 7").same(&text("CLB 8")));
        let list = |a, b| Value::List(vec![text(a), text(b)]);
        assert!(list("a", "b").same(&list("B", "a")));
        assert!(!list("a", "a").same(&list("a", "b")));
        assert!(list("a", "a").same(&Value::List(vec![text("A")])));
        let clauses = |a: &str| Value::Clauses(vec!["one".to_owned(), a.to_owned()]);
        assert!(
            clauses("for 1 560 hours in 3 years").same(&clauses("for 1,560 hours in three years"))
        );
        assert!(!clauses("for 1,560 hours").same(&clauses("for 1,580 hours")));
        assert!(clauses("recent[*] experience").same(&clauses("recent experience")));
        assert!(!clauses("recent[3] days").same(&clauses("recent[*] experience")));
    }

    #[test]
    fn twelve_months_are_a_year() {
        let d = |count, unit| Value::Duration(Duration { count, unit });
        assert_eq!(d(12, DurationUnit::Months), d(1, DurationUnit::Years));
        assert_ne!(d(10, DurationUnit::Days), d(10, DurationUnit::BusinessDays));
    }
}
