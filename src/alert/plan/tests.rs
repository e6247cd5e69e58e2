//! Who gets a letter, and that planning again enqueues no second letter.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::model::{
    Bilingual, ChangeId, ChangeKind, CheckOutcome, Consent, Dates, FactKey, HoldReason, Language,
    RecordKey, Settlement, Severity, SnapshotId, Stage, Subscribed, SubscriberId, Subscription,
    SubscriptionId,
};

const SEEN: &str = "2025-02-27T18:05:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn change(record: &str, severity: Severity) -> Change {
    Change {
        id: ChangeId::parse(&format!("c-{record}")).unwrap(),
        event: EventId::parse("e-1").unwrap(),
        seen_at: at(SEEN),
        last_seen_unchanged_at: None,
        dates: Dates::default(),
        stage: Stage::InForce,
        jurisdiction: "CA".into(),
        program: "express-entry".into(),
        source: SourceId::parse("ircc-ee-categories").unwrap(),
        fact: FactKey::parse("ee.category.stem.occupations").unwrap(),
        record: RecordKey::parse(record).unwrap(),
        field: None,
        kind: ChangeKind::OccupationRemoved,
        old: None,
        new: None,
        severity,
        rules: Vec::new(),
        summary: Bilingual { en: String::new(), fr: String::new() },
        url: "https://www.canada.ca/x".into(),
        snapshot: SnapshotId::parse(&"a".repeat(64)).unwrap(),
        before: None,
        after: None,
    }
}

fn event() -> Event {
    Event {
        id: EventId::parse("e-1").unwrap(),
        source: SourceId::parse("ircc-ee-categories").unwrap(),
        check: None,
        seen_at: at(SEEN),
        changes: vec![change("21211", Severity::Block), change("21300", Severity::Info)],
    }
}

fn subscriber(id: i64, subscription: Subscription) -> Subscriber {
    let subscribed = Subscribed { id: SubscriptionId(id), to: subscription, since: at(SEEN) };
    Subscriber {
        id: SubscriberId(id),
        address: EmailAddress::parse(&format!("s{id}@example.org")).unwrap(),
        language: Language::En,
        subscriptions: vec![subscribed],
        consent: Consent {
            wording: "asked by phone".into(),
            method: "operator".into(),
            given_at: at(SEEN),
        },
        paused_at: None,
        key: None,
    }
}

#[test]
fn a_reader_hears_what_any_of_their_subscriptions_asks_for() {
    let everything = Subscription { severity: Severity::Info, ..Subscription::default() };
    let usual = subscriber(1, Subscription::default());
    assert_eq!(heard(&event(), &usual).len(), 1);
    assert_eq!(heard(&event(), &subscriber(2, everything.clone())).len(), 2);
    let mut both = usual;
    both.subscriptions.extend(subscriber(3, everything).subscriptions);
    assert_eq!(heard(&event(), &both).len(), 2);
    let deaf = Subscription { programs: vec!["gts".into()], ..Subscription::default() };
    assert_eq!(heard(&event(), &subscriber(4, deaf)).len(), 0);
}

#[test]
fn news_is_told_once() {
    let to = EmailAddress::parse("ops@example.org").unwrap();
    let source = SourceId::parse("ircc-ee-funds").unwrap();
    let event = EventId::parse("e-1").unwrap();
    let (since, later) = (at(SEEN), at("2025-03-01T00:00:00Z"));
    let outcome = CheckOutcome::Changed;
    let reason = HoldReason::TooMany { fact: "a".to_owned(), came: 2, max: 1 };
    let changes = &[];
    let broken = |since| News::Broken { outcome: &outcome, since, last_good: None };
    let all = [
        broken(since),
        News::Recovered { since, at: later },
        News::Stale { outcome: &outcome, since, followers: 1 },
        News::Relocated { what: "table 3", at: since },
        News::Held { event: &event, reason: &reason, changes, at: since },
        News::Settled { event: &event, how: Settlement::Released, since, at: later },
        News::Unreviewed { event: &event, changes, at: since },
    ];
    let ids: BTreeMap<DeliveryId, Option<EventId>> = all
        .iter()
        .map(|news| operator_delivery(&to, &source, (news, 1), since))
        .map(|delivery| (delivery.id, delivery.event))
        .collect();
    assert_eq!(ids.len(), all.len(), "every piece of news has its own letter");
    assert_eq!(ids.values().flatten().count(), 1, "what is only held is no recorded event");
    let again = operator_delivery(&to, &source, (&broken(since), 1), later);
    assert!(ids.contains_key(&again.id), "a breakage that lasts is not told again");
    let redone = News::Stale { outcome: &outcome, since: later, followers: 0 };
    let redone = operator_delivery(&to, &source, (&redone, 1), since);
    assert!(ids.contains_key(&redone.id), "nor told otherwise from an older backup");
    for news in &all[..all.len() - 1] {
        let next = operator_delivery(&to, &source, (news, 2), since);
        assert!(!ids.contains_key(&next.id), "the next occasion is another letter: {news:?}");
    }
    let letter = |id: &DeliveryId| set_aside_delivery(&to, id, later).id;
    let other = DeliveryId::parse(&"0".repeat(32)).unwrap();
    assert_eq!(letter(&again.id), letter(&again.id), "a letter is set aside once");
    assert_ne!(letter(&again.id), letter(&other));
}

#[test]
fn what_went_stale_before_failures_were_counted_is_not_told_again() {
    let source = SourceId::parse("ircc-ee-funds").unwrap();
    let staleness = Staleness { source: &source, since: at(SEEN), episode: 0 };
    let reader = subscriber(7, Subscription::default());
    let letters = stale(staleness, &[&reader], at(SEEN));
    // Ids as an earlier version of the program made them.
    assert_eq!(letters[0].id.as_str(), "ab9c9b043cf6ee6b69cc28c11fe10dbf");
    let to = EmailAddress::parse("ops@example.org").unwrap();
    let news = News::Stale { outcome: &CheckOutcome::Changed, since: at(SEEN), followers: 0 };
    let letter = operator_delivery(&to, &source, (&news, 0), at(SEEN));
    assert_eq!(letter.id.as_str(), "82b3b66c3ff9e1a3b8427c0ee21742ab");
}
