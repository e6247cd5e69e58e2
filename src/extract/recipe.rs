//! A recipe: how to read one source, as data.
//!
//! `catalog` reads these types out of `sources.toml` once, at load, so that every pattern is
//! compiled and every reference proven before the first page comes. A recipe says where facts
//! stand by meaning before markup (the heading above, a table's headers, the words of a
//! sentence) and what type each field has. It holds no line of Rust for any page.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;

use crate::model::{
    Bilingual, DateFields, Expectation, FactKey, FactType, FieldName, Fields, IdFault, Per,
};

pub use super::pattern::{Pattern, Vocabulary};

/// How to read one source.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What the page is.
    pub format: Format,
    /// The fact sets on it. Empty: the main content is watched as clauses.
    pub facts: Vec<FactRecipe>,
    /// SHA-256 of what the operator wrote. A change of it makes the next check a baseline.
    pub hash: String,
}

impl Recipe {
    /// Returns whether it only watches the main content: what a source without a recipe has.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let locators =
            self.facts.iter().flat_map(|fact| &fact.parts).flat_map(|part| &part.locators);
        locators.into_iter().all(|locator| matches!(locator.form, Form::Clauses))
    }
}

/// What kind of document a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// HTML as a browser reads it.
    Html,
    /// JSON (RFC 8259).
    Json,
    /// XML without a document type.
    Xml,
    /// An Atom, RSS or JSON feed.
    Feed,
    /// Comma- or tab-separated values with a header line.
    Csv,
    /// A PDF, read as the text that `convert` makes of it.
    Pdf,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Html, Self::Json, Self::Xml, Self::Feed, Self::Csv, Self::Pdf];

    /// The word for it in `sources.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Feed => "feed",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }
}

/// How to read one fact set, or one family of them (`ee.category.{category}.occupations`).
#[derive(Debug, Clone)]
pub struct FactRecipe {
    /// The key, with cells in braces for a family.
    pub key: Template,
    /// What it is called; words in braces as in the key.
    pub title: Option<Bilingual>,
    /// The type.
    pub kind: FactType,
    /// What a record is keyed by.
    pub record: Template,
    /// The fields of a record.
    pub fields: Vec<FieldRecipe>,
    /// The places it is read from. All of them together make the set.
    pub parts: Vec<Part>,
    /// What it must look like to be believed.
    pub expect: Expectation,
    /// The fields that say when and to what the records apply.
    pub dates: DateFields,
}

impl FactRecipe {
    /// The fields that explain and are not compared.
    #[must_use]
    pub fn notes(&self) -> Vec<FieldName> {
        self.fields.iter().filter(|f| f.note).map(|f| f.name.clone()).collect()
    }

    /// The fields that are only words.
    #[must_use]
    pub fn wording(&self) -> Vec<FieldName> {
        self.fields.iter().filter(|f| f.wording).map(|f| f.name.clone()).collect()
    }

    /// Leaves out the fields that serve the key alone.
    pub(super) fn kept(&self, mut fields: Fields) -> Fields {
        for field in self.fields.iter().filter(|field| field.key_only) {
            fields.remove(&field.name);
        }
        fields
    }

    /// Returns whether a key is of this set or family.
    #[must_use]
    pub fn covers(&self, key: &FactKey) -> bool {
        self.key.word_of(key.as_str()).is_some()
    }

    /// What a set is called; a member of a family with its own word.
    #[must_use]
    pub fn title_of(&self, key: &FactKey) -> Option<Bilingual> {
        let title = self.title.as_ref()?;
        let word = self.key.word_of(key.as_str())?;
        let fill = |text: &str| match (text.find('{'), text.find('}')) {
            (Some(open), Some(close)) if open < close => {
                format!("{}{word}{}", &text[..open], &text[close + 1..])
            }
            _ => text.to_owned(),
        };
        Some(Bilingual { en: fill(&title.en), fr: fill(&title.fr) })
    }
}

/// One place a fact set is read from, by the first of its locators that finds something.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name in `sources.toml`; empty for the only one.
    pub name: String,
    /// Whether a page without it is broken.
    pub required: bool,
    /// The locators, in order.
    pub locators: Vec<Locator>,
}

