//! Days beside a name, from which or until which it is listed: "Forestry (as of January 1, 2027)",
//! "Cooks, until March 31, 2027", "Transport – removed as of January 1, 2027".

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::date;
use super::dated::{self, Period};
use crate::extract::value::pattern::constant;

/// The longest text, in bytes, that may be a name with its days.
const LONGEST: usize = 300;

/// The most words of a name after which a day needs no sign that sets it apart.
const SHORT: usize = 12;

/// The days beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DaysBeside {
    /// The first day on which it is so.
    pub(crate) from: Option<Date>,
    /// The first day on which it is so no longer.
    pub(crate) until: Option<Date>,
}

impl DaysBeside {
    fn add(&mut self, period: Period) {
        match period {
            Period::From(day) => self.from = self.from.or(Some(day)),
            Period::Until(day) => self.until = self.until.or(Some(day)),
        }
    }

    /// Both days.
    pub(crate) fn all(self) -> impl Iterator<Item = Date> {
        [self.from, self.until].into_iter().flatten()
    }
}

/// A name without the days at its end, and these.
pub(crate) fn beside(text: &str) -> Option<(&str, DaysBeside)> {
    // Nearly no name has a year in it.
    if text.len() > LONGEST || !text.contains("20") {
        return None;
    }
    let mut days = DaysBeside::default();
    let mut name = trimmed(text);
    while let Some((before, period)) = last(name) {
        days.add(period);
        name = trimmed(before);
    }
    (days != DaysBeside::default() && name.contains(char::is_alphanumeric)).then_some((name, days))
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':' | '–' | '—' | '-')
    })
}

/// What stands before the days at the end of a text, and their period.
fn last(text: &str) -> Option<(&str, Period)> {
    if let Some(inside) = text.strip_suffix(')') {
        let (before, inside) = inside.rsplit_once('(')?;
        let (period, from, to) = placed(inside)?;
        let (lead, after) = (inside[..from].trim(), inside[to..].trim());
        let is_alone = after.is_empty() && (lead.is_empty() || said(lead) == Some(0));
        return is_alone.then(|| (before, turned(period, lead)));
    }
    // Brackets before it are of the name.
    let start = text.rfind(')').map_or(0, |at| at + 1);
    let (period, from, to) = placed(&text[start..])?;
    if start + to != text.len() {
        return None;
    }
    let lead = &text[..start + from];
    let name = said(lead).map_or(lead, |at| &lead[..at]);
    let is_apart = trimmed(name) != name.trim_end() || name.len() < lead.trim_end().len();
    let is_short = name.split_whitespace().count() <= SHORT;
    (is_apart || is_short).then(|| (name, turned(period, &lead[name.len()..])))
}

/// The only period of a text. A bare "on" gives one after words that say what happens on the day: "closes on January 3,
/// 2027".
fn placed(text: &str) -> Option<(Period, usize, usize)> {
    let on = || {
        let [day] = &*dated::days(text) else { return None };
        let lead = text[..day.start].trim_end();
        let from = ON.find(lead).map_or(lead.len(), |on| on.start());
        said(&lead[..from])?;
        Some((Period::From(date::day(&text[day.clone()])?), from, day.end))
    };
    dated::placed(text).or_else(on)
}

/// The word between what happens and its day.
static ON: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)\s(?:on|le)$"));

/// Words before a day that say what happens on it.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)(?:\b(?:will\ be|will|to\ be|is|are|being|sera|seront|est|sont)\ )?
        \b(?:(?P<leaves>removed|closed?|closing|closes|ends?|discontinued|withdrawn|ineligible
            |(?:no\ longer|not)\ (?:eligible|accepted|available)|retirée?s?|supprimée?s?|ferme|fermera|fermée?s?)
        |added|new|eligible|accepted|available|opens|opening|ajoutée?s?|nouveau|nouvelle|admissibles?)[\s,:]*$";
    constant(pattern)
});

/// Where the words begin that say, at the end of a text, what happens on the day after it.
fn said(text: &str) -> Option<usize> {
    SAID.find(text).map(|found| found.start())
}

/// What is removed as of a day is so until it.
fn turned(period: Period, lead: &str) -> Period {
    let leaves = SAID.captures(lead).is_some_and(|found| found.name("leaves").is_some());
    match period {
        Period::From(day) if leaves => Period::Until(day),
        period => period,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str, &str)>) {
        let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        let found = beside(text).map(|(name, days)| (name, day(days.from), day(days.until)));
        let found = found.as_ref().map(|(name, from, until)| (*name, &**from, &**until));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_name_is_told_from_the_days_beside_it() {
        for text in [
            "Forestry (as of January 1, 2027)",
            "Forestry (effective January 1, 2027)",
            "Forestry, effective January 1, 2027",
            "Forestry – as of January 1, 2027",
            "Forestry (new as of January 1, 2027);",
            "Forestry (à compter du 1er janvier 2027)",
            "Forestry as of January 1, 2027",
        ] {
            check(text, Some(("Forestry", "2027-01-01", "")));
        }
        for text in [
            "Cooks (chefs) (until December 31, 2026)",
            "Cooks (chefs) – removed as of January 1, 2027",
            "Cooks (chefs) (will be removed as of January 1, 2027)",
            "Cooks (chefs), until December 31, 2026",
            "Cooks (chefs) (jusqu'au 31 décembre 2026)",
            "Cooks (chefs) (before January 1, 2027)",
            "Cooks (chefs) (closes on January 1, 2027)",
            "Cooks (chefs) – will close January 1, 2027",
            "Cooks (chefs) (ferme le 1er janvier 2027)",
        ] {
            check(text, Some(("Cooks (chefs)", "", "2027-01-01")));
        }
        check(
            "Pilot (from January 1, 2027) (until June 30, 2027)",
            Some(("Pilot", "2027-01-01", "2027-07-01")),
        );
    }

    #[test]
    fn other_days_are_of_the_name() {
        for text in [
            "Forestry",
            "Forestry (2027)",
            "Profiles submitted (see the notice of January 1, 2027)",
            "Profiles submitted on January 1, 2027",
            "Forestry (last draw on January 1, 2027)",
            "You were a resident on or before January 1, 2027 and have worked since",
            "Work (as of January 1, 2027) in Canada",
            "(as of January 1, 2027)",
        ] {
            check(text, None);
        }
    }
}
