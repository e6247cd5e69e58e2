//! The text of a PDF, as `pdftotext` lays it out: pages of lines whose words are where they are on the
//! paper.
//!
//! A PDF does not mark headings, paragraphs or tables; they are recognized by how they look. A numbered line
//! with a title is a heading; lines that run to the margin are one paragraph, even over the end of a page; a
//! table is where a recipe finds its headers ([`columns`]). The result is an [`Outline`], so every form that
//! reads one also reads a PDF.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::columns;
use super::lines::{Gap, Line, Title, content, join};
use crate::extract::html::outline::{Block, Heading, Kind, Outline};
use crate::extract::html::scope::Scope;
use crate::extract::matches::{Found, Match};
use crate::extract::page::bounds::{self, LINES, WIDTH};
use crate::extract::recipe::{Form, Locator, TableForm};
use crate::extract::value::pattern::constant;
use crate::model::Breakage;

/// A PDF's text, parsed.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    lines: Vec<Line<'a>>,
    outline: Outline,
}

impl<'a> Layout<'a> {
    /// Reads the text of a PDF.
    ///
    /// # Errors
    /// The breakage, when it has more or longer lines than a document may.
    pub(crate) fn of(text: &'a str) -> Result<Self, Breakage> {
        bounds::at_most(LINES, text.bytes().filter(|b| *b == b'\n').count(), "lines")?;
        if text.lines().any(|line| line.len() > WIDTH) {
            return Err(bounds::more_than(WIDTH, "characters in one line"));
        }
        let lines = content(text);
        let outline = outline(&lines, None);
        Ok(Self { lines, outline })
    }

    /// The lines under their headings, with the tables of a form: only a form tells where tables are.
    pub(crate) fn with_tables(&self, form: Option<&TableForm>) -> Cow<'_, Outline> {
        match form {
            Some(form) => Cow::Owned(outline(&self.lines, Some(form))),
            None => Cow::Borrowed(&self.outline),
        }
    }

    /// Finds the rows of a locator; tables are found by the headers of its form.
    pub(crate) fn find<'d>(
        &'d self,
        locator: &'d Locator,
        find: impl for<'s> Fn(&Scope<'s>) -> Found<'s>,
    ) -> Found<'d> {
        let Form::Table(form) = &locator.form else {
            return find(&Scope::new(&self.outline, locator));
        };
        let outline = outline(&self.lines, Some(form));
        if outline.tables.is_empty() {
            return Err(columns::why_none(&self.lines, form));
        }
        let found = find(&Scope::new(&outline, locator));
        found.map(|rows| rows.into_iter().map(Match::into_owned).collect())
    }
}

