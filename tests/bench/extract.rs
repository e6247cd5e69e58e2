//! Extraction against parsing alone: for each captured page the time to read its facts, beside the
//! time html5ever (through scraper) needs to parse the same bytes. For a page that is no HTML the
//! parser of its own format stands beside it too (`serde_json`, `roxmltree`).
//!
//! `cargo bench` prints the table, in less than two minutes. Captures lie outside the project;
//! without them the project's own fixtures are measured. The three are run in turn, so that what
//! disturbs the machine disturbs all of them, and the smallest time of each counts: what the work
//! costs when nothing else is going on.

#![expect(clippy::print_stdout, reason = "what it measured is for a person to read")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract;
use rulewatch::extract::recipe::Format;
use rulewatch::model::{Page, SourceId};

#[path = "../it/mutations/folders.rs"]
mod folders;

/// How often each is run; the smallest time counts.
const RUNS: usize = 60;

/// Extraction of a page takes at most so many times what html5ever takes to parse it.
const BAR: f64 = 1.5;

/// What was measured on one page.
struct Measured {
    format: Format,
    html5ever: Duration,
    own: Duration,
    extract: Duration,
}

impl Measured {
    /// Extraction against html5ever.
    fn ratio(&self) -> f64 {
        self.extract.as_secs_f64() / self.html5ever.as_secs_f64()
    }

    /// Extraction against the parser of the page's own format.
    fn own_ratio(&self) -> f64 {
        self.extract.as_secs_f64() / self.own.as_secs_f64()
    }
}

fn main() {
    let catalog = Catalog::shipped().expect("the shipped catalogue parses");
    println!(
        "{:28} {:34} {:>12} {:>12} {:>12} {:>6} {:>8}",
        "SOURCE", "PAGE", "HTML5EVER", "OWN PARSER", "EXTRACT", "RATIO", "TO OWN"
    );
    let measured: Vec<Measured> =
        pages().iter().filter_map(|(source, page)| measure(&catalog, source, page)).collect();
    for format in Format::ALL {
        let pages: Vec<&Measured> = measured.iter().filter(|m| m.format == format).collect();
        let worst = pages.iter().map(|m| m.ratio()).fold(0.0, f64::max);
        let own = pages.iter().map(|m| m.own_ratio()).fold(0.0, f64::max);
        let above = pages.iter().filter(|m| m.ratio() > BAR).count();
        if !pages.is_empty() {
            println!(
                "{}: {} pages, {above} above {BAR}; worst ratio {worst:.2}, to its own parser {own:.2}",
                format.word(),
                pages.len()
            );
        }
    }
}

/// The pages that are measured, each with the id of the source that reads it.
fn pages() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let captures = root.join("../shared/captures");
    let of = |source: &str, folder: &Path| -> Vec<(String, PathBuf)> {
        files(folder).into_iter().map(|page| (source.to_owned(), page)).collect()
    };
    if captures.is_dir() {
        let folders = folders::FOLDERS.iter();
        return folders.flat_map(|(source, folder)| of(source, &captures.join(folder))).collect();
    }
    println!("left out: no captures; the project's own fixtures are measured");
    let folders = files(&root.join("tests/it/fixtures"));
    let source = |folder: &Path| folder.file_name().unwrap_or_default().display().to_string();
    folders.iter().flat_map(|folder| of(&source(folder), folder)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files
}

/// Measures one page; nothing for a page the source does not read.
fn measure(catalog: &Catalog, id: &str, path: &Path) -> Option<Measured> {
    let source = catalog.source(&SourceId::parse(id).ok()?)?;
    let body = std::fs::read(path).ok()?;
    let text = String::from_utf8(body.clone()).ok()?;
    let page = Page::from_file(source.url.clone(), body, jiff::Timestamp::UNIX_EPOCH);
    let addresses = source.addresses();
    extract::facts(&source.recipe, &page, &addresses).ok()?;

    let most = Duration::MAX;
    let format = source.recipe.format;
    let mut least = Measured { format, html5ever: most, own: most, extract: most };
    for _ in 0..RUNS {
        least.html5ever = least.html5ever.min(time(|| parse_html(&text)));
        least.own = least.own.min(time(|| parse(source, &text)));
        least.extract =
            least.extract.min(time(|| extract::facts(&source.recipe, &page, &addresses).is_ok()));
    }
    println!(
        "{id:28} {:34} {:>12} {:>12} {:>12} {:>6.2} {:>8.2}",
        path.file_name().unwrap_or_default().display(),
        micros(least.html5ever),
        micros(least.own),
        micros(least.extract),
        least.ratio(),
        least.own_ratio()
    );
    Some(least)
}

fn parse_html(text: &str) -> bool {
    scraper::Html::parse_document(text).tree.root().has_children()
}

/// What the parser of the page's own format does with it.
fn parse(source: &Source, text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    match source.recipe.format {
        Format::Html => parse_html(text),
        Format::Json => serde_json::from_str::<serde_json::Value>(text).is_ok(),
        Format::Xml | Format::Feed => roxmltree::Document::parse(text).is_ok(),
        Format::Csv | Format::Pdf => text.lines().count() > 0,
    }
}

fn time(work: impl FnOnce() -> bool) -> Duration {
    let began = Instant::now();
    std::hint::black_box(work());
    began.elapsed()
}

fn micros(time: Duration) -> String {
    format!("{} us", time.as_micros())
}
