//! The outline of an HTML page: its content in reading order, each block under its headings.
//!
//! Made in one walk over the parsed page. Parts that a browser does not show as content (scripts, menus,
//! footers, feedback forms) are left out, and so are class names, ids and markup: two pages that read the
//! same have the same outline. A `summary` is the heading of its `details`; a heading inside a `section`
//! ends with the section, so a dialog in the middle of a page does not take over the tables after it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use scraper::ElementRef;

use super::archived;
use super::grid::Grid;
use super::marks::unmarked;
use super::walk::Walk;
use crate::extract::recipe::PageWords;
use crate::extract::value::dated;
use crate::model::{Breakage, meaning, words::without_number};

/// A page's content in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outline {
    /// All headings, in reading order.
    pub(crate) headings: Vec<Heading>,
    /// All blocks, in reading order.
    pub(crate) blocks: Vec<Block>,
    /// All tables, in reading order.
    pub(crate) tables: Vec<Grid>,
    /// The labels of definition lists, list by list. Their words are also blocks.
    pub(crate) terms: Vec<Term>,
    /// How many blocks come before the first `h1`.
    pub(crate) begins: Option<usize>,
    /// The blocks that are one line in bold: a page may print a heading so.
    pub(crate) bold: Vec<usize>,
    /// Struck-out words, and how many blocks come before theirs. Tables keep theirs by row.
    pub(crate) struck: Vec<(usize, String)>,
    /// The blocks with groups of digits separated by spaces, rewritten with commas; computed on first use.
    joined: OnceCell<BTreeMap<usize, String>>,
    /// For each block, the other ways to print its numbers; computed on first use.
    spellings: OnceCell<Vec<Box<[String]>>>,
    /// For each block, the one with the words over its list that have a day; computed on first use.
    listed: OnceCell<Vec<Option<usize>>>,
    /// For each heading, whether its section is kept from former days, or nothing; computed on first use.
    archived: OnceCell<Vec<bool>>,
}

/// A heading or the summary of a `details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Its words, on one line.
    pub(crate) text: String,
    /// The heading over it.
    pub(crate) parent: Option<usize>,
    /// How many blocks come before it.
    pub(crate) at: usize,
}

/// A label of a definition list, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The `dt`.
    pub(crate) label: String,
    /// Its `dd`s, block by block on lines of their own.
    pub(crate) words: String,
    /// The heading over it.
    pub(crate) heading: Option<usize>,
    /// Its block, or that of the item that it is in.
    pub(crate) at: usize,
    /// The list it belongs to.
    pub(crate) list: usize,
}

/// A stretch of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The heading over it.
    pub(crate) heading: Option<usize>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A paragraph, or words outside any other block.
    Paragraph(String),
    /// An item of a list, without the items of lists inside it.
    Item {
        /// Its words.
        text: String,
        /// How many lists it is nested in, from 1.
        depth: usize,
        /// The number printed before it, in a numbered list.
        number: Option<u32>,
    },
    /// A table, by its number in [`Outline::tables`].
    Table(usize),
}

impl Block {
    /// Its own words, unless it is a table.
    pub(crate) fn words(&self) -> Option<&str> {
        match &self.kind {
            Kind::Paragraph(text) | Kind::Item { text, .. } => Some(text),
            Kind::Table(_) => None,
        }
    }
}

impl Outline {
    /// Outlines the content of a page.
    ///
    /// # Errors
    /// When it is more than a page may have.
    pub(crate) fn of(content: ElementRef<'_>, page: &PageWords) -> Result<Self, Breakage> {
        Walk::over(content, page)
    }

