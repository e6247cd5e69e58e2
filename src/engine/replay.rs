//! A replay: dated captures of one source through the same pipeline, in the order of their dates.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Engine, EngineError, Report};
use crate::model::{Page, SourceId};

/// A page as it stood at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The file's name.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// When the page stood so.
    pub at: Timestamp,
}

/// A folder of captures that cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureFault {
    /// The folder cannot be listed.
    #[error("listing {folder}")]
    List {
        /// The folder.
        folder: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// No file in it is named as a capture.
    #[error("{folder} has no capture: a file named YYYY-MM-DDTHHMM[SS][__label].ext, in UTC")]
    None {
        /// The folder.
        folder: String,
    },
}

/// Lists the captures of a folder in the order of their dates; files that are named otherwise
/// (labels, notes) are passed over.
///
/// # Errors
/// When the folder cannot be listed or has none.
pub fn captures(folder: &Path) -> Result<Vec<Capture>, CaptureFault> {
    let name = folder.display().to_string();
    let list = |source| CaptureFault::List { folder: name.clone(), source };
    let mut captures = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(list)? {
        let path = entry.map_err(list)?.path();
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
        if let Some((name, at)) = file.and_then(|name| moment(&name).map(|at| (name, at))) {
            captures.push(Capture { name, path, at });
        }
    }
    captures.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    if captures.is_empty() { Err(CaptureFault::None { folder: name }) } else { Ok(captures) }
}

/// The moment a capture's name begins with: `2025-07-10T0313`, in UTC.
fn moment(name: &str) -> Option<Timestamp> {
    let stamp = name.split(['.', '_']).next()?;
    let (date, time) = stamp.split_once('T')?;
    if !time.bytes().all(|b| b.is_ascii_digit()) || !matches!(time.len(), 4 | 6) {
        return None;
    }
    let part = |from: usize| time.get(from..from + 2).unwrap_or("00").parse::<i8>().ok();
    let date: jiff::civil::Date = date.parse().ok()?;
    let time = jiff::civil::Time::new(part(0)?, part(2)?, part(4)?, 0).ok()?;
    DateTime::from_parts(date, time).to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

impl Engine {
    /// Replays one capture.
    ///
    /// # Errors
    /// When the file cannot be read, or our own side fails.
    pub fn replay(&self, source: &SourceId, capture: &Capture) -> Result<Report, EngineError> {
        let body = std::fs::read(&capture.path).map_err(|source| EngineError::ReadPage {
            path: capture.path.display().to_string(),
            source,
        })?;
        let url = self.0.source(source)?.url.clone();
        self.check_capture(source, Page::from_file(url, body, capture.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captures_name_says_when() {
        let at = |name: &str| moment(name).map(|at| at.to_string()).unwrap_or_default();
        assert_eq!(at("2025-07-10T0313__8d49e4db.json"), "2025-07-10T03:13:00Z");
        assert_eq!(at("2025-07-10T031359.html"), "2025-07-10T03:13:59Z");
        assert_eq!(at("_labels.csv"), "");
        assert_eq!(at("2025-07-10T03.html"), "");
        assert_eq!(at("notes.txt"), "");
    }
}
