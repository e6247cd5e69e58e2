//! Says when a source is due, and when it is due next.
//!
//! A [`Schedule`] is one or more cron expressions, seconds first, read on the clocks of a time zone. `cron`
//! enumerates wall-clock readings and jiff turns each into an instant; on its own, `cron` returns
//! instants in the past during the hour that November repeats. Zones come from the database compiled
//! into the program, so a check is due at the same instant everywhere.
//!
//! Promises: [`Schedule::next`] is strictly later than the instant it is given. A reading that March
//! skips fires an hour later; one that November repeats fires once, the first time. So a schedule that
//! fires several times an hour pauses during the repeated hour.
//!
//! Nothing here waits or reads a clock. If an expression has both a day of the month and a weekday,
//! *both* must match.

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

use crate::model::{
    is_ahead,
    zone::{self, ZoneFault},
};

/// How far before the present the enumeration starts where clocks were moved since. A reading in a skipped
/// hour precedes its instant by the width of the gap; no gap in a zone we serve is wider.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(3);

/// A schedule that breaks the rules. The message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleFault {
    /// Five fields, or some other wrong number.
    #[error("`{expression}` has {found} field(s); a schedule has 6 or 7, seconds first: {instead}")]
    FieldCount {
        /// The schedule as written.
        expression: String,
        /// How many fields it has.
        found: usize,
        /// What to write instead.
        instead: String,
    },
    /// Weekdays written as numbers.
    #[error(
        "weekdays are written by name, because cron dialects number them differently: \
         write `{instead}` in place of `{field}` if 1 is your Monday"
    )]
    NumericWeekday {
        /// The weekday field as written.
        field: String,
        /// The same with names, by the numbering of crontab(5).
        instead: String,
    },
    /// Not a cron expression.
    #[error("`{expression}` is not a schedule: {error}")]
    Syntax {
        /// The schedule as written.
        expression: String,
        /// The parser's words, in one line.
        error: String,
    },
    /// A zone that is not in the database.
    #[error(transparent)]
    Zone(#[from] ZoneFault),
    /// No day of any year matches.
    #[error("`{expression}` never fires: write a day that its months have")]
    NeverFires {
        /// The schedule as written.
        expression: String,
    },
}

/// How a wall-clock reading became an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiringKind {
    /// Clocks show the reading once that day.
    Normal,
    /// Clocks skip the reading that day; it fires later, by as much as they jump.
    GapShifted,
    /// Clocks show the reading twice that day; this is the first time.
    OverlapFirst,
}

/// An instant at which a schedule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    /// When.
    pub at: Timestamp,
    /// How the wall-clock reading gave this instant.
    pub kind: FiringKind,
}

/// When a source is checked: cron expressions in a time zone. It fires when any of them does.
#[derive(Debug, Clone)]
pub struct Schedule {
    written: String,
    crons: Vec<cron::Schedule>,
    zone: TimeZone,
}

impl Schedule {
    /// Reads a cron expression of 6 or 7 fields (second, minute, hour, day of the month, month,
    /// weekday, and perhaps year), or `@daily` and its kin, on the clocks of an IANA time zone. Several are
    /// separated by `;`: days on which changes are expected may have more checks.
    ///
    /// An expression whose years are all past is still a schedule; its [`next`](Self::next) is `None`.
    ///
    /// # Errors
    /// When the expression has a wrong number of fields, numbers its weekdays, is not cron, or names a
    /// day that never comes; and when the zone is unknown.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ScheduleFault> {
        let written = expression.trim().to_owned();
        let crons = written.split(';').map(|one| read_one(one.trim())).collect::<Result<_, _>>()?;
        Ok(Self { written, crons, zone: zone::zone(zone)? })
    }

    /// The clocks it is read on.
    #[must_use]
    pub fn clocks(&self) -> &TimeZone {
        &self.zone
    }

    /// The expression as written.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.written
    }

    /// The zone's name in the IANA database.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Returns the first firing strictly after an instant; `None` when the expression's years are past,
    /// or `cron`'s last year, 2100.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Firing> {
        let before = after.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
        let mut start = self.zone.to_datetime(after);
        if self.zone.to_offset(before) != self.zone.to_offset(after) {
            start = start.checked_sub(LOOK_BACK).ok()?;
        }
        let start = fake_utc(start)?;
        let next = |cron: &cron::Schedule| {
            let mut firings = cron.after(&start).map_while(|reading| self.firing(reading));
            firings.find(|firing| firing.at > after)
        };
        self.crons.iter().filter_map(next).min_by_key(|firing| firing.at)
    }

    /// The instant of a wall-clock reading, given as if it were UTC.
    fn firing(&self, reading: chrono::DateTime<chrono::Utc>) -> Option<Firing> {
        let ambiguous = self.zone.to_ambiguous_zoned(civil(reading)?);
        let kind = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => FiringKind::Normal,
            AmbiguousOffset::Gap { .. } => FiringKind::GapShifted,
            AmbiguousOffset::Fold { .. } => FiringKind::OverlapFirst,
        };
        Some(Firing { at: ambiguous.compatible().ok()?.timestamp(), kind })
    }
}

/// Two schedules are equal when they are written the same.
impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.expression() == other.expression() && self.zone() == other.zone()
    }
}

impl Eq for Schedule {}

/// When a source is next checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Now: it was never checked, or one or more firings have passed since.
    Now,
    /// Not before this instant.
    At(Timestamp),
    /// Never again.
    Never,
}

