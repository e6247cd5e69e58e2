//! A label before its value, whatever the markup: a `dt` and its `dd`, the first cell of a table's
//! row and the one after it, `Label: value` in a paragraph or an item.
//!
//! Labels that belong together are a *group*: a definition list, a table, the lines under one
//! heading. Each label is a match with the cells `label` and `value`; or, if the recipe names cells
//! by their labels, each group that has all of them is a match.

use std::collections::BTreeMap;

use crate::extract::html::grid::Grid;
use crate::extract::html::outline::{Kind, Outline};
use crate::extract::html::scope::{Scope, nearest};
use crate::extract::matches::{Found, Match};
use crate::extract::recipe::{LabelsForm, Pattern};

/// The longest label, in characters: a sentence with a colon in it is not a label.
const LONGEST: usize = 120;

/// The longest label of a definition list, which is one whatever its length.
const LONGEST_TERM: usize = 500;

/// The deepest nesting of an item whose value includes the items inside it: each item copies them.
const INNER: usize = 4;

pub(crate) fn find<'a>(form: &'a LabelsForm, scope: &Scope<'a>) -> Found<'a> {
    let groups = groups_of(scope, form.only.as_ref());
    let (mut matches, mut missing) = (Vec::new(), Vec::new());
    for group in &groups {
        let lacks = |pattern: &&Pattern| group.labels.iter().all(|l| !pattern.is_match(&l.name));
        let wanted = form.has.iter().chain(form.cells.iter().map(|(_, pattern)| pattern));
        if let Some(pattern) = wanted.into_iter().find(lacks) {
            let names = || group.labels.iter().map(|label| label.name.as_str());
            let some: Vec<&str> = names().take(6).collect();
            let nearest = nearest(pattern, names().skip(6));
            let nearest = nearest.map_or(String::new(), |name| format!(" … `{name}`"));
            missing.push(format!("no label `{pattern}` among `{}`{nearest}", some.join(" | ")));
        } else if form.cells.is_empty() {
            matches.extend(group.labels.iter().filter(|l| is_wanted(form, l)).map(|label| {
                let mut matched = scope.begin(group.heading, label.place(), &label.quote());
                matched.at = label.at;
                matched.set("label", label.name.clone());
                matched.set("value", label.value.clone());
                matched
            }));
        } else {
            matches.push(record(form, scope, group));
        }
    }
    if !matches.is_empty() {
        return Ok(matches);
    }
    missing.truncate(3);
    Err(if missing.is_empty() {
        let names = groups.iter().flat_map(|group| &group.labels).map(|label| label.name.as_str());
        let nearest = form.only.as_ref().and_then(|only| nearest(only, names));
        let nearest = nearest.map_or(String::new(), |name| format!("; the nearest is `{name}`"));
        format!("no such label under its headings{nearest}")
    } else {
        missing.join("; ")
    })
}

fn is_wanted(form: &LabelsForm, label: &Label) -> bool {
    form.only.as_ref().is_none_or(|only| only.is_match(&label.name))
        && form.skip.as_ref().is_none_or(|skip| !skip.is_match(&label.name))
}

