//! Decides who is told of an event, and when a letter is tried again.
//!
//! Pure: an event, the subscribers and the moment go in, deliveries come out. The same event and the
//! same subscriber always give the same [`DeliveryId`](crate::model::DeliveryId), so a repeated check
//! enqueues no second letter, and a letter that is sent twice shows it by its Message-ID. The words of
//! letters are not made here.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod plan;
mod retry;

pub use plan::{
    Staleness, fault_delivery, heard, hook_delivery, mail_delivery, operator_delivery,
    operator_may_follow, outage_delivery, outage_follows, paused_delivery, retraction,
    revived_delivery, set_aside_delivery, stale,
};
pub use retry::retry_delay;
