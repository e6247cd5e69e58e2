//! A page as text of which every element and every stretch of words is known by its place: what
//! edits are made on.
//!
//! The page is parsed as a browser does and written out again from the tree, so an edit never has
//! to guess where an element ends. Edits are splices on that text; the tree itself never changes.

use std::ops::Range;
use std::sync::LazyLock;

use ego_tree::NodeRef;
use regex::Regex;
use scraper::{Html, Node as Parsed};

use super::splice::Splice;

/// An element or a stretch of text.
pub(super) struct Node {
    /// The element's name; empty for text, `#` for what is neither.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// The start tag; of text, all of it.
    pub(super) open: Range<usize>,
    /// The end tag; empty where there is none.
    pub(super) close: Range<usize>,
    parent: usize,
    /// The number of the first node after it and all that is in it.
    after: usize,
    /// Whether a browser shows it, and it is no script.
    pub(super) shown: bool,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split_whitespace().any(|c| c == class))
    }
}

/// A page laid out for edits.
pub(super) struct Sheet {
    pub(super) text: String,
    pub(super) nodes: Vec<Node>,
    /// The element that holds the content.
    content: usize,
    /// Where the words are that the recipe reads.
    pub(super) read: Vec<Range<usize>>,
    pub(super) is_french: bool,
}

/// Elements that have no end tag.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements whose text is no words.
const RAW: [&str; 7] = ["script", "style", "noscript", "iframe", "noembed", "noframes", "xmp"];

/// Classes of what only a screen reader or a printer meets.
pub(super) const UNSEEN: [&str; 6] =
    ["wb-inv", "sr-only", "visually-hidden", "hidden", "visible-print-block", "wb-invisible"];

/// Elements that are a line or a row of their own.
pub(super) const LINES: [&str; 14] = [
    "tr",
    "li",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "dt",
    "dd",
    "caption",
    "summary",
    "figcaption",
];

impl Sheet {
    /// Lays a page out; `quotes` are the words that its recipe reads.
    pub(super) fn of(html: &str, quotes: &[String]) -> Self {
        let tree = Html::parse_document(html.trim_start_matches('\u{feff}'));
        let mut sheet = Self {
            text: String::with_capacity(html.len()),
            nodes: Vec::new(),
            content: 0,
            read: Vec::new(),
            is_french: false,
        };
        sheet.write(tree.tree.root(), 0, true);
        sheet.content = sheet.find_content();
        sheet.is_french = sheet.nodes.iter().any(|node| {
            node.name == "html" && node.attribute("lang").is_some_and(|lang| lang.starts_with("fr"))
        });
        sheet.read = sheet.find_read(quotes);
        sheet
    }

    fn write(&mut self, from: NodeRef<'_, Parsed>, parent: usize, shown: bool) {
        let at = self.nodes.len();
        let start = self.text.len();
        let (name, attributes) = match from.value() {
            Parsed::Text(words) => {
                let raw = RAW.contains(&self.nodes[parent].name.as_str());
                self.text += &if raw { words.to_string() } else { escaped(words) };
                (String::new(), Vec::new())
            }
            Parsed::Comment(words) => {
                self.text += &format!("<!--{}-->", &**words);
                ("#".to_owned(), Vec::new())
            }
            Parsed::Doctype(_) => {
                self.text += "<!DOCTYPE html>\n";
                ("#".to_owned(), Vec::new())
            }
            Parsed::Element(element) => {
                let attributes: Vec<(String, String)> =
                    element.attrs().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
                let said: String = attributes
                    .iter()
                    .map(|(name, value)| format!(" {name}=\"{}\"", quoted(value)))
                    .collect();
                self.text += &format!("<{}{said}>", element.name());
                (element.name().to_owned(), attributes)
            }
            _ => ("#".to_owned(), Vec::new()),
        };
        let open = start..self.text.len();
        let node = Node { name, attributes, open, close: 0..0, parent, after: at + 1, shown };
        let shown = shown && shows(&node);
        let is_element = !node.name.is_empty() && node.name != "#";
        let name = node.name.clone();
        self.nodes.push(Node { shown, ..node });
        for child in from.children() {
            self.write(child, at, shown);
        }
        let end = self.text.len();
        if is_element && !VOID.contains(&name.as_str()) {
            self.text += &format!("</{name}>");
        }
        self.nodes[at].after = self.nodes.len();
        if self.nodes[at].name.is_empty() {
            self.nodes[at].close = end..end;
        } else {
            self.nodes[at].close = end..self.text.len();
        }
    }

