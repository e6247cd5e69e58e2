//! Panels that a button opens: the button's words are their heading, as in a `summary`.

use ego_tree::NodeId;
use html5ever::{LocalName, local_name};
use scraper::ElementRef;

use super::content::{attribute, text_of};
use crate::model::text;

/// The most panels of a page to wait for; on a page with more, later ones have no heading.
const WAITED: usize = 500;

/// The longest words of a button that can be a heading, in characters.
const LONGEST: usize = 200;

/// The element that a button opens.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Panel {
    /// The element with this id.
    Named(String),
    /// This element, beside the button.
    Beside(NodeId),
}

/// The element that a button opens, and the button's words; `None` if it opens nothing.
pub(super) fn of(button: ElementRef<'_>) -> Option<(Panel, String)> {
    attribute(button, &LocalName::from("aria-expanded"))?;
    let words = text::canonical(&text_of(button).replace('\n', " "));
    if words.is_empty() || words.chars().count() > LONGEST {
        return None;
    }
    let named = attribute(button, &LocalName::from("aria-controls"));
    let named = named.and_then(|ids| ids.split_ascii_whitespace().next());
    let panel = match named {
        Some(id) => Panel::Named(id.to_owned()),
        None => Panel::Beside(beside(button)?.id()),
    };
    Some((panel, words))
}

/// The element after a button, or after an element that contains only the button.
fn beside(button: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let is_alone = |parent: &ElementRef<'_>| parent.child_elements().nth(1).is_none();
    next(button).or_else(|| {
        let parent = button.parent().and_then(ElementRef::wrap).filter(is_alone)?;
        next(parent)
    })
}

/// The words of the button that opens an element, removed from the list.
pub(super) fn take(panels: &mut Vec<(Panel, String)>, element: ElementRef<'_>) -> Option<String> {
    // Nearly every page has no such button.
    if panels.is_empty() {
        return None;
    }
    panels.truncate(WAITED);
    let id = attribute(element, &local_name!("id"));
    let is_it = |(panel, _): &(Panel, String)| match panel {
        Panel::Named(name) => id == Some(name),
        Panel::Beside(node) => *node == element.id(),
    };
    let at = panels.iter().position(is_it)?;
    Some(panels.swap_remove(at).1)
}

fn next(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.next_siblings().find_map(ElementRef::wrap)
}
