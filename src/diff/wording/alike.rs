//! Which lines of two pages are alike, by their words in any order.
//!
//! Every line that is on one page alone is compared with every one that is on the other alone. What bounds the
//! work is the words that this looks at, so that long lines cost no more than many.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::lines::Line;

/// How alike two lines must be, in hundredths, for one to be a rewording of the other.
const ALIKE: usize = 40;

/// How alike they must be, in hundredths of the longer one, for one to be the other with a word changed.
const SAME: usize = 80;

/// The most words that such lines differ by on either side.
const A_WORD: usize = 2;

/// The most words that are looked at. Of two pages that differ in more, none is like the other in any line.
const WORDS: usize = 20_000_000;

/// The lines found on only one of two pages, as they are compared.
pub(super) struct Bags {
    was: Vec<Bag>,
    is: Vec<Bag>,
}

/// The words of a line, sorted: the hash of each, and its place in the line.
struct Bag(Vec<(u64, usize)>);

impl Bags {
    pub(super) fn of(was: &[Line<'_>], is: &[Line<'_>]) -> Self {
        let words = |lines: &[Line<'_>]| lines.iter().map(|line| line.words.len()).sum::<usize>();
        let each = |these, those: &[Line<'_>]| words(these).saturating_mul(those.len());
        if each(was, is).saturating_add(each(is, was)) > WORDS {
            return Self { was: Vec::new(), is: Vec::new() };
        }
        let bags = |lines: &[Line<'_>]| lines.iter().map(Bag::of).collect();
        Self { was: bags(was), is: bags(is) }
    }

    /// The new line that is most like an old one.
    pub(super) fn like_old(&self, old: usize) -> Option<usize> {
        self.was.get(old)?.nearest(&self.is)
    }

    /// The old line that is most like a new one.
    pub(super) fn like_new(&self, new: usize) -> Option<usize> {
        self.is.get(new)?.nearest(&self.was)
    }

    /// The places of the words that only an old line and only a new one has, if one is the other with a word
    /// or two changed.
    pub(super) fn a_word_apart(&self, old: usize, new: usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let (old, new) = (self.was.get(old)?, self.is.get(new)?);
        let (lost, added) = old.beside(new)?;
        let longer = old.0.len().max(new.0.len());
        let same = longer - lost.len().max(added.len());
        (same * 100 >= longer * SAME).then_some((lost, added))
    }
}

impl Bag {
    fn of(line: &Line<'_>) -> Self {
        let hash = |word: &str| {
            let mut hasher = DefaultHasher::new();
            word.hash(&mut hasher);
            hasher.finish()
        };
        let words = line.words.iter().enumerate();
        let mut words: Vec<(u64, usize)> = words.map(|(n, word)| (hash(&word.text), n)).collect();
        words.sort_unstable();
        Self(words)
    }

    /// The most alike of others, and of several the last.
    fn nearest(&self, others: &[Self]) -> Option<usize> {
        let near = others.iter().map(|other| self.likeness(other)).enumerate();
        let near = near.filter(|(_, how)| *how >= ALIKE);
        near.max_by_key(|(_, how)| *how).map(|(n, _)| n)
    }

    /// The share of words in common, in hundredths of the longer one; zero where the lengths alone say that
    /// they are not alike.
    fn likeness(&self, other: &Self) -> usize {
        let (a, b) = (self.0.len(), other.0.len());
        let (shorter, longer) = (a.min(b), a.max(b));
        if shorter * 100 < longer * ALIKE {
            return 0;
        }
        let (mut shared, mut these, mut those) = (0, self.0.as_slice(), other.0.as_slice());
        while let ([(one, _), rest @ ..], [(another, _), others @ ..]) = (these, those) {
            match one.cmp(another) {
                Ordering::Less => these = rest,
                Ordering::Greater => those = others,
                Ordering::Equal => {
                    shared += 1;
                    (these, those) = (rest, others);
                }
            }
        }
        shared * 100 / longer.max(1)
    }

    /// The places of the words that only this and only the other has, if these are few.
    fn beside(&self, other: &Self) -> Option<(Vec<usize>, Vec<usize>)> {
        let (mut lost, mut added) = (Vec::new(), Vec::new());
        let (mut these, mut those) = (self.0.as_slice(), other.0.as_slice());
        if these.len().abs_diff(those.len()) > A_WORD {
            return None;
        }
        loop {
            match (these, those) {
                ([(one, _), rest @ ..], [(another, _), others @ ..]) if one == another => {
                    (these, those) = (rest, others);
                }
                ([(one, place), rest @ ..], [(another, _), ..]) if one < another => {
                    lost.push(*place);
                    these = rest;
                }
                ([(_, place), rest @ ..], []) => {
                    lost.push(*place);
                    these = rest;
                }
                (_, [(_, place), others @ ..]) => {
                    added.push(*place);
                    those = others;
                }
                ([], []) => return Some((lost, added)),
            }
            if lost.len().max(added.len()) > A_WORD {
                return None;
            }
        }
    }
}
