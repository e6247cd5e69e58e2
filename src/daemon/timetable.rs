//! When the daemon plans and delivers next, by the wall clock.

use jiff::Timestamp;

/// When the daemon plans and delivers next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timetable {
    /// When to ask again what is due.
    pub(super) plan_at: Timestamp,
    /// When to deliver again.
    pub(super) deliver_at: Timestamp,
    /// When to delete old data again.
    pub(super) thin_at: Timestamp,
    /// The last time that was seen.
    last_seen: Timestamp,
}

impl Timetable {
    /// Everything is due now.
    pub(super) fn new() -> Self {
        let past = Timestamp::MIN;
        Self { plan_at: past, deliver_at: past, thin_at: past, last_seen: past }
    }

    /// Takes the present moment, and returns whether the clock was set back since the last. Then everything
    /// is due now: what was due in a minute must not wait a day.
    pub(super) fn is_set_back(&mut self, now: Timestamp) -> bool {
        let is_set_back = now < self.last_seen;
        if is_set_back {
            (self.plan_at, self.deliver_at, self.thin_at) = (now, now, now);
        }
        self.last_seen = now;
        is_set_back
    }

    /// When something is next due. No round of delivery begins before the current one ends.
    pub(super) fn next(&self, is_delivering: bool) -> Timestamp {
        if is_delivering { self.plan_at } else { self.plan_at.min(self.deliver_at) }
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
        (times.plan_at, times.deliver_at) = (at(1_060), at(1_030));
        assert!(!times.is_set_back(at(1_010)));
        assert_eq!((times.next(false), times.next(true)), (at(1_030), at(1_060)));
        assert!(times.is_set_back(at(10)));
        assert_eq!(times.next(false), at(10));
        assert!(!times.is_set_back(at(10)), "it is noticed once");
    }
}
