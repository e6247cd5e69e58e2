//! Compares eligibility data with official facts, says what would put it right, and proposes bindings.
//!
//! [`reconcile`] takes a binding file, the official facts and the data files, already read, and gives
//! [`Findings`] and the [`Edit`]s that would mend them. It reads no clock and no file.

mod amount;
mod claim;
mod expected;
mod held;
mod marked;
mod pattern;
mod suggest;
mod value;
mod weigh;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub use suggest::suggest;

use crate::binding::{Binding, BindingFile, Shape};
use crate::dataset::DataFile;
use crate::dataset::edit::Edit;
use crate::model::{
    DataFinding, DataPlace, FactKey, FindingKind, FindingNote, Findings, Official, VerifiedBinding,
    Weight,
};

/// What is compared, and for which day.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The official facts.
    pub official: &'a Official,
    /// The day allowances are judged on.
    pub today: Date,
    /// Whether what is announced counts as if it were in force.
    pub announced: bool,
    /// Whether a source reads facts of a key that is not known.
    pub is_read: &'a dyn Fn(&FactKey) -> bool,
    /// Whether a word may be a part of a record's key, though no record that is known has it.
    pub is_word: &'a dyn Fn(&str) -> bool,
}

/// The data files by name; what is wrong with one, if it could not be read.
pub type DataFiles = BTreeMap<String, Result<DataFile, (FindingKind, String)>>;

/// What was found, and how to mend it.
#[derive(Debug, Clone, Default)]
pub struct Reconciled {
    /// The findings.
    pub findings: Findings,
    /// The edits, by file.
    pub edits: BTreeMap<String, Vec<Edit>>,
    /// The files and paths that a day is written at, and whether nothing was found of any binding that
    /// names them.
    pub stamps: BTreeMap<(String, String), bool>,
}

/// The files that bindings read, each with the query for a database; a file is named once for each
/// query.
#[must_use]
pub fn files(bindings: &BindingFile, official: &Official) -> Vec<(String, Option<String>)> {
    let mut files: Vec<(String, Option<String>)> = Vec::new();
    for binding in &bindings.bindings {
        for (_, binding) in pattern::each(binding, official) {
            let file = (binding.file.clone(), binding.at.query.clone());
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    files
}

/// The name that a file's content goes by: a database is read once for each query.
#[must_use]
pub fn content_name(file: &str, query: Option<&str>) -> String {
    query.map_or_else(|| file.to_owned(), |query| format!("{file}: {query}"))
}

/// Compares every binding.
#[must_use]
pub fn reconcile(bindings: &BindingFile, files: &DataFiles, question: &Question<'_>) -> Reconciled {
    let mut outcome = Reconciled::default();
    for binding in &bindings.bindings {
        for (key, binding) in pattern::each(binding, question.official) {
            let report = Report::new(&binding, key);
            let report = one(report, files, question);
            outcome.findings.bindings += 1;
            outcome.findings.compared += report.compared;
            let (name, file) = (binding.name.clone(), binding.file.clone());
            outcome.findings.verified.push(VerifiedBinding { name, file });
            if let Some(path) = &binding.stamp {
                let is_fine = report.found.iter().all(|found| found.kind.weight() == Weight::Note);
                let stamp = outcome.stamps.entry((binding.file.clone(), path.clone()));
                *stamp.or_insert(true) &= is_fine;
            }
            outcome.findings.found.extend(report.found);
            if !report.edits.is_empty() {
                outcome.edits.entry(binding.file.clone()).or_default().extend(report.edits);
            }
        }
    }
    outcome
}

/// What is found of one binding.
struct Report<'a> {
    binding: &'a Binding,
    fact: Option<FactKey>,
    found: Vec<DataFinding>,
    /// The records in doubt; `None` for the whole set.
    doubted: BTreeSet<Option<String>>,
    edits: Vec<Edit>,
    compared: usize,
}

impl<'a> Report<'a> {
    fn new(binding: &'a Binding, fact: Option<FactKey>) -> Self {
        Self {
            binding,
            fact,
            found: Vec::new(),
            doubted: BTreeSet::new(),
            edits: Vec::new(),
            compared: 0,
        }
    }

    /// A finding of this binding, with nothing else known yet.
    fn finding(&self, kind: FindingKind) -> DataFinding {
        DataFinding {
            kind,
            binding: self.binding.name.clone(),
            fact: self.fact.clone(),
            record: None,
            field: None,
            official: None,
            yours: None,
            evidence: None,
            place: None,
            note: None,
            wrong_from: None,
        }
    }

    /// Adds a finding that only says something.
    fn say(&mut self, kind: FindingKind, note: impl Into<String>) {
        let place = matches!(
            kind,
            FindingKind::NotFound
                | FindingKind::Ambiguous
                | FindingKind::NoFile
                | FindingKind::BadFile
        );
        let place = place.then(|| DataPlace {
            file: self.binding.file.clone(),
            line: 0,
            path: self.binding.at.path.clone().unwrap_or_default(),
        });
        let note = Some(FindingNote::Words(note.into()));
        let finding = DataFinding { note, place, ..self.finding(kind) };
        self.found.push(finding);
    }
}

fn one<'a>(mut report: Report<'a>, files: &DataFiles, question: &Question<'_>) -> Report<'a> {
    let binding = report.binding;
    let Some(expected) = expected::of(&mut report, question) else { return report };
    let name = content_name(&binding.file, binding.at.query.as_deref());
    let file = match files.get(&name) {
        Some(Ok(file)) => file,
        Some(Err((kind, why))) => {
            report.say(*kind, why.clone());
            return report;
        }
        None => {
            report.say(FindingKind::NoFile, "it was not read");
            return report;
        }
    };
    if binding.shape == Shape::Claim {
        claim::compare(&mut report, file, &expected, question);
    } else {
        weigh::compare(&mut report, file, &expected, question);
    }
    report
}

#[cfg(test)]
mod tests;
