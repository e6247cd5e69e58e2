//! Days and moments as official pages print them, in English and French.
//!
//! A date is taken only when its month is a word or it is ISO (`2026-05-14`): `03/05/2026` means
//! two days and is refused. A stated weekday is checked.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// Month names and the short forms pages use, folded: no accents, lower case.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "janv"],
    &["february", "feb", "fevrier", "fevr"],
    &["march", "mar", "mars"],
    &["april", "apr", "avril", "avr"],
    &["may", "mai"],
    &["june", "jun", "juin"],
    &["july", "jul", "juillet", "juil"],
    &["august", "aug", "aout"],
    &["september", "sept", "sep", "septembre"],
    &["october", "oct", "octobre"],
    &["november", "nov", "novembre"],
    &["december", "dec", "decembre"],
];

const WEEKDAYS: [(&str, &str, i8); 7] = [
    ("monday", "lundi", 1),
    ("tuesday", "mardi", 2),
    ("wednesday", "mercredi", 3),
    ("thursday", "jeudi", 4),
    ("friday", "vendredi", 5),
    ("saturday", "samedi", 6),
    ("sunday", "dimanche", 7),
];

/// Reads a text that is a date and nothing else: `July 8, 2025`, `8 July 2025`, `le 1er mai 2026`,
/// `November 20 2024`, `2026-05-14`.
#[must_use]
pub(super) fn day(text: &str) -> Option<Date> {
    let words = words(text);
    let (date, used) = leading_day(&words)?;
    (used == words.len()).then_some(date)
}

/// Reads a day in figures, the month first: `1/15/2026`. Only for a page that is known to write so.
#[must_use]
pub(super) fn month_day_year(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && year.len() == 4;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().filter(|_| whole)
}

/// Reads a moment: a date, then a time of day in UTC. A few layouts of the Express Entry feed:
/// `July 8, 2025 at 14:59:08 UTC`, `May 31, 2024 at12:48:30 UTC`, `March 02. 2024 at 01:58:34`,
/// `January 23, 2025 at 2025-01-23 15:30:04 UTC`, `June 22, 2021 at 20:19:59 PM UTC`.
#[must_use]
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let words = words(text);
    let (date, used) = leading_day(&words)?;
    let mut time = None;
    for word in &words[used..] {
        if word == "at" || word == "a" || word == "utc" || Some(date) == word.parse().ok() {
            continue;
        }
        time = Some(match (word.as_str(), time) {
            // A clock of 24 hours with "AM" or "PM" behind it: only a small hour can be meant.
            ("pm", Some(t)) => afternoon(t)?,
            ("am", Some(t)) => t,
            (word, None) => clock(word.strip_prefix("at").unwrap_or(word))?,
            _ => return None,
        });
    }
    let at = date.to_datetime(time?);
    at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn afternoon(time: Time) -> Option<Time> {
    if time.hour() >= 12 {
        Some(time)
    } else {
        Time::new(time.hour() + 12, time.minute(), time.second(), 0).ok()
    }
}

fn clock(word: &str) -> Option<Time> {
    let mut parts = word.split(':').map(str::parse::<i8>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// Lower case, no accents, no punctuation but `:` and `-` inside a word.
fn words(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        let letters = text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
        letters.flat_map(char::to_lowercase).collect()
    };
    let between = |c: char| matches!(c, ',' | '.' | '(' | ')') || c.is_whitespace();
    plain.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The date at the start, and how many words it takes.
fn leading_day(words: &[String]) -> Option<(Date, usize)> {
    let mut at = 0;
    let mut weekday = None;
    while let Some(word) = words.get(at) {
        if let Some((.., n)) = WEEKDAYS.iter().find(|(en, fr, _)| word == en || word == fr) {
            weekday = Some(*n);
        } else if word != "le" && word != "the" {
            break;
        }
        at += 1;
    }
    let first = words.get(at)?;
    let (date, used) = match first.parse::<Date>() {
        Ok(date) if first.len() == 10 => (date, at + 1),
        _ => (three_words(first, words.get(at + 1)?, words.get(at + 2)?)?, at + 3),
    };
    let stated = weekday.is_none_or(|n| date.weekday().to_monday_one_offset() == n);
    stated.then_some((date, used))
}

fn three_words(first: &str, second: &str, third: &str) -> Option<Date> {
    let year: i16 = third.parse().ok().filter(|_| third.len() == 4)?;
    let (month, day) = match (month(first), month(second)) {
        (Some(month), None) => (month, ordinal(second)?),
        (None, Some(month)) => (month, ordinal(first)?),
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

fn ordinal(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th", "er"]
        .iter()
        .find_map(|end| word.strip_suffix(end))
        .unwrap_or(word);
    digits.parse().ok().filter(|_| digits.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, date: &str) {
        assert_eq!(day(text).map(|d| d.to_string()).unwrap_or_default(), date, "{text}");
    }

    #[test]
    fn days_in_two_languages() {
        check("July 8, 2025", "2025-07-08");
        check("May 15 , 2026", "2026-05-15");
        check("November 20 2024", "2024-11-20");
        check("May 1st, 2026", "2026-05-01");
        check("Sept. 5, 2025", "2025-09-05");
        check("8 July 2025", "2025-07-08");
        check("le 3 juin 2024", "2024-06-03");
        check("1er août 2025", "2025-08-01");
        check("jeudi 5 mars 2026", "2026-03-05");
        check("2026-05-14", "2026-05-14");
    }

    #[test]
    fn what_could_mean_two_days_is_refused() {
        check("03/05/2026", "");
        check("Friday, March 5, 2026", "");
        check("March 16", "");
        check("May 2026", "");
        check("February 30, 2026", "");
        check("May 14, 2026 and more", "");
    }

    #[test]
    fn figures_are_read_only_when_the_order_is_known() {
        assert_eq!(month_day_year("1/15/2026"), Date::new(2026, 1, 15).ok());
        assert_eq!(month_day_year("15/1/2026"), None);
        assert_eq!(month_day_year("1/15/26"), None);
    }

    #[test]
    fn moments_in_the_feeds_layouts() {
        let check = |text: &str, time: &str| {
            assert_eq!(moment(text).map(|t| t.to_string()).unwrap_or_default(), time, "{text}");
        };
        check("October 02, 2024 at 1:48:36 UTC", "2024-10-02T01:48:36Z");
        check("January 23, 2025 at 2025-01-23 15:30:04 UTC", "2025-01-23T15:30:04Z");
        check("May 31, 2024 at12:48:30 UTC", "2024-05-31T12:48:30Z");
        check("March 02. 2024 at 01:58:34 UTC", "2024-03-02T01:58:34Z");
        check("May 19,2022 06:48:41 UTC", "2022-05-19T06:48:41Z");
        check("June 22, 2021 at 20:19:59 PM UTC", "2021-06-22T20:19:59Z");
        check("October 25, 2023 at 15:48:39 AM UTC", "2023-10-25T15:48:39Z");
        check("June 15, 2023 at 23:49:05", "2023-06-15T23:49:05Z");
        check("October 7 at 16:38:21 UTC", "");
        check("June 15, 2023", "");
    }
}
