//! What held on which day, tested without a store: a history goes in.

use std::fmt::Write as _;

use super::*;
use crate::conclude::sample::{at, field, record, record_key};
use crate::model::{CheckId, DateFields, FactType, Fields};

/// A history in lines: when a state was seen, what it says, and from when it holds.
struct Story {
    current: Vec<(SourceId, FactSet)>,
    states: Vec<RecordState>,
    zone: TimeZone,
}

fn story(lines: &[(&str, &str, Option<&str>)]) -> Story {
    let source = SourceId::parse("fees").unwrap();
    let fields = |words: &str, from: Option<&str>| {
        let day = from.map(|day| (field("from"), Value::Date(day.parse().unwrap())));
        let words = (field("amount"), Value::Text(words.to_owned()));
        Fields::from_iter([words].into_iter().chain(day))
    };
    let states: Vec<RecordState> = lines
        .iter()
        .enumerate()
        .map(|(n, (seen_at, words, from))| RecordState {
            source: source.clone(),
            record: record_key("a"),
            check: CheckId(i64::try_from(n).unwrap()),
            seen_at: at(seen_at),
            fields: (!words.is_empty()).then(|| fields(words, *from)),
            evidence: None,
        })
        .collect();
    let mut set = FactSet::new(FactType::Fees);
    set.dates = DateFields { effective: Some(field("from")), ..DateFields::default() };
    if let Some(fields) = states.last().and_then(|state| state.fields.clone()) {
        set.records.insert(record_key("a"), Record { fields, ..record(&[]) });
    }
    let zone = TimeZone::get("America/Vancouver").unwrap();
    Story { current: vec![(source, set)], states, zone }
}

impl Story {
    fn history<'a>(&'a self, unconfirmed: &'a [Change]) -> History<'a> {
        let (current, states, zone) = (&self.current, &self.states, &self.zone);
        History { current, states, unconfirmed, zone }
    }
}

#[track_caller]
fn check(story: &Story, days: &[&str], expected: &[&str]) {
    let held = days.iter().map(|day| {
        let mut text = String::new();
        for (_, set) in in_force(&story.history(&[]), day.parse().unwrap()) {
            for record in set.records.values() {
                let amount = record.fields.get(&field("amount")).unwrap();
                write!(text, "{amount}").unwrap();
            }
        }
        text
    });
    assert_eq!(held.collect::<Vec<_>>(), expected);
}

#[test]
fn a_state_holds_from_the_day_it_was_seen_where_the_page_gives_none() {
    // 05:00 in UTC is the evening before in Vancouver.
    let story = story(&[
        ("2026-01-02T05:00:00Z", "100", None),
        ("2026-03-01T20:00:00Z", "200", None),
        ("2026-04-01T20:00:00Z", "", None),
    ]);
    check(
        &story,
        &["2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"],
        &["", "100", "100", "200", "200", ""],
    );
    assert_eq!(first_known(&story.history(&[])), "2026-01-01".parse().ok());
}

#[test]
fn a_state_holds_from_the_day_its_page_gives_also_after_the_fact() {
    let story = story(&[
        ("2026-01-01T20:00:00Z", "100", Some("2025-06-01")),
        ("2026-02-01T20:00:00Z", "200", Some("2026-05-01")),
    ]);
    check(
        &story,
        &["2025-05-31", "2025-06-01", "2026-04-30", "2026-05-01"],
        &["", "100", "100", "200"],
    );
    let ahead = ahead(&story.history(&[]), "2026-03-01".parse().unwrap());
    assert_eq!(ahead.iter().map(|row| row.3).collect::<Vec<_>>(), ["announced"]);
}

#[test]
fn what_was_put_off_before_its_day_came_never_held() {
    let story = story(&[
        ("2026-01-01T20:00:00Z", "100", None),
        ("2026-02-01T20:00:00Z", "200", Some("2026-05-01")),
        ("2026-04-01T20:00:00Z", "250", Some("2026-07-01")),
    ]);
    check(&story, &["2026-05-01", "2026-06-30", "2026-07-01"], &["100", "100", "250"]);
}

#[test]
fn a_day_that_the_page_gave_to_the_former_value_is_not_the_new_ones() {
    let story = story(&[
        ("2025-03-01T12:00:00Z", "100", Some("2024-06-03")),
        ("2026-11-05T20:00:00Z", "120", Some("2024-06-03")),
        ("2026-11-20T20:00:00Z", "130", Some("2026-11-10")),
    ]);
    let days = ["2024-07-01", "2026-11-04", "2026-11-05", "2026-11-09", "2026-11-10"];
    check(&story, &days, &["100", "100", "120", "120", "130"]);
}
