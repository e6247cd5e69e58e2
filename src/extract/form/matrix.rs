//! Tables in which every cell is a fact of its row and its column: a point grid.
//!
//! A matrix is identified by its own words (its headers, its row labels), not by the heading that happens to
//! precede it. Cells: `row` (the label), `column` (the slug the recipe gives to its header), `value`; of a table
//! that no recipe knows also `first`, the header of its labels.

use std::borrow::Cow;

use super::table::header_text;
use crate::extract::html::grid::{Grid, one_line};
use crate::extract::html::outline::Kind;
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, MOST, Match};
use crate::extract::recipe::{MatrixForm, Pattern};
use crate::extract::value::number;
use crate::model::text;

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
        rows = with_other_figures(form, scope);
    }
    if rows.is_empty() {
        return Err(format!(
            "no table whose first header matches `{}` and whose rows fit",
            form.first
        ));
    }
    Ok(rows)
}

/// The rows of the only table with the expected words, ignoring the figures in them.
fn with_other_figures<'a>(form: &'a MatrixForm, scope: &Scope<'a>) -> Vec<Match<'a>> {
    let any = |pattern: &Pattern| {
        any_figure(pattern.as_str())
            .and_then(|any| Pattern::new(&any).ok())
            .unwrap_or(pattern.clone())
    };
    let loose = MatrixForm {
        first: any(&form.first),
        headers: form.headers.iter().map(any).collect(),
        has: form.has.iter().map(any).collect(),
        ..form.clone()
    };
    let tables =
        scope.outline.blocks.iter().enumerate().filter_map(|(at, block)| match block.kind {
            Kind::Table(number) if scope.admits(block.heading) => Some((at, number)),
            _ => None,
        });
    let mut tables = tables.filter(|(_, number)| is_it(&loose, &scope.outline.tables[*number]));
    let (first, second) = (tables.next(), tables.next());
    let mut rows = Vec::new();
    if let (Some((at, number)), None) = (first, second) {
        read(form, scope, at, number, &mut rows);
    }
    rows
}

