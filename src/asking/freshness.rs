//! How fresh what is known is.

use super::{AskError, SourceStatus};
use crate::model::{Freshness, LogFilter, SourceId};
use crate::store::SharedStore;

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
