//! A table in the text of a PDF: cells under the headers that a recipe looks for.
//!
//! A header line, or two or three on top of each other, has all the wanted columns. The rows show where one
//! column ends and the next begins: where the fewest of them have words between two headers. A row begins on
//! a line where the first of `columns` has words, and the lines below continue its cells; between empty
//! lines, lines that are together are a row. A table continues over the end of a page, whether its header is
//! repeated or not. It ends at a numbered heading, at a paragraph, or where nothing fits its columns any
//! more.
//!
//! Nothing is left out silently: words across columns in the middle of a table are a row of one cell, like a
//! cell that spans all columns.

use super::lines::{Gap, Line, Segment, Title, join};
use super::rows::{self, Rows};
use crate::extract::form::table;
use crate::extract::html::grid::Grid;
use crate::extract::recipe::TableForm;
use crate::model::text;

/// How many lines a header may be printed on.
const HEADER_DEPTH: usize = 3;

/// A line with more stretches of words than this is not a header.
const COLUMN_LIMIT: usize = 40;

/// A header: its cells from left to right, and its number of lines.
struct Header {
    cells: Vec<Span>,
    depth: usize,
}

/// Words of a header and the columns of text they occupy.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: usize,
    pub(super) to: usize,
    words: String,
}

impl Span {
    pub(super) fn centre(&self) -> usize {
        usize::midpoint(self.from, self.to)
    }
}

