//! The pieces of a paragraph on which a pattern is tried by itself: its lines, or its sentences.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::recipe::TriedOn;
use crate::extract::value::date;
use crate::extract::value::pattern::constant;

/// The pieces of a text, in order.
pub(crate) fn parted(on: TriedOn, text: &str) -> Box<dyn Iterator<Item = &str> + '_> {
    match on {
        TriedOn::Whole => Box::new(std::iter::once(text)),
        TriedOn::Line => Box::new(text.split('\n')),
        TriedOn::Sentence => Box::new(text.split('\n').flat_map(sentences)),
    }
}

/// The sentences of a line without the full stops at their ends. Where it is not certain that one ends, it goes
/// on: `B.C. Entrepreneur` is no two sentences.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let end =
            text.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|at| ends(text, *at));
        let (sentence, behind) = text.split_at(end.unwrap_or(text.len()));
        rest = Some(behind.trim_start()).filter(|behind| !behind.is_empty());
        Some(sentence.trim().trim_end_matches('.'))
    })
}

/// Whether a sentence only proposes something: it states no rule, and none to come.
pub(crate) fn is_proposal(sentence: &str) -> bool {
    static PROPOSAL: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)
              \b(?:consultations?|governments?|provinces?|minist(?:er|ry)|departments?|bills?|regulations?|amendments?|we)
                \ (?:\p{L}+\ )?propos(?:es?|ed|ing)\b
            | \b(?:is|are|was|were|been)\ proposed\ (?:that|to)\b
            | \b(?:is|are)\ (?:being\ )?consult(?:ed|ing)\b | ^a\ proposal\b
            | \bif\ (?:it\ is\ |they\ are\ )?(?:approved|adopted|passed),
            | \bil\ est\ proposé\b | \b(?:consultation|gouvernement|ministère|ministre|projet)\ propose\b";
        constant(pattern)
    });
    PROPOSAL.is_match(sentence)
}

/// The fewest letters or digits before a full stop that are not taken for an abbreviation.
const WORD: usize = 3;

/// Whether a sentence ends at a place behind a full stop: a word of some length is before it, and a capital, a
/// figure or nothing after it.
fn ends(text: &str, at: usize) -> bool {
    let (before, behind) = text.split_at(at);
    let word = before[..at - 1].chars().rev().take_while(|c| c.is_alphanumeric()).count();
    let begins = |c: char| c.is_uppercase() || c.is_ascii_digit() || "\"“‘('$•".contains(c);
    let next = behind.trim_start();
    let is_apart = next.len() < behind.len();
    let is_end = is_apart && word >= WORD && next.starts_with(begins);
    next.is_empty() || is_end && !date::is_within_day(before, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(parted(TriedOn::Sentence, text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_sentence_ends_at_a_full_stop_before_a_capital() {
        check(
            "The stream is closed. It opens in 2027.",
            &["The stream is closed", "It opens in 2027"],
        );
        check(
            "Is it open? No!\nThe fee is $1,475.50",
            &["Is it open?", "No!", "The fee is $1,475.50"],
        );
    }

    #[test]
    fn an_abbreviation_ends_no_sentence() {
        check(
            "The B.C. Entrepreneur stream is closed.",
            &["The B.C. Entrepreneur stream is closed"],
        );
        check("In St. John. e.g. here.", &["In St. John. e.g. here"]);
        check("It opens on Jan. 4, 2027. Apply.", &["It opens on Jan. 4, 2027", "Apply"]);
    }

    #[test]
    fn what_is_proposed_is_no_rule() {
        for text in [
            "A consultation proposes that the fee is $400",
            "It is proposed that the fee is $400",
            "If approved, the fee is $400 from April 1, 2027",
        ] {
            assert!(is_proposal(text), "{text}");
        }
        for text in ["The fee for the proposed employer is $400", "You propose to open a business"]
        {
            assert!(!is_proposal(text), "{text}");
        }
    }

    #[test]
    fn nothing_is_one_empty_piece() {
        check("", &[""]);
        check("  .", &[""]);
    }
}
