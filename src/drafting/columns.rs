//! What the columns of a table hold.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::text::{begins_with_date, regex, slug};

/// A column: its name as a cell, its header, and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) header: String,
    kind: Kind,
    /// How many different values it has, and whether one is empty.
    different: usize,
    rows: usize,
    is_gappy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Noc,
    Money,
    Date,
    Percent,
    Duration,
    Clb,
    Integer,
    Range,
    Text,
}

impl Column {
    /// The field that reads it.
    pub(super) fn field(&self) -> String {
        let optional = if self.is_gappy { ", optional = true" } else { "" };
        let kind = match self.kind {
            Kind::Noc => "as = \"noc\", find = '\\b\\d{5}\\b', each = true",
            Kind::Money => "as = \"money\"",
            Kind::Date => "as = \"date\"",
            Kind::Percent => "as = \"percent\"",
            Kind::Duration => "as = \"duration\"",
            Kind::Clb => "as = \"clb\"",
            Kind::Integer => "as = \"integer\"",
            Kind::Range => "as = \"range\"",
            Kind::Text => "as = \"lines\"",
        };
        format!("{} = {{ {kind}{optional} }}", self.name)
    }

    /// How it stands in a record's key.
    pub(super) fn in_key(&self) -> String {
        match self.kind {
            Kind::Text | Kind::Range | Kind::Duration | Kind::Money => {
                format!("{{{}|slug}}", self.name)
            }
            _ => format!("{{{}}}", self.name),
        }
    }
}

static NOC: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\d{5}\b"));
static MONEY: LazyLock<Regex> = LazyLock::new(|| regex(r"\$ ?\d|\d ?\$"));
static PERCENT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)^\d+(?:[.,]\d+)? ?(?:%|per cent)$"));
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)^(?:about |up to )?\d+ (?:business |calendar )?(?:days?|weeks?|months?|years?)$")
});
static CLB: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)^(?:CLB|NCLC)[ /]*(?:NCLC )?\d{1,2}"));
static INTEGER: LazyLock<Regex> = LazyLock::new(|| regex(r"^[<>]? ?\d{1,3}(?:[, ]?\d{3})*$"));
static RANGE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)^\d+ ?(?:-|–|to) ?\d+$|^\d+ (?:and|or) (?:above|more)$"));
/// What stands in place of a figure.
static MASKED: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)^(?:n/?a|tbd|-|–|\*|less than \d+|not (?:available|applicable))$")
});

/// What most cells are; a cell that is masked counts as any.
fn kind(header: &str, cells: &[&str]) -> Kind {
    let said: Vec<&str> =
        cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let plain: Vec<&str> = said.iter().copied().filter(|cell| !MASKED.is_match(cell)).collect();
    let most = |is: &dyn Fn(&str) -> bool| {
        !plain.is_empty() && plain.iter().filter(|cell| is(cell)).count() * 4 >= plain.len() * 3
    };
    let matches = |pattern: &'static LazyLock<Regex>| most(&|cell| pattern.is_match(cell));
    let is_dollars = header.contains('$') && matches(&INTEGER);
    match () {
        () if matches(&NOC) => Kind::Noc,
        () if most(&|cell| MONEY.is_match(cell) && cell.len() < 30) || is_dollars => Kind::Money,
        () if most(&|cell| begins_with_date(cell) && cell.len() < 24) => Kind::Date,
        () if matches(&PERCENT) => Kind::Percent,
        () if matches(&DURATION) => Kind::Duration,
        () if matches(&CLB) => Kind::Clb,
        () if matches(&INTEGER) => Kind::Integer,
        () if most(&|cell| RANGE.is_match(cell) || INTEGER.is_match(cell)) => Kind::Range,
        () => Kind::Text,
    }
}

/// The columns of a table that have words over them, each with what it holds.
pub(super) fn columns(cells: &[(String, Vec<&str>)]) -> Vec<Column> {
    let mut names = BTreeSet::new();
    let mut columns = Vec::new();
    for (header, words) in cells {
        let mut name: String = slug(header).replace('-', "_").chars().take(32).collect();
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            name.insert_str(0, "c_");
        }
        let name = name.trim_end_matches('_').to_owned();
        if header.trim().is_empty() || !names.insert(name.clone()) {
            continue;
        }
        let different: BTreeSet<&str> = words.iter().map(|cell| cell.trim()).collect();
        columns.push(Column {
            kind: kind(header, words),
            different: different.len(),
            rows: words.len(),
            is_gappy: different.contains(""),
            header: header.clone(),
            name,
        });
    }
    columns
}

/// The columns that tell rows apart: a code, else the first whose values are all different, else a day with
/// the words beside it.
pub(super) fn keys(columns: &[Column]) -> Option<Vec<usize>> {
    let whole = |column: &Column| !column.is_gappy;
    let by = |is: &dyn Fn(&Column) -> bool| {
        columns.iter().position(|column| whole(column) && is(column))
    };
    let is_name = |column: &Column| {
        matches!(column.kind, Kind::Text | Kind::Date | Kind::Integer | Kind::Range)
    };
    if let Some(code) = by(&|column| column.kind == Kind::Noc) {
        return Some(vec![code]);
    }
    if let Some(only) = by(&|column| is_name(column) && column.different == column.rows) {
        return Some(vec![only]);
    }
    let mut keys: Vec<usize> = by(&|column| column.kind == Kind::Date).into_iter().collect();
    let words = columns.iter().enumerate().filter(|(_, c)| whole(c) && c.kind == Kind::Text);
    keys.extend(words.map(|(n, _)| n).take(2));
    (!keys.is_empty()).then_some(keys)
}

/// What kind of facts rows of these columns are.
pub(super) fn fact_type(columns: &[Column], keys: &[usize]) -> &'static str {
    let has = |kind: Kind| columns.iter().any(|column| column.kind == kind);
    let is_points = columns.iter().any(|column| column.header.to_lowercase().contains("point"));
    let key = columns[keys[0]].kind;
    match () {
        () if key == Kind::Noc => "occupations",
        () if key == Kind::Date && has(Kind::Integer) => "draws",
        () if key == Kind::Date => "notices",
        () if has(Kind::Money) => "fees",
        () if is_points => "points",
        () if has(Kind::Duration) => "standards",
        () if has(Kind::Percent) || has(Kind::Integer) || has(Kind::Clb) => "thresholds",
        () => "list",
    }
}
