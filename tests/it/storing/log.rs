//! The change log: every filter alone, several together, and text as people type it.

use rulewatch::{
    model::{
        Change, ChangeKind, Dates, LogFilter, RuleId, RuleTarget, Severity, Side, Stage, Value,
    },
    store::{Store, StoreError},
};
use tempfile::TempDir;

use super::{
    at, baseline, change, event, facts, field, key, march, put_changes, record, source, store,
};

/// Three changes: a fee, an occupation, a draw.
fn log() -> (TempDir, Store) {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[]));
    let fee = change("fee-1", "e1", march(2));
    let occupation = Change {
        jurisdiction: "BC".to_owned(),
        program: "express-entry".to_owned(),
        source: source("ircc-ee-categories"),
        fact: key("ee.category.stem.occupations"),
        record: record("row 4 / 21211"),
        field: None,
        kind: ChangeKind::OccupationRemoved,
        stage: Stage::InForce,
        severity: Severity::Block,
        rules: vec![RuleId::parse("R-EE-CAT").unwrap()],
        new: None,
        ..change("occ-1", "e2", march(3))
    };
    let draw = Change {
        fact: key("ee.draws"),
        record: record("21211x"),
        field: Some(field("score")),
        kind: ChangeKind::DrawAdded,
        severity: Severity::Info,
        rules: Vec::new(),
        program: "express-entry".to_owned(),
        ..change("occ-2", "e2", march(3))
    };
    put_changes(&mut store, "e1", vec![fee]);
    put_changes(&mut store, "e2", vec![occupation, draw]);
    (directory, store)
}

fn ids(store: &Store, filter: &LogFilter) -> Vec<String> {
    store.changes(filter).unwrap().iter().map(|change| change.id.to_string()).collect()
}

#[test]
fn the_newest_earlier_change_of_the_same_thing_is_found() {
    let (_directory, mut store) = log();
    let later = Change { ..change("fee-2", "e3", march(4)) };
    put_changes(&mut store, "e3", vec![later.clone()]);
    let other_field = Change { field: None, ..change("fee-9", "e9", march(9)) };
    let other_source = Change { source: source("elsewhere"), ..later.clone() };
    let record = store.change("occ-1").unwrap().unwrap();
    let asked = [later.clone(), record.clone(), other_field, other_source];
    let found = store.earlier(&asked).unwrap();
    assert_eq!(found, [later, record], "fee-1 is older");
    assert_eq!(store.earlier(&[]).unwrap(), []);
}

#[test]
fn a_change_comes_back_as_it_was() {
    let (_directory, store) = log();
    let mut expected = change("fee-1", "e1", march(2));
    assert_eq!(store.change("fee-1").unwrap().unwrap(), expected);
    let mut event = event("e1", vec![expected.clone()]);
    event.check = Some(store.checks(&source("fees"), 1).unwrap()[0].id);
    assert_eq!(store.event(&event.id).unwrap().unwrap(), event);
    expected.id = rulewatch::model::ChangeId::parse("other").unwrap();
    assert!(store.change("other").unwrap().is_none());
}

#[test]
fn a_change_is_found_by_the_beginning_of_its_id() {
    let (_directory, store) = log();
    assert_eq!(store.change("fee").unwrap().unwrap().id.as_str(), "fee-1");
    assert!(matches!(store.change("occ"), Err(StoreError::AmbiguousChange { .. })));
    assert!(matches!(store.change(""), Err(StoreError::AmbiguousChange { .. })));
    assert!(store.change("%").unwrap().is_none());
}

