//! Tables read by their column headers, never by position.
//!
//! Reads every table under the locator's headings whose header row has all the wanted columns, and joins
//! their rows: a table split in two gives the same rows. A column that is added, moved, or renamed within
//! its pattern changes nothing; a missing column fails the locator, which names it. A table turned on its
//! side has its headers in the first column, and is read as if upright.
//!
//! Two columns for one cell, told apart by a day ("Fee until March 31, 2027", "Fee from April 1, 2027"), make two
//! rows of each: one that holds now, one that holds then.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use crate::extract::html::grid::{Grid, one_line};
use crate::extract::html::outline::Kind;
use crate::extract::html::scope::{QUOTE_LIMIT, Scope};
use crate::extract::matches::{Cell, Found, HEADER, Match};
use crate::extract::recipe::{Pattern, TableForm};
use crate::extract::value::dated::{self, Period};
use crate::extract::value::number;
use crate::extract::value::pattern::constant;
use crate::model::{meaning, text, words::CELL};

/// The cell with the words over a column that say from when or until when it holds.
pub(crate) const DATED: &str = "dated";

/// The cell with the place of the row of totals and the totals that are right, of the last row of its table.
pub(crate) const TOTAL: &str = "(total)";

/// The cell with the words over a group of rows: those of the row above them that is one cell.
pub(crate) const GROUP: &str = "group";

/// How many rows may be above the header row: a title that spans the table, a second level.
pub(crate) const HEADER_DEPTH: usize = 3;

/// How many characters of its headers to quote when a table lacks one.
const HEADERS: usize = 500;

pub(crate) fn find<'a>(form: &'a TableForm, scope: &Scope<'a>) -> Found<'a> {
    let (mut rows, mut seen): (Vec<Match<'a>>, Vec<String>) = (Vec::new(), Vec::new());
    for (at, block) in scope.outline.blocks.iter().enumerate() {
        let Kind::Table(number) = block.kind else { continue };
        if !scope.admits(block.heading) {
            continue;
        }
        let upright = &scope.outline.tables[number];
        if form.caption.as_ref().is_some_and(|caption| !caption.is_match(&upright.caption)) {
            seen.push(format!("a table captioned `{}`", upright.caption));
            continue;
        }
        let found = if form.turned {
            let turned = upright.turned();
            let found = read(form, scope, &turned, (at, number), &rows);
            found.map(|found| found.into_iter().map(Match::into_owned).collect())
        } else {
            read(form, scope, upright, (at, number), &rows)
        };
        match found {
            Ok(found) => rows.extend(found),
            Err(why) => seen.push(why),
        }
    }
    if rows.is_empty() { Err(why_not(&seen)) } else { Ok(rows) }
}

/// Reads one table, by its block and its number; `before` holds the rows of earlier tables.
fn read<'a>(
    form: &'a TableForm,
    scope: &Scope<'a>,
    grid: &'a Grid,
    (at, number): (usize, usize),
    before: &[Match<'_>],
) -> Found<'a> {
    let header = header(grid, form)?;
    let line = if form.turned { "column" } else { "row" };
    let rows = |header: Header<'a>| {
        let place = format!("table {}, {line} ", number + 1);
        let shared = shared(scope, grid, at, &header);
        Reader { form, scope, grid, header, shared, at, place }.rows(before)
    };
    let Some(again) = header.again(grid) else { return Ok(rows(header)) };
    let other = again.columns.iter().zip(&header.columns).filter(|(other, first)| other != first);
    let cells: Vec<&str> = other.map(|((cell, _), _)| *cell).collect();
    let is_other = |row: &Match<'_>| {
        let mut says = cells.iter().filter_map(|cell| row.get(cell));
        says.any(|text| !number::is_unchanged(text))
    };
    let again = rows(again).into_iter().filter(is_other);
    Ok(rows(header).into_iter().chain(again).collect())
}

