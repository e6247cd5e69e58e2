//! When the daemon plans and delivers next, by the wall clock.

use jiff::Timestamp;
use tokio::time::Instant;

/// When the daemon plans and delivers next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timetable {
    /// When to ask again what is due.
    pub(super) plan_at: Timestamp,
    /// When to deliver again.
    pub(super) deliver_at: Timestamp,
    /// When to call hooks again.
    pub(super) call_at: Timestamp,
    /// When to delete old data again.
    pub(super) thin_at: Timestamp,
    /// When the checker may end, if nothing else is checked by then.
    pub(super) rest_at: Option<Instant>,
    /// The last time that was seen.
    last_seen: Timestamp,
}

impl Timetable {
    /// Everything is due now.
    pub(super) fn new() -> Self {
        let past = Timestamp::MIN;
        Self {
            plan_at: past,
            deliver_at: past,
            call_at: past,
            thin_at: past,
            rest_at: None,
            last_seen: past,
        }
    }

    /// Takes the present moment, and returns whether the clock was set back since the last. Then everything
    /// is due now: what was due in a minute must not wait a day.
    pub(super) fn is_set_back(&mut self, now: Timestamp) -> bool {
        let is_set_back = now < self.last_seen;
        if is_set_back {
            (self.plan_at, self.deliver_at) = (now, now);
            (self.call_at, self.thin_at) = (now, now);
        }
        self.last_seen = now;
        is_set_back
    }

    /// When something is next due. No round of delivery or of calls begins before the current one ends.
    pub(super) fn next(&self, is_delivering: bool, is_calling: bool) -> Timestamp {
        let deliver_at = (!is_delivering).then_some(self.deliver_at);
        let call_at = (!is_calling).then_some(self.call_at);
        [deliver_at, call_at].into_iter().flatten().fold(self.plan_at, Timestamp::min)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_clock_that_is_set_back_puts_nothing_off() {
        let mut times = Timetable::new();
        assert!(!times.is_set_back(at(1_000)));
        (times.plan_at, times.deliver_at, times.call_at) = (at(1_060), at(1_030), at(1_040));
        assert!(!times.is_set_back(at(1_010)));
        assert_eq!((times.next(false, false), times.next(true, true)), (at(1_030), at(1_060)));
        assert_eq!(times.next(true, false), at(1_040));
        assert!(times.is_set_back(at(10)));
        assert_eq!(times.next(false, false), at(10));
        assert!(!times.is_set_back(at(10)), "it is noticed once");
    }
}
