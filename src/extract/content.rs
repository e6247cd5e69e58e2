//! What of an HTML page is content, and its words.
//!
//! Scripts, menus, footers, feedback forms and what only a screen reader meets are not content. The
//! words of an element come block by block on lines of their own; inline tags vanish with nothing in
//! their place, so `<strong>60</strong><strong>5</strong>` is 605.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node};

use crate::model::text;

/// The element that holds the page's own content.
pub(super) fn content(html: &Html) -> ElementRef<'_> {
    let mut body = html.root_element();
    for element in html.root_element().descendent_elements() {
        let value = element.value();
        if value.name() == "main" || attribute(element, "role") == Some("main") {
            return element;
        }
        if value.name() == "body" {
            body = element;
        }
    }
    body
}

/// Elements with no content of the page in them.
pub(super) fn is_chrome(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    let by_name = matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "nav"
            | "footer"
            | "svg"
            | "iframe"
            | "object"
            | "audio"
            | "video"
            | "canvas"
            | "select"
            | "textarea"
            | "input"
            | "button"
            | "math"
            | "gcds-date-modified"
    );
    // A `time` is part of its sentence, but for the stamp that canada.ca puts under every page.
    let is_stamp = || attribute(element, "property") == Some("dateModified");
    // The page-details and feedback blocks of canada.ca, and bread crumbs, stand inside `main`.
    let by_class = || {
        const CLASSES: [&str; 6] =
            ["pagedetails", "gc-pg-hlpfl", "gc-rprt-prblm", "wb-share", "breadcrumb", "gc-prtts"];
        classes(element).any(|class| CLASSES.contains(&class))
    };
    // Words for screen readers inside a link or icon ("Info"); nobody sees them.
    let is_unseen = || name == "span" && classes(element).any(|class| class == "wb-inv");
    by_name || is_stamp() || is_unseen() || by_class()
}

/// The value of an attribute. What scraper offers makes an interned name of ours for each look.
pub(super) fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    let attributes = &element.value().attrs;
    let found = attributes.iter().find(|(known, _)| known.ns.is_empty() && *known.local == *name);
    found.map(|(_, value)| &**value)
}

fn classes(element: ElementRef<'_>) -> impl Iterator<Item = &str> {
    attribute(element, "class").unwrap_or_default().split_ascii_whitespace()
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "caption"
            | "option"
    )
}

pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// The words of an element, each block on a line of its own, inline tags removed with nothing in
/// their place.
pub(super) fn text_of(element: ElementRef<'_>) -> String {
    // As long as most cells: it need not grow.
    let mut out = String::with_capacity(32);
    gather(*element, &mut out, true);
    text::end_line(&mut out);
    out.truncate(out.trim_end_matches('\n').len());
    out
}

/// Appends the words below a node. Buttons count where they are the words of a heading.
fn gather(node: NodeRef<'_, Node>, out: &mut String, buttons: bool) {
    for child in node.children() {
        match child.value() {
            Node::Text(words) => text::append(words, out),
            Node::Element(_) => {
                let Some(element) = ElementRef::wrap(child) else { continue };
                let name = element.value().name();
                if is_chrome(element) && !(buttons && name == "button") {
                    continue;
                }
                match name {
                    "br" => text::end_line(out),
                    "sup" => superscript(element, out),
                    _ if is_block(name) => {
                        text::end_line(out);
                        gather(child, out, buttons);
                        text::end_line(out);
                    }
                    _ => gather(child, out, buttons),
                }
            }
            _ => {}
        }
    }
}

/// A footnote mark stays apart from the number before it: `605` and `<sup>1</sup>` is no 6051. The
/// letters of "1st" or "1er" belong to their number.
pub(super) fn superscript(element: ElementRef<'_>, out: &mut String) {
    let mut words = String::new();
    gather(*element, &mut words, false);
    let mark = words
        .trim()
        .trim_start_matches("Footnote")
        .trim_start_matches("Note de bas de page")
        .trim();
    if mark.len() <= 3
        && !mark.is_empty()
        && !matches!(mark, "st" | "nd" | "rd" | "th" | "er" | "re" | "e" | "TM")
    {
        out.push('[');
        out.push_str(mark);
        out.push(']');
    } else {
        out.push_str(words.trim());
    }
}
