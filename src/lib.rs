//! `rulewatch`.

pub mod alert;
pub mod mail;
pub mod model;
pub mod render;
pub mod settings;
pub mod written;
