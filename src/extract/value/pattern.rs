//! Patterns and vocabularies: compiled on first use, once for all recipes that share them, and kept until a
//! process that is idle forgets them.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::accents;

/// A pattern: ignores case and accents, `.` stays within a line, and its size is bounded.
#[derive(Debug, Clone)]
pub struct Pattern(Lazy<Regex>);

impl Pattern {
    /// Makes a pattern.
    ///
    /// # Errors
    /// When it does not compile, or is too large.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        Lazy::tried(text.into()).map(Self)
    }

    /// Makes a pattern that is known to compile, without trying it: to try the thousands of a catalogue takes
    /// longer than all else that a program does when it starts.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self(Lazy::untried(text.into()))
    }

    /// Makes a pattern for a whole line, word for word; `*` stands for any words.
    ///
    /// # Errors
    /// When it is too large.
    pub fn of_line(line: &str) -> Result<Self, regex::Error> {
        let parts: Vec<String> = line.split('*').map(regex::escape).collect();
        Self::new(&format!("^{}$", parts.join(".*")))
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.of
    }

    /// The names of its groups; they are found without compiling it.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        super::groups::named(self.as_str())
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.0.get()
    }
}

/// The pattern as written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A pattern of the program itself.
///
/// # Panics
/// If it does not compile.
pub(in crate::extract) fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

impl Compile for Regex {
    type Of = str;

    fn compile(text: &str) -> Result<Self, regex::Error> {
        RegexBuilder::new(&accents::folded(text)?)
            .case_insensitive(true)
            .size_limit(1 << 20)
            .build()
    }

    fn known() -> &'static Known<Self> {
        static KNOWN: LazyLock<Known<Regex>> = LazyLock::new(Known::default);
        &KNOWN
    }
}

/// A value made from a text, or several, at some cost in time and memory.
trait Compile: Sized + 'static {
    /// The text it is made from.
    type Of: ?Sized + Hash + Eq;

    fn compile(of: &Self::Of) -> Result<Self, regex::Error>;

    /// Everything compiled so far.
    fn known() -> &'static Known<Self>;
}

/// The texts that compile and, until [`forget`], the compiled values. Many recipes repeat a pattern: it is
/// compiled once for all of them.
type Known<V> = Mutex<HashMap<Arc<<V as Compile>::Of>, Option<Arc<V>>>>;

/// How many texts are remembered before unused ones are dropped: the shipped catalogue has a third as many,
/// and the search for moved facts on a page makes some from its words.
const CHECKED: usize = 8192;

/// Forgets what was compiled and is not in use. The automata of a catalogue are many times larger than its
/// text: a process that waits for hours need not hold them.
pub(in crate::extract) fn forget() {
    fn forget_all<V: Compile>() {
        let mut known = V::known().lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|of, _| Arc::strong_count(of) > 1);
        known.values_mut().for_each(|compiled| *compiled = None);
    }
    forget_all::<Words>();
    forget_all::<Regex>();
}

/// Something that is compiled on first use. A copy has nothing compiled of its own: while a page is read with
/// a copy of a recipe, the recipe itself keeps nothing from [`forget`].
struct Lazy<V: Compile> {
    of: Arc<V::Of>,
    compiled: OnceLock<Arc<V>>,
}

impl<V: Compile> Lazy<V> {
    fn tried(of: Arc<V::Of>) -> Result<Self, regex::Error> {
        let mut known = V::known().lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(&of) {
            V::compile(&of)?;
            if known.len() == CHECKED {
                known.retain(|of, _| Arc::strong_count(of) > 1);
            }
            known.insert(Arc::clone(&of), None);
        }
        drop(known);
        Ok(Self::untried(of))
    }

    fn untried(of: Arc<V::Of>) -> Self {
        Self { of, compiled: OnceLock::new() }
    }

    fn get(&self) -> &V {
        self.compiled.get_or_init(|| {
            let mut known = V::known().lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(Some(value)) = known.get(&self.of) {
                return Arc::clone(value);
            }
            let value = V::compile(&self.of).expect("it was tried, or is known to compile");
            let value = Arc::new(value);
            known.insert(Arc::clone(&self.of), Some(Arc::clone(&value)));
            value
        })
    }
}

impl<V: Compile> Clone for Lazy<V> {
    fn clone(&self) -> Self {
        Self::untried(Arc::clone(&self.of))
    }
}

impl<V: Compile<Of: fmt::Debug>> fmt::Debug for Lazy<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of.fmt(f)
    }
}

/// A word and its pattern.
type Entry = (String, String);

/// An ordered list of patterns and the stable word for each. Compiled like a pattern.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    words: Lazy<Words>,
}

