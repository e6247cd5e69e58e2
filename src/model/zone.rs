//! Time zones by their names.
//!
//! Zones come from the database compiled into the program, never from the system: a stock server's
//! database can be a year older than a province's law.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// How many letters a name must have for each slip allowed in it.
const LETTERS_A_SLIP: usize = 6;

/// A zone that is not in the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{zone}` is not a time zone: write {instead}")]
pub struct ZoneFault {
    /// The zone as written.
    pub zone: String,
    /// What to write instead.
    pub instead: String,
}

/// Returns the zone with a name in the IANA database. Old names that link to a zone count:
/// `US/Eastern`, `America/Montreal`.
///
/// # Errors
/// When there is no zone of that name; the fault gives the name that was probably meant.
pub fn zone(name: &str) -> Result<TimeZone, ZoneFault> {
    ZONES.get(name).map_err(|_| ZoneFault { zone: name.to_owned(), instead: instead_of(name) })
}

/// Says what is doubtful about a zone: a name that means one offset all year, or any place that happens
/// to use that abbreviation, is seldom what a person wants. UTC is fine.
#[must_use]
pub fn doubt(name: &str) -> Option<String> {
    let is_abbreviation = ["EST", "MST", "HST"].iter().any(|abbr| name.eq_ignore_ascii_case(abbr));
    let lower = name.to_ascii_lowercase();
    let offset = lower.strip_prefix("etc/gmt").filter(|offset| offset.starts_with(['+', '-']));
    let is_offset = offset.is_some_and(|offset| offset[1..] != *"0");
    (is_abbreviation || is_offset).then(|| {
        format!(
            "`{name}` is the same offset all year, without daylight saving time: write a place, \
             such as `America/Toronto`"
        )
    })
}

/// What to write instead of an unknown zone: the zone that ends like it, or one that differs by a slip
/// of the pen, else any name of the IANA database.
fn instead_of(zone: &str) -> String {
    let city = zone.rsplit('/').next().unwrap_or(zone).replace(' ', "_");
    let names: Vec<String> = ZONES.available().map(|name| name.to_string()).collect();
    let ends_like = |name: &&String| {
        name.rsplit_once('/').is_some_and(|(_, end)| end.eq_ignore_ascii_case(&city))
    };
    let written = zone.to_ascii_lowercase();
    let slips = |name: &&String| {
        let name = name.to_ascii_lowercase();
        let end = name.rsplit('/').next().unwrap_or(&name);
        let slips = |name: &str| strsim::damerau_levenshtein(name, &written);
        slips(&name).min(slips(end))
    };
    // A longer text is not a misspelt name, and comparing takes time quadratic in its length.
    let near = names.iter().filter(|_| zone.len() < 64).min_by_key(slips);
    let like = names.iter().find(ends_like);
    match like.or_else(|| near.filter(|name| slips(name) <= zone.len() / LETTERS_A_SLIP)) {
        Some(name) => format!("`{name}`"),
        None => "a name of the IANA database, such as `America/Toronto`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_links_are_zones() {
        let names =
            ["America/Toronto", "US/Eastern", "America/Montreal", "Canada/Pacific", "UTC", "EST"];
        for name in names {
            assert!(zone(name).is_ok(), "{name}");
        }
        let noon = "2026-07-01T12:00Z".parse::<jiff::Timestamp>().unwrap();
        let reading = |name| noon.to_zoned(zone(name).unwrap()).datetime();
        assert_eq!(reading("America/Montreal"), reading("America/Toronto"));
        assert_eq!(reading("US/Eastern"), reading("America/Toronto"));
    }

    #[test]
    fn a_zone_that_is_none_is_refused_with_the_one_that_was_meant() {
        let said = |name| zone(name).unwrap_err().to_string();
        let toronto = |name| format!("`{name}` is not a time zone: write `America/Toronto`");
        for name in ["Toronto", "toronto", "Tronto", "America/Tronto", "Canada/Toronto"] {
            assert_eq!(said(name), toronto(name));
        }
        assert!(said("St Johns").contains("`America/St_Johns`"));
        for name in ["", "Ottawa", "+05:00", &"x".repeat(10_000)] {
            assert!(said(name).ends_with("such as `America/Toronto`"), "{name}");
        }
    }

    #[test]
    fn one_offset_all_year_is_doubtful() {
        for name in ["EST", "est", "MST", "Etc/GMT+5", "etc/gmt-14"] {
            assert!(doubt(name).unwrap().contains(name), "{name}");
        }
        for name in ["UTC", "Etc/UTC", "Etc/GMT", "Etc/GMT+0", "America/Regina", "EST5EDT"] {
            assert_eq!(doubt(name), None, "{name}");
        }
    }
}
