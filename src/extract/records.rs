//! Rows become records: their fields read, their key made, collisions settled.

use std::collections::BTreeMap;

use super::field::{self, Read};
use super::recipe::{FactRecipe, Locator};
use super::row::Row;
use crate::model::{
    Cause, Complaint, Evidence, Extraction, FactKey, FactSet, FieldName, Fields, Record, RecordKey,
    Value, json,
};

/// Adds what `rows` say to an extraction.
pub(super) fn add(
    recipe: &FactRecipe,
    locator: &Locator,
    rows: &[Row],
    extraction: &mut Extraction,
) {
    for row in rows {
        if let Some(why) = &row.unsound {
            let complaint = complaint(recipe, Cause::Unsound, &row.place, &row.quote, why);
            complain(complaint, extraction);
            continue;
        }
        let (records, mut complaints) = read(recipe, row);
        for fields in records {
            match keys(recipe, row, &fields) {
                Ok((fact, record)) => {
                    for (field, complaint) in &mut complaints {
                        complaint.about = Some((fact.clone(), record.clone(), field.clone()));
                    }
                    let evidence = Evidence {
                        locator: locator.name.clone(),
                        place: row.place.clone(),
                        quote: row.quote.clone(),
                    };
                    let fields = recipe.kept(fields);
                    insert(recipe, fact, &record, Record { fields, evidence }, extraction);
                }
                Err(why) => {
                    let text = row.get("heading").unwrap_or(&row.quote);
                    complain(complaint(recipe, Cause::Unkeyed, &row.place, text, &why), extraction);
                }
            }
        }
        complaints.into_iter().for_each(|(_, complaint)| complain(complaint, extraction));
    }
}

/// Reads the fields of a row: more than one record where a field repeats, and the fields that
/// cannot be read.
fn read(recipe: &FactRecipe, row: &Row) -> (Vec<Fields>, Vec<(FieldName, Complaint)>) {
    let mut records = vec![Fields::new()];
    let mut complaints = Vec::new();
    for field in &recipe.fields {
        match field::read(field, row) {
            Read::Absent => {}
            Read::Values(values) => {
                let with = |fields: &Fields, value: &Value| {
                    let mut fields = fields.clone();
                    fields.insert(field.name.clone(), value.clone());
                    fields
                };
                records = values
                    .iter()
                    .flat_map(|value| {
                        records.iter().map(|fields| with(fields, value)).collect::<Vec<_>>()
                    })
                    .collect();
            }
            Read::Unreadable { cell, text, why, cause } => {
                let place = format!("{}, {cell}", row.place);
                complaints
                    .push((field.name.clone(), complaint(recipe, cause, &place, &text, &why)));
            }
        }
    }
    (records, complaints)
}

fn keys(recipe: &FactRecipe, row: &Row, fields: &Fields) -> Result<(FactKey, RecordKey), String> {
    let look = |name: &str| {
        let field = fields.iter().find(|(field, _)| field.as_str() == name);
        field.map(|(_, value)| key_text(value)).or_else(|| row.get(name).map(str::to_owned))
    };
    let missing = |name: String| format!("nothing gives `{name}`, which its key needs");
    let fact = recipe.key.fill(look).map_err(missing)?;
    let record = recipe.record.fill(look).map_err(missing)?;
    let fact = FactKey::parse(&fact).map_err(|fault| fault.to_string())?;
    let record = RecordKey::parse(&record).map_err(|fault| fault.to_string())?;
    Ok((fact, record))
}

/// A value as part of a key: no grouping of digits, no unit.
fn key_text(value: &Value) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        Value::List(values) => values.iter().map(key_text).collect::<Vec<_>>().join(" "),
        value => value.to_string(),
    }
}

/// Puts a record in its set. The same record printed twice is one; two records that differ under
/// one key both stay, told apart by a number that does not depend on their order.
fn insert(
    recipe: &FactRecipe,
    fact: FactKey,
    key: &RecordKey,
    record: Record,
    extraction: &mut Extraction,
) {
    let set = extraction.facts.entry(fact).or_insert_with(|| FactSet {
        kind: recipe.kind,
        records: BTreeMap::new(),
        notes: recipe.notes(),
        wording: recipe.wording(),
        effective: recipe.effective.clone(),
    });
    let mut same_key: Vec<Record> = Vec::new();
    let numbered = |n: usize| match n {
        0 => Some(key.clone()),
        n => RecordKey::parse(&format!("{key}/{}", n + 1)).ok(),
    };
    for key in (0..).map_while(numbered).map_while(|key| set.records.remove(&key)) {
        same_key.push(key);
    }
    if same_key.iter().all(|known| known.fields != record.fields) {
        same_key.push(record);
    }
    same_key.sort_by_cached_key(|record| json::tagged_fields(&record.fields).to_string());
    for (n, record) in same_key.into_iter().enumerate() {
        if let Some(key) = numbered(n) {
            set.records.insert(key, record);
        }
    }
}

fn complaint(recipe: &FactRecipe, cause: Cause, place: &str, text: &str, why: &str) -> Complaint {
    Complaint {
        cause,
        about: None,
        fact: recipe.key.to_string(),
        place: place.to_owned(),
        text: text.to_owned(),
        why: why.to_owned(),
    }
}

/// Notes a complaint, once for the same words and cause.
fn complain(complaint: Complaint, extraction: &mut Extraction) {
    let same = |c: &Complaint| {
        c.fact == complaint.fact
            && c.text == complaint.text
            && c.why == complaint.why
            && c.about == complaint.about
    };
    if !extraction.complaints.iter().any(same) {
        extraction.complaints.push(complaint);
    }
}
