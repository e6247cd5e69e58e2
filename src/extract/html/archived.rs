//! Sections that a page keeps from former days: "Archived: fees of 2025", "This information is kept for reference only."
//! What stands in them holds no longer, and is no fact.

use std::sync::LazyLock;

use regex::Regex;

use super::outline::{Kind, Outline};
use crate::extract::recipe::{Locator, Pattern};
use crate::extract::value::pattern::constant;

/// Headings of such sections, also as a recipe writes them that wants one.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    let archived = r"^archives?\b|\barchives?$|\b(?:archived|archivée?s?)\b";
    let for_reference =
        r"\bfor (?:reference|historical purposes) only\b|\bà titre (?:de référence|d'archives?)\b";
    constant(&format!("(?i){archived}|{for_reference}"))
});

/// Sentences right under a heading that say so of its section.
static SAYS_SO: LazyLock<Regex> = LazyLock::new(|| {
    let section =
        "(?:information|content|section|page|list|table|renseignements|contenu|liste|tableau)";
    // "No longer applies to nurses" is of some.
    let end = r"(?: (?:as of|since|after|depuis|à compter)\b|[.;,]|$)";
    let kept = "(?:is|are|was|has been|have been) (?:archived|(?:kept |provided |here )?for (?:reference|historical purposes))";
    let over = format!(
        "(?:no longer appl(?:y|ies)|is no longer (?:current|in effect|valid)|is out of date){end}"
    );
    let garde = r"(?:est|sont|a été|ont été) (?:archivée?s?|(?:conservé|fourni)e?s? à (?:titre|des fins) (?:de référence|d'archives?|historiques?))";
    let plus =
        format!("(?:ne s'appliquent? plus|(?:n'est|ne sont) plus (?:à jour|en vigueur)){end}");
    constant(&format!(
        r"(?i)^(?:please note:? )?(?:this|these|the following|ces|cette|cet?|le|la|les) {section}\b[^.]{{0,40}}? (?:(?:{kept}|{garde})\b|{over}|{plus})"
    ))
});

/// For each heading, whether it is over such a section; empty if none is. Where all of a page is one, as its title
/// says, nothing else on it holds: it is read as it stands.
pub(super) fn sections(outline: &Outline) -> Vec<bool> {
    let mut archived: Vec<bool> = Vec::with_capacity(outline.headings.len());
    for (at, heading) in outline.headings.iter().enumerate() {
        let is_one = || TITLE.is_match(&heading.text) || says_so(outline, at);
        let is_within = heading.parent.is_some_and(|parent| archived[parent]);
        archived.push(is_within || at > 0 && is_one());
    }
    if archived.contains(&true) { archived } else { Vec::new() }
}

/// Whether a locator asks for such a section.
pub(crate) fn are_asked(locator: &Locator) -> bool {
    let is_one = |pattern: &Pattern| TITLE.is_match(&pattern.as_str().replace('\\', ""));
    locator.under.iter().any(is_one)
}

/// Whether the first block under a heading says so.
fn says_so(outline: &Outline, heading: usize) -> bool {
    let first = outline.blocks.get(outline.headings[heading].at);
    let first = first.filter(|block| block.heading == Some(heading));
    first.is_some_and(
        |block| matches!(&block.kind, Kind::Paragraph(words) if SAYS_SO.is_match(words)),
    )
}
