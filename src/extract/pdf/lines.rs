//! The lines of a PDF's text: which of them are content, and what each looks like.
//!
//! Lines that are repeated at the edge of page after page, and page numbers, are not content; neither is a
//! table of contents.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use regex::Regex;

use crate::extract::value::pattern::constant;
use crate::model::text;

/// This many spaces between words separate columns; a sentence may be followed by two.
const COLUMN_GAP: usize = 3;

/// How many lines at the top and at the bottom of a page may be headers or footers.
const EDGE: usize = 3;

/// The longest title of a heading, in characters.
const TITLE_LIMIT: usize = 120;

/// What separates a line from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// This many empty lines.
    Lines(usize),
    /// The end of a page.
    Page,
}

/// A line with words on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) raw: &'a str,
    pub(crate) gap: Gap,
}

/// Words with no more than one space between them, and their columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The column of its first character.
    pub(crate) from: usize,
    /// The column after its last character.
    pub(crate) to: usize,
    /// The words as they came.
    pub(crate) words: &'a str,
}

impl<'a> Line<'a> {
    /// The words of the line, one space between them.
    pub(crate) fn text(&self) -> String {
        text::canonical(self.raw)
    }

    /// The stretches of words on it, separated by two spaces or more.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment<'a>> {
        let mut chars = self.raw.char_indices().enumerate().peekable();
        let raw = self.raw;
        std::iter::from_fn(move || {
            while chars.next_if(|(_, (_, c))| c.is_whitespace()).is_some() {}
            let (from, (start, _)) = *chars.peek()?;
            let (mut to, mut end, mut spaces) = (from, start, 0);
            while let Some((column, (at, c))) =
                chars.next_if(|(_, (_, c))| spaces == 0 || !c.is_whitespace())
            {
                if c.is_whitespace() {
                    spaces += 1;
                } else {
                    (to, end, spaces) = (column + 1, at + c.len_utf8(), 0);
                }
            }
            Some(Segment { from, to, words: &raw[start..end] })
        })
    }

    /// The indent of its words.
    pub(crate) fn indent(&self) -> usize {
        self.raw.chars().take_while(|c| c.is_whitespace()).count()
    }

    /// How many characters its words span.
    pub(crate) fn length(&self) -> usize {
        self.raw.trim_start().chars().count()
    }

    /// Whether its words are in columns.
    pub(crate) fn is_row(&self) -> bool {
        let mut end = None;
        self.segments().any(|segment| {
            let gap = end.replace(segment.to).map(|end| segment.from - end);
            gap.is_some_and(|gap| gap >= COLUMN_GAP)
        })
    }
}

/// The lines that are content, in reading order.
pub(crate) fn content(text: &str) -> Vec<Line<'_>> {
    let pages: Vec<Vec<(usize, &str)>> = text
        .split('\u{c}')
        .map(|page| {
            let lines = page.split('\n').map(str::trim_end).enumerate();
            lines.filter(|(_, line)| !line.is_empty()).collect()
        })
        .filter(|page: &Vec<_>| !page.is_empty())
        .collect();
    let running = Running::of(&pages);
    let mut lines = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let (mut above, mut rank) = (None, 0);
        // Headers and footers are set apart; a line among other lines is part of them.
        for together in page.chunk_by(|(a, _), (b, _)| a + 1 == *b) {
            let is_running = |(at, (_, raw)): (usize, &(usize, &str))| {
                running.has(number, rank + at, page.len(), raw)
            };
            let is_left_out = together.iter().enumerate().all(is_running);
            rank += together.len();
            for (at, raw) in together.iter().filter(|(_, raw)| !is_left_out && !is_contents(raw)) {
                let gap = above.map_or(Gap::Page, |above: usize| Gap::Lines(at - above - 1));
                above = Some(*at);
                lines.push(Line { raw, gap });
            }
        }
    }
    lines
}

/// Whether a line belongs to a list of contents: a title, a row of dots, a page number.
fn is_contents(line: &str) -> bool {
    let title = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - title.len();
    let title = title.trim_end();
    let points = title.trim_end_matches(['.', '…', ' ', '_']);
    (1..=3).contains(&digits) && !points.is_empty() && title.len() - points.len() >= 5
}

/// Lines that are repeated at the edges of pages: headers, footers, page numbers. The key is the distance
/// from an edge, and the words of the line with every number replaced by `#`.
struct Running(HashMap<(Edge, String), Again>);

/// The distance in lines from the top, or from the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Edge {
    Top(usize),
    Bottom(usize),
}

/// How often a line has been seen on the pages so far.
struct Again {
    /// The first page it is on, and the numbers in it there.
    first: (usize, Vec<u64>),
    /// How many pages it is on.
    pages: usize,
    /// Whether it is the same word for word.
    same: bool,
    /// Whether every number in it that differs counts the pages.
    counts: bool,
}

impl Again {
    fn see(&mut self, page: usize, numbers: &[u64]) {
        let (first, known) = &self.first;
        let passed = (page - first) as u64;
        let counts = |(a, b): (&u64, &u64)| a == b || (*b < 1_000 && a + passed == *b);
        self.pages += 1;
        self.same &= known == numbers;
        self.counts &= known.iter().zip(numbers).all(counts);
    }
}

