//! Drafts a recipe for a page that nobody wrote one for: the use case of `sources draft`.
//!
//! A draft is a file of the catalogue's own language, made from what stands on the page: tables whose columns
//! hold codes, money, dates, lengths of time or scores, lists of codes, sentences that state a value, dated
//! notices. It is tried on the page it was made from, and says what it would read and what it would leave.

mod columns;
mod sentences;
mod text;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::convert::Converter;
use crate::extract::recipe::{Format, quoted};
use crate::extract::shapes::{LineKind, LineShape, ObjectShape, Shapes, TableShape, shapes};
use crate::model::{Breakage, Extraction, Page};
use crate::reading::{read, readable};

use self::columns::{Column, columns};
use self::text::{pattern, slug};

/// A draft, and what it reads from the page it was made from.
#[derive(Debug)]
pub struct Draft {
    /// The file, as the catalogue reads it.
    pub toml: String,
    /// What its recipe reads.
    pub extraction: Extraction,
    /// Headings of the page under which it reads nothing.
    pub left: Vec<String>,
}

/// Why no recipe could be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The page is not one that can be read.
    #[error("the page cannot be read: {0}")]
    Page(Breakage),
    /// What was drafted is no recipe: our own mistake.
    #[error("the draft is not a catalogue; please report it with the page:\n{0}")]
    Draft(String),
}

/// The most fact sets in a draft: a person has to read it.
const SETS: usize = 24;

/// Drafts a source for a page.
///
/// # Errors
/// When the page cannot be read by its format.
pub fn draft(id: &str, page: &Page) -> Result<Draft, DraftError> {
    let head = head(id, page);
    let found = shapes_of(id, page)?;
    let prefix: String = slug(id).replace('-', "_").chars().take(24).collect();
    let mut sets = sets(prefix.trim_end_matches('_'), &found);
    sets.truncate(SETS);
    let mut kept = Vec::new();
    // A set that would not be believed of the very page it was made from helps nobody.
    for set in sets {
        let alone = format!("{head}{set}");
        let catalog = parsed(&alone)?;
        let reads =
            catalog.sources().next().map(|source| read(&Converter::default(), source, page));
        if let Some(Ok(extraction)) = reads
            && extraction.records() > 0
            && extraction.complaints.len() * 3 <= extraction.records()
        {
            kept.push(set);
        }
    }
    let toml = format!("{head}{}", kept.concat());
    let catalog = parsed(&toml)?;
    let source = catalog.sources().next().ok_or_else(|| DraftError::Draft(toml.clone()))?;
    let extraction = read(&Converter::default(), source, page).map_err(DraftError::Page)?;
    Ok(Draft { left: left(&found, &toml), extraction, toml })
}

/// An id for what a person named: the last part of its address, without its ending.
#[must_use]
pub fn id(named: &str) -> String {
    let end = named.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = end.split(['.', '?', '#']).next().unwrap_or_default();
    let id = slug(stem);
    if id.starts_with(|c: char| c.is_ascii_lowercase()) { id } else { format!("page-{id}") }
}

/// What stands on a page of which nothing is known.
///
/// # Errors
/// When the page cannot be read by its format.
pub fn shapes_of(id: &str, page: &Page) -> Result<Shapes, DraftError> {
    let head = head(id, page);
    let plain = parsed(&head)?;
    let source = plain.sources().next().ok_or_else(|| DraftError::Draft(head.clone()))?;
    let text = readable(&Converter::default(), source, page).map_err(DraftError::Page)?;
    shapes(&source.recipe, &text, &source.addresses()).map_err(DraftError::Page)
}

fn parsed(toml: &str) -> Result<Catalog, DraftError> {
    Catalog::parse(&[("draft.toml", toml)])
        .map_err(|faults| DraftError::Draft(format!("{faults}\n{toml}")))
}

/// The format of a page, by what it begins with.
fn format_of(page: &Page) -> Format {
    let begin = page.body.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let body = &page.body[begin..];
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    match body {
        [b'%', b'P', b'D', b'F', ..] => Format::Pdf,
        [b'{' | b'[', ..] => Format::Json,
        _ => Format::Html,
    }
}

