//! What comparing eligibility data with official facts finds.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{DoubtReason, EmailAddress, FactKey, FieldName, HookId, SourceId, Value};

/// What is found, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Official, and not in the data.
    Missing,
    /// In the data, and not official.
    Extra,
    /// Another value than the official one.
    Different,
    /// A difference that the binding file allows until a day.
    Allowed,
    /// The official value cannot be read at present: what was known is compared.
    Unreadable,
    /// A new official value waits to be confirmed.
    Held,
    /// No person has accepted the recipe's first facts.
    Unreviewed,
    /// The source has not been read for too long.
    Stale,
    /// Official pages contradict each other.
    Disputed,
    /// A source reads this fact, and nothing of it is known yet.
    NeverRead,
    /// No source reads a fact of this key.
    UnknownFact,
    /// The fact set has no such record or field.
    UnknownRecord,
    /// The data file is not there or cannot be opened.
    NoFile,
    /// The data file cannot be read as what it is.
    BadFile,
    /// The path or the quotation is not in the data file.
    NotFound,
    /// Several places or records fit where one is needed.
    Ambiguous,
}

/// What a finding means for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The data is as it should be, or is allowed not to be.
    Note,
    /// The official fact is doubtful, so nobody can say that the data is right.
    Doubt,
    /// The data is wrong.
    Drift,
    /// The binding file is wrong, or does not fit the data.
    Misuse,
}

impl FindingKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Missing,
        Self::Extra,
        Self::Different,
        Self::Allowed,
        Self::Unreadable,
        Self::Held,
        Self::Unreviewed,
        Self::Stale,
        Self::Disputed,
        Self::NeverRead,
        Self::UnknownFact,
        Self::UnknownRecord,
        Self::NoFile,
        Self::BadFile,
        Self::NotFound,
        Self::Ambiguous,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different => "different",
            Self::Allowed => "allowed",
            Self::Unreadable => "unreadable",
            Self::Held => "held",
            Self::Unreviewed => "unreviewed",
            Self::Stale => "stale",
            Self::Disputed => "disputed",
            Self::NeverRead => "never_read",
            Self::UnknownFact => "unknown_fact",
            Self::UnknownRecord => "unknown_record",
            Self::NoFile => "no_file",
            Self::BadFile => "bad_file",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// The kind that a doubt's word names.
    #[must_use]
    pub fn of_doubt(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.weight() == Weight::Doubt && kind.word() == word)
    }

    /// What it means for the answer.
    #[must_use]
    pub fn weight(self) -> Weight {
        match self {
            Self::Allowed => Weight::Note,
            Self::Missing | Self::Extra | Self::Different => Weight::Drift,
            Self::Unreadable
            | Self::Held
            | Self::Unreviewed
            | Self::Stale
            | Self::Disputed
            | Self::NeverRead => Weight::Doubt,
            Self::UnknownFact
            | Self::UnknownRecord
            | Self::NoFile
            | Self::BadFile
            | Self::NotFound
            | Self::Ambiguous => Weight::Misuse,
        }
    }
}

/// A place in a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPlace {
    /// The file, as the binding names it.
    pub file: String,
    /// The line, from 1; 0 in a database.
    pub line: usize,
    /// The path in it: `$['codes'][3]`.
    pub path: String,
}

/// The official side of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialPlace {
    /// The source.
    pub source: SourceId,
    /// The page.
    pub url: String,
    /// The words on the page, where a record is concerned.
    pub quote: String,
    /// Since when it says so.
    pub since: Option<Date>,
    /// When it was last seen to hold.
    pub checked_at: Option<Timestamp>,
}

/// What the official side says where the data says something else. Its `Display` is that of the value, for
/// programs; letters have words of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfficialSays {
    /// It is in the set.
    Listed,
    /// It is not in the set.
    NotListed,
    /// A value, or the name of a record.
    Value(Value),
    /// A value, and the number that it is in the unit of the data.
    Converted(Value, Decimal),
}

impl fmt::Display for OfficialSays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed => f.write_str("listed"),
            Self::NotListed => f.write_str("not listed"),
            Self::Value(value) => write!(f, "{value}"),
            Self::Converted(value, here) => write!(f, "{value} (here {})", here.normalize()),
        }
    }
}

