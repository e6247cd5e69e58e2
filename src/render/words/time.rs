//! Days and moments as people write them, in a zone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::model::Language;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FR: [&str; 12] = [
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

/// The French names of the zones of Canada, by their English abbreviation.
const ZONES_FR: [(&str, &str); 13] = [
    ("NST", "HNT"),
    ("NDT", "HAT"),
    ("AST", "HNA"),
    ("ADT", "HAA"),
    ("EST", "HNE"),
    ("EDT", "HAE"),
    ("CST", "HNC"),
    ("CDT", "HAC"),
    ("MST", "HNR"),
    ("MDT", "HAR"),
    ("PST", "HNP"),
    ("PDT", "HAP"),
    ("UTC", "UTC"),
];

/// A month: `February 2025`, `février 2025`.
#[must_use]
pub fn month(date: Date, language: Language) -> String {
    let month = usize::from(date.month().unsigned_abs() - 1);
    let names = match language {
        Language::En => MONTHS_EN,
        Language::Fr => MONTHS_FR,
    };
    format!("{} {}", names[month], date.year())
}

/// A day: `27 February 2025`, `1er février 2025`.
#[must_use]
pub fn day(date: Date, language: Language) -> String {
    let month = month(date, language);
    match (language, date.day()) {
        (Language::Fr, 1) => format!("1er {month}"),
        (_, day) => format!("{day} {month}"),
    }
}

/// A moment in a zone: `27 February 2025, 13:05 EST`, `27 février 2025, 13 h 05 HNE`.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = at.to_zoned(zone.clone());
    let name = local.strftime("%Z").to_string();
    let (hour, minute) = (local.hour(), local.minute());
    let day = day(local.date(), language);
    match language {
        Language::En => format!("{day}, {hour:02}:{minute:02} {name}"),
        Language::Fr => {
            let french = ZONES_FR.iter().find(|(en, _)| *en == name).map_or(&*name, |(_, fr)| fr);
            format!("{day}, {hour}\u{a0}h\u{a0}{minute:02} {french}")
        }
    }
}

/// A moment in a zone, for a column: `2025-02-27 13:05`.
#[must_use]
pub fn short_moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_the_zone_and_the_language() {
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("America/Toronto").unwrap();
        let winter: Timestamp = "2025-02-01T18:05:00Z".parse().unwrap();
        assert_eq!(moment(winter, &zone, Language::En), "1 February 2025, 13:05 EST");
        assert_eq!(moment(winter, &zone, Language::Fr), "1er février 2025, 13\u{a0}h\u{a0}05 HNE");
        let summer: Timestamp = "2025-07-02T03:05:00Z".parse().unwrap();
        assert_eq!(moment(summer, &zone, Language::Fr), "1er juillet 2025, 23\u{a0}h\u{a0}05 HAE");
        assert_eq!(short_moment(summer, &zone), "2025-07-01 23:05");
    }
}
