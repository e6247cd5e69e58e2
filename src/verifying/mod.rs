//! Verifies eligibility data: reads the binding file and the data, compares them with official facts, and
//! mends the data where it is told to.

mod mend;
mod touched;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind::{InvalidData, NotFound};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub use mend::{Patch, fix, write};
pub use touched::{Touch, keep, touched, wrong};

use crate::binding::{self, BindingFile};
use crate::catalog::Catalog;
use crate::config_text::Diagnostics;
use crate::dataset::{DataFile, DataFormat};
use crate::model::{
    Advice, FactKey, FindingKind, Findings, Language, Official, RuleTarget, in_full,
};
use crate::reconcile::{self, DataFiles, Question, Reconciled};
use crate::store::foreign_rows;

/// The largest data file, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Why nothing is proposed for a text or a program.
const NO_DATA: &str = "values are read from .json, .jsonc, .yaml, .toml, .csv, .tsv and .sqlite: keep those of a program in \
    one of these, which it imports; a sentence of a text is bound by `quote`";

/// Why nothing is proposed for a database.
const NO_ROWS: &str =
    "nobody knows which of its tables is meant: bind it with `query` (deploy/eligibility.md)";

/// Why data cannot be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is larger than any data file may be.
    #[error("{} is larger than {LARGEST} bytes", .0.display())]
    Large(PathBuf),
    /// The binding file is wrong.
    #[error(transparent)]
    Bindings(#[from] Diagnostics),
    /// The file of exported facts cannot be read as one.
    #[error("{} is no file of facts: {why}", path.display())]
    Facts {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A data file cannot be read as what it is.
    #[error("{}: {why}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The exported facts are of another day than the one asked about.
    #[error("{} holds what was in force on {held}; for {asked}: `rulewatch export facts --as-of {asked}`", path.display())]
    Day {
        /// The file.
        path: PathBuf,
        /// The day it is of.
        held: Date,
        /// The day that was asked about.
        asked: Date,
    },
    /// A data file cannot be mended.
    #[error("cannot write {}: {why}", path.display())]
    Mend {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl VerifyError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Mend { .. } => Advice::Retry,
            Self::Read { .. }
            | Self::Large(_)
            | Self::Bindings(_)
            | Self::Facts { .. }
            | Self::Data { .. }
            | Self::Day { .. } => Advice::Correct,
        }
    }
}

/// Reads a binding file.
///
/// # Errors
/// When it cannot be read; else its faults, all at once.
pub fn bindings(path: &Path) -> Result<BindingFile, VerifyError> {
    Ok(binding::parse(&path.display().to_string(), &text(path)?)?)
}

/// The JSON schema of binding files.
#[must_use]
pub fn schema() -> &'static str {
    binding::SCHEMA
}

/// Reads a file of exported facts, which must be of a day if one is asked about.
///
/// # Errors
/// When it cannot be read, is no such file, or is of another day.
pub fn exported(path: &Path, as_of: Option<Date>) -> Result<Official, VerifyError> {
    let official = Official::from_text(&text(path)?)
        .map_err(|why| VerifyError::Facts { path: path.to_owned(), why })?;
    match as_of.filter(|day| *day != official.day) {
        Some(asked) => Err(VerifyError::Day { path: path.to_owned(), held: official.day, asked }),
        None => Ok(official),
    }
}

/// The folder of a file: that of a binding file holds the data.
#[must_use]
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Whether a binding file asks for a fact set.
#[must_use]
pub fn wants(bindings: &BindingFile, key: &FactKey) -> bool {
    bindings.bindings.iter().any(|binding| binding.fact.covers(key))
}

/// How data is verified.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Today.
    pub today: Date,
    /// Whether what is announced counts as if it were in force.
    pub announced: bool,
    /// The catalogue, which knows what could be read; none with exported facts.
    pub catalog: Option<&'a Catalog>,
}

/// What was found, and what would mend it.
#[derive(Debug, Clone)]
pub struct VerifiedData {
    /// The findings.
    pub findings: Findings,
    /// What would put the files right.
    pub patches: Vec<Patch>,
    /// The files and paths to write a day at, and whether nothing was found of their bindings.
    stamps: BTreeMap<(String, String), bool>,
}

