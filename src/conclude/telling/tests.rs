//! Who is told what of a check, tested without a store.

use jiff::SignedDuration;

use super::*;
use crate::conclude::Excuse;
use crate::conclude::sample::{at, catalog, fees};
use crate::conclude::standing::tests::{NOON, failing};
use crate::model::{
    Breakage, Consent, EmailAddress, EventId, Failing, FetchFailure, HoldReason, Language,
    Severity, Subscribed, SubscriberId, Subscription, SubscriptionId, UnchangedReason,
};

fn unreachable() -> CheckOutcome {
    CheckOutcome::Unreachable(FetchFailure { what: "no route".to_owned(), retry: true })
}

fn held() -> CheckOutcome {
    CheckOutcome::Held(HoldReason::TooMany { fact: "a".to_owned(), came: 9, max: 3 })
}

/// A failing state, with or without the operator told.
fn told(is_told: bool) -> SourceState {
    let state = failing(5);
    let failing = state
        .failing
        .map(|failing| Failing { operator_told_at: is_told.then(|| at(NOON)), ..failing });
    SourceState { failing, ..state }
}

/// What the operator is told, as one word.
#[track_caller]
fn check(state: Option<&SourceState>, outcome: &CheckOutcome, expected: &str) {
    let catalog = catalog();
    let now = at("2026-11-22T12:10:00Z");
    let situation =
        Situation { source: fees(&catalog), state, outcome, now, excuse: Excuse::default() };
    let word = match situation.news(None) {
        None => "nothing".to_owned(),
        Some(News::Broken { since, .. }) => format!("broken since {}", since.strftime("%H:%M")),
        Some(News::Recovered { since, .. }) => format!("well since {}", since.strftime("%H:%M")),
        Some(other) => format!("{other:?}"),
    };
    assert_eq!(word, expected);
}

#[test]
fn a_breakage_is_told_once_and_so_is_its_end() {
    let (broken, good) = (CheckOutcome::Broken(Breakage::Empty), CheckOutcome::Changed);
    check(None, &broken, "broken since 12:10");
    check(Some(&told(false)), &broken, "broken since 12:00");
    check(Some(&told(true)), &broken, "nothing");
    check(Some(&told(true)), &good, "well since 12:00");
    check(Some(&told(false)), &good, "nothing");
    check(None, &good, "nothing");
}

#[test]
fn one_lost_connection_is_nobodys_trouble_and_the_second_in_a_row_is() {
    check(None, &unreachable(), "nothing");
    check(Some(&told(false)), &unreachable(), "broken since 12:00");
    check(Some(&told(true)), &unreachable(), "nothing");
}

#[test]
fn a_hold_is_told_when_it_is_opened_and_not_when_it_is_confirmed() {
    check(None, &held(), "nothing");
    let (catalog, outcome) = (catalog(), held());
    let situation = Situation {
        source: fees(&catalog),
        state: None,
        outcome: &outcome,
        now: at(NOON),
        excuse: Excuse::default(),
    };
    let event = Event {
        id: EventId::parse("e1").unwrap(),
        source: situation.source.id.clone(),
        check: None,
        seen_at: at(NOON),
        changes: Vec::new(),
    };
    assert!(matches!(situation.news(Some(&event)), Some(News::Held { .. })));
}

#[test]
fn an_event_of_unreviewed_facts_goes_to_the_operator_alone() {
    let (catalog, outcome) = (catalog(), CheckOutcome::Changed);
    let unreviewed = SourceState { unreviewed: true, ..told(false) };
    let event = Event {
        id: EventId::parse("e1").unwrap(),
        source: unreviewed.source.clone(),
        check: None,
        seen_at: at(NOON),
        changes: Vec::new(),
    };
    let of = |state| {
        let source = fees(&catalog);
        let situation = Situation {
            source,
            state,
            outcome: &outcome,
            now: at(NOON),
            excuse: Excuse::default(),
        };
        situation.unreviewed(&event).is_some()
    };
    let reviewed = told(false);
    assert_eq!((of(Some(&unreviewed)), of(Some(&reviewed)), of(None)), (true, false, false));
}

#[test]
fn a_source_goes_stale_when_its_failure_outlasts_its_patience() {
    let (catalog, state) = (catalog(), told(true));
    let stale = |outcome: &CheckOutcome, hours: i64| {
        let now = at(NOON) + SignedDuration::from_hours(hours);
        let situation = Situation {
            source: fees(&catalog),
            state: Some(&state),
            outcome,
            now,
            excuse: Excuse::default(),
        };
        situation.stale_since().is_some()
    };
    assert!(!stale(&unreachable(), 3 * 24));
    assert!(stale(&unreachable(), 3 * 24 + 1));
    assert!(!stale(&held(), 3 * 24 + 1), "what is held was read");
    let good = CheckOutcome::Unchanged(UnchangedReason::SameBytes);
    assert!(!stale(&good, 3 * 24 + 1));
}

#[test]
fn those_who_follow_a_source_hear_that_it_is_stale() {
    let (catalog, outcome) = (catalog(), unreachable());
    let subscriber = |id: i64, program: &str| Subscriber {
        id: SubscriberId(id),
        address: EmailAddress::parse("r@example.org").unwrap(),
        language: Language::En,
        subscriptions: vec![Subscribed {
            id: SubscriptionId(id),
            to: Subscription {
                programs: vec![program.to_owned()],
                severity: Severity::Block,
                ..Subscription::default()
            },
            since: at(NOON),
        }],
        consent: Consent { wording: String::new(), method: String::new(), given_at: at(NOON) },
        paused_at: None,
        key: None,
    };
    let all = [subscriber(1, "bcpnp"), subscriber(2, "express-entry")];
    let followers = |state: &SourceState| {
        let source = fees(&catalog);
        let situation = Situation {
            source,
            state: Some(state),
            outcome: &outcome,
            now: at(NOON),
            excuse: Excuse::default(),
        };
        let found = situation.followers(&catalog, &all);
        found.into_iter().map(|reader| reader.id.0).collect::<Vec<_>>()
    };
    let known = SourceState { last_good_at: Some(at(NOON)), ..told(true) };
    assert_eq!(followers(&known), [1], "its rule makes a fee matter most");
    assert_eq!(followers(&SourceState { unreviewed: true, ..known.clone() }), [0; 0]);
    assert_eq!(followers(&SourceState { last_good_at: None, ..known }), [0; 0]);
}
