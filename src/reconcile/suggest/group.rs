//! The lists, maps and rows of a data file that could be fact sets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::words;
use crate::binding::code_in;
use crate::dataset::word_list::words_of;
use crate::dataset::{Data, DataNode, DataStep, NamedNode, written};
use crate::reconcile::held::below;

use super::single::label;

/// A group of keys at one place of the data.
pub(super) struct Group {
    /// Where it is; of rows with a word, the word too.
    pub(super) path: String,
    /// The name of the key in rows; `None` for a plain list or the names of a map.
    pub(super) key: Option<String>,
    /// What a binding does to each key to get the code in it: `strip-prefix:NOC ` for `NOC 21231`. The keys are
    /// without it.
    pub(super) transform: Option<String>,
    pub(super) keys: BTreeSet<String>,
    /// The values of the keys, by their name in a row; "" in a map.
    pub(super) values: BTreeMap<String, BTreeMap<String, Json>>,
    pub(super) is_map: bool,
    /// The word that all its rows have in a column of words.
    pub(super) word: Option<Word>,
}

/// A word of a column of words, which some of the rows have.
pub(super) struct Word {
    /// Where all the rows are.
    pub(super) path: String,
    pub(super) word: String,
    pub(super) column: String,
    /// The codes of all the rows.
    pub(super) rows: BTreeSet<String>,
}

impl Group {
    /// Whether every key is a NOC code.
    pub(super) fn are_codes(&self) -> bool {
        self.keys.iter().all(|key| is_code(key))
    }

    /// The same without the words around the code in each key.
    fn plain(mut self) -> Self {
        let Some((transform, codes)) = codes(&self.keys) else { return self };
        let cut = |key: String| codes.get(&key).cloned().unwrap_or(key);
        self.keys = self.keys.into_iter().map(cut).collect();
        for values in self.values.values_mut() {
            *values = std::mem::take(values).into_iter().map(|(key, v)| (cut(key), v)).collect();
        }
        self.transform = Some(transform);
        self
    }
}

fn is_code(key: &str) -> bool {
    key.len() == 5 && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code in each of some keys with words around it, each another one, and the transform that finds it.
fn codes(keys: &BTreeSet<String>) -> Option<(String, BTreeMap<String, String>)> {
    if keys.iter().all(|key| is_code(key)) {
        return None;
    }
    let code = |key: &String| Some((key.clone(), code_in(key)?.to_owned()));
    let codes: BTreeMap<String, String> = keys.iter().map(code).collect::<Option<_>>()?;
    if codes.values().collect::<BTreeSet<_>>().len() < codes.len() {
        return None;
    }
    let (first, code) = codes.first_key_value()?;
    let prefix = first.strip_suffix(code.as_str()).unwrap_or_default();
    let has_prefix = |(key, code): (&String, &String)| key.strip_prefix(prefix) == Some(code);
    let transform = match !prefix.is_empty() && codes.iter().all(has_prefix) {
        true => format!("strip-prefix:{prefix}"),
        false => "noc".to_owned(),
    };
    Some((transform, codes))
}

/// Every list and map of the data that could be a fact set.
pub(super) fn gather(node: &DataNode, at: &mut Vec<DataStep>, groups: &mut Vec<Group>) {
    match &node.data {
        Data::List(nodes) => {
            let path = written(at);
            let scalars: BTreeSet<String> =
                nodes.iter().filter_map(DataNode::value).map(words).collect();
            if scalars.len() == nodes.len() && scalars.len() > 1 {
                let group = Group {
                    path: format!("{path}[*]"),
                    key: None,
                    transform: None,
                    keys: scalars,
                    values: BTreeMap::new(),
                    is_map: false,
                    word: None,
                };
                groups.push(group.plain());
            }
            rows(nodes, &path, groups);
            worded(nodes, &path, groups);
            let are_named = label(nodes).is_some();
            for (n, node) in nodes.iter().enumerate().take(50) {
                at.push(DataStep::Index(n));
                match &node.data {
                    // The columns of a row that has a name are no keys of one thing.
                    Data::Map(entries) if are_named => inside(entries, at, groups),
                    _ => gather(node, at, groups),
                }
                at.pop();
            }
        }
        Data::Map(entries) => {
            let keys: BTreeSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
            let mut values: BTreeMap<String, BTreeMap<String, Json>> = BTreeMap::new();
            for entry in entries {
                let columns = match entry.value.value() {
                    Some(_) => vec![String::new()],
                    None => columns(&entry.value),
                };
                for name in columns {
                    let cell = if name.is_empty() {
                        Some(&entry.value)
                    } else {
                        cell(&entry.value, &name)
                    };
                    if let Some(value) = cell.and_then(DataNode::value) {
                        values.entry(name).or_default().insert(entry.key.clone(), value.clone());
                    }
                }
            }
            if keys.len() > 1 {
                let (path, key, transform) = (written(at), None, None);
                let group = Group { path, key, transform, keys, values, is_map: true, word: None };
                groups.push(group.plain());
            }
            inside(entries, at, groups);
        }
        Data::Scalar(_) => {}
    }
}

fn inside(entries: &[NamedNode], at: &mut Vec<DataStep>, groups: &mut Vec<Group>) {
    for entry in entries {
        at.push(DataStep::Key(entry.key.clone()));
        gather(&entry.value, at, groups);
        at.pop();
    }
}

/// The most steps from a row down to a value.
const DEEPEST: usize = 3;

/// The single values of a row by the names that a binding gives them: `code`, `wage.hourly`, `0` where it is a list.
fn columns(row: &DataNode) -> Vec<String> {
    let mut names = Vec::new();
    match &row.data {
        Data::Map(_) => named("", row, DEEPEST, &mut names),
        Data::List(nodes) if nodes.iter().all(|node| node.value().is_some()) => {
            names.extend((0..nodes.len()).map(|n| n.to_string()));
        }
        Data::List(_) | Data::Scalar(_) => {}
    }
    names
}

fn named(above: &str, node: &DataNode, depth: usize, names: &mut Vec<String>) {
    let Data::Map(entries) = &node.data else { return };
    for NamedNode { key, value, .. } in entries {
        let name = format!("{above}{key}");
        match value.value() {
            Some(_) => names.push(name),
            None if depth > 1 => named(&format!("{name}."), value, depth - 1, names),
            None => {}
        }
    }
}

fn cell<'a>(row: &'a DataNode, name: &str) -> Option<&'a DataNode> {
    below(row, name).map(|(_, node)| node)
}

