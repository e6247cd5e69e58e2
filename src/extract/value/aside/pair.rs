//! Two figures of one kind right after one another, and the day that parts them, in the words of a sentence: "14 days;
//! as of April 1, 2027: 10 days", "CLB 5, rising to CLB 6 on April 1, 2027", "6 employees (effective April 1, 2027;
//! currently 5 employees)".

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::{Aside, Figure, LONGEST, Placed, placed};
use crate::extract::value::dated::{self, Period};
use crate::extract::value::pattern::constant;
use crate::model::text::place_in;

/// The most figures of a text that are looked at.
const MOST: usize = 40;

/// How far behind the second figure its day may end, in bytes.
const REACH: usize = 80;

/// The first two such figures of a text.
pub(super) fn find(text: &str) -> Option<Aside> {
    if text.len() > LONGEST || !text.contains("20") {
        return None;
    }
    let days = dated::days(text);
    if days.is_empty() {
        return None;
    }
    let is_of_day = |figure: &Figure<'_>| {
        days.iter().any(|day| day.start < figure.at.end && figure.at.start < day.end)
    };
    let figures: Vec<Figure<'_>> =
        Figure::all(text).filter(|figure| !is_of_day(figure)).take(MOST).collect();
    figures.windows(2).find_map(|pair| Pair::of(text, &pair[0], &pair[1])?.said())
}

/// Two figures of one kind.
struct Pair<'t> {
    text: &'t str,
    figures: [Placed; 2],
    /// The words of each, and what follows both: "hours a week".
    words: [&'t str; 2],
    trail: &'t str,
    /// Where the first begins.
    start: usize,
    /// Where the words between them begin, and where those behind the second do.
    gap: usize,
    tail: usize,
    /// The words between them, without those that say how the second is reached.
    between: &'t str,
}

impl<'t> Pair<'t> {
    fn of(text: &'t str, a: &Figure<'t>, b: &Figure<'t>) -> Option<Self> {
        static LEAD: LazyLock<Regex> = LazyLock::new(|| {
            let lead = r"(?i)(?:\b(?:at least|at most|within|(?:a )?minimum of|up to|no more than|no less than|about|of|au moins|dans les) ?)+$";
            constant(lead)
        });
        let is_money = |figure: &Figure<'_>| figure.figure.starts_with('$');
        let is_of_kind = match (is_money(a), is_money(b), b.is_level()) {
            (true, true, _) => true,
            _ if a.is_list() && b.is_list() => true,
            (false, false, true) => a.before == b.before,
            (false, false, false) => !a.unit().is_empty() && a.unit() == b.unit(),
            _ => false,
        };
        if !is_of_kind {
            return None;
        }
        let is_bare = is_money(a) || b.is_level() || a.is_list() && b.is_list();
        let end = |figure: &Figure<'_>| if is_bare { figure.at.end } else { figure.end };
        // A level stands behind its name.
        let name = || place_in(text, b.before);
        let next = if b.is_level() { name() } else { b.at.start };
        let (gap, tail) = (end(a), end(b));
        let trail = common(text.get(gap..next)?, &text[tail..]);
        let between = text.get(gap + trail.len()..next)?;
        let between = &between[..LEAD.find(between).map_or(between.len(), |lead| lead.start())];
        Some(Self {
            text,
            figures: placed(text, a, b),
            words: [&text[a.at.start..gap], &text[b.at.start..tail]],
            trail,
            start: a.at.start,
            gap: gap + trail.len(),
            tail: tail + trail.len(),
            between,
        })
    }

    /// What the words say of them.
    fn said(self) -> Option<Aside> {
        let (from, is_turned, end) = self.day()?;
        let opened = |c| self.text[self.gap..end].matches(c).count();
        let rest = &self.text[end..];
        let is_open = opened('(') > opened(')');
        let rest = rest.trim_start().strip_prefix(')').filter(|_| is_open).unwrap_or(rest);
        let of = |words: &str| [&self.text[..self.start], words, self.trail, rest].concat();
        let [first, second] = self.words.map(of);
        let (now, then) = if is_turned { (second, first) } else { (first, second) };
        Some(Aside { now, then, from, figures: self.figures, is_turned })
    }

