//! Facts: what a page says, keyed so that order and place on the page do not matter.

use std::collections::BTreeMap;

use super::{FactKey, FieldName, RecordKey, Value};

/// The type of a fact set: how its records are keyed and compared, and which kinds of change it
/// can give. The list is the registry of `FACTS.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactType {
    /// Occupations by NOC code.
    Occupations,
    /// Categories by the slug of their stable word.
    Categories,
    /// Thresholds by what they apply to.
    Thresholds,
    /// Points by section, row and column.
    Points,
    /// Fees by fee line.
    Fees,
    /// Settlement funds by family size.
    Funds,
    /// Streams by slug, with a status.
    Streams,
    /// Processing standards by service.
    Standards,
    /// Draws by number, or by date, stream and selection.
    Draws,
    /// Plain items.
    List,
    /// Prose by heading path or section label.
    Clauses,
    /// Dated notices.
    Notices,
    /// Figures recorded with their history that never alert.
    Series,
}

impl FactType {
    /// Every type, in the registry's order.
    pub const ALL: [Self; 13] = [
        Self::Occupations,
        Self::Categories,
        Self::Thresholds,
        Self::Points,
        Self::Fees,
        Self::Funds,
        Self::Streams,
        Self::Standards,
        Self::Draws,
        Self::List,
        Self::Clauses,
        Self::Notices,
        Self::Series,
    ];

    /// The word for it in `sources.toml` and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Occupations => "occupations",
            Self::Categories => "categories",
            Self::Thresholds => "thresholds",
            Self::Points => "points",
            Self::Fees => "fees",
            Self::Funds => "funds",
            Self::Streams => "streams",
            Self::Standards => "standards",
            Self::Draws => "draws",
            Self::List => "list",
            Self::Clauses => "clauses",
            Self::Notices => "notices",
            Self::Series => "series",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The fields of a record by name.
pub type Fields = BTreeMap<FieldName, Value>;

/// Where a fact was read, and the words it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Which of the recipe's locators matched: `1. table "NOC code, Occupation"`.
    pub locator: String,
    /// Where on the page: `table 2, row 7`.
    pub place: String,
    /// The words on the page, cut to a short extract.
    pub quote: String,
}

/// One statement of a fact set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its fields. Those that only explain are named in [`FactSet::notes`].
    pub fields: Fields,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A set of records under one key, as read from one page or as last accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSet {
    /// How its records are compared.
    pub kind: FactType,
    /// Its records by key.
    pub records: BTreeMap<RecordKey, Record>,
    /// Fields that explain a record and are not compared: a draw's printed name, an "as of" date.
    pub notes: Vec<FieldName>,
    /// The field that says from when the records hold, where there is one.
    pub effective: Option<FieldName>,
}

impl FactSet {
    /// An empty set of a type.
    #[must_use]
    pub fn new(kind: FactType) -> Self {
        Self { kind, records: BTreeMap::new(), notes: Vec::new(), effective: None }
    }

    /// Returns whether a field takes part in comparison.
    #[must_use]
    pub fn compares(&self, field: &FieldName) -> bool {
        !self.notes.contains(field)
    }
}

/// All fact sets of one source.
pub type Facts = BTreeMap<FactKey, FactSet>;

/// A part of a matching page that could not be read. It never hides its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The fact set it belongs to, as the recipe writes its key.
    pub fact: String,
    /// Where: `row 6, column Number of invitations`.
    pub place: String,
    /// What stands there.
    pub text: String,
    /// Why it cannot be read.
    pub why: String,
}

/// What was read from one page: facts, and complaints about the parts that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extraction {
    /// The facts.
    pub facts: Facts,
    /// The complaints.
    pub complaints: Vec<Complaint>,
}

impl Extraction {
    /// Returns how many records were read in all.
    #[must_use]
    pub fn records(&self) -> usize {
        self.facts.values().map(|set| set.records.len()).sum()
    }
}
