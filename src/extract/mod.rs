//! Reads facts, with evidence, out of one page. Pure: a recipe and a page in, facts out.
//!
//! Three steps. The page's bytes become text, and the text a [`document`], within bounds. Each fact recipe's
//! locators look for [`mod@matches`] in it, by the form the facts take there. The words of the matches are
//! read into typed fields, and become keyed [`records`].
//!
//! | room | what is in it |
//! |---|---|
//! | [`recipe`] | How to read one source, as data. |
//! | [`page`] | What came: bytes as text, the parsed tree within its bounds, what a page says of itself. |
//! | [`html`] | An HTML page as a reader sees it: blocks under headings, tables, footnotes. |
//! | [`mod@pdf`] | The text of a PDF, laid out: lines, headings and tables recognized by how they look. |
//! | [`form`] | The forms facts take in a document: a table, a label before a value, a sentence … |
//! | [`value`] | The words of a cell as values: patterns, numbers, dates, fields. |
//! | [`document`] | A page opened as a document of its format, in which locators find things. |
//! | [`rows`] | Rows that say in their own names when they hold. |
//! | [`records`], [`gathered`], [`settle`] | Matches become records: fields read, keys made, all of a page kept together, collisions settled. |
//! | [`parts`] | The parts of a fact set on today's page, read with what is known of them, and believed or not. |
//! | [`announced`] | Values of which a page says only from which day they hold. |
//! | [`days`] | Days beside the name of a record. |
//! | [`in_turn`] | Lists that hold one after the other. |
//! | [`denied`] | Rows and items of which their page says that they do not belong. |
//! | [`said`] | Amounts of which a sentence elsewhere on the page says what will replace them. |
//! | [`another`] | Records whose own sentence is lost, and for which another one answers. |
//! | [`not_yet`] | Values of which the words say that they hold from a day to come, in a form not known here. |
//! | [`absence`] | What is no longer found where it was: unreadable, or gone. |
//! | [`merged`] | Rows that hold what were two. |
//! | [`archive`] | What left a list of the newest at its old end. |
//! | [`rest`] | The words of a page line by line, in which a lost record may stand. |
//! | [`other_language`] | Pages in another language than the one that is expected. |
//! | [`search`] | Searches for the known records of a page when its locators fail. |
//! | [`remainder`] | The words of a page that no recipe reads. |
//! | [`structure`], [`members`] | Parts and members of a page or JSON document that are new, and unread. |
//! | [`shapes`] | What stands on a page by its looks, for a draft of a recipe. |
//! | [`mod@figures`] | The codes and figures of a page in any language. |
//!
//! A page as a whole matches its recipe or does not: [`facts`] gives an [`Extraction`] or the [`Breakage`].
//! Within a page that matches, a part that cannot be read is unreadable, or a complaint, and hides nothing
//! else. The known facts only tell what to look for; `diff` says what changed. A page is hostile until read:
//! its size, its depth and all that is made of it are bounded in [`page`]. Matches borrow their words from
//! the document, so a whole check costs little more than a fetch and a parse (`cargo bench`).

mod absence;
mod announced;
mod another;
mod archive;
mod days;
mod denied;
mod document;
mod figures;
mod form;
mod gathered;
mod html;
mod in_turn;
mod matches;
mod members;
mod merged;
mod noise;
mod not_yet;
mod other_language;
mod page;
mod parts;
mod pdf;
pub mod recipe;
mod records;
mod remainder;
mod rest;
mod rows;
mod said;
mod search;
mod settle;
pub mod shapes;
mod structure;
mod value;

use std::borrow::Cow;
use std::cell::OnceCell;

use url::Url;

use self::document::Document;
use self::gathered::Gathered;
use self::other_language::OtherLanguage;
use self::page::body;
use self::parts::Parts;
use self::recipe::{Format, Recipe};
use self::rest::Rest;
use crate::model::{Breakage, Extent, Extraction, Facts, Page, Value};

pub(crate) use self::another::stood;
pub use self::figures::{Figures, figures_of};
pub(crate) use self::value::date;

/// The version of the reader. Raise it when the reader reads anything else from the same page: the next
/// check of every source is then a baseline.
pub const READER: &str = "13";

