//! Words of a page as they are written in a draft: patterns, keys, strings.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::model::text as words;
pub(super) use crate::model::text::slug;

/// Compiles a pattern of our own.
pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

static CANONICAL: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?i)<link\b[^>]*\brel=["']?canonical["']?[^>]*>"#));

static HREF: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?i)\bhref=["']?(https?://[^"'\s>]+)"#));

/// The address that a page gives as its own.
pub(super) fn canonical(body: &[u8]) -> Option<Url> {
    let text = String::from_utf8_lossy(body);
    let link = CANONICAL.find(&text)?;
    HREF.captures(link.as_str())?[1].parse().ok()
}

/// A pattern that finds words at the beginning of a header, however its years and marks change.
pub(super) fn pattern(header: &str) -> String {
    let plain = words::canonical(header).to_lowercase();
    let first: String = plain.lines().next().unwrap_or_default().chars().take(48).collect();
    let first = first.split(['(', '*']).next().unwrap_or_default().trim();
    let mut escaped = escape(first);
    let whole = first.len() == plain.len();
    if whole {
        escaped.push('$');
    }
    literal(&format!("^{escaped}"))
}

/// Words as a pattern that means them.
pub(super) fn escape(words: &str) -> String {
    let mut escaped = String::new();
    for c in words.chars() {
        if matches!(c, '{' | '}' | '\'') {
            escaped.push('.');
        } else {
            escaped.push_str(&regex::escape(&c.to_string()));
        }
    }
    escaped.replace("\\-", "-").replace("\\&", "&").replace("\\#", "#")
}

/// A pattern as a literal string of TOML.
pub(super) fn literal(pattern: &str) -> String {
    format!("'{}'", pattern.replace('\n', " "))
}

const MONTHS: &str =
    "january|february|march|april|may|june|july|august|september|october|november|december";

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(r"(?i)^(?:(?:{MONTHS})\.? \d{{1,2}},? \d{{4}}|\d{{4}}-\d\d-\d\d)"))
});

/// Whether words begin with a day.
pub(super) fn begins_with_date(text: &str) -> bool {
    DATE.is_match(text)
}
