//! A row: what one locator found at one place, as named cells of words. Forms make rows, fields
//! read them.

/// Named cells of words, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    cells: Vec<(String, String)>,
    /// Where: `table 2, row 7`.
    pub(super) place: String,
    /// The words the row was made of.
    pub(super) quote: String,
    /// Why the row says something that cannot be: it becomes a complaint and no record.
    pub(super) unsound: Option<String>,
}

impl Row {
    pub(super) fn new(place: String, quote: String) -> Self {
        Self { cells: Vec::new(), place, quote, unsound: None }
    }

    /// A row that contradicts the others: a total its parts do not make.
    pub(super) fn unsound(place: String, quote: String, why: String) -> Self {
        Self { unsound: Some(why), ..Self::new(place, quote) }
    }

    /// Sets a cell, unless it is set: what a locator finds comes before what it is given.
    pub(super) fn set(&mut self, name: &str, text: impl Into<String>) {
        if self.get(name).is_none() {
            self.cells.push((name.to_owned(), text.into()));
        }
    }

    /// The words of a cell.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.cells.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }
}

/// What a locator found: rows, or why it found none.
pub(super) type Found = Result<Vec<Row>, String>;
