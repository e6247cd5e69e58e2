//! What a subscription would have sent, and what of it nothing is about.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::SubscribeError;
use crate::catalog::Catalog;
use crate::model::{Change, FactType, LogFilter, Subscription};
use crate::store::SharedStore;

/// How many changes of the log are judged at a time.
const PART: usize = 1000;

/// What a subscription would have told since a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Of how many events: at once, each is a letter.
    pub n_events: usize,
    /// Of how many changes.
    pub n_changes: usize,
    /// The last of them.
    pub last: Option<Change>,
}

/// What is said of a subscription before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What it would have told since a moment.
    pub past: Past,
    /// Its NOC codes that are on no list that is watched.
    pub unlisted: Vec<String>,
}

/// What can be said of a subscription before it is made.
///
/// # Errors
/// When the database cannot be read.
pub fn outlook(
    store: &SharedStore,
    catalog: &Catalog,
    subscription: &Subscription,
    since: Timestamp,
) -> Result<Outlook, SubscribeError> {
    Ok(Outlook {
        past: past(store, subscription, since)?,
        unlisted: unlisted(store, catalog, subscription)?,
    })
}

/// What a subscription would have told since a moment, by the log, pages of the past included.
///
/// # Errors
/// When the database cannot be read.
pub fn past(
    store: &SharedStore,
    subscription: &Subscription,
    since: Timestamp,
) -> Result<Past, SubscribeError> {
    let filter = LogFilter {
        since: Some(since),
        programs: subscription.programs.clone(),
        jurisdictions: subscription.jurisdictions.clone(),
        ..LogFilter::default()
    };
    let (mut past, mut events, mut after) = (Past::default(), BTreeSet::new(), None);
    loop {
        let page = store.ask(|store| store.log_page(&filter, after, PART))?;
        for change in page.changes.into_iter().filter(|change| subscription.hears(change)) {
            events.insert(change.event.clone());
            past.n_changes += 1;
            past.last = Some(change);
        }
        after = page.next;
        if after.is_none() {
            past.n_events = events.len();
            return Ok(past);
        }
    }
}

/// The NOC codes of a subscription that are on no list that is watched: nothing is told of them until
/// one has them.
///
/// # Errors
/// When the database cannot be read.
pub fn unlisted(
    store: &SharedStore,
    catalog: &Catalog,
    subscription: &Subscription,
) -> Result<Vec<String>, SubscribeError> {
    if subscription.nocs.is_empty() {
        return Ok(Vec::new());
    }
    let has_list = |source: &&crate::catalog::Source| {
        source.recipe.facts.iter().any(|fact| fact.kind == FactType::Occupations)
    };
    let mut missing = subscription.nocs.clone();
    for source in catalog.sources().filter(has_list) {
        let facts = store.ask(|store| store.facts(&source.id))?;
        let keys = facts.values().flat_map(|set| set.records.keys());
        let codes: BTreeSet<&str> = keys.flat_map(|key| key.as_str().split('/')).collect();
        missing.retain(|code| !codes.contains(code.as_str()));
    }
    Ok(missing)
}