    /// Leaves out everything before the main heading: on a page that does not mark its content, that is the
    /// site's. Without such a heading, or with a table before it, everything stays.
    pub(crate) fn begin_at_heading(&mut self) {
        let Some(first) = self.begins else { return };
        let is_table = |block: &Block| matches!(block.kind, Kind::Table(_));
        if self.blocks[..first].iter().any(is_table) {
            return;
        }
        self.blocks.drain(..first);
        self.headings.iter_mut().for_each(|heading| heading.at = heading.at.saturating_sub(first));
        self.terms.retain(|term| term.at >= first);
        self.terms.iter_mut().for_each(|term| term.at -= first);
        self.bold.retain(|at| *at >= first);
        self.bold.iter_mut().for_each(|at| *at -= first);
        self.struck.retain(|(at, _)| *at >= first);
        self.struck.iter_mut().for_each(|(at, _)| *at -= first);
    }

    /// The outline with its lines in bold as headings, each under the marked heading over it and up to the next
    /// of its kind; `None` if it has no such line. A line leaves an empty block, so that the others keep their
    /// numbers.
    pub(crate) fn with_bold_headings(&self) -> Option<Self> {
        if self.bold.is_empty() {
            return None;
        }
        let mut made = Self { headings: Vec::new(), bold: Vec::new(), ..self.clone() };
        (made.joined, made.spellings, made.listed) = Default::default();
        let (mut marked, mut bold) = (self.headings.iter().peekable(), self.bold.iter().peekable());
        // The new number of each marked heading, and the last line in bold under each.
        let mut numbers: Vec<usize> = Vec::with_capacity(self.headings.len());
        let mut last: HashMap<Option<usize>, usize> = HashMap::new();
        for at in 0..=self.blocks.len() {
            while let Some(heading) = marked.next_if(|heading| heading.at <= at) {
                let parent = heading.parent.map(|parent| numbers[parent]);
                numbers.push(made.headings.len());
                made.headings.push(Heading { parent, ..heading.clone() });
            }
            let Some(block) = made.blocks.get_mut(at) else { break };
            let over = block.heading;
            let parent = over.map(|over| numbers[over]);
            block.heading = last.get(&over).copied().or(parent);
            if bold.next_if_eq(&&at).is_some() {
                let line = std::mem::replace(&mut block.kind, Kind::Paragraph(String::new()));
                let Kind::Paragraph(text) = line else { continue };
                block.heading = parent;
                last.insert(over, made.headings.len());
                made.headings.push(Heading { text, parent, at });
            }
        }
        for term in &mut made.terms {
            term.heading = made.blocks.get(term.at).and_then(|block| block.heading);
        }
        Some(made)
    }

    /// The outline with the lines of its paragraphs, and the further lines of its items, as items of lists, and for each
    /// block the one it was made of; `None` if it has none. A line that ends in a colon introduces others.
    pub(crate) fn with_lines_as_items(&self) -> Option<(Self, Vec<usize>)> {
        let mut blocks = Vec::with_capacity(self.blocks.len());
        let mut made_of = Vec::with_capacity(self.blocks.len());
        for (at, block) in self.blocks.iter().enumerate() {
            let mut add = |kind| {
                blocks.push(Block { heading: block.heading, kind });
                made_of.push(at);
            };
            let (words, inside) = match &block.kind {
                Kind::Paragraph(words) => (words, 1),
                Kind::Item { text, depth, .. } => (text, depth + 1),
                Kind::Table(_) => {
                    add(block.kind.clone());
                    continue;
                }
            };
            for (n, line) in words.split('\n').enumerate() {
                let text = line.to_owned();
                add(match &block.kind {
                    Kind::Item { depth, number, .. } if n == 0 => {
                        Kind::Item { text, depth: *depth, number: *number }
                    }
                    _ if line.is_empty() || line.ends_with(':') => Kind::Paragraph(text),
                    _ => Kind::Item { text, depth: inside, number: None },
                });
            }
        }
        let is_other = |(block, at): (&Block, &usize)| block.kind != self.blocks[*at].kind;
        let is_made = blocks.iter().zip(&made_of).any(is_other);
        let (headings, tables) = (self.headings.clone(), self.tables.clone());
        is_made.then_some((Self { headings, blocks, tables, ..Self::default() }, made_of))
    }

