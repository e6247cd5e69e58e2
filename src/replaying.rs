//! A replay: runs dated captures of one source through the same pipeline, in the order of their dates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::catalog::Catalog;
use crate::checking::{self, CheckError, Checking, Report, check_page, read_file};
use crate::clock::{Clock, SetClock};
use crate::conclude::{Confirmation, Trust};
use crate::convert::Converter;
use crate::fetch::{Fetcher, Recorded};
use crate::model::{Advice, EmailAddress, Language, Page, SourceId};
use crate::store::{SharedStore, Store};
use crate::writing::Correspondence;

/// A page as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The file's name.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// When the page was like this.
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
    /// No file in it is named like a capture.
    #[error("{folder} has no capture: a file named YYYY-MM-DDTHHMM[SS][__label].ext, in UTC")]
    None {
        /// The folder.
        folder: String,
    },
}

/// Why a replay ended early.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The folder.
    #[error(transparent)]
    Captures(#[from] CaptureFault),
    /// The folder of the scratch database.
    #[error("making a folder for the scratch database")]
    Scratch(#[source] std::io::Error),
    /// A check.
    #[error(transparent)]
    Check(#[from] CheckError),
}

impl ReplayError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Captures(_) => Advice::Correct,
            Self::Scratch(_) => Advice::Stop,
            Self::Check(error) => error.advice(),
        }
    }
}

/// The captures in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captures {
    /// In the order of their dates; never empty.
    pub dated: Vec<Capture>,
    /// The files whose names are no moment, in order. Hidden ones and those of notes (`_labels.csv`) are not meant.
    pub passed_over: Vec<String>,
}

/// Lists the captures in a folder.
///
/// # Errors
/// When the folder cannot be listed or has none.
pub fn captures(folder: &Path) -> Result<Captures, CaptureFault> {
    let name = folder.display().to_string();
    let list = |source| CaptureFault::List { folder: name.clone(), source };
    let (mut dated, mut passed_over) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(list)? {
        let entry = entry.map_err(list)?;
        let file = entry.file_name().to_string_lossy().into_owned();
        match moment(&file) {
            Some(at) => dated.push(Capture { name: file, path: entry.path(), at }),
            None if file.starts_with(['.', '_']) || entry.path().is_dir() => {}
            None => passed_over.push(file),
        }
    }
    if dated.is_empty() {
        return Err(CaptureFault::None { folder: name });
    }
    dated.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    passed_over.sort();
    Ok(Captures { dated, passed_over })
}

/// The moment at the beginning of a capture's name: `2025-07-10T0313`, in UTC.
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

/// Called for each capture when it is done; an error ends the replay.
pub type Each<'a, E> = &'a mut dyn FnMut(&Capture, &Report) -> Result<(), E>;

/// Replays captures, in the order of their dates, as checks of one source, in a temporary database. The next
/// capture confirms or contradicts what one holds, and the first facts count as accepted.
///
/// # Errors
/// When a file cannot be read, our own side fails, or `each` does.
pub fn replay<E: From<ReplayError>>(
    catalog: Catalog,
    source: &SourceId,
    captures: &Captures,
    each: Each<'_, E>,
) -> Result<(), E> {
    let scratch = Scratch::open(Arc::new(catalog), captures.dated[0].at)?;
    for capture in &captures.dated {
        let page = scratch.saved(source, capture).map_err(ReplayError::from)?;
        let report = scratch.check(source, page).map_err(ReplayError::from)?;
        each(capture, &report)?;
    }
    Ok(())
}

/// A database for pages of the past, which is deleted at the end.
pub(crate) struct Scratch {
    with: Checking,
    clock: Arc<SetClock>,
    _folder: tempfile::TempDir,
}

impl Scratch {
    /// Makes one whose clock stands at a moment.
    pub(crate) fn open(catalog: Arc<Catalog>, at: Timestamp) -> Result<Self, ReplayError> {
        let folder = tempfile::tempdir().map_err(ReplayError::Scratch)?;
        let clock = Arc::new(SetClock::new(at));
        let store = Store::open(folder.path()).map_err(CheckError::from)?;
        let with = scratch_checking(catalog, store, Arc::clone(&clock) as Arc<dyn Clock>);
        Ok(Self { with, clock, _folder: folder })
    }

    /// The page of a capture, as if its source had answered with it.
    pub(crate) fn saved(&self, source: &SourceId, capture: &Capture) -> Result<Page, CheckError> {
        let body = read_file(&capture.path)?;
        let url = checking::source(&self.with, source)?.url;
        Ok(Page::from_file(url, body, capture.at))
    }

    /// Checks a source against a page of the past, at the page's own moment.
    pub(crate) fn check(&self, source: &SourceId, page: Page) -> Result<Report, CheckError> {
        self.clock.set(page.fetched_at);
        check_page(&self.with, source, page)
    }

    /// What the checks have recorded so far.
    pub(crate) fn store(&self) -> &SharedStore {
        &self.with.store
    }
}

/// What a check needs, where nothing is fetched and no letters are sent.
fn scratch_checking(catalog: Arc<Catalog>, store: Store, clock: Arc<dyn Clock>) -> Checking {
    let nobody = "replay@rulewatch.invalid";
    Checking {
        catalog,
        store: SharedStore::new(store),
        fetcher: Arc::new(Fetcher::Recorded(Recorded::default())),
        converter: Converter::default(),
        clock,
        confirmation: Confirmation::by_next_pages(),
        trust: Trust::Everything,
        correspondence: Arc::new(Correspondence {
            from: EmailAddress::parse(nobody).expect("it is the form of an address"),
            from_name: String::new(),
            sender: None,
            leave: None,
            public_url: None,
            operator: None,
            language: Language::En,
            zone: TimeZone::UTC,
            data: Vec::new(),
        }),
        mirror: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_capture_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "2025-07-10T0313.html",
            "2025-07-09T0313.html",
            "2025-07-11.html",
            "_labels.csv",
            ".swp",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("older")).unwrap();
        let found = captures(folder.path()).unwrap();
        let names = Vec::from_iter(found.dated.iter().map(|capture| capture.name.as_str()));
        assert_eq!(names, ["2025-07-09T0313.html", "2025-07-10T0313.html"]);
        assert_eq!(found.passed_over, ["2025-07-11.html"]);
    }

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
