//! What is in force, or was on a day, or was known at a moment.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::{AskError, disputes};
use crate::catalog::Catalog;
use crate::conclude::{self, History};
use crate::model::{
    Change, Confirmed, Dispute, FactKey, FactSet, Record, RecordKey, RecordState, SourceId, Stated,
    Unreadable,
};
use crate::render::json;
use crate::store::{SharedStore, Store, StoreError, TakenBack};

/// The time that a question about a fact set is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// What is in force today, and what is coming.
    Today(Date),
    /// What was in force on a day.
    AsOf(Date),
    /// What was known at a moment.
    KnownAt(Timestamp),
    /// What was in force on a day, as far as it was known at a moment.
    AsOfKnownAt(Date, Timestamp),
}

impl When {
    /// The day that is asked about, if it is one.
    fn day(self) -> Option<Date> {
        match self {
            Self::Today(day) | Self::AsOf(day) | Self::AsOfKnownAt(day, _) => Some(day),
            Self::KnownAt(_) => None,
        }
    }

    /// The moment up to which things are known, if it is not now.
    fn known_at(self) -> Option<Timestamp> {
        match self {
            Self::KnownAt(at) | Self::AsOfKnownAt(_, at) => Some(at),
            Self::Today(_) | Self::AsOf(_) => None,
        }
    }
}

/// A record, and what to know about it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The source that publishes it.
    pub source: SourceId,
    /// Its key.
    pub key: RecordKey,
    /// The record.
    pub record: Record,
    /// Its states: `announced`, `due`, `unreviewed`, `disputed`, `unreadable`, `retracted` (a change of it
    /// was told wrongly and has been taken back).
    pub states: Vec<&'static str>,
    /// When it was last read, where it cannot be read now.
    pub last_read_at: Option<Timestamp>,
    /// A person's word that it still holds, if it cannot be read.
    pub confirmed: Option<Confirmed>,
    /// When a change of it that was told wrongly was taken back: the record is shown as corrected.
    pub retracted_at: Option<Timestamp>,
}

impl Shown {
    /// The object of it: a line of `facts`.
    #[must_use]
    pub fn to_json(&self, fact: &FactKey) -> Json {
        let mut object = json::record(fact, &self.key, &self.record);
        object["source"] = self.source.as_str().into();
        object["state"] = self.states.clone().into();
        if let Some(at) = self.last_read_at {
            object["last_read_at"] = at.to_string().into();
        }
        if let Some(confirmed) = &self.confirmed {
            object["confirmed"] = json::confirmed(confirmed);
        }
        if let Some(at) = self.retracted_at {
            object["retracted_at"] = at.to_string().into();
        }
        object
    }
}

/// The records asked for, and the disputes that concern their fact set.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The records.
    pub shown: Vec<Shown>,
    /// The disputes.
    pub disputes: Vec<Dispute>,
}

/// A known fact set, from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub fact: FactKey,
    /// The source.
    pub source: SourceId,
    /// How many records it has.
    pub records: usize,
}

/// Every known fact set, of one source or of all.
///
/// # Errors
/// When the database cannot be read.
pub fn known(store: &SharedStore, of: Option<&SourceId>) -> Result<Vec<Listed>, AskError> {
    let keys = store.ask(|store| store.fact_keys(of))?.into_iter();
    Ok(keys.map(|(fact, source, records)| Listed { fact, source, records }).collect())
}

/// What is in force of a fact set, was on a day, or was known at a moment. A moment is a day in `zone`.
///
/// # Errors
/// When nothing is known under the key, or was not then, or the database cannot be read.
pub fn facts(
    store: &SharedStore,
    catalog: &Catalog,
    key: &FactKey,
    when: When,
    zone: &TimeZone,
) -> Result<Answer, AskError> {
    let memory = store.ask(|store| Memory::of(store, key, when, zone))?;
    let mut shown = match when {
        When::KnownAt(at) => plain(store.ask(|store| store.facts_as_known(key, at))?),
        When::AsOf(day) | When::AsOfKnownAt(day, _) => {
            plain(conclude::in_force(&memory.history(), day))
        }
        When::Today(today) => {
            let mut shown = plain(conclude::in_force(&memory.history(), today));
            shown.extend(ahead(&memory, today));
            shown
        }
    };
    if shown.is_empty() {
        return Err(AskError::NothingKnown(memory.nothing(key, when)));
    }
    let mut disputes = disputes(store, catalog)?;
    disputes.retain(|dispute| dispute.stated.iter().any(|said| said.fact == *key));
    for row in &mut shown {
        let state = store.ask(|store| store.source_state(&row.source))?;
        if state.is_some_and(|state| state.unreviewed) {
            row.states.push("unreviewed");
        }
        let lost = store.ask(|store| store.unreadable(&row.source))?;
        if let Some(lost) = lost.iter().find(|lost| is_about(&lost.what, key, row)) {
            row.states.push("unreadable");
            row.last_read_at = lost.last_read_at.or(Some(lost.since));
            row.confirmed = lost.confirmed.clone();
        }
        let was_known = |at: Timestamp| when.known_at().is_none_or(|known| known >= at);
        let back = memory.taken_back.iter().rev().find(|back| {
            back.source == row.source
                && back.record == row.key
                && back.retraction.ended_at.is_none()
                && was_known(back.retraction.at)
        });
        if let Some(back) = back {
            row.states.push("retracted");
            row.retracted_at = Some(back.retraction.at);
        }
        let about = |said: &Stated| said.source == row.source && said.record == row.key;
        if disputes.iter().flat_map(|dispute| &dispute.stated).any(about) {
            row.states.push("disputed");
        }
    }
    Ok(Answer { shown, disputes })
}

