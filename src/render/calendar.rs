//! Days on which rules take effect or end, as an iCalendar (RFC 5545).
//!
//! A day keeps its UID when it moves; its SEQUENCE says how often it was revised, and one that was withdrawn
//! is cancelled. Every moment in it is one of what was told, and none is of the clock: the same history gives
//! the same calendar, byte for byte.

use std::collections::BTreeMap;

use icalendar::{Calendar, Component as _, Event, EventStatus, Property};
use jiff::{Timestamp, civil::Date};

use super::inert;
use super::inert::web_address;
use super::letter::notes;
use super::words::{self, Voice, counted, say};
use crate::model::{
    Bilingual, Change, DayOf, FactKey, Glossary, Language, Milestone, MilestoneState,
};

/// The most changes of one day that are listed.
const LISTED: usize = 20;

/// What a calendar is made of.
#[derive(Debug, Clone, Copy)]
pub struct CalendarInput<'a> {
    /// The days.
    pub milestones: &'a [Milestone],
    /// The titles of fact sets. A set without one goes by its key.
    pub titles: &'a BTreeMap<FactKey, Bilingual>,
    /// The address under which each change has its page, by its id; it ends in a slash.
    pub changes: Option<&'a str>,
    /// The address under which each fact set has its page, by its key; it ends in a slash.
    pub facts: Option<&'a str>,
    /// The language.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
}

/// The calendar, as text.
#[must_use]
pub fn calendar(input: &CalendarInput<'_>) -> String {
    let mut calendar = Calendar::empty();
    let name = say(
        input.language,
        "Canadian immigration rules: days",
        "Règles d'immigration du Canada\u{a0}: dates",
    );
    let head = [
        ("VERSION", "2.0"),
        ("PRODID", "-//rulewatch//rulewatch//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", name),
        ("X-WR-CALNAME", name),
        ("X-PUBLISHED-TTL", "PT6H"),
    ];
    for (key, value) in head {
        calendar.append_property(Property::new(key, value));
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT6H");
    calendar.append_property(refresh.add_parameter("VALUE", "DURATION").done());
    calendar.extend(input.milestones.iter().map(|milestone| event(input, milestone)));
    calendar.to_string()
}

fn event(input: &CalendarInput<'_>, milestone: &Milestone) -> Event {
    let mut event = Event::new();
    event.uid(&format!("{}@rulewatch", milestone.id));
    event.append_property(day("DTSTART", milestone.day));
    // RFC 5545 has it end before the next day begins.
    event.append_property(day("DTEND", milestone.day.tomorrow().unwrap_or(milestone.day)));
    for (key, at) in [
        ("DTSTAMP", milestone.revised_at),
        ("LAST-MODIFIED", milestone.revised_at),
        ("CREATED", milestone.told_at),
    ] {
        event.add_property(key, moment(at));
    }
    event.sequence(milestone.revision);
    event.status(match milestone.state {
        MilestoneState::Announced => EventStatus::Tentative,
        MilestoneState::Stated => EventStatus::Confirmed,
        MilestoneState::Withdrawn => EventStatus::Cancelled,
    });
    event.summary(&summary(input, milestone));
    event.description(&description(input, milestone));
    event.add_property("TRANSP", "TRANSPARENT");
    event.add_property("CATEGORIES", milestone.of.word());
    if let Some(url) = link(input, milestone) {
        event.url(&url);
    }
    event.done()
}

fn day(key: &str, day: Date) -> Property {
    let mut property = Property::new(key, day.strftime("%Y%m%d").to_string());
    property.add_parameter("VALUE", "DATE");
    property
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The page of the first change, or that of the fact where no change tells of the day; else the official page.
fn link(input: &CalendarInput<'_>, milestone: &Milestone) -> Option<String> {
    let first = milestone.changes.first()?;
    let told = milestone.changes.iter().find(|change| !milestone.quiet.contains(&change.id));
    match (told, input.changes, input.facts) {
        (Some(told), Some(base), _) => Some(format!("{base}{}", told.id)),
        (None, _, Some(base)) => Some(format!("{base}{}", milestone.fact)),
        _ => web_address(&first.url),
    }
}

/// `Announced: Express Entry, STEM: 19 occupations removed`.
fn summary(input: &CalendarInput<'_>, milestone: &Milestone) -> String {
    let language = input.language;
    let prefix = match milestone.state {
        MilestoneState::Announced => say(language, "Announced: ", "Annoncé\u{a0}: "),
        MilestoneState::Stated => "",
        MilestoneState::Withdrawn => say(language, "Withdrawn: ", "Retiré\u{a0}: "),
    };
    let colon = say(language, ": ", "\u{a0}: ");
    let title = input
        .titles
        .get(&milestone.fact)
        .map_or_else(|| milestone.fact.to_string(), |title| inert(title.get(language), 120));
    let what = match (milestone.of, milestone.changes.as_slice()) {
        (DayOf::Effect, [only]) => words::summary(only, language, 240),
        // What was there from the first neither came nor changed.
        (DayOf::Effect, [first, ..]) if milestone.quiet.contains(&first.id) => title,
        (DayOf::Effect, [first, ..]) => {
            format!("{title}{colon}{}", counted(milestone.changes.len(), first.kind, language))
        }
        (DayOf::Effect, []) => title,
        (DayOf::Expiry, changes) => {
            let voice = Voice { language, glossary: input.glossary };
            let of = match changes {
                [only] => format!(", {}", words::record(&only.record, voice)),
                _ => String::new(),
            };
            format!("{}{colon}{title}{of}", say(language, "Last day", "Dernier jour"))
        }
    };
    format!("{prefix}{what}")
}

fn description(input: &CalendarInput<'_>, milestone: &Milestone) -> String {
    let language = input.language;
    let line = |change: &Change| words::summary(change, language, 240);
    let mut lines: Vec<String> = milestone.changes.iter().take(LISTED).map(line).collect();
    let rest = milestone.changes.len().saturating_sub(LISTED);
    if rest > 0 {
        lines.push(words::and_more(rest, language));
    }
    lines.push(String::new());
    lines.push(certainty(milestone, language).to_owned());
    if let Some(url) = milestone.changes.first().and_then(|first| web_address(&first.url)) {
        lines.push(format!("{}{url}", say(language, "Official page: ", "Page officielle\u{a0}: ")));
    }
    lines.push(notes(language).to_owned());
    lines.join("\n")
}

fn certainty(milestone: &Milestone, language: Language) -> &'static str {
    match milestone.state {
        MilestoneState::Announced => say(
            language,
            "Announced: no page has said yet that it holds.",
            "Annoncé\u{a0}: aucune page n'a encore dit que c'est en vigueur.",
        ),
        MilestoneState::Stated => {
            say(language, "The official page says so.", "La page officielle le dit.")
        }
        MilestoneState::Withdrawn => say(
            language,
            "Withdrawn: the page no longer gives this day, or it was told wrongly.",
            "Retiré\u{a0}: la page ne donne plus cette date, ou elle a été annoncée à tort.",
        ),
    }
}

#[cfg(test)]
mod tests;
