//! The condition of a source: since when it is stale, and when a failing one is tried again.

use jiff::{SignedDuration, Timestamp};

use crate::model::SourceState;

/// When the facts of a source were last confirmed, if its checks have failed, or nobody has checked it,
/// for longer than its patience. Patience does not run while nothing could be reached from here: until
/// then a source is excused.
#[must_use]
pub fn stale_since(
    state: &SourceState,
    (patience, excused_until): (SignedDuration, Option<Timestamp>),
    now: Timestamp,
) -> Option<Timestamp> {
    let failing = state.failing.as_ref().map(|failing| failing.since);
    let trouble = failing.unwrap_or(state.last_checked_at);
    let trouble = excused_until.map_or(trouble, |until| until.max(trouble));
    let is_stale = now.duration_since(trouble) > patience;
    state.last_good_at.or(failing).filter(|_| is_stale)
}

/// When a failing source is tried again before its schedule says so: every five minutes in the
/// first half hour, every half hour in the first six hours, then as scheduled.
#[must_use]
pub fn retry_at(state: &SourceState) -> Option<Timestamp> {
    let failing = state.failing.as_ref()?;
    let lasted = state.last_checked_at.duration_since(failing.since);
    let gap = match lasted {
        lasted if lasted < SignedDuration::from_mins(30) => SignedDuration::from_mins(5),
        lasted if lasted < SignedDuration::from_hours(6) => SignedDuration::from_mins(30),
        _ => return None,
    };
    state.last_checked_at.checked_add(gap).ok()
}

#[cfg(test)]
pub(in crate::conclude) mod tests {
    use super::*;
    use crate::model::{CheckId, Episodes, Failing, SourceId, StateVersion};

    pub(in crate::conclude) const NOON: &str = "2026-11-22T12:00:00Z";

    /// A source failing since noon, and last checked this many minutes later.
    pub(in crate::conclude) fn failing(for_minutes: i64) -> SourceState {
        let since: Timestamp = NOON.parse().unwrap();
        SourceState {
            source: SourceId::parse("a").unwrap(),
            last_check: CheckId(1),
            last_checked_at: since + SignedDuration::from_mins(for_minutes),
            last_good_at: None,
            last_read_at: None,
            read_with: None,
            snapshot: None,
            asked: None,
            stamped_on: None,
            failing: Some(Failing { since, word: "broken".into(), operator_told_at: None }),
            unreviewed: false,
            relocated: None,
            page_at: None,
            moved_to: None,
            version: StateVersion(1),
            episodes: Episodes::default(),
        }
    }

    #[test]
    fn a_failure_is_tried_again_less_and_less_often() {
        let gap = |minutes| {
            let state = failing(minutes);
            retry_at(&state).map(|at| at.duration_since(state.last_checked_at).as_mins())
        };
        assert_eq!(
            [gap(0), gap(29), gap(30), gap(359), gap(360)],
            [Some(5), Some(5), Some(30), Some(30), None]
        );
        assert_eq!(retry_at(&SourceState { failing: None, ..failing(0) }), None);
    }

    #[test]
    fn a_source_is_stale_when_it_failed_or_was_left_alone_for_longer_than_its_patience() {
        let (noon, patience) = (NOON.parse::<Timestamp>().unwrap(), SignedDuration::from_hours(3));
        let hours = |hours| noon + SignedDuration::from_hours(hours);
        let state = failing(0);
        assert_eq!(stale_since(&state, (patience, None), hours(3)), None);
        assert_eq!(stale_since(&state, (patience, None), hours(4)), Some(noon), "it never held");
        let held = SourceState { last_good_at: Some(hours(-2)), ..failing(0) };
        assert_eq!(
            stale_since(&held, (patience, None), hours(4)),
            Some(hours(-2)),
            "since it held last"
        );
        let excused = Some(hours(2));
        assert_eq!(stale_since(&held, (patience, excused), hours(5)), None, "it runs from then on");
        assert_eq!(stale_since(&held, (patience, excused), hours(6)), Some(hours(-2)));
        let left_alone = SourceState { failing: None, ..held };
        assert_eq!(stale_since(&left_alone, (patience, None), hours(3)), None);
        assert_eq!(stale_since(&left_alone, (patience, None), hours(4)), Some(hours(-2)));
        let never_read = SourceState { last_good_at: None, ..left_alone };
        assert_eq!(
            stale_since(&never_read, (patience, None), hours(4)),
            None,
            "there is nothing to hold"
        );
    }
}
