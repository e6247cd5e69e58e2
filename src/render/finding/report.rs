//! Findings as other programs read them: JUnit for builds, SARIF for code hosts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value as Json, json};

use super::{line, words};
use crate::model::{DataFinding, FindingKind, Findings, VerifiedBinding, Weight};

/// A JUnit report: a test case for each binding. A difference is a failure, a doubt or a binding that
/// does not fit an error.
///
/// # Errors
/// Never for words of ours.
pub fn junit(findings: &Findings) -> Result<String, SerializeError> {
    let mut by_binding: BTreeMap<&str, Vec<&DataFinding>> = BTreeMap::new();
    for finding in &findings.found {
        by_binding.entry(&finding.binding).or_default().push(finding);
    }
    let mut suite = TestSuite::new("rulewatch verify");
    for VerifiedBinding { name, .. } in &findings.verified {
        let found = by_binding.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let counts = found.iter().filter(|finding| finding.kind.weight() > Weight::Note);
        let worst = counts.clone().map(|finding| finding.kind.weight()).max();
        let status = match worst {
            None => TestCaseStatus::success(),
            Some(weight) => {
                let kind = match weight {
                    Weight::Drift => NonSuccessKind::Failure,
                    Weight::Note | Weight::Doubt | Weight::Misuse => NonSuccessKind::Error,
                };
                let lines: Vec<String> = counts.clone().map(|finding| line(finding)).collect();
                let mut status = TestCaseStatus::non_success(kind);
                status.set_message(format!("{} found", lines.len()));
                status.set_description(lines.join("\n"));
                status
            }
        };
        let mut case = TestCase::new(name.as_str(), status);
        case.set_classname("rulewatch.verify");
        suite.add_test_case(case);
    }
    let mut report = Report::new("rulewatch verify");
    report.add_test_suite(suite);
    report.to_string()
}

/// A SARIF 2.1.0 log: a result for each finding, at its line; where it has none, at the data file of its binding.
#[must_use]
pub fn sarif(findings: &Findings) -> Json {
    let rules: Vec<Json> = FindingKind::ALL.iter().map(|kind| rule(*kind)).collect();
    let files: BTreeMap<&str, &str> =
        findings.verified.iter().map(|one| (one.name.as_str(), one.file.as_str())).collect();
    let results: Vec<Json> = findings.found.iter().map(|found| result(found, &files)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "rulewatch", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": results,
        }],
    })
}

/// What a code host says of every result of a kind.
fn rule(kind: FindingKind) -> Json {
    let short = words::meaning(kind);
    let help = "`rulewatch verify` compares eligibility data with official facts; deploy/eligibility.md says how.";
    json!({
        "id": kind.word(),
        "shortDescription": {"text": short},
        "fullDescription": {"text": short},
        "help": {"text": help},
        "defaultConfiguration": {"level": level(kind)},
    })
}

fn level(kind: FindingKind) -> &'static str {
    match kind.weight() {
        Weight::Note => "note",
        Weight::Doubt => "warning",
        Weight::Drift | Weight::Misuse => "error",
    }
}

fn result(finding: &DataFinding, files: &BTreeMap<&str, &str>) -> Json {
    let mut result = json!({
        "ruleId": finding.kind.word(),
        "level": level(finding.kind),
        "message": {"text": line(finding)},
    });
    let place = finding.place.as_ref();
    let of_binding = || files.get(finding.binding.as_str()).copied();
    if let Some(file) = place.map(|place| place.file.as_str()).or_else(of_binding) {
        let line = place.map_or(1, |place| place.line.max(1));
        let mut location = json!({"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": line},
        }});
        if let Some(place) = place.filter(|place| !place.path.is_empty()) {
            location["logicalLocations"] = json!([{"fullyQualifiedName": place.path}]);
        }
        result["locations"] = json!([location]);
    }
    result
}

/// The name of a file as a reference of RFC 3986.
fn uri(file: &str) -> String {
    let mut uri = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
