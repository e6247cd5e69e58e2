//! When a reader gets letters: at once, or gathered, once a day or once a week.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How often letters about changes go to a reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Rhythm {
    /// At once, a letter for each event.
    #[default]
    Immediate,
    /// One letter for all that came since the last: a digest.
    Digest(Slot),
}

/// When a digest is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The day of a weekly digest; `None`: every day.
    pub day: Option<Weekday>,
    /// The full hour, 0 to 23.
    pub hour: i8,
    /// In which zone.
    pub zone: TimeZone,
}

/// The hour of a digest whose reader chose none.
pub const USUAL_HOUR: i8 = 7;

impl Rhythm {
    /// The rhythm's word: `immediate`, `daily`, `weekly`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Digest(Slot { day: None, .. }) => "daily",
            Self::Digest(Slot { day: Some(_), .. }) => "weekly",
        }
    }

    /// When a letter about something that was seen now is due.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Immediate => now,
            Self::Digest(slot) => slot.after(now),
        }
    }

    /// Whether letters are gathered.
    #[must_use]
    pub fn is_digest(&self) -> bool {
        matches!(self, Self::Digest(_))
    }
}

impl Slot {
    /// The first such moment after another. An hour that the clocks skip that day is the one after it, and
    /// of one that they repeat only the first counts: every day has one digest.
    #[must_use]
    pub fn after(&self, now: Timestamp) -> Timestamp {
        let time = Time::new(self.hour.clamp(0, 23), 0, 0, 0).unwrap_or_default();
        let first = now.to_zoned(self.zone.clone()).date();
        // The slot of today may be over: then it is that of a later day, a week from now at the latest.
        let days = (0..=7).filter_map(|n| first.checked_add(n.days()).ok());
        days.filter(|date| self.day.is_none_or(|day| date.weekday() == day))
            .filter_map(|date| date.to_datetime(time).to_zoned(self.zone.clone()).ok())
            .map(|moment| moment.timestamp())
            .find(|moment| *moment > now)
            .unwrap_or(now)
    }

    /// The name of the zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

/// The word of a weekday: `monday`.
#[must_use]
pub fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// Reads the word of a weekday back.
#[must_use]
pub fn weekday(word: &str) -> Option<Weekday> {
    let all = (0..7).map(|n| Weekday::Monday.wrapping_add(n));
    all.into_iter().find(|day| weekday_word(*day).eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::zone;

    fn slot(day: Option<Weekday>, hour: i8, name: &str) -> Slot {
        Slot { day, hour, zone: zone::zone(name).unwrap() }
    }

    fn next(slot: &Slot, now: &str) -> String {
        slot.after(now.parse().unwrap()).to_string()
    }

    #[test]
    fn a_daily_digest_is_due_at_the_readers_hour() {
        let seven = slot(None, 7, "America/Toronto");
        assert_eq!(next(&seven, "2026-06-01T10:59:59Z"), "2026-06-01T11:00:00Z");
        assert_eq!(next(&seven, "2026-06-01T11:00:00Z"), "2026-06-02T11:00:00Z", "not twice");
        assert_eq!(next(&seven, "2026-12-01T11:00:00Z"), "2026-12-01T12:00:00Z", "winter");
    }

    #[test]
    fn a_weekly_digest_is_due_on_its_day() {
        let monday = slot(weekday("Monday"), 7, "America/Toronto");
        assert_eq!(next(&monday, "2026-06-01T10:59:00Z"), "2026-06-01T11:00:00Z");
        assert_eq!(next(&monday, "2026-06-01T11:00:00Z"), "2026-06-08T11:00:00Z");
        assert_eq!(next(&monday, "2026-06-06T23:00:00Z"), "2026-06-08T11:00:00Z");
        assert_eq!(Rhythm::Digest(monday).word(), "weekly");
        assert_eq!(weekday("someday"), None);
    }

    #[test]
    fn every_day_has_one_digest_when_the_clocks_change() {
        let toronto = TimeZone::get("America/Toronto").unwrap();
        for hour in 0..24 {
            for (from, days) in [("2026-03-05T12:00:00Z", 6), ("2026-10-29T12:00:00Z", 6)] {
                let slot = slot(None, hour, "America/Toronto");
                let mut now: Timestamp = from.parse().unwrap();
                let mut dates = Vec::new();
                for _ in 0..days {
                    now = slot.after(now);
                    dates.push(now.to_zoned(toronto.clone()).date());
                }
                let in_a_row = dates.windows(2).all(|pair| pair[0].tomorrow().unwrap() == pair[1]);
                assert!(in_a_row, "at {hour}: {dates:?}");
            }
        }
        // 2:00 does not exist on 2026-03-08, and exists twice on 2026-11-01.
        let two = slot(None, 2, "America/Toronto");
        assert_eq!(next(&two, "2026-03-08T05:00:00Z"), "2026-03-08T07:00:00Z");
        let one = slot(None, 1, "America/Toronto");
        assert_eq!(next(&one, "2026-11-01T04:00:00Z"), "2026-11-01T05:00:00Z");
        assert_eq!(next(&one, "2026-11-01T05:00:00Z"), "2026-11-02T06:00:00Z");
    }
}
