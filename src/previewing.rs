//! Shows the letter that a change gives, and sends one that tests whether letters arrive. Nothing is
//! enqueued: a letter shown or sent here is nobody's news.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alert;
use crate::catalog::Catalog;
use crate::mail::{ComposeError, Post};
use crate::model::{
    Advice, Consent, Delivery, DeliveryId, DeliveryState, EmailAddress, Event, Language, Letter,
    SendFailure, Subscriber, SubscriberId,
};
use crate::store::{SharedStore, StoreError};
use crate::verifying::touched;
use crate::writing::{Alert, Correspondence, alert_words, trial_letter};

/// Why there is no letter to show, or none was sent.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// No change has this id.
    #[error("there is no change `{0}`; `rulewatch log` lists them")]
    UnknownChange(String),
    /// Nobody of this address is subscribed.
    #[error("{0} is not subscribed; `rulewatch subscribers` lists those who are")]
    NotSubscribed(String),
    /// The reader's subscription leaves out all changes of the event.
    #[error("{0} is told nothing of this: their subscription hears none of its changes")]
    NotHeard(String),
    /// No message can be made.
    #[error("no message can be made of it")]
    Compose(#[from] ComposeError),
    /// The mail server did not take it.
    #[error("the test letter was not sent")]
    Refused(#[from] SendFailure),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PreviewError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::UnknownChange(_) | Self::NotSubscribed(_) | Self::NotHeard(_) => Advice::Correct,
            Self::Compose(_) | Self::Refused(_) => Advice::TellOperator,
            Self::Store(error) => error.advice(),
        }
    }
}

/// For whom a letter is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum For {
    /// A subscriber: what they would read, in their language.
    Reader(EmailAddress),
    /// Somebody who follows everything, in this language.
    Anybody(Language),
}

/// The letter that the event of a change gives.
///
/// # Errors
/// When there is no such change or reader, or the reader is told nothing of it.
pub fn preview(
    store: &SharedStore,
    (catalog, by): (&Catalog, &Correspondence),
    change: &str,
    whom: &For,
) -> Result<Letter, PreviewError> {
    let unknown = || PreviewError::UnknownChange(change.to_owned());
    let found = store.ask(|store| store.change(change))?.ok_or_else(unknown)?;
    let event = store.ask(|store| store.event(&found.event))?.ok_or_else(unknown)?;
    let reader = match whom {
        For::Reader(address) => subscriber(store, address)?,
        For::Anybody(language) => anybody(by, &event, *language),
    };
    let mut changes = alert::heard(&event, &reader);
    if let For::Anybody(_) = whom {
        changes = event.changes.iter().collect();
    }
    if changes.is_empty() {
        return Err(PreviewError::NotHeard(reader.address.as_str().to_owned()));
    }
    let at = event.changes.first().map_or(Timestamp::UNIX_EPOCH, |change| change.seen_at);
    let delivery = Delivery {
        id: DeliveryId::of("preview", &reader.address, &[event.id.as_str()]),
        subscriber: Some(reader.id),
        to: reader.address.clone(),
        event: Some(event.id.clone()),
        state: DeliveryState::Due { at, attempts: 0 },
    };
    let touched = |data| touched(store, catalog, data, &changes, (at, &by.zone));
    let data: Vec<_> = by.data_of(&reader.address).into_iter().filter_map(touched).collect();
    let announced = BTreeMap::new();
    Ok(alert_words(
        by,
        catalog,
        &Alert {
            delivery: &delivery,
            enqueued_at: at,
            reader: &reader,
            event: &event,
            changes: &changes,
            announced: &announced,
            data: &data,
            follows: None,
        },
    ))
}

fn subscriber(store: &SharedStore, address: &EmailAddress) -> Result<Subscriber, PreviewError> {
    let missing = || PreviewError::NotSubscribed(address.as_str().to_owned());
    store.ask(|store| store.subscriber(address))?.ok_or_else(missing)
}

/// A reader who does not exist: the letter goes nowhere.
fn anybody(by: &Correspondence, event: &Event, language: Language) -> Subscriber {
    let given_at = event.changes.first().map_or(Timestamp::UNIX_EPOCH, |change| change.seen_at);
    Subscriber {
        id: SubscriberId(0),
        address: by.from.clone(),
        language,
        subscriptions: Vec::new(),
        consent: Consent { wording: String::new(), method: "preview".to_owned(), given_at },
        paused_at: None,
        key: None,
    }
}

/// Sends a letter that says that it is a test. Returns what the mail server answered, or the file it was
/// written to.
///
/// # Errors
/// When no message can be made of it, or the mail server does not take it.
pub async fn send_test(
    (by, post): (&Correspondence, &Post),
    to: &EmailAddress,
    language: Language,
    now: Timestamp,
) -> Result<String, PreviewError> {
    let message = trial_letter(by, to, language, now)?;
    let sent = post.send(&message).await;
    post.rest().await;
    Ok(sent?.answer)
}
