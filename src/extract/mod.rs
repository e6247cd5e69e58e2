//! Reads facts, with evidence, out of one page. Pure: a recipe and a page in, facts out.
//!
//! In three phases. The body's bytes become text ([`body`]); the text becomes a document, for HTML
//! an [`outline`] of its [`content`], blocks under their headings, after a [`survey`] of what the
//! page says it is; then each fact recipe's locators look for *rows* ([`row`]) in it, by the form the
//! facts take there, and the rows' cells are read into typed *fields* and keyed [`records`]. Rows
//! borrow their words, from the outline or the JSON [`node`]s: extraction is to cost little more than
//! parsing does (`cargo bench`). Each form is one file: [`table`], [`matrix`],
//! [`labels`], [`items`], [`prose`], [`clauses`], [`json`], [`xml`], [`law`], [`feed`]; what
//! [`footnotes`] say is joined to the rows whose words carry their marks. A PDF comes as the text
//! that `convert` made of [`pdf`]'s bytes; the [`layout`] of its [`lines`] is outlined, and its
//! tables have [`columns`].
//!
//! A page as a whole matches its recipe or does not: [`facts`] gives an [`Extraction`] or the
//! [`Breakage`]. Within a page that matches, what cannot be read is a complaint and hides nothing.
//! Nothing here compares with earlier facts; that is `gate` and `diff`.

mod body;
mod clauses;
mod columns;
mod content;
mod date;
mod depth;
mod feed;
mod field;
mod figures;
mod footnotes;
mod grid;
mod items;
mod json;
mod labels;
mod law;
mod layout;
mod lines;
mod matrix;
mod node;
mod number;
mod outline;
mod pattern;
mod prose;
pub mod recipe;
mod records;
mod row;
mod scope;
mod search;
mod stamp;
mod survey;
mod table;
mod xml;

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::civil::Date;
use url::Url;

use self::footnotes::Notes;
use self::layout::Layout;
use self::node::Node;
use self::outline::Outline;
use self::recipe::{FactRecipe, Form, Format, Locator, Part, Recipe};
use self::records::{Gathered, Recorder};
use self::row::{Found, Row};
use self::scope::Scope;
use self::survey::Survey;
use crate::model::{Breakage, Extraction, Facts, Page};

pub use self::figures::{Figures, figures_of};

/// The version of the reader. A change of what it reads from the same page raises it, and the next
/// check of every source is then a baseline.
pub const READER: &str = "1";

/// A page with fewer characters of content than this, and a sign of a block page on it, is one.
const STUB: usize = 1_500;

