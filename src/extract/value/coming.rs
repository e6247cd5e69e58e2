//! A figure of which its own sentence, or the next one, says that another will replace it: an amount of dollars, a
//! number of hours, a level. The pattern that reads the sentence takes the first only.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::aside::{self, Placed};
use super::field::{line, one};
use super::taken::Taken;
use super::{date, dated, number};
use crate::extract::matches::{Match, PLACE};
use crate::extract::recipe::{FieldRecipe, Reading};
use crate::extract::value::pattern::constant;
use crate::model::{Announced, Value, meaning, text::place_in};

mod several;

pub(super) use several::another;

/// The longest stretch of prose, in bytes, in which what comes is looked for.
const LONGEST: usize = 20_000;

/// The amount together with the one that will replace it: "a fee of $300. Effective April 1, 2027, this fee
/// will be $400." Where its sentence gives only the day from which the amount holds, what holds before that
/// day is for `extract::announced` to say. `None` where no other amount and no such day is given.
pub(super) fn coming(
    field: &FieldRecipe,
    now: &Value,
    words: &str,
    cell: &str,
    matched: &Match<'_>,
) -> Option<Value> {
    let Some(said) = said(field, now, words, cell, matched) else {
        return said_around(field, now, words, cell, matched);
    };
    said_beside(field, now, &said, matched).or_else(|| {
        let announced = said_after(field, now, &said, matched)?;
        Some(Value::Announced(Box::new(announced)))
    })
}

/// Where the words of a figure are, if what comes may stand beside it.
fn said<'t>(
    field: &FieldRecipe,
    value: &Value,
    words: &'t str,
    cell: &str,
    matched: &'t Match<'_>,
) -> Option<Said<'t>> {
    if !is_alike(&field.reading, value) {
        return None;
    }
    let sentence = matched.get("text").filter(|_| cell != "text");
    let text = sentence.unwrap_or(words);
    if text.len() >= LONGEST {
        return None;
    }
    // A day that the pattern takes is of the whole record.
    if sentence.is_some_and(|sentence| matched.names_a_day_of(sentence)) {
        return None;
    }
    let (at, words) = match sentence {
        None => taken(field, words),
        Some(text) => {
            let all = || text.match_indices(words).filter(|_| !words.is_empty()).map(|(at, _)| at);
            // Of several, a level is the one after its name: "CLB 4 for TEER 4".
            let is_level = |at: &usize| {
                let before = text[..*at].trim_end_matches([' ', '-']);
                before.ends_with("CLB") || before.ends_with("NCLC")
            };
            let place = || matched.get(&format!("{cell}{PLACE}"))?.parse().ok();
            let at = only(all()).or_else(|| only(all().filter(is_level))).or_else(place)?;
            (at, words)
        }
    };
    Some(Said { text, at, words, is_in_sentence: sentence.is_some() })
}

/// The figure with the one to come, where brackets that hold this one part its words: "14 (as of April 1, 2027: 10)
/// days".
fn said_around(
    field: &FieldRecipe,
    value: &Value,
    words: &str,
    cell: &str,
    matched: &Match<'_>,
) -> Option<Value> {
    let text = matched.get("text").filter(|text| cell != "text" && text.len() < LONGEST)?;
    let is_parted = !words.is_empty() && !text.contains(words);
    if !is_parted || !is_alike(&field.reading, value) || matched.names_a_day_of(text) {
        return None;
    }
    let spelled = aside::spellings(text);
    let texts = std::iter::once(text).chain(spelled.iter().map(String::as_str));
    texts.flat_map(aside::all).find_map(|aside| {
        let at = only(aside.now.match_indices(words).map(|(at, _)| at))?;
        // What is around them is the same until the day and after it.
        let (before, after) = (&aside.now[..at], &aside.now[at + words.len()..]);
        let other = aside.then.strip_prefix(before)?.strip_suffix(after)?;
        let other = one(&field.reading, &[], &line(other), matched).ok()?;
        let is_other = is_alike(&field.reading, &other) && !other.same(value);
        let announced = || Announced { now: value.clone(), then: other.clone(), from: aside.from };
        is_other.then(|| Value::Announced(Box::new(announced())))
    })
}

