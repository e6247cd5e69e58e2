//! What can be named in a question, for the completions of a shell.

use std::collections::BTreeMap;

use super::AskError;
use crate::catalog::Catalog;
use crate::model::{FactKey, LogFilter};
use crate::store::SharedStore;

/// How many changes are named: the latest.
const CHANGES: usize = 100;

/// A kind of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The id of a source.
    Source,
    /// A program.
    Program,
    /// A jurisdiction.
    Jurisdiction,
    /// The key of a fact set.
    Fact,
    /// The id of a rule.
    Rule,
    /// A NOC code that some record is about.
    Noc,
    /// The id of a change: one of the latest.
    Change,
}

/// Every name of a kind that the catalogue or the database has, each with what it means where that is known.
/// Without a database, what the catalogue has.
///
/// # Errors
/// When the database cannot be read.
pub fn names(
    store: Option<&SharedStore>,
    catalog: &Catalog,
    of: Named,
) -> Result<BTreeMap<String, String>, AskError> {
    let sources = || catalog.sources().chain(catalog.off());
    let no_more = |word: &str| (word.to_owned(), String::new());
    Ok(match of {
        Named::Source => sources().map(|one| (one.id.to_string(), one.title.en.clone())).collect(),
        Named::Program => sources().map(|one| no_more(&one.program)).collect(),
        Named::Jurisdiction => sources().map(|one| no_more(&one.jurisdiction)).collect(),
        Named::Rule => catalog
            .rules()
            .iter()
            .map(|rule| (rule.id.to_string(), rule.title.en.clone()))
            .collect(),
        Named::Fact => {
            let stated = store.map(|store| store.ask(|store| store.fact_names())).transpose()?;
            // A key that the page has a part in is known once it was stated.
            let declared = sources().flat_map(|one| &one.recipe.facts);
            let declared = declared.filter_map(|fact| FactKey::parse(&fact.key.to_string()).ok());
            declared.chain(stated.unwrap_or_default()).map(|key| no_more(key.as_str())).collect()
        }
        Named::Noc => {
            let Some(store) = store else { return Ok(BTreeMap::new()) };
            store.ask(|store| store.noc_codes())?.iter().map(|code| no_more(code)).collect()
        }
        Named::Change => {
            let Some(store) = store else { return Ok(BTreeMap::new()) };
            let latest =
                LogFilter { limit: Some(CHANGES), newest_first: true, ..LogFilter::default() };
            let changes = store.ask(|store| store.changes(&latest))?;
            changes.into_iter().map(|one| (one.id.to_string(), one.summary.en)).collect()
        }
    })
}
