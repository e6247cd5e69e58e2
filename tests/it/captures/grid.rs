//! The points grid, cell by cell, against the tables of the page.

use std::fs;
use std::path::Path;

use regex::Regex;
use rulewatch::catalog::Catalog;
use rulewatch::model::SourceId;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value as Json;

use super::{
    fact_changes, files, kinds, newest, number, outcomes, plain, read, reads, records, replay,
};
use crate::impacts::pages;
use crate::left_out::captures;
use crate::program::{Home, lines};

/// The tables of the CRS page in its order: fact set, section, columns.
const GRID: [(&str, &str, &[&str]); 20] = [
    ("crs.core", "summary", SPOUSE),
    ("crs.core", "age", SPOUSE),
    ("crs.core", "education", SPOUSE),
    ("crs.core", "first-language", SPOUSE),
    ("crs.core", "second-language", SPOUSE),
    ("crs.core", "canadian-work-experience", SPOUSE),
    ("crs.spouse", "summary", &["with-spouse"]),
    ("crs.spouse", "education", SPOUSE),
    ("crs.spouse", "language", SPOUSE),
    ("crs.spouse", "canadian-work-experience", SPOUSE),
    ("crs.transferability", "summary-education", POINTS),
    ("crs.transferability", "summary-foreign-work", POINTS),
    ("crs.transferability", "summary-certificate", POINTS),
    ("crs.transferability", "education-and-language", &["clb-7", "clb-9"]),
    ("crs.transferability", "education-and-work", &["1-year", "2-years"]),
    ("crs.transferability", "foreign-work-and-language", &["clb-7", "clb-9"]),
    ("crs.transferability", "foreign-work-and-work", &["1-year", "2-years"]),
    ("crs.transferability", "certificate-and-language", &["clb-5", "clb-7"]),
    ("crs.additional", "summary", POINTS),
    ("crs.additional", "breakdown", POINTS),
];
const SPOUSE: &[&str] = &["with-spouse", "without-spouse"];
const POINTS: &[&str] = &["points"];

/// The cells of every table of a page, row by row.
fn tables(file: &Path) -> Vec<Vec<Vec<String>>> {
    let html = Html::parse_document(&read(file));
    let select = |css: &str| Selector::parse(css).unwrap();
    let (table, row, cell) = (select("main table"), select("tr"), select("th, td"));
    let text = |cell: ElementRef<'_>| plain(&cell.text().collect::<String>());
    let rows = |table: ElementRef<'_>| {
        table.select(&row).map(|row| row.select(&cell).map(text).collect()).collect()
    };
    html.select(&table).map(rows).collect()
}

/// The numbers of one section as a list of `row label, column, number`, in a fixed order.
fn cells_of(read: &[Json], fact: &str, section: &str) -> Vec<(String, String, String)> {
    let mut cells = Vec::new();
    for (key, fields) in records(read, fact) {
        let parts: Vec<&str> = key.split('/').collect();
        let is_cell = parts[0] == section && !parts[1].starts_with("maximum");
        if is_cell {
            let points = fields["points"].to_string().replace('"', "");
            let label = fields["label"].as_str().unwrap().to_owned();
            cells.push((label, parts[2].to_owned(), points));
        }
    }
    cells.sort();
    cells
}

