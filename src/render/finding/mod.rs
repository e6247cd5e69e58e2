//! Findings about eligibility data in words: for a person, as JSON, as JUnit and as SARIF.

mod report;
mod words;

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

pub use report::{junit, sarif};
pub use words::{doubt, kind, note, official};

use super::inert;
use crate::model::{
    DataFinding, FactKey, FieldName, FindingKind, Findings, Language, OfficialPlace, Weight,
};

/// The longest words of a page or of the data that are shown.
const LONGEST: usize = 240;

/// The answer in one word: `fine`, `doubtful`, `drift` or `misuse`.
#[must_use]
pub fn answer(findings: &Findings) -> &'static str {
    match findings.worst() {
        Weight::Note => "fine",
        Weight::Doubt => "doubtful",
        Weight::Drift => "drift",
        Weight::Misuse => "misuse",
    }
}

/// For a person: each finding with its place, both values and the evidence, and a last line that sums up.
#[must_use]
pub fn text(findings: &Findings) -> String {
    let mut text = String::new();
    let mut last = None;
    for finding in &findings.found {
        // One page often states all that is found of a binding: it is said once.
        let page = finding.evidence.as_ref().map(|evidence| (&finding.binding, page(evidence)));
        let new = page.as_ref().filter(|page| last.as_ref() != Some(*page));
        paragraph(&mut text, finding, new.map(|(_, page)| page.as_str()));
        last = page.or(last);
    }
    let n = |weight| findings.count(weight);
    let (drift, doubts, misuse) = (n(Weight::Drift), n(Weight::Doubt), n(Weight::Misuse));
    let looked = format!(
        "{}, {}",
        counted(findings.bindings, "binding", "bindings"),
        counted(findings.compared, "value", "values")
    );
    let said = if drift + doubts + misuse == 0 {
        let allowed = n(Weight::Note);
        let allowed = match allowed {
            0 => String::new(),
            n => {
                format!(", except for {}", counted(n, "allowed difference", "allowed differences"))
            }
        };
        format!("fine: all of it is as the official pages say{allowed}")
    } else {
        let mut parts = Vec::new();
        for (n, one, several) in [
            (
                drift,
                "value differs from the official pages",
                "values differ from the official pages",
            ),
            (
                doubts,
                "doubt about official facts, so nobody can say that the data is right",
                "doubts about official facts, so nobody can say that the data is right",
            ),
            (misuse, "place where a binding does not fit", "places where a binding does not fit"),
        ] {
            if n > 0 {
                parts.push(counted(n, one, several));
            }
        }
        format!("not fine: {}", parts.join("; "))
    };
    let _ = writeln!(text, "{looked}: {said}");
    text
}

fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

fn page(evidence: &OfficialPlace) -> String {
    let checked =
        evidence.checked_at.map_or_else(String::new, |at| format!(", last seen to hold {at}"));
    format!("{} ({}{checked})", evidence.url, evidence.source)
}

fn paragraph(text: &mut String, finding: &DataFinding, page: Option<&str>) {
    let place = finding.place.as_ref().map_or_else(String::new, |place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        format!("{}{line}: ", inert(&place.file, LONGEST))
    });
    let fact = match (&finding.fact, &finding.field) {
        (Some(fact), Some(field)) => format!(" {fact}#{field}"),
        (Some(fact), None) => format!(" {fact}"),
        (None, _) => String::new(),
    };
    let record =
        finding.record.as_ref().map_or_else(String::new, |r| format!(" {}", inert(r, LONGEST)));
    let _ = writeln!(
        text,
        "{place}{}:{fact}{record} [{}]",
        finding.kind.word(),
        inert(&finding.binding, LONGEST)
    );
    let mut line = |name: &str, words: &str| {
        let _ = writeln!(text, "    {name:<9} {}", inert(words, LONGEST));
    };
    if let Some(yours) = &finding.yours {
        let at = finding.place.as_ref().map_or("", |place| place.path.as_str());
        line("yours", &format!("{yours} at {at}"));
    } else if let Some(place) = finding.place.as_ref().filter(|place| !place.path.is_empty()) {
        line("place", &place.path);
    }
    if let Some(official) = &finding.official {
        let since = finding.evidence.as_ref().and_then(|evidence| evidence.since);
        let since = since.map_or_else(String::new, |day| format!(", since {day}"));
        let from =
            finding.wrong_from.map_or_else(String::new, |day| format!(", announced from {day}"));
        line("official", &format!("{official}{}", if from.is_empty() { since } else { from }));
    }
    if let Some(evidence) = finding.evidence.as_ref().filter(|of| !of.quote.is_empty()) {
        line("evidence", &format!("\"{}\"", evidence.quote));
    }
    if let Some(page) = page {
        line("page", page);
    }
    if let Some(note) = &finding.note {
        line("note", &words::note(note, Language::En));
    }
}

/// One JSON object, as `schemas/verify.schema.json` describes it.
#[must_use]
pub fn json(findings: &Findings) -> Json {
    json!({
        "type": "verify",
        "answer": answer(findings),
        "bindings": findings.bindings,
        "compared": findings.compared,
        "drift": findings.count(Weight::Drift),
        "doubts": findings.count(Weight::Doubt),
        "misuse": findings.count(Weight::Misuse),
        "findings": findings.found.iter().map(object).collect::<Vec<_>>(),
    })
}

/// One finding, as it is under `findings` of [`json()`].
#[must_use]
pub fn object(finding: &DataFinding) -> Json {
    let evidence = finding.evidence.as_ref().map(|evidence| {
        json!({"source": evidence.source.as_str(), "url": evidence.url, "quote": evidence.quote,
            "since": evidence.since.map(|day| day.to_string()),
            "checked_at": evidence.checked_at.map(|at| at.to_string())})
    });
    let place = finding
        .place
        .as_ref()
        .map(|place| json!({"file": place.file, "line": place.line, "path": place.path}));
    json!({
        "kind": finding.kind.word(),
        "binding": finding.binding,
        "fact": finding.fact.as_ref().map(FactKey::as_str),
        "record": finding.record,
        "field": finding.field.as_ref().map(FieldName::as_str),
        "official": finding.official.as_ref().map(ToString::to_string),
        "yours": finding.yours,
        "evidence": evidence,
        "place": place,
        "note": finding.note.as_ref().map(|note| words::note(note, Language::En)),
        "wrong_from": finding.wrong_from.map(|day| day.to_string()),
    })
}

/// A finding in one line: for reports of other forms.
pub(super) fn line(finding: &DataFinding) -> String {
    let mut text = finding.kind.word().to_owned();
    if let Some(fact) = &finding.fact {
        let _ = write!(text, ": {fact}");
    }
    if let Some(record) = &finding.record {
        let _ = write!(text, " {record}");
    }
    match (&finding.yours, &finding.official) {
        (Some(yours), Some(official)) => {
            let _ = write!(text, ": {yours} here, officially {official}");
        }
        (None, Some(official)) => {
            let _ = write!(text, ": officially {official}");
        }
        _ => {}
    }
    if let Some(since) = finding.evidence.as_ref().and_then(|evidence| evidence.since) {
        let _ = write!(text, " since {since}");
    }
    if let Some(day) = finding.wrong_from {
        let _ = write!(text, " from {day}");
    }
    if let Some(evidence) =
        finding.evidence.as_ref().filter(|_| finding.kind != FindingKind::Allowed)
    {
        let _ = write!(text, " ({})", evidence.url);
    }
    if let Some(note) = &finding.note {
        let _ = write!(text, "; {}", words::note(note, Language::En));
    }
    inert(&text, 1000).to_string()
}
