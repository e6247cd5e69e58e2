//! How alike two labels are: whether one may be the other re-spelled.
//!
//! A typo, a plural, a word added or left out: the same label. One word replaced by another: a
//! different label, however much the rest is alike. "Comptuer engineers" is "Computer engineers";
//! "Civil engineers" is not, nor is "Chemical engineers".

use super::{Label, text};

/// The least likeness, in hundredths, of two labels that may be the same; and of two with the same figures, where
/// one has no word that the other lacks: "Age 30 and over", "30 or more at the time".
const LEAST: usize = 60;
const LEAST_WITH_FIGURES: usize = 50;

/// The fewest letters of a word that is recognised with a typo: among others, and by itself.
const SHORTEST: usize = 5;
const SHORTEST_ALONE: usize = 8;

/// Returns how alike two labels are, in hundredths, if one may be the other re-spelled. Slugs are
/// labels too.
#[must_use]
pub(in crate::model) fn likeness(a: &str, b: &str) -> Option<usize> {
    let (mut old, mut new) = (Label::of(a), Label::of(b));
    let count = |label: &Label| {
        let words = [&label.subject, &label.general, &label.small];
        label.bounds.len() + words.iter().map(|words| words.len()).sum::<usize>()
    };
    let (bounds, all) = (old.bounds.len(), count(&old).max(count(&new)));
    if all == 0 || old.is_another_rule(&new) {
        return None;
    }
    if old.is_equal(&new) || is_joined(a, b) || is_explained(a, b) || is_explained(b, a) {
        return Some(100);
    }
    let is_equal = |a: &str, b: &str| a == b;
    let same = bounds
        + pair(&mut old.small, &mut new.small, is_equal)
        + pair(&mut old.general, &mut new.general, is_equal)
        + pair(&mut old.subject, &mut new.subject, is_equal);
    // A single word has no neighbours to show what is meant: it must be long to be recognised.
    let shortest = if all == 1 { SHORTEST_ALONE } else { SHORTEST };
    let is_typo =
        |a: &str, b: &str| is_typo(a, b, shortest) || all > 1 && is_plural(a, b) || is_form(a, b);
    let typos = pair(&mut old.subject, &mut new.subject, is_typo);
    // If words are left over on both sides, one replaces another.
    let replaced = |a: &[String], b: &[String]| !a.is_empty() && !b.is_empty();
    let is_of_age = |a: &Label, b: &Label| a.is_of_age && !b.is_of_age && !b.subject.is_empty();
    let replaced = replaced(&old.subject, &new.subject)
        || replaced(&old.general, &new.general)
        || is_of_age(&old, &new)
        || is_of_age(&new, &old);
    let likeness = (same * 100 + typos * 99) / all;
    let least = if bounds == 0 { LEAST } else { LEAST_WITH_FIGURES };
    (!replaced && likeness >= least).then_some(likeness)
}

/// Whether one of two words, not too short, is the plural of the other.
fn is_plural(a: &str, b: &str) -> bool {
    let is_one = |one: &str, many: &str| one.len() >= 4 && many.strip_suffix('s') == Some(one);
    is_one(a, b) || is_one(b, a)
}

/// Whether one of two words, not too short, is the other as the name of what is done: "survey", "surveying".
fn is_form(a: &str, b: &str) -> bool {
    const FEWEST: usize = 6;
    let is_one = |one: &str, other: &str| {
        let end = other.strip_prefix(one).filter(|_| one.len() >= FEWEST);
        matches!(end, Some("ing" | "ation"))
    };
    is_one(a, b) || is_one(b, a)
}

