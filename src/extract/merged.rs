//! Rows that hold what were two: "Renewal, Replacement" beside "$400, $30".
//!
//! Which of the figures is whose is not read, so no record is made of such a row, and those whose words are in it
//! are not gone.

use super::recipe::FactRecipe;
use super::rest::SHOWN;
use crate::model::{
    Extraction, FactKey, FactSet, Facts, FieldName, RecordKey, text,
    words::{contains, words},
};

/// Leaves out what is no record yet: its figures, which are all that is known of others of its set, cannot be read.
pub(super) fn leave_out(fact: &FactRecipe, known: &Facts, extraction: &mut Extraction) {
    let Extraction { facts, complaints, .. } = extraction;
    let sets = facts.iter_mut().filter(|(key, set)| fact.covers(key) && set.kind.is_of_figures());
    for (key, set) in sets {
        let Some(known) = known.get(key) else { continue };
        let of_record = |record: &RecordKey| {
            let mut about = complaints.iter().filter_map(|complaint| complaint.about.as_ref());
            about.any(|(fact, name, _)| (fact, name) == (key, record))
        };
        let (notes, wording) = (&set.notes, &set.wording);
        let says = |name: &FieldName| !notes.contains(name) && !wording.contains(name);
        set.records.retain(|name, record| {
            known.records.contains_key(name) || record.fields.keys().any(says) || !of_record(name)
        });
    }
}

/// Why a record cannot be told from others, and what stands there: the label of a row has all words of its key, and no
/// value is read from that row.
pub(super) fn holds(
    (key, before): (&FactKey, &FactSet),
    record: &RecordKey,
    extraction: &Extraction,
) -> Option<(String, String)> {
    let said = |key: &RecordKey| words(&key.as_str().replace('-', " "));
    let is_it = |about: &(FactKey, RecordKey, FieldName)| {
        about.0 == *key
            && !before.records.contains_key(&about.1)
            && contains(&said(&about.1), &said(record))
    };
    let of = extraction.complaints.iter().find(|c| c.about.as_ref().is_some_and(is_it))?;
    Some((format!("{}: {}", of.place, of.why), text::excerpt(&of.text, SHOWN)))
}
