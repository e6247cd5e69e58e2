//! Moments and days as a person types them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

use super::exit::misuse;
use crate::model::calendar;

/// Reads a moment: a date, a time, a month, a year, how long ago (`7d`, `3 months ago`), `yesterday`, `last
/// monday`.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Some(day) = named_day(text, &now.to_zoned(zone.clone())) {
        return Ok(day.to_zoned(zone.clone())?.timestamp());
    }
    if let Ok(civil) = text.parse::<jiff::civil::DateTime>() {
        return Ok(civil.to_zoned(zone.clone())?.timestamp());
    }
    if let Ok(span) = text.trim_end_matches("ago").trim().parse::<jiff::Span>() {
        return Ok(now.to_zoned(zone.clone()).checked_sub(span.abs())?.timestamp());
    }
    let zone = zone.iana_name().unwrap_or("the configured zone");
    Err(misuse(format!(
        "`{text}` is no moment: write a date (2025-02-27), a time (2025-02-27T09:00, in {zone}), a month \
         (2025-02), how long ago (7d, 3 months ago), yesterday or last monday"
    )))
}

/// Reads a day, in the same words.
pub(super) fn day(text: &str, zone: &TimeZone, now: Timestamp) -> anyhow::Result<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Ok(day);
    }
    Ok(moment(text, zone, now)?.to_zoned(zone.clone()).date())
}

/// A day that has a name, seen from now.
fn named_day(text: &str, now: &Zoned) -> Option<Date> {
    let today = now.date();
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["today" | "aujourd'hui"] => Some(today),
        ["yesterday" | "hier"] => today.yesterday().ok(),
        ["this", "month"] => Some(today.first_of_month()),
        ["this", "year"] => Some(today.first_of_year()),
        ["last", "week"] => today.checked_sub(1.week()).ok(),
        ["last", "month"] => today.first_of_month().checked_sub(1.month()).ok(),
        ["last", "year"] => today.first_of_year().checked_sub(1.year()).ok(),
        ["last", word] => last(word, today),
        [word] => month_or_year(word),
        _ => None,
    }
}

/// The last day of a name before today.
fn last(word: &str, today: Date) -> Option<Date> {
    let wanted = calendar::weekday(word)?;
    let back = (today.weekday().to_monday_one_offset() - wanted + 6).rem_euclid(7) + 1;
    today.checked_sub(i64::from(back).days()).ok()
}

/// The first day of `2025-02` or `2025`.
fn month_or_year(word: &str) -> Option<Date> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match word.split_once('-') {
        Some((year, month)) if year.len() == 4 && is_number(year) && is_number(month) => {
            Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
        }
        None if word.len() == 4 && is_number(word) => Date::new(word.parse().ok()?, 1, 1).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let zone = TimeZone::get("America/Toronto").unwrap();
        // A Wednesday.
        let now: Timestamp = "2026-03-11T15:00:00Z".parse().unwrap();
        let found = moment(text, &zone, now).map(|at| at.to_string());
        assert_eq!(found.unwrap_or_else(|_| "none".to_owned()), expected, "{text}");
    }

    #[test]
    fn moments_are_read_as_people_say_them() {
        check("yesterday", "2026-03-10T04:00:00Z");
        check("today", "2026-03-11T04:00:00Z");
        check("last monday", "2026-03-09T04:00:00Z");
        check("last Wednesday", "2026-03-04T05:00:00Z");
        check("last lundi", "2026-03-09T04:00:00Z");
        check("last month", "2026-02-01T05:00:00Z");
        check("last year", "2025-01-01T05:00:00Z");
        check("3 months ago", "2025-12-11T16:00:00Z");
        check("7d", "2026-03-04T16:00:00Z");
        check("2025-02", "2025-02-01T05:00:00Z");
        check("2025", "2025-01-01T05:00:00Z");
        check("2025-02-27", "2025-02-27T05:00:00Z");
        check("2025-02-27T09:00", "2025-02-27T14:00:00Z");
        check("2025-02-27T09:00:00Z", "2025-02-27T09:00:00Z");
        for wrong in ["next Tuesday", "last", "last moon", "someday", "2025-13", "", "20255"] {
            check(wrong, "none");
        }
    }
}
