//! On which days rules take effect and end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};

use super::{AskError, feed::facts_among};
use crate::catalog::Catalog;
use crate::conclude::{milestones, with_quiet};
use crate::model::{Bilingual, ChangeId, FactKey, LogFilter, Milestone, Told};
use crate::store::{Sets, SharedStore, StoreError};

/// A calendar: its days, and what the fact sets are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days, in order.
    pub milestones: Vec<Milestone>,
    /// The titles of fact sets. A set without one goes by its key.
    pub titles: BTreeMap<FactKey, Bilingual>,
}

/// The days from `from` on which rules take effect or end, and those that were withdrawn: each of them that
/// something had a part in which a filter lets through. That is a change that readers were told of, or what a page
/// said in its first facts, when nobody was.
///
/// # Errors
/// When the database cannot be read.
pub fn calendar(
    store: &SharedStore,
    catalog: &Catalog,
    filter: &LogFilter,
    from: Date,
    zone: &TimeZone,
) -> Result<Calendar, AskError> {
    let (dated, mut sets, mut quiet) = store.ask(|store| {
        let dated = store.dated(filter, from)?;
        let sets: Sets =
            dated.iter().map(|(source, fact, _)| (source.clone(), fact.clone())).collect();
        let quiet = store.quiet_facts(from, &sets)?;
        Ok::<_, StoreError>((dated, sets, quiet))
    })?;
    sets.extend(quiet.keys().cloned());
    let mut asked: BTreeSet<ChangeId> = dated.into_iter().map(|(_, _, id)| id).collect();
    let mut all = Vec::new();
    for (source, fact) in sets {
        let mut told = store.ask(|store| store.told_of_fact(&source, &fact))?;
        if let Some(source) = catalog.declared(&source) {
            let quiet = quiet.remove(&(source.id.clone(), fact)).unwrap_or_default();
            told = with_quiet(catalog, source, &quiet, told, zone);
        }
        let lets_through = |told: &&Told| told.is_quiet && filter.lets_through(&told.change);
        asked.extend(told.iter().filter(lets_through).map(|told| told.change.id.clone()));
        let of_set = milestones(&told, zone).into_iter();
        all.extend(
            of_set
                .filter(|milestone| milestone.day >= from && !milestone.about.is_disjoint(&asked)),
        );
    }
    all.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    let changes = all.iter().flat_map(|milestone| &milestone.changes);
    let titles = facts_among(changes).into_iter().filter_map(|(source, fact)| {
        let title = catalog.declared(source)?.title_of(fact, catalog.glossary())?;
        Some((fact.clone(), title))
    });
    let titles = titles.collect();
    Ok(Calendar { milestones: all, titles })
}
