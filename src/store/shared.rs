//! One open database for several threads.

use std::sync::{Arc, Mutex, PoisonError};

use super::Store;

/// A store that several tasks use in turn.
#[derive(Debug, Clone)]
pub struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    /// Shares an open store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// Runs a question on the store, on this thread, when its turn comes. A thread that panicked while it
    /// held the store left no half-written row: every write is a transaction.
    pub fn ask<T>(&self, question: impl FnOnce(&mut Store) -> T) -> T {
        question(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
