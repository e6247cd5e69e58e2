//! The grid of a table, by the HTML standard's table model.
//!
//! Every slot of the grid knows the cell that covers it, so nested `rowspan`s shift nothing, and two rows
//! that share a cell can be told from two rows that print the same words. (HTML Living Standard, section
//! 4.9.12.1, "Forming a table".)

use std::borrow::Cow;

use html5ever::local_name;
use scraper::ElementRef;

use super::chrome;
use super::content::{Words, integer, struck_whole, text_of, words_of};
use crate::extract::page::bounds::PLACES;

/// A page may claim any number of rows in a `rowspan`; the standard stops at this many.
const SPAN_LIMIT: usize = 65_534;

/// A cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    /// Where its words end; they begin where the words of the previous cell end.
    end: usize,
    /// Whether it is a `th`.
    header: bool,
}

/// A table with every span resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Grid {
    /// The caption's words.
    pub(crate) caption: String,
    /// The words of all cells, one after another: a page has too many cells for one allocation each. Each
    /// block of a cell's words is on its own lines.
    words: String,
    cells: Vec<Cell>,
    /// The index of the cell that covers each place, row after row.
    slots: Vec<Slot>,
    /// Where the places of each row end.
    rows: Vec<usize>,
    /// Whether it ends early because it has more places than a page may have.
    pub(crate) is_cut: bool,
    /// The struck-out words, and their row: few tables have any.
    struck: Vec<(usize, String)>,
}

/// The cell that covers a place, if one does.
type Slot = Option<u32>;

impl Grid {
    /// Forms the grid of a `table` element. Tables inside its cells remain words of the cell.
    pub(crate) fn form(table: ElementRef<'_>) -> Self {
        let mut grid = Self::default();
        let mut foot = Vec::new();
        for part in table.child_elements() {
            match part.value().name() {
                "caption" => grid.caption = text_of(part).replace('\n', " "),
                "thead" | "tbody" => grid.group(&mut part.child_elements()),
                "tfoot" => foot.push(part),
                "tr" => grid.group(&mut std::iter::once(part)),
                _ => {}
            }
        }
        for part in foot {
            grid.group(&mut part.child_elements());
        }
        grid
    }

    /// The table turned on its side: its first column is the first row.
    pub(crate) fn turned(&self) -> Self {
        let mut columns: Vec<Vec<Slot>> = Vec::new();
        for row in 0..self.rows() {
            for (column, cell) in self.row(row).iter().enumerate() {
                if columns.len() <= column {
                    columns.resize(column + 1, Vec::new());
                }
                if let Some(cell) = cell {
                    put(&mut columns[column], row, *cell);
                }
            }
        }
        let mut turned =
            Self { slots: Vec::new(), rows: Vec::new(), struck: Vec::new(), ..self.clone() };
        columns.iter().for_each(|slots| turned.push_row(slots));
        turned
    }

    /// Adds a row group. A span never extends beyond its group.
    fn group(&mut self, rows: &mut dyn Iterator<Item = ElementRef<'_>>) {
        let mut growing: Vec<(usize, usize, u32)> = Vec::new(); // column, rows left, cell
        let mut words = String::new();
        let mut slots: Vec<Slot> = Vec::new();
        for row in rows.filter(|row| row.value().name() == "tr" && !is_spoken_row(*row)) {
            slots.clear();
            for (column, _, cell) in &growing {
                put(&mut slots, *column, *cell);
            }
            growing.iter_mut().for_each(|(_, left, _)| *left -= 1);
            growing.retain(|(_, left, _)| *left > 0);
            // A style of the row or its group is one of all its cells.
            let is_struck = row
                .ancestors()
                .take(2)
                .chain([*row])
                .filter_map(ElementRef::wrap)
                .any(chrome::is_struck);
            let mut column = 0;
            for element in row.child_elements() {
                let name = element.value().name();
                if (name != "td" && name != "th") || (name == "td" && chrome::is_spoken(element)) {
                    continue;
                }
                while slots.get(column).copied().flatten().is_some() {
                    column += 1;
                }
                let Words { said, struck } = if is_struck || chrome::is_struck(element) {
                    struck_whole(element, &mut words)
                } else {
                    words_of(element, &mut words)
                };
                let Some(cell) = self.add(said, name == "th") else { return };
                if !struck.is_empty() {
                    self.struck.push((self.rows.len(), struck));
                }
                let wide = integer(element, &local_name!("colspan")).unwrap_or(1).clamp(1, 1000);
                if self.is_full(column + wide) {
                    return;
                }
                let tall = match integer(element, &local_name!("rowspan")) {
                    Some(0) => SPAN_LIMIT,
                    tall => tall.unwrap_or(1).min(SPAN_LIMIT),
                };
                for at in column..column + wide {
                    put(&mut slots, at, cell);
                    if tall > 1 {
                        growing.push((at, tall - 1, cell));
                    }
                }
                column += wide;
            }
            if self.is_full(slots.len()) {
                return;
            }
            self.push_row(&slots);
        }
    }

