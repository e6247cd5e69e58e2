//! A delivery: one letter owed to one subscriber. Its rows are the outbox.

use jiff::Timestamp;

use super::{DeliveryId, EmailAddress, EventId, SubscriberId};

/// A rendered letter, not yet a message on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// Where a delivery stands. Transitions take `self`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent at or after a moment.
    Due {
        /// When.
        at: Timestamp,
        /// How many tries there were.
        attempts: u32,
    },
    /// Taken by the mail server, or written to its file.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Not tried again.
    GaveUp {
        /// When.
        at: Timestamp,
        /// The last answer.
        why: String,
    },
    /// Owed no longer: the subscriber left.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl DeliveryState {
    /// The state's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Sent { .. } => "sent",
            Self::GaveUp { .. } => "gave_up",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// One letter owed to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id; the Message-ID is made of it.
    pub id: DeliveryId,
    /// To whom; `None` for a letter to the operator.
    pub subscriber: Option<SubscriberId>,
    /// The address at the time it was owed.
    pub to: EmailAddress,
    /// The event it tells of; `None` for a letter that tells of none.
    pub event: Option<EventId>,
    /// Where it stands.
    pub state: DeliveryState,
}
