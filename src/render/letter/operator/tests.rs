//! Whole letters to the operator.

use super::*;
use crate::model::{Breakage, FetchFailure, Gone, Refusal};
use crate::render::sample::{World, at, glossary, removed, toronto};

const SINCE: &str = "2025-02-27T18:05:00Z";

fn write(news: News<'_>, language: Language) -> Letter {
    let world = World::new();
    let sources = world.sources();
    let glossary = &glossary();
    let source = &sources[1];
    operator(&OperatorInput { source, news, language, glossary, zone: &toronto() })
}

#[track_caller]
fn check(name: &str, letter: &Letter) {
    insta::assert_snapshot!(name, format!("Subject: {}\n\n{}", letter.subject, letter.text));
}

fn broken() -> CheckOutcome {
    CheckOutcome::Broken(Breakage::TooFew {
        fact: "ee.proof_of_funds".into(),
        expected: "7 or more records".into(),
        came: "0\r\nOutcome  fine\u{1b}[2J".into(),
    })
}

#[test]
fn a_breakage_says_what_was_expected_and_what_came() {
    let outcome = broken();
    let news = News::Broken {
        outcome: &outcome,
        since: at(SINCE),
        last_good: Some(at("2025-02-26T18:05:00Z")),
    };
    check("broken_en", &write(news, Language::En));
    check("broken_fr", &write(news, Language::Fr));
}

#[test]
fn what_to_do_fits_the_outcome() {
    let said = |outcome: CheckOutcome| {
        write(News::Broken { outcome: &outcome, since: at(SINCE), last_good: None }, Language::En)
            .text
    };
    let refused = said(CheckOutcome::Refused(Refusal::Status(403)));
    assert!(refused.contains("rulewatch check ircc-ee-funds --from FILE"), "{refused}");
    assert!(refused.contains("Last good          never"), "{refused}");
    let gone = said(CheckOutcome::Gone(Gone(404)));
    assert!(gone.contains("rulewatch sources show ircc-ee-funds"), "{gone}");
    let away =
        said(CheckOutcome::Unreachable(FetchFailure { what: "connecting".into(), retry: true }));
    assert!(away.contains("rulewatch check ircc-ee-funds\n"), "{away}");
}

#[test]
fn recovery_and_relocation_are_told_once() {
    let news = News::Recovered { since: at(SINCE), at: at("2025-02-28T12:00:00Z") };
    check("recovered_en", &write(news, Language::En));
    let news =
        News::Relocated { what: "ee.proof_of_funds: table 3 instead of table 1", at: at(SINCE) };
    check("relocated_fr", &write(news, Language::Fr));
    let to = url::Url::parse("https://www.example.org/new/funds.html").unwrap();
    let news = News::Moved { to: &to, at: at(SINCE) };
    check("moved_en", &write(news, Language::En));
    check("moved_fr", &write(news, Language::Fr));
}

#[test]
fn what_was_held_is_told_settled() {
    let event = EventId::parse("e-1").unwrap();
    let news = |how| News::Settled {
        event: &event,
        how,
        since: at(SINCE),
        at: at("2025-02-27T18:30:00Z"),
    };
    check("settled_released_en", &write(news(Settlement::Released), Language::En));
    check("settled_rejected_fr", &write(news(Settlement::Rejected), Language::Fr));
    let day = |text: &str| text.parse().unwrap();
    let reason = HoldReason::RolledBack { accepted: day("2025-06-01"), came: day("2025-02-27") };
    let news = News::Held { event: &event, reason: &reason, changes: &[], at: at(SINCE) };
    assert!(write(news, Language::En).text.contains("2025-06-01"));
}

#[test]
fn a_held_event_says_what_it_would_say() {
    let event = EventId::parse("e-1").unwrap();
    let changes: Vec<Change> =
        (0..22).map(|n| removed(&format!("20{n:03}"), &format!("Occupation {n}"))).collect();
    let reason =
        HoldReason::Vanished { fact: "ee.category.stem.occupations".into(), gone: 22, of: 24 };
    let news = News::Held { event: &event, reason: &reason, changes: &changes, at: at(SINCE) };
    check("held_en", &write(news, Language::En));
    let news = News::Unreviewed { event: &event, changes: &changes[..2], at: at(SINCE) };
    check("unreviewed_fr", &write(news, Language::Fr));
}
