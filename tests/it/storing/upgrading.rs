//! Databases that earlier versions of the program made: brought up to date with all they hold.

use std::fs;
use std::path::Path;

use rulewatch::{
    model::{
        ChangeId, CheckOutcome, DeliveryId, Episodes, EventId, LogFilter, Severity, StateVersion,
        Subscription,
    },
    store::{CheckRecord, OutboxFilter, Store, snapshot_id},
};
use rusqlite::{Connection, params, types::Value};
use tempfile::TempDir;

use super::{change, due_letters, event, facts, key, march, source, stranger};

/// A database as the program made it when that was its format, with rows in every table.
fn of_format(format: usize) -> TempDir {
    let directory = TempDir::new().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let old = stranger(directory.path());
    old.execute_batch("PRAGMA journal_mode = wal;").unwrap();
    for migration in ["01-start", "02-signal"].iter().take(format) {
        let sql = fs::read_to_string(migrations.join(migration).join("up.sql")).unwrap();
        old.execute_batch(&sql).unwrap();
    }
    old.pragma_update(None, "user_version", i64::try_from(format).unwrap()).unwrap();
    let body = b"<html><p>The fee is $85.</p></html>";
    let packed = zstd::bulk::compress(body, 3).unwrap();
    let letter = zstd::bulk::compress(b"Message-ID: <d1@example.org>\r\n\r\n", 3).unwrap();
    let snapshot = snapshot_id(body);
    old.execute(
        "INSERT INTO snapshot VALUES (?1, ?2, ?3, 1)",
        params![snapshot.as_str(), packed, 35],
    )
    .unwrap();
    let rows = ROWS.replace("SNAPSHOT", snapshot.as_str());
    old.execute_batch(&rows).unwrap();
    old.execute(
        "INSERT INTO delivery VALUES ('d1', 1, 'ana@example.org', 'e-old-1', 3, 'alert', 'fr', 'due',
             9, 1, '451', ?1, 33, 4, NULL)",
        params![letter],
    )
    .unwrap();
    if format >= 2 {
        old.execute_batch(
            "UPDATE fact_set SET expires = 'until', applies_to = 'whom' WHERE 0;
             UPDATE source_state SET relocated = 'fees.pr: elsewhere';
             UPDATE hold SET twin = '85 stands twice';",
        )
        .unwrap();
    }
    directory
}

