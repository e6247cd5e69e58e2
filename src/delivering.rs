//! Delivers what is pending: each letter written once, sent until it is taken or given up.
//!
//! The bytes of the first try are kept before it is made, so a repeat after a crash or a lost
//! answer is the same message with the same Message-ID: a second copy that can be recognised,
//! never a lost one.
//!
//! One letter's trouble stays its own. A letter that cannot be written is set aside, given up with
//! its reason, and the operator is told once. A try that was made and could not be recorded, because
//! the database was locked, is kept in mind and recorded first the next time: the letter is not sent
//! again meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::alert;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::conclude::goes_on;
use crate::mail::{ComposeError, Message, Post};
use crate::model::{
    Advice, Change, DeliveryId, DeliveryKind, DeliveryState, Stage, Subscriber, in_full,
};
use crate::store::{AttemptOutcome, PendingDelivery, SharedStore, Store, StoreError};
use crate::writing::{Alert, Correspondence, alert_letter, set_aside_letter};

/// How many letters are taken from the outbox at a time.
const BATCH: usize = 50;

/// What delivering needs.
#[derive(Clone)]
pub struct Delivering {
    /// What is watched: the words that letters use.
    pub catalog: Arc<Catalog>,
    /// What is remembered.
    pub store: SharedStore,
    /// How letters leave.
    pub post: Post,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who letters are from.
    pub correspondence: Arc<Correspondence>,
    /// The tries that were made and are not recorded yet.
    pub unrecorded: Unrecorded,
    /// Ends a round early.
    pub halt: Halt,
}

/// Ends a round of delivery after the letter that is on its way, once it is set.
#[derive(Debug, Clone, Default)]
pub struct Halt(Arc<AtomicBool>);

impl Halt {
    /// Asks for the end.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tries that were made and could not be recorded yet. They outlive a change of configuration.
#[derive(Debug, Clone, Default)]
pub struct Unrecorded(Arc<Mutex<Vec<Tried>>>);

/// One try at one letter.
#[derive(Debug, Clone)]
struct Tried {
    id: DeliveryId,
    at: Timestamp,
    outcome: AttemptOutcome,
}

/// What became of the letters that were due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Taken by the mail server, or written to their file.
    pub sent: usize,
    /// To be tried again.
    pub retried: usize,
    /// Not tried again: given up, or set aside.
    pub gave_up: usize,
    /// No longer pending.
    pub cancelled: usize,
}

impl Delivered {
    fn count(&mut self, outcome: &AttemptOutcome) {
        match outcome {
            AttemptOutcome::Sent => self.sent += 1,
            AttemptOutcome::RetryAt { .. } => self.retried += 1,
            AttemptOutcome::GaveUp { .. } => self.gave_up += 1,
            AttemptOutcome::Cancelled => self.cancelled += 1,
        }
    }

    /// Whether every letter that was due was sent, or is no longer pending.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.gave_up + self.retried == 0
    }

    /// Whether no letter was tried.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, retried, gave_up, cancelled } = self;
        write!(
            f,
            "sent {sent}, to be tried again {retried}, given up {gave_up}, cancelled {cancelled}"
        )
    }
}

/// What went wrong on our own side while delivering: not with a letter or a mail server.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task that ended without an answer.
    #[error("delivering stopped in the middle")]
    Task(#[from] tokio::task::JoinError),
}

impl DeliverError {
    /// What is to be done about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::Task(_) => Advice::TellOperator,
        }
    }
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
enum LetterError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no message can be made of it")]
    Compose(#[from] ComposeError),
}

/// A letter that is about to be tried.
enum Ready {
    /// To be sent; so many tries with this one.
    Send(Message, u32),
    /// No longer pending: whom it is for has left, or hears nothing of it any more.
    Cancel,
    /// It was sent, given up or cancelled by somebody else meanwhile.
    Settled,
    /// It cannot be written.
    SetAside(String),
}

/// Sends every letter that is due.
///
/// # Errors
/// When our own side fails; what a mail server says is recorded, not returned.
pub async fn deliver(with: &Delivering) -> Result<Delivered, DeliverError> {
    let mut delivered = Delivered::default();
    let mut tried = BTreeSet::new();
    loop {
        let (of, seen) = (with.clone(), tried.clone());
        let due = tokio::task::spawn_blocking(move || due(&of, &seen)).await??;
        if due.is_empty() {
            return Ok(delivered);
        }
        for id in due {
            if with.halt.is_set() {
                return Ok(delivered);
            }
            tried.insert(id.clone());
            if let Some(outcome) = attempt(with, id).await? {
                delivered.count(&outcome);
            }
        }
    }
}

/// Makes a letter due now that was given up, or that waits for its next try. Returns `false` for one
/// that was sent or cancelled.
///
/// # Errors
/// When there is no such letter, or the database cannot be written.
pub fn retry(store: &SharedStore, id: &DeliveryId, now: Timestamp) -> Result<bool, DeliverError> {
    Ok(store.ask(|store| store.retry_delivery(id, now))?)
}

/// The letters to try next, once what was tried before is recorded. None is tried twice in a round: one
/// whose trouble could not even be recorded would be tried for ever.
fn due(with: &Delivering, tried: &BTreeSet<DeliveryId>) -> Result<Vec<DeliveryId>, DeliverError> {
    record_tries(with)?;
    let now = with.clock.now();
    let due = with.store.ask(|store| store.due(now, BATCH + tried.len()))?;
    Ok(due.into_iter().filter(|id| !tried.contains(id)).take(BATCH).collect())
}

