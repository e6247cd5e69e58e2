//! What a question about facts names: a fact set, one record of it, a pattern, a NOC code.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::AskError;
use super::facts::{Answer, Shown, When, facts};
use super::log::did_you_mean;
use crate::catalog::Catalog;
use crate::model::{FactKey, IdFault, RecordKey, RuleTarget, Value};
use crate::store::SharedStore;

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The fact sets, each known now or once.
    pub facts: Vec<FactKey>,
    /// The record, if one is named.
    pub record: Option<RecordKey>,
    /// Only records about these NOC codes, if any.
    pub nocs: Vec<String>,
}

/// Reads `KEY`, `KEY/RECORD` or a pattern, as the log prints them.
///
/// # Errors
/// When nothing is known under it, with the nearest key or record that is.
pub fn subject(store: &SharedStore, text: &str) -> Result<Subject, AskError> {
    let (key, record) =
        text.split_once('/').map_or((text, None), |(key, record)| (key, Some(record)));
    let key = key.split_once('#').map_or(key, |(key, _)| key);
    let wrong = |fault: IdFault| AskError::UnknownName(fault.to_string());
    let target = RuleTarget::parse(key).map_err(wrong)?;
    let mut known = store.ask(|store| store.fact_names())?;
    let names: BTreeSet<String> = known.iter().map(ToString::to_string).collect();
    known.retain(|fact| target.covers(fact));
    if known.is_empty() {
        let near = match key.split_once('*') {
            Some((begins, _)) => of_pattern(begins, &names),
            None => did_you_mean(key, &names),
        };
        return Err(AskError::NothingKnown(format!(
            "nothing is known under `{key}`{near}; `rulewatch facts` lists the keys"
        )));
    }
    let record = record.map(RecordKey::parse).transpose().map_err(wrong)?;
    if let Some(record) = &record {
        expect_record(store, &known, record)?;
    }
    Ok(Subject { facts: known, record, nocs: Vec::new() })
}

/// What a pattern may say, with a key that begins as it does.
fn of_pattern(begins: &str, names: &BTreeSet<String>) -> String {
    let known = names.iter().find(|name| name.starts_with(begins));
    let like = known.map(|name| format!(", as in `{name}`")).unwrap_or_default();
    format!(": `*` stands for one whole word between the dots{like}")
}

fn expect_record(
    store: &SharedStore,
    facts: &[FactKey],
    record: &RecordKey,
) -> Result<(), AskError> {
    let mut records = BTreeSet::new();
    for fact in facts {
        let states = store.ask(|store| store.history(fact, None))?;
        records.extend(states.into_iter().map(|state| state.record.to_string()));
    }
    if records.contains(record.as_str()) {
        return Ok(());
    }
    let near = did_you_mean(record.as_str(), &records);
    let facts: Vec<&str> = facts.iter().map(FactKey::as_str).collect();
    let facts = facts.join(", ");
    Err(AskError::NothingKnown(format!("there never was a record `{record}` of {facts}{near}")))
}

/// Every fact set that ever had a record about one of these NOC codes.
///
/// # Errors
/// When there is none, or the database cannot be read.
pub fn about_nocs(store: &SharedStore, nocs: &[String]) -> Result<Subject, AskError> {
    let mut facts = BTreeSet::new();
    for code in nocs {
        facts.extend(store.ask(|store| store.facts_about(code))?);
    }
    if facts.is_empty() {
        let nocs = nocs.join(", ");
        return Err(AskError::NothingKnown(format!("nothing was ever known about NOC {nocs}")));
    }
    Ok(Subject { facts: facts.into_iter().collect(), record: None, nocs: nocs.to_vec() })
}

/// What is in force, was, or was known, of everything that is asked about.
///
/// # Errors
/// When nothing of it is known, or the database cannot be read.
pub fn facts_of(
    store: &SharedStore,
    catalog: &Catalog,
    subject: &Subject,
    when: When,
    zone: &TimeZone,
) -> Result<Vec<(FactKey, Answer)>, AskError> {
    let (mut found, mut nothing) = (Vec::new(), None);
    for key in &subject.facts {
        match facts(store, catalog, key, when, zone) {
            Ok(mut answer) => {
                answer.shown.retain(|row| subject.takes(row));
                if !answer.shown.is_empty() {
                    found.push((key.clone(), answer));
                }
            }
            Err(AskError::NothingKnown(why)) => nothing = Some(why),
            Err(error) => return Err(error),
        }
    }
    if found.is_empty() {
        let why = nothing.unwrap_or_else(|| nothing_at(when));
        return Err(AskError::NothingKnown(why));
    }
    Ok(found)
}

/// That there is nothing of what is asked about.
fn nothing_at(when: When) -> String {
    match when {
        When::Today(_) => {
            "nothing of it is in force; `rulewatch log` and `rulewatch history` say what was"
                .to_owned()
        }
        When::AsOf(day) => format!("nothing of it was in force on {day}"),
        When::KnownAt(_) | When::AsOfKnownAt(..) => "nothing of it was known then".to_owned(),
    }
}

impl Subject {
    /// Whether a record is asked about.
    fn takes(&self, row: &Shown) -> bool {
        let is_named = self.record.as_ref().is_none_or(|record| *record == row.key);
        let is_about = |code: &String| {
            let in_key = row.key.as_str().split('/').any(|part| part.trim() == code);
            let is_code =
                |value: &Value| matches!(value, Value::Noc(noc) if noc.to_string() == *code);
            in_key || row.record.fields.values().any(is_code)
        };
        is_named && (self.nocs.is_empty() || self.nocs.iter().any(is_about))
    }
}
