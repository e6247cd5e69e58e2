//! The chain: whatever is altered in history is found, and named.

use rulewatch::model::CheckOutcome;
use rulewatch::store::{CheckRecord, Standing, Store};
use rusqlite::{Connection, params, types::Value};
use tempfile::TempDir;

use super::{
    baseline, change, event, facts, march, page, put_changes, source, store, stranger, version,
};

/// A history of three events with facts around them, one of them put before what was there.
fn history() -> (TempDir, Store) {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "1"), ("b", "2")]));
    put_changes(&mut store, "e1", vec![change("c1", "e1", march(2)), change("c2", "e1", march(2))]);
    baseline(&mut store, "other", march(3), b"other", &facts("other.pr", &[("x", "1")]));
    let of = source("fees");
    let (said, page) = (facts("fees.pr", &[("a", "3")]), page(b"after", march(4)));
    let event = event("e2", vec![change("c3", "e2", march(4))]);
    let check = CheckRecord {
        page: Some(&page),
        accept: Some(&said),
        event: Some(&event),
        ..CheckRecord::new(&of, version(&store, &of), march(4), &CheckOutcome::Changed)
    };
    store.record_check(&check).unwrap();
    let said = facts("fees.pr", &[("a", "2"), ("old", "1")]);
    let import = CheckRecord {
        standing: Standing::Imported,
        accept: Some(&said),
        ..CheckRecord::new(&of, version(&store, &of), march(3), &CheckOutcome::Changed)
    };
    store.record_check(&import).unwrap();
    put_changes(&mut store, "e3", vec![change("c4", "e3", march(5))]);
    baseline(&mut store, "late", march(6), b"late", &facts("late.pr", &[("z", "1")]));
    (directory, store)
}

/// The file without its guards: what somebody could do who wants history otherwise.
fn unguarded(directory: &TempDir) -> Connection {
    let connection = stranger(directory.path());
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    let sql = "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'";
    let drops: Vec<String> = connection
        .prepare(sql)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    connection.execute_batch(&drops.join(";")).unwrap();
    connection
}

/// The fault that is found: the table, the row and why.
fn fault(store: &Store) -> Option<(String, String)> {
    let fault = store.verify_chain().unwrap().fault?;
    assert!(!fault.why.is_empty());
    Some((fault.table.to_owned(), fault.row))
}

