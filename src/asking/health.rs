//! The state of everything, at one moment, and its numbers for a monitor.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use super::{AskError, SourceStatus, Totals, disputes, mail_wait, outages, status, totals, waits};
use crate::catalog::Catalog;
use crate::model::{Advice, Dispute, MailWait, Outage, SourceId, Wait, in_full};
use crate::render::{SourceMetrics, Total, metrics};
use crate::store::{Counts, SharedStore};

/// The state of everything.
#[derive(Debug, Clone)]
pub struct Health {
    /// The state of each source.
    pub sources: Vec<(SourceId, SourceStatus)>,
    /// What cannot be reached.
    pub outages: Vec<Outage>,
    /// The hosts that are left alone at their own request.
    pub waits: Vec<(String, Wait)>,
    /// Why all letters wait, and how many are pending.
    pub mail: Option<(MailWait, u64)>,
    /// Where pages contradict each other.
    pub disputes: Vec<Dispute>,
    /// The installation as a whole.
    pub totals: Totals,
    /// The parts of the database that cannot be read, and what to do.
    pub faults: Vec<String>,
}

/// The state of everything. `place` is the database or its directory. A part that is damaged is named, and hides none
/// of the others.
///
/// # Errors
/// When the database cannot be read at all.
pub fn health(
    store: &SharedStore,
    catalog: &Catalog,
    place: &Path,
    now: Timestamp,
) -> Result<Health, AskError> {
    let sources = status(store, catalog, now)?;
    let mut faults = Vec::new();
    faults.extend(sources.iter().filter_map(|(_, status)| status.fault()).map(str::to_owned));
    let counts = store.ask(|store| store.counts()).map(Some).map_err(AskError::from);
    let counts = unless_faulty(counts, &mut faults)?;
    let outages = unless_faulty(outages(store), &mut faults)?;
    let waits = unless_faulty(waits(store, now), &mut faults)?;
    let mail = unless_faulty(mail_wait(store), &mut faults)?;
    let disputes = unless_faulty(disputes(store, catalog), &mut faults)?;
    let tables = store.ask(|store| store.faulty_tables())?;
    faults.extend(tables.iter().filter(|(_, error)| error.is_damaged()).map(|(table, error)| {
        format!("no row of the table `{table}` can be read: {}", in_full(error))
    }));
    let mut said = BTreeSet::new();
    faults.retain(|fault| said.insert(fault.clone()));
    let totals = totals(counts, place, &sources);
    Ok(Health { sources, outages, waits, mail, disputes, totals, faults })
}

/// What was read. What cannot be read, because its part of the database is not as it was written, is noted.
fn unless_faulty<T: Default>(
    read: Result<T, AskError>,
    faults: &mut Vec<String>,
) -> Result<T, AskError> {
    match read {
        Err(AskError::Store(error)) if error.advice() == Advice::TellOperator => {
            faults.push(in_full(&error));
            Ok(T::default())
        }
        read => read,
    }
}

/// Whether the database can be read at all.
///
/// # Errors
/// When it cannot.
pub fn known_at_all(store: &SharedStore) -> Result<(), AskError> {
    Ok(store.ask(|store| store.expect_readable())?)
}

/// The numbers of it for a monitor.
#[must_use]
pub fn prometheus(health: &Health) -> String {
    let totals = &health.totals;
    let mut numbers = vec![
        gauge("up", "Whether a daemon runs.", u64::from(totals.holder.is_some())),
        gauge(
            "database_locked",
            "Whether another process keeps the database locked.",
            u64::from(totals.is_locked),
        ),
        gauge(
            "database_faults",
            "Parts of the database that cannot be read.",
            health.faults.len() as u64,
        ),
        gauge("sources", "Sources that are watched.", totals.n_sources),
        gauge("sources_never_checked", "Sources without a check.", totals.n_never),
        gauge("letters_waiting", "Whether all letters wait.", u64::from(health.mail.is_some())),
        gauge("outages", "What cannot be reached.", health.outages.len() as u64),
    ];
    numbers.extend(totals.counts.iter().flat_map(counted));
    let sources: Vec<SourceMetrics<'_>> = health
        .sources
        .iter()
        .map(|(source, status)| SourceMetrics {
            source,
            outcome: status.outcome.as_deref(),
            last_good: status.last_good_at,
            stale: status.is_stale(),
            unreadable: status.lost.len(),
        })
        .collect();
    metrics(&numbers, &sources)
}

fn gauge(name: &'static str, help: &'static str, value: u64) -> Total {
    Total { name, help, grows: false, value }
}

fn counted(counts: &Counts) -> [Total; 15] {
    let counter = |name, help, value| Total { name, help, grows: true, value };
    [
        gauge("sources_failing", "Sources whose last check failed.", counts.n_failing),
        gauge("held", "Held checks.", counts.n_held),
        gauge("unreviewed", "Sources that wait for a review.", counts.n_unreviewed),
        gauge("subscribers", "Active subscribers.", counts.n_subscribers),
        gauge("letters_pending", "Pending letters.", counts.n_due),
        gauge("letters_given_up", "Letters that were given up.", counts.n_gave_up),
        gauge(
            "subscribers_paused",
            "Subscribers whose letters came back.",
            counts.n_readers_paused,
        ),
        gauge("hooks", "Hooks.", counts.n_hooks),
        gauge("hooks_paused", "Hooks that are not called any more.", counts.n_hooks_paused),
        gauge("calls_pending", "Pending calls of hooks.", counts.n_calls_due),
        gauge("calls_given_up", "Calls of hooks that were given up.", counts.n_calls_gave_up),
        gauge("database_bytes", "The size of the database.", counts.database_bytes),
        counter("checks_total", "Checks.", counts.n_checks),
        counter("events_total", "Events.", counts.n_events),
        counter("changes_total", "Changes.", counts.n_changes),
    ]
}
