//! The change log from the command line: its filters, its formats, and what of it somebody has not seen.

use serde_json::Value as Json;

use crate::cli::{STEM, check, path, with_funds};
use crate::program::{Home, lines};

#[test]
fn the_log_is_narrowed_by_each_of_its_options() {
    let home = with_funds();
    home.done(&["check", "ircc-ee-categories", "--from", &path(STEM)]);
    let swapped = path("ircc-ee-categories/one-noc-swapped.html");
    home.done(&["check", "ircc-ee-categories", "--from", &swapped]);
    let count = |args: &[&str]| {
        let all = [&["log", "--format", "ndjson"], args].concat();
        lines(&home.done(&all)).len()
    };
    let narrowed: [(&[&str], usize); 26] = [
        (&[], 10),
        (&["--program", "express-entry"], 10),
        (&["--program", "gts"], 0),
        (&["--jurisdiction", "CA"], 10),
        (&["--jurisdiction", "BC"], 0),
        (&["--source", "ircc-ee-funds"], 8),
        (&["--source", "ircc-ee-funds", "--source", "ircc-ee-categories"], 10),
        (&["--fact", "ee.proof_of_funds"], 8),
        (&["--fact", "ee.category.*.occupations"], 2),
        (&["--fact", "ee.category.trades.occupations"], 0),
        (&["--noc", "21301"], 1),
        (&["--noc", "99999"], 0),
        (&["--kind", "threshold_changed"], 8),
        (&["--kind", "occupation_added", "--kind", "occupation_removed"], 2),
        (&["--stage", "in_force"], 10),
        (&["--stage", "announced"], 0),
        (&["--rule", "R-EE-FUNDS"], 8),
        (&["--rule", "R-EE-CAT"], 2),
        (&["--severity", "warn"], 10),
        (&["--severity", "block"], 2),
        (&["--text", "mechanical"], 1),
        (&["--since", "yesterday"], 10),
        (&["--newest", "--limit", "3"], 3),
        (&["--since", "1d"], 10),
        (&["--until", "1d"], 0),
        (&["--since", "2001-01-01", "--until", "2002-01-01T00:00"], 0),
    ];
    for (args, expected) in narrowed {
        assert_eq!(count(args), expected, "{args:?}");
    }
}

#[test]
fn every_format_of_the_log_has_the_same_changes() {
    let home = with_funds();
    let log = |format: &str| home.done(&["log", "--format", format]);
    let ndjson = lines(&log("ndjson"));
    let json: Json = serde_json::from_str(&log("json")).unwrap();
    assert_eq!(json.as_array().unwrap(), &ndjson);
    let text = log("csv");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let head = csv.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|column| column == name).unwrap();
    let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), ndjson.len());
    for (row, change) in rows.iter().zip(&ndjson) {
        for name in ["id", "seen_at", "kind", "record", "severity"] {
            assert_eq!(row[column(name)], change[name], "{name}");
        }
        assert_eq!(row[column("summary_fr")], change["summary"]["fr"]);
    }
    let table = home.done(&["log"]);
    assert_eq!(table.lines().count(), 2, "one line for an event of many rows");
    assert!(table.contains("8 thresholds changed"), "{table}");
    let table = home.done(&["log", "--expand"]);
    assert_eq!(table.lines().count(), 1 + ndjson.len(), "a head and a line for each change");
    for change in &ndjson {
        assert!(table.contains(change["summary"]["en"].as_str().unwrap()), "{table}");
    }
}

#[test]
fn a_change_object_has_the_fields_of_the_contract_in_their_order() {
    let home = with_funds();
    let text = home.done(&["log", "--format", "ndjson"]);
    let change = &lines(&text)[0];
    let keys: Vec<&str> = change.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = "id event seen_at last_seen_unchanged_at published_on effective_on expires_on \
        applies_to stage jurisdiction program source fact record field kind old new severity rules \
        summary evidence";
    assert_eq!(keys.join(" "), contract);
    let evidence: Vec<_> = change["evidence"].as_object().unwrap().keys().collect();
    assert_eq!(evidence, ["url", "snapshot", "before", "after"]);
}

#[test]
fn a_change_is_shown_by_the_beginning_of_its_id() {
    let home = with_funds();
    let change = &lines(&home.done(&["log", "--format", "ndjson"]))[0];
    let id = change["id"].as_str().unwrap();
    let whole = home.done(&["show", id]);
    assert_eq!(home.done(&["show", &id[..8]]), whole);
    for words in ["$13,757", "$14,690", "proof-funds.html", "R-EE-FUNDS", "sha256:", "2024-06-03"] {
        assert!(whole.contains(words), "{words} is missing:\n{whole}");
    }
    let json = lines(&home.done(&["show", id, "--format", "ndjson"]));
    assert_eq!(&json[0], change);
    // The beginning of all ids names none of them.
    check(&home, &["show", "c"], 2, &["write more of it"]);
}

#[test]
fn each_person_sees_once_what_is_new_in_the_log() {
    let home = Home::new();
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2023.html")]);
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2024.html")]);
    let unseen = |who: &str, more: &[&str]| {
        let args = [&["log", "--unseen", "--as", who, "--format", "ndjson"][..], more].concat();
        lines(&home.done(&args)).len()
    };
    assert_eq!(unseen("ana", &["--noc", "21231"]), 0);
    assert_eq!(unseen("ana", &[]), 8, "what a filter left out was not seen");
    assert_eq!(unseen("ana", &[]), 0);
    assert_eq!(unseen("luc", &[]), 8, "each has a mark");
    home.done(&["check", "ircc-ee-funds", "--from", &path("ircc-ee-funds/of-2023.html")]);
    assert_eq!((unseen("ana", &[]), unseen("ana", &[])), (8, 0));
    check(&home, &["log", "--unseen", "--limit", "1"], 2, &["cannot be used"]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = with_funds();
    let mut child = home.command(&["log", "--format", "ndjson"]);
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
