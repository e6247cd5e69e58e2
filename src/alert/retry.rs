//! When a letter that could not be sent is tried again.

use jiff::SignedDuration;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// The waits after the first, second … try, in seconds.
///
/// Short at first, because greylisting asks for minutes; long at the end, because a mail server is
/// often down over a week-end and a lost letter is not forgivable.
const WAITS: [i64; 9] =
    [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR];

/// Returns how long to wait after this many tries; `None` means give up.
///
/// After the 1st try 1 minute, then 5 minutes, 15 minutes, 1 hour, 3 hours, 6 hours, 12 hours, 24
/// hours, 24 hours: 70 hours and 21 minutes in all. The 10th try is the last. Before the first try the
/// wait is zero.
#[must_use]
pub fn retry_delay(attempts: u32) -> Option<SignedDuration> {
    let Some(done) = attempts.checked_sub(1) else { return Some(SignedDuration::ZERO) };
    let wait = WAITS.get(usize::try_from(done).ok()?)?;
    Some(SignedDuration::from_secs(*wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_after_about_three_days() {
        assert_eq!(retry_delay(0), Some(SignedDuration::ZERO));
        let waits: Vec<SignedDuration> = (1..).map_while(retry_delay).collect();
        assert!(waits.is_sorted());
        assert_eq!(waits.len(), 9);
        let all = waits.iter().fold(SignedDuration::ZERO, |sum, wait| sum + *wait);
        assert_eq!(all, SignedDuration::from_mins(70 * 60 + 21));
        assert_eq!(retry_delay(10), None);
        assert_eq!(retry_delay(u32::MAX), None);
    }
}
