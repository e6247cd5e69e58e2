//! What is recorded of a source is decided from how it stood, or it is not recorded.

use std::thread;

use rulewatch::{
    model::{
        Advice, Breakage, CheckOutcome, Episodes, HoldAction, HoldReason, Settlement, StateVersion,
    },
    store::{CheckRecord, ReadWith, ReviewMark, Store, StoreError},
};

use super::{
    READ_WITH, RECIPE, baseline, change, event, facts, march, page, put_changes, source, store,
    stranger, version,
};

#[track_caller]
fn superseded(fault: &StoreError, expected: i64, found: i64) {
    let StoreError::Superseded { of, expected: from, found: at } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!((of, from.0, at.0), (&source("fees"), expected, found));
    assert_eq!(fault.advice(), Advice::Retry);
    assert!(fault.to_string().contains("fees"), "{fault}");
}

#[test]
fn a_check_made_from_an_old_state_is_refused_and_writes_nothing() {
    let (_directory, mut store) = store();
    let of = source("fees");
    assert_eq!(version(&store, &of), StateVersion::NONE);
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "1")]));
    assert_eq!(version(&store, &of), StateVersion(1));
    put_changes(&mut store, "e1", vec![change("c1", "e1", march(2))]);
    let (counts, facts_before) = (store.counts().unwrap(), store.facts(&of).unwrap());

    let (said, page) = (facts("fees.pr", &[("a", "2")]), page(b"after", march(3)));
    let event = event("e2", vec![change("c2", "e2", march(3))]);
    for made_from in [0, 1, 3] {
        let check = CheckRecord {
            page: Some(&page),
            accept: Some(&said),
            read_with: Some(READ_WITH),
            event: Some(&event),
            ..CheckRecord::new(&of, StateVersion(made_from), march(3), &CheckOutcome::Changed)
        };
        superseded(&store.record_check(&check).unwrap_err(), made_from, 2);
    }
    assert_eq!(store.counts().unwrap(), counts);
    assert_eq!(store.facts(&of).unwrap(), facts_before);
    assert_eq!(version(&store, &of), StateVersion(2));
    assert_eq!(version(&store, &source("other")), StateVersion::NONE, "each source has its own");
}

#[test]
fn a_person_settles_what_they_saw() {
    let (_directory, mut store) = store();
    let (of, found) = (source("fees"), facts("fees.pr", &[("a", "1")]));
    let reason = HoldReason::TooMany { fact: "fees.pr".into(), came: 9, max: 3 };
    let outcome = CheckOutcome::Held(reason.clone());
    let (fact, set) = found.into_iter().next().unwrap();
    let open = HoldAction::Open { event: None, set: Some(set), reason, next_fetch_at: None };
    let holds = [(fact.clone(), open)];
    let held = (&of, &[fact][..]);
    let check = |version| CheckRecord {
        holds: &holds,
        review: ReviewMark::Unreviewed,
        ..CheckRecord::new(&of, version, march(1), &outcome)
    };
    store.record_check(&check(StateVersion::NONE)).unwrap();
    store.record_check(&check(StateVersion(1))).unwrap();
    let fault = store.settle_holds(held, StateVersion(1), Settlement::Rejected, "ana", march(2));
    superseded(&fault.unwrap_err(), 1, 2);
    let fault = store.mark_reviewed(&of, StateVersion(1), "ana", &[], march(2)).unwrap_err();
    superseded(&fault, 1, 2);
    assert_eq!(store.holds(&of).unwrap().len(), 1);
    store.settle_holds(held, StateVersion(2), Settlement::Rejected, "ana", march(2)).unwrap();
    assert!(store.mark_reviewed(&of, StateVersion(3), "ana", &[], march(2)).unwrap());
    assert!(
        !store.mark_reviewed(&of, StateVersion(4), "ana", &[], march(2)).unwrap(),
        "done already"
    );
    assert_eq!(version(&store, &of), StateVersion(4));
    assert_eq!(store.source_state(&of).unwrap().unwrap().episodes.holds, 2);
}

