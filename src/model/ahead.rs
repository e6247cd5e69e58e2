//! Times written by a wrong clock.
//!
//! A clock can be wrong by hours or years and be corrected later. A time that is then in the future is
//! not waited for: nobody knows when the event really happened, so whatever waits on it is due.

use jiff::{SignedDuration, Timestamp};

/// How far ahead a time may be and still be believed: clocks are corrected by seconds all the time.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// The latest time at which something can have happened.
#[must_use]
pub fn latest_believed(now: Timestamp) -> Timestamp {
    now.checked_add(SLACK).unwrap_or(Timestamp::MAX)
}

/// Whether something is said to have happened at a time that is still in the future.
#[must_use]
pub fn is_ahead(happened: Timestamp, now: Timestamp) -> bool {
    happened > latest_believed(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_by_seconds_is_no_wrong_clock() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        assert!(!is_ahead(now, now) && !is_ahead(now + SLACK, now));
        assert!(is_ahead(now + SignedDuration::from_hours(5), now));
        assert!(!is_ahead(Timestamp::MAX, Timestamp::MAX));
    }
}
