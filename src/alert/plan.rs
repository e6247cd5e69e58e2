//! Who gets a letter.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::model::{
    Change, Delivery, DeliveryId, DeliveryState, EmailAddress, Event, EventId, News, Outage,
    SourceId, Subscriber, SubscriberId,
};

/// Plans one letter to every subscriber who was told of changes that are now taken back: those listed
/// in `told`. The same retraction gives the same letters.
#[must_use]
pub fn retraction(
    event: &EventId,
    changes: &[Change],
    (told, subscribers): (&[SubscriberId], &[Subscriber]),
    now: Timestamp,
) -> Vec<Delivery> {
    let mut about: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
    about.sort_unstable();
    about.insert(0, event.as_str());
    let letter = |subscriber: &Subscriber| Delivery {
        id: DeliveryId::of("retraction", &subscriber.address, &about),
        subscriber: Some(subscriber.id),
        to: subscriber.address.clone(),
        event: Some(event.clone()),
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    subscribers.iter().filter(|subscriber| told.contains(&subscriber.id)).map(letter).collect()
}

/// Plans one letter to every subscriber who follows a source that has gone stale. The same staleness
/// gives the same letters, so each subscriber hears of it once.
#[must_use]
pub fn stale(staleness: Staleness<'_>, followers: &[&Subscriber], now: Timestamp) -> Vec<Delivery> {
    let letter = |subscriber: &&Subscriber| Delivery {
        id: staleness.to_follower(subscriber),
        subscriber: Some(subscriber.id),
        to: subscriber.address.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    followers.iter().map(letter).collect()
}

/// A source that could not be read for longer than its patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// Since when.
    pub since: Timestamp,
    /// The number of its failure; 0 for one that began before failures were counted.
    pub episode: u32,
}

impl Staleness<'_> {
    fn to_follower(self, reader: &Subscriber) -> DeliveryId {
        if self.episode == 0 {
            return self.as_before(&["stale"], &reader.id.0.to_string());
        }
        let about = [self.source.as_str(), &self.episode.to_string()];
        DeliveryId::of("stale", &reader.address, &about)
    }

    fn to_operator(self, to: &EmailAddress) -> DeliveryId {
        if self.episode == 0 {
            return self.as_before(&["operator", "stale"], "");
        }
        let about = [self.source.as_str(), &self.episode.to_string()];
        DeliveryId::of("operator stale", to, &about)
    }

    /// The id that an earlier version of the program gave the letter, made from when its source began
    /// to fail. A reader who was told before the upgrade is not told again.
    fn as_before(self, purpose: &[&str], reader: &str) -> DeliveryId {
        let since = self.since.to_string();
        let parts = [purpose, &[self.source.as_str(), &since], &[reader]].concat();
        let mut hash = Sha256::new_with_prefix("rulewatch delivery");
        for part in parts.iter().filter(|part| !part.is_empty()) {
            hash.update(b"\0");
            hash.update(part.as_bytes());
        }
        let hex = HEXLOWER.encode(&hash.finalize()[..16]);
        DeliveryId::parse(&hex).expect("32 hexadecimal digits are a delivery id")
    }
}

/// The changes of the event that a reader hears, in the event's order.
#[must_use]
pub fn heard<'a>(event: &'a Event, reader: &Subscriber) -> Vec<&'a Change> {
    event.changes.iter().filter(|change| reader.hears(change)).collect()
}

