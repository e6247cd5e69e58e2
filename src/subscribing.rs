//! Subscribes and unsubscribes people.

use jiff::Timestamp;

use crate::catalog::Catalog;
pub use crate::conclude::{Hearing, Topic};
use crate::conclude::{Misfit, hearing};
use crate::model::{Advice, EmailAddress, NewSubscriber, Subscriber};
use crate::store::{SharedStore, StoreError};

/// Why somebody could not be subscribed or unsubscribed.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The address is subscribed already.
    #[error("{address} is subscribed already; `rulewatch unsubscribe` ends that first")]
    Already {
        /// The address, as it was typed.
        address: String,
    },
    /// It would never get a letter.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The database.
    #[error(transparent)]
    Store(StoreError),
}

impl SubscribeError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Already { .. } | Self::Misfit(_) => Advice::Correct,
            Self::Store(error) => error.advice(),
        }
    }
}

/// Subscribes somebody to those things they ask for that the catalogue has, and says what they will be
/// told. `severity_chosen` says whether they chose the least severity: see [`hearing()`]. Somebody who
/// left may come back, with a new consent.
///
/// # Errors
/// When they would never get a letter, are already subscribed, or it cannot be written.
pub fn subscribe_to(
    store: &SharedStore,
    catalog: &Catalog,
    mut new: NewSubscriber,
    severity_chosen: bool,
) -> Result<Hearing, SubscribeError> {
    let heard = hearing(catalog, &mut new.subscription, severity_chosen)?;
    subscribe(store, &new)?;
    Ok(heard)
}

/// Subscribes somebody. Somebody who left may come back, with a new consent.
///
/// # Errors
/// When they are already subscribed, or it cannot be written.
pub fn subscribe(store: &SharedStore, new: &NewSubscriber) -> Result<(), SubscribeError> {
    match store.ask(|store| store.subscribe(new)) {
        Ok(_) => Ok(()),
        Err(StoreError::AlreadySubscribed { .. }) => {
            Err(SubscribeError::Already { address: new.address.as_str().to_owned() })
        }
        Err(error) => Err(SubscribeError::Store(error)),
    }
}

/// Ends a subscription and cancels its pending letters. Returns how many there were; `None` for somebody
/// who is not subscribed.
///
/// # Errors
/// When it cannot be written.
pub fn unsubscribe(
    store: &SharedStore,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Option<usize>, SubscribeError> {
    store.ask(|store| store.unsubscribe(address, now)).map_err(SubscribeError::Store)
}

/// Every subscriber.
///
/// # Errors
/// When the database cannot be read.
pub fn subscribers(store: &SharedStore) -> Result<Vec<Subscriber>, SubscribeError> {
    store.ask(|store| store.subscribers()).map_err(SubscribeError::Store)
}
