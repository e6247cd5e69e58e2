//! What a check did, for output.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalog::Source;
use crate::model::{
    Breakage, Change, CheckOutcome, FactKey, Facts, SourceId, Unread, Unreadable, Verdict,
};
use crate::render::CheckLine;

/// What a check did, for output.
#[derive(Debug, Clone)]
pub struct Report {
    /// The source.
    pub source: SourceId,
    /// When the page was fetched.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Records read, by fact set.
    pub records: BTreeMap<FactKey, usize>,
    /// The records of series that moved.
    pub updates: BTreeMap<FactKey, usize>,
    /// What a held check would say.
    pub held: Vec<Change>,
    /// The recorded changes.
    pub changes: Vec<Change>,
    /// How many parts of the page could not be read.
    pub complaints: usize,
    /// The verdict on each fact set.
    pub sets: BTreeMap<String, Verdict>,
    /// What could not be read: the last values remain.
    pub unreadable: Vec<Unreadable>,
    /// What is new on the page and not read.
    pub unread: Vec<Unread>,
}

impl Report {
    /// A check that has nothing to report but how it ended.
    pub(super) fn new(source: &SourceId, at: Timestamp, outcome: CheckOutcome) -> Self {
        Self {
            source: source.clone(),
            at,
            outcome,
            records: BTreeMap::new(),
            updates: BTreeMap::new(),
            held: Vec::new(),
            changes: Vec::new(),
            complaints: 0,
            sets: BTreeMap::new(),
            unreadable: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The line for it; `capture` is the file's name in a replay.
    #[must_use]
    pub fn line<'a>(&'a self, capture: Option<&'a str>) -> CheckLine<'a> {
        CheckLine {
            capture,
            at: self.at,
            source: &self.source,
            outcome: &self.outcome,
            records: &self.records,
            updates: &self.updates,
            held: &self.held,
            sets: &self.sets,
            unreadable: &self.unreadable,
            unread: &self.unread,
            changes: &self.changes,
        }
    }

    /// The ending of a command that made the check.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match &self.outcome {
            CheckOutcome::Unreachable(_) | CheckOutcome::Broken(Breakage::Internal { .. }) => {
                Ending::Failed
            }
            _ if self.is_refusal() => Ending::No,
            _ => Ending::Done,
        }
    }

    /// Whether the outcome means "no": the page was fetched but is not believed, or there is none.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.outcome,
            CheckOutcome::Broken(_)
                | CheckOutcome::Partial { .. }
                | CheckOutcome::Held(_)
                | CheckOutcome::Refused(_)
                | CheckOutcome::Gone(_)
        )
    }
}

/// How a request ended, for the exit code of the command that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was done.
    Done,
    /// The answer is "no", to a question about this very source.
    No,
    /// The request is impossible: the mistake is the asker's.
    Misuse,
    /// It could not be done.
    Failed,
}

impl Ending {
    /// Every ending.
    const ALL: [Self; 4] = [Self::Done, Self::No, Self::Misuse, Self::Failed];

    /// The word for the ending.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::No => "no",
            Self::Misuse => "misuse",
            Self::Failed => "failed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.word() == word)
    }
}

/// The number of records in each fact set; a set that no recipe reads has none.
pub(crate) fn counts(source: &Source, facts: &Facts) -> BTreeMap<FactKey, usize> {
    let read = facts.iter().filter(|(key, _)| source.recipe.remainder.as_ref() != Some(*key));
    read.map(|(key, set)| (key.clone(), set.records.len())).collect()
}
