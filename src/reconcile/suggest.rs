//! Looks at a data file and proposes bindings: lists of codes, maps and rows whose keys or values are
//! those of a known fact set.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::value::words;
use super::weigh::main_field;
use crate::dataset::{Data, DataFile, DataFormat, DataNode, DataStep, written};
use crate::model::{FactKey, Official, OfficialRecord, Value};

/// The least share of a list's members that must be known, in hundredths.
const SHARE: usize = 60;

/// A group of keys at one place of the data.
struct Group {
    path: String,
    /// The name of the key in rows; `None` for a plain list or the names of a map.
    key: Option<String>,
    keys: BTreeSet<String>,
    /// The values of the keys, by their name in a row; "" in a map.
    values: BTreeMap<String, BTreeMap<String, Json>>,
    is_map: bool,
}

/// The fact sets that a data file's content looks like, as text for a binding file; empty when nothing
/// is recognised.
#[must_use]
pub fn suggest(file: &DataFile, official: &Official) -> String {
    let mut groups = Vec::new();
    gather(&file.root, &mut Vec::new(), &mut groups);
    let mut text = String::new();
    let mut taken = BTreeSet::new();
    for group in &groups {
        let best = official.sets.iter().filter_map(|(key, sets)| {
            let records = sets.iter().flat_map(|set| &set.records);
            let records: Vec<(&str, &OfficialRecord)> =
                records.map(|(key, r)| (key.as_str(), r)).collect();
            fit(group, &records).map(|fit| (fit, key))
        });
        let Some((fit, key)) = best.max_by(|a, b| (a.0.score, b.1).cmp(&(b.0.score, a.1))) else {
            continue;
        };
        if taken.insert((group.path.clone(), key.clone(), fit.record.clone())) {
            propose(&mut text, file, group, &fit, key);
        }
    }
    single_values(file, official, &mut text);
    text
}

/// How a group fits a fact set.
struct Fit {
    score: usize,
    record: String,
    /// The name of the value in the data, and the official field it is like.
    value: Option<(String, String)>,
    known: usize,
}

fn fit(group: &Group, records: &[(&str, &OfficialRecord)]) -> Option<Fit> {
    let depth = records.first()?.0.split('/').count();
    let mut best: Option<Fit> = None;
    for template in templates(records, depth) {
        let parsed = crate::binding::KeyTemplate::parse(&template).ok()?;
        let mut official: BTreeMap<&str, &OfficialRecord> = BTreeMap::new();
        for (key, record) in records {
            if let Some(key) = parsed.key(key) {
                official.entry(key).or_insert(record);
            }
        }
        let known = group.keys.iter().filter(|key| official.contains_key(key.as_str())).count();
        if known < 2 || known * 100 < group.keys.len() * SHARE {
            continue;
        }
        let value = alike(group, &official);
        // What is not a list of codes is recognised by its values, not by keys such as 1, 2, 3.
        let are_codes =
            group.keys.iter().all(|key| key.len() == 5 && key.bytes().all(|b| b.is_ascii_digit()));
        if !are_codes && value.is_none() && group.keys.iter().any(|key| key.len() < 4) {
            continue;
        }
        let both = known * 200 / (group.keys.len() + official.len());
        let score = both + value.as_ref().map_or(0, |(_, _, share)| *share);
        if best.as_ref().is_none_or(|best| score > best.score) {
            let value = value.map(|(name, field, _)| (name, field));
            best = Some(Fit { score, record: template, value, known });
        }
    }
    best
}

/// The templates that a set's keys allow: the whole key, or one part of it with the others fixed or free.
fn templates(records: &[(&str, &OfficialRecord)], depth: usize) -> Vec<String> {
    let mut all = BTreeSet::from(["{key}".to_owned()]);
    if (2..=4).contains(&depth) {
        for place in 0..depth {
            let free: Vec<&str> =
                (0..depth).map(|n| if n == place { "{key}" } else { "*" }).collect();
            all.insert(free.join("/"));
            for (key, _) in records {
                let parts = key
                    .split('/')
                    .enumerate()
                    .map(|(n, part)| if n == place { "{key}" } else { part });
                all.insert(parts.collect::<Vec<_>>().join("/"));
                let parts: Vec<&str> = key.split('/').collect();
                if let Some(inner) = parts.get(place).and_then(|part| within(part)) {
                    let with: Vec<&str> = parts
                        .iter()
                        .enumerate()
                        .map(|(n, part)| if n == place { inner.as_str() } else { part })
                        .collect();
                    all.insert(with.join("/"));
                }
            }
        }
    }
    all.into_iter().take(3000).collect()
}

