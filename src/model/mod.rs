//! What the words mean, and what makes a value valid.
//!
//! The ground floor. Everything here is a noun of the trade: a [`Value`] as a page prints it, a
//! [`FactSet`] of [`Record`]s with [`Evidence`], a [`Page`] as it came, a [`Change`] and what it says,
//! a [`Subscription`], a [`Delivery`]. Nothing here reads a clock, a file, a socket or a page, or
//! depends on another module of the crate.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod advice;
mod ahead;
pub mod calendar;
mod change;
mod check;
mod condition;
mod delivery;
mod dispute;
mod doubt;
mod extraction;
mod fact;
mod fetching;
mod finding;
mod freshness;
mod glossary;
mod hold;
mod hook;
mod id;
mod identity;
pub mod json;
mod jurisdiction;
mod key;
pub mod label;
mod mail_server;
mod mail_wait;
mod manners;
pub mod meaning;
mod milestone;
mod network;
mod news;
mod numeral;
mod official;
pub mod opening;
mod outage;
mod page;
mod piece;
pub mod qualifier;
mod question;
mod renamed;
mod repair;
mod retention;
mod rhythm;
mod secret;
mod send_failure;
mod source;
mod source_state;
mod subscription;
pub mod synonym;
pub mod text;
mod unreadable;
mod value;
mod window;
pub mod words;
mod yearly;
pub mod zone;

pub use advice::{Advice, in_full};
pub use ahead::{is_ahead, latest_believed};
pub use change::{Change, ChangeKind, Dates, Event, Severity, Side, Stage, Summary};
pub use check::{
    Breakage, CheckOutcome, FetchFailure, Gone, HoldReason, Refusal, UnchangedReason, Verdict,
    is_answer,
};
pub use condition::{Condition, Phrase, Relation};
pub use delivery::{Delivery, DeliveryKind, DeliveryState, Letter, NewDelivery};
pub use dispute::{Dispute, Stated};
pub use doubt::{Doubt, DoubtReason};
pub use extraction::{Cause, Complaint, Extraction, Remainder, Shares};
pub use fact::{
    DateFields, EFFECTIVE_ON, EXPIRES_ON, Evidence, FactSet, FactType, Facts, Fields, OPEN, Record,
    RecordState, STATUS, is_name, record_name,
};
pub use fetching::{BODY_LIMIT, FetchSettings, HostSettings, RECHECK, RobotsRule};
pub use finding::{
    BoundData, DataFinding, DataPatch, DataPlace, FindingKind, FindingNote, Findings,
    OfficialPlace, OfficialSays, TouchedData, Unpatched, VerifiedBinding, Weight,
};
pub use freshness::Freshness;
pub use glossary::Glossary;
pub use hold::{Held, HoldAction, RE_FETCH, Settlement};
pub use hook::{
    CallFailure, CallFault, CallRow, Hook, HookForm, HookId, HookSettings, NewHook, PendingCall,
    masked,
};
pub use id::{
    ChangeId, CheckId, DeliveryId, EventId, FactKey, FieldName, IdFault, MilestoneId, RecordKey,
    RuleId, SnapshotId, SourceId, StateVersion, SubscriberId, SubscriptionId,
};
pub use identity::urn;
pub use jurisdiction::province;
pub use key::{Key, SIGN_UP_WORKS, SignUp};
pub use mail_server::{Login, MailLimits, MailServer, Tls};
pub use mail_wait::MailWait;
pub use manners::{HostManners, RobotsFile, Wait};
pub use milestone::{DayOf, Milestone, MilestoneState, QuietFacts, Told, ToldPlace};
pub use network::{Network, NetworkFault, is_this_machine};
pub use news::News;
pub use official::{Official, OfficialRecord, OfficialSet};
pub use outage::{Outage, Reach, excused_until};
pub use page::{Hop, Page, PageHeaders, Validators, moved_to};
pub use piece::Piece;
pub use question::LogFilter;
pub use repair::{Confirmed, Misread, Noise, Reported, Retraction};
pub use retention::Retention;
pub use rhythm::{Rhythm, Slot, USUAL_HOUR, weekday, weekday_word};
pub use secret::Secret;
pub use send_failure::{MailStep, Means, SendFailure};
pub use source::{
    Bilingual, Crosswalk, EDITION, Expectation, Language, Rule, RuleTarget, Verified,
};
pub use source_state::{Asked, Episodes, Failing, SourceState};
pub use subscription::{
    Consent, EmailAddress, NewSubscriber, Subscribed, Subscriber, Subscription, Watched,
};
pub use unreadable::{Extent, Lost, Said, Unread, Unreadable};
pub use value::{
    Announced, Between, Cip, Currency, Days, Duration, DurationUnit, Noc, Per, Range, Value,
    says_free,
};
pub use window::{day_of, number_of};
pub use yearly::{in_year, year_in};
