//! Two figures of which brackets hold one: "67 points (70 points as of March 1, 2027)", "70 points as of March 1, 2027
//! (currently 67 points)"; or one after the other: "67 points until February 28, 2027. From March 1, 2027: 70 points".
//! The text can be read as it holds until the day, and as it does from then on, whatever the type of the figure and
//! whatever stands around it.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::dated::{self, Period};
use crate::extract::value::pattern::constant;
use crate::model::meaning;
use crate::model::text::place_in;

mod pair;

/// The longest text, in bytes, that is looked at.
const LONGEST: usize = 20_000;

/// The most words of a unit: "per hour".
const UNIT: usize = 3;

/// The most brackets of a text that are taken out of it.
const MOST: usize = 4;

/// TEER categories, as a figure: "0, 1, 2, or 3".
const LIST: &str = r"\b[0-5](?:, ?[0-5]\b)*(?:,? (?:or|and|ou|et) |, ?)[0-5]\b";

/// A text with such brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aside {
    /// The text until the day, and from it on.
    pub(super) now: String,
    pub(super) then: String,
    /// The day.
    pub(super) from: Date,
    /// The figure before the brackets, and the one in them.
    pub(super) figures: [Placed; 2],
    /// Whether the brackets hold what is so until the day.
    pub(super) is_turned: bool,
}

/// A figure in a text: where it is, with its unit if both have one; so written, and by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) place: Range<usize>,
    pub(super) whole: String,
    pub(super) alone: String,
}

impl Placed {
    /// The figure without the dollar sign before it.
    pub(super) fn without_sign(&self) -> Self {
        let without = |text: &str| text.trim_start_matches(['$', ' ']).to_owned();
        let (whole, alone) = (without(&self.whole), without(&self.alone));
        let start = self.place.start + self.whole.len() - whole.len();
        Self { place: start..self.place.end, whole, alone }
    }
}

/// All such brackets of a text, each by itself; else its two figures, if one follows the other.
pub(super) fn all(text: &str) -> Vec<Aside> {
    static BRACKETS: LazyLock<Regex> = LazyLock::new(|| constant(r"\([^()]{4,160}\)"));
    if !may_have(text) {
        return pair::find(text).into_iter().collect();
    }
    let brackets = BRACKETS.find_iter(text).take(MOST);
    let all: Vec<Aside> = brackets.filter_map(|found| one(text, found.range())).collect();
    if all.is_empty() {
        in_turn(text).or_else(|| pair::find(text)).into_iter().collect()
    } else {
        all
    }
}

/// Whether a text may have two such figures: nearly none has brackets with a day in them or before them, or two days.
fn may_have(text: &str) -> bool {
    let years = || text.match_indices("20");
    text.len() <= LONGEST
        && (text.contains('(') && years().next().is_some() || years().nth(1).is_some())
}

/// Whether a text has such brackets.
pub(crate) fn has_any(text: &str) -> bool {
    !all(text).is_empty()
}

/// A text as it holds until the days in its brackets, in a spelling of it; `None` if it has none.
pub(crate) fn held(text: &str) -> Option<String> {
    held_as_printed(text)
        .or_else(|| spellings(text).iter().find_map(|spelled| held_as_printed(spelled)))
        .or_else(|| dated::without_asides(text))
}

/// The same, as it is printed.
pub(crate) fn held_as_printed(text: &str) -> Option<String> {
    let mut held: Option<String> = None;
    for _ in 0..MOST {
        let Some(aside) = all(held.as_deref().unwrap_or(text)).into_iter().next() else { break };
        held = Some(aside.now);
    }
    held
}

/// The other spellings of a text that has such brackets: "two (2) years (three (3) years as of March 1, 2027)".
pub(super) fn spellings(text: &str) -> Vec<String> {
    if may_have(text) { meaning::spellings(text) } else { Vec::new() }
}