/// Whether two labels are the same word for word, but for such forms of their words: "Transport", "Transportation".
#[must_use]
pub fn are_forms(a: &str, b: &str) -> bool {
    let (a, b) = (super::words_of(a), super::words_of(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || is_form(a, b))
}

/// Whether two labels have the same letters, divided into words in other places: "Health care", "Healthcare".
fn is_joined(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|label| text::slug(label).replace('-', ""));
    a == b && a.len() >= SHORTEST_ALONE && !a.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a label is another with words in brackets that explain it: "18 years of age (on the day you apply)".
fn is_explained(label: &str, other: &str) -> bool {
    let without = || {
        let (before, rest) = label.split_once('(')?;
        let (_, after) = rest.split_once(')')?;
        Some(format!("{before} {after}"))
    };
    !other.contains('(')
        && without().is_some_and(|plain| {
            let (plain, other) = (Label::of(&plain), Label::of(other));
            // A name without any other word would be any name.
            !(plain.subject.is_empty() && plain.bounds.is_empty()) && plain.is_equal(&other)
        })
}

/// Removes from both lists the words that match by `is_one`, one for one, and counts the pairs.
fn pair(
    old: &mut Vec<String>,
    new: &mut Vec<String>,
    is_one: impl Fn(&str, &str) -> bool,
) -> usize {
    let before = old.len();
    old.retain(|word| match new.iter().position(|other| is_one(word, other)) {
        Some(at) => {
            new.remove(at);
            false
        }
        None => true,
    });
    before - old.len()
}

/// Whether a word is another with a typo: a letter too many, too few, replaced, or two swapped; in a
/// long word, two such typos.
fn is_typo(a: &str, b: &str, shortest: usize) -> bool {
    let (short, long) = (a.chars().count().min(b.chars().count()), a.len().max(b.len()));
    // A hostile page may have words of any length.
    if short < shortest || long > 40 || a.chars().chain(b.chars()).any(|c| c.is_ascii_digit()) {
        return false;
    }
    let distance = strsim::osa_distance(a, b);
    distance <= if short >= 12 { 2 } else { 1 } && !is_turned(a, b) && !is_turned(b, a)
}

/// Whether a word is another with a syllable before it: "inadmissibility" is not "admissibility".
fn is_turned(word: &str, other: &str) -> bool {
    word.strip_suffix(other).is_some_and(|before| before.len() > 1)
}

/// Whether two words are one, written with a letter more or fewer, or two swapped. That is a typo where all else
/// is the same; a letter for another makes another word.
#[must_use]
pub fn is_slip(a: &str, b: &str) -> bool {
    // Most words are not alike in the least.
    if a.len().abs_diff(b.len()) > 4 || a.len().min(b.len()) < SHORTEST {
        return false;
    }
    let (a, b) = (text::slug(a), text::slug(b));
    let is_same = |at: fn(&str) -> Option<char>| at(&a) == at(&b);
    let is_swapped = || a.len() == b.len() && sorted(&a) == sorted(&b);
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    is_word(&a)
        && is_word(&b)
        && is_same(|word| word.chars().next())
        && (a.len() != b.len() || is_swapped())
        && is_typo(&a, &b, SHORTEST)
}

/// Whether two names differ in one letter within a word of four or more: "Tech", "Teck". That is a typo only where one
/// stands in the place of the other and all else is the same.
#[must_use]
pub fn has_other_letter(a: &str, b: &str) -> bool {
    const FEWEST: usize = 4;
    let (a, b) = (text::slug(a), text::slug(b));
    let mut other = a.bytes().zip(b.bytes()).enumerate().filter(|(_, (a, b))| a != b);
    let (Some((at, (is, was))), None) = (other.next(), other.next()) else { return false };
    let start = a[..at].rfind('-').map_or(0, |dash| dash + 1);
    let word = a[start..].split('-').next().unwrap_or_default();
    let are_letters = is.is_ascii_lowercase() && was.is_ascii_lowercase();
    a.len() == b.len() && are_letters && at > start && word.len() >= FEWEST
}

/// Whether two labels are the same word for word, but for letters wrong in some of the words.
pub(super) fn differ_in_letters(a: &[String], b: &[String]) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len() && pairs.all(|(a, b)| a == b || is_typo(a, b, SHORTEST))
}

fn sorted(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_with_a_typo_is_the_label() {
        for (a, b) in [
            ("computer-engineers", "comptuer-engineers"),
            ("Aerospace engineers", "Areospace enginers"),
            ("butchers-retail-and-wholesale", "butchers-retail-wholesale"),
            ("Software developer and programmers", "Software developers and programmers"),
            ("3 years of work", "three years of work"),
            ("30 years of age", "Age 30"),
            ("Application", "Application fee"),
            ("ingénieurs civils", "ingenieurs civils"),
            ("Health care", "Healthcare"),
            ("land survey technologists", "land surveying technologists"),
            ("Toronto, Ontario", "Toronto (Ont.)"),
            ("St. John's, Newfoundland and Labrador", "St. John's, N.L."),
            ("Charlottetown (P.E.I.)", "Charlottetown, Prince Edward Island"),
            ("Vancouver (C.-B.)", "Vancouver, B.C."),
            ("GTA (not Toronto)", "GTA (except Toronto)"),
            ("18 years of age", "18 years of age (on the day you apply)"),
            ("Review (if your stream has it)", "Review"),
        ] {
            assert!(likeness(a, b).is_some(), "{a} / {b}");
        }
    }

    #[test]
    fn another_word_is_another_label() {
        for (a, b) in [
            ("civil-engineers", "chemical-engineers"),
            (
                "mechanical engineering technologists and technicians",
                "civil engineering technologists and technicians",
            ),
            ("CLB 4 or 5", "CLB 5 or 6"),
            ("29 years or less", "29 or 30 years"),
            ("30", "less than 30 years of age"),
            ("pilots", "pylons"),
            ("London, Ont.", "London, N.B."),
            ("GTA (except Toronto)", "GTA (Toronto)"),
            ("train drivers", "training drivers"),
            ("1 2 3 4 5 6 7 8", "12345678"),
            ("cooks", "books"),
            ("physicists and astronomers", "physicians and astronomers"),
            ("cooks", "books and cooks and bakers"),
            ("18 years of age", "18 years of age (or 17 in some streams)"),
            ("1 year of work", "1 year of work (in Canada)"),
            ("Nurses (registered)", "Nurses (licensed)"),
            ("", ""),
            ("x", ""),
        ] {
            assert_eq!(likeness(a, b), None, "{a} / {b}");
        }
    }
}