/// The outline of the lines; with a form, it includes the form's tables.
fn outline(lines: &[Line<'_>], form: Option<&TableForm>) -> Outline {
    let mut walk = Walk::default();
    let mut at = 0;
    while at < lines.len() {
        if let Some((grids, end)) = form.and_then(|form| columns::table(lines, at, form)) {
            walk.flush();
            for grid in grids {
                walk.outline.tables.push(grid);
                let kind = Kind::Table(walk.outline.tables.len() - 1);
                walk.outline.blocks.push(Block { heading: walk.heading(), kind });
            }
            at = end;
            continue;
        }
        match Title::at(lines, at) {
            Some(title) => walk.title(title),
            None => walk.line(lines, at),
        }
        at += 1;
    }
    walk.flush();
    walk.outline
}

/// The walk over the lines: its position, and the outline so far.
#[derive(Default)]
struct Walk {
    outline: Outline,
    /// The open headings: level and number.
    open: Vec<(usize, usize)>,
    words: String,
    /// The column of the open item's bullet, and that of its words.
    item: Option<(usize, usize)>,
    /// The columns of the bullets above it.
    bullets: Vec<usize>,
    /// The length of the longest line in the stretch.
    width: usize,
}

impl Walk {
    fn heading(&self) -> Option<usize> {
        self.open.last().map(|(_, heading)| *heading)
    }

    fn title(&mut self, title: Title) {
        self.flush();
        self.bullets.clear();
        self.open.retain(|(level, _)| *level < title.level);
        let at = self.outline.blocks.len();
        let heading = Heading { text: title.text, parent: self.heading(), at };
        self.outline.headings.push(heading);
        self.open.push((title.level, self.outline.headings.len() - 1));
    }

    fn line(&mut self, lines: &[Line<'_>], at: usize) {
        let line = &lines[at];
        let words = line.text();
        if let Some((mark, item)) = bullet(&words) {
            self.flush();
            let column = line.indent();
            self.bullets.retain(|bullet| *bullet < column);
            self.bullets.push(column);
            self.item = Some((column, column + mark));
            self.words.push_str(item);
        } else if at > 0 && self.goes_on(&lines[at - 1], line, &words) {
            join(&mut self.words, &words);
        } else {
            self.flush();
            self.bullets.clear();
            self.words.push_str(&words);
        }
        self.width = self.width.max(line.length());
    }

    /// Whether a line continues the one above it.
    fn goes_on(&self, above: &Line<'_>, line: &Line<'_>, words: &str) -> bool {
        let is_entry = begins_with_code(words)
            && (begins_with_code(&self.words) || self.words.ends_with(['.', ':', ';']))
            || is_priced(words)
                && (self.words.ends_with(['.', ':', ';']) || is_priced(&above.text()));
        if self.words.is_empty() || is_entry || above.is_row() || line.is_row() {
            return false;
        }
        match line.gap {
            Gap::Page => {
                let ended = self.words.ends_with(['.', ':', ';', '!', '?']);
                !ended && words.starts_with(|c: char| !c.is_uppercase())
            }
            Gap::Lines(0) => {
                let is_inside = self.item.is_none_or(|(bullet, _)| line.indent() > bullet);
                // If the next word had room, the line break was intended.
                let word = words.split(' ').next().unwrap_or_default().chars().count();
                let widest = self.width.max(line.length());
                let had_room = (above.length() + 1 + word) * 4 < widest * 3;
                is_inside && !had_room
            }
            Gap::Lines(_) => false,
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.words);
        let depth = self.bullets.len();
        let item = self.item.take();
        self.width = 0;
        if text.is_empty() {
            return;
        }
        let kind = match item {
            Some(_) => Kind::Item { text, depth: depth.max(1), number: None },
            None => Kind::Paragraph(text),
        };
        self.outline.blocks.push(Block { heading: self.heading(), kind });
    }
}

/// The words of an item after its bullet, and their indent. A counter (`(a)`, `2.`) stays with the words.
fn bullet(words: &str) -> Option<(usize, &str)> {
    static COUNT: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^(?:\([a-z0-9]{1,4}\)|[a-z0-9]{1,2}[.)]|[ivx]{1,4}[.)]) "));
    const MARKS: [char; 16] = [
        '•', '▪', '●', '○', '■', '□', '◦', '‣', '·', '➢', '➔', '✓', '\u{f0b7}', '\u{f0a7}', '*',
        '-',
    ];
    let plain = words.strip_prefix(MARKS).or_else(|| words.strip_prefix("o "));
    if let Some(item) = plain.filter(|item| item.starts_with(' ') || words.starts_with("o ")) {
        return Some((2, item.trim_start()));
    }
    COUNT.find(words).map(|found| (found.len(), words))
}

/// Whether a line begins with a NOC code, and so an entry of a list.
fn begins_with_code(words: &str) -> bool {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    digits == 5 && !words[digits..].starts_with(|c: char| c.is_alphanumeric())
}

