//! A status that stands by itself: behind a label ("Status: Closed"), in a cell of a table, or at the end of a heading
//! ("Farm Stream — CLOSED").
//!
//! Such words are read as what they are short for, "This stream is closed": nothing is a state here that would be none
//! in a sentence.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::stated::{NAME, Said, said};
use crate::extract::value::pattern::constant;

/// A state, the day from which it is so and its last one, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) state: &'static str,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
    pub(super) then: Option<(Date, &'static str)>,
}

/// The longest words of a state, in bytes. More are a sentence, which is read as one.
const LONGEST: usize = 120;

/// Whether a label or a header is of a status: "Status", "Application intake", "Statut".
pub(super) fn is_of_status(label: &str) -> bool {
    static STATUS: LazyLock<Regex> = LazyLock::new(|| {
        constant(concat!(
            r"(?i)^(?:(?:current|application|registration|stream|program|pathway|pilot|intake|EOI) )*",
            r"(?:status|intake|applications?|registrations?)$",
            r"|^(?:statut|état)(?: (?:actuel|du volet|du programme|de la catégorie|des demandes))?$",
        ))
    });
    STATUS.is_match(label.trim())
}

/// The state that words say by themselves: "Closed – not accepting applications", "Open until filled".
pub(super) fn state(words: &str) -> Option<Labelled> {
    static ASIDE: LazyLock<Regex> = LazyLock::new(|| constant(r"\n| ?[;(–—]| - |[.!,:] "));
    let words = words.trim();
    let short = ASIDE.find(words).map_or(words, |aside| words[..aside.start()].trim_end());
    if words.len() > LONGEST || short.is_empty() {
        return None;
    }
    [words, short].into_iter().find_map(|words| {
        let of_intake =
            INTAKE.captures(words).map(|found| format!("{} is {}", &found[1], &found[2]));
        let of_it = |of: &'static str, is: &str| (Some(of), format!("{of} {is} {words}"));
        let sentences = [of_it("This stream", "is"), of_it("Ce volet", "est")];
        sentences.into_iter().chain(of_intake.map(|sentence| (None, sentence))).find_map(
            |(of, sentence)| {
                // All words but those put before them say how it is.
                let said = said(&sentence).filter(|said| said.of == of)?;
                let Said { state, from, until, then, .. } = said;
                Some(Labelled { state, from, until, then })
            },
        )
    })
}

/// What takes applications, before its state: "Intake closed".
static INTAKE: LazyLock<Regex> =
    LazyLock::new(|| constant(r"(?i)^((?:application )?intake|applications|registration) (.+)$"));

/// A label of a status, and what stands behind a dash: "Status – Closed".
pub(super) fn dashed(words: &str) -> Option<(&str, &str)> {
    let (label, value) = [" – ", " — ", " - "].iter().find_map(|dash| words.split_once(dash))?;
    is_of_status(label).then_some((label, value))
}