/// Whether a table has the words that identify it.
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
    let quotes: Vec<String> = (0..grid.rows()).map(|line| quote(grid, line)).collect();
    let headers: Vec<_> = (1..grid.columns()).map(|column| header_text(grid, 0, column)).collect();
    let slugs = if form.rest { rest(form, grid, &headers) } else { slugs(form, &headers) };
    for (column, (header, slug)) in headers.iter().zip(&slugs).enumerate() {
        if rows.len() > MOST {
            return;
        }
        if form.rest && slug.is_none() {
            continue;
        }
        let column = column + 1;
        let under = format!(", column {header}");
        let start = |line: usize| {
            let place = format!("table {}, row {}{under}", number + 1, line + 1);
            let mut row = scope.begin(heading, place, &format!("{header}: {}", quotes[line]));
            row.at = at;
            if form.rest {
                row.set("first", header_text(grid, 0, 0).into_owned());
            }
            if let Some(slug) = slug {
                row.set("column", slug.clone());
            }
            row
        };
        for (name, pattern) in &form.in_header {
            if let Some(number) = pattern.captures(header).and_then(|found| found.get(1)) {
                let mut row = start(0);
                row.set("row", name);
                row.set("value", number.as_str().to_owned());
                rows.push(row);
            }
        }
        for line in 1..grid.rows() {
            // A cell that spans the label and the value is a heading between the rows.
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

/// The word of each column of whole numbers in a table that no recipe knows: that of the vocabulary, else the
/// words of its header. A table with no such column that the vocabulary knows is no point grid.
fn rest<'a>(
    form: &'a MatrixForm,
    grid: &Grid,
    headers: &[Cow<'_, str>],
) -> Vec<Option<Cow<'a, str>>> {
    let columns: Vec<(&Cow<'_, str>, bool)> = headers
        .iter()
        .enumerate()
        .map(|(at, header)| (header, is_of_points(grid, at + 1)))
        .collect();
    let known = |header: &str| form.columns.word(header);
    if !columns.iter().any(|(header, is_of_points)| *is_of_points && known(header).is_some()) {
        return vec![None; headers.len()];
    }
    let word = |(header, is_of_points): (&Cow<'_, str>, bool)| {
        let own = || Some(Cow::from(text::slug(header))).filter(|slug| !slug.is_empty());
        is_of_points.then(|| known(header).map(Cow::from).or_else(own))?
    };
    columns.into_iter().map(word).collect()
}

/// Whether a column holds whole numbers of a few digits, as points are, and words only where there are none.
fn is_of_points(grid: &Grid, column: usize) -> bool {
    let said = (1..grid.rows()).filter(|row| grid.index(*row, 0) != grid.index(*row, column));
    let said: Vec<&str> =
        said.map(|row| grid.text(row, column).trim()).filter(|text| !text.is_empty()).collect();
    let is_number = |text: &&str| {
        let figures = text.strip_suffix("points").unwrap_or(text).trim_end();
        (1..=4).contains(&figures.len()) && figures.bytes().all(|b| b.is_ascii_digit())
    };
    // Canonical text has one kind of dash.
    said.iter().any(is_number) && said.iter().all(|text| is_number(text) || number::is_mask(text))
}

/// The word of each column. A level in a header is part of the rule: a column that no word knows, but would
/// know with another figure, gets a word with that figure: `clb-6` if the recipe knows `clb-7`.
pub(super) fn slugs<'a>(
    form: &'a MatrixForm,
    headers: &[Cow<'_, str>],
) -> Vec<Option<Cow<'a, str>>> {
    let known = headers.iter().map(|header| form.columns.word(header).map(Cow::from));
    let mut slugs: Vec<Option<Cow<'a, str>>> = known.collect();
    for (at, header) in headers.iter().enumerate() {
        // A cell of prose may be of any length; a column header is a line or two.
        if slugs[at].is_some() || header.len() > 400 {
            continue;
        }
        let free = |(word, _): &(&str, &str)| slugs.iter().flatten().all(|slug| slug != word);
        let mut words = form.columns.entries().filter(free);
        slugs[at] =
            words.find_map(|(word, pattern)| with_figures(word, pattern, header)).map(Cow::from);
    }
    slugs
}

/// A word with the figures of a header in place of its own, if its pattern matches the header apart from the
/// figures.
fn with_figures(word: &str, pattern: &str, header: &str) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit();
    if !word.contains(is_digit) {
        return None;
    }
    let any = Pattern::new(&any_figure(pattern)?).ok()?;
    let found = any.find(header)?;
    let mut figures = found.as_str().split(|c: char| !is_digit(c)).filter(|f| !f.is_empty());
    let mut out = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_digit) {
        let end = rest[start..].find(|c| !is_digit(c)).map_or(rest.len(), |end| start + end);
        out.extend([&rest[..start], figures.next()?]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    (out != word).then_some(out)
}

/// A pattern in which every figure matches any figure; `None` if it has none.
fn any_figure(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let (mut escaped, mut class, mut figure, mut changed) = (false, 0_usize, false, false);
    for c in pattern.chars() {
        let is_figure = c.is_ascii_digit() && !escaped && class == 0;
        if is_figure && !figure {
            out.push_str(r"\d+");
            changed = true;
        } else if !is_figure {
            out.push(c);
        }
        figure = is_figure;
        match c {
            '[' | '{' if !escaped => class += 1,
            ']' | '}' if !escaped => class = class.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    changed.then_some(out)
}

/// The words of a row, and those struck out in it.
fn quote(grid: &Grid, line: usize) -> String {
    let mut quote = grid.quote(line);
    grid.struck(line).for_each(|struck| quote.extend([" (struck out: ", struck, ")"]));
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_follows_the_figure_of_its_header() {
        let of = |word, pattern, header| with_figures(word, pattern, header).unwrap_or_default();
        let clb = "^points for CLB 7 or more|^points pour NCLC 7 ou plus";
        assert_eq!(of("clb-7", clb, "Points for CLB 6 or more, one or more under CLB 9"), "clb-6");
        assert_eq!(of("clb-7", clb, "Points for CLB 10 or more"), "clb-10");
        assert_eq!(
            of("2-years", r"2 years? or more of canadian", "3 years or more of Canadian work"),
            "3-years"
        );
        assert_eq!(of("clb-7", clb, "Points for CLB seven or more"), "");
        assert_eq!(of("with-spouse", "^with a spouse", "With a spouse"), "");
    }

    #[test]
    fn only_figures_of_a_pattern_are_left_open() {
        assert_eq!(
            any_figure(r"CLB 10 or \d{2} of [0-9]").as_deref(),
            Some(r"CLB \d+ or \d{2} of [0-9]")
        );
        assert_eq!(any_figure("CLB"), None);
    }
}
