//! What would mend a data file, and mending it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value as Json;

use super::VerifyError;
use crate::dataset::edit::{self, Edit};
use crate::dataset::{DataFile, DataFormat};
use crate::diff::unified;
use crate::model::{DataFinding, DataPlace, Findings};
use crate::reconcile::DataFiles;

/// One file as it would be.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The file, as the binding names it.
    pub file: String,
    /// Where it is.
    path: PathBuf,
    /// What it was when it was read.
    before: String,
    /// What it would be.
    after: String,
    /// The operations, for JSON (RFC 6902).
    pub operations: Option<Json>,
}

impl Patch {
    /// The difference, line by line.
    #[must_use]
    pub fn unified(&self) -> String {
        unified(&self.before, &self.after, &self.file)
    }
}

/// The files as they would be. What cannot be edited is said in a note of the findings.
pub(super) fn patches(
    folder: &Path,
    files: &DataFiles,
    edits: &BTreeMap<String, Vec<Edit>>,
    findings: &mut Findings,
) -> Vec<Patch> {
    let mut patches = Vec::new();
    for (name, edits) in edits {
        let Some(Ok(file)) = files.get(name) else { continue };
        match patch(folder, file, edits) {
            Ok(patch) => patches.extend(patch),
            Err(why) => {
                let is_here = |place: &DataPlace| place.file == *name;
                let of_file =
                    |finding: &&mut DataFinding| finding.place.as_ref().is_some_and(is_here);
                for finding in findings.found.iter_mut().filter(of_file) {
                    finding.note.get_or_insert_with(|| format!("not patched: {why}"));
                }
            }
        }
    }
    patches
}

fn patch(folder: &Path, file: &DataFile, edits: &[Edit]) -> Result<Option<Patch>, String> {
    // Two bindings may ask for the same.
    let mut own: Vec<Edit> = Vec::new();
    for edit in edits {
        if !own.contains(edit) {
            own.push(edit.clone());
        }
    }
    let after = edit::apply(file, &own)?;
    DataFile::read(&file.name, &after)
        .map_err(|why| format!("the result could not be read: {why}"))?;
    let operations = (file.format == DataFormat::Json).then(|| edit::json_patch(&own));
    let patch = Patch {
        file: file.name.clone(),
        path: folder.join(&file.name),
        before: file.text.clone(),
        after,
        operations,
    };
    Ok(Some(patch).filter(|patch| patch.before != patch.after))
}

/// The files with a day written at paths.
pub(super) fn stamped(folder: &Path, paths: &BTreeMap<&str, Vec<&str>>, today: Date) -> Vec<Patch> {
    let mut patches = Vec::new();
    for (name, paths) in paths {
        let Ok(file) = super::data(folder, name, None) else { continue };
        let day = Json::String(today.to_string());
        let at = |path: &&str| match file.select(path).ok()?.as_slice() {
            [one] => Some(Edit::Replace { at: one.steps.clone(), with: day.clone() }),
            _ => None,
        };
        let edits: Vec<Edit> = paths.iter().filter_map(at).collect();
        if let Ok(Some(patch)) = patch(folder, &file, &edits) {
            patches.push(patch);
        }
    }
    patches
}

/// Writes a file as it would be, in one step: nobody sees half of it.
///
/// # Errors
/// When it has changed since it was read, or cannot be written.
pub fn fix(patch: &Patch) -> Result<(), VerifyError> {
    let failed = |why: String| VerifyError::Mend { path: patch.path.clone(), why };
    let said = |error: std::io::Error| failed(error.to_string());
    if std::fs::read_to_string(&patch.path).map_err(said)? != patch.before {
        return Err(failed("it has changed meanwhile; verify it again".to_owned()));
    }
    // The file itself where the name is a link to it.
    let path = std::fs::canonicalize(&patch.path).map_err(said)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(said)?;
    new.write_all(patch.after.as_bytes()).map_err(said)?;
    let rights = std::fs::metadata(&path).map_err(said)?.permissions();
    new.as_file().set_permissions(rights).map_err(said)?;
    new.as_file().sync_all().map_err(said)?;
    new.persist(&path).map_err(|error| said(error.error))?;
    Ok(())
}

/// Writes a file in one step: nobody sees half of it.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), VerifyError> {
    let failed =
        |error: std::io::Error| VerifyError::Mend { path: path.to_owned(), why: error.to_string() };
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    new.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
