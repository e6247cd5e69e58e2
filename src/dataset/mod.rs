//! Reads a user's data file into values that know their place, and edits it there.
//!
//! JSON (with comments), YAML, TOML and CSV become one tree of [`DataNode`]s, each with the bytes it was read
//! from; [`DataFile::select`] finds nodes by JSONPath, and [`edit::apply`] changes single values while every
//! other byte stays.

mod csv;
pub mod edit;
mod json;
mod path;
mod toml;
pub mod word_list;
mod yaml;

use std::ops::Range;

use serde_json::{Map, Value as Json};

pub use path::{DataStep, Selected, pointer, written};

/// The deepest nesting that is read.
const DEEPEST: usize = 64;

/// What a data file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFormat {
    /// JSON, comments and commas at the end allowed.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// Values separated by commas or semicolons, with a line of names.
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// Text: only quotations of it can be bound.
    Text,
    /// Rows of a database, which cannot be edited here.
    Rows,
}

impl DataFormat {
    /// What a file's name says.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "json" | "jsonc" | "json5" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            "toml" => Self::Toml,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "db" | "sqlite" | "sqlite3" => Self::Rows,
            _ => Self::Text,
        }
    }
}

/// A value of a file, and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct DataNode {
    /// The bytes it was read from.
    pub span: Range<usize>,
    /// What it is.
    pub data: Data,
    /// Whether other places use the same bytes (a YAML alias), or it has none (a database), so that it
    /// cannot be edited alone.
    pub shared: bool,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A single value.
    Scalar(Json),
    /// Named values.
    Map(Vec<NamedNode>),
    /// Values in a row.
    List(Vec<DataNode>),
}

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedNode {
    /// The name.
    pub key: String,
    /// The bytes of name and value together.
    pub whole: Range<usize>,
    /// The value.
    pub value: DataNode,
}

impl DataNode {
    /// A single value.
    #[must_use]
    pub fn scalar(span: Range<usize>, value: Json) -> Self {
        Self { span, data: Data::Scalar(value), shared: false }
    }

    /// The node at a step below.
    #[must_use]
    pub fn child(&self, step: &DataStep) -> Option<&Self> {
        match (&self.data, step) {
            (Data::Map(entries), DataStep::Key(key)) => {
                entries.iter().find(|entry| entry.key == *key).map(|entry| &entry.value)
            }
            (Data::List(nodes), DataStep::Index(at)) => nodes.get(*at),
            _ => None,
        }
    }

    /// The single value, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Json> {
        if let Data::Scalar(value) = &self.data { Some(value) } else { None }
    }

    /// The same, as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.data {
            Data::Scalar(value) => value.clone(),
            Data::List(nodes) => nodes.iter().map(Self::to_json).collect(),
            Data::Map(entries) => Json::Object(
                entries.iter().map(|e| (e.key.clone(), e.value.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }
}

/// A data file.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// Its name, as the binding names it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it is.
    pub format: DataFormat,
    /// What it holds.
    pub root: DataNode,
    json: Json,
    lines: Vec<usize>,
}

impl DataFile {
    /// Reads a file's text by what its name says it is.
    ///
    /// # Errors
    /// Where it is not what it should be, in words with the line.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let format = DataFormat::of_name(name);
        let root = match format {
            DataFormat::Json => json::read(text)?,
            DataFormat::Yaml => yaml::read(text)?,
            DataFormat::Toml => toml::read(text)?,
            DataFormat::Csv => csv::read(text, csv::separator(text))?,
            DataFormat::Tsv => csv::read(text, b'\t')?,
            DataFormat::Text | DataFormat::Rows => {
                DataNode::scalar(0..text.len(), Json::String(text.to_owned()))
            }
        };
        Ok(Self::of(name, text, format, root))
    }

    /// Rows of a database: each a list of names and values.
    #[must_use]
    pub fn of_rows(name: &str, rows: Vec<Vec<(String, Json)>>) -> Self {
        // None of it is bytes of a text, so none can be edited.
        let node = |data| DataNode { span: 0..0, data, shared: true };
        let cell = |(key, value): (String, Json)| {
            let value = node(Data::Scalar(value));
            NamedNode { key, whole: 0..0, value }
        };
        let row =
            |cells: Vec<(String, Json)>| node(Data::Map(cells.into_iter().map(cell).collect()));
        let root = node(Data::List(rows.into_iter().map(row).collect()));
        Self::of(name, "", DataFormat::Rows, root)
    }

    fn of(name: &str, text: &str, format: DataFormat, root: DataNode) -> Self {
        let json = root.to_json();
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self { name: name.to_owned(), text: text.to_owned(), format, root, json, lines }
    }

    /// What it holds, as JSON.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// The line of a byte, from 1; 0 in a database.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        if self.format == DataFormat::Rows {
            0
        } else {
            self.lines.partition_point(|end| *end < at) + 1
        }
    }

    /// The node at a path.
    #[must_use]
    pub fn node(&self, steps: &[DataStep]) -> Option<&DataNode> {
        steps.iter().try_fold(&self.root, |node, step| node.child(step))
    }
}

/// The line of a byte of a text that is not read yet.
fn line_of(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1
}

#[cfg(test)]
mod tests;
