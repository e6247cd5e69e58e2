//! `rulewatch`.

pub mod alert;
pub mod model;
pub mod written;