fn head(id: &str, page: &Page) -> String {
    // A saved page says itself where it is from.
    let format = format_of(page);
    let said = (format == Format::Html).then(|| text::canonical(&page.body)).flatten();
    let url = said.as_ref().unwrap_or_else(|| page.url());
    let format = match format {
        Format::Json => "format = \"json\"\n",
        Format::Pdf => "format = \"pdf\"\n",
        _ => "",
    };
    format!(
        "[[source]]\nid = {}\ntitle = {}\nurl = {}\nschedule = \"0 5 9,15 * * Mon-Fri\"\n{format}",
        quoted(id),
        quoted(id),
        quoted(url.as_str())
    )
}

/// The fact sets that the shapes of a page suggest.
fn sets(prefix: &str, shapes: &Shapes) -> Vec<String> {
    let mut sets = Vec::new();
    let mut taken = BTreeSet::new();
    for shape in &shapes.objects {
        sets.extend(of_objects(prefix, shape, &mut taken));
    }
    let mut seen: Vec<&[String]> = Vec::new();
    for table in &shapes.tables {
        // A table that is split, or repeated for each stream, is read by one locator.
        if table.headers.is_empty() || seen.contains(&table.headers.as_slice()) {
            continue;
        }
        seen.push(&table.headers);
        let rows = shapes.tables.iter().filter(|other| other.headers == table.headers);
        let rows: Vec<&Vec<String>> = rows.flat_map(|table| &table.rows).collect();
        sets.extend(of_table(prefix, table, &rows, &mut taken));
    }
    sets.extend(of_labels(prefix, shapes, &mut taken));
    sets.extend(of_codes(prefix, &shapes.lines, &mut taken));
    sets.extend(of_notices(prefix, &shapes.lines, &mut taken));
    sets.extend(sentences::of_lines(prefix, &shapes.lines, &mut taken));
    if sets.is_empty() && shapes.lines.is_empty() {
        let key = name(prefix, "members", &mut taken);
        sets.push(format!(
            "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"series\"\nrecord = \"{{entry}}\"\n\
             fields = {{ value = {{ }} }}\nread = [{{ pairs = {{ at = '$', every = '.' }} }}]\n"
        ));
    }
    sets
}

/// A key that no other set has.
fn name(prefix: &str, what: &str, taken: &mut BTreeSet<String>) -> String {
    let what = slug(what).replace('-', "_");
    let what: String = what.chars().take(40).collect();
    let what =
        if what.starts_with(|c: char| c.is_ascii_lowercase()) { what } else { format!("t_{what}") };
    let mut key = format!("{prefix}.{}", what.trim_end_matches('_'));
    let mut n = 2;
    while !taken.insert(key.clone()) {
        key = format!("{prefix}.{what}_{n}");
        n += 1;
    }
    key
}

fn of_table(
    prefix: &str,
    table: &TableShape,
    rows: &[&Vec<String>],
    taken: &mut BTreeSet<String>,
) -> Option<String> {
    let cells: Vec<(String, Vec<&str>)> = table
        .headers
        .iter()
        .enumerate()
        .map(|(n, header)| {
            let words = rows.iter().filter_map(|row| row.get(n)).map(String::as_str);
            (header.clone(), words.collect())
        })
        .collect();
    let columns = columns(&cells);
    let named: Vec<String> = columns
        .iter()
        .map(|column| format!("{} = {}", column.name, pattern(&column.header)))
        .collect();
    let form =
        format!("[[source.facts.read]]\ntable = {{ columns = {{ {} }} }}\n", named.join(", "));
    set(prefix, &columns, &form, taken)
}

fn of_objects(prefix: &str, shape: &ObjectShape, taken: &mut BTreeSet<String>) -> Option<String> {
    let cells: Vec<(String, Vec<&str>)> = shape
        .members
        .iter()
        .map(|(name, words)| (name.clone(), words.iter().map(String::as_str).collect()))
        .collect();
    let columns = columns(&cells);
    let named: Vec<String> = columns
        .iter()
        .map(|column| format!("{} = {}", column.name, quoted(&column.header)))
        .collect();
    let form = format!(
        "[[source.facts.read]]\njson = {{ each = '{}', cells = {{ {} }} }}\n",
        shape.path,
        named.join(", ")
    );
    set(prefix, &columns, &form, taken)
}

