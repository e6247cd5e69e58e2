//! Writes what is known for others to use: tables for analysts ([`tables()`]), a database ([`database`]), a web
//! archive ([`archive()`]), the evidence for one change ([`bundle()`]).
//!
//! Each is written whole or not at all, and nothing about people is in any of them. What is written claims no more than was recorded: a page is
//! exported as the body that was received and decoded, and one whose body is no longer kept as its hash.

mod archive;
mod bundle;
mod tables;

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Value as Json, json};

pub use archive::{Archived, archive};
pub use bundle::bundle;
pub use tables::{TableFormat, database, tables};

use crate::model::{Advice, Hop, Page};
use crate::store::StoreError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is already there.
    #[error("{} is there already: name another place", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// It could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the error where something cannot be written.
type Failed<'a> = &'a dyn Fn(io::Error) -> ExportError;

/// Writes a file or a folder whole or not at all: first of the same name in a temporary folder beside it.
fn whole<T>(
    path: &Path,
    write: impl FnOnce(&Path, Failed<'_>) -> Result<T, ExportError>,
) -> Result<T, ExportError> {
    let Some(name) = path.file_name().filter(|_| !path.exists()) else {
        return Err(ExportError::Exists { path: path.to_owned() });
    };
    let failed: Failed<'_> = &|source| ExportError::Write { path: path.to_owned(), source };
    let beside = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    fs::create_dir_all(beside).map_err(failed)?;
    let temporary = tempfile::Builder::new().prefix(".rulewatch-").tempdir_in(beside);
    let temporary = temporary.map_err(failed)?;
    let partial = temporary.path().join(name);
    let done = write(&partial, failed)?;
    fs::rename(&partial, path).map_err(failed)?;
    Ok(done)
}

/// The addresses by which a page came, each with its status.
fn chain(page: &Page) -> Json {
    let hop = |hop: &Hop| json!({"url": hop.url.as_str(), "status": hop.status});
    page.chain.iter().map(hop).collect()
}

impl ExportError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Exists { .. } => Advice::Correct,
            Self::Write { .. } => Advice::Stop,
            Self::Store(error) => error.advice(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_there_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let left = |folder: &Path| -> Vec<String> {
            let all = fs::read_dir(folder).unwrap().map(Result::unwrap);
            all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        };
        let folder = |partial: &Path, failed: Failed<'_>| {
            fs::create_dir(partial).map_err(failed)?;
            fs::write(partial.join("a.csv"), "a").map_err(failed)
        };
        // As a shell completes it, in a folder that is not there yet.
        whole(&home.path().join("new/tables/"), folder).unwrap();
        assert_eq!(left(&home.path().join("new")), ["tables"]);
        assert_eq!(left(&home.path().join("new/tables")), ["a.csv"]);
        let full = |partial: &Path, failed: Failed<'_>| {
            folder(partial, failed)?;
            Err::<(), _>(failed(io::Error::other("the disk is full")))
        };
        let path = home.path().join("half");
        let error = whole(&path, full).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write {}", path.display()));
        assert_eq!(left(home.path()), ["new"]);
        let again = whole(&home.path().join("new"), |_, _| Ok(())).unwrap_err();
        assert_eq!(again.advice(), Advice::Correct);
        assert_eq!(left(&home.path().join("new")), ["tables"]);
    }
}