/// How to find rows on a page.
#[derive(Debug, Clone)]
pub struct Locator {
    /// How it is called in evidence and complaints.
    pub name: Arc<str>,
    /// Headings above, outermost first; each must match one heading of the path, in this order.
    pub under: Vec<Pattern>,
    /// A cell taken from the nearest heading above that a vocabulary knows.
    pub named_by: Option<NamedBy>,
    /// Cells with fixed words.
    pub lets: Vec<(String, String)>,
    /// Cells whose footnotes are read with them.
    pub footnotes: Vec<String>,
    /// The cells that the fields and the keys of its fact set are made of: one that takes work, and is
    /// neither of them nor one that has footnotes, stays out of the rows.
    pub wanted: Arc<[String]>,
    /// The form of the thing to find.
    pub form: Form,
}

impl Locator {
    /// Whether a cell is wanted in its rows.
    pub(super) fn wants(&self, cell: &str) -> bool {
        self.wanted.iter().chain(&self.footnotes).any(|wanted| wanted == cell)
    }
}

/// Takes a cell from the nearest heading above that a vocabulary knows.
#[derive(Debug, Clone)]
pub struct NamedBy {
    /// The cell to set.
    pub cell: String,
    /// The words it may be.
    pub vocabulary: Vocabulary,
}

/// The forms facts take on pages. Each is one file of this module.
#[derive(Debug, Clone)]
pub enum Form {
    /// A table read by its column headers.
    Table(TableForm),
    /// A table whose every cell is a fact of its row and column.
    Matrix(MatrixForm),
    /// A label before a value.
    Labels(LabelsForm),
    /// Items of lists.
    Items(ItemsForm),
    /// A value in a sentence.
    Prose(ProseForm),
    /// The headings themselves.
    Headings(HeadingsForm),
    /// Prose under its heading path.
    Clauses,
    /// Objects in a JSON document.
    Json(JsonForm),
    /// Named members of one JSON object.
    Pairs(PairsForm),
    /// Elements of an XML document.
    Xml(XmlForm),
    /// Sections of a law in Justice Laws XML.
    Law(LawForm),
    /// Entries of a feed.
    Entries,
    /// Lines of comma- or tab-separated values.
    Csv(CsvForm),
}

/// A table read by its column headers, never by position.
#[derive(Debug, Clone)]
pub struct TableForm {
    /// Cells and the header each stands under; all must be there.
    pub columns: Vec<(String, Pattern)>,
    /// Cells whose column may be missing.
    pub optional: Vec<(String, Pattern)>,
    /// Matches the caption, where it is asked for.
    pub caption: Option<Pattern>,
    /// Rows whose first cell matches are left out.
    pub skip: Option<Pattern>,
    /// A row whose first cell matches prints the total of a column: a check, not a record.
    pub total: Option<(Pattern, String)>,
    /// Rows that share these cells by `rowspan` are one row, the other cells' lines joined.
    pub merge: Vec<String>,
    /// Whether the table is turned on its side: its first column holds the headers.
    pub turned: bool,
}

/// A table whose every cell is a fact of its row and its column.
#[derive(Debug, Clone)]
pub struct MatrixForm {
    /// Matches the first column's header: what the table says of itself.
    pub first: Pattern,
    /// Must each match some header.
    pub headers: Vec<Pattern>,
    /// Must each match some row's label.
    pub has: Vec<Pattern>,
    /// The other columns: slug by header. A column that none matches is a complaint.
    pub columns: Vocabulary,
    /// Numbers printed in the headers: row slug, and the pattern whose group is the number.
    pub in_header: Vec<(String, Pattern)>,
}

/// A label before a value, whatever the markup.
#[derive(Debug, Clone, Default)]
pub struct LabelsForm {
    /// Labels must match.
    pub only: Option<Pattern>,
    /// Labels that match are left out.
    pub skip: Option<Pattern>,
    /// Must each match some label of a list, table or section for its labels to be read.
    pub has: Vec<Pattern>,
    /// Cells and the label each stands behind: the labels together are one row. All must be there.
    pub cells: Vec<(String, Pattern)>,
    /// Such cells that may be missing.
    pub optional: Vec<(String, Pattern)>,
}

/// Items of lists.
#[derive(Debug, Clone)]
pub struct ItemsForm {
    /// Items must match.
    pub only: Option<Pattern>,
    /// Items that match are left out.
    pub skip: Option<Pattern>,
}

/// A value in a sentence: a paragraph, item or cell whose text a pattern matches.
#[derive(Debug, Clone)]
pub struct ProseForm {
    /// The pattern; its named groups are cells. Matched against an item with all its sub-items.
    pub matches: Pattern,
    /// Whether only the first match counts.
    pub first: bool,
    /// Whether each line is looked at by itself.
    pub lines: bool,
}

