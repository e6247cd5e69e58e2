//! The same feeds and laws in other JSON and XML: spaces, escapes, order of members, comments.

use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::Class::{Form, Spelling};
use super::Edit;

type Write = fn(&str) -> Option<String>;

const JSON: [(&str, Write); 8] = [
    ("indented", |t| serde_json::to_string_pretty(&parsed(t)).ok()),
    ("on-one-line", |t| serde_json::to_string(&parsed(t)).ok()),
    ("letters-escaped", |t| {
        let escape = |c: char| if c.is_ascii() { c.to_string() } else { units(c) };
        Some(serde_json::to_string(&parsed(t)).ok()?.chars().map(escape).collect())
    }),
    ("members-reversed", |t| Some(reversed(parsed(t)).to_string())),
    ("member-more", |t| {
        let mut feed = parsed(t);
        feed.as_object_mut()?.insert("generated".into(), "2026-11-20T10:00:00Z".into());
        Some(feed.to_string())
    }),
    ("byte-order-mark", |t| Some(format!("\u{feff}{t}"))),
    ("values-with-spaces", |t| {
        Some(
            Regex::new(r#"": ?"([^"\\]{1,80})""#)
                .unwrap()
                .replace_all(t, "\": \" $1 \"")
                .into_owned(),
        )
    }),
    ("slashes-escaped", |t| Some(serde_json::to_string(&parsed(t)).ok()?.replace('/', "\\/"))),
];

const XML: [(&str, Write); 8] = [
    ("comments-between", |t| {
        replaced(t, r"</(Section|Subsection|entry|Paragraph)>", "</$1><!-- v2 -->")
    }),
    ("spaces-in-tags", |t| replaced(t, r"<(Text|Label|title)>", "<$1 >")),
    ("letters-as-entities", |t| {
        let entity =
            |c: &Captures<'_>| format!("&#x{:X};", u32::from(c[0].chars().next().unwrap()));
        Some(
            Regex::new("[éèêàùçôîû\u{2019}\u{2013}\u{2014}]")
                .unwrap()
                .replace_all(t, entity)
                .into_owned(),
        )
    }),
    ("lines-broken", |t| replaced(t, r"(\w) (\w)", "$1\n      $2")),
    ("no-break-spaces", |t| replaced(t, r">([^<\n]*?\w) (\w[^<\n]*)<", ">$1\u{a0}$2<")),
    ("instruction-more", |t| {
        let at = t.find("?>")? + 2;
        Some(format!("{}<?xml-stylesheet href=\"x.xsl\"?>{}", &t[..at], &t[at..]))
    }),
    ("attribute-more", |t| replaced(t, r"<(Section|entry|Subsection)\b", "<$1 data-v=\"2\"")),
    ("byte-order-mark", |t| Some(format!("\u{feff}{}", t.trim_start_matches('\u{feff}')))),
];

/// The edits of a page that is no HTML.
pub(super) fn edits(text: &str, is_json: bool) -> Vec<Edit> {
    let families: &[(&str, Write)] = if is_json { &JSON } else { &XML };
    let make = |(family, write): &(&'static str, Write)| {
        let body = write(text).filter(|body| body != text)?;
        let place = "the whole document".to_owned();
        // A member that no feed had is new, and read by nothing: that is told.
        let class = if *family == "member-more" { Spelling } else { Form };
        Some(Edit { family, class, body: body.into_bytes(), place })
    };
    families.iter().filter_map(make).collect()
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
}

fn units(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// The members of every object in the other order.
fn reversed(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            Json::Object(members.into_iter().rev().map(|(k, v)| (k, reversed(v))).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

fn replaced(text: &str, pattern: &str, with: &str) -> Option<String> {
    Some(Regex::new(pattern).unwrap().replace_all(text, with).into_owned())
}

#[test]
fn the_same_json_is_written_in_other_ways() {
    let text = r#"{"b":"é/","a":[{"y":1,"x":2}]}"#;
    let made = edits(text, true);
    assert_eq!(made.len(), 7, "it is on one line already");
    for edit in made.iter().filter(|e| !["member-more", "values-with-spaces"].contains(&e.family)) {
        let same = parsed(std::str::from_utf8(&edit.body).unwrap());
        assert_eq!(same, parsed(text), "{}", edit.family);
    }
}