/// A page made ready to look for rows in.
enum Document<'a> {
    Html(Box<Html>),
    Json(Node<'a>),
    Xml(roxmltree::Document<'a>),
    Feed(Box<feed_rs::model::Feed>),
    Csv(&'a str),
    Pdf(Layout<'a>),
}

/// An HTML page made ready.
struct Html {
    outline: Outline,
    /// The day it says it is of.
    stamped_on: Option<Date>,
    /// Its footnotes, once a locator asked for them.
    footnotes: OnceCell<Notes>,
}

/// Returns the bytes of a page that is a PDF: what is to be made text before [`facts`] reads it.
/// `None` for a page that is text itself.
///
/// # Errors
/// The breakage, when a PDF should have come and did not, or not whole.
pub fn pdf<'a>(recipe: &Recipe, page: &'a Page) -> Result<Option<Cow<'a, [u8]>>, Breakage> {
    if recipe.format == Format::Pdf { body::pdf(page).map(Some) } else { Ok(None) }
}

/// Reads the facts of a page; of a PDF, the page with its text for a body.
///
/// `addresses` are the source's declared addresses: a canonical link that is none of them marks
/// the page of something else.
///
/// # Errors
/// The breakage, when the page cannot be believed to be the one the recipe reads.
pub fn facts(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Extraction, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = document(recipe.format, &text, addresses)?;
    let mut gathered = Gathered::default();
    for fact in &recipe.facts {
        read(fact, &document, &mut gathered)
            .map_err(|breakage| diagnose(recipe.format, &text, breakage))?;
    }
    Ok(Extraction { stamped_on: stamp(&document), ..gathered.settled() })
}

/// Looks once more at a page on which locators failed: for the records that are `known` of it.
///
/// Gives what the page says where every part was found, by its locators or elsewhere, and in words
/// of the recipe language where the parts that failed now stand. `None` when some part was found
/// nowhere. What it gives may say more or less than what is known: that is the caller's to compare.
#[must_use]
pub fn relocated(
    recipe: &Recipe,
    page: &Page,
    addresses: &[Url],
    known: &Facts,
) -> Option<(Extraction, String)> {
    let text = body::text(page, recipe.format).ok()?;
    let document = document(recipe.format, &text, addresses).ok()?;
    let mut gathered = Gathered::default();
    let mut proposals = Vec::new();
    for fact in &recipe.facts {
        let mut recorder = Recorder::new(fact);
        for part in &fact.parts {
            match locate(part, &document) {
                Ok((locator, rows)) => recorder.add(locator, rows, &mut gathered),
                Err(_) if !part.required => {}
                Err(_) => {
                    let found = search::elsewhere(fact, part, &document, known)?;
                    recorder.add(&found.locator, found.rows, &mut gathered);
                    proposals.push(format!("{}: {}", fact.key, found.proposal));
                }
            }
        }
    }
    let extraction = Extraction { stamped_on: stamp(&document), ..gathered.settled() };
    Some((extraction, proposals.join("; ")))
}

/// Counts the codes and figures of a page, of its content alone.
///
/// # Errors
/// The breakage, when it cannot be opened as a document.
pub fn figures(format: Format, page: &Page, addresses: &[Url]) -> Result<Figures, Breakage> {
    let text = body::text(page, format)?;
    let document = document(format, &text, addresses)?;
    Ok(figures::of(&document, &text))
}

/// What one locator of a recipe finds on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The fact set, as the recipe writes its key.
    pub fact: String,
    /// The part, empty for the only one.
    pub part: String,
    /// The locator.
    pub locator: String,
    /// How many rows it finds, or why none.
    pub found: Result<usize, String>,
}

/// Tries every locator of a recipe on a page, those too that [`facts`] would not come to.
///
/// # Errors
/// The breakage, when the page cannot be opened as a document.
pub fn explain(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Vec<Tried>, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = document(recipe.format, &text, addresses)?;
    let mut tried = Vec::new();
    for fact in &recipe.facts {
        for part in &fact.parts {
            for locator in &part.locators {
                tried.push(Tried {
                    fact: fact.key.to_string(),
                    part: part.name.clone(),
                    locator: locator.name.to_string(),
                    found: find(locator, &document).map(|rows| rows.len()),
                });
            }
        }
    }
    Ok(tried)
}

fn document<'a>(
    format: Format,
    text: &'a str,
    addresses: &[Url],
) -> Result<Document<'a>, Breakage> {
    let text = text.trim_start_matches('\u{feff}');
    let invalid = |error: String| Breakage::Invalid { error };
    match format {
        Format::Json => {
            Node::parse(text).map(Document::Json).map_err(|error| invalid(error.to_string()))
        }
        Format::Xml => {
            depth::check_xml(text)?;
            roxmltree::Document::parse(text)
                .map(Document::Xml)
                .map_err(|error| invalid(error.to_string()))
        }
        Format::Feed => {
            depth::check_xml(text)?;
            feed::parse(text)
                .map(|feed| Document::Feed(Box::new(feed)))
                .map_err(|error| invalid(error.to_string()))
        }
        Format::Csv => Ok(Document::Csv(text)),
        Format::Pdf => Layout::of(text).map(Document::Pdf),
        Format::Html => {
            let html = depth::parse(text)?;
            let survey = Survey::of(&html)?;
            if let Some(found) = survey.canonical.filter(|found| !is_declared(found, addresses)) {
                return Err(Breakage::SoftMissing { found: found.to_string() });
            }
            let outline = Outline::of(survey.content);
            if outline.is_shorter_than(STUB)
                && let Some(sign) = body::sign(text)
            {
                return Err(Breakage::Blocked { sign });
            }
            if let Some(sign) = body::cut_off(text) {
                return Err(Breakage::Truncated { sign });
            }
            let html = Html { outline, stamped_on: survey.stamped_on, footnotes: OnceCell::new() };
            Ok(Document::Html(Box::new(html)))
        }
    }
}

/// The day a page says it is of.
fn stamp(document: &Document<'_>) -> Option<Date> {
    match document {
        Document::Html(html) => html.stamped_on,
        Document::Xml(xml) => stamp::of_law(xml),
        Document::Json(_) | Document::Feed(_) | Document::Csv(_) | Document::Pdf(_) => None,
    }
}

