//! The walk over a parsed page that builds its outline.

use ego_tree::NodeRef;
use html5ever::local_name;
use scraper::{ElementRef, Node};

use super::chrome;
use super::content::{Tag, attribute, integer, superscript, text_of};
use super::design;
use super::grid::Grid;
use super::listed::{is_bullet, layout, unlisted};
use super::marks::unmarked;
use super::outline::{
    Block, Heading, Kind, Outline, Term, is_named, leads_a_dated_list, push_line,
};
use super::panel::{self, Panel};
use crate::extract::page::bounds::{LINES, NESTED, PLACES, WORDS, more_than};
use crate::extract::recipe::PageWords;
use crate::model::{Breakage, text};

/// How many levels of tables inside tables, and of definition lists inside each other, are read as such.
/// Each contains the words of all inside it, so without a bound the words of a page multiply.
const INNER: usize = 4;

fn tables_over(table: ElementRef<'_>) -> usize {
    table.ancestors().filter_map(ElementRef::wrap).filter(|e| e.value().name() == "table").count()
}

/// Whether a `summary` is the first of the `details` it is in, and so its heading.
fn heads_details(summary: ElementRef<'_>) -> bool {
    let is = |element: &ElementRef<'_>, name| element.value().name() == name;
    let details = summary.parent().and_then(ElementRef::wrap).filter(|e| is(e, "details"));
    let first = details.and_then(|d| d.child_elements().find(|e| is(e, "summary")));
    first.is_some_and(|first| first == summary)
}

fn is_struck(node: Option<NodeRef<'_, Node>>) -> bool {
    node.and_then(ElementRef::wrap).is_some_and(|element| matches!(Tag::of(element), Tag::Struck))
}

/// Whether nothing is printed between a line break and one before it.
fn follows_a_break(element: ElementRef<'_>) -> bool {
    let is_blank = |node: &NodeRef<'_, Node>| match node.value() {
        Node::Text(words) => words.chars().all(char::is_whitespace),
        Node::Comment(_) => true,
        _ => false,
    };
    let before = element.prev_siblings().find(|node| !is_blank(node)).and_then(ElementRef::wrap);
    before.is_some_and(|before| matches!(Tag::of(before), Tag::Break))
}

/// The first number of a list, if its items are printed with numbers.
fn first_number(list: ElementRef<'_>) -> Option<u32> {
    let is_numbered = list.value().name.local == local_name!("ol")
        && attribute(list, &local_name!("type")).is_none_or(|kind| kind == "1");
    is_numbered.then(|| integer(list, &local_name!("start")).unwrap_or(1))
}

/// The longest line in bold that may be a heading, in bytes.
const BOLD: usize = 200;

/// How many characters of struck-out words to keep.
const STRUCK: usize = 100;

/// The walk: its position, and the outline so far.
pub(super) struct Walk<'a> {
    /// The words of the publisher's pages that are not content.
    page: &'a PageWords,
    outline: Outline,
    /// The open headings: level (0 for a summary, which only its `details` ends) and number.
    open: Vec<(u8, usize)>,
    /// The words gathered since the last block ended.
    words: String,
    /// How many elements in bold the walk is in.
    in_bold: usize,
    /// Whether some of the words gathered are not in bold.
    is_plain: bool,
    /// The open list items.
    items: Vec<Item>,
    /// The open lists: the number of the next item, if they are numbered.
    lists: Vec<Option<u32>>,
    /// The open definition lists.
    definitions: Vec<Definitions>,
    /// How many definition lists there were.
    defined: usize,
    /// Elements further on that buttons open, and the words of those buttons.
    panels: Vec<(Panel, String)>,
    /// The size of the outline so far.
    spent: Spent,
}

/// The size of an outline so far, and the bound it exceeds, if any.
#[derive(Default)]
struct Spent {
    words: usize,
    nested: usize,
    lines: usize,
    places: usize,
    over: Option<Breakage>,
}

impl Spent {
    /// Counts words that are copied this many times.
    fn words(&mut self, words: &str, times: usize) {
        self.words += words.len() * times;
        self.hold(WORDS, self.words, "bytes of words in tables and lists inside one another");
    }

    /// Counts a block of words; an item is part of every item around it.
    fn block(&mut self, words: &str, depth: usize) {
        self.words(words, 1);
        self.nested += words.len() * depth;
        self.hold(NESTED, self.nested, "bytes of words in lists inside one another");
        self.lines(1 + words.bytes().filter(|b| *b == b'\n').count());
    }

    fn table(&mut self, table: &Grid) {
        self.words += table.all_words().len();
        self.words(&table.caption, 1);
        self.lines(table.rows());
        self.places += table.places();
        let places = if table.is_cut { usize::MAX } else { self.places };
        self.hold(PLACES, places, "places in tables");
    }

    fn lines(&mut self, lines: usize) {
        self.lines += lines;
        self.hold(LINES, self.lines, "lines, items and table rows");
    }

    fn hold(&mut self, limit: usize, came: usize, what: &str) {
        if came > limit && self.over.is_none() {
            self.over = Some(more_than(limit, what));
        }
    }
}

