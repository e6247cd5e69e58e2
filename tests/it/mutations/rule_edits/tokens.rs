//! Where a page's content says something a rule may hang on, and what an editor would make of it.

use std::ops::Range;

use regex::Regex;

use super::super::sheet::Sheet;
use super::Kind;

/// One edit: what stands there, and what is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
    pub(super) old: String,
    pub(super) new: String,
}

const MONTHS: &str = "January|February|March|April|May|June|July|August|September|October|November|\
                      December|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|\
                      novembre|décembre";

/// Words, and what they become. The first that matches in a place is the one.
const WORDS: [(Kind, &str, &str); 52] = [
    (Kind::Conjunction, "and/or", "and"),
    (Kind::Conjunction, "et/ou", "et"),
    (Kind::Qualifier, "at least", "at most"),
    (Kind::Qualifier, "at most", "at least"),
    (Kind::Qualifier, "up to", "at least"),
    (Kind::Qualifier, "or more", "or less"),
    (Kind::Qualifier, "or less", "or more"),
    (Kind::Qualifier, "or higher", "or lower"),
    (Kind::Qualifier, "more than", "less than"),
    (Kind::Qualifier, "less than", "more than"),
    (Kind::Qualifier, "in Canada", "outside Canada"),
    (Kind::Qualifier, "outside Canada", "in Canada"),
    (Kind::Qualifier, "full-time", "part-time"),
    (Kind::Qualifier, "part-time", "full-time"),
    (Kind::Qualifier, "minimum", "maximum"),
    (Kind::Qualifier, "maximum", "minimum"),
    (Kind::Qualifier, "must not", "may"),
    (Kind::Qualifier, "must", "may"),
    (Kind::Qualifier, "may", "must"),
    (Kind::Qualifier, "cannot", "can"),
    (Kind::Qualifier, "can't", "can"),
    (Kind::Qualifier, "can", "cannot"),
    (Kind::Qualifier, "should", "must"),
    (Kind::Qualifier, "only", "also"),
    (Kind::Qualifier, "not", "also"),
    (Kind::Qualifier, "before", "after"),
    (Kind::Qualifier, "after", "before"),
    (Kind::Qualifier, "without", "with"),
    (Kind::Qualifier, "except", "including"),
    (Kind::Qualifier, "unless", "if"),
    (Kind::Qualifier, "eligible", "ineligible"),
    (Kind::Qualifier, "ineligible", "eligible"),
    (Kind::Qualifier, "exempt", "bound"),
    (Kind::Qualifier, "au moins", "au plus"),
    (Kind::Qualifier, "au plus", "au moins"),
    (Kind::Qualifier, "au Canada", "hors du Canada"),
    (Kind::Qualifier, "doit", "peut"),
    (Kind::Qualifier, "devez", "pouvez"),
    (Kind::Qualifier, "pouvez", "devez"),
    (Kind::Qualifier, "seulement", "aussi"),
    (Kind::Qualifier, "pas", "plus"),
    (Kind::Status, "open", "closed"),
    (Kind::Status, "closed", "open"),
    (Kind::Status, "paused", "open"),
    (Kind::Status, "suspended", "open"),
    (Kind::Status, "accepting", "refusing"),
    (Kind::Status, "ouvert", "fermé"),
    (Kind::Status, "fermé", "ouvert"),
    (Kind::Conjunction, "and", "or"),
    (Kind::Conjunction, "or", "and"),
    (Kind::Conjunction, "et", "ou"),
    (Kind::Conjunction, "ou", "et"),
];

/// Patterns of what is counted and dated, the most exact first; no two edits overlap.
struct Patterns {
    date: Regex,
    month: Regex,
    number: Regex,
    words: Regex,
}

impl Patterns {
    fn new() -> Self {
        let words: Vec<String> = WORDS.iter().map(|(_, word, _)| regex::escape(word)).collect();
        let pattern = |text: &str| Regex::new(text).unwrap();
        Self {
            date: pattern(r"\b(?:19|20)\d\d-\d\d-\d\d\b"),
            month: pattern(&format!(r"\b(?:{MONTHS}) \d{{1,2}}\b|\b\d{{1,2}} (?:{MONTHS})\b")),
            number: pattern(r"\d(?:[\d,]*\d)?(?:\.\d+)?"),
            words: pattern(&format!(r"(?i)\b(?:{})\b", words.join("|"))),
        }
    }

