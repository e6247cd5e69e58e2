//! What a check did, to be told.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Change, CheckOutcome, FactKey, Facts, SourceId};
use crate::render::CheckLine;

/// What a check did, to be told.
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
    /// Records of series that moved.
    pub updates: BTreeMap<FactKey, usize>,
    /// What a held check would say.
    pub held: Vec<Change>,
    /// The recorded changes.
    pub changes: Vec<Change>,
    /// How many parts of the page could not be read.
    pub complaints: usize,
}

impl Report {
    /// A check that found nothing to tell but how it ended.
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
        }
    }

    /// What is said of it; `capture` is the file's name in a replay.
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
            changes: &self.changes,
        }
    }

    /// Whether the outcome means "no": the page came and its facts are not believed, or none comes.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.outcome,
            CheckOutcome::Broken(_)
                | CheckOutcome::Held(_)
                | CheckOutcome::Refused(_)
                | CheckOutcome::Gone(_)
        )
    }
}

/// How many records there are of each fact set.
pub(crate) fn counts(facts: &Facts) -> BTreeMap<FactKey, usize> {
    facts.iter().map(|(key, set)| (key.clone(), set.records.len())).collect()
}