#[test]
fn a_history_that_nobody_touched_holds() {
    let (directory, mut store) = history();
    let report = store.verify_chain().unwrap();
    assert_eq!((report.n_events, report.n_before, report.fault), (3, 0, None));
    let head = report.head.unwrap();
    let rows = stranger(directory.path());
    let last: (String, String) = rows
        .query_row("SELECT event, hash FROM chain ORDER BY n DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(last, ("e3".to_owned(), head.clone()));
    put_changes(&mut store, "e4", vec![change("c5", "e4", march(7))]);
    let link: String = rows
        .query_row("SELECT previous FROM chain WHERE event = 'e4'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(link, head);

    let copy = directory.path().join("copy.db");
    store.copy_to(&copy).unwrap();
    let copied = Store::open(&copy).unwrap().verify_chain().unwrap();
    assert_eq!((copied.n_events, copied.fault), (4, None), "a copy holds too");
}

#[test]
fn an_empty_history_holds() {
    let (_directory, store) = store();
    let report = store.verify_chain().unwrap();
    assert_eq!((report.n_events, report.head, report.fault), (0, None, None));
}

/// The table and the key of a row.
type Named = (&'static str, &'static str);

/// Rows to alter, with the row that is to be named for it; `None`: any.
const ROWS: [(&str, &str, Option<Named>); 10] = [
    ("event", "id = 'e1'", Some(("event", "e1"))),
    ("change", "id = 'c2'", Some(("event", "e1"))),
    ("check_run", "id = (SELECT check_id FROM event WHERE id = 'e2')", Some(("event", "e2"))),
    ("page_capture", "check_id = 1", Some(("page_capture", "1"))),
    (
        "page_capture",
        "check_id = (SELECT check_id FROM event WHERE id = 'e2')",
        Some(("page_capture", "4")),
    ),
    ("fact_set", "id = 2", Some(("check_run", "3"))),
    ("record_state", "id = 1", Some(("check_run", "1"))),
    ("record", "id = 1", Some(("check_run", "1"))),
    ("facts_written", "check_id = 1", None),
    ("chain", "n = 1", None),
];

#[test]
fn every_column_that_is_altered_is_found() {
    let (directory, store) = history();
    let tamper = unguarded(&directory);
    let mut altered = 0;
    for (table, row, named) in ROWS {
        for column in columns(&tamper, table) {
            let kept: (i64, Value) = tamper
                .query_row(&format!("SELECT rowid, {column} FROM {table} WHERE {row}"), [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .unwrap();
            let other = other_than(&tamper, table, &column, &kept.1);
            // By another column than the one that is altered, which may be the rowid itself.
            let put = format!("UPDATE {table} SET {column} = ?1 WHERE {row}");
            tamper.execute(&put, params![other]).unwrap();
            let found = fault(&store);
            assert!(found.is_some(), "{table}.{column} = {other:?} is not found");
            if let Some((table, row)) = named {
                assert_eq!(found, Some((table.to_owned(), row.to_owned())), "{column}");
            }
            let back = format!(
                "UPDATE {table} SET {column} = ?1 WHERE {column} IS ?2 AND
                (rowid = ?3 OR rowid = ?3 + 1000)"
            );
            assert_eq!(tamper.execute(&back, params![kept.1, other, kept.0]).unwrap(), 1);
            assert_eq!(fault(&store), None, "{table}.{column} is put back");
            altered += 1;
        }
    }
    assert!(altered > 70, "{altered} columns were tried");
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let sql = format!("SELECT name FROM pragma_table_info('{table}')");
    let mut statement = connection.prepare(&sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A value that a column may have and does not.
fn other_than(connection: &Connection, table: &str, column: &str, value: &Value) -> Value {
    match value {
        Value::Integer(n) => Value::Integer(n + 1000),
        Value::Text(text) => Value::Text(format!("{text} ")),
        Value::Null => {
            let sql = format!("SELECT type FROM pragma_table_info('{table}') WHERE name = ?1");
            let kind: String = connection.query_row(&sql, [column], |row| row.get(0)).unwrap();
            if kind == "INTEGER" { Value::Integer(0) } else { Value::Text(String::new()) }
        }
        other => panic!("{table}.{column}: {other:?}"),
    }
}

#[test]
fn every_byte_of_a_body_that_is_altered_is_found() {
    let (directory, mut store) = store();
    let mut body = String::from("<html><body><table>");
    for n in 0..60 {
        body += &format!("<tr><td>{n}</td><td>Fee line {}</td><td>${}.00</td></tr>", n * 7, n * 85);
    }
    let body = body + "</table></body></html>";
    baseline(&mut store, "fees", march(1), body.as_bytes(), &facts("fees.pr", &[("a", "1")]));
    let tamper = unguarded(&directory);
    let (id, packed): (String, Vec<u8>) = tamper
        .query_row("SELECT id, body FROM snapshot", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(store.altered_snapshots().unwrap(), []);
    let put = |bytes: &[u8]| tamper.execute("UPDATE snapshot SET body = ?1", [bytes]).unwrap();
    for n in 0..packed.len() {
        for bits in [0x01, 0x10, 0x80, 0xff] {
            let mut altered = packed.clone();
            altered[n] ^= bits;
            put(&altered);
            let found = store.altered_snapshots().unwrap();
            assert_eq!(found.len(), 1, "byte {n} of {}, bits {bits:#x}", packed.len());
            assert_eq!(found[0].as_str(), id);
        }
    }
    put(&packed);
    tamper.execute("UPDATE snapshot SET size_bytes = size_bytes + 1", []).unwrap();
    assert_eq!(store.altered_snapshots().unwrap().len(), 1, "its size too");
}

#[test]
fn what_is_put_in_or_taken_out_is_found() {
    for (sql, table, row) in [
        ("DELETE FROM change WHERE id = 'c1'", "event", "e1"),
        ("UPDATE change SET event = 'e3' WHERE id = 'c1'", "event", "e1"),
        ("DELETE FROM event WHERE id = 'e2'", "event", "e2"),
        ("DELETE FROM event WHERE id = 'e2'; DELETE FROM chain WHERE event = 'e2'", "event", "e3"),
        ("DELETE FROM chain WHERE event = 'e3'", "event", "e3"),
        (
            "INSERT INTO event (id, source, check_id, seen_at) VALUES ('e9', 'fees', 99, 1)",
            "event",
            "e9",
        ),
        ("DELETE FROM page_capture WHERE check_id = 1", "page_capture", "1"),
        (
            "INSERT INTO page_capture (check_id, snapshot, fetched_at, chain, headers)
             SELECT 5, snapshot, fetched_at, chain, headers FROM page_capture WHERE check_id = 1",
            "page_capture",
            "5",
        ),
        // Both the capture and the hash that its check has of it: the chain has that hash too.
        (
            "UPDATE check_run SET capture = (SELECT capture FROM check_run WHERE id = 3) WHERE id = 1;
             UPDATE page_capture SET (snapshot, fetched_at, chain, headers) = (SELECT snapshot, fetched_at,
                chain, headers FROM page_capture WHERE check_id = 3) WHERE check_id = 1",
            "event",
            "e1",
        ),
        ("DELETE FROM record_state WHERE id = 1", "check_run", "1"),
        (
            "DELETE FROM record_state WHERE id = (SELECT max(id) FROM record_state)",
            "check_run",
            "7",
        ),
        (
            "INSERT INTO record_state (record_id, check_id, seen_at, fields) VALUES (1, 1, 1, '{}')",
            "check_run",
            "7",
        ),
        (
            "DELETE FROM fact_set WHERE check_id = 3; DELETE FROM record_state WHERE check_id = 3;
             DELETE FROM facts_written WHERE check_id = 3",
            "check_run",
            "4",
        ),
    ] {
        let (directory, store) = history();
        unguarded(&directory).execute_batch(sql).unwrap();
        assert_eq!(fault(&store), Some((table.to_owned(), row.to_owned())), "{sql}");
    }
}
