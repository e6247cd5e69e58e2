//! Delivers what is owed: each letter rendered once, sent until it is taken or given up.
//!
//! The bytes of the first try are kept before it is made, so a repeat after a crash or a lost
//! answer is the same message with the same Message-ID: a second copy that can be recognised,
//! never a lost one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Engine, EngineError, Inner, wording};
use crate::alert;
use crate::catalog::Source;
use crate::mail::{Envelope, Message, compose};
use crate::model::{Change, DeliveryId, EmailAddress, Event, Letter, Subscriber};
use crate::render::letter::{self, Leave, LetterInput, OperatorInput, SourceTitle};
use crate::store::{AttemptOutcome, OwedDelivery};

/// How many letters are taken from the outbox at a time.
const BATCH: usize = 50;

/// What became of the letters that were due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Taken by the mail server, or written to their file.
    pub sent: usize,
    /// To be tried again.
    pub retried: usize,
    /// Not tried again.
    pub gave_up: usize,
    /// Owed no longer.
    pub cancelled: usize,
}

impl Engine {
    /// Sends every letter that is due.
    ///
    /// # Errors
    /// When our own side fails; what a mail server says is recorded, not returned.
    pub async fn deliver(&self) -> Result<Delivered, EngineError> {
        let mut delivered = Delivered::default();
        loop {
            let now = self.0.clock.now();
            let due = self.ask(|store| store.due_deliveries(now, BATCH))?;
            if due.is_empty() {
                return Ok(delivered);
            }
            for owed in due {
                let outcome = self.attempt(&owed, now).await?;
                match outcome {
                    AttemptOutcome::Sent => delivered.sent += 1,
                    AttemptOutcome::RetryAt { .. } => delivered.retried += 1,
                    AttemptOutcome::GaveUp { .. } => delivered.gave_up += 1,
                    AttemptOutcome::Cancelled => delivered.cancelled += 1,
                }
                self.ask(|store| store.record_attempt(&owed.delivery.id, now, &outcome))?;
            }
        }
    }

    async fn attempt(
        &self,
        owed: &OwedDelivery,
        now: Timestamp,
    ) -> Result<AttemptOutcome, EngineError> {
        let Some(message) = self.0.message(owed)? else { return Ok(AttemptOutcome::Cancelled) };
        let attempts = match owed.delivery.state {
            crate::model::DeliveryState::Due { attempts, .. } => attempts + 1,
            _ => 1,
        };
        Ok(match self.0.post.send(&message).await {
            Ok(_) => AttemptOutcome::Sent,
            Err(error) => {
                let why = error.to_string();
                let delay = alert::retry_delay(attempts).filter(|_| error.retry());
                match delay.and_then(|delay| now.checked_add(delay).ok()) {
                    Some(at) => AttemptOutcome::RetryAt { at, why },
                    None => AttemptOutcome::GaveUp { why },
                }
            }
        })
    }
}

impl Inner {
    /// The message of a delivery: the kept one, else rendered and kept. `None` when whom it is for
    /// has left, or hears nothing of it any more.
    fn message(&self, owed: &OwedDelivery) -> Result<Option<Message>, EngineError> {
        let delivery = &owed.delivery;
        let wrap = |bytes| Message {
            id: delivery.id.clone(),
            from: self.correspondence.from.clone(),
            to: delivery.to.clone(),
            bytes,
        };
        if let Some(bytes) = &owed.message {
            return Ok(Some(wrap(bytes.clone())));
        }
        let Some((letter, leave)) = self.alert(owed)? else { return Ok(None) };
        let message =
            self.compose(&letter, &delivery.id, &delivery.to, owed.owed_at, Some(&leave))?;
        self.store().keep_message(&delivery.id, &message.bytes)?;
        Ok(Some(message))
    }