/// The words of a cell that give a field its value, and where in the cell they are.
fn taken<'t>(field: &FieldRecipe, whole: &'t str) -> (usize, &'t str) {
    let taken = Taken::new(field.find.as_deref(), whole).next().unwrap_or(whole);
    (place_in(whole, taken), taken)
}

/// The words of a value, and the text in which they are.
struct Said<'t> {
    text: &'t str,
    at: usize,
    words: &'t str,
    /// Whether the text is a sentence of which they are a part.
    is_in_sentence: bool,
}

/// The figure with the one to come, where brackets after it hold that.
fn said_beside(
    field: &FieldRecipe,
    value: &Value,
    said: &Said<'_>,
    matched: &Match<'_>,
) -> Option<Value> {
    let Said { text, at, words, is_in_sentence: true } = *said else { return None };
    let beside = |text: &str, words: &str, at: usize| {
        let is_in = |one: &Placed| one.place.start < at + words.len() && at < one.place.end;
        let mut all = aside::all(text).into_iter();
        all.find_map(|aside| Some((aside.figures.iter().position(is_in)?, aside)))
    };
    // "Three years as of January 1, 2027 (five years until then)" has its figures in words.
    let spelled = || {
        let own = meaning::spellings(words);
        aside::spellings(text).into_iter().find_map(|text| {
            std::iter::once(words).chain(own.iter().map(String::as_str)).find_map(|words| {
                let at = only(text.match_indices(words).map(|(at, _)| at))?;
                let (n, aside) = beside(&text, words, at)?;
                Some((n, aside, at, words.to_owned()))
            })
        })
    };
    let printed = beside(text, words, at).map(|(n, aside)| (n, aside, at, words.to_owned()));
    let (n, aside, at, words) = printed.or_else(spelled)?;
    let (own, other) = (&aside.figures[n], &aside.figures[1 - n]);
    // The words of the value may lack its unit, and its sign.
    let [own, other] = if own.place.start < at {
        [own, other].map(Placed::without_sign)
    } else {
        [own, other].map(Placed::clone)
    };
    let (before, after) = words.split_at_checked(own.place.start.checked_sub(at)?)?;
    let is_whole = after.starts_with(&own.whole);
    let (had, has) = if is_whole { (&own.whole, &other.whole) } else { (&own.alone, &other.alone) };
    let other = [before, has, after.strip_prefix(had.as_str())?].concat();
    let other = one(&field.reading, &[], &line(&other), matched).ok()?;
    if !is_alike(&field.reading, &other) || other.same(value) {
        return None;
    }
    let is_now = aside.is_turned == (n == 1);
    let (now, then) = if is_now { (value.clone(), other) } else { (other, value.clone()) };
    Some(Value::Announced(Box::new(Announced { now, then, from: aside.from })))
}

