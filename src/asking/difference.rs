//! How what was in force on two days differs.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::AskError;
use super::facts::When;
use super::subject::{Subject, facts_of};
use crate::catalog::Catalog;
use crate::model::{FactKey, Record, RecordKey, SourceId};
use crate::store::SharedStore;

/// A record that was not the same on two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// The fact set.
    pub fact: FactKey,
    /// The source.
    pub source: SourceId,
    /// The record.
    pub record: RecordKey,
    /// What it was on the earlier day; `None`: it was not there.
    pub before: Option<Record>,
    /// What it was on the later day; `None`: it was not there.
    pub after: Option<Record>,
}

/// The records that differ between two days, by key.
///
/// # Errors
/// When nothing was known on either day, or the database cannot be read.
pub fn difference(
    store: &SharedStore,
    catalog: &Catalog,
    subject: &Subject,
    (from, to): (Date, Date),
    zone: &TimeZone,
) -> Result<Vec<Differing>, AskError> {
    let on = |day| facts_of(store, catalog, subject, When::AsOf(day), zone);
    let (before, after) = match (on(from), on(to)) {
        (Ok(before), Ok(after)) => (before, after),
        (Ok(before), Err(AskError::NothingKnown(_))) => (before, Vec::new()),
        (Err(AskError::NothingKnown(_)), Ok(after)) => (Vec::new(), after),
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    let mut all: BTreeMap<(FactKey, SourceId, RecordKey), [Option<Record>; 2]> = BTreeMap::new();
    for (side, answers) in [before, after].into_iter().enumerate() {
        for (fact, answer) in answers {
            for row in answer.shown {
                let sides = all.entry((fact.clone(), row.source, row.key)).or_default();
                sides[side] = Some(row.record);
            }
        }
    }
    let fields = |record: &Option<Record>| record.as_ref().map(|record| record.fields.clone());
    let differing = all.into_iter().filter(|(_, [a, b])| fields(a) != fields(b));
    Ok(differing
        .map(|((fact, source, record), [before, after])| Differing {
            fact,
            source,
            record,
            before,
            after,
        })
        .collect())
}
