//! Whether a source, its host, or everything is out of reach.
//!
//! The last look at each source tells. If the newest looks in a row reached nothing, at several hosts,
//! then nothing can be reached from here; if they were at several sources of one host, then that host
//! is out of reach. One look that reaches something ends it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Catalog, Source};
use crate::model::{CheckOutcome, Reach, Refusal, SourceId, SourceState};

/// How many hosts, or sources of one host, in a row must have failed.
const IN_A_ROW: usize = 3;

/// How long one source's failure waits for looks at the others before it is told as its own.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// How far a look at a source reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Something came: its host is there.
    Something,
    /// Nothing came.
    Nothing,
    /// Its host asked to be left alone: it is up, but the page did not come.
    Host,
    /// No request was made.
    Unasked,
}

/// How far a check reached, by how it ended.
#[must_use]
pub fn reached(outcome: &CheckOutcome) -> Reached {
    match outcome {
        CheckOutcome::Unreachable(_) => Reached::Nothing,
        CheckOutcome::Refused(refusal) => match refusal {
            Refusal::Waiting { .. } | Refusal::Status(429) => Reached::Host,
            Refusal::Status(_)
            | Refusal::Gate(_)
            | Refusal::CookieWall { .. }
            | Refusal::Login { .. } => Reached::Something,
            Refusal::Robots { .. }
            | Refusal::PrivateAddress { .. }
            | Refusal::CrawlDelay { .. }
            | Refusal::Address { .. } => Reached::Unasked,
        },
        CheckOutcome::Broken(crate::model::Breakage::Internal { .. }) => Reached::Unasked,
        CheckOutcome::Baseline
        | CheckOutcome::Unchanged(_)
        | CheckOutcome::Changed
        | CheckOutcome::Held(_)
        | CheckOutcome::Released
        | CheckOutcome::Relocated { .. }
        | CheckOutcome::Partial { .. }
        | CheckOutcome::Broken(_)
        | CheckOutcome::Gone(_) => Reached::Something,
    }
}

/// What a source is excused from when it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Excuse {
    /// The operator hears nothing of the source itself: they were told of something larger, or it is
    /// too early to know the cause.
    pub operator: bool,
    /// Those who follow it hear nothing either: the fault is here.
    pub followers: bool,
    /// Until when its patience is suspended.
    pub until: Option<Timestamp>,
}

/// The last look at a source.
#[derive(Debug, Clone, Copy)]
struct Look<'a> {
    source: &'a SourceId,
    host: &'a str,
    at: Timestamp,
    /// Since when it has been out of reach, if it is.
    lost_since: Option<Timestamp>,
}

/// What a check that reached nothing means, given the states of all sources before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blame {
    /// Not the source: a host, or everything, has been out of reach since this time.
    Outage(Reach, Timestamp),
    /// Too early to know: no other host has been asked since.
    Unknown,
    /// It is the source.
    Source,
}

/// Says what is out of reach, when a check of a source has just reached nothing.
#[must_use]
pub fn blame(catalog: &Catalog, states: &[SourceState], source: &Source, now: Timestamp) -> Blame {
    let mut looks = looks(catalog, states);
    let before = looks.iter().find(|look| *look.source == source.id);
    let since = before.and_then(|look| look.lost_since).unwrap_or(now);
    let host = host(source);
    let look = Look { source: &source.id, host, at: now, lost_since: Some(since) };
    looks.retain(|look| *look.source != source.id);
    looks.push(look);
    looks.sort_by_key(|look| std::cmp::Reverse(look.at));
    let everything = in_a_row(&looks, |_| true, |look| look.host);
    if let Some(since) = everything {
        return Blame::Outage(Reach::Everything, since);
    }
    let of_host = in_a_row(&looks, |look| look.host == host, |look| look.source.as_str());
    let since = of_host.unwrap_or(since);
    let is_alone = catalog.sources().all(|other| self::host(other) == host);
    let mut others = looks.iter().filter(|look| look.host != host);
    let is_elsewhere_well = others.any(|look| look.at >= since && look.lost_since.is_none());
    let is_over = now.duration_since(since) >= PATIENCE;
    if !is_alone && !is_elsewhere_well && !is_over {
        return Blame::Unknown;
    }
    of_host.map_or(Blame::Source, |since| Blame::Outage(Reach::Host(host.to_owned()), since))
}

