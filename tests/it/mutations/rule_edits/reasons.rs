//! Why an edit that is not told is no edit of a rule: the declared kinds of chrome, each with the
//! place or the words it is known by.

use std::sync::LazyLock;

use regex::Regex;

use super::super::sheet::{LINES, Sheet};
use super::Kind;
use super::tokens::Token;

/// What a line is known by that says no rule.
static LINE: LazyLock<[(&str, Regex); 5]> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(&format!("(?i){text}")).unwrap();
    [
        (
            "date stamp",
            pattern(
                r"^(page )?(last (updated|modified|reviewed)|date modified|updated:|published:|modified:|dernière mise à jour|date de modification)",
            ),
        ),
        (
            "contact",
            pattern(
                r"\d{3}[-. ]\d{3}[-. ]\d{4}|^(telephone|toll[- ]free|fax|tty|téléphone)\b|p\.?o\.? box|@\w+\.",
            ),
        ),
        ("back to top", pattern(r"^(back to top|top of page|haut de la page)$")),
        ("date stamp", pattern(r"^(\d{4}-\d\d-\d\d|screen id:.*)$")),
        ("page numbering", pattern(r"^(page )?\d+ (of|de|sur) \d+$")),
    ]
});

/// A list of categories, which means the same with "and" and with "or".
static TEER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:TEER|FEER)\b(?: \([^)]*\))?[^.;]{0,20}\d(?:, \d)*,? (?:and|or|et|ou) \d")
        .unwrap()
});

/// A cell that is nothing but figures, or the least of them: "0 and 1", "9 and above".
static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\d+(?:, \d+)*,? (?:and|or|et|ou) (?:\d+|above|more|higher|over|plus)$")
        .unwrap()
});

/// A line that begins with the number it has among others.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{1,2}[.)] \p{L}").unwrap());

/// Headings of what is around the rules of a page.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(on this page|sur cette page|related links|liens connexes|table of contents|contents|share( this page)?|contact( us)?|page details|features|services and information|report a problem.*|did you find .*|was this page helpful.*|give feedback.*|rétroaction|most requested|related services?( and information)?|quick links|follow us|subscribe.*|sign up.*|translate this page.*)$",
    )
    .unwrap()
});

/// Elements whose words are a menu, a stamp or a form, by tag or class.
const CHROME_TAGS: [&str; 8] =
    ["nav", "footer", "header", "form", "button", "gcds-date-modified", "label", "time"];
const CHROME_CLASSES: [&str; 9] = [
    "pagedetails",
    "gc-prtts",
    "gc-rprt-prblm",
    "gc-pg-hlpfl",
    "wb-share",
    "breadcrumb",
    "share",
    "social",
    "pager",
];

/// Values of a feed that say when it was made, by their names.
const FEED_STAMPS: [&str; 3] = ["published_at", "last_built_at", "lastupdated"];

/// An element of its own that says when the table or section around it was updated, and nothing else.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let day = r"(?:\p{L}+ \d{1,2}(?:er)?,? \d{4}|\d{1,2}(?:er)? \p{L}+ \d{4}|\d{4}-\d\d-\d\d)";
    Regex::new(&format!(r"(?i)^\W*(?:updated|mise? à jour)(?: on| le)? :?\s*{day}\W*$")).unwrap()
});

/// The reason why what a token of a feed says is no rule, if there is one.
pub(super) fn no_rule_of_feed(feed: &str, token: &Token) -> Option<&'static str> {
    // The name of a value stands before it: `"lastupdated": "August 30, 2022"`.
    let name = feed[..token.at.start].rsplit('"').nth(2)?;
    // A notice under another address, with the same words and the same day, is the same notice.
    if name == "link" {
        return Some("the address of a notice");
    }
    FEED_STAMPS.contains(&name).then_some("the stamp of a feed")
}

