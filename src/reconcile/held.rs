//! The data's side of a binding: the keys and values that stand at its place.

use jiff::civil::Date;

use super::Report;
use crate::binding::{Binding, Measure, Shape};
use crate::dataset::{Data, DataFile, DataFormat, DataNode, DataStep, Selected};
use crate::model::{DataPlace, FieldName, FindingKind, FindingNote};

/// One key of the data.
pub(super) struct Item<'a> {
    /// The key, as official.
    pub(super) key: String,
    /// The key, as the data has it.
    raw: String,
    /// Where it stands.
    pub(super) at: Vec<DataStep>,
    /// The bytes it is at.
    pub(super) node: &'a DataNode,
    /// Its values: the field, and where each stands; `None` where the data leaves it out.
    pub(super) cells: Vec<Cell<'a>>,
}

/// One value of the data.
pub(super) struct Cell<'a> {
    /// The official field.
    pub(super) field: Option<FieldName>,
    /// Where it stands.
    pub(super) at: Vec<DataStep>,
    /// The value.
    pub(super) node: Option<&'a DataNode>,
}

/// What stands at a binding's place.
pub(super) struct HeldData<'a> {
    /// The keys.
    pub(super) items: Vec<Item<'a>>,
    /// The list or map that a new key goes into, if there is one.
    pub(super) home: Option<Home<'a>>,
    /// Whether a row may be taken out: it is there for this alone.
    pub(super) may_remove: bool,
}

/// Where a new key goes.
pub(super) struct Home<'a> {
    pub(super) at: Vec<DataStep>,
    pub(super) node: &'a DataNode,
    /// Whether it is a map, where a new value needs its name.
    pub(super) by_name: bool,
}

/// A place, for a finding.
pub(super) fn place(file: &DataFile, at: &[DataStep], node: &DataNode) -> DataPlace {
    let is_rows = matches!(file.format, DataFormat::Csv | DataFormat::Tsv | DataFormat::Rows);
    let path = match at {
        [DataStep::Index(row)] if is_rows => format!("row {}", row + 1),
        [DataStep::Index(row), DataStep::Key(column)] if is_rows => {
            format!("row {}, column {column}", row + 1)
        }
        _ => crate::dataset::written(at),
    };
    DataPlace { file: file.name.clone(), line: file.line(node.span.start), path }
}

/// The values that a binding's path and filter select; `None`, with a finding, when there are none.
pub(super) fn selected<'a>(
    report: &mut Report<'_>,
    file: &'a DataFile,
) -> Option<Vec<Selected<'a>>> {
    let binding = report.binding;
    if file.format == DataFormat::Text {
        let what = "nothing but a claim can be bound in a text; the file's name must end in .json, .yaml, .toml, .csv, .tsv or .sqlite";
        report.say(FindingKind::BadFile, what);
        return None;
    }
    let rows = matches!(file.format, DataFormat::Csv | DataFormat::Tsv | DataFormat::Rows);
    let path = binding.at.path.as_deref().unwrap_or(if rows { "$[*]" } else { "$" });
    let mut found = match file.select(path) {
        Ok(found) => found,
        Err(why) => {
            report.say(FindingKind::NotFound, why);
            return None;
        }
    };
    let was = found.len();
    if !binding.at.filter.is_empty() {
        found = found.into_iter().flat_map(spread).collect();
        found.retain(|selected| fits(selected.node, binding));
    }
    if found.is_empty() && !rows && was == 0 && !path.contains("[?") {
        let what = format!("nothing stands at `{path}`{}", nearest(file, path));
        report.say(FindingKind::NotFound, what);
        return None;
    }
    Some(found)
}

/// How far a path leads, and what is there: for a path with a name that is wrong.
fn nearest(file: &DataFile, path: &str) -> String {
    let cuts = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
    for at in cuts.collect::<Vec<_>>().into_iter().rev().filter(|at| *at > 0) {
        let Ok(found) = file.select(&path[..at]) else { continue };
        if let Some(selected) = found.first() {
            let names: Vec<&str> = match &selected.node.data {
                Data::Map(entries) => entries.iter().take(8).map(|e| e.key.as_str()).collect(),
                Data::List(_) => vec!["a list"],
                Data::Scalar(_) => vec!["a single value"],
            };
            return format!("; at `{}` there is {}", &path[..at], names.join(", "));
        }
    }
    String::new()
}

/// The rows of a list; a row itself, which may be a list of single values.
fn spread(selected: Selected<'_>) -> Vec<Selected<'_>> {
    let is_row =
        |nodes: &[DataNode]| !nodes.is_empty() && nodes.iter().all(|node| node.value().is_some());
    match &selected.node.data {
        Data::List(nodes) if !is_row(nodes) => {
            let row = |(n, node)| Selected { steps: selected.below(DataStep::Index(n)), node };
            nodes.iter().enumerate().map(row).collect()
        }
        _ => vec![selected],
    }
}

fn fits(node: &DataNode, binding: &Binding) -> bool {
    binding.at.filter.iter().all(|(name, wanted)| {
        let found = below(node, name).and_then(|(_, node)| node.value());
        found.is_some_and(|value| super::value::words(value).trim() == wanted)
    })
}

/// A named value below a node, or the one at a place of a list, from 0; a name with dots leads deeper unless it is
/// a name itself.
pub(super) fn below<'a>(node: &'a DataNode, name: &str) -> Option<(Vec<DataStep>, &'a DataNode)> {
    let step = |name: &str| match (&node.data, name.parse()) {
        (Data::List(_), Ok(at)) => DataStep::Index(at),
        _ => DataStep::Key(name.to_owned()),
    };
    let whole = step(name);
    if let Some(child) = node.child(&whole) {
        return Some((vec![whole], child));
    }
    let (first, rest) = name.split_once('.')?;
    let first = step(first);
    let (steps, found) = below(node.child(&first)?, rest)?;
    Some((std::iter::once(first).chain(steps).collect(), found))
}

