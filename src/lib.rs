//! `rulewatch`.

pub mod alert;
pub mod model;
pub mod render;
pub mod written;
