//! Forgets people: what is held about them goes, and that they left stays, as a hash.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::SubscribeError;
use crate::mail::Directory;
use crate::model::{EmailAddress, Key};
use crate::store::{Forgot, SharedStore, Store};

/// What was deleted about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// How many subscriptions they had had, ended ones included.
    pub n_subscriptions: usize,
    /// How many letters to them the outbox had, sent or not.
    pub n_letters: usize,
    /// The files that still name them, because somebody is reading the database.
    pub still: Vec<PathBuf>,
}

/// Deletes what is held about somebody, and makes sure that it is gone from the files. That they left stays, as a
/// hash beside the database. `letters` is where letters are written to files.
///
/// # Errors
/// When it cannot be written, or a file cannot be deleted or searched.
pub fn forget(
    store: &SharedStore,
    letters: &Path,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Forgotten, SubscribeError> {
    let forgot = forget_address(store, letters, address, now)?;
    Ok(Forgotten {
        n_subscriptions: forgot.n_subscriptions,
        n_letters: forgot.letters.len(),
        still: store.ask(|store| store.wipe(address))?,
    })
}

/// Deletes what is held about the reader of a key, as [`forget()`] does; `false` for an unknown key.
///
/// # Errors
/// When it cannot be written, or a file cannot be deleted.
pub fn forget_by_key(
    store: &SharedStore,
    letters: &Path,
    key: &Key,
    now: Timestamp,
) -> Result<bool, SubscribeError> {
    let Some(address) = store.ask(|store| store.address_of_key(key))? else { return Ok(false) };
    let Some(address) = address else { return Ok(true) };
    forget_address(store, letters, &address, now)?;
    // While somebody reads, the log is emptied later: with the next that is forgotten, or when the program ends.
    store.ask(|store| store.empty_log())?;
    Ok(true)
}

/// Letters in files go first: after a kill in between, nobody but the database knows that there are some. What is
/// written meanwhile goes afterwards.
fn forget_address(
    store: &SharedStore,
    letters: &Path,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<Forgot, SubscribeError> {
    let delete = || {
        let deleted = Directory::new(letters).delete_to(address);
        deleted.map_err(|source| SubscribeError::Letters { place: letters.to_owned(), source })
    };
    delete()?;
    let forgot = store.ask(|store| store.forget(address, now))?;
    delete()?;
    Ok(forgot)
}

/// The day on which somebody left for the last time; `None` if they never did, or are subscribed.
///
/// # Errors
/// When the database or the file beside it cannot be read.
pub fn left_on(
    store: &SharedStore,
    address: &EmailAddress,
) -> Result<Option<Date>, SubscribeError> {
    store.ask(Store::heed_suppressions)?;
    has_left(store, address)
}

/// The same by what is known so far: nothing is written.
///
/// # Errors
/// When the database or the file beside it cannot be read.
pub fn has_left(
    store: &SharedStore,
    address: &EmailAddress,
) -> Result<Option<Date>, SubscribeError> {
    let at = store.ask(|store| store.left_at(address))?;
    Ok(at.map(|at| at.to_zoned(TimeZone::UTC).date()))
}
