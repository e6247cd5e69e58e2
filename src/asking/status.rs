//! The state of the sources.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::AskError;
use crate::catalog::{Catalog, Source};
use crate::conclude::{host, stale_since};
use crate::model::{
    Advice, HostManners, Lost, Outage, SourceId, Wait, excused_until, in_full, is_ahead,
};
use crate::store::{Counts, HeldBy, Lock, SharedStore, Store, StoreError};

/// The state of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceStatus {
    /// How its last check ended, in one word.
    pub outcome: Option<String>,
    /// The reason for that outcome.
    pub reason: Option<String>,
    /// When that was.
    pub checked_at: Option<Timestamp>,
    /// When its facts were last seen to hold.
    pub last_good_at: Option<Timestamp>,
    /// When it is due next by its schedule, and not before its host has said it may be asked again.
    pub next_at: Option<Timestamp>,
    /// What else to know about it: `stale`, `doubtful` (its last check is dated ahead of now),
    /// `unreviewed`, `relocated`, `held`.
    pub states: Vec<&'static str>,
    /// What cannot be read of it.
    pub lost: Vec<Lost>,
}

/// The outcome of a source of which the database cannot say anything.
const UNKNOWN: &str = "unknown";

impl SourceStatus {
    /// Whether it has gone unread for too long.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.states.contains(&"stale")
    }

    /// Why the database cannot say anything of it, if it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.reason.as_deref().filter(|_| self.outcome.as_deref() == Some(UNKNOWN))
    }
}

/// The state of an installation as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Who checks and delivers, if anybody does.
    pub holder: Option<HeldBy>,
    /// Whether another process keeps the database locked, so that nothing can be recorded.
    pub is_locked: bool,
    /// The counts of everything stored; `None` where part of that is damaged.
    pub counts: Option<Counts>,
    /// Sources that are watched.
    pub n_sources: u64,
    /// Sources that have gone unread for too long.
    pub n_stale: u64,
    /// Sources that were never checked.
    pub n_never: u64,
    /// Facts that can no longer be read.
    pub n_unreadable: u64,
    /// When facts of any source were last seen to hold.
    pub newest_good: Option<Timestamp>,
}

/// The state of an installation as a whole, from the counts and the states of its sources. `place` is the
/// database or its directory.
#[must_use]
pub fn totals(
    counts: Option<Counts>,
    place: &Path,
    sources: &[(SourceId, SourceStatus)],
) -> Totals {
    let n = |is_so: &dyn Fn(&SourceStatus) -> bool| {
        sources.iter().filter(|(_, status)| is_so(status)).count() as u64
    };
    Totals {
        holder: Lock::holder(place),
        is_locked: Store::is_locked(place),
        counts,
        n_sources: sources.len() as u64,
        n_stale: n(&SourceStatus::is_stale),
        n_never: n(&|status| status.outcome.is_none()),
        n_unreadable: sources.iter().map(|(_, status)| status.lost.len() as u64).sum(),
        newest_good: sources.iter().filter_map(|(_, status)| status.last_good_at).max(),
    }
}

/// The state of every source, by id. One whose rows cannot be read says so and hides none of the others.
///
/// # Errors
/// When the database cannot be read at all.
pub fn status(
    store: &SharedStore,
    catalog: &Catalog,
    now: Timestamp,
) -> Result<Vec<(SourceId, SourceStatus)>, AskError> {
    let of =
        |store: &Store, known: (_, &_), source: &Source| match of_source(store, source, known, now)
        {
            Err(error) if error.advice() == Advice::TellOperator => {
                let outcome = Some(UNKNOWN.to_owned());
                let reason = Some(in_full(&error));
                Ok(SourceStatus { outcome, reason, ..SourceStatus::default() })
            }
            found => found,
        };
    let all = store.ask(|store| {
        store.at_one_moment(|store| {
            // Without these, a source that an outage excuses counts as late, and one whose host is left alone as due
            // sooner: better than to know nothing of any.
            let outages = store.outages().or_else(nothing)?;
            let excused = excused_until(&outages, now);
            let waits = waits_of(store, now).or_else(nothing)?;
            let of =
                |source: &Source| Ok((source.id.clone(), of(store, (excused, &waits), source)?));
            catalog.sources().map(of).collect::<Result<_, StoreError>>()
        })
    });
    Ok(all?)
}

