//! From a page and what is known to how the check ends.

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::catalog::Source;
use crate::diff::{self, Comparison};
use crate::extract;
use crate::gate::{self, Judgement};
use crate::model::{
    Breakage, CheckOutcome, Crosswalk, Extraction, Facts, HoldAction, HoldReason, Page, RE_FETCH,
    RECHECK, Settlement, UnchangedReason, Verified,
};

/// How a held check is confirmed: after each of these delays it is fetched again, and all of the
/// re-fetches must agree with what is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation(pub Vec<SignedDuration>);

impl Default for Confirmation {
    /// After 5 and 20 minutes (PRODUCT section 3).
    fn default() -> Self {
        let signed = |delay| SignedDuration::try_from(delay).expect("minutes fit");
        Self(RECHECK.map(signed).to_vec())
    }
}

impl Confirmation {
    /// The next page that is read confirms or contradicts: for a replay and the demo.
    #[must_use]
    pub fn by_next_page() -> Self {
        Self(vec![SignedDuration::ZERO])
    }

    /// When to fetch again after so many re-fetches; `None`: a person decides.
    fn next(&self, tries: u32, now: Timestamp) -> Option<Timestamp> {
        let delay = self.0.get(usize::try_from(tries).ok()?)?;
        now.checked_add(*delay).ok()
    }

    /// Whether so many re-fetches that agree are enough.
    fn is_enough(&self, tries: u32) -> bool {
        usize::try_from(tries).is_ok_and(|tries| tries >= self.0.len())
    }
}

/// Whose first facts count as accepted by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Everybody's: a replay and the demo take the first page as given.
    Everything,
    /// Those of recipes that were verified on a capture.
    Tried,
    /// Nobody's: a person accepts them all.
    Nothing,
}

impl Trust {
    /// Whether what a check concluded waits for a person: the first facts of a recipe that was never
    /// tried on a real page.
    #[must_use]
    pub fn doubts(self, source: &Source, outcome: &CheckOutcome) -> bool {
        let doubted = match self {
            Self::Everything => false,
            Self::Tried => source.verified == Verified::Structure && !source.recipe.is_plain(),
            Self::Nothing => true,
        };
        doubted && *outcome == CheckOutcome::Baseline
    }
}

/// What is known of a source before a page of it is read.
#[derive(Debug, Clone)]
pub struct Known {
    /// The facts last accepted; `None` before the first.
    pub facts: Option<Facts>,
    /// The day the page last believed says it is of.
    pub stamped_on: Option<Date>,
    /// What is held, and how often it was confirmed.
    pub held: Option<(Facts, u32)>,
    /// What a person rejected and the page has said ever since.
    pub rejected: Option<Facts>,
    /// How a held check is confirmed.
    pub confirmation: Confirmation,
    /// Where the facts stood on the page last believed, when not where the recipe looks first.
    pub relocated: Option<String>,
    /// The day it is for the people who read the page.
    pub today: Date,
    /// When the page was fetched.
    pub now: Timestamp,
    /// The French page, where it was asked about what is held.
    pub translation: Option<Page>,
    /// What codes became of others from one edition to the next.
    pub crosswalks: Vec<Crosswalk>,
}

/// How a check of a page ends.
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// The outcome.
    pub outcome: CheckOutcome,
    /// What was read, whether it is believed or not.
    pub extraction: Extraction,
    /// How it differs from what was last accepted.
    pub comparison: Comparison,
    /// Whether the facts are accepted from now on.
    pub accepted: bool,
    /// What becomes of what is held.
    pub hold: HoldAction,
    /// Where the facts stand, when not where the recipe looks first.
    pub relocated: Option<String>,
}

/// Concludes a check of a page that can be read as text.
#[must_use]
pub fn conclude(source: &Source, page: &Page, known: &Known) -> Conclusion {
    let nothing = Facts::new();
    let last = known.facts.as_ref().unwrap_or(&nothing);
    Case { source, page, known, last }.conclude()
}

/// A page to conclude on.
struct Case<'a> {
    source: &'a Source,
    page: &'a Page,
    known: &'a Known,
    /// The facts last accepted; none before the first.
    last: &'a Facts,
}

