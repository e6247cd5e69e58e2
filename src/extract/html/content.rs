//! Which parts of an HTML page are content, and their words.
//!
//! Scripts, menus, footers and feedback forms are not content ([`chrome`] lists them; elements that a
//! browser does not show are already out of the tree). Struck-out words are an old value, kept apart. Each
//! block of an element's words is on its own lines; inline tags are removed without a space, so
//! `<strong>60</strong><strong>5</strong>` is 605.

use std::str::FromStr;

use ego_tree::NodeRef;
use html5ever::{LocalName, local_name};
use scraper::{ElementRef, Node};

use super::{chrome, design};
use crate::model::text;

/// What an element is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Contains none of the page's content.
    Chrome,
    /// Chrome too, unless its words are those of a heading.
    Button,
    /// A heading and its level.
    Heading(u8),
    /// `br`.
    Break,
    /// `sup`.
    Superscript,
    /// `table`.
    Table,
    /// `summary`.
    Summary,
    /// Headings inside it end with it.
    Section,
    /// A list.
    List,
    /// `li`.
    Item,
    /// `dl`.
    Definitions,
    /// `dt`.
    Label,
    /// `dd`.
    Definition,
    /// Struck-out words: `del`, `s`, `strike`, or by style.
    Struck,
    /// Any other element on its own lines.
    Block,
    /// An element within a line.
    Inline,
}

impl Tag {
    /// The tag of an element, by its name and, for chrome, by its attributes.
    pub(crate) fn of(element: ElementRef<'_>) -> Self {
        let value = element.value();
        let tag = Self::named(&value.name.local);
        let tag = design::tag(element, tag).unwrap_or(tag);
        if matches!(tag, Self::Chrome | Self::Button) || value.attrs.is_empty() {
            return tag;
        }
        // A heading for screen readers only still names what is below it.
        let is_name = matches!(tag, Self::Heading(_));
        if is_marked_chrome(element)
            || (!is_name && chrome::is_spoken(element))
            || chrome::is_said_again(element)
            || tag == Self::Inline && (chrome::is_badge(element) || chrome::leads_back(element))
        {
            Self::Chrome
        } else if chrome::is_struck(element) {
            Self::Struck
        } else {
            tag
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of names, one a line")]
    fn named(name: &LocalName) -> Self {
        match *name {
            local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("head")
            | local_name!("nav")
            | local_name!("footer")
            | local_name!("svg")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("audio")
            | local_name!("video")
            | local_name!("canvas")
            | local_name!("select")
            | local_name!("textarea")
            | local_name!("input")
            | local_name!("math") => Self::Chrome,
            local_name!("button") => Self::Button,
            local_name!("h1") => Self::Heading(1),
            local_name!("h2") => Self::Heading(2),
            local_name!("h3") => Self::Heading(3),
            local_name!("h4") => Self::Heading(4),
            local_name!("h5") => Self::Heading(5),
            local_name!("h6") => Self::Heading(6),
            local_name!("br") => Self::Break,
            local_name!("sup") => Self::Superscript,
            local_name!("del") | local_name!("s") | local_name!("strike") => Self::Struck,
            local_name!("table") => Self::Table,
            local_name!("summary") => Self::Summary,
            // A heading in a form covers nothing after the form.
            local_name!("section")
            | local_name!("form")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("details")
            | local_name!("dialog") => Self::Section,
            local_name!("ul") | local_name!("ol") | local_name!("menu") => Self::List,
            local_name!("li") => Self::Item,
            local_name!("dl") => Self::Definitions,
            local_name!("dt") => Self::Label,
            local_name!("dd") => Self::Definition,
            local_name!("address")
            | local_name!("blockquote")
            | local_name!("body")
            | local_name!("center")
            | local_name!("div")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("hr")
            | local_name!("legend")
            | local_name!("main")
            | local_name!("p")
            | local_name!("pre")
            | local_name!("search")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr")
            | local_name!("caption")
            | local_name!("option") => Self::Block,
            _ => Self::Inline,
        }
    }
}

/// Whether attributes mark an element as chrome, whatever its name.
fn is_marked_chrome(element: ElementRef<'_>) -> bool {
    element.value().attrs.iter().any(|(known, value)| match known.local {
        _ if !known.ns.is_empty() => false,
        // A `time` is part of its sentence, except for the date stamp under every canada.ca page.
        local_name!("property") => &**value == "dateModified",
        local_name!("class") => value.split_ascii_whitespace().any(chrome::is_furniture),
        _ => false,
    })
}

/// The value of an attribute. scraper's own accessor interns the name on every call.
pub(crate) fn attribute<'a>(element: ElementRef<'a>, name: &LocalName) -> Option<&'a str> {
    let attributes = &element.value().attrs;
    let found = attributes.iter().find(|(known, _)| known.local == *name && known.ns.is_empty());
    found.map(|(_, value)| &**value)
}

