//! Delivers pending letters: each is written once, then sent until it is accepted or given up.
//!
//! The bytes of a letter are stored before its first try, so a repeat after a crash or a lost answer is
//! the same message with the same Message-ID: at worst a second copy that can be recognised, never a
//! lost letter.
//!
//! One letter's trouble stays its own. A letter that cannot be written is set aside and given up with
//! its reason, and the operator is told once. A failure that is about us or the moment is not about a
//! letter: then all of them wait, none uses up a try, and the operator is told once. If a try was made
//! but could not be recorded, because the database was locked, it is remembered and recorded first the
//! next time: the letter is not sent again meanwhile.
//!
//! A round reserves the letters it takes from the outbox, so that two processes never send the same
//! one, and sends them over a few connections ([`round`]).

mod bounces;
mod digest;
mod letter;
mod retraction;
mod round;
mod tries;
mod unwatched;
mod welcome;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::mail::{ComposeError, Post};
use crate::model::{Advice, DeliveryId, MailWait};
use crate::store::{AttemptOutcome, Heeded, SharedStore, Store, StoreError, unless_damaged};
use crate::writing::{Correspondence, revived_letter};

pub use bounces::{BounceError, Bouncing, Reports, bouncing, pause_bouncing, read_reports, resume};
pub use tries::{Unrecorded, record_tries};
pub use unwatched::tell_unwatched;

/// What delivering needs.
#[derive(Clone)]
pub struct Delivering {
    /// The catalogue: the words that letters use.
    pub catalog: Arc<Catalog>,
    /// The database.
    pub store: SharedStore,
    /// How letters leave.
    pub post: Post,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who letters are from.
    pub correspondence: Arc<Correspondence>,
    /// The tries that are not recorded yet.
    pub unrecorded: Unrecorded,
    /// Ends a round early.
    pub halt: Halt,
    /// Counts the tries of a round as they end.
    pub pulse: Pulse,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
enum LetterError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no message can be made of it")]
    Compose(#[from] ComposeError),
}

/// When set, ends a round of delivery after the letters that are being sent.
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

/// Counts the tries that have ended, so that a watcher can tell a long round from one that is stuck.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// How many tries have ended so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The results for the letters that were due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Accepted by the mail server, or written to their file.
    pub sent: usize,
    /// To be tried again.
    pub retried: usize,
    /// Not tried again: given up, or set aside.
    pub gave_up: usize,
    /// No longer pending.
    pub cancelled: usize,
    /// Due, but not sent for a reason that is not their own.
    pub waiting: usize,
    /// That reason.
    pub wait: Option<MailWait>,
}

impl Delivered {
    fn count(&mut self, outcome: &AttemptOutcome) {
        match outcome {
            AttemptOutcome::Sent => self.sent += 1,
            AttemptOutcome::RetryAt { .. } | AttemptOutcome::Postponed { at: Some(_), .. } => {
                self.retried += 1;
            }
            AttemptOutcome::GaveUp { .. } => self.gave_up += 1,
            AttemptOutcome::Cancelled => self.cancelled += 1,
            // Counted with all that wait.
            AttemptOutcome::Postponed { at: None, .. } => {}
        }
    }

    /// Whether every letter that was due was sent, or is no longer pending.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.gave_up + self.retried + self.waiting == 0
    }

    /// Whether no letter was handled.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.sent + self.retried + self.gave_up + self.cancelled == 0
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, retried, gave_up, cancelled, waiting, wait } = self;
        write!(
            f,
            "sent {sent}, to be tried again {retried}, given up {gave_up}, cancelled {cancelled}"
        )?;
        if *waiting > 0 {
            write!(f, ", waiting {waiting}")?;
        }
        match wait {
            Some(wait) if *waiting > 0 => write!(f, "; {}", wait.failure),
            _ => Ok(()),
        }
    }
}

/// An error on our own side while delivering: not of a letter or a mail server.
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
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::Task(_) => Advice::TellOperator,
        }
    }
}

/// Takes in who has left, and tells the operator where this database did not know it.
fn heed_who_left(with: &Delivering) -> Result<(), DeliverError> {
    let heeded = with.store.ask(Store::heed_suppressions)?;
    if heeded == Heeded::default() {
        return Ok(());
    }
    let (now, by) = (with.clock.now(), &with.correspondence);
    let letter = revived_letter(by, (heeded.left, heeded.forgotten), now);
    Ok(with.store.ask(|store| store.enqueue(&Vec::from_iter(letter), now))?)
}

/// Sends every letter that is due, unless all of them wait.
///
/// # Errors
/// When our own side fails; what a mail server says is recorded, not returned.
pub async fn deliver(with: &Delivering) -> Result<Delivered, DeliverError> {
    let of = with.clone();
    let wait = tokio::task::spawn_blocking(move || {
        record_tries(&of)?;
        // Nobody who has left is written to, whatever copy of the database this is.
        heed_who_left(&of)?;
        pause_bouncing(&of.store, &of.correspondence, of.clock.now())?;
        of.store.ask(|store| store.gather_digests(of.clock.now()))?;
        Ok::<_, DeliverError>(unless_damaged(of.store.ask(|store| store.mail_wait()))?)
    });
    let wait = wait.await??;
    let now = with.clock.now();
    match wait {
        Some(wait) if wait.lasts(now) => {
            let of = with.clone();
            let count = move || of.store.ask(|store| store.count_due(now));
            let waiting = tokio::task::spawn_blocking(count).await??;
            Ok(Delivered { waiting, wait: Some(wait), ..Delivered::default() })
        }
        wait => round::run(with, wait).await,
    }
}

/// Has the next round try every letter that waits, for a reason of all or of its own: somebody wants to know if they
/// still must.
///
/// # Errors
/// When the database cannot be written.
pub fn try_now(store: &SharedStore, now: Timestamp) -> Result<(), DeliverError> {
    Ok(store.ask(|store| store.end_mail_pause(now))?)
}

/// Gives back all reserved letters: for a process that knows that no other delivers, so that the
/// letters of a killed one go out at once.
///
/// # Errors
/// When the database cannot be written.
pub fn take_over(store: &SharedStore) -> Result<(), DeliverError> {
    Ok(store.ask(Store::give_all_back)?)
}

/// Makes a letter due now that was given up, or that waits for its next try. Returns `false` for one
/// that was sent or cancelled.
///
/// # Errors
/// When there is no such letter, or the database cannot be written.
pub fn retry(store: &SharedStore, id: &DeliveryId, now: Timestamp) -> Result<bool, DeliverError> {
    Ok(store.ask(|store| store.retry_delivery(id, now))?)
}

/// Makes every letter due now that was given up or waits; returns how many there were.
///
/// # Errors
/// When the database cannot be written.
pub fn retry_all(store: &SharedStore, now: Timestamp) -> Result<usize, DeliverError> {
    Ok(store.ask(|store| store.retry_all(now))?)
}
