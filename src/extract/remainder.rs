//! The words of a page that no recipe reads: each word of content is a fact's, a clause's, noise, or here.
//!
//! Keeps the lines of a page under their headings, a table row as one line, with [`TAKEN`] around the words
//! that records were made of, so that a changed figure is reported as a fact and not also as wording. New
//! structure there (a section, a table, a list of codes, a link to another page of the site) is named.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::document::Document;
use super::gathered::TakenWords;
use super::html::outline::{Kind, Outline};
use super::members::{members, new_members, values};
use super::noise::{self, Judged};
use super::page::node::Node;
use super::page::stamp;
use super::recipe::{PageWords, Recipe};
use super::rest::is_in_path;
use super::structure::Structure;
use crate::model::{
    Evidence, FactSet, FactType, Facts, FieldName, Fields, Record, RecordKey, Remainder, Shares,
    Unreadable, Value, meaning, text,
    words::{self, CELL, TAKEN, UNDER},
};

/// The longest heading in the path that serves as a key, in characters.
pub(super) const PATH_PART: usize = 80;

/// The longest heading path that serves as a key, in characters.
const PATH_LIMIT: usize = 300;

/// The longest extract of unread words, in characters.
pub(super) const EXTRACT: usize = 300;

/// How far from its row or block to look for the words of a record.
const NEAR: usize = 6;

/// What a page may print before an item of a list.
const BULLETS: [char; 4] = ['•', '·', '▪', ' '];

/// How many rows at the top of a table may be its headers.
const HEADER: usize = 3;

/// The record that holds the addresses a page links to.
pub(super) const LINKS: &str = "(links)";

/// A line of a page.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) heading: Option<usize>,
    /// Its block; for a heading, the block after it.
    pub(super) at: usize,
    pub(super) row: usize,
    pub(super) is_heading: bool,
    pub(super) is_cell: bool,
    /// Its words.
    pub(super) text: String,
    /// Where in it words are read as facts or clauses; the flag marks those of series, which are left out.
    taken: Vec<(Range<usize>, bool)>,
    /// How many words it has, how many are read as facts, and how many as clauses.
    pub(super) size: usize,
    pub(super) facts: usize,
    pub(super) clauses: usize,
}

/// Replaces, in a line, the words that are read as a fact.
const VALUE: char = '□';

impl Line {
    /// The line without the words that are read.
    pub(super) fn left(&self) -> String {
        self.written(|_, _| VALUE.to_string())
    }

    /// The line with marks around the words that are read, without those of a series, which never alerts.
    pub(super) fn marked(&self) -> String {
        let [open, close] = TAKEN;
        self.written(
            |words, is_series| {
                if is_series { String::new() } else { format!("{open}{words}{close}") }
            },
        )
    }

    fn written(&self, write: impl Fn(&str, bool) -> String) -> String {
        let mut line = String::with_capacity(self.text.len());
        let mut done = 0;
        for (at, is_series) in &self.taken {
            line.push_str(&self.text[done..at.start]);
            line.push_str(&write(&self.text[at.clone()], *is_series));
            done = at.end;
        }
        line.push_str(&self.text[done..]);
        line
    }

    /// Where words occur in it, as whole words that are not taken yet.
    fn place_of(&self, words: &str) -> Option<Range<usize>> {
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_whole = |at: &Range<usize>| {
            !joins(self.text[..at.start].chars().next_back())
                && !joins(self.text[at.end..].chars().next())
        };
        let mut places = self.text.match_indices(words).map(|(at, _)| at..at + words.len());
        places.find(|at| is_whole(at) && self.is_free(at))
    }

    /// Whether nothing of a stretch of it is taken.
    fn is_free(&self, at: &Range<usize>) -> bool {
        self.taken.iter().all(|(taken, _)| taken.end <= at.start || at.end <= taken.start)
    }

    /// Marks words of it as taken.
    fn take(&mut self, at: Range<usize>, capture: &TakenWords) {
        let size = count(&capture.words);
        if capture.is_prose {
            self.clauses += size;
        } else {
            self.facts += size;
        }
        let place = self.taken.partition_point(|(taken, _)| taken.start < at.start);
        self.taken.insert(place, (at, capture.is_series));
    }
}

