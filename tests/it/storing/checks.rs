//! Recording a check: all or nothing, nothing twice, and never over what was there.

use rulewatch::{
    model::{Asked, Breakage, CheckOutcome, Gone, SourceState, StateVersion, UnchangedReason},
    store::{CheckRecord, ReviewMark, Standing, Store, StoreError, snapshot_id},
};

use super::{
    READ_WITH, at, baseline, change, count, due_letters, event, facts, key, letter, march, page,
    put_changes, source, store, stranger, version,
};

const TABLES: [&str; 15] = [
    "snapshot",
    "check_run",
    "page_capture",
    "source_state",
    "fact_set",
    "record",
    "record_state",
    "event",
    "change",
    "change_index_idx",
    "delivery",
    "hold",
    "recipe",
    "facts_written",
    "chain",
];

fn sizes(directory: &std::path::Path) -> Vec<i64> {
    let connection = stranger(directory);
    TABLES.iter().map(|table| count(&connection, table)).collect()
}

#[test]
fn a_page_comes_back_as_it_came() {
    let (directory, mut store) = store();
    let body: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    baseline(&mut store, "fees", march(1), &body, &facts("fees.pr", &[("a", "1")]));
    baseline(&mut store, "other", march(2), &body, &facts("other.pr", &[("a", "1")]));
    assert_eq!(store.last_page(&source("fees")).unwrap().unwrap(), page(&body, march(1)));
    assert_eq!(store.last_page(&source("other")).unwrap().unwrap(), page(&body, march(2)));
    assert_eq!(store.snapshot(&snapshot_id(&body)).unwrap().unwrap(), body);
    assert_eq!(store.snapshot(&snapshot_id(b"never seen")).unwrap(), None);
    assert_eq!(store.last_page(&source("nobody")).unwrap(), None);
    assert_eq!(count(&stranger(directory.path()), "snapshot"), 1, "kept once");
    let check = store.checks(&source("fees"), 1).unwrap().remove(0);
    assert_eq!(store.page(check.id).unwrap().unwrap(), page(&body, march(1)));
    assert_eq!(check.snapshot, Some(snapshot_id(&body)));
}

#[test]
fn a_page_that_was_not_believed_is_kept_and_is_not_the_last_one() {
    let (_directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"good", &facts("fees.pr", &[("a", "1")]));
    let (of, broken) = (source("fees"), page(b"maintenance", march(2)));
    let outcome = CheckOutcome::Broken(Breakage::Empty);
    let check = CheckRecord {
        page: Some(&broken),
        ..CheckRecord::new(&of, version(&store, &of), march(2), &outcome)
    };
    let id = store.record_check(&check).unwrap();
    assert_eq!(store.page(id).unwrap().unwrap(), broken);
    assert_eq!(store.last_page(&of).unwrap().unwrap().body, b"good");
}

#[test]
fn a_damaged_snapshot_is_an_error_and_never_a_page() {
    let (directory, mut store) = store();
    let nothing = facts("fees.pr", &[]);
    baseline(&mut store, "fees", march(1), &b"first ".repeat(50), &nothing);
    baseline(&mut store, "fees", march(2), &b"second".repeat(50), &nothing);
    let ids = [snapshot_id(&b"first ".repeat(50)), snapshot_id(&b"second".repeat(50))];
    assert_eq!(store.altered_snapshots().unwrap(), []);
    let tamper = stranger(directory.path());
    tamper.execute_batch("DROP TRIGGER snapshot_update").unwrap();
    for damage in [
        // Another page's body, whole in itself.
        "UPDATE snapshot SET body = (SELECT body FROM snapshot WHERE id = ?2) WHERE id = ?1",
        "UPDATE snapshot SET body = substr(body, 1, 12) WHERE id = ?1 AND ?2 <> ''",
        "UPDATE snapshot SET body = zeroblob(100000) WHERE id = ?1 AND ?2 <> ''",
        "UPDATE snapshot SET size_bytes = 10 WHERE id = ?1 AND ?2 <> ''",
    ] {
        tamper.execute(damage, [ids[0].as_str(), ids[1].as_str()]).unwrap();
        let fault = store.snapshot(&ids[0]).unwrap_err();
        assert!(matches!(fault, StoreError::SnapshotAltered { .. }), "{damage}: {fault}");
        assert_eq!(store.altered_snapshots().unwrap(), [ids[0].clone()]);
    }
    assert!(store.snapshot(&ids[1]).unwrap().is_some(), "its neighbour is whole");
}

