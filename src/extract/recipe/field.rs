//! How to read one field out of the cells of a match, and as what type.

use super::{Pattern, Vocabulary};
use crate::model::{FieldName, Per};

/// How to read one field out of the cells of a row.
#[derive(Debug, Clone)]
pub struct FieldRecipe {
    /// Its name.
    pub name: FieldName,
    /// The cells to look in, in order; the first that gives a value wins.
    pub from: Vec<String>,
    /// Takes the first group (or the whole match) of this from the cell.
    pub find: Option<Pattern>,
    /// Removed from the cell before anything else: words for screen readers only.
    pub without: Option<Pattern>,
    /// Its type.
    pub reading: Reading,
    /// Words that may replace a number, kept as words.
    pub words: Vec<Pattern>,
    /// Whether a row may lack it.
    pub optional: bool,
    /// Whether it is only an explanation, and is not compared.
    pub note: bool,
    /// Whether a difference in it is only a change of wording.
    pub wording: bool,
    /// Whether it only serves the record's key and is not kept.
    pub key_only: bool,
    /// Whether the row makes one record for each value found.
    pub each: bool,
}

/// The type a field is read as.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Words.
    Text,
    /// Words, one value a line.
    Lines,
    /// A slug of the words.
    Slug,
    /// The stable word of a vocabulary; other words are a complaint.
    Word(Vocabulary),
    /// The stable word of a vocabulary, else the slug of the words.
    WordOrSlug(Vocabulary),
    /// A whole number.
    Integer,
    /// A number with or without a fraction.
    Decimal,
    /// Canadian dollars.
    Money(Option<Per>),
    /// A percentage.
    Percent,
    /// A day whose month is a word, or an ISO date.
    Date,
    /// A month, or the days from one to another.
    Days,
    /// A day in figures, the month first, on a page known to write dates so: `1/15/2026`.
    MonthDayYear,
    /// A moment, in UTC.
    Time,
    /// A length of time.
    Duration,
    /// A range of whole numbers, open or not.
    Range,
    /// The level of the Canadian Language Benchmarks or the Niveaux de compétence linguistique canadiens:
    /// their levels are the same.
    Clb,
    /// A NOC 2021 code.
    Noc,
    /// A code of NOC 2016 or of NOC 2021, on a page known to use the older edition.
    OldNoc,
    /// A CIP code.
    Cip,
    /// The TEER category, checked against the NOC code of the same row if there is one.
    Teer,
    /// Yes when the first pattern matches and the second, if there is one, does not.
    Flag(Pattern, Option<Pattern>),
    /// The page's own yes or no.
    YesNo,
    /// The lines of a stretch of prose.
    Clauses,
}
