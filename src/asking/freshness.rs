//! How fresh what is known is: silence must not read as "nothing changed".

use jiff::Timestamp;

use super::{AskError, SourceStatus};
use crate::model::{LogFilter, SourceId};
use crate::store::SharedStore;

/// How fresh what is known is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// When facts of any source were last seen to hold.
    pub newest_good: Option<Timestamp>,
    /// When the newest change was seen.
    pub newest_change: Option<Timestamp>,
    /// Sources that are watched.
    pub n_sources: usize,
    /// Those of them that were read and have not gone unread for too long.
    pub n_read: usize,
}

/// How fresh what is known is, from the states of the sources.
///
/// # Errors
/// When the database cannot be read.
pub fn freshness(
    store: &SharedStore,
    sources: &[(SourceId, SourceStatus)],
) -> Result<Freshness, AskError> {
    let newest = LogFilter { newest_first: true, ..LogFilter::default() };
    let page = store.ask(|store| store.log_page(&newest, None, 1))?;
    let is_read = |status: &SourceStatus| status.last_good_at.is_some() && !status.is_stale();
    Ok(Freshness {
        newest_good: sources.iter().filter_map(|(_, status)| status.last_good_at).max(),
        newest_change: page.changes.first().map(|change| change.seen_at),
        n_sources: sources.len(),
        n_read: sources.iter().filter(|(_, status)| is_read(status)).count(),
    })
}
