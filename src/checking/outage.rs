//! What a check shows about the connection to its host, and what its source is therefore excused from:
//! when nothing can be reached, that is told once, and not for each source.

use jiff::Timestamp;

use super::{CheckError, Checking};
use crate::alert;
use crate::catalog::Source;
use crate::conclude::{Blame, Excuse, Reached, blame, host, reached};
use crate::model::{CheckOutcome, Outage, Reach, excused_until};
use crate::store::unless_damaged;
use crate::writing::outage_letter;

/// Notes how far a check reached, and returns what its source is excused from.
pub(super) fn excuse(
    with: &Checking,
    source: &Source,
    outcome: &CheckOutcome,
    now: Timestamp,
) -> Result<Excuse, CheckError> {
    let outages = unless_damaged(with.store.ask(|store| store.outages()))?;
    let excuse = Excuse { until: excused_until(&outages, now), ..Excuse::default() };
    // The operator was told of these: a failure during them is no news.
    let open: Vec<_> = outages.iter().filter(|outage| is_open_for(source, outage)).collect();
    match reached(outcome) {
        Reached::Something => {
            for outage in open {
                end(with, outage, now)?;
            }
            Ok(excuse)
        }
        Reached::Nothing if open.iter().any(|outage| outage.reach == Reach::Everything) => {
            Ok(Excuse { operator: true, followers: true, ..excuse })
        }
        Reached::Nothing => {
            let excuse = lost(with, source, outcome, now, excuse)?;
            Ok(Excuse { operator: excuse.operator || !open.is_empty(), ..excuse })
        }
        Reached::Host => {
            let operator = !open.is_empty() || is_told_of_host(with, source)?;
            Ok(Excuse { operator, ..excuse })
        }
        Reached::Unasked => Ok(excuse),
    }
}

/// Whether an outage goes on and affects a source.
fn is_open_for(source: &Source, outage: &Outage) -> bool {
    outage.ended_at.is_none() && outage.reach.covers(host(source))
}

fn end(with: &Checking, outage: &Outage, now: Timestamp) -> Result<(), CheckError> {
    let ended = Outage { ended_at: Some(now), ..outage.clone() };
    let by = &with.correspondence;
    let told = by.operator.as_ref().and_then(|to| alert::outage_follows(to, &ended));
    let follows = with.store.ask(|store| store.first_that_goes(told.as_slice()))?;
    let letter = outage_letter(by, &ended, (None, follows.as_ref()), now);
    let letters = Vec::from_iter(letter);
    if with.store.ask(|store| store.end_outage(&outage.reach, &letters, now))? {
        tracing::info!(what = %outage.reach, since = %outage.since, "can be reached again");
    }
    Ok(())
}

/// A check reached nothing: the cause is the source, its host, everything, or not known yet.
fn lost(
    with: &Checking,
    source: &Source,
    outcome: &CheckOutcome,
    now: Timestamp,
    excuse: Excuse,
) -> Result<Excuse, CheckError> {
    let states = with.store.ask(|store| store.source_states())?;
    let (reach, since) = match blame(&with.catalog, &states, source, now) {
        Blame::Source => return Ok(excuse),
        Blame::Unknown => return Ok(Excuse { operator: true, ..excuse }),
        Blame::Outage(reach, since) => (reach, since),
    };
    let outage = Outage { reach, since, ended_at: None };
    let why = outcome.reason();
    let letter = outage_letter(&with.correspondence, &outage, (why.as_deref(), None), now);
    let (reach, letters) = (&outage.reach, Vec::from_iter(letter));
    if with.store.ask(|store| store.begin_outage((reach, since), &letters, now))? {
        let why = outcome.reason().unwrap_or_default();
        tracing::warn!(what = %reach, %since, why, "cannot be reached");
    }
    let followers = *reach == Reach::Everything;
    let until = if followers { Some(now) } else { excuse.until };
    Ok(Excuse { operator: true, followers, until })
}

/// Whether the operator was already told, for another of its sources, that a host refuses to be asked.
fn is_told_of_host(with: &Checking, source: &Source) -> Result<bool, CheckError> {
    let states = with.store.ask(|store| store.source_states())?;
    let is_of_host = |of: &Source| of.id != source.id && host(of) == host(source);
    Ok(states.iter().any(|state| {
        let is_told = state
            .failing
            .as_ref()
            .is_some_and(|failing| failing.word == "refused" && failing.operator_told_at.is_some());
        is_told && with.catalog.source(&state.source).is_some_and(is_of_host)
    }))
}
