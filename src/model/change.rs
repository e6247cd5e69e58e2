//! A change: one fact, before and after, with what it touches and how certain it is.

use jiff::{Timestamp, civil::Date};

use super::{
    Bilingual, ChangeId, CheckId, EventId, Evidence, FactKey, FieldName, Fields, RecordKey, RuleId,
    SnapshotId, SourceId, Value,
};

/// What kind of change it is (PRODUCT section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum ChangeKind {
    OccupationAdded,
    OccupationRemoved,
    CategoryAdded,
    CategoryRemoved,
    FeeChanged,
    ThresholdChanged,
    PointsChanged,
    StreamOpened,
    StreamClosed,
    StatusChanged,
    ProcessingStandard,
    DrawAdded,
    DrawCorrected,
    DrawRemoved,
    Notice,
    WordingChanged,
    RecordAdded,
    RecordRemoved,
    RecordChanged,
}

impl ChangeKind {
    /// Every kind, in the contract's order.
    pub const ALL: [Self; 19] = [
        Self::OccupationAdded,
        Self::OccupationRemoved,
        Self::CategoryAdded,
        Self::CategoryRemoved,
        Self::FeeChanged,
        Self::ThresholdChanged,
        Self::PointsChanged,
        Self::StreamOpened,
        Self::StreamClosed,
        Self::StatusChanged,
        Self::ProcessingStandard,
        Self::DrawAdded,
        Self::DrawCorrected,
        Self::DrawRemoved,
        Self::Notice,
        Self::WordingChanged,
        Self::RecordAdded,
        Self::RecordRemoved,
        Self::RecordChanged,
    ];

    /// Whether it is information, whatever set it is in, unless a rule says otherwise.
    #[must_use]
    pub fn is_told_as_info(self) -> bool {
        matches!(self, Self::WordingChanged | Self::Notice)
    }

    /// The kind's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OccupationAdded => "occupation_added",
            Self::OccupationRemoved => "occupation_removed",
            Self::CategoryAdded => "category_added",
            Self::CategoryRemoved => "category_removed",
            Self::FeeChanged => "fee_changed",
            Self::ThresholdChanged => "threshold_changed",
            Self::PointsChanged => "points_changed",
            Self::StreamOpened => "stream_opened",
            Self::StreamClosed => "stream_closed",
            Self::StatusChanged => "status_changed",
            Self::ProcessingStandard => "processing_standard",
            Self::DrawAdded => "draw_added",
            Self::DrawCorrected => "draw_corrected",
            Self::DrawRemoved => "draw_removed",
            Self::Notice => "notice",
            Self::WordingChanged => "wording_changed",
            Self::RecordAdded => "record_added",
            Self::RecordRemoved => "record_removed",
            Self::RecordChanged => "record_changed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How much a change matters to somebody's eligibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Draws, notices, wording.
    Info,
    /// A fee, funds, a standard.
    Warn,
    /// An answer can flip.
    Block,
}

impl Severity {
    /// Every severity, the mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Block];

    /// The severity's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }
}

/// How far a change has come. The clock never puts a rule in force: a page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A commitment or a future date.
    Announced,
    /// The date has come, but no page has confirmed it.
    Due,
    /// A page says so.
    InForce,
    /// An earlier statement was corrected.
    Corrected,
    /// It went back to what it was.
    Reversed,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 5] =
        [Self::Announced, Self::Due, Self::InForce, Self::Corrected, Self::Reversed];

    /// The stage's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Due => "due",
            Self::InForce => "in_force",
            Self::Corrected => "corrected",
            Self::Reversed => "reversed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// The dates that bear on a change, kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dates {
    /// When the page says it was published.
    pub published_on: Option<Date>,
    /// The date from which the page says it holds.
    pub effective_on: Option<Date>,
    /// The last date on which the page says it holds.
    pub expires_on: Option<Date>,
    /// What the page says it applies to, in its own words.
    pub applies_to: Option<String>,
}

/// The change in one line, in both languages.
pub type Summary = Bilingual;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: ChangeId,
    /// The event it belongs to.
    pub event: EventId,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// When the fact was last seen unchanged: the change happened between the two.
    pub last_seen_unchanged_at: Option<Timestamp>,
    /// The dates the page gives.
    pub dates: Dates,
    /// How far it has come.
    pub stage: Stage,
    /// `CA`, `BC`, `ON` …
    pub jurisdiction: String,
    /// `express-entry`, `gts` …
    pub program: String,
    /// The source it was read from.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The record.
    pub record: RecordKey,
    /// The field, where one field changed; `None` where a whole record came or went.
    pub field: Option<FieldName>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The record or the field's value before.
    pub old: Option<Side>,
    /// The record or the field's value now.
    pub new: Option<Side>,
    /// How much it matters.
    pub severity: Severity,
    /// The rules it touches.
    pub rules: Vec<RuleId>,
    /// It in one line.
    pub summary: Summary,
    /// The official link.
    pub url: String,
    /// The snapshot it was read from.
    pub snapshot: SnapshotId,
    /// Where the old value was, if there was one.
    pub before: Option<Evidence>,
    /// Where the new value is, if there is one.
    pub after: Option<Evidence>,
}

impl Change {
    /// What it is about: the fact set, the record, and the field if a single field changed.
    #[must_use]
    pub fn about(&self) -> (&FactKey, &RecordKey, Option<&FieldName>) {
        (&self.fact, &self.record, self.field.as_ref())
    }

    /// Returns whether it changes only the day from which its record holds: postponed or brought
    /// forward.
    #[must_use]
    pub fn is_of_day(&self) -> bool {
        let day = self.dates.effective_on.map(Value::Date).map(Side::Value);
        self.field.is_some() && day.is_some() && self.new == day
    }
}

/// One side of a change: a field's value, or a whole record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// A field's value.
    Value(Value),
    /// A whole record's fields.
    Record(Fields),
}

/// All changes of one source in one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The source.
    pub source: SourceId,
    /// The check, once recorded.
    pub check: Option<CheckId>,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Its changes, sorted by fact, record and field. Never empty.
    pub changes: Vec<Change>,
}