    /// Adds a cell and returns its index.
    fn add(&mut self, words: &str, header: bool) -> Slot {
        let cell = u32::try_from(self.cells.len()).ok()?;
        self.words.push_str(words);
        self.cells.push(Cell { end: self.words.len(), header });
        Some(cell)
    }

    fn push_row(&mut self, slots: &[Slot]) {
        self.slots.extend_from_slice(slots);
        self.rows.push(self.slots.len());
    }

    /// Whether a row this wide is too much.
    fn is_full(&mut self, wide: usize) -> bool {
        self.is_cut |= (self.rows() + 1).saturating_mul(wide.max(1)) > PLACES;
        self.is_cut
    }

    /// Adds a row of cells; a single cell spans all columns of the row before it.
    pub(crate) fn push(&mut self, cells: &[impl AsRef<str>], header: bool) {
        let wide = if cells.len() == 1 { self.columns().max(1) } else { 1 };
        if self.is_full(cells.len().max(wide)) {
            return;
        }
        let slots = cells.iter().flat_map(|words| {
            let cell = self.add(words.as_ref(), header);
            std::iter::repeat_n(cell, wide)
        });
        let slots: Vec<Slot> = slots.collect();
        self.push_row(&slots);
    }

    /// How many places there are.
    pub(crate) fn places(&self) -> usize {
        self.slots.len()
    }

    /// The words of all cells, one after another.
    pub(crate) fn all_words(&self) -> &str {
        &self.words
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// How many columns the widest of the first rows has.
    pub(crate) fn columns(&self) -> usize {
        (0..self.rows().min(8)).map(|row| self.row(row).len()).max().unwrap_or(0)
    }

    /// The places of a row.
    fn row(&self, row: usize) -> &[Slot] {
        let Some(end) = self.rows.get(row) else { return &[] };
        let start = row.checked_sub(1).map_or(0, |before| self.rows[before]);
        &self.slots[start..*end]
    }

    /// The words of a cell.
    fn words(&self, cell: u32) -> &str {
        let cell = cell as usize;
        let start = cell.checked_sub(1).map_or(0, |before| self.cells[before].end);
        &self.words[start..self.cells[cell].end]
    }

    /// The cell that covers a place: the same for two places that share a spanning cell.
    pub(crate) fn index(&self, row: usize, column: usize) -> Option<u32> {
        self.row(row).get(column).copied().flatten()
    }

    /// The words at a place; empty if there is no cell.
    pub(crate) fn text(&self, row: usize, column: usize) -> &str {
        self.index(row, column).map_or("", |cell| self.words(cell))
    }

    /// Whether every cell in a row is a header.
    pub(crate) fn is_header(&self, row: usize) -> bool {
        self.row(row).iter().flatten().all(|cell| self.cells[*cell as usize].header)
    }

    /// The words of a row with a single cell; nothing if it has several.
    pub(crate) fn only_text(&self, row: usize) -> Option<&str> {
        let mut cells = self.row(row).iter().flatten();
        let first = cells.next()?;
        cells.all(|cell| cell == first).then(|| self.words(*first))
    }

    /// The words of a row of several columns that one cell spans.
    pub(crate) fn spanning_text(&self, row: usize) -> Option<&str> {
        let first = self.index(row, 0)?;
        let is_it = |column| self.index(row, column) == Some(first);
        (self.columns() > 1 && (1..self.columns()).all(is_it)).then(|| self.words(first))
    }

    /// The words of a row, each spanning cell once, for evidence.
    pub(crate) fn quote(&self, row: usize) -> String {
        // Most rows are short; a long cell may cover many places in one.
        const ROOM: usize = 300;
        let size = |cell: &u32| self.words(*cell).len() + 3;
        let sizes = self.row(row).iter().flatten().map(size);
        let mut quote = String::with_capacity(sizes.sum::<usize>().min(ROOM));
        self.quote_to(row, &mut quote);
        quote
    }

    /// The struck-out words in a row.
    pub(crate) fn struck(&self, row: usize) -> impl Iterator<Item = &str> {
        let first = self.struck.partition_point(|(at, _)| *at < row);
        let here = self.struck[first..].iter().take_while(move |(at, _)| *at == row);
        here.map(|(_, words)| words.as_str())
    }

    /// The same, appended to `quote`.
    pub(crate) fn quote_to(&self, row: usize, quote: &mut String) {
        let mut seen = None;
        for cell in self.row(row).iter().flatten() {
            if seen != Some(*cell) {
                if seen.is_some() {
                    quote.push_str(" | ");
                }
                quote.push_str(&one_line(self.words(*cell)));
            }
            seen = Some(*cell);
        }
    }
}

/// The words of a cell on one line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { text.replace('\n', " ").into() } else { text.into() }
}

