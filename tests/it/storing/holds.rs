//! Holds: kept whole, settled once.

use rulewatch::{
    model::{CheckOutcome, FactKey, FactSet, Facts, HoldAction, HoldReason, Settlement},
    store::{CheckRecord, Store, StoreError},
};

use super::{baseline, facts, march, page, source, store, version};

fn reason() -> HoldReason {
    HoldReason::Vanished { fact: "fees.pr".to_owned(), gone: 5, of: 9 }
}

fn act(store: &mut Store, day: i8, hold: HoldAction) -> Result<(), StoreError> {
    act_on(store, day, "fees.pr", hold)
}

fn act_on(store: &mut Store, day: i8, fact: &str, hold: HoldAction) -> Result<(), StoreError> {
    let (of, page) = (source("fees"), page(b"held", march(day)));
    let outcome = CheckOutcome::Held(reason());
    let holds = [(FactKey::parse(fact).unwrap(), hold)];
    let check = CheckRecord {
        page: Some(&page),
        holds: &holds,
        ..CheckRecord::new(&of, version(store, &of), march(day), &outcome)
    };
    store.record_check(&check).map(drop)
}

fn set(facts: &Facts) -> Option<FactSet> {
    facts.values().next().cloned()
}

#[test]
fn each_fact_set_is_held_by_itself() {
    let (_directory, mut store) = store();
    let of = source("fees");
    let open = HoldAction::Open { event: None, set: None, reason: reason(), next_fetch_at: None };
    act_on(&mut store, 1, "fees.pr", open.clone()).unwrap();
    act_on(&mut store, 2, "fees.study", open).unwrap();
    let (settlement, by) = (Settlement::Released, "re-fetch".to_owned());
    act_on(&mut store, 3, "fees.pr", HoldAction::Settle { settlement, by }).unwrap();
    let held = store.holds(&of).unwrap();
    let [held] = &held[..] else { panic!("{held:?}") };
    assert_eq!((held.fact.as_str(), &held.set), ("fees.study", &None), "all of it is gone");
}

#[test]
fn what_is_held_is_kept_whole_and_not_believed() {
    let (_directory, mut store) = store();
    let (of, known) = (source("fees"), facts("fees.pr", &[("a", "1"), ("b", "2")]));
    baseline(&mut store, "fees", march(1), b"page", &known);
    let found = facts("fees.pr", &[("a", "« é »")]);
    let (reason, next) = (reason(), Some(march(3)));
    act(
        &mut store,
        2,
        HoldAction::Open {
            event: None,
            set: set(&found),
            reason: reason.clone(),
            next_fetch_at: next,
        },
    )
    .unwrap();
    assert_eq!(store.facts(&of).unwrap(), known);
    let held = store.holds(&of).unwrap().remove(0);
    assert_eq!(held.set, set(&found), "with its evidence");
    assert_eq!((held.held_at, held.next_fetch_at, held.tries), (march(2), next, 0));
    assert_eq!((held.reason_word.as_str(), held.reason), ("vanished", reason.to_string()));
    assert_eq!(store.page(held.check).unwrap().unwrap().body, b"held");

    act(&mut store, 3, HoldAction::Keep { tries: 1, next_fetch_at: None, translation: None })
        .unwrap();
    let [held] = &store.held().unwrap()[..] else { panic!("one is held") };
    assert_eq!((held.tries, held.next_fetch_at), (1, None));

    let other = facts("fees.pr", &[("z", "1")]);
    act(
        &mut store,
        4,
        HoldAction::Open {
            event: None,
            set: set(&other),
            reason: reason.clone(),
            next_fetch_at: next,
        },
    )
    .unwrap();
    assert_eq!(store.holds(&of).unwrap()[0].set, set(&other), "in place of the first");
    assert_eq!(store.counts().unwrap().n_held, 1);
}

#[test]
fn a_hold_is_settled_once() {
    let (_directory, mut store) = store();
    let (of, found) = (source("fees"), facts("fees.pr", &[("a", "1")]));
    let open =
        HoldAction::Open { event: None, set: set(&found), reason: reason(), next_fetch_at: None };
    act(&mut store, 1, open.clone()).unwrap();
    let facts = [FactKey::parse("fees.pr").unwrap()];
    let seen = version(&store, &of);
    store.settle_holds((&of, &facts), seen, Settlement::Rejected, "operator", march(2)).unwrap();
    assert_eq!(store.holds(&of).unwrap(), []);
    // A check that was on its way meanwhile finds that it is settled, and does not stand.
    let settle =
        HoldAction::Settle { settlement: Settlement::Released, by: "two re-fetches".to_owned() };
    let checks = store.counts().unwrap().n_checks;
    let fault = act(&mut store, 3, settle.clone()).unwrap_err();
    assert!(matches!(fault, StoreError::NothingHeld { .. }), "{fault}");
    assert_eq!(store.counts().unwrap().n_checks, checks);

    act(&mut store, 4, open).unwrap();
    act(&mut store, 5, settle).unwrap();
    assert_eq!(store.held().unwrap(), []);
}