#[test]
fn every_cell_of_the_points_grid_is_read() {
    let Some(captures) = captures("captures::grid::every_cell_of_the_points_grid_is_read") else {
        return;
    };
    let file = newest(&captures.join("ircc-crs-criteria"));
    let (read, tables) = (reads("ircc-crs-criteria", &file), tables(&file));
    assert_eq!(tables.len(), GRID.len());
    let limit = Regex::new(r"(?i)maximum (\d+) points").unwrap();
    let mut numbers = 0;
    for (table, (fact, section, columns)) in tables.iter().zip(GRID) {
        let mut expected = Vec::new();
        for row in &table[1..] {
            assert_eq!(row.len(), columns.len() + 1, "{section}: {row:?}");
            for (column, cell) in columns.iter().zip(&row[1..]) {
                numbers += usize::from(cell.parse::<u32>().is_ok());
                // A button for a note stands in the cell.
                let label = row[0].trim_end_matches(" Info").to_owned();
                expected.push((label, (*column).to_owned(), cell.clone()));
            }
        }
        expected.sort();
        assert_eq!(cells_of(&read, fact, section), expected, "{fact} {section}");
        let mut limits: Vec<i64> = Vec::new();
        for header in &table[0] {
            limits.extend(limit.captures_iter(header).map(|found| number(&found[1])));
        }
        let mut found: Vec<i64> = records(&read, fact)
            .into_iter()
            .filter(|(key, _)| key.starts_with(&format!("{section}/maximum")))
            .map(|(_, fields)| fields["points"].as_i64().unwrap())
            .collect();
        limits.sort_unstable();
        found.sort_unstable();
        let is_stated = limits.iter().all(|limit| found.contains(limit));
        assert!(is_stated, "{fact} {section}: {limits:?} in the header, {found:?} read");
    }
    assert_eq!(numbers, 168, "counted on the page");
    assert!(read.iter().all(|line| line["type"] != "complaint"), "no complaint");
}

#[test]
fn the_drafts_of_the_points_grid_lose_nothing_and_move_nothing() {
    let name = "captures::grid::the_drafts_of_the_points_grid_lose_nothing_and_move_nothing";
    let Some(captures) = captures(name) else { return };
    let steps = replay("ircc-crs-criteria", &captures.join("ircc-draft-ee-crs-en"));
    assert_eq!(steps.len(), 6);
    for kind in kinds(&steps) {
        assert!(kind != "points_changed" && kind != "record_removed", "{kind}");
    }
}

fn figures(label: &str) -> Vec<char> {
    label.chars().filter(char::is_ascii_digit).collect()
}

/// What a person says who lays two pages beside each other: rows that are gone, that came, or whose
/// words alone are others, and the one limit that a sentence states.
fn differences(before: &Path, after: &Path) -> Vec<String> {
    let mut said = Vec::new();
    let bare = |row: &Vec<String>| -> Vec<String> {
        row.iter().map(|cell| cell.trim_end_matches(" Info").to_owned()).collect()
    };
    for ((old, new), (fact, section, _)) in tables(before).iter().zip(tables(after)).zip(GRID) {
        let rows = |table: &[Vec<String>]| table[1..].iter().map(bare).collect::<Vec<_>>();
        let (old, new) = (rows(old), rows(&new));
        let gone = old.iter().filter(|row| !new.contains(row));
        let mut came: Vec<_> = new.iter().filter(|row| !old.contains(row)).collect();
        for row in gone {
            let again = came.iter().position(|other| other[1..] == row[1..]);
            let (kind, to) = match again.map(|at| came.remove(at)) {
                // A figure in a label is a rule: "18 years or older".
                Some(other) if figures(&other[0]) != figures(&row[0]) => {
                    ("record_changed", other[0].clone())
                }
                Some(other) => ("wording_changed", other[0].clone()),
                None => ("record_removed", "-".to_owned()),
            };
            said.push(format!("{kind} {fact} {section}: {} > {to}", row[0]));
        }
        said.extend(
            came.iter().map(|row| format!("record_added {fact} {section}: - > {}", row[0])),
        );
    }
    let states = |file: &Path| {
        let html = Html::parse_document(&read(file));
        let items = Selector::parse("main li").unwrap();
        let sentence = "For skill transferability factors: Maximum of 100 points";
        html.select(&items).any(|item| plain(&item.text().collect::<String>()) == sentence)
    };
    if !states(before) && states(after) {
        said.push("record_added crs.transferability summary: - > maximum".to_owned());
    }
    said.sort();
    said
}