impl Case<'_> {
    fn conclude(&self) -> Conclusion {
        match extract::facts(&self.source.recipe, self.page, &self.source.addresses()) {
            Ok(extraction) => self.believe(gate::settle(extraction, self.last)),
            Err(Breakage::NothingSelected { fact, tried }) => {
                self.found_elsewhere().unwrap_or_else(|seen| {
                    broken(Breakage::NothingSelected { fact, tried: tried + &seen })
                })
            }
            Err(breakage) => broken(breakage),
        }
    }

    fn believe(&self, extraction: Extraction) -> Conclusion {
        match gate::judge(&extraction, self.last, self.source) {
            Judgement::Broken(breakage) => ended(CheckOutcome::Broken(breakage), extraction),
            // Before the first facts there is nothing to be implausible against but what the recipe
            // declares.
            Judgement::Hold(reason) => self.held(&reason, extraction),
            Judgement::Accept if self.known.facts.is_none() => {
                Conclusion { accepted: true, ..ended(CheckOutcome::Baseline, extraction) }
            }
            Judgement::Accept => self.accepted(extraction),
        }
    }

    /// Believable by itself, unless it is older than what is believed. Something else that was held
    /// is thereby contradicted.
    fn accepted(&self, extraction: Extraction) -> Conclusion {
        let comparison = compare(self.last, &extraction.facts, self.known);
        let back = gate::rolled_back(self.known.stamped_on, extraction.stamped_on);
        if let Some(reason) = back.filter(|_| !comparison.deltas.is_empty()) {
            return self.held(&reason, extraction);
        }
        let relocated = self.later_locators(&extraction.facts);
        let outcome = if comparison.deltas.is_empty() {
            self.unchanged(relocated.as_ref())
        } else {
            CheckOutcome::Changed
        };
        let hold = self.contradicted();
        Conclusion { outcome, extraction, comparison, accepted: true, hold, relocated }
    }

    /// What becomes of something else that is held.
    fn contradicted(&self) -> HoldAction {
        if self.known.held.is_none() {
            return HoldAction::Leave;
        }
        HoldAction::Settle { settlement: Settlement::Rejected, by: RE_FETCH.to_owned() }
    }

    /// The same facts: in another place the first time that is seen.
    fn unchanged(&self, relocated: Option<&String>) -> CheckOutcome {
        match relocated.filter(|what| self.known.relocated.as_ref() != Some(what)) {
            Some(what) => CheckOutcome::Relocated { what: what.clone() },
            None => CheckOutcome::Unchanged(UnchangedReason::SameFacts),
        }
    }

    /// A page on which no locator finds anything, but all that is known of it stands somewhere else;
    /// else what was seen of it elsewhere, in words that follow what was tried.
    fn found_elsewhere(&self) -> Result<Conclusion, String> {
        if self.known.facts.is_none() {
            return Err(String::new());
        }
        let addresses = self.source.addresses();
        let found = extract::relocated(&self.source.recipe, self.page, &addresses, self.last);
        let (extraction, what) = found.ok_or_else(String::new)?;
        let extraction = gate::settle(extraction, self.last);
        let comparison = compare(self.last, &extraction.facts, self.known);
        let is_sound = gate::judge(&extraction, self.last, self.source) == Judgement::Accept;
        if !is_sound || !comparison.deltas.is_empty() {
            let n = comparison.deltas.len();
            return Err(format!(
                " / known records stand elsewhere, and {n} things differ there: {what}"
            ));
        }
        Ok(Conclusion {
            outcome: self.unchanged(Some(&what)),
            extraction,
            comparison,
            accepted: true,
            hold: self.contradicted(),
            relocated: Some(what),
        })
    }

    /// Where records stand that an earlier locator of their part had found, and no longer does.
    fn later_locators(&self, now: &Facts) -> Option<String> {
        let mut found = Vec::new();
        for (key, set) in now {
            let (Some(recipe), Some(before)) = (self.source.fact(key), self.last.get(key)) else {
                continue;
            };
            let later = set.records.iter().find_map(|(record, is)| {
                let was = &before.records.get(record)?.evidence.locator;
                let is = &is.evidence.locator;
                recipe.parts.iter().find_map(|part| {
                    let place = |name: &str| part.locators.iter().position(|l| *l.name == *name);
                    (place(is)? > place(was)?)
                        .then(|| format!("{key}: read by {is}; {was} finds nothing any more"))
                })
            });
            found.extend(later);
        }
        (!found.is_empty()).then(|| found.join("; "))
    }

    /// Implausible: held, or confirmed if it says what is held already.
    fn held(&self, reason: &HoldReason, extraction: Extraction) -> Conclusion {
        let known = self.known;
        let comparison = compare(self.last, &extraction.facts, known);
        let agrees = |held: &Facts| diff::compare(held, &extraction.facts).deltas.is_empty();
        let agreed = known.held.as_ref().filter(|(facts, _)| agrees(facts));
        let agreed = agreed.map(|(_, tries)| tries + 1);
        let is_enough = agreed.is_some_and(|tries| known.confirmation.is_enough(tries));
        let settles = is_enough && reason.is_settled_by_agreement();
        let translation = known.translation.as_ref().filter(|_| settles);
        let translation = translation.and_then(|page| self.disagreement(page, &comparison));
        if settles && translation.is_none() {
            return released(extraction, self.last, known, RE_FETCH);
        }
        let hold = match agreed {
            Some(tries) => {
                let next_fetch_at = known.confirmation.next(tries, known.now);
                HoldAction::Keep { tries, next_fetch_at, translation }
            }
            None if known.rejected.as_ref().is_some_and(agrees) => HoldAction::Leave,
            None => HoldAction::Open {
                event: None,
                facts: extraction.facts.clone(),
                reason: reason.clone(),
                next_fetch_at: known.confirmation.next(0, known.now),
            },
        };
        let outcome = CheckOutcome::Held(reason.clone());
        Conclusion { outcome, extraction, comparison, accepted: false, hold, relocated: None }
    }

    /// Whether the French page says otherwise: a code or figure that the differences are about
    /// is printed on it more or less often than on the page itself. One that cannot be read has no
    /// say.
    fn disagreement(&self, translation: &Page, comparison: &Comparison) -> Option<String> {
        let (recipe, addresses) = (&self.source.recipe, self.source.addresses());
        let figures = |page| extract::figures(recipe, page, &addresses).ok();
        let (here, there) = (figures(self.page)?, figures(translation)?);
        comparison.deltas.iter().find_map(|delta| {
            let sides = [delta.old.as_ref(), delta.new.as_ref()];
            let asked = extract::figures_of(delta.record.as_str(), &sides);
            let differs = |figure: &String| here.count(figure) != there.count(figure);
            let figure = asked.into_iter().find(differs)?;
            let (en, fr) = (here.count(&figure), there.count(&figure));
            Some(format!("{figure} stands {en} times on the page, {fr} times on the French one"))
        })
    }
}