/// The headings themselves.
#[derive(Debug, Clone)]
pub struct HeadingsForm {
    /// The pattern; its named groups are cells.
    pub matches: Pattern,
    /// Headings that match are left out.
    pub skip: Option<Pattern>,
}

/// A JSONPath (RFC 9535).
#[derive(Debug, Clone)]
pub struct JsonPath {
    written: String,
    pub(super) query: JpQuery,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        Ok(Self { written: text.to_owned(), query: parse_json_path(text)? })
    }
}

/// The path as it was written.
impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Objects in a JSON document.
#[derive(Debug, Clone)]
pub struct JsonForm {
    /// The objects.
    pub each: JsonPath,
    /// Cells and the member each is.
    pub cells: Vec<(String, String)>,
}

/// Named members of one JSON object.
#[derive(Debug, Clone)]
pub struct PairsForm {
    /// The object; exactly one.
    pub at: JsonPath,
    /// The value of cell `entry`, and the member that cell `value` is.
    pub entries: Vec<(String, String)>,
    /// Further cells of the same object.
    pub cells: Vec<(String, String)>,
    /// A member that prints the total of the entries: a check, not a record.
    pub total: Option<String>,
}

/// Lines of comma- or tab-separated values.
#[derive(Debug, Clone)]
pub struct CsvForm {
    /// Cells and the header each stands under; all must be there.
    pub columns: Vec<(String, Pattern)>,
}

/// Elements of an XML document, by their names without prefixes.
#[derive(Debug, Clone)]
pub struct XmlForm {
    /// The elements: the last names of the path to each.
    pub each: Vec<String>,
    /// The namespace they are of, where it is asked for.
    pub namespace: Option<String>,
    /// Cells and the path below an element each is at; a name after `@` is an attribute.
    pub cells: Vec<(String, XmlPath)>,
}

/// A path below an XML element: `price/amount`, `@code`, `price/@currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlPath {
    /// The names of the elements, outermost first.
    pub elements: Vec<String>,
    /// The attribute of the last.
    pub attribute: Option<String>,
}

impl XmlPath {
    /// Reads a path; `None` when a name in it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (path, attribute) = match text.rsplit_once('@') {
            Some((path, name)) => (path.trim_end_matches('/'), Some(name.to_owned())),
            None => (text, None),
        };
        let elements: Vec<String> =
            path.split('/').map(str::to_owned).filter(|_| !path.is_empty()).collect();
        let names = elements.iter().chain(&attribute);
        let sound = names.into_iter().all(|name| !name.is_empty() && !name.contains('@'));
        (sound && !text.is_empty()).then_some(Self { elements, attribute })
    }
}

/// Sections of a law in Justice Laws XML.
#[derive(Debug, Clone)]
pub struct LawForm {
    /// Inclusive ranges of section numbers; `87.1` lies in 87.
    pub sections: Vec<(u32, u32)>,
    /// Whether rows are the amounts of money in the sections instead of the sections.
    pub amounts: bool,
}

/// How to read one field out of the cells of a row.
#[derive(Debug, Clone)]
pub struct FieldRecipe {
    /// Its name.
    pub name: FieldName,
    /// The cells to look in, in order; the first that gives a value wins.
    pub from: Vec<String>,
    /// Takes the first group (or the whole match) of this out of the cell.
    pub find: Option<Pattern>,
    /// What is taken out of the cell before anything else: words that only a screen reader meets.
    pub without: Option<Pattern>,
    /// Its type.
    pub reading: Reading,
    /// Words that may stand in place of a number, kept as words.
    pub words: Vec<Pattern>,
    /// Whether a row without it is sound.
    pub optional: bool,
    /// Whether it only explains and is not compared.
    pub note: bool,
    /// Whether a difference in it is a change of wording and no more.
    pub wording: bool,
    /// Whether it serves the record's key and is not kept.
    pub key_only: bool,
    /// Whether the row makes one record for each value found.
    pub each: bool,
}

