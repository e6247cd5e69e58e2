//! Facts: written where they differ, and found again as they were.

use proptest::prelude::*;
use rulewatch::{
    model::{CheckOutcome, Evidence, FactSet, FactType, Facts, Record, Value},
    store::CheckRecord,
};

use super::{baseline, count, facts, field, key, march, record, source, store, stranger, version};

#[test]
fn records_change_go_and_come_back() {
    let (directory, mut store) = store();
    let says = [
        facts("fees.pr", &[("a", "100"), ("b", "5")]),
        facts("fees.pr", &[("a", "110"), ("b", "5")]),
        facts("fees.pr", &[("b", "5")]),
        facts("fees.pr", &[("b", "5"), ("a", "110")]),
    ];
    for (day, said) in (1..).zip(&says) {
        baseline(&mut store, "fees", march(day), &[0], said);
        let now = store.facts(&source("fees")).unwrap();
        assert_eq!(without_evidence(&now), without_evidence(said));
    }
    let states = store.history(&key("fees.pr"), Some(&record("a"))).unwrap();
    let said: Vec<_> = states
        .iter()
        .map(|state| {
            (state.seen_at, state.fields.as_ref().map(|f| f[&field("amount")].to_string()))
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        said,
        [
            (march(1), text("100")),
            (march(2), text("110")),
            (march(3), None),
            (march(4), text("110"))
        ]
    );
    assert_eq!(store.history(&key("fees.pr"), None).unwrap().len(), 5);
    assert_eq!(count(&stranger(directory.path()), "record_state"), 5, "`b` never differed");
    for (day, said) in (1..).zip(&says) {
        let known = store.facts_as_known(&key("fees.pr"), march(day)).unwrap();
        let [(of, set)] = &known[..] else { panic!("{known:?}") };
        assert_eq!(*of, source("fees"));
        assert_eq!(set.records.len(), said[&key("fees.pr")].records.len());
    }
}

#[test]
fn order_and_place_on_the_page_write_nothing() {
    let (directory, mut store) = store();
    baseline(&mut store, "fees", march(1), b"1", &facts("fees.pr", &[("a", "1"), ("b", "2")]));
    baseline(&mut store, "fees", march(2), b"2", &facts("fees.pr", &[("b", "2"), ("a", "1")]));
    assert_eq!(count(&stranger(directory.path()), "record_state"), 2);
    let (_, set) = store.fact(&key("fees.pr")).unwrap().remove(0);
    assert_eq!(
        set.records[&record("a")].evidence.place,
        "row 0",
        "the evidence of the first check"
    );
}

#[test]
fn a_set_that_is_no_longer_stated_is_gone_and_may_come_back() {
    let (_directory, mut store) = store();
    let mut both = facts("fees.pr", &[("a", "1")]);
    let mut described = FactSet::new(FactType::Draws);
    described.notes = vec![field("as_of"), field("name")];
    described.dates.effective = Some(field("date"));
    both.insert(key("ee.draws"), described);
    let one = facts("fees.pr", &[("a", "1")]);
    for (day, said) in [(1, &both), (2, &one), (3, &Facts::new()), (4, &both)] {
        baseline(&mut store, "fees", march(day), &[0], said);
        assert_eq!(store.facts(&source("fees")).unwrap(), *said, "day {day}");
    }
}

#[test]
fn two_sources_may_speak_of_one_fact() {
    let (_directory, mut store) = store();
    baseline(&mut store, "one", march(1), b"1", &facts("fees.pr", &[("a", "1")]));
    baseline(&mut store, "two", march(1), b"2", &facts("fees.pr", &[("a", "2"), ("b", "2")]));
    let sources: Vec<_> =
        store.fact(&key("fees.pr")).unwrap().into_iter().map(|(s, _)| s).collect();
    assert_eq!(sources, [source("one"), source("two")]);
    let keys = store.fact_keys(None).unwrap();
    assert_eq!(keys, [(key("fees.pr"), source("one"), 1), (key("fees.pr"), source("two"), 2)]);
    assert_eq!(store.fact(&key("fees.other")).unwrap(), []);
    let states: Vec<_> = store.source_states().unwrap().into_iter().map(|s| s.source).collect();
    assert_eq!(states, [source("one"), source("two")]);
}

fn without_evidence(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    let records = facts.values_mut().flat_map(|set| set.records.values_mut());
    records.for_each(|record| record.evidence = Evidence::default());
    facts
}

/// Few keys and few values, so that what follows often repeats, changes or drops what went before.
fn some_facts() -> impl Strategy<Value = Facts> {
    let value = prop_oneof![
        (0..3_i64).prop_map(Value::Integer),
        Just(Value::Masked("<5".to_owned())),
        Just(Value::Text("é \" '; --".to_owned())),
    ];
    let fields = prop::collection::btree_map("[ab]".prop_map(|name| field(&name)), value, 0..3);
    let one = fields.prop_map(|fields| Record {
        fields: fields.into_iter().collect(),
        evidence: Evidence::default(),
    });
    let records = prop::collection::btree_map("[xyz]".prop_map(|name| record(&name)), one, 0..4);
    let set = (records, any::<bool>()).prop_map(|(records, noted)| {
        let notes = if noted { vec![field("a")] } else { Vec::new() };
        FactSet { records, notes, ..FactSet::new(FactType::Fees) }
    });
    prop::collection::btree_map("[pq]\\.r".prop_map(|name| key(&name)), set, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_accepted_is_what_is_known(sequence in prop::collection::vec(some_facts(), 1..6)) {
        let (_directory, mut store) = store();
        let of = source("any");
        for (day, said) in (1..).zip(&sequence) {
            let check = CheckRecord {
                accept: Some(said),
                ..CheckRecord::new(&of, version(&store, &of), march(day), &CheckOutcome::Changed)
            };
            store.record_check(&check).unwrap();
            prop_assert_eq!(&store.facts(&of).unwrap(), said);
        }
        for (day, said) in (1..).zip(&sequence) {
            for name in ["p.r", "q.r"] {
                let known = store.facts_as_known(&key(name), march(day)).unwrap();
                prop_assert_eq!(known.first().map(|(_, set)| set), said.get(&key(name)));
            }
        }
    }
}