/// Verifies the data that a binding file names; its files are beside it.
#[must_use]
pub fn verify(
    bindings: &BindingFile,
    folder: &Path,
    official: &Official,
    wish: Wish<'_>,
) -> VerifiedData {
    let mut files = DataFiles::new();
    for (name, query) in reconcile::files(bindings, official) {
        let content = reconcile::content_name(&name, query.as_deref());
        files.entry(content).or_insert_with(|| data(folder, &name, query.as_deref()));
    }
    let is_read = |key: &FactKey| {
        let (Some(catalog), Ok(target)) = (wish.catalog, RuleTarget::parse(key.as_str())) else {
            return false;
        };
        let mut read = catalog.sources().flat_map(|source| &source.recipe.facts);
        read.any(|fact| target.could_cover(&fact.key.to_string()))
    };
    let is_word = |word: &str| {
        let known = |catalog: &Catalog| catalog.glossary().word(word, Language::En).is_some();
        wish.catalog.is_none_or(known)
    };
    let (today, announced) = (wish.today, wish.announced);
    let question = Question { official, today, announced, is_read: &is_read, is_word: &is_word };
    let Reconciled { mut findings, edits, stamps } =
        reconcile::reconcile(bindings, &files, &question);
    let patches = mend::patches(folder, &files, &edits, &mut findings);
    VerifiedData { findings, patches, stamps }
}

/// Proposes bindings for a data file.
///
/// # Errors
/// When it cannot be read as what its name says.
pub fn suggest(path: &Path, official: &Official) -> Result<String, VerifyError> {
    let name = path.display().to_string();
    let bad = |why: String| VerifyError::Data { path: path.to_owned(), why };
    let why = match DataFormat::of_name(&name) {
        DataFormat::Text => Some(NO_DATA),
        DataFormat::Rows => Some(NO_ROWS),
        _ => None,
    };
    if let Some(why) = why {
        std::fs::metadata(path)
            .map_err(|source| VerifyError::Read { path: path.to_owned(), source })?;
        return Err(bad(why.to_owned()));
    }
    let file = DataFile::read(&name, &text(path)?).map_err(bad)?;
    Ok(reconcile::suggest(&file, official))
}

/// A file's text. Its length is not asked for first: what is no file, as a pipe, has none.
fn text(path: &Path) -> Result<String, VerifyError> {
    let failed = |source| VerifyError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(VerifyError::Large(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| failed(io::Error::new(InvalidData, "it is not UTF-8")))
}

fn data(folder: &Path, name: &str, query: Option<&str>) -> Result<DataFile, (FindingKind, String)> {
    let path = inside(folder, name).map_err(|why| (FindingKind::NoFile, why))?;
    if DataFormat::of_name(name) == DataFormat::Rows {
        let Some(query) = query else {
            return Err((FindingKind::BadFile, "a database needs `query`".to_owned()));
        };
        let rows = foreign_rows(&path, query).map_err(|why| (FindingKind::BadFile, why))?;
        return Ok(DataFile::of_rows(name, rows));
    }
    let text = text(&path).map_err(|error| (FindingKind::NoFile, in_full(&error)))?;
    DataFile::read(name, &text).map_err(|why| (FindingKind::BadFile, why))
}

/// The data file of a name. It lies in the folder of the binding file, wherever links lead: whoever may write bindings
/// may have no other file quoted in a letter, or put right.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let real = path.canonicalize().map_err(|why| match why.kind() {
        NotFound => format!("there is no file {}", path.display()),
        _ => format!("cannot read {}: {why}", path.display()),
    })?;
    if !folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)) {
        return Err(format!(
            "{} is not in the folder of the binding file, and nothing outside of it is read",
            path.display()
        ));
    }
    match real.is_file() {
        true => Ok(path),
        false => Err(format!("{} is no file", path.display())),
    }
}

/// The files with today's date written beside the values of every binding of which nothing was found; what
/// cannot be written, in words.
#[must_use]
pub fn stamped(folder: &Path, verified: &VerifiedData, today: Date) -> Vec<Result<Patch, String>> {
    mend::stamped(folder, &verified.stamps, today)
}