/// The lines of a page without the words of `captures`.
pub(super) fn lines(
    document: &Document<'_>,
    recipe: &Recipe,
    captures: &[TakenWords],
) -> Vec<String> {
    let Some(outline) = document.outline(recipe) else { return Vec::new() };
    let all = read(&outline, &recipe.page, captures).0;
    let left = all.iter().map(Line::left);
    left.filter(|line| has_words(line)).collect()
}

/// The lines of a page that are about its subject.
pub(super) fn content(document: &Document<'_>, recipe: &Recipe) -> Vec<String> {
    let Some(outline) = document.outline(recipe) else { return Vec::new() };
    let lines = without_noise(&outline, read(&outline, &recipe.page, &[]).0, document.links()).0;
    lines.iter().map(Line::left).filter(|line| has_words(line)).collect()
}

/// The lines of a page with an amount in dollars, read or not. None of them is noise.
pub(super) fn amounts(document: &Document<'_>, recipe: &Recipe) -> Vec<String> {
    let Some(outline) = document.outline(recipe) else { return Vec::new() };
    let mut lines = Vec::new();
    each(&outline, |Stretch { words, .. }| {
        if words.contains('$') {
            lines.extend(lines_of(&stamp::without_lines(words, &recipe.page)));
        }
    });
    lines.retain(|line| line.contains('$'));
    lines
}

/// The remainder of a page; `None` if the recipe does not watch it.
pub(super) fn of(
    recipe: &Recipe,
    document: &Document<'_>,
    captures: &[TakenWords],
    known: &Facts,
) -> Option<Remainder> {
    let key = recipe.remainder.clone()?;
    let mut set = FactSet::new(FactType::Clauses);
    let field = FieldName::parse("text").ok()?;
    let before = known.get(&key);
    if let Document::Json(json) = document {
        let mut names = members(recipe, json);
        names.retain(|name| !recipe.page.is_noise(name));
        let unread = new_members(before, &names);
        put(&mut set, &field, "(members)", names);
        return Some(Remainder { key, set, unread, shares: Shares::default() });
    }
    let outline = document.outline(recipe)?;
    let outline = outline.as_ref();
    let (lines, stamps) = read(outline, &recipe.page, captures);
    let (lines, noise) = without_noise(outline, lines, document.links());
    let of_noise: usize = noise.iter().map(|line| count(line)).sum();
    let mut shares = Shares { noise: stamps + of_noise, ..Shares::default() };
    for line in &lines {
        shares.facts += line.facts;
        shares.clauses += line.clauses;
        shares.rest += line.size - (line.facts + line.clauses).min(line.size);
    }
    for (path, lines) in by_path(outline, &lines) {
        put(&mut set, &field, &path, lines);
    }
    let addresses: HashSet<&str> = document.links().iter().map(|(_, path)| &**path).collect();
    let mut addresses: Vec<String> = addresses.into_iter().map(str::to_owned).collect();
    addresses.sort_unstable();
    put(&mut set, &FieldName::parse(words::LINKS).ok()?, LINKS, addresses);
    let is_same = |before: &&FactSet| {
        let before = before.records.iter().filter(|(path, _)| path.as_str() != words::NOISE_RECORD);
        before.map(|(_, r)| &r.fields).eq(set.records.values().map(|r| &r.fields))
    };
    let unread = match before.filter(|before| !is_same(before)) {
        Some(before) => {
            Structure { outline, lines: &lines, noise: &noise, known, before }.unread(document)
        }
        None => Vec::new(),
    };
    put(&mut set, &FieldName::parse(words::NOISE).ok()?, words::NOISE_RECORD, noise);
    Some(Remainder { key, set, unread, shares })
}

