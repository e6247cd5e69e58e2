//! What would mend a data file, and mending it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value as Json;

use super::VerifyError;
use crate::dataset::edit::{self, Edit};
use crate::dataset::{DataFile, DataFormat};
use crate::diff::unified;
use crate::model::{DataFinding, DataPlace, FindingNote, Findings, Unpatched};
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
                    finding.note.get_or_insert_with(|| {
                        FindingNote::NotPatched(Unpatched::File(why.clone()))
                    });
                }
            }
        }
    }
    patches
}

fn patch(folder: &Path, file: &DataFile, edits: &[Edit]) -> Result<Option<Patch>, String> {
    // Two bindings may ask for the same.
    let mut seen = BTreeSet::new();
    let is_new = |edit: &&Edit| seen.insert(format!("{edit:?}"));
    let own: Vec<Edit> = edits.iter().filter(is_new).cloned().collect();
    let after = edit::apply(file, &own)?;
    DataFile::read(&file.name, &after)
        .map_err(|why| format!("the result could not be read: {why}"))?;
    let operations = match file.format {
        DataFormat::Json => Some(edit::json_patch(file, &own)?),
        _ => None,
    };
    let patch = Patch {
        file: file.name.clone(),
        path: folder.join(&file.name),
        before: file.text.clone(),
        after,
        operations,
    };
    Ok(Some(patch).filter(|patch| patch.before != patch.after))
}

/// The files with a day written at paths; what cannot be written, in words.
pub(super) fn stamped(
    folder: &Path,
    stamps: &BTreeMap<(String, String), bool>,
    today: Date,
) -> Vec<Result<Patch, String>> {
    let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((file, path), _) in stamps.iter().filter(|(_, is_fine)| **is_fine) {
        paths.entry(file).or_default().push(path);
    }
    let mut stamped = Vec::new();
    for (name, paths) in paths {
        let mut edits = Vec::new();
        let file = super::data(folder, name, None).map_err(|(_, why)| why);
        for path in paths {
            match file.as_ref().map_err(Clone::clone).and_then(|file| stamp(file, path, today)) {
                Ok(edit) => edits.push(edit),
                Err(why) => stamped.push(Err(format!("no date is written in {name}: {why}"))),
            }
        }
        if let Ok(file) = &file {
            stamped.extend(patch(folder, file, &edits).transpose());
        }
    }
    stamped
}

fn stamp(file: &DataFile, path: &str, today: Date) -> Result<Edit, String> {
    match file.select(path)?.as_slice() {
        [one] => Ok(Edit::Replace { at: one.steps.clone(), with: today.to_string().into() }),
        found => {
            let n = found.len();
            Err(format!("`stamp = \"{path}\"` leads to {n} values, and one is needed"))
        }
    }
}

/// Writes a file as it would be, in one step: nobody sees half of it.
///
/// # Errors
/// When it has changed since it was read, or cannot be written.
pub fn fix(patch: &Patch) -> Result<(), VerifyError> {
    let failed = |why: String| VerifyError::Mend { path: patch.path.clone(), why };
    let now = fs::read_to_string(&patch.path).map_err(|error| failed(error.to_string()))?;
    if now != patch.before {
        return Err(failed("it has changed meanwhile; verify it again".to_owned()));
    }
    write(&patch.path, &patch.after)
}

/// Writes a file in one step: nobody sees half of it. A file that is there keeps its rights; a new one has
/// those of any new file.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), VerifyError> {
    let failed =
        |error: io::Error| VerifyError::Mend { path: path.to_owned(), why: error.to_string() };
    replace(path, text).map_err(failed)
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // The file itself where the name is a link to it.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let usual = Permissions::from_mode(0o666);
    let mut new =
        tempfile::Builder::new().permissions(usual).tempfile_in(super::folder_of(&path))?;
    if let Ok(was) = fs::metadata(&path) {
        new.as_file().set_permissions(was.permissions())?;
    }
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    Ok(())
}
