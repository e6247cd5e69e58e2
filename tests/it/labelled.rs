//! A labelled history: the rows of a `_labels.csv` are steps, each a file as it stood at a moment,
//! and the page may return to an earlier file. What is heard at each step is held against its label
//! (`noise`, `rule`, `info`, `broken`), and a confusion table is printed, beside the same history
//! watched without a recipe, which tells every rule and hardly any noise.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use crate::left_out;
use crate::program::Home;

/// One step of the history.
struct Step {
    label: String,
    what: String,
}

/// Lays the steps out as captures, each a second after the one before it at its minute.
fn lay_out(history: &Path, folder: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut reader = csv::Reader::from_path(history.join("_labels.csv")).unwrap();
    for (n, row) in reader.records().enumerate() {
        let row = row.unwrap();
        let (at, file, label) = (&row[0], &row[2], &row[3]);
        let name = format!("{at}{:02}__{n:03}.html", n % 60);
        std::fs::copy(history.join(file), folder.join(name)).unwrap();
        steps.push(Step { label: label.to_owned(), what: row[4].to_owned() });
    }
    steps
}

fn replay(source: &str, folder: &Path, catalogue: Option<&str>) -> Vec<Json> {
    let folder = folder.display().to_string();
    let mut args = vec!["replay", "--source", source, "--format", "ndjson", &folder];
    args.extend(catalogue.iter().flat_map(|path| ["--sources", path]));
    let ran = Home::new().run(&args);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What was heard at a step, in one word.
fn heard(line: &Json) -> String {
    let changes = line["changes"].as_array().unwrap();
    match line["outcome"].as_str().unwrap() {
        "changed" | "released" => {
            let info = changes.iter().all(|change| change["severity"] == "info");
            if info { "wording".to_owned() } else { "alert".to_owned() }
        }
        outcome => outcome.to_owned(),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the run is asked for")]
fn table(title: &str, steps: &[Step], lines: &[Json]) -> BTreeMap<(String, String), usize> {
    let mut cells = BTreeMap::new();
    for (step, line) in steps.iter().zip(lines) {
        *cells.entry((step.label.clone(), heard(line))).or_insert(0) += 1;
    }
    println!("{title}");
    for ((label, heard), n) in &cells {
        println!("  {label:8} {heard:12} {n}");
    }
    cells
}

#[test]
fn the_saskatchewan_history_alerts_on_every_rule_and_on_no_noise() {
    let Some(captures) = left_out::captures("labelled") else { return };
    let history = captures.join("sk-sinp-occupations-in-demand-2017");
    let folder = tempfile::tempdir().unwrap();
    let steps = lay_out(&history, folder.path());
    let lines = replay("sk-sinp-oid", folder.path(), None);
    assert_eq!(lines.len(), steps.len());
    table("sk-sinp-oid, with its recipe", &steps, &lines);
    let mut wrong = Vec::new();
    let (mut was_broken, mut noise_of_rest) = (false, 0);
    for (step, line) in steps.iter().zip(&lines) {
        let events = line["changes"].as_array().unwrap();
        // What no recipe reads is counted by itself.
        let of_rest =
            |change: &&Json| change["fact"].as_str().is_some_and(|fact| fact.starts_with("page."));
        let (rest, events): (Vec<&Json>, Vec<&Json>) = events.iter().partition(of_rest);
        let silent = events.is_empty();
        let outcome = line["outcome"].as_str().unwrap();
        noise_of_rest += usize::from(step.label == "noise" && !rest.is_empty());
        let right = match step.label.as_str() {
            // A sentence that was worded anew is unreadable from then on: its last value stands.
            "noise" => silent && ["unchanged", "changed", "partial"].contains(&outcome),
            "rule" => !silent && ["changed", "partial"].contains(&outcome),
            // The body that was no page, and then the page again.
            "broken" if was_broken => silent && outcome == "unchanged",
            "broken" => outcome == "broken",
            _ => true,
        };
        was_broken = outcome == "broken";
        if !right {
            wrong.push(format!("{} {}: {outcome} {events:?}", step.label, step.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Told as wording at info.
    assert!(noise_of_rest <= 2, "{noise_of_rest} noise steps of what no recipe reads");

    let home = Home::new();
    let url = "https://www.saskatchewan.ca/";
    let two_lines = format!("[[source]]\nid = \"plain\"\nurl = \"{url}\"\n");
    let plain = home.file("plain.toml", two_lines);
    let lines = replay("plain", folder.path(), Some(&plain));
    let cells = table("the same page in two lines", &steps, &lines);
    let count = |label: &str, is_heard: bool| -> usize {
        let of = cells
            .iter()
            .filter(|((of, heard), _)| of == label && (heard != "unchanged") == is_heard);
        of.map(|(_, n)| n).sum()
    };
    assert_eq!(count("rule", false), 0, "every rule step is told");
    assert!(count("noise", true) <= 2, "{cells:?}");
}
