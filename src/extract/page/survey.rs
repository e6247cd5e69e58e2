//! One pass over the tree of an HTML page: how deep it is, what it says about itself, where its content is.
//!
//! A page's tree is larger than a processor's near caches, so everything that needs the whole tree is found
//! in one pass.

use std::collections::HashSet;

use ego_tree::{NodeId, NodeRef};
use html5ever::local_name;
use jiff::civil::Date;
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::{stamp, tree};
use crate::extract::html::chrome;
use crate::extract::html::content::{Tag, attribute};
use crate::model::{Breakage, text};

/// What a page says about itself.
pub(crate) struct Survey {
    /// The element that holds the page's own content: `main`, else the body.
    content: NodeId,
    /// Whether no element is marked as the content, so that it begins at the first heading.
    pub(crate) begins_at_heading: bool,
    /// Elements that a browser does not show and nothing on the page opens.
    pub(crate) unseen: Vec<NodeId>,
    /// The address it gives as its own (RFC 6596).
    pub(crate) canonical: Option<Url>,
    /// The day it is dated.
    pub(crate) stamped_on: Option<Date>,
    /// Its title.
    pub(crate) title: String,
    /// The language that it says it is in.
    pub(crate) language: Option<String>,
    /// The address and delay of its refresh, if it sends its reader elsewhere.
    pub(crate) refresh: Option<String>,
    /// Whether it asks for a password.
    pub(crate) asks_password: bool,
    /// The name of a table that a script should have filled.
    pub(crate) unfilled: Option<String>,
}

impl Survey {
    /// Surveys a page.
    ///
    /// # Errors
    /// When it nests too deep to walk.
    pub(crate) fn of(html: &Html) -> Result<Self, Breakage> {
        let (mut main, mut body, mut canonical) = (None, None, None);
        let (mut head_stamp, mut foot_stamp) = (None, None);
        let (mut title, mut refresh, mut asks_password) = (None, None, false);
        let mut language = None;
        let mut filled = Filled::default();
        let (mut hidden, mut opened) = (Vec::new(), HashSet::new());
        for found in Walk::of(html) {
            let node = found?;
            let Some(element) = ElementRef::wrap(node) else { continue };
            match element.value().name.local {
                local_name!("html") => language = attribute(element, &local_name!("lang")),
                local_name!("link") if body.is_none() => {
                    canonical = canonical.or_else(|| canonical_link(element));
                }
                local_name!("meta") => {
                    head_stamp = head_stamp.or_else(|| stamp::head(element));
                    refresh = refresh.or_else(|| refreshed(element));
                }
                local_name!("table") => filled.table(element),
                local_name!("script") => filled.script(element),
                // Not shown until something opens it.
                local_name!("dialog") if attribute(element, &local_name!("open")).is_none() => {
                    hidden.push((element.id(), attribute(element, &local_name!("id"))));
                }
                local_name!("title") if title.is_none() => title = Some(element),
                local_name!("input") => {
                    let kind = attribute(element, &local_name!("type")).unwrap_or_default();
                    asks_password |= kind.eq_ignore_ascii_case("password");
                }
                local_name!("main") if main.is_none() => main = Some(element),
                // The parser merges several bodies into one; a frame's body is in no tree.
                local_name!("body") => body = Some(element),
                _ => {}
            }
            if main.is_none() && attribute(element, &local_name!("role")) == Some("main") {
                main = Some(element);
            }
            foot_stamp = foot_stamp.or_else(|| stamp::foot(element));
            if element.value().attrs.is_empty() {
                continue;
            }
            if chrome::is_unseen(element) {
                hidden.push((element.id(), attribute(element, &local_name!("id"))));
            }
            opened.extend(chrome::opened_by(element));
        }
        let is_opened = |id: &Option<&str>| id.is_some_and(|id| opened.contains(id));
        hidden.retain(|(_, id)| !is_opened(id));
        Ok(Self {
            content: main.or(body).unwrap_or_else(|| html.root_element()).id(),
            begins_at_heading: main.is_none(),
            unseen: hidden.into_iter().map(|(node, _)| node).collect(),
            canonical: canonical
                .and_then(|href| Url::parse(href.trim()).ok())
                .filter(Url::has_host),
            stamped_on: head_stamp.or(foot_stamp),
            title: title.map(|title| title.text().collect()).unwrap_or_default(),
            language: language.map(str::to_owned),
            refresh: refresh.map(str::to_owned),
            asks_password,
            unfilled: filled.unfilled().map(name_of),
        })
    }
}

