//! Subscribes people, changes what they hear of, and lets them go.

mod forget;
mod past;

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::catalog::Catalog;
pub use crate::catalog::Preset;
pub use crate::conclude::{Hearing, Misfit, Topic};
use crate::conclude::{hearing, nearest};
use crate::model::{
    Advice, Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress, Language, NewDelivery,
    NewSubscriber, Phrase, Subscribed, Subscriber, Subscription, SubscriptionId,
};
use crate::store::{SharedStore, StoreError};

pub use crate::store::Stopped;
pub use forget::{Forgotten, forget, forget_by_key, has_left, left_on};
pub use past::{Outlook, Past, outlook, past, unlisted};

/// Why somebody could not be subscribed or unsubscribed.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The address has this subscription already.
    #[error(
        "{address} is subscribed to exactly that already; `rulewatch subscribers` lists what they have"
    )]
    Already {
        /// The address, as it was typed.
        address: String,
    },
    /// No subscription has this number.
    #[error("there is no subscription {0}; `rulewatch subscribers` lists them with their numbers")]
    NoSuch(i64),
    /// It would never get a letter.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// A letter in a file could not be deleted.
    #[error("cannot delete letters in {}", place.display())]
    Letters {
        /// Where they are.
        place: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SubscribeError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Already { .. } | Self::NoSuch(_) | Self::Misfit(_) => Advice::Correct,
            Self::Letters { .. } => Advice::TellOperator,
            Self::Store(error) => error.advice(),
        }
    }
}

/// What somebody asks for, before anybody knows whether there is such a thing.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What is asked for.
    pub to: Subscription,
    /// Conditions as they were written.
    pub conditions: Vec<Phrase>,
    /// Whether the least severity was chosen: see [`hearing()`].
    pub severity_chosen: bool,
}

/// Makes a subscription of what somebody asks for, and says what they will be told. Nothing is written.
///
/// # Errors
/// When they would never get a letter: which word is unknown, with the nearest, or which filter is in the
/// way.
pub fn considered(
    catalog: &Catalog,
    wish: Wanted,
) -> Result<(Subscription, Hearing), SubscribeError> {
    let mut to = wish.to;
    let heard = hearing(catalog, &mut to, wish.severity_chosen)?;
    let conditions = crate::conclude::conditions(catalog, &to, &wish.conditions)?;
    to.conditions.extend(conditions);
    Ok((to, heard))
}

/// Subscribes somebody to those things they ask for that the catalogue has, and says what they will be
/// told. `severity_chosen` says whether they chose the least severity: see [`hearing()`]. Somebody who
/// is subscribed gets another subscription; somebody who left may come back, with a new consent.
///
/// # Errors
/// When they would never get a letter, have exactly this subscription, or it cannot be written.
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
/// When they have exactly this subscription, or it cannot be written.
pub fn subscribe(store: &SharedStore, new: &NewSubscriber) -> Result<(), SubscribeError> {
    match store.ask(|store| store.subscribe(new)) {
        Ok(_) => Ok(()),
        Err(StoreError::AlreadySubscribed { .. }) => {
            Err(SubscribeError::Already { address: new.address.as_str().to_owned() })
        }
        Err(error) => Err(SubscribeError::Store(error)),
    }
}

/// Enqueues the letter that welcomes a subscriber, with how things stand today. The same person who has the
/// same subscriptions is welcomed once.
///
/// # Errors
/// When they are not subscribed, or it cannot be written.
pub fn welcome(
    store: &SharedStore,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<(), SubscribeError> {
    let Some(reader) = known(store, address)? else { return Ok(()) };
    let numbers: Vec<String> =
        reader.subscriptions.iter().map(|one| format!("{} {}", one.id.0, one.since)).collect();
    let about: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let delivery = Delivery {
        id: DeliveryId::of("welcome", &reader.address, &about),
        subscriber: Some(reader.id),
        to: reader.address.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    let (kind, language) = (DeliveryKind::Welcome, reader.language);
    let letter = NewDelivery { delivery, kind, language, message: None };
    Ok(store.ask(|store| store.enqueue(&[letter], now))?)
}

/// A subscription that has a name, as somebody asks for it.
///
/// # Errors
/// When there is none of this name: the nearest that there is.
pub fn preset(catalog: &Catalog, id: &str) -> Result<Wanted, SubscribeError> {
    let presets = catalog.presets();
    let Some(preset) = presets.iter().find(|preset| preset.id == id) else {
        let known: Vec<String> = presets.iter().map(|preset| preset.id.clone()).collect();
        let nearest = nearest(id, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(Misfit::Unknown { what: "preset", word: id.to_owned(), nearest, known }.into());
    };
    Ok(Wanted {
        to: preset.to.clone(),
        conditions: preset.conditions.clone(),
        severity_chosen: preset.severity_chosen,
    })
}

/// Changes what a subscription asks for. What waits for its reader's digest is not lost: it is due with
/// their next one, or now if they have none any more.
///
/// # Errors
/// When there is no such subscription, its reader has exactly that already, or it cannot be written.
pub fn change(
    store: &SharedStore,
    id: SubscriptionId,
    to: &Subscription,
    now: Timestamp,
) -> Result<(), SubscribeError> {
    match store.ask(|store| store.change_subscription(id, to, now)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(SubscribeError::NoSuch(id.0)),
        Err(StoreError::AlreadySubscribed { address }) => Err(SubscribeError::Already { address }),
        Err(error) => Err(SubscribeError::Store(error)),
    }
}

/// Ends one subscription. Whoever has no other has left.
///
/// # Errors
/// When there is no such subscription, or it cannot be written.
pub fn stop(
    store: &SharedStore,
    id: SubscriptionId,
    now: Timestamp,
) -> Result<Stopped, SubscribeError> {
    let stopped = store.ask(|store| store.stop_subscription(id, now))?;
    stopped.ok_or(SubscribeError::NoSuch(id.0))
}

/// Ends every subscription of somebody and cancels their pending letters. Returns how many there were;
/// `None` for somebody who is not subscribed.
///
/// # Errors
/// When it cannot be written.
pub fn unsubscribe(
    store: &SharedStore,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Option<usize>, SubscribeError> {
    Ok(store.ask(|store| store.unsubscribe(address, now))?)
}

/// Every subscriber.
///
/// # Errors
/// When the database cannot be read.
pub fn subscribers(store: &SharedStore) -> Result<Vec<Subscriber>, SubscribeError> {
    Ok(store.ask(|store| store.subscribers())?)
}

/// The subscriber of an address, in any spelling of case.
///
/// # Errors
/// When the database cannot be read.
pub fn known(
    store: &SharedStore,
    address: &EmailAddress,
) -> Result<Option<Subscriber>, SubscribeError> {
    Ok(store.ask(|store| store.subscriber(address))?)
}

/// The language of somebody's letters: the one chosen, else the one they have, else English.
#[must_use]
pub fn language(chosen: Option<Language>, known: Option<&Subscriber>) -> Language {
    chosen.or(known.map(|known| known.language)).unwrap_or(Language::En)
}

/// A subscription, and who has it.
///
/// # Errors
/// When there is no such subscription, or the database cannot be read.
pub fn subscribed(
    store: &SharedStore,
    id: SubscriptionId,
) -> Result<(Subscriber, Subscribed), SubscribeError> {
    let reader = store.ask(|store| store.subscriber_with(id))?;
    let found = reader.and_then(|reader| {
        let one = reader.subscriptions.iter().find(|one| one.id == id).cloned()?;
        Some((reader, one))
    });
    found.ok_or(SubscribeError::NoSuch(id.0))
}
