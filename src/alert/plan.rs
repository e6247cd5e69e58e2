//! Who is owed a letter.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::model::{
    Change, Delivery, DeliveryId, DeliveryState, EmailAddress, Event, EventId, News, SourceId,
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

/// Makes the operator's letter about a source. The same news gives the same delivery.
#[must_use]
pub fn operator_delivery(
    to: &EmailAddress,
    source: &SourceId,
    news: &News<'_>,
    now: Timestamp,
) -> Delivery {
    let of_source = |word: &str, since: &Timestamp| {
        delivery_id(&["operator", word, source.as_str(), &since.to_string()])
    };
    let of_event = |word: &str, event: &EventId| delivery_id(&["operator", word, event.as_str()]);
    let id = match news {
        // A later failure of the same breakage has the same moment: when the first check failed.
        News::Broken { since, .. } => of_source("broken", since),
        News::Recovered { since, .. } => of_source("recovered", since),
        News::Stale { since, .. } => of_source("stale", since),
        News::Relocated { at, .. } => of_source("relocated", at),
        News::Held { event, .. } => of_event("held", event),
        News::Settled { event, .. } => of_event("settled", event),
        News::Unreviewed { event, .. } => of_event("unreviewed", event),
    };
    Delivery {
        id,
        subscriber: None,
        to: to.clone(),
        event: news.event().cloned(),
        state: DeliveryState::Due { at: now, attempts: 0 },
    }
}

/// Makes the operator's letter about a source whose checks cannot be recorded: one for each source and
/// fault, because nothing can be kept of its being told.
#[must_use]
pub fn fault_delivery(to: &EmailAddress, source: &SourceId, why: &str, now: Timestamp) -> Delivery {
    Delivery {
        id: delivery_id(&["operator", "fault", source.as_str(), why]),
        subscriber: None,
        to: to.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    }
}

/// Makes the operator's letter about a letter that was set aside: one for each, however often that
/// is found.
#[must_use]
pub fn set_aside_delivery(to: &EmailAddress, letter: &DeliveryId, now: Timestamp) -> Delivery {
    Delivery {
        id: delivery_id(&["operator", "set_aside", letter.as_str()]),
        subscriber: None,
        to: to.clone(),
        event: None,
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
