//! The lists, maps and rows of a data file that could be fact sets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::words;
use crate::dataset::{Data, DataNode, DataStep, NamedNode, written};
use crate::reconcile::held::below;

/// A group of keys at one place of the data.
pub(super) struct Group {
    pub(super) path: String,
    /// The name of the key in rows; `None` for a plain list or the names of a map.
    pub(super) key: Option<String>,
    /// What stands before the code in every key: `NOC ` in `NOC 21231`. The keys are without it.
    pub(super) prefix: String,
    pub(super) keys: BTreeSet<String>,
    /// The values of the keys, by their name in a row; "" in a map.
    pub(super) values: BTreeMap<String, BTreeMap<String, Json>>,
    pub(super) is_map: bool,
}

impl Group {
    /// The same without what stands before the code in each key.
    fn plain(mut self) -> Self {
        let Some(prefix) = prefix(&self.keys) else { return self };
        let cut = |key: String| key.strip_prefix(&prefix).map_or(key.clone(), str::to_owned);
        self.keys = self.keys.into_iter().map(cut).collect();
        for values in self.values.values_mut() {
            *values = std::mem::take(values).into_iter().map(|(key, v)| (cut(key), v)).collect();
        }
        self.prefix = prefix;
        self
    }
}

/// The words before a code of five digits, where every key has the same.
fn prefix(keys: &BTreeSet<String>) -> Option<String> {
    let first = keys.first()?;
    let prefix = &first[..first.find(|c: char| c.is_ascii_digit())?];
    let is_code = |key: &String| {
        let code = key.strip_prefix(prefix).unwrap_or_default();
        code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    (!prefix.is_empty() && keys.iter().all(is_code)).then(|| prefix.to_owned())
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
                    prefix: String::new(),
                    keys: scalars,
                    values: BTreeMap::new(),
                    is_map: false,
                };
                groups.push(group.plain());
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
                let (path, prefix) = (written(at), String::new());
                groups.push(Group { path, key: None, prefix, keys, values, is_map: true }.plain());
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

/// The single values of a row by the names that a binding gives them: `code`, `wage.hourly`, `0` where it is a list.
fn columns(row: &DataNode) -> Vec<String> {
    match &row.data {
        Data::Map(entries) => entries.iter().flat_map(column).collect(),
        Data::List(nodes) if nodes.iter().all(|node| node.value().is_some()) => {
            (0..nodes.len()).map(|n| n.to_string()).collect()
        }
        Data::List(_) | Data::Scalar(_) => Vec::new(),
    }
}

fn column(entry: &NamedNode) -> Vec<String> {
    match &entry.value.data {
        Data::Scalar(_) => vec![entry.key.clone()],
        Data::Map(inner) => {
            let single = inner.iter().filter(|inner| inner.value.value().is_some());
            single.map(|inner| format!("{}.{}", entry.key, inner.key)).collect()
        }
        Data::List(_) => Vec::new(),
    }
}

/// A list of rows: each column may be the key.
fn rows(nodes: &[DataNode], path: &str, groups: &mut Vec<Group>) {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for name in nodes.iter().flat_map(columns) {
        *counted.entry(name).or_default() += 1;
    }
    let all: Vec<&str> = counted
        .iter()
        .filter(|(_, n)| **n * 10 >= nodes.len() * 9)
        .map(|(name, _)| name.as_str())
        .collect();
    for key in &all {
        let (mut keys, mut values) =
            (BTreeSet::new(), BTreeMap::<String, BTreeMap<String, Json>>::new());
        for node in nodes {
            let cell = |name: &str| below(node, name).and_then(|(_, node)| node.value());
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
                prefix: String::new(),
                keys,
                values,
                is_map: false,
            };
            groups.push(group.plain());
        }
    }
}
