//! What waits for a person, and what becomes of it: held events and first facts of untried recipes.

use jiff::Timestamp;

use super::changes::{self, Seen};
use super::check::{Checked, counts};
use super::conclude::{self, Known, released};
use super::event::day;
use super::read::{read, reader};
use super::{Engine, EngineError, Inner};
use crate::catalog::Catalog;
use crate::diff::{self, Comparison};
use crate::gate;
use crate::model::{Change, Event, EventId, Extraction, Facts, SnapshotId, SourceId};
use crate::store::{
    CheckRecord, Held, HoldAction, ReadWith, SourceState, Standing, Store, StoreError, Verdict,
    snapshot_id,
};

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
        /// Since when they stand so.
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

/// Everything that waits for a person, the longest held first, then the unreviewed sources by id.
///
/// # Errors
/// When the database cannot be read.
pub fn awaited(store: &Store, catalog: &Catalog) -> Result<Vec<Awaited>, StoreError> {
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
    let Some(mut event) = changes::event(&seen, &comparison) else { return Ok(Vec::new()) };
    let earlier = store.earlier(&event.changes)?;
    changes::mark_reversed(&mut event, &earlier);
    Ok(event.changes)
}

/// What a name stands for.
enum Named {
    Held(Box<Held>),
    Unreviewed(SourceId),
}

impl Engine {
    /// Settles what waits under a name: a source's id, a held event's (or enough of its beginning),
    /// or that of an event told of an unreviewed source. Who decided is recorded.
    ///
    /// # Errors
    /// When nothing waits under that name, the held page is read otherwise today, or our own side
    /// fails.
    pub fn rule(&self, name: &str, decision: Decision, by: &str) -> Result<Ruling, EngineError> {
        let inner = &self.0;
        let now = inner.clock.now();
        match (inner.named(name)?, decision) {
            (Named::Held(held), Decision::Accept) => {
                let changes = inner.release(&held, by, now)?.map(|event| event.changes);
                Ok(Ruling::Released { source: held.source, changes: changes.unwrap_or_default() })
            }
            (Named::Held(held), Decision::Reject) => {
                inner.store().settle_hold(&held.source, Verdict::Rejected, by, now)?;
                Ok(Ruling::Dropped(held.source))
            }
            (Named::Unreviewed(source), Decision::Accept) => {
                inner.store().mark_reviewed(&source, by, now)?;
                Ok(Ruling::Reviewed(source))
            }
            (Named::Unreviewed(source), Decision::Reject) => Ok(Ruling::StillUnreviewed(source)),
        }
    }
}

impl Inner {
    fn named(&self, name: &str) -> Result<Named, EngineError> {
        let begins = |held: &&Held| {
            held.event.as_ref().is_some_and(|event| event.as_str().starts_with(name))
        };
        let all = self.store().held()?;
        let of_source = all.iter().find(|held| held.source.as_str() == name);
        let mut of_event = all.iter().filter(begins);
        if let Some(held) = of_source.or_else(|| of_event.next()) {
            if of_source.is_none() && of_event.next().is_some() {
                return Err(EngineError::AmbiguousEvent(name.to_owned()));
            }
            return Ok(Named::Held(Box::new(held.clone())));
        }
        let told = match EventId::parse(name) {
            Ok(event) => self.store().event(&event)?.map(|event| event.source),
            Err(_) => None,
        };
        let source = told.or_else(|| SourceId::parse(name).ok());
        let states = self.store().source_states()?;
        let unreviewed = states.into_iter().filter(|state| state.unreviewed);
        let found = unreviewed.map(|state| state.source).find(|id| Some(id) == source.as_ref());
        found.map(Named::Unreviewed).ok_or_else(|| EngineError::NothingAwaited(name.to_owned()))
    }

    /// Believes what is held: a check of its own, whose page is the held one.
    fn release(&self, held: &Held, by: &str, now: Timestamp) -> Result<Option<Event>, EngineError> {
        let source = self.source(&held.source)?;
        let state = self.store().source_state(&held.source)?;
        let known = self.known(state.as_ref(), held)?;
        let old_recipe = || EngineError::HeldByOldRecipe(held.source.clone());
        let page = self.store().page(held.check)?.ok_or_else(old_recipe)?;
        let read = read(&self.converter, source, &page);
        let nothing = Facts::new();
        let last = known.facts.as_ref().unwrap_or(&nothing);
        let extraction = read.map(|read| gate::settle(read, last)).map_err(|_| old_recipe())?;
        if !is_held(&extraction, held) {
            return Err(old_recipe());
        }
        let conclusion = released(extraction, last, &known);
        let snapshot: SnapshotId = snapshot_id(&page.body);
        let event = self.event(source, state.as_ref(), &snapshot, now, &conclusion)?;
        let checked = Checked { source, started_at: now, standing: Standing::Review };
        let deliveries = match &event {
            Some(event) => self.to_readers(&checked, state.as_ref(), event, now)?,
            None => Vec::new(),
        };
        let reader = reader(&self.converter, source);
        let record = CheckRecord {
            standing: checked.standing,
            read_with: Some(ReadWith { recipe: &source.recipe.hash, reader: &reader }),
            page: Some(&page),
            accept: Some(&conclusion.extraction.facts),
            stamped_on: conclusion.extraction.stamped_on,
            records: counts(&conclusion.extraction.facts),
            updates: conclusion.comparison.updates.clone(),
            event: event.as_ref(),
            deliveries: &deliveries,
            hold: HoldAction::Settle { verdict: Verdict::Released, by },
            ..CheckRecord::new(&source.id, now, &conclusion.outcome)
        };
        self.store().record_check(&record)?;
        Ok(event)
    }

    fn known(&self, state: Option<&SourceState>, held: &Held) -> Result<Known, EngineError> {
        let has_facts = state.is_some_and(|state| state.last_read_at.is_some());
        let facts = if has_facts { Some(self.store().facts(&held.source)?) } else { None };
        Ok(Known {
            facts,
            stamped_on: None,
            held: None,
            rejected: None,
            confirmations: 0,
            relocated: state.and_then(|state| state.relocated.clone()),
            today: day(self.source(&held.source)?, held.held_at),
            twin: None,
            crosswalks: self.catalog.crosswalks().to_vec(),
        })
    }
}

/// Whether the page says today what was held of it.
fn is_held(extraction: &Extraction, held: &Held) -> bool {
    let Comparison { deltas, updates } = diff::compare(&held.facts, &extraction.facts);
    deltas.is_empty() && updates.is_empty()
}
