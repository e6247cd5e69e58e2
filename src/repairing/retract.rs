//! Retractions: a change that was told wrongly is taken back.
//!
//! The change stays in the log, marked. From now on the facts are what they were before it, or what a
//! person gave. A page that still reads as it did when the change was told changes nothing; one that
//! reads differently is believed again. Those who were told are told that it was wrong, in the thread of
//! their letter. All of it is one transaction: a check of its own that reads no page.

use super::RepairError;
use crate::alert;
use crate::checking::{Checking, counts};
use crate::extract;
use crate::model::{
    Change, CheckOutcome, DeliveryKind, DeliveryState, Event, Facts, Language, Misread,
    NewDelivery, Retraction, SourceState, Subscriber, SubscriberId, Value,
};
use crate::store::{CheckRecord, OutboxRow, RetractionRecord, Standing, Store, StoreError};

/// What a person says of a change that was told wrongly.
#[derive(Debug, Clone, Copy)]
pub struct Wrong<'a> {
    /// The event or the change, or enough of its beginning.
    pub name: &'a str,
    /// Why it is taken back: readers are told this.
    pub why: &'a str,
    /// The right value, if it is not the one before.
    pub value: Option<&'a str>,
    /// Who says so.
    pub by: &'a str,
}

/// The result of a retraction.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is taken back.
    Retracted {
        /// The changes.
        changes: Vec<Change>,
        /// How many letters tell of it.
        letters: usize,
    },
    /// It was already taken back.
    Already(Retraction),
}

/// How often to try a retraction when something else is recorded of its source meanwhile.
const MOST_TRIES: usize = 3;

/// Takes back an event, or one change of it.
///
/// # Errors
/// When nothing has this name, the value given does not fit, or it cannot be written.
pub fn retract(with: &Checking, wrong: &Wrong<'_>) -> Result<Outcome, RepairError> {
    for _ in 1..MOST_TRIES {
        match try_once(with, wrong) {
            Err(RepairError::Store(StoreError::Superseded { .. })) => {}
            done => return done,
        }
    }
    try_once(with, wrong)
}

fn try_once(with: &Checking, wrong: &Wrong<'_>) -> Result<Outcome, RepairError> {
    let now = with.clock.now();
    let case = match with.store.ask(|store| Case::of(store, wrong))? {
        Ok(case) => case,
        Err(before) => return Ok(Outcome::Already(before)),
    };
    let facts = case.put_right(wrong.value)?;
    let letters = case.letters(now);
    let outcome = CheckOutcome::Baseline;
    let source = &case.event.source;
    let seen = SourceState::version_of(case.state.as_ref());
    let relocated = case.state.as_ref().and_then(|state| state.relocated.as_deref());
    let retracts = RetractionRecord {
        event: &case.event.id,
        changes: &case.changes,
        by: wrong.by,
        why: wrong.why,
    };
    let counted = with.catalog.source(source).map(|source| counts(source, &facts));
    let record = CheckRecord {
        standing: Standing::Review,
        accept: Some(&facts),
        relocated,
        records: counted.unwrap_or_default(),
        deliveries: &letters,
        retracts: Some(retracts),
        ..CheckRecord::new(source, seen, now, &outcome)
    };
    with.store.ask(|store| store.record_check(&record))?;
    Ok(Outcome::Retracted { changes: case.changes, letters: letters.len() })
}

/// An event that was told wrongly, and the present state.
struct Case {
    event: Event,
    /// The changes of it that are taken back now.
    changes: Vec<Change>,
    state: Option<SourceState>,
    facts: Facts,
    misread: Vec<Misread>,
    letters: Vec<OutboxRow>,
    subscribers: Vec<Subscriber>,
}

impl Case {
    /// The case that a name means; its retraction if it is already taken back.
    fn of(store: &Store, wrong: &Wrong<'_>) -> Result<Result<Self, Retraction>, RepairError> {
        let (event, named) = named(store, wrong.name)?;
        let before = store.retractions_of(&event.id)?;
        let is_new = |change: &&Change| before.iter().all(|one| one.change != change.id);
        let changes: Vec<Change> = named.iter().filter(is_new).cloned().collect();
        if let (true, Some(before)) = (changes.is_empty(), before.into_iter().next()) {
            return Ok(Err(before));
        }
        Ok(Ok(Self {
            state: store.source_state(&event.source)?,
            facts: store.facts(&event.source)?,
            misread: store.misread(event.check, &event.changes, &changes)?,
            letters: store.deliveries_of(&event.id)?,
            subscribers: store.subscribers()?,
            event,
            changes,
        }))
    }

    /// The facts as they were before the changes, or with the value that a person gives.
    fn put_right(&self, given: Option<&str>) -> Result<Facts, RepairError> {
        let mut facts = self.facts.clone();
        for misread in &self.misread {
            misread.put_right(&mut facts, misread.before.as_ref());
        }
        let Some(given) = given else { return Ok(facts) };
        let [Change { fact, record, field: Some(field), .. }] = self.changes.as_slice() else {
            return Err(RepairError::ValueOfSeveral(self.changes.len()));
        };
        let fields = facts.get_mut(fact).and_then(|set| set.records.get_mut(record));
        let fields = fields.map(|record| &mut record.fields);
        let like = fields.as_ref().and_then(|fields| fields.get(field));
        let value = value(like, given)?;
        if let Some(fields) = fields {
            fields.insert(field.clone(), value);
        }
        Ok(facts)
    }

    /// The letters to those who were told.
    fn letters(&self, now: jiff::Timestamp) -> Vec<NewDelivery> {
        let told: Vec<SubscriberId> = self.letters.iter().filter_map(told).collect();
        let planned =
            alert::retraction(&self.event.id, &self.changes, (&told, &self.subscribers), now);
        let letter = |delivery: crate::model::Delivery| {
            let reader = self.subscribers.iter().find(|s| Some(s.id) == delivery.subscriber);
            let language = reader.map_or(Language::En, |reader| reader.language);
            NewDelivery { delivery, kind: DeliveryKind::Retraction, language, message: None }
        };
        planned.into_iter().map(letter).collect()
    }
}

/// Whom a letter told, or may have told.
fn told(row: &OutboxRow) -> Option<SubscriberId> {
    let is_sent = matches!(row.delivery.state, DeliveryState::Sent { .. });
    let is_heard = is_sent || row.may_have_arrived;
    let is_news = matches!(row.kind, DeliveryKind::Alert | DeliveryKind::Digest);
    row.delivery.subscriber.filter(|_| is_news && is_heard)
}

/// The value that a person gives, read in the type of the value it replaces.
fn value(like: Option<&Value>, given: &str) -> Result<Value, RepairError> {
    let refused = |why: &str| RepairError::NoValue { given: given.to_owned(), why: why.to_owned() };
    let like =
        like.ok_or_else(|| refused("nothing is known that it could stand in the place of"))?;
    extract::value_like(like, given).map_err(|why| refused(&why))
}

/// The event that a name means, and those of its changes that are meant.
fn named(store: &Store, name: &str) -> Result<(Event, Vec<Change>), RepairError> {
    let unknown = || RepairError::UnknownEvent(name.to_owned());
    let change = match name.starts_with('c') {
        true => store.change(name)?,
        false => None,
    };
    let id = match &change {
        Some(change) => change.event.clone(),
        None => store.event_named(name)?.ok_or_else(unknown)?,
    };
    let event = store.event(&id)?.ok_or_else(unknown)?;
    let changes = change.map_or_else(|| event.changes.clone(), |change| vec![change]);
    Ok((event, changes))
}
