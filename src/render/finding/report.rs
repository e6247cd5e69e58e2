//! Findings as other programs read them: JUnit for builds, SARIF for code hosts.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value as Json, json};

use super::line;
use crate::model::{DataFinding, FindingKind, Findings, Weight};

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
    for name in &findings.names {
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

/// A SARIF 2.1.0 log: a result for each finding, at its line.
#[must_use]
pub fn sarif(findings: &Findings) -> Json {
    let rules: Vec<Json> = FindingKind::ALL
        .iter()
        .map(|kind| json!({"id": kind.word(), "defaultConfiguration": {"level": level(*kind)}}))
        .collect();
    let results: Vec<Json> = findings.found.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "rulewatch", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": results,
        }],
    })
}

fn level(kind: FindingKind) -> &'static str {
    match kind.weight() {
        Weight::Note => "note",
        Weight::Doubt => "warning",
        Weight::Drift | Weight::Misuse => "error",
    }
}

fn result(finding: &DataFinding) -> Json {
    let mut result = json!({
        "ruleId": finding.kind.word(),
        "level": level(finding.kind),
        "message": {"text": line(finding)},
    });
    if let Some(place) = &finding.place {
        let mut physical = json!({"artifactLocation": {"uri": place.file.replace(' ', "%20")}});
        if place.line > 0 {
            physical["region"] = json!({"startLine": place.line});
        }
        let logical = json!([{"fullyQualifiedName": place.path}]);
        result["locations"] = json!([{"physicalLocation": physical, "logicalLocations": logical}]);
    }
    result
}
