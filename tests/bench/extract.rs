//! Extraction against parsing alone: for each captured page the time to read its facts, beside the
//! time the parser needs for the same bytes (html5ever through scraper, `serde_json`, `roxmltree`).
//!
//! `cargo bench` prints the table. Captures lie outside the project; without them the project's
//! own fixtures are measured. Times are the smallest of several runs: what the work costs when
//! nothing else disturbs it.

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
const RUNS: usize = 15;

fn main() {
    let catalog = Catalog::shipped().expect("the shipped catalogue parses");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let captures = root.join("../shared/captures");
    println!("{:28} {:34} {:>9} {:>9} {:>6}", "SOURCE", "PAGE", "PARSE", "EXTRACT", "RATIO");
    let mut worst: f64 = 0.0;
    if captures.is_dir() {
        for (source, folder) in folders::FOLDERS {
            for page in files(&captures.join(folder)) {
                worst = worst.max(measure(&catalog, source, &page));
            }
        }
    } else {
        println!("left out: no captures; the project's own fixtures are measured");
        for folder in files(&root.join("tests/it/fixtures")) {
            let source = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for page in files(&folder) {
                worst = worst.max(measure(&catalog, &source, &page));
            }
        }
    }
    println!("worst ratio {worst:.2}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files
}

/// Measures one page; the ratio of extracting to parsing, 0 for a page the source does not read.
fn measure(catalog: &Catalog, id: &str, path: &Path) -> f64 {
    let source = SourceId::parse(id).ok().and_then(|id| catalog.source(&id));
    let (Some(source), Ok(body)) = (source, std::fs::read(path)) else { return 0.0 };
    let Ok(text) = String::from_utf8(body.clone()) else { return 0.0 };
    let page = Page::from_file(source.url.clone(), body, jiff::Timestamp::UNIX_EPOCH);
    if extract::facts(&source.recipe, &page, &source.addresses()).is_err() {
        return 0.0;
    }
    let parse = least(|| parse(source, &text));
    let addresses = source.addresses();
    let extract = least(|| extract::facts(&source.recipe, &page, &addresses).is_ok());
    let ratio = extract.as_secs_f64() / parse.as_secs_f64();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!("{id:28} {name:34} {:>9} {:>9} {ratio:>6.2}", micros(parse), micros(extract));
    ratio
}

/// What the parser alone does with the page.
fn parse(source: &Source, text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    match source.recipe.format {
        Format::Html => scraper::Html::parse_document(text).errors.is_empty(),
        Format::Json => serde_json::from_str::<serde_json::Value>(text).is_ok(),
        Format::Xml | Format::Feed => roxmltree::Document::parse(text).is_ok(),
        Format::Csv | Format::Pdf => csv_lines(text),
    }
}

fn csv_lines(text: &str) -> bool {
    text.lines().count() > 0
}

fn least(mut work: impl FnMut() -> bool) -> Duration {
    let once = |work: &mut dyn FnMut() -> bool| {
        let began = Instant::now();
        std::hint::black_box(work());
        began.elapsed()
    };
    (0..RUNS).map(|_| once(&mut work)).min().unwrap_or_default()
}

fn micros(time: Duration) -> String {
    format!("{} us", time.as_micros())
}
