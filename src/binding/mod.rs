//! Reads a binding file (`eligibility.toml`): which official fact stands where in a user's own data.
//!
//! The language is documented in `deploy/eligibility.md` and in the JSON schema [`SCHEMA`].

mod read;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

pub use read::{SCHEMA, known_keys, parse};
pub use template::KeyTemplate;

use crate::model::{FieldName, RuleTarget};

/// A binding file.
#[derive(Debug, Clone)]
pub struct BindingFile {
    /// Its bindings, in their order.
    pub bindings: Vec<Binding>,
}

/// One fact set or value, and where it stands in the data.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Its name, for reports.
    pub name: String,
    /// The line of the binding file.
    pub line: usize,
    /// Who uses the data, for reports.
    pub tools: Vec<String>,
    /// The fact set, or a pattern: then `{1}` is what stands for its first `*`.
    pub fact: RuleTarget,
    /// Which of its records, and what of their keys the data holds.
    pub record: KeyTemplate,
    /// The data file, beside the binding file.
    pub file: String,
    /// Where in it.
    pub at: At,
    /// How it is compared.
    pub shape: Shape,
    /// What of the official side is compared.
    pub measure: Measure,
    /// The word of a list of words that says that a record is in the set, for [`Measure::Listed`].
    pub word: Option<String>,
    /// The data's name for a record, where it is not the official one.
    pub keys: BTreeMap<String, String>,
    /// What the keys in the data need.
    pub key_transforms: Vec<Transform>,
    /// What the values in the data need.
    pub transforms: Vec<Transform>,
    /// The data's word for an official one.
    pub words: BTreeMap<String, String>,
    /// How far a number may be off.
    pub tolerance: Decimal,
    /// Whether the data holds only part of the set on purpose.
    pub partial: bool,
    /// Keys of the data that are no official records: they are not compared.
    pub own: BTreeSet<String>,
    /// The official value of what the set does not have: `0` for points that are no longer given.
    pub absent: Option<String>,
    /// Differences that are meant.
    pub known: Vec<Allowance>,
    /// Where the day of the last agreement is written.
    pub stamp: Option<String>,
}

/// Where in a data file.
#[derive(Debug, Clone, Default)]
pub struct At {
    /// A JSONPath.
    pub path: Option<String>,
    /// A query, for a database.
    pub query: Option<String>,
    /// What a selected row or object must say.
    pub filter: Vec<(String, String)>,
    /// A quotation of a text, with `{value}` for the value.
    pub quote: Option<String>,
}

/// How data is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// The members of a list; in rows, those of a column.
    Set {
        /// The member's name in a row or object.
        key: Option<String>,
    },
    /// Keys with a value each.
    Map {
        /// The key's name in a row or object; without it the names of an object are the keys.
        key: Option<String>,
        /// The value's name.
        value: Option<String>,
    },
    /// Rows with a key and several values.
    Table {
        /// The key's name; without it the names of an object are the keys.
        key: Option<String>,
        /// The value's name, and the official field.
        columns: Vec<(String, FieldName)>,
    },
    /// One value.
    Value,
    /// A quotation of a text.
    Claim,
}

/// What of the official side is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// A field of each record; without a name the one that is not a name or a note.
    Field(Option<FieldName>),
    /// Whether the record is in the set.
    Listed,
    /// The TEER category that the second digit of a NOC code gives.
    Teer,
    /// How many keys the set has.
    Count,
    /// What a claim takes for granted: the official value must be this.
    Expect(String),
}

/// What is done to a value before it is compared; undone when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transform {
    /// The data has these words before the value.
    StripPrefix(String),
    /// The data has these words behind the value.
    StripSuffix(String),
    /// The data is in lower case.
    Lower,
    /// The data is in capitals.
    Upper,
    /// The data has words around a NOC code: `21231 - Software engineers and designers`.
    Noc,
    /// The data is for a year where the official value is for an hour: this many hours.
    HourlyToYearly(Decimal),
    /// The data is for an hour where the official value is for a year: this many hours.
    YearlyToHourly(Decimal),
}

impl Transform {
    /// Whether the data has its words in another case than the official ones.
    #[must_use]
    pub fn is_case(&self) -> bool {
        matches!(self, Self::Lower | Self::Upper)
    }
}

/// The five digits of the only NOC code in some words.
#[must_use]
pub fn code_in(words: &str) -> Option<&str> {
    let mut runs = words.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 5);
    let code = runs.next()?;
    runs.next().is_none().then_some(code)
}

/// A difference that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The record, as official; `*` for any.
    pub record: String,
    /// Why.
    pub reason: String,
    /// The last day it is allowed.
    pub until: Date,
}
