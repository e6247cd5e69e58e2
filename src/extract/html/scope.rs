//! Where on a page a locator looks: under which headings, and what the headings name.

use std::cell::OnceCell;
use std::sync::LazyLock;

use regex::Regex;

use super::archived;
use super::outline::{Kind, Outline};
use crate::extract::matches::Match;
use crate::extract::recipe::{Locator, Pattern};
use crate::extract::value::{pattern::constant, typo};
use crate::model::{
    meaning, text,
    words::{forms, words},
};

/// The longest evidence kept for one match, in characters.
pub(crate) const QUOTE_LIMIT: usize = 300;

/// An outline seen through a locator.
pub(crate) struct Scope<'a> {
    pub(crate) outline: &'a Outline,
    pub(crate) locator: &'a Locator,
    /// For each heading, whether the locator looks at blocks under it; empty if it looks everywhere.
    /// Computed once: a page has far fewer headings than blocks.
    admitted: Vec<bool>,
    /// Whether it looks also at what is kept from former days.
    sees_archive: bool,
    /// For each heading, the number of the word that names it, computed on first use: it may have many
    /// matches, and it may be too long for a vocabulary to remember.
    named: Vec<OnceCell<Option<usize>>>,
}

impl<'a> Scope<'a> {
    /// Looks at an outline through a locator.
    pub(crate) fn new(outline: &'a Outline, locator: &'a Locator) -> Self {
        let everywhere = locator.under.is_empty();
        let admitted = if everywhere { Vec::new() } else { admitted(outline, locator) };
        let sees_archive = !outline.has_archive() || archived::are_asked(locator);
        let named = locator.named_by.iter().flat_map(|_| &outline.headings);
        let named = named.map(|_| OnceCell::new()).collect();
        Self { outline, locator, admitted, sees_archive, named }
    }

    /// Returns whether the locator looks at blocks under this heading.
    pub(crate) fn admits(&self, heading: Option<usize>) -> bool {
        (self.sees_archive || !self.outline.is_archived(heading))
            && (self.locator.under.is_empty() || heading.is_some_and(|at| self.admitted[at]))
    }

    /// Why the locator looks nowhere on this page, if so: the missing heading, and the heading most like it.
    pub(crate) fn nowhere(&self) -> Option<String> {
        if self.locator.under.is_empty() || self.admitted.contains(&true) {
            return None;
        }
        let depths = depths(self.outline, self.locator);
        let found = depths.into_iter().max().unwrap_or(0);
        let missing = self.locator.under.get(found)?;
        let headings = || self.outline.headings.iter().map(|heading| heading.text.as_str());
        let nearest = nearest(missing, headings());
        let there = match nearest {
            Some(heading) => format!("the nearest there is `{}`", text::excerpt(heading, 80)),
            None => match headings().next() {
                None => "the page has no headings".to_owned(),
                Some(_) => {
                    let some: Vec<String> =
                        headings().take(SOME).map(|heading| text::excerpt(heading, 40)).collect();
                    format!("there are `{}`", some.join("`, `"))
                }
            },
        };
        Some(format!("no heading matches `{missing}`; {there}"))
    }

    /// Begins a match found under a heading: sets `heading`, the word the headings give, and fixed cells.
    pub(crate) fn begin(&self, heading: Option<usize>, place: String, quote: &str) -> Match<'a> {
        let mut matched = Match::new(place, text::excerpt(quote, QUOTE_LIMIT));
        matched.heading = heading;
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

    /// The number of the word that names a heading, or the nearest named one above it.
    fn named(&self, heading: Option<usize>) -> Option<usize> {
        let vocabulary = &self.locator.named_by.as_ref()?.vocabulary;
        self.outline.ancestors(heading).find_map(|at| {
            let text = &self.outline.headings[at].text;
            *self.named[at].get_or_init(|| typo::named(vocabulary, text))
        })
    }

    /// The paragraph or item just before a block, under the same heading, that introduces it.
    pub(crate) fn intro(&self, at: usize) -> Option<&'a str> {
        let block = &self.outline.blocks[at];
        let before = self.outline.blocks[..at].iter().rev().take(3);
        before.take_while(|b| b.heading == block.heading).find_map(|b| match &b.kind {
            Kind::Paragraph(words) => Some(words.as_str()),
            Kind::Item { .. } | Kind::Table(_) => None,
        })
    }

    /// The paragraph after a table that says from when its figures hold: "These amounts take effect on July 7, 2027."
    pub(crate) fn dated_below(&self, at: usize) -> Option<&'a str> {
        static THESE: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?i)^(?:(?:all )?(?:of )?these|the above|ces) (?:new )?(?:amounts?|fees?|figures?|rates?|thresholds?|montants|frais|droits|seuils)\b";
            constant(pattern)
        });
        let block = &self.outline.blocks[at];
        let below =
            self.outline.blocks.get(at + 1).filter(|below| below.heading == block.heading)?;
        match &below.kind {
            Kind::Paragraph(words) if THESE.is_match(words) => Some(words),
            _ => None,
        }
    }
}

/// For each heading, whether all patterns of a locator match headings on the path to it, in order. A heading
/// always comes after the one over it.
fn admitted(outline: &Outline, locator: &Locator) -> Vec<bool> {
    let depths = depths(outline, locator);
    depths.into_iter().map(|count| count == locator.under.len()).collect()
}

/// For each heading, how many of a locator's patterns match headings on the path to it, in order.
fn depths(outline: &Outline, locator: &Locator) -> Vec<usize> {
    let mut matched: Vec<usize> = Vec::with_capacity(outline.headings.len());
    for heading in &outline.headings {
        let over = heading.parent.map_or(0, |parent| matched[parent]);
        let is_it = |p: &Pattern| {
            let others = || meaning::spellings(&heading.text);
            forms(&heading.text).any(|text| p.is_match(text))
                || others().iter().any(|text| p.is_match(text))
        };
        let next = locator.under.get(over).is_some_and(is_it);
        matched.push(over + usize::from(next));
    }
    matched
}

/// How many headings to name if none is like the wanted one.
const SOME: usize = 5;

/// The text that shares most words with a pattern, if any does.
pub(crate) fn nearest<'w>(
    pattern: &Pattern,
    among: impl Iterator<Item = &'w str>,
) -> Option<&'w str> {
    let wanted: Vec<String> = words(pattern.as_str()).into_iter().filter(|w| w.len() > 2).collect();
    let shared = |text: &&str| {
        let has = words(text);
        let is_like = |w: &String| {
            has.iter().any(|h| h == w || (w.len() > 3 && h.starts_with(&w[..w.len() - 1])))
        };
        wanted.iter().filter(|w| is_like(w)).count() * 100 / has.len().max(wanted.len()).max(1)
    };
    // Of equally similar texts, the first.
    let mut best: Option<(usize, &str)> = None;
    for text in among {
        let shared = shared(&text);
        if shared > best.map_or(0, |(most, _)| most) {
            best = Some((shared, text));
        }
    }
    best.map(|(_, text)| text)
}
