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

    /// With no patience at all a writer fails where it would wait.
    #[test]
    fn a_writer_waits_for_no_lock_of_a_reader() {
        let directory = tempfile::TempDir::new().unwrap();
        let mut writer = Store::open(directory.path()).unwrap();
        writer.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        let readers = Readers::open(directory.path()).unwrap();
        let (done, n_read) =
            (std::sync::atomic::AtomicBool::new(false), std::sync::atomic::AtomicUsize::new(0));
        let relaxed = std::sync::atomic::Ordering::Relaxed;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while !done.load(relaxed) {
                        // Each holds its view of the database over several statements.
                        let counts = readers.lend(|store| store.ask(|store| store.counts()));
                        counts.unwrap().unwrap();
                        n_read.fetch_add(1, relaxed);
                    }
                });
            }
            let page = "x".repeat(40_000);
            let write = |n: usize| {
                writer.write("a check", |tx| {
                    let recipe = format!("INSERT INTO recipe VALUES ('{n}', '{page}', {n})");
                    tx.execute(&recipe, [])?;
                    Ok(())
                })
            };
            // Enough for the log to be written back into the database several times.
            let first_fault = (0..600).map(write).find_map(Result::err);
            done.store(true, relaxed);
            assert!(first_fault.is_none(), "{first_fault:?}");
        });
        assert!(n_read.load(relaxed) > 8, "they read all the while");
    }

    #[test]
    fn without_a_database_there_is_nothing_to_read() {
        let directory = tempfile::TempDir::new().unwrap();
        assert!(matches!(Readers::open(directory.path()), Err(StoreError::NoDatabase { .. })));
    }
}