#[test]
fn each_filter_alone() {
    let (_directory, store) = log();
    let all = ["fee-1", "occ-1", "occ-2"];
    let found = |filter: LogFilter| ids(&store, &filter);
    let any = LogFilter::default;
    let fact = |text: &str| LogFilter { facts: vec![RuleTarget::parse(text).unwrap()], ..any() };
    let text = |text: &str| LogFilter { text: Some(text.to_owned()), ..any() };
    let severity = |severity| LogFilter { severity: Some(severity), ..any() };
    let noc = |noc: &str| LogFilter { nocs: vec![noc.to_owned()], ..any() };
    let program = |program: &str| LogFilter { programs: vec![program.to_owned()], ..any() };

    assert_eq!(found(any()), all);
    assert_eq!(
        found(LogFilter { newest_first: true, limit: Some(2), ..any() }),
        ["occ-2", "occ-1"]
    );
    assert_eq!(found(LogFilter { since: Some(march(3)), ..any() }), all[1..]);
    assert_eq!(found(LogFilter { until: Some(march(3)), ..any() }), all[..1]);
    assert_eq!(found(program("express-entry")), all[1..]);
    assert_eq!(found(program("EXPRESS-ENTRY")), Vec::<String>::new());
    assert_eq!(found(program("express")), Vec::<String>::new());
    assert_eq!(found(LogFilter { jurisdictions: vec!["BC".to_owned()], ..any() }), ["occ-1"]);
    assert_eq!(found(LogFilter { sources: vec![source("fees")], ..any() }), ["fee-1", "occ-2"]);
    assert_eq!(found(fact("ee.draws")), ["occ-2"]);
    assert_eq!(found(fact("ee.*")), all[1..]);
    assert_eq!(found(fact("ee.category.*.occupations")), ["occ-1"]);
    assert_eq!(found(fact("*.category.*")), ["occ-1"]);
    assert_eq!(found(fact("*.draws")), ["occ-2"]);
    assert_eq!(found(fact("ee.draws#score")), ["occ-2"]);
    assert_eq!(found(fact("ee.draws#date")), Vec::<String>::new());
    assert_eq!(found(fact("ee.category.stem.occupations#noc")), ["occ-1"], "a whole record");
    assert_eq!(found(noc("21211")), ["occ-1"]);
    assert_eq!(found(noc("2121")), Vec::<String>::new());
    assert_eq!(found(LogFilter { kinds: vec![ChangeKind::DrawAdded], ..any() }), ["occ-2"]);
    let kinds = vec![ChangeKind::DrawAdded, ChangeKind::FeeChanged];
    assert_eq!(found(LogFilter { kinds, ..any() }), ["fee-1", "occ-2"]);
    assert_eq!(found(LogFilter { stages: vec![Stage::InForce], ..any() }), ["occ-1"]);
    assert_eq!(
        found(LogFilter { rules: vec![RuleId::parse("R-ALL").unwrap()], ..any() }),
        ["fee-1"]
    );
    assert_eq!(found(severity(Severity::Info)), all);
    assert_eq!(found(severity(Severity::Warn)), all[..2]);
    assert_eq!(found(severity(Severity::Block)), ["occ-1"]);
    assert_eq!(found(text("quebec FEE")), all, "accents and capitals do not matter");
    assert_eq!(found(text("montreal frais")), all, "in French too");
    assert_eq!(found(text("fee-1")), ["fee-1"], "a dash does not part a word");
    assert_eq!(found(text("")), all);
}

#[test]
fn filters_together() {
    let (_directory, store) = log();
    let filter = LogFilter {
        since: Some(march(3)),
        until: Some(march(4)),
        programs: vec!["express-entry".to_owned(), "fees".to_owned()],
        jurisdictions: vec!["BC".to_owned(), "ON".to_owned()],
        sources: vec![source("ircc-ee-categories")],
        facts: vec![RuleTarget::parse("fees.*").unwrap(), RuleTarget::parse("ee.*").unwrap()],
        nocs: vec!["21211".to_owned()],
        kinds: vec![ChangeKind::OccupationRemoved],
        stages: vec![Stage::InForce],
        rules: vec![RuleId::parse("R-EE-CAT").unwrap()],
        severity: Some(Severity::Warn),
        text: Some("changed Québec".to_owned()),
        is_told: false,
        limit: Some(5),
        today: None,
        newest_first: true,
    };
    assert_eq!(ids(&store, &filter), ["occ-1"]);
    let spoiled = [
        LogFilter { since: Some(march(4)), ..filter.clone() },
        LogFilter { programs: vec!["gts".to_owned()], ..filter.clone() },
        LogFilter { facts: vec![RuleTarget::parse("fees.*").unwrap()], ..filter.clone() },
        LogFilter { stages: vec![Stage::Due], ..filter.clone() },
        LogFilter { text: Some("changed nothing".to_owned()), ..filter },
    ];
    for filter in spoiled {
        assert_eq!(ids(&store, &filter), Vec::<String>::new(), "{filter:?}");
    }
}

/// Changes that are all announced for the last day of April, but for what their names say.
fn announced_for_the_end_of_april() -> (TempDir, Store) {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[]));
    let of = |id: &str, seen: i8| Change {
        record: record(if id == "put-off" || id == "later" { "moved" } else { id }),
        ..change(id, if seen == 2 { "e1" } else { "e2" }, march(seen))
    };
    let on = |change: &Change, day: &str| Dates {
        effective_on: Some(day.parse().unwrap()),
        ..change.dates.clone()
    };
    let date = |day: &str| Some(Side::Value(Value::Date(day.parse().unwrap())));
    let (ahead, later) = (of("ahead", 2), of("later", 3));
    let first = vec![
        of("due-1", 2),
        Change { dates: on(&ahead, "2026-06-01"), ..ahead },
        Change { new: date("2026-04-30"), ..of("day", 2) },
        Change { stage: Stage::InForce, ..of("now", 2) },
        Change { program: "express-entry".to_owned(), ..of("due-2", 2) },
        of("put-off", 2),
    ];
    let second = vec![Change {
        field: Some(field("effective")),
        dates: on(&later, "2026-07-01"),
        new: date("2026-07-01"),
        ..later
    }];
    put_changes(&mut store, "e1", first);
    put_changes(&mut store, "e2", second);
    (directory, store)
}

