//! What is written for programs has the shape that is published in `schemas/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::{Home, lines};
use crate::world::fixture;

/// The published schemas; each may refer to the others.
const PUBLISHED: [&str; 4] = ["api", "hook", "output", "verify"];

fn schema(name: &str) -> Json {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let text = fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A published schema, with what it refers to.
pub(crate) fn published(name: &str) -> jsonschema::Validator {
    with_others(&schema(name), &PUBLISHED.map(|other| (other, schema(other))))
}

/// A schema, with others that it may refer to.
pub(crate) fn with_others(schema: &Json, others: &[(&str, Json)]) -> jsonschema::Validator {
    let mut registry = jsonschema::Registry::new();
    for (name, other) in others {
        let address = format!("https://example.org/rulewatch/{name}.schema.json");
        let resource = jsonschema::Resource::from_contents(other.clone());
        registry = registry.add(address, resource).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options().with_registry(&registry).build(schema).unwrap()
}

/// What is wrong with an object under a schema.
pub(crate) fn faults(validator: &jsonschema::Validator, object: &Json) -> Vec<String> {
    let fault =
        |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    validator.iter_errors(object).map(fault).collect()
}

/// A home in which every listing has something to list.
fn home() -> Home {
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", "[operator]\naddress = \"ops@example.org\"\n");
    let path = |name: &str| fixture(name).display().to_string();
    home.file("old/2023-11-01T1200.html", fs::read(fixture("ircc-ee-funds/of-2023.html")).unwrap());
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
    let validator = published("output");
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
    let validator = published("output");
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

#[test]
fn a_call_that_is_not_as_published_is_found() {
    let validator = published("hook");
    let test = serde_json::json!({"type": "test", "timestamp": null, "event": null, "data": []});
    assert!(faults(&validator, &test).is_empty());
    let patch = |operation: Json| {
        let mut call = test.clone();
        call["your_data"] = serde_json::json!([{"name": "n", "tools": [], "findings": [], "fault": null,
            "patches": [{"file": "a.json", "unified": "", "patch": [operation]}]}]);
        let told: Vec<String> = faults(&validator, &call);
        told.into_iter().filter(|fault| fault.contains("/patch/0")).collect::<Vec<_>>()
    };
    assert_eq!(
        patch(serde_json::json!({"op": "replace", "path": "/a~1b/0", "value": null})),
        [""; 0]
    );
    for wrong in [
        serde_json::json!({"op": "move", "path": "/a", "value": 1}),
        serde_json::json!({"op": "add", "path": "/a"}),
        serde_json::json!({"op": "remove", "path": "/a", "value": 1}),
        serde_json::json!({"op": "remove", "path": "$.a"}),
    ] {
        assert!(!patch(wrong.clone()).is_empty(), "{wrong}");
    }
    let mut empty = test;
    empty["type"] = "changes".into();
    assert!(!faults(&validator, &empty).is_empty(), "an event has changes");
}