impl Survey {
    /// The content of the page, after removing what is not seen.
    pub(crate) fn content<'h>(&self, html: &'h mut Html) -> ElementRef<'h> {
        for unseen in &self.unseen {
            // The content itself is never removed: a script shows it once the page is loaded.
            if *unseen != self.content
                && let Some(mut node) = html.tree.get_mut(*unseen)
            {
                node.detach();
            }
        }
        if !self.begins_at_heading {
            let outside = html.tree.get(self.content).map(outside).unwrap_or_default();
            for id in outside.into_iter().rev() {
                if let Some(mut content) = html.tree.get_mut(self.content) {
                    content.prepend_id(id);
                }
            }
        }
        let content = html.tree.get(self.content).and_then(ElementRef::wrap);
        content.unwrap_or_else(|| html.root_element())
    }
}

/// What is the page's own outside the element that is marked as its content, to be read before it: the title above
/// it with what is said beside it, if the content has none, and the notices above and below it.
fn outside(main: NodeRef<'_, Node>) -> Vec<NodeId> {
    fn title<'t>(node: NodeRef<'t, Node>) -> Option<ElementRef<'t>> {
        let is_title = |element: &ElementRef<'_>| Tag::of(*element) == Tag::Heading(1);
        node.descendants().filter_map(ElementRef::wrap).find(is_title)
    }
    let mut needs_title = title(main).is_none();
    let (mut found, mut below) = (Vec::new(), Vec::new());
    for level in std::iter::once(main).chain(main.ancestors()) {
        let after = level.next_siblings().filter_map(ElementRef::wrap);
        below.extend(after.filter(|after| chrome::is_notice(*after)).map(|notice| notice.id()));
        for before in level.prev_siblings().filter_map(ElementRef::wrap) {
            if let Some(title) = title(*before).filter(|_| needs_title) {
                needs_title = false;
                // Of a title that stands beside the content itself, the parent has the content in it.
                let beside = title.parent().filter(|_| title.id() != before.id());
                let beside = beside.filter(|parent| parent.descendants().count() < BESIDE);
                found.push(beside.map_or(title.id(), |parent| parent.id()));
            } else if chrome::is_notice(before) {
                found.push(before.id());
            }
        }
    }
    found.reverse();
    found.extend(below);
    found
}

/// The most nodes in what is said beside a title.
const BESIDE: usize = 40;

/// The tables that came without rows, and the scripts that may fill one.
#[derive(Default)]
struct Filled<'a> {
    /// The first that says where its rows are loaded from.
    loads: Option<ElementRef<'a>>,
    /// The first that does not say so.
    empty: Option<ElementRef<'a>>,
    /// The scripts after that.
    scripts: String,
}

impl<'a> Filled<'a> {
    fn table(&mut self, table: ElementRef<'a>) {
        if self.loads.is_some() || !is_empty(table) {
            return;
        }
        if loads(table) {
            self.loads = Some(table);
        } else {
            self.empty = self.empty.or(Some(table));
        }
    }

    fn script(&mut self, script: ElementRef<'a>) {
        if self.empty.is_some() && self.scripts.len() < SCRIPTS {
            script.text().for_each(|text| self.scripts.push_str(text));
        }
    }

    /// A table that a script should have filled: one that says so, or that a script names.
    fn unfilled(self) -> Option<ElementRef<'a>> {
        self.loads.or_else(|| self.empty.filter(|table| names(&self.scripts, *table)))
    }
}

/// How many bytes of a page's scripts are searched for the name of a table.
const SCRIPTS: usize = 256 << 10;

/// Whether a script names a table by its id.
fn names(scripts: &str, table: ElementRef<'_>) -> bool {
    let id = attribute(table, &local_name!("id")).filter(|id| !id.is_empty());
    let is_quote = |c: char| matches!(c, '\'' | '"' | '`' | '#' | ' ');
    id.is_some_and(|id| {
        scripts.match_indices(id).any(|(at, id)| {
            scripts[..at].ends_with(is_quote) && scripts[at + id.len()..].starts_with(is_quote)
        })
    })
}

