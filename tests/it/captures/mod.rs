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
mod titles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use scraper::Html;
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
    let mut read =
        lines(&Home::new().done(&["sources", "test", source, &page, "--format", "ndjson"]));
    // How much of the page is read is no part of what is read.
    read.retain(|line| line["type"] != "shares");
    read
}

/// The records of one fact set, by their keys.
fn records<'a>(read: &'a [Json], fact: &str) -> BTreeMap<&'a str, &'a Json> {
    let of_fact = read.iter().filter(|line| line["type"] == "record" && line["fact"] == fact);
    of_fact.map(|line| (line["record"].as_str().unwrap(), &line["fields"])).collect()
}

fn changes(step: &Json) -> &Vec<Json> {
    step["changes"].as_array().unwrap()
}

/// The changes of facts. What no recipe reads is told beside them, as wording at info.
fn fact_changes(step: &Json) -> Vec<&Json> {
    let (facts, rest): (Vec<&Json>, Vec<&Json>) = changes(step)
        .iter()
        .partition(|change| !change["fact"].as_str().unwrap().starts_with("page."));
    let is_wording =
        |change: &&Json| change["kind"] == "wording_changed" && change["severity"] == "info";
    assert!(rest.iter().all(is_wording), "{rest:?}");
    facts
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

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The words of a piece of HTML, on one line.
fn words(html: &str) -> String {
    plain(&Html::parse_fragment(html).root_element().text().collect::<String>())
}

/// The tables of a page, row by row, each cell as HTML.
fn tables(html: &str) -> Vec<Vec<Vec<String>>> {
    let (table, row) = (pattern(r"(?s)<table.*?</table>"), pattern(r"(?s)<tr\b.*?</tr>"));
    let cell = pattern(r"(?s)<t[dh]\b[^>]*>(.*?)</t[dh]>");
    let cells = |row: &str| cell.captures_iter(row).map(|found| found[1].to_owned()).collect();
    let rows = |table: &str| row.find_iter(table).map(|row| cells(row.as_str())).collect();
    table.find_iter(html).map(|table| rows(table.as_str())).collect()
}

/// Small letters and digits, with hyphens between.
fn slug(text: &str) -> String {
    let words = text.to_lowercase().replace('\'', "");
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The fields of a record as a person would write them: `amount=$300; days=30; text=one / two`.
fn said(fields: &Json) -> String {
    fn value(of: &Json) -> String {
        let part = |name| &of[name];
        match of {
            Json::String(text) => plain(text),
            Json::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Json::Array(all) => all.iter().map(value).collect::<Vec<_>>().join(" / "),
            Json::Object(parts) if parts.contains_key("amount") => format!("${}", part("amount")),
            Json::Object(_) if part("unit").is_string() => {
                format!("{} {}", part("count"), part("unit").as_str().unwrap())
            }
            Json::Object(_) if part("from") == part("to") => part("to").to_string(),
            Json::Object(_) => format!("{}-{}", part("from"), part("to")),
            other => other.to_string(),
        }
    }
    let fields = fields.as_object().unwrap().iter();
    fields.map(|(name, of)| format!("{name}={}", value(of))).collect::<Vec<_>>().join("; ")
}

fn number(text: &str) -> i64 {
    text.replace(',', "").parse().unwrap()
}
