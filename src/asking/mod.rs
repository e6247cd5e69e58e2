//! Answers questions about what is known, and changes nothing.
//!
//! Each question is one function over an open database, with the catalogue, moment and zone where it
//! needs them: the change log ([`log()`]), what readers were told ([`feed()`], [`since`]), on which days
//! rules take effect and end ([`calendar()`]), one change ([`change`], [`about`]), what is in force, was, or
//! was known ([`facts()`]), how two days differ ([`difference()`]), every value a fact has had
//! ([`history()`]), when each source was read ([`coverage()`]), where pages contradict each other
//! ([`disputes`]), which rules can be relied on ([`rules()`]), what depends on a fact or a change
//! ([`impact`]), the official facts with every reason to doubt one ([`official()`]), the state of the
//! sources ([`status()`]), of everything ([`health()`]), how fresh it is ([`freshness()`]), what cannot be reached ([`outages`]), which hosts are left alone ([`waits`]),
//! what is watched ([`sources()`], [`source`]), what can be named ([`names()`]), the outbox ([`outbox`], [`calls`]), why its letters wait
//! ([`mail_wait`]).

mod calendar;
mod coverage;
mod difference;
mod facts;
mod feed;
mod freshness;
mod health;
mod history;
mod log;
mod names;
mod official;
mod rules;
mod series;
mod sources;
mod status;
mod subject;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

pub use calendar::{Calendar, calendar};
pub use coverage::{Stretch, coverage};
pub use difference::{Differing, difference};
pub use facts::{Answer, Listed, Shown, When, facts, known};
pub use feed::{Item, Since, canonical, cursor, feed, last_changes, place, since, told_change};
pub use freshness::freshness;
pub use health::{Health, health, known_at_all, prometheus};
pub use history::{ValueSpan, history};
pub use log::{
    Logged, announced, expect_names, is_imported, log, log_part, note_look, retractions, unseen,
};
pub use names::{Named, names};
pub use official::{AskedOfficial, official};
pub use rules::{Impact, RuleFact, RuleStanding, doubts, impact, rules};
pub use series::series;
pub use sources::{
    FactDetails, Provenance, SourceDetails, SourceSummary, Sources, expect_sources, schema, shares,
    source, sources,
};
pub use status::{SourceStatus, Totals, next_checks, outages, status, status_of, totals, waits};
pub use subject::{Subject, about_nocs, facts_of, subject};

pub use crate::store::Counts;

use crate::catalog::Catalog;
use crate::conclude;
use crate::model::{
    Advice, CallRow, Change, Delivery, DeliveryState, Dispute, FactKey, MailWait, Piece,
    Retraction, Rule, RuleId, SourceId,
};
use crate::store::{OutboxFilter, OutboxRow, SharedStore, StoreError};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A source that the catalogue does not have.
    #[error("there is no source `{0}`; `rulewatch sources list` shows all")]
    UnknownSource(SourceId),
    /// A rule that the catalogue does not have.
    #[error("there is no rule `{0}`; `rulewatch rules list` shows all")]
    UnknownRule(RuleId),
    /// No change, event or delivery has this id.
    #[error("there is no change `{0}`, nor event or delivery; `rulewatch log` lists them")]
    UnknownChange(String),
    /// A name that neither the catalogue nor the log has.
    #[error(
        "there is no {kind} `{name}`{}",
        near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
    )]
    Unknown {
        /// What it was meant to name: `program`, `source`.
        kind: &'static str,
        /// The name.
        name: String,
        /// The known name that is nearest to it.
        near: Option<String>,
    },
    /// A text that names nothing.
    #[error("{0}")]
    UnknownName(String),
    /// Nothing is known of a fact set, or was not at the time asked about.
    #[error("{0}")]
    NothingKnown(String),
}

impl AskError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::UnknownSource(_)
            | Self::UnknownRule(_)
            | Self::UnknownChange(_)
            | Self::Unknown { .. }
            | Self::UnknownName(_)
            | Self::NothingKnown(_) => Advice::Correct,
        }
    }
}

/// One change, by its id or a unique beginning of it, at its stage on a day.
///
/// # Errors
/// When no change, or several, have that id, or the database cannot be read.
pub fn change(store: &SharedStore, id: &str, today: Date) -> Result<Change, AskError> {
    let found = store.ask(|store| store.change(id))?;
    let mut change = found.ok_or_else(|| AskError::UnknownChange(id.to_owned()))?;
    store.ask(|store| store.mark_due(std::slice::from_mut(&mut change), today))?;
    Ok(change)
}

