//! Shows what a change rests on: the pages before and after, in context, and everything about how they came.
//!
//! Nothing is kept for it: the values are those that were recorded, and the pages are read again with the
//! recipe of today, only for the words around the evidence.

mod context;

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::conclude::words_changed;
use crate::convert::Converter;
use crate::model::{Advice, Change, Evidence, Page, Piece, SnapshotId};
use crate::store::{CheckRun, SharedStore, StoreError};

/// What a proof needs.
pub struct Proving {
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// The history.
    pub store: SharedStore,
    /// How a PDF becomes text.
    pub converter: Converter,
}

/// A page that a change rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProof {
    /// When it came.
    pub seen_at: Timestamp,
    /// Where it was imported from; `None`: it is our own.
    pub imported: Option<String>,
    /// Its SHA-256.
    pub snapshot: SnapshotId,
    /// The page; `None`: only its hash is kept.
    pub page: Option<Page>,
    /// The words of the page around the evidence.
    pub context: Vec<String>,
}

/// What a change rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// The page that was believed before.
    pub before: Option<PageProof>,
    /// The page that the change was read from.
    pub after: Option<PageProof>,
    /// The words around the evidence, before and after, side by side.
    pub context: Vec<Piece>,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ProofError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
        }
    }
}

/// What a change rests on.
///
/// # Errors
/// When the database cannot be read, or a page in it is altered.
pub fn proof(with: &Proving, change: &Change) -> Result<Proof, ProofError> {
    let (timeline, event) = with.store.ask(|store| {
        Ok::<_, StoreError>((store.timeline(&change.source)?, store.event(&change.event)?))
    })?;
    let check = event.and_then(|event| event.check);
    let is_after = |run: &&CheckRun| {
        run.snapshot.as_ref() == Some(&change.snapshot)
            && (check == Some(run.id) || run.seen_at == change.seen_at)
    };
    let same = |run: &&CheckRun| run.snapshot.as_ref() == Some(&change.snapshot);
    let after = timeline.iter().find(is_after).or_else(|| timeline.iter().find(same));
    let before = believed_before(&timeline, after, change);
    let before =
        page_proof(with, change, before, change.before.as_ref().or(change.after.as_ref()))?;
    let after = page_proof(with, change, after, change.after.as_ref().or(change.before.as_ref()))?;
    let lines = |side: &Option<PageProof>| {
        side.as_ref().map(|side| side.context.join("\n")).unwrap_or_default()
    };
    let context = match (lines(&before), lines(&after)) {
        (old, new) if old.is_empty() || new.is_empty() => Vec::new(),
        (old, new) => words_changed(&old, &new),
    };
    Ok(Proof { before, after, context })
}

/// The page that was believed before a change. Pages of the past have their place by date; our own checks by the order
/// in which they were made, whatever the clock said.
fn believed_before<'a>(
    timeline: &'a [CheckRun],
    after: Option<&CheckRun>,
    change: &Change,
) -> Option<&'a CheckRun> {
    let believed = || timeline.iter().filter(|run| run.accepted && run.snapshot.is_some());
    let by_date = believed().rfind(|run| {
        after.map_or(run.seen_at < change.seen_at, |after| {
            (run.seen_at, run.id) < (after.seen_at, after.id)
        })
    });
    let own = |run: &CheckRun| run.imported.is_none();
    let Some(after) = after.filter(|after| own(after)) else { return by_date };
    let by_order = believed().filter(|run| own(run) && run.id < after.id).max_by_key(|run| run.id);
    match (by_date, by_order) {
        (Some(date), Some(order)) if !own(date) && date.seen_at > order.seen_at => Some(date),
        (by_date, by_order) => by_order.or(by_date.filter(|run| !own(run))),
    }
}

fn page_proof(
    with: &Proving,
    change: &Change,
    run: Option<&CheckRun>,
    evidence: Option<&Evidence>,
) -> Result<Option<PageProof>, ProofError> {
    let Some((run, snapshot)) = run.and_then(|run| Some((run, run.snapshot.clone()?))) else {
        return Ok(None);
    };
    let page = with.store.ask(|store| store.page(run.id))?;
    let context = match (&page, evidence, with.catalog.declared(&change.source)) {
        (Some(page), Some(evidence), Some(source)) => {
            context::around(with, source, page, &evidence.quote)
        }
        _ => Vec::new(),
    };
    let (seen_at, imported) = (run.seen_at, run.imported.clone());
    Ok(Some(PageProof { seen_at, imported, snapshot, page, context }))
}
