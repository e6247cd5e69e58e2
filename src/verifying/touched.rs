//! What is wrong in data that is bound to official facts of some of them, for those who keep it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{VerifiedData, Wish, bindings, folder_of, verify};
use crate::asking::{self, AskError, AskedOfficial};
use crate::binding::BindingFile;
use crate::catalog::Catalog;
use crate::model::{BoundData, Change, DataPatch, FactKey, Stage, TouchedData, in_full};
use crate::store::SharedStore;

/// What is asked of data.
#[derive(Debug, Clone, Copy)]
pub struct Touch<'a> {
    /// The fact sets that are meant.
    pub facts: &'a BTreeSet<FactKey>,
    /// Whether what is announced counts as if it were in force.
    pub announced: bool,
    /// What time it is.
    pub now: Timestamp,
    /// The zone for display.
    pub zone: &'a TimeZone,
}

/// What these changes make wrong in somebody's data; `None` where none of it is bound to what changed. Data that
/// cannot be looked at is said to be so: a letter goes out whatever a file beside it is like.
#[must_use]
pub fn touched(
    store: &SharedStore,
    catalog: &Catalog,
    data: &BoundData,
    changes: &[&Change],
    (now, zone): (Timestamp, &TimeZone),
) -> Option<TouchedData> {
    let failed = |fault| TouchedData {
        name: data.name.clone(),
        fault: Some(fault),
        ..TouchedData::default()
    };
    let mut own = match bindings(&data.file) {
        Ok(own) => own,
        Err(error) => return Some(failed(in_full(&error))),
    };
    let facts = changes.iter().map(|change| change.fact.clone()).collect();
    keep(&mut own, &facts);
    if own.bindings.is_empty() {
        return None;
    }
    let announced = changes.iter().any(|change| change.stage == Stage::Announced);
    let touch = Touch { facts: &facts, announced, now, zone };
    let found = wrong(store, catalog, (data, &own), &touch);
    Some(found.unwrap_or_else(|error| failed(in_full(&error))))
}

/// Keeps the bindings that ask for one of these fact sets.
pub fn keep(own: &mut BindingFile, facts: &BTreeSet<FactKey>) {
    own.bindings.retain(|binding| facts.iter().any(|fact| binding.fact.covers(fact)));
}

/// What is wrong of the facts that are meant in data with these bindings.
///
/// # Errors
/// When the facts cannot be read.
pub fn wrong(
    store: &SharedStore,
    catalog: &Catalog,
    (data, own): (&BoundData, &BindingFile),
    touch: &Touch<'_>,
) -> Result<TouchedData, AskError> {
    let is_meant = |key: &FactKey| touch.facts.contains(key);
    let asked = AskedOfficial { as_of: None, now: touch.now, zone: touch.zone };
    let official = asking::official(store, catalog, &asked, &is_meant)?;
    let wish = Wish { today: official.day, announced: touch.announced, catalog: Some(catalog) };
    let VerifiedData { findings, patches, .. } =
        verify(own, folder_of(&data.file), &official, wish);
    let mut tools: Vec<String> = Vec::new();
    for tool in own.bindings.iter().flat_map(|binding| &binding.tools) {
        if !tools.contains(tool) {
            tools.push(tool.clone());
        }
    }
    // A pattern that names no set that is meant finds nothing to compare, which is no news here.
    let found = findings.found.into_iter();
    let found = found.filter(|found| found.fact.as_ref().is_some_and(is_meant)).collect();
    let patches = patches.into_iter().map(|patch| DataPatch {
        unified: patch.unified(),
        file: patch.file,
        operations: patch.operations,
    });
    Ok(TouchedData {
        name: data.name.clone(),
        found,
        tools,
        patches: patches.collect(),
        fault: None,
    })
}
