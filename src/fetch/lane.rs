//! One request at a time per host, and a gap after each.
//!
//! A *lane* is a host's queue; a *turn* is the right to ask it once. The holder of the turn is the
//! only one asking that host, until the body is read. The gap is measured from the end of the turn
//! before, however it ended.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Queue, OwnedMutexGuard},
    time::{Instant, sleep_until},
};

/// When the last turn ended; `None` while the host was never asked.
type LastTurn = Option<Instant>;

/// Every host's lane. There are few hosts (they come from the catalogue), so lanes are never removed.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<HashMap<String, Arc<Queue<LastTurn>>>>);

/// The right to ask a host. Dropping it lets the next one in, after the gap.
#[derive(Debug)]
pub(super) struct Turn(OwnedMutexGuard<LastTurn>);

impl Lanes {
    /// Waits for a turn at a host: first come, first served.
    pub(super) async fn turn(&self, host: &str, gap: Duration) -> Turn {
        let last = self.lane(host).lock_owned().await;
        if let Some(ended) = *last {
            sleep_until(ended + gap).await;
        }
        Turn(last)
    }

    /// Notes that a turn ended so long ago that was another process's.
    pub(super) fn ended(&self, host: &str, ago: Duration) {
        let lane = self.lane(host);
        // Who has the turn ends later.
        if let (Ok(mut last), Some(ended)) = (lane.try_lock(), Instant::now().checked_sub(ago)) {
            *last = (*last).max(Some(ended));
        }
    }

    fn lane(&self, host: &str) -> Arc<Queue<LastTurn>> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(host.to_owned()).or_default())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(40);

    #[tokio::test]
    async fn turns_at_one_host_keep_their_distance() {
        let lanes = Lanes::default();
        // The first turn does not wait, whatever the gap.
        drop(lanes.turn("a.example", Duration::from_secs(3_600)).await);
        let start = Instant::now();
        drop(lanes.turn("a.example", GAP).await);
        drop(lanes.turn("a.example", GAP).await);
        assert!(start.elapsed() >= GAP + GAP / 2);
    }

    #[tokio::test]
    async fn a_turn_of_another_process_counts() {
        let lanes = Lanes::default();
        let start = Instant::now();
        lanes.ended("a.example", Duration::from_millis(10));
        lanes.ended("a.example", Duration::from_secs(60));
        drop(lanes.turn("a.example", GAP).await);
        assert!(start.elapsed() >= GAP / 2);
    }

    #[tokio::test]
    async fn one_holds_the_turn_at_a_time() {
        let lanes = Lanes::default();
        let held = lanes.turn("a.example", Duration::ZERO).await;
        let second = tokio::time::timeout(GAP, lanes.turn("a.example", Duration::ZERO)).await;
        assert!(second.is_err());
        drop(lanes.turn("b.example", Duration::ZERO).await);
        drop(held);
        drop(lanes.turn("a.example", Duration::ZERO).await);
    }
}