const ROWS: &str = r#"
INSERT INTO check_run VALUES (1, 'fees', 1, 1, 2, 'baseline', NULL, NULL, 1, 'SNAPSHOT', 'r1', '5', '{"fees.pr":2}', NULL);
INSERT INTO check_run VALUES (3, 'fees', 3, 3, 4, 'changed', NULL, NULL, 1, 'SNAPSHOT', 'r1', '5', '{"fees.pr":2}', NULL);
INSERT INTO check_run VALUES (5, 'fees', 5, 5, 6, 'changed', NULL, NULL, 1, 'SNAPSHOT', 'r1', '5', NULL, '{"ee.draws":3}');
INSERT INTO check_run VALUES (6, 'fees', 7, 7, 8, 'broken', 'empty', 'the body is empty', 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO page_capture VALUES (1, 'SNAPSHOT', 1, '[["https://www.example.org/fees",200]]', '[["etag","a"]]');
INSERT INTO source_state (source, last_check_id, last_checked_at, last_good_at, last_read_at, recipe, reader, snapshot,
    validator_url, etag, failing_since_at, failing_word, operator_told_at, stamped_on, unreviewed, reviewed_by, reviewed_at)
    VALUES ('fees', 6, 7, 5, 5, 'r1', '5', 'SNAPSHOT', 'https://www.example.org/fees', 'a', 7, 'empty', 7, '2026-03-01', 0, 'ana', 2);
INSERT INTO fact_set (id, source, fact, check_id, seen_at, kind, notes, effective) VALUES (1, 'fees', 'fees.pr', 1, 1, 'fees', '[]', NULL);
INSERT INTO record VALUES (1, 'fees', 'fees.pr', 'a'), (2, 'fees', 'fees.pr', 'b');
INSERT INTO record_state VALUES (1, 1, 1, 1, '{"amount":{"text":"80"}}', '{"locator":"1","place":"row 1","quote":"$80"}');
INSERT INTO record_state VALUES (2, 2, 1, 1, '{"amount":{"text":"5"}}', NULL);
INSERT INTO record_state VALUES (3, 1, 3, 3, '{"amount":{"text":"85"}}', NULL);
INSERT INTO event VALUES ('e-old-1', 'fees', 3, 3), ('e-old-2', 'fees', 5, 5);
INSERT INTO change VALUES (1, 'c-old-1', 'e-old-1', 3, 1, NULL, '2026-04-30', NULL, NULL, 'in_force', 'CA', 'fees', 'fees', 'fees.pr',
    'a', 'amount', 'fee_changed', '{"text":"80"}', '{"text":"85"}', 1, '["R-FEES"]', 'The fee', 'Les frais',
    'https://www.example.org/fees', 'SNAPSHOT', NULL, '{"locator":"1","place":"row 1","quote":"$85"}');
INSERT INTO change VALUES (2, 'c-old-2', 'e-old-2', 5, 3, NULL, NULL, NULL, NULL, 'reversed', 'CA', 'fees', 'fees', 'fees.pr',
    'a', 'amount', 'fee_changed', '{"text":"85"}', '{"text":"80"}', 1, '[]', 'Back', 'Retour',
    'https://www.example.org/fees', 'SNAPSHOT', NULL, NULL);
INSERT INTO change_index (rowid, tag, en, fr) VALUES (-2, 'px66656573', 'Back', 'Retour'), (-1, 'px66656573', 'The fee', 'Les frais');
INSERT INTO subscriber VALUES (1, 'ana@example.org', 'fr', '{"programs":[],"jurisdictions":[],"facts":[],"nocs":[],"kinds":[],"severity":"warn"}',
    'J''accepte', 'web', 1, 'hash-1', NULL);
INSERT INTO delivery VALUES ('op', NULL, 'ops@example.org', NULL, 6, 'operator', 'en', 'sent', 7, 1, NULL, NULL, NULL, 7, 8);
INSERT INTO attempt VALUES (1, 'op', 8, 'sent', NULL);
INSERT INTO hold (id, source, check_id, event, facts, reason_word, reason, held_at, next_fetch_at, tries, state)
    VALUES (1, 'fees', 6, 'e-held', '{}', 'too_many', '9 came', 7, NULL, 1, 'review');
"#;

/// Every row of every table of ours, as text, of the columns that a table had.
fn rows(connection: &Connection, columns: &[(String, Vec<String>)]) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in columns {
        let sql = format!("SELECT {} FROM {table} ORDER BY rowid", columns.join(", "));
        let mut statement = connection.prepare(&sql).unwrap();
        let texts = statement.query_map([], |row| {
            let cells: Vec<Value> = (0..columns.len()).map(|n| row.get(n).unwrap()).collect();
            Ok(format!("{table} {cells:?}"))
        });
        rows.extend(texts.unwrap().map(Result::unwrap));
    }
    rows
}

fn tables(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name NOT LIKE 'change_index%'",
    );
    let columns = |table: String| {
        let mut columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        // What a subscriber asked for is a row of its own since: see `read_back`.
        columns
            .retain(|column| (table.as_str(), column.as_str()) != ("subscriber", "subscription"));
        (table, columns)
    };
    tables.into_iter().map(columns).collect()
}

/// The same columns by the names they have now.
fn renamed(tables: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    let now = |name: String| match name.as_str() {
        "owed_at" => "enqueued_at".to_owned(),
        "twin" => "translation".to_owned(),
        _ => name,
    };
    let table =
        |(table, columns): (String, Vec<String>)| (table, columns.into_iter().map(now).collect());
    tables.into_iter().map(table).collect()
}

