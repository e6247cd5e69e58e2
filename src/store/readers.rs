//! Connections that only read, for many readers at a time: none of them waits for a check.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{SharedStore, Store, StoreError};

/// How many connections are kept for later.
const KEPT: usize = 4;

/// How much of the database a connection keeps in memory, in KiB: the system keeps the rest.
const CACHE_KIB: i64 = 512;

/// A store of connections that only read. Each question has one for itself while it is answered; how
/// many are asked at once is the caller's choice.
#[derive(Debug, Clone)]
pub struct Readers {
    place: PathBuf,
    idle: Arc<Mutex<Vec<SharedStore>>>,
}

impl Readers {
    /// Opens the first connection. `place` is what [`Store::open`] takes.
    ///
    /// # Errors
    /// When there is no database, or it cannot be read.
    pub fn open(place: &Path) -> Result<Self, StoreError> {
        let readers = Self { place: place.to_owned(), idle: Arc::default() };
        readers.give_back(readers.take()?);
        Ok(readers)
    }

    /// Answers a question on a connection of its own.
    ///
    /// # Errors
    /// When no connection can be opened.
    pub fn lend<T>(&self, question: impl FnOnce(&SharedStore) -> T) -> Result<T, StoreError> {
        let store = self.take()?;
        let answer = question(&store);
        self.give_back(store);
        Ok(answer)
    }

    fn take(&self) -> Result<SharedStore, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(idle) = idle {
            return Ok(idle);
        }
        let store = Store::open_read_only(&self.place)?;
        let small = store.connection.pragma_update(None, "cache_size", -CACHE_KIB);
        if let Err(error) = small {
            tracing::debug!(%error, "a reader keeps more of the database in memory");
        }
        Ok(SharedStore::new(store))
    }

    fn give_back(&self, store: SharedStore) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(store);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_waits_for_no_writer_and_sees_what_was_written() {
        let directory = tempfile::TempDir::new().unwrap();
        let mut writer = Store::open(directory.path()).unwrap();
        let readers = Readers::open(directory.path()).unwrap();
        let counted = || readers.lend(|store| store.ask(|store| store.counts())).unwrap().unwrap();
        writer
            .write("a long check", |_| {
                let within = readers.lend(|_| counted().n_checks).unwrap();
                assert_eq!(within, 0, "two readers at once, while a check is written");
                Ok(())
            })
            .unwrap();
        assert_eq!(readers.idle.lock().unwrap().len(), 2);
        let refused = readers.lend(|store| {
            store.ask(|store| {
                store.write("x", |tx| {
                    tx.execute("INSERT INTO recipe VALUES ('x', 'y', 1)", [])?;
                    Ok(())
                })
            })
        });
        assert!(refused.unwrap().is_err(), "it only reads");
    }

    #[test]
    fn without_a_database_there_is_nothing_to_read() {
        let directory = tempfile::TempDir::new().unwrap();
        assert!(matches!(Readers::open(directory.path()), Err(StoreError::NoDatabase { .. })));
    }
}