/// The changes that an id names, or a unique beginning of it: one change, those of an event, or those that a
/// delivery told of; each at its stage on a day.
///
/// # Errors
/// When nothing, or several things, have that id, or the database cannot be read.
pub fn changes(store: &SharedStore, id: &str, today: Date) -> Result<Vec<Change>, AskError> {
    match change(store, id, today) {
        Ok(change) => return Ok(vec![change]),
        Err(AskError::UnknownChange(_)) => {}
        Err(error) => return Err(error),
    }
    let event = store.ask(|store| {
        let event = store.event_named(id)?;
        let event = match event {
            None => store.delivery_event(id)?,
            found => found,
        };
        event.map(|event| store.event(&event)).transpose()
    })?;
    let event = event.flatten().ok_or_else(|| AskError::UnknownChange(id.to_owned()))?;
    let mut changes = event.changes;
    store.ask(|store| store.mark_due(&mut changes, today))?;
    Ok(changes)
}

/// What to show along with a change.
#[derive(Debug, Clone)]
pub struct About {
    /// The rules of the catalogue.
    pub rules: Vec<Rule>,
    /// The changed words, if the wording changed.
    pub wording: Vec<Piece>,
    /// The letters that told of it.
    pub letters: Vec<Delivery>,
    /// Its retraction, if it was told wrongly.
    pub retraction: Option<Retraction>,
}

/// What to show along with a change.
///
/// # Errors
/// When the database cannot be read.
pub fn about(store: &SharedStore, catalog: &Catalog, change: &Change) -> Result<About, AskError> {
    let letters = store.ask(|store| store.deliveries_of(&change.event))?;
    Ok(About {
        rules: catalog.rules().to_vec(),
        wording: conclude::wording(change),
        letters: letters.into_iter().map(|row| row.delivery).collect(),
        retraction: retractions(store)?.remove(&change.id),
    })
}

/// Everything on which pages disagree, by rule.
///
/// # Errors
/// When the database cannot be read.
pub fn disputes(store: &SharedStore, catalog: &Catalog) -> Result<Vec<Dispute>, AskError> {
    let stated = |fact: &FactKey| {
        store.ask(|store| Ok::<_, StoreError>((store.fact(fact)?, store.history(fact, None)?)))
    };
    let day = |source: &SourceId, at: Timestamp| {
        let zone = catalog.declared(source).map(|source| source.schedule.clocks().clone());
        at.to_zoned(zone.unwrap_or(TimeZone::UTC)).date()
    };
    Ok(conclude::disputes(catalog.rules(), stated, &day)?)
}

/// The letters, the latest first, and why each waits or was given up.
///
/// # Errors
/// When the database cannot be read.
pub fn outbox(store: &SharedStore) -> Result<Vec<(Delivery, String)>, AskError> {
    let (rows, wait) = store.ask(|store| {
        Ok::<_, StoreError>((store.outbox(&OutboxFilter::default())?, store.mail_wait()?))
    })?;
    let why = |row: &OutboxRow| match (&row.delivery.state, &wait, &row.last_error) {
        (DeliveryState::Due { .. }, Some(wait), _) => format!("all wait: {}", wait.failure),
        (DeliveryState::Due { .. }, None, Some(error)) => error.clone(),
        (DeliveryState::Due { .. }, None, None) => "not tried yet".to_owned(),
        (DeliveryState::GaveUp { why, .. }, ..) => why.clone(),
        (DeliveryState::Sent { .. } | DeliveryState::Cancelled { .. }, ..) => String::new(),
    };
    Ok(rows.into_iter().map(|row| (row.delivery.clone(), why(&row))).collect())
}

/// The calls of hooks, the latest first.
///
/// # Errors
/// When the database cannot be read.
pub fn calls(store: &SharedStore) -> Result<Vec<CallRow>, AskError> {
    Ok(store.ask(|store| store.calls())?)
}

/// Why all letters wait, if they do, and how many are pending.
///
/// # Errors
/// When the database cannot be read.
pub fn mail_wait(store: &SharedStore) -> Result<Option<(MailWait, u64)>, AskError> {
    let Some(wait) = store.ask(|store| store.mail_wait())? else { return Ok(None) };
    // A wait that holds up no letter does not matter until there is one.
    let pending = store.ask(|store| store.counts())?.n_due;
    Ok(Some((wait, pending)).filter(|_| pending > 0))
}
