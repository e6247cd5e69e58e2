//! The cells of a locator's rows: the values that a field's `from` may name.

use super::{Form, Locator, Pattern, StatusForm, TriedOn};
use crate::extract::matches::HEADER;

impl Locator {
    /// The names of the cells that its rows may have.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let mut cells: Vec<String> = self.lets.iter().map(|(cell, _)| cell.clone()).collect();
        cells.extend(self.named_by.iter().map(|named| named.cell.clone()));
        if !self.footnotes.is_empty() {
            cells.push("footnotes".to_owned());
        }
        let fixed: &[&str] = match &self.form {
            Form::Table(form) => {
                let columns = form.columns.iter().chain(&form.optional);
                for (column, _) in columns {
                    cells.extend([column.clone(), format!("{column}{HEADER}")]);
                }
                &["heading", "caption", "intro"]
            }
            Form::Matrix(_) => &["heading", "row", "column", "value"],
            Form::Labels(form) if form.cells.is_empty() => &["heading", "label", "value"],
            Form::Labels(form) => {
                let named = form.cells.iter().chain(&form.optional);
                cells.extend(named.map(|(cell, _)| cell.clone()));
                &["heading", "intro"]
            }
            Form::Items(_) => &["heading", "item", "full", "group", "parent"],
            Form::Prose(form) => {
                cells.extend(form.matches.groups());
                cells.extend((form.on == TriedOn::Sentence).then(|| "paragraph".to_owned()));
                &["heading", "text", "below", "above", "group", "posted"]
            }
            Form::Headings(form) => {
                cells.extend(form.matches.groups());
                &["heading", "text", "section", "year", "above", "group", "posted"]
            }
            Form::Status(StatusForm::Own(_)) => &["heading", "status", "since"],
            Form::Status(StatusForm::Each { .. }) => &["heading", "status", "since", "stream"],
            Form::Clauses => &["heading", "path", "text"],
            Form::Json(form) => {
                cells.extend(form.cells.iter().map(|(cell, _)| cell.clone()));
                cells.extend(form.says.iter().flat_map(Pattern::groups));
                &[]
            }
            Form::Pairs(form) => {
                cells.extend(form.cells.iter().map(|(cell, _)| cell.clone()));
                &["entry", "value"]
            }
            Form::Xml(form) => {
                cells.extend(form.cells.iter().map(|(cell, _)| cell.clone()));
                &[]
            }
            Form::Law(_) => &["label", "note", "text", "amount"],
            Form::Entries => &["id", "title", "summary", "link", "published"],
            Form::Csv(form) => {
                cells.extend(form.columns.iter().map(|(cell, _)| cell.clone()));
                &[]
            }
        };
        cells.extend(fixed.iter().map(|cell| (*cell).to_owned()));
        cells
    }
}