    /// The headings over a block, outermost first.
    pub(crate) fn path(&self, heading: Option<usize>) -> Vec<&str> {
        let mut path: Vec<&str> =
            self.ancestors(heading).map(|at| self.headings[at].text.as_str()).collect();
        path.reverse();
        path
    }

    /// The heading and those over it, innermost first.
    pub(crate) fn ancestors(&self, heading: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(heading, |at| self.headings[*at].parent)
    }

    fn archived(&self) -> &[bool] {
        self.archived.get_or_init(|| archived::sections(self))
    }

    /// Whether the page keeps a section from former days.
    pub(super) fn has_archive(&self) -> bool {
        !self.archived().is_empty()
    }

    /// Whether what is under a heading is kept from former days.
    pub(crate) fn is_archived(&self, heading: Option<usize>) -> bool {
        heading.is_some_and(|at| self.archived().get(at) == Some(&true))
    }

    /// The words of a block; an item's with those of the items inside it, line by line.
    pub(crate) fn full_text(&self, at: usize) -> Cow<'_, str> {
        let Some(block) = self.blocks.get(at) else { return Cow::default() };
        match &block.kind {
            Kind::Paragraph(text) => text.into(),
            Kind::Table(_) => Cow::default(),
            Kind::Item { text, depth, .. } => {
                let mut full = Cow::from(text);
                for below in &self.blocks[at + 1..] {
                    match &below.kind {
                        Kind::Item { text, depth: deeper, .. } if deeper > depth => {
                            let full = full.to_mut();
                            full.push('\n');
                            full.push_str(text);
                        }
                        _ => break,
                    }
                }
                full
            }
        }
    }

    /// The words of a block with its groups of digits joined by commas, if they are separated otherwise.
    pub(crate) fn joined(&self, at: usize) -> Option<&str> {
        let all = self.joined.get_or_init(|| {
            let of_block = |(at, block): (usize, &Block)| match &block.kind {
                Kind::Paragraph(text) | Kind::Item { text, .. } => {
                    meaning::joined(text).map(|joined| (at, joined))
                }
                Kind::Table(_) => None,
            };
            self.blocks.iter().enumerate().filter_map(of_block).collect()
        });
        all.get(&at).map(String::as_str)
    }

    /// The other ways to print the numbers in the words of a block, line by line like the block.
    pub(crate) fn spellings(&self, at: usize) -> &[String] {
        let all = self.spellings.get_or_init(|| {
            let of_block = |block: &Block| match &block.kind {
                Kind::Paragraph(text) | Kind::Item { text, .. } if text.len() <= SPELLED => {
                    spelled(text).into()
                }
                Kind::Paragraph(_) | Kind::Item { .. } | Kind::Table(_) => Box::default(),
            };
            self.blocks.iter().map(of_block).collect()
        });
        all.get(at).map_or(&[], |spellings| spellings)
    }

    /// The same for an item with the items inside it, as in [`Self::full_text`].
    pub(crate) fn full_spellings(&self, at: usize) -> Cow<'_, [String]> {
        let full = self.full_text(at);
        let is_alone = matches!(&full, Cow::Borrowed(_));
        if is_alone {
            return self.spellings(at).into();
        }
        let lines = self.blocks[at..].len().min(full.split('\n').count());
        let varies = (at..at + lines).any(|inner| !self.spellings(inner).is_empty());
        if varies && full.len() <= SPELLED { spelled(&full).into() } else { Cow::default() }
    }

    /// The words over the list of a block that say from when or until when it holds: a line above it under the same
    /// heading, or the item that it is in.
    pub(crate) fn listed(&self, at: usize) -> Option<&str> {
        let over = self.listed.get_or_init(|| listed(&self.blocks));
        self.blocks.get((*over.get(at)?)?)?.words()
    }

    /// The struck-out words in a block that is not a table.
    pub(crate) fn struck_in(&self, at: usize) -> impl Iterator<Item = &str> {
        let first = self.struck.partition_point(|(before, _)| *before < at);
        let here = self.struck[first..].iter().take_while(move |(before, _)| *before == at);
        here.map(|(_, words)| words.as_str())
    }

    /// The words of its blocks, its headings and its tables.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let blocks = self.blocks.iter().filter_map(Block::words);
        let headings = self.headings.iter().map(|heading| heading.text.as_str());
        blocks.chain(headings).chain(self.tables.iter().map(Grid::all_words))
    }

    /// Whether the words have fewer characters than the limit; stops counting there.
    pub(crate) fn is_shorter_than(&self, limit: usize) -> bool {
        let mut left = limit;
        let mut counts = |size: usize| {
            left = left.saturating_sub(size);
            left == 0
        };
        !self.blocks.iter().any(|block| match &block.kind {
            Kind::Paragraph(text) | Kind::Item { text, .. } => counts(text.len()),
            Kind::Table(table) => {
                let table = &self.tables[*table];
                (0..table.rows()).any(|row| counts(table.quote(row).len()))
            }
        })
    }
}

