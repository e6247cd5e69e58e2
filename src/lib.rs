//! `rulewatch`.

pub mod clock;
pub mod model;
pub mod schedule;
