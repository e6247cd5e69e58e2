//! A day that matters to a rule, as a calendar has it.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{Change, ChangeId, FactKey, FactSet, MilestoneId, Retraction, SnapshotId, SourceId};

/// Something readers were told, in the order of telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place in the order of telling.
    pub place: ToldPlace,
    /// The change that was told, or is taken back.
    pub change: Change,
    /// Whether it was read from an imported page: a page of the past is no news.
    pub is_imported: bool,
    /// Whether nobody was told: the page gave it in its first facts, or a page of the past did.
    pub is_quiet: bool,
    /// Where it is taken back here: when, by whom and why.
    pub taken_back: Option<Retraction>,
}

/// A place in the order of telling: who has read up to it has missed nothing before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToldPlace(pub i64);

impl ToldPlace {
    /// Before everything.
    pub const START: Self = Self(0);
}

/// What happens on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOf {
    /// A rule holds from then on.
    Effect,
    /// It is the last day on which a rule holds.
    Expiry,
}

impl DayOf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Effect, Self::Expiry];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Effect => "effective",
            Self::Expiry => "expires",
        }
    }
}

/// How certain a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MilestoneState {
    /// It was announced, and no page has said since that it has come.
    Announced,
    /// A page says so.
    Stated,
    /// It was withdrawn, or told wrongly.
    Withdrawn,
}

/// A day on which a rule takes effect or ends, with every move of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its id, which stays the same when the day moves.
    pub id: MilestoneId,
    /// What happens on the day.
    pub of: DayOf,
    /// The source that gives the day.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The day; of one that was withdrawn, the last that was given.
    pub day: Date,
    /// How often it was revised: its day moved, it became certain, it was withdrawn.
    pub revision: u32,
    /// How certain it is.
    pub state: MilestoneState,
    /// When it was first told.
    pub told_at: Timestamp,
    /// When it was last revised.
    pub revised_at: Timestamp,
    /// What happens on the day; of one that was withdrawn, what would have. Never empty.
    pub changes: Vec<Change>,
    /// Every change that had a part in it.
    pub about: BTreeSet<ChangeId>,
    /// Those of all these that are in no log: the page gave the day, and nobody was told.
    pub quiet: BTreeSet<ChangeId>,
}

/// Facts of a set that a page gave in one check and that no change tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietFacts {
    /// The source.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The records, with how the set is compared now.
    pub set: FactSet,
    /// When they were read.
    pub seen_at: Timestamp,
    /// The page.
    pub snapshot: SnapshotId,
}
