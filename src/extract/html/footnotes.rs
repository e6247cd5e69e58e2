//! Footnotes, joined to the rows whose words carry their marks.
//!
//! A mark is `*`, `†` or `‡`, a number or letter in brackets (as `<sup>1</sup>` is written), or a
//! superscript digit. Its footnote may be anywhere on the page: in the row itself, in a line that begins
//! with the mark, in a row of one cell under its table, in the list of footnotes that canada.ca puts under
//! its pages, in a numbered list with a heading such as "Footnotes", or one whose items link back. Of
//! several footnotes with one mark, it is the nearest below, else the last above.
//!
//! The row gets a cell `footnotes`, one line for each, and the marks are removed from its words: so a
//! footnote with new words is a change of the rows it qualifies, and a footnote with a new mark is no
//! change.

use std::collections::HashMap;

use super::marks::{Piece, is_mark, is_star, may_have_marks, pieces};
use super::outline::{Block, Kind, Outline, is_named};
use crate::extract::matches::Match;
use crate::model::text;

/// Headings of a list of footnotes.
const HEADED: [&str; 4] = ["footnotes", "notes", "endnotes", "notes de bas de page"];

/// The longest footnote, in characters: every row with its mark copies it.
const LONGEST: usize = 2_000;

/// The most footnotes of a row.
const OF_ROW: usize = 16;

/// The most bytes of footnotes for all rows together. No real page comes near.
const OF_PAGE: usize = 4 << 20;

/// The footnotes of a page: for each mark, its blocks in order, and their words.
#[derive(Default)]
pub(crate) struct Notes(HashMap<String, Vec<(usize, String)>>);

impl Notes {
    /// Joins the footnotes to the matches that carry their marks in one of the cells.
    pub(crate) fn join<'a>(&self, cells: &'a [String], matches: &mut [Match<'a>]) {
        let mut size = 0;
        for matched in matches {
            let footnotes = self.joined(matched, cells).join("\n");
            size += footnotes.len();
            if size > OF_PAGE {
                break;
            }
            if !footnotes.is_empty() {
                matched.set("footnotes", footnotes);
            }
        }
    }

    /// The footnotes of a page.
    pub(crate) fn of(outline: &Outline) -> Self {
        let mut notes = Self::default();
        for term in &outline.terms {
            if let Some(mark) = listed(&term.label) {
                notes.add(mark, term.at, &entry(&term.words));
            }
        }
        for (at, block) in outline.blocks.iter().enumerate() {
            match &block.kind {
                Kind::Paragraph(words) => {
                    let full = with_items(words, &outline.blocks[at + 1..]);
                    notes.add_lines(at, full.as_deref().unwrap_or(words));
                }
                // A row of one cell under the others. A row of several has marks, not footnotes.
                Kind::Table(table) => {
                    let grid = &outline.tables[*table];
                    let rows = (0..grid.rows()).filter(|_| grid.columns() > 1);
                    rows.filter_map(|row| grid.only_text(row))
                        .for_each(|words| notes.add_lines(at, words));
                }
                // An item that begins with a mark carries it: "* Registered nurses".
                Kind::Item { text, number, .. } => {
                    let Some(number) = number else { continue };
                    let heading = block.heading.map(|at| outline.headings[at].text.as_str());
                    if heading.is_some_and(|heading| is_named(heading, &HEADED)) || links_back(text)
                    {
                        notes.add(&number.to_string(), at, &entry(text));
                    }
                }
            }
        }
        notes.0.values_mut().for_each(|notes| notes.sort_by_key(|(at, _)| *at));
        notes
    }

    fn add(&mut self, mark: &str, at: usize, words: &str) {
        if !words.is_empty() {
            let words = text::excerpt(words, LONGEST);
            self.0.entry(mark.to_owned()).or_default().push((at, words));
        }
    }

    fn add_lines(&mut self, at: usize, words: &str) {
        if !may_have_marks(words) {
            return;
        }
        for (mark, note) in pieces(words, false).iter().filter_map(Piece::note) {
            self.add(mark, at, &note);
        }
    }

