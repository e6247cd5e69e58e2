//! All that a document of data says, for a source without a recipe: a line for each value, under the path of what
//! holds it.
//!
//! Cells, as of a page's clauses: `path` (`$.rounds[]`, `rss > channel > item`, `(lines)`) and `text`.

use std::collections::BTreeMap;

use super::json;
use crate::extract::matches::{Found, Match};
use crate::extract::page::node::Node;
use crate::model::text;

/// The longest path that serves as a key, in characters, and the most elements of one.
const PATH_LIMIT: usize = 300;
const DEEPEST: usize = 12;

/// The values of a JSON document.
pub(crate) fn of_json<'a>(document: &Node<'_>) -> Found<'a> {
    let mut said = Said::default();
    document.walk((usize::MAX, usize::MAX), &mut |path, node| {
        let (path, name) = path.rsplit_once('.').unwrap_or((path, ""));
        said.add(path, name, &json::words(node).unwrap_or_default());
    });
    said.matches()
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
