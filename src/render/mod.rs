//! Puts values into words: letters, terminal tables, JSON, CSV, feeds, calendars.
//!
//! Pure: every function takes its content and returns text; the zone, the width and the language are
//! arguments, and nothing here computes a change or reads a clock. Letters and summaries are in English
//! and French, with the words side by side in the code; the terminal speaks English and shows summaries
//! in the language asked for.
//!
//! Two promises hold everywhere. Text from a page goes through [`inert()`] before it appears among our
//! own words, so it can neither forge a line nor steer a terminal. And the JSON of [`json`] is the
//! contract's, field by field and in its order.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod bound;
mod calendar;
mod chart;
pub mod csv;
mod feed;
pub mod finding;
mod fit;
mod hook;
mod inert;
pub mod json;
pub mod letter;
mod line;
mod metrics;
pub mod pages;
mod piece;
mod proof;
mod reading;
#[cfg(test)]
mod sample;
mod show;
mod summary;
pub mod table;
mod wish;
pub mod words;

pub use calendar::{CalendarInput, calendar};
pub use chart::{Series, chart, svg};
pub use feed::{FeedInput, FeedItem, Links, feed};
pub use fit::fit;
pub use hook::{CallSays, call};
pub use inert::inert;
pub use line::{CheckLine, check_line, check_text, dispute_line, words_read};
pub use metrics::{SourceMetrics, Total, metrics};
pub use proof::{ShownPage, proof_page};
pub use reading::readings;
pub use show::{ShowInput, show};
pub use summary::{Expiry, SummaryParts, expired, stated, summary};
pub use wish::{condition, left_out, rhythm, wish};

/// Whether text for a terminal is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequence at all.
    Plain,
    /// ANSI colours.
    Colour,
}

/// How text for a terminal is laid out.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Columns of the terminal; `None` if the output is not a terminal: then each row is one line.
    pub width: Option<usize>,
    /// Colour or not.
    pub style: Style,
    /// The language of summaries.
    pub language: crate::model::Language,
    /// The zone in which moments are shown.
    pub zone: &'a jiff::tz::TimeZone,
    /// The labels of fields and stable words.
    pub glossary: &'a crate::model::Glossary,
}

impl<'a> Look<'a> {
    /// The language, and the labels in it.
    pub(crate) fn voice(&self) -> words::Voice<'a> {
        words::Voice { language: self.language, glossary: self.glossary }
    }
}
