//! `rulewatch`.

pub mod model;
