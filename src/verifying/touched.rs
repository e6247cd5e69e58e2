//! What changes make wrong in data that is bound to official facts, for those who keep it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{VerifiedData, VerifyError, Wish, bindings, folder_of, verify};
use crate::asking::{self, AskedOfficial};
use crate::catalog::Catalog;
use crate::model::{BoundData, Change, FactKey, Stage, TouchedData, in_full};
use crate::store::SharedStore;

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
    let of = TouchedData { name: data.name.clone(), ..TouchedData::default() };
    let changed = |key: &FactKey| changes.iter().any(|change| change.fact == *key);
    let mut own = match bindings(&data.file) {
        Ok(own) => own,
        Err(error) => return Some(failed(of, &error)),
    };
    own.bindings.retain(|binding| changes.iter().any(|change| binding.fact.covers(&change.fact)));
    if own.bindings.is_empty() {
        return None;
    }
    let mut tools: Vec<String> = Vec::new();
    for tool in own.bindings.iter().flat_map(|binding| &binding.tools) {
        if !tools.contains(tool) {
            tools.push(tool.clone());
        }
    }
    let asked = AskedOfficial { as_of: None, now, zone };
    let official = match asking::official(store, catalog, &asked, &changed) {
        Ok(official) => official,
        Err(error) => return Some(TouchedData { fault: Some(in_full(&error)), ..of }),
    };
    let announced = changes.iter().any(|change| change.stage == Stage::Announced);
    let wish = Wish { today: official.day, announced, catalog: Some(catalog) };
    let VerifiedData { findings, patches, .. } =
        verify(&own, folder_of(&data.file), &official, wish);
    // A pattern that names no changed set finds nothing to compare, which is no news here.
    let found = findings.found.into_iter().filter(|found| found.fact.as_ref().is_some_and(changed));
    let patches = patches.iter().map(super::Patch::unified).collect();
    Some(TouchedData { tools, found: found.collect(), patches, ..of })
}

fn failed(of: TouchedData, error: &VerifyError) -> TouchedData {
    TouchedData { fault: Some(in_full(error)), ..of }
}