/// The cells that all rows of a table share: its headers, each as the cell `<column>.header`, the one that says
/// when its column holds, its caption and its introduction.
fn shared<'a>(scope: &Scope<'a>, grid: &'a Grid, at: usize, header: &Header<'a>) -> Rc<[Cell<'a>]> {
    let over = |column: usize| header_text(grid, header.row, column);
    let words = header
        .columns
        .iter()
        .map(|(cell, column)| (format!("{cell}{HEADER}").into(), over(*column)));
    let dated = header.dated(grid).map(over).or_else(|| scope.dated_below(at).map(Cow::from));
    let dated = dated.map(|words| (DATED.into(), words));
    let caption = ("caption".into(), grid.caption.as_str().into());
    let intro = scope.intro(at).map(|intro| ("intro".into(), intro.into()));
    words.chain(dated).chain([caption]).chain(intro).collect()
}

fn why_not(seen: &[String]) -> String {
    match seen {
        [] => "no table under its headings".to_owned(),
        seen => seen.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; "),
    }
}

/// The header row and the column of each cell that was found.
struct Header<'a> {
    row: usize,
    columns: Vec<(&'a str, usize)>,
}

impl<'a> Header<'a> {
    /// A column whose words say from when or until when the rows hold, if no other says otherwise.
    fn dated(&self, grid: &Grid) -> Option<usize> {
        let period = |column: usize| dated::of_header(&header_text(grid, self.row, column));
        let columns = self.columns.iter().map(|(_, column)| *column);
        let dated: Vec<_> = columns.filter_map(|column| Some((column, period(column)?))).collect();
        let (first, others) = dated.split_first()?;
        others.iter().all(|(_, other)| *other == first.1).then_some(first.0)
    }

    /// The header with the other column of each cell that has one for the time after a day, or before it, and no
    /// third; `None` if no cell has.
    fn again(&self, grid: &Grid) -> Option<Self> {
        let over = |column| header_text(grid, self.row, column);
        let period = |column| dated::of_header(&over(column));
        if !(0..grid.columns()).any(|column| period(column).is_some()) {
            return None;
        }
        let other = |column: usize| {
            let what = dated::undated(&over(column));
            let is_free = |other: &usize| self.columns.iter().all(|(_, taken)| taken != other);
            let is_of = |other: &usize| {
                let words = dated::undated(&over(*other));
                // A day alone over amounts is of the column of amounts.
                words == what
                    || (words.is_empty() && both_are_amounts(grid, self.row, [column, *other]))
            };
            let mut others = (0..grid.columns())
                .filter(is_free)
                .filter(|other| over(*other) != over(column) && is_of(other));
            let (other, None) = (others.next()?, others.next()) else { return None };
            // Where nothing but a day is said of both, the one that was asked for is the one until that day.
            let is_it = match (period(column), period(other)) {
                (Some(Period::Until(_)), Some(Period::From(_))) => true,
                (None, None) => false,
                _ => !what.is_empty(),
            };
            is_it.then_some(other)
        };
        let with = |(cell, column): &(&'a str, usize)| (*cell, other(*column).unwrap_or(*column));
        let columns: Vec<_> = self.columns.iter().map(with).collect();
        (columns != self.columns).then_some(Self { row: self.row, columns })
    }
}

/// Whether all cells of two columns below a header have an amount of dollars, or say that it stays.
fn both_are_amounts(grid: &Grid, header: usize, columns: [usize; 2]) -> bool {
    let is_amount = |text: &str| {
        number::places(text).next().is_some() || number::is_unchanged(text) || number::is_mask(text)
    };
    let cells = (header + 1..grid.rows()).flat_map(|row| columns.map(|column| (row, column)));
    let mut texts = cells.map(|(row, column)| grid.text(row, column)).peekable();
    texts.peek().is_some() && texts.all(is_amount)
}

/// Finds the header row: the first with every wanted column.
fn header<'a>(grid: &Grid, form: &'a TableForm) -> Result<Header<'a>, String> {
    let mut missing = None;
    for row in 0..grid.rows().min(HEADER_DEPTH) {
        match columns(grid, row, form) {
            Ok(columns) => return Ok(Header { row, columns }),
            Err(why) => missing = missing.or(Some(why)),
        }
        let spans = (1..grid.columns()).all(|c| grid.index(row, c) == grid.index(row, 0));
        if !spans && !grid.is_header(row) {
            break;
        }
    }
    Err(missing.unwrap_or_else(|| "a table without rows".to_owned()))
}

