//! Phrases around figures in the words that most pages use for them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::model::{calendar, numeral::numeral, text};

/// What is said before a figure, and the usual words for it. Longer phrases first.
const USUAL: [(&str, &str); 25] = [
    ("a maximum of ", "maximum "),
    ("un maximum de ", "maximum "),
    ("no more than ", "maximum "),
    ("maximum of ", "maximum "),
    ("maximum de ", "maximum "),
    ("jusqu'à ", "maximum "),
    ("jusqu’à ", "maximum "),
    ("at most ", "maximum "),
    ("au plus ", "maximum "),
    ("up to ", "maximum "),
    ("max. ", "maximum "),
    ("max ", "maximum "),
    ("canadian language benchmarks (clb) levels ", "CLB "),
    ("canadian language benchmarks (clb) level ", "CLB "),
    ("canadian language benchmark (clb) level ", "CLB "),
    ("canadian language benchmarks (clb) ", "CLB "),
    ("canadian language benchmark (clb) ", "CLB "),
    ("canadian language benchmark level ", "CLB "),
    ("canadian language benchmark ", "CLB "),
    ("niveau de compétence linguistique canadien (nclc) ", "NCLC "),
    ("niveaux de compétence linguistique canadiens (nclc) ", "NCLC "),
    ("clb levels ", "CLB "),
    ("clb level ", "CLB "),
    ("nclc level ", "NCLC "),
    ("nclc niveau ", "NCLC "),
];

/// The short forms of points after a figure.
const POINTS: [&str; 2] = ["pts", "pt"];

/// The text with the usual words before its figures: "up to 25 points" is "maximum 25 points", "CLB level 7" is
/// "CLB 7". `None` if it has them already.
pub(super) fn usual(text: &str) -> Option<String> {
    let mut out = String::new();
    let (mut rest, mut is_start, mut is_other) = (text, true, false);
    while let Some(c) = rest.chars().next() {
        let begins = |said: &str| {
            begins(rest, said).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
        };
        let found = USUAL.iter().find(|(said, _)| is_start && begins(said));
        if let Some((said, usual)) = found {
            out.push_str(usual);
            rest = &rest[said.len()..];
            (is_start, is_other) = (false, true);
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
        is_start = c.is_whitespace() || c == '(';
    }
    is_other.then_some(out)
}

/// The text without the size of a linked file: "(PDF, 254 KB)" is "(PDF)". `None` if it has none.
pub(super) fn sizes(text: &str) -> Option<String> {
    static SIZE: LazyLock<Regex> = LazyLock::new(|| {
        let format = r"[(\[](?:PDF|DOCX?|XLSX?|PPTX?|RTF|TXT|CSV|ZIP|XML|HTML)(?: file| version)?";
        let size = r"\d+(?:[.,]\d+)? ?(?:[KMG](?:B|o)|(?:kilo|mega|méga)?(?:bytes|octets))";
        Regex::new(&format!(r"(?i)({format})[,:; –-]*{size}([)\],;])"))
            .expect("the pattern is a constant")
    });
    if !text.contains(['(', '[']) {
        return None;
    }
    let put = SIZE.replace_all(text, "$1$2");
    (put != text).then(|| put.into_owned())
}

/// The text with "or more" for what means the same: "CLB 10 or above", "2 years and more", "9 et plus". `None` if it has
/// none.
pub(super) fn or_more(text: &str) -> Option<String> {
    static ABOVE: LazyLock<Regex> = LazyLock::new(|| {
        let above = r"(?i) (?:(?P<en>(?:or|and) (?:above|higher|better|greater|up|over)|and more)|ou mieux|et plus)\b";
        Regex::new(above).expect("the pattern is a constant")
    });
    if ![" or ", " and ", " ou ", " et "].iter().any(|or| text.contains(or)) {
        return None;
    }
    let usual = |found: &Captures<'_>| {
        if found.name("en").is_some() { " or more" } else { " ou plus" }
    };
    let put = ABOVE.replace_all(text, usual);
    (put != text).then(|| put.into_owned())
}

