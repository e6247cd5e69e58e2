//! The outline of an HTML page: its content in reading order, each block under its headings.
//!
//! Made in one walk over the parsed page. What a browser does not show as content (scripts,
//! menus, footers, feedback forms) is not in it, and neither are class names, ids or markup: two
//! pages that read the same have the same outline. A `summary` is the heading of its `details`;
//! a heading inside a `section` ends with the section, so a dialog in the middle of a page does
//! not take over the tables after it.

use std::borrow::Cow;

use ego_tree::NodeRef;
use html5ever::local_name;
use scraper::{ElementRef, Node};

use super::content::{Tag, attribute, integer, superscript, text_of};
use super::grid::Grid;
use crate::model::text;

/// A page's content in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Outline {
    /// All headings, in reading order.
    pub(super) headings: Vec<Heading>,
    /// All blocks, in reading order.
    pub(super) blocks: Vec<Block>,
    /// All tables, in reading order.
    pub(super) tables: Vec<Grid>,
    /// The labels of definition lists, list by list. Their words are blocks as well.
    pub(super) terms: Vec<Term>,
}

/// A heading or the summary of a `details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// Its words, on one line.
    pub(super) text: String,
    /// The heading it stands under.
    pub(super) parent: Option<usize>,
    /// How many blocks stand before it.
    pub(super) at: usize,
}

/// A label of a definition list, and the words it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The `dt`.
    pub(super) label: String,
    /// Its `dd`s, block by block on lines of their own.
    pub(super) words: String,
    /// The heading it stands under.
    pub(super) heading: Option<usize>,
    /// How many blocks stand before it.
    pub(super) at: usize,
    /// Which list it is of.
    pub(super) list: usize,
}

/// A stretch of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The heading it stands under.
    pub(super) heading: Option<usize>,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A paragraph, or words standing by themselves.
    Paragraph(String),
    /// An item of a list, without the items of lists inside it.
    Item {
        /// Its words.
        text: String,
        /// How many lists it stands in, from 1.
        depth: usize,
        /// The number printed before it, in a list that is numbered.
        number: Option<u32>,
    },
    /// A table, by its number in [`Outline::tables`].
    Table(usize),
}

impl Outline {
    /// Outlines the content of a page.
    pub(super) fn of(content: ElementRef<'_>) -> Self {
        let mut walk = Walk::default();
        walk.children(*content);
        walk.flush();
        walk.outline
    }

    /// The headings over a block, outermost first.
    pub(super) fn path(&self, heading: Option<usize>) -> Vec<&str> {
        let mut path: Vec<&str> =
            self.ancestors(heading).map(|at| self.headings[at].text.as_str()).collect();
        path.reverse();
        path
    }

    /// The heading and those over it, innermost first.
    pub(super) fn ancestors(&self, heading: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(heading, |at| self.headings[*at].parent)
    }

    /// The words of a block; an item's with those of the items inside it, line by line.
    pub(super) fn full_text(&self, at: usize) -> Cow<'_, str> {
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