#[test]
fn from_the_drafts_to_the_live_grid_every_claim_is_found_on_the_two_pages() {
    let name =
        "captures::grid::from_the_drafts_to_the_live_grid_every_claim_is_found_on_the_two_pages";
    let Some(captures) = captures(name) else { return };
    let home = Home::new();
    let drafts = files(&captures.join("ircc-draft-ee-crs-en"));
    let live = newest(&captures.join("ircc-crs-criteria"));
    for file in drafts.iter().chain([&live]) {
        let name = file.file_name().unwrap().to_string_lossy();
        home.file(&format!("pages/{name}"), fs::read(file).unwrap());
    }
    let steps = lines(&home.done(&[
        "replay",
        "--source",
        "ircc-crs-criteria",
        "pages",
        "--format",
        "ndjson",
    ]));
    let ended = outcomes(&steps);
    assert_eq!(ended[0], "baseline");
    // The drafts were reworded, where no rule stands.
    assert!(steps[1..6].iter().all(|step| fact_changes(step).is_empty()));
    assert_eq!((ended.len(), ended[6]), (7, "changed"));
    let label = |side: &Json| match side {
        Json::Null => "-".to_owned(),
        Json::Object(fields) => fields["label"].as_str().unwrap().to_owned(),
        value => value.as_str().unwrap().to_owned(),
    };
    let told = fact_changes(&steps[6]);
    let mut claims: Vec<String> = told
        .iter()
        .map(|change| {
            let (kind, fact) = (change["kind"].as_str().unwrap(), change["fact"].as_str().unwrap());
            let section = change["record"].as_str().unwrap().split('/').next().unwrap();
            format!(
                "{kind} {fact} {section}: {} > {}",
                label(&change["old"]),
                label(&change["new"])
            )
        })
        .collect();
    claims.sort();
    assert_eq!(claims, differences(&drafts[5], &live));
    let gone: Vec<&Json> = told.iter().copied().filter(|c| c["kind"] == "record_removed").collect();
    assert_eq!(gone.len(), 4);
    for change in gone {
        assert!(label(&change["old"]).starts_with("Arranged employment"), "{change}");
        assert_eq!(change["rules"], Json::from(vec!["R-CRS-ADD"]));
        assert_eq!(change["event"], told[0]["event"]);
    }
}

/// What the impacts say of the grid and of Category B begins with the values of the real pages.
#[test]
fn the_written_pages_have_the_values_of_the_real_ones() {
    let name = "captures::grid::the_written_pages_have_the_values_of_the_real_ones";
    let Some(captures) = captures(name) else { return };
    let home = Home::new();
    let catalog = Catalog::shipped().unwrap();
    for (source, text, fields) in [
        ("ircc-crs-criteria", pages::CRS, &["points"][..]),
        (
            "esdc-gts-requirements",
            pages::GTS,
            &["noc", "subset", "annual_wage", "hourly_wage_floor"],
        ),
    ] {
        let url = &catalog.source(&SourceId::parse(source).unwrap()).unwrap().url;
        let text = pages::page(url, "A page", "2026-02-03", text);
        let file = home.file(&format!("{source}.html"), text);
        let values = |read: &[Json]| -> Vec<String> {
            let facts = ["crs.", "gts.category_b."];
            let watched = read.iter().filter(|line| {
                let of = line["fact"].as_str().unwrap_or_default();
                facts.iter().any(|fact| of.starts_with(fact))
            });
            let value = |line: &Json| {
                let of: Vec<&Json> = fields.iter().map(|field| &line["fields"][field]).collect();
                format!("{} {}: {of:?}", line["fact"], line["record"])
            };
            watched.map(value).collect()
        };
        let written = values(&reads(source, Path::new(&file)));
        assert!(written.len() >= 26, "{source}: {}", written.len());
        assert_eq!(written, values(&reads(source, &newest(&captures.join(source)))), "{source}");
    }
}
