//! What waits for a person, and how it is settled: held events and first facts of untried recipes.
//!
//! [`awaited`] lists what waits; [`rule`] carries out a person's decision. Accepting what is held is a
//! check of its own, whose page is the held one.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::catalog::{Catalog, Source};
use crate::checking::{CheckError, Checking, counts, event, read_with, source, unreviewed};
use crate::conclude::{self, Conclusion, Excuse, Seen, Situation, day};
use crate::diff::{self, Comparison};
use crate::gate;
use crate::model::{
    Advice, Change, CheckOutcome, Event, EventId, Extraction, FactKey, FactSet, Facts, Held,
    HoldAction, Page, Settlement, SnapshotId, SourceId, StateVersion,
};
use crate::reading::{read_known, reader};
use crate::store::{CheckRecord, SharedStore, Standing, Store, StoreError, snapshot_id};

/// Something that waits for a person.
#[derive(Debug, Clone)]
pub enum Awaited {
    /// A held event.
    Held {
        /// What is held.
        held: Box<Held>,
        /// What it would say.
        changes: Vec<Change>,
    },
    /// Facts whose evidence nobody has accepted.
    Unreviewed {
        /// The source.
        source: SourceId,
        /// Since when they have been known.
        since: Option<Timestamp>,
        /// The facts.
        facts: Facts,
    },
}

impl Awaited {
    /// The source it belongs to.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        match self {
            Self::Held { held, .. } => &held.source,
            Self::Unreviewed { source, .. } => source,
        }
    }
}

/// A person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is so.
    Accept,
    /// It is not.
    Reject,
}

/// The result of a decision.
#[derive(Debug, Clone)]
pub enum Ruling {
    /// The held facts are believed; the event, if anything changed, is recorded.
    Released {
        /// The source.
        source: SourceId,
        /// The recorded changes.
        changes: Vec<Change>,
    },
    /// The held facts are dropped; the last good ones remain.
    Dropped(SourceId),
    /// The evidence of the source's facts is accepted.
    Reviewed {
        /// The source.
        source: SourceId,
        /// The changes that only the operator had been told of, and that subscribers are now told of.
        changes: Vec<Change>,
    },
    /// The source's facts stay unreviewed: its recipe needs correcting.
    StillUnreviewed(SourceId),
}

/// Why nothing could be decided.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The check that records a release.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// A held page that reads differently today than when it was held.
    #[error(
        "what is held of {0} was read by another recipe; `rulewatch check {0}` reads the page again"
    )]
    HeldByOldRecipe(SourceId),
    /// Nothing with that name waits for a person.
    #[error("nothing named `{0}` waits for review; `rulewatch review list` shows what does")]
    NothingAwaited(String),
    /// Several held events have ids that begin like this.
    #[error("several held events begin with `{0}`: write more of it")]
    AmbiguousEvent(String),
}

impl ReviewError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Check(error) => error.advice(),
            Self::HeldByOldRecipe(_) => Advice::TellOperator,
            Self::NothingAwaited(_) | Self::AmbiguousEvent(_) => Advice::Correct,
        }
    }
}

impl From<StoreError> for ReviewError {
    fn from(error: StoreError) -> Self {
        Self::Check(error.into())
    }
}

/// Everything that waits for a person, the longest held first, then the unreviewed sources by id.
///
/// # Errors
/// When the database cannot be read.
pub fn awaited(store: &SharedStore, catalog: &Catalog) -> Result<Vec<Awaited>, ReviewError> {
    Ok(store.ask(|store| all_awaited(store, catalog))?)
}

fn all_awaited(store: &Store, catalog: &Catalog) -> Result<Vec<Awaited>, StoreError> {
    let mut all = Vec::new();
    for held in store.held()? {
        let changes = would_say(store, catalog, &held)?;
        all.push(Awaited::Held { held: Box::new(held), changes });
    }
    for state in store.source_states()?.into_iter().filter(|state| state.unreviewed) {
        let facts = store.facts(&state.source)?;
        all.push(Awaited::Unreviewed { since: state.last_read_at, source: state.source, facts });
    }
    Ok(all)
}

/// The changes in a held fact set; none for a source that the catalogue no longer has.
fn would_say(store: &Store, catalog: &Catalog, held: &Held) -> Result<Vec<Change>, StoreError> {
    let snapshot = store.check(held.check)?.and_then(|check| check.snapshot);
    let (Some(source), Some(snapshot)) = (catalog.source(&held.source), snapshot) else {
        return Ok(Vec::new());
    };
    let seen = Seen {
        catalog,
        source,
        at: held.held_at,
        last_unchanged: held.last_read_at,
        last_read: &BTreeMap::new(),
        snapshot: &snapshot,
        today: day(source, held.held_at),
        published_on: None,
    };
    let last = store.facts(&held.source)?;
    let then = with_held(&last, std::slice::from_ref(held));
    let comparison =
        conclude::differences(&last, (&then, &then), seen.today, catalog.crosswalks(), (&[], &[]));
    let Some(mut event) = conclude::event(&seen, &comparison) else { return Ok(Vec::new()) };
    let earlier = store.earlier(&event.changes)?;
    conclude::mark_reversed(&mut event, &earlier);
    let before = store.last_event(&held.source)?;
    Ok(event.named(before.as_ref()).changes)
}