/// The most words of a column of words.
const MOST_WORDS: usize = 40;

/// Rows of which one column holds words, in a list or a text: for each word, the codes of the rows that have it.
fn worded(nodes: &[DataNode], path: &str, groups: &mut Vec<Group>) {
    let mut rows_of: BTreeMap<&str, BTreeMap<&str, Vec<&DataNode>>> = BTreeMap::new();
    for row in nodes {
        let Data::Map(entries) = &row.data else { return };
        for NamedNode { key, value, .. } in entries {
            for word in words_of(value).into_iter().flatten().collect::<BTreeSet<_>>() {
                rows_of.entry(key).or_default().entry(word).or_default().push(row);
            }
        }
    }
    rows_of.retain(|_, words| words.len() <= MOST_WORDS);
    let keys = |key: &str, rows: &[&DataNode]| -> Option<BTreeSet<String>> {
        rows.iter().map(|row| cell(row, key)?.value().map(words)).collect()
    };
    let all = nodes.iter().collect::<Vec<_>>();
    let codes = |key: String| {
        let keys = keys(&key, &all)?;
        let codes = keys.iter().map(|key| code_in(key).map(str::to_owned));
        Some((key, codes.collect::<Option<BTreeSet<String>>>()?))
    };
    // The columns of codes, any of which could be the key.
    let columns = nodes.iter().flat_map(columns).collect::<BTreeSet<_>>();
    let columns: Vec<(String, BTreeSet<String>)> = columns.into_iter().filter_map(codes).collect();
    for (column, rows_of) in rows_of {
        for (word, rows) in rows_of {
            for (key, codes) in columns.iter().filter(|(key, _)| key != column) {
                let Some(keys) = keys(key, &rows).filter(|keys| keys.len() > 1) else { continue };
                let of = Word {
                    path: format!("{path}[*]"),
                    word: word.to_owned(),
                    column: column.to_owned(),
                    rows: codes.clone(),
                };
                let group = Group {
                    path: format!("{path}[*], {column}, {word}"),
                    key: Some(key.clone()),
                    transform: None,
                    keys,
                    values: BTreeMap::new(),
                    is_map: false,
                    word: Some(of),
                };
                groups.extend(Some(group.plain()).filter(Group::are_codes));
            }
        }
    }
}

/// A list of rows: each column may be the key.
fn rows(nodes: &[DataNode], path: &str, groups: &mut Vec<Group>) {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    // In their order: of a lower and an upper end the lower is first.
    let mut all: Vec<String> = Vec::new();
    for name in nodes.iter().flat_map(columns) {
        let n = counted.entry(name.clone()).or_default();
        *n += 1;
        if *n == 1 {
            all.push(name);
        }
    }
    all.retain(|name| counted.get(name).is_some_and(|n| n * 10 >= nodes.len() * 9));
    for key in &all {
        let (mut keys, mut values) =
            (BTreeSet::new(), BTreeMap::<String, BTreeMap<String, Json>>::new());
        for node in nodes {
            let cell = |name: &str| cell(node, name).and_then(DataNode::value);
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
                transform: None,
                keys,
                values,
                is_map: false,
                word: None,
            };
            groups.push(group.plain());
        }
    }
}
