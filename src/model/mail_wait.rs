//! Why all letters wait, and until when.

use std::time::Duration;

use jiff::Timestamp;

use super::SendFailure;

/// The waits, in minutes, after the first, second … try that failed for a reason that is about us or
/// the moment; the last applies to all later tries.
const WAITS: [u64; 6] = [1, 2, 5, 15, 30, 60];

/// All letters wait: the obstacle is about us or the moment, so it uses up no try of any letter. Kept
/// as the time of the last try and the length of the wait after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailWait {
    /// The first try that failed in this way.
    pub since: Timestamp,
    /// The last such try.
    pub asked_at: Timestamp,
    /// How long nothing is tried after it.
    pub length: Duration,
    /// How many tries failed in this way, in a row.
    pub failures: u32,
    /// The failure of the last try.
    pub failure: SendFailure,
}

impl MailWait {
    /// The wait after a failed try, given the wait before it, if letters were already waiting.
    #[must_use]
    pub fn after(before: Option<&Self>, failure: SendFailure, now: Timestamp) -> Self {
        let failures = before.map_or(1, |before| before.failures.saturating_add(1));
        let nth = usize::try_from(failures).unwrap_or(usize::MAX).min(WAITS.len());
        Self {
            since: before.map_or(now, |before| before.since.min(now)),
            asked_at: now,
            length: Duration::from_secs(60 * WAITS[nth - 1]),
            failures,
            failure,
        }
    }

    /// When letters are tried again. A try in the future counts as made now.
    #[must_use]
    pub fn until(&self, now: Timestamp) -> Timestamp {
        self.asked_at.min(now).checked_add(self.length).unwrap_or(Timestamp::MAX)
    }

    /// Whether it is too early to try again.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        // A clock that was set back must not hold letters up: a try that appears to be in the future is
        // worth no more than a try now.
        self.asked_at <= now && now < self.until(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MailStep;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn refused() -> SendFailure {
        SendFailure::lost(MailStep::Connect, "connection refused".to_owned())
    }

    #[test]
    fn a_wait_grows_up_to_an_hour_and_never_ends_by_itself() {
        let now = at("2026-11-20T12:00Z");
        let mut wait: Option<MailWait> = None;
        let mut minutes = Vec::new();
        for _ in 0..8 {
            let next = MailWait::after(wait.as_ref(), refused(), now);
            minutes.push(next.length.as_secs() / 60);
            wait = Some(next);
        }
        assert_eq!(minutes, [1, 2, 5, 15, 30, 60, 60, 60]);
        let wait = MailWait { failures: u32::MAX, ..wait.unwrap() };
        assert_eq!(MailWait::after(Some(&wait), refused(), now).length.as_secs(), 3_600);
    }

    #[test]
    fn letters_are_tried_again_when_it_is_over_or_the_clock_was_ahead() {
        let wait = MailWait::after(None, refused(), at("2026-11-20T12:00Z"));
        assert!(wait.lasts(at("2026-11-20T12:00:59Z")));
        assert!(!wait.lasts(at("2026-11-20T12:01Z")));
        assert!(!wait.lasts(at("2025-11-20T12:00Z")), "it was asked in a future that was none");
        let later = MailWait::after(Some(&wait), refused(), at("2025-11-20T12:00Z"));
        assert_eq!(later.since, at("2025-11-20T12:00Z"));
    }
}
