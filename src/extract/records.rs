//! Matches become records: their fields read, their key made, collisions settled.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::matches::Match;
use super::recipe::{FactRecipe, Locator};
use crate::extract::page::bounds::{RECORDS, more_than};
use crate::extract::value::field::{self, Read};
use crate::model::{
    Breakage, Cause, Complaint, Evidence, Extraction, FactKey, FactSet, FieldName, Fields, Record,
    RecordKey, Value, json,
};

/// What was read so far: every record with the key it asks for, every complaint.
#[derive(Default)]
pub(crate) struct Gathered {
    sets: BTreeMap<FactKey, (FactSet, Vec<(RecordKey, Record)>)>,
    complaints: Vec<Complaint>,
    /// How many records there are.
    records: usize,
}

impl Gathered {
    /// Refuses more than is read of one page.
    pub(crate) fn check(&self) -> Result<(), Breakage> {
        if self.is_full() { Err(more_than(RECORDS, "records and complaints")) } else { Ok(()) }
    }

    fn is_full(&self) -> bool {
        self.records + self.complaints.len() > RECORDS
    }

    fn insert(&mut self, recipe: &FactRecipe, fact: FactKey, key: RecordKey, record: Record) {
        self.records += 1;
        let (_, records) = self.sets.entry(fact).or_insert_with(|| {
            let set = FactSet {
                kind: recipe.kind,
                records: BTreeMap::new(),
                notes: recipe.notes(),
                wording: recipe.wording(),
                dates: recipe.dates.clone(),
            };
            (set, Vec::new())
        });
        records.push((key, record));
    }

    /// Settles collisions: the same words complained of twice are one complaint, the same record
    /// printed twice is one.
    pub(crate) fn settled(self) -> Extraction {
        let mut extraction = Extraction::default();
        for (fact, (mut set, records)) in self.sets {
            set.records = settle(records);
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
fn settle(mut gathered: Vec<(RecordKey, Record)>) -> BTreeMap<RecordKey, Record> {
    gathered.sort_by(|(a, _), (b, _)| a.cmp(b));
    // Nearly always every key is asked for once.
    if gathered.is_sorted_by(|(a, _), (b, _)| a < b) {
        return gathered.into_iter().collect();
    }
    let mut by_key: BTreeMap<RecordKey, Vec<Record>> = BTreeMap::new();
    for (key, record) in gathered {
        by_key.entry(key).or_default().push(record);
    }
    let mut more = Vec::new();
    let mut records = BTreeMap::new();
    for (key, mut alike) in by_key {
        alike.sort_by_cached_key(|record| json::tagged_fields(&record.fields).to_string());
        alike.dedup_by(|record, known| record.fields == known.fields);
        let mut alike = alike.into_iter();
        records.extend(alike.next().map(|first| (key.clone(), first)));
        more.push((key, alike));
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
    records
}

/// Makes records of the matches of one fact set, and adds them to what was gathered.
pub(crate) fn add(
    recipe: &FactRecipe,
    locator: &Locator,
    matches: Vec<Match<'_>>,
    gathered: &mut Gathered,
) {
    for matched in matches {
        add_one(recipe, locator, &matched, gathered);
        if gathered.is_full() {
            return;
        }
    }
}

fn add_one(recipe: &FactRecipe, locator: &Locator, matched: &Match<'_>, gathered: &mut Gathered) {
    let (place, quote) = (&matched.place, &matched.quote);
    if let Some(why) = &matched.unsound {
        gathered.complaints.push(complaint(recipe, Cause::Unsound, place, quote, why));
        return;
    }
    let (records, mut complaints) = read(recipe, matched);
    for fields in records {
        match keys(recipe, matched, &fields) {
            Ok((fact, record)) => {
                for (field, complaint) in &mut complaints {
                    complaint.about = Some((fact.clone(), record.clone(), field.clone()));
                }
                let evidence = Evidence {
                    locator: Arc::clone(&locator.name),
                    place: place.clone(),
                    quote: quote.clone(),
                };
                let fields = recipe.kept(fields);
                gathered.insert(recipe, fact, record, Record { fields, evidence });
            }
            Err(why) => {
                let text = matched.get("heading").unwrap_or(quote);
                gathered.complaints.push(complaint(recipe, Cause::Unkeyed, place, text, &why));
            }
        }
    }
    gathered.complaints.extend(complaints.into_iter().map(|(_, complaint)| complaint));
}

/// The keys that a record of a match asks for.
fn keys(
    recipe: &FactRecipe,
    matched: &Match<'_>,
    fields: &Fields,
) -> Result<(FactKey, RecordKey), String> {
    let look = |name: &str| {
        let field = fields.iter().find(|(field, _)| field.as_str() == name);
        field.map(|(_, value)| key_text(value)).or_else(|| matched.get(name).map(Cow::Borrowed))
    };
    let missing = |name: String| format!("nothing gives `{name}`, which its key needs");
    let fact = recipe.key.fill(look).map_err(missing)?;
    let fact = FactKey::parse(&fact).map_err(|fault| fault.to_string())?;
    let record = recipe.record.fill(look).map_err(missing)?;
    let record = RecordKey::parse(&record).map_err(|fault| fault.to_string())?;
    Ok((fact, record))
}

/// Reads the fields of a match: more than one record where a field repeats, and the fields that
/// cannot be read.
fn read(recipe: &FactRecipe, matched: &Match<'_>) -> (Vec<Fields>, Vec<(FieldName, Complaint)>) {
    let mut records = vec![Fields::with_capacity(recipe.fields.len())];
    let mut complaints = Vec::new();
    for field in &recipe.fields {
        let name = &field.name;
        match field::read(field, matched) {
            Read::Absent => {}
            Read::Value(value) => {
                if let Some((last, others)) = records.split_last_mut() {
                    for fields in others {
                        fields.insert(name.clone(), value.clone());
                    }
                    last.insert(name.clone(), value);
                }
            }
            Read::Values(values) => records = with(&records, name, &values),
            Read::Unreadable { cell, text, why, cause } => {
                let place = format!("{}, {cell}", matched.place);
                let complaint = complaint(recipe, cause, &place, &text, &why);
                complaints.push((name.clone(), complaint));
            }
        }
    }
    (records, complaints)
}

/// Every record with every value.
fn with(records: &[Fields], name: &FieldName, values: &[Value]) -> Vec<Fields> {
    let one = |fields: &Fields, value: &Value| {
        let mut fields = fields.clone();
        fields.insert(name.clone(), value.clone());
        fields
    };
    let all = values.iter().flat_map(|value| records.iter().map(move |fields| one(fields, value)));
    // One more than there may be is refused.
    all.take(RECORDS + 1).collect()
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
