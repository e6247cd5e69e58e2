//! Who is told of an event, at once or in a digest: each once, and nothing is lost.

use rulewatch::model::{
    CheckOutcome, Consent, DeliveryId, DeliveryKind, EmailAddress, EventId, Language,
    NewSubscriber, Rhythm, Severity, Slot, Subscription, SubscriptionId, weekday, zone::zone,
};
use rulewatch::store::{AttemptOutcome, CheckRecord, OutboxFilter, Stopped, Store, StoreError};

use super::{
    at, baseline, change, count, due_letters, event, facts, march, source, store, stranger, version,
};

fn reader(name: &str, subscription: Subscription) -> NewSubscriber {
    NewSubscriber {
        address: EmailAddress::parse(&format!("{name}@example.org")).unwrap(),
        language: Language::En,
        subscription,
        consent: Consent {
            wording: "asked".to_owned(),
            method: "operator".to_owned(),
            given_at: march(1),
        },
        token_hash: None,
    }
}

fn everything() -> Subscription {
    Subscription { severity: Severity::Info, ..Subscription::default() }
}

fn daily(hour: i8) -> Rhythm {
    Rhythm::Digest(Slot { day: None, hour, zone: zone("America/Toronto").unwrap() })
}

fn weekly() -> Rhythm {
    let day = weekday("monday");
    Rhythm::Digest(Slot { day, hour: 7, zone: zone("America/Toronto").unwrap() })
}

fn with(rhythm: Rhythm) -> Subscription {
    Subscription { rhythm, ..everything() }
}

/// Records an event of one change, seen on a day in March, and tells its readers.
fn tell(store: &mut Store, id: &str, day: i8) {
    if store.version(&source("fees")).unwrap() == rulewatch::model::StateVersion::NONE {
        baseline(store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "1")]));
    }
    let event = event(id, vec![change(&format!("c-{id}"), id, march(day))]);
    let of = source("fees");
    let check = CheckRecord {
        event: Some(&event),
        is_told: true,
        ..CheckRecord::new(&of, version(store, &of), march(day), &CheckOutcome::Changed)
    };
    store.record_check(&check).unwrap();
}

fn letters(store: &Store) -> Vec<(String, &'static str)> {
    let rows = store.outbox(&OutboxFilter::default()).unwrap();
    let mut letters: Vec<_> =
        rows.iter().map(|row| (row.delivery.to.as_str().to_owned(), row.kind.word())).collect();
    letters.sort();
    letters
}

fn owned(letters: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    letters.iter().map(|(to, kind)| ((*to).to_owned(), *kind)).collect()
}

#[test]
fn only_those_who_hear_something_are_told_each_once() {
    let (_directory, mut store) = store();
    let deaf = Subscription { programs: vec!["gts".to_owned()], ..everything() };
    let block = Subscription { severity: Severity::Block, ..Subscription::default() };
    for (name, subscription) in [
        ("deaf", deaf.clone()),
        ("mild", block),
        ("usual", Subscription::default()),
        ("all", everything()),
        ("daily", with(daily(7))),
    ] {
        store.subscribe(&reader(name, subscription)).unwrap();
    }
    // Somebody with several subscriptions gets one letter, at once if any of them is heard at once.
    store.subscribe(&reader("all", with(weekly()))).unwrap();
    store.subscribe(&reader("deaf", with(weekly()))).unwrap();
    tell(&mut store, "e1", 2);
    let at_once = owned(&[("all@example.org", "alert"), ("usual@example.org", "alert")]);
    assert_eq!(letters(&store), at_once);
    assert_eq!(store.waiting_for_digest().unwrap(), (2, 2));
    let id = |to: &str, event: &str| {
        DeliveryId::of("alert", &EmailAddress::parse(to).unwrap(), &[event])
    };
    let due = due_letters(&mut store, march(2));
    let ids: Vec<&DeliveryId> = due.iter().map(|due| &due.delivery.id).collect();
    assert!(ids.contains(&&id("all@example.org", "e1")), "the same letter has the same id");
    assert!(ids.contains(&&id("USUAL@example.org", "e1")), "in any spelling");
    assert_eq!(due[0].delivery.event, Some(EventId::parse("e1").unwrap()));

    tell(&mut store, "e2", 3);
    assert_eq!(letters(&store).len(), 4);
    assert_eq!(store.waiting_for_digest().unwrap(), (2, 4));
}

