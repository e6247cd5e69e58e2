//! `rulewatch`.

pub mod alert;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod daemon;
pub mod diff;
pub mod engine;
pub mod extract;
pub mod fetch;
pub mod gate;
pub mod mail;
pub mod model;
pub mod render;
pub mod schedule;
pub mod settings;
pub mod store;
pub mod written;