/// A page that cannot be believed to be the one.
#[must_use]
pub fn broken(breakage: Breakage) -> Conclusion {
    ended(CheckOutcome::Broken(breakage), Extraction::default())
}

/// A check that changes nothing.
#[must_use]
pub fn ended(outcome: CheckOutcome, extraction: Extraction) -> Conclusion {
    Conclusion {
        outcome,
        extraction,
        comparison: Comparison::default(),
        accepted: false,
        hold: HoldAction::Leave,
        relocated: None,
    }
}

fn compare(last: &Facts, now: &Facts, known: &Known) -> Comparison {
    differences(last, now, known.today, &known.crosswalks)
}

/// What differs on a day: with the days that rules are moved to, and editions as one change.
#[must_use]
pub fn differences(last: &Facts, now: &Facts, today: Date, crosswalks: &[Crosswalk]) -> Comparison {
    let mut comparison = diff::compare(last, now);
    let moved = diff::rescheduled(last, now, today, &comparison.deltas);
    comparison.deltas.extend(moved);
    diff::across_editions(&mut comparison, crosswalks);
    comparison
}

/// Held no longer: believed, by agreement or by a person's word. First facts are no news.
#[must_use]
pub fn released(extraction: Extraction, last: &Facts, known: &Known, by: &str) -> Conclusion {
    let (outcome, comparison) = if known.facts.is_none() {
        (CheckOutcome::Baseline, Comparison::default())
    } else {
        (CheckOutcome::Released, compare(last, &extraction.facts, known))
    };
    let hold = HoldAction::Settle { settlement: Settlement::Released, by: by.to_owned() };
    let relocated = known.relocated.clone();
    Conclusion { outcome, extraction, comparison, accepted: true, hold, relocated }
}

/// The day that the believed page is of. The same facts on an older copy make it no older; what was
/// held and is believed after all does.
#[must_use]
pub fn stamp(known: Option<Date>, conclusion: &Conclusion) -> Option<Date> {
    let came = conclusion.extraction.stamped_on;
    match conclusion.hold {
        HoldAction::Settle { settlement: Settlement::Released, .. } => came,
        HoldAction::Settle { settlement: Settlement::Rejected, .. }
        | HoldAction::Leave
        | HoldAction::Open { .. }
        | HoldAction::Keep { .. } => came.max(known),
    }
}

#[cfg(test)]
mod tests;
