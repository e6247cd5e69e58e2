//! Plain tables for the terminal: aligned columns two spaces apart, one line a row.
//!
//! No borders, so that `grep`, `cut` and a narrow window all work. On a terminal the widest column is
//! wrapped to fit the width; other output is not wrapped. Every cell goes through [`inert()`].

mod log;
pub(super) mod paint;
mod rows;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::inert::inert;
use super::{Look, Style};

pub use log::{LogRow, LogTable};
pub use rows::{
    FactRow, HistoryRow, RuleRow, SourceRow, StatusRow, calls, complaints, facts, history, log,
    outbox, rules, sources, status,
};

/// The longest text of a cell.
const CELL: usize = 400;

/// The narrowest that a wrapped column gets: as the first of these where that is enough, so that a day stays whole.
const NARROWEST: [usize; 3] = [12, 10, 6];

/// How a cell is coloured, if colour is wanted.
pub(super) type Paint = fn(&str) -> String;

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    paint: Option<Paint>,
}

impl Cell {
    fn painted(text: &str, paint: Option<Paint>) -> Self {
        Self { text: inert(text, CELL), paint }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::painted(text, None)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::painted(&text, None)
    }
}

impl From<usize> for Cell {
    fn from(n: usize) -> Self {
        Self::painted(&n.to_string(), None)
    }
}

/// A table: a head, and rows with the same number of cells.
#[derive(Debug, Clone)]
pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Makes a table with a head and no rows.
    #[must_use]
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; missing cells are empty, extra cells are dropped.
    pub fn row(&mut self, cells: Vec<Cell>) {
        let mut cells = cells;
        cells.resize_with(self.head.len(), || Cell::from(""));
        self.rows.push(cells);
    }

    /// Writes the table, each line with its line end. A table without rows gives no text, and an empty
    /// column is left out.
    #[must_use]
    pub fn render(&self, look: &Look<'_>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let kept = |column: &usize| self.rows.iter().any(|row| !row[*column].text.is_empty());
        let columns: Vec<usize> = (0..self.head.len()).filter(kept).collect();
        let table = Self {
            head: columns.iter().map(|column| self.head[*column]).collect(),
            rows: self
                .rows
                .iter()
                .map(|row| columns.iter().map(|column| row[*column].clone()).collect())
                .collect(),
        };
        table.lay_out(look)
    }

    fn lay_out(&self, look: &Look<'_>) -> String {
        let widths = self.widths(look.width);
        let head: Vec<Cell> =
            self.head.iter().map(|name| Cell::painted(name, Some(paint::head))).collect();
        let rows = std::iter::once(&head).chain(&self.rows);
        rows.flat_map(|row| lines(row, &widths, look.style)).map(|line| line + "\n").collect()
    }

    /// Lays out a part of a table that is written as it is read. The first part has the head, and its
    /// columns are those of the others, but for output that is not wrapped: there they grow.
    fn lay_out_on(&self, look: &Look<'_>, widths: &mut Option<Vec<usize>>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut own = self.widths(look.width);
        // Later parts may say more: the last column has all the room that is left.
        let used = own.iter().sum::<usize>() + 2 * own.len().saturating_sub(1);
        if let (Some(limit), Some(last)) = (look.width, own.last_mut()) {
            *last += limit.saturating_sub(used);
        }
        let mut text = String::new();
        let used = match widths.take() {
            None => {
                let head = |name: &&'static str| Cell::painted(name, Some(paint::head));
                let head: Vec<Cell> = self.head.iter().map(head).collect();
                text.extend(lines(&head, &own, look.style).into_iter().map(|line| line + "\n"));
                own
            }
            Some(before) if look.width.is_some() => before,
            Some(before) => before.into_iter().zip(own).map(|(a, b)| a.max(b)).collect(),
        };
        for row in &self.rows {
            text.extend(lines(row, &used, look.style).into_iter().map(|line| line + "\n"));
        }
        *widths = Some(used);
        text
    }

    /// The widths of the columns; the widest shrink if they are too wide together.
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.head.iter().map(|name| width(name)).collect();
        for row in &self.rows {
            for (column, cell) in widths.iter_mut().zip(row) {
                *column = (*column).max(width(&cell.text));
            }
        }
        if let Some(limit) = limit {
            NARROWEST.into_iter().for_each(|floor| shrink(&mut widths, limit, floor));
        }
        widths
    }
}

/// Shrinks the widest columns until they fit together, none below a width.
fn shrink(widths: &mut [usize], limit: usize, floor: usize) {
    loop {
        let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        // The last of the widest, because words are usually in the last columns.
        let widest = widths.iter().enumerate().max_by_key(|(n, width)| (**width, *n));
        let Some((n, widest)) = widest.map(|(n, widest)| (n, *widest)) else { return };
        if total <= limit || widest <= floor {
            return;
        }
        // Down to the next widest, which then shrinks with it.
        let others = widths.iter().enumerate().filter(|(other, _)| *other != n);
        let next = others.map(|(_, width)| *width).max().unwrap_or(0);
        let wanted = widest.saturating_sub(total - limit);
        widths[n] = wanted.max(next.min(widest - 1)).max(floor);
    }
}

/// How many columns of the screen a text takes.
fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// One row as lines: as many as its tallest wrapped cell needs.
fn lines(row: &[Cell], widths: &[usize], style: Style) -> Vec<String> {
    let wrapped: Vec<Vec<String>> =
        row.iter().zip(widths).map(|(cell, width)| wrap(&cell.text, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(1);
    let line = |n: usize| {
        let mut line = String::new();
        // Trailing blanks are not written.
        let last =
            wrapped.iter().rposition(|cell| cell.get(n).is_some_and(|text| !text.is_empty()));
        for (column, cell) in row.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let text = wrapped[column].get(n).map_or("", String::as_str);
            let pad = match Some(column) == last {
                true => 0,
                false => widths[column].saturating_sub(width(text)) + 2,
            };
            match (style, cell.paint) {
                (Style::Colour, Some(paint)) if !text.is_empty() => line.push_str(&paint(text)),
                (Style::Colour | Style::Plain, _) => line.push_str(text),
            }
            line.push_str(&" ".repeat(pad));
        }
        line
    };
    (0..height).map(line).collect()
}

/// Breaks a text into lines of at most `limit` columns, between words if possible.
fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && width(line) + 1 + width(word) <= limit {
            line.push(' ');
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let line = lines.last_mut().expect("there is always a line");
            if !line.is_empty() && width(line) + c.width().unwrap_or(0) > limit {
                lines.push(c.to_string());
            } else {
                line.push(c);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests;
