//! Elements of an XML document, by their names.
//!
//! A namespace prefix is the document's own choice and means nothing: names are compared without it, and a
//! recipe that must tell two vocabularies apart gives the namespace itself. A cell is the text at a path
//! below the element, or an attribute; if there are several, each is a line.

use roxmltree::{Document, Node, ParsingOptions};

use crate::extract::matches::{Found, MOST, Match};
use crate::extract::page::bounds::{self, NODES};
use crate::extract::recipe::{Locator, XmlForm, XmlPath};
use crate::model::{Breakage, text};

/// Parses a document with a bounded number of nodes.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Breakage> {
    bounds::check_xml(text, NODES)?;
    let nodes_limit = u32::try_from(NODES).unwrap_or(u32::MAX);
    let options = ParsingOptions { nodes_limit, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => bounds::more_than(NODES, "nodes"),
        error => Breakage::Invalid { error: error.to_string() },
    })
}

pub(crate) fn find<'a>(
    form: &'a XmlForm,
    locator: &'a Locator,
    document: &Document<'_>,
) -> Found<'a> {
    let mut matches = Vec::new();
    let mut next = Some(document.root_element());
    while let Some(node) = next.filter(|_| matches.len() <= MOST) {
        let is_it = is_it(form, node);
        if is_it {
            matches.push(matched(form, locator, node, matches.len() + 1));
        }
        // An element inside one that is read is part of it.
        let inside = if is_it { None } else { node.first_element_child() };
        next = inside.or_else(|| node.ancestors().find_map(|above| above.next_sibling_element()));
    }
    if matches.is_empty() {
        Err(format!("no element `{}`", form.each.join("/")))
    } else {
        Ok(matches)
    }
}

/// Whether an element and those above it have the names of the path.
fn is_it(form: &XmlForm, node: Node<'_, '_>) -> bool {
    let tag = node.tag_name();
    let named = form.namespace.as_deref().is_none_or(|wanted| tag.namespace() == Some(wanted));
    let mut above = node.ancestors();
    named
        && form
            .each
            .iter()
            .rev()
            .all(|name| above.next().is_some_and(|n| n.tag_name().name() == name))
}

fn matched<'a>(
    form: &'a XmlForm,
    locator: &'a Locator,
    node: Node<'_, '_>,
    number: usize,
) -> Match<'a> {
    let mut quote = String::new();
    let mut found = Vec::new();
    for (cell, path) in &form.cells {
        let mut lines = String::new();
        gather(node, &path.elements, path, &mut lines);
        lines.truncate(lines.trim_end().len());
        if !lines.is_empty() {
            if quote.len() < 300 {
                let comma = if quote.is_empty() { "" } else { ", " };
                quote.push_str(&format!("{comma}{cell}: {}", lines.replace('\n', " ")));
            }
            found.push((cell, lines));
        }
    }
    let mut matched = Match::new(format!("element {number}"), text::excerpt(&quote, 300));
    for (cell, words) in found {
        matched.set(cell, words);
    }
    for (cell, words) in &locator.lets {
        matched.set(cell, words);
    }
    matched
}

/// Appends the text at a path, each occurrence on its own line.
fn gather(node: Node<'_, '_>, elements: &[String], path: &XmlPath, out: &mut String) {
    if let Some((name, below)) = elements.split_first() {
        let named = node.children().filter(|child| child.tag_name().name() == name);
        named.for_each(|child| gather(child, below, path, out));
        return;
    }
    match &path.attribute {
        Some(name) => {
            let attribute = node.attributes().find(|attribute| attribute.name() == name);
            text::append(attribute.map_or("", |attribute| attribute.value()), out);
        }
        None => {
            let words = node.descendants().filter(Node::is_text);
            words.for_each(|words| text::append(words.text().unwrap_or_default(), out));
        }
    }
    text::end_line(out);
}
