//! Holds: an implausible fact set is kept whole until re-fetches or a person settle it.

use jiff::{SignedDuration, Timestamp};

use super::{CheckId, EventId, FactKey, FactSet, HoldReason, SourceId, is_ahead};

/// What is held of a fact set: at most one reading at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The source.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The check that read it; its page is kept.
    pub check: CheckId,
    /// The event it would become, if the operator was told of it.
    pub event: Option<EventId>,
    /// What it read; `None`: the whole set is gone.
    pub set: Option<FactSet>,
    /// Why it is held, in one word.
    pub reason_word: String,
    /// Why it is held.
    pub reason: String,
    /// Since when.
    pub held_at: Timestamp,
    /// When the set was last seen unchanged; `None` if it was never believed.
    pub last_read_at: Option<Timestamp>,
    /// When to fetch again; `None`: a person decides.
    pub next_fetch_at: Option<Timestamp>,
    /// How many re-fetches there were.
    pub tries: u32,
    /// Why the French page does not agree, if it was asked.
    pub translation: Option<String>,
}

impl Held {
    /// When to fetch again. At once if it was held at a time that is still in the future, or if the
    /// wait is longer than any allowed: a clock was wrong.
    #[must_use]
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.next_fetch_at?;
        let is_wrong = is_ahead(self.held_at, now) || due.duration_since(now) > LONGEST_WAIT;
        Some(if is_wrong { now } else { due })
    }
}

/// The longest that may pass before a re-fetch (`fetch.recheck_minutes`).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What a check does to a hold on a fact set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldAction {
    /// Holds what it read, in place of what was held before.
    Open {
        /// The event it would become, if the operator is told of it.
        event: Option<EventId>,
        /// What it read; `None`: the whole set is gone.
        set: Option<FactSet>,
        /// Why it is held.
        reason: HoldReason,
        /// When to fetch again; `None`: a person decides.
        next_fetch_at: Option<Timestamp>,
    },
    /// Keeps it held: another re-fetch agrees, but more are needed, or the French page does not agree.
    Keep {
        /// How many re-fetches agreed.
        tries: u32,
        /// When to fetch again; `None` leaves it to a person.
        next_fetch_at: Option<Timestamp>,
        /// Why the French page does not agree, if it was asked.
        translation: Option<String>,
    },
    /// Settles it.
    Settle {
        /// Which way.
        settlement: Settlement,
        /// By what or whom: [`RE_FETCH`], or a person's name.
        by: String,
    },
}

/// Which way a hold ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It was true: it is recorded, and its followers are told.
    Released,
    /// It was not: the page no longer says it, or a person rejected it.
    Rejected,
}

impl Settlement {
    /// The settlement's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Rejected => "rejected",
        }
    }
}

/// The name recorded when a re-fetch settles a hold.
pub const RE_FETCH: &str = "re-fetch";
