//! The lines of a page's words, and those found on only one of two pages.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::model::words::{CELL, Phrases, UNDER, Word, of_line, shown};
use crate::model::{FactSet, RecordKey, meaning};

/// A line, its record, and its words.
pub(super) struct Line<'a> {
    pub(super) record: &'a RecordKey,
    /// The headings over it. A heading that is worded otherwise is another record, in the same place.
    pub(super) place: &'a str,
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    /// Whether it contains words of a held reading.
    pub(super) has_held: bool,
    /// Whether it contained words of a fact that nothing says now.
    pub(super) has_lost: bool,
    /// The number of words up to the end of each cell in a row; in any other line, of all words.
    ends: Vec<usize>,
}

impl<'a> Line<'a> {
    fn of(record: &'a RecordKey, text: &'a str) -> Self {
        let mut words = Vec::new();
        let mut ends = Vec::new();
        for cell in text.split(CELL) {
            words.extend(of_line(cell));
            ends.push(words.len());
        }
        Self {
            record,
            place: place(record, text),
            text,
            words,
            has_held: false,
            has_lost: false,
            ends,
        }
    }

    /// Whether it is a row of several cells.
    pub(super) fn is_row(&self) -> bool {
        self.ends.len() > 1
    }

    fn cells(&self) -> impl Iterator<Item = &[Word]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(from, to)| &self.words[from..*to])
    }

    /// The runs of its words that are read as facts.
    pub(super) fn taken(&mut self) -> impl Iterator<Item = &mut [Word]> {
        let runs = self.words.chunk_by_mut(|a, b| a.taken == b.taken);
        runs.filter(|run| run.first().is_some_and(|word| word.taken))
    }

    /// Marks all its words as read as a fact, if they are of one.
    pub(super) fn take_if(&mut self, is_fact: impl Fn(&[Word]) -> bool) {
        if !self.words.is_empty() && is_fact(&self.words) {
            self.words.iter_mut().for_each(|word| word.taken = true);
        }
    }

    /// The words of its first cell.
    pub(super) fn label(&self) -> Vec<&str> {
        text_of(self.cells().next().unwrap_or_default())
    }

    /// Whether every cell of it occurs in the phrases of a page.
    pub(super) fn is_said_by(&self, phrases: &Phrases) -> bool {
        self.cells().all(|cell| phrases.say_line(cell))
    }

    /// Whether any of its words that is not reported as a fact is one of these.
    pub(super) fn has_any(&self, words: &HashSet<&str>) -> bool {
        self.words.iter().any(|word| !word.taken && words.contains(word.text.as_str()))
    }

    /// Whether two rows with the same number of cells differ in words that are not reported as facts.
    pub(super) fn is_other_row(&self, other: &Self) -> bool {
        let plain = |cell: &[Word]| -> Vec<String> {
            let words = cell.iter().filter(|word| !word.taken);
            words.map(|word| word.text.clone()).collect()
        };
        let differs = |(a, b): (&[Word], &[Word])| plain(a) != plain(b);
        self.ends.len() == other.ends.len()
            && sorted_cells(self) != sorted_cells(other)
            && self.cells().zip(other.cells()).any(differs)
    }
}

/// The headings over a line: its record names them, and a heading itself last.
fn place<'a>(record: &'a RecordKey, text: &str) -> &'a str {
    let path = record.as_str();
    let (over, last) = path.rsplit_once(UNDER).unwrap_or(("", path));
    if shown(text) == last { over } else { path }
}

