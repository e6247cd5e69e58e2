//! The example data against what the captures of official pages say: exactly its stale claims are found.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::verified::{Data, known};
use super::{Watch, pages};
use crate::left_out::captures;

/// The newest file of a folder of captures.
fn newest(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.max().unwrap_or_else(|| panic!("{} is empty", folder.display()))
}

/// A source that was shown the newest of its captures.
#[track_caller]
fn shown(source: &str, folder: &Path) -> Watch {
    let mut watch = Watch::of(source, "");
    let text = fs::read_to_string(newest(folder)).unwrap();
    let body = if text.starts_with("---\n") {
        let (title, text) = light(&text);
        pages::page(&watch.world.url(), &title, "2026-06-20", &text)
    } else {
        text
    };
    let report = watch.sees_body("2026-06-20T12:00:00Z", body);
    assert_eq!(report.outcome.word(), "baseline", "{source}");
    watch
}

/// The title of a page that is kept as Markdown, and its content in light writing: its own words and
/// headings, without the menus.
fn light(markdown: &str) -> (String, String) {
    let (_, text) = markdown.split_once("\n---\n").unwrap();
    let plain = |pattern: &str, with: &str, text: &str| {
        Regex::new(pattern).unwrap().replace_all(text, with).into_owned()
    };
    let text = plain(r"!\[[^\]]*\]\([^)]*\)", "", text);
    let text = plain(r"(?s)\[([^\]]*)\]\([^)]*\)", "$1", &text);
    let text = plain(r"(?m)^(\S.*)\n===+$", "# $1", &text);
    let text = plain(r"(?m)^(\S.*)\n---+$", "## $1", &text);
    let text = plain(r"\*\*|(?m)^\* +|^- +", "", &text);
    let mut title = String::new();
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(words) = line.strip_prefix("# ") {
            words.clone_into(&mut title);
            lines.clear();
        } else if let Some(heading) = line.strip_prefix('#') {
            lines.push(heading.to_owned());
        } else if let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) {
            lines.extend((!row.starts_with("---")).then(|| row.to_owned()));
        } else {
            lines.push(line.to_owned());
        }
    }
    (title, lines.join("\n"))
}

#[test]
fn the_stale_claims_of_the_example_are_those_that_the_captures_contradict() {
    let name =
        "impacts::captured::the_stale_claims_of_the_example_are_those_that_the_captures_contradict";
    let Some(captures) = captures(name) else { return };
    let watches = [
        ("esdc-gts-requirements", "esdc-gts-requirements"),
        ("ircc-crs-criteria", "ircc-crs-criteria"),
        // The list of 2023: no capture is younger.
        ("ircc-ee-categories", "ircc-draft-ee-category-en"),
        ("bc-invitations", "bc-invitations-to-apply"),
        ("qc-pilot-ai-it-vfx", "markdown-2026-06/qc-sw-artificial-intelligence"),
        // Before the redesign: the Human Capital Priorities stream is still there.
        ("on-oinp-streams", "markdown-2026-06/on-streams"),
        ("ircc-cusma-professionals", "markdown-2026-02/cusma--professionals"),
    ]
    .map(|(source, folder)| shown(source, &captures.join(folder)));
    let known = known(&watches.each_ref(), "2026-06-20T13:00:00Z");
    let data = Data::example();
    assert_eq!(
        data.found(&known),
        [
            "Article: how many codes different:3 count: 12 > 22",
            "Article: the pilot of Quebec different:4 ai-it-and-visual-effects: open > closed",
            "Article: tech draws of British Columbia different:8 */tech/*: listed > not listed",
        ]
    );
    for finding in data.verify(&known, false).findings.found {
        let evidence = finding.evidence.unwrap();
        assert!(evidence.url.starts_with("https://www."), "{evidence:?}");
        assert!(evidence.checked_at.is_some());
    }
    // What a value alone can put right is put right; the two sentences are for a person.
    data.fixed(&known, "article.md");
    assert_eq!(data.found(&known).len(), 2);
}