/// The longest line over a list, in bytes.
const LABEL: usize = 200;

/// Whether words say from when or until when what follows holds, and end in what follows.
pub(super) fn leads_a_dated_list(words: &str) -> bool {
    words.ends_with(':') && is_of_a_day(words)
}

fn is_of_a_day(words: &str) -> bool {
    let is_short = words.len() <= LABEL && !words.contains('$');
    is_short && words.contains("20") && dated::of_header(words).is_some()
}

/// For each block, the one with the words over its list that have a day.
fn listed(blocks: &[Block]) -> Vec<Option<usize>> {
    // A line over a list is no sentence, unless it ends in what follows.
    let is_line = |words: &str| !words.ends_with(['.', ';', ',']) && is_of_a_day(words);
    let mut over: Option<usize> = None;
    let mut of_item: Option<(usize, usize)> = None;
    let of_block = |(at, block): (usize, &Block)| {
        if over.is_some_and(|over| blocks[over].heading != block.heading) {
            over = None;
        }
        match &block.kind {
            Kind::Paragraph(words) => {
                of_item = None;
                if is_line(words) {
                    over = Some(at);
                }
            }
            Kind::Item { text, depth, .. } => {
                of_item = of_item.filter(|(_, outer)| outer < depth);
                if leads_a_dated_list(text) {
                    of_item = Some((at, *depth));
                }
            }
            Kind::Table(_) => of_item = None,
        }
        of_item.map(|(at, _)| at).or(over)
    };
    blocks.iter().enumerate().map(of_block).collect()
}

/// The other ways to print a text: without the marks of its footnotes, and with other spellings of its numbers.
fn spelled(text: &str) -> Vec<String> {
    let unmarked = unmarked(text);
    let left = unmarked.as_deref().unwrap_or(text).trim_end_matches(['*', '†', '‡', ' ']);
    if left == text {
        return meaning::spellings(text);
    }
    std::iter::once(left.to_owned()).chain(meaning::spellings(left)).collect()
}

/// The longest words, in bytes, for which other spellings are tried.
const SPELLED: usize = 20_000;

/// Whether a heading is exactly one of these names, ignoring a colon at the end.
pub(crate) fn is_named(heading: &str, names: &[&str]) -> bool {
    let heading = without_number(heading).trim_end_matches(':').trim_end();
    names.iter().any(|name| heading.eq_ignore_ascii_case(name))
}

/// Adds a line to a text.
pub(crate) fn push_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