fn columns<'a>(
    grid: &Grid,
    row: usize,
    form: &'a TableForm,
) -> Result<Vec<(&'a str, usize)>, String> {
    let headers: Vec<_> = (0..grid.columns()).map(|c| header_text(grid, row, c)).collect();
    let found = columns_of(&headers, form);
    // A cell over all columns is over the table.
    let Some(title) = (0..row).find_map(|row| grid.spanning_text(row)) else { return found };
    let without =
        |header: &Cow<'_, str>| header.strip_prefix(title).unwrap_or(header).trim().to_owned();
    found.or_else(|why| {
        columns_of(&headers.iter().map(without).collect::<Vec<_>>(), form).map_err(|_| why)
    })
}

/// The column of each wanted cell, in order, found by the words over the columns.
pub(crate) fn columns_of<'a>(
    headers: &[impl AsRef<str>],
    form: &'a TableForm,
) -> Result<Vec<(&'a str, usize)>, String> {
    let mut columns: Vec<(&str, usize)> = Vec::new();
    for (required, (cell, pattern)) in
        form.columns.iter().map(|c| (true, c)).chain(form.optional.iter().map(|c| (false, c)))
    {
        let free = |column: &usize| columns.iter().all(|(_, taken)| taken != column);
        let mut fits = (0..headers.len()).filter(free);
        let over = |column: &usize| headers[*column].as_ref();
        let printed = fits.clone().find(|column| pattern.is_match(over(column)));
        // In other words, where no column has the words that are asked for.
        let said = || fits.find(|column| required && is_in_other_words(over(column), pattern));
        match printed.or_else(said) {
            Some(column) => columns.push((cell, column)),
            None if required => {
                let headers: Vec<&str> = headers.iter().map(AsRef::as_ref).collect();
                let headers = text::excerpt(&headers.join(" | "), HEADERS);
                return Err(format!("no column `{pattern}` in a table of `{headers}`"));
            }
            None => {}
        }
    }
    Ok(columns)
}

/// Whether a header says in other words what a pattern asks for: with a name spelt out, or "Number of" before it.
pub(super) fn is_in_other_words(header: &str, pattern: &Pattern) -> bool {
    header.len() <= LONGEST_HEADER
        && (meaning::initials(header).is_some_and(|short| pattern.is_match(&short))
            || without_count(header).is_some_and(|header| pattern.is_match(header)))
}

/// The longest header that is read in other words: a cell of prose may be of any length.
pub(super) const LONGEST_HEADER: usize = 400;

/// What a header counts: "Number of points with a spouse" is over points.
pub(super) fn without_count(header: &str) -> Option<&str> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        let count =
            r"(?i)^(?:(?:the )?(?:total )?number of |(?:le )?nombre (?:total )?(?:de |d['’]))";
        constant(count)
    });
    COUNT.find(header).map(|found| &header[found.end()..]).filter(|rest| !rest.is_empty())
}

/// The words over a column down to the header row, each cell once, without a colon at their end.
pub(crate) fn header_text(grid: &Grid, row: usize, column: usize) -> Cow<'_, str> {
    if row == 0 {
        return match one_line(grid.text(0, column)) {
            Cow::Borrowed(text) => without_colon(text).into(),
            Cow::Owned(text) => without_colon(&text).to_owned().into(),
        };
    }
    let mut words: Vec<&str> = Vec::new();
    for row in 0..=row {
        let text = grid.text(row, column);
        if !text.is_empty() && words.last() != Some(&text) {
            words.push(text);
        }
    }
    without_colon(&words.join(" ")).replace('\n', " ").into()
}