fn text_of(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

fn sorted_cells<'l>(line: &'l Line<'_>) -> Vec<Vec<&'l str>> {
    let mut cells: Vec<Vec<&str>> =
        line.cells().map(text_of).filter(|cell| !cell.is_empty()).collect();
    cells.sort_unstable();
    cells
}

fn sorted_words<'l>(line: &'l Line<'_>) -> Vec<&'l str> {
    let mut words = text_of(&line.words);
    words.sort_unstable();
    words
}

/// Whether two lists have the same lines, in any order, save for the words that are reported as facts.
pub(super) fn say_the_same(was: &[Line<'_>], is: &[Line<'_>]) -> bool {
    was.len() == is.len() && unreported(was) == unreported(is)
}

/// The cells of each line, sorted, with nothing in place of the words that are reported as facts.
fn unreported<'l>(lines: &'l [Line<'_>]) -> Vec<Vec<Vec<Option<&'l str>>>> {
    let cell = |words: &'l [Word]| {
        let words = words.iter().map(|word| (!word.taken).then_some(word.text.as_str()));
        let mut words: Vec<Option<&str>> = words.collect();
        words.dedup_by(|a, b| a.is_none() && b.is_none());
        words
    };
    let mut all: Vec<_> = lines.iter().map(|line| line.cells().map(cell).collect()).collect();
    all.sort_unstable();
    all
}

/// The lines found on only one of two pages, each as often as it is more frequent there: lines are
/// compared by their words and by what their cells mean, rows by their cells in any order, and a row with a line by
/// its words.
pub(super) fn apart<'a>(old: &'a FactSet, new: &'a FactSet) -> (Vec<Line<'a>>, Vec<Line<'a>>) {
    let (mut was, mut is) = (said(old), said(new));
    cancel(&mut was, &mut is, |(_, text)| Some(*text), |(_, text)| Some(*text));
    let lines = |said: Vec<(&'a RecordKey, &'a str)>| -> Vec<Line<'a>> {
        said.into_iter().map(|(record, text)| Line::of(record, text)).collect()
    };
    let (mut was, mut is) = (lines(was), lines(is));
    cancel_listed(&mut was, &mut is);
    cancel_listed(&mut is, &mut was);
    let words = |line: &Line<'a>| Some(owned(text_of(&line.words)));
    cancel(&mut was, &mut is, words, words);
    let row = |line: &Line<'a>| {
        line.is_row().then(|| sorted_cells(line).into_iter().map(owned).collect::<Vec<_>>())
    };
    cancel(&mut was, &mut is, row, row);
    // "9+" is "9 and above", and "dont" has lost its apostrophe.
    for form in [meaning::form, meaning::without_apostrophes] {
        let cells =
            |line: &Line<'a>| Some(shown(line.text).split(CELL).map(form).collect::<Vec<String>>());
        cancel(&mut was, &mut is, cells, cells);
    }
    let of_row = |line: &Line<'a>| line.is_row().then(|| owned(sorted_words(line)));
    let of_other = |line: &Line<'a>| (!line.is_row()).then(|| owned(sorted_words(line)));
    cancel(&mut was, &mut is, of_row, of_other);
    cancel(&mut was, &mut is, of_other, of_row);
    (was, is)
}

/// Whether all clauses of a record are rows of tables that one page has and the other has not.
pub(super) fn are_rows(
    (record, clauses): (&RecordKey, &[&str]),
    from: &[&FactSet],
    to: &[&FactSet],
) -> bool {
    if clauses.is_empty() {
        return true;
    }
    let still: HashSet<&str> = to.iter().flat_map(|set| said(set)).map(|(_, text)| text).collect();
    let is_gone_row = |(_, text): &(&RecordKey, &str)| text.contains(CELL) && !still.contains(text);
    let rows = from.iter().flat_map(|set| said(set)).filter(is_gone_row);
    let mut rows: Vec<Line<'_>> = rows.map(|(record, text)| Line::of(record, text)).collect();
    let mut lines: Vec<Line<'_>> = clauses.iter().map(|text| Line::of(record, text)).collect();
    cancel_listed(&mut rows, &mut lines);
    lines.is_empty()
}

/// The most columns of a table that may be a list on the other page, and the most words of one of its rows.
const COLUMNS: usize = 30;
const ROW: usize = 500;

/// How many rows and lines are looked at for the titles of columns, each title anew. Of a page written anew, only
/// the first titles are tried.
const LISTED: usize = 100_000;