/// The facts, with the held sets in place of the last ones.
fn with_held(last: &Facts, held: &[Held]) -> Facts {
    let mut facts = last.clone();
    for held in held {
        match &held.set {
            Some(set) => facts.insert(held.fact.clone(), set.clone()),
            None => facts.remove(&held.fact),
        };
    }
    facts
}

/// What a name means.
enum Named {
    /// The held fact sets of one source, of one event or of all.
    Held(SourceId, Vec<Held>),
    Unreviewed(SourceId),
}

impl Named {
    fn source(&self) -> &SourceId {
        match self {
            Self::Held(source, _) => source,
            Self::Unreviewed(source) => source,
        }
    }
}

/// What a name means, and the version of its source at which it does.
fn named_at(store: &Store, name: &str) -> Result<(Named, StateVersion), ReviewError> {
    let version = store.version(named(store, name)?.source())?;
    // Again: its meaning may have changed before the version was asked for.
    let named = named(store, name)?;
    Ok((named, version))
}

/// Settles what waits under a name: the id of a source, of a held event (or a unique beginning of it), or
/// of an event of an unreviewed source that the operator was told of. Records who decided.
///
/// # Errors
/// When nothing waits under that name, the held page reads differently today, or our own side fails.
pub fn rule(
    with: &Checking,
    name: &str,
    decision: Decision,
    by: &str,
) -> Result<Ruling, ReviewError> {
    let now = with.clock.now();
    let (named, seen) = with.store.ask(|store| named_at(store, name))?;
    match (named, decision) {
        (Named::Held(source, held), Decision::Accept) => {
            let changes = release(with, (&source, seen), &held, by, now)?;
            let changes = changes.map(|event| event.changes).unwrap_or_default();
            Ok(Ruling::Released { source, changes })
        }
        (Named::Held(source, held), Decision::Reject) => {
            let facts: Vec<FactKey> = held.iter().map(|held| held.fact.clone()).collect();
            let of = (&source, facts.as_slice());
            let settlement = Settlement::Rejected;
            with.store.ask(|store| store.settle_holds(of, seen, settlement, by, now))?;
            Ok(Ruling::Dropped(source))
        }
        (Named::Unreviewed(source), Decision::Accept) => {
            let changes = accept_first_facts(with, (&source, seen), by, now)?;
            Ok(Ruling::Reviewed { source, changes })
        }
        (Named::Unreviewed(source), Decision::Reject) => Ok(Ruling::StillUnreviewed(source)),
    }
}

/// Accepts the evidence of a source's facts. Those who follow it are now told what only the operator was
/// told since the facts were first read, just as they are told what is held once it is released.
fn accept_first_facts(
    with: &Checking,
    (source, seen): (&SourceId, StateVersion),
    by: &str,
    now: Timestamp,
) -> Result<Vec<Change>, ReviewError> {
    let events = with.store.ask(|store| store.untold(source))?;
    with.store.ask(|store| store.mark_reviewed(source, seen, by, &events, now))?;
    Ok(events.into_iter().flat_map(|event| event.changes).collect())
}

fn named(store: &Store, name: &str) -> Result<Named, ReviewError> {
    let begins =
        |held: &&Held| held.event.as_ref().is_some_and(|event| event.as_str().starts_with(name));
    let mut all = store.held()?;
    if all.iter().any(|held| held.source.as_str() == name) {
        all.retain(|held| held.source.as_str() == name);
        return Ok(Named::Held(all[0].source.clone(), all));
    }
    let mut events: Vec<&EventId> =
        all.iter().filter(begins).filter_map(|held| held.event.as_ref()).collect();
    events.dedup();
    match events.as_slice() {
        [] => {}
        [event] => {
            let event = (*event).clone();
            all.retain(|held| held.event.as_ref() == Some(&event));
            return Ok(Named::Held(all[0].source.clone(), all));
        }
        _ => return Err(ReviewError::AmbiguousEvent(name.to_owned())),
    }
    let told = match EventId::parse(name) {
        Ok(event) => store.event(&event)?.map(|event| event.source),
        Err(_) => None,
    };
    let source = told.or_else(|| SourceId::parse(name).ok());
    let unreviewed = store.source_states()?.into_iter().filter(|state| state.unreviewed);
    let found = unreviewed.map(|state| state.source).find(|id| Some(id) == source.as_ref());
    found.map(Named::Unreviewed).ok_or_else(|| ReviewError::NothingAwaited(name.to_owned()))
}

