//! What a page says today of something known: *read*, *unreadable* or *gone*.
//!
//! Not found does not mean gone. Something is gone when its place was read and it is not there. If the
//! place is lost, or holds words that make no sense, the thing is unreadable, and what was known of it
//! is kept. [`Extraction::says_of_set`](super::Extraction::says_of_set) and its neighbours answer with
//! one of the three, so that they are never confused.

use std::fmt;

use jiff::Timestamp;

use super::{Confirmed, FactKey, FieldName, RecordKey, StateVersion};

/// Something that could not be read on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// The fact set; for a family with no known members, its key as the recipe writes it.
    pub fact: String,
    /// Which part of it.
    pub of: Extent,
    /// Where it was looked for, and why it could not be read there.
    pub why: String,
    /// What is there now, if anything.
    pub stands: Option<String>,
}

/// The part of a fact set that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// All of it.
    Set,
    /// A row that nothing identifies: no known record.
    Row,
    /// A record.
    Record(RecordKey),
    /// A field of all its records: a column.
    Column(FieldName),
    /// A field of a record.
    Field(RecordKey, FieldName),
}

impl Unreadable {
    /// Something of a fact set that could not be read.
    #[must_use]
    pub fn new(fact: &str, of: Extent, why: impl Into<String>) -> Self {
        Self { fact: fact.to_owned(), of, why: why.into(), stands: None }
    }

    /// The same, with what is there now.
    #[must_use]
    pub fn standing(self, stands: Option<String>) -> Self {
        Self { stands: stands.filter(|words| !words.is_empty()), ..self }
    }

    /// Whether it covers a record as a whole.
    #[must_use]
    pub fn covers(&self, fact: &FactKey, record: &RecordKey) -> bool {
        let is_of = match &self.of {
            Extent::Set => true,
            Extent::Record(of) => of == record,
            Extent::Row | Extent::Column(_) | Extent::Field(..) => false,
        };
        is_of && self.fact == fact.as_str()
    }

    /// Whether it covers a field of a record.
    #[must_use]
    pub fn covers_field(&self, fact: &FactKey, record: &RecordKey, field: &FieldName) -> bool {
        let is_of = match &self.of {
            Extent::Set => true,
            Extent::Record(of) => of == record,
            Extent::Column(of) => of == field,
            Extent::Field(of, name) => of == record && name == field,
            Extent::Row => false,
        };
        is_of && self.fact == fact.as_str()
    }

    /// The record it is about, if any.
    #[must_use]
    pub fn record(&self) -> Option<&RecordKey> {
        match &self.of {
            Extent::Record(record) | Extent::Field(record, _) => Some(record),
            Extent::Set | Extent::Row | Extent::Column(_) => None,
        }
    }

    /// The field it is about, if any.
    #[must_use]
    pub fn field(&self) -> Option<&FieldName> {
        match &self.of {
            Extent::Column(field) | Extent::Field(_, field) => Some(field),
            Extent::Set | Extent::Row | Extent::Record(_) => None,
        }
    }
}

/// What it is about, in one line: `gts.fees, lmia, amount`.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fact)?;
        if let Some(record) = self.record() {
            write!(f, ", {record}")?;
        }
        if let Some(field) = self.field() {
            write!(f, ", {field}")?;
        }
        Ok(())
    }
}

/// Something that has been unreadable for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What, and why.
    pub what: Unreadable,
    /// The time of the check that first could not read it.
    pub since: Timestamp,
    /// The version of its source's state from which a check could first not read it: the number of the letter
    /// to the operator about it. `None`: it is from before that was kept.
    pub version: Option<StateVersion>,
    /// When it was last seen to hold; `None` if it was never read.
    pub last_read_at: Option<Timestamp>,
    /// A person's word that it still holds, for the words that are there now.
    pub confirmed: Option<Confirmed>,
}

/// What a page says of something known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a, T> {
    /// This.
    Read(&'a T),
    /// Nothing that could be read: what is known is kept.
    Unreadable(&'a Unreadable),
    /// Nothing any more: it left a window at the old end, and is kept as it was.
    Archived,
    /// Gone: its place was read, and it is not there.
    Gone,
}

/// Something new on a page that no recipe reads: a section, a table, a list of codes, a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What it is: `section`, `table`, `codes` or `link`.
    pub what: String,
    /// The heading above it, empty if there is none.
    pub under: String,
    /// Its words, cut to a short extract.
    pub text: String,
}