/// The value and the one that its sentence, or the next one, says will replace it or is replaced by it.
fn said_after(
    field: &FieldRecipe,
    value: &Value,
    said: &Said<'_>,
    matched: &Match<'_>,
) -> Option<Announced> {
    let Said { text, at, words, is_in_sentence } = *said;
    let (from, to) = sentences_about(text, at);
    let (window, at) = (&text[from..to], at - from);
    // The day is that of two figures, of which this is none.
    let is_of_pair = |aside: &aside::Aside| {
        aside.figures.iter().all(|one| one.place.end <= at || at + words.len() <= one.place.start)
    };
    if is_in_sentence && aside::all(window).iter().any(is_of_pair) {
        return None;
    }
    let places: Vec<(usize, usize)> = match value {
        Value::Money { .. } => number::places(window).collect(),
        // Its figures are two.
        Value::Range(_) => return None,
        _ => places_like(window, (at, at + words.len())),
    };
    let begins = |place: (usize, usize)| {
        let (now, then) = (value.clone(), value.clone());
        Some(Announced { now, then, from: dated::since(window, place)? })
    };
    let both = |places: [(usize, usize); 2]| {
        let replaced = || replaced(window, places).map(|said| (said, false));
        let held = || held(window, places).map(|said| (said, true));
        let ((words, from), is_now) = replaced().or_else(held)?;
        let other = one(&field.reading, &[], &line(words), matched).ok()?;
        let is_other = is_alike(&field.reading, &other) && !other.same(value);
        let (now, then) = if is_now { (other, value.clone()) } else { (value.clone(), other) };
        is_other.then_some(Announced { now, then, from })
    };
    let is_own = |place: &&(usize, usize)| place.0 < at + words.len() && at < place.1;
    let own = || places.iter().find(is_own).and_then(|place| begins(*place));
    match *places {
        [place] => begins(place),
        [first, second] if is_in_sentence && first.0 <= at && at < first.1 => {
            both([first, second]).or_else(own)
        }
        _ => own(),
    }
}

/// Whether the amount at a place in a text says what another amount before it will be from a day on.
pub(crate) fn replaces(text: &str, place: (usize, usize)) -> bool {
    if text.len() >= LONGEST {
        return false;
    }
    let (from, to) = sentences_about(text, place.0);
    let places: Vec<(usize, usize)> = number::places(&text[from..to]).collect();
    let is_it = |second: &(usize, usize)| (from + second.0, from + second.1) == place;
    match *places {
        [first, second] if is_it(&second) => replaced(&text[from..to], [first, second]).is_some(),
        _ => false,
    }
}

/// A place, if it is the only one.
fn only(mut places: impl Iterator<Item = usize>) -> Option<usize> {
    places.next().filter(|_| places.next().is_none())
}

/// Whether a value is a figure as its reading gives it, and not a mask.
pub(super) fn is_alike(reading: &Reading, value: &Value) -> bool {
    matches!(
        (reading, value),
        (Reading::Money(_), Value::Money { .. })
            | (Reading::Integer | Reading::Clb, Value::Integer(_))
            | (Reading::Decimal, Value::Decimal(_))
            | (Reading::Percent, Value::Percent(_))
            | (Reading::Duration, Value::Duration(_))
            | (Reading::Range, Value::Range(_))
            | (Reading::Teer, Value::Integer(_) | Value::Range(_) | Value::List(_))
    )
}

/// The places of the figures in a text that have the unit of the one at a place, that one included: "1,560 hours" and
/// "3,120 hours", "CLB 4" and "CLB 5".
fn places_like(text: &str, place: (usize, usize)) -> Vec<(usize, usize)> {
    static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern =
            r"(?:\b(?P<before>\p{L}+) )?\b(?P<figure>\d+(?:[,.]\d+)*)(?P<unit> ?%|[ -]\p{L}+)?";
        constant(pattern)
    });
    struct One<'t> {
        at: (usize, usize),
        /// Where its unit ends.
        end: usize,
        before: &'t str,
        unit: &'t str,
    }
    let figures: Vec<One<'_>> = FIGURE
        .captures_iter(text)
        .filter_map(|found| {
            let figure = found.name("figure")?;
            let words = |name| found.name(name).map_or("", |words| words.as_str());
            let unit = words("unit").trim_start_matches([' ', '-']).trim_end_matches('s');
            let end = found.name("unit").map_or(figure.end(), |unit| unit.end());
            Some(One { at: (figure.start(), figure.end()), end, before: words("before"), unit })
        })
        .collect();
    let Some(own) = figures.iter().find(|one| place.0 <= one.at.0 && one.at.1 <= place.1) else {
        return Vec::new();
    };
    // A level follows its name, other figures stand before their unit.
    let is_level = own.before.len() > 1 && own.before.chars().all(char::is_uppercase);
    let has_unit = |one: &&One<'_>| {
        if one.at == own.at {
            true
        } else if is_level {
            one.before == own.before
        } else {
            !own.unit.is_empty() && one.unit.eq_ignore_ascii_case(own.unit)
        }
    };
    // The words of the value may have its unit.
    let is_with_unit = place.1 > own.at.1;
    let whole = |one: &One<'_>| if is_with_unit { (one.at.0, one.end) } else { one.at };
    figures.iter().filter(has_unit).map(whole).collect()
}

