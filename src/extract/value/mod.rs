//! The words of a cell as values: patterns and vocabularies, numbers, dates, lengths of time, and the
//! fields of a record.

mod accents;
pub(crate) mod aside;
pub(crate) mod beside;
pub(crate) mod coming;
pub(crate) mod date;
pub(crate) mod dated;
mod duration;
pub(crate) mod field;
pub(crate) mod figure;
mod groups;
pub(crate) mod number;
pub(crate) mod pattern;
mod taken;
mod teer;
pub(crate) mod typo;
mod unit;