/// Reads the log in parts of one change, and holds each against the same change asked for alone.
fn read_in_parts_of_one(store: &Store, filter: &LogFilter) -> Vec<String> {
    let (mut parts, mut after) = (Vec::new(), None);
    while parts.len() < filter.limit.unwrap() {
        let page = store.log_page(filter, after, 1).unwrap();
        parts.extend(page.changes);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut alone: Vec<Change> =
        parts.iter().map(|c| store.change(c.id.as_str()).unwrap().unwrap()).collect();
    store.mark_due(&mut alone, filter.today.unwrap()).unwrap();
    assert_eq!(parts, alone);
    parts.iter().map(|c| c.id.as_str().to_owned()).collect()
}

#[test]
fn what_is_due_is_found_and_left_out_along_every_way_through_the_log() {
    use Stage::{Announced, Due, InForce};
    let (_directory, store) = announced_for_the_end_of_april();
    let today = "2026-05-01".parse().unwrap();
    for (stages, expected) in [
        (&[][..], "due-1 ahead day now due-2 put-off later"),
        (&[Due], "due-1 due-2"),
        (&[Announced], "ahead day put-off later"),
        (&[Announced, Due], "due-1 ahead day due-2 put-off later"),
        (&[Due, InForce], "due-1 now due-2"),
        (&[Announced, InForce], "ahead day now put-off later"),
    ] {
        for (programs, newest_first, limit) in
            [(0, false, 9), (0, true, 9), (1, false, 9), (1, true, 9), (1, true, 1), (0, false, 2)]
        {
            let filter = LogFilter {
                stages: stages.to_vec(),
                programs: vec!["fees".to_owned(); programs],
                newest_first,
                limit: Some(limit),
                today: Some(today),
                ..LogFilter::default()
            };
            let mut expected: Vec<&str> = expected.split(' ').collect();
            expected.retain(|id| programs == 0 || *id != "due-2");
            if newest_first {
                expected.reverse();
            }
            expected.truncate(limit);
            assert_eq!(ids(&store, &filter), expected, "{filter:?}");
            assert_eq!(read_in_parts_of_one(&store, &filter), expected);
        }
    }
}

#[test]
fn hostile_text_is_only_text() {
    let (_directory, store) = log();
    let found = |text: &str| {
        ids(&store, &LogFilter { text: Some(text.to_owned()), ..LogFilter::default() }).len()
    };
    for nothing in [
        "\"",
        "*",
        "(",
        ")",
        "NEAR(",
        "^",
        "-",
        "tag : px6665657300",
        "en: nothing",
        "NOT",
        "AND",
        "fee OR nothing",
        "fee NOT quebec",
        "fe*",
        "'; DROP TABLE change; --",
        "\0",
        "{en} : fee",
        "px66656573",
        "fe2",
        "vx7761726e",
        "\u{301}",
        "🍁",
    ] {
        assert_eq!(found(nothing), 0, "{nothing:?}");
    }
    for all in ["\"fee\"", "fee\"", "(fee)", "fee*", "^fee", "fee\0quebec", "- fee -", "\u{a0}fee "]
    {
        assert_eq!(found(all), 3, "{all:?}");
    }
    assert_eq!(found(&"fee ".repeat(5_000)), 3);
    assert_eq!(found(&"(\"*".repeat(50_000)), 0);
}

#[test]
fn the_log_is_in_order_of_time_however_it_came() {
    let (_directory, mut store) = log();
    let early = at("2017-05-15T01:54:00.000001Z");
    put_changes(
        &mut store,
        "old",
        vec![change("old-b", "old", early), change("old-a", "old", early)],
    );
    let order = ["old-b", "old-a", "fee-1", "occ-1", "occ-2"];
    assert_eq!(ids(&store, &LogFilter::default()), order);
    let backwards = LogFilter {
        severity: Some(Severity::Warn),
        newest_first: true,
        limit: Some(3),
        ..LogFilter::default()
    };
    assert_eq!(ids(&store, &backwards), ["occ-1", "fee-1", "old-a"]);
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    // Within one millisecond the bounds are exact too, by the index or without it.
    let later = at("2017-05-15T01:54:00.000002Z");
    for programs in [Vec::new(), vec!["fees".to_owned()]] {
        let within = |since, until| LogFilter {
            since: Some(since),
            until: Some(until),
            programs: programs.clone(),
            ..LogFilter::default()
        };
        assert_eq!(ids(&store, &within(early, later)), order[..2]);
        assert_eq!(ids(&store, &within(later, march(1))), Vec::<String>::new());
    }
}
