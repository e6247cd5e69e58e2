//! One round of delivery: letters taken from the outbox and sent over a few connections.
//!
//! It begins with one letter on one connection, so that a fault of ours, such as a password, is tried
//! only once. When that letter is accepted, others are sent in parallel, never more than a few at once to
//! one domain. A failure that is about us or the moment ends the round, and all letters wait. One that is
//! about its letter postpones that letter, unless other recipients fail alike: then it is not about them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::letter::{Ready, ready};
use super::tries::Tried;
use super::{DeliverError, Delivered, Delivering, record_tries};
use crate::alert;
use crate::model::{DeliveryId, MailStep, MailWait, Means, SendFailure, in_full};
use crate::store::{AttemptOutcome, Leased};
use crate::writing::mail_letter;

/// How many letters are taken from the outbox at a time.
const BATCH: usize = 50;

/// How many letters are held at most, where those that are taken must wait for their turn at a domain.
const MOST_TAKEN: usize = 1000;

/// How many letters may be on their way to one domain at once.
const LANES_OF_DOMAIN: usize = 2;

/// How many recipients must fail alike to show that it is not about them, before any letter is accepted.
const ALIKE: usize = 2;

/// The same, in a row, once some were accepted.
const ALIKE_IN_A_ROW: usize = 20;

/// How long a letter with no tries left waits while the failure is not about it.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// The shortest wait whose end the operator is told of by letter: a shorter one passed by itself.
const WORTH_A_LETTER: SignedDuration = SignedDuration::from_mins(15);

/// Distinguishes rounds: letters are reserved under a round's name.
static ROUNDS: AtomicU64 = AtomicU64::new(0);

/// A letter that is being sent, or was.
struct Way {
    letter: Leased,
    now: Timestamp,
    end: Result<End, DeliverError>,
}

/// How sending ended.
enum End {
    /// It was not sent: it was cancelled, settled by somebody else, or set aside.
    Without(Option<AttemptOutcome>),
    /// It was accepted.
    Taken,
    /// It was not accepted; with the number of the try.
    Failed(SendFailure, u32),
}

struct Round<'a> {
    with: &'a Delivering,
    name: String,
    queue: VecDeque<Leased>,
    ways: JoinSet<Way>,
    /// The recipients of the letters that are being sent.
    under_way: Vec<String>,
    lanes: usize,
    /// Whether letters were taken from the outbox.
    has_taken: bool,
    /// The failures of letters that were postponed since one was accepted, with their recipients.
    failures: Vec<(SendFailure, String)>,
    /// Why all letters wait, from before the round or from now on.
    wait: Option<MailWait>,
    /// Whether all letters are to wait from now on.
    is_over: bool,
    delivered: Delivered,
}

/// Sends what is due. `wait` is why all letters waited until now.
pub(super) async fn run(
    with: &Delivering,
    wait: Option<MailWait>,
) -> Result<Delivered, DeliverError> {
    let n = ROUNDS.fetch_add(1, Ordering::Relaxed);
    let mut round = Round {
        with,
        name: format!("{}-{n}", std::process::id()),
        queue: VecDeque::new(),
        ways: JoinSet::new(),
        under_way: Vec::new(),
        lanes: 1,
        has_taken: false,
        failures: Vec::new(),
        wait,
        is_over: false,
        delivered: Delivered::default(),
    };
    let ended = round.all().await;
    // If our own side failed, finish what is being sent, and remember the results.
    while let Some(Ok(way)) = round.ways.join_next().await {
        if let Err(error) = round.ended(way) {
            tracing::debug!(error = in_full(&error), "a letter ended after a fault");
        }
    }
    with.post.rest().await;
    let (of, name) = (with.clone(), round.name.clone());
    let give_back = move || {
        let due = of.store.ask(|store| {
            if round.has_taken {
                store.give_back(&name)?;
            }
            store.count_due(of.clock.now())
        });
        if due.is_err() && round.has_taken {
            of.unrecorded.give_back(name);
        }
        due
    };
    let due = tokio::task::spawn_blocking(give_back).await?;
    ended?;
    let mut delivered = round.delivered;
    if round.is_over {
        (delivered.waiting, delivered.wait) = (due?, round.wait);
    }
    Ok(delivered)
}

