//! What is watched.

use std::collections::BTreeMap;

use super::AskError;
use crate::catalog::{Catalog, SCHEMA, Source};
use crate::model::{Bilingual, RuleId, Shares, SourceId, Verified};
use crate::store::SharedStore;

/// A source in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSummary {
    /// Its id.
    pub id: SourceId,
    /// Its title.
    pub title: Bilingual,
    /// The program it belongs to.
    pub program: String,
    /// The jurisdiction.
    pub jurisdiction: String,
    /// How many fact sets, or families of them, are read from it.
    pub facts: usize,
    /// What its recipe was verified against: the day of a capture, or `structure`.
    pub verified: String,
}

/// A source and its recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDetails {
    /// Its entry in a list.
    pub summary: SourceSummary,
    /// Its address, then other addresses of the same page.
    pub addresses: Vec<String>,
    /// The French page.
    pub translation: Option<String>,
    /// The schedule, and the zone it is in.
    pub schedule: (String, String),
    /// The terms under which the page may be used.
    pub terms: Option<String>,
    /// Where it is declared and who publishes it.
    pub provenance: Provenance,
    /// What is read from it.
    pub facts: Vec<FactDetails>,
    /// The rules that depend on it, and their titles.
    pub rules: Vec<(RuleId, Bilingual)>,
}

/// Where a source comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The file and the line that declare it.
    pub declared: String,
    /// The files and lines that override parts of it, and the keys they set.
    pub overrides: Vec<(String, Vec<String>)>,
    /// Whether it is watched, and not switched off.
    pub enabled: bool,
    /// Its publisher's name.
    pub publisher: Option<Bilingual>,
    /// How the publisher asks to be named.
    pub attribution: Option<Bilingual>,
    /// What the publisher's robots.txt says, in words.
    pub robots: Option<String>,
}

/// A fact set, or a family of them, and how it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactDetails {
    /// The key; parts that are read from the page are in braces.
    pub key: String,
    /// The word for its type.
    pub kind: &'static str,
    /// How its records are keyed.
    pub record: String,
    /// The names of its fields.
    pub fields: Vec<String>,
    /// Its locators, each with the part of the set it reads; an empty name means the whole set.
    pub locators: Vec<(String, String)>,
}

/// Everything that a catalogue declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The sources that are watched, by id.
    pub watched: Vec<SourceSummary>,
    /// The sources that a later file overrides: the id, the place, the keys it sets.
    pub overridden: Vec<(SourceId, String, Vec<String>)>,
    /// The sources that are switched off.
    pub off: Vec<SourceId>,
}

/// Checks that the catalogue has every one of these sources.
///
/// # Errors
/// The first one it does not have.
pub fn expect_sources<'a>(
    catalog: &Catalog,
    ids: impl IntoIterator<Item = &'a SourceId>,
) -> Result<(), AskError> {
    match ids.into_iter().find(|id| catalog.source(id).is_none()) {
        Some(id) => Err(AskError::UnknownSource(id.clone())),
        None => Ok(()),
    }
}

/// Every source, by id.
#[must_use]
pub fn sources(catalog: &Catalog) -> Sources {
    let overrides = |source: &Source| {
        let id = source.id.clone();
        let places = source.origin.overrides.clone().into_iter();
        places.map(move |(place, keys)| (id.clone(), place, keys))
    };
    Sources {
        watched: catalog.sources().map(summary).collect(),
        overridden: catalog.sources().flat_map(overrides).collect(),
        off: catalog.off().map(|source| source.id.clone()).collect(),
    }
}

/// For each source, how the words of the page that was read last are read.
///
/// # Errors
/// When the database cannot be read.
pub fn shares(store: &SharedStore) -> Result<BTreeMap<SourceId, Shares>, AskError> {
    Ok(store.ask(|store| store.shares())?)
}

/// The JSON schema of the catalogue's language, for editors.
#[must_use]
pub fn schema() -> &'static str {
    SCHEMA
}

/// One source and its recipe, whether or not it is watched.
///
/// # Errors
/// When there is none of that id.
pub fn source(catalog: &Catalog, id: &SourceId) -> Result<SourceDetails, AskError> {
    let source = catalog.declared(id).ok_or_else(|| AskError::UnknownSource(id.clone()))?;
    let keys: Vec<String> = source.recipe.facts.iter().map(|fact| fact.key.to_string()).collect();
    let rules = catalog.rules().iter().filter(|rule| {
        rule.depends_on.iter().any(|target| keys.iter().any(|key| target.could_cover(key)))
    });
    Ok(SourceDetails {
        summary: summary(source),
        addresses: [&source.url].into_iter().chain(&source.also).map(ToString::to_string).collect(),
        translation: source.url_fr.as_ref().map(ToString::to_string),
        schedule: (source.schedule.expression().to_owned(), source.schedule.zone().to_owned()),
        terms: source.terms.clone(),
        provenance: provenance(source, catalog),
        facts: details(source),
        rules: rules.map(|rule| (rule.id.clone(), rule.title.clone())).collect(),
    })
}

fn provenance(source: &Source, catalog: &Catalog) -> Provenance {
    let publisher = catalog.publisher(source);
    Provenance {
        declared: source.origin.place.clone(),
        overrides: source.origin.overrides.clone(),
        enabled: source.enabled,
        publisher: publisher.map(|publisher| publisher.name.clone()),
        attribution: publisher.and_then(|publisher| publisher.attribution.clone()),
        robots: publisher.and_then(|publisher| publisher.robots.clone()),
    }
}

fn summary(source: &Source) -> SourceSummary {
    SourceSummary {
        id: source.id.clone(),
        title: source.title.clone(),
        program: source.program.clone(),
        jurisdiction: source.jurisdiction.clone(),
        facts: source.recipe.facts.len(),
        verified: match source.verified {
            Verified::Capture(day) => day.to_string(),
            Verified::Structure => "structure".to_owned(),
        },
    }
}

fn details(source: &Source) -> Vec<FactDetails> {
    let fact_details = source.recipe.facts.iter().map(|fact| FactDetails {
        key: fact.key.to_string(),
        kind: fact.kind.word(),
        record: fact.record.to_string(),
        fields: fact.fields.iter().map(|field| field.name.to_string()).collect(),
        locators: fact
            .parts
            .iter()
            .flat_map(|part| {
                part.locators.iter().map(|locator| (part.name.clone(), locator.name.to_string()))
            })
            .collect(),
    });
    fact_details.collect()
}
