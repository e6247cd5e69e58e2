//! The letter that takes back what an earlier one told.

use jiff::Timestamp;

use super::{Delivering, LetterError};
use crate::mail::Message;
use crate::model::{
    Change, DeliveryId, DeliveryKind, DeliveryState, Event, Facts, Retraction, Side, Subscriber,
};
use crate::store::{OutboxRow, PendingDelivery, StoreError};
use crate::writing::{Retracted, retraction_letter};

/// Writes the letter; `None` when the reader was not told, or nothing they were told is retracted.
pub(super) fn write(
    with: &Delivering,
    (pending, reader): (&PendingDelivery, &Subscriber),
    event: &Event,
    retracted: &[Retraction],
) -> Result<Option<Message>, LetterError> {
    let (letters, facts) = with.store.ask(|store| {
        let letters = store.deliveries_to(reader.id, &event.id)?;
        Ok::<_, StoreError>((letters, store.facts(&event.source)?))
    })?;
    // Those that were taken back when this letter was enqueued.
    let of_letter = || retracted.iter().filter(|retraction| retraction.at == pending.enqueued_at);
    let is_of_letter = |change: &&Change| of_letter().any(|one| one.change == change.id);
    let all: Vec<&Change> = event.changes.iter().filter(is_of_letter).collect();
    let mut heard = all.clone();
    heard.retain(|change| reader.hears(change));
    // A reader who has since changed their subscription was still told of them.
    let changes = if heard.is_empty() { all } else { heard };
    let first = letters.iter().find_map(|row| told(row, reader));
    let (Some(first), Some(why)) = (first, of_letter().map(|one| one.why.as_str()).next()) else {
        return Ok(None);
    };
    let changes: Vec<(&Change, Option<Side>)> =
        changes.into_iter().map(|change| (change, stands(&facts, change))).collect();
    let letter = Retracted {
        delivery: &pending.delivery,
        enqueued_at: pending.enqueued_at,
        reader,
        changes: &changes,
        why,
        first,
    };
    Ok(Some(retraction_letter(&with.correspondence, &with.catalog, &letter)?))
}

/// The letter that told a reader, and when, if this row of the outbox reached them or may have.
fn told<'a>(row: &'a OutboxRow, reader: &Subscriber) -> Option<(&'a DeliveryId, Timestamp)> {
    let is_news = matches!(row.kind, DeliveryKind::Alert | DeliveryKind::Digest);
    let is_first = is_news && row.delivery.subscriber == Some(reader.id);
    let at = match row.delivery.state {
        DeliveryState::Sent { at } => at,
        DeliveryState::Due { .. }
        | DeliveryState::Cancelled { .. }
        | DeliveryState::GaveUp { .. }
            if row.may_have_arrived =>
        {
            row.enqueued_at
        }
        DeliveryState::Due { .. }
        | DeliveryState::Cancelled { .. }
        | DeliveryState::GaveUp { .. } => return None,
    };
    is_first.then_some((&row.delivery.id, at))
}

/// The present value of what a change is about.
fn stands(facts: &Facts, change: &Change) -> Option<Side> {
    let record = facts.get(&change.fact)?.records.get(&change.record)?;
    match &change.field {
        Some(field) => record.fields.get(field).cloned().map(Side::Value),
        None => Some(Side::Record(record.fields.clone())),
    }
}