#[test]
fn a_check_is_recorded_whole_or_not_at_all() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "100")]));
    put_changes(&mut store, "e1", vec![change("taken", "e1", march(2))]);
    let (before, state) = (sizes(directory.path()), store.source_state(&source("fees")).unwrap());

    let of = source("fees");
    let (new_page, new_facts) = (page(b"after", march(3)), facts("fees.pr", &[("b", "2")]));
    let record = |store: &mut Store, second: &str| {
        let changes = vec![change("free", "e2", march(3)), change(second, "e2", march(3))];
        let (event, pending) = (event("e2", changes), [letter("d1", None, Some("e2"), march(3))]);
        store.record_check(&CheckRecord {
            page: Some(&new_page),
            accept: Some(&new_facts),
            read_with: Some(READ_WITH),
            event: Some(&event),
            deliveries: &pending,
            review: ReviewMark::Unreviewed,
            ..CheckRecord::new(&of, version(store, &of), march(3), &CheckOutcome::Changed)
        })
    };
    let fault = record(&mut store, "taken").unwrap_err();
    assert!(matches!(fault, StoreError::Transaction { name: "record check", .. }), "{fault:?}");
    assert_eq!(sizes(directory.path()), before);
    assert_eq!(store.source_state(&of).unwrap(), state);
    assert_eq!(store.facts(&of).unwrap(), facts("fees.pr", &[("a", "100")]));
    assert!(store.change("free").unwrap().is_none());

    record(&mut store, "also-free").unwrap();
    assert_eq!(store.facts(&of).unwrap(), new_facts);
    assert_eq!(due_letters(&mut store, march(3)).len(), 1);
    assert!(store.source_state(&of).unwrap().unwrap().unreviewed);
}

#[test]
fn an_unchanged_page_writes_the_check_and_nothing_else() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"page", &facts("fees.pr", &[("a", "100")]));
    let (before, of, same) = (sizes(directory.path()), source("fees"), page(b"page", march(2)));
    for reason in [UnchangedReason::SameBytes, UnchangedReason::NotModified] {
        let outcome = CheckOutcome::Unchanged(reason);
        let check = CheckRecord {
            page: Some(&same),
            ..CheckRecord::new(&of, version(&store, &of), march(2), &outcome)
        };
        store.record_check(&check).unwrap();
    }
    let mut expected = before;
    expected[1] += 2;
    assert_eq!(sizes(directory.path()), expected);
    let state = store.source_state(&of).unwrap().unwrap();
    assert_eq!(state.last_good_at, Some(march(2)));
    assert_eq!(state.last_read_at, Some(march(1)));
    assert_eq!(state.snapshot, Some(snapshot_id(b"page")));
    let last = store.check(state.last_check).unwrap().unwrap();
    assert_eq!(
        (last.outcome.as_str(), last.reason_word.as_deref()),
        ("unchanged", Some("not_modified"))
    );
}

#[test]
fn a_failing_source_is_remembered_until_it_is_good_again() {
    let (_directory, mut store) = store();
    let of = source("fees");
    let asked = |etag: &str| {
        let url = "https://www.example.org/fees".parse().unwrap();
        let etag = Some(etag.to_owned());
        Some(Asked { url, validators: rulewatch::model::Validators { etag, last_modified: None } })
    };
    let mut check = |outcome: &CheckOutcome, day, etag, told: bool| {
        let pending = [letter(&format!("op-{day}"), None, None, march(day))];
        let deliveries = if told { &pending[..] } else { &[] };
        let check = CheckRecord {
            asked: asked(etag),
            deliveries,
            ..CheckRecord::new(&of, version(&store, &of), march(day), outcome)
        };
        store.record_check(&check).unwrap();
        store.source_state(&of).unwrap().unwrap()
    };
    assert_eq!(check(&CheckOutcome::Baseline, 1, "good", false).failing, None);
    check(&CheckOutcome::Broken(Breakage::Empty), 2, "of a block page", false);
    let state = check(&CheckOutcome::Gone(Gone(404)), 3, "of a 404", true);
    assert_eq!(state.asked, asked("good"), "only a believed page makes a request conditional");
    assert_eq!(state.last_good_at, Some(march(1)));
    let failing = state.failing.unwrap();
    assert_eq!((failing.since, failing.word.as_str()), (march(2), "gone"));
    assert_eq!(failing.operator_told_at, Some(march(3)));
    let state = check(&CheckOutcome::Changed, 4, "new", false);
    assert_eq!((state.failing, state.asked), (None, asked("new")));
}

