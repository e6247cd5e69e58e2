//! Says what follows from what was read and what is known. Values in, values out.
//!
//! The upper half of the first floor. It combines what the lower half does one thing at a time:
//!
//! - [`conclude`] joins reading, judging and comparing: how a check of a page ends.
//! - [`event`] turns differences into changes: the rules they touch, their severity and stage; [`with`]
//!   adds the changes that follow when an announced day comes.
//! - [`Situation`] says what the operator and the followers of a source are told of a check.
//! - [`agenda()`] says which sources are due, [`retry_at`] when a failing one is tried again, and
//!   [`stale_since`] when silence no longer means that nothing changed.
//! - [`blame`] says whether a source, its host, or everything is out of reach.
//! - [`hearing()`] says what a subscription hears of a catalogue, before it is made.
//! - [`in_force()`] says what held on a day, [`disputes`] where pages contradict each other,
//!   [`milestones`] on which days rules take effect and end, [`with_quiet`] which of them a page gave from the first.
//!
//! Nothing here opens anything: a use case asks the store first and hands over what it found.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod agenda;
mod change;
mod conclusion;
mod dispute;
mod follow;
mod gives;
mod hearing;
mod in_force;
mod known;
mod milestone;
mod outage;
mod quiet;
mod rebased;
mod retracted;
#[cfg(test)]
mod sample;
mod standing;
mod telling;
mod translation;

pub use agenda::{Agenda, agenda};
pub use change::{Seen, event, mark_reversed, with, wording, words_changed};
pub use conclusion::{Conclusion, broken, conclude, differences, ended, stamp};
pub use dispute::{StatedSets, disputes};
pub use follow::{confirmed, passed};
pub use hearing::{
    Hearing, Misfit, NameOf, Nameable, Topic, conditions, follows, hearing, nearest,
};
pub use in_force::{History, ahead, first_known, in_force};
pub use known::{Confirmation, HeldSet, Known, Trust};
pub use milestone::milestones;
pub use outage::{Blame, Excuse, Reached, blame, host, reached};
pub use quiet::with_quiet;
pub use rebased::{Rebased, rebased};
pub use retracted::put_right;
pub use standing::{retry_at, stale_since};
pub use telling::{Situation, goes_on};

use jiff::{Timestamp, civil::Date};

use crate::catalog::Source;
use crate::gate;
use crate::model::{Expectation, FactKey};

/// The date of a moment where the page is written: a rule of British Columbia begins at midnight there.
#[must_use]
pub fn day(source: &Source, at: Timestamp) -> Date {
    at.to_zoned(source.schedule.clocks().clone()).date()
}

impl gate::Expectations for Source {
    fn of(&self, key: &FactKey) -> Option<&Expectation> {
        self.expectation(key)
    }

    fn of_recipe(&self, key: &str) -> Option<&Expectation> {
        let fact = self.recipe.facts.iter().find(|fact| fact.key.to_string() == key);
        fact.map(|fact| &fact.expect)
    }
}
