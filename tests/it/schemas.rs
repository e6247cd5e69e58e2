//! What is written for programs has the shape that is published: `schemas/output.schema.json`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::program::{Home, lines};
use crate::world::fixture;

const SCHEMA: &str = include_str!("../../schemas/output.schema.json");

fn schema() -> Json {
    serde_json::from_str(SCHEMA).unwrap()
}

/// What is wrong with a line under the schema.
fn faults(validator: &jsonschema::Validator, line: &Json) -> Vec<String> {
    validator.iter_errors(line).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A home in which every listing has something to list.
fn home() -> Home {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", "[operator]\naddress = \"ops@example.org\"\n");
    let path = |name: &str| fixture(name).display().to_string();
    home.file(
        "old/2023-11-01T1200.html",
        std::fs::read(fixture("ircc-ee-funds/of-2023.html")).unwrap(),
    );
    home.done(&["import", "--source", "ircc-ee-funds", "old"]);
    home.subscribe_ana();
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        home.done(&["check", "ircc-ee-funds", "--from", &path(page)]);
    }
    home.run(&["check", "ircc-ee-funds", "--from", &path("any/captcha-page.html")]);
    home.done(&[
        "check",
        "ircc-ee-categories",
        "--from",
        &path("ircc-ee-categories/stem-of-24.html"),
    ]);
    let mass = path("ircc-ee-categories/stem-19-gone-6-new.html");
    home.run(&["check", "ircc-ee-categories", "--from", &mass]);
    home
}

#[test]
fn every_listing_is_valid_under_the_published_schema() {
    let home = home();
    let page = fixture("ircc-ee-funds/of-2024.html").display().to_string();
    let listings: [&[&str]; 16] = [
        &["log"],
        &["facts"],
        &["facts", "ee.proof_of_funds"],
        &["facts", "diff", "ee.proof_of_funds", "--from", "2024-06-02", "--to", "2024-06-03"],
        &["history", "ee.proof_of_funds"],
        &["coverage"],
        &["sources", "list"],
        &["sources", "test", "ircc-ee-funds", &page],
        &["outbox", "list"],
        &["subscribers"],
        &["status"],
        &["review", "list"],
        &["replay", "--source", "ircc-ee-funds", "old"],
        &["import", "--source", "ircc-ee-funds", "old"],
        &["check", "ircc-ee-funds", "--from", &page],
        &["doctor"],
    ];
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut seen = BTreeSet::new();
    for args in listings {
        let ran = home.run(&[args, &["--format", "ndjson"]].concat());
        let all = lines(&ran.out);
        assert!(!all.is_empty(), "{args:?}: {}", ran.err);
        for line in &all {
            assert_eq!(faults(&validator, line), Vec::<String>::new(), "{args:?}: {line}");
            seen.insert(line["type"].as_str().unwrap_or("change").to_owned());
        }
    }
    // A schema that lets everything pass proves nothing: most of its kinds were really met.
    let met = [
        "change",
        "fact",
        "record",
        "difference",
        "value",
        "stretch",
        "source",
        "delivery",
        "subscriber",
        "status",
        "total",
        "held",
        "check",
        "imported",
        "shares",
        "finding",
    ];
    let missing: Vec<&&str> = met.iter().filter(|kind| !seen.contains(**kind)).collect();
    assert!(missing.is_empty(), "not met: {missing:?}");
}

#[test]
fn a_line_that_is_not_as_published_is_found() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let right =
        serde_json::json!({"type": "fact", "fact": "ee.draws", "source": "a", "records": 3});
    assert!(faults(&validator, &right).is_empty());
    for (name, value) in [("records", "three".into()), ("extra", 1.into()), ("type", "fakt".into())]
    {
        let mut wrong = right.clone();
        wrong[name] = value;
        assert!(!faults(&validator, &wrong).is_empty(), "{name}");
    }
    assert!(!faults(&validator, &serde_json::json!({"id": "c1"})).is_empty());
}
