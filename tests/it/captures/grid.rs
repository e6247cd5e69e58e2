//! The points grid, cell by cell, against the tables of the page.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value as Json;

use super::{changes, kinds, newest, number, plain, read, reads, records, replay};
use crate::left_out::captures;
use crate::program::Home;

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
    assert!(read.iter().all(|line| line["type"] == "record"), "no complaint");
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

#[test]
fn from_the_last_draft_to_the_live_grid_the_job_offer_goes_and_no_point_moves() {
    let name = "captures::grid::from_the_last_draft_to_the_live_grid_the_job_offer_goes_and_no_point_moves";
    let Some(captures) = captures(name) else { return };
    let home = Home::new();
    let last = newest(&captures.join("ircc-draft-ee-crs-en"));
    let live = newest(&captures.join("ircc-crs-criteria"));
    home.file("pages/2024-07-26T2205.html", fs::read(&last).unwrap());
    home.file("pages/2026-02-03T2137.html", fs::read(&live).unwrap());
    let out = home
        .run(&["replay", "--source", "ircc-crs-criteria", "pages", "--format", "ndjson"])
        .lines();
    let changes = changes(&out[1]);
    let of_kind = |kind: &str| -> Vec<&str> {
        let of_kind = changes.iter().filter(|change| change["kind"] == kind);
        of_kind.map(|change| change["record"].as_str().unwrap()).collect()
    };
    let removed = of_kind("record_removed");
    let job_offer: Vec<_> = removed.iter().filter(|key| key.contains("job-offer")).collect();
    assert_eq!(job_offer.len(), removed.len(), "{removed:?}");
    assert_eq!(of_kind("points_changed"), Vec::<&str>::new());
    let (before, after) = (reads("ircc-crs-criteria", &last), reads("ircc-crs-criteria", &live));
    let keys = |read: &[Json]| -> BTreeSet<String> {
        read.iter().map(|line| format!("{}/{}", line["fact"], line["record"])).collect()
    };
    let (before, after) = (keys(&before), keys(&after));
    let gone = before.difference(&after).count();
    assert_eq!(removed.len(), gone);
    let mentions = |file: &Path| {
        let rows = tables(file).into_iter().flatten();
        rows.filter(|row| row[0].starts_with("Arranged employment")).count()
    };
    assert_eq!((mentions(&last), mentions(&live)), (removed.len(), 0), "as the two pages have it");
}
