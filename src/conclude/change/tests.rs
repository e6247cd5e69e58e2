//! The meaning of a difference, tested without a store: deltas go in.

use super::*;
use crate::conclude::differences;
use crate::conclude::sample::{at, catalog, facts, fees, key, record, record_key};
use crate::model::{FactSet, FactType, Facts};

const NOW: &str = "2026-01-20T20:00:00Z";
const LATER: &str = "2026-01-21T20:00:00Z";

/// The event for the differences between two states of the page.
fn event_of(before: &Facts, now: &Facts, moment: &str) -> Option<Event> {
    let catalog = catalog();
    let snapshot = SnapshotId::parse(&"a".repeat(64)).unwrap();
    let seen = Seen {
        catalog: &catalog,
        source: fees(&catalog),
        at: at(moment),
        last_unchanged: None,
        last_read: &BTreeMap::new(),
        snapshot: &snapshot,
        today: "2026-01-20".parse().unwrap(),
        published_on: None,
    };
    event(&seen, &differences(before, (now, now), seen.today, &[], (&[], &[])))
}

#[test]
fn a_change_names_the_rules_it_touches_and_takes_their_severity() {
    let event = event_of(&facts(1_475), &facts(1_750), NOW).unwrap();
    let [change] = &event.changes[..] else { panic!("{:?}", event.changes) };
    assert_eq!(change.kind, ChangeKind::FeeChanged);
    assert_eq!(change.rules.iter().map(RuleId::as_str).collect::<Vec<_>>(), ["R-FEE"]);
    assert_eq!(change.severity, Severity::Block, "the rule's, where a fee's own is warn");
    assert_eq!(change.stage, Stage::InForce);
    assert_eq!((change.program.as_str(), change.jurisdiction.as_str()), ("bcpnp", "BC"));
    assert_eq!(event_of(&facts(1_475), &facts(1_475), NOW), None, "nothing is no event");
}

#[test]
fn a_fact_that_no_rule_depends_on_has_the_severity_of_its_type() {
    let other = |amount: i64| {
        let mut set = FactSet::new(FactType::Fees);
        let value = Value::Integer(amount);
        set.records.insert(record_key("a"), record(&[("amount", value)]));
        Facts::from([(key("other.fee"), set)])
    };
    let event = event_of(&other(1), &other(2), NOW).unwrap();
    assert_eq!(event.changes[0].severity, Severity::Warn);
    assert!(event.changes[0].rules.is_empty());
}

#[test]
fn a_change_for_a_later_day_is_announced() {
    let with_day = |amount: i64, day: &str| {
        let mut set = FactSet::new(FactType::Fees);
        set.dates.effective = Some(FieldName::parse("from").unwrap());
        let from = Value::Date(day.parse().unwrap());
        let fields = [("amount", Value::Integer(amount)), ("from", from)];
        set.records.insert(record_key("a"), record(&fields));
        Facts::from([(key("other.fee"), set)])
    };
    let stage = |day: &str| {
        let event = event_of(&with_day(1, "2025-01-01"), &with_day(2, day), NOW).unwrap();
        let amount =
            |change: &&Change| change.field.as_ref().is_some_and(|f| f.as_str() == "amount");
        event.changes.iter().find(amount).unwrap().stage
    };
    assert_eq!(stage("2026-01-20"), Stage::InForce);
    assert_eq!(stage("2026-01-21"), Stage::Announced);
}

#[test]
fn what_goes_back_to_what_it_was_is_reversed() {
    let there = event_of(&facts(1_475), &facts(1_750), NOW).unwrap();
    let mut back = event_of(&facts(1_750), &facts(1_475), LATER).unwrap();
    mark_reversed(&mut back, &there.changes);
    assert_eq!(back.changes[0].stage, Stage::Reversed);
    let mut on = event_of(&facts(1_750), &facts(1_800), LATER).unwrap();
    mark_reversed(&mut on, &there.changes);
    assert_eq!(on.changes[0].stage, Stage::InForce);
    let mut first = event_of(&facts(1_750), &facts(1_475), LATER).unwrap();
    mark_reversed(&mut first, &[]);
    assert_eq!(first.changes[0].stage, Stage::InForce, "nothing was said before");
    // Said once more after it was reversed, it is a change like the first.
    let mut again = event_of(&facts(1_475), &facts(1_750), LATER).unwrap();
    mark_reversed(&mut again, &back.changes);
    assert_eq!(again.changes[0].stage, Stage::InForce);
}