    /// The edits of a stretch of words that begins somewhere in the page.
    fn of(&self, words: &str, from: usize) -> Vec<Token> {
        let mut found: Vec<Token> = Vec::new();
        let mut add = |kind: Kind, at: Range<usize>, new: String| {
            let at = from + at.start..from + at.end;
            if found.iter().all(|token| token.at.end <= at.start || at.end <= token.at.start) {
                let old = words[at.start - from..at.end - from].to_owned();
                found.push(Token { kind, at, old, new });
            }
        };
        for all in self.date.find_iter(words).chain(self.month.find_iter(words)) {
            add(Kind::Date, all.range(), day_moved(all.as_str()));
        }
        for all in self.number.find_iter(words) {
            let is_code = all.len() == 5 && all.as_str().bytes().all(|b| b.is_ascii_digit());
            let kind = if is_code { Kind::Code } else { Kind::Number };
            add(kind, all.range(), figure_moved(all.as_str()));
        }
        for all in self.words.find_iter(words) {
            let is_it =
                |(_, word, _): &&(Kind, &str, &str)| word.eq_ignore_ascii_case(all.as_str());
            let Some((kind, _, new)) = WORDS.iter().find(is_it) else { continue };
            // "May 1" is a month, and its edits are those of a date.
            if all.as_str() != "May" {
                add(*kind, all.range(), (*new).to_owned());
            }
        }
        found
    }
}

/// The day of a date one more or less.
fn day_moved(date: &str) -> String {
    let day = Regex::new(r"\b\d{1,2}\b").unwrap();
    let day = day.find_iter(date).last().unwrap();
    let n: u8 = day.as_str().parse().unwrap();
    let moved = if n > 20 { n - 1 } else { n + 1 };
    let width = day.len();
    format!("{}{moved:0width$}{}", &date[..day.start()], &date[day.end()..])
}

/// The last figure of a number one more, and the last of a 9 one less.
fn figure_moved(number: &str) -> String {
    let (head, last) = number.split_at(number.len() - 1);
    let n: u8 = last.parse().unwrap();
    format!("{head}{}", if n == 9 { 8 } else { n + 1 })
}

/// Every edit of an HTML page.
pub(super) fn of_html(sheet: &Sheet) -> Vec<Token> {
    let patterns = Patterns::new();
    let stretch = |id: usize| {
        let at = sheet.nodes[id].open.clone();
        patterns.of(&sheet.text[at.clone()], at.start)
    };
    sheet.words().into_iter().flat_map(stretch).collect()
}

/// Every edit of the values of a JSON document.
pub(super) fn of_json(text: &str) -> Vec<Token> {
    let patterns = Patterns::new();
    let value = Regex::new(r#":\s*"((?:[^"\\]|\\.)*)""#).unwrap();
    // A hash says nothing.
    let is_hash = |value: &str| value.len() > 30 && value.bytes().all(|b| b.is_ascii_hexdigit());
    let values = value.captures_iter(text).map(|found| found.get(1).unwrap());
    let values = values.filter(|value| !is_hash(value.as_str()));
    values.flat_map(|value| patterns.of(value.as_str(), value.start())).collect()
}

#[test]
fn what_a_rule_may_hang_on_is_found_once_and_changed() {
    let text = "From May 30, 2026 you must have at least 1,560.50 hours in 21211 and/or be open. It may close.";
    let said: Vec<String> =
        Patterns::new().of(text, 0).iter().map(|t| format!("{}>{}", t.old, t.new)).collect();
    assert_eq!(
        said,
        [
            "May 30>May 29",
            "2026>2027",
            "1,560.50>1,560.51",
            "21211>21212",
            "must>may",
            "at least>at most",
            "and/or>and",
            "open>closed",
            "may>must"
        ]
    );
    assert_eq!(day_moved("2026-05-01"), "2026-05-02");
}
