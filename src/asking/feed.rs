//! What readers were told, as a feed has it: the latest first, each change once, and once more where it was
//! taken back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::AskError;
use crate::conclude::{goes_on, wording};
use crate::model::{
    Change, ChangeId, ChangeKind, EventId, FactKey, LogFilter, Piece, Retraction, RuleId, SourceId,
    Stage, Told, ToldPlace,
};
use crate::store::{SharedStore, Store, StoreError};

/// How many of the last tellings are searched one by one. What is recorded late is among them; what is older
/// is found by the index.
const LAST: usize = 500;

/// How many tellings are handed on at a time to a reader who reads on.
const PART: usize = 100;

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What was told.
    pub told: Told,
    /// What it continues: the announcement that is now in force, the statement that is put right.
    pub follows: Option<Change>,
    /// The changed words, if the wording changed.
    pub wording: Vec<Piece>,
}

/// The latest `limit` things that readers were told, the latest first: changes that a filter lets through, and
/// that such changes were told wrongly. What was read from imported pages is left out: it is no news.
///
/// # Errors
/// When the database cannot be read.
pub fn feed(store: &SharedStore, filter: &LogFilter, limit: usize) -> Result<Vec<Item>, AskError> {
    Ok(store.ask(|store| items(store, filter, limit))?)
}

fn items(store: &Store, filter: &LogFilter, limit: usize) -> Result<Vec<Item>, StoreError> {
    let mut told = store.told_last(filter, LAST)?;
    let newest = LogFilter { newest_first: true, limit: Some(limit), ..filter.clone() };
    let stages: BTreeMap<ChangeId, Stage> = store
        .changes(&newest)?
        .into_iter()
        .filter(|change| told.iter().all(|known| known.change.id != change.id))
        .map(|change| (change.id, change.stage))
        .collect();
    let older: Vec<ChangeId> = stages.keys().cloned().collect();
    told.extend(store.told_of(&older)?.into_iter().map(|mut told| {
        told.change.stage = stages.get(&told.change.id).copied().unwrap_or(told.change.stage);
        told
    }));
    told.retain(|told| !told.is_imported);
    told.sort_by(|a, b| {
        let key = |told: &Told| (told.place, told.change.seen_at, told.change.id.clone());
        key(b).cmp(&key(a))
    });
    told.truncate(limit);
    told.into_iter().map(|told| item(store, told)).collect()
}

fn item(store: &Store, told: Told) -> Result<Item, StoreError> {
    let is_new = told.taken_back.is_some() || told.change.stage == Stage::Announced;
    let before = if is_new { None } else { store.before(&told.change)? };
    let follows = before.filter(|before| goes_on(&told.change, before));
    let wording = wording(&told.change);
    Ok(Item { told, follows, wording })
}

/// How readers were told of a change, by its whole id; `None` where they were not.
///
/// # Errors
/// When the database cannot be read.
pub fn told_change(store: &SharedStore, id: &str) -> Result<Option<Told>, AskError> {
    let Ok(id) = ChangeId::parse(id) else { return Ok(None) };
    Ok(store.ask(|store| store.told_of(&[id]))?.pop())
}

/// When the last change of each source that readers were told of was seen. Pages of the past are no news.
///
/// # Errors
/// When the database cannot be read.
pub fn last_changes(store: &SharedStore) -> Result<BTreeMap<SourceId, Timestamp>, AskError> {
    Ok(store.ask(|store| store.last_told_of_sources())?)
}

/// What a filter asks for, in words that are the same however it was written: its lists are in order. Bounds
/// of time are left out, because they move. Empty for one that asks for everything.
#[must_use]
pub fn canonical(filter: &LogFilter) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        let values: BTreeSet<String> = values.into_iter().collect();
        parts.extend(values.into_iter().map(|value| format!("{name}={value}")));
    };
    let texts = |list: &[String]| list.to_vec();
    add("program", texts(&filter.programs));
    add("jurisdiction", texts(&filter.jurisdictions));
    add("source", filter.sources.iter().map(SourceId::to_string).collect());
    add("fact", filter.facts.iter().map(ToString::to_string).collect());
    add("noc", texts(&filter.nocs));
    add("kind", filter.kinds.iter().map(|kind| ChangeKind::word(*kind).to_owned()).collect());
    add("stage", filter.stages.iter().map(|stage| stage.word().to_owned()).collect());
    add("rule", filter.rules.iter().map(RuleId::to_string).collect());
    add("severity", filter.severity.iter().map(|severity| severity.word().to_owned()).collect());
    add("text", filter.text.iter().cloned().collect());
    parts.join("&")
}

/// What was told after a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The changes, in the order of telling, each with its retraction if it has been taken back.
    pub changes: Vec<(Told, Option<Retraction>)>,
    /// The changes that were taken back after the place.
    pub taken_back: Vec<Retraction>,
    /// The place to read on from.
    pub next: ToldPlace,
    /// Whether more has been told already.
    pub has_more: bool,
}

/// A place in the order of telling, as a client keeps it: with the event that was told there, so that it is
/// known again even if the history was put back from a copy meanwhile, and goes on otherwise.
///
/// # Errors
/// When the database cannot be read.
pub fn cursor(store: &SharedStore, place: ToldPlace) -> Result<String, AskError> {
    let event = store.ask(|store| store.told_at(place))?;
    Ok(event.map_or_else(|| place.0.to_string(), |event| format!("{}.{event}", place.0)))
}

/// The place that a client has kept. `None` where no answer of ours gave it, or what was told there is not
/// known any more: then the client has to begin anew, or it would miss something.
///
/// # Errors
/// When the database cannot be read.
pub fn place(store: &SharedStore, cursor: &str) -> Result<Option<ToldPlace>, AskError> {
    let (n, event) = cursor.split_once('.').unwrap_or((cursor, ""));
    let Some(place) = n.parse().ok().map(ToldPlace) else { return Ok(None) };
    let told = store.ask(|store| store.told_at(place))?;
    let told = told.as_ref().map_or("", EventId::as_str);
    let is_known = told == event && (place == ToldPlace::START || !event.is_empty());
    Ok(Some(place).filter(|_| is_known))
}

/// What was told after a place, as far as a filter lets it through: a part of it that is small enough to be
/// answered at once. Who reads on from `next` misses nothing and reads nothing twice.
///
/// # Errors
/// When the database cannot be read.
pub fn since(store: &SharedStore, filter: &LogFilter, after: ToldPlace) -> Result<Since, AskError> {
    let (page, retractions) = store.ask(|store| {
        Ok::<_, StoreError>((store.told_after(filter, after, PART)?, store.retractions()?))
    })?;
    let (back, new): (Vec<Told>, Vec<Told>) =
        page.told.into_iter().partition(|told| told.taken_back.is_some());
    let with = |told: Told| {
        let retraction = retractions.get(&told.change.id).cloned();
        (told, retraction)
    };
    Ok(Since {
        changes: new.into_iter().map(with).collect(),
        taken_back: back.into_iter().filter_map(|told| told.taken_back).collect(),
        next: page.next,
        has_more: !page.is_last,
    })
}

/// The fact sets of some items.
pub(super) fn facts_among<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
) -> BTreeSet<(&'a SourceId, &'a FactKey)> {
    changes.into_iter().map(|change| (&change.source, &change.fact)).collect()
}