/// Whether something unreadable concerns a record, or a field of it.
fn is_about(lost: &Unreadable, key: &FactKey, row: &Shown) -> bool {
    lost.covers(key, &row.key)
        || row.record.fields.keys().any(|field| lost.covers_field(key, &row.key, field))
}

/// The database's content for one fact set.
struct Memory<'a> {
    current: Vec<(SourceId, FactSet)>,
    states: Vec<RecordState>,
    unconfirmed: Vec<Change>,
    /// When any record was first seen at all.
    first_seen: Option<Timestamp>,
    taken_back: Vec<TakenBack>,
    zone: &'a TimeZone,
}

impl<'a> Memory<'a> {
    fn of(
        store: &Store,
        key: &FactKey,
        when: When,
        zone: &'a TimeZone,
    ) -> Result<Self, StoreError> {
        let known_at = when.known_at();
        let mut current = match known_at {
            Some(at) => store.facts_as_known(key, at)?,
            None => store.fact(key)?,
        };
        let unconfirmed = match when.day() {
            Some(day) => store.announced_of(key, day, known_at)?,
            None => Vec::new(),
        };
        let mut taken_back = store.taken_back(key)?;
        let mut states = store.history(key, None)?;
        let stated = states.iter().filter(|state| state.fields.is_some());
        let first_seen = stated.map(|state| state.seen_at).min();
        if let Some(at) = known_at {
            states.retain(|state| state.seen_at <= at);
            taken_back.retain(|back| back.retraction.at <= at);
        }
        if let (When::AsOf(day) | When::AsOfKnownAt(day, _), false) = (when, states.is_empty()) {
            current.extend(stated_then(store, key, day, zone, &current)?);
        }
        // What was told wrongly was never so.
        states.retain(|state| {
            taken_back.iter().all(|back| {
                back.source != state.source
                    || back.record != state.record
                    || back.check != state.check
            })
        });
        Ok(Self { current, states, unconfirmed, first_seen, taken_back, zone })
    }

    fn history(&self) -> History<'_> {
        History {
            current: &self.current,
            states: &self.states,
            unconfirmed: &self.unconfirmed,
            zone: self.zone,
        }
    }

    /// Why nothing is shown: nothing was ever known under the key, or not yet at that time.
    fn nothing(&self, key: &FactKey, when: When) -> String {
        let (asked, first) = match when {
            When::AsOf(day) => {
                let first = conclude::first_known(&self.history()).filter(|first| *first > day);
                (day.to_string(), first.map(|day| day.to_string()))
            }
            When::KnownAt(at) => {
                let first = self.first_seen.filter(|first| *first > at);
                (at.to_string(), first.map(|at| at.to_string()))
            }
            When::AsOfKnownAt(day, at) => (format!("{day}, as far as was known at {at}"), None),
            When::Today(today) => (today.to_string(), None),
        };
        match first {
            Some(first) => {
                format!("nothing was known on {asked}; the first facts of `{key}` are of {first}")
            }
            None if self.first_seen.is_some() => format!("nothing of `{key}` was known on {asked}"),
            None => format!("nothing is known under `{key}`; `rulewatch facts` lists the keys"),
        }
    }
}

/// The set as it was stated on a day by sources that state it no longer.
fn stated_then(
    store: &Store,
    key: &FactKey,
    day: Date,
    zone: &TimeZone,
    current: &[(SourceId, FactSet)],
) -> Result<Vec<(SourceId, FactSet)>, StoreError> {
    let end = day.tomorrow().ok().and_then(|next| next.to_zoned(zone.clone()).ok());
    let Some(end) = end.map(|end| end.timestamp()) else { return Ok(Vec::new()) };
    let mut then = store.facts_as_known(key, end)?;
    then.retain(|(source, _)| current.iter().all(|(other, _)| other != source));
    Ok(then)
}

fn plain(sets: Vec<(SourceId, FactSet)>) -> Vec<Shown> {
    let rows = |(source, set): (SourceId, FactSet)| {
        let row = move |(key, record)| Shown {
            source: source.clone(),
            key,
            record,
            states: Vec::new(),
            last_read_at: None,
            confirmed: None,
            retracted_at: None,
        };
        set.records.into_iter().map(row)
    };
    sets.into_iter().flat_map(rows).collect()
}

fn ahead(memory: &Memory<'_>, today: Date) -> impl Iterator<Item = Shown> {
    let ahead = conclude::ahead(&memory.history(), today).into_iter();
    ahead.map(|(source, key, record, state)| Shown {
        source,
        key,
        record,
        states: vec![state],
        last_read_at: None,
        confirmed: None,
        retracted_at: None,
    })
}
