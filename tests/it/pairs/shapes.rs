//! Pages in forms that were seen on the live sites and of which no capture was found. Each is read, record by record,
//! and so are its nearest redesigns.
//!
//! A file of `fixtures/shapes` is named by its source, and by the form where there are several
//! (`SOURCE--FORM.txt`): the title of the page and its day, the page in light writing or whole, and all that must be
//! read of it, with `---` between. A line of these is a record, or says why the page would not be believed.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rulewatch::catalog::{Catalog, Source};
use rulewatch::extract::recipe::Format;
use rulewatch::model::{Page, Record};
use rulewatch::trying;

use super::body;
use super::redesigns::REDESIGNS;
use crate::shipped::shipped;

/// A page of one form.
struct Shape {
    name: String,
    title: String,
    at: Timestamp,
    page: String,
    read: Vec<String>,
}

fn shapes() -> Vec<Shape> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/shapes"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| shape(file)).collect()
}

fn shape(file: &Path) -> Shape {
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(file).unwrap();
    let parts: Vec<&str> = text.splitn(3, "\n---\n").collect();
    let [head, page, read] = parts[..] else { panic!("{name}: a shape has three parts") };
    let (title, at) = head.split_once('\n').unwrap();
    Shape {
        title: title.to_owned(),
        at: at.parse().unwrap_or_else(|error| panic!("{name}: {error}")),
        page: page.to_owned(),
        read: read.lines().map(str::to_owned).collect(),
        name,
    }
}

impl Shape {
    fn source<'a>(&self, catalog: &'a Catalog) -> &'a Source {
        let id = self.name.split("--").next().unwrap();
        let mut all = catalog.sources();
        all.find(|source| source.id.as_str() == id).unwrap_or_else(|| panic!("{id} is no source"))
    }

    fn body(&self, source: &Source) -> Vec<u8> {
        body(source, &self.title, &self.at.to_string()[..10], &self.page)
    }
}

/// All that a recipe reads of a page, but for words that are only watched: a line for each record, and for each set or
/// record that is not read.
fn lines(catalog: &Catalog, source: &Source, body: Vec<u8>, at: Timestamp) -> Vec<String> {
    let page = Page::from_file(source.url.clone(), body, at);
    let trial = match trying::recipe(catalog, &source.id, &page).unwrap() {
        Ok(trial) => trial,
        Err(breakage) => return vec![format!("broken: {breakage}")],
    };
    let sets = trial.extraction.facts.iter().filter(|(key, _)| !key.as_str().starts_with("page."));
    let records = sets.flat_map(|(key, set)| {
        let records = set.records.iter();
        records.map(move |(record, of)| {
            format!("{key}/{record}: {}", fields(of)).trim_end().to_owned()
        })
    });
    records.chain(trial.objection.map(|not| format!("{}: {}", not.outcome, not.why))).collect()
}

fn fields(record: &Record) -> String {
    let fields = record.fields.iter().map(|(name, value)| format!("{name} {value}"));
    fields.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_page_of_every_known_form_is_read() {
    let catalog = shipped();
    let mut faults = Vec::new();
    for shape in shapes() {
        let source = shape.source(&catalog);
        let read = lines(&catalog, source, shape.body(source), shape.at);
        println!("{}: {} records", shape.name, read.len());
        if read != shape.read {
            faults.push(format!("{}\n{}", shape.name, read.join("\n")));
        }
    }
    assert!(faults.is_empty(), "read otherwise, as below:\n{}", faults.join("\n\n"));
}

#[test]
fn a_page_of_every_known_form_is_read_in_its_nearest_redesigns() {
    let catalog = shipped();
    let mut faults = Vec::new();
    let mut tried = 0;
    for shape in shapes() {
        let source = shape.source(&catalog);
        if source.recipe.format != Format::Html {
            continue;
        }
        let html = String::from_utf8(shape.body(source)).unwrap();
        for (name, redesign) in REDESIGNS {
            let made = redesign(&html);
            if made == html {
                continue;
            }
            tried += 1;
            let read = lines(&catalog, source, made.into_bytes(), shape.at);
            if read != shape.read {
                faults.push(format!("{}: {name}\n{}", shape.name, read.join("\n")));
            }
        }
    }
    println!("{tried} redesigned pages");
    assert!(faults.is_empty(), "read otherwise, as below:\n{}", faults.join("\n\n"));
    assert!(tried > 60, "{tried}");
}
