//! What happens when an announced day comes, tested without a store: announced changes and facts go in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::catalog::Catalog;
use crate::conclude::sample::{at, catalog, fees, field, key, record, record_key};
use crate::conclude::{differences, event};
use crate::model::{Evidence, FactType, SnapshotId};

/// A set with an amount that holds from one day, and perhaps until another.
fn facts(amount: i64, from: &str, to: Option<&str>) -> Facts {
    let mut set = FactSet::new(FactType::Fees);
    set.dates.effective = Some(field("from"));
    set.dates.expires = Some(field("to"));
    set.notes = vec![field("from"), field("to")];
    let day = |text: &str| Value::Date(text.parse().unwrap());
    let mut fields = vec![("amount", Value::Integer(amount)), ("from", day(from))];
    fields.extend(to.map(|to| ("to", day(to))));
    set.records.insert(record_key("a"), record(&fields));
    Facts::from([(key("other.fee"), set)])
}

/// No fact set has been held or unreadable.
static NOTHING_HELD: BTreeMap<String, Timestamp> = BTreeMap::new();

fn seen<'a>(
    catalog: &'a Catalog,
    snapshot: &'a SnapshotId,
    today: &str,
    published_on: Option<&str>,
) -> Seen<'a> {
    Seen {
        catalog,
        source: fees(catalog),
        at: at(&format!("{today}T20:00:00Z")),
        last_unchanged: None,
        last_read: &NOTHING_HELD,
        snapshot,
        today: today.parse().unwrap(),
        published_on: published_on.map(|day| day.parse().unwrap()),
    }
}

fn snapshot() -> SnapshotId {
    SnapshotId::parse(&"a".repeat(64)).unwrap()
}

/// The change from 1 to 2 that was announced on 2 January for 1 March.
fn announced(catalog: &Catalog) -> Vec<Change> {
    let snapshot = snapshot();
    let seen = seen(catalog, &snapshot, "2026-01-02", None);
    let (before, now) = (facts(1, "2025-03-01", None), facts(2, "2026-03-01", None));
    let event =
        event(&seen, &differences(&before, (&now, &now), seen.today, &[], (&[], &[]))).unwrap();
    assert!(event.changes.iter().all(|change| change.stage == Stage::Announced));
    event.changes
}

/// How many rules a page confirms, given its date, its amount and whether it is reworded.
#[track_caller]
fn check(today: &str, published_on: Option<&str>, amount: i64, is_reworded: bool, expected: usize) {
    let catalog = catalog();
    let snapshot = snapshot();
    let seen = seen(&catalog, &snapshot, today, published_on);
    let before = facts(2, "2026-03-01", None);
    let mut now = facts(amount, "2026-03-01", None);
    if is_reworded {
        let record = now.get_mut(&key("other.fee")).unwrap().records.get_mut(&record_key("a"));
        record.unwrap().evidence =
            Evidence { quote: "the fee is now 2".to_owned(), ..Evidence::default() };
    }
    let confirmed = confirmed(&seen, &announced(&catalog), &now, (Some(&before), Some(&before)));
    assert!(confirmed.iter().all(|change| change.stage == Stage::InForce));
    assert_eq!(confirmed.len(), expected);
}

#[test]
fn a_page_puts_an_announced_rule_in_force_and_the_clock_does_not() {
    check("2026-03-05", None, 2, false, 0);
    check("2026-03-05", Some("2026-02-20"), 2, false, 0);
    check("2026-03-05", Some("2026-03-01"), 2, false, 1);
    check("2026-03-05", None, 2, true, 1);
    check("2026-02-20", Some("2026-02-20"), 2, true, 0);
    check("2026-03-05", Some("2026-03-01"), 3, true, 0);
}

#[test]
fn an_end_date_that_passed_is_one_notice() {
    let catalog = catalog();
    let snapshot = snapshot();
    let notices = |today: &str, last: &str| {
        let seen = seen(&catalog, &snapshot, today, None);
        let facts = facts(1, "2025-03-01", Some("2026-02-10"));
        passed(&seen, &facts, last.parse().unwrap())
    };
    assert_eq!(notices("2026-02-10", "2026-02-09"), [], "the last day still holds");
    let told = notices("2026-02-11", "2026-02-10");
    let [notice] = &told[..] else { panic!("{told:?}") };
    assert_eq!((notice.kind, notice.severity), (ChangeKind::Notice, Severity::Info));
    assert_eq!(notice.dates.expires_on, "2026-02-10".parse().ok());
    assert_eq!(notices("2026-02-12", "2026-02-11"), [], "it was told the day before");
}
