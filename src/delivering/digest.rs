//! The letter that tells a reader of several events.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Delivering, LetterError};
use crate::alert;
use crate::conclude::stale_since;
use crate::mail::Message;
use crate::model::{Event, SourceId, Stage, Subscriber, excused_until};
use crate::store::{PendingDelivery, Store, StoreError, unless_damaged};
use crate::verifying::touched;
use crate::writing::{Digest, SourcesRead, digest_letter};

/// Writes the letter; `None` when the reader is no longer told of anything in it.
pub(super) fn write(
    with: &Delivering,
    (pending, reader): (&PendingDelivery, &Subscriber),
) -> Result<Option<Message>, LetterError> {
    let delivery = &pending.delivery;
    let events = with.store.ask(|store| events(store, pending))?;
    let changes: Vec<_> = events.iter().flat_map(|event| alert::heard(event, reader)).collect();
    if changes.is_empty() {
        return Ok(None);
    }
    let announced = with.store.ask(|store| {
        let mut announced = BTreeMap::new();
        for change in changes.iter().filter(|change| change.stage == Stage::InForce) {
            let before = store.before(change)?;
            let before = before.filter(|before| crate::conclude::goes_on(change, before));
            announced.extend(before.map(|before| (change.id.clone(), before.seen_at)));
        }
        Ok::<_, StoreError>(announced)
    })?;
    let reading = with.store.ask(|store| reading(store, with, pending.enqueued_at))?;
    let (now, by) = (with.clock.now(), &with.correspondence);
    let touched = |data| touched(&with.store, &with.catalog, data, &changes, (now, &by.zone));
    let data: Vec<_> = by.data_of(&reader.address).into_iter().filter_map(touched).collect();
    let digest = Digest {
        delivery,
        enqueued_at: pending.enqueued_at,
        reader,
        changes: &changes,
        announced: &announced,
        data: &data,
        reading: &reading,
    };
    Ok(Some(digest_letter(&with.correspondence, &with.catalog, &digest)?))
}

/// The events of a digest, without the changes that were taken back since.
fn events(store: &Store, pending: &PendingDelivery) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for id in store.events_of(&pending.delivery.id)? {
        let Some(mut event) = store.event(&id)? else { continue };
        let retracted = store.retractions_of(&id)?;
        event.changes.retain(|change| retracted.iter().all(|one| one.change != change.id));
        events.push(event);
    }
    Ok(events)
}

/// How many sources are read, and which cannot be.
fn reading(store: &Store, with: &Delivering, now: Timestamp) -> Result<SourcesRead, StoreError> {
    let excused = excused_until(&unless_damaged(store.outages())?, now);
    let mut reading = SourcesRead::default();
    for source in with.catalog.sources().filter(|source| source.enabled) {
        reading.n_sources += 1;
        let state = store.source_state(&source.id)?;
        let since = state.and_then(|state| stale_since(&state, (source.patience, excused), now));
        reading.unread.extend(since.map(|since| (source.id.clone(), since)));
    }
    reading.unread.sort_by_key(|(id, _): &(SourceId, Timestamp)| id.clone());
    Ok(reading)
}
