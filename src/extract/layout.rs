//! The text of a PDF, as `pdftotext` lays it out: pages of lines whose words stand where they stand
//! on the paper.
//!
//! A PDF says nothing of headings, paragraphs or tables; they are told by how they look. Lines that
//! come again at the edge of page after page and numbers that count the pages are no content, nor
//! is a list of contents. A numbered line with a title is a heading; lines that run to the margin
//! are one paragraph, over the page's end as well; a table is where a recipe finds its headers
//! ([`columns`]). What results is an [`Outline`], so every form that reads one reads a PDF too.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use regex::Regex;

use super::columns;
use super::outline::{Block, Heading, Kind, Outline};
use super::recipe::{Form, Locator, TableForm};
use super::row::Found;
use super::scope::Scope;
use crate::model::{Breakage, text};

/// More lines than this are no guide or schedule. A guide of 200 pages has 10,000.
const LINE_LIMIT: usize = 200_000;

/// So many spaces between words part columns; two may stand after a sentence.
const COLUMN_GAP: usize = 3;

/// How many lines at the top and at the bottom of a page may be running ones.
const EDGE: usize = 3;

/// The longest title of a heading, in characters.
const TITLE_LIMIT: usize = 120;

/// What stands between a line and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// So many empty lines.
    Lines(usize),
    /// The end of a page.
    Page,
}

/// A line with words on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    raw: &'a str,
    pub(super) gap: Gap,
}

/// Words with no more than one space between them, and where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// The column its first character stands in.
    pub(super) from: usize,
    /// The column after its last.
    pub(super) to: usize,
    /// The words as they came.
    pub(super) words: &'a str,
}

impl<'a> Line<'a> {
    /// The words of the line, one space between them.
    pub(super) fn text(&self) -> String {
        text::canonical(self.raw)
    }

    /// The stretches of words on it: two spaces part them.
    pub(super) fn segments(&self) -> impl Iterator<Item = Segment<'a>> {
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

    fn indent(&self) -> usize {
        self.raw.chars().take_while(|c| c.is_whitespace()).count()
    }

    /// How many characters it has.
    fn length(&self) -> usize {
        self.raw.trim_start().chars().count()
    }

    /// Whether its words stand in columns.
    fn is_row(&self) -> bool {
        let mut end = None;
        self.segments().any(|segment| {
            let gap = end.replace(segment.to).map(|end| segment.from - end);
            gap.is_some_and(|gap| gap >= COLUMN_GAP)
        })
    }
}

/// A PDF's text, read.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    lines: Vec<Line<'a>>,
    outline: Outline,
}

impl<'a> Layout<'a> {
    /// Reads the text of a PDF.
    ///
    /// # Errors
    /// The breakage, when it has more lines than any document of the trade.
    pub(super) fn of(text: &'a str) -> Result<Self, Breakage> {
        if text.bytes().filter(|b| *b == b'\n').count() > LINE_LIMIT {
            return Err(Breakage::TooLarge { limit: format!("more than {LINE_LIMIT} lines") });
        }
        let lines = content(text);
        let outline = outline(&lines, None);
        Ok(Self { lines, outline })
    }

    /// Finds the rows of a locator; a table by the headers it is looked for by.
    pub(super) fn find(&self, locator: &Locator, find: impl Fn(&Scope<'_>) -> Found) -> Found {
        let Form::Table(form) = &locator.form else {
            return find(&Scope::new(&self.outline, locator));
        };
        let outline = outline(&self.lines, Some(form));
        if outline.tables.is_empty() {
            return Err(columns::why_none(&self.lines, form));
        }
        find(&Scope::new(&outline, locator))
    }
}

/// The lines that are content, in reading order.
pub(super) fn content(text: &str) -> Vec<Line<'_>> {
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
        // Heads and feet stand apart; a line among others is more of what they say.
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

/// A line of a list of contents: a title, a row of points, the number of a page.
fn is_contents(line: &str) -> bool {
    let title = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - title.len();
    let title = title.trim_end();
    let points = title.trim_end_matches(['.', '…', ' ', '_']);
    (1..=3).contains(&digits) && !points.is_empty() && title.len() - points.len() >= 5
}

/// What comes again at the edges of pages: heads, feet, numbers of pages. By where a line stands
/// from which edge, and its words with every number a `#`.
struct Running(HashMap<(Edge, String), Again>);

/// So many lines from the top, or from the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Edge {
    Top(usize),
    Bottom(usize),
}