/// The key inside a part that begins with a number: `18-years-of-age` is `{key}-years-of-age`.
fn within(part: &str) -> Option<String> {
    let (number, rest) = part.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{{key}}-{rest}"))
}

/// The value of the data that is most like an official field, with the share that agree.
fn alike(
    group: &Group,
    official: &BTreeMap<&str, &OfficialRecord>,
) -> Option<(String, String, usize)> {
    let words_of = BTreeMap::new();
    let rule = super::value::Rule {
        transforms: &[],
        words: &words_of,
        tolerance: rust_decimal::Decimal::ZERO,
    };
    let mut best: Option<(String, String, usize)> = None;
    for (name, values) in &group.values {
        let mut agree: BTreeMap<&str, usize> = BTreeMap::new();
        let mut compared = 0;
        for (key, value) in values {
            let Some(record) = official.get(key.as_str()) else { continue };
            compared += 1;
            for (field, stated) in &record.fields {
                let is_key = matches!(stated, Value::Noc(_));
                if !is_key && rule.agrees(value, stated.current()) {
                    *agree.entry(field.as_str()).or_default() += 1;
                }
            }
        }
        for (field, n) in agree {
            let share = n * 100 / compared.max(1);
            if share >= SHARE && best.as_ref().is_none_or(|(_, _, most)| share > *most) {
                best = Some((name.clone(), field.to_owned(), share));
            }
        }
    }
    best
}

/// Every list and map of the data that could be a fact set.
fn gather(node: &DataNode, at: &mut Vec<DataStep>, groups: &mut Vec<Group>) {
    match &node.data {
        Data::List(nodes) => {
            let path = written(at);
            let scalars: BTreeSet<String> =
                nodes.iter().filter_map(DataNode::value).map(words).collect();
            if scalars.len() == nodes.len() && scalars.len() > 1 {
                groups.push(Group {
                    path: format!("{path}[*]"),
                    key: None,
                    keys: scalars,
                    values: BTreeMap::new(),
                    is_map: false,
                });
            }
            rows(nodes, &path, groups);
            for (n, node) in nodes.iter().enumerate().take(50) {
                at.push(DataStep::Index(n));
                gather(node, at, groups);
                at.pop();
            }
        }
        Data::Map(entries) => {
            let keys: BTreeSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
            let mut values: BTreeMap<String, BTreeMap<String, Json>> = BTreeMap::new();
            for entry in entries {
                match &entry.value.data {
                    Data::Scalar(value) => {
                        values
                            .entry(String::new())
                            .or_default()
                            .insert(entry.key.clone(), value.clone());
                    }
                    Data::Map(inner) => {
                        for cell in inner {
                            if let Some(value) = cell.value.value() {
                                let column = values.entry(cell.key.clone()).or_default();
                                column.insert(entry.key.clone(), value.clone());
                            }
                        }
                    }
                    Data::List(_) => {}
                }
            }
            if keys.len() > 1 {
                groups.push(Group { path: written(at), key: None, keys, values, is_map: true });
            }
            for entry in entries {
                at.push(DataStep::Key(entry.key.clone()));
                gather(&entry.value, at, groups);
                at.pop();
            }
        }
        Data::Scalar(_) => {}
    }
}

/// A list of rows: each column may be the key.
fn rows(nodes: &[DataNode], path: &str, groups: &mut Vec<Group>) {
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        if let Data::Map(entries) = &node.data {
            for entry in entries.iter().filter(|entry| entry.value.value().is_some()) {
                *columns.entry(entry.key.as_str()).or_default() += 1;
            }
        }
    }
    let all: Vec<&str> =
        columns.iter().filter(|(_, n)| **n * 10 >= nodes.len() * 9).map(|(c, _)| *c).collect();
    for key in &all {
        let (mut keys, mut values) =
            (BTreeSet::new(), BTreeMap::<String, BTreeMap<String, Json>>::new());
        for node in nodes {
            let cell =
                |name: &str| node.child(&DataStep::Key(name.to_owned())).and_then(DataNode::value);
            let Some(own) = cell(key).map(words) else { continue };
            for column in all.iter().filter(|column| *column != key) {
                if let Some(value) = cell(column) {
                    values
                        .entry((*column).to_owned())
                        .or_default()
                        .insert(own.clone(), value.clone());
                }
            }
            keys.insert(own);
        }
        if keys.len() > 1 && keys.len() * 10 >= nodes.len() * 9 {
            let group = Group {
                path: format!("{path}[*]"),
                key: Some((*key).to_owned()),
                keys,
                values,
                is_map: false,
            };
            groups.push(group);
        }
    }
}