/// One form of a text that is nothing but figures: those that it lists, in order, or the least of more. `None` for any
/// other text.
pub(super) fn figures(text: &str) -> Option<String> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let listed = || Some(listed_alone(text)?.iter().map(u32::to_string).collect::<Vec<_>>());
    at_least(text).map(|figure| figure + "+").or_else(|| Some(listed()?.join(", ")))
}

/// The figure of which a text says "or more", and nothing else: "9+", "9 and above".
fn at_least(text: &str) -> Option<String> {
    const MORE: [&str; 3] = ["+", " or more", " ou plus"];
    let text = or_more(text).map_or_else(|| text.trim().to_lowercase(), |text| text.to_lowercase());
    let figure = MORE.iter().find_map(|more| text.strip_suffix(more))?.trim_end();
    let is_figure = figure.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    (is_figure && !figure.is_empty()).then(|| figure.to_owned())
}

/// The figures that a text lists, in order, if it is nothing else: "2 and 3", "3, 2".
fn listed_alone(text: &str) -> Option<Vec<u32>> {
    static LIST: LazyLock<Regex> = LazyLock::new(|| {
        let list = r"(?i)^\d{1,4}(?:(?:, |,? (?:and|or|et|ou|&) )\d{1,4})+$";
        Regex::new(list).expect("the pattern is a constant")
    });
    let text = Some(text.trim()).filter(|text| text.len() <= 80 && LIST.is_match(text))?;
    let figures = text.split(|c: char| !c.is_ascii_digit()).filter(|figure| !figure.is_empty());
    let mut figures: Vec<u32> = figures.map(str::parse).collect::<Result<_, _>>().ok()?;
    figures.sort_unstable();
    Some(figures)
}

/// The text without the names of what it has the initials of: "Canadian Language Benchmark (CLB) level" is "CLB level".
/// `None` if it spells out none.
#[must_use]
pub fn initials(text: &str) -> Option<String> {
    static SHORT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r" \((\p{Lu}{2,6})s?\)").expect("the pattern is a constant"));
    if !has_initials(text) {
        return None;
    }
    let (mut out, mut from) = (String::new(), 0);
    for found in SHORT.captures_iter(text) {
        let (whole, short) = (found.get(0)?, &found[1]);
        if let Some(start) = named(&text[from..whole.start()], short) {
            out.push_str(&text[from..from + start]);
            out.push_str(short);
            from = whole.end();
        }
    }
    (from > 0).then(|| out + &text[from..])
}

/// Whether a text may have the initials of a name after it.
pub(super) fn has_initials(text: &str) -> bool {
    let mut opened = text.match_indices(" (").map(|(at, _)| &text[at + 2..]);
    opened.any(|rest| rest.chars().take(2).filter(|c| c.is_uppercase()).count() == 2)
}

/// Where the words at the end of a text begin that have these initials. Small words have none.
fn named(text: &str, short: &str) -> Option<usize> {
    const SMALL: [&str; 14] =
        ["of", "the", "and", "for", "in", "to", "de", "du", "des", "d", "la", "le", "les", "et"];
    let mut letters = short.chars().rev().peekable();
    let mut start = text.len();
    while let Some(letter) = letters.peek() {
        let before = text[..start].trim_end_matches([' ', '\'', '’', '-']);
        let begin = before
            .rfind(|c: char| !c.is_alphabetic())
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let word = &before[begin..];
        let first = word.chars().next()?;
        start = begin;
        if first.to_uppercase().eq(letter.to_uppercase()) {
            letters.next();
        } else if !SMALL.contains(&&*word.to_lowercase()) {
            return None;
        }
    }
    Some(start)
}

/// The text with its NOC codes right after the word: "NOC 2021 33102", "NOC code: 33102" and "NOC (33102)" are "NOC
/// 33102". `None` if they all are.
pub(super) fn codes(text: &str) -> Option<String> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        let between = r"(?:[ ,:#(/–-]|\b(?:20\d\d|v(?:ersion)? ?\d\.\d|codes?|no\.|number)\b)";
        Regex::new(&format!(r"(?i)\b(NOCs?|CNP)\)?{between}+(\d{{5}})\b"))
            .expect("the pattern is a constant")
    });
    if !text.contains("NOC") && !text.contains("CNP") {
        return None;
    }
    let put = BETWEEN.replace_all(text, "$1 $2");
    (put != text).then(|| put.into_owned())
}

