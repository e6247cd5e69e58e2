//! Days among words: `May 1, 2026`, `1 mai 2026` and `Friday, May 1st, 2026` are the same day.

use std::ops::Range;

use super::read::{Part, Piece, Reader};
use crate::model::{calendar, text};

/// A day as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    year: Option<i16>,
    month: i8,
    day: i8,
    printed: String,
}

impl Day {
    /// The day in figures.
    pub(super) fn figures(&self) -> String {
        let (month, day) = (self.month, self.day);
        match self.year {
            Some(year) => format!("{year:04}-{month:02}-{day:02}"),
            None => format!("--{month:02}-{day:02}"),
        }
    }

    /// The day as printed.
    pub(super) fn printed(&self) -> &str {
        &self.printed
    }
}

impl<'t> Reader<'_, 't> {
    /// A day whose month is a word, with the day of the week before it and the year after it, if
    /// present.
    pub(super) fn day(&self, at: usize) -> Option<(Part<'t>, usize)> {
        if matches!(
            self.before(at),
            Some(Piece::Digits(_) | Piece::Word(_) | Piece::Mark("-" | "/" | "."))
        ) {
            return None;
        }
        if let Some(found) = self.in_figures(at).or_else(|| self.year_first(at)) {
            return Some(found);
        }
        if let Some(found) = self.hyphened(at) {
            return Some(found);
        }
        let first = match self.named(at, calendar::weekday) {
            Some(_) => self.after_comma(at + 1),
            None => at,
        };
        let (month, day, next) = self.month_first(first).or_else(|| self.day_first(first))?;
        let (year, next) = match self.year(next) {
            Some((year, next)) => (Some(year), next),
            None => (None, next),
        };
        Some((self.part(year, month, day, at..next), next))
    }

    /// `1/15/2026`, `15/1/2026`: figures of which only one can be the month.
    fn in_figures(&self, at: usize) -> Option<(Part<'t>, usize)> {
        let number = |at: usize, length: usize| match self.piece(at) {
            Some(Piece::Digits(digits)) if digits.len() <= length => digits.parse::<i16>().ok(),
            _ => None,
        };
        let (a, b) = (number(at, 2)?, number(at + 2, 2)?);
        let year = number(at + 4, 4).filter(|year| *year > 999)?;
        let is_one = (1..=4).step_by(2).all(|n| self.is_mark(at + n, "/"));
        let goes_on = self.is_mark(at + 5, "/");
        let (month, day) = match (a, b) {
            (1..=12, 13..=31) => (a, b),
            (13..=31, 1..=12) => (b, a),
            (1..=12, 1..=12) if a == b => (a, b),
            _ => return None,
        };
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let found = self.part(Some(year), month, day, at..at + 5);
        (is_one && !goes_on).then_some((found, at + 5))
    }

    /// `2026/05/14`: the day that ISO writes with hyphens.
    fn year_first(&self, at: usize) -> Option<(Part<'t>, usize)> {
        let number = |at: usize, length: usize| match self.piece(at) {
            Some(Piece::Digits(digits)) if digits.len() == length => digits.parse::<i16>().ok(),
            _ => None,
        };
        let (year, month, day) = (number(at, 4)?, number(at + 2, 2)?, number(at + 4, 2)?);
        let is_one = (1..=3).step_by(2).all(|n| self.is_mark(at + n, "/"));
        let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
        let goes_on = self.is_mark(at + 5, "/");
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let found = self.part(Some(year), month, day, at..at + 5);
        (is_one && is_day && !goes_on).then_some((found, at + 5))
    }

    /// `14-May-2026`, `14-May-26`.
    fn hyphened(&self, at: usize) -> Option<(Part<'t>, usize)> {
        let (day, next) = self.date(at)?;
        let is_one = [next, next + 2].into_iter().all(|at| self.is_mark(at, "-"));
        let month = self.named(next + 1, calendar::month).filter(|_| is_one)?;
        let Some(Piece::Digits(digits)) = self.piece(next + 3) else { return None };
        let year: i16 = digits.parse().ok().filter(|_| matches!(digits.len(), 2 | 4))?;
        let year = if year < 100 { 2000 + year } else { year };
        let goes_on = self.is_mark(next + 4, "-");
        let found = self.part(Some(year), month, day, at..next + 4);
        (!goes_on).then_some((found, next + 4))
    }

    fn part(&self, year: Option<i16>, month: i8, day: i8, at: Range<usize>) -> Part<'t> {
        let printed = at.filter_map(|n| self.piece(n)).map(Piece::text).collect();
        Part::Day(Day { year, month, day, printed })
    }

    /// `May 1`, `May 1st`, `Sept. 1`.
    fn month_first(&self, at: usize) -> Option<(i8, i8, usize)> {
        let month = self.month(at)?;
        let dot = at + 1 + usize::from(self.is_mark(at + 1, "."));
        let next = self.space(dot);
        let (day, end) = self.date(next).filter(|_| next > dot)?;
        Some((month, day, end))
    }

    /// `1 May`, `1st of May`, `1er mai`.
    fn day_first(&self, at: usize) -> Option<(i8, i8, usize)> {
        let (day, next) = self.date(at)?;
        let apart = self.space(next);
        let of = if self.is_word(apart, &["of"]) { self.space(apart + 1) } else { apart };
        let month = self.month(of).filter(|_| apart > next)?;
        let end = of + 1 + usize::from(self.is_mark(of + 1, ".") && self.year(of + 2).is_some());
        Some((month, day, end))
    }

    /// A month, if the word has a capital or cannot be any other word.
    fn month(&self, at: usize) -> Option<i8> {
        let Some(Piece::Word(word)) = self.piece(at) else { return None };
        let is_verb = matches!(word, "may" | "march" | "mar");
        self.named(at, calendar::month).filter(|_| !is_verb)
    }

    fn named(&self, at: usize, name: fn(&str) -> Option<i8>) -> Option<i8> {
        match self.piece(at) {
            // No such word is long, but most words are.
            Some(Piece::Word(word)) if word.len() <= 10 => {
                let is_slug = word.bytes().all(|b| b.is_ascii_lowercase());
                if is_slug { name(word) } else { name(&text::slug(word)) }
            }
            _ => None,
        }
    }

    /// A day of a month in figures, and the place after it.
    fn date(&self, at: usize) -> Option<(i8, usize)> {
        let Some(Piece::Digits(digits)) = self.piece(at) else { return None };
        let day: i8 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
        let next = self.ordinal(at + 1);
        let goes_on = matches!(self.piece(next), Some(Piece::Mark("%" | "$" | "/")))
            || (matches!(self.piece(next), Some(Piece::Mark("." | ",")))
                && matches!(self.piece(next + 1), Some(Piece::Digits(_))));
        (!goes_on && digits.len() <= 2).then_some((day, next))
    }

    /// A year after a day, with or without a comma before it.
    fn year(&self, at: usize) -> Option<(i16, usize)> {
        let from = self.after_comma(at);
        let Some(Piece::Digits(digits)) = self.piece(from) else { return None };
        let is_year = from > at && digits.len() == 4 && digits.starts_with(['1', '2']);
        let year = digits.parse().ok().filter(|_| is_year)?;
        Some((year, from + 1))
    }

    fn after_comma(&self, at: usize) -> usize {
        let comma = at + usize::from(self.is_mark(at, ","));
        self.space(comma)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::meaning::meaning;

    #[test]
    fn a_day_is_one_however_it_is_written() {
        for text in [
            "From May 1, 2026 on",
            "From 1 May 2026 on",
            "From May 1st, 2026 on",
            "From Friday, May 1, 2026 on",
            "From 2026-05-01 on",
            "From May 01 2026 on",
            "From 01-May-2026 on",
            "From 1-May-26 on",
            "From 2026/05/01 on",
        ] {
            assert_eq!(meaning(text), "from 2026-05-01 on", "{text}");
        }
        assert_eq!(meaning("le 1er août 2026"), meaning("le 1 août 2026"));
        assert_eq!(meaning("until Sept. 3"), meaning("until 3 September"));
        assert_eq!(meaning("Dec. 25, 2026"), meaning("25 Dec. 2026"));
        assert_eq!(meaning("MAY 1, 2026"), "2026-05-01");
        assert_eq!(meaning("on 5/15/2026."), meaning("on May 15, 2026."));
        assert_eq!(meaning("le 15/5/2026"), meaning("le 15 mai 2026"));
        assert_eq!(meaning("on 5/6/2026"), "on 5/6/2026");
        assert_eq!(meaning("on 2026/15/01"), "on 2026/15/01");
    }

    #[test]
    fn another_day_is_another_and_a_verb_is_no_month() {
        assert_ne!(meaning("May 1, 2026"), meaning("May 2, 2026"));
        assert_ne!(meaning("May 1, 2026"), meaning("June 1, 2026"));
        assert_ne!(meaning("May 1, 2026"), meaning("May 1, 2027"));
        assert_ne!(meaning("May 1"), meaning("May 1, 2026"));
        assert_eq!(meaning("you may 2 times"), "you may 2 times");
        assert_eq!(meaning("1 may apply"), "1 may apply");
        assert_eq!(meaning("May 1,560 hours"), "may 1560 hours");
    }
}