fn one(text: &str, brackets: Range<usize>) -> Option<Aside> {
    let whole = brackets.start + 1..brackets.end - 1;
    let inside = text[whole.clone()].trim();
    let before = text[..brackets.start].trim_end();
    let after = &text[brackets.end..];
    // "(714 nominations until December 31, 2026; 600 nominations from January 1, 2027)".
    if let Some(turn) = in_turn(&text[whole.clone()]) {
        let around = |words: &str| [&text[..whole.start], words, &text[whole.end..]].concat();
        let moved = |one: Placed| Placed {
            place: one.place.start + whole.start..one.place.end + whole.start,
            ..one
        };
        let (now, then) = (around(&turn.now), around(&turn.then));
        return Some(Aside { now, then, figures: turn.figures.map(moved), ..turn });
    }
    if let Some((words, from)) = begins(inside) {
        let other = Figure::only(words)?;
        let own = other.like(before)?;
        let figures = placed(text, &own, &other);
        let [Placed { place, .. }, Placed { whole, .. }] = &figures;
        let now = [before, after].concat();
        let then = [&before[..place.start], whole, &before[place.end..], after].concat();
        return Some(Aside { now, then, from, figures, is_turned: false });
    }
    // "70 points as of March 1, 2027 (currently 67 points)".
    let mut ends = before.rmatch_indices(['.', ';', '\n']).map(|(at, _)| at + 1);
    let start = ends.find(|end| before[*end..].starts_with(char::is_whitespace)).unwrap_or(0);
    let (period, from, to) = dated::placed(&before[start..])?;
    let (Period::From(day), true) = (period, start + to == before.len()) else { return None };
    let other = Figure::only(until(inside, period)?)?;
    let before = before[..start + from].trim_end_matches([' ', ',', ':']);
    let own = other.like(before)?;
    let figures = placed(text, &own, &other);
    let [Placed { place, .. }, Placed { whole, .. }] = &figures;
    let then = [before, after].concat();
    let now = [&before[..place.start], whole, &before[place.end..], after].concat();
    Some(Aside { now, then, from: day, figures, is_turned: true })
}

/// Two figures that follow one another: the first until a day, the second from it on.
fn in_turn(text: &str) -> Option<Aside> {
    let [(until, start, end), (from, next, last)] = dated::both(text)?;
    let is_one = matches!((until, from), (Period::Until(_), Period::From(_)));
    if !(is_one && dated::is_one_change(until, from)) {
        return None;
    }
    let before = text[..start].trim_end_matches([' ', ',', ':', ';', '(']);
    let (between, after) = (joined(&text[end..next]), joined(&text[last..]));
    let words = match (between, after) {
        ("", words) | (words, "") => words,
        _ => return None,
    };
    let other = Figure::only(words)?;
    let own = other.like(before)?;
    let figures = placed(text, &own, &other);
    let [Placed { place, .. }, Placed { whole, .. }] = &figures;
    let then = [&before[..place.start], whole, &before[place.end..]].concat();
    Some(Aside { now: before.to_owned(), then, from: from.day(), figures, is_turned: false })
}

/// Words without the signs and the "and" that join them to those before and after.
fn joined(words: &str) -> &str {
    let words = words.trim_matches([' ', ',', ':', ';', '.', '(', ')', '\n']);
    ["and ", "then ", "et ", "puis "]
        .iter()
        .find_map(|and| words.strip_prefix(and))
        .unwrap_or(if matches!(words, "and" | "then" | "et" | "puis") { "" } else { words })
}

/// The figure in brackets and the day from which it holds: "70 points as of March 1, 2027", "from March 1, 2027: 70".
fn begins(inside: &str) -> Option<(&str, Date)> {
    let (Period::From(day), from, to) = dated::placed(inside)? else { return None };
    let (before, after) = (inside[..from].trim(), inside[to..].trim_matches([' ', ',', ':']));
    let words = match (before, after) {
        ("", after) => after,
        (before, "") => dated::without_all_of(before),
        _ => return None,
    };
    Some((words.trim_end_matches([' ', ',']), day))
}

