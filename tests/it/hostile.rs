//! Text of a page that wants to be more than text: markup, line breaks, terminal sequences, marks
//! that turn the direction of writing. It is told, and does nothing.

use serde_json::Value as Json;

use crate::eml::letters;
use crate::program::{Home, lines};
use crate::world::fixture;

const SOURCES: &str = r#"
[[source]]
id = "hostile"
program = "express-entry"
jurisdiction = "CA"
title = { en = "A page of others", fr = "Une page d’autrui" }
url = "https://www.example.org/list.json"
format = "json"
verified = "structure"

[[source.facts]]
key = "x.list"
type = "list"
record = "{id}"

[source.facts.fields]
id = { key_only = true }
title = { }

[[source.facts.read]]
json = { each = "$.items[*]", cells = { id = "id", title = "title" } }
"#;

/// A recipe that was verified on a capture is believed; one that was not is told to the operator.
const REVIEWED: &str = "2026-01-01";
const UNREVIEWED: &str = "structure";

/// What must never stand in anything a person or a program reads: control characters but the end of
/// a line, and marks that turn the direction of writing.
fn is_active(c: char) -> bool {
    let is_bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    (c.is_control() && c != '\n') || is_bidi || matches!(c, '\u{2028}' | '\u{2029}')
}

#[track_caller]
fn check_inert(what: &str, text: &str) {
    let active = text.chars().find(|c| is_active(*c));
    assert_eq!(active, None, "{what}: {text:?}");
}

/// A home with the change to the hostile page, read by one subscriber.
fn home(verified: &str) -> Home {
    let home = Home::new();
    home.file(
        "rulewatch.toml",
        "[operator]\naddress = 'operator@example.org'\nlegal_name = 'Rule Watchers Inc.'\n",
    );
    home.file("sources.toml", SOURCES.replace("structure", verified));
    let see = |page: &str, code: i32| {
        let page = fixture(page).display().to_string();
        let ran = home.run(&["--sources", "sources.toml", "check", "hostile", "--from", &page]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        check_inert("check", &ran.out);
        ran.out
    };
    see("hostile/list-before.json", 0);
    let consent = "asked\x1b[31m for it";
    let subscribe = [
        "subscribe",
        "--no-welcome",
        "ana@example.org",
        "--severity",
        "info",
        "--consent",
        consent,
    ];
    home.done(&subscribe);
    see("hostile/list-after.json", 0);
    home
}

#[test]
fn what_a_page_says_does_nothing_in_the_log() {
    let home = home(REVIEWED);
    let expanded = ["log", "--expand"];
    for args in
        [&["log"][..], &expanded, &["facts", "x.list"], &["status"], &["outbox"], &["subscribers"]]
    {
        let all = [&["--sources", "sources.toml"], args].concat();
        let text = home.done(&all);
        check_inert(args[0], &text);
    }
    let table = home.done(&expanded);
    assert_eq!(table.lines().count(), 1 + 6, "no record forges a line: {table}");
}

#[test]
fn what_a_page_says_does_nothing_where_one_change_is_shown() {
    let home = home(REVIEWED);
    for change in lines(&home.done(&["log", "--format", "ndjson"])) {
        let id = change["id"].as_str().unwrap();
        let shown = home.done(&["--sources", "sources.toml", "show", id]);
        check_inert("show", &shown);
        assert!(!shown.lines().any(|line| line.starts_with("Bcc:")), "{shown}");
    }
}

#[test]
fn what_a_page_says_is_escaped_for_programs_and_comes_back_whole() {
    let home = home(REVIEWED);
    for format in ["ndjson", "json", "csv"] {
        let text = home.done(&["log", "--format", format]);
        check_inert(format, &text.replace("\r\n", "\n"));
    }
    let changes = lines(&home.done(&["log", "--format", "ndjson"]));
    assert_eq!(changes.len(), 6);
    let titles: Vec<&str> =
        changes.iter().filter_map(|change| change["new"]["title"].as_str()).collect();
    assert!(titles.iter().any(|title| title.contains("<script>alert(1)</script>")), "{titles:?}");
    let facts = lines(&home.done(&["facts", "x.list", "--format", "ndjson"]));
    assert!(facts.iter().all(|fact: &Json| fact["fields"]["title"].is_string()));
}

#[test]
fn what_a_page_says_does_nothing_in_a_letter_to_a_reader() {
    check_letter(REVIEWED, "ana@example.org");
}

#[test]
fn what_a_page_says_does_nothing_in_a_letter_to_the_operator() {
    check_letter(UNREVIEWED, "operator@example.org");
}

#[track_caller]
fn check_letter(verified: &str, to: &str) {
    let home = home(verified);
    let letters = letters(&home.path().join(".local/state/rulewatch/outbox"));
    assert_eq!(letters.len(), 1);
    for letter in &letters {
        assert_eq!(letter.header("To"), to);
        let names: Vec<&str> = letter.head.iter().map(|(name, _)| name.as_str()).collect();
        assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{names:?}");
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "no header stands twice: {names:?}");
        let (text, html) = letter.parts();
        let (text, html) = (text.replace("\r\n", "\n"), html.replace("\r\n", "\n"));
        check_inert("letter", &text);
        check_inert("letter in HTML", &html);
        assert!(
            text.contains("<script>alert(1)</script>"),
            "in plain text it is only text: {text}"
        );
        assert!(html.contains("&lt;script&gt;"), "{html}");
        for tag in ["<script", "<img", "<b>", "href=\"javascript", "onerror=\"", "</td><td"] {
            assert!(!html.contains(tag), "{tag}: {html}");
        }
        assert!(
            !text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("From: evil"))
        );
    }
}
