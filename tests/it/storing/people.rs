//! Subscribers and letters: who is told, that no pending letter is lost, and that leaving is leaving.

use rulewatch::{
    model::{
        ChangeKind, CheckOutcome, Consent, DeliveryId, DeliveryKind, DeliveryState, EmailAddress,
        Language, NewSubscriber, Severity, SubscriberId, Subscription,
    },
    store::{AttemptOutcome, CheckRecord, OutboxFilter, OutboxState, Store, StoreError},
};

use super::{
    baseline, change, count, due_letters, event, facts, letter, march, source, store, stranger,
    version,
};

fn ana() -> NewSubscriber {
    NewSubscriber {
        address: EmailAddress::parse("ana@example.org").unwrap(),
        language: Language::Fr,
        subscription: Subscription {
            programs: vec!["express-entry".to_owned()],
            nocs: vec!["21211".to_owned()],
            kinds: vec![ChangeKind::DrawAdded],
            severity: Severity::Block,
            ..Subscription::default()
        },
        consent: Consent {
            wording: "J’accepte…".to_owned(),
            method: "web".to_owned(),
            given_at: march(1),
        },
        token_hash: Some("hash-1".to_owned()),
    }
}

fn id(id: &str) -> DeliveryId {
    DeliveryId::parse(id).unwrap()
}

fn states(store: &Store) -> Vec<(String, &'static str)> {
    let rows = store.outbox(&OutboxFilter::default()).unwrap();
    let mut states: Vec<_> =
        rows.iter().map(|row| (row.delivery.id.to_string(), row.delivery.state.word())).collect();
    states.sort();
    states
}

#[test]
fn a_subscriber_comes_back_as_they_asked() {
    let (_directory, mut store) = store();
    let who = store.subscribe(&ana()).unwrap();
    let [found] = &store.subscribers().unwrap()[..] else { panic!("one") };
    assert_eq!((found.id, &found.address, found.language), (who, &ana().address, Language::Fr));
    let [asked] = &found.subscriptions[..] else { panic!("one subscription") };
    assert_eq!((&asked.to, &found.consent), (&ana().subscription, &ana().consent));
    assert_eq!(store.subscriber(&ana().address).unwrap().as_ref(), Some(found));
    let again = NewSubscriber {
        address: EmailAddress::parse("ANA@example.org").unwrap(),
        token_hash: Some("hash-2".to_owned()),
        ..ana()
    };
    let fault = store.subscribe(&again).unwrap_err();
    assert!(matches!(fault, StoreError::AlreadySubscribed { .. }));
    assert!(!fault.to_string().contains("ana@"), "no address in an error: {fault}");
}

#[test]
fn leaving_cancels_pending_letters() {
    let (_directory, mut store) = store();
    let who = store.subscribe(&ana()).unwrap();
    let pending = [
        letter("d1", Some(who), None, march(1)),
        letter("d2", Some(who), None, march(9)),
        letter("d3", Some(who), None, march(1)),
        letter("op", None, None, march(1)),
    ];
    store.enqueue(&pending, march(1)).unwrap();
    store.record_attempt(&id("d3"), march(1), &AttemptOutcome::Sent).unwrap();
    assert_eq!(store.unsubscribe(&ana().address, march(2)).unwrap(), Some(2));
    assert_eq!(store.unsubscribe(&ana().address, march(2)).unwrap(), None);
    assert_eq!(store.subscribers().unwrap(), []);
    let expected = [("d1", "cancelled"), ("d2", "cancelled"), ("d3", "sent"), ("op", "due")];
    assert_eq!(states(&store), expected.map(|(id, state)| (id.to_owned(), state)));

    // A letter planned before and recorded after they left is not sent either.
    store.enqueue(&[letter("late", Some(who), None, march(3))], march(3)).unwrap();
    let due = due_letters(&mut store, march(30));
    assert_eq!(due.iter().map(|due| due.delivery.id.as_str()).collect::<Vec<_>>(), ["op"]);

    // They may come back, and the old letters do not.
    let back =
        store.subscribe(&NewSubscriber { token_hash: Some("hash-2".to_owned()), ..ana() }).unwrap();
    assert_ne!(back, who);
    assert_eq!(due_letters(&mut store, march(30)).len(), 1);
    assert_eq!(store.unsubscribe_by_token("hash-1", march(4)).unwrap(), None, "the old link");
    assert_eq!(store.unsubscribe_by_token("hash-2", march(4)).unwrap(), Some(0));
}

#[test]
fn a_letter_under_way_while_they_leave() {
    let (_directory, mut store) = store();
    let who = store.subscribe(&ana()).unwrap();
    store.enqueue(&["d1", "d2"].map(|id| letter(id, Some(who), None, march(1))), march(1)).unwrap();
    store.unsubscribe(&ana().address, march(2)).unwrap();
    let retry = AttemptOutcome::RetryAt { at: march(3), why: "451".to_owned() };
    store.record_attempt(&id("d1"), march(2), &retry).unwrap();
    store.record_attempt(&id("d2"), march(2), &AttemptOutcome::Sent).unwrap();
    let expected = [("d1", "cancelled"), ("d2", "sent")];
    assert_eq!(states(&store), expected.map(|(id, state)| (id.to_owned(), state)));
    assert!(!store.retry_delivery(&id("d1"), march(3)).unwrap());
}