/// Removes the rows of a table that are lines on the other page, each cell after the title of its column, and the
/// titles with them: "Score range: 150+; Registrations: 5".
fn cancel_listed(rows: &mut Vec<Line<'_>>, lines: &mut Vec<Line<'_>>) {
    let first = |words: &[Word]| words.first().map(|word| word.text.clone());
    let sentences = lines.iter().filter(|line| !line.is_row());
    let begun: HashSet<String> = sentences.filter_map(|line| first(&line.words)).collect();
    // Above the numbers of rows there may be no word.
    let begins = |row: &Line<'_>| {
        let word = row.cells().next().and_then(first);
        row.is_row() && row.ends.len() <= COLUMNS && word.is_none_or(|word| begun.contains(&word))
    };
    let most = LISTED / (rows.len() + lines.len() + 1);
    let titles = rows.iter().enumerate().filter(|(_, row)| begins(row));
    let titles: Vec<usize> = titles.map(|(n, _)| n).take(most).collect();
    if titles.is_empty() {
        return;
    }
    let cells: Vec<Cells> = rows.iter().map(Cells::of).collect();
    let said: Vec<Vec<String>> = lines.iter().map(|line| labelled(line.text)).collect();
    let (mut are_listed, mut list) = (vec![false; rows.len()], vec![false; lines.len()]);
    for title in titles {
        let mut listed = Listed::under(title, &cells);
        let mut at = 0;
        while at < lines.len() {
            let goes_on = |n: &usize| {
                !list[*n] && !lines[*n].is_row() && lines[*n].record == lines[at].record
            };
            let run = (at..lines.len()).take_while(goes_on).map(|n| said[n].as_slice());
            let found = listed.take(&cells, run);
            if let Some((row, length)) = found.filter(|(row, _)| !are_listed[*row]) {
                are_listed[row] = true;
                are_listed[title] = true;
                list[at..at + length].fill(true);
                at += length;
            } else {
                at += 1;
            }
        }
    }
    let mut is_kept = are_listed.iter().map(|is_listed| !is_listed);
    rows.retain(|_| is_kept.next().unwrap_or(true));
    let mut is_kept = list.iter().map(|is_listed| !is_listed);
    lines.retain(|_| is_kept.next().unwrap_or(true));
}

/// The words of each cell of a row.
struct Cells(Vec<Vec<String>>);

impl Cells {
    fn of(row: &Line<'_>) -> Self {
        Self(row.text.split(CELL).map(labelled).collect())
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }

    /// Whether words are its cells in their order, with those of a title, in theirs, before and between them. A cell of
    /// several lines is several here, and so are its titles.
    fn are_said(&self, title: &Self, said: &[&str]) -> bool {
        let cells: Vec<&Vec<String>> = self.0.iter().filter(|cell| !cell.is_empty()).collect();
        let ends_with = |at: usize, cell: &[String]| {
            let from = at.checked_sub(cell.len());
            from.and_then(|from| said.get(from..at)).is_some_and(|part| part == cell)
        };
        // Whether so many titles, with the cells so far, are how the words begin.
        let mut begin: Vec<bool> = Vec::new();
        let mut of_cells = 0;
        for n in 0..=cells.len() {
            of_cells += n.checked_sub(1).map_or(0, |n| cells[n].len());
            let mut next = vec![false; title.0.len() + 1];
            let mut of_titles = 0;
            for t in 0..=title.0.len() {
                of_titles += t.checked_sub(1).map_or(0, |t| title.0[t].len());
                let at = of_titles + of_cells;
                let after_title = || t > 0 && next[t - 1] && ends_with(at, &title.0[t - 1]);
                let after_cell = || t > 0 && n > 0 && begin[t] && ends_with(at, cells[n - 1]);
                next[t] = (t == 0 && n == 0) || after_title() || after_cell();
            }
            begin = next;
        }
        begin.last() == Some(&true)
    }
}

/// The words of a line, those of a label and of what it is of each by themselves: "points: 50" is not 50 points.
fn labelled(text: &str) -> Vec<String> {
    let parts = text.split([';', ':']);
    parts.flat_map(of_line).map(|word| word.text).collect()
}

/// The rows under a title, by their words and those of the title, sorted.
struct Listed<'c> {
    title: &'c Cells,
    rows: HashMap<Vec<String>, Vec<usize>>,
    /// The most lines that a row may be, and how many words the rows have with those of the title.
    lines: usize,
    sizes: HashSet<usize>,
    most: usize,
}

impl<'c> Listed<'c> {
    fn under(title: usize, all: &'c [Cells]) -> Self {
        let title = &all[title];
        let mut rows: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        // The last cells may be empty, and are then no part of the row.
        let is_under = |row: &Cells| row.0.len() <= title.0.len();
        for (n, row) in all.iter().enumerate().filter(|(_, row)| is_under(row)) {
            let words: Vec<&str> = title.words().chain(row.words()).collect();
            if words.len() <= ROW {
                rows.entry(in_order(words)).or_default().push(n);
            }
        }
        let sizes: HashSet<usize> = rows.keys().map(Vec::len).collect();
        let most = sizes.iter().copied().max().unwrap_or_default();
        Self { title, rows, lines: 2 * title.0.len(), sizes, most }
    }