/// A fact set of columns: keyed by what tells its rows apart.
fn set(
    prefix: &str,
    columns: &[Column],
    form: &str,
    taken: &mut BTreeSet<String>,
) -> Option<String> {
    let keys = columns::keys(columns)?;
    let kind = columns::fact_type(columns, &keys);
    let record: Vec<String> = keys.iter().map(|n| columns[*n].in_key()).collect();
    let what = columns.iter().map(|c| c.name.as_str()).find(|name| name.len() > 3)?;
    let key = name(prefix, what, taken);
    let fields: Vec<String> = columns.iter().map(Column::field).collect();
    Some(format!(
        "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"{kind}\"\nrecord = \"{}\"\n\
         expect = {{ min = 1, complaints = 3 }}\n\n[source.facts.fields]\n{}\n\n{form}",
        record.join("/"),
        fields.join("\n")
    ))
}

/// Tables without headers: a label, and what it says.
fn of_labels(prefix: &str, shapes: &Shapes, taken: &mut BTreeSet<String>) -> Option<String> {
    let is_pairs = |table: &&TableShape| {
        table.headers.is_empty() && table.rows.iter().all(|row| row.len() == 2)
    };
    let rows = shapes.tables.iter().filter(is_pairs).map(|table| table.rows.len()).sum::<usize>();
    (rows > 1).then(|| {
        let key = name(prefix, "labels", taken);
        format!(
            "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"list\"\nrecord = \"{{label|slug}}\"\n\
             fields = {{ value = {{ as = \"lines\" }} }}\nread = [{{ labels = {{ }} }}]\n"
        )
    })
}

/// The fewest lines that make a list.
const LIST: usize = 3;

/// Lists of codes, each with its title.
fn of_codes(prefix: &str, lines: &[LineShape], taken: &mut BTreeSet<String>) -> Option<String> {
    let code = |word: &str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    let words = lines.iter().flat_map(|line| line.text.split(|c: char| !c.is_alphanumeric()));
    let codes: BTreeSet<&str> = words.filter(|word| code(word)).collect();
    (codes.len() >= LIST).then(|| {
        let key = name(prefix, "occupations", taken);
        format!(
            "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"occupations\"\nrecord = \"{{noc}}\"\n\n\
             [source.facts.fields]\nnoc = {{ as = \"noc\" }}\ntitle = {{ wording = true, optional = true }}\n\n\
             [[source.facts.read]]\n\
             prose = {{ matches = '{{noc}}(?: ?[-:]? ?(?P<title>[^\\d\\n]+))?' }}\n"
        )
    })
}

/// Notices: a heading, an item or a paragraph that begins with a day.
fn of_notices(prefix: &str, lines: &[LineShape], taken: &mut BTreeSet<String>) -> Option<String> {
    let dated: Vec<&LineShape> =
        lines.iter().filter(|line| text::begins_with_date(&line.text)).collect();
    let headings = dated.iter().filter(|line| line.kind == LineKind::Heading).count();
    if dated.len() < LIST {
        return None;
    }
    let key = name(prefix, "notices", taken);
    let (record, read) = if headings * 2 > dated.len() {
        let read = "fields = { date = { as = \"date\" }, title = { optional = true }, text = { as = \"clauses\", optional = true } }\n\
         read = [{ headings = { matches = '^{date}[ :-]*(?P<title>.*)$' } }]\n";
        ("{date}", read)
    } else {
        let read = "fields = { date = { as = \"date\" }, title = { } }\n\
         read = [{ prose = { matches = '^{date}[ :-]*(?P<title>[^\\n]+)' } }]\n";
        ("{date}/{title|slug}", read)
    };
    Some(format!(
        "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"notices\"\nrecord = \"{record}\"\n{read}"
    ))
}

/// The headings of a page under which a draft names nothing.
fn left(shapes: &Shapes, toml: &str) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    let headings = shapes.lines.iter().filter(|line| line.kind == LineKind::Heading);
    for heading in headings.map(|line| &line.text) {
        let of = shapes.lines.iter().filter(|line| line.under == *heading);
        let has_figures =
            of.filter(|line| line.text.contains(|c: char| c.is_ascii_digit())).count();
        if has_figures > 0 && !toml.contains(&slug(heading)) && !left.contains(heading) {
            left.push(heading.clone());
        }
    }
    left
}