/// Whether a row is for screen readers only. One of headers still names its columns.
fn is_spoken_row(row: ElementRef<'_>) -> bool {
    chrome::is_spoken(row) && row.child_elements().all(|cell| cell.value().name() != "th")
}

fn put(slots: &mut Vec<Slot>, column: usize, cell: u32) {
    if slots.len() <= column {
        slots.resize(column + 1, None);
    }
    // If two spans overlap, the standard calls it a table model error; the first keeps the place.
    slots[column].get_or_insert(cell);
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    #[track_caller]
    fn check(table: &str, rows: &[&str]) {
        let html = Html::parse_document(&format!("<table>{table}</table>"));
        let table = html.select(&Selector::parse("table").unwrap()).next().unwrap();
        let grid = Grid::form(table);
        let text =
            |row| (0..grid.columns()).map(|c| grid.text(row, c)).collect::<Vec<_>>().join("|");
        let found: Vec<String> = (0..grid.rows()).map(text).collect();
        assert_eq!(found, rows);
    }

    #[test]
    fn a_rowspan_within_a_rowspan_shifts_nothing() {
        check(
            "<tr><td rowspan=3>May 6<td>Health<td>1<tr><td rowspan=2>Vet<td>2<tr><td>3",
            &["May 6|Health|1", "May 6|Vet|2", "May 6|Vet|3"],
        );
    }

    #[test]
    fn spans_end_with_their_group_and_zero_means_to_its_end() {
        check(
            "<thead><tr><th rowspan=9>A<th>B<tbody><tr><td rowspan=0>x<td>1<tr><td>2",
            &["A|B", "x|1", "x|2"],
        );
        check("<tr><td colspan=2>ab<tr><td>1<td>2", &["ab|ab", "1|2"]);
    }

    #[test]
    fn a_huge_span_costs_nothing() {
        check(
            "<tr><td rowspan=99999999>x<td colspan=5000>y<tr><td>1",
            &[&format!("x{}", "|y".repeat(1000)), &format!("x|1{}", "|".repeat(999))],
        );
    }

    #[test]
    fn a_long_cell_over_many_places_is_quoted_once_and_takes_its_own_room() {
        let words = "x".repeat(100_000);
        let page = format!("<table><tr><td colspan=1000>{words}<td>y</table>");
        let html = Html::parse_document(&page);
        let table = html.select(&Selector::parse("table").unwrap()).next().unwrap();
        let quote = Grid::form(table).quote(0);
        assert_eq!(quote, format!("{words} | y"));
        assert!(quote.capacity() < 3 * words.len(), "{}", quote.capacity());
    }

    #[test]
    fn a_table_is_turned_with_its_spans() {
        let html = Html::parse_document(
            "<table><tr><th>Date<td>May 1<td>May 8<tr><th>Score<td colspan=2>60<tr><th>Note</table>",
        );
        let table = html.select(&Selector::parse("table").unwrap()).next().unwrap();
        let turned = Grid::form(table).turned();
        let quotes: Vec<String> = (0..turned.rows()).map(|row| turned.quote(row)).collect();
        assert_eq!(quotes, ["Date | Score | Note", "May 1 | 60", "May 8 | 60"]);
        assert_eq!(turned.index(1, 1), turned.index(2, 1));
        assert!(turned.is_header(0) && !turned.is_header(1));
    }

    #[test]
    fn the_style_of_a_row_or_a_cell_strikes_its_words() {
        let style = "style='text-decoration: line-through'";
        let (row, group) = (format!("<tr {style}>"), format!("<tbody {style}><tr>"));
        let cells = format!("<td {style}>c<td {style}>d");
        for rows in
            [format!("{row}<td>c<td>d"), format!("{group}<td>c<td>d"), format!("<tr>{cells}")]
        {
            check(&format!("<tr><td>a<td>b{rows}"), &["a|b", "|"]);
        }
    }

    #[test]
    fn a_table_in_a_cell_is_words_of_the_cell() {
        check("<tr><td>a<table><tr><td>in<tr><td>ner</table><td>b", &["a\nin\nner|b"]);
    }
}
