//! Whether every part of the daemon makes progress. The loop itself always does, so nobody would notice
//! a plan or a check that never ends: the watchdog is fed only while none is overdue.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::Id;
use tokio::time::Instant;

/// The longest that a plan may take: it asks the database, which waits seconds for a lock.
const PLAN: Duration = Duration::from_secs(5 * 60);

/// The longest that a check may take: fetching a page and reading it both have deadlines.
const CHECK: Duration = Duration::from_secs(30 * 60);

/// When the work in progress was begun.
#[derive(Debug, Default)]
pub(super) struct Progress {
    plan: Option<Instant>,
    checks: HashMap<Id, Instant>,
}

impl Progress {
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

    /// Which part is stuck, if any.
    pub(super) fn stuck(&self, now: Instant) -> Option<&'static str> {
        let is_over = |begun: &Instant, longest| now.duration_since(*begun) > longest;
        if self.plan.as_ref().is_some_and(|begun| is_over(begun, PLAN)) {
            return Some("planning");
        }
        self.checks.values().any(|begun| is_over(begun, CHECK)).then_some("a check")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_does_not_get_on_is_named() {
        let begun = Instant::now();
        let after = |minutes: u64| begun + Duration::from_secs(60 * minutes);
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
}
