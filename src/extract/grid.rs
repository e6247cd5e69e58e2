//! The grid of a table, by the table model of the HTML standard.
//!
//! Every slot of the grid knows the cell that covers it, so a `rowspan` within a `rowspan` shifts
//! nothing, and two rows that share a cell can be told from two rows that print the same words.
//! (HTML Living Standard, section 4.9.12.1, "Forming a table".)

use std::borrow::Cow;

use html5ever::local_name;
use scraper::ElementRef;

use super::content::{integer, text_of, words_of};

/// A page's own `rowspan` may claim any number of rows; the standard stops at this many.
const SPAN_LIMIT: usize = 65_534;

/// Slots in one table. A table of 100,000 rows is read; a bomb of spans is cut.
const SLOT_LIMIT: usize = 4_000_000;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its words, block by block on lines of their own.
    pub(super) text: String,
    /// Whether it is a `th`.
    pub(super) header: bool,
}

/// A table with every span resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Grid {
    /// The caption's words.
    pub(super) caption: String,
    cells: Vec<Cell>,
    /// For each row and column the index of the cell that covers it.
    slots: Vec<Vec<Option<usize>>>,
}

impl Grid {
    /// Forms the grid of a `table` element. Tables inside its cells stay words of the cell.
    pub(super) fn form(table: ElementRef<'_>) -> Self {
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
    pub(super) fn turned(&self) -> Self {
        let mut turned =
            Self { caption: self.caption.clone(), cells: self.cells.clone(), slots: Vec::new() };
        for (row, slots) in self.slots.iter().enumerate() {
            for (column, cell) in slots.iter().enumerate() {
                if turned.slots.len() <= column {
                    turned.slots.resize(column + 1, Vec::new());
                }
                if let Some(cell) = cell {
                    put(&mut turned.slots[column], row, *cell);
                }
            }
        }
        turned
    }

    /// Adds a row group. A span never reaches out of its group.
    fn group(&mut self, rows: &mut dyn Iterator<Item = ElementRef<'_>>) {
        let mut growing: Vec<(usize, usize, usize)> = Vec::new(); // column, rows left, cell
        let mut words = String::new();
        for row in rows.filter(|row| row.value().name() == "tr") {
            let mut slots: Vec<Option<usize>> = Vec::new();
            for (column, _, cell) in &growing {
                put(&mut slots, *column, *cell);
            }
            growing.iter_mut().for_each(|(_, left, _)| *left -= 1);
            growing.retain(|(_, left, _)| *left > 0);
            let mut column = 0;
            for element in row.child_elements() {
                let name = element.value().name();
                if name != "td" && name != "th" {
                    continue;
                }
                while slots.get(column).copied().flatten().is_some() {
                    column += 1;
                }
                let cell = self.cells.len();
                let text = words_of(element, &mut words).to_owned();
                self.cells.push(Cell { text, header: name == "th" });
                let wide = integer(element, &local_name!("colspan")).unwrap_or(1).clamp(1, 1000);
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
            if self.slots.len().saturating_mul(slots.len().max(1)) > SLOT_LIMIT {
                return;
            }
            self.slots.push(slots);
        }
    }

    /// Adds a row of cells; one cell alone spans all columns of the row before it.
    pub(super) fn push(&mut self, cells: Vec<String>, header: bool) {
        let wide = if cells.len() == 1 { self.columns().max(1) } else { 1 };
        if self.slots.len().saturating_mul(cells.len().max(wide)) > SLOT_LIMIT {
            return;
        }
        let first = self.cells.len();
        let slots = (0..cells.len() * wide).map(|at| Some(first + at / wide)).collect();
        self.cells.extend(cells.into_iter().map(|text| Cell { text, header }));
        self.slots.push(slots);
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.slots.len()
    }

    /// How many columns the widest of the first rows has.
    pub(super) fn columns(&self) -> usize {
        self.slots.iter().take(8).map(Vec::len).max().unwrap_or(0)
    }

    /// The cell at a place, if one covers it.
    pub(super) fn at(&self, row: usize, column: usize) -> Option<&Cell> {
        self.index(row, column).map(|index| &self.cells[index])
    }

    /// Which cell covers a place: the same for two places that share a spanning cell.
    pub(super) fn index(&self, row: usize, column: usize) -> Option<usize> {
        self.slots.get(row)?.get(column).copied().flatten()
    }

    /// The words at a place; empty where no cell is.
    pub(super) fn text(&self, row: usize, column: usize) -> &str {
        self.at(row, column).map_or("", |cell| cell.text.as_str())
    }

    /// The words of a row that is one cell; nothing where it has several.
    pub(super) fn only_text(&self, row: usize) -> Option<&str> {
        let mut indices = self.slots.get(row)?.iter().flatten();
        let first = indices.next()?;
        indices.all(|index| index == first).then(|| self.cells[*first].text.as_str())
    }

    /// The words of a row, each spanning cell once, for evidence.
    pub(super) fn quote(&self, row: usize) -> String {
        let mut seen = None;
        let mut quote = String::new();
        for index in self.slots.get(row).into_iter().flatten().flatten() {
            if seen != Some(*index) {
                if seen.is_some() {
                    quote.push_str(" | ");
                }
                quote.push_str(&one_line(&self.cells[*index].text));
            }
            seen = Some(*index);
        }
        quote
    }
}

/// The words of a cell on one line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { text.replace('\n', " ").into() } else { text.into() }
}

fn put(slots: &mut Vec<Option<usize>>, column: usize, cell: usize) {
    if slots.len() <= column {
        slots.resize(column + 1, None);
    }
    // Where two spans overlap the standard calls the table in error; the first keeps the place.
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
    fn a_table_is_turned_with_its_spans() {
        let html = Html::parse_document(
            "<table><tr><th>Date<td>May 1<td>May 8<tr><th>Score<td colspan=2>60<tr><th>Note</table>",
        );
        let table = html.select(&Selector::parse("table").unwrap()).next().unwrap();
        let turned = Grid::form(table).turned();
        let quotes: Vec<String> = (0..turned.rows()).map(|row| turned.quote(row)).collect();
        assert_eq!(quotes, ["Date | Score | Note", "May 1 | 60", "May 8 | 60"]);
        assert_eq!(turned.index(1, 1), turned.index(2, 1));
        assert!(turned.at(0, 2).unwrap().header);
    }

    #[test]
    fn a_table_in_a_cell_is_words_of_the_cell() {
        check("<tr><td>a<table><tr><td>in<tr><td>ner</table><td>b", &["a\nin\nner|b"]);
    }
}
