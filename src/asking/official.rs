//! The official facts on a day, with every reason to doubt one: what eligibility data is compared with.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{AskError, SourceStatus, When, facts, status};
use crate::catalog::Catalog;
use crate::model::{
    DateFields, Doubt, DoubtReason, FactKey, Held, Official, OfficialRecord, OfficialSet,
    RecordKey, SourceId,
};
use crate::store::SharedStore;

/// What is asked of the official facts.
#[derive(Debug, Clone)]
pub struct AskedOfficial<'a> {
    /// The day; `None`: today, and what is ahead.
    pub as_of: Option<Date>,
    /// Now.
    pub now: Timestamp,
    /// The zone that days are counted in.
    pub zone: &'a TimeZone,
}

impl AskedOfficial<'_> {
    fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }
}

/// The official facts of every known key that is wanted.
///
/// # Errors
/// When the database cannot be read.
pub fn official(
    store: &SharedStore,
    catalog: &Catalog,
    asked: &AskedOfficial<'_>,
    wanted: &dyn Fn(&FactKey) -> bool,
) -> Result<Official, AskError> {
    let states: BTreeMap<SourceId, SourceStatus> =
        status(store, catalog, asked.now)?.into_iter().collect();
    let held = store.ask(|store| store.held())?;
    let keys = store.ask(|store| store.fact_keys(None))?;
    let mut sets: BTreeMap<FactKey, Vec<OfficialSet>> = BTreeMap::new();
    for (key, ..) in keys {
        if wanted(&key) && !sets.contains_key(&key) {
            let of_key = of_key(store, catalog, &key, asked, (&states, &held))?;
            sets.insert(key, of_key);
        }
    }
    let day = asked.as_of.unwrap_or_else(|| asked.today());
    Ok(Official { made_at: asked.now, day, sets })
}

fn of_key(
    store: &SharedStore,
    catalog: &Catalog,
    key: &FactKey,
    asked: &AskedOfficial<'_>,
    (states, held): (&BTreeMap<SourceId, SourceStatus>, &[Held]),
) -> Result<Vec<OfficialSet>, AskError> {
    let current = store.ask(|store| store.fact(key))?;
    let mut sets: BTreeMap<SourceId, (OfficialSet, DateFields)> = BTreeMap::new();
    for (source, set) in current {
        let dates = set.dates;
        let state = (states.get(&source), held);
        let made = empty(catalog, key, source.clone(), state, asked);
        sets.insert(source, (made, dates));
    }
    let when = asked.as_of.map_or_else(|| When::Today(asked.today()), When::AsOf);
    let answer = match facts(store, catalog, key, when, asked.zone) {
        Ok(answer) => answer,
        // Of a day before anything was known, not even that nothing was there.
        Err(AskError::NothingKnown(_)) if is_past(asked) => return Ok(Vec::new()),
        Err(AskError::NothingKnown(_)) => {
            return Ok(sets.into_values().map(|(set, _)| set).collect());
        }
        Err(error) => return Err(error),
    };
    let seen = first_seen(store, key, asked)?;
    for row in answer.shown {
        let Some((set, dates)) = sets.get_mut(&row.source) else { continue };
        let effective = dates.of(&row.record).effective_on;
        if row.states.iter().any(|state| matches!(*state, "announced" | "due")) {
            let Some(from) = effective else { continue };
            let ahead = Some((row.record.fields.clone(), from));
            set.records.entry(row.key).and_modify(|record| record.ahead = ahead);
            continue;
        }
        let since = effective.or_else(|| seen.get(&(row.source.clone(), row.key.clone())).copied());
        let lost = row.last_read_at.filter(|_| row.confirmed.is_none());
        let doubt = |state: &&'static str| match *state {
            "unreadable" => lost.map(|at| {
                let days = asked.now.duration_since(at).as_hours() / 24;
                Doubt::new(state, DoubtReason::NotRead { days, last: at })
            }),
            "disputed" => Some(Doubt::new(state, DoubtReason::Contradicted)),
            _ => None,
        };
        let record = OfficialRecord {
            quote: row.record.evidence.quote.as_str().into(),
            fields: row.record.fields,
            since,
            doubts: row.states.iter().filter_map(doubt).collect(),
            ahead: None,
        };
        set.records.insert(row.key, record);
    }
    for (source, record) in seen.into_keys() {
        let Some((set, _)) = sets.get_mut(&source) else { continue };
        if !set.records.contains_key(&record) {
            set.gone.insert(record);
        }
    }
    let is_known = |set: &OfficialSet| !is_past(asked) || !set.records.is_empty();
    Ok(sets.into_values().map(|(set, _)| lifted(set)).filter(is_known).collect())
}

