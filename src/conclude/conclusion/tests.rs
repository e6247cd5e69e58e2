//! How a check ends, tested without a store: a page and what is known go in.

use jiff::Timestamp;

use super::*;
use crate::catalog::Catalog;
use crate::conclude::sample::{at, catalog, facts, fees, key, page};
use crate::conclude::{Confirmation, HeldSet, Trust};

const NOW: &str = "2026-01-20T20:00:00Z";

fn known(facts: Option<Facts>) -> Known {
    Known {
        facts,
        stamped_on: None,
        held: BTreeMap::new(),
        rejected: BTreeMap::new(),
        misread: Vec::new(),
        unreadable: Vec::new(),
        confirmation: Confirmation::default(),
        relocated: None,
        today: at(NOW).to_zoned(jiff::tz::TimeZone::UTC).date(),
        now: at(NOW),
        translation: None,
        crosswalks: Vec::new(),
    }
}

/// A held set that has been confirmed this many times; its re-fetch is due.
fn held(set: &Facts, tries: u32) -> BTreeMap<FactKey, HeldSet> {
    let of = |(key, set): (&FactKey, &FactSet)| {
        let next_fetch_at = Some(at(NOW));
        (key.clone(), HeldSet { set: Some(set.clone()), tries, next_fetch_at })
    };
    set.iter().map(of).collect()
}

/// How a check ends: outcome, what is accepted, what differs, what happens to the holds.
fn said(conclusion: &Conclusion) -> String {
    let hold = match conclusion.holds.first() {
        None => "leave".to_owned(),
        Some((_, HoldAction::Open { next_fetch_at, .. })) => {
            format!("open, again {}", when(*next_fetch_at))
        }
        Some((_, HoldAction::Keep { tries, next_fetch_at, .. })) => {
            format!("keep after {tries}, again {}", when(*next_fetch_at))
        }
        Some((_, HoldAction::Settle { settlement, by })) => {
            format!("{} by {by}", settlement.word())
        }
    };
    let accepted = if conclusion.accept.is_some() { "accepted" } else { "not accepted" };
    let (n, m) = (conclusion.comparison.deltas.len(), conclusion.would_say.deltas.len());
    format!("{}, {accepted}, {n} differ, {m} would; {hold}", conclusion.outcome.word())
}

/// Concludes on a page that states a fee.
#[track_caller]
fn check(fee: &str, known: &Known, expected: &str) {
    let catalog = catalog();
    let conclusion = conclude(fees(&catalog), &page(fee, at(NOW)), known);
    assert_eq!(said(&conclusion), expected);
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or("never".to_owned(), |at| at.strftime("%H:%M").to_string())
}

#[test]
fn first_facts_are_a_baseline_and_the_same_facts_no_news() {
    let first = known(None);
    check("$1,475", &first, "baseline, accepted, 0 differ, 0 would; leave");
    let last = read(&page("$1,475", at(NOW)), &catalog());
    let again = known(Some(last));
    check("$1,475", &again, "unchanged, accepted, 0 differ, 0 would; leave");
    check("$1,750", &again, "changed, accepted, 1 differ, 0 would; leave");
}

/// The facts that a first page gives.
fn read(page: &Page, catalog: &Catalog) -> Facts {
    let source = catalog.sources().next().unwrap();
    conclude(source, page, &known(None)).accept.unwrap()
}

#[test]
fn what_is_out_of_proportion_waits_for_a_person_however_often_it_is_said() {
    let last = known(Some(read(&page("$1,475", at(NOW)), &catalog())));
    let again = "held, not accepted, 0 differ, 1 would;";
    check("$14,750", &last, &format!("{again} open, again 20:05"));
    let waiting = |tries| Known { held: held(&facts(14_750), tries), ..last.clone() };
    check("$14,750", &waiting(0), &format!("{again} keep after 1, again 20:20"));
    check("$14,750", &waiting(1), &format!("{again} keep after 2, again never"));
    check("$15,000", &waiting(1), &format!("{again} open, again 20:05"));
    check("$1,475", &waiting(1), "unchanged, accepted, 0 differ, 0 would; rejected by re-fetch");
    check("$1,500", &waiting(1), "changed, accepted, 1 differ, 0 would; rejected by re-fetch");
}

#[test]
fn what_a_person_rejected_is_not_held_again() {
    let last = known(Some(read(&page("$1,475", at(NOW)), &catalog())));
    let rejected = held(&facts(14_750), 0).into_iter().map(|(key, held)| (key, held.set));
    let known = Known { rejected: rejected.collect(), ..last };
    check("$14,750", &known, "held, not accepted, 0 differ, 1 would; leave");
}

#[test]
fn a_page_without_any_fact_is_broken_and_changes_nothing() {
    check("free", &known(Some(facts(1_475))), "broken, not accepted, 0 differ, 0 would; leave");
    check("free", &known(None), "broken, not accepted, 0 differ, 0 would; leave");
}

const TWO: &str = r#"
[[source]]
id = "two"
program = "x"
jurisdiction = "CA"
title = { en = "Two", fr = "Deux" }
url = "https://example.org/two"
zone = "UTC"

[[source.facts]]
key = "x.list"
type = "list"
title = { en = "List", fr = "Liste" }
record = "{code}"

[source.facts.fields]
code = { key_only = true }
title = { as = "text" }

