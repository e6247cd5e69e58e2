//! Whether a failed attempt is tried again, and when. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::FetchSettings;

/// The longest that a fetch itself waits because a host asks for it. A longer wait is kept with the
/// host, and the fetch ends: the host is asked again when the wait is over.
pub(super) const LONGEST_NAP: Duration = Duration::from_secs(60);

/// How long to leave a host alone that answers 429 (asked too often) without saying for how long.
pub(super) const UNSAID: Duration = Duration::from_secs(10 * 60);

/// Whether another attempt may do better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It would end the same.
    Never,
    /// Not in this fetch: it took its time, and a later fetch may succeed.
    Later,
    /// Perhaps, after our own pause.
    Backoff,
    /// Perhaps, after the pause the server asked for.
    After(Duration),
    /// Perhaps over HTTP/1.1: the server broke off HTTP/2.
    OverHttp1,
}

/// Returns the pause before the next attempt, or `None` to give up. `failed` counts the failed
/// attempts, from 1.
pub(super) fn pause(again: Again, failed: u32, settings: &FetchSettings) -> Option<Duration> {
    if failed > settings.retries {
        return None;
    }
    match again {
        Again::Never | Again::Later => None,
        Again::Backoff | Again::OverHttp1 => Some(delay(failed, settings.retry_base)),
        Again::After(wait) => Some(wait),
    }
}

/// What a server's `Retry-After` means for us; `otherwise` where it sent none.
pub(super) fn as_asked(wait: Option<Duration>, otherwise: Again) -> Again {
    match wait {
        None => otherwise,
        Some(wait) if wait > LONGEST_NAP => Again::Never,
        Some(wait) => Again::After(wait),
    }
}

/// Our own pause before retry number `retry`, from 1. With the base of 1 s: 1 s, 4 s, 16 s, and
/// then 60 s each.
fn delay(retry: u32, base: Duration) -> Duration {
    let factor = 4_u32.saturating_pow(retry.saturating_sub(1));
    base.saturating_mul(factor).min(Duration::from_secs(60))
}

/// Reads a `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date; a past date means now.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than there are numbers for is a wait as well.
        return Some(Duration::from_secs(value.parse().unwrap_or(i64::MAX.unsigned_abs())));
    }
    // Not by way of a `Timestamp`: the last days of the year 9999 have none.
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now.into()).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn our_own_pauses_grow() {
        let delays: Vec<_> = (1..=5).map(|n| delay(n, seconds(1)).as_secs()).collect();
        assert_eq!(delays, [1, 4, 16, 60, 60]);
        assert_eq!(delay(u32::MAX, seconds(1)), seconds(60));
    }

    #[test]
    fn gives_up_after_the_retries_are_used() {
        let settings = FetchSettings::default();
        let pauses: Vec<_> = (1..=3).map(|n| pause(Again::Backoff, n, &settings)).collect();
        assert_eq!(pauses, [Some(seconds(1)), Some(seconds(4)), None]);
        assert_eq!(pause(Again::Never, 1, &settings), None);
        assert_eq!(pause(Again::Later, 1, &settings), None);
        assert_eq!(pause(Again::After(seconds(7)), 2, &settings), Some(seconds(7)));
        assert_eq!(pause(Again::After(seconds(7)), 3, &settings), None);
    }

    #[test]
    fn does_not_ask_again_sooner_than_the_server_wants() {
        assert_eq!(as_asked(Some(seconds(60)), Again::Backoff), Again::After(seconds(60)));
        assert_eq!(as_asked(Some(seconds(61)), Again::Backoff), Again::Never);
        assert_eq!(as_asked(None, Again::Backoff), Again::Backoff);
    }

    #[test]
    fn reads_both_forms_of_retry_after() {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(seconds(120)));
        assert_eq!(retry_after("Fri, 20 Nov 2026 12:00:30 GMT", now), Some(seconds(30)));
        assert_eq!(retry_after("Fri, 20 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert!(retry_after("99999999999999999999", now) > Some(seconds(864_000)));
        let for_ever = retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now);
        assert!(for_ever > Some(seconds(7_900 * 365 * 86_400)), "{for_ever:?}");
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }
}
