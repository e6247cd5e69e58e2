//! Tells readers, once each, what they asked for that the catalogue no longer has.

use super::{DeliverError, Delivering};
use crate::conclude;
use crate::model::{Delivery, DeliveryId, DeliveryState};
use crate::writing::unwatched_letter;

/// Enqueues a letter to every reader whose subscription names a program, a jurisdiction, a source, a rule or a fact
/// set that the catalogue has not. To be asked when a catalogue is taken into use; a reader is told of the same once.
///
/// # Errors
/// When the database cannot be read or written.
pub fn tell_unwatched(with: &Delivering) -> Result<usize, DeliverError> {
    let now = with.clock.now();
    let by = &with.correspondence;
    let mut letters = Vec::new();
    for mut reader in with.store.ask(|store| store.subscribers())? {
        let subscriptions = reader.subscriptions.iter();
        let mut gone: Vec<String> =
            subscriptions.flat_map(|one| conclude::unwatched(&with.catalog, &one.to)).collect();
        gone.sort();
        gone.dedup();
        if gone.is_empty() {
            continue;
        }
        // Whoever left and came back asked for it anew.
        let since = reader.consent.given_at.to_string();
        let about = gone.iter().map(String::as_str).chain([since.as_str()]);
        let delivery = Delivery {
            id: DeliveryId::of("unwatched", &reader.address, &Vec::from_iter(about)),
            subscriber: Some(reader.id),
            to: reader.address.clone(),
            event: None,
            state: DeliveryState::Due { at: now, attempts: 0 },
        };
        if with.store.ask(|store| store.letter(&delivery.id))?.is_some() {
            continue;
        }
        if by.public_url.is_some() {
            reader.key = Some(with.store.ask(|store| store.reader_key(reader.id, now))?);
        }
        letters.push(unwatched_letter(by, &with.catalog, &gone, (&reader, delivery), now));
    }
    with.store.ask(|store| store.enqueue(&letters, now))?;
    Ok(letters.len())
}
