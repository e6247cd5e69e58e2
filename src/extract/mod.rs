//! Reads facts, with evidence, out of one page. Pure: a recipe and a page in, facts out.
//!
//! In three phases. The body's bytes become text ([`body`]); the text becomes a document, for HTML
//! an [`outline`] of its [`content`], blocks under their headings; then each fact recipe's locators
//! look for *rows* ([`row`]) in it, by the form the facts take there, and the rows' cells are read
//! into typed *fields* and keyed [`records`]. Each form is one file: [`table`], [`matrix`],
//! [`items`], [`prose`], [`clauses`], [`json`], [`law`], [`feed`].
//!
//! A page as a whole matches its recipe or does not: [`facts`] gives an [`Extraction`] or the
//! [`Breakage`]. Within a page that matches, what cannot be read is a complaint and hides nothing.
//! Nothing here compares with earlier facts; that is `gate` and `diff`.

mod body;
mod clauses;
mod content;
mod date;
mod depth;
mod feed;
mod field;
mod grid;
mod items;
mod json;
mod law;
mod matrix;
mod number;
mod outline;
mod prose;
pub mod recipe;
mod records;
mod row;
mod scope;
mod stamp;
mod table;

use jiff::civil::Date;
use scraper::Html;
use url::Url;

use self::outline::Outline;
use self::recipe::{FactRecipe, Form, Format, Locator, Recipe};
use self::records::Gathered;
use self::row::Found;
use self::scope::Scope;
use crate::model::{Breakage, Extraction, Page};

/// The version of the reader. A change of what it reads from the same page raises it, and the next
/// check of every source is then a baseline.
pub const READER: &str = "1";

/// A page with fewer characters of content than this, and a sign of a block page on it, is one.
const STUB: usize = 1_500;

/// A page made ready to look for rows in.
enum Document<'a> {
    Html(Box<Outline>, Option<Date>),
    Json(serde_json::Value),
    Xml(roxmltree::Document<'a>),
    Feed(Box<feed_rs::model::Feed>),
    Csv(&'a str),
}

/// Reads the facts of a page.
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
                    locator: locator.name.clone(),
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
        Format::Json => serde_json::from_str(text)
            .map(Document::Json)
            .map_err(|error| invalid(error.to_string())),
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
        Format::Html => {
            depth::check_tags(text)?;
            let html = Html::parse_document(text);
            depth::check_tree(&html)?;
            if let Some(found) = canonical(&html).filter(|found| !is_declared(found, addresses)) {
                return Err(Breakage::SoftMissing { found: found.to_string() });
            }
            let outline = Outline::of(&html);
            if outline.is_shorter_than(STUB)
                && let Some(sign) = body::sign(text)
            {
                return Err(Breakage::Blocked { sign });
            }
            if let Some(sign) = body::cut_off(text) {
                return Err(Breakage::Truncated { sign });
            }
            Ok(Document::Html(Box::new(outline), stamp::of_html(&html)))
        }
    }
}

/// The day a page says it is of.
fn stamp(document: &Document<'_>) -> Option<Date> {
    match document {
        Document::Html(_, day) => *day,
        Document::Xml(xml) => stamp::of_law(xml),
        Document::Json(_) | Document::Feed(_) | Document::Csv(_) => None,
    }
}

/// The address a page says it has (RFC 6596).
fn canonical(html: &Html) -> Option<Url> {
    let link =
        html.root_element().descendent_elements().take_while(|e| e.value().name() != "body").find(
            |e| {
                e.value().name() == "link"
                    && content::attribute(*e, "rel").is_some_and(|rel| {
                        rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("canonical"))
                    })
            },
        )?;
    Url::parse(content::attribute(link, "href")?.trim()).ok().filter(Url::has_host)
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
        Format::Json | Format::Xml | Format::Feed | Format::Csv => breakage,
    }
}

fn read(
    fact: &FactRecipe,
    document: &Document<'_>,
    gathered: &mut Gathered,
) -> Result<(), Breakage> {
    for part in &fact.parts {
        let mut tried = Vec::new();
        let mut found = None;
        for locator in &part.locators {
            match find(locator, document) {
                Ok(rows) => {
                    found = Some((locator, rows));
                    break;
                }
                Err(why) => tried.push(format!("{}: {why}", locator.name)),
            }
        }
        match found {
            Some((locator, rows)) => records::add(fact, locator, &rows, gathered),
            None if part.required => {
                let name =
                    if part.name.is_empty() { String::new() } else { format!(" ({})", part.name) };
                return Err(Breakage::NothingSelected {
                    fact: format!("{}{name}", fact.key),
                    tried: tried.join(" / "),
                });
            }
            None => {}
        }
    }
    Ok(())
}

fn find(locator: &Locator, document: &Document<'_>) -> Found {
    match document {
        Document::Html(outline, _) => {
            let scope = Scope::new(outline, locator);
            match &locator.form {
                Form::Table(form) => table::find(form, &scope),
                Form::Matrix(form) => matrix::find(form, &scope),
                Form::Items(form) => items::find(form, &scope),
                Form::Prose(form) => prose::find(form, &scope),
                Form::Headings(form) => prose::headings(form, &scope),
                Form::Clauses => clauses::find(&scope),
                Form::Json(_) | Form::Pairs(_) | Form::Law(_) | Form::Entries | Form::Csv(_) => {
                    other("HTML")
                }
            }
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
            Form::Law(form) => law::find(form, locator, xml),
            _ => other("XML"),
        },
    }
}

fn other(format: &str) -> Found {
    Err(format!("this form is not found in {format}"))
}