#[test]
fn a_database_of_every_earlier_format_keeps_all_it_holds() {
    for format in [1, 2] {
        let directory = of_format(format);
        let old = stranger(directory.path());
        let tables = tables(&old);
        let before = rows(&old, &tables);
        for (table, _) in &tables {
            assert!(before.iter().any(|row| row.starts_with(table)), "{table} has a row");
        }
        let mut store = Store::open(directory.path()).unwrap();
        let tables = renamed(tables);
        // What was held of a whole source is settled: the next check holds it again, set by set.
        let is_hold = |row: &String| row.starts_with("hold ");
        let (hold, others): (Vec<_>, Vec<_>) = rows(&old, &tables).into_iter().partition(is_hold);
        let (held, before): (Vec<_>, Vec<_>) = before.into_iter().partition(is_hold);
        assert_eq!(others, before, "format {format}");
        assert_eq!((hold.len(), held.len()), (1, 1));
        assert!(hold[0].contains("e-held") && hold[0].contains("replaced"), "{}", hold[0]);
        assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
        read_back(&mut store, format);
        go_on(&mut store);
        assert!(
            before
                .iter()
                .all(|row| row.starts_with("source_state") || rows(&old, &tables).contains(row))
        );
    }
}

#[test]
fn kinds_asked_for_stay_heard_whatever_their_severity() {
    let directory = TempDir::new().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let old = stranger(directory.path());
    old.execute_batch("PRAGMA journal_mode = wal;").unwrap();
    let all = fs::read_dir(&migrations).unwrap().map(|entry| entry.unwrap().path());
    let mut until_19: Vec<_> = all.filter(|path| path.is_dir()).collect();
    until_19.sort();
    until_19.truncate(19);
    for path in until_19 {
        old.execute_batch(&fs::read_to_string(path.join("up.sql")).unwrap()).unwrap();
    }
    old.pragma_update(None, "user_version", 19).unwrap();
    let wish = |kinds: &str| {
        format!(
            r#"{{"conditions":[],"facts":[],"jurisdictions":[],"kinds":{kinds},"nocs":[],"programs":[],"rules":[],"severity":"warn","sources":[]}}"#
        )
    };
    let make = "INSERT INTO subscriber (id, address, language, consent_wording, consent_method, consent_given_at)
        VALUES (1, 'ana@example.org', 'en', 'asked', 'operator', 1);
        INSERT INTO subscription (subscriber, wish, consent_wording, consent_method, consent_given_at, changed_at)
        SELECT 1, value, 'asked', 'operator', 1, 1 FROM json_each('[KINDS, NONE]');";
    let quoted = |kinds: &str| serde_json::Value::String(wish(kinds)).to_string();
    let make = make.replace("KINDS", &quoted(r#"["draw_added"]"#)).replace("NONE", &quoted("[]"));
    old.execute_batch(&make).unwrap();
    drop(old);
    let store = Store::open(directory.path()).unwrap();
    let subscribers = store.subscribers().unwrap();
    let heard = |at: usize| subscribers[0].subscriptions[at].to.clone();
    assert_eq!((heard(0).kinds.len(), heard(0).severity), (1, Severity::Info));
    assert_eq!((heard(1).kinds.len(), heard(1).severity), (0, Severity::Warn));
}

/// What is asked of an old database is answered as before.
fn read_back(store: &mut Store, format: usize) {
    let of = source("fees");
    let state = store.source_state(&of).unwrap().unwrap();
    assert_eq!((state.version, state.episodes), (StateVersion(1), Episodes::default()));
    assert_eq!(state.relocated.is_some(), format == 2);
    assert_eq!(state.failing.unwrap().word, "empty");
    let set = store.facts(&of).unwrap().remove(&key("fees.pr")).unwrap();
    assert_eq!(set.records.len(), 2);
    let event = store.event(&EventId::parse("e-old-1").unwrap()).unwrap().unwrap();
    assert_eq!(event.changes[0].id, ChangeId::parse("c-old-1").unwrap());
    assert_eq!(store.last_event(&of).unwrap().unwrap().as_str(), "e-old-2");
    let text = LogFilter { text: Some("frais".to_owned()), ..LogFilter::default() };
    assert_eq!(store.changes(&text).unwrap()[0].id.as_str(), "c-old-1");
    let due = due_letters(store, march(1)).remove(0);
    assert_eq!(due.delivery.id, DeliveryId::parse("d1").unwrap());
    assert!(due.message.unwrap().starts_with(b"Message-ID: <d1@"));
    assert_eq!(store.outbox(&OutboxFilter::default()).unwrap().len(), 2);
    let [ana] = &store.subscribers().unwrap()[..] else { panic!("one subscriber") };
    let [asked] = &ana.subscriptions[..] else { panic!("one subscription") };
    assert_eq!(asked.to, Subscription::default());
    // What was held of a whole source is held again, set by set, by the next check.
    assert_eq!(store.holds(&of).unwrap(), []);
    assert!(store.last_page(&of).unwrap().is_some());
    assert_eq!(store.recipe("r1").unwrap(), None, "its text was not kept then");
    assert!(!store.has_job().unwrap());
    let report = store.verify_chain().unwrap();
    assert_eq!((report.n_events, report.n_before, report.fault), (0, 2, None));
}

/// The next check goes on from it: its event follows the last of the old ones.
fn go_on(store: &mut Store) {
    let of = source("fees");
    let old = store.change("c-old-1").unwrap().unwrap().snapshot;
    let mut change = change("c1", "e1", march(2));
    change.snapshot = old;
    let last = store.last_event(&of).unwrap();
    let event = event("e1", vec![change]).named(last.as_ref());
    let said = facts("fees.pr", &[("a", "90")]);
    let check = CheckRecord {
        accept: Some(&said),
        event: Some(&event),
        ..CheckRecord::new(&of, StateVersion(1), march(2), &CheckOutcome::Changed)
    };
    store.record_check(&check).unwrap();
    let report = store.verify_chain().unwrap();
    assert_eq!((report.n_events, report.n_before, report.fault), (1, 2, None));
    assert_eq!(report.n_captures_before, 1, "how the old page came is proven by nothing");
}

#[test]
fn what_was_there_before_the_chain_is_proven_by_its_first_link() {
    let before = "before the chain began";
    for (altered, why) in [
        "UPDATE change SET new = '{\"text\":\"86\"}' WHERE id = 'c-old-1'",
        "UPDATE event SET seen_at = 4 WHERE id = 'e-old-2'",
        "UPDATE check_run SET reader = '6' WHERE id = 3",
        "UPDATE record_state SET evidence = NULL WHERE id = 1",
        "UPDATE fact_set SET effective = 'day' WHERE id = 1",
        "DELETE FROM change WHERE id = 'c-old-2'",
        "DELETE FROM record_state WHERE id = 2",
    ]
    .map(|altered| (altered, before))
    .into_iter()
    // What the next check wrote names the record too.
    .chain([("UPDATE record SET record = 'c' WHERE id = 2", "the facts it wrote")])
    {
        let directory = of_format(2);
        let mut store = Store::open(directory.path()).unwrap();
        go_on(&mut store);
        let tamper = stranger(directory.path());
        tamper
            .execute_batch(
                "PRAGMA foreign_keys = 0; DROP TRIGGER change_update; DROP TRIGGER change_delete;
                 DROP TRIGGER event_update; DROP TRIGGER check_run_update;
                 DROP TRIGGER record_state_update; DROP TRIGGER record_state_delete;
                 DROP TRIGGER record_update; DROP TRIGGER fact_set_update;",
            )
            .unwrap();
        tamper.execute_batch(altered).unwrap();
        let fault = store.verify_chain().unwrap().fault.expect(altered);
        assert!(fault.why.contains(why), "{altered}: {fault}");
    }
}
