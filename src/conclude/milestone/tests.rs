//! A day that is announced, moved, split, confirmed, withdrawn, taken back: what the calendar makes of it.

use std::fmt::Write as _;

use super::*;
use crate::conclude::sample::{at, key, record_key};
use crate::model::{
    Bilingual, ChangeId, ChangeKind, Dates, EventId, Retraction, Severity, SnapshotId, SourceId,
    ToldPlace,
};

/// One thing that happens: `N DAY-SEEN STAGE RECORD[.FIELD] EFFECTIVE|- [EXPIRES]`, or `N DAY back M.RECORD`,
/// which takes back what telling M said of a record.
fn told(line: &str) -> Told {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [n, seen, stage, about, rest @ ..] = &words[..] else { panic!("{line}") };
    let taken_back = (*stage == "back").then(|| Retraction {
        change: id(about),
        event: EventId::parse("e").unwrap(),
        at: at(&format!("{seen}T18:00:00Z")),
        by: "ana".to_owned(),
        why: "misread".to_owned(),
        ended_at: None,
    });
    let (event, record) = match about.split_once(':') {
        Some((event, record)) => (event, record),
        None => (*n, *about),
    };
    let (record, field) = match record.split_once('.') {
        Some((record, field)) => (record, Some(field)),
        None => (record, None),
    };
    let day = |n: usize| rest.get(n).filter(|day| **day != "-").map(|day| day.parse().unwrap());
    let change = Change {
        id: id(&format!("{event}:{record}{}", field.map(|f| format!(".{f}")).unwrap_or_default())),
        event: EventId::parse(&format!("e{event}")).unwrap(),
        seen_at: at(&format!("{seen}T18:00:00Z")),
        last_seen_unchanged_at: None,
        dates: Dates { effective_on: day(0), expires_on: day(1), ..Dates::default() },
        stage: Stage::from_word(stage).unwrap_or(Stage::InForce),
        jurisdiction: "CA".to_owned(),
        program: "pnp".to_owned(),
        source: SourceId::parse("fees").unwrap(),
        fact: key("pnp.fees"),
        record: record_key(record),
        field: field.map(|field| FieldName::parse(field).unwrap()),
        kind: ChangeKind::FeeChanged,
        old: None,
        new: None,
        severity: Severity::Warn,
        rules: Vec::new(),
        summary: Bilingual { en: record.to_owned(), fr: record.to_owned() },
        url: "https://example.org/".to_owned(),
        snapshot: SnapshotId::parse(&"a".repeat(64)).unwrap(),
        before: None,
        after: None,
    };
    Told {
        place: ToldPlace(n.parse().unwrap()),
        change,
        is_imported: false,
        is_quiet: false,
        taken_back,
    }
}

fn id(about: &str) -> ChangeId {
    ChangeId::parse(&about.replace([':', '.'], "-")).unwrap()
}

/// What the calendar has after each telling: `day rREVISION state: records`, without ids.
#[track_caller]
fn check(history: &str, expected: &str) {
    let told: Vec<Told> =
        history.lines().map(str::trim).filter(|line| !line.is_empty()).map(told).collect();
    let all = milestones(&told, &TimeZone::UTC);
    let mut text = String::new();
    for milestone in &all {
        let of: Vec<&str> = milestone.changes.iter().map(|c| c.summary.en.as_str()).collect();
        let Milestone { of: kind, day, revision, state, .. } = milestone;
        writeln!(text, "{} {day} r{revision} {state:?}: {}", kind.word(), of.join(" ")).unwrap();
    }
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(text, expected);
    grows_by_its_end(&told);
}

/// Whatever is told later, a day keeps its id, and its revisions are never fewer.
#[track_caller]
fn grows_by_its_end(told: &[Told]) {
    let mut known: Vec<Milestone> = Vec::new();
    for n in 1..=told.len() {
        if told.get(n).is_some_and(|next| next.place == told[n - 1].place) {
            continue;
        }
        let now = milestones(&told[..n], &TimeZone::UTC);
        for before in &known {
            let after = now.iter().find(|after| after.id == before.id);
            let after = after.unwrap_or_else(|| panic!("{before:?} is not there any more"));
            assert!(after.revision >= before.revision);
            let is_other = (after.day, after.state) != (before.day, before.state);
            assert_eq!(is_other, after.revision > before.revision, "{before:?}\n{after:?}");
        }
        known = now;
    }
}

#[test]
fn a_day_that_moves_stays_the_same_day_in_the_calendar() {
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         1 2026-02-01 announced b.fee 2026-06-01
         2 2026-03-01 announced a.from 2026-07-01
         2 2026-03-01 announced b.from 2026-07-01",
        // A change of another field that gives no new day of its own says nothing of it.
        "effective 2026-06-01 r0 Announced: a b
         effective 2026-07-01 r0 Announced: a b",
    );
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         1 2026-02-01 announced b.fee 2026-06-01
         2 2026-03-01 announced a.fee 2026-07-01
         2 2026-03-01 announced b.fee 2026-07-01
         3 2026-07-02 in_force a.fee 2026-07-01
         3 2026-07-02 in_force b.fee 2026-07-01",
        "effective 2026-07-01 r2 Stated: a b",
    );
}

#[test]
fn a_day_of_which_a_part_moves_is_two_days() {
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         1 2026-02-01 announced b.fee 2026-06-01
         2 2026-03-01 announced a.fee 2026-08-01
         3 2026-04-01 announced a.fee 2026-09-01",
        "effective 2026-06-01 r0 Announced: b
         effective 2026-09-01 r1 Announced: a",
    );
}

#[test]
fn what_is_withdrawn_is_cancelled_and_may_come_back() {
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-03-01 in_force a -",
        "effective 2026-06-01 r1 Withdrawn: a",
    );
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-03-01 reversed a.fee 2025-01-01",
        "effective 2026-06-01 r1 Withdrawn: a",
    );
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-03-01 reversed a.fee -
         3 2026-03-02 back 2:a.fee",
        "effective 2026-06-01 r2 Announced: a",
    );
}

#[test]
fn what_was_told_wrongly_is_cancelled() {
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-02-03 back 1:a.fee",
        "effective 2026-06-01 r1 Withdrawn: a",
    );
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-03-01 announced a.fee 2026-07-01
         3 2026-03-02 back 2:a.fee",
        "effective 2026-06-01 r2 Announced: a",
    );
}

#[test]
fn a_day_that_has_come_is_over() {
    check(
        "1 2026-02-01 announced a.fee 2026-06-01
         2 2026-09-01 announced a.fee 2027-06-01
         3 2026-10-01 in_force a.fee -",
        // The second day is ahead, and given up; the first one happened.
        "effective 2026-06-01 r0 Announced: a
         effective 2027-06-01 r1 Withdrawn: a",
    );
}

#[test]
fn the_last_day_is_a_day_of_its_own() {
    check(
        "1 2026-02-01 in_force a.status 2026-02-01 2026-12-31
         2 2026-03-01 in_force a.cap - 2026-12-31
         3 2026-04-01 in_force a.until - 2027-12-31",
        "effective 2026-02-01 r0 Stated: a
         expires 2027-12-31 r1 Stated: a",
    );
}
