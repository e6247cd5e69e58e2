//! How a check ends, without a store: a page and what is known go in.

use super::*;
use crate::conclude::sample::{at, catalog, facts, fees, page};

const NOW: &str = "2026-01-20T20:00:00Z";

fn known(facts: Option<Facts>) -> Known {
    Known {
        facts,
        stamped_on: None,
        held: None,
        rejected: None,
        confirmation: Confirmation::default(),
        relocated: None,
        today: at(NOW).to_zoned(jiff::tz::TimeZone::UTC).date(),
        now: at(NOW),
        translation: None,
        crosswalks: Vec::new(),
    }
}

/// Concludes on a page that says a fee, and says how it ends: outcome, what becomes of what is held.
#[track_caller]
fn check(fee: &str, known: &Known, expected: &str) -> Conclusion {
    let catalog = catalog();
    let conclusion = conclude(fees(&catalog), &page(fee, at(NOW)), known);
    let hold = match &conclusion.hold {
        HoldAction::Leave => "leave".to_owned(),
        HoldAction::Open { next_fetch_at, .. } => format!("open, again {}", when(*next_fetch_at)),
        HoldAction::Keep { tries, next_fetch_at, .. } => {
            format!("keep after {tries}, again {}", when(*next_fetch_at))
        }
        HoldAction::Settle { settlement, by } => format!("{} by {by}", settlement.word()),
    };
    let accepted = if conclusion.accepted { "accepted" } else { "not accepted" };
    let n = conclusion.comparison.deltas.len();
    let word = conclusion.outcome.word();
    assert_eq!(format!("{word}, {accepted}, {n} differences; {hold}"), expected);
    conclusion
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or("never".to_owned(), |at| at.strftime("%H:%M").to_string())
}

#[test]
fn first_facts_are_a_baseline_and_the_same_facts_no_news() {
    check("$1,475", &known(None), "baseline, accepted, 0 differences; leave");
    check("$1,475", &known(Some(facts(1_475))), "unchanged, accepted, 0 differences; leave");
    check("$1,750", &known(Some(facts(1_475))), "changed, accepted, 1 differences; leave");
}

#[test]
fn what_is_implausible_is_held_until_the_page_has_said_it_again_as_often_as_is_wanted() {
    let last = known(Some(facts(1_475)));
    let held = |tries| Known { held: Some((facts(14_750), tries)), ..last.clone() };
    let again = "held, not accepted, 1 differences;";
    let opened = check("$14,750", &last, &format!("{again} open, again 20:05"));
    let HoldAction::Open { facts: kept, event: None, .. } = opened.hold else { panic!("no facts") };
    assert_eq!(kept.len(), 1);
    check("$14,750", &held(0), &format!("{again} keep after 1, again 20:20"));
    check("$14,750", &held(1), "released, accepted, 1 differences; released by re-fetch");
    check("$15,000", &held(1), &format!("{again} open, again 20:05"));
    check("$1,475", &held(1), "unchanged, accepted, 0 differences; rejected by re-fetch");
    check("$1,500", &held(1), "changed, accepted, 1 differences; rejected by re-fetch");
}

#[test]
fn what_a_person_rejected_is_not_held_again() {
    let known = Known { rejected: Some(facts(14_750)), ..known(Some(facts(1_475))) };
    check("$14,750", &known, "held, not accepted, 1 differences; leave");
}

#[test]
fn a_page_without_the_fact_is_broken_and_changes_nothing() {
    check("free", &known(Some(facts(1_475))), "broken, not accepted, 0 differences; leave");
    check("free", &known(None), "broken, not accepted, 0 differences; leave");
}

#[test]
fn a_person_releases_first_facts_as_a_baseline() {
    let read = || Extraction { facts: facts(14_750), ..Extraction::default() };
    let first = released(read(), &Facts::new(), &known(None), "ana");
    assert_eq!((first.outcome, first.comparison.deltas.len()), (CheckOutcome::Baseline, 0));
    let last = facts(1_475);
    let later = released(read(), &last, &known(Some(last.clone())), "ana");
    assert_eq!((&later.outcome, later.comparison.deltas.len()), (&CheckOutcome::Released, 1));
    let by = HoldAction::Settle { settlement: Settlement::Released, by: "ana".to_owned() };
    assert_eq!(later.hold, by);
}

#[test]
fn an_older_copy_makes_the_page_no_older_unless_it_was_released() {
    let day = |text: &str| text.parse::<Date>().ok();
    let read = Extraction { stamped_on: day("2026-01-10"), ..Extraction::default() };
    let same = ended(CheckOutcome::Unchanged(UnchangedReason::SameFacts), read.clone());
    assert_eq!(stamp(day("2026-01-15"), &same), day("2026-01-15"));
    assert_eq!(stamp(None, &same), day("2026-01-10"));
    let released = released(read, &Facts::new(), &known(None), RE_FETCH);
    assert_eq!(stamp(day("2026-01-15"), &released), day("2026-01-10"));
}

#[test]
fn only_first_facts_wait_for_a_person() {
    let catalog = catalog();
    let fees = fees(&catalog);
    let doubts = |trust: Trust, outcome: &CheckOutcome| trust.doubts(fees, outcome);
    assert!(!doubts(Trust::Everything, &CheckOutcome::Baseline));
    assert!(doubts(Trust::Tried, &CheckOutcome::Baseline), "its recipe was never tried");
    assert!(doubts(Trust::Nothing, &CheckOutcome::Baseline));
    assert!(!doubts(Trust::Nothing, &CheckOutcome::Changed));
}