/// Adds what those members of a JSON document say that nothing reads and that are called like a record that cannot
/// be read.
pub(super) fn add_lost(
    remainder: &mut Remainder,
    (recipe, json): (&Recipe, &Node<'_>),
    known: &Facts,
    unreadable: &[Unreadable],
) {
    let Ok(field) = FieldName::parse("text") else { return };
    let lost: Vec<&str> = known
        .iter()
        .flat_map(|(fact, set)| set.records.keys().map(move |record| (fact, record)))
        .filter(|(fact, record)| unreadable.iter().any(|lost| lost.covers(fact, record)))
        .map(|(_, record)| record.as_str())
        .collect();
    if lost.is_empty() {
        return;
    }
    let mut names = members(recipe, json);
    names.retain(|path| lost.iter().any(|record| is_in_path(record, path)));
    let paths = names.iter().map(String::as_str).collect();
    put(&mut remainder.set, &field, words::VALUES, values(json, &paths));
}

fn put(set: &mut FactSet, field: &FieldName, path: &str, lines: Vec<String>) {
    let Ok(key) = RecordKey::parse(path) else { return };
    if lines.is_empty() {
        return;
    }
    // No line is empty, so that many are enough for an extract.
    let quote = text::excerpt(&lines[..lines.len().min(EXTRACT)].join(" "), EXTRACT);
    let evidence = Evidence { locator: "remainder".into(), place: format!("under {path}"), quote };
    let fields: Fields = [(field.clone(), Value::Clauses(lines))].into_iter().collect();
    set.records.insert(key, Record { fields, evidence });
}

pub(super) fn has_words(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
}

/// The headings over a line, as its key.
fn path(outline: &Outline, heading: Option<usize>) -> String {
    let path = outline.path(heading);
    let path = path
        .iter()
        .map(|heading| text::excerpt(heading, PATH_PART))
        .collect::<Vec<_>>()
        .join(UNDER);
    if path.is_empty() { words::NO_HEADING.to_owned() } else { text::excerpt(&path, PATH_LIMIT) }
}

/// For a heading, the one over it.
fn heading_over(outline: &Outline, line: &Line) -> Option<usize> {
    line.heading.filter(|_| line.is_heading).and_then(|heading| outline.headings[heading].parent)
}

/// The lines without those that are not about the page's subject, and those.
fn without_noise(
    outline: &Outline,
    mut lines: Vec<Line>,
    links: &[(String, String)],
) -> (Vec<Line>, Vec<String>) {
    let first = outline.headings.first().map_or(0, |heading| heading.at);
    let said: HashSet<&str> =
        if first > 0 { links.iter().map(|(said, _)| &**said).collect() } else { HashSet::new() };
    let judged: Vec<Judged<'_>> = lines
        .iter()
        .map(|line| Judged {
            text: &line.text,
            heading: line.heading,
            is_heading: line.is_heading,
            parent: heading_over(outline, line),
            is_read: !line.taken.is_empty(),
            is_way: line.at < first && said.contains(line.text.trim_start_matches(BULLETS)),
        })
        .collect();
    let mut is_noise = noise::noise(&judged).into_iter();
    let mut noise = Vec::new();
    // In place: a second list of the lines of a large page takes megabytes.
    lines.retain_mut(|line| {
        let is_kept = !is_noise.next().unwrap_or_default();
        if !is_kept {
            noise.push(std::mem::take(&mut line.text));
        }
        is_kept
    });
    (lines, noise)
}

/// The lines of a page by the headings over them, the cells of a row in one line.
fn by_path(outline: &Outline, lines: &[Line]) -> BTreeMap<String, Vec<String>> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let is_one = |a: &Line, b: &Line| a.is_cell && b.is_cell && (a.at, a.row) == (b.at, b.row);
    for row in lines.chunk_by(is_one) {
        let cells: Vec<String> = row.iter().map(Line::marked).collect();
        let line = cells.join(CELL);
        if has_words(&line) {
            paths.entry(path(outline, row[0].heading)).or_default().push(line);
        }
    }
    paths
}

/// All lines of a page, with the words in them that are read, and the number of words left out as noise.
fn read(outline: &Outline, page: &PageWords, captures: &[TakenWords]) -> (Vec<Line>, usize) {
    let (mut lines, noise) = all(outline, page);
    let mut index = Index::of(&lines);
    for capture in captures {
        index.blank(outline, &mut lines, capture);
    }
    (lines, noise)
}

