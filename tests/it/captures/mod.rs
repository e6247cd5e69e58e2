//! The shipped recipes on official pages as they really were, through the real binary, compared
//! with readings of the same files by other means: `serde_json` alone, a walk over the XML's text,
//! plain patterns over the HTML.

mod draft;
mod fed;
mod grid;
mod law;
mod lists;
mod permits;
mod programs;
mod provinces;
mod rounds;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::program::{Home, lines};

/// The files of a folder of captures, in the order of their dates.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e != "csv")).collect();
    files.sort();
    files
}

fn newest(folder: &Path) -> PathBuf {
    files(folder).pop().unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The lines of a replay, one for each capture.
#[track_caller]
fn replay(source: &str, folder: &Path) -> Vec<Json> {
    let folder = folder.display().to_string();
    let out = Home::new().done(&["replay", "--source", source, &folder, "--format", "ndjson"]);
    lines(&out)
}

/// What a recipe reads from a page.
#[track_caller]
fn reads(source: &str, page: &Path) -> Vec<Json> {
    let page = page.display().to_string();
    lines(&Home::new().done(&["sources", "test", source, &page, "--format", "ndjson"]))
}

/// The records of one fact set, by their keys.
fn records<'a>(read: &'a [Json], fact: &str) -> BTreeMap<&'a str, &'a Json> {
    let of_fact = read.iter().filter(|line| line["type"] == "record" && line["fact"] == fact);
    of_fact.map(|line| (line["record"].as_str().unwrap(), &line["fields"])).collect()
}

fn changes(step: &Json) -> &Vec<Json> {
    step["changes"].as_array().unwrap()
}

fn outcomes(steps: &[Json]) -> Vec<&str> {
    steps.iter().map(|step| step["outcome"].as_str().unwrap()).collect()
}

fn kinds(steps: &[Json]) -> BTreeSet<&str> {
    steps.iter().flat_map(changes).map(|change| change["kind"].as_str().unwrap()).collect()
}

/// Spaces, dashes and quotes as a typewriter has them.
fn plain(text: &str) -> String {
    let text = text.replace(['\u{2018}', '\u{2019}'], "'").replace(['\u{201c}', '\u{201d}'], "\"");
    let text = text.replace(['\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}'], "-");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(text: &str) -> i64 {
    text.replace(',', "").parse().unwrap()
}
