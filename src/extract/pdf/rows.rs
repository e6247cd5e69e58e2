//! The rows of a table in the text of a PDF: where its columns are separated, and which lines form a row.

use super::columns::{Body, Span};
use super::lines::{Gap, Line, Segment, join};
use crate::model::text;

/// The gaps between columns: for every two neighbouring headers, the widest stretch between their centres in
/// which the fewest rows have words. Only lines of several stretches count, so prose does not.
pub(super) fn gutters(cells: &[Span], lines: &[Line<'_>]) -> Vec<(usize, usize)> {
    let width = cells.last().map_or(0, |cell| cell.to) + 1;
    let mut turns = vec![0_i64; width + 1];
    let mut cover = |from: usize, to: usize| {
        turns[from.min(width)] += 1;
        turns[to.min(width)] -= 1;
    };
    cells.iter().for_each(|cell| cover(cell.from, cell.to));
    for line in lines {
        let mut segments = line.segments().peekable();
        let first = segments.next();
        if segments.peek().is_some() {
            first.into_iter().chain(segments).for_each(|segment| cover(segment.from, segment.to));
        }
    }
    let mut rows = 0;
    let covered: Vec<i64> = turns
        .into_iter()
        .map(|turn| {
            rows += turn;
            rows
        })
        .collect();
    cells.windows(2).map(|pair| gutter(&covered, pair[0].centre(), pair[1].centre())).collect()
}

fn gutter(covered: &[i64], from: usize, to: usize) -> (usize, usize) {
    let window = &covered[from..to];
    let least = window.iter().min().copied().unwrap_or(0);
    let mut best = (from, from);
    let mut at = from;
    for run in window.chunk_by(|a, b| (*a == least) == (*b == least)) {
        if run[0] == least && run.len() >= best.1 - best.0 {
            best = (at, at + run.len());
        }
        at += run.len();
    }
    best
}

/// The column of a stretch of words; `None` if it crosses a gap between columns.
fn column(segment: &Segment<'_>, gutters: &[(usize, usize)]) -> Option<usize> {
    let column = gutters.partition_point(|(from, to)| segment.from * 2 >= from + to);
    let within = gutters.get(column).is_none_or(|(_, end)| segment.to <= *end);
    within.then_some(column)
}

/// A row: its cells, or one cell over all columns.
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    /// How many empty lines are above it.
    gap: usize,
    /// Its last line.
    pub(super) last: usize,
}

impl Row {
    fn is_full(&self) -> bool {
        self.cells.iter().filter(|cell| !cell.is_empty()).count() > 1
    }
}

/// The rows of one table, so far.
pub(super) struct Rows {
    /// Its columns among those of the header.
    pub(super) columns: std::ops::Range<usize>,
    /// The column whose words begin a row.
    start: usize,
    pub(super) rows: Vec<Row>,
    /// The most empty lines between two rows, at least one.
    widest_gap: usize,
}

impl Rows {
    pub(super) fn new(columns: std::ops::Range<usize>, start: usize) -> Self {
        Self { start: columns.start + start, columns, rows: Vec::new(), widest_gap: 1 }
    }

    /// Reads the lines of a page; if the table continues from the page before, the first lines have nothing
    /// above them.
    pub(super) fn read(
        &mut self,
        body: &Body,
        lines: &[Line<'_>],
        gutters: &[(usize, usize)],
        goes_on: bool,
    ) {
        let mut at = body.from;
        for block in body.lines(lines).chunk_by(|_, below| below.gap == Gap::Lines(0)) {
            let gap = match block[0].gap {
                Gap::Lines(n) if !(goes_on && at == body.from) => Some(n),
                Gap::Lines(_) | Gap::Page => None,
            };
            self.block(block, at, gap, gutters);
            at += block.len();
        }
        self.trim();
    }

    /// Adds lines without empty lines between them. `gap` is how many empty lines are above them; none at
    /// the top of a page, where the lines above the first start continue the last row. Elsewhere they do
    /// only if no row begins in the block; otherwise they are a cell printed in the middle of its row.
    fn block(
        &mut self,
        block: &[Line<'_>],
        at: usize,
        gap: Option<usize>,
        gutters: &[(usize, usize)],
    ) {
        let read: Vec<Option<Vec<String>>> =
            block.iter().map(|line| self.cells(line, gutters)).collect();
        let start = self.start - self.columns.start;
        let starts = |cells: &[String]| !cells[start].is_empty();
        let begins = |cells: &Option<Vec<String>>| cells.as_ref().is_none_or(|c| starts(c));
        let near = gap.is_none_or(|gap| gap <= self.widest_gap && !read.iter().any(begins));
        // Whether the last row belongs to this block or continues into it, and whether it has begun.
        let (mut is_open, mut has_begun) = (near && !self.rows.is_empty(), true);
        let mut gap = gap.unwrap_or(0);
        for (line, (cells, words)) in read.into_iter().zip(block).enumerate() {
            let last = at + line;
            let Some(cells) = cells else {
                // For tables side by side, words over all columns are added only once.
                if self.columns.start == 0 {
                    self.push(Row { cells: vec![words.text()], gap, last });
                }
                (is_open, has_begun, gap) = (false, true, 0);
                continue;
            };
            if cells.iter().all(String::is_empty) {
                continue;
            }
            let starts = starts(&cells);
            if is_open && !(starts && has_begun) {
                self.add(&cells, last);
                has_begun |= starts;
            } else {
                self.push(Row { cells, gap, last });
                (is_open, has_begun, gap) = (true, starts, 0);
            }
        }
    }

    fn push(&mut self, row: Row) {
        // The first row may be any distance below the header.
        if let Some(above) = self.rows.last().filter(|row| self.rows.len() > 1 && row.is_full()) {
            self.widest_gap = self.widest_gap.max(above.gap);
        }
        self.rows.push(row);
    }

    /// The words of a line by column; `None` if some cross a gap between columns.
    fn cells(&self, line: &Line<'_>, gutters: &[(usize, usize)]) -> Option<Vec<String>> {
        let mut cells = vec![String::new(); self.columns.len()];
        for segment in line.segments() {
            let column = column(&segment, gutters)?;
            if self.columns.contains(&column) {
                join(&mut cells[column - self.columns.start], &text::canonical(segment.words));
            }
        }
        Some(cells)
    }

    /// Adds the words of a line to the last row.
    fn add(&mut self, cells: &[String], at: usize) {
        let Some(row) = self.rows.last_mut() else { return };
        row.last = at;
        for (cell, words) in row.cells.iter_mut().zip(cells).filter(|(_, words)| !words.is_empty())
        {
            join(cell, words);
        }
    }

    /// Removes what is below the table: words over all columns, and words farther below than any row.
    fn trim(&mut self) {
        let widest = self.widest_gap;
        let below = |row: &Row| row.cells.len() == 1 || (!row.is_full() && row.gap > widest);
        while self.rows.last().is_some_and(below) {
            self.rows.pop();
        }
    }
}