/// Believes what is held: a check of its own, whose page is the held one.
fn release(
    with: &Checking,
    (id, seen): (&SourceId, StateVersion),
    held: &[Held],
    by: &str,
    now: Timestamp,
) -> Result<Option<Event>, ReviewError> {
    let source = &source(with, id)?;
    let (state, known) = with.store.ask(|store| {
        let state = store.source_state(id)?;
        let has_facts = state.as_ref().is_some_and(|state| state.last_read_at.is_some());
        let facts = has_facts.then(|| store.facts(id)).transpose()?;
        Ok::<_, StoreError>((state, facts))
    })?;
    let last = known.clone().unwrap_or_default();
    let (page, stamped_on) = still_says(with, source, held, &last)?;
    let conclusion = released(with, source, held, (known, stamped_on), by);
    let snapshot: SnapshotId = snapshot_id(&page.body);
    let last_read =
        held.iter().filter_map(|held| Some((held.fact.to_string(), held.last_read_at?)));
    let last_read: BTreeMap<String, Timestamp> = last_read.collect();
    let events = event(with, source, state.as_ref(), (&snapshot, now), &conclusion, &last_read)?;
    let (outcome, excuse) = (&conclusion.outcome, Excuse::default());
    let situation = Situation { source, state: state.as_ref(), outcome, now, excuse };
    let told = events.told.as_ref();
    let is_told = told.is_some_and(|event| situation.unreviewed(event).is_none());
    let letter = told.map(|event| unreviewed(with, &situation, event)).transpose()?;
    let letters = Vec::from_iter(letter.flatten());
    let reader = reader(&with.converter, source);
    let record = CheckRecord {
        standing: Standing::Review,
        read_with: Some(read_with(source, &reader)),
        page: Some(&page),
        accept: conclusion.accept.as_ref(),
        stamped_on: conclusion.extraction.stamped_on,
        records: counts(source, &conclusion.extraction.facts),
        updates: conclusion.comparison.updates.clone(),
        event: events.told.as_ref(),
        deliveries: &letters,
        is_told,
        holds: &conclusion.holds,
        ..CheckRecord::new(&source.id, seen, now, &conclusion.outcome)
    };
    with.store.ask(|store| store.record_check(&record))?;
    Ok(events.told)
}

/// The page and date that a held set was read from, if the page reads today as it did then.
fn still_says(
    with: &Checking,
    source: &Source,
    held: &[Held],
    last: &Facts,
) -> Result<(Page, Option<Date>), ReviewError> {
    let old_recipe = || ReviewError::HeldByOldRecipe(source.id.clone());
    let mut newest = None;
    for held in held {
        let page = with.store.ask(|store| store.page(held.check))?.ok_or_else(old_recipe)?;
        let today = day(source, held.held_at);
        let read = read_known(&with.converter, source, &page, last).map_err(|_| old_recipe())?;
        let stamped_on = read.stamped_on;
        let read = gate::judge(&read, last, source, today).facts;
        let only = |set: Option<&FactSet>| -> Facts {
            set.map(|set| (held.fact.clone(), set.clone())).into_iter().collect()
        };
        let Comparison { deltas, updates } =
            diff::compare(&only(held.set.as_ref()), &only(read.get(&held.fact)));
        if !deltas.is_empty() || !updates.is_empty() {
            return Err(old_recipe());
        }
        newest = Some((page, stamped_on));
    }
    newest.ok_or_else(old_recipe)
}

/// Concludes that what was held is believed, on a person's word. First facts are not news.
fn released(
    with: &Checking,
    source: &Source,
    held: &[Held],
    (known, stamped_on): (Option<Facts>, Option<Date>),
    by: &str,
) -> Conclusion {
    let is_first = known.is_none();
    let last = known.unwrap_or_default();
    let facts = with_held(&last, held);
    let today = held.first().map_or_else(Date::default, |held| day(source, held.held_at));
    let crosswalks = with.catalog.crosswalks();
    let (outcome, comparison) = if is_first {
        (CheckOutcome::Baseline, Comparison::default())
    } else {
        let differences =
            conclude::differences(&last, (&facts, &facts), today, crosswalks, (&[], &[]));
        (CheckOutcome::Released, differences)
    };
    let settle = |held: &Held| {
        let (settlement, by) = (Settlement::Released, by.to_owned());
        (held.fact.clone(), HoldAction::Settle { settlement, by })
    };
    let extraction = Extraction { facts: facts.clone(), stamped_on, ..Extraction::default() };
    Conclusion {
        is_first,
        comparison,
        accept: Some(facts),
        holds: held.iter().map(settle).collect(),
        ..conclude::ended(outcome, extraction)
    }
}
