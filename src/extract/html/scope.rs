//! Where on a page a locator looks: under which headings, and what the headings name.

use std::cell::OnceCell;

use super::outline::{Kind, Outline};
use crate::extract::matches::Match;
use crate::extract::recipe::Locator;
use crate::model::text;

/// The longest evidence kept of one match, in characters.
pub(crate) const QUOTE_LIMIT: usize = 300;

/// An outline seen through a locator.
pub(crate) struct Scope<'a> {
    pub(crate) outline: &'a Outline,
    pub(crate) locator: &'a Locator,
    /// For each heading whether blocks under it are where the locator looks, if it does not look
    /// everywhere. Worked out once: a page has far fewer headings than blocks.
    admitted: Vec<bool>,
    /// For each heading the number of the word that names it, once somebody asked: its matches are
    /// many, and it may be longer than what a vocabulary remembers.
    named: Vec<OnceCell<Option<usize>>>,
}

impl<'a> Scope<'a> {
    /// Looks at an outline through a locator.
    pub(crate) fn new(outline: &'a Outline, locator: &'a Locator) -> Self {
        let everywhere = locator.under.is_empty();
        let admitted = if everywhere { Vec::new() } else { admitted(outline, locator) };
        let named = locator.named_by.iter().flat_map(|_| &outline.headings);
        Self { outline, locator, admitted, named: named.map(|_| OnceCell::new()).collect() }
    }

    /// Returns whether a block under this heading is where the locator looks.
    pub(crate) fn admits(&self, heading: Option<usize>) -> bool {
        self.locator.under.is_empty() || heading.is_some_and(|heading| self.admitted[heading])
    }

    /// Begins a match found under a heading: `heading`, what the headings name, and fixed cells.
    pub(crate) fn begin(&self, heading: Option<usize>, place: String, quote: &str) -> Match<'a> {
        let mut matched = Match::new(place, text::excerpt(quote, QUOTE_LIMIT));
        matched.reserve(self.locator.lets.len() + 6);
        if let Some(at) = heading {
            matched.set("heading", &*self.outline.headings[at].text);
        }
        if let Some(named) = &self.locator.named_by
            && let Some(number) = self.named(heading)
        {
            matched.set(&*named.cell, named.vocabulary.numbered(number));
        }
        for (cell, words) in &self.locator.lets {
            matched.set(cell, words);
        }
        matched
    }

    /// The number of the word that names a heading or the nearest one above it.
    fn named(&self, heading: Option<usize>) -> Option<usize> {
        let vocabulary = &self.locator.named_by.as_ref()?.vocabulary;
        self.outline.ancestors(heading).find_map(|at| {
            let number = || vocabulary.number(&self.outline.headings[at].text);
            *self.named[at].get_or_init(number)
        })
    }

    /// The paragraph or item just before a block, under the same heading: what introduces it.
    pub(crate) fn intro(&self, at: usize) -> Option<&'a str> {
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