    /// The footnote for a mark in a block.
    fn near(&self, mark: &str, at: usize) -> Option<&str> {
        let notes = self.0.get(mark)?;
        let below = notes.partition_point(|(block, _)| *block < at);
        notes.get(below).or(notes.last()).map(|(_, words)| words.as_str())
    }

    /// Removes the marks with a footnote from a match's cells, and returns their footnotes.
    fn joined<'a>(&self, matched: &mut Match<'a>, cells: &'a [String]) -> Vec<String> {
        let text = |cell| matched.get(cell).filter(|text| may_have_marks(text)).map(str::to_owned);
        let texts: Vec<(&'a String, String)> =
            cells.iter().filter_map(|cell| Some((cell, text(cell)?))).collect();
        let pieces: Vec<Vec<Piece<'_>>> =
            texts.iter().map(|(_, text)| pieces(text, true)).collect();
        let own: Vec<(&str, String)> =
            pieces.iter().flatten().filter_map(Piece::note).take(OF_ROW).collect();
        let mut joined: Vec<String> = Vec::new();
        let mut join = |note: &str| {
            if joined.len() < OF_ROW && joined.iter().all(|known| known != note) {
                joined.push(note.to_owned());
            }
        };
        for ((cell, _), pieces) in texts.iter().zip(&pieces) {
            if let [Piece::Words(_)] = pieces.as_slice() {
                continue;
            }
            let mut kept = String::new();
            for piece in pieces {
                match piece {
                    Piece::Words(words) => kept.push_str(words),
                    Piece::Note(..) => {}
                    Piece::Mark(mark, printed) => {
                        let here = own.iter().find(|(known, _)| *known == mark);
                        let note = here.map(|(_, note)| note.as_str());
                        match note.or_else(|| self.near(mark, matched.at)) {
                            Some(note) => join(note),
                            None => kept.push_str(printed),
                        }
                    }
                }
            }
            let lines: Vec<&str> = kept.split('\n').map(str::trim).collect();
            matched.replace(cell.as_str(), lines.join("\n").trim_matches('\n').to_owned());
        }
        // A footnote in the match qualifies it, wherever its mark is.
        own.iter().for_each(|(_, note)| join(note));
        joined
    }
}

/// The mark of an entry in a list of footnotes: `Footnote 1`, `Note de bas de page *`.
fn listed(label: &str) -> Option<&str> {
    let words = ["Footnote", "Note de bas de page", "Note"];
    let mark = words.iter().find_map(|word| label.strip_prefix(word)).unwrap_or(label).trim();
    let mark = mark.trim_start_matches(['[', '(']).trim_end_matches([']', ')', '.', ':']);
    is_mark(mark).then_some(mark)
}

/// Whether a footnote ends with an arrow back to its mark.
fn links_back(words: &str) -> bool {
    words.trim_end().ends_with(is_arrow)
}

fn is_arrow(c: char) -> bool {
    // An arrow may be followed by a selector for text or emoji style.
    matches!(c, '↩' | '↑' | '⏎' | '\u{fe0e}' | '\u{fe0f}')
}

/// The words of an entry in a list of footnotes, without the link back to the mark.
fn entry(words: &str) -> String {
    let is_link = |line: &str| {
        listed(line).is_some() || line.starts_with("Return to") || line.starts_with("Retour à")
    };
    let words = match words.rsplit_once('\n') {
        Some((words, last)) if is_link(last) => words,
        _ => words,
    };
    words.trim_end_matches(|c| is_arrow(c) || c.is_whitespace()).replace('\n', " ")
}

