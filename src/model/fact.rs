//! Facts: what a page says, keyed independently of order and position on the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use litemap::LiteMap;

use super::{CheckId, Dates, FactKey, FieldName, RecordKey, SourceId, Value};

/// The type of a fact set: how its records are keyed and compared, and which kinds of change it can
/// produce. `FACTS.md` is the registry.
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

    /// Whether its facts are figures: amounts, levels, points, times.
    #[must_use]
    pub fn is_of_figures(self) -> bool {
        self.is_of_rows() && self != Self::List
    }

    /// Whether its records are known by their names: where they have no codes, a name is all that there is of one.
    #[must_use]
    pub fn is_of_names(self) -> bool {
        matches!(self, Self::Occupations | Self::Categories | Self::Streams)
    }

    /// Whether its records are the rows of a table or a list, each known by its label.
    #[must_use]
    pub fn is_of_rows(self) -> bool {
        match self {
            Self::Thresholds
            | Self::Points
            | Self::Fees
            | Self::Funds
            | Self::Standards
            | Self::List => true,
            Self::Occupations
            | Self::Categories
            | Self::Streams
            | Self::Draws
            | Self::Clauses
            | Self::Notices
            | Self::Series => false,
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The fields of a record by name. A record has few fields but there are very many records, so each
/// keeps its fields in one memory block.
pub type Fields = LiteMap<FieldName, Value>;

/// The fields that hold a page's name for a record, the most telling first.
const RECORD_NAMES: [&str; 4] = ["title", "name", "label", "item"];

/// Whether a field holds a page's name for a record.
#[must_use]
pub fn is_name(field: &FieldName) -> bool {
    RECORD_NAMES.contains(&field.as_str())
}

/// A page's name for a record, if one of its fields gives it.
#[must_use]
pub fn record_name(fields: &Fields) -> Option<&str> {
    let text_of = |wanted: &str| {
        let (_, value) = fields.iter().find(|(name, _)| name.as_str() == wanted)?;
        if let Value::Text(text) = value { Some(text.as_str()) } else { None }
    };
    RECORD_NAMES.iter().filter_map(|name| text_of(name)).find(|text| !text.trim().is_empty())
}

/// Where a fact was read, and the words it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Which of the recipe's locators matched: `1. table "NOC code, Occupation"`.
    pub locator: Arc<str>,
    /// Where on the page: `table 2, row 7`.
    pub place: String,
    /// The words on the page, cut to a short extract.
    pub quote: String,
}

/// One statement of a fact set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its fields. Those that only explain are listed in [`FactSet::notes`].
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
    /// Fields that are only words: a difference in them is a change of wording, no more.
    pub wording: Vec<FieldName>,
    /// The fields that say when the records hold and what they apply to.
    pub dates: DateFields,
}

/// The fields that say when a set's records hold and what they apply to, if a page says so. They are
/// compared like any other field unless they are notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateFields {
    /// The day from which a record holds.
    pub effective: Option<FieldName>,
    /// The last day a record holds.
    pub expires: Option<FieldName>,
    /// What a record applies to, in the page's own words: applications received, profiles made.
    pub applies_to: Option<FieldName>,
}

/// The field for the day from which a record holds that a page puts beside its name, where its recipe reads none.
pub const EFFECTIVE_ON: &str = "effective_on";
/// The same for the last day.
pub const EXPIRES_ON: &str = "expires_on";

/// The field that says whether a stream takes applications.
pub const STATUS: &str = "status";

/// The state of a stream that takes applications.
pub const OPEN: &str = "open";

impl DateFields {
    /// Whether a field says from when or to when a record holds.
    #[must_use]
    pub fn bound(&self, name: &FieldName) -> bool {
        [&self.effective, &self.expires].into_iter().flatten().any(|day| day == name)
    }

    /// Whether a day is gone with the state that it was of: what has opened again is paused until no day.
    #[must_use]
    pub fn went_with_state(&self, name: &FieldName, was: &Fields, is: &Fields) -> bool {
        let state = |fields: &Fields| {
            let status = fields.iter().find(|(name, _)| name.as_str() == STATUS);
            status.map(|(_, state)| state.current().clone())
        };
        let is_other = || state(was).zip(state(is)).is_some_and(|(was, is)| !was.same(&is));
        self.bound(name) && !is.contains_key(name) && is_other()
    }

    /// The dates they give for a record. When it was published is not the record's to say.
    #[must_use]
    pub fn of(&self, record: &Record) -> Dates {
        let value = |name: &Option<FieldName>| record.fields.get(name.as_ref()?);
        let day = |name| match value(name) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        Dates {
            published_on: None,
            effective_on: day(&self.effective),
            expires_on: day(&self.expires),
            applies_to: value(&self.applies_to).map(ToString::to_string),
        }
    }
}

impl FactSet {
    /// An empty set of a type.
    #[must_use]
    pub fn new(kind: FactType) -> Self {
        Self {
            kind,
            records: BTreeMap::new(),
            notes: Vec::new(),
            wording: Vec::new(),
            dates: DateFields::default(),
        }
    }

    /// Returns whether a field takes part in comparison.
    #[must_use]
    pub fn compares(&self, field: &FieldName) -> bool {
        !self.notes.contains(field)
    }

    /// Whether what is stated `elsewhere` announces this value for the very day on which its record begins.
    #[must_use]
    pub fn is_announced_so(&self, record: &Record, value: &Value, elsewhere: &Value) -> bool {
        let begins = self.dates.of(record).effective_on;
        let is_it =
            |(then, from): (&Value, jiff::civil::Date)| then.same(value) && begins == Some(from);
        value.next().is_none() && elsewhere.next().is_some_and(is_it)
    }
}

/// All fact sets of one source.
pub type Facts = BTreeMap<FactKey, FactSet>;

/// What a record said from a given check on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordState {
    /// Which source said it.
    pub source: SourceId,
    /// The record.
    pub record: RecordKey,
    /// The check that first read it so.
    pub check: CheckId,
    /// When that was.
    pub seen_at: Timestamp,
    /// Its fields; `None`: gone from then on.
    pub fields: Option<Fields>,
    /// Where it was on the page.
    pub evidence: Option<Evidence>,
}
