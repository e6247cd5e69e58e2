//! What waits for a person, and what becomes of it: held events and first facts of untried recipes.
//!
//! [`awaited`] lists what waits; [`rule`] does what a person decides. To accept what is held is a check
//! of its own, whose page is the held one.

use jiff::Timestamp;

use crate::catalog::{Catalog, Source};
use crate::checking::{CheckError, Checking, counts, event, read_with, source, to_readers};
use crate::conclude::{self, Known, Seen, Situation, day, released};
use crate::diff::{self, Comparison};
use crate::gate;
use crate::model::{
    Advice, Change, Event, EventId, Extraction, Facts, Held, Settlement, SnapshotId, SourceId,
    SourceState, StateVersion,
};
use crate::reading::{read, reader};
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
        /// Since when they are known.
        since: Option<Timestamp>,
        /// The facts.
        facts: Facts,
    },
}

impl Awaited {
    /// The source it is of.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        match self {
            Self::Held { held, .. } => &held.source,
            Self::Unreviewed { source, .. } => source,
        }
    }
}

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is so.
    Accept,
    /// It is not.
    Reject,
}

/// What a decision did.
#[derive(Debug, Clone)]
pub enum Ruling {
    /// The held facts are believed; the event, where anything changed, is recorded.
    Released {
        /// The source.
        source: SourceId,
        /// The recorded changes.
        changes: Vec<Change>,
    },
    /// The held facts are dropped; the last good ones stand.
    Dropped(SourceId),
    /// The evidence of the source's facts is accepted.
    Reviewed(SourceId),
    /// The source's facts stay unreviewed: its recipe is to be mended.
    StillUnreviewed(SourceId),
}

/// Why nothing could be decided.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The check that a release is.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// A held page that is read otherwise today than when it was held.
    #[error(
        "what is held of {0} was read by another recipe; `rulewatch check {0}` reads the page again"
    )]
    HeldByOldRecipe(SourceId),
    /// Nothing of that name waits for a person.
    #[error("nothing named `{0}` waits for review; `rulewatch review list` shows what does")]
    NothingAwaited(String),
    /// Several held events begin so.
    #[error("several held events begin with `{0}`: write more of it")]
    AmbiguousEvent(String),
}