fn is_past(asked: &AskedOfficial<'_>) -> bool {
    asked.as_of.is_some_and(|day| day < asked.today())
}

/// A set with the doubts that all of its records share as its own: what is not among records of which none can
/// be read is as doubtful as they are.
fn lifted(mut set: OfficialSet) -> OfficialSet {
    let shared = set.records.values().next().map_or_else(Vec::new, |first| first.doubts.clone());
    for doubt in shared {
        if set.records.values().all(|record| record.doubts.contains(&doubt)) {
            for record in set.records.values_mut() {
                record.doubts.retain(|own| *own != doubt);
            }
            set.doubts.push(doubt);
        }
    }
    set
}

/// A set without its records: where it is from, and why it may be doubted.
fn empty(
    catalog: &Catalog,
    key: &FactKey,
    source: SourceId,
    (state, held): (Option<&SourceStatus>, &[Held]),
    asked: &AskedOfficial<'_>,
) -> OfficialSet {
    let mut doubts = Vec::new();
    for held in held.iter().filter(|held| held.source == source && held.fact == *key) {
        let why = DoubtReason::Held { since: held.held_at, reason: held.reason.clone() };
        doubts.push(Doubt::new("held", why));
    }
    let last = state.and_then(|state| state.last_good_at);
    for word in state.map_or(&[][..], |state| &state.states) {
        match *word {
            "stale" => {
                let why = last.map_or(DoubtReason::NeverRead, DoubtReason::LastSeen);
                doubts.push(Doubt::new(word, why));
            }
            "unreviewed" => {
                doubts.push(Doubt::new(word, DoubtReason::NotAccepted(source.clone())));
            }
            _ => {}
        }
    }
    let is_now = asked.as_of.is_none_or(|day| day >= asked.today());
    if let Some(why) = unread(state, &source).filter(|_| is_now && doubts.is_empty()) {
        doubts.push(Doubt::new("stale", why));
    }
    let declared = catalog.declared(&source);
    let url = declared.map(|source| source.url.to_string()).unwrap_or_default();
    let recipe = declared.and_then(|source| source.fact(key));
    let is_base = recipe.is_some_and(|recipe| recipe.is_base);
    let (records, gone) = (BTreeMap::new(), BTreeSet::new());
    OfficialSet { source, url, checked_at: last, doubts, is_base, records, gone }
}

/// Why nothing says that facts of a source hold today, if nothing does: no check of our own has read it.
fn unread(state: Option<&SourceStatus>, source: &SourceId) -> Option<DoubtReason> {
    match state {
        None => Some(DoubtReason::NotWatched(source.clone())),
        Some(state) if state.last_good_at.is_none() => Some(DoubtReason::Imported(source.clone())),
        Some(_) => None,
    }
}

/// When each record was first seen to say what it says.
fn first_seen(
    store: &SharedStore,
    key: &FactKey,
    asked: &AskedOfficial<'_>,
) -> Result<BTreeMap<(SourceId, RecordKey), Date>, AskError> {
    let states = store.ask(|store| store.history(key, None))?;
    let day = |at: Timestamp| at.to_zoned(asked.zone.clone()).date();
    let until = asked.as_of.unwrap_or_else(|| asked.today());
    let seen =
        states.into_iter().filter(|state| state.fields.is_some() && day(state.seen_at) <= until);
    Ok(seen.map(|state| ((state.source, state.record), day(state.seen_at))).collect())
}
