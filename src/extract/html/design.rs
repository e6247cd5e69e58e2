//! Elements whose name does not say what they are to a reader: those of the design system that canada.ca is
//! moving to (<https://design-system.canada.ca/en/components/>), panels of the one it leaves
//! (<https://getbootstrap.com/docs/3.4/components/#panels>), and headings by their role (WAI-ARIA 1.2).

use html5ever::{LocalName, local_name};
use scraper::ElementRef;

use super::content::{Tag, attribute, integer};

/// What names of the design system begin with.
const SYSTEM: &str = "gcds-";

/// Attributes of the design system whose words are printed as a heading over the element's own.
const TITLES: [&str; 4] = ["details-title", "notice-title", "heading", "card-title"];

/// The level of a heading that does not say it.
const LEVEL: u8 = 2;

/// How many elements of a panel are looked at: each of its titles asks for them.
const PANEL: usize = 500;

/// The tag of an element whose name says `named`, if it is another.
pub(super) fn tag(element: ElementRef<'_>, named: Tag) -> Option<Tag> {
    match named {
        Tag::Block if has_class(element, "panel") && is_outdone(element) => Some(Tag::Section),
        Tag::Block if let Some(level) = looks_like(element) => Some(Tag::Heading(level)),
        Tag::Heading(_) if has_class(element, "panel-title") => {
            let panels = element.ancestors().filter_map(ElementRef::wrap);
            let panel = panels.into_iter().find(|element| has_class(*element, "panel"));
            panel.is_some_and(is_outdone).then_some(Tag::Heading(0))
        }
        // The link of a mark to its footnote, in the design that canada.ca leaves.
        Tag::Inline if has_class(element, "fn-lnk") => Some(Tag::Superscript),
        Tag::Block | Tag::Inline => unnamed(element),
        _ => None,
    }
}

/// Whether a heading inside a panel has the level of the panel's title, or a higher one. The title is over it all the
/// same, and over nothing behind the panel.
fn is_outdone(panel: ElementRef<'_>) -> bool {
    let headings = panel.descendent_elements().take(PANEL).filter_map(|inner| {
        let level = inner.value().name().strip_prefix('h')?.parse::<u8>().ok()?;
        Some((level, has_class(inner, "panel-title")))
    });
    let mut headings = headings.skip_while(|(_, is_title)| !is_title);
    let title = headings.next();
    title.is_some_and(|(level, _)| headings.any(|(inner, is_title)| inner <= level && !is_title))
}

/// The tag of an element that its name does not give.
fn unnamed(element: ElementRef<'_>) -> Option<Tag> {
    if attribute(element, &local_name!("role")) == Some("heading") {
        let level = integer(element, &LocalName::from("aria-level"));
        return Some(heading(level));
    }
    let tag = match element.value().name().strip_prefix(SYSTEM)? {
        "heading" => heading(stands_for(element)),
        "details" | "notice" | "alert" | "card" => Tag::Section,
        "text" | "container" | "grid" | "grid-col" | "stepper" | "fieldset" => Tag::Block,
        "button" => Tag::Button,
        "breadcrumbs" | "date-modified" | "footer" | "header" | "icon" | "lang-toggle"
        | "pagination" | "search" | "side-nav" | "signature" | "sr-only" | "top-nav" => Tag::Chrome,
        _ => return None,
    };
    Some(tag)
}

/// The level of the heading that a class makes an element look like: `<p class="h3">`.
fn looks_like(element: ElementRef<'_>) -> Option<u8> {
    let level = |class: &str| class.strip_prefix('h')?.parse().ok().filter(|n| (1..=6).contains(n));
    attribute(element, &local_name!("class"))?.split_ascii_whitespace().find_map(level)
}

fn heading(level: Option<u8>) -> Tag {
    Tag::Heading(level.unwrap_or(LEVEL).clamp(1, 6))
}

/// The level of the element that a heading of the design system stands for, which an attribute names.
fn stands_for(heading: ElementRef<'_>) -> Option<u8> {
    attribute(heading, &LocalName::from("tag"))?.strip_prefix('h')?.parse().ok()
}

/// The words that an element of the design system prints as a heading over its own.
pub(super) fn title(element: ElementRef<'_>) -> Option<&str> {
    element.value().name().strip_prefix(SYSTEM)?;
    TITLES.iter().find_map(|name| attribute(element, &LocalName::from(*name)))
}

fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    let classes = attribute(element, &local_name!("class")).unwrap_or_default();
    classes.split_ascii_whitespace().any(|known| known == class)
}
