//! The words of a cell as values: patterns and vocabularies, numbers, dates, lengths of time, and the
//! fields of a record.

mod accents;
pub(crate) mod date;
mod duration;
pub(crate) mod field;
pub(crate) mod number;
pub(crate) mod pattern;