#[test]
fn what_was_announced_and_taken_off_before_its_day_is_reversed() {
    let fee = |now: i64, then: Option<i64>| {
        let (value, from) = (Value::Integer(now), "2026-04-01".parse().unwrap());
        let value = match then {
            None => value,
            Some(then) => Value::Announced(Box::new(crate::model::Announced {
                now: value,
                then: Value::Integer(then),
                from,
            })),
        };
        let mut set = FactSet::new(FactType::Fees);
        set.records.insert(record_key("a"), record(&[("amount", value)]));
        Facts::from([(key("other.fee"), set)])
    };
    let told = |before: &Facts, now: &Facts| event_of(before, now, NOW).unwrap().changes;
    let said = |change: &Change| {
        let side = |side: &Option<Side>| match side {
            Some(Side::Value(value)) => value.to_string(),
            other => format!("{other:?}"),
        };
        format!("{} > {} {}", side(&change.old), side(&change.new), change.stage.word())
    };
    let ahead = told(&fee(250, None), &fee(250, Some(275)));
    assert_eq!(said(&ahead[0]), "250 > 275 announced");
    // While it stands, the fee in force moves: that alone is told.
    let moved = told(&fee(250, Some(275)), &fee(255, Some(275)));
    assert_eq!(said(&moved[0]), "250 > 255 in_force");
    // The latest come first.
    let earlier = [moved, ahead].concat();
    let mut off = event_of(&fee(255, Some(275)), &fee(255, None), LATER).unwrap();
    mark_reversed(&mut off, &earlier);
    assert_eq!(said(&off.changes[0]), "275 > 255 reversed");
}

#[test]
fn a_last_day_beside_a_name_that_is_taken_off_reverses_what_it_announced() {
    let name = |day: Option<&str>| {
        let mut set = FactSet::new(FactType::Occupations);
        set.dates.expires = FieldName::parse(EXPIRES_ON).ok();
        set.notes.extend(FieldName::parse(EXPIRES_ON));
        let day = day.map(|day| (EXPIRES_ON, Value::Date(day.parse().unwrap())));
        let title = ("title", Value::Text("Cook".into()));
        let fields: Vec<_> = [title].into_iter().chain(day).collect();
        set.records.insert(record_key("cook"), record(&fields));
        Facts::from([(key("other.list"), set)])
    };
    let gone = || Facts::from([(key("other.list"), FactSet::new(FactType::Occupations))]);
    let mut told: Vec<Change> = Vec::new();
    let mut stages = Vec::new();
    for (before, now) in [
        (name(None), name(Some("2026-03-31"))),
        (name(Some("2026-03-31")), name(Some("2026-06-30"))),
        (name(Some("2026-06-30")), name(None)),
        (name(None), gone()),
    ] {
        let mut event = event_of(&before, &now, NOW).unwrap();
        mark_reversed(&mut event, &told);
        let [change] = &event.changes[..] else { panic!("{:?}", event.changes) };
        stages.push((change.kind, change.stage));
        told.insert(0, change.clone());
    }
    assert_eq!(
        stages,
        [
            (ChangeKind::OccupationRemoved, Stage::Announced),
            (ChangeKind::OccupationRemoved, Stage::Announced),
            (ChangeKind::OccupationAdded, Stage::Reversed),
            (ChangeKind::OccupationRemoved, Stage::InForce),
        ]
    );
}

#[test]
fn the_same_check_done_again_gives_the_same_ids() {
    let ids = |event: Event| (event.id, event.changes[0].id.clone());
    let first = event_of(&facts(1_475), &facts(1_750), NOW).map(ids);
    assert_eq!(event_of(&facts(1_475), &facts(1_750), NOW).map(ids), first);
}

#[test]
fn what_is_told_anew_is_not_told_again_by_what_follows() {
    let event = event_of(&facts(1_475), &facts(1_750), NOW).unwrap();
    let again = event.changes[0].clone();
    let other = Change { record: record_key("other"), ..again.clone() };
    let catalog = catalog();
    let snapshot = again.snapshot.clone();
    let seen = Seen {
        catalog: &catalog,
        source: fees(&catalog),
        at: at(NOW),
        last_unchanged: None,
        last_read: &BTreeMap::new(),
        snapshot: &snapshot,
        today: "2026-01-20".parse().unwrap(),
        published_on: None,
    };
    let whole = with(&seen, Some(event), vec![again, other.clone()]).unwrap();
    assert_eq!(whole.changes.len(), 2);
    let alone = with(&seen, None, vec![other]).unwrap();
    assert_eq!((alone.changes.len(), alone.id), (1, EventId::unnamed()));
    assert_eq!(with(&seen, None, Vec::new()), None);
}