/// Makes the operator's letter about a source. The same news gives the same delivery; `episode` tells
/// one occasion from the next of its kind, whenever they were.
#[must_use]
pub fn operator_delivery(
    to: &EmailAddress,
    source: &SourceId,
    (news, episode): (&News<'_>, u32),
    now: Timestamp,
) -> Delivery {
    let nth = |purpose: &str, of: &str| DeliveryId::of(purpose, to, &[of, &episode.to_string()]);
    let id = match news {
        News::Broken { .. } => nth("operator broken", source.as_str()),
        News::Recovered { .. } => nth("operator recovered", source.as_str()),
        News::Stale { since, .. } => Staleness { source, since: *since, episode }.to_operator(to),
        News::Partial { .. } => nth("operator partial", source.as_str()),
        News::ReadAgain { .. } => nth("operator read again", source.as_str()),
        News::Unread { .. } => nth("operator unread", source.as_str()),
        News::Moved { to: address, .. } => {
            DeliveryId::of("operator moved", to, &[source.as_str(), address.as_str()])
        }
        News::Relocated { .. } => nth("operator relocated", source.as_str()),
        News::Held { event, .. } => nth("operator held", event.as_str()),
        News::Settled { event, .. } => nth("operator settled", event.as_str()),
        News::Unreviewed { event, .. } => {
            DeliveryId::of("operator unreviewed", to, &[event.as_str()])
        }
    };
    operator(to, id, news.event().cloned(), now)
}

/// The letters to the operator that this one may follow, the likeliest first: mail programs show it below the one
/// that was sent. A recovery follows the trouble, sets that can be read again the first letter that one of them
/// could not be, a settlement its hold, after which others may have begun.
#[must_use]
pub fn operator_may_follow(
    to: &EmailAddress,
    source: &SourceId,
    (news, episode): (&News<'_>, u32),
) -> Vec<DeliveryId> {
    let nth = |purpose: &str, of: &str, episode: u32| {
        DeliveryId::of(purpose, to, &[of, &episode.to_string()])
    };
    match news {
        News::Recovered { .. } | News::Stale { .. } => {
            vec![nth("operator broken", source.as_str(), episode)]
        }
        News::ReadAgain { lost, .. } => {
            let first = lost.iter().filter_map(|lost| lost.version).min();
            let partial = first.map(|first| {
                DeliveryId::of("operator partial", to, &[source.as_str(), &first.0.to_string()])
            });
            Vec::from_iter(partial)
        }
        News::Settled { event, .. } => (0..=episode)
            .rev()
            .map(|nth_hold| nth("operator held", event.as_str(), nth_hold))
            .collect(),
        News::Broken { .. }
        | News::Partial { .. }
        | News::Unread { .. }
        | News::Moved { .. }
        | News::Relocated { .. }
        | News::Held { .. }
        | News::Unreviewed { .. } => Vec::new(),
    }
}

/// The letter that told the operator of an outage, which the one that it is over follows.
#[must_use]
pub fn outage_follows(to: &EmailAddress, outage: &Outage) -> Option<DeliveryId> {
    outage.ended_at?;
    Some(DeliveryId::of("operator outage", to, &[outage.reach.word(), &outage.since.to_string()]))
}

/// Makes the operator's letter about a source whose checks cannot be recorded: one for each source and
/// fault, because there is no way to record that the operator was told.
#[must_use]
pub fn fault_delivery(to: &EmailAddress, source: &SourceId, why: &str, now: Timestamp) -> Delivery {
    let id = DeliveryId::of("operator fault", to, &[source.as_str(), why]);
    operator(to, id, None, now)
}

/// Makes the operator's letter about a letter that was set aside: one for each, however often it is
/// found.
#[must_use]
pub fn set_aside_delivery(to: &EmailAddress, letter: &DeliveryId, now: Timestamp) -> Delivery {
    let id = DeliveryId::of("operator set aside", to, &[letter.as_str()]);
    operator(to, id, None, now)
}

/// Makes the operator's letter about a hook.
#[must_use]
pub fn hook_delivery(to: &EmailAddress, id: DeliveryId, now: Timestamp) -> Delivery {
    operator(to, id, None, now)
}

/// Makes the operator's letter that nothing more is sent to a reader: one for each time they are paused.
#[must_use]
pub fn paused_delivery(to: &EmailAddress, reader: &EmailAddress, now: Timestamp) -> Delivery {
    let id = DeliveryId::of("operator paused", to, &[&reader.hash(), &now.to_string()]);
    operator(to, id, None, now)
}

/// Makes the operator's letter that the database was an older copy: one for each time it was.
#[must_use]
pub fn revived_delivery(to: &EmailAddress, now: Timestamp) -> Delivery {
    operator(to, DeliveryId::of("operator revived", to, &[&now.to_string()]), None, now)
}

/// Makes the operator's letter that letters can be sent again: one for each time they could not be.
#[must_use]
pub fn mail_delivery(to: &EmailAddress, since: Timestamp, now: Timestamp) -> Delivery {
    operator(to, DeliveryId::of("operator mail", to, &[&since.to_string()]), None, now)
}

/// Makes the operator's letter that something is out of reach, or back again: one for each occasion.
#[must_use]
pub fn outage_delivery(to: &EmailAddress, outage: &Outage, now: Timestamp) -> Delivery {
    let purpose = match outage.ended_at {
        None => "operator outage",
        Some(_) => "operator outage over",
    };
    let about = [outage.reach.word(), &outage.since.to_string()];
    operator(to, DeliveryId::of(purpose, to, &about), None, now)
}

fn operator(to: &EmailAddress, id: DeliveryId, event: Option<EventId>, now: Timestamp) -> Delivery {
    let state = DeliveryState::Due { at: now, attempts: 0 };
    Delivery { id, subscriber: None, to: to.clone(), event, state }
}

#[cfg(test)]
mod tests;
