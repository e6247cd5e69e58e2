//! Items of lists under a heading, each with the headings over it.
//!
//! Cells: `item` (its own words), `full` (with the items inside it), `group` (the nearest heading, including
//! a summary of nested `details`), `parent` (the item it is in).

use crate::extract::html::grid::one_line;
use crate::extract::html::outline::Kind;
use crate::extract::html::scope::Scope;
use crate::extract::matches::Found;
use crate::extract::recipe::{ItemsForm, Pattern};
use crate::extract::value::{beside::beside, typo};
use crate::model::words::of_item;

/// Begins the place of an item, before its number.
pub(crate) const ITEM: &str = "list item ";

/// The longest item that may be a name, in bytes.
const LONGEST_NAME: usize = 60;

pub(crate) fn find<'a>(form: &ItemsForm, scope: &Scope<'a>) -> Found<'a> {
    let mut matches = Vec::new();
    let mut parents: Vec<(usize, &'a str)> = Vec::new();
    for (at, block) in scope.outline.blocks.iter().enumerate() {
        let Kind::Item { text, depth, .. } = &block.kind else {
            parents.clear();
            continue;
        };
        parents.retain(|(outer, _)| outer < depth);
        let parent = parents.last().map(|(_, text)| *text);
        parents.push((*depth, text));
        // A line break inside an item is no other item, and "10 pts" are 10 points.
        let others = scope.outline.spellings(at);
        let line = one_line(text);
        let bare = of_item(&line);
        let says_as_printed = |pattern: &Pattern| {
            let is_in = |text: &String| pattern.is_match(text);
            // A day beside a name is no part of it.
            let is_dated = || beside(text).is_some_and(|(name, _)| pattern.is_match(name));
            pattern.is_match(text)
                || pattern.is_match(&line)
                || others.iter().any(is_in)
                || is_dated()
        };
        let says = |pattern: &Pattern| says_as_printed(pattern) || pattern.is_match(bare);
        // A name in a list may be mistyped.
        let may_say =
            |only: &Pattern| says(only) || text.len() <= LONGEST_NAME && typo::is_match(only, bare);
        let wanted =
            form.only.as_ref().is_none_or(may_say) && !form.skip.as_ref().is_some_and(says);
        if !wanted || !scope.admits(block.heading) {
            continue;
        }
        let mut matched = scope.begin(block.heading, format!("{ITEM}{}", at + 1), text);
        matched.at = at;
        // What its pattern does not take is punctuation of the list.
        let is_bare = form.only.as_ref().is_some_and(|only| !says_as_printed(only));
        matched.set("item", if is_bare { bare.to_owned().into() } else { line.clone() });
        matched.set("full", scope.outline.full_text(at));
        if let Some(heading) = block.heading {
            matched.set("group", &*scope.outline.headings[heading].text);
        }
        if let Some(parent) = parent {
            matched.set("parent", parent);
        }
        matches.push(matched);
    }
    if matches.is_empty() { Err("no list item under its headings".to_owned()) } else { Ok(matches) }
}