/// What spreads out sources with the same schedule, and keeps one source from being asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing<'a> {
    /// The source's id; it decides the jitter.
    pub source_id: &'a str,
    /// The shortest time between two checks, whatever the schedule says.
    pub min_interval: SignedDuration,
    /// The longest jitter. It must be less than the time between two firings, or firings are skipped.
    pub max_jitter: SignedDuration,
}

/// Says when a source is due, given its last check.
///
/// A daemon that slept through firings makes up for them with one check. A manual check counts as a
/// check. A last check in the future was dated by a wrong clock: nobody knows when it really was, so
/// the source is due.
#[must_use]
pub fn due(
    schedule: &Schedule,
    last_check: Option<Timestamp>,
    pacing: &Pacing<'_>,
    now: Timestamp,
) -> Due {
    let believed = last_check.filter(|last| !is_ahead(*last, now));
    let Some(last_check) = believed.map(|last| last.min(now)) else { return Due::Now };
    let Some(firing) = schedule.next(last_check) else { return Due::Never };
    let jittered = later(firing.at, jitter(pacing.source_id, firing.at, pacing.max_jitter));
    match jittered.max(later(last_check, pacing.min_interval)) {
        at if at <= now => Due::Now,
        at => Due::At(at),
    }
}

/// Spreads sources that share a firing: a delay of 0 to `at_most`, in whole milliseconds, always the
/// same for one source and firing.
#[must_use]
pub fn jitter(source_id: &str, firing: Timestamp, at_most: SignedDuration) -> SignedDuration {
    let Ok(range) = u64::try_from(at_most.as_millis()) else { return SignedDuration::ZERO };
    // FNV-1a, because the standard hasher may change between Rust versions.
    let firing = firing.as_second().to_le_bytes();
    let hash = source_id.bytes().chain(firing).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let millis = (mixed >> 1) % range.saturating_add(1);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Reads one cron expression.
fn read_one(expression: &str) -> Result<cron::Schedule, ScheduleFault> {
    check_shape(expression)?;
    let cron: cron::Schedule =
        expression.parse().map_err(|e: cron::error::Error| ScheduleFault::Syntax {
            expression: expression.to_owned(),
            error: in_one_line(&e.to_string()),
        })?;
    if cron.after(&chrono::DateTime::UNIX_EPOCH).next().is_none() {
        return Err(ScheduleFault::NeverFires { expression: expression.to_owned() });
    }
    Ok(cron)
}

/// Refuses what `cron` would misread, or would reject without saying why.
fn check_shape(expression: &str) -> Result<(), ScheduleFault> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    if expression.starts_with('@') {
        return Ok(());
    }
    if !(6..=7).contains(&fields.len()) {
        let instead = match fields.as_slice() {
            [rest @ .., weekday] if rest.len() == 4 => {
                format!("write `0 {} {}`", rest.join(" "), weekdays_by_name(weekday))
            }
            _ => "write for example `0 5 7-20 * * Mon-Fri`".to_owned(),
        };
        let found = fields.len();
        return Err(ScheduleFault::FieldCount {
            expression: expression.to_owned(),
            found,
            instead,
        });
    }
    let weekday = fields[5];
    let instead = weekdays_by_name(weekday);
    if instead != weekday {
        return Err(ScheduleFault::NumericWeekday { field: weekday.to_owned(), instead });
    }
    Ok(())
}

/// The weekday field with names instead of numbers, by the numbering of crontab(5); steps stay numbers.
fn weekdays_by_name(field: &str) -> String {
    const NAMES: [&str; 8] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut named = String::new();
    let mut in_step = false;
    for c in field.chars() {
        in_step = c == '/' || (in_step && c.is_ascii_digit());
        match c.to_digit(10).and_then(|day| NAMES.get(usize::try_from(day).ok()?)) {
            Some(name) if !in_step => named.push_str(name),
            _ => named.push(c),
        }
    }
    named
}

/// The parser's words without its diagram: the expression, a caret below it, and perhaps a message.
fn in_one_line(error: &str) -> String {
    let mut lines = error.lines();
    let expression = lines.next().unwrap_or_default();
    let caret = lines.next().and_then(|line| line.find('^')).unwrap_or_default();
    lines.next().map_or_else(
        || format!("it cannot be read from `{}` on", expression.get(caret..).unwrap_or_default()),
        str::to_owned,
    )
}

/// A wall-clock reading in the form `cron` takes: in UTC, which skips and repeats nothing.
fn fake_utc(reading: DateTime) -> Option<chrono::DateTime<chrono::Utc>> {
    let unsigned = |n: i8| u32::try_from(n).ok();
    NaiveDate::from_ymd_opt(
        i32::from(reading.year()),
        unsigned(reading.month())?,
        unsigned(reading.day())?,
    )?
    .and_hms_opt(
        unsigned(reading.hour())?,
        unsigned(reading.minute())?,
        unsigned(reading.second())?,
    )
    .map(|reading| reading.and_utc())
}

/// The inverse of [`fake_utc`].
fn civil(reading: chrono::DateTime<chrono::Utc>) -> Option<DateTime> {
    let signed = |n: u32| i8::try_from(n).ok();
    DateTime::new(
        i16::try_from(reading.year()).ok()?,
        signed(reading.month())?,
        signed(reading.day())?,
        signed(reading.hour())?,
        signed(reading.minute())?,
        signed(reading.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests;
