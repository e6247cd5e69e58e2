//! New structure on a page that nothing reads: sections, tables, lists of codes, items of lists that are read, links.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::document::Document;
use super::html::outline::{Kind, Outline};
use super::remainder::{EXTRACT, LINKS, Line, has_words};
use crate::model::{
    FactSet, Facts, RecordKey, Unread, Value,
    meaning::bare,
    text,
    words::{CELL, Phrases, TAKEN, of_line, words},
};

/// The most unread things that are named.
pub(super) const NAMED: usize = 20;

/// The most words of a line that may be the title of what follows it.
pub(super) const TITLE: usize = 12;

/// What a link to a page in its other language says.
const LANGUAGES: [&str; 2] = ["english", "francais"];

/// Finds what is new on a page by its structure.
pub(super) struct Structure<'a> {
    pub(super) outline: &'a Outline,
    pub(super) lines: &'a [Line],
    /// The lines that are not about the page's subject.
    pub(super) noise: &'a [String],
    pub(super) known: &'a Facts,
    pub(super) before: &'a FactSet,
}

impl Structure<'_> {
    pub(super) fn unread(&self, document: &Document<'_>) -> Vec<Unread> {
        let phrases = LazyCell::new(|| Phrases::of(self.known));
        let known = self.known_lines();
        let is_new = |line: &Line| {
            let marked = line.marked();
            has_words(&line.left())
                && !known.contains(&outside_marks(&marked))
                && !phrases.say_line(&of_line(&marked))
        };
        let is_new: Vec<bool> = self.lines.iter().map(is_new).collect();
        // A cell that is known from a sentence alone was in no row.
        let is_new_row = |row: &[usize]| {
            let marked: Vec<String> = row.iter().map(|n| self.lines[*n].marked()).collect();
            let is_label = |cell: &&String| cell.contains(char::is_alphabetic);
            let mut labels = marked.iter().filter(is_label);
            labels.any(|cell| !known.contains(&outside_marks(cell)))
                && !phrases.say_line(&of_line(&marked.join(CELL)))
        };
        let mut unread = self.sections(&is_new);
        self.blocks(&is_new, &is_new_row, &mut unread);
        self.items(&|line| phrases.say_line(&of_line(&line.marked())), &mut unread);
        self.links(document, &|said| phrases.say(&words(said)), &mut unread);
        unread.truncate(NAMED);
        unread
    }

    /// The lines and cells of the previous page, without the words that were read.
    fn known_lines(&self) -> HashSet<String> {
        let fields = self.before.records.values().flat_map(|record| &record.fields);
        let lines = fields.flat_map(|(_, value)| value.clauses());
        lines.flat_map(|line| line.split(CELL)).map(outside_marks).collect()
    }

    /// New headings, with new words under them that nothing reads.
    fn sections(&self, is_new: &[bool]) -> Vec<Unread> {
        let mut sections = Vec::new();
        for (n, line) in self.lines.iter().enumerate() {
            if !line.is_heading || !is_new[n] {
                continue;
            }
            let of = |other: &Line| !other.is_heading && other.heading == line.heading;
            let under: Vec<usize> =
                (0..self.lines.len()).filter(|other| of(&self.lines[*other])).collect();
            let is_read = under.iter().any(|other| self.lines[*other].facts > 0);
            let has_news = under.iter().any(|other| is_new[*other]);
            if !is_read && has_news {
                let above = line.heading.and_then(|heading| self.outline.headings[heading].parent);
                sections.push(Unread {
                    what: "section".to_owned(),
                    under: self.name(above),
                    text: self.extract(std::iter::once(n).chain(under)),
                });
            }
        }
        sections
    }

    /// New tables that nothing reads, and new lines with codes in them.
    fn blocks(
        &self,
        is_new: &[bool],
        is_new_row: &dyn Fn(&[usize]) -> bool,
        unread: &mut Vec<Unread>,
    ) {
        let mut by_block: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, line) in self.lines.iter().enumerate().filter(|(_, line)| !line.is_heading) {
            by_block.entry(line.at).or_default().push(n);
        }
        // A table of one row, all of whose cells stand in tables that are read, has a header and no rows yet.
        let read: HashSet<&str> = by_block
            .values()
            .filter(|lines| lines.iter().any(|n| self.lines[*n].facts > 0))
            .flatten()
            .filter(|n| self.lines[**n].is_cell)
            .map(|n| self.lines[*n].text.as_str())
            .collect();
        let has_read = |n: &usize| read.contains(self.lines[*n].text.as_str());
        let is_empty = |rows: &[&[usize]]| matches!(rows, [row] if row.iter().all(has_read));
        let mut codes: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for lines in by_block.into_values() {
            let first = &self.lines[lines[0]];
            let is_read = lines.iter().any(|n| self.lines[*n].facts + self.lines[*n].clauses > 0);
            let new: Vec<usize> = lines.iter().copied().filter(|n| is_new[*n]).collect();
            if is_read || new.is_empty() || self.is_told(first.heading, unread) {
                continue;
            }
            let rows: Vec<&[usize]> =
                lines.chunk_by(|a, b| self.lines[*a].row == self.lines[*b].row).collect();
            // Rows of figures have no words of their own: those over them may be new.
            let is_named_anew = self.is_named_anew(&lines, is_new);
            let has_news = |row: &&&[usize]| {
                is_new_row(row) || is_named_anew && row.iter().any(|n| is_new[*n])
            };
            let of_new = rows.iter().filter(has_news).count();
            let is_table = lines.iter().any(|n| self.lines[*n].is_cell) && !is_empty(&rows);
            if is_table && of_new * 2 > rows.len() {
                let (under, text) = (self.name(first.heading), self.extract(lines.into_iter()));
                unread.push(Unread { what: "table".to_owned(), under, text });
            } else if new.iter().any(|n| has_code(&self.lines[*n].left())) {
                codes.entry(first.heading).or_default().extend(new);
            }
        }
        for (heading, lines) in codes {
            let (under, text) = (self.name(heading), self.extract(lines.into_iter()));
            unread.push(Unread { what: "codes".to_owned(), under, text });
        }
    }

    /// New items of lists most of whose items are read. A few words may stand elsewhere on the page too, so they are
    /// counted; more stand for themselves.
    fn items(&self, phrases: &dyn Fn(&Line) -> bool, unread: &mut Vec<Unread>) {
        let is_left = |line: &&Line| line.facts + line.clauses == 0;
        let before = LazyCell::new(|| {
            let fields = self.before.records.values().flat_map(|record| &record.fields);
            counted(fields.flat_map(|(_, value)| value.clauses()).flat_map(|line| line.split(CELL)))
        });
        let now = LazyCell::new(|| {
            counted(self.lines.iter().filter(is_left).map(|line| line.text.as_str()))
        });
        let known = LazyCell::new(|| {
            let records = self.known.values().flat_map(|set| set.records.values());
            counted(records.map(|record| record.evidence.quote.as_str()))
        });
        let depth = |line: &Line| match self.outline.blocks.get(line.at)?.kind {
            Kind::Item { depth, .. } if !line.is_heading => Some(depth),
            _ => None,
        };
        let is_one = |a: &Line, b: &Line| {
            a.heading == b.heading && a.at.abs_diff(b.at) <= 1 && depth(a) == depth(b)
        };
        for list in self.lines.chunk_by(is_one).filter(|list| depth(&list[0]).is_some()) {
            let read = list.iter().filter(|line| line.facts > 0 && !has_words(&line.left()));
            if read.count() * 2 <= list.len() {
                continue;
            }
            for line in list.iter().filter(is_left) {
                let said = bare(&line.text);
                let is_new = || match line.size {
                    ..=TITLE => now.get(&said) > before.get(&said) && !known.contains_key(&said),
                    _ => !phrases(line),
                };
                let is_told = || unread.iter().any(|told| told.text.contains(&line.text));
                if is_new() && !is_told() {
                    let (what, under) = ("item".to_owned(), self.name(line.heading));
                    unread.push(Unread { what, under, text: text::excerpt(&line.text, EXTRACT) });
                }
            }
        }
    }

    /// Whether the caption of a table is new, or the few words just before it.
    fn is_named_anew(&self, lines: &[usize], is_new: &[bool]) -> bool {
        let first = &self.lines[lines[0]];
        let before = lines[0].checked_sub(1).filter(|_| first.is_cell);
        let over = before.or((!first.is_cell).then_some(lines[0])).filter(|n| is_new[*n]);
        over.map(|n| &self.lines[n]).is_some_and(|line| {
            let has_figure = line.text.contains(|c: char| c.is_ascii_digit());
            !line.is_heading && line.heading == first.heading && line.size <= TITLE && !has_figure
        })
    }

    /// Whether the words under a heading were already reported as a section.
    fn is_told(&self, heading: Option<usize>, unread: &[Unread]) -> bool {
        let name = self.name(heading);
        unread.iter().any(|told| told.what == "section" && told.text.starts_with(&name))
            && heading.is_some()
    }

    fn links(
        &self,
        document: &Document<'_>,
        is_known: &dyn Fn(&str) -> bool,
        unread: &mut Vec<Unread>,
    ) {
        let record = RecordKey::parse(LINKS).ok().and_then(|key| self.before.records.get(&key));
        let Some(record) = record else { return };
        let known: HashSet<&str> =
            record.fields.values().flat_map(Value::clauses).map(String::as_str).collect();
        // The link of a post is its title, which may be read: a draw, a notice.
        let of_what_is_read = |said: &str| {
            let mut lines = self.lines.iter().filter(|line| line.facts > 0);
            lines.any(|line| line.text == said)
        };
        for (said, path) in document.links() {
            // In its other language a page says what it says in this one.
            let is_language = || LANGUAGES.contains(&text::slug(said).as_str());
            let is_new = !known.contains(path.as_str())
                && !is_language()
                && !is_known(said)
                && !of_what_is_read(said)
                && !self.noise.contains(said);
            if is_new && unread.iter().all(|told| !told.text.contains(said.as_str())) {
                let text = format!("{said}: {path}");
                unread.push(Unread { what: "link".to_owned(), under: String::new(), text });
            }
        }
    }

    fn name(&self, heading: Option<usize>) -> String {
        heading.map_or_else(String::new, |at| text::excerpt(&self.outline.headings[at].text, 120))
    }

    fn extract(&self, lines: impl Iterator<Item = usize>) -> String {
        let words: Vec<&str> = lines.take(40).map(|n| self.lines[n].text.as_str()).collect();
        text::excerpt(&words.join(" | "), EXTRACT)
    }
}

/// How often texts are said, by what they mean.
fn counted<'t>(texts: impl Iterator<Item = &'t str>) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    texts.for_each(|text| *times.entry(bare(text)).or_default() += 1);
    times
}

/// A line with nothing between the marks of the words that are read: other values make no other line.
fn outside_marks(marked: &str) -> String {
    let [open, close] = TAKEN;
    let mut parts = marked.split(open);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push(open);
        left.push_str(part.split_once(close).map_or(part, |(_, after)| after));
    }
    left
}

/// Whether a line contains an occupation code.
fn has_code(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_between_the_marks_make_no_other_line() {
        let line = outside_marks("A fee of ⟦$1,000⟧ for ⟦each⟧ person");
        assert_eq!(line, outside_marks("A fee of ⟦$1,100⟧ for ⟦every⟧ person"));
        assert_ne!(line, outside_marks("A fee of ⟦$1,000⟧ for each person"));
        assert_ne!(line, outside_marks("A fee of ⟦$1,000⟧ for ⟦each⟧ worker"));
        assert_eq!(outside_marks("no marks"), "no marks");
    }
}
