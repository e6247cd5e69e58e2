//! Prepares a letter to be tried: the stored message, else a newly written one; or sets it aside.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{DeliverError, Delivering, LetterError, digest, retraction, welcome};
use crate::alert;
use crate::conclude::goes_on;
use crate::mail::Message;
use crate::model::{
    Advice, Change, DeliveryId, DeliveryKind, DeliveryState, Key, Stage, Subscriber, in_full,
};
use crate::store::{PendingDelivery, Store, StoreError};
use crate::verifying::touched;
use crate::writing::{Alert, alert_letter, set_aside_letter};

/// A letter that is ready to be tried.
pub(super) enum Ready {
    /// To be sent; with the number of this try.
    Send(Message, u32),
    /// No longer pending: the recipient has left, or is no longer told of it.
    Cancel,
    /// Meanwhile it was sent, given up or cancelled by somebody else.
    Settled,
    /// It cannot be written.
    SetAside(String),
}

/// Prepares a letter to be tried. One that cannot be written is set aside, and the operator is told; a
/// letter to the operator that cannot be written is only logged.
pub(super) fn ready(
    with: &Delivering,
    id: &DeliveryId,
    now: Timestamp,
) -> Result<Ready, DeliverError> {
    let prepared = with.store.ask(|store| store.due_delivery(id)).map_err(LetterError::from);
    let prepared = prepared.and_then(|pending| match &pending {
        None => Ok(Ready::Settled),
        Some(pending) => prepare(with, pending),
    });
    let error = match prepared {
        Ok(ready) => return Ok(ready),
        Err(error) => error,
    };
    match error {
        // Its reader is forgotten, and it with them.
        LetterError::Store(StoreError::NoSuchDelivery { .. }) => Ok(Ready::Settled),
        LetterError::Store(error) if error.advice() != Advice::TellOperator => Err(error.into()),
        error => {
            let why = in_full(&error);
            tracing::error!(delivery.id = %id, why, "a letter is set aside");
            tell_operator(with, id, &why, now)?;
            Ok(Ready::SetAside(why))
        }
    }
}

/// Enqueues the letter that tells the operator that another is set aside.
fn tell_operator(
    with: &Delivering,
    id: &DeliveryId,
    why: &str,
    now: Timestamp,
) -> Result<(), DeliverError> {
    let to = match with.store.ask(|store| store.letter(id)) {
        Ok(Some(row)) if row.kind == DeliveryKind::Operator => return Ok(()),
        Ok(Some(row)) => row.delivery.to.masked(),
        Ok(None) => return Ok(()),
        Err(_) => "?".to_owned(),
    };
    let letter = set_aside_letter(&with.correspondence, id, &to, why, now);
    match with.store.ask(|store| store.enqueue(&Vec::from_iter(letter), now)) {
        Err(error) if error.advice() == Advice::TellOperator => {
            let error = in_full(&error);
            tracing::error!(delivery.id = %id, error, "the operator cannot be told");
            Ok(())
        }
        enqueued => Ok(enqueued?),
    }
}

/// The message of a letter: the stored one, else a newly written one, which is then stored.
fn prepare(with: &Delivering, pending: &PendingDelivery) -> Result<Ready, LetterError> {
    let delivery = &pending.delivery;
    let attempts = match delivery.state {
        DeliveryState::Due { attempts, .. } => attempts + 1,
        DeliveryState::Sent { .. }
        | DeliveryState::GaveUp { .. }
        | DeliveryState::Cancelled { .. } => return Ok(Ready::Settled),
    };
    if let Some(bytes) = &pending.message {
        let message = Message {
            id: delivery.id.clone(),
            from: with.correspondence.from.clone(),
            to: delivery.to.clone(),
            bytes: bytes.clone(),
        };
        return Ok(Ready::Send(message, attempts));
    }
    let Some(message) = write(with, pending)? else { return Ok(Ready::Cancel) };
    with.store.ask(|store| store.keep_message(&delivery.id, &message.bytes))?;
    Ok(Ready::Send(message, attempts))
}

