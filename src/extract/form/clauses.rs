//! A page's main content as clauses: its paragraphs under their heading path.
//!
//! Used to watch a source without a recipe. Cells: `path` (the headings, outermost first) and `text` (the
//! paragraphs, items and table rows under it, line by line). Lines of the site are left out as they are
//! from the remainder.

use std::collections::HashMap;

use crate::extract::html::outline::Kind;
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, Match};
use crate::extract::noise;
use crate::extract::page::stamp;
use crate::model::{text, words::NO_HEADING};

/// The longest heading path that serves as a key, in characters.
const PATH_LIMIT: usize = 300;

pub(crate) fn find<'a>(scope: &Scope<'a>) -> Found<'a> {
    // Blocks under one heading are one stretch of prose even with something else between them, and so are
    // the blocks of two headings with the same words.
    let mut stretches: Vec<(Option<usize>, String, Vec<String>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut last: Option<(Option<usize>, usize)> = None;
    for block in &scope.outline.blocks {
        if !scope.admits(block.heading) {
            continue;
        }
        let words = words(scope, &block.kind);
        if words.is_empty() {
            continue;
        }
        let at = match last {
            Some((heading, at)) if heading == block.heading => at,
            Some(_) | None => {
                let path = path(scope, block.heading);
                *known.entry(path.clone()).or_insert_with(|| {
                    stretches.push((block.heading, path, Vec::new()));
                    stretches.len() - 1
                })
            }
        };
        last = Some((block.heading, at));
        stretches[at].2.push(words);
    }
    let matches: Vec<Match<'a>> = stretches
        .into_iter()
        .map(|(heading, path, lines)| matched(scope, heading, path, lines.join("\n")))
        .collect();
    if matches.is_empty() { Err("no words under its headings".to_owned()) } else { Ok(matches) }
}

/// The headings over a block, as its key.
fn path(scope: &Scope<'_>, heading: Option<usize>) -> String {
    let mut path = String::new();
    for heading in scope.outline.path(heading) {
        // Deeply nested long headings are not joined again for every block.
        if path.len() > 4 * PATH_LIMIT {
            break;
        }
        let between = if path.is_empty() { "" } else { " > " };
        path.extend([between, &*text::excerpt(heading, PATH_LIMIT + 1)]);
    }
    if path.is_empty() { NO_HEADING.to_owned() } else { text::excerpt(&path, PATH_LIMIT) }
}

fn words(scope: &Scope<'_>, kind: &Kind) -> String {
    match kind {
        Kind::Paragraph(text) | Kind::Item { text, .. } => {
            let words = stamp::without_lines(text, &scope.locator.page).replace('\n', " ");
            if noise::is_of_site_line(&words) { String::new() } else { words }
        }
        Kind::Table(table) => {
            let grid = &scope.outline.tables[*table];
            let caption = Some(grid.caption.clone()).filter(|caption| !caption.is_empty());
            let rows = (0..grid.rows()).map(|row| grid.quote(row));
            caption.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
        }
    }
}

fn matched<'a>(scope: &Scope<'a>, heading: Option<usize>, path: String, text: String) -> Match<'a> {
    let mut matched = scope.begin(heading, format!("under {path}"), &text);
    matched.set("path", path);
    matched.set("text", text);
    matched
}
