//! Does one thing from start to end, using the doors: checks a source, releases what was held,
//! delivers what is owed, replays a history.
//!
//! The only floor that joins fetching, reading, judging, comparing, remembering and writing. What
//! it decides it decides in values first ([`conclude`]), then records in one transaction. It calls
//! the synchronous store from blocking threads, never from the async ones.

mod changes;
mod check;
mod conclude;
mod deliver;
pub mod demo;
mod dispute;
mod event;
mod follow;
mod owe;
mod read;
mod replay;
mod review;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, tz::TimeZone};
use url::Url;

use crate::catalog::{Catalog, Source};
use crate::clock::Clock;
use crate::convert::Converter;
use crate::fetch::Fetcher;
use crate::gate;
use crate::mail::{ComposeError, Post};
use crate::model::{
    Change, CheckOutcome, EmailAddress, Expectation, FactKey, Language, Piece, RECHECK, SourceId,
};
use crate::render::letter::Sender;
use crate::store::{Store, StoreError};

pub use check::Report;
pub use deliver::Delivered;
pub use dispute::{Dispute, Stated, disputes};
pub use read::readable;
pub use replay::{Capture, CaptureFault, captures};
pub use review::{Awaited, Decision, Ruling, awaited};

/// How a held check is confirmed: after each of these delays it is fetched again, and all of the
/// re-fetches must agree with what is held.
#[derive(Debug, Clone)]
pub struct Confirmation(pub Vec<SignedDuration>);

impl Default for Confirmation {
    /// After 5 and 20 minutes (PRODUCT section 3).
    fn default() -> Self {
        let signed = |d| SignedDuration::try_from(d).expect("minutes fit");
        Self(RECHECK.map(signed).to_vec())
    }
}

impl Confirmation {
    /// The next page that is read confirms or contradicts: what a replay and the demo have.
    #[must_use]
    pub fn by_next_page() -> Self {
        Self(vec![SignedDuration::ZERO])
    }
}

/// Whose first facts count as accepted by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Everybody's: a replay and the demo take the first page as given.
    Everything,
    /// Those of recipes that were verified on a capture.
    Tried,
    /// Nobody's: a person accepts them all.
    Nothing,
}

/// Who letters come from and who runs this.
#[derive(Debug, Clone)]
pub struct Correspondence {
    /// The address letters come from.
    pub from: EmailAddress,
    /// The name beside it; may be empty.
    pub from_name: String,
    /// The sender as the law wants it named; `None` until the operator has written it.
    pub sender: Option<Sender>,
    /// Where a reader writes to leave; else the operator's address, else the sender's.
    pub leave: Option<EmailAddress>,
    /// Where the operator's letters go.
    pub operator: Option<EmailAddress>,
    /// The language of the operator's letters.
    pub language: Language,
    /// The zone that people read times in.
    pub zone: TimeZone,
}

/// What the engine works with.
pub struct Parts {
    /// What is watched.
    pub catalog: Catalog,
    /// What is remembered.
    pub store: Store,
    /// How pages are had.
    pub fetcher: Fetcher,
    /// How a PDF becomes text.
    pub converter: Converter,
    /// How letters leave.
    pub post: Post,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How held checks are confirmed.
    pub confirmation: Confirmation,
    /// Who writes.
    pub correspondence: Correspondence,
    /// Where pages are served in place of their own addresses, by source id: the demo's server.
    pub mirror: Option<Url>,
    /// Whose first facts count as accepted by themselves.
    pub trust: Trust,
}

/// What went wrong on our own side: not with a page, a source or a mailbox.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A letter that cannot be made.
    #[error("composing a letter")]
    Compose(#[from] ComposeError),
    /// The file of a saved page.
    #[error("reading {path}")]
    ReadPage {
        /// Which file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A held page that is read otherwise today than when it was held.
    #[error(
        "what is held of {0} was read by another recipe; `rulewatch check {0}` reads the page again"
    )]
    HeldByOldRecipe(SourceId),
    /// Nothing of that name waits for a person.
    #[error("nothing named `{0}` waits for review; `rulewatch review list` shows what does")]
    NothingAwaited(String),
    /// Several held events begin so.
    #[error("several held events begin with `{0}`: write more of it")]
    AmbiguousEvent(String),
    /// A source that the catalogue does not have.
    #[error("there is no source `{0}`; `rulewatch sources list` shows them all")]
    UnknownSource(SourceId),
    /// A task that ended without an answer.
    #[error("a task stopped in the middle")]
    Task(#[from] tokio::task::JoinError),
}

/// Checks sources and delivers letters.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    catalog: Catalog,
    store: Mutex<Store>,
    fetcher: Fetcher,
    converter: Converter,
    post: Post,
    clock: Arc<dyn Clock>,
    confirmation: Confirmation,
    correspondence: Correspondence,
    mirror: Option<Url>,
    trust: Trust,
}

impl Engine {
    /// Makes an engine of its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            catalog,
            store,
            fetcher,
            converter,
            post,
            clock,
            confirmation,
            correspondence,
            mirror,
            trust,
        } = parts;
        Self(Arc::new(Inner {
            catalog,
            store: Mutex::new(store),
            fetcher,
            converter,
            post,
            clock,
            confirmation,
            correspondence,
            mirror,
            trust,
        }))
    }

    /// What is watched.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Asks the store something, on this thread.
    ///
    /// # Errors
    /// The store's own.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        question(&mut self.0.store())
    }
}

impl Inner {
    /// The store. A thread that panicked while it held it left no half-written row: every write is
    /// a transaction.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn source(&self, id: &SourceId) -> Result<&Source, EngineError> {
        self.catalog.source(id).ok_or_else(|| EngineError::UnknownSource(id.clone()))
    }
}

impl gate::Expectations for Source {
    fn of(&self, key: &FactKey) -> Option<&Expectation> {
        self.expectation(key)
    }

    fn of_recipe(&self, key: &str) -> Option<&Expectation> {
        let fact = self.recipe.facts.iter().find(|fact| fact.key.to_string() == key);
        fact.map(|fact| &fact.expect)
    }
}

/// The changed words of a changed wording, for a letter or the terminal.
#[must_use]
pub fn wording(change: &Change) -> Vec<Piece> {
    let words = |side: Option<&crate::model::Side>| match side {
        Some(crate::model::Side::Value(value)) => Some(value.to_string()),
        Some(crate::model::Side::Record(_)) | None => None,
    };
    let is_prose = change.kind == crate::model::ChangeKind::WordingChanged;
    match (words(change.old.as_ref()), words(change.new.as_ref())) {
        (Some(old), Some(new)) if is_prose => crate::diff::words::pieces(&old, &new),
        _ => Vec::new(),
    }
}

/// The exit code's question: whether an outcome means "no".
#[must_use]
pub fn is_refusal(outcome: &CheckOutcome) -> bool {
    matches!(
        outcome,
        CheckOutcome::Broken(_)
            | CheckOutcome::Held(_)
            | CheckOutcome::Refused(_)
            | CheckOutcome::Gone(_)
    )
}
