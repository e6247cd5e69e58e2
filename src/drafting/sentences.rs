//! Sentences that state a value: an amount, a length of time, a level, a share, a number of points or hours.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::text::{escape, literal, regex, slug};
use super::{LineKind, LineShape, name};

/// A kind of value: its field, how it is printed, and the pattern of the catalogue that prints it.
struct Stated {
    field: &'static str,
    kind: &'static str,
    printed: LazyLock<Regex>,
}

static STATED: [Stated; 6] = [
    Stated {
        field: "amount",
        kind: "money",
        printed: LazyLock::new(|| regex(r"\$ ?\d[\d,]*(?:\.\d\d)?")),
    },
    Stated {
        field: "level",
        kind: "integer",
        printed: LazyLock::new(|| {
            regex(r"(?i)(?:\bCLB\)?|\bNCLC\)?|benchmark|niveau)(?: level)? (\d{1,2})\b")
        }),
    },
    Stated {
        field: "share",
        kind: "percent",
        printed: LazyLock::new(|| regex(r"(?i)\b\d+(?:\.\d+)? ?(?:%|per cent\b)")),
    },
    Stated {
        field: "length",
        kind: "duration",
        printed: LazyLock::new(|| {
            regex(
                r"(?i)\b(?:\d+|one|two|three|four|five|six|twelve)(?: \(\d+\))?[ -](?:business |calendar )?(?:days?|weeks?|months?|years?)\b",
            )
        }),
    },
    Stated {
        field: "points",
        kind: "integer",
        printed: LazyLock::new(|| regex(r"(?i)\b(\d[\d,]*) points?\b")),
    },
    Stated {
        field: "hours",
        kind: "integer",
        printed: LazyLock::new(|| regex(r"(?i)\b(\d[\d,]*) hours?\b")),
    },
];

/// A figure, as `escape` writes it.
static FIGURES: LazyLock<Regex> = LazyLock::new(|| regex(r"\\?\$?\d[\d,.\\]*"));

/// The most statements that are proposed.
const MOST: usize = 40;

/// How many words on each side tell a value from others.
const BEFORE: usize = 5;
const AFTER: usize = 4;

/// One set of all sentences that state one value.
pub(super) fn of_lines(
    prefix: &str,
    lines: &[LineShape],
    taken: &mut BTreeSet<String>,
) -> Option<String> {
    let mut statements = String::new();
    let (mut keys, mut fields) = (BTreeSet::new(), BTreeSet::new());
    for line in lines.iter().filter(|line| line.kind != LineKind::Heading) {
        for text in line.text.lines() {
            if keys.len() >= MOST {
                break;
            }
            let found = STATED.iter().find_map(|stated| {
                let found = stated.printed.captures(text)?;
                Some((stated, found.get(1).or_else(|| found.get(0))?.range()))
            });
            let Some((stated, at)) = found else { continue };
            let Some((key, says)) = statement(stated, text, at, &line.under) else { continue };
            if keys.insert(key.clone()) {
                fields.insert((stated.field, stated.kind));
                writeln!(statements, "{key} = {{ says = {}, optional = true }}", literal(&says))
                    .ok()?;
            }
        }
    }
    if keys.is_empty() {
        return None;
    }
    let key = name(prefix, "statements", taken);
    let fields: Vec<String> = fields
        .iter()
        .map(|(field, kind)| format!("{field} = {{ as = \"{kind}\", optional = true }}"))
        .collect();
    Some(format!(
        "\n[[source.facts]]\nkey = \"{key}\"\ntype = \"thresholds\"\n\n[source.facts.fields]\n{}\n\n\
         [source.facts.statements]\n{statements}",
        fields.join("\n")
    ))
}

/// The key of a sentence, and the sentence with its value as a field; `None` where too few words stand around.
fn statement(
    stated: &Stated,
    text: &str,
    at: std::ops::Range<usize>,
    under: &str,
) -> Option<(String, String)> {
    let words = |text: &str| -> Vec<String> {
        let is_word = |word: &&str| word.chars().any(char::is_alphabetic);
        text.split_whitespace().filter(is_word).map(str::to_owned).collect()
    };
    let before: Vec<&str> = text[..at.start].split(' ').collect();
    let after: Vec<&str> = text[at.end..].split(' ').collect();
    let near = before[before.len().saturating_sub(BEFORE)..].join(" ");
    let next = after[..after.len().min(AFTER)].join(" ");
    // Figures beside it may change too.
    let soft = |text: &str| FIGURES.replace_all(&escape(text), r"\S+").into_owned();
    let mut named = words(&near);
    named.extend(words(&next));
    if named.len() < 2 {
        return None;
    }
    let key = slug(&named.join(" "));
    let key = if key.len() < 12 { slug(&format!("{under} {key}")) } else { key };
    let key: String = key.chars().take(60).collect();
    let says = format!("{}{{{}}}{}", soft(&near), stated.field, soft(&next));
    Some((key.trim_matches('-').to_owned(), says))
        .filter(|(key, _)| key.starts_with(|c: char| c.is_ascii_alphabetic()))
}