/// One match of a whole group.
fn record<'a>(form: &'a LabelsForm, scope: &Scope<'a>, group: &Group) -> Match<'a> {
    let labels = form.cells.iter().chain(&form.optional).filter_map(|(cell, pattern)| {
        group.labels.iter().find(|label| pattern.is_match(&label.name)).map(|label| (cell, label))
    });
    let labels: Vec<(&'a String, &Label)> = labels.collect();
    let quote: Vec<String> = labels.iter().map(|(_, label)| label.quote()).collect();
    let place = labels.first().map(|(_, label)| label.place()).unwrap_or_default();
    let mut matched = scope.begin(group.heading, place, &quote.join("; "));
    for (cell, label) in labels {
        matched.at = label.at;
        matched.set(cell, label.value.clone());
    }
    if let Some(intro) = group.labels.first().and_then(|first| scope.intro(first.at)) {
        matched.set("intro", intro);
    }
    matched
}

/// Labels that belong together.
pub(super) struct Group {
    pub(super) heading: Option<usize>,
    pub(super) labels: Vec<Label>,
}

pub(super) struct Label {
    pub(super) name: String,
    pub(super) value: String,
    /// The block it is in.
    pub(super) at: usize,
    /// The row of its table, from 1; 0 if it is in none.
    row: usize,
}

impl Label {
    fn new((name, longest): (&str, usize), value: &str, at: usize) -> Option<Self> {
        let name = name.trim().trim_end_matches(':').trim_end().replace('\n', " ");
        let is_label = !name.is_empty() && name.chars().count() <= longest;
        is_label.then(|| Self { name, value: value.to_owned(), at, row: 0 })
    }

    pub(super) fn place(&self) -> String {
        let row = if self.row > 0 { format!("row {}, ", self.row) } else { String::new() };
        format!("block {}, {row}{}", self.at + 1, self.name)
    }

    pub(super) fn quote(&self) -> String {
        format!("{}: {}", self.name, self.value.replace('\n', " "))
    }
}

/// The groups within the locator's scope: definition lists, tables, lines under a heading.
pub(super) fn groups(scope: &Scope<'_>) -> Vec<Group> {
    groups_of(scope, None)
}

/// The same, where only some labels are wanted.
fn groups_of(scope: &Scope<'_>, only: Option<&Pattern>) -> Vec<Group> {
    let outline = scope.outline;
    let mut groups: Vec<Group> = Vec::new();
    let mut list = None;
    for term in outline.terms.iter().filter(|term| scope.admits(term.heading)) {
        if list.replace(term.list) != Some(term.list) {
            groups.push(Group { heading: term.heading, labels: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.labels.extend(Label::new((&term.label, LONGEST_TERM), &term.words, term.at));
        }
    }
    let mut lines: BTreeMap<Option<usize>, Vec<Label>> = BTreeMap::new();
    for (at, block) in outline.blocks.iter().enumerate().filter(|(_, b)| scope.admits(b.heading)) {
        if let Kind::Table(number) = block.kind {
            let labels = of_table(&outline.tables[number], only, at);
            groups.push(Group { heading: block.heading, labels });
        } else {
            lines.entry(block.heading).or_default().extend(of_line(outline, at));
        }
    }
    groups.extend(lines.into_iter().map(|(heading, labels)| Group { heading, labels }));
    groups.retain(|group| !group.labels.is_empty());
    groups
}

/// The labels of a table: the first cell of each row is a label, the next cell its value. A label that spans
/// rows has the values of all of them; a row of headers, or of one cell across, has no label, unless it is the first of
/// the rows: it has a label that is wanted, and a figure.
fn of_table(grid: &Grid, only: Option<&Pattern>, at: usize) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let mut last = None;
    for row in 0..grid.rows() {
        let (first, second) = (grid.index(row, 0), grid.index(row, 1));
        let value = grid.text(row, 1);
        let is_wanted = || only.is_some_and(|only| only.is_match(grid.text(row, 0)));
        let is_row = || value.contains(|c: char| c.is_ascii_digit()) && is_wanted();
        if second.is_none() || first == second || (grid.is_header(row) && !is_row()) {
            continue;
        }
        let goes_on = first.is_some() && last == Some(first);
        match labels.last_mut().filter(|_| goes_on) {
            Some(label) => {
                label.value.push('\n');
                label.value.push_str(value);
            }
            None => {
                let label = Label::new((grid.text(row, 0), LONGEST), value, at);
                labels.extend(label.map(|label| Label { row: row + 1, ..label }));
                last = Some(first);
            }
        }
    }
    labels
}

/// The label of a line: the words before its first colon. An item's value includes the items inside it.
fn of_line(outline: &Outline, at: usize) -> Option<Label> {
    let (text, depth) = match &outline.blocks[at].kind {
        Kind::Paragraph(text) => (text, 0),
        Kind::Item { text, depth, .. } => (text, *depth),
        Kind::Table(_) => return None,
    };
    let first = text.split('\n').next().unwrap_or_default();
    // "11:59 pm" and "https://" have a colon too.
    let ends = |at: &usize| first[at + 1..].is_empty() || first[at + 1..].starts_with(' ');
    let colon = first.match_indices(':').map(|(at, _)| at).find(ends)?;
    let full = if depth > INNER { text.into() } else { outline.full_text(at) };
    let value = full[colon + 1..].trim();
    if value.is_empty() { None } else { Label::new((&first[..colon], LONGEST), value, at) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::extract::recipe::{Form, Locator};

    pub(in crate::extract::form) fn locator() -> Locator {
        Locator {
            name: "".into(),
            under: Vec::new(),
            named_by: None,
            lets: Vec::new(),
            footnotes: Vec::new(),
            wanted: Arc::default(),
            page: Arc::default(),
            form: Form::Clauses,
        }
    }

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let outline = Outline::of_page(body);
        let locator = locator();
        let form = LabelsForm::default();
        let found = find(&form, &Scope::new(&outline, &locator));
        let said: Vec<String> = found.unwrap_or_default().into_iter().map(|r| r.quote).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn a_value_stands_after_its_label() {
        check("<dl><dt>Fee:<dd>$500<dt>Time<dd>6 months</dl>", &["Fee: $500", "Time: 6 months"]);
        check(
            "<table><tr><th>Fee<td>$500<tr><td>Time<td>6 months</table>",
            &["Fee: $500", "Time: 6 months"],
        );
        check(
            "<p><b>Fee</b> : $500<ul><li>Time:<ul><li>6 months</ul></ul>",
            &["Fee: $500", "Time: 6 months"],
        );
    }

    #[test]
    fn several_values_and_several_labels_belong_together() {
        check(
            "<dl><div><dt>A<dt>B<dd>one<dd><p>two</p><ul><li>three</ul></div><dt>C<dd>four</dl>",
            &["A: one two three", "B: one two three", "C: four"],
        );
        check(
            "<table><tr><td rowspan=2>A<td>one<tr><td>two<tr><td>B<td>three</table>",
            &["A: one two", "B: three"],
        );
    }

    #[test]
    fn what_is_no_label_is_none() {
        check("<p>By 11:59 pm<p>See https://example.org<p>Note:<dl><dd>x</dd></dl>", &[]);
        check("<table><tr><th>Fee<th>Amount<tr><td colspan=2>All<tr><td>A<td>1</table>", &["A: 1"]);
        check(&format!("<p>{}: x", "long ".repeat(40)), &[]);
    }

    #[test]
    fn a_list_in_a_list_has_labels_of_its_own() {
        check(
            "<dl><dt>A<dd>one<dl><dt>B<dd>two</dl>three<dt>C<dd>four</dl>",
            &["B: two", "A: one B two three", "C: four"],
        );
    }
}