/// The words of a vocabulary, compiled.
#[derive(Debug)]
struct Words {
    /// Patterns in one automaton: a text is searched once, however many words there are.
    set: RegexSet,
    /// For each pattern, the number of its word.
    numbers: Vec<usize>,
    /// Patterns that are tried one by one, each with the number of its word. An automaton that tests for the
    /// end of a word gives up at the first letter beyond ASCII.
    single: Vec<(usize, Pattern)>,
    /// The results for earlier texts: a table repeats its labels in every column, and a page at every check.
    known: Mutex<HashMap<String, Option<usize>>>,
}

/// How many texts a vocabulary remembers, and how long each may be: a page decides both.
const REMEMBERED: (usize, usize) = (256, 400);

impl Compile for Words {
    type Of = [Entry];

    fn compile(entries: &[Entry]) -> Result<Self, regex::Error> {
        let (mut set, mut numbers, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (_, pattern)) in entries.iter().enumerate() {
            if pattern.contains(r"\b") || pattern.contains(r"\B") {
                single.push((number, Pattern::new(pattern)?));
            } else {
                set.push(accents::folded(pattern)?);
                numbers.push(number);
            }
        }
        let set = RegexSetBuilder::new(set).case_insensitive(true).size_limit(8 << 20).build()?;
        Ok(Self { set, numbers, single, known: Mutex::default() })
    }

    fn known() -> &'static Known<Self> {
        static KNOWN: LazyLock<Known<Words>> = LazyLock::new(Known::default);
        &KNOWN
    }
}

impl Words {
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
    /// Makes a vocabulary of words and their patterns, in order; ignores case.
    ///
    /// # Errors
    /// When a pattern does not compile, or all of them together are too large.
    pub fn new(entries: Vec<(String, String)>) -> Result<Self, regex::Error> {
        Ok(Self { words: Lazy::tried(entries.into())? })
    }

    /// Makes a vocabulary whose patterns are known to compile, without trying them.
    #[must_use]
    pub fn known(entries: Vec<(String, String)>) -> Self {
        Self { words: Lazy::untried(entries.into()) }
    }

    /// The words and the pattern of each, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.of.iter().map(|(word, pattern)| (word.as_str(), pattern.as_str()))
    }

    /// The stable word for a text: that of the first pattern that matches.
    #[must_use]
    pub fn word(&self, text: &str) -> Option<&str> {
        self.number(text).map(|number| self.numbered(number))
    }

    /// The part of a text by which its word is known.
    pub(crate) fn found<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (_, pattern) = &self.words.of[self.number(text)?];
        Some(Pattern::known(pattern).find(text)?.as_str())
    }

    /// The word of a number.
    pub(crate) fn numbered(&self, number: usize) -> &str {
        &self.words.of[number].0
    }

    /// The number of the word for a text: a word stands for itself, as it does where a heading has given it.
    pub(crate) fn number(&self, text: &str) -> Option<usize> {
        let is_itself = || self.words.of.iter().position(|(word, _)| *word == *text);
        self.words.get().number(text).or_else(is_itself)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pattern_that_matches_gives_the_word() {
        let entries = [("none", r"^aucune?\b"), ("some", "^au"), ("end", r"\bfin$")];
        let entry = |(word, pattern): (&str, &str)| (word.to_owned(), pattern.to_owned());
        let vocabulary = Vocabulary::new(entries.map(entry).into()).unwrap();
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
    fn what_is_the_same_is_compiled_once_until_it_is_forgotten() {
        let pattern = || Pattern::new("^shared once$").unwrap();
        let compiled = |pattern: &Pattern| {
            assert!(pattern.is_match("shared once"));
            Arc::clone(pattern.0.compiled.get().unwrap())
        };
        let (first, again) = (pattern(), pattern());
        assert!(first.0.compiled.get().is_none());
        assert!(Arc::ptr_eq(&compiled(&first), &compiled(&again)));
        assert!(Arc::ptr_eq(&compiled(&first), &compiled(&first.clone())));
        assert!(first.clone().0.compiled.get().is_none());
        let alive = Arc::downgrade(&compiled(&first));
        drop((first, again));
        assert!(alive.upgrade().is_some());
        forget();
        assert!(alive.upgrade().is_none());
        assert!(pattern().is_match("shared once"));
    }

    #[test]
    fn more_texts_than_are_remembered_have_their_words_too() {
        let entries = vec![("odd".to_owned(), "[13579]$".to_owned())];
        let vocabulary = Vocabulary::new(entries).unwrap();
        for round in 0..2 {
            for n in 0..2 * REMEMBERED.0 {
                let word = vocabulary.word(&n.to_string());
                assert_eq!(word, (n % 2 == 1).then_some("odd"), "{round}: {n}");
            }
        }
        assert_eq!(vocabulary.word(&"7".repeat(2 * REMEMBERED.1)), Some("odd"));
    }
}