/// Tries one letter; `None` when there is nothing to try any more, or nothing to tell.
async fn attempt(
    with: &Delivering,
    id: DeliveryId,
) -> Result<Option<AttemptOutcome>, DeliverError> {
    let now = with.clock.now();
    let (of, letter) = (with.clone(), id.clone());
    let ready = tokio::task::spawn_blocking(move || ready(&of, &letter, now)).await??;
    let outcome = match ready {
        Ready::Settled => return Ok(None),
        Ready::Cancel => AttemptOutcome::Cancelled,
        Ready::SetAside(why) => AttemptOutcome::GaveUp { why },
        Ready::Send(message, attempts) => send(with, &message, attempts, now).await,
    };
    with.unrecorded.push(Tried { id, at: now, outcome: outcome.clone() });
    let of = with.clone();
    tokio::task::spawn_blocking(move || record_tries(&of)).await??;
    Ok(Some(outcome))
}

async fn send(
    with: &Delivering,
    message: &Message,
    attempts: u32,
    now: Timestamp,
) -> AttemptOutcome {
    let error = match with.post.send(message).await {
        Ok(_) => return AttemptOutcome::Sent,
        Err(error) => error,
    };
    let why = error.to_string();
    let delay = alert::retry_delay(attempts).filter(|_| error.retry());
    match delay.and_then(|delay| now.checked_add(delay).ok()) {
        Some(at) => AttemptOutcome::RetryAt { at, why },
        None => AttemptOutcome::GaveUp { why },
    }
}

/// Makes a letter ready to be tried. One that cannot be written is set aside, which is told to the
/// operator; a letter to the operator that cannot be written is only logged.
fn ready(with: &Delivering, id: &DeliveryId, now: Timestamp) -> Result<Ready, DeliverError> {
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
        LetterError::Store(error) if error.advice() != Advice::TellOperator => Err(error.into()),
        error => {
            let why = in_full(&error);
            tracing::error!(delivery.id = %id, why, "a letter is set aside");
            tell_operator(with, id, &why, now)?;
            Ok(Ready::SetAside(why))
        }
    }
}

/// Enqueues the letter that tells the operator of one that is set aside.
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

/// The message of a letter: the kept one, else written and kept.
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

/// Writes the letter that tells a subscriber of an event. `None` when the reader has left, or hears
/// nothing of it any more.
fn write(with: &Delivering, pending: &PendingDelivery) -> Result<Option<Message>, LetterError> {
    let delivery = &pending.delivery;
    let Some(event) = delivery.event.as_ref() else { return Ok(None) };
    let (event, subscribers) =
        with.store.ask(|store| Ok::<_, StoreError>((store.event(event)?, store.subscribers()?)))?;
    let reader = subscribers.iter().find(|s| Some(s.id) == delivery.subscriber);
    let (Some(event), Some(reader)) = (event, reader) else { return Ok(None) };
    let changes = alert::heard(&event, &reader.subscription);
    if changes.is_empty() {
        return Ok(None);
    }
    // A letter that does not show under an earlier one is better than none.
    let earlier = with.store.ask(|store| earlier(store, &changes)).or_else(without)?;
    let announced: BTreeMap<_, _> = earlier
        .iter()
        .filter(|(change, _)| change.stage == Stage::InForce)
        .map(|(change, before)| (change.id.clone(), before.seen_at))
        .collect();
    let before = earlier.iter().map(|(_, before)| before);
    let follows = with.store.ask(|store| letter_of(store, before, reader)).or_else(without)?;
    let alert = Alert {
        delivery,
        enqueued_at: pending.enqueued_at,
        reader,
        event: &event,
        changes: &changes,
        announced: &announced,
        follows: follows.as_ref(),
    };
    Ok(Some(alert_letter(&with.correspondence, &with.catalog, &alert)?))
}

/// Nothing in place of what cannot be read back, where that does not pass by itself.
fn without<T: Default>(error: StoreError) -> Result<T, StoreError> {
    if error.advice() != Advice::TellOperator {
        return Err(error);
    }
    tracing::warn!(error = in_full(&error), "a letter goes out without what was said before");
    Ok(T::default())
}

/// What was said before of changes that go on from it.
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

/// The letter in which a reader was told of the first of these changes they were told of.
fn letter_of<'a>(
    store: &Store,
    changes: impl Iterator<Item = &'a Change>,
    reader: &Subscriber,
) -> Result<Option<DeliveryId>, StoreError> {
    for change in changes {
        let letters = store.deliveries_of(&change.event)?;
        let sent = letters.into_iter().map(|row| row.delivery).find(|delivery| {
            delivery.subscriber == Some(reader.id)
                && matches!(delivery.state, DeliveryState::Sent { .. })
        });
        if let Some(sent) = sent {
            return Ok(Some(sent.id));
        }
    }
    Ok(None)
}

impl Unrecorded {
    fn push(&self, tried: Tried) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tried);
    }
}

/// Records the tries that are not recorded yet. One that the database will not take is logged and
/// dropped, so that it holds up no other: the letter is tried again, under the same Message-ID.
///
/// # Errors
/// When the database is locked, or nothing can go on.
pub fn record_tries(with: &Delivering) -> Result<(), DeliverError> {
    let mut tries = with.unrecorded.0.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(Tried { id, at, outcome }) = tries.first() {
        match with.store.ask(|store| store.record_attempt(id, *at, outcome)) {
            Ok(()) => {}
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