/// The figure in brackets that holds until a period begins: "currently 67", "67 until then".
fn until(inside: &str, period: Period) -> Option<&str> {
    static NOW: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)^(?:currently|now|presently|today|at\ present|until\ then|before\ then|actuellement|jusque-là)
            [:,]?\ (?P<a>.+)$
            | ^(?P<b>.+?),?\ (?:currently|now|presently|today|at\ present|(?:until|before)\ (?:then|that(?:\ da(?:te|y))?)
            |actuellement|jusque-là|d'ici\ là)$";
        constant(pattern)
    });
    if let Some(found) = NOW.captures(inside) {
        return found.name("a").or(found.name("b")).map(|words| words.as_str());
    }
    let (other, from, to) = dated::placed(inside)?;
    let is_it = matches!(other, Period::Until(_)) && dated::is_one_change(other, period);
    let (before, after) = (inside[..from].trim(), inside[to..].trim_matches([' ', ',', ':']));
    match (before, after) {
        ("", words) | (words, "") if is_it => Some(dated::without_all_of(words)),
        _ => None,
    }
}

/// A figure among words.
struct Figure<'t> {
    /// Where it is, and where its unit ends.
    at: Range<usize>,
    end: usize,
    figure: &'t str,
    before: &'t str,
    unit: &'t str,
    /// The words after it.
    rest: &'t str,
}

impl<'t> Figure<'t> {
    fn all(text: &'t str) -> impl Iterator<Item = Self> {
        static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = format!(
                r"(?:\b(?P<before>[\p{{L}}/]+)\)? ?)?(?P<figure>{LIST}|(?:\$ ?|\b)\d+(?:[,. ]\d{{3}})*(?:\.\d+)?(?:(?: (?:to|à) |-)\d{{1,3}}\b)?)(?P<unit> ?%|[ -]\p{{L}}+)?"
            );
            constant(&pattern)
        });
        FIGURE.captures_iter(text).filter_map(move |found| {
            let figure = found.name("figure")?;
            let words = |name| found.name(name).map_or("", |words| words.as_str());
            let end = found.name("unit").map_or(figure.end(), |unit| unit.end());
            Some(Self {
                at: figure.range(),
                end,
                figure: figure.as_str(),
                before: words("before"),
                unit: words("unit"),
                rest: text[end..].trim(),
            })
        })
    }

    /// The only figure of a few words, with nothing before it but words that say how it is reached.
    fn only(words: &'t str) -> Option<Self> {
        static REACHED: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?i)^(?:(?:or|to|is|be|will|(?:increas|decreas|ris|chang|go)(?:es|ing)?|becom(?:es|ing)|(?:a )?minimum(?: of)?|at least|up to|of|passe(?:ra)?|à|de|ou|sera) ?)*$";
            constant(pattern)
        });
        let mut all = Self::all(words);
        let (one, None) = (all.next()?, all.next()) else { return None };
        let before = words[..one.at.start].trim();
        let before =
            if one.is_level() { before.trim_end_matches(one.before).trim() } else { before };
        REACHED.is_match(before).then_some(one)
    }

    /// Whether it follows the name of its scale: "CLB 7", "level 7".
    fn is_level(&self) -> bool {
        const SCALES: [&str; 3] = ["level", "niveau", "score"];
        let is_scale = |word: &&str| self.before.eq_ignore_ascii_case(word);
        self.before.len() > 1 && self.before.chars().all(|c| c.is_uppercase() || c == '/')
            || SCALES.iter().any(is_scale)
    }

    /// Whether it is several categories.
    fn is_list(&self) -> bool {
        static ONLY: LazyLock<Regex> = LazyLock::new(|| constant(&format!("^{LIST}$")));
        ONLY.is_match(self.figure)
    }

    fn unit(&self) -> String {
        self.unit.trim_matches([' ', '-']).trim_end_matches('s').to_lowercase()
    }

    /// The figure before the brackets that this one is said of: the last that is of the same kind.
    fn like(&self, before: &'t str) -> Option<Self> {
        let is_money = |figure: &Self| figure.figure.starts_with('$');
        let mut all: Vec<Self> = Self::all(before).collect();
        // What is said after it in the brackets is said of both.
        let is_said = |one: &Self| self.rest.is_empty() || one.rest.starts_with(self.rest);
        all.retain(|one| is_money(one) == is_money(self) && is_said(one));
        let own = self.unit();
        let is_of_kind = |one: &Self| match self.is_level() {
            true => one.before == self.before,
            false => !own.is_empty() && one.unit() == own,
        };
        let is_right_before = |one: &Self| {
            let other = one.unit();
            let after = &before[one.at.end..];
            let is_short = after.split_whitespace().count() <= UNIT;
            let has_figure = after.contains(|c: char| c.is_ascii_digit());
            let is_last = before[one.end..].trim().is_empty();
            own.is_empty() && is_short && !has_figure
                || is_last && (other.is_empty() || are_times(&own, &other))
        };
        let at = all.iter().rposition(is_of_kind).or_else(|| all.iter().rposition(is_right_before));
        at.map(|at| all.swap_remove(at))
    }
}

