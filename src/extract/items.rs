//! Items of lists under a heading, each with the headings it stands under.
//!
//! Cells: `item` (its own words), `full` (with the items inside it), `group` (the nearest heading,
//! a summary of nested `details` among them), `parent` (the item it stands in).

use super::grid::one_line;
use super::outline::Kind;
use super::recipe::ItemsForm;
use super::row::Found;
use super::scope::Scope;

pub(super) fn find<'a>(form: &ItemsForm, scope: &Scope<'a>) -> Found<'a> {
    let mut rows = Vec::new();
    let mut parents: Vec<(usize, &'a str)> = Vec::new();
    for (at, block) in scope.outline.blocks.iter().enumerate() {
        let Kind::Item { text, depth, .. } = &block.kind else {
            parents.clear();
            continue;
        };
        parents.retain(|(outer, _)| outer < depth);
        let parent = parents.last().map(|(_, text)| *text);
        parents.push((*depth, text));
        let wanted = form.only.as_ref().is_none_or(|only| only.is_match(text))
            && form.skip.as_ref().is_none_or(|skip| !skip.is_match(text));
        if !wanted || !scope.admits(block.heading) {
            continue;
        }
        let mut row = scope.row(block.heading, format!("list item {}", at + 1), text.clone());
        row.at = at;
        row.set("item", one_line(text));
        row.set("full", scope.outline.full_text(at));
        if let Some(heading) = block.heading {
            row.set("group", &*scope.outline.headings[heading].text);
        }
        if let Some(parent) = parent {
            row.set("parent", parent);
        }
        rows.push(row);
    }
    if rows.is_empty() { Err("no list item under its headings".to_owned()) } else { Ok(rows) }
}
