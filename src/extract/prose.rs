//! A value in a sentence: "a fee of $1,000 for each position".
//!
//! The pattern is tried on every paragraph, and on every list item together with the items inside
//! it, so that a condition and its sub-conditions are read as one. Cells: the named groups, and
//! `text`, the whole of what matched.

use super::outline::Kind;
use super::recipe::{HeadingsForm, ProseForm};
use super::row::{Found, Row};
use super::scope::Scope;

pub(super) fn find(form: &ProseForm, scope: &Scope<'_>) -> Found {
    let mut rows = Vec::new();
    // The depth of the item that matched: the items inside it were read with it.
    let mut within = None;
    for (at, block) in scope.outline.blocks.iter().enumerate() {
        let depth = match &block.kind {
            Kind::Item { depth, .. } => Some(*depth),
            Kind::Paragraph(_) | Kind::Table(_) => None,
        };
        within = within.filter(|outer| depth.is_some_and(|depth| depth > *outer));
        if within.is_some() || !scope.admits(block.heading) {
            continue;
        }
        let text = scope.outline.full_text(at);
        let Some(found) = form.matches.captures(&text) else { continue };
        within = depth;
        let mut row = scope.row(block.heading, format!("block {}", at + 1), &text);
        groups(&form.matches, &found, &mut row);
        row.set("text", text.as_str());
        rows.push(row);
        if form.first {
            break;
        }
    }
    if rows.is_empty() { Err(format!("no sentence matches `{}`", form.matches)) } else { Ok(rows) }
}

/// Headings that a pattern matches; a form of its own because a heading is often the only place
/// that names a thing.
pub(super) fn headings(form: &HeadingsForm, scope: &Scope<'_>) -> Found {
    let mut rows = Vec::new();
    for (at, heading) in scope.outline.headings.iter().enumerate() {
        let Some(found) = form.matches.captures(&heading.text) else { continue };
        if !scope.admits(heading.parent) {
            continue;
        }
        let mut row = scope.row(Some(at), format!("heading {}", at + 1), &heading.text);
        groups(&form.matches, &found, &mut row);
        row.set("text", below(scope, at));
        if let Some(above) = heading.parent {
            row.set("above", scope.outline.headings[above].text.as_str());
        }
        rows.push(row);
    }
    if rows.is_empty() { Err(format!("no heading matches `{}`", form.matches)) } else { Ok(rows) }
}

/// The words that stand directly under a heading, line by line.
fn below(scope: &Scope<'_>, heading: usize) -> String {
    // A notice with a heading of its own may stand between: what follows it is still below.
    let from = scope.outline.headings[heading].at;
    let blocks = scope.outline.blocks[from..].iter().filter(|b| b.heading == Some(heading));
    let words: Vec<&str> = blocks
        .filter_map(|block| match &block.kind {
            Kind::Paragraph(text) | Kind::Item { text, .. } => Some(text.as_str()),
            Kind::Table(_) => None,
        })
        .collect();
    words.join("\n")
}

fn groups(pattern: &regex::Regex, found: &regex::Captures<'_>, row: &mut Row) {
    for name in pattern.capture_names().flatten() {
        if let Some(part) = found.name(name) {
            row.set(name, part.as_str());
        }
    }
}