/// The name in a heading that ends or begins with a state, and the state: "Farm Stream (paused)", "Farm Stream Closed",
/// "Closed: Farm Stream".
pub(super) fn beside_a_name(heading: &str) -> Option<(&str, Labelled)> {
    static APART: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"^(?P<name>.+?)(?: ?[:(\[–—]| -) ?(?P<state>[^:(\[–—]{4,60}?)[)\]]?$")
    });
    // The name may have a colon or a dash of its own.
    static LAST: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"^(?P<name>.+)(?: ?[:(\[–—]| -) ?(?P<state>[^:(\[–—]{4,60}?)[)\]]?$")
    });
    // Behind the name and nothing between, it must be printed as a word of its own.
    static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
        let state =
            "(?:Currently |Temporarily |Now )?(?:Closed|CLOSED|Paused|PAUSED|Suspended|SUSPENDED)";
        constant(&format!(
            "^(?P<name>{NAME}) (?P<state>{state}|TEMPORARILY CLOSED|On Hold|ON HOLD)$"
        ))
    });
    static CAPITAL: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            "^(?P<name>.*[a-z].*) (?P<state>(?:(?:TEMPORARILY|Temporarily) )?(?:CLOSED|Closed|PAUSED|Paused|SUSPENDED|EXPIRED\
             |Expired|FERMÉ|Fermé))$",
        )
    });
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        constant(concat!(
            r"(?i)^[(\[]?(?P<state>(?:temporarily )?(?:closed|paused|suspended|expired|discontinued|on hold|fermée?))",
            r"(?:[)\]]:?|:| [–—-]) ?(?P<name>.+)$",
        ))
    });
    // A verb before the state makes a sentence of it: "When the Farm Stream is Closed".
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?i)\b(?:is|are|was|were|be|been|remains?|gets?|not|when|if|est|sont|été)(?: now| currently)?$",
        )
    });
    [&APART, &LAST, &BESIDE, &CAPITAL, &BEFORE].into_iter().find_map(|pattern| {
        let found = pattern.captures(heading.trim())?;
        let name = found.name("name").filter(|name| !VERB.is_match(name.as_str()))?.as_str();
        Some((name, state(&found["state"])?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_by_itself() {
        let says = |words: &str| state(words).map_or("", |labelled| labelled.state);
        for (words, expected) in [
            ("Closed", "closed"),
            ("CLOSED", "closed"),
            ("Closed – not accepting applications", "closed"),
            ("Closed - not accepting applications", "closed"),
            ("Temporarily closed", "paused"),
            ("Paused until further notice", "paused"),
            ("On hold (see below)", "paused"),
            ("No longer accepting applications", "intake_closed"),
            ("Full", "intake_closed"),
            ("Open", "open"),
            ("Open until filled", "open"),
            ("Accepting applications", "open"),
            ("Fermé", "closed"),
            ("Suspendu", "paused"),
            ("Intake closed", "closed"),
            ("Expired", "closed"),
            ("Not closed", ""),
            ("Closed on weekends", ""),
            ("Permanent resident", ""),
            ("Open work permit", ""),
            ("Opening soon", ""),
            ("", ""),
        ] {
            assert_eq!(says(words), expected, "{words}");
        }
        let dated = state("Closed as of August 4, 2026").unwrap();
        assert_eq!(dated.from, Some("2026-08-04".parse().unwrap()));
    }

    #[test]
    fn a_heading_has_a_state_beside_a_name() {
        let says = |heading| beside_a_name(heading).map(|(name, labelled)| (name, labelled.state));
        for (heading, expected) in [
            ("Farm Stream — CLOSED", Some(("Farm Stream", "closed"))),
            ("Farm Stream - Closed", Some(("Farm Stream", "closed"))),
            ("Farm Stream (paused)", Some(("Farm Stream", "paused"))),
            ("Farm Stream: not accepting applications", Some(("Farm Stream", "paused"))),
            ("Farm Stream Closed", Some(("Farm Stream", "closed"))),
            (
                "Farm Program: who can apply - Full",
                Some(("Farm Program: who can apply", "intake_closed")),
            ),
            (
                "Farm Program - Care: apply (temporarily closed)",
                Some(("Farm Program - Care: apply", "paused")),
            ),
            ("Farm Program: Closed - not accepting applications", Some(("Farm Program", "closed"))),
            ("Farm Program: when it is - closed", None),
            ("Volet agricole – Fermé", Some(("Volet agricole", "closed"))),
            ("Who can apply CLOSED", Some(("Who can apply", "closed"))),
            (
                "Who can apply for the permit Closed",
                Some(("Who can apply for the permit", "closed")),
            ),
            ("Why the stream is Closed", None),
            ("Closed: Farm Stream", Some(("Farm Stream", "closed"))),
            ("[Closed] Farm Stream", Some(("Farm Stream", "closed"))),
            ("Farm Stream – Expired", Some(("Farm Stream", "closed"))),
            ("Farm Stream – Intake closed", Some(("Farm Stream", "closed"))),
            ("Closed work permits", None),
            ("Farm Stream", None),
            ("Farm Stream (closed on weekends)", None),
            ("What happens when the Farm Stream is Closed", None),
            ("Farm Stream - Eligibility", None),
            ("How to find out whether it is closed", None),
        ] {
            assert_eq!(says(heading), expected, "{heading}");
        }
    }

    #[test]
    fn a_label_is_of_a_status() {
        for label in ["Status", "Application status", "Intake", "Statut", "Statut du volet"] {
            assert!(is_of_status(label), "{label}");
        }
        for label in ["Immigration status", "Status in Canada", "Application fee", "Marital status"]
        {
            assert!(!is_of_status(label), "{label}");
        }
    }
}