impl Round<'_> {
    /// Sends letters as long as some are due, and nothing prevents it.
    async fn all(&mut self) -> Result<(), DeliverError> {
        loop {
            self.begin_ways().await?;
            let Some(ended) = self.ways.join_next().await else { return Ok(()) };
            self.ended(ended?)?;
            // Those that ended at the same time are recorded together.
            while let Some(ended) = self.ways.try_join_next() {
                self.ended(ended?)?;
            }
            let of = self.with.clone();
            tokio::task::spawn_blocking(move || record_tries(&of)).await??;
            self.note_wait().await?;
        }
    }

    /// Begins to send letters, as far as there are free lanes.
    async fn begin_ways(&mut self) -> Result<(), DeliverError> {
        while !self.is_over && !self.with.halt.is_set() && self.ways.len() < self.lanes {
            if self.queue.is_empty() {
                self.take().await?;
            }
            let free = self.queue.iter().position(|letter| self.is_free(&letter.to));
            let Some(letter) = free.and_then(|place| self.queue.remove(place)) else {
                // Those that are taken all go to domains that are busy: one that is slow must not hold up
                // the others.
                let before = self.queue.len();
                if before < MOST_TAKEN {
                    self.take().await?;
                }
                if self.queue.len() > before {
                    continue;
                }
                return Ok(());
            };
            self.under_way.push(letter.to.clone());
            self.ways.spawn(way(self.with.clone(), letter));
        }
        Ok(())
    }

    /// Whether another letter may go to an address now. One reader's letters are sent one after the other: a
    /// later one may refer to the one before.
    fn is_free(&self, to: &str) -> bool {
        let of_domain = self.under_way.iter().filter(|other| domain(other) == domain(to));
        !self.under_way.iter().any(|other| other == to) && of_domain.count() < LANES_OF_DOMAIN
    }

    /// Takes more letters from the outbox.
    async fn take(&mut self) -> Result<(), DeliverError> {
        let (of, name) = (self.with.clone(), self.name.clone());
        let lease = move || of.store.ask(|store| store.lease(&name, of.clock.now(), BATCH));
        self.queue.extend(tokio::task::spawn_blocking(lease).await??);
        self.has_taken |= !self.queue.is_empty();
        Ok(())
    }

    /// Handles the result of sending a letter.
    fn ended(&mut self, way: Way) -> Result<(), DeliverError> {
        let Way { letter, now, end } = way;
        self.with.pulse.beat();
        if let Some(place) = self.under_way.iter().position(|to| *to == letter.to) {
            self.under_way.swap_remove(place);
        }
        let outcome = match end? {
            End::Without(outcome) => outcome,
            End::Taken => {
                if self.delivered.sent == 0 {
                    self.lanes = self.with.post.most_at_once();
                }
                self.failures.clear();
                Some(AttemptOutcome::Sent)
            }
            End::Failed(failure, attempts) => self.failed(&letter, failure, attempts, now),
        };
        if let Some(outcome) = outcome {
            self.delivered.count(&outcome);
            self.with.unrecorded.push(Tried { id: letter.id, at: now, outcome });
        }
        Ok(())
    }

    /// The outcome for a letter that was not accepted; `None` if it is tried again in this round.
    fn failed(
        &mut self,
        letter: &Leased,
        failure: SendFailure,
        attempts: u32,
        now: Timestamp,
    ) -> Option<AttemptOutcome> {
        let why = failure.to_string();
        if failure.means == Means::Letter {
            return Some(self.put_off(letter, failure, attempts, now));
        }
        if self.is_one_too_many(&failure) {
            self.lanes = self.ways.len().max(1);
            self.queue.push_front(letter.clone());
            return None;
        }
        self.all_wait(failure, now);
        Some(AttemptOutcome::Postponed { at: None, why })
    }

    /// The outcome for a letter that was not accepted for a reason that, as far as known, is its own.
    fn put_off(
        &mut self,
        letter: &Leased,
        failure: SendFailure,
        attempts: u32,
        now: Timestamp,
    ) -> AttemptOutcome {
        let why = failure.to_string();
        let is_known = self.wait.as_ref().is_some_and(|wait| wait.failure.is_alike(&failure));
        let delay = alert::retry_delay(attempts).or(is_known.then_some(LONG));
        let delay = delay.filter(|_| !failure.is_for_good());
        let Some(at) = delay.and_then(|delay| now.checked_add(delay).ok()) else {
            return AttemptOutcome::GaveUp { why };
        };
        // A reader whose letters failed before shows nothing of the others, unless all wait for it already.
        if is_known || !letter.is_failing {
            if self.is_of_all(&failure, &letter.to) {
                self.all_wait(failure, now);
            } else {
                self.failures.push((failure, letter.to.clone()));
            }
        }
        match is_known {
            true => AttemptOutcome::Postponed { at: Some(at), why },
            false => AttemptOutcome::RetryAt { at, why },
        }
    }

    /// Whether enough other recipients failed alike since a letter was accepted. While some are accepted,
    /// each may be postponed for its own reason: a greylisting server does so with every unknown sender.
    fn is_of_all(&self, failure: &SendFailure, to: &str) -> bool {
        let alike = self.failures.iter().filter(|(other, _)| other.is_alike(failure));
        let others: BTreeSet<&str> =
            alike.map(|(_, other)| other.as_str()).filter(|other| *other != to).collect();
        let enough = if self.delivered.sent == 0 { ALIKE } else { ALIKE_IN_A_ROW };
        others.len() + 1 >= enough
    }

    /// Whether only an additional connection is refused, while earlier ones are in use.
    fn is_one_too_many(&self, failure: &SendFailure) -> bool {
        let is_new = matches!(
            failure.step,
            MailStep::Connect | MailStep::Greet | MailStep::Hello | MailStep::Login
        );
        let works = self.delivered.sent > 0 && !self.ways.is_empty();
        is_new && failure.means == Means::Moment && works && !self.is_over
    }

    /// Makes all letters wait. Other failures in this round add nothing.
    fn all_wait(&mut self, failure: SendFailure, now: Timestamp) {
        if self.is_over {
            return;
        }
        self.is_over = true;
        let before = self.wait.take();
        let wait = MailWait::after(before.as_ref(), failure, now);
        if before.is_none_or(|before| !before.failure.is_alike(&wait.failure)) {
            let (why, next_in) = (wait.failure.to_string(), wait.length);
            tracing::warn!(why, ?next_in, "no letter can be sent: all of them wait");
        }
        self.wait = Some(wait);
    }

    /// Records that letters wait, or that they go out again.
    async fn note_wait(&mut self) -> Result<(), DeliverError> {
        let (of, now) = (self.with.clone(), self.with.clock.now());
        if self.is_over {
            let Some(wait) = self.wait.clone() else { return Ok(()) };
            let begin = move || of.store.ask(|store| store.begin_mail_wait(&wait));
            return Ok(tokio::task::spawn_blocking(begin).await??);
        }
        if self.delivered.sent == 0 {
            return Ok(());
        }
        let Some(wait) = self.wait.take() else { return Ok(()) };
        let lasted = now.duration_since(wait.since);
        tracing::info!(was = wait.failure.to_string(), "letters can be sent again");
        let end = move || {
            let letter = mail_letter(&of.correspondence, &wait, now);
            let letter = letter.filter(|_| lasted >= WORTH_A_LETTER);
            of.store.ask(|store| store.end_mail_wait(&Vec::from_iter(letter), now))
        };
        Ok(tokio::task::spawn_blocking(end).await??)
    }
}

/// Sends one letter.
async fn way(with: Delivering, letter: Leased) -> Way {
    let now = with.clock.now();
    let end = sent(&with, &letter.id, now).await;
    Way { letter, now, end }
}

async fn sent(with: &Delivering, id: &DeliveryId, now: Timestamp) -> Result<End, DeliverError> {
    let (of, letter) = (with.clone(), id.clone());
    let ready = tokio::task::spawn_blocking(move || ready(&of, &letter, now)).await??;
    Ok(match ready {
        Ready::Settled => End::Without(None),
        Ready::Cancel => End::Without(Some(AttemptOutcome::Cancelled)),
        Ready::SetAside(why) => End::Without(Some(AttemptOutcome::GaveUp { why })),
        Ready::Send(message, attempts) => match with.post.send(&message).await {
            Ok(_) => End::Taken,
            Err(failure) => End::Failed(failure, attempts),
        },
    })
}

/// The domain of an address.
fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