#[test]
fn what_begins_again_is_counted() {
    let (_directory, mut store) = store();
    let of = source("fees");
    let mut check = |outcome: &CheckOutcome| {
        let version = version(&store, &of);
        store.record_check(&CheckRecord::new(&of, version, march(1), outcome)).unwrap();
        store.source_state(&of).unwrap().unwrap().episodes
    };
    let broken = CheckOutcome::Broken(Breakage::Empty);
    let failures = |failures| Episodes { failures, ..Episodes::default() };
    assert_eq!(check(&CheckOutcome::Baseline), failures(0));
    assert_eq!(check(&broken), failures(1));
    assert_eq!(check(&broken), failures(1), "it lasts");
    assert_eq!(check(&CheckOutcome::Changed), failures(1));
    assert_eq!(check(&broken), failures(2));
    let said = facts("fees.pr", &[("a", "1")]);
    for (place, moves) in [("p", 1), ("p", 1), ("q", 2), ("p", 3)] {
        let check = CheckRecord {
            accept: Some(&said),
            relocated: Some(place),
            ..CheckRecord::new(&of, version(&store, &of), march(2), &CheckOutcome::Changed)
        };
        store.record_check(&check).unwrap();
        assert_eq!(store.source_state(&of).unwrap().unwrap().episodes.moves, moves, "{place}");
    }
}

#[test]
fn who_comes_second_does_it_again_and_nothing_is_recorded_twice() {
    let (directory, mut store) = store();
    let of = source("fees");
    baseline(&mut store, "fees", march(1), b"before", &facts("fees.pr", &[("a", "1")]));
    let check_once = |store: &mut Store| loop {
        let (version, last) = (version(store, &of), store.last_event(&of).unwrap());
        // What every one of them found is the same change; who records it second finds it recorded.
        if last.is_some() {
            return 0;
        }
        let event = event("e1", vec![change("c1", "e1", march(2))]).named(last.as_ref());
        let check = CheckRecord {
            event: Some(&event),
            ..CheckRecord::new(&of, version, march(2), &CheckOutcome::Changed)
        };
        match store.record_check(&check) {
            Ok(_) => return 1,
            Err(StoreError::Superseded { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    };
    let recorded: usize = thread::scope(|scope| {
        let run = || check_once(&mut Store::open(directory.path()).unwrap());
        let checks: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        checks.into_iter().map(|check| check.join().unwrap()).sum()
    });
    assert_eq!(recorded, 1);
    assert_eq!((store.counts().unwrap().n_events, version(&store, &of)), (1, StateVersion(2)));
}

#[test]
fn the_text_of_a_recipe_is_kept_once_and_proven() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"1", &facts("fees.pr", &[]));
    baseline(&mut store, "other", march(2), b"2", &facts("other.pr", &[]));
    assert_eq!(store.recipe(RECIPE).unwrap().as_deref(), Some("html fees"));
    assert_eq!(store.recipe("unknown").unwrap(), None);
    let of = source("fees");
    let wrong = CheckRecord {
        read_with: Some(ReadWith { recipe: "not its hash", ..READ_WITH }),
        ..CheckRecord::new(&of, version(&store, &of), march(3), &CheckOutcome::Changed)
    };
    let fault = store.record_check(&wrong).unwrap_err();
    assert!(matches!(fault, StoreError::RecipeAltered { .. }), "{fault}");

    let tamper = stranger(directory.path());
    let used: i64 =
        tamper.query_row("SELECT first_used_at FROM recipe", [], |row| row.get(0)).unwrap();
    assert_eq!(used, march(1).as_microsecond());
    tamper
        .execute_batch("DROP TRIGGER recipe_update; UPDATE recipe SET text = text || ' '")
        .unwrap();
    let fault = store.recipe(RECIPE).unwrap_err().to_string();
    assert!(fault.contains("altered"), "{fault}");
}