/// The words of the second of two amounts and the day from which it replaces the first.
fn replaced(window: &str, [first, second]: [(usize, usize); 2]) -> Option<(&str, Date)> {
    let (_, day) = order(window, [first, second]).filter(|(then, _)| *then == 1)?;
    Some((&window[second.0..second.1], day))
}

/// The words of the second of two amounts and the day from which the first replaces it: "$400 from April 1, 2027
/// (currently $300)".
fn held(window: &str, [first, second]: [(usize, usize); 2]) -> Option<(&str, Date)> {
    let (_, day) = order(window, [first, second]).filter(|(then, _)| *then == 0)?;
    Some((&window[second.0..second.1], day))
}

/// Which of two amounts is the one to come, and its first day.
fn order(window: &str, [first, second]: [(usize, usize); 2]) -> Option<(usize, Date)> {
    if is_day_of_other(window, [first, second]) || is_somewhere(&window[second.1..]) {
        return None;
    }
    // An amount in brackets replaces the one before them, whatever the words between them say that it is for: "CLB 4
    // for TEER 4 job offers (CLB 5 from April 1, 2027)". What follows the brackets is said of the first.
    let opens = window[first.1..second.0].rfind(['(', ')']).map(|at| first.1 + at);
    let opens = opens.filter(|at| window[*at..].starts_with('('));
    let closes = window[second.1..].find(')').map(|at| second.1 + at + 1);
    if let Some((opens, closes)) = opens.zip(closes) {
        // "10% (15% in rural areas until March 31, 2027)" are two rules.
        let inside = &window[second.1..closes - 1];
        let said = dated::periods(inside).first().map(|(_, start, _)| &inside[..*start]);
        if said.is_some_and(|said| !dated::is_of_all(said, &window[first.1..opens])) {
            return None;
        }
        let between = opens - first.1;
        let text = [&window[..first.1], &window[opens..closes]].concat();
        return order_from(&text, [first, (second.0 - between, second.1 - between)]);
    }
    order_from(window, [first, second])
}

/// Whether a figure is said of some places alone, in the words right after it: "15% in rural areas".
fn is_somewhere(after: &str) -> bool {
    static PLACE: LazyLock<Regex> = LazyLock::new(|| {
        let place = r"(?ix)^(?:\ ?%|\ \p{L}+){0,2}\ (?:in|at|outside|dans|hors)\ (?:\p{L}+\ ){0,3}?
            (?:areas?|regions?|places?|communit(?:y|ies)|cit(?:y|ies)|zones?|régions?)\b";
        constant(place)
    });
    PLACE.is_match(after)
}

/// Whether a day stands in brackets with figures, none of which is one of two amounts: it is the day of those figures.
/// "2 years (3,120 hours, or 3,000 hours as of January 15, 2027) within the last 5 years".
fn is_day_of_other(window: &str, amounts: [(usize, usize); 2]) -> bool {
    let has_figure = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    dated::starts(window).any(|(from, to)| {
        let opens = window[..from].rfind(['(', ')']).filter(|at| window[*at..].starts_with('('));
        let closes = window[to..].find(')').map(|at| to + at);
        let Some((opens, closes)) = opens.zip(closes) else { return false };
        let is_in = |amount: &(usize, usize)| opens < amount.0 && amount.1 <= closes;
        !amounts.iter().any(is_in)
            && (has_figure(&window[opens..from]) || has_figure(&window[to..closes]))
    })
}

