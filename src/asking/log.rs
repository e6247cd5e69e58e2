//! The change log: what a filter lets through, handed on in parts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::AskError;
use crate::catalog::{Catalog, Source};
use crate::conclude::nearest;
use crate::model::{Change, ChangeId, LogFilter, Retraction, RuleTarget, ToldPlace};
use crate::store::{LogPlace, SharedStore, StoreError};

/// How many changes are handed on at a time.
const PART: usize = 500;

/// A change in the log, and what to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The change.
    pub change: Change,
    /// Whether it was read from an imported page.
    pub is_imported: bool,
    /// Its retraction, if it was told wrongly.
    pub retraction: Option<Retraction>,
    /// How many characters of its id are enough to name it.
    pub short: usize,
}

/// Hands on the changes that match a filter, in its order, a part at a time; `each` ends the walk with an
/// error. Returns how many there were.
///
/// # Errors
/// When the database cannot be read, or `each` fails.
pub fn log<E: From<AskError>>(
    store: &SharedStore,
    filter: &LogFilter,
    each: &mut dyn FnMut(Vec<Logged>) -> Result<(), E>,
) -> Result<usize, E> {
    let retracted = retractions(store)?;
    let limit = filter.limit.unwrap_or(usize::MAX);
    let (mut n, mut after) = (0, None);
    while n < limit {
        let part = PART.min(limit - n);
        let page =
            store.ask(|store| store.log_page(filter, after, part)).map_err(AskError::from)?;
        n += page.changes.len();
        let part = logged(store, page.changes, &retracted)?;
        each(part)?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(n)
}

/// The part of the log that follows a place, at most `size` changes of which readers were told, and the place that
/// it ends at; `None` at the end of the log.
///
/// # Errors
/// When the database cannot be read.
pub fn log_part(
    store: &SharedStore,
    filter: &LogFilter,
    after: Option<i64>,
    size: usize,
) -> Result<(Vec<Logged>, Option<i64>), AskError> {
    let told = LogFilter { is_told: true, ..filter.clone() };
    let page = store.ask(|store| store.log_page(&told, after.map(LogPlace), size))?;
    let part = logged(store, page.changes, &retractions(store)?)?;
    Ok((part, page.next.map(|LogPlace(place)| place)))
}

/// What is announced for a day and not yet followed by anything, the earliest day first.
///
/// # Errors
/// When the database cannot be read.
pub fn announced(store: &SharedStore, today: Date) -> Result<Vec<Logged>, AskError> {
    let changes = store.ask(|store| store.open_announcements(today))?;
    logged(store, told(store, changes)?, &retractions(store)?)
}

/// Those of some changes that readers were told of: what only the operator was told of is not for the public.
fn told(store: &SharedStore, mut changes: Vec<Change>) -> Result<Vec<Change>, AskError> {
    let ids: Vec<ChangeId> = changes.iter().map(|change| change.id.clone()).collect();
    let told: BTreeSet<ChangeId> =
        store.ask(|store| store.told_of(&ids))?.into_iter().map(|told| told.change.id).collect();
    changes.retain(|change| told.contains(&change.id));
    Ok(changes)
}

/// Hands on, in the order of telling, what was told since a person looked last and a filter lets through.
/// Returns how much that was, and the place up to which they have seen it.
///
/// # Errors
/// When the database cannot be read, or `each` fails.
pub fn unseen<E: From<AskError>>(
    store: &SharedStore,
    filter: &LogFilter,
    who: &str,
    each: &mut dyn FnMut(Vec<Logged>) -> Result<(), E>,
) -> Result<(usize, ToldPlace), E> {
    let retracted = retractions(store)?;
    let seen = store.ask(|store| store.looked_up_to(who)).map_err(AskError::from)?;
    let (mut n, mut place) = (0, seen.unwrap_or(ToldPlace::START));
    loop {
        let page =
            store.ask(|store| store.told_after(filter, place, PART)).map_err(AskError::from)?;
        let changes: Vec<Change> = page.told.into_iter().map(|told| told.change).collect();
        n += changes.len();
        each(logged(store, changes, &retracted)?)?;
        place = page.next;
        if page.is_last {
            return Ok((n, place));
        }
    }
}

/// Notes that a person has seen what was told up to a place.
///
/// # Errors
/// When the database cannot be written.
pub fn note_look(
    store: &SharedStore,
    who: &str,
    up_to: ToldPlace,
    now: Timestamp,
) -> Result<(), AskError> {
    Ok(store.ask(|store| store.note_look(who, up_to, now))?)
}

fn logged(
    store: &SharedStore,
    changes: Vec<Change>,
    retracted: &BTreeMap<ChangeId, Retraction>,
) -> Result<Vec<Logged>, AskError> {
    let ids: Vec<ChangeId> = changes.iter().map(|change| change.id.clone()).collect();
    let (imported, lengths) = store.ask(|store| {
        let imported = store.imported_events(changes.iter().map(|change| &change.event))?;
        Ok::<_, StoreError>((imported, store.shortest_ids(&ids)?))
    })?;
    let one = |(change, short): (Change, usize)| Logged {
        is_imported: imported.contains(&change.event),
        retraction: retracted.get(&change.id).cloned(),
        short,
        change,
    };
    Ok(changes.into_iter().zip(lengths).map(one).collect())
}

/// The retractions, by change.
///
/// # Errors
/// When the database cannot be read.
pub fn retractions(store: &SharedStore) -> Result<BTreeMap<ChangeId, Retraction>, AskError> {
    Ok(store.ask(|store| store.retractions())?)
}

/// Whether a change was read from an imported page.
///
/// # Errors
/// When the database cannot be read.
pub fn is_imported(store: &SharedStore, change: &Change) -> Result<bool, AskError> {
    let found = store.ask(|store| store.imported_events([&change.event].into_iter()))?;
    Ok(found.contains(&change.event))
}

/// Checks that everything a filter names is known: to the catalogue, or to the log, which also has what
/// was watched before.
///
/// # Errors
/// The first name that is not known, with the nearest that is.
pub fn expect_names(
    store: &SharedStore,
    catalog: &Catalog,
    filter: &LogFilter,
) -> Result<(), AskError> {
    let sources: Vec<&Source> = catalog.sources().chain(catalog.off()).collect();
    let of = |name: fn(&Source) -> &str| -> BTreeSet<String> {
        sources.iter().map(|source| name(source).to_owned()).collect()
    };
    let rules: BTreeSet<String> = catalog.rules().iter().map(|rule| rule.id.to_string()).collect();
    let (ids, programs) = (of(|source| source.id.as_str()), of(|source| &source.program));
    let jurisdictions = of(|source| &source.jurisdiction);
    let any = LogFilter::default;
    for name in &filter.programs {
        let only = LogFilter { programs: vec![name.clone()], ..any() };
        expect(store, ("program", name), &programs, &only)?;
    }
    for name in &filter.jurisdictions {
        let only = LogFilter { jurisdictions: vec![name.clone()], ..any() };
        expect(store, ("jurisdiction", name), &jurisdictions, &only)?;
    }
    for id in &filter.sources {
        let only = LogFilter { sources: vec![id.clone()], ..any() };
        expect(store, ("source", id.as_str()), &ids, &only)?;
    }
    for id in &filter.rules {
        let only = LogFilter { rules: vec![id.clone()], ..any() };
        expect(store, ("rule", id.as_str()), &rules, &only)?;
    }
    filter.facts.iter().try_for_each(|target| expect_fact(store, catalog, target))
}

fn expect(
    store: &SharedStore,
    (kind, name): (&'static str, &str),
    known: &BTreeSet<String>,
    only: &LogFilter,
) -> Result<(), AskError> {
    if known.contains(name) || is_in_log(store, only)? {
        return Ok(());
    }
    Err(AskError::unknown(kind, name, known))
}

fn is_in_log(store: &SharedStore, only: &LogFilter) -> Result<bool, AskError> {
    let page = store.ask(|store| store.log_page(only, None, 1))?;
    Ok(!page.changes.is_empty())
}

/// A fact set, or a pattern that some fact set fits.
fn expect_fact(
    store: &SharedStore,
    catalog: &Catalog,
    target: &RuleTarget,
) -> Result<(), AskError> {
    let only = LogFilter { facts: vec![target.clone()], ..LogFilter::default() };
    let is_declared = |source: &Source| {
        let mut keys = source.recipe.facts.iter().map(|fact| fact.key.to_string());
        keys.any(|key| target.could_cover(&key))
    };
    if catalog.sources().any(is_declared) || is_in_log(store, &only)? {
        return Ok(());
    }
    let mut known: BTreeSet<String> =
        store.ask(|store| store.fact_names())?.iter().map(ToString::to_string).collect();
    if known.iter().any(|key| target.could_cover(key)) {
        return Ok(());
    }
    let keys = catalog.sources().flat_map(|source| &source.recipe.facts);
    known.extend(keys.map(|fact| fact.key.to_string()));
    Err(AskError::unknown("fact set", &target.words().join("."), &known))
}

/// The known name that is nearest to one that is not, as the end of a sentence; empty where none is near.
pub(super) fn did_you_mean(name: &str, known: &BTreeSet<String>) -> String {
    let near = nearest(name, known.iter().map(String::as_str));
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

impl AskError {
    /// The error for a name that is not known, with the nearest that is.
    pub(super) fn unknown(kind: &'static str, name: &str, known: &BTreeSet<String>) -> Self {
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        Self::Unknown { kind, name: name.to_owned(), near }
    }
}
