//! `rulewatch`.

pub mod clock;
pub mod fetch;
pub mod model;
pub mod schedule;
