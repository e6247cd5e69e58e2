//! Keeps the engine going and talks to systemd.
//!
//! One loop: find what is due (by schedule, by a hold that wants its re-fetch, by a failure that
//! wants another try), check it, deliver what is owed, sleep until the next of these, at most a
//! minute, because a sleep runs on a clock of its own that a suspended machine stops. What wakes it
//! is a closed list, [`Wake`].

mod lifecycle;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::clock::{Clock, SystemClock};
use crate::engine::{Engine, EngineError};
use crate::model::SourceId;
use crate::schedule::{Due, Pacing, due};
use crate::store::SourceState;
use lifecycle::{Lifecycle, Wake};

/// The longest sleep: the wall clock is looked at at least this often.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(60);

/// The shortest time between two checks of a source, whatever its schedule says.
const SHORTEST_INTERVAL: SignedDuration = SignedDuration::from_mins(2);

/// The longest delay that keeps sources of one minute apart.
const JITTER: SignedDuration = SignedDuration::from_secs(60);

/// Checks at one time. Hosts are asked one request at a time whatever this is.
const AT_ONCE: usize = 8;

/// Runs until told to stop, then lets the checks that are under way finish.
///
/// # Errors
/// When our own side fails: the database, a signal handler.
pub async fn run(engine: &Engine) -> Result<(), DaemonError> {
    let mut life = Lifecycle::begin()?;
    loop {
        let now = SystemClock.now();
        let (due, _) = plan(engine, now)?;
        // Configuration, catalogue and database are good. To check every source politely takes
        // minutes, and systemd's patience with a start is shorter.
        life.ready(&format!("checking {} sources", due.len()));
        if !due.is_empty() {
            tracing::info!(sources = due.len(), "checking");
            check_all(engine, due, &mut life).await?;
        }
        let delivered = engine.deliver().await?;
        if delivered.sent + delivered.retried + delivered.gave_up > 0 {
            tracing::info!(
                sent = delivered.sent,
                retried = delivered.retried,
                gave_up = delivered.gave_up,
                "delivered letters"
            );
        }
        let (waiting, next) = plan(engine, SystemClock.now())?;
        let next = if waiting.is_empty() { next } else { Some(now) };
        life.ready(&next.map_or("no source is due".to_owned(), |at| format!("next check at {at}")));
        if life.wait(sleep(next, SystemClock.now())).await == Wake::Stop {
            life.stopping();
            return Ok(());
        }
    }
}

/// What stops the daemon against its will.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A signal handler.
    #[error("listening for signals")]
    Signals(#[source] std::io::Error),
    /// Our own side.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The sources to check now, and when the next one is due.
fn plan(
    engine: &Engine,
    now: Timestamp,
) -> Result<(Vec<SourceId>, Option<Timestamp>), EngineError> {
    let (states, held) = engine.ask(|store| Ok((store.source_states()?, store.held()?)))?;
    let mut chosen = BTreeSet::new();
    let mut next: Option<Timestamp> = None;
    for source in engine.catalog().sources() {
        let state = states.iter().find(|state| state.source == source.id);
        let pacing = Pacing {
            source_id: source.id.as_str(),
            min_interval: SHORTEST_INTERVAL,
            max_jitter: JITTER,
        };
        let by_schedule = due(&source.schedule, state.map(|s| s.last_checked_at), &pacing, now);
        let wanted = held.iter().find(|held| held.source == source.id);
        let by_hold = wanted.and_then(|held| held.next_fetch_at);
        let by_failure = state.and_then(retry_at);
        let extra = [by_hold, by_failure].into_iter().flatten().min();
        let at = match by_schedule {
            Due::Now => Some(now),
            Due::At(at) => Some(extra.map_or(at, |extra| extra.min(at))),
            Due::Never => extra,
        };
        match at {
            Some(at) if at <= now => {
                chosen.insert(source.id.clone());
            }
            Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
            None => {}
        }
    }
    Ok((chosen.into_iter().collect(), next))
}

/// When a failing source is tried again before its schedule says so: every five minutes in the
/// first half hour, every half hour in the first six hours, then as scheduled.
fn retry_at(state: &SourceState) -> Option<Timestamp> {
    let failing = state.failing.as_ref()?;
    let lasted = state.last_checked_at.duration_since(failing.since);
    let gap = match lasted {
        lasted if lasted < SignedDuration::from_mins(30) => SignedDuration::from_mins(5),
        lasted if lasted < SignedDuration::from_hours(6) => SignedDuration::from_mins(30),
        _ => return None,
    };
    state.last_checked_at.checked_add(gap).ok()
}

async fn check_all(
    engine: &Engine,
    due: Vec<SourceId>,
    life: &mut Lifecycle,
) -> Result<(), DaemonError> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut checks = JoinSet::new();
    for id in due {
        let (engine, turns) = (engine.clone(), Arc::clone(&turns));
        checks.spawn(async move {
            // No turn comes any more once it is told to stop.
            let Ok(_turn) = turns.acquire().await else { return Ok(None) };
            engine.check(&id).await.map(Some)
        });
    }
    loop {
        let done = tokio::select! {
            done = checks.join_next() => done,
            () = life.told_to_stop(), if !turns.is_closed() => {
                turns.close();
                continue;
            }
        };
        let Some(done) = done else { return Ok(()) };
        life.alive();
        let Some(report) = done.map_err(EngineError::from)?? else { continue };
        let reason = report.outcome.reason().unwrap_or_default();
        tracing::info!(
            source.id = report.source.as_str(),
            check.outcome = report.outcome.word(),
            reason,
            changes = report.changes.len(),
            complaints = report.complaints,
            "checked"
        );
    }
}

fn sleep(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = next.map_or(LONGEST_SLEEP, |next| next.duration_since(now));
    until.clamp(SignedDuration::from_millis(200), LONGEST_SLEEP).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CheckId;
    use crate::store::Failing;

    fn failing(for_minutes: i64) -> SourceState {
        let since: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        SourceState {
            source: SourceId::parse("a").unwrap(),
            last_check: CheckId(1),
            last_checked_at: since + SignedDuration::from_mins(for_minutes),
            last_good_at: None,
            last_read_at: None,
            read_with: None,
            snapshot: None,
            asked: None,
            stamped_on: None,
            failing: Some(Failing { since, word: "broken".into(), operator_told_at: None }),
            unreviewed: false,
            relocated: None,
        }
    }

    #[test]
    fn a_failure_is_tried_again_less_and_less_often() {
        let gap = |minutes| {
            let state = failing(minutes);
            retry_at(&state).map(|at| at.duration_since(state.last_checked_at).as_mins())
        };
        assert_eq!(
            [gap(0), gap(29), gap(30), gap(359), gap(360)],
            [Some(5), Some(5), Some(30), Some(30), None]
        );
    }

    #[test]
    fn it_never_sleeps_longer_than_a_minute_nor_spins() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(sleep(None, now), Duration::from_secs(60));
        assert_eq!(
            sleep(Some(now - SignedDuration::from_secs(5)), now),
            Duration::from_millis(200)
        );
        assert_eq!(sleep(Some(now + SignedDuration::from_secs(7)), now), Duration::from_secs(7));
    }
}
