//! What the fuzz targets share: the sources a page is read with, what must hold of anything that
//! was read, and the seeds to begin from.
//!
//! The seeds are our own pages: the examples of the recipe language and the fixtures of the tests.
//! Each target writes its seeds when it starts, so nothing but code is kept here.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract;
use rulewatch::extract::recipe::Format;
use rulewatch::model::{Extraction, Facts, Page, SourceId, json};
use rulewatch::{diff, gate, render};

const EXAMPLES: &str = include_str!("../../../src/catalog/RECIPES.md");

/// More evidence of one row than this is kept by no reader.
const QUOTE_LIMIT: usize = 1_000;

/// A source, and pages that it reads.
pub struct Reader {
    /// The source.
    pub source: Source,
    pages: Vec<Vec<u8>>,
}

/// The readers of one format: every example of the recipe language, and a few shipped sources.
#[must_use]
pub fn readers(format: Format, shipped: &[&str]) -> Vec<Reader> {
    let catalog = Catalog::shipped().expect("the shipped catalogue parses");
    let by_id = |id: &&str| {
        let known = SourceId::parse(id).ok().and_then(|id| catalog.source(&id).cloned());
        Reader { source: known.expect("it is shipped"), pages: fixtures(id) }
    };
    let mut readers: Vec<Reader> =
        examples().into_iter().filter(|reader| reader.source.recipe.format == format).collect();
    readers.extend(shipped.iter().map(by_id));
    readers
}

/// The examples of the recipe language: each a source and the page it reads.
fn examples() -> Vec<Reader> {
    let reader = |(text, page): (&str, &str)| Reader {
        source: source(text),
        pages: vec![page.as_bytes().to_vec()],
    };
    written().into_iter().map(reader).collect()
}

/// The catalogues that stand as examples of the recipe language.
#[must_use]
pub fn catalogues() -> Vec<&'static str> {
    written().into_iter().map(|(text, _)| text).collect()
}

/// The examples as they are written: a catalogue, and the block after it, which is its page.
fn written() -> Vec<(&'static str, &'static str)> {
    let blocks: Vec<(&str, &str)> =
        EXAMPLES.split("```").skip(1).step_by(2).filter_map(|b| b.split_once('\n')).collect();
    let pairs = blocks.windows(2).filter(|pair| pair[0].0 == "toml");
    pairs.map(|pair| (pair[0].1, pair[1].1)).collect()
}

/// The one source of a catalogue.
///
/// # Panics
/// When the catalogue is wrong.
#[must_use]
pub fn source(text: &str) -> Source {
    let catalog = Catalog::parse(&[("fuzz", text)]).unwrap_or_else(|faults| panic!("{faults}"));
    catalog.sources().next().expect("it has a source").clone()
}

fn fixtures(id: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../it/fixtures").join(id);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read(file.path()).ok()).collect()
}

/// Writes the seeds of the readers of a target: the number of the reader, then a page of it.
pub fn seed_readers(target: &str, readers: &[Reader]) {
    let with_number = |(n, reader): (usize, &Reader)| {
        let number = u8::try_from(n).expect("there are fewer readers than that");
        reader.pages.iter().map(|page| [&[number], page.as_slice()].concat()).collect::<Vec<_>>()
    };
    seed(target, readers.iter().enumerate().flat_map(with_number));
}

/// Writes the seeds of a target into its corpus.
pub fn seed(target: &str, seeds: impl IntoIterator<Item = Vec<u8>>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).expect("the corpus can be written");
    for (n, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{n}")), seed).expect("the corpus can be written");
    }
}

/// Reads a page with the reader whose number comes first.
pub fn read_with(readers: &[Reader], data: &[u8]) {
    if let Some((number, page)) = data.split_first() {
        let reader = &readers[usize::from(*number) % readers.len()];
        if read(&reader.source, &[], page).is_none() {
            search(reader, page);
        }
    }
}

/// Looks on a page that cannot be read for what the reader's own pages say.
fn search(reader: &Reader, page: &[u8]) {
    let (recipe, addresses) = (&reader.source.recipe, reader.source.addresses());
    let of = |body: &[u8]| {
        Page::from_file(reader.source.url.clone(), body.to_vec(), Timestamp::UNIX_EPOCH)
    };
    let Some(known) = reader.pages.first() else { return };
    let Ok(known) = extract::facts(recipe, &of(known), &addresses) else { return };
    let found = extract::relocated(recipe, &of(page), &addresses, &known.facts);
    let _figures = extract::figures(recipe, &of(page), &addresses);
    if let Some((_, proposal)) = found {
        assert!(!proposal.is_empty(), "what is found elsewhere says where");
    }
}

/// Reads a page, and sees that what holds of every page holds of it.
pub fn read(source: &Source, headers: &[(&str, &str)], body: &[u8]) -> Option<Extraction> {
    let mut page = Page::from_file(source.url.clone(), body.to_vec(), Timestamp::UNIX_EPOCH);
    page.headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let addresses = source.addresses();
    let found = extract::facts(&source.recipe, &page, &addresses);
    assert_eq!(found, extract::facts(&source.recipe, &page, &addresses), "read twice, it differs");
    let tried = extract::explain(&source.recipe, &page, &addresses);
    let extraction = found.ok()?;
    assert!(tried.is_ok(), "facts are read of what cannot be opened");
    let _verdict = gate::judge(&extraction, &Facts::new(), source);
    assert!(
        diff::compare(&extraction.facts, &extraction.facts).is_empty(),
        "it differs from itself"
    );
    for (fact, set) in &extraction.facts {
        for (key, record) in &set.records {
            let stored = json::tagged_fields(&record.fields).to_string();
            let stored = serde_json::from_str(&stored).expect("it is JSON");
            assert_eq!(json::untag_fields(&stored).as_ref(), Some(&record.fields));
            let quote = record.evidence.quote.chars().count();
            assert!(quote <= QUOTE_LIMIT, "{quote} characters of evidence");
            let line = render::json::one_line(&render::json::record(fact, key, record));
            assert!(!line.contains(char::is_control), "a terminal would act on it");
        }
    }
    Some(extraction)
}
