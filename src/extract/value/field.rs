//! Fields: the words of a cell read into their type.
//!
//! A cell that cannot be read is a complaint that quotes its words; it never hides the other fields of the
//! match, and a value that the page masks is kept as printed.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use super::aside;
use super::coming::{another, coming, is_alike};
use super::dated::{self, Period};
use super::duration;
use super::figure::{figure, is_ambiguous, is_figure, several};
use super::taken::Taken;
use super::teer::{self, teer};
use super::unit::Unit;
use super::{date, number, typo};
use crate::extract::matches::Match;
use crate::extract::page::bounds::RECORDS;
use crate::extract::recipe::{FieldRecipe, Pattern, Reading};
use crate::extract::value::pattern::constant;
use crate::model::{
    Announced, Cause, Cip, Currency, Noc, Value, label, meaning, text, words::forms,
};

/// Why a four-digit code is not a NOC 2021 code.
const OLD_EDITION: &str = "it is a code of NOC 2016, not NOC 2021";

/// The result of reading a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Read {
    /// Its value.
    Value(Value),
    /// Its values, if the field makes a record for each.
    Values(Vec<Value>),
    /// There is nothing, and that is allowed.
    Absent,
    /// Something that cannot be read: the cell, its words, and why.
    Unreadable { cell: String, text: String, why: String, cause: Cause },
}

/// Reads a field out of a match.
pub(crate) fn read(field: &FieldRecipe, matched: &Match<'_>) -> Read {
    let mut unreadable = None;
    for cell in &field.from {
        let Some(whole) = matched.get(cell) else { continue };
        let whole = match &field.without {
            Some(without) => &*without.replace_all(whole, ""),
            None => whole,
        };
        let unit = Unit::of(&field.reading, cell, matched);
        let read = match unit {
            Unit::Scaled => Err(Unit::SCALED.to_owned()),
            Unit::Other => taken_somehow(field, whole, matched),
            Unit::Dollars | Unit::Percent => taken_somehow(field, whole, matched)
                .or_else(|why| unit.given(field, whole).map(Some).ok_or(why)),
        };
        match read {
            Ok(Some(Read::Value(now))) => {
                let then = coming(field, &now, whole, cell, matched);
                let is_of = |both: &Value| {
                    let then = both.next().map(|(then, _)| then);
                    both.current().same(&now) || then.is_some_and(|then| then.same(&now))
                };
                // A pattern may pass over a figure that its brackets part from its unit, and take another.
                let is_both = |both: &Value| both.next().is_some();
                let beside = || beside(field, whole, matched).filter(|v| is_of(v) || is_both(v));
                if let Some(value) = then.or_else(beside) {
                    return Read::Value(value);
                }
                let Some(other) = another(field, &now, whole, cell, matched) else {
                    return Read::Value(now);
                };
                return not_read(cell, whole, several([&now, &other].into_iter()));
            }
            Ok(Some(Read::Values(_))) if let Some(why) = replaced(field, whole, matched) => {
                return not_read(cell, whole, why);
            }
            Ok(Some(read)) => return read,
            _ if let Some(value) =
                beside(field, whole, matched).or_else(|| alone(field, whole, matched)) =>
            {
                return Read::Value(value);
            }
            Ok(None) => {}
            Err(why) => {
                unreadable.get_or_insert_with(|| not_read(cell, whole, why));
            }
        }
    }
    unreadable.unwrap_or_else(|| absent(field, matched))
}

/// That a cell cannot be read, and why.
fn not_read(cell: &str, whole: &str, why: String) -> Read {
    let cause = if why == OLD_EDITION { Cause::OldEdition } else { Cause::Unreadable };
    Read::Unreadable { cell: cell.to_owned(), text: text::excerpt(whole, 200), why, cause }
}

