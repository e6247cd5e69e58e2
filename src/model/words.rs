//! The words of a text as they are compared where only the meaning counts: without case, accents and
//! punctuation, its numbers one way ([`meaning`]).

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Facts, meaning::meaning, text};

/// Stands in a line for words that are read as a fact.
pub const VALUE: char = '□';

/// A line as it is shown to a person: an ellipsis stands where its words are read as a fact.
#[must_use]
pub fn shown(line: &str) -> String {
    line.replace(VALUE, "…")
}

/// The words of a text, in order: its letters and digits, and the signs that change what a figure is.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let line = meaning(text);
    let mut words: Vec<String> = Vec::new();
    let mut rest = line.as_str();
    while let Some(at) = rest.find(is_of_word) {
        rest = &rest[at..];
        let end = end_of(rest);
        words.push(one(&rest[..end]));
        rest = &rest[end..];
    }
    words
}

/// Whether a character is of a word.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '%' | '<' | '>' | '≥' | '≤' | '+' | VALUE)
}

/// Where the word at the start of a text ends: a sign is one by itself, a number goes on over its point.
fn end_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    loop {
        let rest = &text[end..];
        end += rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if !(end > 0 && bytes.get(end) == Some(&b'.') && digit(end - 1) && digit(end + 1)) {
            break;
        }
        end += 1;
    }
    if end > 0 { end } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// A word without its accents.
fn one(word: &str) -> String {
    let plain = text::slug(word);
    match plain.as_str() {
        // A number keeps its point.
        _ if word.contains('.') => word.to_owned(),
        "" => word.to_owned(),
        "percent" => "%".to_owned(),
        _ => plain,
    }
}

/// How often each word stands in a text.
#[must_use]
pub fn counted(words: &[String]) -> HashMap<&str, usize> {
    let mut counted = HashMap::new();
    for word in words {
        *counted.entry(word.as_str()).or_default() += 1;
    }
    counted
}

/// Whether everything in `part` is in `whole`, as often.
#[must_use]
pub fn contains(whole: &[String], part: &[String]) -> bool {
    let of = counted(whole);
    counted(part).into_iter().all(|(word, n)| of.get(word).is_some_and(|has| *has >= n))
}

/// The words of `whole` that are not in `part`, each as often as it lacks there.
#[must_use]
pub fn without(whole: &[String], part: &[String]) -> Vec<String> {
    let mut left = counted(part);
    let mut rest = Vec::new();
    for word in whole {
        match left.get_mut(word.as_str()) {
            Some(n) if *n > 0 => *n -= 1,
            _ => rest.push(word.clone()),
        }
    }
    rest
}

/// The share of words that two texts have in common, in hundredths of the longer.
#[must_use]
pub fn likeness(a: &[String], b: &[String]) -> usize {
    let shared = a.len() - without(a, b).len();
    shared * 100 / a.len().max(b.len()).max(1)
}

/// The phrases of a page: every run of up to three words. Which lines they stand on, and in what order
/// the lines come, is not in it.
#[derive(Debug, Clone, Default)]
pub struct Phrases(HashSet<u64>);

/// The field of a remainder that holds addresses, which nobody reads as words.
pub const LINKS: &str = "links";

/// The longest run of words that is kept.
const RUN: usize = 3;

impl Phrases {
    /// Every phrase of a page: of what its facts were read from, and of what is left of it.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let mut phrases = Self::default();
        for record in facts.values().flat_map(|set| set.records.values()) {
            phrases.add(&words(&record.evidence.quote));
            let said = record.fields.iter().filter(|(name, _)| name.as_str() != LINKS);
            let lines = said.flat_map(|(_, value)| value.clauses());
            phrases.add(&lines.flat_map(|line| words(line)).collect::<Vec<_>>());
        }
        phrases
    }

    /// Adds words that follow one another, across the ends of lines too.
    pub fn add(&mut self, words: &[String]) {
        for length in 1..=RUN {
            self.0.extend(words.windows(length).map(hash));
        }
    }

    /// Whether every word of a line stands in the phrases, with its neighbours beside it.
    #[must_use]
    pub fn say(&self, line: &[String]) -> bool {
        let length = line.len().min(RUN);
        let mut known = vec![false; line.len()];
        if length > 0 {
            for (at, run) in line.windows(length).enumerate() {
                if self.0.contains(&hash(run)) {
                    known[at..at + length].fill(true);
                }
            }
        }
        let value = VALUE.to_string();
        line.iter().zip(known).all(|(word, known)| known || *word == value)
    }
}

fn hash(run: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(a: &str, b: &str) {
        assert_eq!(words(a), words(b));
    }

    #[test]
    fn what_means_the_same_has_the_same_words() {
        same("A fee of $1,000 (CAD)", "a fee of $1 000, CAD");
        same("TEER 0, 1, 2 or 3", "TEER 0, 1, 2, or 3");
        same("three years", "3 years");
        same("May 1st, 2026", "May 1, 2026");
        same("5-12 points", "5 to 12 points");
        same("l’étude", "L'etude");
        same("a fee of CAN$5", "a fee of 5 $");
        same("TEER 0 to 3", "TEER 0, 1, 2, or 3");
        same("12 percent", "12%");
        assert_eq!(words("$41.03 an hour; 12%"), ["41.03", "an", "hour", "12", "%"]);
        assert_eq!(words("60040* and 91a"), ["60040", "and", "91a"]);
    }

    #[test]
    fn what_means_another_thing_has_other_words() {
        assert_ne!(words("in 2026 100 places"), words("in 2,026,100 places"));
        assert_ne!(words("first 2 positions"), words("first 3 positions"));
        assert_ne!(words("$41.03"), words("$4,103"));
        assert_ne!(words("15 or more"), words("15 and more"));
    }

    #[test]
    fn one_text_is_in_another_word_by_word() {
        let all = words("at least 12 months of work in Canada");
        assert!(contains(&all, &words("12 months of work")));
        assert!(!contains(&all, &words("12 months of of work")));
        assert_eq!(without(&all, &words("at least 12 months of work")), ["in", "canada"]);
    }

    fn says(before: &str, line: &str) -> bool {
        let mut phrases = Phrases::default();
        phrases.add(&words(before));
        phrases.say(&words(line))
    }

    #[test]
    fn a_word_among_other_words_is_another() {
        let before = "the fee for the first 2 positions and the work permit";
        assert!(says(before, "The fee for the first 2 positions"));
        assert!(!says(before, "the first 3 positions and the work"));
        assert!(!says(before, "first 2 positions or the work permit"));
        assert!(says("one two\nthree four", "two three"));
        assert!(says("a fee of □ for each", "a fee of □ for each"));
        assert!(says(before, ""));
    }
}