/// The reason why what a token says is no rule, if there is one.
pub(super) fn no_rule(sheet: &Sheet, token: &Token) -> Option<&'static str> {
    let id = sheet.words().into_iter().rfind(|id| sheet.nodes[*id].open.start <= token.at.start)?;
    let above: Vec<usize> = sheet.above(id).skip(1).collect();
    let node = |up: &usize| &sheet.nodes[*up];
    if above.iter().any(|up| {
        CHROME_TAGS.contains(&node(up).name.as_str())
            && is_stamp(node(up).name.as_str(), sheet, *up)
    }) {
        return Some("menu or stamp");
    }
    if above.iter().any(|up| CHROME_CLASSES.iter().any(|class| node(up).has_class(class))) {
        return Some("menu or stamp");
    }
    if above.iter().any(|up| node(up).name == "sup") {
        return Some("footnote mark");
    }
    if above.first().is_some_and(|up| LABEL.is_match(&sheet.text_of(*up))) {
        return Some("date stamp");
    }
    let line = above
        .iter()
        .copied()
        .find(|up| LINES.contains(&node(up).name.as_str()) || node(up).name == "div")?;
    let words = sheet.text_of(line);
    if let Some((reason, _)) = LINE.iter().find(|(_, pattern)| pattern.is_match(&words)) {
        return Some(reason);
    }
    if token.kind == Kind::Conjunction && TEER.is_match(&words) {
        return Some("a list of TEER categories, with \"and\" or \"or\"");
    }
    // The cell, or what is set in bold in it.
    let is_of_figures = |up: &usize| FIGURES.is_match(sheet.text_of(*up).trim());
    if token.kind == Kind::Conjunction && above.iter().take(3).any(is_of_figures) {
        return Some("a cell of figures alone, with \"and\" or \"or\"");
    }
    let is_first = || sheet.text[sheet.inner(line)].trim_start().starts_with(&token.old);
    if token.kind == Kind::Number && NUMBERED.is_match(&words) && is_first() {
        return Some("the number of a heading or an item");
    }
    let links: usize = sheet.below(line, &["a"]).into_iter().map(|a| sheet.text_of(a).len()).sum();
    if links > 0 && links + 3 >= words.len() {
        return Some("navigation: a line that is a link");
    }
    let heads = sheet.named(&["h2", "h3", "h4"]);
    let head = heads.into_iter().rfind(|head| *head < line).map(|head| sheet.text_of(head));
    head.filter(|head| HEADING.is_match(head.trim())).map(|_| "under a heading that is no rule's")
}

/// A `time` is part of its sentence, but for the stamp under a page.
fn is_stamp(name: &str, sheet: &Sheet, id: usize) -> bool {
    name != "time" || sheet.nodes[id].attribute("property").is_some()
}

#[test]
fn a_stamp_of_a_feed_is_known_by_its_name() {
    let feed = r#"{"lastupdated": "May 1, 2026", "cec": {"cec_ee": "14 months"}}"#;
    let said: Vec<(String, Option<&str>)> = super::tokens::of_json(feed)
        .iter()
        .map(|token| (token.old.clone(), no_rule_of_feed(feed, token)))
        .collect();
    let stamp = Some("the stamp of a feed");
    let of = |old: &str, why| (old.to_owned(), why);
    assert_eq!(said, [of("May 1", stamp), of("2026", stamp), of("14", None)]);
}

#[test]
fn chrome_is_known_and_a_rule_is_not_chrome() {
    let html = "<!doctype html><main><h2>Fees</h2><p>You must pay $100.</p><p>See <a href=x>the 2 fees</a> below.</p>\
                <p><a href=y>Form 12</a></p><p>Last updated: May 1, 2026</p>\
                <table><tr><th>Funds (CAD) <span>Updated June 3, 2024</span></th><th>Updated June 4, 2024</th>\
                <th>Fees <span>updated from June 5, 2024</span></th></tr></table><h2>On this page</h2><p>Part 1</p></main>";
    let sheet = Sheet::of(html, &[]);
    let said: Vec<(String, Option<&str>)> = super::tokens::of_html(&sheet)
        .iter()
        .map(|token| (token.old.clone(), no_rule(&sheet, token)))
        .collect();
    let link = Some("navigation: a line that is a link");
    let (stamp, head) = (Some("date stamp"), Some("under a heading that is no rule's"));
    let of = |old: &str, why| (old.to_owned(), why);
    let wanted = [
        of("100", None),
        of("must", None),
        of("2", None),
        of("12", link),
        of("May 1", stamp),
        of("2026", stamp),
        of("June 3", stamp),
        of("2024", stamp),
        of("June 4", stamp),
        of("2024", stamp),
        of("June 5", None),
        of("2024", None),
        of("1", head),
    ];
    assert_eq!(said, wanted);
}