/// How a line comes again, as far as the pages were read.
struct Again {
    /// The first page it is on, and its numbers there.
    first: (usize, Vec<u64>),
    /// How many pages it is on.
    pages: usize,
    /// Whether it is the same word for word.
    same: bool,
    /// Whether every number in it that is not the same counts the pages.
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

    /// Whether a line is none of the page's own. What comes again word for word is said once, where
    /// it stands first; what counts the pages nowhere. A row of a table that only looks alike has
    /// numbers of its own.
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

/// The words of a line with every number a `#`, and the numbers.
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

/// `Page 3 of 12`, all that stands on a line.
fn names_page(raw: &str) -> bool {
    static PAGE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*page\s+\d{1,4}(\s*(of|de|sur|/)\s*\d{1,4})?\s*$")
            .expect("the pattern is a constant")
    });
    PAGE.is_match(raw)
}

/// A heading: how deep, and its words.
pub(super) struct Title {
    level: usize,
    text: String,
}

impl Title {
    /// The heading that a line is, if it looks like one: a number and a title, no sentence.
    pub(super) fn at(lines: &[Line<'_>], at: usize) -> Option<Self> {
        static TITLE: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(?x) ^ (?:
                  (?P<number> \d{1,2} (?: \.\d{1,2} ){0,4} ) \.? \x20
                | (?i: appendix | annexe? | part | partie | section | chapter | chapitre | schedule )
                  \x20 (?: \d{1,2} | [A-Z] | [IVX]{1,4} ) (?: $ | [\x20.:-]+ )
              ) (?P<title> .* ) $";
            Regex::new(pattern).expect("the pattern is a constant")
        });
        let line = lines.get(at)?;
        // The pattern is for short lines.
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
        // A single number begins an item of a list as well: a heading stands alone.
        let is_deep = number.is_some_and(|number| number.contains('.'));
        let stands_alone = apart(line.gap) && below.is_none_or(|below| apart(below.gap));
        if goes_on || !(is_deep || stands_alone) {
            return None;
        }
        let level = number.map_or(0, |number| number.split('.').count());
        Some(Self { level, text })
    }

    /// Whether it has a number of several parts, which nothing else begins with.
    pub(super) fn is_deep(&self) -> bool {
        self.level > 1
    }
}