/// A list item that the walk is in.
struct Item {
    /// How many lists deep.
    depth: usize,
    number: Option<u32>,
    /// Its block, once it has words.
    block: Option<usize>,
}

/// The most labels of a definition list that may share the words after them.
const SHARED: usize = 8;

/// A definition list that the walk is in.
#[derive(Default)]
struct Definitions {
    /// The number of the list on the page.
    number: usize,
    /// Its labels so far.
    terms: Vec<Term>,
    /// How many of them came before the last group.
    settled: usize,
    /// Whether the group has words already, so that the next label begins another.
    has_words: bool,
    /// The words of the open `dt` or `dd`, if there is one.
    gathered: Option<String>,
}

impl<'a> Walk<'a> {
    /// Outlines the content of a page.
    ///
    /// # Errors
    /// When it is more than a page may have.
    pub(super) fn over(content: ElementRef<'_>, page: &'a PageWords) -> Result<Outline, Breakage> {
        let mut walk = Self {
            page,
            outline: Outline::default(),
            open: Vec::new(),
            words: String::new(),
            in_bold: 0,
            is_plain: false,
            items: Vec::new(),
            lists: Vec::new(),
            definitions: Vec::new(),
            defined: 0,
            panels: Vec::new(),
            spent: Spent::default(),
        };
        walk.children(*content);
        walk.flush();
        walk.spent.over.map_or(Ok(walk.outline), Err)
    }

    fn heading(&self) -> Option<usize> {
        self.open.last().map(|(_, heading)| *heading)
    }

