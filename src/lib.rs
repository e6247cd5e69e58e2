//! `rulewatch`.

pub mod model;
pub mod written;
