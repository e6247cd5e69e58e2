//! Tells readers, once each, what they asked for that the catalogue no longer has.

use std::collections::BTreeSet;

use super::{DeliverError, Delivering};
use crate::conclude::Nameable;
use crate::model::{Delivery, DeliveryId, DeliveryState, Subscriber, Subscription};
use crate::writing::unwatched_letter;

/// Enqueues a letter to every reader whose subscriptions name a program, a jurisdiction, a source, a rule or a fact
/// set that the catalogue has not. To be asked when a catalogue is taken into use; a reader is told of the same once,
/// and of all of it again when more is gone. Returns how many letters were enqueued.
///
/// # Errors
/// When the database cannot be read or written.
pub fn tell_unwatched(with: &Delivering) -> Result<usize, DeliverError> {
    let nameable = Nameable::of(&with.catalog);
    let is_meant = |wish: &Subscription| nameable.unwatched(wish).next().is_some();
    let readers = with.store.ask(|store| store.readers_with(is_meant))?;
    let mut n_told = 0;
    for id in readers {
        // Whoever has left meanwhile is told nothing.
        let Some(reader) = with.store.ask(|store| store.reader(id))? else { continue };
        n_told += usize::from(tell(with, &nameable, reader)?);
    }
    Ok(n_told)
}

/// Enqueues the letter to one reader, unless they were told already.
fn tell(
    with: &Delivering,
    nameable: &Nameable,
    mut reader: Subscriber,
) -> Result<bool, DeliverError> {
    let (now, by) = (with.clock.now(), &with.correspondence);
    let subscriptions = reader.subscriptions.clone();
    let gone: BTreeSet<&str> =
        subscriptions.iter().flat_map(|one| nameable.unwatched(&one.to)).collect();
    let gone = Vec::from_iter(gone);
    // Whoever left and came back asked for it anew.
    let since = reader.consent.given_at.to_string();
    let about = Vec::from_iter(gone.iter().copied().chain([since.as_str()]));
    let delivery = Delivery {
        id: DeliveryId::of("unwatched", &reader.address, &about),
        subscriber: Some(reader.id),
        to: reader.address.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    if with.store.ask(|store| store.letter(&delivery.id))?.is_some() {
        return Ok(false);
    }
    if by.public_url.is_some() {
        reader.key = Some(with.store.ask(|store| store.reader_key(reader.id, now))?);
    }
    let letter = unwatched_letter(by, &with.catalog, &gone, (&reader, delivery), now);
    with.store.ask(|store| store.enqueue(&[letter], now))?;
    Ok(true)
}