/// The value of a cell that has another in brackets, which replaces it from a day on.
fn beside(field: &FieldRecipe, whole: &str, matched: &Match<'_>) -> Option<Value> {
    let read = |text: &str| match taken_somehow(field, text, matched) {
        Ok(Some(Read::Value(value))) => Some(value),
        _ => None,
    };
    if field.each || matches!(field.reading, Reading::Lines | Reading::Clauses) {
        return None;
    }
    let spelled = aside::spellings(whole);
    let texts = std::iter::once(whole).chain(spelled.iter().map(String::as_str));
    texts.flat_map(aside::all).find_map(|aside| {
        let now = read(&aside.now)?;
        if !is_alike(&field.reading, &now) {
            return Some(now);
        }
        let then = read(&aside.then).filter(|then| is_alike(&field.reading, then))?;
        let announced = Announced { now, then, from: aside.from };
        (!announced.now.same(&announced.then)).then(|| Value::Announced(Box::new(announced)))
    })
}

/// Why TEER categories that make a record each are not read: others replace them from a day on.
fn replaced(field: &FieldRecipe, whole: &str, matched: &Match<'_>) -> Option<String> {
    let text = matched.get("text").unwrap_or(&matched.quote);
    let is_of = |aside: &aside::Aside| {
        let both = aside.figures.each_ref().map(|one| one.alone.as_str());
        matches!(field.reading, Reading::Teer) && both.iter().any(|one| whole.contains(one))
    };
    let aside = aside::all(text).into_iter().find(is_of)?;
    let [one, other] = aside.figures.map(|one| one.alone);
    Some(format!("it has `{one}` and `{other}`, and the day {} between the two", aside.from))
}

/// The value of a cell that has only the day beside it from which it holds: "105 (as of March 1, 2027)".
fn alone(field: &FieldRecipe, whole: &str, matched: &Match<'_>) -> Option<Value> {
    let (Period::From(from), ..) = dated::placed(whole)? else { return None };
    let Ok(Some(Read::Value(value))) = taken(field, &dated::without_period(whole), matched) else {
        return None;
    };
    let announced = || Announced { now: value.clone(), then: value.clone(), from };
    is_alike(&field.reading, &value).then(|| Value::Announced(Box::new(announced())))
}

/// Reads a value as a person writes it, of the same kind as another value.
pub(crate) fn value_like(like: &Value, text: &str) -> Result<Value, String> {
    let reading = match like {
        Value::Text(_) | Value::Masked(_) => Reading::Text,
        Value::Integer(_) => Reading::Integer,
        Value::Decimal(_) => Reading::Decimal,
        Value::Money { per, .. } => Reading::Money(*per),
        Value::Percent(_) => Reading::Percent,
        Value::Date(_) => Reading::Date,
        Value::Time(_) => Reading::Time,
        Value::Days(_) => Reading::Days,
        Value::Duration(_) => Reading::Duration,
        Value::Range(_) => Reading::Range,
        Value::Noc(_) => Reading::Noc,
        Value::Cip(_) => Reading::Cip,
        Value::Flag(_) => Reading::YesNo,
        Value::Announced(announced) => return value_like(&announced.now, text),
        Value::Between(between) => return value_like(&between.from, text),
        Value::Sum(parts) if !parts.is_empty() => return value_like(&parts[0], text),
        Value::List(_) | Value::Sum(_) | Value::Clauses(_) => {
            return Err("it is one of several values, or a stretch of prose".to_owned());
        }
    };
    one(&reading, &[], &line(&text::canonical(text)), &Match::default())
}

/// Reads a value as a person writes it, in the type of a field; a mask is none.
pub(crate) fn value_of(field: &FieldRecipe, text: &str) -> Result<Value, String> {
    match one(&field.reading, &[], &line(&text::canonical(text)), &Match::default())? {
        Value::Masked(_) => Err("it is no value of the field's type".to_owned()),
        value => Ok(value),
    }
}

/// Why words with lost letters are not read.
pub(crate) const DAMAGED: &str = "letters of it are lost";

/// Whether letters of a text were lost in transfer.
pub(crate) fn is_damaged(text: &str) -> bool {
    text.contains(char::REPLACEMENT_CHARACTER)
}

/// The longest words, in bytes, for which other spellings are tried.
const SPELLED: usize = 20_000;