    /// The row that the first of these lines say, and how many of them; none that is in a list already.
    fn take<'w>(
        &mut self,
        all: &[Cells],
        lines: impl Iterator<Item = &'w [String]>,
    ) -> Option<(usize, usize)> {
        let first = self.title.0.first().and_then(|cell| cell.first());
        let mut said: Vec<&str> = Vec::new();
        for (n, line) in lines.take(self.lines).enumerate() {
            said.extend(line.iter().map(String::as_str));
            let begins = first.is_none_or(|first| said.first() == Some(&first.as_str()));
            if !begins || said.len() > self.most {
                return None;
            }
            if !self.sizes.contains(&said.len()) {
                continue;
            }
            let Some(alike) = self.rows.get_mut(&in_order(said.clone())) else { continue };
            let is_it = |row: &usize| all[*row].are_said(self.title, &said);
            if let Some(at) = alike.iter().rposition(is_it) {
                return Some((alike.remove(at), n + 1));
            }
        }
        None
    }
}

/// The words, sorted.
fn in_order(mut words: Vec<&str>) -> Vec<String> {
    words.sort_unstable();
    owned(words)
}

fn owned(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// Removes the items whose keys occur in both lists, as often as both have them.
fn cancel<T, K: Hash + Eq>(
    was: &mut Vec<T>,
    is: &mut Vec<T>,
    key_of_was: impl Fn(&T) -> Option<K>,
    key_of_is: impl Fn(&T) -> Option<K>,
) {
    let mut counts: HashMap<K, (usize, usize)> = HashMap::new();
    was.iter().filter_map(&key_of_was).for_each(|key| counts.entry(key).or_default().0 += 1);
    is.iter().filter_map(&key_of_is).for_each(|key| counts.entry(key).or_default().1 += 1);
    let shared = |(was, is): (usize, usize)| was.min(is);
    let mut left: HashMap<K, [usize; 2]> = counts
        .into_iter()
        .map(|(key, count)| (key, [shared(count); 2]))
        .filter(|(_, [n, _])| *n > 0)
        .collect();
    let mut is_kept = |key: Option<K>, side: usize| {
        let n = key.and_then(|key| left.get_mut(&key).map(|n| &mut n[side])).filter(|n| **n > 0);
        let Some(n) = n else { return true };
        *n -= 1;
        false
    };
    was.retain(|line| is_kept(key_of_was(line), 0));
    is.retain(|line| is_kept(key_of_is(line), 1));
}

/// The lines of a set in stored order.
pub(super) fn said(set: &FactSet) -> Vec<(&RecordKey, &str)> {
    let mut all = Vec::new();
    for (key, record) in &set.records {
        let text = record.fields.iter().find(|(name, _)| name.as_str() == "text");
        let clauses = text.map_or(&[][..], |(_, value)| value.clauses());
        all.extend(clauses.iter().map(|line| (key, line.as_str())));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, FactType, FieldName, Fields, Record, Value};

    /// A page with one line under one heading.
    fn page(line: &str) -> FactSet {
        let mut set = FactSet::new(FactType::Clauses);
        let mut fields = Fields::new();
        fields.insert(FieldName::parse("text").unwrap(), Value::Clauses(vec![line.to_owned()]));
        let evidence = Evidence::default();
        set.records.insert(RecordKey::parse("Page").unwrap(), Record { fields, evidence });
        set
    }

    fn are_one(was: &str, is: &str) -> bool {
        let (was, is) = (page(was), page(is));
        let (was, is) = apart(&was, &is);
        was.is_empty() && is.is_empty()
    }

    #[test]
    fn a_line_of_the_same_meaning_is_the_same() {
        assert!(are_one("CLB 9 | ⟦9+⟧ | ⟦371+⟧", "CLB 9 | ⟦9 or higher⟧ | ⟦371 and above⟧"));
        assert!(are_one("⟦2 and 3⟧ | ⟦9⟧ and above", "⟦2, 3⟧ | ⟦9⟧+"));
        assert!(are_one("You don't need it", "You dont need it"));
        for other in ["CLB 9 | ⟦9 or higher⟧ | ⟦391 and above⟧", "CLB 9 | ⟦9 or higher⟧"]
        {
            assert!(!are_one("CLB 9 | ⟦9+⟧ | ⟦371+⟧", other), "{other}");
        }
        assert!(!are_one("You don't need it", "You do need it"));
    }
}
