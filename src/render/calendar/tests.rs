//! A calendar as it is written, with a day of each state and hostile words.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::MilestoneId;
use crate::render::sample::{self, at, both};

fn milestone(id: &str, state: MilestoneState, revision: u32, changes: Vec<Change>) -> Milestone {
    Milestone {
        id: MilestoneId::parse(id).unwrap(),
        of: DayOf::Effect,
        source: changes[0].source.clone(),
        fact: changes[0].fact.clone(),
        day: "2025-04-01".parse().unwrap(),
        revision,
        state,
        told_at: at("2025-02-27T18:05:00.25Z"),
        revised_at: at("2025-03-01T12:00:00.75Z"),
        about: BTreeSet::new(),
        quiet: BTreeSet::new(),
        changes,
    }
}

fn write(language: Language, milestones: &[Milestone]) -> String {
    let titles = BTreeMap::from([(
        milestones[0].fact.clone(),
        both("Express Entry, STEM", "Entrée express, STIM"),
    )]);
    calendar(&CalendarInput {
        milestones,
        titles: &titles,
        changes: None,
        facts: None,
        language,
        glossary: &sample::glossary(),
    })
}

#[test]
fn a_calendar_says_what_happens_when_and_how_certain_it_is() {
    let data = || sample::removed("21211", "Data scientists");
    let hostile = {
        let mut change = sample::removed("21231", "x");
        change.summary = both(
            "A\r\nEND:VEVENT\r\nBEGIN:VEVENT; \\n, \u{202e}<b>\u{7}\u{ffff}",
            "É\u{2028}ATTACH:https://evil.example/",
        );
        change.url = "https://example.org/\r\nX-EVIL:1".to_owned();
        change
    };
    let mut last = milestone("3c", MilestoneState::Stated, 0, vec![data()]);
    last.of = DayOf::Expiry;
    let all = [
        milestone("1a", MilestoneState::Announced, 0, vec![data(), hostile.clone()]),
        milestone("2b", MilestoneState::Withdrawn, 2, vec![hostile]),
        last,
    ];
    let shown = |language| write(language, &all).replace("\r\n", "\n");
    insta::assert_snapshot!("calendar_en", shown(Language::En));
    insta::assert_snapshot!("calendar_fr", shown(Language::Fr));
}

#[test]
fn lines_are_folded_and_end_as_the_standard_says() {
    let mut long = sample::removed("21211", "Data scientists");
    long.summary = both(&"é老 word, ".repeat(60), &"à la fin\u{a0}; ".repeat(40));
    let text = write(Language::Fr, &[milestone("1a", MilestoneState::Announced, 0, vec![long])]);
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line}");
    }
}