#[test]
fn a_repeat_has_the_bytes_of_the_first_try() {
    let (directory, mut store) = store();
    let op = OutboxFilter { kind: Some(DeliveryKind::Operator), ..OutboxFilter::default() };
    store.enqueue(&[letter("d1", None, None, march(2))], march(1)).unwrap();
    assert_eq!(due_letters(&mut store, march(1)), [], "not yet");
    let due = due_letters(&mut store, march(2)).remove(0);
    assert_eq!((due.message, due.enqueued_at, due.language), (None, march(1), Language::Fr));
    let bytes = "Message-ID: <d1@example.org>\r\n\r\nBonjour é".repeat(100).into_bytes();
    assert!(store.keep_message(&id("d1"), &bytes).unwrap());
    assert!(!store.keep_message(&id("d1"), b"rendered anew").unwrap());
    let retry = AttemptOutcome::RetryAt { at: march(3), why: "451 later".to_owned() };
    store.record_attempt(&id("d1"), march(2), &retry).unwrap();
    drop(store);

    let mut store = Store::open(directory.path()).unwrap();
    assert_eq!(due_letters(&mut store, march(2)), []);
    let due = due_letters(&mut store, march(3)).remove(0);
    assert_eq!(due.message, Some(bytes));
    assert_eq!(due.delivery.state, DeliveryState::Due { at: march(3), attempts: 1 });
    let gave_up = AttemptOutcome::GaveUp { why: "550 no such user".to_owned() };
    store.record_attempt(&id("d1"), march(3), &gave_up).unwrap();
    let row = store.outbox(&op).unwrap().remove(0);
    let why = "550 no such user".to_owned();
    assert_eq!(row.delivery.state, DeliveryState::GaveUp { at: march(3), why: why.clone() });
    assert_eq!((row.attempts, row.last_error), (2, Some(why)));
    assert_eq!(due_letters(&mut store, march(30)), []);

    assert!(store.retry_delivery(&id("d1"), march(4)).unwrap());
    let due = due_letters(&mut store, march(4)).remove(0);
    assert_eq!(due.delivery.state, DeliveryState::Due { at: march(4), attempts: 0 });
    assert!(due.message.is_some());
    store.record_attempt(&id("d1"), march(4), &AttemptOutcome::Sent).unwrap();
    assert!(!store.retry_delivery(&id("d1"), march(5)).unwrap(), "never twice");
    assert_eq!(count(&stranger(directory.path()), "attempt"), 3, "every try is kept");
}

#[test]
fn the_outbox_can_be_narrowed() {
    let (_directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[]));
    let who = store.subscribe(&ana()).unwrap();
    let event = event("e1", vec![change("c1", "e1", march(2))]);
    let of = source("fees");
    let pending =
        [letter("d1", Some(who), Some("e1"), march(2)), letter("op", None, None, march(2))];
    let check = CheckRecord {
        event: Some(&event),
        deliveries: &pending,
        ..CheckRecord::new(&of, version(&store, &of), march(2), &CheckOutcome::Changed)
    };
    let check = store.record_check(&check).unwrap();
    let of_event = store.deliveries_of(&event.id).unwrap();
    assert_eq!((of_event.len(), of_event[0].check), (1, Some(check)));
    assert_eq!(of_event[0].delivery, pending[0].delivery);
    let found = |filter: OutboxFilter| store.outbox(&filter).unwrap().len();
    let any = OutboxFilter::default;
    assert_eq!(found(OutboxFilter { limit: Some(1), ..any() }), 1);
    assert_eq!(found(OutboxFilter { state: Some(OutboxState::Due), ..any() }), 2);
    assert_eq!(found(OutboxFilter { state: Some(OutboxState::Sent), ..any() }), 0);
    assert_eq!(found(OutboxFilter { kind: Some(DeliveryKind::Alert), ..any() }), 1);
    let counts = store.counts().unwrap();
    assert_eq!((counts.n_due, counts.n_changes, counts.n_subscribers), (2, 1, 1));
}

#[test]
fn what_is_not_there_is_said_so() {
    let (_directory, mut store) = store();
    let fault = store.record_attempt(&id("none"), march(1), &AttemptOutcome::Sent).unwrap_err();
    assert!(matches!(fault, StoreError::NoSuchDelivery { .. }));
    assert!(store.keep_message(&id("none"), b"x").is_err());
    assert!(store.retry_delivery(&id("none"), march(1)).is_err());
    let nobody = letter("d1", Some(SubscriberId(99)), None, march(1));
    assert!(store.enqueue(&[nobody], march(1)).is_err(), "to nobody");
    assert_eq!(store.outbox(&OutboxFilter::default()).unwrap(), []);
}

#[test]
fn addresses_stand_only_where_they_may() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "1")]));
    let who = store.subscribe(&ana()).unwrap();
    let event = event("e1", vec![change("c1", "e1", march(2))]);
    let (of, pending) = (source("fees"), [letter("d1", Some(who), Some("e1"), march(2))]);
    let check = CheckRecord {
        event: Some(&event),
        deliveries: &pending,
        ..CheckRecord::new(&of, version(&store, &of), march(2), &CheckOutcome::Changed)
    };
    store.record_check(&check).unwrap();
    let connection = stranger(directory.path());
    let sql = "SELECT m.name, p.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS p
               WHERE m.type = 'table' AND m.sql NOT LIKE '%fts5%'";
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut found: Vec<String> = Vec::new();
    for column in columns {
        let (table, column): (String, String) = column.unwrap();
        let here = format!("{table} WHERE CAST({column} AS TEXT) LIKE '%ana@example.org%'");
        if count(&connection, &here) > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found.sort();
    assert_eq!(found, ["delivery.to_address", "subscriber.address"]);
}