/// The text with a hyphen in "full time" and "part time", as most pages have it. `None` if it has one already.
pub(super) fn worked(text: &str) -> Option<String> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(full|part) time\b").expect("the pattern is a constant")
    });
    if !text.contains(" time") {
        return None;
    }
    let put = TIME.replace_all(text, "$1-time");
    (put != text).then(|| put.into_owned())
}

/// The text without the words in brackets that say a figure again: "6 (six) months", "10 (ten)%". `None` if it has none.
#[must_use]
pub fn once(text: &str) -> Option<String> {
    static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?P<figure>\d+) ?\((?P<again>[\p{L}\d]+(?:[ -]\p{L}+)*)\)")
            .expect("the pattern is a constant")
    });
    if !text.contains('(') {
        return None;
    }
    let put = AGAIN.replace_all(text, |found: &Captures<'_>| {
        let (figure, again) = (&found["figure"], &found["again"]);
        let words: Vec<&str> = again.split([' ', '-']).collect();
        let is_again =
            again == figure || numeral(&words).is_some_and(|value| value.to_string() == *figure);
        let kept = if is_again { figure } else { &found[0] };
        kept.to_owned()
    });
    (put != text).then(|| put.into_owned())
}

/// The text with "points" after its figures where it has a short form of it: "25 pts". `None` if it has none.
pub(super) fn points(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in text.match_indices(['p', 'P']).filter(|(at, _)| is_after_figure(&text[..*at])) {
        let is_end = |rest: &&str| !rest.starts_with(char::is_alphanumeric);
        let Some(rest) =
            POINTS.into_iter().find_map(|short| begins(&text[at..], short).filter(is_end))
        else {
            continue;
        };
        out.push_str(&text[from..at]);
        out.push_str("points");
        from = text.len() - rest.len();
    }
    (from > 0).then(|| out + &text[from..])
}

/// The text with a per cent sign right after its figures: "80 %", "80 per cent", "80 pour cent". `None` if it
/// has none that is written otherwise.
pub(super) fn per_cent(text: &str) -> Option<String> {
    static SAID: LazyLock<Regex> = LazyLock::new(|| {
        let said = r"(?i)(\d) ?(?:%|pour cent\b)| ?\bper ?cent\b";
        Regex::new(said).expect("the pattern is a constant")
    });
    // Every line of a page is compared.
    if !text.contains('%') && !text.contains("cent") && !text.contains("CENT") {
        return None;
    }
    let put = SAID.replace_all(text, "$1%");
    (put != text).then(|| put.into_owned())
}

/// The text without "and" before the last of three and more whole numbers that are listed: "sections 200, 201 and
/// 203". An "or", and the "and" between two, are part of what is said, and so is one behind "May 6, 2024". `None` if it
/// has none.
pub(super) fn listed(text: &str) -> Option<String> {
    static LAST: LazyLock<Regex> = LazyLock::new(|| {
        let last = r"(?:\b(\p{L}+)\.? )?\b(\d+, \d+),? (?:and|et) (\d)";
        Regex::new(last).expect("the pattern is a constant")
    });
    // Every line of a page is compared.
    if !text.contains(" and ") && !text.contains(" et ") {
        return None;
    }
    let put = LAST.replace_all(text, |found: &Captures<'_>| {
        let is_month = |word: &str| calendar::month(&text::slug(word)).is_some();
        let before = found.get(1).map_or("", |word| word.as_str());
        if is_month(before) {
            return found[0].to_owned();
        }
        let begin = found.get(2).map_or(0, |first| first.start() - found.get_match().start());
        format!("{}{}, {}", &found[0][..begin], &found[2], &found[3])
    });
    (put != text).then(|| put.into_owned())
}

fn is_after_figure(before: &str) -> bool {
    before.strip_suffix(' ').unwrap_or(before).ends_with(|c: char| c.is_ascii_digit())
}

/// What follows these words at the beginning of a text.
fn begins<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (here, next) = text.split_at_checked(words.len())?;
    here.eq_ignore_ascii_case(words).then_some(next)
}
