//! The members of a JSON document that its recipe does not read: new ones are named.

use std::collections::{BTreeSet, HashSet};

use super::form::json;
use super::page::node::Node;
use super::recipe::{Form, Recipe};
use super::structure::NAMED;
use crate::model::{FactSet, Unread, Value};

/// The names of a JSON document's members that its recipe does not read.
pub(super) fn members(recipe: &Recipe, json: &Node<'_>) -> Vec<String> {
    let mut read: HashSet<&str> = HashSet::new();
    let locators = recipe.facts.iter().flat_map(|f| &f.parts).flat_map(|part| &part.locators);
    for locator in locators {
        let cells = match &locator.form {
            Form::Json(form) => vec![&form.cells],
            Form::Pairs(form) => vec![&form.cells, &form.entries],
            _ => Vec::new(),
        };
        read.extend(cells.into_iter().flatten().flat_map(|(_, path)| path.split('.')));
    }
    let mut names = BTreeSet::new();
    let mut add = |path: &str, _: &Node<'_>| {
        if names.len() < MEMBERS {
            names.insert(path.to_owned());
        }
    };
    json.walk((ITEMS, DEEPEST), &mut add);
    let locators = recipe.facts.iter().flat_map(|f| &f.parts).flat_map(|part| &part.locators);
    let every: Vec<_> = locators
        .filter_map(|locator| match &locator.form {
            Form::Pairs(form) => form.every.as_ref(),
            _ => None,
        })
        .collect();
    let is_of_every = |path: &str| {
        let mut tails = path.match_indices('.').map(|(at, _)| &path[at + 1..]);
        tails.any(|tail| every.iter().any(|every| every.is_match(tail)))
    };
    let is_unread = |path: &String| {
        !is_of_every(path)
            && path
                .rsplit('.')
                .next()
                .is_some_and(|name| !read.contains(name.trim_end_matches("[]")))
    };
    names.into_iter().filter(is_unread).collect()
}

/// How many members of a document are named, of how many items of each list, and how deep.
const MEMBERS: usize = 2_000;
const ITEMS: usize = 50;
const DEEPEST: usize = 8;

/// What the members at these paths say, each as a line after its path.
pub(super) fn values(json: &Node<'_>, paths: &BTreeSet<&str>) -> Vec<String> {
    let mut said = Vec::new();
    if !paths.is_empty() {
        let mut add = |path: &str, node: &Node<'_>| {
            if said.len() < MEMBERS && paths.contains(path) {
                said.extend(json::words(node).map(|words| format!("{path}: {words}")));
            }
        };
        json.walk((ITEMS, DEEPEST), &mut add);
    }
    said
}

/// The members that are new.
pub(super) fn new_members(before: Option<&FactSet>, names: &[String]) -> Vec<Unread> {
    let Some(before) = before else { return Vec::new() };
    let known: HashSet<&str> = before
        .records
        .values()
        .flat_map(|record| record.fields.values())
        .flat_map(Value::clauses)
        .map(String::as_str)
        .collect();
    let new = names.iter().filter(|name| !known.contains(name.as_str())).take(NAMED);
    new.map(|name| Unread { what: "member".to_owned(), under: String::new(), text: name.clone() })
        .collect()
}
