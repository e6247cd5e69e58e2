//! What is known of a source before a page of it is read, and how a hold is confirmed.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::catalog::Source;
use crate::model::{
    Crosswalk, FactKey, FactSet, Facts, Misread, Page, RECHECK, Unreadable, Verified,
};

/// How a held fact set is confirmed: the page is fetched again after each of these delays, and all the
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
    /// The next pages read confirm or contradict, however soon they come: for a replay.
    #[must_use]
    pub fn by_next_pages() -> Self {
        Self(vec![SignedDuration::ZERO; 2])
    }

    /// The next page read confirms or contradicts: for the demo.
    #[must_use]
    pub fn by_next_page() -> Self {
        Self(vec![SignedDuration::ZERO])
    }

    /// When to fetch again after this many re-fetches; `None`: a person decides.
    pub(super) fn next(&self, tries: u32, now: Timestamp) -> Option<Timestamp> {
        let delay = self.0.get(usize::try_from(tries).ok()?)?;
        now.checked_add(*delay).ok()
    }

    /// Whether this many agreeing re-fetches are enough.
    pub(super) fn is_enough(&self, tries: u32) -> bool {
        usize::try_from(tries).is_ok_and(|tries| tries >= self.0.len())
    }
}

/// Which sources have their first facts accepted without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// All: a replay and the demo take the first page as given.
    Everything,
    /// Those whose recipes were verified on a capture.
    Tried,
    /// None: a person accepts them all.
    Nothing,
}

impl Trust {
    /// Whether the conclusion of a check waits for a person: the first facts read by a recipe that was
    /// never tried on a real page.
    #[must_use]
    pub fn doubts(self, source: &Source, is_first: bool) -> bool {
        let doubted = match self {
            Self::Everything => false,
            Self::Tried => source.verified == Verified::Structure && !source.recipe.is_plain(),
            Self::Nothing => true,
        };
        doubted && is_first
    }
}

/// What is known of a source before a page of it is read.
#[derive(Debug, Clone)]
pub struct Known {
    /// The facts last accepted; `None` before the first.
    pub facts: Option<Facts>,
    /// The date of the page last believed, as the page gives it.
    pub stamped_on: Option<Date>,
    /// What is held, by fact set.
    pub held: BTreeMap<FactKey, HeldSet>,
    /// What a person rejected, by fact set, where the page has said the same ever since.
    pub rejected: BTreeMap<FactKey, Option<FactSet>>,
    /// What a person said was told wrongly, and what was misread at the time.
    pub misread: Vec<Misread>,
    /// What could not be read on the page last read.
    pub unreadable: Vec<Unreadable>,
    /// How a held fact set is confirmed.
    pub confirmation: Confirmation,
    /// Where the facts were on the page last believed, if not where the recipe looks first: a line for each place.
    pub relocated: Option<String>,
    /// Today, for the people who read the page.
    pub today: Date,
    /// When the page was fetched.
    pub now: Timestamp,
    /// The French page, if it was fetched to confirm a hold.
    pub translation: Option<Page>,
    /// Which codes became which others from one edition to the next.
    pub crosswalks: Vec<Crosswalk>,
}

/// A fact set that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSet {
    /// What it says; `None`: that all of it is gone.
    pub set: Option<FactSet>,
    /// How many re-fetches agreed.
    pub tries: u32,
    /// When the next re-fetch is due; `None`: a person decides. A check before it confirms nothing.
    pub next_fetch_at: Option<Timestamp>,
}