    fn find_content(&self) -> usize {
        let find = |is: &dyn Fn(&Node) -> bool| self.nodes.iter().position(is);
        find(&|node| node.name == "main")
            .or_else(|| find(&|node| node.attribute("role") == Some("main")))
            .or_else(|| find(&|node| node.name == "body"))
            .unwrap_or(0)
    }

    /// The innermost lines whose words the recipe's evidence has.
    fn find_read(&self, quotes: &[String]) -> Vec<Range<usize>> {
        let all = quotes.iter().map(|quote| bare(quote)).collect::<Vec<_>>().join("|");
        let mut found = Vec::new();
        for id in self.named(&LINES) {
            let inner =
                self.inside(id).any(|other| LINES.contains(&self.nodes[other].name.as_str()));
            let words = bare(&self.text_of(id));
            if !inner && words.len() > 2 && all.contains(&words) {
                found.push(self.outer(id));
            }
        }
        found
    }

    /// The text with the splices made; one that overlaps an earlier one is left out.
    pub(super) fn with(&self, change: &[Splice]) -> String {
        let mut splices: Vec<&Splice> = change.iter().collect();
        splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
        let mut text = String::with_capacity(self.text.len() + 64);
        let mut done = 0;
        for splice in splices.into_iter() {
            if splice.at.start < done {
                continue;
            }
            text += &self.text[done..splice.at.start];
            text += &splice.with;
            done = splice.at.end;
        }
        text + &self.text[done..]
    }

    /// All nodes of the content.
    pub(super) fn content(&self) -> Range<usize> {
        self.content + 1..self.nodes[self.content].after
    }

    /// The element that holds the content.
    pub(super) fn holder(&self) -> usize {
        self.content
    }

    /// The shown elements of these names in the content.
    pub(super) fn named(&self, names: &[&str]) -> Vec<usize> {
        let is_it = |id: &usize| {
            let node = &self.nodes[*id];
            node.shown && names.contains(&node.name.as_str()) && !self.is_menu(*id)
        };
        self.content().filter(is_it).collect()
    }

    /// Whether it is in a menu or footer, not in what the page says.
    pub(super) fn is_menu(&self, id: usize) -> bool {
        self.above(id).any(|up| matches!(self.nodes[up].name.as_str(), "nav" | "footer" | "button"))
    }

    /// The shown stretches of text in the content that have letters or figures.
    pub(super) fn words(&self) -> Vec<usize> {
        let is_it = |id: &usize| {
            let node = &self.nodes[*id];
            node.name.is_empty()
                && node.shown
                && self.text[node.open.clone()].contains(char::is_alphanumeric)
                && !self.is_menu(*id)
        };
        self.content().filter(is_it).collect()
    }

