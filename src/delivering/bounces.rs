//! Letters that come back: reads the reports of mail servers, and pauses readers to whom several could not be
//! delivered.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::DeliverError;
use crate::mail::{messages, report};
use crate::model::{Advice, EmailAddress};
pub use crate::store::Bouncing;
use crate::store::{Bounce, MOST_BOUNCES, Noted, SharedStore, StoreError};
use crate::writing::{Correspondence, paused_letter};

/// The largest file that is read: a mailbox, or a message.
const LARGEST: u64 = 64 << 20;

/// What was read of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reports {
    /// Letters that will never be delivered.
    pub hard: usize,
    /// Letters that could not be delivered then.
    pub soft: usize,
    /// Reports that were read before.
    pub known: usize,
    /// Messages that report nothing of a letter of ours.
    pub others: usize,
}

/// Why reports could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// A file.
    #[error("reading {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BounceError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Read { .. } => Advice::Correct,
            Self::Store(error) => error.advice(),
        }
    }
}

/// Reads the reports in a file (one message, or a mailbox in the format of mbox) or a folder (a Maildir, or
/// messages in files). Reading one again changes nothing.
///
/// # Errors
/// When it cannot be read, or noted.
pub fn read_reports(
    store: &SharedStore,
    path: &Path,
    now: Timestamp,
) -> Result<Reports, BounceError> {
    let mut reports = Reports::default();
    for file in files(path)? {
        let bytes = read(&file)?;
        for message in messages(&bytes) {
            let Some(report) = report(&message) else {
                reports.others += 1;
                continue;
            };
            let Some(letter) = &report.letter else {
                reports.others += 1;
                continue;
            };
            let is_hard = report.is_hard();
            let bounce = Bounce { letter, is_hard, status: &report.status, why: &report.why };
            match store.ask(|store| store.record_bounce(&bounce, now))? {
                Noted::New if is_hard => reports.hard += 1,
                Noted::New => reports.soft += 1,
                Noted::Known => reports.known += 1,
                Noted::NotOurs => reports.others += 1,
            }
        }
    }
    Ok(reports)
}

/// The file itself, or the files of a folder; of a Maildir those of `new` and `cur`.
fn files(path: &Path) -> Result<Vec<PathBuf>, BounceError> {
    let failed = |source| BounceError::Read { path: path.to_owned(), source };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let maildir: Vec<PathBuf> = ["new", "cur"]
        .map(|part| path.join(part))
        .into_iter()
        .filter(|part| part.is_dir())
        .collect();
    let folders = if maildir.is_empty() { vec![path.to_owned()] } else { maildir };
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            files.extend(Some(path).filter(|path| path.is_file()));
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, BounceError> {
    let failed = |source| BounceError::Read { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > LARGEST {
        let kind = io::ErrorKind::FileTooLarge;
        return Err(failed(io::Error::new(kind, "it is larger than 64 MB: split it")));
    }
    fs::read(path).map_err(failed)
}

/// Pauses the readers to whom several letters could not be delivered, and tells the operator of each once.
/// Returns them.
///
/// # Errors
/// When the database cannot be read or written.
pub fn pause_bouncing(
    store: &SharedStore,
    by: &Correspondence,
    now: Timestamp,
) -> Result<Vec<Bouncing>, DeliverError> {
    let mut paused = Vec::new();
    for reader in store.ask(|store| store.bouncing(now))? {
        if reader.paused_at.is_some() || reader.n_letters < MOST_BOUNCES {
            continue;
        }
        let letter = paused_letter(by, &reader.address, (reader.n_letters, &reader.why), now);
        let letters = Vec::from_iter(letter);
        if store.ask(|store| store.pause(reader.id, &letters, now))? {
            let address = reader.address.masked();
            tracing::warn!(
                address,
                letters = reader.n_letters,
                "letters come back: a reader is paused"
            );
            paused.push(reader);
        }
    }
    Ok(paused)
}

/// The readers whose letters came back lately.
///
/// # Errors
/// When the database cannot be read.
pub fn bouncing(store: &SharedStore, now: Timestamp) -> Result<Vec<Bouncing>, DeliverError> {
    Ok(store.ask(|store| store.bouncing(now))?)
}

/// Sends a reader letters again. Returns how many events waited for them; `None` for one who is not paused.
///
/// # Errors
/// When the database cannot be written.
pub fn resume(
    store: &SharedStore,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Option<u64>, DeliverError> {
    Ok(store.ask(|store| store.resume(address, now))?)
}
