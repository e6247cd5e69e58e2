//! Tables in which every cell is a fact of its row and its column: a point grid.
//!
//! A matrix is identified by its own words (its headers, its row labels), not by the heading that happens to
//! precede it. Cells: `row` (the label), `column` (the slug the recipe gives to its header), `value`; of a table
//! that no recipe knows also `first`, the header of its labels.

use std::borrow::Cow;

use super::table::{DATED, LONGEST_HEADER, header_text, without_count};
use crate::extract::html::grid::{Grid, one_line};
use crate::extract::html::outline::Kind;
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, MOST, Match};
use crate::extract::recipe::{MatrixForm, Pattern};
use crate::extract::value::{dated, number, typo};
use crate::model::{label, meaning, text};

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

/// The rows of the only table with the expected words, ignoring the figures in them. The figures may be all that tells it from
/// the table of another part of the recipe.
pub(crate) fn with_other_figures<'a>(form: &'a MatrixForm, scope: &Scope<'a>) -> Vec<Match<'a>> {
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
    let labels = labels(form, grid);
    let label = |row| one_line(grid.text(row, labels));
    grid.rows() > 1
        && said(&header(labels), |header| typo::is_match(&form.first, header).then_some(()))
            .is_some()
        && form.headers.iter().all(|wanted| {
            let is_it = |header: &str| typo::is_match(wanted, header).then_some(());
            (labels + 1..grid.columns()).any(|column| said(&header(column), is_it).is_some())
        })
        && form.has.iter().all(|wanted| {
            let is_it = |label: &str| wanted.is_match(label).then_some(());
            (1..grid.rows()).any(|row| said(&label(row), is_it).is_some())
                || (1..grid.rows()).any(|row| is_alike(wanted, &label(row)))
        })
}

/// Whether a label is one that a pattern spells out, in other words: "10 and above" is "10 or more".
fn is_alike(wanted: &Pattern, label: &str) -> bool {
    let wanted = wanted.as_str().trim_start_matches("(?i)");
    label.len() <= LONGEST_HEADER
        && label.contains(|c: char| c.is_ascii_digit())
        && wanted.split('|').any(|words| label::is_equal(words, label))
}

/// The column of the labels: the first, or the second where the first only numbers the rows or is empty.
fn labels(form: &MatrixForm, grid: &Grid) -> usize {
    let is_numbered = || {
        let mut numbers = (1..grid.rows()).map(|row| grid.text(row, 0).trim_end_matches('.'));
        (1..).zip(&mut numbers).all(|(n, text)| text.is_empty() || text == n.to_string())
    };
    let is_first = |column| {
        let is_it = |header: &str| typo::is_match(&form.first, header).then_some(());
        column < grid.columns() && said(&header_text(grid, 0, column), is_it).is_some()
    };
    // Few tables are numbered, and what their headers mean takes longer to find out.
    usize::from(!form.rest && is_numbered() && !is_first(0) && is_first(1))
}

/// What is found in a header or a label, as printed or in another spelling of its figures.
fn said<T>(header: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    find(header).or_else(|| {
        let is_short = header.len() <= LONGEST_HEADER;
        let others = if is_short { meaning::spellings(header) } else { Vec::new() };
        let turned = || if is_short { label::turned(header) } else { Vec::new() };
        let said = others.iter().find_map(|header| find(header));
        let counted = || without_count(header).and_then(&find);
        said.or_else(counted).or_else(|| turned().iter().find_map(|header| find(header)))
    })
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
    let dated = dated(scope, grid, at);
    let labels = labels(form, grid);
    let columns = labels + 1..grid.columns();
    let headers: Vec<_> = columns.map(|column| header_text(grid, 0, column)).collect();
    let slugs = if form.rest { rest(form, grid, &headers) } else { slugs(form, &headers) };
    for (column, (header, slug)) in headers.iter().zip(&slugs).enumerate() {
        if rows.len() > MOST {
            return;
        }
        let column = labels + 1 + column;
        let is_empty = || (1..grid.rows()).all(|line| grid.text(line, column).is_empty());
        if slug.is_none() && (form.rest || is_empty()) {
            continue;
        }
        let under = format!(", column {header}");
        let start = |line: usize| {
            let place = format!("table {}, row {}{under}", number + 1, line + 1);
            let mut row = scope.begin(heading, place, &format!("{header}: {}", quotes[line]));
            row.at = at;
            if let Some(dated) = dated {
                row.set(DATED, dated);
            }
            if form.rest {
                row.set("first", header_text(grid, 0, 0).into_owned());
            }
            if let Some(slug) = slug {
                row.set("column", slug.clone());
            }
            row
        };
        for (name, pattern) in &form.in_header {
            let number = |header: &str| Some(pattern.captures(header)?.get(1)?.as_str().to_owned());
            let mended = || said(&typo::mended(header, pattern.as_str())?, number);
            if let Some(number) = said(header, number).or_else(mended) {
                let mut row = start(0);
                row.set("row", name);
                row.set("value", number);
                rows.push(row);
            }
        }
        for line in 1..grid.rows() {
            // A cell that spans the label and the value is a heading between the rows.
            let is_heading = grid.index(line, labels) == grid.index(line, column);
            if is_heading
                || grid.text(line, labels).is_empty() && grid.text(line, column).is_empty()
            {
                continue;
            }
            let mut row = start(line);
            row.set("row", one_line(grid.text(line, labels)));
            row.set("value", grid.text(line, column));
            rows.push(row);
        }
    }
}

