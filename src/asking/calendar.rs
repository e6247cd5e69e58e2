//! On which days rules take effect and end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};

use super::{AskError, feed::facts_among};
use crate::catalog::Catalog;
use crate::conclude::milestones;
use crate::model::{Bilingual, ChangeId, FactKey, LogFilter, Milestone, SourceId};
use crate::store::SharedStore;

/// A calendar: its days, and what the fact sets are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days, in order.
    pub milestones: Vec<Milestone>,
    /// The titles of fact sets. A set without one goes by its key.
    pub titles: BTreeMap<FactKey, Bilingual>,
}

/// The days from `from` on which rules take effect or end, and those that were withdrawn: each of them that a
/// change had a part in which a filter lets through.
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
    let dated = store.ask(|store| store.dated(filter, from))?;
    let sets: BTreeSet<(SourceId, FactKey)> =
        dated.iter().map(|(source, fact, _)| (source.clone(), fact.clone())).collect();
    let asked: BTreeSet<ChangeId> = dated.into_iter().map(|(_, _, id)| id).collect();
    let mut all = Vec::new();
    for (source, fact) in &sets {
        let told = store.ask(|store| store.told_of_fact(source, fact))?;
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
