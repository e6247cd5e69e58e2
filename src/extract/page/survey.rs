//! One look at the tree of an HTML page: how deep it is, what it says it is, where its content is.
//!
//! A page's tree is larger than a processor's near caches: what wants to see all of it is asked at
//! once.

use ego_tree::NodeRef;
use html5ever::local_name;
use jiff::civil::Date;
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::{stamp, tree};
use crate::extract::html::content::attribute;
use crate::model::Breakage;

/// What a page says of itself.
pub(crate) struct Survey<'a> {
    /// The element that holds the page's own content: `main`, else the body.
    pub(crate) content: ElementRef<'a>,
    /// The address it says it has (RFC 6596).
    pub(crate) canonical: Option<Url>,
    /// The day it says it is of.
    pub(crate) stamped_on: Option<Date>,
}

impl<'a> Survey<'a> {
    /// Looks at a page.
    ///
    /// # Errors
    /// When it nests too deep to walk.
    pub(crate) fn of(html: &'a Html) -> Result<Self, Breakage> {
        let (mut main, mut body, mut canonical) = (None, None, None);
        let (mut head_stamp, mut foot_stamp) = (None, None);
        for found in Walk::of(html) {
            let node = found?;
            let Some(element) = ElementRef::wrap(node) else { continue };
            match element.value().name.local {
                local_name!("link") if body.is_none() => {
                    canonical = canonical.or_else(|| canonical_link(element));
                }
                local_name!("meta") => head_stamp = head_stamp.or_else(|| stamp::head(element)),
                local_name!("main") if main.is_none() => main = Some(element),
                // Of several bodies the parser makes one; a frame's stands in no tree.
                local_name!("body") => body = Some(element),
                _ => {}
            }
            if main.is_none() && attribute(element, &local_name!("role")) == Some("main") {
                main = Some(element);
            }
            foot_stamp = foot_stamp.or_else(|| stamp::foot(element));
        }
        Ok(Self {
            content: main.or(body).unwrap_or_else(|| html.root_element()),
            canonical: canonical
                .and_then(|href| Url::parse(href.trim()).ok())
                .filter(Url::has_host),
            stamped_on: head_stamp.or(foot_stamp),
        })
    }
}

/// The `href` of a link to the address that is the page's own.
fn canonical_link(link: ElementRef<'_>) -> Option<&str> {
    let is_it = |rel: &str| rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("canonical"));
    attribute(link, &local_name!("rel"))
        .filter(|rel| is_it(rel))
        .and_then(|_| attribute(link, &local_name!("href")))
}

/// All nodes in reading order. What ego-tree offers stops at both ends of every element.
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
        // The next node stands beside this one, or beside the nearest one above that has any.
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
