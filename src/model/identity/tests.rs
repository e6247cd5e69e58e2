//! The ids themselves, fixed here so that no change of the code alters them unnoticed.

use super::*;
use crate::model::{
    Bilingual, ChangeKind, Dates, FactKey, Fields, RecordKey, RuleId, Severity, SnapshotId, Stage,
    Value,
};

fn source(id: &str) -> SourceId {
    SourceId::parse(id).unwrap()
}

/// A fee of `record` that went from one amount to another.
fn fee(record: &str, old: i64, new: i64) -> Change {
    let side = |n| Some(Side::Value(Value::Integer(n)));
    Change {
        id: ChangeId::unnamed(),
        event: EventId::unnamed(),
        seen_at: "2026-03-02T12:00:00Z".parse().unwrap(),
        last_seen_unchanged_at: None,
        dates: Dates::default(),
        stage: Stage::InForce,
        jurisdiction: "CA".to_owned(),
        program: "fees".to_owned(),
        source: source("ircc-fees"),
        fact: FactKey::parse("fees.pr").unwrap(),
        record: RecordKey::parse(record).unwrap(),
        field: Some(FieldName::parse("amount").unwrap()),
        kind: ChangeKind::FeeChanged,
        old: side(old),
        new: side(new),
        severity: Severity::Warn,
        rules: Vec::new(),
        summary: Bilingual { en: "a".to_owned(), fr: "b".to_owned() },
        url: "https://www.example.org/fees".to_owned(),
        snapshot: SnapshotId::parse(&"a".repeat(64)).unwrap(),
        before: None,
        after: None,
    }
}

fn event(changes: Vec<Change>, before: Option<&EventId>) -> Event {
    let seen_at = changes[0].seen_at;
    let source = source("ircc-fees");
    Event { id: EventId::unnamed(), source, check: None, seen_at, changes }.named(before)
}

#[test]
fn ids_are_what_they_always_were() {
    let one = event(vec![fee("adult", 85, 90), fee("child", 1, 2)], None);
    assert_eq!(one.id.as_str(), "ef3ac5972e9af9b8b3200");
    let ids: Vec<&str> = one.changes.iter().map(|change| change.id.as_str()).collect();
    assert_eq!(ids, ["c85dfb4804a2fe6c00680", "c1c246afee1463e68cb19"]);
    assert!(one.changes.iter().all(|change| change.event == one.id));
    let gone = Change {
        field: None,
        new: None,
        kind: ChangeKind::RecordRemoved,
        old: Some(Side::Record(Fields::from_iter([(
            FieldName::parse("amount").unwrap(),
            Value::Text("« 85 $ »".to_owned()),
        )]))),
        ..fee("adult", 85, 90)
    };
    let two = event(vec![gone], Some(&one.id));
    assert_eq!(two.id.as_str(), "e0015df3999306327dcde");
    assert_eq!(two.changes[0].id.as_str(), "c6127e1a367d1c3c7ed9d");
    let to = EmailAddress::parse("Ana.Roy@Example.org").unwrap();
    assert_eq!(
        DeliveryId::of("alert", &to, &[one.id.as_str()]).as_str(),
        "dbf3ea7002a5941a729192a365f4ba1d"
    );
    assert_eq!(
        DeliveryId::of("broken", &to, &["ircc-fees", "1"]).as_str(),
        "0cfa81109eb7a3c19144f2e3271cbf43"
    );
}

#[test]
fn there_and_back_and_there_and_back_is_four_events() {
    let mut ids: Vec<EventId> = Vec::new();
    for (old, new) in [(1, 2), (2, 1), (1, 2), (2, 1)] {
        let next = event(vec![fee("adult", old, new)], ids.last());
        ids.push(next.id);
    }
    let mut all = ids.clone();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4, "{ids:?}");
}

#[test]
fn the_same_check_done_again_is_the_same_event() {
    let first = event(vec![fee("adult", 85, 90), fee("child", 1, 2)], None);
    // Another day, another page with the same content, another order, other words, other rules.
    let again = |record, old, new| Change {
        seen_at: "2026-04-02T12:00:00Z".parse().unwrap(),
        last_seen_unchanged_at: Some("2026-03-01T12:00:00Z".parse().unwrap()),
        stage: Stage::Announced,
        severity: Severity::Block,
        rules: vec![RuleId::parse("R-FEES").unwrap()],
        summary: Bilingual { en: "c".to_owned(), fr: "d".to_owned() },
        url: "https://www.example.org/elsewhere".to_owned(),
        snapshot: SnapshotId::parse(&"b".repeat(64)).unwrap(),
        ..fee(record, old, new)
    };
    let second = event(vec![again("child", 1, 2), again("adult", 85, 90)], None);
    assert_eq!(second.id, first.id);
    assert_eq!(second.changes[1].id, first.changes[0].id);
}

#[test]
fn whatever_a_change_says_is_in_the_events_id() {
    let id = |change: Change| event(vec![change], None).id;
    let one = fee("adult", 85, 90);
    let word = |text: &str| Some(Side::Value(Value::Text(text.to_owned())));
    let others = [
        Change { fact: FactKey::parse("fees.tr").unwrap(), ..one.clone() },
        Change { record: RecordKey::parse("child").unwrap(), ..one.clone() },
        Change { field: None, ..one.clone() },
        Change { kind: ChangeKind::PointsChanged, ..one.clone() },
        Change { old: None, ..one.clone() },
        Change { new: word("90"), ..one.clone() },
        Change { new: None, ..one.clone() },
    ];
    let mut ids: Vec<EventId> = others.into_iter().chain([one]).map(id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 8);
    let elsewhere = [fee("adult", 85, 90)];
    assert_ne!(
        EventId::of(&source("a"), None, &elsewhere),
        EventId::of(&source("b"), None, &elsewhere)
    );
}

#[test]
fn a_letter_is_told_by_purpose_reader_and_what_it_tells_of() {
    let address = |text| EmailAddress::parse(text).unwrap();
    let (ana, bob) = (address("Ana@example.org"), address("bob@example.org"));
    let id = DeliveryId::of("alert", &ana, &["e1"]);
    assert_eq!(id, DeliveryId::of("alert", &address("aNA@EXAMPLE.ORG"), &["e1"]));
    for other in [
        DeliveryId::of("digest", &ana, &["e1"]),
        DeliveryId::of("alert", &bob, &["e1"]),
        DeliveryId::of("alert", &ana, &["e2"]),
        DeliveryId::of("alert", &ana, &["e", "1"]),
    ] {
        assert_ne!(other, id);
    }
}
