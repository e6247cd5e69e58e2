//! What is told of a check besides its changes: to the operator, and to the followers of a source that
//! has gone stale.

use jiff::Timestamp;
use url::Url;

use crate::catalog::{Catalog, Source};
use crate::model::{
    Change, CheckOutcome, Event, FactType, Held, HoldAction, Lost, News, SourceState, Stage,
    Subscriber, Unreadable,
};

use super::conclusion::is_series;
use super::{Conclusion, Excuse, stale_since};

/// A check that has ended, with everything that decides what is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The source.
    pub source: &'a Source,
    /// Its state before the check; `None` before its first.
    pub state: Option<&'a SourceState>,
    /// How the check ended.
    pub outcome: &'a CheckOutcome,
    /// When.
    pub now: Timestamp,
    /// What the source is excused from when it cannot be read.
    pub excuse: Excuse,
}

impl<'a> Situation<'a> {
    /// What the operator is told: the source broke, works again, or has something on hold. `opened` is
    /// the event held from now on; one that a re-fetch confirms was told when it was first held.
    #[must_use]
    pub fn news(&self, opened: Option<&'a Event>) -> Option<News<'a>> {
        let (outcome, now) = (self.outcome, self.now);
        let failing = self.state.and_then(|state| state.failing.as_ref());
        let told = failing.filter(|failing| failing.operator_told_at.is_some());
        if let (CheckOutcome::Held(reason), Some(event)) = (outcome, opened) {
            let changes = &event.changes;
            return Some(News::Held { event: &event.id, reason, changes, at: now });
        }
        if outcome.is_good() {
            return told.map(|failing| News::Recovered { since: failing.since, at: now });
        }
        // One lost connection is not worth a letter; a second in a row is.
        let first_loss = matches!(outcome, CheckOutcome::Unreachable(_)) && failing.is_none();
        let is_excused = first_loss || self.excuse.operator;
        if told.is_some() || is_excused || matches!(outcome, CheckOutcome::Held(_)) {
            return None;
        }
        let since = failing.map_or(now, |failing| failing.since);
        let last_good = self.state.and_then(|state| state.last_good_at);
        Some(News::Broken { outcome, since, last_good })
    }

    /// The number of the occasion that a piece of news is about, as the source's episodes count them.
    #[must_use]
    pub fn episode(&self, news: &News<'_>) -> u32 {
        let episodes = self.state.map(|state| state.episodes).unwrap_or_default();
        let is_failing = self.state.is_some_and(|state| state.failing.is_some());
        match news {
            News::Broken { .. } => episodes.failures + u32::from(!is_failing),
            News::Recovered { .. } | News::Stale { .. } => episodes.failures,
            News::Relocated { .. } => episodes.moves + 1,
            News::Held { .. } => episodes.holds + 1,
            News::Settled { .. } => episodes.holds,
            // Numbered by the state that the check was made from: told again after a check that was
            // lost.
            News::Partial { .. } | News::ReadAgain { .. } | News::Unread { .. } => {
                let version = SourceState::version_of(self.state);
                u32::try_from(version.0).unwrap_or(u32::MAX)
            }
            // An event or an address is told once.
            News::Unreviewed { .. } | News::Moved { .. } => 0,
        }
    }

    /// Since when the source is stale, if this check leaves it so. One failed check after a long pause
    /// does not make a source failing, and a held page was read.
    #[must_use]
    pub fn stale_since(&self) -> Option<Timestamp> {
        let state = self.state?;
        let fails = state.failing.is_some()
            && !self.outcome.is_good()
            && !matches!(self.outcome, CheckOutcome::Held(_));
        let patience = (self.source.patience, self.excuse.until);
        stale_since(state, patience, self.now).filter(|_| fails && !self.excuse.followers)
    }

    /// The followers of the source, who are told that its silence means nothing. An unreviewed source
    /// was never told to anybody, so it has none.
    #[must_use]
    pub fn followers<'s>(
        &self,
        catalog: &Catalog,
        subscribers: &'s [Subscriber],
    ) -> Vec<&'s Subscriber> {
        let is_known =
            self.state.is_some_and(|state| state.last_good_at.is_some() && !state.unreviewed);
        let follows = |reader: &&Subscriber| is_known && self.is_followed_by(catalog, reader);
        subscribers.iter().filter(follows).collect()
    }

    fn is_followed_by(&self, catalog: &Catalog, reader: &Subscriber) -> bool {
        let facts = self.source.recipe.facts.iter().filter(|fact| fact.kind != FactType::Series);
        facts.into_iter().any(|fact| super::follows(catalog, self.source, fact, reader))
    }

    /// News that the page has moved permanently to an address not known to be its own, the first time
    /// this is seen.
    #[must_use]
    pub fn has_moved(&self, to: Option<&'a Url>) -> Option<News<'a>> {
        let told = self.state.and_then(|state| state.moved_to.as_ref());
        let is_known = |to: &&Url| {
            let is_followed = self.source.followed.as_ref() == Some(*to);
            told == Some(*to) || (!is_followed && self.source.addresses().contains(to))
        };
        let to = to.filter(|to| !is_known(to))?;
        Some(News::Moved { to, at: self.now })
    }

    /// News that the facts are found in another place on the page, the first time this is seen.
    #[must_use]
    pub fn moved(&self, conclusion: &'a Conclusion) -> Option<News<'a>> {
        let told = self.state.and_then(|state| state.relocated.as_ref());
        let what = conclusion.relocated.as_ref().filter(|what| told != Some(what))?;
        Some(News::Relocated { what, at: self.now })
    }

    /// What the operator is told can no longer be read: fact sets that could be read completely
    /// `before`, and what a person confirmed when other words were there.
    #[must_use]
    pub fn newly_lost(&self, before: &[Lost], conclusion: &Conclusion) -> Vec<Unreadable> {
        let is_new = |lost: &&Unreadable| {
            let was = |known: &&Lost| known.what.fact == lost.fact;
            let is_doubtful = |known: &Lost| {
                let (was, now) = (&known.what, lost);
                known.confirmed.is_some() && was.of == now.of && was.stands != now.stands
            };
            !is_series(self.source, lost)
                && (!before.iter().any(|known| was(&known))
                    || before.iter().filter(was).any(is_doubtful))
        };
        conclusion.unreadable.iter().filter(is_new).cloned().collect()
    }

    /// What could not be read before, in fact sets that are read completely now.
    #[must_use]
    pub fn read_again(&self, before: &[Lost], conclusion: &Conclusion) -> Vec<Lost> {
        let is_read = |lost: &&Lost| {
            !is_series(self.source, &lost.what)
                && conclusion.unreadable.iter().all(|now| now.fact != lost.what.fact)
        };
        let is_word = self.outcome.is_good() || matches!(self.outcome, CheckOutcome::Held(_));
        before.iter().filter(|lost| is_word && is_read(lost)).cloned().collect()
    }

    /// How a hold the operator was told of ended without them.
    #[must_use]
    pub fn settled(&self, held: &'a Held, hold: &HoldAction) -> Option<News<'a>> {
        let how = match hold {
            HoldAction::Settle { settlement, .. } => *settlement,
            HoldAction::Open { .. } | HoldAction::Keep { .. } => return None,
        };
        let event = held.event.as_ref()?;
        Some(News::Settled { event, how, since: held.held_at, at: self.now })
    }

    /// The event, where only the operator is told: nobody has reviewed the facts of the source.
    #[must_use]
    pub fn unreviewed(&self, event: &'a Event) -> Option<News<'a>> {
        let is_unreviewed = self.state.is_some_and(|state| state.unreviewed);
        let changes = &event.changes;
        is_unreviewed.then_some(News::Unreviewed { event: &event.id, changes, at: self.now })
    }
}

/// Whether a change continues what was said before of the same fact, so that its letter follows the
/// earlier one: an announcement that is now in force, a reversal or a correction.
#[must_use]
pub fn goes_on(change: &Change, before: &Change) -> bool {
    match change.stage {
        // The same values again: they were announced, and nothing else is told twice.
        Stage::InForce => {
            let is_in_force = before.stage == Stage::Announced && before.new == change.new;
            // A new record that can be read more fully is told as new again.
            let is_new_again = before.kind == change.kind
                && change.field.is_none()
                && change.old.is_none()
                && before.old.is_none()
                && before.record == change.record;
            is_in_force || is_new_again
        }
        Stage::Corrected | Stage::Reversed => true,
        Stage::Announced | Stage::Due => false,
    }
}

#[cfg(test)]
mod tests;
