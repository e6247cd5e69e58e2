//! The links of a page's content to other pages of its site.

use ego_tree::NodeRef;
use html5ever::local_name;
use scraper::{ElementRef, Node};

use super::content::{Tag, attribute, text_of};
use crate::model::text;

/// The most links of a page that are kept.
const MOST: usize = 2_000;

/// The links in an element, in reading order: their words on one line, and the path of their address. Links
/// to another place on the page, or to another site, are left out.
pub(crate) fn of(content: ElementRef<'_>) -> Vec<(String, String)> {
    let mut links = Vec::new();
    gather(*content, &mut links);
    links
}

fn gather(node: NodeRef<'_, Node>, links: &mut Vec<(String, String)>) {
    for element in node.children().filter_map(ElementRef::wrap) {
        if links.len() >= MOST || matches!(Tag::of(element), Tag::Chrome) {
            continue;
        }
        if element.value().name.local == local_name!("a")
            && let Some(path) = attribute(element, &local_name!("href")).and_then(path)
        {
            let words = text_of(element).replace('\n', " ");
            if !words.is_empty() {
                links.push((text::excerpt(&words, 200), text::excerpt(&path, 300)));
            }
        }
        gather(*element, links);
    }
}

/// The path of an address on the same site, without its query or fragment.
fn path(href: &str) -> Option<String> {
    let href = href.trim();
    let end = href.find(['#', '?']).unwrap_or(href.len());
    let path = href[..end].to_ascii_lowercase();
    let is_elsewhere = path.contains(':') || path.starts_with("//");
    (!path.is_empty() && !is_elsewhere).then_some(path)
}