/// Whether an address is one of the declared ones, whatever its scheme, a `www.` or a last slash.
fn is_declared(found: &Url, addresses: &[Url]) -> bool {
    let plain = |url: &Url| {
        let host =
            url.host_str().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase();
        (host, url.path().trim_end_matches('/').to_ascii_lowercase())
    };
    addresses.is_empty() || addresses.iter().any(|address| plain(address) == plain(found))
}

/// A page on which nothing was found may be no such page at all: its own words tell.
fn diagnose(format: Format, text: &str, breakage: Breakage) -> Breakage {
    match format {
        Format::Html => body::sign(text).map_or(breakage, |sign| Breakage::Blocked { sign }),
        Format::Json | Format::Xml | Format::Feed | Format::Csv | Format::Pdf => breakage,
    }
}

fn read(
    fact: &FactRecipe,
    document: &Document<'_>,
    gathered: &mut Gathered,
) -> Result<(), Breakage> {
    let mut recorder = Recorder::new(fact);
    for part in &fact.parts {
        match locate(part, document) {
            Ok((locator, rows)) => recorder.add(locator, rows, gathered),
            Err(tried) if part.required => {
                let name =
                    if part.name.is_empty() { String::new() } else { format!(" ({})", part.name) };
                return Err(Breakage::NothingSelected {
                    fact: format!("{}{name}", fact.key),
                    tried,
                });
            }
            Err(_) => {}
        }
    }
    Ok(())
}

/// The first of a part's locators that finds something, and its rows; else why none does.
fn locate<'a>(
    part: &'a Part,
    document: &'a Document<'_>,
) -> Result<(&'a Locator, Vec<Row<'a>>), String> {
    let mut tried = Vec::new();
    for locator in &part.locators {
        match find(locator, document) {
            Ok(rows) => return Ok((locator, rows)),
            Err(why) => tried.push(format!("{}: {why}", locator.name)),
        }
    }
    Err(tried.join(" / "))
}

fn find<'a>(locator: &'a Locator, document: &'a Document<'_>) -> Found<'a> {
    match document {
        Document::Html(html) => {
            outlined(&Scope::new(&html.outline, locator), &html.footnotes, "HTML")
        }
        Document::Pdf(layout) => {
            layout.find(locator, |scope| outlined(scope, &OnceCell::new(), "a PDF"))
        }
        Document::Json(json) => match &locator.form {
            Form::Json(form) => json::objects(form, locator, json),
            Form::Pairs(form) => json::pairs(form, locator, json),
            _ => other("JSON"),
        },
        Document::Feed(feed) => match &locator.form {
            Form::Entries => feed::entries(locator, feed),
            _ => other("a feed"),
        },
        Document::Csv(text) => match &locator.form {
            Form::Csv(form) => feed::lines(form, locator, text),
            _ => other("CSV"),
        },
        Document::Xml(xml) => match &locator.form {
            Form::Xml(form) => xml::find(form, locator, xml),
            Form::Law(form) => law::find(form, locator, xml),
            _ => other("XML"),
        },
    }
}

/// Finds the rows of a form that reads an outline, of which the footnotes may be known.
fn outlined<'a>(scope: &Scope<'a>, known: &OnceCell<Notes>, format: &str) -> Found<'a> {
    let locator = scope.locator;
    let mut rows = match &locator.form {
        Form::Table(form) => table::find(form, scope),
        Form::Matrix(form) => matrix::find(form, scope),
        Form::Labels(form) => labels::find(form, scope),
        Form::Items(form) => items::find(form, scope),
        Form::Prose(form) => prose::find(form, scope),
        Form::Headings(form) => prose::headings(form, scope),
        Form::Clauses => clauses::find(scope),
        Form::Json(_)
        | Form::Pairs(_)
        | Form::Xml(_)
        | Form::Law(_)
        | Form::Entries
        | Form::Csv(_) => other(format),
    }?;
    if !locator.footnotes.is_empty() {
        let notes = known.get_or_init(|| Notes::of(scope.outline));
        notes.join(&locator.footnotes, &mut rows);
    }
    Ok(rows)
}

fn other<'a>(format: &str) -> Found<'a> {
    Err(format!("this form is not found in {format}"))
}