/// Writes the letter that tells a subscriber of an event, or that it was told wrongly. `None` when the
/// reader has left, is no longer told of it, or was never told.
fn write(with: &Delivering, pending: &PendingDelivery) -> Result<Option<Message>, LetterError> {
    let delivery = &pending.delivery;
    let Some(reader) = delivery.subscriber else { return Ok(None) };
    let Some(mut reader) = with.store.ask(|store| store.reader(reader))? else { return Ok(None) };
    reader.key = key(with, &reader)?;
    let reader = &reader;
    if pending.kind == DeliveryKind::Digest {
        return digest::write(with, (pending, reader));
    }
    if pending.kind == DeliveryKind::Welcome {
        return welcome::write(with, (pending, reader));
    }
    let Some(event) = delivery.event.as_ref() else { return Ok(None) };
    let Some(event) = with.store.ask(|store| store.event(event))? else { return Ok(None) };
    let retracted = with.store.ask(|store| store.retractions_of(&event.id))?;
    let mut changes = alert::heard(&event, reader);
    if pending.kind == DeliveryKind::Retraction {
        return retraction::write(with, (pending, reader), &event, &retracted);
    }
    changes.retain(|change| retracted.iter().all(|one| one.change != change.id));
    if changes.is_empty() {
        return Ok(None);
    }
    // A letter that is not threaded under an earlier one is better than none.
    let earlier = with.store.ask(|store| earlier(store, &changes)).or_else(without)?;
    let announced: BTreeMap<_, _> = earlier
        .iter()
        .filter(|(change, _)| change.stage == Stage::InForce)
        .map(|(change, before)| (change.id.clone(), before.seen_at))
        .collect();
    let before = earlier.iter().map(|(_, before)| before);
    let follows = with.store.ask(|store| letter_of(store, before, reader)).or_else(without)?;
    let (now, by) = (with.clock.now(), &with.correspondence);
    let touched = |data| touched(&with.store, &with.catalog, data, &changes, (now, &by.zone));
    let data: Vec<_> = by.data_of(&reader.address).into_iter().filter_map(touched).collect();
    let alert = Alert {
        delivery,
        enqueued_at: pending.enqueued_at,
        reader,
        event: &event,
        changes: &changes,
        announced: &announced,
        data: &data,
        follows: follows.as_ref(),
    };
    Ok(Some(alert_letter(&with.correspondence, &with.catalog, &alert)?))
}

/// A key for the links of a letter to a reader, where there are pages that they lead to.
fn key(with: &Delivering, reader: &Subscriber) -> Result<Option<Key>, StoreError> {
    match &with.correspondence.public_url {
        None => Ok(None),
        Some(_) => {
            let now = with.clock.now();
            with.store.ask(|store| store.reader_key(reader.id, now)).map(Some)
        }
    }
}

/// Uses a default for what cannot be read back, if the error does not pass by itself.
fn without<T: Default>(error: StoreError) -> Result<T, StoreError> {
    if error.advice() != Advice::TellOperator {
        return Err(error);
    }
    tracing::warn!(error = in_full(&error), "a letter goes out without what was said before");
    Ok(T::default())
}

/// For changes that continue an earlier one, what was said before.
fn earlier<'a>(
    store: &Store,
    changes: &[&'a Change],
) -> Result<Vec<(&'a Change, Change)>, StoreError> {
    let mut earlier = Vec::new();
    for change in changes.iter().copied().filter(|change| change.stage != Stage::Announced) {
        let before = store.before(change)?.filter(|before| goes_on(change, before));
        earlier.extend(before.map(|before| (change, before)));
    }
    Ok(earlier)
}

/// The letter that first told a reader of one of these changes.
fn letter_of<'a>(
    store: &Store,
    changes: impl Iterator<Item = &'a Change>,
    reader: &Subscriber,
) -> Result<Option<DeliveryId>, StoreError> {
    for change in changes {
        let letters = store.deliveries_to(reader.id, &change.event)?;
        let sent = letters
            .into_iter()
            .map(|row| row.delivery)
            .find(|delivery| matches!(delivery.state, DeliveryState::Sent { .. }));
        if let Some(sent) = sent {
            return Ok(Some(sent.id));
        }
    }
    Ok(None)
}
