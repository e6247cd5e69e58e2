//! What a page says today of a thing that is known: *read*, *unreadable* or *gone*.
//!
//! Not found is not gone. Something is gone when the place it stands in was read and it is not there;
//! where the place is lost, or holds words that nothing could be made of, it is unreadable: what was
//! known of it stands. [`Extraction::says_of_set`](super::Extraction::says_of_set) and its neighbours
//! answer with one of the three, so that nobody takes one for another.

use std::fmt;

use jiff::Timestamp;

use super::{Confirmed, FactKey, FieldName, RecordKey};

/// Something that could not be read of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// The fact set; of a family none of whose members is known, its key as the recipe writes it.
    pub fact: String,
    /// What of it.
    pub of: Extent,
    /// Where it was looked for, and why it could not be read there.
    pub why: String,
    /// What stands there now, where something does.
    pub stands: Option<String>,
}

/// What of a fact set could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// All of it.
    Set,
    /// Something that nothing tells which record it is: nothing that is known.
    Row,
    /// A record.
    Record(RecordKey),
    /// A field of all of its records: a column.
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

    /// The same, with what stands there now.
    #[must_use]
    pub fn standing(self, stands: Option<String>) -> Self {
        Self { stands: stands.filter(|words| !words.is_empty()), ..self }
    }

    /// Whether a record as a whole is covered by it.
    #[must_use]
    pub fn covers(&self, fact: &FactKey, record: &RecordKey) -> bool {
        let is_of = match &self.of {
            Extent::Set => true,
            Extent::Record(of) => of == record,
            Extent::Row | Extent::Column(_) | Extent::Field(..) => false,
        };
        is_of && self.fact == fact.as_str()
    }

    /// Whether a field of a record is covered by it.
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

    /// The record it is about, if it is about one.
    #[must_use]
    pub fn record(&self) -> Option<&RecordKey> {
        match &self.of {
            Extent::Record(record) | Extent::Field(record, _) => Some(record),
            Extent::Set | Extent::Row | Extent::Column(_) => None,
        }
    }

    /// The field it is about, if it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&FieldName> {
        match &self.of {
            Extent::Column(field) | Extent::Field(_, field) => Some(field),
            Extent::Set | Extent::Row | Extent::Record(_) => None,
        }
    }
}

/// What it is about: `gts.fees, lmia, amount`.
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

/// Something that cannot be read for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What, and why.
    pub what: Unreadable,
    /// Since the check at this moment.
    pub since: Timestamp,
    /// When it was last seen to hold; `None` where it was never read.
    pub last_read_at: Option<Timestamp>,
    /// That it holds all the same, where a person said so of what stands there now.
    pub confirmed: Option<Confirmed>,
}

/// What a page says of a thing that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a, T> {
    /// This.
    Read(&'a T),
    /// Nothing that could be read: what is known stands.
    Unreadable(&'a Unreadable),
    /// Nothing any more: it left at the old end of a window, and stands as it was.
    Archived,
    /// That it is no more: the place was read, and it is not there.
    Gone,
}

/// Something new on a page that no recipe reads: a section, a table, a list of codes, a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What it is: `section`, `table`, `codes` or `link`.
    pub what: String,
    /// The heading it stands under, empty for none.
    pub under: String,
    /// Its words, cut to a short extract.
    pub text: String,
}