fn are_times(a: &str, b: &str) -> bool {
    const TIMES: [&str; 9] =
        ["day", "week", "month", "year", "hour", "jour", "semaine", "moi", "an"];
    TIMES.contains(&a) && TIMES.contains(&b)
}

/// Two figures, with their units if both have one.
fn placed(text: &str, own: &Figure<'_>, other: &Figure<'_>) -> [Placed; 2] {
    let has_units = !own.unit.is_empty() && !other.unit.is_empty() && !other.is_level();
    [own, other].map(|one| {
        let start = place_in(text, one.figure);
        let length = one.figure.len() + if has_units { one.unit.len() } else { 0 };
        let place = start..start + length;
        Placed { whole: text[place.clone()].to_owned(), place, alone: one.figure.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, now: &str, then: &str) {
        let found = all(text);
        let found: Vec<_> = found.iter().map(|a| (&*a.now, &*a.then, a.from.to_string())).collect();
        assert_eq!(found, [(now, then, "2027-03-01".to_owned())], "{text}");
    }

    #[test]
    fn a_text_is_read_as_it_holds_and_as_it_will() {
        check("67 points (70 points as of March 1, 2027)", "67 points", "70 points");
        check("110 (105 as of March 1, 2027)", "110", "105");
        check("CLB 7 (CLB 8 from March 1, 2027) or more", "CLB 7 or more", "CLB 8 or more");
        check("CLB/NCLC 4 (CLB/NCLC 5 from March 1, 2027)", "CLB/NCLC 4", "CLB/NCLC 5");
        check(
            "CLB 4 for TEER 4 jobs (CLB 5 from March 1, 2027)",
            "CLB 4 for TEER 4 jobs",
            "CLB 5 for TEER 4 jobs",
        );
        check(
            "12 months (2 years effective March 1, 2027) of work",
            "12 months of work",
            "2 years of work",
        );
        check("50% (from March 1, 2027: 60%)", "50%", "60%");
        check(
            "at level 5 or higher (level 7 for applications received on or after March 1, 2027)",
            "at level 5 or higher",
            "at level 7 or higher",
        );
        check(
            "$41.03 ($43.27 as of March 1, 2027) or higher",
            "$41.03 or higher",
            "$43.27 or higher",
        );
        check(
            "at least $38.46 per hour (at least $40.87 as of March 1, 2027) in all",
            "at least $38.46 per hour in all",
            "at least $40.87 per hour in all",
        );
        check(
            "30 calendar days (21 calendar days for invitations issued on or after March 1, 2027)",
            "30 calendar days",
            "21 calendar days",
        );
        check(
            "at least 1 year (2 years as of March 1, 2027) of work or 1,560 hours in the 3 years before",
            "at least 1 year of work or 1,560 hours in the 3 years before",
            "at least 2 years of work or 1,560 hours in the 3 years before",
        );
        check(
            "1,560 hours in 5 years (3,120 hours for applications received on or after March 1, 2027)",
            "1,560 hours in 5 years",
            "3,120 hours in 5 years",
        );
        check(
            "up to 30 days (rising to 45 days on March 1, 2027) from it",
            "up to 30 days from it",
            "up to 45 days from it",
        );
    }

    #[test]
    fn ranges_and_two_figures_in_one_pair_of_brackets_are_read_too() {
        check(
            "21 to 55 years old (21 to 50 years old as of March 1, 2027)",
            "21 to 55 years old",
            "21 to 50 years old",
        );
        check(
            "6 years (7 years for LMIAs issued on or after March 1, 2027) beginning on it",
            "6 years beginning on it",
            "7 years beginning on it",
        );
        check(
            "15% (714 spots until February 28, 2027; 600 spots from March 1, 2027) to food",
            "15% (714 spots) to food",
            "15% (600 spots) to food",
        );
    }

    #[test]
    fn one_figure_may_follow_the_other() {
        for text in [
            "Fee: $1,525 until February 28, 2027. From March 1, 2027: $1,590",
            "Fee: $1,525 until February 28, 2027; $1,590 from March 1, 2027",
            "Fee: $1,525 (until February 28, 2027); then from March 1, 2027: $1,590",
        ] {
            let found = all(text);
            let found: Vec<_> = found.iter().map(|a| (&*a.now, &*a.then)).collect();
            assert_eq!(found, [("Fee: $1,525", "Fee: $1,590")], "{text}");
        }
        for text in [
            "Fee: $1,525 until February 28, 2027. From April 1, 2027: $1,590",
            "Fee: $1,525 from March 1, 2027. Until February 28, 2027: $1,590",
            "Fee: $1,525 until February 28, 2027. From March 1, 2027: $1,590, or $800 for a child",
            "67 points until February 28, 2027. From March 1, 2027: 3 years",
            "Apply until February 28, 2027. From March 1, 2027, pay $1,590",
        ] {
            assert_eq!(all(text), [], "{text}");
        }
    }

    #[test]
    fn several_categories_are_one_figure() {
        let (now, then) = ("in TEER categories: 0, 1, 2, or 3", "in TEER categories: 0 or 1");
        for both in [
            "0, 1, 2, or 3 (0 or 1 as of March 1, 2027)",
            "0 or 1 as of March 1, 2027 (until then 0, 1, 2, or 3)",
            "0, 1, 2, or 3 until February 28, 2027, and 0 or 1 as of March 1, 2027",
        ] {
            check(&format!("in TEER categories: {both}"), now, then);
            let more = "\nTEER stands for four words.";
            let [now, then] = [now, then].map(|text| [text, more].concat());
            check(&format!("in TEER categories: {both}{more}"), &now, &then);
        }
        check(
            "a TEER 0 or 1 job as of March 1, 2027 (0, 1, 2 or 3 until then)",
            "a TEER 0, 1, 2 or 3 job",
            "a TEER 0 or 1 job",
        );
    }

    #[test]
    fn brackets_may_hold_what_is_so_until_then() {
        for inside in
            ["currently 67 points", "67 points until then", "67 points until February 28, 2027"]
        {
            check(&format!("70 points as of March 1, 2027 ({inside})"), "67 points", "70 points");
        }
        check(
            "You need CLB 8 from March 1, 2027 (currently CLB 7) to apply",
            "You need CLB 7 to apply",
            "You need CLB 8 to apply",
        );
    }

    #[test]
    fn other_brackets_are_no_such() {
        for text in [
            "67 points (70 points for a couple)",
            "67 points (as of March 1, 2027)",
            "67 points (70 hours as of March 1, 2027)",
            "$300 ($400 for each child from March 1, 2027)",
            "1,560 hours (30 hours a week)",
            "67 points (70 points until March 1, 2027)",
            "67 points (between 60 and 70 points from March 1, 2027)",
            "67 points (see the notice of March 1, 2027)",
            "67 points as of March 1, 2027 (60 for students)",
            "Stream (open from March 1, 2027)",
        ] {
            assert_eq!(all(text), [], "{text}");
        }
    }
}
