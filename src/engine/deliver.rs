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
use crate::model::{
    Change, ChangeId, DeliveryId, DeliveryState, EmailAddress, Event, Letter, Stage, Subscriber,
};
use crate::render::letter::{self, Leave, LetterInput, OperatorInput, SourceTitle, StaleInput};
use crate::store::{AttemptOutcome, OwedDelivery};

/// How many letters are taken from the outbox at a time.
const BATCH: usize = 50;

/// A letter about changes, with what its envelope needs.
struct Alert {
    letter: Letter,
    leave: Leave,
    /// The reader's letter that this one follows.
    follows: Option<DeliveryId>,
}

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
            DeliveryState::Due { attempts, .. } => attempts + 1,
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
        let Some(Alert { letter, leave, follows }) = self.alert(owed)? else { return Ok(None) };
        let message = self.compose(&letter, owed, &leave, follows.as_ref())?;
        self.store().keep_message(&delivery.id, &message.bytes)?;
        Ok(Some(message))
    }

    fn compose(
        &self,
        letter: &Letter,
        owed: &OwedDelivery,
        leave: &Leave,
        follows: Option<&DeliveryId>,
    ) -> Result<Message, EngineError> {
        let mailto = leave.mailto();
        let envelope = Envelope {
            leave: Some(&mailto),
            in_reply_to: follows,
            ..self.envelope(&owed.delivery.id, &owed.delivery.to, owed.owed_at)
        };
        Ok(compose(letter, &envelope)?)
    }

    /// An envelope of ours, for a letter that follows none.
    fn envelope<'a>(
        &'a self,
        id: &'a DeliveryId,
        to: &'a EmailAddress,
        date: Timestamp,
    ) -> Envelope<'a> {
        Envelope {
            id,
            from: &self.correspondence.from,
            from_name: &self.correspondence.from_name,
            to,
            date,
            leave: None,
            in_reply_to: None,
        }
    }

    /// The letter that tells a subscriber of an event.
    fn alert(&self, owed: &OwedDelivery) -> Result<Option<Alert>, EngineError> {
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
        let earlier = self.earlier(&changes)?;
        let announced = earlier
            .iter()
            .filter(|(change, _)| change.stage == Stage::InForce)
            .map(|(change, before)| (change.id.clone(), before.seen_at))
            .collect();
        let follows = self.letter_of(earlier.iter().map(|(_, before)| before), reader)?;
        let letter =
            self.changes_letter(&event, &changes, &announced, reader, &leave, owed.owed_at);
        Ok(Some(Alert { letter, leave, follows }))
    }

    /// What was said before of changes that say how it went on: what was announced and is in force,
    /// what is taken back or put right.
    fn earlier<'a>(
        &self,
        changes: &[&'a Change],
    ) -> Result<Vec<(&'a Change, Change)>, EngineError> {
        let mut earlier = Vec::new();
        for change in changes.iter().copied().filter(|change| change.stage != Stage::Announced) {
            let before = self.store().before(change)?;
            let goes_on = |before: &Change| match change.stage {
                // The same values again: they were announced, and nothing else is told twice.
                Stage::InForce => before.stage == Stage::Announced && before.new == change.new,
                Stage::Corrected | Stage::Reversed => true,
                Stage::Announced | Stage::Due => false,
            };
            if let Some(before) = before.filter(goes_on) {
                earlier.push((change, before));
            }
        }
        Ok(earlier)
    }

    /// The letter that a reader had of the first of these changes they were told of.
    fn letter_of<'a>(
        &self,
        changes: impl Iterator<Item = &'a Change>,
        reader: &Subscriber,
    ) -> Result<Option<DeliveryId>, EngineError> {
        for change in changes {
            let letters = self.store().deliveries_of(&change.event)?;
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

    fn changes_letter(
        &self,
        event: &Event,
        changes: &[&Change],
        announced: &BTreeMap<ChangeId, Timestamp>,
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
            announced,
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

    /// The bytes of the letter that tells a follower that a source has gone stale.
    pub(super) fn stale_message(
        &self,
        source: &Source,
        since: Timestamp,
        reader: &Subscriber,
        id: &DeliveryId,
        at: Timestamp,
    ) -> Result<Vec<u8>, EngineError> {
        let links = links(source);
        let leave = self.leave(reader);
        let letter = letter::stale(&StaleInput {
            source: &title(source, &links),
            since,
            language: reader.language,
            zone: &self.correspondence.zone,
            sender: self.correspondence.sender.as_ref(),
            leave: &leave,
        });
        let mailto = leave.mailto();
        let envelope = Envelope { leave: Some(&mailto), ..self.envelope(id, &reader.address, at) };
        Ok(compose(&letter, &envelope)?.bytes)
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
        Ok(compose(&letter, &self.envelope(id, to, at))?.bytes)
    }
}

/// A source's addresses as text.
fn links(source: &Source) -> (String, Option<String>) {
    (source.url.to_string(), source.url_fr.as_ref().map(ToString::to_string))
}

fn title<'a>(source: &'a Source, links: &'a (String, Option<String>)) -> SourceTitle<'a> {
    SourceTitle { id: &source.id, title: &source.title, url: &links.0, url_fr: links.1.as_deref() }
}
