//! Rows become records: their fields read, their key made, collisions settled.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::field::{self, Read};
use super::recipe::{FactRecipe, Locator};
use super::row::Row;
use crate::model::{
    Cause, Complaint, Evidence, Extraction, FactKey, FactSet, FieldName, Fields, Record, RecordKey,
    Value, json,
};

/// What was read so far: every record under the key it asks for, every complaint.
#[derive(Default)]
pub(super) struct Gathered {
    sets: BTreeMap<FactKey, (FactSet, BTreeMap<RecordKey, Vec<Record>>)>,
    complaints: Vec<Complaint>,
}

impl Gathered {
    fn insert(&mut self, recipe: &FactRecipe, fact: FactKey, key: RecordKey, record: Record) {
        let (_, records) = self.sets.entry(fact).or_insert_with(|| {
            let set = FactSet {
                kind: recipe.kind,
                records: BTreeMap::new(),
                notes: recipe.notes(),
                wording: recipe.wording(),
                dates: recipe.dates.clone(),
            };
            (set, BTreeMap::new())
        });
        records.entry(key).or_default().push(record);
    }

    /// Settles collisions: the same words complained of twice are one complaint, the same record
    /// printed twice is one.
    pub(super) fn settled(self) -> Extraction {
        let mut extraction = Extraction::default();
        for (fact, (mut set, records)) in self.sets {
            settle(records, &mut set.records);
            extraction.facts.insert(fact, set);
        }
        let mut known = HashSet::new();
        extraction.complaints = self.complaints;
        extraction.complaints.retain(|c| {
            known.insert((c.fact.clone(), c.text.clone(), c.why.clone(), c.about.clone()))
        });
        extraction
    }
}

/// Two records that differ under one key both stay, told apart by a number that does not depend on
/// their order. A key that the page itself gives comes before one that is made here.
fn settle(gathered: BTreeMap<RecordKey, Vec<Record>>, records: &mut BTreeMap<RecordKey, Record>) {
    let mut more = Vec::new();
    for (key, mut alike) in gathered {
        if alike.len() > 1 {
            alike.sort_by_cached_key(|record| json::tagged_fields(&record.fields).to_string());
            alike.dedup_by(|record, known| record.fields == known.fields);
        }
        let mut alike = alike.into_iter();
        let first = alike.next();
        more.extend(alike.next().map(|second| (key.clone(), [second].into_iter().chain(alike))));
        records.extend(first.map(|record| (key, record)));
    }
    for (key, alike) in more {
        let mut n = 1_usize;
        for record in alike {
            let free = std::iter::from_fn(|| {
                n += 1;
                RecordKey::parse(&format!("{key}/{n}")).ok()
            });
            let free = free.into_iter().find(|key| !records.contains_key(key));
            records.extend(free.map(|key| (key, record)));
        }
    }
}

/// Adds what `rows` say to what was gathered.
pub(super) fn add(recipe: &FactRecipe, locator: &Locator, rows: &[Row], gathered: &mut Gathered) {
    for row in rows {
        if let Some(why) = &row.unsound {
            let complaint = complaint(recipe, Cause::Unsound, &row.place, &row.quote, why);
            gathered.complaints.push(complaint);
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
                    gathered.insert(recipe, fact, record, Record { fields, evidence });
                }
                Err(why) => {
                    let text = row.get("heading").unwrap_or(&row.quote);
                    let complaint = complaint(recipe, Cause::Unkeyed, &row.place, text, &why);
                    gathered.complaints.push(complaint);
                }
            }
        }
        gathered.complaints.extend(complaints.into_iter().map(|(_, complaint)| complaint));
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
            Read::Values(values) => records = with(records, &field.name, values),
            Read::Unreadable { cell, text, why, cause } => {
                let place = format!("{}, {cell}", row.place);
                complaints
                    .push((field.name.clone(), complaint(recipe, cause, &place, &text, &why)));
            }
        }
    }
    (records, complaints)
}

/// Every record with every value.
fn with(mut records: Vec<Fields>, name: &FieldName, mut values: Vec<Value>) -> Vec<Fields> {
    let Some(last) = values.pop() else { return Vec::new() };
    // Nearly always: one record, one value.
    if let ([only], true) = (records.as_mut_slice(), values.is_empty()) {
        only.insert(name.clone(), last);
        return records;
    }
    let mut all = Vec::with_capacity(records.len() * (values.len() + 1));
    for value in values {
        all.extend(records.iter().cloned().map(|mut fields| {
            fields.insert(name.clone(), value.clone());
            fields
        }));
    }
    for fields in &mut records {
        fields.insert(name.clone(), last.clone());
    }
    all.append(&mut records);
    all
}

fn keys(recipe: &FactRecipe, row: &Row, fields: &Fields) -> Result<(FactKey, RecordKey), String> {
    let look = |name: &str| {
        let field = fields.iter().find(|(field, _)| field.as_str() == name);
        field.map(|(_, value)| key_text(value)).or_else(|| row.get(name).map(Cow::Borrowed))
    };
    let missing = |name: String| format!("nothing gives `{name}`, which its key needs");
    let fact = recipe.key.fill(look).map_err(missing)?;
    let record = recipe.record.fill(look).map_err(missing)?;
    let fact = FactKey::parse(&fact).map_err(|fault| fault.to_string())?;
    let record = RecordKey::parse(&record).map_err(|fault| fault.to_string())?;
    Ok((fact, record))
}

/// A value as part of a key: no grouping of digits, no unit.
fn key_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => text.into(),
        Value::Integer(n) => n.to_string().into(),
        Value::List(values) => values.iter().map(key_text).collect::<Vec<_>>().join(" ").into(),
        value => value.to_string().into(),
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
