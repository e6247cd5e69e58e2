//! `rulewatch`.

pub mod catalog;
pub mod extract;
pub mod model;
pub mod schedule;
pub mod written;
