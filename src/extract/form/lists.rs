//! A table whose rows have become lists of labels: a card for each row, "NOC code: 21231", "Wage: $38.46".
//!
//! The headers of the table are the labels, and the label of its first column comes first. The matches have the
//! cells that they had in the table.

use std::borrow::Cow;

use super::labels::{Group, Label, groups};
use super::matrix;
use super::table::{self, DATED};
use crate::extract::html::grid::one_line;
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, HEADER, Match};
use crate::extract::recipe::{Form, MatrixForm, Pattern, TableForm};
use crate::extract::value::dated;

/// The rows that a locator for a table finds as lists.
pub(crate) fn find<'a>(scope: &Scope<'a>) -> Found<'a> {
    let matches = match &scope.locator.form {
        // A list has no caption, and does not say with which others it shares a cell.
        Form::Table(form) if form.caption.is_none() && form.merge.is_empty() => rows(form, scope),
        Form::Matrix(form) if !form.rest => cells(form, scope),
        _ => Vec::new(),
    };
    if matches.is_empty() { Err("no lists of such labels".to_owned()) } else { Ok(matches) }
}

fn rows<'a>(form: &'a TableForm, scope: &Scope<'a>) -> Vec<Match<'a>> {
    let mut rows = Vec::new();
    let mut before: Option<(Group, Option<&'a str>)> = None;
    for group in groups(scope) {
        let names: Vec<&str> = group.labels.iter().map(|label| label.name.as_str()).collect();
        let Ok(columns) = table::columns_of(&names, form) else { continue };
        let first = &group.labels[0];
        let is_total = form.total.as_ref().is_some_and(|(row, _)| row.is_match(&first.value));
        if is_total || !form.reads(&first.value) {
            continue;
        }
        let mut matched = begin(scope, &group, first);
        let mut days = Vec::new();
        for (cell, at) in columns {
            let label = &group.labels[at];
            if dated::of_header(&label.name).is_some() {
                days.push(label);
            }
            matched.set(cell, label.value.clone());
            matched.set(format!("{cell}{HEADER}"), label.name.clone());
        }
        if let [label] = days[..] {
            matched.set(DATED, label.name.clone());
        }
        let intro = intro(scope, first.at, before.as_ref());
        if let Some(words) = intro {
            matched.set("intro", words);
        }
        rows.push(matched);
        before = Some((group, intro));
    }
    rows
}

/// What introduces a list: the words before it; if those are the end of another list, what introduces that one, as it
/// did the table.
fn intro<'a>(
    scope: &Scope<'a>,
    at: usize,
    before: Option<&(Group, Option<&'a str>)>,
) -> Option<&'a str> {
    let words = scope.intro(at)?;
    let ends = |group: &Group| group.labels.last().is_some_and(|last| last.value.ends_with(words));
    match before {
        Some((group, intro)) if ends(group) => *intro,
        _ => Some(words),
    }
}

/// The cells of a point grid, each its row and its column. Lists that follow one another under one heading with the
/// same labels are the rows of one grid.
fn cells<'a>(form: &'a MatrixForm, scope: &Scope<'a>) -> Vec<Match<'a>> {
    let groups = groups(scope);
    let names = |group: &Group| -> Vec<String> {
        group.labels.iter().map(|label| label.name.clone()).collect()
    };
    let is_one = |a: &Group, b: &Group| a.heading == b.heading && names(a) == names(b);
    let grids = groups.chunk_by(is_one).filter(|grid| is_it(form, grid));
    grids.flat_map(|grid| grid.iter().flat_map(|row| row_cells(form, scope, row))).collect()
}

/// Whether lists have the words that identify a grid.
fn is_it(form: &MatrixForm, grid: &[Group]) -> bool {
    let [first, others @ ..] = &*grid[0].labels else { return false };
    let has = |wanted: &Pattern| others.iter().any(|label| wanted.is_match(&label.name));
    let has_row = |wanted: &Pattern| grid.iter().any(|row| wanted.is_match(&row.labels[0].value));
    !others.is_empty()
        && form.first.is_match(&first.name)
        && form.headers.iter().all(has)
        && form.has.iter().all(has_row)
}

fn row_cells<'a>(form: &'a MatrixForm, scope: &Scope<'a>, row: &Group) -> Vec<Match<'a>> {
    let others = &row.labels[1..];
    let names: Vec<Cow<'_, str>> = others.iter().map(|label| label.name.as_str().into()).collect();
    let mut cells = Vec::new();
    for (label, slug) in others.iter().zip(matrix::slugs(form, &names)) {
        let start = |name: String, value: &str| {
            let mut matched = begin(scope, row, label);
            if let Some(slug) = &slug {
                matched.set("column", slug.clone());
            }
            matched.set("row", name);
            matched.set("value", value.to_owned());
            matched
        };
        for (name, pattern) in &form.in_header {
            if let Some(number) = pattern.captures(&label.name).and_then(|found| found.get(1)) {
                cells.push(start(name.clone(), number.as_str()));
            }
        }
        cells.push(start(one_line(&row.labels[0].value).into_owned(), &label.value));
    }
    cells
}

/// Begins the match of a list, or of a label of it.
fn begin<'a>(scope: &Scope<'a>, group: &Group, label: &Label) -> Match<'a> {
    let quote: Vec<String> = group.labels.iter().map(Label::quote).collect();
    let mut matched = scope.begin(group.heading, label.place(), &quote.join("; "));
    matched.at = label.at;
    matched
}
