//! What the watch over the rest of a page says in the captured histories: nobody labelled these
//! steps, so the table is for a person to judge. No step of a rest may be above info.

use serde_json::Value as Json;

use super::folders::FOLDERS;
use super::replayed::{cut, line};
use super::share::side_by_side;
use crate::left_out;
use crate::program::Home;

/// A history under its source: the steps after the first, and what was told of the rest of the page.
struct History {
    source: &'static str,
    folder: &'static str,
    steps: usize,
    of_facts: usize,
    of_rest: Vec<Json>,
    unread: usize,
}

fn replayed(root: &std::path::Path, source: &'static str, folder: &'static str) -> History {
    let place = root.join(folder).display().to_string();
    let lines =
        Home::new().run(&["replay", "--source", source, &place, "--format", "ndjson"]).lines();
    assert!(!lines.is_empty(), "{folder}: a line a capture");
    let list = |line: &Json, name: &str| line[name].as_array().cloned().unwrap_or_default();
    let changes = lines.iter().flat_map(|line| list(line, "changes"));
    let (of_rest, of_facts): (Vec<Json>, Vec<Json>) =
        changes.partition(|change| change["fact"].as_str().unwrap().starts_with("page."));
    let unread = lines.iter().map(|line| list(line, "unread").len()).sum();
    History { source, folder, steps: lines.len() - 1, of_facts: of_facts.len(), of_rest, unread }
}

#[test]
fn the_rest_of_a_page_is_told_at_info_and_no_louder() {
    let Some(root) = left_out::captures("mutations::remainder") else { return };
    let is_history =
        |(_, folder): &&(&str, &str)| std::fs::read_dir(root.join(folder)).unwrap().count() > 1;
    let folders: Vec<(&'static str, &'static str)> =
        FOLDERS.iter().filter(is_history).copied().collect();
    let histories = side_by_side(&folders, |(source, folder)| replayed(&root, source, folder));
    println!("histories: what is told of the rest of the page (page.<source>)");
    println!(
        "  {:24} {:32} {:>5} {:>5} {:>5} {:>6}",
        "source", "captures", "steps", "facts", "rest", "unread"
    );
    for history in &histories {
        let History { source, folder, steps, of_facts, of_rest, unread } = history;
        println!("  {source:24} {folder:32} {steps:5} {of_facts:5} {:5} {unread:6}", of_rest.len());
    }
    let rest: Vec<&Json> = histories.iter().flat_map(|history| &history.of_rest).collect();
    println!(
        "  {} of the rest in {} steps",
        rest.len(),
        histories.iter().map(|h| h.steps).sum::<usize>()
    );
    rest.iter().for_each(|change| println!("  {}", cut(&line(change), 200)));
    let loud: Vec<String> =
        rest.iter().filter(|c| c["severity"] != "info").map(|c| line(c)).collect();
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}