/// The table whose header is at a line: its grids (one, or as many as are printed side by side) and the line
/// after it.
pub(crate) fn table(lines: &[Line<'_>], at: usize, form: &TableForm) -> Option<(Vec<Grid>, usize)> {
    let header = Header::at(&lines[at..], form)?;
    let width = parts(&header);
    let start = start(&header, form) % width;
    let first = (0..header.cells.len()).step_by(width);
    let mut tables: Vec<Rows> = first.map(|first| Rows::new(first..first + width, start)).collect();
    let mut body = Body::of(lines, at + header.depth, &header, form);
    let mut gutters = rows::gutters(&header.cells, body.lines(lines));
    let mut goes_on = false;
    let end = loop {
        for rows in &mut tables {
            rows.read(&body, lines, &gutters, goes_on);
        }
        let last = tables.iter().filter_map(|rows| rows.rows.last()).map(|row| row.last + 1).max();
        // The next page may repeat the header, or continue with full rows; if it has neither, and something
        // came below the last row, the table ended.
        let Some(next) = body.next_page(lines, &header, form) else {
            break last.map_or(body.end, |last| last.clamp(body.from, body.end));
        };
        let columns = match &next.header {
            Some(again) => Some(again.cells.clone()),
            None => full_row(next.body.lines(lines), header.cells.len()),
        };
        let is_whole = last.is_none_or(|last| last >= body.end);
        if columns.is_none() && !is_whole {
            break last.map_or(body.end, |last| last.clamp(body.from, body.end));
        }
        // On another page, the columns may be elsewhere.
        if let Some(columns) = columns {
            gutters = rows::gutters(&columns, next.body.lines(lines));
        }
        (body, goes_on) = (next.body, true);
    };
    let grid = |rows: Rows| {
        let mut grid = Grid::default();
        let headers: Vec<&str> =
            header.cells[rows.columns].iter().map(|cell| cell.words.as_str()).collect();
        grid.push(&headers, true);
        rows.rows.iter().for_each(|row| grid.push(&row.cells, false));
        grid
    };
    Some((tables.into_iter().map(grid).collect(), end))
}

/// Why no line is the header of a table: names what the nearest line lacks.
pub(crate) fn why_none(lines: &[Line<'_>], form: &TableForm) -> String {
    let lacks = |line: &Line<'_>| {
        let cells: Vec<String> =
            line.segments().take(COLUMN_LIMIT).map(|s| text::canonical(s.words)).collect();
        let has = form.columns.iter().filter(|(_, p)| cells.iter().any(|cell| p.is_match(cell)));
        let why = |n| table::columns_of(&cells, form).err().map(|why| (n, why));
        if cells.len() < 2 { None } else { Some(has.count()).filter(|n| *n > 0).and_then(why) }
    };
    let nearest = lines.iter().filter_map(lacks).rev().max_by_key(|(n, _)| *n);
    nearest.map_or_else(|| "no line has any of its headers".to_owned(), |(_, why)| why)
}

impl Header {
    /// The header that begins with the first of the lines, if it has all the wanted columns.
    fn at(lines: &[Line<'_>], form: &TableForm) -> Option<Self> {
        let mut cells: Vec<Span> = Vec::new();
        for (depth, line) in lines.iter().take(HEADER_DEPTH).enumerate() {
            if depth > 0 && line.gap != Gap::Lines(0) {
                break;
            }
            let segments: Vec<Segment<'_>> = line.segments().take(COLUMN_LIMIT + 1).collect();
            segments.iter().for_each(|segment| add(&mut cells, segment));
            if cells.len() > COLUMN_LIMIT {
                break;
            }
            let words: Vec<String> = cells.iter().map(|cell| cell.words.clone()).collect();
            if cells.len() > 1 && table::columns_of(&words, form).is_ok() {
                // Words just above a header are not part of it, and would join its cells.
                let without_first = depth > 0 && Self::at(&lines[1..=depth], form).is_some();
                return (!without_first).then_some(Self { cells, depth: depth + 1 });
            }
        }
        None
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.cells.iter().map(|c| &c.words).eq(other.cells.iter().map(|c| &c.words))
    }
}

/// Adds the words of a header line to the cells above them.
fn add(cells: &mut Vec<Span>, segment: &Segment<'_>) {
    let words = text::canonical(segment.words);
    let mut span = Span { from: segment.from, to: segment.to, words: String::new() };
    let first = cells.partition_point(|cell| cell.to <= segment.from);
    let last = cells.partition_point(|cell| cell.from < segment.to);
    for cell in cells.drain(first..last) {
        span.from = span.from.min(cell.from);
        span.to = span.to.max(cell.to);
        join(&mut span.words, &cell.words);
    }
    join(&mut span.words, &words);
    cells.insert(first, span);
}

/// How many columns each of several tables printed side by side has: their headers repeat.
fn parts(header: &Header) -> usize {
    let words: Vec<&str> = header.cells.iter().map(|cell| cell.words.as_str()).collect();
    let n = words.len();
    let again = |period: &usize| {
        n.is_multiple_of(*period) && (0..n).all(|at| words[at] == words[at % period])
    };
    (2..n).find(again).unwrap_or(n)
}

/// The column whose words begin a row: the first of `columns`.
fn start(header: &Header, form: &TableForm) -> usize {
    let words: Vec<String> = header.cells.iter().map(|cell| cell.words.clone()).collect();
    let columns = table::columns_of(&words, form).unwrap_or_default();
    columns.first().map_or(0, |(_, column)| *column)
}

/// The lines of one page that may be rows of a table: up to a heading, a paragraph, or another
/// header.
pub(super) struct Body {
    pub(super) from: usize,
    end: usize,
}

/// The possible continuation of a table on the next page.
struct Next {
    /// The header, if it is repeated.
    header: Option<Header>,
    body: Body,
}

impl Body {
    fn of(lines: &[Line<'_>], from: usize, header: &Header, form: &TableForm) -> Self {
        let ends = |at: &usize| {
            let title = Title::at(lines, *at);
            (lines[*at].gap == Gap::Page && *at > from)
                || title.is_some_and(|t| t.is_deep() || lines[*at].segments().count() == 1)
                || is_paragraph(lines, *at, header)
                || Header::at(&lines[*at..], form).is_some()
        };
        Self { from, end: (from..lines.len()).find(ends).unwrap_or(lines.len()) }
    }

    pub(super) fn lines<'a>(&self, lines: &'a [Line<'a>]) -> &'a [Line<'a>] {
        &lines[self.from..self.end]
    }

    /// The start of the next page, if it begins where this body ends.
    fn next_page(&self, lines: &[Line<'_>], header: &Header, form: &TableForm) -> Option<Next> {
        lines.get(self.end).filter(|line| line.gap == Gap::Page)?;
        let again = Header::at(&lines[self.end..], form);
        if again.as_ref().is_some_and(|again| !again.says_the_same(header)) {
            return None;
        }
        let from = self.end + again.as_ref().map_or(0, |again| again.depth);
        // Where the columns are on this page tells its rows from a paragraph below them.
        let page = lines.iter().skip(from + 1).position(|line| line.gap == Gap::Page);
        let page = &lines[from..page.map_or(lines.len(), |n| from + 1 + n)];
        let moved = full_row(page, header.cells.len()).filter(|_| again.is_none());
        let moved = moved.map(|cells| Header { cells, depth: header.depth });
        let body = Self::of(lines, from, moved.as_ref().or(again.as_ref()).unwrap_or(header), form);
        (body.end > body.from || again.is_some()).then_some(Next { header: again, body })
    }
}

/// The spans of the first row that has words in every column.
fn full_row(lines: &[Line<'_>], columns: usize) -> Option<Vec<Span>> {
    let spans = |line: &Line<'_>| -> Vec<Span> {
        let span = |s: Segment<'_>| Span { from: s.from, to: s.to, words: String::new() };
        line.segments().take(columns + 1).map(span).collect()
    };
    lines.iter().map(spans).find(|spans| spans.len() == columns)
}

/// Whether a paragraph begins here, after the table: lines that run on under several headers.
fn is_paragraph(lines: &[Line<'_>], at: usize, header: &Header) -> bool {
    let runs_on = |line: &Line<'_>| {
        let mut segments = line.segments();
        let first = segments.next().filter(|_| segments.next().is_none());
        first.is_some_and(|segment| {
            let under = |cell: &&Span| (segment.from..segment.to).contains(&cell.centre());
            header.cells.iter().filter(under).count() > 1
        })
    };
    let below = lines.get(at + 1).filter(|below| below.gap == Gap::Lines(0));
    lines[at].gap != Gap::Lines(0) && runs_on(&lines[at]) && below.is_some_and(runs_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::pdf::lines::content;
    use crate::extract::recipe::Pattern;

    /// Checks the rows of all tables of a text with these columns; the first one begins the rows.
    #[track_caller]
    fn check(columns: &[&str], text: &str, expected: &[&str]) {
        let column = |pattern: &&str| ((*pattern).to_owned(), Pattern::new(pattern).unwrap());
        let form = TableForm {
            columns: columns.iter().map(column).collect(),
            optional: Vec::new(),
            caption: None,
            only: None,
            skip: None,
            total: None,
            merge: Vec::new(),
            turned: false,
        };
        let lines = content(text);
        let (mut found, mut at) = (Vec::new(), 0);
        while at < lines.len() {
            match table(&lines, at, &form) {
                Some((grids, end)) => {
                    let rows = |grid: &Grid| (0..grid.rows()).map(|row| grid.quote(row)).collect();
                    found.extend(grids.iter().flat_map(|grid| -> Vec<String> { rows(grid) }));
                    at = end;
                }
                None => at += 1,
            }
        }
        if found.is_empty() {
            found.push(why_none(&lines, &form));
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn cells_that_are_wrapped_are_one() {
        check(
            &["fee", "service"],
            "Service                          Who pays            Fee (CAD)\n\
             Alberta Opportunity Stream       Candidate            $1,500\n\
             application\n\
             Expression of Interest           Candidate, or the    $135\n\
             \x20                                employer\n",
            &[
                "Service | Who pays | Fee (CAD)",
                "Alberta Opportunity Stream application | Candidate | $1,500",
                "Expression of Interest | Candidate, or the employer | $135",
            ],
        );
    }

    #[test]
    fn between_empty_lines_a_row_is_what_stands_together() {
        check(
            &["^NOC", "occupation"],
            "              NOC        Occupation\n\n\
             \x20                        Managers in customer and\n\
             \x20             60040      personal services\n\
             \x20                        occupations\n\n\
             \x20             72600      Air pilots\n",
            &[
                "NOC | Occupation",
                "60040 | Managers in customer and personal services occupations",
                "72600 | Air pilots",
            ],
        );
    }

    #[test]
    pub(super) fn centred_headers_do_not_shift_the_cells() {
        check(
            &["^NOC", "title"],
            " NOC                        Title                         TEER\n\
             72600   Judges                                              2\n\
             72601   Air traffic controllers and related occupations     2\n\
             11100   Financial auditors and accountants                  1\n",
            &[
                "NOC | Title | TEER",
                "72600 | Judges | 2",
                "72601 | Air traffic controllers and related occupations | 2",
                "11100 | Financial auditors and accountants | 1",
            ],
        );
    }

    #[test]
    fn a_header_may_stand_on_two_lines() {
        check(
            &["^draw date", "minimum score", "number of invitations"],
            "                 Minimum      Number of\n\
             Draw date        score        invitations\n\
             April 23, 2026    58          Less than 10\n",
            &[
                "Draw date | Minimum score | Number of invitations",
                "April 23, 2026 | 58 | Less than 10",
            ],
        );
    }

    #[test]
    fn words_just_above_a_header_are_no_part_of_it() {
        check(
            &["NOC", "teer"],
            "Table 1. Ineligible occupations\nNOC     Title           TEER\n72600   Air pilots      2\n",
            &["NOC | Title | TEER", "72600 | Air pilots | 2"],
        );
    }

    #[test]
    fn a_table_goes_on_over_the_pages_end() {
        let expected =
            ["NOC | Title", "72600 | Air pilots, and flight instructors", "72601 | Controllers"];
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots, and flight\n\u{c}        instructors\n\
             72601   Controllers\n",
            &expected,
        );
        check(
            &["NOC", "title"],
            "NOC                 Title\n72600               Air pilots, and flight\n\u{c}\
             \x20      instructors\n72601  Controllers of\n       air\n\n72602  Deck officers\n",
            &[
                "NOC | Title",
                "72600 | Air pilots, and flight instructors",
                "72601 | Controllers of air",
                "72602 | Deck officers",
            ],
        );
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots, and flight\n\u{c}NOC     Title\n        instructors\n\
             72601   Controllers\n",
            &expected,
        );
    }

    #[test]
    fn a_paragraph_in_a_cell_of_another_page_ends_no_table() {
        check(
            &["score", "category"],
            "Category            Score      Other considerations\n\
             Express Entry         80        Candidates had credentials.\n\u{c}\
             Occupations  81   Candidates had credentials.\n\n\
             \x20                 Not all occupations were selected, and\n\
             \x20                 those that were are numbered: 21231,\n\
             \x20                 21232\n\n\
             Express      82   None\nEntry\n",
            &[
                "Category | Score | Other considerations",
                "Express Entry | 80 | Candidates had credentials.",
                "Occupations | 81 | Candidates had credentials. Not all occupations were selected, and those that were are numbered: 21231, 21232",
                "Express Entry | 82 | None",
            ],
        );
    }

    #[test]
    fn tables_side_by_side_are_both_read() {
        check(
            &["NOC", "title"],
            "NOC     Title          NOC     Title\n\
             72600   Air pilots     11100   Auditors and\n\
             72601   Controllers            accountants\n\
             72602   Deck officers\n",
            &[
                "NOC | Title",
                "72600 | Air pilots",
                "72601 | Controllers",
                "72602 | Deck officers",
                "NOC | Title",
                "11100 | Auditors and accountants",
            ],
        );
    }

    #[test]
    fn what_stands_below_a_table_is_none_of_it() {
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots\n\n\n\nUpdated: May 1, 2024\n",
            &["NOC | Title", "72600 | Air pilots"],
        );
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots\n\nThese are the occupations that are out for this\n\
             stream of the program, as of today and for all.\n72601   more\n",
            &["NOC | Title", "72600 | Air pilots"],
        );
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots\n3.12 Wages\n72601   more\n",
            &["NOC | Title", "72600 | Air pilots"],
        );
    }

    #[test]
    fn words_across_the_columns_of_a_table_are_told() {
        check(
            &["NOC", "title"],
            "NOC     Title\n72600   Air pilots\n72601 and 72602 are out\n72603   Deck officers\n",
            &[
                "NOC | Title",
                "72600 | Air pilots",
                "72601 and 72602 are out",
                "72603 | Deck officers",
            ],
        );
    }

    #[test]
    fn a_header_that_is_missing_is_named() {
        check(
            &["NOC", "title"],
            "NOC     Name\n72600   Air pilots\n",
            &["no column `title` in a table of `NOC | Name`"],
        );
        check(&["NOC", "title"], "Nothing of the kind\n", &["no line has any of its headers"]);
    }
}