/// Reads a field from the words of a cell as printed, else with their numbers in other spellings.
fn taken_somehow(
    field: &FieldRecipe,
    whole: &str,
    matched: &Match<'_>,
) -> Result<Option<Read>, String> {
    if is_damaged(whole) {
        return Err(DAMAGED.to_owned());
    }
    if let Reading::Flag(yes, no) = &field.reading {
        let flag = says(yes, whole) && no.as_ref().is_none_or(|no| !says(no, whole));
        return Ok(Some(Read::Value(Value::Flag(flag))));
    }
    // No pattern may take part of a number for all of it.
    let joined = meaning::joined(whole).filter(|_| is_figure(&field.reading));
    if let Some(Ok(Some(read))) = joined.map(|joined| taken(field, &joined, matched)) {
        return Ok(Some(read));
    }
    let printed = taken(field, whole, matched);
    if matches!(printed, Ok(Some(_))) || whole.len() > SPELLED || is_ambiguous(&printed) {
        return printed;
    }
    let others = meaning::spellings(whole);
    let mut read = others.iter().map(|spelled| taken(field, spelled, matched));
    read.find(|read| matches!(read, Ok(Some(_))))
        .or_else(|| slipped(field, whole))
        .unwrap_or(printed)
}

/// The word of a name with a letter wrong, where it only tells one row from another.
fn slipped(field: &FieldRecipe, whole: &str) -> Option<Result<Option<Read>, String>> {
    let Reading::Word(vocabulary) = &field.reading else { return None };
    let is_name = field.key_only && field.find.is_none() && whole.len() <= NAME;
    let number = typo::named(vocabulary, whole).filter(|_| is_name)?;
    Some(Ok(Some(Read::Value(Value::Text(vocabulary.numbered(number).to_owned())))))
}

/// The longest name, in bytes, in which a letter may be wrong.
const NAME: usize = 80;

/// Whether a pattern matches a text as printed or in another spelling.
fn says(pattern: &Regex, text: &str) -> bool {
    pattern.is_match(text)
        || (text.len() <= SPELLED
            && meaning::spellings(text).iter().any(|spelled| pattern.is_match(spelled)))
}

/// Reads a field from the words of a cell; `None` if there is nothing in it.
fn taken(field: &FieldRecipe, whole: &str, matched: &Match<'_>) -> Result<Option<Read>, String> {
    let mut taken = Taken::new(field.find.as_deref(), whole);
    let lines = |taken: Taken<'_, '_>| {
        let lines = taken.flat_map(|words| words.split('\n')).map(|words| line(words).into_owned());
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        Some(lines).filter(|lines| !lines.is_empty())
    };
    match &field.reading {
        Reading::Lines => Ok(lines(taken)
            .map(|lines| Read::Value(Value::List(lines.into_iter().map(Value::Text).collect())))),
        Reading::Clauses => Ok(lines(taken).map(|lines| Read::Value(Value::Clauses(lines)))),
        reading if field.each => {
            let taken = taken.take(RECORDS + 1);
            let values = taken.map(|words| one(reading, &field.words, &line(words), matched));
            let values: Vec<Value> = values.collect::<Result<_, _>>()?;
            let values = if matches!(reading, Reading::Teer) {
                values.into_iter().flat_map(teer::each).collect()
            } else {
                values
            };
            Ok((!values.is_empty()).then_some(Read::Values(values)))
        }
        reading if is_figure(reading) => {
            figure(field, whole, taken, matched).map(|value| value.map(Read::Value))
        }
        reading => match taken.next() {
            Some(words) => one(reading, &field.words, &line(words), matched)
                .map(|value| Some(Read::Value(value))),
            None => Ok(None),
        },
    }
}

fn whole(text: &str) -> Option<i64> {
    or_bare(text, number::integer)
}

/// A number, if need be without its unit or a remark on a part of it.
fn or_bare<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    read(text).or_else(|| read(number::bare(text)?))
}

