//! Lines of which one became another by a word or two.
//!
//! "Officers should ensure" for "officers must ensure" is a change also where both are said elsewhere on
//! the page, and where another line has "should" for "must" instead; and "full-time" for "part-time" is one
//! though the same number of months is read from the sentence.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, HashSet};

use super::Told;
use super::alike::Bags;
use super::lines::Line;
use crate::model::words::Word;

/// How much is searched for lines that stand elsewhere, in bytes. A page with more was written anew.
const SEARCHED: usize = 100_000_000;

/// The lines of which one became another by a word or two that no fact reports: that its words occur
/// elsewhere too does not make it say the same. Rows are compared cell by cell ([`super::Sides::others`]).
///
/// The words are news where they occur more often than before, or less. Where they do not, the line may only
/// be split otherwise: then the words of both stand one after another on the other page.
pub(super) fn reworded<'a>(
    (was, is): (&[Line<'a>], &[Line<'a>]),
    bags: &Bags,
    told: &Told<'_>,
) -> HashSet<&'a str> {
    let (gone, came) = (more_often(was, is), more_often(is, was));
    let is_news = |word: &Word| !told.covers(word);
    let is_more = |beside: &Beside<'_, '_>, more: &HashSet<&str>| {
        beside.words().any(|word| more.contains(word.text.as_str()) && is_news(word))
    };
    let search = Search { left: Cell::new(SEARCHED) };
    let stood: Vec<OnceCell<bool>> = vec![OnceCell::new(); is.len()];
    let mut reworded = HashSet::new();
    for (n, old) in sentences(was) {
        let stands = OnceCell::new();
        for (m, new) in sentences(is) {
            let Some((lost, added)) = bags.a_word_apart(n, m) else { continue };
            let (lost, added) = (Beside { line: old, at: lost }, Beside { line: new, at: added });
            let is_other = || {
                lost.words().chain(added.words()).any(is_news)
                    && !(*stands.get_or_init(|| search.finds(old, &[&told.now, &told.read]))
                        && *stood[m].get_or_init(|| search.finds(new, &[&told.before])))
            };
            if is_more(&lost, &gone) || is_more(&added, &came) || is_other() {
                reworded.extend([old.text, new.text]);
            }
        }
    }
    reworded
}

fn sentences<'l, 'a>(lines: &'l [Line<'a>]) -> impl Iterator<Item = (usize, &'l Line<'a>)> {
    lines.iter().enumerate().filter(|(_, line)| !line.is_row() && !line.has_held)
}

/// The words of a line that another lacks, by their places.
struct Beside<'l, 'a> {
    line: &'l Line<'a>,
    at: Vec<usize>,
}

impl<'l> Beside<'l, '_> {
    fn words(&self) -> impl Iterator<Item = &'l Word> {
        let words = &self.line.words;
        self.at.iter().filter_map(move |at| words.get(*at))
    }
}

/// A search for lines in the words of a page, which may be in other lines there.
struct Search {
    left: Cell<usize>,
}

impl Search {
    /// Whether the words of a line stand one after another on one of the pages; also if that is too much to
    /// search.
    fn finds(&self, line: &Line<'_>, pages: &[&super::Read<'_>]) -> bool {
        let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
        let words = format!(" {} ", words.join(" "));
        pages.iter().any(|page| {
            let text = page.text();
            let left = self.left.get().checked_sub(text.len());
            left.is_none_or(|left| {
                self.left.set(left);
                text.contains(&words)
            })
        })
    }
}

/// The words that occur more often in some lines than in others.
fn more_often<'l>(of: &'l [Line<'_>], over: &[Line<'_>]) -> HashSet<&'l str> {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    of.iter()
        .flat_map(|line| &line.words)
        .for_each(|word| *counts.entry(&word.text).or_default() += 1);
    let over = over.iter().flat_map(|line| &line.words);
    over.for_each(|word| {
        if let Some(n) = counts.get_mut(word.text.as_str()) {
            *n -= 1;
        }
    });
    counts.into_iter().filter(|(_, n)| *n > 0).map(|(word, _)| word).collect()
}
