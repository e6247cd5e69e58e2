//! The same days, written as other editors write them.

use jiff::civil::{Date, Weekday};
use regex::Captures;

use super::super::sheet::Sheet;
use super::super::splice::Change;
use super::Class::Form;
use super::Reach::Both;
use super::{Family, family};
use crate::MONTHS;

pub(super) const FAMILIES: [Family; 10] = [
    family("dates-with-ordinals", Form, Both, |s| {
        english(s, |m, d| Some(format!("{m} {}{}, {}", d.day(), ordinal(d.day()), d.year())))
    }),
    family("dates-day-first", Form, Both, |s| {
        english(s, |m, d| Some(format!("{} {m} {}", d.day(), d.year())))
    }),
    family("dates-in-figures", Form, Both, |s| english(s, |_, d| Some(d.to_string()))),
    family("dates-two-figures", Form, Both, |s| {
        english(s, |m, d| Some(format!("{m} {:02}, {}", d.day(), d.year())))
    }),
    family("dates-with-day-names", Form, Both, |s| {
        english(s, |m, d| Some(format!("{}, {m} {}, {}", day_name(d.weekday()), d.day(), d.year())))
    }),
    family("dates-without-commas", Form, Both, |s| {
        english(s, |m, d| Some(format!("{m} {} {}", d.day(), d.year())))
    }),
    family("dates-short-months", Form, Both, |s| {
        english(s, |m, d| (m.len() > 4).then(|| format!("{}. {}, {}", &m[..3], d.day(), d.year())))
    }),
    family("dates-in-words", Form, Both, |s| {
        s.each(r"\b(20\d\d)-(\d\d)-(\d\d)\b", |c| {
            let date: Date = c[0].parse().ok()?;
            let month = usize::try_from(date.month()).unwrap() - 1;
            let (month, day, year) = (names(s)[month], date.day(), date.year());
            Some(if s.is_french {
                format!("{day} {month} {year}")
            } else {
                format!("{month} {day}, {year}")
            })
        })
    }),
    family("french-dates-in-figures", Form, Both, |s| french(s, |d| Some(d.to_string()))),
    family("dates-in-time-elements", Form, Both, |s| {
        english(s, |m, d| {
            Some(format!("<time datetime=\"{d}\">{m} {}, {}</time>", d.day(), d.year()))
        })
    }),
];

const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn names(sheet: &Sheet) -> [&'static str; 12] {
    if sheet.is_french { MOIS } else { MONTHS }
}

fn date(day: &str, month: usize, year: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, i8::try_from(month + 1).ok()?, day.parse().ok()?).ok()
}

fn english(sheet: &Sheet, write: impl Fn(&str, Date) -> Option<String>) -> Vec<Change> {
    let pattern = format!(r"\b({})\s(\d{{1,2}}),\s(20\d\d)\b", MONTHS.join("|"));
    sheet.each(&pattern, |c: &Captures<'_>| {
        let month = MONTHS.iter().position(|month| *month == &c[1])?;
        write(MONTHS[month], date(&c[2], month, &c[3])?)
    })
}

fn french(sheet: &Sheet, write: impl Fn(Date) -> Option<String>) -> Vec<Change> {
    let pattern = format!(r"\b(\d{{1,2}})\s({})\s(20\d\d)\b", MOIS.join("|"));
    sheet.each(&pattern, |c: &Captures<'_>| {
        let month = MOIS.iter().position(|month| *month == &c[2])?;
        write(date(&c[1], month, &c[3])?)
    })
}

fn ordinal(day: i8) -> &'static str {
    match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[test]
fn a_day_is_the_same_day_in_every_way_to_write_it() {
    let sheet = Sheet::of("<html lang=en><main><p>From May 12, 2026 on.", &[]);
    let made: Vec<String> =
        FAMILIES.iter().flat_map(|f| (f.places)(&sheet)).map(|c| c[0].with.clone()).collect();
    assert_eq!(
        made,
        [
            "May 12th, 2026",
            "12 May 2026",
            "2026-05-12",
            "Tuesday, May 12, 2026",
            "May 12 2026",
            "<time datetime=\"2026-05-12\">May 12, 2026</time>"
        ]
    );
}