/// The same, in a text or in the part of it that begins with the first amount.
fn order_from(window: &str, [first, second]: [(usize, usize); 2]) -> Option<(usize, Date)> {
    let start = first.0;
    let moved = |(from, to): (usize, usize)| (from - start, to - start);
    // Words before the first amount say what it is paid for, unless the day is among them.
    dated::order(window, [first, second])
        .or_else(|| dated::order(&window[start..], [moved(first), moved(second)]))
}

/// The sentence around a place in a text, and the next one if it goes on about the same fee.
fn sentences_about(text: &str, at: usize) -> (usize, usize) {
    static END: LazyLock<Regex> = LazyLock::new(|| constant(r"[.!?]\s+|\n"));
    static SAME: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?i)\b(?:(?:this|the|that) (?:\w+ )?(?:fee|amount)|it) (?:will|is|goes|increases|rises|takes|comes|applies)\b|\b(?:ces|les) frais\b";
        constant(pattern)
    });
    let is_end =
        |end: &regex::Match<'_>| !date::is_within_day(&text[..end.start()], &text[end.end()..]);
    let ends: Vec<usize> = END.find_iter(text).filter(is_end).map(|end| end.end()).collect();
    let from = ends.iter().rev().find(|end| **end <= at).copied().unwrap_or(0);
    let mut later = ends.iter().filter(|end| **end > at).copied().chain([text.len(), text.len()]);
    let (to, next) = (later.next().unwrap_or(text.len()), later.next().unwrap_or(text.len()));
    let line = text[to..next].trim();
    let goes_on = SAME.is_match(line) || dated::is_period(line);
    (from, if goes_on { next } else { to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &str, said: &str) {
        check_figure(Reading::Money(None), text, words, said);
    }

    #[track_caller]
    fn check_figure(reading: Reading, text: &str, words: &str, said: &str) {
        let (recipe, matched) = sentence(reading, text);
        let now = one(&recipe.reading, &[], words, &matched).unwrap();
        let value = coming(&recipe, &now, words, "amount", &matched).unwrap_or(now);
        assert_eq!(value.to_string(), said, "{text}");
    }

    /// A field that is read from a sentence.
    pub(super) fn sentence(reading: Reading, text: &str) -> (FieldRecipe, Match<'static>) {
        let recipe = FieldRecipe {
            name: crate::model::FieldName::parse("amount").unwrap(),
            from: vec!["amount".into()],
            find: None,
            without: None,
            reading,
            words: Vec::new(),
            optional: false,
            note: false,
            wording: false,
            key_only: false,
            each: false,
        };
        let mut matched = Match::default();
        matched.set("text", text.to_owned());
        (recipe, matched)
    }

    #[test]
    fn an_amount_carries_the_one_that_its_sentence_says_will_come() {
        let both = "$300 ($400 from 2027-04-01)";
        for text in [
            "There is a fee of $300 CAD. Effective April 1, 2027, this fee will be $400 CAD.",
            "There is a fee of $300 ($400 as of April 1, 2027).",
            "There is a fee of $300 ($400 as of April 1, 2027) for each position.",
            "There is a fee of $300 for each position ($400 as of April 1, 2027).",
            "Pay $300 (from April 1, 2027: $400) if you apply.",
            "If you apply for a nomination, there is a fee of $300. From April 1, 2027, this fee will be $400.",
            "There is a fee of $300 until March 31, 2027 and of $400 from April 1, 2027. Pay it online.",
            "No fee is asked to register. There is a fee of $300. The fee increases to $400 on April 1, 2027.",
        ] {
            check(text, "$300", both);
        }
    }

    #[test]
    fn an_amount_without_its_sign_carries_the_one_of_the_next_sentence() {
        for text in [
            "Fee: $CAN 300 until March 31, 2027. From April 1, 2027: $CAN 400",
            "Fee: $300 before April 1, 2027; from April 1, 2027, $400",
            "Fee: 300 $CAN (400 $CAN as of April 1, 2027)",
        ] {
            check_figure(Reading::Decimal, text, "300", "300 (400 from 2027-04-01)");
        }
    }

    #[test]
    fn an_amount_alone_carries_the_day_from_which_it_holds() {
        for text in [
            "There is a fee of $300 (effective April 1, 2027).",
            "Pay $300 per application, starting April 1, 2027.",
            "Effective April 1, 2027, there is a fee of $300 for each position.",
            "The fee will increase to $300 on April 1, 2027.",
            "Les frais sont de $300 (à compter du 1er avril 2027).",
        ] {
            check(text, "$300", "$300 ($300 from 2027-04-01)");
        }
        for text in [
            "There is a fee of $300. The form changes from April 1, 2027.",
            "There is a fee of $300; the form changes on April 1, 2027.",
            "There is a fee of $300 until April 1, 2027.",
            "There is a fee of $300 on April 1, 2027 or later.",
            "Ask for the form that is in use from April 1, 2027 and pay $300.",
            "There is a fee of $300 from April 1, 2027 to March 31, 2028, and none after April 1, 2028.",
        ] {
            check(text, "$300", "$300");
        }
    }

    #[test]
    fn a_number_of_hours_or_a_level_carries_the_one_to_come() {
        let both = "1,560 (3,120 from 2027-01-15)";
        for text in [
            "at least 1,560 hours in the last 5 years (3,120 hours for applications received on or after January 15, 2027)",
            "at least 1,560 hours before January 15, 2027 and 3,120 hours on or after that date",
            "1,560 hours of work until January 14, 2027; from January 15, 2027, 3,120 hours of work",
        ] {
            check_figure(Reading::Integer, text, "1,560", both);
        }
        check_figure(
            Reading::Integer,
            "As of January 15, 2027, you must have worked at least 3,120 hours",
            "3,120",
            "3,120 (3,120 from 2027-01-15)",
        );
        for text in [
            "CLB 4 (CLB 5 from January 15, 2027) for TEER 4 job offers",
            "CLB 4 for TEER 4 job offers (CLB 5 from January 15, 2027)",
            "CLB 4 (CLB 5 for Expressions of Interest submitted on or after January 15, 2027)",
            "CLB 4 for TEER 4 job offers before January 15, 2027 and CLB 5 for TEER 4 job offers on or after that date",
            "CLB 4 if you apply before January 15, 2027 and CLB 5 if you apply on or after that date",
        ] {
            check_figure(Reading::Clb, text, "4", "4 (5 from 2027-01-15)");
        }
        check_figure(
            Reading::Duration,
            "within 180 days (90 days from January 15, 2027)",
            "180 days",
            "180 days (90 days from 2027-01-15)",
        );
        for text in [
            "at least 2 years of work (or 3,120 hours, or 3,000 hours for applications received on or after January 15, 2027) within the last 5 years",
            "at least 2 years of work within the last 5 years (3,120 hours; 3,000 hours from January 15, 2027)",
        ] {
            check_figure(Reading::Duration, text, "2 years", "2 years");
        }
        check_figure(
            Reading::Range,
            "be 21 to 55 years old (21 to 50 years old as of January 15, 2027)",
            "21 to 55",
            "21 to 55 (21 to 50 from 2027-01-15)",
        );
        for text in [
            "at least 1,560 hours in the last 5 years",
            "at least 1,560 hours, or 3,120 hours for students from January 15, 2027",
            "at least 1,560 hours (30 hours a week)",
            "at least 1,560 hours; the form changes on January 15, 2027",
        ] {
            check_figure(Reading::Integer, text, "1,560", "1,560");
        }
    }

    #[test]
    fn another_amount_is_no_replacement() {
        for text in [
            "There is a fee of $300. A review costs $400 from April 1, 2027.",
            "There is a fee of $300 and a deposit of $400.",
            "There is a fee of $300. Until March 31, 2025, the fee was $400 and in 2020 it was $100.",
            "There is a fee of $300, and $400 for each child from April 1, 2027.",
            "There is a fee of $300 ($400 for each child from April 1, 2027) for each position.",
            "There is a fee of $300 for a worker ($400 for a student from April 1, 2027).",
        ] {
            check(text, "$300", "$300");
        }
    }
}