#[test]
fn what_waits_goes_into_one_digest_when_it_is_due() {
    let (directory, mut store) = store();
    store.subscribe(&reader("ana", with(daily(7)))).unwrap();
    tell(&mut store, "e1", 2);
    tell(&mut store, "e2", 2);
    // 7:00 in Toronto, a day later.
    assert_eq!(store.gather_digests(at("2026-03-03T11:59:59Z")).unwrap(), 0);
    assert_eq!(store.gather_digests(at("2026-03-03T12:00:00Z")).unwrap(), 1);
    assert_eq!(store.gather_digests(at("2026-03-03T12:00:00Z")).unwrap(), 0, "not twice");
    let due = due_letters(&mut store, march(3));
    let [digest] = &due[..] else { panic!("one digest") };
    assert_eq!((digest.kind, digest.delivery.event.as_ref()), (DeliveryKind::Digest, None));
    let events = store.events_of(&digest.delivery.id).unwrap();
    assert_eq!(events.iter().map(EventId::as_str).collect::<Vec<_>>(), ["e1", "e2"]);
    let about = ["2026-03-03T12:00:00Z", "e1", "e2"];
    let address = EmailAddress::parse("ana@example.org").unwrap();
    assert_eq!(digest.delivery.id, DeliveryId::of("digest", &address, &about));
    let of = store.deliveries_of(&EventId::parse("e2").unwrap()).unwrap();
    assert_eq!(of[0].delivery.id, digest.delivery.id, "what follows is threaded under it");

    // Nothing came since: no letter.
    store.record_attempt(&digest.delivery.id.clone(), march(3), &AttemptOutcome::Sent).unwrap();
    assert_eq!(store.gather_digests(march(20)).unwrap(), 0);
    assert_eq!(count(&stranger(directory.path()), "digest_item"), 2, "what went out is known");
}

#[test]
fn a_long_pause_makes_one_digest_and_a_wrong_clock_delays_none() {
    let (_directory, mut store) = store();
    store.subscribe(&reader("ana", with(daily(7)))).unwrap();
    for day in 2..6 {
        tell(&mut store, &format!("e{day}"), day);
    }
    assert_eq!(store.gather_digests(march(20)).unwrap(), 1, "the machine was off for days");
    assert_eq!(due_letters(&mut store, march(20)).len(), 1);
    // A clock that was a year ahead when the event was seen.
    tell(&mut store, "later", 28);
    assert_eq!(store.gather_digests(march(8)).unwrap(), 1);
}

#[test]
fn a_changed_subscription_loses_nothing_that_waits() {
    let (_directory, mut store) = store();
    store.subscribe(&reader("ana", with(weekly()))).unwrap();
    tell(&mut store, "e1", 3);
    let number = |store: &Store| store.subscribers().unwrap()[0].subscriptions[0].id;
    let id = number(&store);
    // From weekly to daily: with the next of those.
    assert!(store.change_subscription(id, &with(daily(9)), march(3)).unwrap());
    let before = at("2026-03-03T13:59:00Z");
    assert_eq!(store.gather_digests(before).unwrap(), 0, "9:00 in Toronto is 14:00");
    // From daily to at once: now.
    assert!(store.change_subscription(id, &everything(), before).unwrap());
    assert_eq!(store.gather_digests(before).unwrap(), 1);
    assert_eq!(number(&store), id, "it is the same subscription");
    tell(&mut store, "e2", 5);
    let expected = owned(&[("ana@example.org", "alert"), ("ana@example.org", "digest")]);
    assert_eq!(letters(&store), expected);
    assert!(!store.change_subscription(SubscriptionId(99), &everything(), march(5)).unwrap());
}

#[test]
fn several_subscriptions_are_stopped_one_by_one() {
    let (_directory, mut store) = store();
    let who = store.subscribe(&reader("ana", with(daily(7)))).unwrap();
    let again = NewSubscriber {
        address: EmailAddress::parse("ANA@example.org").unwrap(),
        ..reader("ana", Subscription::default())
    };
    assert_eq!(store.subscribe(&again).unwrap(), who, "one person in two spellings");
    let same = store.subscribe(&again).unwrap_err();
    assert!(matches!(same, StoreError::AlreadySubscribed { .. }), "{same}");
    let [ana] = &store.subscribers().unwrap()[..] else { panic!("one") };
    assert_eq!(ana.address.as_str(), "ana@example.org");
    let ids: Vec<SubscriptionId> = ana.subscriptions.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), 2);
    let twice = store.change_subscription(ids[0], &Subscription::default(), march(2));
    assert!(matches!(twice.unwrap_err(), StoreError::AlreadySubscribed { .. }));

    tell(&mut store, "e1", 2);
    assert_eq!(store.stop_subscription(ids[1], march(3)).unwrap(), Some(Stopped::One));
    assert_eq!(letters(&store).len(), 1, "what was enqueued is written for what they still hear");
    tell(&mut store, "e2", 3);
    assert_eq!(store.waiting_for_digest().unwrap(), (1, 1));
    assert_eq!(store.stop_subscription(ids[0], march(4)).unwrap(), Some(Stopped::All(1)));
    assert_eq!(store.waiting_for_digest().unwrap(), (0, 0));
    assert_eq!(store.stop_subscription(ids[0], march(4)).unwrap(), None);
    assert_eq!(store.subscribers().unwrap(), []);
}

#[test]
fn somebody_who_leaves_gets_no_digest() {
    let (_directory, mut store) = store();
    store.subscribe(&reader("ana", with(daily(7)))).unwrap();
    tell(&mut store, "e1", 2);
    let address = EmailAddress::parse("ana@example.org").unwrap();
    assert_eq!(store.unsubscribe(&address, march(2)).unwrap(), Some(0));
    assert_eq!(store.gather_digests(march(9)).unwrap(), 0);
    // They come back, and what waited before does not.
    store.subscribe(&reader("ana", with(daily(7)))).unwrap();
    assert_eq!(store.gather_digests(march(19)).unwrap(), 0);
}