fn all(outline: &Outline, page: &PageWords) -> (Vec<Line>, usize) {
    let (mut lines, mut noise) = (Vec::new(), 0);
    each(outline, |stretch| {
        let Stretch { heading, at, row, is_heading, is_cell, words } = stretch;
        let kept = stamp::without_lines(words, page);
        if let Cow::Owned(kept) = &kept {
            noise += count(words) - count(kept);
        }
        for text in lines_of(&kept) {
            let (facts, clauses, taken) = (0, 0, Vec::new());
            let size = count(&text);
            let line =
                Line { heading, at, row, is_heading, is_cell, text, taken, size, facts, clauses };
            lines.push(line);
        }
    });
    (lines, noise)
}

fn lines_of(words: &str) -> impl Iterator<Item = String> {
    let lines = words.split('\n').map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.replace(TAKEN, " "))
}

/// A heading, the words of a block, or a cell.
struct Stretch<'o> {
    heading: Option<usize>,
    at: usize,
    row: usize,
    is_heading: bool,
    is_cell: bool,
    words: &'o str,
}

/// Goes through a page in reading order.
fn each<'o>(outline: &'o Outline, mut add: impl FnMut(Stretch<'o>)) {
    let heading = |n: usize, at| {
        let words = &outline.headings[n].text;
        Stretch { heading: Some(n), at, row: 0, is_heading: true, is_cell: false, words }
    };
    let mut headings = (0..outline.headings.len()).peekable();
    for (at, block) in outline.blocks.iter().enumerate() {
        while let Some(n) = headings.next_if(|n| outline.headings[*n].at <= at) {
            add(heading(n, at));
        }
        let in_block = |row, words| {
            let (heading, is_cell) = (block.heading, row > 0);
            Stretch { heading, at, row, is_heading: false, is_cell, words }
        };
        match &block.kind {
            Kind::Paragraph(words) | Kind::Item { text: words, .. } => add(in_block(0, words)),
            Kind::Table(number) => {
                let grid = &outline.tables[*number];
                add(in_block(0, &grid.caption));
                for row in 0..grid.rows() {
                    for column in 0..grid.columns() {
                        let cell = grid.index(row, column);
                        let is_again = cell.is_none()
                            || (column > 0 && grid.index(row, column - 1) == cell)
                            || (row > 0 && grid.index(row - 1, column) == cell);
                        if !is_again {
                            add(in_block(row + 1, grid.text(row, column)));
                        }
                    }
                }
            }
        }
    }
    for n in headings {
        add(heading(n, outline.blocks.len()));
    }
}

fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| has_words(word)).count()
}

/// Where the lines of a page are.
struct Index {
    /// The lines of a row or block, which follow one another.
    places: HashMap<(usize, usize), Range<usize>>,
    whole: HashMap<String, Vec<usize>>,
    headings: HashMap<usize, usize>,
    /// Words that many records share, and the block from which they were searched: a header, a heading.
    shared: HashSet<(usize, String)>,
}

impl Index {
    fn of(lines: &[Line]) -> Self {
        let mut index = Self {
            places: HashMap::new(),
            whole: HashMap::new(),
            headings: HashMap::new(),
            shared: HashSet::new(),
        };
        for (n, line) in lines.iter().enumerate() {
            if line.is_heading {
                index.headings.extend(line.heading.map(|heading| (heading, n)));
            } else {
                let place = index.places.entry((line.at, line.row)).or_insert(n..n);
                place.end = n + 1;
            }
            index.whole.entry(line.text.clone()).or_default().push(n);
            if let Some(joined) = meaning::joined(&line.text) {
                index.whole.entry(joined).or_default().push(n);
            }
        }
        index
    }

