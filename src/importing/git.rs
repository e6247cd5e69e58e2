//! The history of one file in git: a page that somebody has kept under version control.

use std::path::Path;

use super::{Archive, Entry, ImportError, Taken, archived};
use crate::catalog::Source;
use crate::convert::{Converter, GitVersion};

/// The versions of a file, each at the moment of its commit.
#[derive(Debug)]
pub struct GitHistory {
    source: Source,
    converter: Converter,
    file: String,
    versions: Vec<GitVersion>,
    entries: Vec<Entry>,
}

impl GitHistory {
    /// Lists the versions of a file, under its earlier names too.
    ///
    /// # Errors
    /// When git is missing, or the file has no history.
    pub fn open(source: &Source, file: &Path) -> Result<Self, ImportError> {
        let name = file.display().to_string();
        let failed = |why: String| ImportError::Git { file: name.clone(), why };
        let path = file.canonicalize().map_err(|error| failed(error.to_string()))?;
        let converter = Converter::default();
        let versions = converter.git_versions(&path).map_err(failed)?;
        if versions.is_empty() {
            return Err(failed("it was never committed".to_owned()));
        }
        let entry = |version: &GitVersion| Entry {
            name: format!("{} {}", version.short(), version.path),
            at: version.at,
            origin: format!("git commit {}, {}", version.commit, version.path),
        };
        let entries = versions.iter().map(entry).collect();
        Ok(Self {
            source: source.clone(),
            converter,
            file: path.display().to_string(),
            versions,
            entries,
        })
    }
}

impl Archive for GitHistory {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn page(&mut self, n: usize) -> Result<Taken, ImportError> {
        let version = &self.versions[n];
        match self.converter.git_content(Path::new(&self.file), version) {
            Ok(body) => {
                Ok(Taken::Page(archived(self.source.url.clone(), Vec::new(), body, version.at)))
            }
            Err(why) => Ok(Taken::LeftOut(why)),
        }
    }
}