/// A text in quotation marks, as TOML and JSON write it.
fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

fn propose(text: &mut String, file: &DataFile, group: &Group, fit: &Fit, key: &FactKey) {
    let field = fit.value.as_ref().map(|(_, field)| format!("#{field}")).unwrap_or_default();
    let _ = write!(
        text,
        "# {} of the {} keys here are in this fact set.\n[[bind]]\nfact = {}\nfile = {}\n",
        fit.known,
        group.keys.len(),
        quoted(&format!("{key}{field}")),
        quoted(&file.name),
    );
    if !(matches!(file.format, DataFormat::Csv | DataFormat::Tsv) && group.path == "$[*]") {
        let _ = writeln!(text, "path = {}", quoted(&group.path));
    }
    if fit.record != "{key}" {
        let _ = writeln!(text, "record = {}", quoted(&fit.record));
    }
    let shape = if fit.value.is_some() { "map" } else { "set" };
    let _ = writeln!(text, "as = {}", quoted(shape));
    if let Some(key) = &group.key {
        let _ = writeln!(text, "key = {}", quoted(key));
    }
    if let Some((value, _)) = fit.value.as_ref().filter(|(value, _)| !value.is_empty()) {
        let _ = writeln!(text, "value = {}", quoted(value));
    }
    if group.is_map && fit.known < group.keys.len() {
        text.push_str(
            "# Some keys are not official: map them with keys = { \"yours\" = \"official\" }.\n",
        );
    }
    text.push('\n');
}

/// Single values with a name that a fact set of one amount shares: `lmia_fee = 1000`.
fn single_values(file: &DataFile, official: &Official, text: &mut String) {
    let mut found = Vec::new();
    scalars(&file.root, &mut Vec::new(), &mut found);
    for (at, value) in found {
        let names = at.iter().filter_map(|step| {
            if let DataStep::Key(key) = step { Some(key.as_str()) } else { None }
        });
        let own: BTreeSet<String> = names.flat_map(name_words).collect();
        let mut best: Option<(usize, &FactKey, &str, &str)> = None;
        for (key, sets) in &official.sets {
            for (record, stated) in sets.iter().flat_map(|set| &set.records) {
                let Some(field) = main_field(&stated.fields) else { continue };
                let Some(number) = stated.fields.get(field).and_then(Value::number) else {
                    continue;
                };
                let is_same = value.as_f64().is_some_and(|v| number.to_string().parse() == Ok(v));
                if !is_same {
                    continue;
                }
                let official_words: BTreeSet<String> = name_words(key.as_str())
                    .into_iter()
                    .chain(name_words(record.as_str()))
                    .collect();
                let score = own.intersection(&official_words).count();
                if score >= 2 && best.is_none_or(|(most, ..)| score > most) {
                    best = Some((score, key, record.as_str(), field.as_str()));
                }
            }
        }
        if let Some((_, key, record, field)) = best {
            let _ = write!(
                text,
                "[[bind]]\nfact = {}\nrecord = {}\nfile = {}\npath = {}\nas = \"value\"\n\n",
                quoted(&format!("{key}#{field}")),
                quoted(record),
                quoted(&file.name),
                quoted(&written(&at)),
            );
        }
    }
}

fn scalars<'a>(
    node: &'a DataNode,
    at: &mut Vec<DataStep>,
    found: &mut Vec<(Vec<DataStep>, &'a Json)>,
) {
    match &node.data {
        Data::Scalar(value) if value.is_number() => found.push((at.clone(), value)),
        Data::Map(entries) => {
            for entry in entries {
                at.push(DataStep::Key(entry.key.clone()));
                scalars(&entry.value, at, found);
                at.pop();
            }
        }
        // Values in a list have no names of their own.
        Data::Scalar(_) | Data::List(_) => {}
    }
}

/// The words of a name: `lmiaFeePerPosition`, `lmia_fee-per.position`.
fn name_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let is_break = !c.is_alphanumeric() || (c.is_uppercase() && was_lower);
        if is_break {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| word.len() > 2);
    words
}
