//! `rulewatch`.

pub mod catalog;
pub mod diff;
pub mod extract;
pub mod gate;
pub mod model;
pub mod schedule;
pub mod written;
