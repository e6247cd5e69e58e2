//! What was read from a page: its facts, what could not be read, and what is left over.

use std::collections::HashSet;

use jiff::civil::Date;

use super::meaning::bare;
use super::words;
use super::{
    Extent, FactKey, FactSet, Facts, FieldName, Record, RecordKey, Said, Unread, Unreadable, Value,
};

/// A part of a matching page that could not be read. It never hides its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What kind of trouble it is.
    pub cause: Cause,
    /// The record and field it is about, if the record could be identified: its last good value is
    /// kept.
    pub about: Option<(FactKey, RecordKey, FieldName)>,
    /// The fact set it belongs to, as the recipe writes its key.
    pub fact: String,
    /// Where: `row 6, column Number of invitations`.
    pub place: String,
    /// The words in that place.
    pub text: String,
    /// Why it cannot be read.
    pub why: String,
}

/// What kind of trouble a [`Complaint`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A field cannot be read.
    Unreadable,
    /// A code of NOC 2016 appears where one of NOC 2021 belongs.
    OldEdition,
    /// Nothing identifies the record that a row belongs to.
    Unkeyed,
    /// The page contradicts itself: a total that its parts do not add up to.
    Unsound,
    /// No word of the recipe's vocabulary matches it: it is read under its own name.
    Unnamed,
}

/// What was read from one page: facts, and complaints about the parts that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extraction {
    /// The facts.
    pub facts: Facts,
    /// The complaints.
    pub complaints: Vec<Complaint>,
    /// What could not be read, known or new: the last values are kept.
    pub unreadable: Vec<Unreadable>,
    /// Records that left a window of the newest at its old end: nothing was withdrawn.
    pub archived: Vec<(FactKey, RecordKey)>,
    /// Records that are gone from their place while their key still appears in words that no recipe has
    /// read, with those words.
    pub doubtful: Vec<(FactKey, RecordKey, String)>,
    /// Records whose figures are others in the new words of another place of their recipe, with those words.
    pub moved_on: Vec<(FactKey, RecordKey, String)>,
    /// Where the facts are, if not where the recipe looks first, in words of the recipe language.
    pub relocated: Vec<String>,
    /// What no recipe reads on the page.
    pub remainder: Option<Remainder>,
    /// The date the page gives for itself, if it gives one.
    pub stamped_on: Option<Date>,
}

/// What no recipe reads on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remainder {
    /// Its fact set: `page.<source>`.
    pub key: FactKey,
    /// Its words, line by line under their headings, with what is read as facts left out.
    pub set: FactSet,
    /// The parts of it that are new by their structure and not read by any recipe.
    pub unread: Vec<Unread>,
    /// How the words of the page are read.
    pub shares: Shares,
}

impl Remainder {
    /// Whether these words stand in a line, read as facts or not.
    #[must_use]
    pub fn says(&self, said: &str) -> bool {
        let values = self.set.records.values().flat_map(|record| record.fields.values());
        values.flat_map(Value::clauses).any(|line| words::shown(line).contains(said))
    }

    /// Whether these are the words of the page that was known, in its layout: all its headings are here, and
    /// at least half of its lines, read as facts or not.
    #[must_use]
    pub fn is_of_page(&self, known: &Facts) -> bool {
        let is_of_layout =
            |path: &RecordKey| ![words::VALUES, words::NOISE_RECORD].contains(&path.as_str());
        let lines = |set: &FactSet| -> Vec<String> {
            let records = set.records.iter().filter(|(path, _)| is_of_layout(path));
            let fields = records.flat_map(|(_, record)| &record.fields);
            let lines = fields.filter(|(name, _)| name.as_str() != words::LINKS);
            lines
                .filter_map(
                    |(_, value)| {
                        if let Value::Clauses(lines) = value { Some(lines) } else { None }
                    },
                )
                .flatten()
                .map(|line| bare(&words::shown(line)))
                .collect()
        };
        let Some(known) = known.get(&self.key) else { return false };
        let is_here = |path: &RecordKey| !is_of_layout(path) || self.set.records.contains_key(path);
        let (before, now) = (lines(known), lines(&self.set));
        let now: HashSet<String> = now.into_iter().collect();
        let here = before.iter().filter(|line| now.contains(*line)).count();
        known.records.keys().all(is_here) && here > 0 && here * 2 >= before.len()
    }
}

/// How many words of a page are read as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shares {
    /// As facts.
    pub facts: usize,
    /// As clauses that a recipe names.
    pub clauses: usize,
    /// Left out as noise.
    pub noise: usize,
    /// Not at all.
    pub rest: usize,
}

impl Shares {
    /// All words.
    #[must_use]
    pub fn total(&self) -> usize {
        self.facts + self.clauses + self.noise + self.rest
    }
}

impl Extraction {
    /// Returns how many records were read in all.
    #[must_use]
    pub fn records(&self) -> usize {
        self.facts.values().map(|set| set.records.len()).sum()
    }

    /// How the words of the page are read, if they were counted.
    #[must_use]
    pub fn shares(&self) -> Option<Shares> {
        let remainder = self.remainder.as_ref()?;
        Some(remainder.shares).filter(|shares| shares.total() > 0)
    }

    /// What the page says of a fact set.
    #[must_use]
    pub fn says_of_set(&self, fact: &FactKey) -> Said<'_, FactSet> {
        if let Some(set) = self.facts.get(fact) {
            return Said::Read(set);
        }
        let about = |u: &&Unreadable| u.of == Extent::Set && u.fact == fact.as_str();
        self.unreadable.iter().find(about).map_or(Said::Gone, Said::Unreadable)
    }

    /// What the page says of a record.
    #[must_use]
    pub fn says_of_record(&self, fact: &FactKey, record: &RecordKey) -> Said<'_, Record> {
        if let Some(read) = self.facts.get(fact).and_then(|set| set.records.get(record)) {
            return Said::Read(read);
        }
        if self.archived.iter().any(|(set, name)| set == fact && name == record) {
            return Said::Archived;
        }
        let about = self.unreadable.iter().find(|u| u.covers(fact, record));
        about.map_or(Said::Gone, Said::Unreadable)
    }

    /// What the page says of a field, in a record that it says something about.
    #[must_use]
    pub fn says_of_field(
        &self,
        fact: &FactKey,
        record: &RecordKey,
        field: &FieldName,
    ) -> Said<'_, Value> {
        let read = self.facts.get(fact).and_then(|set| set.records.get(record));
        if let Some(value) = read.and_then(|record| record.fields.get(field)) {
            return Said::Read(value);
        }
        let about = self.unreadable.iter().find(|u| u.covers_field(fact, record, field));
        about.map_or(Said::Gone, Said::Unreadable)
    }
}
