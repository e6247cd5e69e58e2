//! Versions of a file, from git.

use std::path::Path;

use jiff::Timestamp;

use super::child::{Child, Ended, Stop};
use super::{Bounds, Converter};
use crate::model::{BODY_LIMIT, text};

/// A version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitVersion {
    /// The commit that made it.
    pub commit: String,
    /// When that was.
    pub at: Timestamp,
    /// The file's path then, from the top of the repository.
    pub path: String,
}

impl GitVersion {
    /// The beginning of the commit's name.
    #[must_use]
    pub fn short(&self) -> &str {
        self.commit.get(..10).unwrap_or(&self.commit)
    }
}

impl Converter {
    /// Lists the versions of a file, the newest first, under its earlier names too.
    ///
    /// # Errors
    /// In words: when git is missing, or the file is in no repository.
    pub fn git_versions(&self, file: &Path) -> Result<Vec<GitVersion>, String> {
        let arguments =
            ["log", "--follow", "--format=%x00%H %ct", "--name-only", "--", path(file)?];
        let listed = String::from_utf8_lossy(&self.git(file, &arguments)?).into_owned();
        let version = |entry: &str| {
            let mut lines = entry.lines().filter(|line| !line.trim().is_empty());
            let (commit, seconds) = lines.next()?.split_once(' ')?;
            let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
            Some(GitVersion { commit: commit.to_owned(), at, path: lines.next()?.to_owned() })
        };
        Ok(listed.split('\0').filter_map(version).collect())
    }

    /// The file as it was in a version.
    ///
    /// # Errors
    /// In words: when git cannot give it.
    pub fn git_content(&self, file: &Path, version: &GitVersion) -> Result<Vec<u8>, String> {
        self.git(file, &["show", &format!("{}:{}", version.commit, version.path)])
    }

    /// What git says when it is run in the folder of a file. It changes nothing, asks nobody, and runs no
    /// hook or pager.
    fn git(&self, file: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let folder = path(file.parent().ok_or("it is in no folder")?)?;
        let mut all =
            vec!["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", folder];
        all.extend_from_slice(arguments);
        let bounds =
            Bounds { memory_bytes: 2 << 30, output_bytes: BODY_LIMIT, ..Bounds::default() };
        let run = Child { program: "git", arguments: &all, path: &self.path };
        match run.run(&[], &bounds) {
            Ok(Ended { well: true, output, .. }) => Ok(output),
            Ok(Ended { said, .. }) => {
                let line = said.lines().next().unwrap_or("git gives no reason");
                Err(text::excerpt(&text::canonical(line), 200))
            }
            Err(Stop::Missing) => Err("`git` is not installed: install the package git".to_owned()),
            Err(Stop::Failed(error)) => Err(format!("running git: {error}")),
            Err(Stop::Output) => Err(format!("git gives more than {BODY_LIMIT} bytes")),
            Err(Stop::Time | Stop::Processor | Stop::Memory) => {
                Err("git takes too much".to_owned())
            }
        }
    }
}

fn path(file: &Path) -> Result<&str, String> {
    file.to_str().ok_or_else(|| "its path is no text".to_owned())
}
