//! The event of a check: what a page says anew, what goes back to what it was, and what a day that came
//! adds to what was said before.

use jiff::{Timestamp, civil::Date};

use super::changes::{self, Seen};
use super::conclude::Conclusion;
use super::read::read;
use super::{EngineError, Inner, follow};
use crate::catalog::Source;
use crate::model::{Change, CheckOutcome, Event, EventId, Facts, SnapshotId};
use crate::store::SourceState;

impl Inner {
    /// The event of what a page says anew.
    pub(super) fn event(
        &self,
        source: &Source,
        state: Option<&SourceState>,
        snapshot: &SnapshotId,
        at: Timestamp,
        conclusion: &Conclusion,
    ) -> Result<Option<Event>, EngineError> {
        let seen = self.seen(source, state, at, snapshot, conclusion.extraction.stamped_on);
        let mut event = changes::event(&seen, &conclusion.comparison);
        if let Some(event) = &mut event {
            let earlier = self.store().earlier(&event.changes)?;
            changes::mark_reversed(event, &earlier);
        }
        if !conclusion.accepted || conclusion.outcome == CheckOutcome::Baseline {
            return Ok(event);
        }
        let more = self.follow_ups(&seen, state, &conclusion.extraction.facts)?;
        Ok(changes::with(&seen, event, more))
    }

    /// What a page that is believed adds to what was said before: rules that are in force at last, end
    /// dates that have passed.
    fn follow_ups(
        &self,
        seen: &Seen<'_>,
        state: Option<&SourceState>,
        facts: &Facts,
    ) -> Result<Vec<Change>, EngineError> {
        let Some(event) = changes::event_id(seen) else { return Ok(Vec::new()) };
        let mut more = self.passed(seen, &event, facts)?;
        let announced = self.store().announced(&seen.source.id, seen.today)?;
        // A copy older than the page believed last confirms nothing.
        let known = state.and_then(|state| state.stamped_on);
        let is_old = seen.published_on.zip(known).is_some_and(|(page, known)| page < known);
        if !announced.is_empty() && !is_old {
            let last = self.store().last_page(&seen.source.id)?;
            let last = last.and_then(|page| read(&self.converter, seen.source, &page).ok());
            let before = last.as_ref().map(|last| &last.facts);
            more.extend(follow::confirmed(seen, &event, &announced, facts, before));
        }
        Ok(more)
    }

    /// What all changes of a check have in common.
    fn seen<'a>(
        &'a self,
        source: &'a Source,
        state: Option<&SourceState>,
        at: Timestamp,
        snapshot: &'a SnapshotId,
        published_on: Option<Date>,
    ) -> Seen<'a> {
        Seen {
            catalog: &self.catalog,
            source,
            at,
            last_unchanged: state.and_then(|state| state.last_good_at),
            snapshot,
            today: day(source, at),
            published_on,
        }
    }

    /// The end dates that have passed since the facts were last seen to hold, and are not told yet.
    fn passed(
        &self,
        seen: &Seen<'_>,
        event: &EventId,
        facts: &Facts,
    ) -> Result<Vec<Change>, EngineError> {
        let last = seen.last_unchanged.map(|at| day(seen.source, at));
        let mut notices =
            last.map_or_else(Vec::new, |last| follow::passed(seen, event, facts, last));
        let earlier = self.store().earlier(&notices)?;
        let is_told = |notice: &Change| {
            let same = |c: &&Change| c.about() == notice.about() && c.kind == notice.kind;
            earlier.iter().find(same).is_some_and(|earlier| earlier.new == notice.new)
        };
        notices.retain(|notice| !is_told(notice));
        Ok(notices)
    }

    /// The event of what came to be while the page stood unchanged: end dates that passed, and rules
    /// whose day has come on a page that was edited for that day before it came. Facts are looked at
    /// only where there is such a date, for end dates once a day.
    pub(super) fn meanwhile(
        &self,
        source: &Source,
        state: Option<&SourceState>,
        at: Timestamp,
    ) -> Result<Option<Event>, EngineError> {
        let Some(state) = state else { return Ok(None) };
        let (Some(last_good), Some(snapshot)) = (state.last_good_at, &state.snapshot) else {
            return Ok(None);
        };
        let seen = self.seen(source, Some(state), at, snapshot, state.stamped_on);
        let mut announced = self.store().announced(&source.id, seen.today)?;
        announced.retain(|change| state.stamped_on >= change.dates.effective_on);
        let has_dates = source.recipe.facts.iter().any(|fact| fact.dates.expires.is_some());
        let is_next_day = has_dates && day(source, last_good) != seen.today;
        let Some(event) = changes::event_id(&seen).filter(|_| is_next_day || !announced.is_empty())
        else {
            return Ok(None);
        };
        let facts = self.store().facts(&source.id)?;
        let mut more = follow::confirmed(&seen, &event, &announced, &facts, None);
        if is_next_day {
            more.extend(self.passed(&seen, &event, &facts)?);
        }
        Ok(changes::with(&seen, None, more))
    }
}

/// The day a moment is in where the page is written: a rule of British Columbia begins at midnight there.
pub(super) fn day(source: &Source, at: Timestamp) -> Date {
    at.to_zoned(source.schedule.clocks().clone()).date()
}