    /// Marks the words of a record as taken in the line where they are: in its row or block, a nearby one, a
    /// heading over it, or else a line that says nothing else.
    fn blank(&mut self, outline: &Outline, lines: &mut [Line], capture: &TakenWords) {
        let (at, row) = (capture.at, capture.row);
        let own = self.places.get(&(at, row)).cloned().into_iter().flatten();
        if take(lines, &own, capture)
            || take_joined(lines, &own, capture)
            || take_figure(lines, &own, capture)
        {
            return;
        }
        // Words outside a record's own row or block are shared with others: they are taken once.
        if !self.shared.insert((at, capture.words.clone())) {
            return;
        }
        let header = (1..=HEADER).filter(|_| row > 0).map(|n| (at, n));
        let below = (1..=NEAR).map(|n| if row > 0 { (at, row + n) } else { (at + n, 0) });
        let above = (1..=NEAR).filter_map(|n| Some((at.checked_sub(n)?, 0)));
        let caption = std::iter::once((at, 0));
        for place in header.chain(below).chain(caption).chain(above) {
            let found = self.places.get(&place).cloned().into_iter().flatten();
            if take(lines, &found, capture) {
                return;
            }
        }
        let heading = outline.blocks.get(at).and_then(|block| block.heading);
        let over = outline.ancestors(heading).take(8);
        let headings: Vec<usize> =
            over.filter_map(|heading| self.headings.get(&heading).copied()).collect();
        if take(lines, &headings.into_iter(), capture) {
            return;
        }
        let whole = self.whole.get(&capture.words).into_iter().flatten().copied();
        let _ = take(lines, &whole, capture) || take_joined(lines, &whole, capture);
    }
}

/// Takes a line whose words are these, save for how its groups of digits are separated.
fn take_joined(
    lines: &mut [Line],
    among: &(impl Iterator<Item = usize> + Clone),
    capture: &TakenWords,
) -> bool {
    let is_it = |n: &usize| {
        let line = &lines[*n];
        line.taken.is_empty()
            && meaning::joined(&line.text).is_some_and(|text| text == capture.words)
    };
    let Some(n) = among.clone().find(is_it) else { return false };
    let whole = 0..lines[n].text.len();
    lines[n].take(whole, capture);
    true
}

/// The most words that a figure is printed with, and the most bytes of it.
const FIGURE: (usize, usize) = (4, 40);

/// Takes a figure from the first line that prints it otherwise: "CAN$1,100", "3 640 hours".
fn take_figure(
    lines: &mut [Line],
    among: &(impl Iterator<Item = usize> + Clone),
    capture: &TakenWords,
) -> bool {
    let words = &capture.words;
    if words.len() > FIGURE.1 || !words.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let (figure, digits) = (meaning::meaning(words), digits_of(words));
    let place = |line: &Line| {
        let starts = line.text.split(' ').scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some(start..start + word.len())
        });
        let printed: Vec<Range<usize>> = starts.filter(|word| !word.is_empty()).collect();
        let runs = (1..=FIGURE.0).flat_map(|n| printed.windows(n));
        let mut runs = runs.map(|run| unpointed(&line.text, run[0].start..run[run.len() - 1].end));
        // What a run means takes long to say.
        let is_it = |at: &Range<usize>| {
            let run = &line.text[at.clone()];
            digits_of(run) == digits && line.is_free(at) && meaning::meaning(run) == figure
        };
        runs.find(is_it)
    };
    let Some((n, at)) = among.clone().find_map(|n| Some((n, place(&lines[n])?))) else {
        return false;
    };
    lines[n].take(at, capture);
    true
}

fn digits_of(words: &str) -> String {
    words.chars().filter(char::is_ascii_digit).collect()
}

/// A range of a text without the punctuation at its ends.
fn unpointed(text: &str, at: Range<usize>) -> Range<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '$' | '%');
    let words = &text[at.clone()];
    let from = words.find(is_part).unwrap_or(0);
    let to = words
        .rfind(is_part)
        .map_or(words.len(), |last| last + words[last..].chars().next().map_or(0, char::len_utf8));
    at.start + from..at.start + to.max(from)
}

/// Takes the words from the first line that has them, preferring a line that says nothing else.
fn take(
    lines: &mut [Line],
    among: &(impl Iterator<Item = usize> + Clone),
    capture: &TakenWords,
) -> bool {
    let words = capture.words.as_str();
    let is_whole = |n: &usize| lines[*n].text == words && lines[*n].taken.is_empty();
    let whole = among.clone().find(is_whole).map(|n| (n, 0..words.len()));
    let part = || among.clone().find_map(|n| Some((n, lines[n].place_of(words)?)));
    let Some((n, at)) = whole.or_else(part) else { return false };
    lines[n].take(at, capture);
    true
}
