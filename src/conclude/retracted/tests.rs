use super::*;
use crate::conclude::sample::facts;
use crate::model::{Extent, FactKey, Record, RecordKey, Unreadable};

fn only(facts: &Facts) -> (FactKey, RecordKey, Record) {
    let (key, set) = facts.iter().next().unwrap();
    let (name, record) = set.records.iter().next().unwrap();
    (key.clone(), name.clone(), record.clone())
}

/// The fee was 1,475; 1,750 was told, wrongly.
fn misread() -> Misread {
    let (fact, record, before) = only(&facts(1475));
    let read = Some(only(&facts(1750)).2.fields);
    let changes = vec![ChangeId::parse("c1").unwrap()];
    Misread { changes, fact, record, before: Some(before), read, field: None }
}

/// Checks what is accepted after a page gives an amount, and whether the page differs from the
/// misreading.
#[track_caller]
fn check(now: i64, stands: i64, otherwise: bool) {
    let mut extraction = Extraction { facts: facts(now), ..Extraction::default() };
    let ended = put_right(&mut extraction, &facts(1475), &[misread()]);
    assert_eq!(only(&extraction.facts).2.fields, only(&facts(stands)).2.fields);
    assert_eq!(!ended.is_empty(), otherwise);
}

#[test]
fn what_is_read_as_wrongly_as_before_is_put_right() {
    check(1750, 1475, false);
}

#[test]
fn what_is_read_otherwise_is_believed() {
    check(1475, 1475, true);
    check(1800, 1800, true);
}

#[test]
fn what_cannot_be_read_says_nothing() {
    let one = misread();
    let lost = Unreadable::new(one.fact.as_str(), Extent::Record(one.record.clone()), "x");
    let mut extraction = Extraction { unreadable: vec![lost], ..Extraction::default() };
    assert!(put_right(&mut extraction, &facts(1475), &[one]).is_empty());
}

#[test]
fn a_record_that_came_or_went_wrongly_goes_or_comes_back() {
    let known = facts(1475);
    let (_, name, record) = only(&known);
    let gone = Misread { read: None, ..misread() };
    let mut empty = known.clone();
    empty.values_mut().for_each(|set| set.records.clear());
    let mut extraction = Extraction { facts: empty.clone(), ..Extraction::default() };
    assert!(put_right(&mut extraction, &known, &[gone]).is_empty());
    assert_eq!(only(&extraction.facts), only(&known));

    let came = Misread { before: None, read: Some(record.fields), ..misread() };
    let mut extraction = Extraction { facts: known, ..Extraction::default() };
    assert!(put_right(&mut extraction, &empty, &[came]).is_empty());
    assert!(extraction.facts.values().all(|set| !set.records.contains_key(&name)));
}
