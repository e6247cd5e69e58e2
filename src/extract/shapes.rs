//! The shapes of a page that nobody wrote a recipe for: its tables with their headers, its items, sentences and
//! headings, the objects of a JSON document. What a draft of a recipe is made from.

use url::Url;

use super::document::Document;
use super::form::table::{HEADER_DEPTH, header_text};
use super::html::grid::Grid;
use super::html::outline::{Kind, Outline};
use super::page::body;
use super::page::node::Node;
use super::recipe::Recipe;
use crate::model::{Breakage, Page, text};

/// What stands on a page, by its looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shapes {
    /// Its tables.
    pub tables: Vec<TableShape>,
    /// Its headings, paragraphs and items, in reading order.
    pub lines: Vec<LineShape>,
    /// Its links to other pages of its site: words and address.
    pub links: Vec<(String, String)>,
    /// The lists of objects of a JSON document.
    pub objects: Vec<ObjectShape>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The words over each column; none, if it has no row of headers.
    pub headers: Vec<String>,
    /// Its other rows.
    pub rows: Vec<Vec<String>>,
}

/// A heading, a paragraph or an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineShape {
    /// The nearest heading over it.
    pub under: String,
    /// Its words.
    pub text: String,
    /// What it is.
    pub kind: LineKind,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// A heading.
    Heading,
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
}

/// A list of objects in a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectShape {
    /// The JSONPath of the objects.
    pub path: String,
    /// Their members, each with the words of some of them.
    pub members: Vec<(String, Vec<String>)>,
}

/// How much of a page is looked at: a draft is for a person to read.
const MOST: usize = 2_000;
const ROWS: usize = 200;
const DEEPEST: usize = 6;

/// Looks at a page; for a PDF, at the page with its text as the body.
///
/// # Errors
/// The breakage, when the page is not of its format, or has too much in it.
pub fn shapes(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Shapes, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = Document::open(recipe, &text, addresses)?;
    let mut shapes = Shapes { links: document.links().to_vec(), ..Shapes::default() };
    if let Document::Json(json) = &document {
        objects(json, "$", 0, &mut shapes.objects);
    }
    if let Some(outline) = document.outline(recipe) {
        shapes.tables = outline.tables.iter().map(table).collect();
        shapes.lines = lines(&outline);
    }
    Ok(shapes)
}

fn table(grid: &Grid) -> TableShape {
    let columns = 0..grid.columns();
    let depth = grid.rows().min(HEADER_DEPTH);
    let spans = |row: usize| grid.columns() > 1 && grid.only_text(row).is_some();
    let first = (0..depth).find(|row| !spans(*row)).unwrap_or(0);
    let is_short = |row: usize| columns.clone().all(|c| grid.text(row, c).chars().count() <= 120);
    // Many tables have a first row of plain cells over rows of plain cells.
    let has_header =
        grid.rows() > first + 1 && is_short(first) && (grid.is_header(first) || grid.columns() > 2);
    let headers = |row| columns.clone().map(|c| header_text(grid, row, c).into_owned()).collect();
    let begin = if has_header { first + 1 } else { first };
    let row = |row: usize| columns.clone().map(|c| grid.text(row, c).to_owned()).collect();
    TableShape {
        headers: if has_header { headers(first) } else { Vec::new() },
        rows: (begin..grid.rows()).filter(|row| !spans(*row)).take(ROWS).map(row).collect(),
    }
}

fn lines(outline: &Outline) -> Vec<LineShape> {
    let name = |heading: Option<usize>| {
        heading.map_or_else(String::new, |at| outline.headings[at].text.clone())
    };
    let mut lines: Vec<(usize, LineShape)> = Vec::new();
    for heading in &outline.headings {
        let (under, text) = (name(heading.parent), heading.text.clone());
        lines.push((heading.at, LineShape { under, text, kind: LineKind::Heading }));
    }
    for (at, block) in outline.blocks.iter().enumerate() {
        let kind = match &block.kind {
            Kind::Paragraph(_) => LineKind::Paragraph,
            Kind::Item { .. } => LineKind::Item,
            Kind::Table(_) => continue,
        };
        let text = block.words().unwrap_or_default().to_owned();
        lines.push((at, LineShape { under: name(block.heading), text, kind }));
    }
    lines.sort_by_key(|(at, line)| (*at, line.kind != LineKind::Heading));
    lines.into_iter().map(|(_, line)| line).take(MOST).collect()
}

/// Collects the lists of objects below a node.
fn objects(node: &Node<'_>, path: &str, depth: usize, found: &mut Vec<ObjectShape>) {
    match node {
        Node::List(items) if depth < DEEPEST => {
            let mut shape = ObjectShape { path: format!("{path}[*]"), members: Vec::new() };
            items.iter().take(ROWS).for_each(|item| members(item, &mut shape.members));
            if shape.members.is_empty() || items.len() < 2 {
                items.iter().take(1).for_each(|item| objects(item, path, depth + 1, found));
            } else {
                found.push(shape);
            }
        }
        Node::Object(of) if depth < DEEPEST => {
            for (name, member) in of {
                let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let path = if is_plain { format!("{path}.{name}") } else { continue };
                objects(member, &path, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// Adds the members of an object that are words or numbers.
fn members(object: &Node<'_>, into: &mut Vec<(String, Vec<String>)>) {
    let Node::Object(of) = object else { return };
    for (name, member) in of {
        let words = match member {
            Node::Text(words) => text::canonical(words).to_string(),
            Node::Number(number) => number.to_string(),
            _ => continue,
        };
        match into.iter().position(|(known, _)| known == name) {
            Some(at) => into[at].1.push(words),
            None if into.len() < 60 => into.push((name.to_string(), vec![words])),
            None => {}
        }
    }
}