#[test]
fn history_cannot_be_rewritten() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "100")]));
    put_changes(&mut store, "e1", vec![change("c1", "e1", march(2))]);
    let tamper = stranger(directory.path());
    for table in [
        "snapshot",
        "check_run",
        "page_capture",
        "fact_set",
        "record",
        "record_state",
        "event",
        "change",
        "recipe",
        "facts_written",
        "chain",
    ] {
        let sql = format!("SELECT name FROM pragma_table_info('{table}') LIMIT 1");
        let column: String = tamper.query_row(&sql, [], |row| row.get(0)).unwrap();
        for sql in [
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("PRAGMA recursive_triggers = 1; REPLACE INTO {table} SELECT * FROM {table}"),
        ] {
            let fault = tamper.execute_batch(&sql).unwrap_err().to_string();
            assert!(fault.contains(&format!("{table} is append-only")), "{sql}: {fault}");
        }
    }
}

#[test]
fn a_row_that_does_not_parse_is_named() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "100")]));
    let tamper = stranger(directory.path());
    tamper
        .execute_batch("DROP TRIGGER record_state_update; DROP TRIGGER fact_set_update;")
        .unwrap();
    tamper.execute_batch("UPDATE record_state SET fields = '{\"amount\":{\"gold\":1}}'").unwrap();
    let fault = store.facts(&source("fees")).unwrap_err().to_string();
    assert!(fault.contains("record_state.fields of row 1"), "{fault}");
    tamper.execute_batch("UPDATE fact_set SET kind = 'gifts'").unwrap();
    let fault = store.fact(&key("fees.pr")).unwrap_err().to_string();
    assert!(fault.contains("fact_set.kind of row 1: `gifts`"), "{fault}");
}

#[test]
fn an_import_leaves_the_present_as_it_is() {
    let (_directory, mut store) = store();
    let of = source("fees");
    baseline(&mut store, "fees", march(20), b"now", &facts("fees.pr", &[("a", "3"), ("n", "1")]));
    let state = store.source_state(&of).unwrap();
    for (day, said) in [(2, [("a", "1"), ("old", "1")]), (5, [("a", "2"), ("n", "1")])] {
        let (said, page) = (facts("fees.pr", &said), page(b"then", march(day)));
        store
            .record_check(&CheckRecord {
                standing: Standing::Imported,
                imported: Some("a file"),
                page: Some(&page),
                accept: Some(&said),
                ..CheckRecord::new(&of, version(&store, &of), march(day), &CheckOutcome::Changed)
            })
            .unwrap();
    }
    let known = |when| {
        let known = store.facts_as_known(&key("fees.pr"), at(when)).unwrap();
        let set = known.into_iter().map(|(_, set)| set).next();
        let records = set.into_iter().flat_map(|set| set.records);
        records
            .map(|(k, r)| format!("{k}={}", r.fields.values().next().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(known("2026-03-01T00:00:00Z"), Vec::<String>::new());
    assert_eq!(known("2026-03-03T00:00:00Z"), ["a=1", "old=1"]);
    assert_eq!(known("2026-03-06T00:00:00Z"), ["a=2", "n=1"]);
    assert_eq!(known("2026-03-21T00:00:00Z"), ["a=3", "n=1"]);
    let state = state.unwrap();
    let version = StateVersion(state.version.0 + 2);
    assert_eq!(store.source_state(&of).unwrap(), Some(SourceState { version, ..state }));
    assert_eq!(store.last_page(&of).unwrap().unwrap().body, b"now");
}

#[test]
fn a_clock_set_back_does_not_hide_the_present() {
    let (_directory, mut store) = store();
    baseline(
        &mut store,
        "fees",
        at("2031-01-01T00:00:00Z"),
        b"wrong clock",
        &facts("fees.pr", &[("a", "1")]),
    );
    let said = facts("fees.pr", &[("b", "2")]);
    baseline(&mut store, "fees", march(1), b"right clock", &said);
    assert_eq!(store.facts(&source("fees")).unwrap(), said);
    assert_eq!(store.source_state(&source("fees")).unwrap().unwrap().last_checked_at, march(1));
    assert_eq!(store.last_page(&source("fees")).unwrap().unwrap().body, b"right clock");
}
