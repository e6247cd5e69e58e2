//! All that a document of data says, for a source without a recipe: a line for each value, under the path of what
//! holds it.
//!
//! Cells, as of a page's clauses: `path` (`$.rounds[]`, `rss > channel > item`, `(lines)`) and `text`.

use std::collections::BTreeMap;

use super::json;
use crate::extract::matches::{Found, Match};
use crate::extract::page::node::Node;
use crate::model::text;

/// The longest path that serves as a key, in bytes, and how deep values are looked for. What is deeper is said under
/// the path that was reached.
const PATH_LIMIT: usize = 300;
const DEEPEST: usize = 12;

/// The values of a JSON document.
pub(crate) fn of_json<'a>(document: &Node<'_>) -> Found<'a> {
    let mut said = Said::default();
    add_node(document, "$", "", 0, &mut said);
    said.matches()
}

fn add_node(node: &Node<'_>, path: &str, name: &str, depth: usize, said: &mut Said) {
    let is_too_deep = depth > DEEPEST || path.len() > PATH_LIMIT;
    let below = match name {
        _ if is_too_deep => path.to_owned(),
        "" => path.to_owned(),
        name => format!("{path}.{name}"),
    };
    match node {
        Node::List(items) => {
            let below = if is_too_deep { below } else { format!("{below}[]") };
            items.iter().for_each(|item| add_node(item, &below, "", depth + 1, said));
        }
        Node::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| add_node(member, &below, name, depth + 1, said));
        }
        Node::Null | Node::Flag(_) | Node::Number(_) | Node::Text(_) => {
            if let Some(words) = json::words(node) {
                said.add(path, name, &words);
            }
        }
    }
}

/// The texts of an XML document.
pub(crate) fn of_xml<'a>(document: &roxmltree::Document<'_>) -> Found<'a> {
    let mut said = Said::default();
    for node in document.descendants().filter(roxmltree::Node::is_text) {
        let words = text::canonical(node.text().unwrap_or_default());
        let names: Vec<&str> = node
            .ancestors()
            .filter(roxmltree::Node::is_element)
            .take(DEEPEST)
            .map(|element| element.tag_name().name())
            .collect();
        let Some((name, above)) = names.split_first() else { continue };
        let path: Vec<&str> = above.iter().rev().copied().collect();
        said.add(&path.join(" > "), name, &words);
    }
    said.matches()
}

/// The lines of comma- or tab-separated values.
pub(crate) fn of_csv<'a>(document: &str) -> Found<'a> {
    let mut said = Said::default();
    document.lines().for_each(|line| said.add("(lines)", "", &text::canonical(line)));
    said.matches()
}

/// Lines by path.
#[derive(Default)]
struct Said(BTreeMap<String, Vec<String>>);

impl Said {
    fn add(&mut self, path: &str, name: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        let path = match text::excerpt(path, PATH_LIMIT) {
            path if path.is_empty() => "(no path)".to_owned(),
            path => path,
        };
        // A clause is one line.
        let words = words.replace('\n', " ");
        let line = if name.is_empty() { words } else { format!("{name}: {words}") };
        self.0.entry(path).or_default().push(line);
    }

    fn matches<'a>(self) -> Found<'a> {
        let matched = |(path, lines): (String, Vec<String>)| {
            let text = lines.join("\n");
            let mut matched = Match::new(format!("under {path}"), text::excerpt(&text, PATH_LIMIT));
            matched.set("path", path);
            matched.set("text", text);
            matched
        };
        let matches: Vec<Match<'a>> = self.0.into_iter().map(matched).collect();
        if matches.is_empty() { Err("it says nothing".to_owned()) } else { Ok(matches) }
    }
}
