//! Patterns and vocabularies, compiled once for all recipes that have the same.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// A pattern: without case, `.` not past a line's end, bounded in size.
///
/// Recipes say the same of many tables. What is the same is compiled once and shared: an automaton
/// is built as it is used, and a page that is read with one of them finds it in the processor's cache.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Regex>);

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When it is none, or too large.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        static KNOWN: Shared<String, Regex> = Shared::new();
        let compile = |text: &String| {
            RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build()
        };
        KNOWN.get(text.to_owned(), compile).map(Self)
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.0
    }
}

/// The pattern as it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was compiled and is in use somewhere, by what it was compiled of.
struct Shared<K, V>(LazyLock<Mutex<HashMap<K, Weak<V>>>>);

impl<K: Hash + Eq, V> Shared<K, V> {
    const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    fn get<E>(&self, key: K, compile: impl FnOnce(&K) -> Result<V, E>) -> Result<Arc<V>, E> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known.get(&key).and_then(Weak::upgrade) {
            return Ok(value);
        }
        let value = Arc::new(compile(&key)?);
        known.retain(|_, value| value.strong_count() > 0);
        known.insert(key, Arc::downgrade(&value));
        Ok(value)
    }
}

/// An ordered list of patterns and the stable word each stands for.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Its name in `sources.toml`.
    pub name: String,
    words: Arc<Words>,
}

/// The words of a vocabulary, compiled.
#[derive(Debug)]
struct Words {
    words: Vec<String>,
    /// Patterns in one automaton: a text is looked at once, however many words there are.
    set: RegexSet,
    /// For each of them the number of its word.
    numbers: Vec<usize>,
    /// The patterns that are tried by themselves, each with the number of its word. An automaton
    /// that asks for the end of a word gives up at the first letter beyond ASCII.
    single: Vec<(usize, Pattern)>,
    /// The numbers of texts that were looked at: a table says its labels again in every column, and
    /// a page at every check.
    known: Mutex<HashMap<String, Option<usize>>>,
}

/// How many texts a vocabulary remembers, and how long each may be. Both are the page's to choose.
const REMEMBERED: (usize, usize) = (256, 400);

impl Words {
    fn compile(entries: &[(String, String)]) -> Result<Self, regex::Error> {
        let (mut set, mut numbers, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (_, pattern)) in entries.iter().enumerate() {
            if pattern.contains(r"\b") || pattern.contains(r"\B") {
                single.push((number, Pattern::new(pattern)?));
            } else {
                set.push(pattern);
                numbers.push(number);
            }
        }
        let set = RegexSetBuilder::new(set).case_insensitive(true).size_limit(8 << 20).build()?;
        let words = entries.iter().map(|(word, _)| word.clone()).collect();
        Ok(Self { words, set, numbers, single, known: Mutex::default() })
    }

    /// The number of the first pattern that matches.
    fn number(&self, text: &str) -> Option<usize> {
        let (texts, length) = REMEMBERED;
        if text.len() > length {
            return self.look(text);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.get(text) {
            return *number;
        }
        let number = self.look(text);
        if known.len() == texts {
            known.clear();
        }
        known.insert(text.to_owned(), number);
        number
    }

    fn look(&self, text: &str) -> Option<usize> {
        let matched = (!self.set.is_empty()).then(|| self.set.matches(text));
        let of_set = matched.and_then(|matched| matched.iter().next()).map(|at| self.numbers[at]);
        let before = |number: usize| of_set.is_none_or(|first| number < first);
        let of_single = self.single.iter().find(|(at, p)| before(*at) && p.is_match(text));
        of_single.map(|(at, _)| *at).or(of_set)
    }
}

impl Vocabulary {
    /// Makes a vocabulary of words and their patterns, in order; without case.
    ///
    /// # Errors
    /// When a pattern does not compile, or all together are too large.
    pub fn new(name: &str, entries: Vec<(String, String)>) -> Result<Self, regex::Error> {
        static KNOWN: Shared<Vec<(String, String)>, Words> = Shared::new();
        let words = KNOWN.get(entries, |entries| Words::compile(entries))?;
        Ok(Self { name: name.to_owned(), words })
    }

    /// The stable word for a text: that of the first pattern that matches.
    #[must_use]
    pub fn word(&self, text: &str) -> Option<&str> {
        self.number(text).map(|number| self.numbered(number))
    }

    /// The word of a number.
    pub(super) fn numbered(&self, number: usize) -> &str {
        &self.words.words[number]
    }

    /// The number of the word for a text.
    pub(super) fn number(&self, text: &str) -> Option<usize> {
        self.words.number(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_matches_gives_the_word() {
        let entries = [("none", r"^aucune?\b"), ("some", "^au"), ("end", r"\bfin$")];
        let entry = |(word, pattern): (&str, &str)| (word.to_owned(), pattern.to_owned());
        let vocabulary = Vocabulary::new("v", entries.map(entry).into()).unwrap();
        for (text, word) in [
            ("Aucune", Some("none")),
            ("Aucune année", Some("none")),
            ("Aucunement", Some("some")),
            ("Aux études, fin", Some("some")),
            ("Études : fin", Some("end")),
            ("Enfin", None),
        ] {
            assert_eq!(vocabulary.word(text), word, "{text}");
        }
    }

    #[test]
    fn what_is_the_same_is_compiled_once() {
        let pattern = || Pattern::new("^shared once$").unwrap();
        let (first, again) = (pattern(), pattern());
        assert!(Arc::ptr_eq(&first.0, &again.0));
        assert!(!Arc::ptr_eq(&first.0, &Pattern::new("^shared$").unwrap().0));
    }

    #[test]
    fn more_texts_than_are_remembered_have_their_words_too() {
        let entries = vec![("odd".to_owned(), "[13579]$".to_owned())];
        let vocabulary = Vocabulary::new("v", entries).unwrap();
        for round in 0..2 {
            for n in 0..2 * REMEMBERED.0 {
                let word = vocabulary.word(&n.to_string());
                assert_eq!(word, (n % 2 == 1).then_some("odd"), "{round}: {n}");
            }
        }
        assert_eq!(vocabulary.word(&"7".repeat(2 * REMEMBERED.1)), Some("odd"));
    }
}
