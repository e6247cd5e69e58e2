//! Reads a page by its recipe: made text first, where it is none.

use std::borrow::Cow;

use crate::catalog::Source;
use crate::convert::Converter;
use crate::extract::recipe::Format;
use crate::extract::{self, READER};
use crate::model::{Breakage, Extraction, Facts, Page};

/// Returns a page as a recipe reads it. Of a PDF it is the page with its text for a body; what is
/// kept as proof is the PDF.
///
/// # Errors
/// The breakage, when no PDF came or no text can be made of it.
pub fn readable<'a>(
    converter: &Converter,
    source: &Source,
    page: &'a Page,
) -> Result<Cow<'a, Page>, Breakage> {
    let Some(pdf) = extract::pdf(&source.recipe, page)? else { return Ok(Cow::Borrowed(page)) };
    let body = converter.pdf(&pdf)?.into_bytes();
    let Page { chain, headers, fetched_at, .. } = page;
    // What they say of the PDF's bytes is not true of its text.
    let is_of_bytes = |name: &str| ["content-length", "content-encoding"].contains(&name);
    let headers = headers.iter().filter(|(name, _)| !is_of_bytes(name)).cloned().collect();
    let chain = chain.clone();
    Ok(Cow::Owned(Page { chain, headers, body, fetched_at: *fetched_at }))
}

/// Reads the facts of a page of which nothing is known.
///
/// # Errors
/// The breakage, when the page is not what the recipe reads.
pub fn read(converter: &Converter, source: &Source, page: &Page) -> Result<Extraction, Breakage> {
    read_known(converter, source, page, &Facts::new())
}

/// Reads the facts of a page of which something is known.
///
/// # Errors
/// The breakage, when the page is not what the recipe reads.
pub fn read_known(
    converter: &Converter,
    source: &Source,
    page: &Page,
    known: &Facts,
) -> Result<Extraction, Breakage> {
    let page = readable(converter, source, page)?;
    extract::facts(&source.recipe, &page, &source.addresses(), known)
}

/// The reader of a source's pages. Another version of the program that makes text of a PDF is
/// another reader: what it reads otherwise is no news.
#[must_use]
pub fn reader(converter: &Converter, source: &Source) -> Cow<'static, str> {
    match source.recipe.format {
        Format::Pdf => {
            let version = converter.pdf_version();
            format!("{READER}, {}", version.as_deref().unwrap_or("no pdftotext")).into()
        }
        Format::Html | Format::Json | Format::Xml | Format::Feed | Format::Csv => READER.into(),
    }
}
