//! Whether every part of the daemon makes progress. The loop itself always does, so nobody would notice
//! a plan, a check or a letter that never ends: the watchdog is fed only while none is overdue.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::Id;
use tokio::time::Instant;

use super::stall::Stall;

/// The longest that a plan may take: it asks the database, which waits seconds for a lock.
const PLAN: Duration = Duration::from_secs(5 * 60);

/// The longest that a check may take: fetching a page and reading it both have deadlines.
const CHECK: Duration = Duration::from_secs(30 * 60);

/// The longest that a round of delivery may go without a try that ends. A try may take ten minutes at
/// the last step and one at each other; a round itself may take hours.
const TRY: Duration = Duration::from_secs(30 * 60);

/// When the work in progress was begun.
#[derive(Debug, Default)]
pub(super) struct Progress {
    stall: Option<Stall>,
    plan: Option<Instant>,
    checks: HashMap<Id, Instant>,
    delivery: Option<Round>,
}

/// A round of delivery, as last seen.
#[derive(Debug)]
struct Round {
    tries: u64,
    since: Instant,
}

impl Progress {
    /// For a daemon of which a part may hang on purpose.
    pub(super) fn with(stall: Option<Stall>) -> Self {
        Self { stall, ..Self::default() }
    }

    /// Notes that a plan is begun.
    pub(super) fn plan_begun(&mut self, now: Instant) {
        self.plan = Some(now);
    }

    /// Notes that it has ended.
    pub(super) fn plan_ended(&mut self) {
        self.plan = None;
    }

    /// Notes that a check is begun.
    pub(super) fn check_begun(&mut self, task: Id, now: Instant) {
        self.checks.insert(task, now);
    }

    /// Notes that it has ended.
    pub(super) fn check_ended(&mut self, task: Id) {
        self.checks.remove(&task);
    }

    /// Notes that a round of delivery is begun, and how many tries had ended by then.
    pub(super) fn delivery_begun(&mut self, tries: u64, now: Instant) {
        self.delivery = Some(Round { tries, since: now });
    }

    /// Notes how many tries have ended: another one is progress.
    pub(super) fn tried(&mut self, tries: u64, now: Instant) {
        if let Some(round) = self.delivery.as_mut().filter(|round| round.tries != tries) {
            *round = Round { tries, since: now };
        }
    }

    /// Notes that the round has ended.
    pub(super) fn delivery_ended(&mut self) {
        self.delivery = None;
    }

    /// Which part is stuck, if any.
    pub(super) fn stuck(&self, now: Instant) -> Option<&'static str> {
        let is_over = |begun: Instant, part, longest| {
            let longest = if self.stall == Some(part) { Stall::BOUND } else { longest };
            now.duration_since(begun) > longest
        };
        if self.plan.is_some_and(|begun| is_over(begun, Stall::Planning, PLAN)) {
            return Some("planning");
        }
        if self.checks.values().any(|begun| is_over(*begun, Stall::Checks, CHECK)) {
            return Some("a check");
        }
        let round = self.delivery.as_ref();
        round.is_some_and(|round| is_over(round.since, Stall::Delivery, TRY)).then_some("delivery")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes_after(begun: Instant, minutes: u64) -> Instant {
        begun + Duration::from_secs(60 * minutes)
    }

    #[tokio::test]
    async fn a_part_that_does_not_get_on_is_named() {
        let begun = Instant::now();
        let after = |minutes: u64| minutes_after(begun, minutes);
        let task = tokio::spawn(async {}).id();
        let mut progress = Progress::default();
        progress.plan_begun(begun);
        progress.check_begun(task, begun);
        assert_eq!((progress.stuck(after(5)), progress.stuck(after(6))), (None, Some("planning")));
        progress.plan_ended();
        assert_eq!((progress.stuck(after(30)), progress.stuck(after(31))), (None, Some("a check")));
        progress.check_ended(task);
        assert_eq!(progress.stuck(after(999)), None);
    }

    #[test]
    fn a_long_round_of_delivery_gets_on_as_long_as_tries_end() {
        let begun = Instant::now();
        let after = |minutes: u64| minutes_after(begun, minutes);
        let mut progress = Progress::default();
        progress.delivery_begun(7, begun);
        for n in 1..20 {
            progress.tried(7 + n, after(20 * n));
            assert_eq!(progress.stuck(after(20 * n + 19)), None);
        }
        progress.tried(26, after(409));
        assert_eq!(progress.stuck(after(410)), None);
        assert_eq!(progress.stuck(after(411)), Some("delivery"), "the same number is no progress");
        progress.delivery_ended();
        assert_eq!(progress.stuck(after(999)), None);
    }

    #[test]
    fn what_hangs_on_purpose_is_stuck_soon_and_nothing_else_is() {
        let begun = Instant::now();
        let later = begun + Duration::from_secs(2);
        for (stall, named) in [(Stall::Planning, "planning"), (Stall::Delivery, "delivery")] {
            let mut progress = Progress::with(Some(stall));
            progress.plan_begun(begun);
            progress.delivery_begun(0, begun);
            assert_eq!(progress.stuck(later), Some(named));
        }
    }
}
