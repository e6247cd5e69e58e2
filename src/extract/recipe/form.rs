//! The forms that facts take on pages, and what each is found by.

use std::fmt;

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;

use super::{Pattern, Vocabulary};

/// The forms that facts take on pages. Each is one file of `extract::form`.
#[derive(Debug, Clone)]
pub enum Form {
    /// A table read by its column headers.
    Table(TableForm),
    /// A table in which every cell is a fact of its row and column.
    Matrix(MatrixForm),
    /// A label before a value.
    Labels(LabelsForm),
    /// Items of lists.
    Items(ItemsForm),
    /// A value in a sentence.
    Prose(ProseForm),
    /// The headings themselves.
    Headings(HeadingsForm),
    /// Whether a stream takes applications.
    Status(StatusForm),
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
    /// Cells and the header of each; all headers must be there.
    pub columns: Vec<(String, Pattern)>,
    /// Cells whose column may be missing.
    pub optional: Vec<(String, Pattern)>,
    /// Matches the caption, if it is set.
    pub caption: Option<Pattern>,
    /// Rows whose first cell does not match are left out, if it is set.
    pub only: Option<Pattern>,
    /// Rows whose first cell matches are left out.
    pub skip: Option<Pattern>,
    /// A row whose first cell matches gives the total of a column: a check, not a record.
    pub total: Option<(Pattern, String)>,
    /// Rows that share these cells by `rowspan` are one row, the other cells' lines joined.
    pub merge: Vec<String>,
    /// Whether the table is turned on its side: its first column holds the headers.
    pub turned: bool,
}

impl TableForm {
    /// Whether a row with this first cell is read.
    pub(crate) fn reads(&self, first: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(first))
            && !self.skip.as_ref().is_some_and(|skip| skip.is_match(first))
    }
}

/// A table in which every cell is a fact of its row and its column.
#[derive(Debug, Clone)]
pub struct MatrixForm {
    /// Matches the header of the first column, which identifies the table.
    pub first: Pattern,
    /// Must each match some header.
    pub headers: Vec<Pattern>,
    /// Must each match some row's label.
    pub has: Vec<Pattern>,
    /// The other columns: slug by header. A column that matches none is a complaint.
    pub columns: Vocabulary,
    /// Numbers printed in the headers: row slug, and the pattern whose group is the number.
    pub in_header: Vec<(String, Pattern)>,
    /// Whether it is any table of which no other fact set reads a row: its columns of whole numbers.
    pub rest: bool,
}

/// A label before a value, whatever the markup.
#[derive(Debug, Clone, Default)]
pub struct LabelsForm {
    /// Labels must match.
    pub only: Option<Pattern>,
    /// Labels that match are left out.
    pub skip: Option<Pattern>,
    /// Each must match some label of a list, table or section, or its labels are not read.
    pub has: Vec<Pattern>,
    /// Cells and the label of each: together the labels are one row. All must be there.
    pub cells: Vec<(String, Pattern)>,
    /// The same, for labels that may be missing.
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
    /// The pattern; its named groups are cells.
    pub matches: Pattern,
    /// Whether only the first match counts.
    pub first: bool,
    /// What the pattern is tried on.
    pub on: TriedOn,
}

/// A piece of prose on which a pattern is tried by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriedOn {
    /// The whole paragraph, or an item with all its sub-items.
    Whole,
    /// Each line.
    Line,
    /// Each sentence: what is said before it or after it is not part of what it says.
    Sentence,
}

/// The headings themselves.
#[derive(Debug, Clone)]
pub struct HeadingsForm {
    /// The pattern; its named groups are cells.
    pub matches: Pattern,
    /// Headings that match are left out.
    pub skip: Option<Pattern>,
}

/// Sentences that say whether a stream takes applications.
#[derive(Debug, Clone)]
pub enum StatusForm {
    /// The page's own stream, and what it is called: a sentence of another is none of its.
    Own(Pattern),
    /// Each stream that a sentence names, by its word. What is said stands over what the rest of the page says of it.
    Each {
        /// The words of the streams.
        streams: Vocabulary,
        /// What they are called together: what is said of it is said of each.
        all: Option<Pattern>,
    },
}

/// A JSONPath (RFC 9535).
#[derive(Debug, Clone)]
pub struct JsonPath {
    written: String,
    pub(crate) query: JpQuery,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// When it is not valid.
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
    /// A sentence in one of the cells; its named groups are cells too. Objects without one are left out.
    pub says: Option<Pattern>,
}

/// Named members of one JSON object.
#[derive(Debug, Clone)]
pub struct PairsForm {
    /// The object; the path must select exactly one.
    pub at: JsonPath,
    /// The value of cell `entry`, and the member that gives cell `value`.
    pub entries: Vec<(String, String)>,
    /// Every member below the object whose dotted path matches is an entry; its name is the first group,
    /// or the path.
    pub every: Option<Pattern>,
    /// Members that are left out of `every`, by their paths.
    pub skip: Option<Pattern>,
    /// Further cells of the same object.
    pub cells: Vec<(String, String)>,
    /// A member with the total of the entries: a check, not a record.
    pub total: Option<String>,
}

/// Lines of comma- or tab-separated values.
#[derive(Debug, Clone)]
pub struct CsvForm {
    /// Cells and the header of each; all headers must be there.
    pub columns: Vec<(String, Pattern)>,
}

/// Elements of an XML document, by their names without prefixes.
#[derive(Debug, Clone)]
pub struct XmlForm {
    /// The elements: the last names of the path to each.
    pub each: Vec<String>,
    /// Their namespace, if it is set.
    pub namespace: Option<String>,
    /// Cells and the path below an element to each; a name after `@` is an attribute.
    pub cells: Vec<(String, XmlPath)>,
}

/// A path below an XML element: `price/amount`, `@code`, `price/@currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlPath {
    /// The names of the elements, outermost first.
    pub elements: Vec<String>,
    /// The attribute of the last element.
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
    /// Inclusive ranges of section numbers; `87.1` counts as part of 87.
    pub sections: Vec<(u32, u32)>,
    /// Whether rows are the amounts of money in the sections instead of the sections.
    pub amounts: bool,
}
