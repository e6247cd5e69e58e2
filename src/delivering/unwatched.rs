//! Tells readers, once each, what they asked for that the catalogue no longer has.

use std::collections::BTreeSet;

use super::{DeliverError, Delivering};
use crate::conclude::Nameable;
use crate::model::{Delivery, DeliveryId, DeliveryState, Subscriber, Subscription};
use crate::writing::{or_set_aside, unwatched_letter};

/// Enqueues a letter for each program, jurisdiction, source, rule and fact set that a reader asked for and the
/// catalogue has not. To be asked when a catalogue is taken into use: a reader is told of each once. Ends early
/// where the round is halted; the next call goes on. Returns how many readers were told.
///
/// # Errors
/// When the database cannot be read or written.
pub fn tell_unwatched(with: &Delivering) -> Result<usize, DeliverError> {
    let nameable = Nameable::of(&with.catalog);
    let is_meant = |wish: &Subscription| nameable.unwatched(wish).next().is_some();
    let readers = with.store.ask(|store| store.readers_with(is_meant))?;
    let mut n_told = 0;
    for id in readers {
        if with.halt.is_set() {
            break;
        }
        // Whoever has left meanwhile is told nothing.
        let Some(reader) = with.store.ask(|store| store.reader(id))? else { continue };
        n_told += usize::from(tell(with, &nameable, reader)?);
    }
    Ok(n_told)
}

/// Enqueues the letters to one reader that were not enqueued before.
fn tell(
    with: &Delivering,
    nameable: &Nameable,
    mut reader: Subscriber,
) -> Result<bool, DeliverError> {
    let (now, by) = (with.clock.now(), &with.correspondence);
    let subscriptions = reader.subscriptions.clone();
    let unwatched = subscriptions.iter().flat_map(|one| nameable.unwatched(&one.to));
    // Whoever left and came back asked for it anew.
    let since = reader.consent.given_at.to_string();
    let mut letters = Vec::new();
    for (meant, word) in unwatched.collect::<BTreeSet<_>>() {
        let about = [meant.word(), word, since.as_str()];
        let id = DeliveryId::of("unwatched", &reader.address, &about);
        if with.store.ask(|store| store.letter(&id))?.is_some() {
            continue;
        }
        if by.public_url.is_some() && reader.key.is_none() {
            reader.key = Some(with.store.ask(|store| store.reader_key(reader.id, now))?);
        }
        let delivery = Delivery {
            id,
            subscriber: Some(reader.id),
            to: reader.address.clone(),
            event: None,
            state: DeliveryState::Due { at: now, attempts: 0 },
        };
        let letter = unwatched_letter(by, &with.catalog, (meant, word), (&reader, delivery), now);
        letters.extend(or_set_aside(by, letter, now));
    }
    with.store.ask(|store| store.enqueue(&letters, now))?;
    Ok(!letters.is_empty())
}