/// Returns the bytes of a page that is a PDF, to be converted to text before [`facts`] reads it. `None` for
/// a page that is text already.
///
/// # Errors
/// The breakage, when a PDF was expected and did not come, or came incomplete.
pub fn pdf<'a>(recipe: &Recipe, page: &'a Page) -> Result<Option<Cow<'a, [u8]>>, Breakage> {
    if recipe.format == Format::Pdf { body::pdf(page).map(Some) } else { Ok(None) }
}

/// Reads the facts of a page; for a PDF, of the page with its text as the body.
///
/// `addresses` are the source's declared addresses: a canonical link to any other address marks the page as
/// a different one. `known` are the facts last accepted: those that are not found are reported as unreadable
/// or gone, and those that moved are searched for.
///
/// # Errors
/// The breakage, when nothing is found to show that the page is the one the recipe reads.
pub fn facts(
    recipe: &Recipe,
    page: &Page,
    addresses: &[Url],
    known: &Facts,
) -> Result<Extraction, Breakage> {
    facts_at(recipe, page, addresses, known, "")
}

/// The same, where the facts were not where the recipe looks first when the page was last believed: `places`
/// has a line for each of its [`Extraction::relocated`]. A place that gave all of them is now theirs.
///
/// # Errors
/// As [`facts`].
pub fn facts_at(
    recipe: &Recipe,
    page: &Page,
    addresses: &[Url],
    known: &Facts,
    places: &str,
) -> Result<Extraction, Breakage> {
    let text = body::text(page, recipe.format)?;
    other_language::of_law(recipe, &text, known)?;
    let document = Document::open(recipe, &text, addresses)?;
    let other = OtherLanguage::of(&document, &text, (page.url(), addresses), known)?;
    let lines = Rest::new(|| remainder::content(&document, recipe));
    let (phrases, sections) = (OnceCell::new(), OnceCell::new());
    let today = announced::day_of(page);
    let mut gathered = Gathered::default();
    for (at, fact) in recipe.facts.iter().enumerate() {
        let before = &gathered;
        let found = Parts {
            fact,
            earlier: &recipe.facts[..at],
            document: &document,
            known,
            places,
            phrases: &phrases,
            sections: &sections,
            rest: &lines,
            today,
            before,
        }
        .read()?;
        gathered.join(found);
        gathered.check()?;
    }
    let is_empty = gathered.is_empty();
    let captures = std::mem::take(&mut gathered.captures);
    let members = std::mem::take(&mut gathered.members);
    let mut extraction =
        Extraction { stamped_on: document.stamped_on(), ..gathered.settled(known, today) };
    announced::come(&mut extraction.facts, known, today);
    let amounts = || remainder::amounts(&document, recipe);
    said::settle(&mut extraction.facts, known, &lines, amounts, today);
    settle::keep_keys(&mut extraction.facts, known);
    settle::keep_read(&mut extraction);
    extraction.remainder = remainder::of(recipe, &document, &captures, known);
    another::doubt(recipe, known, today, &mut extraction);
    not_yet::doubt(recipe, known, today, &mut extraction);
    if let Some(breakage) = nothing_found(recipe, &extraction) {
        let breakage = diagnose(&document, &text, breakage);
        // The rest of the page still stands: what was reworded is unreadable, and told as wording.
        let is_page = extraction.remainder.as_ref().is_some_and(|rest| rest.is_of_page(known));
        if !matches!(breakage, Breakage::NothingSelected { .. }) || !is_page {
            return Err(breakage);
        }
    }
    not_the_page(recipe, &document, &text, is_empty)?;
    absence::list(&recipe.facts, &members, &mut extraction);
    let unread = || match &document {
        Document::Json(json) => members::members(recipe, json),
        _ => Vec::new(),
    };
    let rest = Rest::new(|| remainder::lines(&document, recipe, &captures)).with(unread);
    let page = (page.url(), addresses, today);
    absence::missing(&recipe.facts, known, (&rest, &lines, &phrases), page, &mut extraction);
    if let (Document::Json(json), Some(rest)) = (&document, &mut extraction.remainder) {
        remainder::add_lost(rest, (recipe, json), known, &extraction.unreadable);
    }
    let Some(other) = other else { return Ok(extraction) };
    other.check(extraction, known)
}

