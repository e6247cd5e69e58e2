//! Dated captures in a folder.

use std::path::Path;

use super::{Archive, Entry, ImportError, Taken, archived};
use crate::catalog::Source;
use crate::checking::read_file;
use crate::replaying::{Capture, Captures, captures};

/// A folder of captures, named by their moments as for a replay.
#[derive(Debug)]
pub struct Folder {
    source: Source,
    captures: Captures,
    entries: Vec<Entry>,
}

impl Folder {
    /// Lists the captures of a source in a folder.
    ///
    /// # Errors
    /// When the folder cannot be listed or has none.
    pub fn open(source: &Source, folder: &Path) -> Result<Self, ImportError> {
        let captures = captures(folder)?;
        let entry = |capture: &Capture| Entry {
            name: capture.name.clone(),
            at: capture.at,
            origin: format!("file {}", capture.name),
        };
        let entries = captures.dated.iter().map(entry).collect();
        Ok(Self { source: source.clone(), captures, entries })
    }
}

impl Archive for Folder {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn passed_over(&self) -> &[String] {
        &self.captures.passed_over
    }

    fn page(&mut self, n: usize) -> Result<Taken, ImportError> {
        let capture = &self.captures.dated[n];
        let body = read_file(&capture.path)?;
        Ok(Taken::Page(archived(self.source.url.clone(), Vec::new(), body, capture.at)))
    }
}
