//! Who is owed a letter.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::model::{
    Change, Delivery, DeliveryId, DeliveryState, EmailAddress, Event, EventId, SourceId,
    Subscriber, Subscription,
};

/// Owes one letter to every subscriber who hears at least one change of the event.
#[must_use]
pub fn plan(event: &Event, subscribers: &[Subscriber], now: Timestamp) -> Vec<Delivery> {
    subscribers
        .iter()
        .filter(|subscriber| !heard(event, &subscriber.subscription).is_empty())
        .map(|subscriber| Delivery {
            id: delivery_id(&["subscriber", event.id.as_str(), &subscriber.id.0.to_string()]),
            subscriber: Some(subscriber.id),
            to: subscriber.address.clone(),
            event: Some(event.id.clone()),
            state: DeliveryState::Due { at: now, attempts: 0 },
        })
        .collect()
}

/// Owes one letter to every subscriber who follows a source that has gone stale. The same staleness
/// gives the same letters: each hears of it once.
#[must_use]
pub fn stale(
    source: &SourceId,
    since: Timestamp,
    followers: &[&Subscriber],
    now: Timestamp,
) -> Vec<Delivery> {
    let letter = |subscriber: &&Subscriber| {
        let (since, of) = (since.to_string(), subscriber.id.0.to_string());
        Delivery {
            id: delivery_id(&["stale", source.as_str(), &since, &of]),
            subscriber: Some(subscriber.id),
            to: subscriber.address.clone(),
            event: None,
            state: DeliveryState::Due { at: now, attempts: 0 },
        }
    };
    followers.iter().map(letter).collect()
}

/// The changes of the event that a subscription hears, in the event's order.
#[must_use]
pub fn heard<'a>(event: &'a Event, subscription: &Subscription) -> Vec<&'a Change> {
    event.changes.iter().filter(|change| subscription.hears(change)).collect()
}

/// What the operator is told of. Each is told once: the same occasion gives the same delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion<'a> {
    /// A source can no longer be read.
    Broken {
        /// The source.
        source: &'a SourceId,
        /// When the first check failed. A later failure of the same breakage has the same moment.
        since: Timestamp,
    },
    /// A source can be read again.
    Recovered {
        /// The source.
        source: &'a SourceId,
        /// When the breakage that is over had begun.
        since: Timestamp,
    },
    /// A source could not be read for longer than its patience.
    Stale {
        /// The source.
        source: &'a SourceId,
        /// Since when.
        since: Timestamp,
    },
    /// The same facts stand in another place on the page.
    Relocated {
        /// The source.
        source: &'a SourceId,
        /// When that was first seen.
        since: Timestamp,
    },
    /// An event waits for confirmation.
    Held {
        /// The event.
        event: &'a EventId,
    },
    /// What was held is settled: released or rejected.
    Settled {
        /// The event it would have been, as the operator was told.
        event: &'a EventId,
    },
    /// An event whose facts nobody has reviewed: it goes to the operator alone.
    Unreviewed {
        /// The event.
        event: &'a EventId,
    },
}

impl Occasion<'_> {
    /// The event the letter tells of, where it tells of one.
    fn event(&self) -> Option<&EventId> {
        match self {
            Self::Unreviewed { event } => Some(event),
            // What is, or was, only held is no recorded event.
            Self::Held { .. }
            | Self::Settled { .. }
            | Self::Broken { .. }
            | Self::Recovered { .. }
            | Self::Stale { .. }
            | Self::Relocated { .. } => None,
        }
    }

    fn delivery_id(&self) -> DeliveryId {
        let told = |word: &str, source: &SourceId, since: Timestamp| {
            delivery_id(&["operator", word, source.as_str(), &since.to_string()])
        };
        match self {
            Self::Broken { source, since } => told("broken", source, *since),
            Self::Recovered { source, since } => told("recovered", source, *since),
            Self::Stale { source, since } => told("stale", source, *since),
            Self::Relocated { source, since } => told("relocated", source, *since),
            Self::Held { event } => delivery_id(&["operator", "held", event.as_str()]),
            Self::Settled { event } => delivery_id(&["operator", "settled", event.as_str()]),
            Self::Unreviewed { event } => delivery_id(&["operator", "unreviewed", event.as_str()]),
        }
    }
}

/// Owes the operator a letter about an occasion.
#[must_use]
pub fn operator_delivery(to: &EmailAddress, occasion: Occasion<'_>, now: Timestamp) -> Delivery {
    Delivery {
        id: occasion.delivery_id(),
        subscriber: None,
        to: to.clone(),
        event: occasion.event().cloned(),
        state: DeliveryState::Due { at: now, attempts: 0 },
    }
}

/// Makes an id of what identifies a delivery: half a SHA-256, which is plenty for telling letters
/// apart and short enough for a Message-ID on one line.
fn delivery_id(parts: &[&str]) -> DeliveryId {
    let mut hash = Sha256::new();
    hash.update(b"rulewatch delivery");
    for part in parts {
        // A separator that no part can hold keeps ("ab", "c") and ("a", "bc") apart.
        hash.update(b"\0");
        hash.update(part.as_bytes());
    }
    let hex: String = hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    DeliveryId::parse(&hex).expect("32 hexadecimal digits are a delivery id")
}

#[cfg(test)]
mod tests;