    fn compose(
        &self,
        letter: &Letter,
        id: &DeliveryId,
        to: &EmailAddress,
        date: Timestamp,
        leave: Option<&Leave>,
    ) -> Result<Message, EngineError> {
        let mailto = leave.map(Leave::mailto);
        let envelope = Envelope {
            id,
            from: &self.correspondence.from,
            from_name: &self.correspondence.from_name,
            to,
            date,
            leave: mailto.as_deref(),
            in_reply_to: None,
        };
        Ok(compose(letter, &envelope)?)
    }

    /// The letter that tells a subscriber of an event.
    fn alert(&self, owed: &OwedDelivery) -> Result<Option<(Letter, Leave)>, EngineError> {
        let Some(event) = owed.delivery.event.as_ref() else { return Ok(None) };
        let Some(event) = self.store().event(event)? else { return Ok(None) };
        let subscribers = self.store().subscribers()?;
        let reader = subscribers.iter().find(|s| Some(s.id) == owed.delivery.subscriber);
        let Some(reader) = reader else { return Ok(None) };
        let changes = alert::heard(&event, &reader.subscription);
        if changes.is_empty() {
            return Ok(None);
        }
        let leave = self.leave(reader);
        let letter = self.changes_letter(&event, &changes, reader, &leave, owed.owed_at);
        Ok(Some((letter, leave)))
    }

    fn changes_letter(
        &self,
        event: &Event,
        changes: &[&Change],
        reader: &Subscriber,
        leave: &Leave,
        at: Timestamp,
    ) -> Letter {
        let source = self.catalog.source(&event.source);
        let links = source.map(links);
        let titles: Vec<SourceTitle<'_>> =
            source.iter().zip(&links).map(|(source, links)| title(source, links)).collect();
        let wording: BTreeMap<_, _> = changes
            .iter()
            .map(|change| (change.id.clone(), wording(change)))
            .filter(|(_, pieces)| !pieces.is_empty())
            .collect();
        let called = |change: &&Change| {
            let title = source?.fact(&change.fact)?.title_of(&change.fact)?;
            Some((change.fact.clone(), title))
        };
        let facts: BTreeMap<_, _> = changes.iter().filter_map(called).collect();
        letter::changes(&LetterInput {
            changes,
            sources: &titles,
            facts: &facts,
            rules: self.catalog.rules(),
            wording: &wording,
            language: reader.language,
            zone: &self.correspondence.zone,
            sender: self.correspondence.sender.as_ref(),
            leave: Some(leave),
            checked_at: at,
        })
    }

    /// How a reader leaves: a letter to the sender, which the operator answers with `unsubscribe`.
    fn leave(&self, reader: &Subscriber) -> Leave {
        let own = &self.correspondence;
        let address = own.leave.as_ref().or(own.operator.as_ref()).unwrap_or(&own.from);
        Leave {
            address: address.clone(),
            command: format!("unsubscribe {}", reader.address.as_str()),
        }
    }

    /// The bytes of a letter to the operator, rendered when it becomes owed: what it says of a check
    /// is known then and nowhere kept in that form.
    pub(super) fn operator_message(
        &self,
        source: &Source,
        news: letter::News<'_>,
        id: &DeliveryId,
        to: &EmailAddress,
        at: Timestamp,
    ) -> Result<Vec<u8>, EngineError> {
        let links = links(source);
        let letter = letter::operator(&OperatorInput {
            source: &title(source, &links),
            news,
            language: self.correspondence.language,
            zone: &self.correspondence.zone,
        });
        Ok(self.compose(&letter, id, to, at, None)?.bytes)
    }
}

/// A source's addresses as text.
fn links(source: &Source) -> (String, Option<String>) {
    (source.url.to_string(), source.url_fr.as_ref().map(ToString::to_string))
}

fn title<'a>(source: &'a Source, links: &'a (String, Option<String>)) -> SourceTitle<'a> {
    SourceTitle { id: &source.id, title: &source.title, url: &links.0, url_fr: links.1.as_deref() }
}
