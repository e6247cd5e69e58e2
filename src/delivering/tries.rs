//! Tries that are not recorded yet.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{DeliverError, Delivering};
use crate::model::{Advice, DeliveryId, in_full};
use crate::store::{AttemptOutcome, StoreError};

/// Tries that could not be recorded yet. They outlive a change of configuration.
#[derive(Debug, Clone, Default)]
pub struct Unrecorded(Arc<Mutex<Vec<Tried>>>);

/// One try at one letter.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    pub(super) id: DeliveryId,
    pub(super) at: Timestamp,
    pub(super) outcome: AttemptOutcome,
}

impl Unrecorded {
    pub(super) fn push(&self, tried: Tried) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tried);
    }
}

/// Records the tries that are not recorded yet. One that the database refuses is logged and dropped, so
/// that it does not hold up the others: the letter is tried again, under the same Message-ID.
///
/// # Errors
/// When the database is locked, or nothing can go on.
pub fn record_tries(with: &Delivering) -> Result<(), DeliverError> {
    let mut tries = with.unrecorded.0.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(Tried { id, at, outcome }) = tries.first() {
        match with.store.ask(|store| store.record_attempt(id, *at, outcome)) {
            Ok(()) => {}
            // Its reader is forgotten, and it with them.
            Err(StoreError::NoSuchDelivery { .. }) => {}
            Err(error) if error.advice() == Advice::TellOperator => {
                let why = in_full(&error);
                tracing::error!(delivery.id = %id, why, "a try cannot be recorded");
            }
            Err(error) => return Err(error.into()),
        }
        tries.remove(0);
    }
    Ok(())
}