/// The type a field is read as.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Words.
    Text,
    /// Words, one value a line.
    Lines,
    /// A slug of the words.
    Slug,
    /// The stable word of a vocabulary; other words are a complaint.
    Word(Vocabulary),
    /// The stable word of a vocabulary, else the slug of the words.
    WordOrSlug(Vocabulary),
    /// A whole number.
    Integer,
    /// A number with or without a fraction.
    Decimal,
    /// Canadian dollars.
    Money(Option<Per>),
    /// A percentage.
    Percent,
    /// A day whose month is a word, or an ISO date.
    Date,
    /// A month, or the days from one to another.
    Days,
    /// A day in figures, the month first, on a page that is known to write so: `1/15/2026`.
    MonthDayYear,
    /// A moment, in UTC.
    Time,
    /// A length of time.
    Duration,
    /// A range of whole numbers, open or not.
    Range,
    /// The level of the Canadian Language Benchmarks or the Niveaux de compétence linguistique
    /// canadiens: the two count alike.
    Clb,
    /// A NOC 2021 code.
    Noc,
    /// A code of NOC 2016 or of NOC 2021, on a page that is known to be of the older edition.
    OldNoc,
    /// A CIP code.
    Cip,
    /// The TEER category, checked against the NOC code of the same row where there is one.
    Teer,
    /// Yes when the first pattern matches and the second, where there is one, does not.
    Flag(Pattern, Option<Pattern>),
    /// The page's own yes or no.
    YesNo,
    /// The lines of a stretch of prose.
    Clauses,
}

/// Text with cells in braces: `{date}/{stream|slug}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Fixed(String),
    Cell { name: String, slug: bool },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When a brace is not closed or a filter is not `slug`.
    pub fn parse(text: &str) -> Result<Self, IdFault> {
        let fault = |why| IdFault { text: text.to_owned(), kind: "template", why };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((fixed, after)) = rest.split_once('{') {
            if !fixed.is_empty() {
                pieces.push(Piece::Fixed(fixed.to_owned()));
            }
            let (cell, after) =
                after.split_once('}').ok_or_else(|| fault("a brace is not closed"))?;
            let (name, slug) = match cell.split_once('|') {
                None => (cell, false),
                Some((name, "slug")) => (name, true),
                Some(_) => return Err(fault("the only filter is `|slug`")),
            };
            pieces.push(Piece::Cell { name: name.to_owned(), slug });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Fixed(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The names of the cells or fields it uses.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Cell { name, .. } => Some(name.as_str()),
            Piece::Fixed(_) => None,
        })
    }

    /// Fills it in, in place of what `out` holds; the name of the first cell that has nothing is
    /// the error.
    pub(super) fn fill<'a>(
        &self,
        look: impl Fn(&str) -> Option<Cow<'a, str>>,
        out: &mut String,
    ) -> Result<(), String> {
        out.clear();
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Cell { name, slug } => {
                    let text =
                        look(name).filter(|text| !text.is_empty()).ok_or_else(|| name.clone())?;
                    let text = if *slug { crate::model::text::slug(&text).into() } else { text };
                    if text.is_empty() {
                        return Err(name.clone());
                    }
                    out.push_str(&text);
                }
            }
        }
        Ok(())
    }

    /// The word that makes `text` of the template: empty for one without cells, `None` when it
    /// cannot be made of it.
    fn word_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self.pieces.as_slice() {
            [Piece::Fixed(fixed)] => (fixed == text).then_some(""),
            [Piece::Fixed(start), Piece::Cell { .. }] => text.strip_prefix(start.as_str()),
            [Piece::Fixed(start), Piece::Cell { .. }, Piece::Fixed(end)] => {
                text.strip_prefix(start.as_str())?.strip_suffix(end.as_str())
            }
            _ => None,
        }
    }
}

/// The template as it was written.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Fixed(text) => f.write_str(text),
            Piece::Cell { name, slug: false } => write!(f, "{{{name}}}"),
            Piece::Cell { name, slug: true } => write!(f, "{{{name}|slug}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_from_cells() {
        let template = Template::parse("{date}/{stream|slug}").unwrap();
        let look = |name: &str| {
            Some(Cow::Borrowed(if name == "date" { "2026-05-14" } else { "Care: Health" }))
        };
        let mut key = String::from("x");
        assert_eq!(template.fill(look, &mut key), Ok(()));
        assert_eq!(key, "2026-05-14/care-health");
        assert_eq!(template.fill(|_| None, &mut key), Err("date".to_owned()));
        assert!(Template::parse("{date").is_err());
    }

    #[test]
    fn a_family_knows_its_members() {
        let family = Template::parse("ee.category.{category}.occupations").unwrap();
        assert_eq!(family.word_of("ee.category.stem.occupations"), Some("stem"));
        assert_eq!(family.word_of("ee.category.stem.experience"), None);
    }
}