    /// Whether there are fewer characters of words than a page has, counted no further than that.
    pub(super) fn is_shorter_than(&self, limit: usize) -> bool {
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

/// Whether a heading announces the page's own list of contents.
fn is_contents(heading: &str) -> bool {
    const WORDS: [&str; 5] =
        ["on this page", "sur cette page", "contents", "table of contents", "table des matières"];
    is_named(heading, &WORDS)
}

/// Whether a heading says one of these words and nothing more, but for a colon.
pub(super) fn is_named(heading: &str, names: &[&str]) -> bool {
    let heading = heading.trim_end_matches(':').trim_end();
    names.iter().any(|name| heading.eq_ignore_ascii_case(name))
}

/// How many tables inside a table, and definition lists inside one, are read as such. Each holds the
/// words of all that are inside it, so without a bound the words of a page multiply.
const INNER: usize = 4;

fn tables_over(table: ElementRef<'_>) -> usize {
    table.ancestors().filter_map(ElementRef::wrap).filter(|e| e.value().name() == "table").count()
}

/// Adds a line to a text.
pub(super) fn push_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Whether a `summary` is that of the `details` it stands in: its first.
fn heads_details(summary: ElementRef<'_>) -> bool {
    let is = |element: &ElementRef<'_>, name| element.value().name() == name;
    let details = summary.parent().and_then(ElementRef::wrap).filter(|e| is(e, "details"));
    let first = details.and_then(|d| d.child_elements().find(|e| is(e, "summary")));
    first.is_some_and(|first| first == summary)
}

/// The number a list begins with, if its items are printed with numbers.
fn first_number(list: ElementRef<'_>) -> Option<u32> {
    let is_numbered = list.value().name.local == local_name!("ol")
        && attribute(list, &local_name!("type")).is_none_or(|kind| kind == "1");
    is_numbered.then(|| integer(list, &local_name!("start")).unwrap_or(1))
}

/// The walk: where it is, and what it has gathered.
#[derive(Default)]
struct Walk {
    outline: Outline,
    /// The headings in force: level (0 for a summary, which only its `details` ends) and number.
    open: Vec<(u8, usize)>,
    /// The words gathered since the last block ended.
    words: String,
    /// The list items in force.
    items: Vec<Item>,
    /// The lists in force: the number of the next item, if they are numbered.
    lists: Vec<Option<u32>>,
    /// The definition lists in force.
    definitions: Vec<Definitions>,
    /// How many of them there were.
    defined: usize,
}

/// A list item that the walk is in.
struct Item {
    /// How many lists deep.
    depth: usize,
    number: Option<u32>,
    /// Its block, once it has words.
    block: Option<usize>,
}

/// How many labels of a definition list may share what stands after them.
const SHARED: usize = 8;

/// A definition list that the walk is in.
#[derive(Default)]
struct Definitions {
    /// Which list of the page it is.
    number: usize,
    /// Its labels so far.
    terms: Vec<Term>,
    /// How many of them stood before the last group.
    settled: usize,
    /// Whether the group has words already: the next label begins another.
    has_words: bool,
    /// What is gathered now, if it is in a `dt` or a `dd`.
    gathered: Option<String>,
}

impl Walk {
    fn heading(&self) -> Option<usize> {
        self.open.last().map(|(_, heading)| *heading)
    }

    fn children(&mut self, node: NodeRef<'_, Node>) {
        for child in node.children() {
            match child.value() {
                Node::Text(words) => text::append(words, &mut self.words),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        match Tag::of(element) {
            Tag::Chrome | Tag::Button => {}
            Tag::Heading(level) => self.begin_heading(level, &text_of(element)),
            Tag::Break => text::end_line(&mut self.words),
            Tag::Superscript => superscript(element, &mut self.words),
            Tag::Table => self.table(element),
            Tag::Summary if heads_details(element) => self.begin_heading(0, &text_of(element)),
            Tag::Section => self.section(element),
            Tag::List => {
                self.flush();
                self.lists.push(first_number(element));
                self.children(*element);
                self.flush();
                self.lists.pop();
            }
            Tag::Item => {
                self.flush();
                let item = self.item(element);
                self.items.push(item);
                self.children(*element);
                self.flush();
                self.items.pop();
            }
            Tag::Definitions => self.definitions(element),
            Tag::Label => self.definition(true, element),
            Tag::Definition => self.definition(false, element),
            Tag::Block | Tag::Summary => {
                self.flush();
                self.children(*element);
                self.flush();
            }
            Tag::Inline => self.children(*element),
        }
    }

    fn item(&mut self, element: ElementRef<'_>) -> Item {
        let depth = self.lists.len().max(1);
        let number = self.lists.last_mut().and_then(|next| {
            let number =
                integer(element, &local_name!("value")).or(*next).filter(|_| next.is_some())?;
            *next = number.checked_add(1);
            Some(number)
        });
        Item { depth, number, block: None }
    }

    /// A heading ends those of its level and deeper, but never the `details` it stands in.
    fn begin_heading(&mut self, level: u8, text: &str) {
        self.flush();
        let text = text.replace('\n', " ");
        if text.is_empty() {
            return;
        }
        self.gather(&text);
        if level > 0 {
            while self.open.last().is_some_and(|(open, _)| *open >= level) {
                self.open.pop();
            }
        }
        let heading = Heading { text, parent: self.heading(), at: self.outline.blocks.len() };
        self.outline.headings.push(heading);
        self.open.push((level, self.outline.headings.len() - 1));
    }

    /// Headings begun inside end with the section, unless the section held nothing but them.
    fn section(&mut self, element: ElementRef<'_>) {
        self.flush();
        let (outer, blocks) = (self.open.clone(), self.outline.blocks.len());
        self.children(*element);
        self.flush();
        let held_content = self.outline.blocks.len() > blocks;
        if element.value().name() == "details" || held_content {
            self.open = outer;
        }
    }

    fn definitions(&mut self, element: ElementRef<'_>) {
        self.flush();
        self.defined += 1;
        self.definitions.push(Definitions { number: self.defined, ..Definitions::default() });
        self.children(*element);
        self.flush();
        let done = self.definitions.pop().unwrap_or_default();
        self.outline.terms.extend(done.terms.into_iter().filter(|term| !term.words.is_empty()));
    }

    /// A label or the words it stands before: blocks, and kept beside them as what they are.
    fn definition(&mut self, is_label: bool, element: ElementRef<'_>) {
        self.flush();
        let (heading, at) = (self.heading(), self.outline.blocks.len());
        let depth = self.definitions.len();
        if let Some(list) = self.definitions.last_mut().filter(|_| depth <= INNER) {
            list.gathered = Some(String::new());
        }
        self.children(*element);
        self.flush();
        let Some(list) = self.definitions.last_mut() else { return };
        let words = list.gathered.take().unwrap_or_default();
        if words.is_empty() {
            return;
        }
        if is_label {
            if list.has_words {
                (list.settled, list.has_words) = (list.terms.len(), false);
            }
            let term = Term { label: words, words: String::new(), heading, at, list: list.number };
            list.terms.push(term);
        } else {
            list.has_words = true;
            for term in list.terms[list.settled..].iter_mut().take(SHARED) {
                push_line(&mut term.words, &words);
            }
        }
    }

    /// Words of a block are words of the labels and values it stands in.
    fn gather(&mut self, words: &str) {
        for gathered in self.definitions.iter_mut().filter_map(|list| list.gathered.as_mut()) {
            push_line(gathered, words);
        }
    }

    /// A list of contents covers its items alone: what follows it stands where it stood before.
    fn leave_contents(&mut self) {
        let is_contents = |heading: usize| is_contents(&self.outline.headings[heading].text);
        if self.open.last().is_some_and(|(level, heading)| *level > 0 && is_contents(*heading)) {
            self.open.pop();
        }
    }

    fn table(&mut self, element: ElementRef<'_>) {
        self.flush();
        self.leave_contents();
        self.outline.tables.push(Grid::form(element));
        let kind = Kind::Table(self.outline.tables.len() - 1);
        self.outline.blocks.push(Block { heading: self.heading(), kind });
        let is_table = |e: &ElementRef<'_>| e.value().name() == "table";
        let inner = element.descendent_elements().skip(1).filter(is_table);
        for inner in inner.filter(|table| tables_over(*table) <= INNER) {
            self.outline.tables.push(Grid::form(inner));
            let kind = Kind::Table(self.outline.tables.len() - 1);
            self.outline.blocks.push(Block { heading: self.heading(), kind });
        }
    }

    /// Ends the block the gathered words make.
    fn flush(&mut self) {
        text::end_line(&mut self.words);
        self.words.truncate(self.words.trim_end_matches('\n').len());
        if self.words.is_empty() {
            return;
        }
        // A copy is as long as it must be; the room for what is gathered stays.
        let words = self.words.clone();
        self.words.clear();
        self.gather(&words);
        if self.items.is_empty() {
            self.leave_contents();
        }
        let heading = self.heading();
        match self.items.last_mut() {
            None => self.outline.blocks.push(Block { heading, kind: Kind::Paragraph(words) }),
            Some(Item { depth, number, block }) => match *block {
                // A step may have headings of its own: what stands under each is by itself.
                Some(at) if self.outline.blocks[at].heading == heading => {
                    if let Kind::Item { text, .. } = &mut self.outline.blocks[at].kind {
                        push_line(text, &words);
                    }
                }
                Some(_) | None => {
                    *block = Some(self.outline.blocks.len());
                    let kind = Kind::Item { text: words, depth: *depth, number: *number };
                    self.outline.blocks.push(Block { heading, kind });
                }
            },
        }
    }
}

#[cfg(test)]
impl Outline {
    /// Outlines a page that is written in a test.
    pub(super) fn of_page(page: &str) -> Self {
        let html = scraper::Html::parse_document(page);
        Self::of(super::survey::Survey::of(&html).unwrap().content)
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
    fn a_summary_heads_its_details_and_nothing_after() {
        check(
            "<h2>B</h2><details><summary>S</summary><h4>In</h4><p>x</details><p>y",
            &["[B > S > In] p x", "[B] p y"],
        );
    }

    #[test]
    fn a_dialog_does_not_take_over_what_follows() {
        check(
            "<h2>B</h2><section><header><h2>Note</h2></header><p>n</section><table><tr><td>t</table>",
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
    fn menus_scripts_and_stamps_are_no_content() {
        check(
            "<nav><p>menu</nav><main>x<script>1</script><div class='pagedetails y'>2026</div>\
             <p><time property=dateModified>2026-01-01</time></main><footer>f</footer>",
            &["[] p x"],
        );
    }
}
