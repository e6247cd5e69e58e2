//! `rulewatch`.

pub mod catalog;
pub mod clock;
pub mod diff;
pub mod extract;
pub mod fetch;
pub mod gate;
pub mod model;
pub mod schedule;
pub mod written;