    /// A node and those it is in, from the inside out.
    pub(super) fn above(&self, id: usize) -> impl Iterator<Item = usize> + '_ {
        let next = |at: &usize| (*at > 0).then(|| self.nodes[*at].parent);
        std::iter::successors(Some(id), next)
    }

    pub(super) fn is_in(&self, id: usize, names: &[&str]) -> bool {
        self.above(id).skip(1).any(|up| names.contains(&self.nodes[up].name.as_str()))
    }

    /// The nodes in an element, at any depth.
    pub(super) fn inside(&self, id: usize) -> Range<usize> {
        id + 1..self.nodes[id].after
    }

    /// The elements directly in an element.
    pub(super) fn children(&self, id: usize) -> Vec<usize> {
        let is_it = |child: &usize| {
            self.nodes[*child].parent == id && !matches!(self.nodes[*child].name.as_str(), "" | "#")
        };
        self.inside(id).filter(is_it).collect()
    }

    /// The elements of these names in an element, at any depth.
    pub(super) fn below(&self, id: usize, names: &[&str]) -> Vec<usize> {
        self.inside(id).filter(|at| names.contains(&self.nodes[*at].name.as_str())).collect()
    }

    pub(super) fn parent(&self, id: usize) -> usize {
        self.nodes[id].parent
    }

    /// The next node beside it that is an element, or text that is more than white space.
    pub(super) fn next(&self, id: usize) -> Option<usize> {
        let parent = self.nodes[id].parent;
        let mut at = self.nodes[id].after;
        while at < self.nodes[parent].after {
            let node = &self.nodes[at];
            if !node.name.is_empty() || !self.text[node.open.clone()].trim().is_empty() {
                return Some(at);
            }
            at = node.after;
        }
        None
    }

    /// From the start tag to the end tag.
    pub(super) fn outer(&self, id: usize) -> Range<usize> {
        self.nodes[id].open.start..self.nodes[id].close.end
    }

    /// Between the tags.
    pub(super) fn inner(&self, id: usize) -> Range<usize> {
        self.nodes[id].open.end..self.nodes[id].close.start
    }

    pub(super) fn outer_text(&self, id: usize) -> &str {
        &self.text[self.outer(id)]
    }

    pub(super) fn inner_text(&self, id: usize) -> &str {
        &self.text[self.inner(id)]
    }

    /// The words shown in an element, as they are written, on one line.
    pub(super) fn text_of(&self, id: usize) -> String {
        let mut words = String::new();
        for at in id..self.nodes[id].after {
            let node = &self.nodes[at];
            if node.name.is_empty() && node.shown {
                words += &self.text[node.open.clone()];
            } else if node.name == "br" || LINES.contains(&node.name.as_str()) {
                words.push(' ');
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether a change is made where the recipe reads.
    pub(super) fn touches_read(&self, change: &[Splice]) -> bool {
        change.iter().any(|splice| {
            self.read.iter().any(|r| r.start <= splice.at.end && splice.at.start <= r.end)
        })
    }
}

/// The letters and figures of a text, in small letters.
pub(super) fn bare(text: &str) -> String {
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(super) fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

fn shows(node: &Node) -> bool {
    static NONE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden").unwrap());
    let dark = ["template", "head", "svg", "select", "textarea", "del", "s", "strike"];
    let name = node.name.as_str();
    !(RAW.contains(&name)
        || dark.contains(&name)
        || node.attribute("hidden").is_some()
        || node.attribute("style").is_some_and(|style| NONE.is_match(style))
        || UNSEEN.iter().any(|class| node.has_class(class)))
}

#[test]
fn a_page_is_laid_out_as_a_browser_has_it() {
    let html = "<!doctype html><html lang=fr><body><main><h1>A &amp; B<p class=wb-inv>no<p>One<b>two</b><table><tr><td>3</table>";
    let sheet = Sheet::of(html, &["Onetwo".to_owned()]);
    assert!(sheet.is_french);
    assert_eq!(sheet.named(&["p"]).len(), 1, "what nobody sees is no place to edit");
    let [p] = sheet.named(&["p"])[..] else { panic!() };
    assert_eq!(sheet.outer_text(p), "<p>One<b>two</b></p>");
    assert_eq!(sheet.read, [sheet.outer(p)]);
    let table = sheet.named(&["table"])[0];
    assert_eq!(sheet.outer_text(table), "<table><tbody><tr><td>3</td></tr></tbody></table>");
    let changed = sheet.with(&sheet.renamed(p, "div"));
    assert!(changed.contains("<div>One<b>two</b></div><table>"), "{changed}");
    let again = Sheet::of(&sheet.text, &[]);
    assert_eq!(again.text, sheet.text, "what is written out is read as the same page");
}
