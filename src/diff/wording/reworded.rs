//! Lines of which one became another by a word or two.
//!
//! "Officers should ensure" for "officers must ensure" is a change also where both are said elsewhere on
//! the page, and "full-time" for "part-time" is one though the same number of months is read from the
//! sentence.

use std::collections::{HashMap, HashSet};

use super::Told;
use super::lines::Line;
use crate::model::words::Word;

/// How alike two lines must be, in hundredths of the longer one, for one to be the other with a word changed.
const ALIKE: usize = 80;

/// The most words that such lines differ by on either side.
const A_WORD: usize = 2;

/// The most pairs of lines that are compared. A page with more was written anew.
const PAIRS: usize = 100_000;

/// The lines of which one became another by a word or two that no fact reports: that its words occur
/// elsewhere too does not make it say the same. Rows are compared cell by cell ([`super::Sides::others`]).
pub(super) fn reworded<'a>(was: &[Line<'a>], is: &[Line<'a>], told: &Told<'_>) -> HashSet<&'a str> {
    let mut reworded = HashSet::new();
    if was.len().saturating_mul(is.len()) > PAIRS {
        return reworded;
    }
    let (gone, came) = (more_often(was, is), more_often(is, was));
    let is_sentence = |line: &&Line<'_>| !line.is_row() && !line.has_held;
    let is_news = |words: &[&Word], over: &HashSet<&str>| {
        words.iter().any(|word| over.contains(word.text.as_str()) && !told.covers(word))
    };
    for old in was.iter().filter(is_sentence) {
        for new in is.iter().filter(is_sentence) {
            if let Some((lost, added)) = a_word(&old.words, &new.words)
                && (is_news(&lost, &gone) || is_news(&added, &came))
            {
                reworded.extend([old.text, new.text]);
            }
        }
    }
    reworded
}

/// The words that only the first and only the second line has, if these are few.
fn a_word<'w>(old: &'w [Word], new: &'w [Word]) -> Option<(Vec<&'w Word>, Vec<&'w Word>)> {
    let longer = old.len().max(new.len());
    if old.len().abs_diff(new.len()) > A_WORD {
        return None;
    }
    let (lost, added) = (beside(old, new), beside(new, old));
    let differing = lost.len().max(added.len());
    let is_same = differing <= A_WORD && (longer - differing) * 100 >= longer * ALIKE;
    is_same.then_some((lost, added))
}

/// The words of a line that another has less often.
fn beside<'w>(of: &'w [Word], other: &[Word]) -> Vec<&'w Word> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    other.iter().for_each(|word| *left.entry(&word.text).or_default() += 1);
    let is_left = |word: &&Word| match left.get_mut(word.text.as_str()) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    };
    of.iter().filter(is_left).collect()
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
