//! Facts that several pages state, and state differently: a state that is shown, not an alert.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::model::{FactKey, FieldName, RecordKey, Rule, RuleId, SourceId, Value};
use crate::store::{Store, StoreError};

/// A value that a page states of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The source.
    pub source: SourceId,
    /// The fact set.
    pub fact: FactKey,
    /// The record.
    pub record: RecordKey,
    /// The field.
    pub field: FieldName,
    /// The value.
    pub value: Value,
}

/// One fact that pages state differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The rule that says they speak of one fact.
    pub rule: RuleId,
    /// What each page says of it.
    pub stated: Vec<Stated>,
}

/// Everything that is disputed, by rule.
///
/// # Errors
/// When the database cannot be read.
pub fn disputes(store: &Store, catalog: &Catalog) -> Result<Vec<Dispute>, StoreError> {
    let mut all = Vec::new();
    for rule in catalog.rules().iter().filter(|rule| !rule.one_fact.is_empty()) {
        all.extend(disputed(rule, &stated(store, rule)?));
    }
    Ok(all)
}

fn stated(store: &Store, rule: &Rule) -> Result<Vec<Stated>, StoreError> {
    let mut stated = Vec::new();
    for (fact, field) in &rule.one_fact {
        for (source, set) in store.fact(fact)? {
            for (record, said) in set.records {
                let Some(value) = said.fields.get(field).cloned() else { continue };
                let (source, fact, field) = (source.clone(), fact.clone(), field.clone());
                stated.push(Stated { source, fact, record, field, value });
            }
        }
    }
    Ok(stated)
}

/// What differs among statements of the same record. Sets of one record each speak of the same
/// thing, whatever each calls it.
fn disputed(rule: &Rule, stated: &[Stated]) -> Vec<Dispute> {
    let records = |fact: &FactKey| stated.iter().filter(|s| s.fact == *fact).count();
    let single = rule.one_fact.iter().all(|(fact, _)| records(fact) <= 1);
    let mut about: BTreeMap<&str, Vec<&Stated>> = BTreeMap::new();
    for said in stated {
        about.entry(if single { "" } else { said.record.as_str() }).or_default().push(said);
    }
    let differ = |of: &Vec<&Stated>| of.windows(2).any(|pair| !pair[0].value.same(&pair[1].value));
    about
        .into_values()
        .filter(differ)
        .map(|of| Dispute { rule: rule.id.clone(), stated: of.into_iter().cloned().collect() })
        .collect()
}
