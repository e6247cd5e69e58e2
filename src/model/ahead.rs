//! Times that a wrong clock wrote.
//!
//! A clock can be wrong by hours or years and be set right later. What is then dated ahead of now is not
//! waited for: when it really happened nobody knows, so whatever waits on it is due.

use jiff::{SignedDuration, Timestamp};

/// How far ahead a time may lie that is still taken for right: a clock is corrected by seconds all the time.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// The latest time that something can have happened at.
#[must_use]
pub fn latest_believed(now: Timestamp) -> Timestamp {
    now.checked_add(SLACK).unwrap_or(Timestamp::MAX)
}

/// Whether something is said to have happened at a time that lies ahead of now.
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