/// The outline of the lines; with a form, its tables are in it.
fn outline(lines: &[Line<'_>], form: Option<&TableForm>) -> Outline {
    let mut walk = Walk::default();
    let mut at = 0;
    while at < lines.len() {
        if let Some((grids, end)) = form.and_then(|form| columns::table(lines, at, form)) {
            walk.flush();
            for grid in grids {
                walk.outline.tables.push(grid);
                let kind = Kind::Table(walk.outline.tables.len() - 1);
                walk.outline.blocks.push(Block { heading: walk.heading(), kind });
            }
            at = end;
            continue;
        }
        match Title::at(lines, at) {
            Some(title) => walk.title(title),
            None => walk.line(lines, at),
        }
        at += 1;
    }
    walk.flush();
    walk.outline
}

/// The walk over the lines: where it is, and what it has gathered.
#[derive(Default)]
struct Walk {
    outline: Outline,
    /// The headings in force: level and number.
    open: Vec<(usize, usize)>,
    words: String,
    /// Of the item that is gathered, the column of its bullet and that of its words.
    item: Option<(usize, usize)>,
    /// The columns of the bullets that stand over it.
    bullets: Vec<usize>,
    /// How far the longest line of the stretch runs.
    width: usize,
}

impl Walk {
    fn heading(&self) -> Option<usize> {
        self.open.last().map(|(_, heading)| *heading)
    }

    fn title(&mut self, title: Title) {
        self.flush();
        self.bullets.clear();
        self.open.retain(|(level, _)| *level < title.level);
        let at = self.outline.blocks.len();
        let heading = Heading { text: title.text, parent: self.heading(), at };
        self.outline.headings.push(heading);
        self.open.push((title.level, self.outline.headings.len() - 1));
    }

    fn line(&mut self, lines: &[Line<'_>], at: usize) {
        let line = &lines[at];
        let words = line.text();
        if let Some((mark, item)) = bullet(&words) {
            self.flush();
            let column = line.indent();
            self.bullets.retain(|bullet| *bullet < column);
            self.bullets.push(column);
            self.item = Some((column, column + mark));
            self.words.push_str(item);
        } else if at > 0 && self.goes_on(&lines[at - 1], line, &words) {
            join(&mut self.words, &words);
        } else {
            self.flush();
            self.bullets.clear();
            self.words.push_str(&words);
        }
        self.width = self.width.max(line.length());
    }

    /// Whether a line goes on with what stands above it.
    fn goes_on(&self, above: &Line<'_>, line: &Line<'_>, words: &str) -> bool {
        let is_entry = begins_with_code(words) && begins_with_code(&self.words);
        if self.words.is_empty() || is_entry || above.is_row() || line.is_row() {
            return false;
        }
        match line.gap {
            Gap::Page => {
                let ended = self.words.ends_with(['.', ':', ';', '!', '?']);
                !ended && words.starts_with(|c: char| !c.is_uppercase())
            }
            Gap::Lines(0) => {
                let is_inside = self.item.is_none_or(|(bullet, _)| line.indent() > bullet);
                // Where the next word had room, the line was meant to end.
                let word = words.split(' ').next().unwrap_or_default().chars().count();
                let widest = self.width.max(line.length());
                let had_room = (above.length() + 1 + word) * 4 < widest * 3;
                is_inside && !had_room
            }
            Gap::Lines(_) => false,
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.words);
        let depth = self.bullets.len();
        let item = self.item.take();
        self.width = 0;
        if text.is_empty() {
            return;
        }
        let kind = match item {
            Some(_) => Kind::Item { text, depth: depth.max(1) },
            None => Kind::Paragraph(text),
        };
        self.outline.blocks.push(Block { heading: self.heading(), kind });
    }
}

/// The words of an item after its bullet, and how far in they stand. What counts (`(a)`, `2.`) stays
/// with its words.
fn bullet(words: &str) -> Option<(usize, &str)> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\([a-z0-9]{1,4}\)|[a-z0-9]{1,2}[.)]|[ivx]{1,4}[.)]) ")
            .expect("the pattern is a constant")
    });
    const MARKS: [char; 16] = [
        '•', '▪', '●', '○', '■', '□', '◦', '‣', '·', '➢', '➔', '✓', '\u{f0b7}', '\u{f0a7}', '*',
        '-',
    ];
    let plain = words.strip_prefix(MARKS).or_else(|| words.strip_prefix("o "));
    if let Some(item) = plain.filter(|item| item.starts_with(' ') || words.starts_with("o ")) {
        return Some((2, item.trim_start()));
    }
    COUNT.find(words).map(|found| (found.len(), words))
}

/// A line that begins with a NOC code begins an entry of a list.
fn begins_with_code(words: &str) -> bool {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    digits == 5 && !words[digits..].starts_with(|c: char| c.is_alphanumeric())
}

