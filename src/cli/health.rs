//! The state of everything, and how `rulewatch status` ends in each format: with the installation as a whole.

use std::io;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Out;
use crate::asking::{SourceStatus, Totals};
use crate::model::{Dispute, MailWait, Outage, SourceId, Wait};
use crate::render::{SourceMetrics, Total, inert, metrics, words};

/// The state of everything.
pub(super) struct Health {
    pub(super) sources: Vec<(SourceId, SourceStatus)>,
    /// What cannot be reached.
    pub(super) outages: Vec<Outage>,
    /// The hosts that are left alone at their own request.
    pub(super) waits: Vec<(String, Wait)>,
    /// Why all letters wait, and how many are pending.
    pub(super) mail: Option<(MailWait, u64)>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) totals: Totals,
}

/// Writes it for a person, below the sources.
pub(super) fn text(totals: &Totals, zone: &TimeZone, out: &mut dyn Out) -> io::Result<()> {
    let moment = |at| words::short_moment(at, zone);
    let counts = &totals.counts;
    match &totals.holder {
        Some(held) => {
            let since = moment(held.since);
            let command = inert(&held.command, 80);
            writeln!(out, "daemon: `{command}` is process {} since {since}", held.pid)?;
        }
        None => writeln!(out, "daemon: nothing checks or delivers here now")?,
    }
    let newest = totals.newest_good.map_or_else(|| "never".to_owned(), moment);
    writeln!(
        out,
        "sources: {} ({} failing, {} stale, {} never checked); newest good read {newest}",
        totals.n_sources, counts.n_failing, totals.n_stale, totals.n_never,
    )?;
    writeln!(
        out,
        "facts that cannot be read: {}; held checks: {}; unreviewed sources: {}",
        totals.n_unreadable, counts.n_held, counts.n_unreviewed,
    )?;
    writeln!(
        out,
        "events: {}; changes: {}; subscribers: {}; letters: {} pending, {} given up",
        counts.n_events, counts.n_changes, counts.n_subscribers, counts.n_due, counts.n_gave_up,
    )
}

/// Writes it for a program.
pub(super) fn line(totals: &Totals) -> Value {
    let counts = &totals.counts;
    let holder = totals.holder.as_ref().map(
        |held| json!({ "pid": held.pid, "since": held.since.to_string(), "command": held.command }),
    );
    json!({
        "type": "total", "daemon": holder, "sources": totals.n_sources,
        "failing": counts.n_failing, "stale": totals.n_stale, "never_checked": totals.n_never,
        "newest_good_at": totals.newest_good.map(|at| at.to_string()), "unreadable": totals.n_unreadable,
        "held": counts.n_held, "unreviewed": counts.n_unreviewed, "events": counts.n_events,
        "changes": counts.n_changes, "subscribers": counts.n_subscribers,
        "pending": counts.n_due, "gave_up": counts.n_gave_up,
        "database_bytes": counts.database_bytes,
    })
}

/// Writes it for a monitor.
pub(super) fn prometheus(health: &Health) -> String {
    let (totals, counts) = (&health.totals, &health.totals.counts);
    let gauge = |name, help, value| Total { name, help, grows: false, value };
    let counter = |name, help, value| Total { name, help, grows: true, value };
    let numbers = [
        gauge("up", "Whether a daemon runs.", u64::from(totals.holder.is_some())),
        gauge("sources", "Sources that are watched.", totals.n_sources),
        gauge("sources_failing", "Sources whose last check failed.", counts.n_failing),
        gauge("sources_never_checked", "Sources without a check.", totals.n_never),
        gauge("held", "Held checks.", counts.n_held),
        gauge("unreviewed", "Sources that wait for a review.", counts.n_unreviewed),
        gauge("subscribers", "Active subscribers.", counts.n_subscribers),
        gauge("letters_pending", "Pending letters.", counts.n_due),
        gauge("letters_given_up", "Letters that were given up.", counts.n_gave_up),
        gauge("letters_waiting", "Whether all letters wait.", u64::from(health.mail.is_some())),
        gauge("outages", "What cannot be reached.", health.outages.len() as u64),
        gauge("database_bytes", "The size of the database.", counts.database_bytes),
        counter("checks_total", "Checks.", counts.n_checks),
        counter("events_total", "Events.", counts.n_events),
        counter("changes_total", "Changes.", counts.n_changes),
    ];
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
