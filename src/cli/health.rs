//! How `rulewatch status` ends in each format: with the installation as a whole.

use std::io;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Out;
use crate::asking::Totals;
use crate::render::{inert, words};

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
    if totals.is_locked {
        writeln!(
            out,
            "database: locked by another process: nothing can be recorded until that ends"
        )?;
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
        "subscribers_paused": counts.n_readers_paused, "hooks": counts.n_hooks,
        "hooks_paused": counts.n_hooks_paused, "calls_pending": counts.n_calls_due,
        "calls_gave_up": counts.n_calls_gave_up,
        "database_locked": totals.is_locked, "database_bytes": counts.database_bytes,
    })
}
