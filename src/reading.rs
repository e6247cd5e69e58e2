//! Reads a page by its recipe, after turning it into text where needed.

use std::borrow::Cow;

use crate::catalog::Source;
use crate::convert::Converter;
use crate::extract::recipe::Format;
use crate::extract::{self, READER};
use crate::model::{Breakage, Extraction, Facts, Page};

/// Returns a page in the form that a recipe reads. A PDF gets its text as the body; the PDF itself is what
/// is stored as proof.
///
/// # Errors
/// The breakage, when the answer is not a PDF or no text can be made of it.
pub fn readable<'a>(
    converter: &Converter,
    source: &Source,
    page: &'a Page,
) -> Result<Cow<'a, Page>, Breakage> {
    let Some(pdf) = extract::pdf(&source.recipe, page)? else { return Ok(Cow::Borrowed(page)) };
    let body = converter.pdf(&pdf)?.into_bytes();
    let Page { chain, headers, fetched_at, .. } = page;
    // These headers describe the PDF's bytes, not its text.
    let is_of_bytes = |name: &str| ["content-length", "content-encoding"].contains(&name);
    let headers = headers.iter().filter(|(name, _)| !is_of_bytes(name)).cloned().collect();
    let chain = chain.clone();
    Ok(Cow::Owned(Page { chain, headers, body, fetched_at: *fetched_at }))
}

/// Reads the facts of a page when nothing is known of it yet.
///
/// # Errors
/// The breakage, when the page is not what the recipe reads.
pub fn read(converter: &Converter, source: &Source, page: &Page) -> Result<Extraction, Breakage> {
    read_known(converter, source, page, &Facts::new())
}

/// Reads the facts of a page when something is already known of it.
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

/// Gives back what only reading needs: for a process that reads no page for now.
pub fn rest() {
    extract::forget_patterns();
}

/// The reader of a source's pages. Another version of the program that makes text of a PDF is another
/// reader: where it reads differently, that is not news.
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
