//! Copies of the database: made while others write, verified before they count, restored by name.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};

use super::MaintainError;
use crate::store::{Heeded, SharedStore, Store, StoreError};

/// The beginning of a copy's name in a directory: `rulewatch-20261128T084500Z.db`.
const PREFIX: &str = "rulewatch-";
const ENDING: &str = ".db";

/// The ending of a copy's name until it is complete.
const PARTIAL: &str = ".partial";

/// The files that SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// The older copies that were removed for it.
    pub removed: Vec<PathBuf>,
}

/// A restored copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The database.
    pub path: PathBuf,
    /// Where the database that was there before is now, if there was one.
    pub aside: Option<PathBuf>,
    /// Who left since the copy was made, by the file beside the database.
    pub heeded: Heeded,
}

/// Copies the database, as it is at one moment, to a file; in a directory, to a file named by the moment.
/// With `keep`, only that many of the newest copies stay in the directory. A copy gets its name only once
/// it is complete and on the disk, so an interrupted one is never mistaken for a copy.
///
/// # Errors
/// When there is already a file of that name, or the copy cannot be written or is not whole.
pub fn backup(
    store: &SharedStore,
    place: &Path,
    keep: Option<usize>,
    now: Timestamp,
) -> Result<Backup, MaintainError> {
    let is_directory = place.is_dir();
    let path = if is_directory { place.join(name_at(now)) } else { place.to_owned() };
    if path.exists() {
        return Err(match is_directory {
            true => MaintainError::MadeNow { path },
            false => MaintainError::Exists { path },
        });
    }
    let partial = with_ending(&path, PARTIAL);
    remove(&partial)?;
    store.ask(|store| store.copy_to(&partial))?;
    if let Err(error) = prove(&partial) {
        remove(&partial)?;
        return Err(error);
    }
    settle(&partial, &path)?;
    let bytes = fs::metadata(&path).map_err(|source| failed("look at", &path, source))?.len();
    let removed = match keep.filter(|_| is_directory) {
        Some(keep) => remove_older(place, keep)?,
        None => Vec::new(),
    };
    Ok(Backup { path, bytes, removed })
}

/// Puts a copy in the place of a database, which is kept beside it. The copy is verified first. Whoever left since
/// it was made, by the file beside the database, leaves it again. Nobody may have the database open: the caller has
/// the turn of the state directory.
///
/// # Errors
/// When the copy is not whole or not a database of ours, or a file cannot be moved.
pub fn restore(copy: &Path, database: &Path, now: Timestamp) -> Result<Restored, MaintainError> {
    let new = with_ending(database, PARTIAL);
    remove(&new)?;
    let taken = Store::open_read_only(copy).and_then(|store| store.copy_to(&new));
    if let Err(error) = taken.map_err(|error| of_copy(copy, error)).and_then(|()| prove(&new)) {
        remove(&new)?;
        return Err(error);
    }
    let aside = if database.exists() {
        // First write the log's content into the file, so that the file alone is complete.
        drop(Store::open(database));
        let aside = with_ending(database, &format!(".before-{}", stamp(now)));
        settle(database, &aside)?;
        Some(aside)
    } else {
        None
    };
    for ending in BESIDE {
        remove(&with_ending(database, ending))?;
    }
    settle(&new, database)?;
    let heeded = Store::open(database)?.heed_suppressions()?;
    Ok(Restored { path: database.to_owned(), aside, heeded })
}

/// An error of the copy that is to be put back: what to do about a database in use does not help there.
fn of_copy(copy: &Path, error: StoreError) -> MaintainError {
    match error.of_copy() {
        Some(why) => MaintainError::NotWhole { path: copy.to_owned(), why: why.to_owned() },
        None => error.into(),
    }
}

/// Refuses a copy that SQLite does not find whole.
fn prove(copy: &Path) -> Result<(), MaintainError> {
    let faults = Store::open_read_only(copy)?.integrity_check()?;
    for ending in BESIDE {
        remove(&with_ending(copy, ending))?;
    }
    match faults.into_iter().next() {
        Some(why) => Err(MaintainError::NotWhole { path: copy.to_owned(), why }),
        None => Ok(()),
    }
}

/// Gives a file its name, and makes sure that both are on the disk.
fn settle(from: &Path, to: &Path) -> Result<(), MaintainError> {
    let synced = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    synced(from).map_err(|source| failed("write", from, source))?;
    fs::rename(from, to).map_err(|source| failed("make", to, source))?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    synced(directory.unwrap_or(Path::new("."))).map_err(|source| failed("write", to, source))
}

/// Removes the copies in a directory except the newest.
fn remove_older(directory: &Path, keep: usize) -> Result<Vec<PathBuf>, MaintainError> {
    let unread = |source| failed("list", directory, source);
    let mut copies = Vec::new();
    for entry in fs::read_dir(directory).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        if entry.file_name().to_str().is_some_and(is_copy) {
            copies.push(entry.path());
        }
    }
    // A name is its moment, so names sort by moment.
    copies.sort();
    copies.truncate(copies.len().saturating_sub(keep.max(1)));
    for path in &copies {
        remove(path)?;
    }
    Ok(copies)
}

fn is_copy(name: &str) -> bool {
    let moment = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(ENDING));
    let shape = |moment: &str| {
        moment.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b }).eq(*b"00000000T000000Z")
    };
    moment.is_some_and(shape)
}

fn name_at(now: Timestamp) -> String {
    format!("{PREFIX}{}{ENDING}", stamp(now))
}

fn stamp(now: Timestamp) -> String {
    now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a file, if it exists.
fn remove(path: &Path) -> Result<(), MaintainError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, error)),
        _ => Ok(()),
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> MaintainError {
    MaintainError::File { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_its_name() {
        let now: Timestamp = "2026-11-28T08:45:00Z".parse().unwrap();
        assert_eq!(name_at(now), "rulewatch-20261128T084500Z.db");
        assert!(is_copy(&name_at(now)));
        for other in ["rulewatch.db", "rulewatch-.db", "rulewatch-20261128T084500Z.db.partial"] {
            assert!(!is_copy(other), "{other}");
        }
    }
}
