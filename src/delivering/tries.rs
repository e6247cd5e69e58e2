//! Tries that are not recorded yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{DeliverError, Delivering};
use crate::model::{Advice, DeliveryId, in_full};
use crate::store::{AttemptOutcome, StoreError};

/// What could not be recorded yet. It outlives a change of configuration.
#[derive(Debug, Clone, Default)]
pub struct Unrecorded(Arc<Mutex<Waiting>>);

/// Tries, and the names of rounds that still have letters reserved.
#[derive(Debug, Default)]
struct Waiting {
    tries: Vec<Tried>,
    rounds: Vec<String>,
}

/// One try at one letter.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    pub(super) id: DeliveryId,
    pub(super) at: Timestamp,
    pub(super) outcome: AttemptOutcome,
}

impl Unrecorded {
    pub(super) fn push(&self, tried: Tried) {
        self.waiting().tries.push(tried);
    }

    /// Notes a round whose letters could not be given back: nobody else would send them for a while.
    pub(super) fn give_back(&self, round: String) {
        self.waiting().rounds.push(round);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records the tries that are not recorded yet, and gives back what earlier rounds have reserved. A try that the
/// database refuses is logged and dropped, so that it does not hold up the others: the letter is tried again, under the
/// same Message-ID.
///
/// # Errors
/// When the database is locked, or nothing can go on.
pub fn record_tries(with: &Delivering) -> Result<(), DeliverError> {
    let mut waiting = with.unrecorded.waiting();
    while let Some(Tried { id, at, outcome }) = waiting.tries.first() {
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
        waiting.tries.remove(0);
    }
    while let Some(round) = waiting.rounds.last() {
        with.store.ask(|store| store.give_back(round))?;
        waiting.rounds.pop();
    }
    Ok(())
}
