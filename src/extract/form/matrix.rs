//! Tables whose every cell is a fact of its row and its column: a point grid.
//!
//! A matrix is known by what it says of itself (its headers, its row labels), not by the heading
//! that happens to stand before it. Cells: `row` (the label), `column` (the slug the recipe gives
//! to its header), `value`.

use super::table::header_text;
use crate::extract::html::grid::{Grid, one_line};
use crate::extract::html::outline::Kind;
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, MOST, Match};
use crate::extract::recipe::MatrixForm;

pub(crate) fn find<'a>(form: &'a MatrixForm, scope: &Scope<'a>) -> Found<'a> {
    let mut rows = Vec::new();
    for (at, block) in scope.outline.blocks.iter().enumerate() {
        let Kind::Table(number) = block.kind else { continue };
        let grid = &scope.outline.tables[number];
        if scope.admits(block.heading) && is_it(form, grid) {
            read(form, scope, at, number, &mut rows);
        }
    }
    if rows.is_empty() {
        return Err(format!(
            "no table whose first header matches `{}` and whose rows fit",
            form.first
        ));
    }
    Ok(rows)
}

/// Whether a table says of itself that it is the one.
fn is_it(form: &MatrixForm, grid: &Grid) -> bool {
    let header = |column| header_text(grid, 0, column);
    let label = |row| one_line(grid.text(row, 0));
    grid.rows() > 1
        && form.first.is_match(&header(0))
        && form
            .headers
            .iter()
            .all(|wanted| (1..grid.columns()).any(|c| wanted.is_match(&header(c))))
        && form.has.iter().all(|wanted| (1..grid.rows()).any(|r| wanted.is_match(&label(r))))
}

fn read<'a>(
    form: &'a MatrixForm,
    scope: &Scope<'a>,
    at: usize,
    number: usize,
    rows: &mut Vec<Match<'a>>,
) {
    let grid = &scope.outline.tables[number];
    let heading = scope.outline.blocks[at].heading;
    let quotes: Vec<String> = (0..grid.rows()).map(|line| grid.quote(line)).collect();
    for column in 1..grid.columns() {
        if rows.len() > MOST {
            return;
        }
        let header = header_text(grid, 0, column);
        let slug = form.columns.word(&header);
        let under = format!(", column {header}");
        let start = |line: usize| {
            let place = format!("table {}, row {}{under}", number + 1, line + 1);
            let mut row = scope.begin(heading, place, &format!("{header}: {}", quotes[line]));
            row.at = at;
            if let Some(slug) = slug {
                row.set("column", slug);
            }
            row
        };
        for (name, pattern) in &form.in_header {
            if let Some(number) = pattern.captures(&header).and_then(|found| found.get(1)) {
                let mut row = start(0);
                row.set("row", name);
                row.set("value", number.as_str().to_owned());
                rows.push(row);
            }
        }
        for line in 1..grid.rows() {
            // What spans the label and the value is a heading between the rows.
            let is_heading = grid.index(line, 0) == grid.index(line, column);
            if is_heading || grid.text(line, 0).is_empty() && grid.text(line, column).is_empty() {
                continue;
            }
            let mut row = start(line);
            row.set("row", one_line(grid.text(line, 0)));
            row.set("value", grid.text(line, column));
            rows.push(row);
        }
    }
}
