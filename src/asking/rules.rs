//! The rules, what each depends on, and whether that can be relied on; and what depends on a fact or a change.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{AskError, AskedOfficial, change, official};
use crate::catalog::Catalog;
use crate::model::{
    Change, Doubt, FactKey, FieldName, OfficialRecord, OfficialSet, Rule, RuleId, RuleTarget,
    SourceId,
};
use crate::store::SharedStore;

/// A rule, and what it rests on.
#[derive(Debug, Clone)]
pub struct RuleStanding {
    /// The rule.
    pub rule: Rule,
    /// The known fact sets it depends on.
    pub facts: Vec<RuleFact>,
    /// What it depends on of which nothing is known.
    pub unknown: Vec<RuleTarget>,
}

impl RuleStanding {
    /// Whether everything it rests on is known and beyond doubt.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.unknown.is_empty() && self.facts.iter().all(|fact| fact.doubts.is_empty())
    }
}

/// A fact set that a rule depends on.
#[derive(Debug, Clone)]
pub struct RuleFact {
    /// Its key.
    pub key: FactKey,
    /// The source that states it.
    pub source: SourceId,
    /// The page.
    pub url: String,
    /// Its values, where they are few.
    pub values: Vec<String>,
    /// How many records it has.
    pub records: usize,
    /// The newest day from which one of them holds.
    pub since: Option<Date>,
    /// Why it may not be relied on.
    pub doubts: Vec<Doubt>,
}

/// The most records whose values are shown.
const FEW: usize = 4;

/// Every rule, or the one that is named.
///
/// # Errors
/// When there is none of that id, or the database cannot be read.
pub fn rules(
    store: &SharedStore,
    catalog: &Catalog,
    asked: &AskedOfficial<'_>,
    only: Option<&RuleId>,
) -> Result<Vec<RuleStanding>, AskError> {
    let meant: Vec<&Rule> =
        catalog.rules().iter().filter(|rule| only.is_none_or(|id| rule.id == *id)).collect();
    if let (Some(id), true) = (only, meant.is_empty()) {
        return Err(AskError::UnknownRule(id.clone()));
    }
    let covers =
        |rule: &&Rule, key: &FactKey| rule.depends_on.iter().any(|target| target.covers(key));
    let wanted = |key: &FactKey| meant.iter().any(|rule| covers(rule, key));
    let known = official(store, catalog, asked, &wanted)?;
    let standing = |rule: &Rule| {
        let sets = known.sets.iter().filter(|(key, _)| covers(&rule, key));
        let facts =
            sets.flat_map(|(key, sets)| sets.iter().map(|set| fact(rule, key, set))).collect();
        let is_unknown = |target: &&RuleTarget| !known.sets.keys().any(|key| target.covers(key));
        let unknown = rule.depends_on.iter().filter(is_unknown).cloned().collect();
        RuleStanding { rule: rule.clone(), facts, unknown }
    };
    Ok(meant.into_iter().map(standing).collect())
}

fn fact(rule: &Rule, key: &FactKey, set: &OfficialSet) -> RuleFact {
    let field =
        rule.depends_on.iter().filter(|target| target.covers(key)).find_map(RuleTarget::field);
    let shown = |record: &OfficialRecord| {
        let own = |name: &FieldName| field.is_none_or(|field| field == name);
        let fields = record.fields.iter().filter(|(name, _)| own(name));
        fields.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    let few = set.records.iter().filter(|_| set.records.len() <= FEW);
    RuleFact {
        key: key.clone(),
        source: set.source.clone(),
        url: set.url.clone(),
        values: few.map(|(key, record)| format!("{key}: {}", shown(record))).collect(),
        records: set.records.len(),
        since: set.records.values().filter_map(|record| record.since).max(),
        doubts: doubts(set).into_iter().collect(),
    }
}

/// Why a fact set, or a record of it, may not be relied on.
#[must_use]
pub fn doubts(set: &OfficialSet) -> BTreeSet<Doubt> {
    let of_records = set.records.values().flat_map(|record| &record.doubts);
    set.doubts.iter().chain(of_records).cloned().collect()
}

/// What depends on a fact set, or on a change.
#[derive(Debug, Clone)]
pub struct Impact {
    /// The fact set.
    pub fact: FactKey,
    /// The change, if one was asked about.
    pub change: Option<Change>,
    /// The rules that fire.
    pub rules: Vec<Rule>,
}

impl Impact {
    /// The tools of the rules, each once.
    #[must_use]
    pub fn tools(&self) -> BTreeSet<&str> {
        self.rules.iter().flat_map(|rule| &rule.tools).map(String::as_str).collect()
    }
}

/// What depends on a fact set (its key) or on a change (its id, or a unique beginning of it).
///
/// # Errors
/// When there is no such change or fact set, or the database cannot be read.
pub fn impact(
    store: &SharedStore,
    catalog: &Catalog,
    what: &str,
    today: Date,
) -> Result<Impact, AskError> {
    if let Ok(key) = FactKey::parse(what) {
        let rules: Vec<Rule> = catalog.touched(&key, None).cloned().collect();
        let is_known = || store.ask(|store| store.fact(&key)).map(|sets| !sets.is_empty());
        if rules.is_empty() && !is_known()? {
            let what = format!("nothing is known under `{key}`; `rulewatch facts` lists the keys");
            return Err(AskError::NothingKnown(what));
        }
        return Ok(Impact { fact: key, change: None, rules });
    }
    let change = change(store, what, today)?;
    let touched = catalog.touched(&change.fact, change.field.as_ref());
    let rules = touched.cloned().collect();
    Ok(Impact { fact: change.fact.clone(), change: Some(change), rules })
}
