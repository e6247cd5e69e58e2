//! What the words mean, and what makes a value valid.
//!
//! The ground floor. Everything here is a noun of the trade: a [`Value`] as a page prints it, a
//! [`FactSet`] of [`Record`]s with [`Evidence`], a [`Page`] as it came, a [`Change`] and what it
//! says, a [`Subscription`], a [`Delivery`]. Nothing here reads a clock, a file, a socket or a
//! page, and nothing here knows another module of the crate.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod change;
mod check;
mod delivery;
mod fact;
mod fetching;
mod id;
pub mod json;
mod mail_server;
mod network;
mod page;
mod piece;
mod secret;
mod source;
mod subscription;
pub mod text;
mod value;

pub use change::{Change, ChangeKind, Dates, Event, Severity, Side, Stage, Summary};
pub use check::{Breakage, CheckOutcome, FetchFailure, Gone, HoldReason, Refusal, UnchangedReason};
pub use delivery::{Delivery, DeliveryState, Letter};
pub use fact::{
    Cause, Complaint, DateFields, Evidence, Extraction, FactSet, FactType, Facts, Fields, Record,
    record_name,
};
pub use fetching::{FetchSettings, RECHECK};
pub use id::{
    ChangeId, CheckId, DeliveryId, EventId, FactKey, FieldName, IdFault, RecordKey, RuleId,
    SnapshotId, SourceId, SubscriberId,
};
pub use mail_server::{Login, MailServer, Tls};
pub use network::{Network, NetworkFault, is_this_machine};
pub use page::{Hop, Page, PageHeaders, Validators};
pub use piece::Piece;
pub use secret::Secret;
pub use source::{
    Bilingual, Crosswalk, EDITION, Expectation, Language, Rule, RuleTarget, Verified,
};
pub use subscription::{Consent, EmailAddress, Subscriber, Subscription};
pub use value::{Cip, Currency, Days, Duration, DurationUnit, Noc, Per, Range, Value};
