//! What the operator is told of a source.

use jiff::Timestamp;
use url::Url;

use super::{
    Change, CheckOutcome, Complaint, EventId, HoldReason, Lost, Settlement, Unread, Unreadable,
};

/// What happened to a source, as its operator is told. Each is told once: the same news gives the same
/// delivery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum News<'a> {
    /// The source can no longer be read.
    Broken {
        /// How the check ended: broken, unreachable, refused or gone.
        outcome: &'a CheckOutcome,
        /// When the first check failed.
        since: Timestamp,
        /// The last check that read it.
        last_good: Option<Timestamp>,
    },
    /// It can be read again.
    Recovered {
        /// When the first check failed.
        since: Timestamp,
        /// The check that read it.
        at: Timestamp,
    },
    /// It could not be read for longer than its patience.
    Stale {
        /// How the last check ended.
        outcome: &'a CheckOutcome,
        /// The last check that read it, or the first that failed.
        since: Timestamp,
        /// How many of its followers are told.
        followers: usize,
    },
    /// Some of its fact sets can no longer be read; the others can.
    Partial {
        /// What could not be read: the first item of each set.
        lost: &'a [Unreadable],
        /// When that was seen.
        at: Timestamp,
    },
    /// Fact sets can be read again.
    ReadAgain {
        /// What could not be read.
        lost: &'a [Lost],
        /// When it was read again.
        at: Timestamp,
    },
    /// Something on its page is new and not read by any recipe, or its recipe has a new complaint.
    Unread {
        /// What is new by its structure.
        unread: &'a [Unread],
        /// The complaints made for the first time.
        complaints: &'a [Complaint],
        /// When that was seen.
        at: Timestamp,
    },
    /// Its page has moved permanently to another address.
    Moved {
        /// Where.
        to: &'a Url,
        /// When that was seen.
        at: Timestamp,
    },
    /// The same facts are in another place on the page.
    Relocated {
        /// What moved, and where.
        what: &'a str,
        /// When that was seen.
        at: Timestamp,
    },
    /// An event waits for confirmation.
    Held {
        /// The event.
        event: &'a EventId,
        /// Why it is not believed yet.
        reason: &'a HoldReason,
        /// What it would say if confirmed.
        changes: &'a [Change],
        /// When it was seen.
        at: Timestamp,
    },
    /// A hold was settled without the operator.
    Settled {
        /// The event it would have been.
        event: &'a EventId,
        /// Which way.
        how: Settlement,
        /// Since when it was held.
        since: Timestamp,
        /// When it was settled.
        at: Timestamp,
    },
    /// A change of facts in a source that nobody has reviewed.
    Unreviewed {
        /// The event.
        event: &'a EventId,
        /// What it says.
        changes: &'a [Change],
        /// When it was seen.
        at: Timestamp,
    },
}

impl<'a> News<'a> {
    /// The event the letter tells of, if any.
    #[must_use]
    pub fn event(&self) -> Option<&'a EventId> {
        match self {
            Self::Unreviewed { event, .. } => Some(event),
            // A reading that is, or was, only held is not a recorded event.
            Self::Held { .. }
            | Self::Settled { .. }
            | Self::Broken { .. }
            | Self::Recovered { .. }
            | Self::Stale { .. }
            | Self::Partial { .. }
            | Self::ReadAgain { .. }
            | Self::Unread { .. }
            | Self::Moved { .. }
            | Self::Relocated { .. } => None,
        }
    }
}
