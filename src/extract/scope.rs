//! Where on a page a locator looks: under which headings, and what the headings name.

use super::outline::{Kind, Outline};
use super::recipe::Locator;
use super::row::Row;
use crate::model::text;

/// The longest evidence kept of one row, in characters.
pub(super) const QUOTE_LIMIT: usize = 300;

/// An outline seen through a locator.
pub(super) struct Scope<'a> {
    pub(super) outline: &'a Outline,
    locator: &'a Locator,
    /// For each heading whether blocks under it are where the locator looks. Worked out once: a
    /// page has far fewer headings than blocks.
    admitted: Vec<bool>,
}

impl<'a> Scope<'a> {
    /// Looks at an outline through a locator.
    pub(super) fn new(outline: &'a Outline, locator: &'a Locator) -> Self {
        Self { outline, locator, admitted: admitted(outline, locator) }
    }

    /// Returns whether a block under this heading is where the locator looks.
    pub(super) fn admits(&self, heading: Option<usize>) -> bool {
        heading.map_or(self.locator.under.is_empty(), |heading| self.admitted[heading])
    }

    /// Begins a row found under a heading: `heading`, what the headings name, and fixed cells.
    pub(super) fn row(&self, heading: Option<usize>, place: String, quote: &str) -> Row {
        let mut row = Row::new(place, text::excerpt(quote, QUOTE_LIMIT));
        if let Some(at) = heading {
            row.set("heading", self.outline.headings[at].text.as_str());
        }
        if let Some(named) = &self.locator.named_by {
            let word = self
                .outline
                .ancestors(heading)
                .find_map(|at| named.vocabulary.word(&self.outline.headings[at].text));
            if let Some(word) = word {
                row.set(&named.cell, word);
            }
        }
        for (cell, words) in &self.locator.lets {
            row.set(cell, words.as_str());
        }
        row
    }

    /// The paragraph or item just before a block, under the same heading: what introduces it.
    pub(super) fn intro(&self, at: usize) -> Option<&str> {
        let block = &self.outline.blocks[at];
        let before = self.outline.blocks[..at].iter().rev().take(3);
        before.take_while(|b| b.heading == block.heading).find_map(|b| match &b.kind {
            Kind::Paragraph(words) => Some(words.as_str()),
            Kind::Item { .. } | Kind::Table(_) => None,
        })
    }
}

/// For each heading whether each of a locator's patterns matches one heading of the path to it, in
/// order. A heading stands after the one it stands under.
fn admitted(outline: &Outline, locator: &Locator) -> Vec<bool> {
    let mut matched: Vec<usize> = Vec::with_capacity(outline.headings.len());
    for heading in &outline.headings {
        let over = heading.parent.map_or(0, |parent| matched[parent]);
        let next = locator.under.get(over).is_some_and(|p| p.is_match(&heading.text));
        matched.push(over + usize::from(next));
    }
    matched.into_iter().map(|count| count == locator.under.len()).collect()
}