/// Whether a table has headers and a body, but no rows in it.
fn is_empty(table: ElementRef<'_>) -> bool {
    let is = |element: &ElementRef<'_>, name: &str| element.value().name() == name;
    let mut parts = table.descendent_elements();
    let has = |name: &'static str| table.descendent_elements().any(|part| is(&part, name));
    // Nearly every table has a cell near its start.
    !parts.by_ref().any(|part| is(&part, "td")) && has("th") && has("tbody")
}

/// Whether a table says where its rows are loaded from.
fn loads(table: ElementRef<'_>) -> bool {
    let is = |element: &ElementRef<'_>, name: &str| element.value().name() == name;
    let says = |element: ElementRef<'_>| {
        element.value().attrs.iter().any(|(name, value)| {
            let value = value.to_ascii_lowercase();
            let is_data = name.local.starts_with("data-");
            (is_data
                && LOADERS
                    .iter()
                    .any(|loader| value.contains(loader) || name.local.contains(loader)))
                || (*name.local == *"class" && FILLED.iter().any(|class| value.contains(class)))
        })
    };
    table.descendent_elements().filter(|part| is(part, "table") || is(part, "tbody")).any(says)
}

/// Words in attributes of a table that a script fills.
const LOADERS: [&str; 7] = ["ajax", "url", "src", "source", "json", "load", "fetch"];

/// Classes of tables that a script fills.
const FILLED: [&str; 4] = ["datatable", "wb-tables", "loading", "js-table"];

/// The name of a table: its caption, else its id.
fn name_of(table: ElementRef<'_>) -> String {
    let caption = table.child_elements().find(|part| part.value().name() == "caption");
    let caption = caption.map(|caption| caption.text().collect::<String>()).unwrap_or_default();
    let id = attribute(table, &local_name!("id")).unwrap_or_default();
    match (caption.trim(), id) {
        ("", "") => "a table".to_owned(),
        ("", id) => format!("table `{}`", text::excerpt(id, 60)),
        (caption, _) => format!("table `{}`", text::excerpt(&text::canonical(caption), 60)),
    }
}

/// The content of a `meta` refresh, which makes a browser load another page.
fn refreshed(meta: ElementRef<'_>) -> Option<&str> {
    attribute(meta, &local_name!("http-equiv"))
        .filter(|kind| kind.trim().eq_ignore_ascii_case("refresh"))
        .and_then(|_| attribute(meta, &local_name!("content")))
}

/// The `href` of a link that gives the page's own address.
fn canonical_link(link: ElementRef<'_>) -> Option<&str> {
    let is_it = |rel: &str| rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("canonical"));
    attribute(link, &local_name!("rel"))
        .filter(|rel| is_it(rel))
        .and_then(|_| attribute(link, &local_name!("href")))
}

/// All nodes in reading order. ego-tree's own traversal visits both ends of every element.
struct Walk<'a> {
    next: Option<NodeRef<'a, Node>>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn of(html: &'a Html) -> Self {
        Self { next: Some(html.tree.root()), depth: 0 }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<NodeRef<'a, Node>, Breakage>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.next?;
        if let Err(too_deep) = tree::check(self.depth) {
            self.next = None;
            return Some(Err(too_deep));
        }
        self.next = node.first_child();
        if self.next.is_some() {
            self.depth += 1;
            return Some(Ok(node));
        }
        // The next node is the next sibling of this one, or of the nearest ancestor that has one.
        let mut at = node;
        while self.next.is_none() {
            self.next = at.next_sibling();
            match at.parent() {
                Some(parent) if self.next.is_none() => (at, self.depth) = (parent, self.depth - 1),
                Some(_) | None => break,
            }
        }
        Some(Ok(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::page::tree::parse;

    /// The words of the content of a page.
    fn content(html: &str) -> String {
        let mut html = parse(html).unwrap();
        let survey = Survey::of(&html).unwrap();
        let content = survey.content(&mut html);
        assert!(content.ancestors().all(|above| above.id() != content.id()), "it is in itself");
        content.text().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_title_beside_the_content_is_read_with_it() {
        assert_eq!(content("<h1>Fees</h1><main><p>$50</main>"), "Fees $50");
        assert_eq!(content("<p>Home</p><h1>Fees</h1><main><p>$50</main><p>Foot"), "Fees $50");
        assert_eq!(
            content("<header><h1>Fees</h1><p>Paid.</header><main>$50</main>"),
            "Fees Paid. $50"
        );
        // The parser takes an end tag in a formula for that of the heading around it.
        assert_eq!(content("<h1><math></h2><main>$50"), "$50");
    }
}
