//! Reasons not to take an official fact as certain.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::SourceId;

/// A reason not to take a fact as certain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// One word: `unreadable`, `held`, `unreviewed`, `stale` or `disputed`.
    pub word: String,
    /// Since when, or why.
    pub why: DoubtReason,
}

/// Since when, or why, a fact may not be taken as certain. Its `Display` is for the terminal and for programs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtReason {
    /// It could not be read for so many days.
    NotRead {
        /// Whole days.
        days: i64,
        /// When it was last read.
        last: Timestamp,
    },
    /// Official pages contradict each other.
    Contradicted,
    /// A new value waits to be confirmed.
    Held {
        /// Since when.
        since: Timestamp,
        /// Why: English words.
        reason: String,
    },
    /// The page was last seen to say so too long ago.
    LastSeen(Timestamp),
    /// The page was never read.
    NeverRead,
    /// Nobody has accepted the first facts of the source.
    NotAccepted(SourceId),
    /// The source is not in the catalogue any more.
    NotWatched(SourceId),
    /// No check has read the page of the source: what is known is from imported pages.
    Imported(SourceId),
    /// Words of a file of facts.
    Words(String),
}

impl Doubt {
    /// A doubt.
    #[must_use]
    pub fn new(word: &str, why: DoubtReason) -> Self {
        Self { word: word.to_owned(), why }
    }

    /// The same, as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({"word": self.word, "why": self.why.to_string()})
    }

    /// Reads the JSON of a file of facts.
    #[must_use]
    pub fn from_json(json: &Json) -> Option<Self> {
        let why = DoubtReason::Words(json["why"].as_str()?.to_owned());
        Some(Self::new(json["word"].as_str()?, why))
    }
}

impl fmt::Display for DoubtReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead { days, last } => write!(f, "for {days} days: last read at {last}"),
            Self::Contradicted => {
                f.write_str("official pages contradict each other: `rulewatch facts`")
            }
            Self::Held { since, reason } => write!(f, "since {since}: {reason}"),
            Self::LastSeen(at) => write!(f, "last seen to hold at {at}"),
            Self::NeverRead => f.write_str("it was never read"),
            Self::NotAccepted(source) => {
                write!(f, "nobody has accepted its first facts: `rulewatch review accept {source}`")
            }
            Self::NotWatched(source) => write!(f, "the source {source} is not watched any more"),
            Self::Imported(source) => write!(
                f,
                "known from imported pages alone: `rulewatch check {source}` reads its page"
            ),
            Self::Words(words) => f.write_str(words),
        }
    }
}
