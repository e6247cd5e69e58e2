//! The event of a check: what is new on a page, what goes back to what it was, and what the coming of a
//! day adds to what was said before. The decisions are in [`crate::conclude`]; this module asks the
//! store for what was said before.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{CheckError, Checking};
use crate::catalog::Source;
use crate::conclude::{self, Conclusion, Seen, day};
use crate::model::{Change, Event, Facts, SnapshotId, SourceState, is_ahead};
use crate::reading::read;

/// The event of what is new on a page.
pub(crate) fn event(
    with: &Checking,
    source: &Source,
    state: Option<&SourceState>,
    (snapshot, at): (&SnapshotId, Timestamp),
    conclusion: &Conclusion,
    last_read: &BTreeMap<String, Timestamp>,
) -> Result<Events, CheckError> {
    let stamped_on = conclusion.extraction.stamped_on;
    let seen = Seen { last_read, ..seen(with, source, state, (snapshot, at), stamped_on) };
    let mut held = conclude::event(&seen, &conclusion.would_say);
    let mut told = conclude::event(&seen, &conclusion.comparison);
    for event in told.iter_mut().chain(&mut held) {
        let earlier = with.store.ask(|store| store.earlier(&event.changes))?;
        conclude::mark_reversed(event, &earlier);
    }
    if let Some(facts) = conclusion.accept.as_ref().filter(|_| !conclusion.is_first) {
        let more = follow_ups(with, &seen, state, facts)?;
        told = conclude::with(&seen, told, more);
    }
    Ok(Events { told: named(with, source, told)?, held: named(with, source, held)? })
}

/// The events of a check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    /// What is new on the page, and what the coming of a day adds to it.
    pub(crate) told: Option<Event>,
    /// What the held fact sets would say.
    pub(crate) held: Option<Event>,
}

/// An event whose changes are complete, with its name, which depends on the source's previous event.
fn named(
    with: &Checking,
    source: &Source,
    event: Option<Event>,
) -> Result<Option<Event>, CheckError> {
    let Some(event) = event else { return Ok(None) };
    let before = with.store.ask(|store| store.last_event(&source.id))?;
    Ok(Some(event.named(before.as_ref())))
}

/// The event of what happened while the page did not change: end dates that passed, and rules whose day
/// has come on a page that was edited for that day in advance. Facts are examined only where there is
/// such a date, for end dates once a day.
pub(super) fn meanwhile(
    with: &Checking,
    source: &Source,
    state: Option<&SourceState>,
    at: Timestamp,
) -> Result<Option<Event>, CheckError> {
    let Some(state) = state else { return Ok(None) };
    let (Some(last_good), Some(snapshot)) = (state.last_good_at, &state.snapshot) else {
        return Ok(None);
    };
    let seen = seen(with, source, Some(state), (snapshot, at), state.stamped_on);
    let mut announced = with.store.ask(|store| store.announced(&source.id, seen.today))?;
    announced.retain(|change| state.stamped_on >= change.dates.effective_on);
    let has_dates = source.recipe.facts.iter().any(|fact| fact.dates.expires.is_some());
    let is_next_day = has_dates && day(source, last_good) != seen.today;
    if !is_next_day && announced.is_empty() {
        return Ok(None);
    }
    let facts = with.store.ask(|store| store.facts(&source.id))?;
    let mut more = conclude::confirmed(&seen, &announced, &facts, (None, None));
    if is_next_day {
        more.extend(passed(with, &seen, &facts)?);
    }
    named(with, source, conclude::with(&seen, None, more))
}

/// What a believed page adds to what was said before: rules that are now in force, end dates that have
/// passed.
fn follow_ups(
    with: &Checking,
    seen: &Seen<'_>,
    state: Option<&SourceState>,
    facts: &Facts,
) -> Result<Vec<Change>, CheckError> {
    let mut more = passed(with, seen, facts)?;
    let announced = with.store.ask(|store| store.announced(&seen.source.id, seen.today))?;
    // A copy that is older than the page believed last confirms nothing.
    let known = state.and_then(|state| state.stamped_on);
    let is_old = seen.published_on.zip(known).is_some_and(|(page, known)| page < known);
    if !announced.is_empty() && !is_old {
        let last = with.store.ask(|store| store.last_page(&seen.source.id))?;
        let last = last.and_then(|page| read(&with.converter, seen.source, &page).ok());
        let before = last.as_ref().map(|last| &last.facts);
        let known = with.store.ask(|store| store.facts(&seen.source.id))?;
        more.extend(conclude::confirmed(seen, &announced, facts, (before, Some(&known))));
    }
    Ok(more)
}

/// No fact set was read at a different moment than the page.
static NONE: BTreeMap<String, Timestamp> = BTreeMap::new();

/// What all changes of a check have in common.
fn seen<'a>(
    with: &'a Checking,
    source: &'a Source,
    state: Option<&SourceState>,
    (snapshot, at): (&'a SnapshotId, Timestamp),
    published_on: Option<Date>,
) -> Seen<'a> {
    Seen {
        catalog: &with.catalog,
        source,
        at,
        // A reading that a wrong clock dated ahead is of no known time.
        last_unchanged: state
            .and_then(|state| state.last_good_at)
            .filter(|good| !is_ahead(*good, at)),
        last_read: &NONE,
        snapshot,
        today: day(source, at),
        published_on,
    }
}

/// The end dates that have passed since the facts were last seen to hold, and were not told yet.
fn passed(with: &Checking, seen: &Seen<'_>, facts: &Facts) -> Result<Vec<Change>, CheckError> {
    let last = seen.last_unchanged.map(|at| day(seen.source, at));
    let mut notices = last.map_or_else(Vec::new, |last| conclude::passed(seen, facts, last));
    let earlier = with.store.ask(|store| store.earlier(&notices))?;
    let is_told = |notice: &Change| {
        let same = |c: &&Change| c.about() == notice.about() && c.kind == notice.kind;
        earlier.iter().find(same).is_some_and(|earlier| earlier.new == notice.new)
    };
    notices.retain(|notice| !is_told(notice));
    Ok(notices)
}
