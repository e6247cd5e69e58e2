//! A period in which nothing could be reached: at one host, or at all.

use std::fmt;

use jiff::Timestamp;

/// What cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everything: the fault is most likely here.
    Everything,
    /// One host.
    Host(String),
}

impl Reach {
    /// Whether an address at a host is meant.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Host(name) => name == host,
        }
    }

    /// Its stored form: the host's name, empty for everything.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Everything => "",
            Self::Host(name) => name,
        }
    }

    /// Reads it back.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "" => Self::Everything,
            host => Self::Host(host.to_owned()),
        }
    }
}

/// A period in which it could not be reached. It is told once, instead of in a letter for each source;
/// the patience of the sources does not run meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// What could not be reached.
    pub reach: Reach,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None`: it is not over.
    pub ended_at: Option<Timestamp>,
}

/// Until when sources are excused for not being read, so far: the end of the last period in which
/// nothing at all could be reached. An outage of a single host excuses no source: its followers should
/// know.
#[must_use]
pub fn excused_until(outages: &[Outage], now: Timestamp) -> Option<Timestamp> {
    let everything = outages.iter().find(|outage| outage.reach == Reach::Everything)?;
    Some(everything.ended_at.map_or(now, |at| at.min(now)))
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Host(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_excused_while_and_until_nothing_could_be_reached() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (begun, ended) = (at("2026-11-20T12:00Z"), at("2026-11-20T15:00Z"));
        let outage = |reach, ended_at| Outage { reach, since: begun, ended_at };
        let now = at("2026-11-20T18:00Z");
        assert_eq!(excused_until(&[outage(Reach::Everything, Some(ended))], now), Some(ended));
        assert_eq!(excused_until(&[outage(Reach::Everything, None)], now), Some(now));
        assert_eq!(excused_until(&[outage(Reach::Host("a.example".into()), None)], now), None);
        let ahead = outage(Reach::Everything, Some(at("2030-01-01T00:00Z")));
        assert_eq!(excused_until(&[ahead], now), Some(now), "what lies ahead counts as now");
    }
}