/// The numeric value of an attribute.
pub(crate) fn integer<N: FromStr>(element: ElementRef<'_>, name: &LocalName) -> Option<N> {
    attribute(element, name)?.trim().parse().ok()
}

/// The words of an element, each block on its own lines, inline tags removed without a space.
pub(crate) fn text_of(element: ElementRef<'_>) -> String {
    let mut words = String::new();
    words_of(element, &mut words).said.to_owned()
}

/// The same, in a buffer that is reused.
pub(crate) fn words_of<'w>(element: ElementRef<'_>, room: &'w mut String) -> Words<'w> {
    room.clear();
    let has_struck = gather(*element, room, true);
    text::end_line(room);
    let struck = if has_struck { struck_in(element) } else { String::new() };
    Words { said: room.trim_end_matches('\n'), struck }
}

/// The same of an element all of whose words are struck out.
pub(crate) fn struck_whole<'w>(element: ElementRef<'_>, room: &mut String) -> Words<'w> {
    room.clear();
    gather(*element, room, true);
    let struck = text::excerpt(&text::canonical(room), STRUCK);
    Words { said: "", struck }
}

/// The words of an element.
pub(crate) struct Words<'w> {
    pub(crate) said: &'w str,
    /// Its struck-out words, on one line.
    pub(crate) struck: String,
}

/// The struck-out words in an element, on one line.
pub(crate) fn struck_in(element: ElementRef<'_>) -> String {
    let is_struck = |inner: &ElementRef<'_>| Tag::of(*inner) == Tag::Struck;
    let mut struck = String::new();
    for inner in element.descendent_elements().filter(is_struck) {
        if struck.len() > STRUCK {
            break;
        }
        inner.text().for_each(|words| text::append(words, &mut struck));
        text::append(" ", &mut struck);
    }
    text::canonical(&struck)
}

/// How many bytes of struck-out words to keep: enough to report.
const STRUCK: usize = 200;

/// Appends the words below a node. Buttons count if they are the words of a heading. Returns whether any of
/// the words are struck out.
fn gather(node: NodeRef<'_, Node>, out: &mut String, buttons: bool) -> bool {
    let mut has_struck = false;
    for child in node.children() {
        match child.value() {
            Node::Text(words) => text::append(words, out),
            Node::Element(_) => {
                let Some(element) = ElementRef::wrap(child) else { continue };
                match Tag::of(element) {
                    Tag::Chrome => {}
                    Tag::Struck => has_struck = true,
                    Tag::Button if !buttons => {}
                    Tag::Break => text::end_line(out),
                    Tag::Superscript => superscript(element, out),
                    Tag::Inline | Tag::Button => {
                        chrome::keep_apart(element, out);
                        has_struck |= gather(child, out, buttons);
                    }
                    _ => {
                        text::end_line(out);
                        has_struck |= gather(child, out, buttons);
                        text::end_line(out);
                    }
                }
            }
            _ => {}
        }
    }
    has_struck
}

/// Keeps a footnote mark apart from the number before it: `605` and `<sup>1</sup>` is not 6051. The letters
/// of "1st" or "1er" belong to their number.
pub(crate) fn superscript(element: ElementRef<'_>, out: &mut String) {
    let mut words = String::new();
    gather(*element, &mut words, false);
    let mark = words
        .trim()
        .trim_start_matches("Footnote")
        .trim_start_matches("Note de bas de page")
        .trim_matches([' ', '[', ']']);
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
