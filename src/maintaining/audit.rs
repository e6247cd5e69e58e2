//! Proof that history is what was written.

use super::MaintainError;
use crate::store::{ChainFault, SharedStore};

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The number of events in the chain.
    pub n_events: u64,
    /// The number of events from before it; its first link covers them.
    pub n_before: u64,
    /// The number of captures from before the chain had them: it does not prove how these pages came.
    pub n_captures_before: u64,
    /// The hash of the newest event that passes: kept elsewhere, it shows whether the end was cut off.
    pub head: Option<String>,
    /// Everything that fails, each in words that name the row.
    pub faults: Vec<String>,
}

impl Audit {
    /// Whether everything passes.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks the whole database file, hashes every stored body, and walks the chain of events. Reads
/// everything and writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub fn audit(store: &SharedStore) -> Result<Audit, MaintainError> {
    let mut faults = store.ask(|store| store.integrity_check())?;
    let altered = store.ask(|store| store.altered_snapshots())?;
    faults.extend(
        altered.iter().map(|id| format!("snapshot {id}: its bytes are not what its name says")),
    );
    let chain = store.ask(|store| store.verify_chain())?;
    faults.extend(chain.fault.as_ref().map(ChainFault::to_string));
    Ok(Audit {
        n_events: chain.n_events,
        n_before: chain.n_before,
        n_captures_before: chain.n_captures_before,
        head: chain.head,
        faults,
    })
}