#[cfg(test)]
impl Outline {
    /// Outlines a page written in a test.
    pub(crate) fn of_page(page: &str) -> Self {
        let mut html = scraper::Html::parse_document(page);
        let survey = crate::extract::page::survey::Survey::of(&html).unwrap();
        Self::of(survey.content(&mut html), &PageWords::default()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let outline = Outline::of_page(body);
        let line = |block: &Block| {
            let path = outline.path(block.heading).join(" > ");
            let words = match &block.kind {
                Kind::Paragraph(text) => format!("p {text}"),
                Kind::Item { text, depth, number } => {
                    let number = number.map(|number| format!(" {number}.")).unwrap_or_default();
                    format!("{}{number} {text}", "*".repeat(*depth))
                }
                Kind::Table(table) => format!("table {}", outline.tables[*table].quote(0)),
            };
            format!("[{path}] {}", words.replace('\n', "/"))
        };
        assert_eq!(outline.blocks.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn blocks_stand_under_their_headings() {
        check(
            "<main><h1>A</h1><p>one<h2>B</h2><p>two<h3>C</h3>three<h2>D</h2><p>four</main>",
            &["[A] p one", "[A > B] p two", "[A > B > C] p three", "[A > D] p four"],
        );
    }

    #[test]
    fn lines_in_bold_may_be_headings() {
        let outline = Outline::of_page(
            "<main><h1>A</h1><p><b>Not</b> all<h2>B</h2><p><strong>One</strong><p>x<table><tr><td>t<td>u</table>\
             <h3>In</h3><p>y<p><b>Two<br>lines</b></p><h2>C</h2><p><b>Three</b>:</p><dl><dt>L<dd>z</dl></main>",
        );
        let made = outline.with_bold_headings().unwrap();
        let paths = |outline: &Outline| -> Vec<String> {
            outline.blocks.iter().map(|block| outline.path(block.heading).join(" > ")).collect()
        };
        let expected = [
            "A",
            "A > B",
            "A > B > One",
            "A > B > One",
            "A > B > In",
            "A > B > In",
            "A > C",
            "A > C > Three:",
            "A > C > Three:",
        ];
        assert_eq!(paths(&made), expected);
        assert_eq!(made.blocks.len(), outline.blocks.len());
        assert_eq!(made.path(made.terms[0].heading), ["A", "C", "Three:"]);
        assert!(Outline::of_page("<h1>A</h1><ul><li><b>x</b></ul>").with_bold_headings().is_none());
    }

    #[test]
    fn a_summary_heads_its_details_and_nothing_after() {
        check(
            "<h2>B</h2><details><summary>S</summary><h4>In</h4><p>x</details><p>y",
            &["[B > S > In] p x", "[B] p y"],
        );
    }

    #[test]
    fn a_button_heads_what_it_opens_and_nothing_after() {
        check(
            "<h2>B</h2><button aria-expanded=false aria-controls=p1>First</button><button \
             aria-expanded=true aria-controls=p2>Second</button><div id=p1><p>x<h3>In</h3><p>y</div>\
             <div id=p2>z</div><p>after",
            &["[B > First] p x", "[B > First > In] p y", "[B > Second] p z", "[B] p after"],
        );
        check(
            "<div><div><button aria-expanded=false>Fees</button></div><div><p>x</div></div><p>y",
            &["[Fees] p x", "[] p y"],
        );
        check(
            "<h3><button aria-expanded=false aria-controls=p>Fees</button></h3><div id=p><p>x</div><p>y",
            &["[Fees] p x", "[Fees] p y"],
        );
        // A button that opens nothing is not a heading, and neither is anything it might open.
        check("<button>Print</button><div><p>x</div>", &["[] p x"]);
        check("<button aria-expanded=false aria-controls=none>Menu</button><p>x", &["[] p x"]);
    }

    #[test]
    fn a_dialog_does_not_take_over_what_follows() {
        check(
            "<h2>B</h2><section><header><h2>Note</h2></header><p>n</section><table><tr><th>t</table>",
            &["[Note] p n", "[B] table t"],
        );
        check("<section><h2>B</h2></section><p>x", &["[B] p x"]);
    }

    #[test]
    fn a_list_of_contents_covers_its_items_alone() {
        check(
            "<h1>A</h1><h2>On this page</h2><ul><li>x</li></ul><p>one<h2>B</h2><p>two",
            &["[A > On this page] * x", "[A] p one", "[A > B] p two"],
        );
    }

    #[test]
    fn inline_tags_vanish_and_blocks_break() {
        check(
            "<p>is <strong>60</strong><strong>5</strong>,<br>not 60<p>May 1<sup>st</sup> 5<sup>1</sup>",
            &["[] p is 605,/not 60", "[] p May 1st 5[1]"],
        );
    }

    #[test]
    fn items_know_their_lists() {
        check(
            "<ul><li>a<ul><li>b</li></ul>c</li><li><p>d<p>e</li></ul>",
            &["[] * a/c", "[] ** b", "[] * d/e"],
        );
    }

    #[test]
    fn items_know_the_number_printed_before_them() {
        check(
            "<ol><li>a<ul><li>b</ul><li value=7>c<li>d</ol><ol start=3><li>e</ol><ol type=a><li>f</ol>",
            &["[] * 1. a", "[] ** b", "[] * 7. c", "[] * 8. d", "[] * 3. e", "[] * f"],
        );
    }

    #[test]
    fn headings_in_an_item_part_its_words() {
        check(
            "<ol><li><h2>A</h2><p>a<p>b<h3>B</h3><p>c<details><summary>S</summary>d</details>e</ol>",
            &["[A] * 1. a/b", "[A > B] * 1. c", "[A > B > S] * 1. d", "[A > B] * 1. e"],
        );
    }

    #[test]
    fn a_definition_list_is_paragraphs_and_terms() {
        let page = "<h2>F</h2><dl><dt>A<dd>one<ul><li>two</ul><dt>B<dt>C<dd><h3>D</h3>three</dl>";
        check(
            page,
            &["[F] p A", "[F] p one", "[F] * two", "[F] p B", "[F] p C", "[F > D] p three"],
        );
        let outline = Outline::of_page(page);
        let terms = outline.terms.iter().map(|t| (t.label.as_str(), t.words.as_str(), t.at));
        let terms: Vec<(&str, &str, usize)> = terms.collect();
        assert_eq!(terms, [("A", "one\ntwo", 0), ("B", "D\nthree", 3), ("C", "D\nthree", 4)]);
    }

    #[test]
    fn a_label_within_an_item_stands_in_that_item() {
        let page = "<p>Send</p><ul><li>a letter<dl><dt>A<dd>one</dl></ul>";
        let outline = Outline::of_page(page);
        assert_eq!((outline.terms[0].at, outline.blocks.len()), (1, 2));
    }

    #[test]
    fn elements_of_a_design_system_are_what_they_stand_for() {
        check(
            "<gcds-header>menu</gcds-header><gcds-heading tag=h2>A</gcds-heading><gcds-text>one</gcds-text>\
             <gcds-details details-title=B>two<gcds-heading tag=h2>C</gcds-heading><p>three</p></gcds-details>\
             <gcds-text>four</gcds-text><gcds-date-modified>2026-01-01</gcds-date-modified>",
            &["[A] p one", "[A > B] p two", "[A > B > C] p three", "[A] p four"],
        );
        check(
            "<div role=heading aria-level=2>A</div><p class='h3 x'>B</p><p>one<div role=heading>C</div><p>two",
            &["[A > B] p one", "[C] p two"],
        );
        check(
            "<h2>A</h2><div class='panel panel-default'><div class=panel-heading><h4 class=panel-title>B</h4>\
             </div><div class=panel-body><p>one<h3>C</h3>two</div></div><p>three",
            &["[A > B] p one", "[A > B > C] p two", "[A] p three"],
        );
    }

    #[test]
    fn a_badge_is_no_part_of_what_it_stands_beside() {
        check(
            "<p>Farmer<span class='label label-success'>New</span><p>Baker <b class=badge>Mis à jour</b>\
             <p>New <span class=label>Stream</span> <span class=x>New</span>, from <span class=x>New</span> Brunswick",
            &["[] p Farmer", "[] p Baker", "[] p New Stream , from New Brunswick"],
        );
    }

    #[test]
    fn menus_scripts_and_stamps_are_no_content() {
        check(
            "<nav><p>menu</nav><main>x<script>1</script><div class='pagedetails y'>2026</div>\
             <p><time property=dateModified>2026-01-01</time></main><footer>f</footer>",
            &["[] p x"],
        );
    }
}