/// Since when the newest of these looks have all reached nothing, if there are enough of them.
fn in_a_row<'a>(
    looks: &[Look<'a>],
    is_meant: impl Fn(&Look<'a>) -> bool,
    of: impl Fn(&Look<'a>) -> &'a str,
) -> Option<Timestamp> {
    let lost =
        looks.iter().filter(|look| is_meant(look)).map_while(|look| Some((look, look.lost_since?)));
    let (mut names, mut since) = (BTreeSet::new(), None::<Timestamp>);
    for (look, lost_since) in lost {
        names.insert(of(look));
        since = Some(since.map_or(lost_since, |since| since.min(lost_since)));
    }
    since.filter(|_| names.len() >= IN_A_ROW)
}

/// The last look at every source that was checked. Checks that made no request say nothing.
fn looks<'a>(catalog: &'a Catalog, states: &'a [SourceState]) -> Vec<Look<'a>> {
    let look = |state: &'a SourceState| {
        let source = catalog.source(&state.source)?;
        let failing = state.failing.as_ref();
        let lost_since = match failing.map(|failing| failing.word.as_str()) {
            // Forbidden to ask, or not asked: it says nothing about the connection.
            Some("refused" | "internal") => return None,
            Some("unreachable") => failing.map(|failing| failing.since),
            Some(_) | None => None,
        };
        let (source, host) = (&source.id, host(source));
        Some(Look { source, host, at: state.last_checked_at, lost_since })
    };
    states.iter().filter_map(look).collect()
}

/// The host of a source's page.
#[must_use]
pub fn host(source: &Source) -> &str {
    source.url.host_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclude::standing::tests::{NOON, failing};
    use crate::model::Failing;

    fn catalog() -> Catalog {
        let source = |id: &str, host: &str| {
            format!("[[source]]\nid = \"{id}\"\nurl = \"https://{host}.example/{id}\"\n")
        };
        let of = [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b", "b"), ("c", "c"), ("d", "d")];
        let text: String = of.iter().map(|(id, host)| source(id, host)).collect();
        Catalog::parse(&[("sources.toml", &text)]).unwrap()
    }

    fn at(minutes: i64) -> Timestamp {
        NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    /// A source last looked at this many minutes after noon, and lost since then, if at all.
    fn state(id: &str, at_minute: i64, lost_since: Option<i64>) -> SourceState {
        let word = "unreachable".to_owned();
        SourceState {
            source: SourceId::parse(id).unwrap(),
            last_checked_at: at(at_minute),
            failing: lost_since.map(|since| Failing {
                since: at(since),
                word,
                operator_told_at: None,
            }),
            ..failing(0)
        }
    }

    fn of(states: &[SourceState], id: &str, minute: i64) -> Blame {
        let catalog = catalog();
        let source = catalog.source(&SourceId::parse(id).unwrap()).unwrap();
        blame(&catalog, states, source, at(minute))
    }

    #[test]
    fn three_hosts_in_a_row_are_everything() {
        let states = [state("a1", 1, None), state("b", 2, Some(2)), state("c", 3, Some(3))];
        assert_eq!(of(&states, "d", 4), Blame::Outage(Reach::Everything, at(2)));
        assert_eq!(of(&states[..2], "c", 3), Blame::Unknown, "two are not enough");
        let between = [state("b", 2, Some(2)), state("a1", 3, None), state("c", 4, Some(4))];
        assert_eq!(of(&between, "d", 5), Blame::Unknown, "one was reached between them");
    }

    #[test]
    fn three_sources_of_a_host_are_the_host() {
        let states = [state("a1", 1, Some(1)), state("a2", 2, Some(2)), state("b", 3, None)];
        assert_eq!(of(&states, "a3", 4), Blame::Outage(Reach::Host("a.example".into()), at(1)));
        let one_well = [state("a1", 1, Some(1)), state("a2", 2, None), state("b", 3, None)];
        assert_eq!(of(&one_well, "a3", 4), Blame::Unknown);
    }

    #[test]
    fn a_source_is_to_blame_when_another_host_is_well_or_nobody_else_says_anything() {
        let states = [state("b", 0, Some(0)), state("c", 3, None)];
        assert_eq!(of(&states, "b", 5), Blame::Source, "another host was reached since");
        let quiet = [state("b", 0, Some(0)), state("c", -9, None)];
        assert_eq!(of(&quiet, "b", 5), Blame::Unknown, "nobody else was asked since");
        assert_eq!(of(&quiet, "b", 60), Blame::Source, "that is waited for no longer");
        let states = [state("b", 0, Some(0))];
        assert_eq!(of(&states, "b", 5), Blame::Unknown, "no other was ever asked");
        let text = "[[source]]\nid = \"b\"\nurl = \"https://b.example/b\"\n";
        let alone = Catalog::parse(&[("sources.toml", text)]).unwrap();
        let source = alone.source(&SourceId::parse("b").unwrap()).unwrap();
        assert_eq!(blame(&alone, &states, source, at(5)), Blame::Source, "there is no other host");
    }
}