impl Running {
    fn of(pages: &[Vec<(usize, &str)>]) -> Self {
        let mut all: HashMap<_, Again> = HashMap::new();
        for (number, page) in pages.iter().enumerate() {
            for (rank, (_, raw)) in page.iter().enumerate() {
                for edge in edges(rank, page.len()) {
                    let (words, numbers) = shape(raw);
                    match all.entry((edge, words)) {
                        Entry::Occupied(mut known) => known.get_mut().see(number, &numbers),
                        Entry::Vacant(new) => {
                            let first = (number, numbers);
                            new.insert(Again { first, pages: 1, same: true, counts: true });
                        }
                    }
                }
            }
        }
        let n = pages.len();
        all.retain(|_, again| again.pages > 1 && again.pages * 3 >= n);
        Self(all)
    }

    /// Whether a line is repeated from another page. A line repeated word for word is read once, where it
    /// first occurs; a page number is never read. A row of a table that only looks similar has other
    /// numbers.
    fn has(&self, page: usize, rank: usize, of: usize, raw: &str) -> bool {
        edges(rank, of).any(|edge| {
            let outer = matches!(edge, Edge::Top(0) | Edge::Bottom(0));
            let again = self.0.get(&(edge, shape(raw).0));
            let is_running = |again: &Again| match again.same {
                true => page != again.first.0,
                false => again.counts,
            };
            (outer && names_page(raw)) || again.is_some_and(is_running)
        })
    }
}

fn edges(rank: usize, of: usize) -> impl Iterator<Item = Edge> {
    let below = of - 1 - rank;
    let top = (rank < EDGE).then_some(Edge::Top(rank));
    let bottom = (below < EDGE).then_some(Edge::Bottom(below));
    top.into_iter().chain(bottom)
}

/// The words of a line with every number replaced by `#`, and the numbers.
fn shape(raw: &str) -> (String, Vec<u64>) {
    let (mut words, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
    for c in text::canonical(raw).chars().chain([' ']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            words.push('#');
            numbers.push(digits.parse().unwrap_or(u64::MAX));
            digits.clear();
        }
        words.push(c);
    }
    (words, numbers)
}

/// Whether a line says `Page 3 of 12` and nothing else.
fn names_page(raw: &str) -> bool {
    static PAGE: LazyLock<Regex> =
        LazyLock::new(|| constant(r"(?i)^\s*page\s+\d{1,4}(\s*(of|de|sur|/)\s*\d{1,4})?\s*$"));
    PAGE.is_match(raw)
}

/// A heading: its level and its words.
pub(crate) struct Title {
    pub(crate) level: usize,
    pub(crate) text: String,
}

impl Title {
    /// The heading on a line, if it looks like one: a number and a title, not a sentence.
    pub(crate) fn at(lines: &[Line<'_>], at: usize) -> Option<Self> {
        static TITLE: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?x) ^ (?:
                  (?P<number> \d{1,2} (?: \.\d{1,2} ){0,4} ) \.? \x20
                | (?i: appendix | annexe? | part | partie | section | chapter | chapitre | schedule )
                  \x20 (?: \d{1,2} | [A-Z] | [IVX]{1,4} ) (?: $ | [\x20.:-]+ )
              ) (?P<title> .* ) $";
            constant(pattern)
        });
        let line = lines.get(at)?;
        // Headings are short lines.
        if line.raw.len() > 8 * TITLE_LIMIT {
            return None;
        }
        let text = line.text();
        let found = TITLE.captures(&text)?;
        let title = found.name("title").map_or("", |title| title.as_str());
        let number = found.name("number").map(|number| number.as_str());
        let is_sentence = title.ends_with(['.', ',', ';']) || title.chars().count() > TITLE_LIMIT;
        let begins = title.chars().next().map_or(number.is_none(), char::is_uppercase);
        if is_sentence || !begins || line.segments().count() > 2 {
            return None;
        }
        let below = lines.get(at + 1);
        let apart = |gap: Gap| gap != Gap::Lines(0);
        let goes_on = below
            .is_some_and(|below| !apart(below.gap) && below.text().starts_with(char::is_lowercase));
        // A single number may also begin a list item, so such a heading must be set apart.
        let is_deep = number.is_some_and(|number| number.contains('.'));
        let stands_alone = apart(line.gap) && below.is_none_or(|below| apart(below.gap));
        if goes_on || !(is_deep || stands_alone) {
            return None;
        }
        let level = number.map_or(0, |number| number.split('.').count());
        Some(Self { level, text })
    }

    /// Whether its number has several parts, which only headings have.
    pub(crate) fn is_deep(&self) -> bool {
        self.level > 1
    }
}

/// Appends a line to the words it continues. A hyphen at a line's end is kept in its word.
pub(crate) fn join(words: &mut String, line: &str) {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let hyphen = words.strip_suffix('-').is_some_and(|word| is_word(word.chars().next_back()));
    let is_one_word = hyphen && is_word(line.chars().next());
    if !(words.is_empty() || is_one_word) {
        words.push(' ');
    }
    words.push_str(line);
}
