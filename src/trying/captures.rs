//! Finds which source each capture in a folder of folders is of.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{TryError, recipe, saved};
use crate::catalog::{Catalog, Source};
use crate::extract::recipe::Format;
use crate::model::{Page, SourceId};

/// The largest capture, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How deep folders are looked through.
const DEPTH: usize = 4;

/// A saved page in a folder of captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPage {
    /// Its path from the folder that was named.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The source it is of; `None` where none was found.
    pub source: Option<SourceId>,
}

/// Every capture in a folder, in the order of their names. A folder in it has captures of one source: the one
/// that the folder is named by, whose address a page states as its own, whose id is in the folder's name, or
/// whose recipe reads the newest page whole.
///
/// # Errors
/// When a folder cannot be read.
pub fn captures(
    catalog: &Catalog,
    folder: &Path,
    now: Timestamp,
) -> Result<Vec<SavedPage>, TryError> {
    let mut found = Vec::new();
    walk(folder, DEPTH, &mut |inner, files| {
        let source = source_of(catalog, inner, &files, now);
        for path in files {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            found.push(SavedPage { name, path, source: source.clone() });
        }
    })?;
    Ok(found)
}

/// Visits every folder that has pages, with its pages in order.
fn walk(
    folder: &Path,
    depth: usize,
    visit: &mut dyn FnMut(&Path, Vec<PathBuf>),
) -> Result<(), TryError> {
    let failed =
        |error: io::Error| TryError::ReadPage { path: folder.display().to_string(), error };
    let mut entries = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // A link to a folder above would never end.
        let about = fs::symlink_metadata(&path).map_err(failed)?;
        entries.insert(path, about);
    }
    let (folders, files): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(_, about)| about.is_dir());
    let pages = files.into_iter().filter(|(path, about)| about.is_file() && is_page(path));
    let pages: Vec<PathBuf> = pages.map(|(path, _)| path).collect();
    if !pages.is_empty() {
        visit(folder, pages);
    }
    for (inner, _) in folders.into_iter().filter(|_| depth > 0) {
        walk(&inner, depth - 1, visit)?;
    }
    Ok(())
}

/// Whether a file is a page, by its name: not a list of labels, a description or hidden.
fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_one = ["html", "htm", "json", "xml", "pdf", "txt", "csv"].contains(&&*ending);
    is_one && !name.starts_with(['.', '_'])
}

fn source_of(
    catalog: &Catalog,
    folder: &Path,
    files: &[PathBuf],
    now: Timestamp,
) -> Option<SourceId> {
    let name = folder.file_name()?.to_string_lossy().to_lowercase();
    let named = SourceId::parse(&name).ok().filter(|id| catalog.source(id).is_some());
    let newest = files.last()?;
    named
        .or_else(|| by_address(catalog, newest))
        .or_else(|| by_words(catalog, &name, newest))
        .or_else(|| by_reading(catalog, &name, newest, now))
}

/// The source with the address that the page states as its own.
fn by_address(catalog: &Catalog, page: &Path) -> Option<SourceId> {
    let text = String::from_utf8_lossy(&bytes(page)?).into_owned();
    let stated: Vec<&str> = ["rel=\"canonical\"", "property=\"og:url\""]
        .into_iter()
        .filter_map(|mark| {
            let at = text.find(mark)?;
            let tag = text[..at].rfind('<')?;
            let tag = &text[tag..at + text[at..].find('>')?];
            ["href=\"", "content=\""].into_iter().find_map(|name| {
                let (_, value) = tag.split_once(name)?;
                value.split('"').next()
            })
        })
        .collect();
    let is_own = |source: &&Source| {
        source.addresses().iter().any(|own| stated.iter().any(|url| same(own.as_str(), url)))
    };
    catalog.sources().find(is_own).map(|source| source.id.clone())
}

fn same(one: &str, other: &str) -> bool {
    let plain = |url: &str| {
        let url = url.trim_end_matches('/');
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_start_matches("www.").to_owned()
    };
    plain(one) == plain(other)
}

/// The source whose id is in a folder's name, word for word: the one with the most words.
fn by_words(catalog: &Catalog, name: &str, page: &Path) -> Option<SourceId> {
    let own: Vec<&str> = name.split(['-', '_']).collect();
    let is_in = |id: &str| {
        let mut rest = own.iter();
        id.split('-').all(|word| rest.any(|own| *own == word))
    };
    let n_words = |source: &&Source| source.id.as_str().split('-').count();
    let fit = |source: &&Source| {
        n_words(source) > 2 && is_in(source.id.as_str()) && is_form(source, page)
    };
    let most = catalog.sources().filter(fit).map(|source| n_words(&source)).max()?;
    let mut best = catalog.sources().filter(|source| fit(source) && n_words(source) == most);
    match (best.next(), best.next()) {
        (Some(only), None) => Some(only.id.clone()),
        _ => None,
    }
}

/// The source of the publisher that a folder's name begins with whose recipe reads most words of a page, and
/// all that it asks for.
fn by_reading(catalog: &Catalog, name: &str, page: &Path, now: Timestamp) -> Option<SourceId> {
    let (publisher, _) = name.split_once('-')?;
    let alike = |source: &&Source| source.id.as_str().split('-').next() == Some(publisher);
    let words = |source: &Source| {
        let page: Page = saved(catalog, &source.id, page, now).ok()?;
        let trial = recipe(catalog, &source.id, &page).ok()?.ok()?;
        let read = trial.extraction.remainder.as_ref().map_or(0, |rest| rest.shares.facts);
        (trial.objection.is_none() && trial.extraction.complaints.is_empty()).then_some(read)
    };
    let read = catalog.sources().filter(alike).filter_map(|source| Some((words(source)?, source)));
    read.max_by_key(|(words, _)| *words).map(|(_, source)| source.id.clone())
}

/// Whether a page may be of the form that a source is read in, by its name.
fn is_form(source: &Source, page: &Path) -> bool {
    let ending = page.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let form = source.recipe.format;
    match &*ending {
        "html" | "htm" => form == Format::Html,
        "pdf" => form == Format::Pdf,
        "csv" => form == Format::Csv,
        "json" => matches!(form, Format::Json | Format::Feed),
        "xml" => matches!(form, Format::Xml | Format::Feed),
        _ => true,
    }
}

fn bytes(path: &Path) -> Option<Vec<u8>> {
    let is_small = fs::metadata(path).ok()?.len() <= LARGEST;
    is_small.then(|| fs::read(path).ok()).flatten()
}