[[source.facts.read]]
table = { columns = { code = '^code$', title = '^name$' } }

[[source.facts]]
key = "x.fee"
type = "fees"
title = { en = "Fee", fr = "Frais" }
record = "fee"

[source.facts.fields]
amount = { as = "money" }

[[source.facts.read]]
prose = { matches = 'the fee is (?P<amount>\$\d+)' }
"#;

/// A page with this many rows and a sentence.
fn two(rows: std::ops::Range<usize>, sentence: &str) -> Page {
    let rows: String =
        rows.map(|n| format!("<tr><td>{}<td>Trade of {n}</tr>", 72_000 + n)).collect();
    let body = format!(
        "<!doctype html><html><body><main><h1>Two</h1><table><tr><th>Code<th>Name</tr>{rows}\
         </table><p>{sentence}</p></main></body></html>"
    );
    Page::from_file("https://example.org/two".parse().unwrap(), body.into_bytes(), at(NOW))
}

struct Two {
    catalog: Catalog,
    last: Facts,
}

impl Two {
    fn new() -> Self {
        let catalog = Catalog::parse(&[("sources.toml", TWO)]).unwrap();
        let last = read(&two(0..24, "As of today the fee is $100."), &catalog);
        Self { catalog, last }
    }

    fn conclude(&self, page: &Page, known: &Known) -> Conclusion {
        conclude(self.catalog.sources().next().unwrap(), page, known)
    }
}

#[test]
fn a_mass_change_is_believed_when_the_re_fetches_that_were_due_agree() {
    let world = Two::new();
    let (last, page) =
        (known(Some(world.last.clone())), two(0..15, "As of today the fee is $100."));
    let opened = world.conclude(&page, &last);
    assert_eq!(said(&opened), "held, not accepted, 0 differ, 9 would; open, again 20:05");
    let (key, HoldAction::Open { set: Some(set), .. }) = &opened.holds[0] else { panic!("no set") };
    let facts: Facts = [(key.clone(), set.clone())].into();
    let waiting = |tries| Known { held: held(&facts, tries), ..last.clone() };
    let again = "held, not accepted, 0 differ, 9 would;";
    let kept = world.conclude(&page, &waiting(0));
    assert_eq!(said(&kept), format!("{again} keep after 1, again 20:20"));
    let released = world.conclude(&page, &waiting(1));
    assert_eq!(said(&released), "released, accepted, 9 differ, 0 would; released by re-fetch");
    // A manual check before the re-fetch is due shows the hold and confirms nothing.
    let early = Known { now: at("2026-01-20T19:59:59Z"), ..waiting(1) };
    assert_eq!(said(&world.conclude(&page, &early)), format!("{again} leave"));
}

#[test]
fn what_is_held_of_one_set_does_not_hold_the_other() {
    let world = Two::new();
    let known = known(Some(world.last.clone()));
    let held = world.conclude(&two(0..15, "As of today the fee is $120."), &known);
    assert_eq!(said(&held), "held, accepted, 1 differ, 9 would; open, again 20:05");
    let word = |key: &str| held.verdicts[key].word();
    assert_eq!((word("x.list"), word("x.fee")), ("held", "changed"));
    let stands = held.accept.unwrap();
    assert_eq!(stands[&key("x.list")].records.len(), 24, "the last good ones");
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let world = Two::new();
    let known = known(Some(world.last.clone()));
    let partial = world.conclude(&two(0..25, "There is a fee of $100 as of today."), &known);
    assert_eq!(said(&partial), "partial, accepted, 2 differ, 0 would; leave");
    let kinds: Vec<&str> = partial.comparison.deltas.iter().map(|d| d.kind.word()).collect();
    assert_eq!(kinds, ["wording_changed", "record_added"]);
    let [lost] = &partial.unreadable[..] else { panic!("{:?}", partial.unreadable) };
    assert_eq!(lost.to_string(), "x.fee, fee");
    assert_eq!(lost.stands.as_deref(), Some("There is a fee of $100 as of today."));
    let stands = partial.accept.unwrap();
    assert_eq!(stands[&key("x.fee")], world.last[&key("x.fee")], "the last value stands");
}

#[test]
fn an_older_copy_makes_the_page_no_older_unless_it_was_released() {
    let day = |text: &str| text.parse::<Date>().ok();
    let read = Extraction { stamped_on: day("2026-01-10"), ..Extraction::default() };
    let same = ended(CheckOutcome::Unchanged(UnchangedReason::SameFacts), read);
    assert_eq!(stamp(day("2026-01-15"), &same), day("2026-01-15"));
    assert_eq!(stamp(None, &same), day("2026-01-10"));
    let (settlement, by) = (Settlement::Released, RE_FETCH.to_owned());
    let holds = vec![(key("x.fee"), HoldAction::Settle { settlement, by })];
    let released = Conclusion { holds, ..same };
    assert_eq!(stamp(day("2026-01-15"), &released), day("2026-01-10"));
}

#[test]
fn only_first_facts_wait_for_a_person() {
    let catalog = catalog();
    let fees = fees(&catalog);
    let doubts = |trust: Trust, is_first: bool| trust.doubts(fees, is_first);
    assert!(!doubts(Trust::Everything, true));
    assert!(doubts(Trust::Tried, true), "its recipe was never tried");
    assert!(doubts(Trust::Nothing, true));
    assert!(!doubts(Trust::Nothing, false));
}
