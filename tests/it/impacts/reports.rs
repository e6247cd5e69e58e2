//! What `verify` writes for builds and code hosts, read by others: SARIF by the schema that its makers give out
//! (Microsoft's package of it on npm), JUnit by `junitparser`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use rulewatch::model::{Findings, Official, Weight};
use rulewatch::render::finding::{junit, sarif};
use serde_json::{Value as Json, json};

use super::verified::Data;
use crate::left_out::left_out;

/// A binding of each answer: right, wrong, doubtful, and one that does not fit; names and values as nobody should
/// write them.
fn findings() -> Findings {
    let set = |fact: &str, amount: i64, doubts: Json| {
        json!({"fact": fact, "source": "fees", "url": "https://example.org/fees?a=1&b=<2>",
            "checked_at": "2026-01-01T00:00:00Z", "doubts": doubts, "records": [
                {"record": "adult", "quote": "a \"fee\" <b>", "fields": {"amount": {"integer": amount}}}]})
    };
    let official = json!({"rulewatch_facts": 1, "made_at": "2026-01-01T00:00:00Z", "day": "2026-01-01", "sets": [
        set("a.fees", 500, json!([])),
        set("b.fees", 70, json!([{"word": "stale", "why": "not read since <May>"}])),
    ]});
    let official = Official::from_text(&official.to_string()).unwrap();
    let bind = |name: &str, fact: &str, path: &str| {
        format!(
            "[[bind]]\nname = {name}\nfact = \"{fact}#amount\"\nfile = \"Les frais #1 (100%) é.json\"\n\
             path = \"{path}\"\nas = \"map\"\n\n"
        )
    };
    let bindings = [
        bind("'right'", "a.fees", "$.right"),
        bind(r#""wrong & <b>\"\u0001]]>""#, "a.fees", "$.wrong"),
        bind("'in doubt'", "b.fees", "$.doubt"),
        bind("'nowhere'", "a.fees", "$.nowhere"),
        bind("'unheard of'", "c.fees", "$.right"),
    ];
    let text = r#"{"right": {"adult": 500}, "doubt": {"adult": 70},
        "wrong": {"adult": "<script>\u0000\u001b[31m]]> & 450"}}"#;
    let data = Data::new(&[("Les frais #1 (100%) é.json", text)], &bindings.concat());
    data.verify(&official, false).findings
}

#[test]
fn a_code_host_reads_the_sarif() {
    let sarif = sarif(&findings());
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(&str, &str, u64)> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(
                place["artifactLocation"]["uri"],
                "Les%20frais%20%231%20%28100%25%29%20%C3%A9.json"
            );
            let line = place["region"]["startLine"].as_u64().unwrap();
            (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap(), line)
        })
        .collect();
    // What is in doubt has no line, and a host takes no result without one.
    assert_eq!(
        told,
        [
            ("different", "error", 2),
            ("stale", "warning", 1),
            ("not_found", "error", 1),
            ("unknown_fact", "error", 1),
        ]
    );
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for (rule, part) in told.iter().flat_map(|(rule, ..)| {
        ["shortDescription", "fullDescription", "help"].map(|part| (*rule, part))
    }) {
        let of = rules.iter().find(|of| of["id"] == rule).unwrap();
        assert!(of[part]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}: {part}");
    }
    let file = std::env::var_os("RULEWATCH_TEST_SARIF");
    let Some(schema) = file.and_then(|file| std::fs::read_to_string(file).ok()) else {
        return left_out("impacts::reports::a_code_host_reads_the_sarif", "no schema of SARIF");
    };
    // The pattern of a language has a bracket too many, and a strict reader takes it for none.
    let schema = schema.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema: Json = serde_json::from_str(&schema).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let faults = |log: &Json| {
        let faults = schema.iter_errors(log);
        faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect::<Vec<_>>()
    };
    assert_eq!(faults(&sarif), Vec::<String>::new());
    let mut wrong = sarif;
    wrong["runs"][0]["results"][0]["level"] = json!("bad");
    assert_eq!(faults(&wrong).len(), 1, "the schema is one that finds faults");
}

const READ: &str = "
import json, sys
from junitparser import JUnitXml
xml = JUnitXml.fromstring(sys.stdin.buffer.read())
cases = [[case.name, [[type(result).__name__, result.message, result.text] for result in case.result]]
    for suite in xml for case in suite]
print(json.dumps({'tests': xml.tests, 'failures': xml.failures, 'errors': xml.errors, 'cases': cases}))
";

#[test]
fn a_build_reads_the_junit() {
    let findings = findings();
    assert_eq!(findings.worst(), Weight::Misuse);
    let text = junit(&findings).unwrap();
    let has = |python: &std::ffi::OsString| {
        let asked = Command::new(python).args(["-c", "import junitparser"]).output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    let Some(python) = std::env::var_os("RULEWATCH_TEST_PYTHON").filter(has) else {
        return left_out("impacts::reports::a_build_reads_the_junit", "no junitparser");
    };
    let mut reader = Command::new(python)
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = reader.wait_with_output().unwrap();
    assert!(done.status.success(), "{text}");
    let read: Json = serde_json::from_slice(&done.stdout).unwrap();
    let numbers = ["tests", "failures", "errors"].map(|name| read[name].as_u64().unwrap());
    assert_eq!(numbers, [5, 1, 3], "{text}");
    let cases: Vec<(&str, &str)> = read["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (case[0].as_str().unwrap(), case[1][0][0].as_str().unwrap_or("passed")))
        .collect();
    assert_eq!(
        cases,
        [
            ("right", "passed"),
            ("wrong & <b>\"]]>", "Failure"),
            ("in doubt", "Error"),
            ("nowhere", "Error"),
            ("unheard of", "Error"),
        ]
    );
    let said = read["cases"][1][1][0][2].as_str().unwrap();
    assert!(said.contains("officially 500") && said.contains("a.fees adult"), "{said}");
}
