//! From a page and what is known to how the check ends. Values in, values out.

use jiff::{Timestamp, civil::Date};

use crate::catalog::Source;
use crate::diff::{self, Comparison};
use crate::gate::{self, Verdict};
use crate::model::{Breakage, CheckOutcome, Extraction, Facts, HoldReason, UnchangedReason};

/// What is known of a source before a page of it is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The facts last accepted; `None` before the first.
    pub(super) facts: Option<Facts>,
    /// The day the page last believed says it is of.
    pub(super) stamped_on: Option<Date>,
    /// What is held, and how often it was confirmed.
    pub(super) held: Option<(Facts, u32)>,
    /// What a person rejected and the page has said ever since.
    pub(super) rejected: Option<Facts>,
    /// How many confirmations a held check needs.
    pub(super) confirmations: u32,
}

/// How a check of a page ends.
#[derive(Debug, Clone)]
pub(super) struct Conclusion {
    pub(super) outcome: CheckOutcome,
    /// What was read, whether it is believed or not.
    pub(super) extraction: Extraction,
    /// How it differs from what was last accepted.
    pub(super) comparison: Comparison,
    /// Whether the facts are accepted from now on.
    pub(super) accepted: bool,
    /// What becomes of what is held.
    pub(super) hold: Hold,
}

/// What a conclusion does to what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hold {
    /// Nothing.
    Leave,
    /// Holds what was read.
    Open(HoldReason),
    /// One more re-fetch agrees, and more are wanted.
    Confirmed { tries: u32 },
    /// The re-fetches agree.
    Release,
    /// The page went back to what it was, or to something else that is believable.
    Reject,
}

/// Concludes a check of a page by what was read of it.
pub(super) fn conclude(
    source: &Source,
    read: Result<Extraction, Breakage>,
    known: &Known,
) -> Conclusion {
    match read {
        Err(breakage) => ended(CheckOutcome::Broken(breakage), Extraction::default()),
        Ok(extraction) => believe(source, extraction, known),
    }
}

/// A check that changes nothing.
fn ended(outcome: CheckOutcome, extraction: Extraction) -> Conclusion {
    Conclusion {
        outcome,
        extraction,
        comparison: Comparison::default(),
        accepted: false,
        hold: Hold::Leave,
    }
}

fn believe(source: &Source, extraction: Extraction, known: &Known) -> Conclusion {
    let nothing = Facts::new();
    let last = known.facts.as_ref().unwrap_or(&nothing);
    let extraction = gate::settle(extraction, last);
    let verdict = gate::judge(&extraction, last, source);
    if known.facts.is_none() {
        return match verdict {
            Verdict::Broken(breakage) => ended(CheckOutcome::Broken(breakage), extraction),
            // Nothing to be implausible against but what the recipe declares.
            Verdict::Hold(reason) => held(&reason, extraction, last, known),
            Verdict::Accept => {
                Conclusion { accepted: true, ..ended(CheckOutcome::Baseline, extraction) }
            }
        };
    }
    match verdict {
        Verdict::Broken(breakage) => ended(CheckOutcome::Broken(breakage), extraction),
        Verdict::Hold(reason) => held(&reason, extraction, last, known),
        Verdict::Accept => accepted(extraction, last, known),
    }
}

/// Believable by itself, unless it is older than what is believed. Something else that was held is thereby contradicted.
fn accepted(extraction: Extraction, last: &Facts, known: &Known) -> Conclusion {
    let comparison = diff::compare(last, &extraction.facts);
    let back = gate::rolled_back(known.stamped_on, extraction.stamped_on);
    if let Some(reason) = back.filter(|_| !comparison.deltas.is_empty()) {
        return held(&reason, extraction, last, known);
    }
    let outcome = if comparison.deltas.is_empty() {
        CheckOutcome::Unchanged(UnchangedReason::SameFacts)
    } else {
        CheckOutcome::Changed
    };
    let hold = if known.held.is_some() { Hold::Reject } else { Hold::Leave };
    Conclusion { outcome, extraction, comparison, accepted: true, hold }
}

/// Implausible: held, or confirmed if it says what is held already.
fn held(reason: &HoldReason, extraction: Extraction, last: &Facts, known: &Known) -> Conclusion {
    let comparison = diff::compare(last, &extraction.facts);
    let agrees = |held: &Facts| diff::compare(held, &extraction.facts).deltas.is_empty();
    let agreed = known.held.as_ref().filter(|(facts, _)| agrees(facts)).map(|(_, tries)| tries + 1);
    let (outcome, accepted, hold) = match agreed {
        Some(tries) if tries >= known.confirmations && reason.is_settled_by_agreement() => {
            return released(extraction, last, known);
        }
        None if known.rejected.as_ref().is_some_and(agrees) => {
            (CheckOutcome::Held(reason.clone()), false, Hold::Leave)
        }
        Some(tries) => (CheckOutcome::Held(reason.clone()), false, Hold::Confirmed { tries }),
        None => (CheckOutcome::Held(reason.clone()), false, Hold::Open(reason.clone())),
    };
    Conclusion { outcome, extraction, comparison, accepted, hold }
}

/// Held no longer: believed, by agreement or by a person's word. First facts are no news.
pub(super) fn released(extraction: Extraction, last: &Facts, known: &Known) -> Conclusion {
    let (outcome, comparison) = if known.facts.is_none() {
        (CheckOutcome::Baseline, Comparison::default())
    } else {
        (CheckOutcome::Released, diff::compare(last, &extraction.facts))
    };
    Conclusion { outcome, extraction, comparison, accepted: true, hold: Hold::Release }
}

/// When a held check is to be fetched again.
pub(super) fn next_fetch(
    delays: &[jiff::SignedDuration],
    tries: u32,
    now: Timestamp,
) -> Option<Timestamp> {
    let delay = delays.get(usize::try_from(tries).ok()?)?;
    now.checked_add(*delay).ok()
}