pub(super) fn one(
    reading: &Reading,
    words: &[Pattern],
    text: &str,
    matched: &Match<'_>,
) -> Result<Value, String> {
    if let Some(word) = words.iter().find_map(|word| said(word, text)) {
        return Ok(Value::Text(word.to_owned()));
    }
    let text = if is_words(reading) { text } else { without_mark(text) };
    let or_mask = |value: Option<Value>, what: &str| match value {
        Some(value) => Ok(value),
        None if number::is_mask(text) => Ok(Value::Masked(text.to_owned())),
        None => Err(format!("it is not {what}")),
    };
    let known = |word: Option<&str>| word.map(|word| Value::Text(word.to_owned()));
    match reading {
        Reading::Text | Reading::Lines | Reading::Clauses | Reading::Flag(..) => {
            Ok(Value::Text(text.to_owned()))
        }
        Reading::Slug => Some(date::slug(text))
            .filter(|slug| !slug.is_empty())
            .map(Value::Text)
            .ok_or_else(|| "it has no letter or digit".to_owned()),
        Reading::Word(vocabulary) => known(forms(text).find_map(|text| vocabulary.word(text)))
            .ok_or_else(|| "no word of its vocabulary covers it".to_owned()),
        Reading::WordOrSlug(vocabulary) => {
            let word = || {
                let spelled = meaning::spellings(text).into_iter().chain(label::turned(text));
                spelled.into_iter().find_map(|spelled| known(vocabulary.word(&spelled)))
            };
            let word = known(forms(text).find_map(|text| vocabulary.word(text))).or_else(word);
            Ok(word.unwrap_or_else(|| Value::Text(date::slug(text))))
        }
        Reading::Integer => or_mask(whole(text).map(Value::Integer), "a whole number"),
        Reading::Decimal => or_mask(or_bare(text, number::decimal).map(Value::Decimal), "a number"),
        Reading::Money(per) => {
            let money = |amount| Value::Money { amount, currency: Currency::Cad, per: *per };
            or_mask(number::money(text).map(money), "an amount of dollars")
        }
        Reading::Percent => or_mask(percent(text).map(Value::Percent), "a percentage"),
        Reading::Date => {
            let day = forms(text).find_map(|text| day_or_days(text, year(matched)));
            or_mask(day, "a date with day, month and year")
        }
        Reading::Days => or_mask(
            date::days(text, year(matched)).map(Value::Days),
            "a month, or days with month and year",
        ),
        Reading::MonthDayYear => {
            let days = || date::month_day_years(text).map(Value::Days);
            let day = date::month_day_year(text).map(Value::Date).or_else(days);
            let day = day.or_else(|| day_or_days(text, year(matched)));
            or_mask(day, "a date like 1/15/2026")
        }
        Reading::Time => or_mask(date::moment(text).map(Value::Time), "a date with a time of day"),
        Reading::Duration => or_mask(duration::value(text), "a length of time"),
        Reading::Range => or_mask(number::range(text).map(Value::Range), "a range of numbers"),
        Reading::Clb => or_mask(clb(text).map(Value::Integer), "one CLB or NCLC level"),
        Reading::YesNo => or_mask(yes_no(text).map(Value::Flag), "yes or no"),
        Reading::Noc => noc(text).map(Value::Noc),
        Reading::OldNoc if is_old_noc(text) => Ok(Value::Text(text.to_owned())),
        Reading::OldNoc => noc(text).map(Value::Noc),
        Reading::Cip => or_mask(Cip::parse(text).map(Value::Cip), "a CIP code"),
        Reading::Teer => teer(text, matched),
    }
}

/// The day that a text is, or a stretch of a few days: a round may be held on two. A whole month is no day.
fn day_or_days(text: &str, year: Option<i16>) -> Option<Value> {
    const FEW: i64 = 14;
    date::day_of(text, year).map(Value::Date).or_else(|| {
        let days = date::days(text, year)?;
        let length = days.from.duration_until(days.to).as_hours() / 24;
        (0 < length && length < FEW).then_some(Value::Days(days))
    })
}

/// The words of a cell that stand in place of a value, be there a footnote mark behind them.
fn said<'t>(word: &Pattern, text: &'t str) -> Option<&'t str> {
    let found = word.find(text).or_else(|| word.find(without_mark(text)))?;
    Some(found.as_str())
}

/// Whether a value is the words of its cell.
fn is_words(reading: &Reading) -> bool {
    matches!(
        reading,
        Reading::Text | Reading::Lines | Reading::Clauses | Reading::Flag(..) | Reading::YesNo
    )
}