    /// The first day of the one to come, whether that is the first figure, and where the words of both end.
    fn day(&self) -> Option<(Date, bool, usize)> {
        static MOVES: LazyLock<Regex> = LazyLock::new(|| {
            let moves = r"(?i)^[ ,;(]*(?:(?:and|then|which|is|are|will be) )*(?:rising|increasing|going|changing|moving|dropping|decreasing|falling|increased|raised|reduced|lowered|changed)(?: up| down)? to ?$";
            constant(moves)
        });
        static CURRENTLY: LazyLock<Regex> = LazyLock::new(|| {
            constant(
                r"(?i)^[ ,;:(]*(?:it is )?(?:currently|now|presently|at present|actuellement) ?:? ?$",
            )
        });
        static AFTER: LazyLock<Regex> = LazyLock::new(|| {
            constant(
                r"(?i)^[ ,(]*(?:afterwards?|after that|after|thereafter|from then on|ensuite|par la suite)\b",
            )
        });
        let periods = dated::periods(self.between);
        match *periods {
            [] if MOVES.is_match(self.between) => {
                let (Period::From(day), end) = self.behind()? else { return None };
                Some((day, false, end))
            }
            [(until @ Period::Until(day), start, end)] if is_apart(&self.between[..start]) => {
                let then = &self.between[end..];
                if !is_joint(then) {
                    return None;
                }
                if let Some(found) = AFTER.find(&self.text[self.tail..]) {
                    return Some((day, false, self.tail + found.end()));
                }
                match self.behind() {
                    Some((from @ Period::From(day), end)) if dated::is_one_change(until, from) => {
                        Some((day, false, end))
                    }
                    None if then.contains("then") || then.contains("puis") => {
                        Some((day, false, self.tail))
                    }
                    _ => None,
                }
            }
            [(from @ Period::From(day), start, end)] if is_apart(&self.between[..start]) => {
                let then = &self.between[end..];
                if CURRENTLY.is_match(then) {
                    return Some((day, true, self.tail));
                }
                let is_second = start > 0
                    && self.between[..start].contains([',', ';', '('])
                    && then.chars().all(|c| matches!(c, ' ' | ':' | ','));
                match self.behind() {
                    Some((until @ Period::Until(_), end)) if dated::is_one_change(until, from) => {
                        Some((day, true, end))
                    }
                    None if is_second => Some((day, false, self.tail)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The period right behind the second figure, and where its words end.
    fn behind(&self) -> Option<(Period, usize)> {
        let reach = self.text.floor_char_boundary(self.tail + REACH);
        let about = &self.text[self.start..reach];
        let tail = self.tail - self.start;
        let mut periods = dated::periods(about).into_iter();
        let (period, start, end) = periods.find(|(_, start, _)| *start >= tail)?;
        is_apart(&about[tail..start]).then_some((period, self.start + end))
    }
}

/// Whether nothing but punctuation stands between a figure and its day.
fn is_apart(words: &str) -> bool {
    words.chars().all(|c| matches!(c, ' ' | ',' | ';' | '(' | ')' | ':' | '/' | '-' | '–'))
}

/// Whether words between a day and the second figure only join them.
fn is_joint(words: &str) -> bool {
    let words = words.trim_matches([' ', ',', ';', '(', ')', ':', '/', '-', '–']);
    matches!(words, "" | "and" | "then" | "and then" | "but" | "et" | "puis" | "et puis")
}

/// The words that follow both figures.
fn common<'t>(gap: &'t str, tail: &str) -> &'t str {
    let same = gap.char_indices().zip(tail.chars()).take_while(|((_, a), b)| a == b);
    let end = same.last().map_or(0, |((at, c), _)| at + c.len_utf8());
    let is_word = |rest: &str| rest.starts_with(char::is_alphanumeric);
    // Whole words only, and no bracket.
    let whole = if is_word(&gap[end..]) || is_word(tail.get(end..).unwrap_or_default()) {
        gap[..end].rfind(|c: char| !c.is_alphanumeric()).unwrap_or(0)
    } else {
        end
    };
    let words = &gap[..whole];
    let words = &words[..words.find(['(', ')', ',', ';', ':', '/', '.']).unwrap_or(words.len())];
    words.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, now: &str, then: &str) {
        let found = find(text).map(|a| (a.now, a.then, a.from.to_string()));
        let expected = (now.to_owned(), then.to_owned(), "2027-04-01".to_owned());
        assert_eq!(found, Some(expected), "{text}");
    }

    #[test]
    fn two_figures_and_the_day_that_parts_them() {
        let (now, then) =
            ("1 year or 1,560 hours total (30 a week)", "1 year or 1,950 hours total (30 a week)");
        for both in [
            "1,560 hours total (until March 31, 2027) / 1,950 hours total (from April 1, 2027)",
            "1,560 hours total; as of April 1, 2027: 1,950 hours total",
            "1,560 hours total, rising to 1,950 hours total on April 1, 2027",
            "1,560 hours total up to and including March 31, 2027, then 1,950 hours total",
            "1,950 hours total (effective April 1, 2027; currently 1,560 hours total)",
            "1,560 hours total before 2027-04-01, 1,950 hours total afterwards",
        ] {
            check(&format!("1 year or {both} (30 a week)"), now, then);
        }
        for both in [
            "at least CLB 5 (until March 31, 2027) / at least CLB 6 (from April 1, 2027)",
            "at least CLB 5; as of April 1, 2027: at least CLB 6",
            "at least CLB 5, rising to at least CLB 6 on April 1, 2027",
            "at least CLB 6 (effective April 1, 2027; currently at least CLB 5)",
            "at least CLB 5 before 2027-04-01, at least CLB 6 afterwards",
        ] {
            let (now, then) = (
                "A score of at least CLB 5. More than CLB 5.",
                "A score of at least CLB 6. More than CLB 5.",
            );
            check(&format!("A score of {both}. More than CLB 5."), now, then);
        }
        check(
            "full-time (at least 30 hours a week (until March 31, 2027) / at least 25 hours a week (from April 1, 2027))",
            "full-time (at least 30 hours a week)",
            "full-time (at least 25 hours a week)",
        );
    }

    #[test]
    fn figures_of_two_things_and_days_of_others_are_no_pair() {
        for text in [
            "1,560 hours in 3 years, and 30 hours a week as of April 1, 2027",
            "14 days; as of April 1, 2027: 3 forms",
            "14 days from the invitation, and 10 days from April 1, 2027",
            "CLB 5 for trades; CLB 7 for others from April 1, 2027",
            "14 days until March 31, 2027, or 10 days for students",
            "14 days or 10 days on April 1, 2027",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