/// Whether a line names something and then says its price: "Worker application: $1,500".
fn is_priced(words: &str) -> bool {
    static PRICED: LazyLock<Regex> = LazyLock::new(|| {
        let amount = r"(?:(?:CAN?|CAD) ?\$|\$) ?\d|\d[\d, ]*(?:\.\d\d)? ?\$|(?i:no fee|free|gratuit|sans frais)\b";
        constant(&format!(r"^[\p{{Lu}}\d][^:$.;]{{2,80}}(?:: ?| [–—-] ?| )(?:{amount})"))
    });
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"(?i)\b(?:is|are|be|was|were|of|pay|to|from|est|sont|de|à) (?:(?:CAN?|CAD) ?)?\$")
    });
    PRICED.is_match(words) && !SAYS.is_match(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lines = content(text);
        let outline = outline(&lines, None);
        let line = |block: &Block| {
            let path = outline.path(block.heading).join(" > ");
            match &block.kind {
                Kind::Paragraph(text) => format!("[{path}] p {text}"),
                Kind::Item { text, depth, .. } => format!("[{path}] {} {text}", "*".repeat(*depth)),
                Kind::Table(table) => format!("[{path}] table {table}"),
            }
        };
        assert_eq!(outline.blocks.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_that_run_to_the_margin_are_one_paragraph() {
        check(
            "  The fee to apply is $1,500 for each application and is\n  not refunded after it \
             was received, whatever the full-\n  time officer decides.\n  It is paid once.\n\n  \
             Another fee is $100.\n",
            &[
                "[] p The fee to apply is $1,500 for each application and is not refunded after it \
                 was received, whatever the full-time officer decides.",
                "[] p It is paid once.",
                "[] p Another fee is $100.",
            ],
        );
    }

    #[test]
    fn a_paragraph_goes_on_over_a_pages_end() {
        check(
            "A fee is paid with each\n\n\n    Page 1 of 2\n\u{c}\n application, before it is read.\n\
             \n   Page 2 of 2\n\u{c}",
            &["[] p A fee is paid with each application, before it is read."],
        );
    }

    #[test]
    fn what_comes_again_on_every_page_is_said_once() {
        let page = |n: usize, words: &str| {
            format!("Program Guide          June 2026\n\n{words}\n\n          {n}\n\u{c}")
        };
        let pages = page(7, "First.") + &page(8, "Second.") + &page(9, "Third.");
        let expected =
            ["[] p Program Guide June 2026", "[] p First.", "[] p Second.", "[] p Third."];
        check(&pages, &expected);
        // Rows that look alike at the ends of pages stay.
        check(
            "Fee A   $100\n\n72600\n\u{c}Fee A   $200\n\n72602\n\u{c}",
            &["[] p Fee A $100", "[] p 72600", "[] p Fee A $200", "[] p 72602"],
        );
    }

    #[test]
    fn numbered_titles_are_headings_and_numbered_sentences_are_not() {
        check(
            "3 Eligibility\n\nYou need a job offer.\n\n3.11 Ineligible occupations\nSome are out.\n\
             \n3.11.1 Exceptions\n\nNone.\n\n1. Pay the fee.\n2. Wait\n3. Leave\n\n4   Points\n\n\
             Many.\n\nAppendix A\n\nCodes.\n",
            &[
                "[3 Eligibility] p You need a job offer.",
                "[3 Eligibility > 3.11 Ineligible occupations] p Some are out.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] p None.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 1. Pay the fee.",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 2. Wait",
                "[3 Eligibility > 3.11 Ineligible occupations > 3.11.1 Exceptions] * 3. Leave",
                "[4 Points] p Many.",
                "[Appendix A] p Codes.",
            ],
        );
    }

    #[test]
    fn a_list_of_contents_is_no_content() {
        check(
            "3.10 Wages ............. 26\n3.11 Occupations . . . . . 27\n\n3.11 Occupations\nNone.\n\
             Fee ........... $1,500\n",
            &["[3.11 Occupations] p None.", "[3.11 Occupations] p Fee ........... $1,500"],
        );
    }

    #[test]
    fn items_have_bullets_and_stand_as_deep_as_these() {
        check(
            "You need\n • a job offer that is full-time and\n   permanent\n    o in the province\n • \
             CLB 4\nBring all of it.\n",
            &[
                "[] p You need",
                "[] * a job offer that is full-time and permanent",
                "[] ** in the province",
                "[] * CLB 4",
                "[] p Bring all of it.",
            ],
        );
    }

    #[test]
    fn rows_are_apart_and_a_space_too_many_is_no_column() {
        check(
            "Stream          $1,500\nReview          $100\n\nA fee is paid.  It is not refunded when\n\
             an application is refused.\n",
            &[
                "[] p Stream $1,500",
                "[] p Review $100",
                "[] p A fee is paid. It is not refunded when an application is refused.",
            ],
        );
    }

    #[test]
    fn lines_that_each_have_a_price_are_apart() {
        check(
            "All fees are in Canadian dollars and are not refundable.\nExpression of Interest: $135\n\
             Worker application: $1,500 ($1,650 as of April 1, 2027)\nEntrepreneur application: CAN$3,500\n\
             Review: no fee\n",
            &[
                "[] p All fees are in Canadian dollars and are not refundable.",
                "[] p Expression of Interest: $135",
                "[] p Worker application: $1,500 ($1,650 as of April 1, 2027)",
                "[] p Entrepreneur application: CAN$3,500",
                "[] p Review: no fee",
            ],
        );
        check(
            "The fee for a worker is paid with the application and is\n$1,500. Employers pay \
             $100 for each position, or\n$50 for a renewal.\n",
            &[
                "[] p The fee for a worker is paid with the application and is $1,500. Employers pay \
                 $100 for each position, or $50 for a renewal.",
            ],
        );
    }

    #[test]
    fn a_sentence_before_a_list_of_codes_is_none_of_it() {
        check(
            "From January 1, 2027: 21300 Civil engineers are no longer eligible.\n\
             21231 Software engineers and designers\n21232 Software developers and programmers\n",
            &[
                "[] p From January 1, 2027: 21300 Civil engineers are no longer eligible.",
                "[] p 21231 Software engineers and designers",
                "[] p 21232 Software developers and programmers",
            ],
        );
    }

    #[test]
    fn entries_that_begin_with_a_code_are_apart() {
        check(
            "21231 Software engineers and designers\n21232 Software developers and programmers\n",
            &[
                "[] p 21231 Software engineers and designers",
                "[] p 21232 Software developers and programmers",
            ],
        );
    }
}
