//! Held facts as JSON, the form the database keeps them in. Values are in their tagged form, so what
//! is read back equals what was held.

use serde_json::{Map, Value as Json, json};

use super::rows::{evidence, evidence_json, list};
use crate::model::{
    DateFields, FactKey, FactSet, FactType, Facts, FieldName, Record, RecordKey,
    json::{tagged_fields, untag_fields},
};

/// Writes facts.
pub(super) fn encode(facts: &Facts) -> String {
    let sets: Map<String, Json> =
        facts.iter().map(|(key, set)| (key.as_str().to_owned(), set_json(set))).collect();
    Json::Object(sets).to_string()
}

/// Reads facts back; `None` when the JSON is not what [`encode`] wrote.
pub(super) fn decode(json: &Json) -> Option<Facts> {
    json.as_object()?
        .iter()
        .map(|(key, set)| Some((FactKey::parse(key).ok()?, read(set)?)))
        .collect()
}

fn set_json(set: &FactSet) -> Json {
    let record = |(key, record): (&RecordKey, &Record)| {
        let body = json!({
            "fields": tagged_fields(&record.fields),
            "evidence": evidence_json(&record.evidence),
        });
        (key.as_str().to_owned(), body)
    };
    json!({
        "kind": set.kind.word(),
        "notes": notes_json(&set.notes),
        "effective": set.dates.effective.as_ref().map(FieldName::as_str),
        "expires": set.dates.expires.as_ref().map(FieldName::as_str),
        "applies_to": set.dates.applies_to.as_ref().map(FieldName::as_str),
        "records": set.records.iter().map(record).collect::<Map<_, _>>(),
    })
}

fn read(json: &Json) -> Option<FactSet> {
    let record = |(key, body): (&String, &Json)| {
        let record = Record {
            fields: untag_fields(body.get("fields")?)?,
            evidence: evidence(body.get("evidence")?)?,
        };
        Some((RecordKey::parse(key).ok()?, record))
    };
    // Facts held before the other date fields were added have only the first.
    let field = |name: &str| match json.get(name) {
        None | Some(Json::Null) => Some(None),
        Some(name) => Some(Some(FieldName::parse(name.as_str()?).ok()?)),
    };
    let dates = DateFields {
        effective: field("effective")?,
        expires: field("expires")?,
        applies_to: field("applies_to")?,
    };
    Some(FactSet {
        kind: FactType::from_word(json.get("kind")?.as_str()?)?,
        records: json.get("records")?.as_object()?.iter().map(record).collect::<Option<_>>()?,
        notes: notes(json.get("notes")?)?,
        wording: Vec::new(),
        dates,
    })
}

/// Writes the names of the fields that only explain.
pub(super) fn notes_json(notes: &[FieldName]) -> Json {
    notes.iter().map(FieldName::as_str).collect()
}

/// Reads those names back.
pub(super) fn notes(json: &Json) -> Option<Vec<FieldName>> {
    list(json, |name| FieldName::parse(name).ok())
}