/// Nothing in place of what cannot be read because its part of the database is not as it was written.
fn nothing<T>(error: StoreError) -> Result<Vec<T>, StoreError> {
    match error.advice() {
        Advice::TellOperator => Ok(Vec::new()),
        _ => Err(error),
    }
}

/// The state of one source; `None` where it is not watched.
///
/// # Errors
/// When the database cannot be read.
pub fn status_of(
    store: &SharedStore,
    catalog: &Catalog,
    id: &SourceId,
    now: Timestamp,
) -> Result<Option<SourceStatus>, AskError> {
    let of = |source: &Source| {
        store.ask(|store| {
            store.at_one_moment(|store| {
                let excused = excused_until(&store.outages()?, now);
                of_source(store, source, (excused, &waits_of(store, now)?), now)
            })
        })
    };
    Ok(catalog.source(id).map(of).transpose()?)
}

/// What cannot be reached at present.
///
/// # Errors
/// When the database cannot be read.
pub fn outages(store: &SharedStore) -> Result<Vec<Outage>, AskError> {
    let mut outages = store.ask(|store| store.outages())?;
    outages.retain(|outage| outage.ended_at.is_none());
    Ok(outages)
}

/// The hosts that are left alone at their own request, by name.
///
/// # Errors
/// When the database cannot be read.
pub fn waits(store: &SharedStore, now: Timestamp) -> Result<Vec<(String, Wait)>, AskError> {
    Ok(store.ask(|store| waits_of(store, now))?)
}

fn waits_of(store: &Store, now: Timestamp) -> Result<Vec<(String, Wait)>, StoreError> {
    let waiting = |(host, mut manners): (String, HostManners)| {
        manners.settle(now);
        Some((host, manners.wait?))
    };
    Ok(store.manners()?.into_iter().filter_map(waiting).collect())
}

/// When each source is checked next: by its schedule, and not before its host has said it may be asked again.
#[must_use]
pub fn next_checks(
    catalog: &Catalog,
    waits: &[(String, Wait)],
    now: Timestamp,
) -> BTreeMap<SourceId, Timestamp> {
    let next = |source: &Source| Some((source.id.clone(), next_at(source, waits, now)?));
    catalog.sources().filter_map(next).collect()
}

/// When a source is due by its schedule, or when its host may be asked again if that is later.
fn next_at(source: &Source, waits: &[(String, Wait)], now: Timestamp) -> Option<Timestamp> {
    let scheduled = source.schedule.next(now)?.at;
    let wait = waits.iter().find(|(name, _)| name == host(source));
    Some(wait.map_or(scheduled, |(_, wait)| wait.until().max(scheduled)))
}

/// `excused` is until when patience has not run, because nothing could be reached.
fn of_source(
    store: &Store,
    source: &Source,
    (excused, waits): (Option<Timestamp>, &[(String, Wait)]),
    now: Timestamp,
) -> Result<SourceStatus, StoreError> {
    let last = store.checks(&source.id, 1)?.pop();
    let state = store.source_state(&source.id)?;
    let mut states = Vec::new();
    let patience = (source.patience, excused);
    if let Some(state) = &state {
        let words = [
            (stale_since(state, patience, now).is_some(), "stale"),
            (is_ahead(state.last_checked_at, now), "doubtful"),
            (state.unreviewed, "unreviewed"),
            (state.relocated.is_some(), "relocated"),
        ];
        states.extend(words.into_iter().filter_map(|(is_so, word)| is_so.then_some(word)));
    }
    if !store.holds(&source.id)?.is_empty() {
        states.push("held");
    }
    let lost = store.unreadable(&source.id)?;
    Ok(SourceStatus {
        outcome: last.as_ref().map(|check| check.outcome.clone()),
        reason: last.as_ref().and_then(|check| check.reason.clone()),
        checked_at: last.as_ref().map(|check| check.ended_at),
        last_good_at: state.as_ref().and_then(|state| state.last_good_at),
        next_at: next_at(source, waits, now),
        states,
        lost,
    })
}