/// The keys and values at a binding's place.
pub(super) fn held<'a>(report: &mut Report<'_>, file: &'a DataFile) -> Option<HeldData<'a>> {
    let selected = selected(report, file)?;
    let binding = report.binding;
    let key = match &binding.shape {
        Shape::Set { key } | Shape::Map { key, .. } | Shape::Table { key, .. } => key.as_deref(),
        Shape::Value | Shape::Claim => None,
    };
    let mut items = Vec::new();
    let mut home = None;
    for one in &selected {
        match (key, &one.node.data) {
            (Some(key), _) => {
                for row in spread(one.clone()) {
                    row_item(report, file, key, &row, &mut items);
                }
            }
            (None, Data::List(nodes)) => {
                home = Some(Home { at: one.steps.clone(), node: one.node, by_name: false });
                for (n, node) in nodes.iter().enumerate() {
                    member(report, file, one.below(DataStep::Index(n)), node, &mut items);
                }
            }
            (None, Data::Map(entries)) => {
                home = Some(Home { at: one.steps.clone(), node: one.node, by_name: true });
                for entry in entries {
                    let at = one.below(DataStep::Key(entry.key.clone()));
                    let name = serde_json::Value::String(entry.key.clone());
                    let key = official_key(binding, &name);
                    let cells = cells(binding, &at, &entry.value);
                    let raw = entry.key.clone();
                    items.push(Item { key, raw, at, node: &entry.value, cells });
                }
            }
            (None, Data::Scalar(_)) => {
                member(report, file, one.steps.clone(), one.node, &mut items);
            }
        }
    }
    items.retain(|item| !binding.own.contains(&item.key) && !binding.own.contains(&item.raw));
    if home.is_none()
        && key.is_none()
        && let Some((_, parent)) = items.first().and_then(|item| item.at.split_last())
        && let Some(node) = file.node(parent)
        && items.iter().all(|item| item.at.split_last().is_some_and(|(_, of)| of == parent))
    {
        home = Some(Home { at: parent.to_vec(), node, by_name: matches!(node.data, Data::Map(_)) });
    }
    let is_filtered = !binding.at.filter.is_empty()
        || binding.at.path.as_deref().is_some_and(|path| path.contains("[?"));
    Some(HeldData { items, home, may_remove: !is_filtered && !selected.is_empty() })
}

fn member<'a>(
    report: &mut Report<'_>,
    file: &DataFile,
    at: Vec<DataStep>,
    node: &'a DataNode,
    items: &mut Vec<Item<'a>>,
) {
    match node.value() {
        Some(value) => {
            let key = official_key(report.binding, value);
            let raw = super::value::words(value);
            items.push(Item { key, raw, at, node, cells: Vec::new() });
        }
        None => {
            let place = place(file, &at, node);
            let what =
                format!("{} on line {} is no single value: name its `key`", place.path, place.line);
            report.say(FindingKind::Ambiguous, what);
        }
    }
}

fn row_item<'a>(
    report: &mut Report<'_>,
    file: &DataFile,
    key: &str,
    row: &Selected<'a>,
    items: &mut Vec<Item<'a>>,
) {
    let Some((_, value)) = below(row.node, key).and_then(|(at, node)| Some((at, node.value()?)))
    else {
        let place = place(file, &row.steps, row.node);
        let what = format!("{} on line {} has no single value `{key}`", place.path, place.line);
        report.say(FindingKind::NotFound, what);
        return;
    };
    let key = official_key(report.binding, value);
    let cells = cells(report.binding, &row.steps, row.node);
    let raw = super::value::words(value);
    items.push(Item { key, raw, at: row.steps.clone(), node: row.node, cells });
}

fn official_key(binding: &Binding, value: &serde_json::Value) -> String {
    let raw = super::value::words(value);
    match binding.keys.get(raw.trim()) {
        Some(key) => key.clone(),
        None => super::value::key(value, &binding.key_transforms),
    }
}

fn cells<'a>(binding: &Binding, at: &[DataStep], node: &'a DataNode) -> Vec<Cell<'a>> {
    let cell = |name: Option<&str>, field: Option<FieldName>| {
        let found = match name {
            Some(name) => below(node, name),
            None => Some((Vec::new(), node)),
        };
        let steps = found.as_ref().map_or_else(
            || vec![DataStep::Key(name.unwrap_or_default().to_owned())],
            |(steps, _)| steps.clone(),
        );
        let at = at.iter().cloned().chain(steps).collect();
        Cell { field, at, node: found.map(|(_, node)| node) }
    };
    match &binding.shape {
        Shape::Map { value, .. } => {
            let field =
                if let Measure::Field(field) = &binding.measure { field.clone() } else { None };
            vec![cell(value.as_deref(), field)]
        }
        Shape::Table { columns, .. } => {
            columns.iter().map(|(name, field)| cell(Some(name), Some(field.clone()))).collect()
        }
        Shape::Set { .. } | Shape::Value | Shape::Claim => Vec::new(),
    }
}

/// How long a difference may stand.
pub(super) fn allowed(binding: &Binding, record: &str, today: Date) -> Option<FindingNote> {
    let known = binding.known.iter().find(|known| known.record == record || known.record == "*")?;
    let (reason, until) = (known.reason.clone(), known.until);
    Some(match today <= until {
        true => FindingNote::Allowed { until, reason },
        false => FindingNote::Expired { until, reason },
    })
}