/// A value without the mark of its footnote: `32101[1]`, `70*`, `$500 †`.
fn without_mark(text: &str) -> &str {
    const MARKS: [char; 3] = ['*', '†', '‡'];
    let mark = |text: &str| {
        let (start, mark) = text.strip_suffix(']')?.rsplit_once('[')?;
        let is_mark =
            (1..=2).contains(&mark.len()) && mark.bytes().all(|b| b.is_ascii_alphanumeric());
        is_mark.then_some(start.len())
    };
    let plain = text.trim_end_matches(MARKS);
    let plain = plain[..mark(plain).unwrap_or(plain.len())].trim_end();
    if plain.is_empty() { text } else { plain }
}

fn absent(field: &FieldRecipe, matched: &Match<'_>) -> Read {
    if field.optional {
        return Read::Absent;
    }
    let cell = field.from.join(" or ");
    let text = field.from.iter().find_map(|cell| matched.get(cell)).unwrap_or_default();
    let why = match &field.find {
        Some(find) if !text.is_empty() => format!("nothing in it matches `{find}`"),
        _ => "the cell is empty".to_owned(),
    };
    Read::Unreadable { cell, text: text::excerpt(text, 200), why, cause: Cause::Unreadable }
}

/// The words of a cell that give a field its value, if they do.
pub(crate) fn printed<'m>(field: &FieldRecipe, whole: &'m str) -> Vec<&'m str> {
    if let Reading::Flag(yes, _) = &field.reading {
        return yes.find(whole).map(|found| found.as_str()).into_iter().collect();
    }
    let many = field.each || matches!(field.reading, Reading::Lines | Reading::Clauses);
    // No page has more records than this.
    let taken = Taken::new(field.find.as_deref(), whole).take(if many { RECORDS } else { 1 });
    // A remark beside a number is read by nothing.
    let is_number = matches!(field.reading, Reading::Integer | Reading::Decimal);
    taken.map(|words| number::bare(words).filter(|_| is_number).unwrap_or(words)).collect()
}

/// Several lines of a cell as one.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    // A cell is already canonical except for its line breaks.
    if text.contains('\n') { text::canonical(text).into() } else { text.trim().into() }
}

/// The year that the match gives for days printed without one.
fn year(matched: &Match<'_>) -> Option<i16> {
    let digits = matched.get("year").filter(|year| year.len() == 4)?;
    digits.parse().ok().filter(|year| *year > 0)
}

fn percent(text: &str) -> Option<Decimal> {
    const SIGNS: [&str; 4] = ["%", "per cent", "percent", "pour cent"];
    let digits = SIGNS.iter().find_map(|sign| text.strip_suffix(sign))?;
    number::decimal(digits.trim_end())
}

/// `Yes`, `Non`, `Yes, from May 1`: the first word decides.
fn yes_no(text: &str) -> Option<bool> {
    let word = text.split([' ', ',', '.', ';', ':']).next()?.to_lowercase();
    match word.as_str() {
        "yes" | "oui" => Some(true),
        "no" | "non" => Some(false),
        _ => None,
    }
}

/// `CLB 7`, `NCLC 7 ou plus`, `CLB/NCLC 5 or higher`, `niveau 7 des NCLC`, `7`: the only level in it.
fn clb(text: &str) -> Option<i64> {
    static LEVEL: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)\b(?:CLB|NCLC|benchmarks?|level|niveaux?) [)\]]* (?:\ ?/\ ?(?:CLB|NCLC))?
            (?:\ (?:level|niveau|score|of|de|du|at|least))* \ ?(\d{1,2}) (\ ?(?:-|to|and|or|à|et|ou)\ ?\d)? \b";
        constant(pattern)
    });
    let level = |digits: &str| digits.parse().ok().filter(|level| (1..=12).contains(level));
    if text.len() <= 2 {
        return level(text);
    }
    let mut levels = LEVEL.captures_iter(text).map(|found| {
        // "CLB 4 or 5" is two levels.
        found.get(2).is_none().then(|| level(&found[1])).flatten()
    });
    let first = levels.next()??;
    levels.all(|level| level == Some(first)).then_some(first)
}

fn noc(text: &str) -> Result<Noc, String> {
    Noc::parse(text).ok_or_else(|| {
        if is_old_noc(text) { OLD_EDITION.into() } else { "it is no NOC 2021 code".into() }
    })
}

fn is_old_noc(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