fn without_colon(header: &str) -> &str {
    header.trim_end_matches([':', ' '])
}

/// Reads the rows of one table.
struct Reader<'s, 'a> {
    form: &'a TableForm,
    scope: &'s Scope<'a>,
    grid: &'a Grid,
    header: Header<'a>,
    shared: Rc<[Cell<'a>]>,
    at: usize,
    /// Where its rows are, without the row number.
    place: String,
}

impl<'a> Reader<'_, 'a> {
    /// The rows of this table; `before` holds those of earlier tables.
    fn rows(&self, before: &[Match<'_>]) -> Vec<Match<'a>> {
        // The rows that are read, and the start of each group among them.
        let mut read: Vec<usize> = Vec::with_capacity(self.grid.rows());
        let mut groups: Vec<usize> = Vec::with_capacity(self.grid.rows());
        let mut total = None;
        // The words over a group of rows: "Effective April 1, 2027".
        let mut over: Vec<(usize, &'a str)> = Vec::new();
        let label = usize::from(self.begins_idly());
        for at in self.header.row + 1..self.grid.rows() {
            let first = self.grid.text(at, label);
            if self.is_empty(at) || self.is_header_again(at) {
                continue;
            }
            // A cell that spans the table is over the rows below it, and no row.
            let spans = self.grid.spanning_text(at).filter(|_| self.header.columns.len() > 1);
            if let Some(group) = spans {
                over.push((at, group));
                continue;
            }
            if let Some((_, cell)) = self.form.total.as_ref().filter(|(row, _)| row.is_match(first))
            {
                total = Some((cell.as_str(), at));
                continue;
            }
            if !self.form.reads(first) {
                continue;
            }
            if read.last().is_none_or(|before| !self.shares(*before, at)) {
                groups.push(read.len());
            }
            read.push(at);
        }
        let ends = groups.iter().skip(1).copied().chain([read.len()]);
        let groups = groups.iter().zip(ends).map(|(start, end)| &read[*start..end]);
        let row = |group: &[usize]| {
            let mut row = self.row(group);
            let below = over.iter().rev().find(|(at, _)| group.first().is_some_and(|row| at < row));
            if let Some((_, words)) = below {
                row.set(GROUP, *words);
                if dated::of_header(words).is_some() {
                    row.replace(DATED, (*words).to_owned());
                }
            }
            row
        };
        let mut rows: Vec<Match<'a>> = groups.map(row).collect();
        if let (Some((_, at)), Some(last)) = (total, rows.last_mut()) {
            let totals: Vec<&str> = self.totals(at, &read).collect();
            if !totals.is_empty() {
                last.set(TOTAL, format!("{}\n{}", self.place(at), totals.join(CELL)));
            }
        }
        if let Some(check) = total.and_then(|(cell, at)| self.check_total(cell, at, before, &rows))
        {
            rows.push(check);
        }
        rows
    }

    /// Whether the first column only counts the rows, or says the same in each: the next one says what a row is of.
    fn begins_idly(&self) -> bool {
        let is_wanted = self.header.columns.iter().any(|(_, column)| *column == 0);
        let rows = self.header.row + 1..self.grid.rows();
        let first = |at: usize| self.grid.text(at, 0).trim_end_matches(['.', ')']);
        // A total has no number.
        let is_next =
            |(n, at): (usize, usize)| first(at).is_empty() || first(at).parse() == Ok(n + 1);
        let is_alike = || rows.clone().all(|at| first(at) == first(rows.start));
        !is_wanted && rows.len() > 1 && (rows.clone().enumerate().all(is_next) || is_alike())
    }

    fn is_empty(&self, at: usize) -> bool {
        self.header.columns.iter().all(|(_, column)| self.grid.text(at, *column).is_empty())
    }

    /// Whether a row repeats the header row, as a long table may.
    fn is_header_again(&self, at: usize) -> bool {
        let same =
            |column: usize| self.grid.text(at, column) == self.grid.text(self.header.row, column);
        self.header.columns.iter().all(|(_, column)| same(*column))
    }

    /// Whether two rows are covered by the same cells in every column that merges rows.
    fn shares(&self, before: usize, at: usize) -> bool {
        let column =
            |cell: &str| self.header.columns.iter().find(|(c, _)| *c == cell).map(|(_, c)| *c);
        !self.form.merge.is_empty()
            && self.form.merge.iter().filter_map(|cell| column(cell)).all(|column| {
                let index = self.grid.index(at, column);
                index.is_some() && index == self.grid.index(before, column)
            })
    }

    fn place(&self, at: usize) -> String {
        format!("{}{}", self.place, at + 1)
    }

    /// The match for a group of rows: one row, or several that share cells.
    fn row(&self, group: &[usize]) -> Match<'a> {
        let heading = self.scope.outline.blocks[self.at].heading;
        let place = group.first().map(|at| self.place(*at)).unwrap_or_default();
        let mut row = self.scope.begin(heading, place, &self.quote(group));
        row.at = self.at;
        row.reserve(self.header.columns.len());
        for (cell, column) in &self.header.columns {
            row.set(*cell, self.lines(group, *column));
        }
        row.share(&self.shared);
        row
    }

    /// The words of a group of rows, up to about the length of evidence.
    fn quote(&self, group: &[usize]) -> String {
        let [first, others @ ..] = group else { return String::new() };
        let mut quote = self.grid.quote(*first);
        for at in others {
            if quote.len() > 4 * QUOTE_LIMIT {
                break;
            }
            quote.push_str(" | ");
            self.grid.quote_to(*at, &mut quote);
        }
        for struck in group.iter().flat_map(|at| self.grid.struck(*at)) {
            quote.extend([" (struck out: ", struck, ")"]);
        }
        quote
    }

    /// The lines of a group of rows in a column, each once.
    fn lines(&self, group: &[usize], column: usize) -> Cow<'a, str> {
        let grid = self.grid;
        let first = group.first().map_or("", |at| grid.text(*at, column));
        if group.len() < 2 {
            return first.into();
        }
        let mut lines = first.to_owned();
        let mut known: HashSet<&str> = first.split('\n').collect();
        for text in group[1..].iter().map(|at| grid.text(*at, column)) {
            if !text.is_empty() && !known.contains(text) {
                lines.push('\n');
                lines.push_str(text);
                known.extend(text.split('\n'));
            }
        }
        lines.into()
    }

    /// The figures of the row of totals that are those of the rows that are read.
    fn totals<'s>(&'s self, at: usize, read: &'s [usize]) -> impl Iterator<Item = &'s str> {
        let is_total = move |column: &usize| {
            let parts = read.iter().map(|row| self.grid.text(*row, *column));
            let printed = number::integer(self.grid.text(at, *column));
            printed.is_some() && printed == number::sum(parts.map(Some))
        };
        (0..self.grid.columns()).filter(is_total).map(move |column| self.grid.text(at, column))
    }

    /// A complaint if a printed total differs from the sum of its parts, as a row that cannot be read. The
    /// parts are those of its own table or, for a split table, all rows so far.
    fn check_total(
        &self,
        cell: &str,
        at: usize,
        before: &[Match<'_>],
        rows: &[Match<'_>],
    ) -> Option<Match<'a>> {
        let sum = |rows: &[Match<'_>]| number::sum(rows.iter().map(|row| row.get(cell)));
        let (_, column) = self.header.columns.iter().find(|(c, _)| *c == cell)?;
        let printed = number::integer(self.grid.text(at, *column));
        let added = sum(rows)?;
        let whole = sum(before).and_then(|earlier| earlier.checked_add(added));
        (printed != Some(added) && (printed.is_none() || printed != whole)).then(|| {
            let why = format!("the parts of `{cell}` make {added}");
            Match::unsound(self.place(at), self.grid.quote(at), why)
        })
    }
}