/// Forgets the compiled patterns of all recipes: they are compiled again when a page is read with them.
pub fn forget_patterns() {
    value::pattern::forget();
}

/// Fails with the breakage of what came in place of the page, where no recipe shows that it is the page.
fn not_the_page(
    recipe: &Recipe,
    document: &Document<'_>,
    text: &str,
    is_empty: bool,
) -> Result<(), Breakage> {
    if recipe.is_plain() {
        return document.trouble(text).map_or(Ok(()), Err);
    }
    let sign = if is_empty { document.stands_in(text) } else { None };
    sign.map_or(Ok(()), |sign| Err(Breakage::Blocked { sign }))
}

/// The breakage of a page on which nothing that a recipe requires is found.
fn nothing_found(recipe: &Recipe, extraction: &Extraction) -> Option<Breakage> {
    let lost =
        extraction.unreadable.iter().find(|u| matches!(u.of, Extent::Set | Extent::Record(_)));
    let is_read = extraction.facts.values().any(|set| !set.records.is_empty());
    let lost = lost.filter(|_| !is_read && !recipe.facts.is_empty())?;
    Some(Breakage::NothingSelected { fact: lost.fact.clone(), tried: lost.why.clone() })
}

/// Reads a value as a person writes it, of the same kind as another value.
///
/// # Errors
/// Why it is not such a value.
pub fn value_like(like: &Value, text: &str) -> Result<Value, String> {
    value::field::value_like(like, text)
}

/// Reads a value as a person writes it, in the type of a field.
///
/// # Errors
/// Why it is none of that type.
pub fn value_of(field: &recipe::FieldRecipe, text: &str) -> Result<Value, String> {
    value::field::value_of(field, text)
}

/// Counts the codes and figures in the content of a page.
///
/// # Errors
/// The breakage, when the page cannot be opened as a document.
pub fn figures(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Figures, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = Document::open(recipe, &text, addresses)?;
    if let Some(sign) = document.stands_in(&text) {
        return Err(Breakage::Blocked { sign });
    }
    Ok(figures::of(&document, &text))
}

/// The lines of a page as a reader sees it, without what its publisher puts on all pages; for data, the
/// lines of its text.
///
/// # Errors
/// The breakage, when the page cannot be opened as a document.
pub fn lines(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Vec<String>, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = Document::open(recipe, &text, addresses)?;
    let lines = remainder::lines(&document, recipe, &[]);
    if lines.is_empty() {
        return Ok(text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect());
    }
    Ok(lines)
}

/// What one locator of a recipe finds on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The fact set, as the recipe writes its key.
    pub fact: String,
    /// The part; empty if it is the only one.
    pub part: String,
    /// The locator.
    pub locator: String,
    /// How many matches it finds, or why none.
    pub found: Result<usize, String>,
}

/// Tries every locator of a recipe on a page, including those that [`facts`] would not reach.
///
/// # Errors
/// The breakage, when the page cannot be opened as a document.
pub fn explain(recipe: &Recipe, page: &Page, addresses: &[Url]) -> Result<Vec<Tried>, Breakage> {
    let text = body::text(page, recipe.format)?;
    let document = Document::open(recipe, &text, addresses)?;
    let mut tried = Vec::new();
    for fact in &recipe.facts {
        for part in &fact.parts {
            for locator in &part.locators {
                tried.push(Tried {
                    fact: fact.key.to_string(),
                    part: part.name.clone(),
                    locator: locator.name.to_string(),
                    found: document.find(locator).map(|matches| matches.len()).or_else(|why| {
                        let loosely = document.find_with_other_figures(locator);
                        if !loosely.is_empty() {
                            return Ok(loosely.len());
                        }
                        document.find_relaid(locator).map(|(matches, _)| matches.len()).ok_or(why)
                    }),
                });
            }
        }
    }
    Ok(tried)
}

/// Checks whether a page on which nothing is found is the right page at all: its title, its headings, or a
/// nearly empty body may tell.
fn diagnose(document: &Document<'_>, text: &str, breakage: Breakage) -> Breakage {
    document.trouble(text).unwrap_or(breakage)
}
