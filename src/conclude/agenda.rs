//! Which sources are due: by schedule, because a hold needs its re-fetch, or because a failure needs
//! another try.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::catalog::{Catalog, Source};
use crate::model::{Held, SourceId, SourceState};
use crate::schedule::{Due, Pacing, due};

use super::retry_at;

/// The shortest time between two checks of a source, whatever its schedule says.
const SHORTEST_INTERVAL: SignedDuration = SignedDuration::from_mins(2);

/// The longest jitter; it spreads out sources that share the same minute.
const JITTER: SignedDuration = SignedDuration::from_secs(60);

/// The sources to check, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agenda {
    /// The sources to check now, by id.
    pub due: Vec<SourceId>,
    /// When the next of the other sources is due.
    pub next: Option<Timestamp>,
}

/// Says what is due at `now`, from the states of the sources and their holds. `waits_until` says how
/// long the host of an address must be left alone: a check ahead of schedule waits until then.
#[must_use]
pub fn agenda(
    catalog: &Catalog,
    (states, held): (&[SourceState], &[Held]),
    waits_until: &dyn Fn(&Url) -> Option<Timestamp>,
    now: Timestamp,
) -> Agenda {
    let mut agenda = Agenda::default();
    for source in catalog.sources() {
        let state = states.iter().find(|state| state.source == source.id);
        let of_source = held.iter().filter(|held| held.source == source.id);
        let by_hold = of_source.filter_map(|held| held.due_at(now)).min();
        let sooner = [by_hold, state.and_then(retry_at)].into_iter().flatten().min();
        let sooner = sooner.map(|at| waits_until(&source.url).map_or(at, |until| at.max(until)));
        match at(source, state, sooner, now) {
            Some(at) if at <= now => agenda.due.push(source.id.clone()),
            Some(at) => agenda.next = Some(agenda.next.map_or(at, |next| next.min(at))),
            None => {}
        }
    }
    agenda
}

/// When a source is next checked, by its schedule or sooner; `None`: never again.
fn at(
    source: &Source,
    state: Option<&SourceState>,
    sooner: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let pacing = Pacing {
        source_id: source.id.as_str(),
        min_interval: SHORTEST_INTERVAL,
        max_jitter: JITTER,
    };
    match due(&source.schedule, state.map(|state| state.last_checked_at), &pacing, now) {
        Due::Now => Some(now),
        Due::At(at) => Some(sooner.map_or(at, |sooner| sooner.min(at))),
        Due::Never => sooner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conclude::standing::tests::{NOON, failing};
    use crate::model::CheckId;

    fn catalog() -> Catalog {
        let source = |id: &str| {
            format!(
                "[[source]]\nid = \"{id}\"\nurl = \"https://example.org/{id}\"\n\
                 schedule = \"0 0 6 * * *\"\nzone = \"UTC\"\n"
            )
        };
        let text = source("a") + &source("b");
        Catalog::parse(&[("sources.toml", &text)]).unwrap()
    }

    fn at_noon(after_minutes: i64) -> Timestamp {
        NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(after_minutes)
    }

    fn due_ids(agenda: &Agenda) -> Vec<&str> {
        agenda.due.iter().map(SourceId::as_str).collect()
    }

    #[test]
    fn what_was_never_checked_is_due_and_what_was_waits_for_its_schedule() {
        let well = SourceState { failing: None, ..failing(0) };
        let agenda = agenda(&catalog(), (&[well], &[]), &|_| None, at_noon(1));
        assert_eq!(due_ids(&agenda), ["b"]);
        let next = agenda.next.unwrap();
        assert!(next >= at_noon(18 * 60) && next <= at_noon(18 * 60 + 1), "{next}");
    }

    #[test]
    fn a_failure_and_a_hold_come_before_the_schedule() {
        let other =
            SourceState { source: SourceId::parse("b").unwrap(), failing: None, ..failing(0) };
        let held = Held {
            source: other.source.clone(),
            check: CheckId(1),
            fact: crate::model::FactKey::parse("a.b").unwrap(),
            event: None,
            set: None,
            reason_word: "vanished".into(),
            reason: "5 of 9 are gone".into(),
            held_at: at_noon(0),
            last_read_at: None,
            next_fetch_at: Some(at_noon(3)),
            tries: 0,
            translation: None,
        };
        let states = [failing(0), other];
        let held = [held];
        let at = |minutes| agenda(&catalog(), (&states, &held), &|_| None, at_noon(minutes));
        assert_eq!((due_ids(&at(2)), at(2).next), (vec![], Some(at_noon(3))));
        assert_eq!((due_ids(&at(3)), at(3).next), (vec!["b"], Some(at_noon(5))));
        assert_eq!((due_ids(&at(5)), at(5).next), (vec!["a", "b"], None));
    }

    #[test]
    fn nothing_comes_before_the_schedule_while_its_host_is_to_be_left_alone() {
        let other =
            SourceState { source: SourceId::parse("b").unwrap(), failing: None, ..failing(0) };
        let states = [failing(0), other];
        let waits = |url: &Url| (url.path() == "/a").then_some(at_noon(120));
        let at = |minutes| agenda(&catalog(), (&states, &[]), &waits, at_noon(minutes));
        assert_eq!((due_ids(&at(5)), at(5).next), (vec![], Some(at_noon(120))));
        assert_eq!(due_ids(&at(120)), ["a"]);
        assert_eq!(
            due_ids(&at(18 * 60 + 1)),
            ["a", "b"],
            "the schedule is kept whatever a host asks"
        );
    }
}