/// Appends a line to the words it goes on with. A hyphen at the line's end is part of its word.
pub(super) fn join(words: &mut String, line: &str) {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let hyphen = words.strip_suffix('-').is_some_and(|word| is_word(word.chars().next_back()));
    let is_one_word = hyphen && is_word(line.chars().next());
    if !(words.is_empty() || is_one_word) {
        words.push(' ');
    }
    words.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lines = content(text);
        let outline = outline(&lines, None);
        let line = |block: &Block| {
            let path = outline.path(block.heading).join(" > ");
            match &block.kind {
                Kind::Paragraph(text) => format!("[{path}] p {text}"),
                Kind::Item { text, depth } => format!("[{path}] {} {text}", "*".repeat(*depth)),
                Kind::Table(table) => format!("[{path}] table {table}"),
            }
        };
        assert_eq!(outline.blocks.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_that_run_to_the_margin_are_one_paragraph() {
        check(
            "  The fee to apply is $1,500 for each application and is\n  not refunded after it \
             was received, whatever the full-\n  time officer decides.\n  It is paid once.\n\n  \
             Another fee is $100.\n",
            &[
                "[] p The fee to apply is $1,500 for each application and is not refunded after it \
                 was received, whatever the full-time officer decides.",
                "[] p It is paid once.",
                "[] p Another fee is $100.",
            ],
        );
    }

    #[test]
    fn a_paragraph_goes_on_over_a_pages_end() {
        check(
            "A fee is paid with each\n\n\n    Page 1 of 2\n\u{c}\n application, before it is read.\n\
             \n   Page 2 of 2\n\u{c}",
            &["[] p A fee is paid with each application, before it is read."],
        );
    }

    #[test]
    fn what_comes_again_on_every_page_is_said_once() {
        let page = |n: usize, words: &str| {
            format!("Program Guide          June 2026\n\n{words}\n\n          {n}\n\u{c}")
        };
        let pages = page(7, "First.") + &page(8, "Second.") + &page(9, "Third.");
        let expected =
            ["[] p Program Guide June 2026", "[] p First.", "[] p Second.", "[] p Third."];
        check(&pages, &expected);
        // Rows that look alike at the pages' ends stay.
        check(
            "Fee A   $100\n\n72600\n\u{c}Fee A   $200\n\n72602\n\u{c}",
            &["[] p Fee A $100", "[] p 72600", "[] p Fee A $200", "[] p 72602"],
        );
    }

    #[test]
    fn numbered_titles_are_headings_and_numbered_sentences_are_not() {
        check(
            "3 Eligibility\n\nYou need a job offer.\n\n3.11 Ineligible occupations\nSome are out.\n\
             \n3.11.1 Exceptions\n\nNone.\n\n1. Pay the fee.\n2. Wait\n3. Leave\n\n4   Points\n\n\
             Many.\n\nAppendix A\n\nCodes.\n",
            &[
                "[3 Eligibility] p You need a job offer.",
                "[3 Eligibility > 3.11 Ineligible occupations] p Some are out.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] p None.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 1. Pay the fee.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 2. Wait",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 3. Leave",
                "[4 Points] p Many.",
                "[Appendix A] p Codes.",
            ],
        );
    }

    #[test]
    fn a_list_of_contents_is_no_content() {
        check(
            "3.10 Wages ............. 26\n3.11 Occupations . . . . . 27\n\n3.11 Occupations\nNone.\n\
             Fee ........... $1,500\n",
            &["[3.11 Occupations] p None.", "[3.11 Occupations] p Fee ........... $1,500"],
        );
    }

    #[test]
    fn items_have_bullets_and_stand_as_deep_as_these() {
        check(
            "You need\n • a job offer that is full-time and\n   permanent\n    o in the province\n • \
             CLB 4\nBring all of it.\n",
            &[
                "[] p You need",
                "[] * a job offer that is full-time and permanent",
                "[] ** in the province",
                "[] * CLB 4",
                "[] p Bring all of it.",
            ],
        );
    }

    #[test]
    fn rows_are_apart_and_a_space_too_many_is_no_column() {
        check(
            "Stream          $1,500\nReview          $100\n\nA fee is paid.  It is not refunded when\n\
             an application is refused.\n",
            &[
                "[] p Stream $1,500",
                "[] p Review $100",
                "[] p A fee is paid. It is not refunded when an application is refused.",
            ],
        );
    }

    #[test]
    fn entries_that_begin_with_a_code_are_apart() {
        check(
            "21231 Software engineers and designers\n21232 Software developers and programmers\n",
            &[
                "[] p 21231 Software engineers and designers",
                "[] p 21232 Software developers and programmers",
            ],
        );
    }
}