impl ReviewError {
    /// What is to be done about it.
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

/// The changes that a held extraction would be; none of a source that the catalogue no longer has.
fn would_say(store: &Store, catalog: &Catalog, held: &Held) -> Result<Vec<Change>, StoreError> {
    let snapshot = store.check(held.check)?.and_then(|check| check.snapshot);
    let (Some(source), Some(snapshot)) = (catalog.source(&held.source), snapshot) else {
        return Ok(Vec::new());
    };
    let seen = Seen {
        catalog,
        source,
        at: held.held_at,
        last_unchanged: store.source_state(&held.source)?.and_then(|state| state.last_good_at),
        snapshot: &snapshot,
        today: day(source, held.held_at),
        published_on: None,
    };
    let last = store.facts(&held.source)?;
    let comparison = conclude::differences(&last, &held.facts, seen.today, catalog.crosswalks());
    let Some(mut event) = conclude::event(&seen, &comparison) else { return Ok(Vec::new()) };
    let earlier = store.earlier(&event.changes)?;
    conclude::mark_reversed(&mut event, &earlier);
    let before = store.last_event(&held.source)?;
    Ok(event.named(before.as_ref()).changes)
}

/// What a name stands for.
enum Named {
    Held(Box<Held>),
    Unreviewed(SourceId),
}

impl Named {
    fn source(&self) -> &SourceId {
        match self {
            Self::Held(held) => &held.source,
            Self::Unreviewed(source) => source,
        }
    }
}

/// What a name stands for, and the version of its source at which it does.
fn named_at(store: &Store, name: &str) -> Result<(Named, StateVersion), ReviewError> {
    let version = store.version(named(store, name)?.source())?;
    // Again: what it stands for may have become something else before the version was asked.
    let named = named(store, name)?;
    Ok((named, version))
}

/// Settles what waits under a name: a source's id, a held event's (or enough of its beginning),
/// or that of an event told of an unreviewed source. Who decided is recorded.
///
/// # Errors
/// When nothing waits under that name, the held page is read otherwise today, or our own side
/// fails.
pub fn rule(
    with: &Checking,
    name: &str,
    decision: Decision,
    by: &str,
) -> Result<Ruling, ReviewError> {
    let now = with.clock.now();
    let (named, seen) = with.store.ask(|store| named_at(store, name))?;
    match (named, decision) {
        (Named::Held(held), Decision::Accept) => {
            let changes = release(with, (&held, seen), by, now)?.map(|event| event.changes);
            Ok(Ruling::Released { source: held.source, changes: changes.unwrap_or_default() })
        }
        (Named::Held(held), Decision::Reject) => {
            let (id, settlement) = (&held.source, Settlement::Rejected);
            with.store.ask(|store| store.settle_hold(id, seen, settlement, by, now))?;
            Ok(Ruling::Dropped(held.source))
        }
        (Named::Unreviewed(source), Decision::Accept) => {
            with.store.ask(|store| store.mark_reviewed(&source, seen, by, now))?;
            Ok(Ruling::Reviewed(source))
        }
        (Named::Unreviewed(source), Decision::Reject) => Ok(Ruling::StillUnreviewed(source)),
    }
}

fn named(store: &Store, name: &str) -> Result<Named, ReviewError> {
    let begins =
        |held: &&Held| held.event.as_ref().is_some_and(|event| event.as_str().starts_with(name));
    let all = store.held()?;
    let of_source = all.iter().find(|held| held.source.as_str() == name);
    let mut of_event = all.iter().filter(begins);
    if let Some(held) = of_source.or_else(|| of_event.next()) {
        if of_source.is_none() && of_event.next().is_some() {
            return Err(ReviewError::AmbiguousEvent(name.to_owned()));
        }
        return Ok(Named::Held(Box::new(held.clone())));
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
    (held, seen): (&Held, StateVersion),
    by: &str,
    now: Timestamp,
) -> Result<Option<Event>, ReviewError> {
    let source = source(with, &held.source)?;
    let state = with.store.ask(|store| store.source_state(&held.source))?;
    let known = known(with, source, state.as_ref(), held)?;
    let old_recipe = || ReviewError::HeldByOldRecipe(held.source.clone());
    let page = with.store.ask(|store| store.page(held.check))?.ok_or_else(old_recipe)?;
    let read = read(&with.converter, source, &page);
    let nothing = Facts::new();
    let last = known.facts.as_ref().unwrap_or(&nothing);
    let extraction = read.map(|read| gate::settle(read, last)).map_err(|_| old_recipe())?;
    if !is_held(&extraction, held) {
        return Err(old_recipe());
    }
    let conclusion = released(extraction, last, &known, by);
    let snapshot: SnapshotId = snapshot_id(&page.body);
    let event = event(with, source, state.as_ref(), (&snapshot, now), &conclusion)?;
    let situation = Situation { source, state: state.as_ref(), outcome: &conclusion.outcome, now };
    let letters = match &event {
        Some(event) => to_readers(with, &situation, event)?,
        None => Vec::new(),
    };
    let reader = reader(&with.converter, source);
    let record = CheckRecord {
        standing: Standing::Review,
        read_with: Some(read_with(source, &reader)),
        page: Some(&page),
        accept: Some(&conclusion.extraction.facts),
        stamped_on: conclusion.extraction.stamped_on,
        records: counts(&conclusion.extraction.facts),
        updates: conclusion.comparison.updates.clone(),
        event: event.as_ref(),
        deliveries: &letters,
        hold: conclusion.hold.clone(),
        ..CheckRecord::new(&source.id, seen, now, &conclusion.outcome)
    };
    with.store.ask(|store| store.record_check(&record))?;
    Ok(event)
}

fn known(
    with: &Checking,
    source: &Source,
    state: Option<&SourceState>,
    held: &Held,
) -> Result<Known, StoreError> {
    let has_facts = state.is_some_and(|state| state.last_read_at.is_some());
    let facts = with.store.ask(|store| has_facts.then(|| store.facts(&held.source)).transpose())?;
    Ok(Known {
        facts,
        stamped_on: None,
        held: None,
        rejected: None,
        confirmation: with.confirmation.clone(),
        relocated: state.and_then(|state| state.relocated.clone()),
        today: day(source, held.held_at),
        now: held.held_at,
        translation: None,
        crosswalks: with.catalog.crosswalks().to_vec(),
    })
}

/// Whether the page says today what was held of it.
fn is_held(extraction: &Extraction, held: &Held) -> bool {
    let Comparison { deltas, updates } = diff::compare(&held.facts, &extraction.facts);
    deltas.is_empty() && updates.is_empty()
}