/// Joins a footnote that ends with a colon with the list after it.
fn with_items(words: &str, after: &[Block]) -> Option<String> {
    if !words.ends_with(':') || !words.starts_with(|c| is_star(c) || c == '[') {
        return None;
    }
    let items = after.iter().map_while(|block| match &block.kind {
        Kind::Item { text, .. } => Some(text.as_str()),
        Kind::Paragraph(_) | Kind::Table(_) => None,
    });
    Some(std::iter::once(words).chain(items).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, cell: &str, left: &str, footnotes: &[&str]) {
        let outline = Outline::of_page(page);
        let (mut matched, cells) = (Match::default(), ["cell".to_owned()]);
        matched.set("cell", cell);
        let joined = Notes::of(&outline).joined(&mut matched, &cells);
        assert_eq!(matched.get("cell"), Some(left), "{cell}");
        assert_eq!(joined, footnotes, "{cell}");
    }

    #[test]
    fn a_mark_finds_its_footnote_wherever_it_stands() {
        check(
            "<p>* ITA by <b>3</b> years",
            "Health (NOC 42202) *",
            "Health (NOC 42202)",
            &["ITA by 3 years"],
        );
        check(
            "<p>**Not all.<br>*At least 3",
            "Drivers*, cooks**",
            "Drivers, cooks",
            &["At least 3", "Not all."],
        );
        check(
            "<p><sup>2 </sup>Must be on the registry",
            "Aides[2] and cooks",
            "Aides and cooks",
            &["Must be on the registry"],
        );
        check("<p>¹ Before May", "Fee¹", "Fee", &["Before May"]);
        check(
            "<table><tr><td>† a<td>b<tr><td colspan=2>† In Canada</table>",
            "60†",
            "60",
            &["In Canada"],
        );
        check(
            "",
            "Producer **The position needs 3 years",
            "Producer",
            &["The position needs 3 years"],
        );
        check("", "Cook*\nBaker\n*Needs\n3 years", "Cook\nBaker", &["Needs 3 years"]);
        check(
            "<p>*Under:<ol><li>NAICS 11<li>NAICS 3253</ol>",
            "a*",
            "a",
            &["Under: NAICS 11 NAICS 3253"],
        );
    }

    #[test]
    fn the_list_of_footnotes_of_canada_ca_is_read() {
        let list = "<aside class='wb-fnote'><h2 id='fn'>Footnotes</h2><dl><dt>Footnote 1</dt>\
            <dd id='fn1'><p>All programs.</p><p class='fn-rtn'><a href='#fn1-rf'>\
            <span class='wb-inv'>Return to footnote </span>1<span class='wb-inv'> referrer</span></a></p></dd>\
            <dt>Note de bas de page *</dt><dd><p>Les 3 ans.</p></dd></dl></aside>";
        check(list, "2,000[1]", "2,000", &["All programs."]);
        check(list, "récente[*]", "récente", &["Les 3 ans."]);
    }

    #[test]
    fn a_numbered_list_is_of_footnotes_if_it_says_so() {
        let list = |head: &str, back: &str| {
            format!("{head}<ol><li id=fn1>Since May.{back}<li>In Canada,<br>too.{back}</ol>")
        };
        let back = " <a href='#r'>\u{21a9}\u{fe0e}</a>";
        let notes = ["Since May.", "In Canada, too."];
        check(&list("<h2>Footnotes:</h2>", ""), "Cook[1][2]", "Cook", &notes);
        check(&list("<h3>Notes de bas de page</h3>", back), "Cook[2]", "Cook", &notes[1..]);
        check(&list("", back), "Cook[1]", "Cook", &notes[..1]);
        check(&list("<h2>How to apply</h2>", ""), "Cook[1]", "Cook[1]", &[]);
        check("<h2>Notes</h2><ul><li>Since May.</ul>", "Cook[1]", "Cook[1]", &[]);
    }

    #[test]
    fn of_two_footnotes_with_one_mark_the_nearest_below_is_meant() {
        let outline = Outline::of_page("<p>* one<p>a<p>* two<p>b");
        let notes = Notes::of(&outline);
        let near = |at| notes.near("*", at).unwrap_or_default();
        assert_eq!([near(0), near(1), near(2), near(3)], ["one", "two", "two", "two"]);
    }

    #[test]
    fn what_refers_to_nothing_stays() {
        for cell in ["60*", "2 * 3", "[CLB] 7", "m²", "a[1", "*****", "*", "[]", "§ 4"] {
            check("<p>Nothing here", cell, cell, &[]);
        }
        check("<p>* Note<p>[CLB] Benchmark", "2 * 3 [CLB]", "2 * 3 [CLB]", &[]);
    }
}
