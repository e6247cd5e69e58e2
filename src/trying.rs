//! Tries a recipe on a page and records nothing: the use case of `sources test`.

mod captures;

use std::path::Path;

use jiff::Timestamp;
use url::Url;

use crate::catalog::{Catalog, Source};
use crate::clock::Clock;
use crate::conclude::day;
use crate::convert::Converter;
use crate::extract;
use crate::fetch::{Fetcher, Reply, Request};
use crate::gate;
use crate::model::{Advice, Breakage, Extraction, Facts, HoldReason, Page, SourceId};
use crate::reading::{read, readable};

pub use captures::{SavedPage, captures};

/// The facts that a recipe read from a page.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The facts, and what could not be read.
    pub extraction: Extraction,
    /// Why a first check of this page would not believe it, if so.
    pub objection: Option<Objection>,
}

/// Why a page would not be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// How the check would end: `held`, `partial` or `broken`.
    pub outcome: &'static str,
    /// Why.
    pub why: String,
}

/// Why a recipe could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// A source that the catalogue does not have.
    #[error("there is no source `{0}`; `rulewatch sources list` shows all")]
    UnknownSource(SourceId),
    /// A file that cannot be read.
    #[error("cannot read {path}: {error}")]
    ReadPage {
        /// Which.
        path: String,
        /// Why not.
        error: std::io::Error,
    },
    /// The name is neither a file nor an address.
    #[error("`{0}` is neither a file nor an address")]
    NoPlace(String),
}

impl TryError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::UnknownSource(_) | Self::ReadPage { .. } | Self::NoPlace(_) => Advice::Correct,
        }
    }
}

/// Where a page comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<'a> {
    /// A saved file.
    File(&'a Path),
    /// An address to fetch.
    Address(Url),
}

/// Reads what a person named: a file, or an address.
///
/// # Errors
/// When it is neither.
pub fn place(named: &str) -> Result<Place<'_>, TryError> {
    let path = Path::new(named);
    if path.is_file() {
        return Ok(Place::File(path));
    }
    let url = Url::parse(named).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(Place::Address).ok_or_else(|| TryError::NoPlace(named.to_owned()))
}

/// Reads a saved page of a source.
///
/// # Errors
/// When there is no such source, or the file cannot be read.
pub fn saved(
    catalog: &Catalog,
    id: &SourceId,
    path: &Path,
    now: Timestamp,
) -> Result<Page, TryError> {
    let body = bytes(path)?;
    Ok(Page::from_file(source(catalog, id)?.url.clone(), body, now))
}

/// Reads a saved page of which nothing is known.
///
/// # Errors
/// When the file cannot be read.
pub fn unknown(path: &Path, now: Timestamp) -> Result<Page, TryError> {
    let nowhere = Url::parse("https://www.example.org/").expect("an address of our own");
    Ok(Page::from_file(nowhere, bytes(path)?, now))
}

fn bytes(path: &Path) -> Result<Vec<u8>, TryError> {
    let failed = |error| TryError::ReadPage { path: path.display().to_string(), error };
    std::fs::read(path).map_err(failed)
}

/// Fetches a page; else returns why there is none.
///
/// # Errors
/// The answer that came instead, in words.
pub async fn fetched(fetcher: &Fetcher, clock: &dyn Clock, url: Url) -> Result<Page, String> {
    match fetcher.fetch(&Request::new(url), clock).await {
        Reply::Page(page) => Ok(page),
        other => Err(format!("{other:?}")),
    }
}

/// Reads the facts of a page as a first check would, and says whether that check would believe them.
///
/// # Errors
/// When there is no such source. The inner error is the breakage of a page that the recipe cannot read.
pub fn recipe(
    catalog: &Catalog,
    id: &SourceId,
    page: &Page,
) -> Result<Result<Trial, Breakage>, TryError> {
    let source = source(catalog, id)?;
    Ok(read(&Converter::default(), source, page).map(|extraction| {
        let judged = gate::judge(&extraction, &Facts::new(), source, day(source, page.fetched_at));
        let partial = || {
            let lost: Vec<String> =
                judged.unreadable.iter().map(|lost| format!("{lost}: {}", lost.why)).collect();
            (!lost.is_empty()).then(|| Objection { outcome: "partial", why: lost.join("; ") })
        };
        let broken = |why: &Breakage| Objection { outcome: "broken", why: why.to_string() };
        let held = |why: &HoldReason| Objection { outcome: "held", why: why.to_string() };
        let objection = judged.broken.as_ref().map(broken);
        let objection = objection.or_else(|| judged.held.values().next().map(held));
        Trial { objection: objection.or_else(partial), extraction }
    }))
}

/// Shows what every locator of a recipe finds on a page, including those that are not needed.
///
/// # Errors
/// When there is no such source. The inner error is the breakage of a page that the recipe cannot read.
pub fn locators(
    catalog: &Catalog,
    id: &SourceId,
    page: &Page,
) -> Result<Result<Vec<extract::Tried>, Breakage>, TryError> {
    let source = source(catalog, id)?;
    Ok(readable(&Converter::default(), source, page)
        .and_then(|page| extract::explain(&source.recipe, &page, &source.addresses())))
}

fn source<'a>(catalog: &'a Catalog, id: &SourceId) -> Result<&'a Source, TryError> {
    catalog.source(id).ok_or_else(|| TryError::UnknownSource(id.clone()))
}