    fn children(&mut self, node: NodeRef<'_, Node>) {
        for child in node.children() {
            if self.spent.over.is_some() {
                return;
            }
            match child.value() {
                Node::Text(words) => {
                    self.is_plain |= self.in_bold == 0 && words.contains(char::is_alphanumeric);
                    // Of "(old new)" with "old" struck out is left "(new)", without the space.
                    let follows =
                        self.words.ends_with(['(', '[']) && is_struck(child.prev_sibling());
                    let words = if follows { words.trim_start() } else { &**words };
                    text::append(words, &mut self.words);
                }
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
        let Some(opened) = panel::take(&mut self.panels, element) else {
            return self.element_as_it_is(element);
        };
        // The words of the button are the heading of what it opens, and of nothing after.
        self.flush();
        let outer = self.open.clone();
        self.begin_heading(0, &opened);
        self.element_as_it_is(element);
        self.flush();
        self.open = outer;
    }

    fn element_as_it_is(&mut self, element: ElementRef<'_>) {
        match Tag::of(element) {
            Tag::Chrome => {}
            Tag::Button => {
                let panel = panel::of(element).filter(|(_, words)| !self.page.is_chrome(words));
                self.panels.extend(panel);
            }
            Tag::Struck => self.struck(element),
            Tag::Heading(level) => self.begin_heading(level, &text_of(element)),
            // Two breaks separate paragraphs, but items that each begin with a bullet stay one list.
            Tag::Break if follows_a_break(element) && !self.words.split('\n').any(is_bullet) => {
                self.flush();
            }
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
            Tag::Inline => {
                let is_bold =
                    matches!(element.value().name.local, local_name!("b") | local_name!("strong"));
                self.in_bold += usize::from(is_bold);
                chrome::keep_apart(element, &mut self.words);
                self.children(*element);
                self.in_bold -= usize::from(is_bold);
            }
        }
    }

    /// Struck-out words are not part of their block, and are kept beside it.
    fn struck(&mut self, element: ElementRef<'_>) {
        let own: String = element.text().collect();
        let words = text::excerpt(&text::canonical(&own), STRUCK);
        if !words.is_empty() {
            self.outline.struck.push((self.outline.blocks.len(), words));
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

    /// A heading ends open ones of its level and deeper, but never the `details` it is in.
    fn begin_heading(&mut self, level: u8, text: &str) {
        self.flush();
        let text = text.replace('\n', " ");
        // The mark of a footnote names nothing.
        let text = unmarked(&text).unwrap_or(text);
        if text.is_empty() {
            return;
        }
        self.spent.block(&text, 0);
        self.gather(&text);
        if level == 1 {
            self.outline.begins.get_or_insert(self.outline.blocks.len());
        }
        if level > 0 {
            while self.open.last().is_some_and(|(open, _)| *open >= level) {
                self.open.pop();
            }
        }
        let heading = Heading { text, parent: self.heading(), at: self.outline.blocks.len() };
        self.outline.headings.push(heading);
        self.open.push((level, self.outline.headings.len() - 1));
    }

    /// Headings that begin inside end with the section, unless it contains only headings.
    fn section(&mut self, element: ElementRef<'_>) {
        self.flush();
        let (outer, blocks) = (self.open.clone(), self.outline.blocks.len());
        let title = design::title(element);
        if let Some(title) = title {
            self.begin_heading(0, &text::canonical(title));
        }
        self.children(*element);
        self.flush();
        let held_content = self.outline.blocks.len() > blocks;
        if element.value().name() == "details" || title.is_some() || held_content {
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

    /// A label or its words: they are blocks, and are also kept as label and words.
    fn definition(&mut self, is_label: bool, element: ElementRef<'_>) {
        self.flush();
        let (heading, at) = (self.heading(), self.outline.blocks.len());
        let depth = self.definitions.len();
        if let Some(list) = self.definitions.last_mut().filter(|_| depth <= INNER) {
            list.gathered = Some(String::new());
        }
        self.children(*element);
        self.flush();
        // Within an item it is a part of that, and no block of its own.
        let at = at.min(self.outline.blocks.len().saturating_sub(1));
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
            let terms = &mut list.terms[list.settled..];
            self.spent.words(&words, terms.len().min(SHARED));
            for term in terms.iter_mut().take(SHARED).filter(|_| self.spent.over.is_none()) {
                push_line(&mut term.words, &words);
            }
        }
    }

    /// Adds the words of a block to the labels and values around it.
    fn gather(&mut self, words: &str) {
        self.spent.words(words, self.definitions.len().min(INNER));
        for gathered in self.definitions.iter_mut().filter_map(|list| list.gathered.as_mut()) {
            push_line(gathered, words);
        }
    }

    /// A list of contents covers only its items: what follows belongs to the heading before the list.
    fn leave_contents(&mut self) {
        let is_contents = |heading: usize| is_contents(&self.outline.headings[heading].text);
        if self.open.last().is_some_and(|(level, heading)| *level > 0 && is_contents(*heading)) {
            self.open.pop();
        }
    }

    fn table(&mut self, element: ElementRef<'_>) {
        self.flush();
        self.leave_contents();
        if let Some(cells) = layout(element) {
            self.laid_out(&cells);
            return;
        }
        self.grid(element);
        let is_table = |e: &ElementRef<'_>| e.value().name() == "table";
        let inner = element.descendent_elements().skip(1).filter(is_table);
        for inner in inner.filter(|table| tables_over(*table) <= INNER) {
            if self.spent.over.is_some() {
                return;
            }
            self.grid(inner);
        }
    }

    /// The cells of a layout table: one is a frame, several are a list.
    fn laid_out(&mut self, cells: &[ElementRef<'_>]) {
        let is_list = cells.len() > 1;
        if is_list {
            self.lists.push(None);
        }
        for cell in cells {
            if is_list {
                self.items.push(Item { depth: self.lists.len(), number: None, block: None });
            }
            self.children(**cell);
            self.flush();
            if is_list {
                self.items.pop();
            }
        }
        if is_list {
            self.lists.pop();
        }
    }

    fn grid(&mut self, table: ElementRef<'_>) {
        let grid = Grid::form(table);
        self.spent.table(&grid);
        self.outline.tables.push(grid);
        let kind = Kind::Table(self.outline.tables.len() - 1);
        self.outline.blocks.push(Block { heading: self.heading(), kind });
    }

    /// Ends a block in which some lines are items with bullets.
    fn bullets(&mut self) {
        self.leave_contents();
        let lines = std::mem::take(&mut self.words);
        let heading = self.heading();
        for line in lines.split('\n') {
            let is_item = is_bullet(line);
            let words = unlisted(line).to_owned();
            self.spent.block(&words, usize::from(is_item));
            self.gather(&words);
            let kind = if is_item {
                Kind::Item { text: words, depth: 1, number: None }
            } else {
                Kind::Paragraph(words)
            };
            self.outline.blocks.push(Block { heading, kind });
        }
    }

    /// Ends the block made of the gathered words.
    fn flush(&mut self) {
        let is_bold = !std::mem::take(&mut self.is_plain);
        text::end_line(&mut self.words);
        self.words.truncate(self.words.trim_end_matches('\n').len());
        if self.words.is_empty() {
            return;
        }
        if chrome::is_furniture_line(&self.words) || self.page.is_chrome(&self.words) {
            self.words.clear();
            return;
        }
        if self.items.is_empty()
            && self.words.split('\n').filter(|line| is_bullet(line)).count() > 1
        {
            self.bullets();
            return;
        }
        // A copy is only as long as the words; the buffer keeps its room.
        let words = unlisted(&self.words).to_owned();
        self.words.clear();
        self.spent.block(&words, self.items.len());
        self.gather(&words);
        if self.items.is_empty() {
            self.leave_contents();
        }
        let heading = self.heading();
        match self.items.last_mut() {
            None => {
                if is_bold && words.len() <= BOLD && !words.contains('\n') {
                    self.outline.bold.push(self.outline.blocks.len());
                }
                self.outline.blocks.push(Block { heading, kind: Kind::Paragraph(words) });
            }
            Some(Item { depth, number, block }) => match *block {
                // A step may have its own headings: the words under each are a block by themselves. So is a line over
                // another list in it that says from when that holds.
                Some(at)
                    if self.outline.blocks[at].heading == heading
                        && !(at + 1 < self.outline.blocks.len() && leads_a_dated_list(&words)) =>
                {
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

/// Whether a heading announces the page's own list of contents.
fn is_contents(heading: &str) -> bool {
    const WORDS: [&str; 5] =
        ["on this page", "sur cette page", "contents", "table of contents", "table des matières"];
    is_named(heading, &WORDS)
}
