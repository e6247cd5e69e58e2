//! A page's main content as clauses: its paragraphs under their heading path.
//!
//! What a source without a recipe is watched by. Cells: `path` (the headings, outermost first) and
//! `text` (the paragraphs, items and table rows under it, line by line).

use super::outline::{Kind, Outline};
use super::row::{Found, Row};
use super::scope::Scope;
use crate::model::text;

/// The longest heading path that serves as a key, in characters.
const PATH_LIMIT: usize = 300;

pub(super) fn find(scope: &Scope<'_>) -> Found {
    let mut rows: Vec<Row> = Vec::new();
    let mut open: Option<(Option<usize>, String)> = None;
    for block in &scope.outline.blocks {
        if !scope.admits(block.heading) {
            continue;
        }
        let words = words(scope.outline, &block.kind);
        match &mut open {
            Some((heading, lines)) if *heading == block.heading => {
                lines.push('\n');
                lines.push_str(&words);
            }
            _ => {
                rows.extend(open.take().map(|(heading, lines)| row(scope, heading, &lines)));
                open = Some((block.heading, words));
            }
        }
    }
    rows.extend(open.map(|(heading, lines)| row(scope, heading, &lines)));
    let rows = joined(rows);
    if rows.is_empty() { Err("no words under its headings".to_owned()) } else { Ok(rows) }
}

fn words(outline: &Outline, kind: &Kind) -> String {
    match kind {
        Kind::Paragraph(text) | Kind::Item { text, .. } => text.replace('\n', " "),
        Kind::Table(table) => {
            let grid = &outline.tables[*table];
            (0..grid.rows()).map(|row| grid.quote(row)).collect::<Vec<_>>().join("\n")
        }
    }
}

fn row(scope: &Scope<'_>, heading: Option<usize>, lines: &str) -> Row {
    let path = scope.outline.path(heading).join(" > ");
    let path =
        if path.is_empty() { "(no heading)".to_owned() } else { text::excerpt(&path, PATH_LIMIT) };
    let mut row = scope.row(heading, format!("under {path}"), lines);
    row.set("path", path);
    row.set("text", lines);
    row
}

/// Blocks of one heading that something else stands between are one stretch of prose.
fn joined(rows: Vec<Row>) -> Vec<Row> {
    let mut whole: Vec<Row> = Vec::new();
    for row in rows {
        match whole.iter_mut().find(|known| known.get("path") == row.get("path")) {
            Some(known) => {
                let lines =
                    [known.get("text"), row.get("text")].map(Option::unwrap_or_default).join("\n");
                known.replace("text", &lines);
            }
            None => whole.push(row),
        }
    }
    whole
}
