//! Rows become records: their fields read, their key made, collisions settled.

use std::collections::BTreeMap;

use super::field::{self, Read};
use super::recipe::{FactRecipe, Locator};
use super::row::Row;
use crate::model::{
    Complaint, Evidence, Extraction, FactKey, FactSet, Fields, Record, RecordKey, Value, json,
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
            complain(recipe, &row.place, &row.quote, why, extraction);
            continue;
        }
        for fields in read(recipe, row, extraction) {
            match keys(recipe, row, &fields) {
                Ok((fact, record)) => {
                    let evidence = Evidence {
                        locator: locator.name.clone(),
                        place: row.place.clone(),
                        quote: row.quote.clone(),
                    };
                    insert(recipe, fact, record, Record { fields, evidence }, extraction);
                }
                Err(why) => {
                    let text = row.get("heading").unwrap_or(&row.quote).to_owned();
                    complain(recipe, &row.place, &text, &why, extraction);
                }
            }
        }
    }
}

/// Reads the fields of a row; more than one record where a field repeats.
fn read(recipe: &FactRecipe, row: &Row, extraction: &mut Extraction) -> Vec<Fields> {
    let mut records = vec![Fields::new()];
    for field in &recipe.fields {
        match field::read(field, row) {
            Read::Absent => {}
            Read::Values(values) => {
                records = values
                    .iter()
                    .flat_map(|value| {
                        records.iter().cloned().map(|mut fields| {
                            fields.insert(field.name.clone(), value.clone());
                            fields
                        })
                    })
                    .collect();
            }
            Read::Unreadable { cell, text, why } => {
                let place = format!("{}, {cell}", row.place);
                complain(recipe, &place, &text, &why, extraction);
            }
        }
    }
    records
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
    key: RecordKey,
    record: Record,
    extraction: &mut Extraction,
) {
    let set = extraction.facts.entry(fact).or_insert_with(|| FactSet {
        kind: recipe.kind,
        records: BTreeMap::new(),
        notes: recipe.notes(),
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

/// Notes a complaint, once for the same words and cause.
fn complain(recipe: &FactRecipe, place: &str, text: &str, why: &str, extraction: &mut Extraction) {
    let complaint = Complaint {
        fact: recipe.key.to_string(),
        place: place.to_owned(),
        text: text.to_owned(),
        why: why.to_owned(),
    };
    let known = |c: &Complaint| {
        c.fact == complaint.fact && c.text == complaint.text && c.why == complaint.why
    };
    if !extraction.complaints.iter().any(known) {
        extraction.complaints.push(complaint);
    }
}
