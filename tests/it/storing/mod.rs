//! The store, on real files.

#![expect(clippy::unwrap_used, reason = "what a test sets up must be there")]

mod chain;
mod checks;
mod digests;
mod facts;
mod holds;
mod jobs;
mod lock;
mod log;
mod opening;
mod people;
mod upgrading;
mod versions;

use std::path::Path;

use jiff::Timestamp;
use rulewatch::{
    model::{
        Bilingual, Change, ChangeId, ChangeKind, CheckOutcome, Dates, Delivery, DeliveryId,
        DeliveryKind, DeliveryState, EmailAddress, Event, EventId, Evidence, FactKey, FactSet,
        FactType, Facts, FieldName, Fields, Hop, Language, NewDelivery, Page, Record, RecordKey,
        RuleId, Severity, Side, SourceId, Stage, StateVersion, SubscriberId, Value,
    },
    store::{CheckRecord, PendingDelivery, ReadWith, Store, snapshot_id},
};
use tempfile::TempDir;

/// A store in a directory of its own, which goes when the test ends.
fn store() -> (TempDir, Store) {
    let directory = TempDir::new().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

/// The letters that somebody who sends would get now.
fn due_letters(store: &mut Store, now: Timestamp) -> Vec<PendingDelivery> {
    let leased = store.lease("a test", now, 9).unwrap();
    store.give_back("a test").unwrap();
    leased.iter().map(|letter| store.due_delivery(&letter.id).unwrap().unwrap()).collect()
}

/// SQLite without any of our settings: what a stranger could do to the file.
fn stranger(directory: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(directory.join("rulewatch.db")).unwrap()
}

fn count(connection: &rusqlite::Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of a day in March 2026.
fn march(day: i8) -> Timestamp {
    at(&format!("2026-03-{day:02}T12:00:00Z"))
}

fn source(id: &str) -> SourceId {
    SourceId::parse(id).unwrap()
}

fn key(key: &str) -> FactKey {
    FactKey::parse(key).unwrap()
}

fn record(key: &str) -> RecordKey {
    RecordKey::parse(key).unwrap()
}

fn field(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}

/// One fact set of records with one text each.
fn facts(fact: &str, records: &[(&str, &str)]) -> Facts {
    let mut set = FactSet::new(FactType::Fees);
    for (n, (name, text)) in records.iter().enumerate() {
        let fields = [(field("amount"), Value::Text((*text).to_owned()))].into_iter().collect();
        set.records.insert(record(name), Record { fields, evidence: evidence(n) });
    }
    [(key(fact), set)].into()
}

fn evidence(row: usize) -> Evidence {
    Evidence {
        locator: "1. table \"Fee\"".into(),
        place: format!("row {row}"),
        quote: "« 100 $ »".to_owned(),
    }
}

fn page(body: &[u8], fetched_at: Timestamp) -> Page {
    let hop = |url: &str, status| Hop { url: url.parse().unwrap(), status };
    Page {
        chain: vec![hop("https://old.example.org/", 301), hop("https://www.example.org/fees", 200)],
        headers: vec![("etag".to_owned(), "\"a\"".to_owned()), ("x".to_owned(), "é".to_owned())],
        body: body.to_owned(),
        fetched_at,
    }
}

/// The SHA-256 of the recipe's text.
const RECIPE: &str = "fa066be1da35a54ec11de7dcce8d072569cbb6aed3288730dddfb4b6eecd30bd";

const READ_WITH: ReadWith<'static> =
    ReadWith { recipe: RECIPE, text: "html fees", reader: "reader-1" };

/// The version a source is at.
fn version(store: &Store, of: &SourceId) -> StateVersion {
    store.version(of).unwrap()
}

/// Records a baseline of `facts` read from `body`.
fn baseline(store: &mut Store, of: &str, when: Timestamp, body: &[u8], facts: &Facts) {
    let (of, page) = (source(of), page(body, when));
    let check = CheckRecord {
        page: Some(&page),
        accept: Some(facts),
        read_with: Some(READ_WITH),
        ..CheckRecord::new(&of, version(store, &of), when, &CheckOutcome::Baseline)
    };
    store.record_check(&check).unwrap();
}

/// A change with everything in it, of the page with the body `before`.
fn change(id: &str, event: &str, seen_at: Timestamp) -> Change {
    let side = |text: &str| Some(Side::Value(Value::Text(text.to_owned())));
    Change {
        id: ChangeId::parse(id).unwrap(),
        event: EventId::parse(event).unwrap(),
        seen_at,
        last_seen_unchanged_at: Some(march(1)),
        dates: Dates {
            published_on: Some("2026-03-01".parse().unwrap()),
            effective_on: Some("2026-04-30".parse().unwrap()),
            expires_on: None,
            applies_to: Some("applications received".to_owned()),
        },
        stage: Stage::Announced,
        jurisdiction: "CA".to_owned(),
        program: "fees".to_owned(),
        source: source("fees"),
        fact: key("fees.pr"),
        record: record("a"),
        field: Some(field("amount")),
        kind: ChangeKind::FeeChanged,
        old: side("100"),
        new: Some(Side::Record(Fields::from_iter([(field("amount"), Value::Integer(3))]))),
        severity: Severity::Warn,
        rules: vec![RuleId::parse("R-FEES").unwrap(), RuleId::parse("R-ALL").unwrap()],
        summary: Bilingual {
            en: format!("The fee {id} changed in Québec"),
            fr: format!("Les frais {id} changent à Montréal"),
        },
        url: "https://www.example.org/fees".to_owned(),
        snapshot: snapshot_id(b"before"),
        before: Some(evidence(1)),
        after: None,
    }
}

fn event(id: &str, changes: Vec<Change>) -> Event {
    let first = changes.first().unwrap();
    Event {
        id: EventId::parse(id).unwrap(),
        source: first.source.clone(),
        check: None,
        seen_at: first.seen_at,
        changes,
    }
}

/// Records changes in an event of their own.
fn put_changes(store: &mut Store, id: &str, changes: Vec<Change>) {
    let event = event(id, changes);
    let check = CheckRecord {
        event: Some(&event),
        ..CheckRecord::new(
            &event.source,
            version(store, &event.source),
            event.seen_at,
            &CheckOutcome::Changed,
        )
    };
    store.record_check(&check).unwrap();
}

fn letter(id: &str, to: Option<SubscriberId>, event: Option<&str>, due: Timestamp) -> NewDelivery {
    NewDelivery {
        delivery: Delivery {
            id: DeliveryId::parse(id).unwrap(),
            subscriber: to,
            to: EmailAddress::parse("ana@example.org").unwrap(),
            event: event.map(|event| EventId::parse(event).unwrap()),
            state: DeliveryState::Due { at: due, attempts: 0 },
        },
        kind: if to.is_some() { DeliveryKind::Alert } else { DeliveryKind::Operator },
        language: Language::Fr,
        message: None,
    }
}
