//! Remembers: the only user of SQLite.
//!
//! One file, `rulewatch.db`. What a check found is written in one transaction
//! ([`Store::record_check`]): the page, its facts, the event and its changes, the letters it enqueues,
//! the state of the source. Nothing is ever overwritten: snapshots, checks, states of records, events
//! and changes are append-only, by trigger, and "current" is a query. Only small things change: the
//! state of a source, the state of a delivery, who has left, what is held.
//!
//! Nothing is recorded of a source that was decided from an older state of it: each recording raises
//! the source's [version](crate::model::StateVersion), and one that expects another version is refused.
//! One process at a time checks and delivers for a state directory ([`Lock`]); others ask it to
//! ([`Job`]). Events are [chained](chain), so altered history can be detected
//! ([`Store::verify_chain`]).
//!
//! Every transaction has a name, which its errors and the log carry, and takes the write lock at
//! once: a transaction that reads first and writes later can be refused half-way. A read sees the
//! database at one moment, however many statements it takes.
//!
//! Addresses are stored with subscribers and deliveries (and in a mail server's answers to tries),
//! never with events and changes. Deleted bytes are overwritten, so a forgotten address is in no free page. Moments are kept to the microsecond.
//!
//! One connection writes ([`SharedStore`]); many readers at a time have [connections that only read](Readers).
//!
//! Synchronous on purpose: callers choose the thread. A [`Store`] is `Send`.

mod accept;
mod bounce;
mod capture;
mod chain;
mod check;
mod delivery;
mod digest;
mod error;
mod event;
mod export;
mod facts;
mod facts_json;
mod fault;
mod foreign;
mod forget;
mod health;
mod hold;
mod hook;
mod host;
mod index;
mod job;
mod key;
mod lock;
mod log;
mod look;
mod noise;
mod open;
mod outage;
mod outbox;
mod post;
mod quiet;
mod readers;
mod recipe;
mod retention;
mod retraction;
mod rows;
mod shared;
mod snapshot;
mod source_state;
mod subscribers;
mod suppression;
mod told;
mod unreadable;
mod wish;

use std::path::PathBuf;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use error::Trouble;

pub use bounce::{Bounce, Bouncing, MOST_BOUNCES, Noted};
pub use chain::{ChainFault, ChainReport};
pub use check::{CheckRecord, CheckRun, JOINED, ReadWith, ReviewMark, Standing};
pub use delivery::{OutboxRow, PendingDelivery};
pub use digest::ToldReaders;
pub use error::{StoreError, unless_damaged};
pub use export::{EXPORTS, ExportCell, ExportColumn, ExportKind, ExportTable, KeptPage};
pub use fault::{DatabaseError, DatabaseFault};
pub use foreign::foreign_rows;
pub use forget::Forgot;
pub use health::Counts;
pub use hook::{CallOutcome, CallRecord, HookThen};
pub use job::{Job, JobAnswer, JobId, JobState, TakenJob};
pub use key::{KeyUse, SignedUp};
pub use lock::{HeldBy, Lock};
pub use log::{LogPage, LogPlace};
pub use outbox::{AttemptOutcome, OutboxFilter, OutboxState};
pub use post::Leased;
pub use quiet::{QuietBySet, Sets};
pub use readers::Readers;
pub use retention::{Kept, Thinned};
pub use retraction::{RetractionRecord, TakenBack};
pub use shared::SharedStore;
pub use snapshot::snapshot_id;
pub use subscribers::Stopped;
pub use suppression::{Heeded, Leaving, SuppressionState};
pub use told::ToldPage;