/// The words over a table, or right below it, that say from when or until when it holds.
fn dated<'a>(scope: &Scope<'a>, grid: &'a Grid, at: usize) -> Option<&'a str> {
    let over = [Some(grid.caption.as_str()), scope.intro(at)].into_iter().flatten();
    let mut over = over.filter(|words| dated::period(words).is_some());
    scope.dated_below(at).or_else(|| over.next())
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
    let word = |header: &Cow<'_, str>| {
        said(header, |header| form.columns.number(header).map(|n| form.columns.numbered(n).into()))
    };
    let mut slugs: Vec<Option<Cow<'a, str>>> = headers.iter().map(word).collect();
    for (at, header) in headers.iter().enumerate() {
        if slugs[at].is_some() || header.len() > LONGEST_HEADER {
            continue;
        }
        let free = |(word, _): &(&str, &str)| slugs.iter().flatten().all(|slug| slug != word);
        let words = || form.columns.entries().filter(free);
        let mended = |(word, pattern): (&'a str, &str)| {
            let is_it = |header: &str| Pattern::new(pattern).is_ok_and(|p| p.is_match(header));
            typo::mended(header, pattern).is_some_and(|header| is_it(&header)).then_some(word)
        };
        let other = |(word, pattern): (&str, &str)| with_figures(word, pattern, header);
        let mended = words().find_map(mended).map(Cow::from);
        slugs[at] = mended.or_else(|| words().find_map(other).map(Cow::from));
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
    use crate::extract::form::labels::tests::locator;
    use crate::extract::html::outline::Outline;
    use crate::extract::recipe::Vocabulary;

    /// Each cell that a point grid is read as: row, column, value.
    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let pattern = |text: &str| Pattern::new(text).unwrap();
        let words = [("one", "^one person"), ("two", "^two people")];
        let form = MatrixForm {
            first: pattern("^age$"),
            headers: Vec::new(),
            has: Vec::new(),
            columns: Vocabulary::new(words.map(|(w, p)| (w.to_owned(), p.to_owned())).into())
                .unwrap(),
            in_header: vec![("maximum".to_owned(), pattern(r"maximum (\d+) points"))],
            rest: false,
        };
        let (outline, locator) = (Outline::of_page(body), locator());
        let found = find(&form, &Scope::new(&outline, &locator)).unwrap_or_default();
        let cell = |row: &Match<'_>, name| row.get(name).unwrap_or("-").to_owned();
        let said = found
            .iter()
            .map(|row| ["row", "column", "value"].map(|name| cell(row, name)).join(" "));
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_grid_is_one_under_headers_of_the_same_meaning() {
        let page = |first: &str, points: &str| {
            format!(
                "<table><tr><th>{first}<th>One person ({points})<tr><td>20<td>5<tr><td>30<td>7</table>"
            )
        };
        let read = ["maximum one 25", "20 one 5", "30 one 7"];
        for points in [
            "maximum 25 points",
            "Up to 25 points",
            "max. 25 points",
            "a maximum of 25 points",
            "at most 25 points",
        ] {
            check(&page("Age", points), &read);
            check(&page("Age :", points), &read);
        }
        check(&page("Age:", "at least 25 points"), &read[1..]);
        check(&page("Ages", "Up to 25 points"), &[]);
    }

    #[test]
    fn a_column_that_says_nothing_or_numbers_the_rows_is_no_column_of_the_grid() {
        let read = ["20 one 5", "30 one 7"];
        check(
            "<table><tr><th>Age<th>One person<th>Notes<tr><td>20<td>5<td><tr><td>30<td>7<td> </table>",
            &read,
        );
        check(
            "<table><tr><th>#<th>Age<th>One person<tr><td>1<td>20<td>5<tr><td>2.<td>30<td>7</table>",
            &read,
        );
        // A column with values that no word knows is one that cannot be told.
        check(
            "<table><tr><th>Age<th>One person<th>Three<tr><td>20<td>5<td>6<tr><td>30<td>7<td>8</table>",
            &["20 one 5", "30 one 7", "20 - 6", "30 - 8"],
        );
        check(
            "<table><tr><th>#<th>Age<th>One person<tr><td>4<td>20<td>5<tr><td>2<td>30<td>7</table>",
            &[],
        );
    }

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
