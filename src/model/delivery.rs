//! A delivery: one letter to one subscriber. Its rows are the outbox.

use jiff::Timestamp;

use super::{DeliveryId, EmailAddress, EventId, Language, SubscriberId};

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

/// The state of a delivery. Transitions take `self`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent at or after a moment.
    Due {
        /// When.
        at: Timestamp,
        /// How many times it has been tried.
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
    /// Not to be sent any more: the subscriber left.
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

/// One letter to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id; the Message-ID is made from it.
    pub id: DeliveryId,
    /// To whom; `None` for a letter to the operator, or to somebody who has not confirmed yet.
    pub subscriber: Option<SubscriberId>,
    /// The address when the letter was enqueued.
    pub to: EmailAddress,
    /// The event it tells of; `None` for a letter that tells of none.
    pub event: Option<EventId>,
    /// Its state.
    pub state: DeliveryState,
}

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryKind {
    /// Tells a subscriber of an event.
    Alert,
    /// Takes back what an alert told.
    Retraction,
    /// Tells a subscriber of several.
    Digest,
    /// Tells a subscriber that a source they follow cannot be read.
    Stale,
    /// Tells a subscriber what they asked for that is no longer watched.
    Unwatched,
    /// Asks whether a sign-up was meant.
    Confirm,
    /// Answers a sign-up.
    Welcome,
    /// Tells the operator something.
    Operator,
}

impl DeliveryKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Alert,
        Self::Retraction,
        Self::Digest,
        Self::Stale,
        Self::Unwatched,
        Self::Confirm,
        Self::Welcome,
        Self::Operator,
    ];

    /// The kind's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Retraction => "retraction",
            Self::Digest => "digest",
            Self::Stale => "stale",
            Self::Unwatched => "unwatched",
            Self::Confirm => "confirm",
            Self::Welcome => "welcome",
            Self::Operator => "operator",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A letter to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// To whom, about what, when.
    pub delivery: Delivery,
    /// What it is for.
    pub kind: DeliveryKind,
    /// In which language.
    pub language: Language,
    /// The rendered bytes, if they are made when it is enqueued.
    pub message: Option<Vec<u8>>,
}