/// The database, open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Runs one named transaction: all of it is written, or nothing.
    fn write<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let span = tracing::debug_span!("transaction", transaction.name = name);
        let _entered = span.enter();
        let begun = Transaction::new(&mut self.connection, TransactionBehavior::Immediate);
        let outcome = begun.map_err(Trouble::from).and_then(|transaction| {
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        match &outcome {
            Ok(_) => tracing::trace!("committed"),
            Err(_) => tracing::debug!("rolled back"),
        }
        outcome.map_err(|trouble| trouble.writing(name))
    }

    /// Runs one named read, all of whose statements see the same moment.
    fn read<T>(
        &self,
        name: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        if !self.connection.is_autocommit() {
            return work(&self.connection).map_err(|trouble| trouble.reading(name));
        }
        Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred)
            .map_err(Trouble::from)
            .and_then(|transaction| work(&transaction))
            .map_err(|trouble| trouble.reading(name))
    }

    /// Answers a question of many reads: all of them see the database at one moment, and it is locked and let
    /// go of once and not for each.
    ///
    /// # Errors
    /// When the database cannot be read, or the question fails.
    pub fn at_one_moment<T>(
        &self,
        question: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let moment = Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred);
        let moment = moment.map_err(|error| Trouble::from(error).reading("at one moment"))?;
        let answer = question(self);
        drop(moment);
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Advice;

    #[test]
    fn a_transaction_is_named_in_its_errors_and_waits_its_turn() {
        let directory = tempfile::TempDir::new().unwrap();
        let mut store = Store::open(directory.path()).unwrap();
        let fault = store
            .write("break the rules", |tx| {
                tx.execute("INSERT INTO event (id) VALUES ('x')", [])?;
                Ok(())
            })
            .unwrap_err();
        assert!(matches!(fault, StoreError::Transaction { name: "break the rules", .. }));
        assert!(!fault.is_locked());
        assert_eq!(fault.advice(), Advice::TellOperator);

        let mut other = Store::open(directory.path()).unwrap();
        other.connection.busy_timeout(Duration::from_millis(1)).unwrap();
        store
            .write("hold the lock", |_| {
                let fault = other.write("get in its way", |_| Ok(())).unwrap_err();
                assert!(
                    matches!(fault, StoreError::Locked { name: "get in its way" }),
                    "{fault:?}"
                );
                Ok(())
            })
            .unwrap();
        other.write("go on", |_| Ok(())).unwrap();
    }

    #[test]
    fn a_full_disk_is_called_that_and_is_tried_again() {
        let directory = tempfile::TempDir::new().unwrap();
        let mut store = Store::open(directory.path()).unwrap();
        let pages: i64 =
            store.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        store.connection.pragma_update(None, "max_page_count", pages).unwrap();
        let fill = |tx: &Transaction<'_>| {
            tx.execute("INSERT INTO recipe VALUES ('x', hex(zeroblob(100000)), 1)", [])?;
            Ok(())
        };
        let fault = store.write("fill the disk", fill).unwrap_err();
        assert_eq!(fault.advice(), Advice::Retry);
        let words = std::error::Error::source(&fault).unwrap().to_string();
        assert!(words.starts_with("the disk is full"), "{words}");
        store.connection.pragma_update(None, "max_page_count", pages + 100).unwrap();
        store.write("go on", fill).unwrap();
    }

    #[test]
    fn sqlite_is_set_to_keep_what_it_is_given() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let set = |pragma: &str| {
            let sql = format!("SELECT * FROM pragma_{pragma}");
            store.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(set("synchronous"), 2, "full");
        assert_eq!(set("foreign_keys"), 1);
        assert_eq!(set("recursive_triggers"), 1);
        assert_eq!(set("busy_timeout"), 5_000);
        let shadow = "DELETE FROM change_index_data";
        assert!(store.connection.execute(shadow, []).is_err(), "defensive");
    }

    #[test]
    fn a_misspelt_column_is_an_error() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        assert!(store.connection.prepare("SELECT \"no_such_column\" FROM event").is_err());
    }

    #[test]
    fn a_store_can_go_to_another_thread() {
        fn is_send<T: Send>() {}
        is_send::<Store>();
    }
}