/// What else there is to know of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingNote {
    /// The difference is meant, until a day.
    Allowed {
        /// Its last day.
        until: Date,
        /// Why, as the binding file says it.
        reason: String,
    },
    /// The difference was meant, until a day that is over.
    Expired {
        /// Its last day.
        until: Date,
        /// Why, as the binding file says it.
        reason: String,
    },
    /// No patch mends it.
    NotPatched(Unpatched),
    /// Why the official fact is in doubt.
    Doubt(DoubtReason),
    /// What does not fit: English words.
    Words(String),
}

/// Why no patch mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpatched {
    /// The official fact is doubtful.
    Doubtful,
    /// The data is in a database.
    Database,
    /// Other places of the file use the value, by an alias.
    Shared,
    /// The data has no such value there.
    NoValue,
    /// Several values stand where there is one official value.
    Several,
    /// The row is there for more than this.
    RowForMore,
    /// It cannot be taken out alone.
    NotAlone,
    /// The data has names of its own, and this may be one of a record.
    Unnamed,
    /// A new row needs its other columns.
    NewRow,
    /// The official value is not known.
    NoOfficialValue,
    /// It needs more than is known here.
    NeedsMore,
    /// A sentence in a data file.
    Sentence,
    /// A sentence that takes something for granted.
    SentenceAnew,
    /// The file cannot be edited: English words.
    File(String),
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFinding {
    /// What is found.
    pub kind: FindingKind,
    /// The name of the binding.
    pub binding: String,
    /// The fact set.
    pub fact: Option<FactKey>,
    /// The record.
    pub record: Option<String>,
    /// The field.
    pub field: Option<FieldName>,
    /// What the official side says.
    pub official: Option<OfficialSays>,
    /// The value in the data, as it stands there.
    pub yours: Option<String>,
    /// Where the official value is stated.
    pub evidence: Option<OfficialPlace>,
    /// Where the data is.
    pub place: Option<DataPlace>,
    /// What else to know.
    pub note: Option<FindingNote>,
    /// From when it will be wrong, where a change is announced.
    pub wrong_from: Option<Date>,
}

/// Data that is bound to official facts, and who is told what to edit in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundData {
    /// Its name, for those who are told.
    pub name: String,
    /// The binding file.
    pub file: PathBuf,
    /// The readers whose letters say so.
    pub readers: Vec<EmailAddress>,
    /// The hooks whose calls say so.
    pub hooks: Vec<HookId>,
}

impl BoundData {
    /// The data of a binding file that nobody is told of.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        let name = file.display().to_string();
        Self { name, file: file.to_owned(), readers: Vec::new(), hooks: Vec::new() }
    }
}

/// What changes make wrong in such data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TouchedData {
    /// The data's name.
    pub name: String,
    /// What is found of what changed.
    pub found: Vec<DataFinding>,
    /// Who uses it.
    pub tools: Vec<String>,
    /// What would put its files right.
    pub patches: Vec<DataPatch>,
    /// Why nobody could look at it.
    pub fault: Option<String>,
}

impl TouchedData {
    /// The worst of what is found.
    #[must_use]
    pub fn worst(&self) -> Weight {
        worst(&self.found)
    }
}

/// What would put a data file right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPatch {
    /// The file, as the binding names it.
    pub file: String,
    /// The difference, line by line.
    pub unified: String,
    /// The operations, for JSON (RFC 6902).
    pub operations: Option<Json>,
}

/// Everything that was found, and how much was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The findings, binding by binding.
    pub found: Vec<DataFinding>,
    /// How many bindings there are.
    pub bindings: usize,
    /// How many values of the data were compared.
    pub compared: usize,
    /// Each binding, in their order.
    pub verified: Vec<VerifiedBinding>,
}

/// A binding, for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBinding {
    /// Its name.
    pub name: String,
    /// Its data file.
    pub file: String,
}

impl Findings {
    /// The worst of them.
    #[must_use]
    pub fn worst(&self) -> Weight {
        worst(&self.found)
    }

    /// How many have a weight.
    #[must_use]
    pub fn count(&self, weight: Weight) -> usize {
        self.found.iter().filter(|finding| finding.kind.weight() == weight).count()
    }
}

fn worst(found: &[DataFinding]) -> Weight {
    found.iter().map(|finding| finding.kind.weight()).max().unwrap_or(Weight::Note)
}
