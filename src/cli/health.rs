//! How `rulewatch status` ends in each format: with the installation as a whole.

use std::io;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Out;
use crate::asking::{Counts, Health};
use crate::render::{inert, words};

/// Writes it for a person, below the sources.
pub(super) fn text(health: &Health, zone: &TimeZone, out: &mut dyn Out) -> io::Result<()> {
    let totals = &health.totals;
    let moment = |at| words::short_moment(at, zone);
    match &totals.holder {
        Some(held) => {
            let since = moment(held.since);
            let command = inert(&held.command, 80);
            writeln!(out, "daemon: `{command}` is process {} since {since}", held.pid)?;
        }
        None => writeln!(out, "daemon: nothing checks or delivers here now")?,
    }
    if totals.is_locked {
        writeln!(
            out,
            "database: locked by another process: nothing can be recorded until that ends"
        )?;
    }
    for fault in &health.faults {
        writeln!(out, "database: {}", inert(fault, 400))?;
    }
    let newest = totals.newest_good.map_or_else(|| "never".to_owned(), moment);
    let failing = totals.counts.map(|counts| format!("{} failing, ", counts.n_failing));
    writeln!(
        out,
        "sources: {} ({}{} stale, {} never checked); newest good read {newest}",
        totals.n_sources,
        failing.unwrap_or_default(),
        totals.n_stale,
        totals.n_never,
    )?;
    totals.counts.map_or(Ok(()), |counts| counted(&counts, totals.n_unreadable, out))
}

fn counted(counts: &Counts, n_unreadable: u64, out: &mut dyn Out) -> io::Result<()> {
    writeln!(
        out,
        "facts that cannot be read: {n_unreadable}; held checks: {}; unreviewed sources: {}",
        counts.n_held, counts.n_unreviewed,
    )?;
    writeln!(
        out,
        "events: {}; changes: {}; subscribers: {}; letters: {} pending, {} given up",
        counts.n_events, counts.n_changes, counts.n_subscribers, counts.n_due, counts.n_gave_up,
    )?;
    if counts.n_readers_paused > 0 {
        let n = counts.n_readers_paused;
        writeln!(
            out,
            "subscribers whose letters came back: {n}; `rulewatch bounces list` names them"
        )?;
    }
    if counts.n_hooks > 0 {
        writeln!(
            out,
            "hooks: {} ({} paused); calls: {} pending, {} given up",
            counts.n_hooks, counts.n_hooks_paused, counts.n_calls_due, counts.n_calls_gave_up,
        )?;
    }
    Ok(())
}

/// Writes it for a program.
pub(super) fn line(health: &Health) -> Value {
    let totals = &health.totals;
    let holder = totals.holder.as_ref().map(
        |held| json!({ "pid": held.pid, "since": held.since.to_string(), "command": held.command }),
    );
    let n = |of: fn(&Counts) -> u64| totals.counts.as_ref().map(of);
    json!({
        "type": "total", "daemon": holder, "sources": totals.n_sources,
        "failing": n(|c| c.n_failing), "stale": totals.n_stale, "never_checked": totals.n_never,
        "newest_good_at": totals.newest_good.map(|at| at.to_string()), "unreadable": totals.n_unreadable,
        "held": n(|c| c.n_held), "unreviewed": n(|c| c.n_unreviewed), "events": n(|c| c.n_events),
        "changes": n(|c| c.n_changes), "subscribers": n(|c| c.n_subscribers),
        "pending": n(|c| c.n_due), "gave_up": n(|c| c.n_gave_up),
        "subscribers_paused": n(|c| c.n_readers_paused), "hooks": n(|c| c.n_hooks),
        "hooks_paused": n(|c| c.n_hooks_paused), "calls_pending": n(|c| c.n_calls_due),
        "calls_gave_up": n(|c| c.n_calls_gave_up),
        "database_locked": totals.is_locked, "database_faults": health.faults,
        "database_bytes": n(|c| c.database_bytes),
    })
}
