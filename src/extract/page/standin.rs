//! Signs that a body is not the expected page: it was cut off, is a stand-in for the page, or redirects.
//!
//! A sign alone does not make a readable page a block page: a maintenance notice, or a captcha at the end of
//! a form, may be part of it. The caller knows whether anything was read.

use std::sync::LazyLock;

use memchr::memchr_iter;
use regex::Regex;

use crate::extract::value::pattern::constant;
use crate::model::text::canonical;

/// How many bytes of a text are searched for signs of a stand-in: such a page is small, or says so at its
/// beginning.
const SIGNED: usize = 128 << 10;

/// Elements that need an end tag. A page that ends inside one was cut off; it may leave out the end tags of
/// `p`, `li`, `tr`, `td` and the like, of `body` and of `html`.
const CLOSED: [&str; 30] = [
    "a",
    "article",
    "aside",
    "b",
    "button",
    "div",
    "dl",
    "em",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "i",
    "main",
    "nav",
    "ol",
    "section",
    "select",
    "span",
    "strong",
    "svg",
    "table",
    "ul",
    "details",
    "blockquote",
];

/// Elements whose content is not markup.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Returns how a body shows that it was cut off: it lacks the end of a page, and it ends inside an element
/// that needs an end tag.
pub(crate) fn cut_off(text: &str) -> Option<String> {
    let names = |name: &str| {
        let name = name.as_bytes().get(..4);
        name.is_some_and(|n| n.eq_ignore_ascii_case(b"html") || n.eq_ignore_ascii_case(b"body"))
    };
    let tags = || memchr_iter(b'<', text.as_bytes());
    let ended = || tags().rev().any(|at| text[at + 1..].strip_prefix('/').is_some_and(names));
    let began = || tags().any(|at| names(&text[at + 1..]));
    if !began() || ended() {
        return None;
    }
    let inside = open_at_end(text)?;
    let end: String = text.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    Some(format!("it ends inside {inside}, at `{}`", canonical(&end)))
}

/// The element, tag or comment that is open at the end of a text.
fn open_at_end(text: &str) -> Option<String> {
    let mut open = Open::default();
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|start| at + start) {
        let tag = &text[start + 1..];
        if let Some(comment) = tag.strip_prefix("!--") {
            let Some(end) = comment.find("-->") else { return Some("a comment".to_owned()) };
            at = start + 4 + end + 3;
            continue;
        }
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
            at = start + 1;
            continue;
        }
        let Some(length) = end_of_tag(tag) else { return Some("a tag".to_owned()) };
        at = start + 1 + usize::from(is_end) + length + 1;
        let name = tag[..length].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let is = |other: &&&str| name.eq_ignore_ascii_case(other);
        if let Some(raw) = RAW.iter().find(is).filter(|_| !is_end) {
            let Some(end) = find_end(&text[at..], raw) else { return Some(format!("a `{raw}`")) };
            at += end;
        } else if let Some(element) = CLOSED.iter().position(|other| is(&other)) {
            if is_end { open.end(element) } else { open.begin(element) }
        }
    }
    open.elements.last().map(|element| format!("a `{}`", CLOSED[*element]))
}

/// The open elements, by their number in [`CLOSED`], and how many there are of each: so an end tag without
/// an open element needs no search among many others.
#[derive(Default)]
struct Open {
    elements: Vec<usize>,
    of_each: [usize; CLOSED.len()],
}

impl Open {
    fn begin(&mut self, element: usize) {
        self.elements.push(element);
        self.of_each[element] += 1;
    }

    fn end(&mut self, element: usize) {
        while self.of_each[element] > 0 {
            let Some(last) = self.elements.pop() else { return };
            self.of_each[last] -= 1;
            if last == element {
                return;
            }
        }
    }
}

/// The length of a tag, to its `>`; a `>` inside an attribute does not end it.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.bytes().position(|b| match (quote, b) {
        (None, b'"' | b'\'') => {
            quote = Some(b);
            false
        }
        (None, b'>') => true,
        (Some(mark), b) if mark == b => {
            quote = None;
            false
        }
        _ => false,
    })
}

/// The position of the end tag of an element with raw content.
fn find_end(text: &str, name: &str) -> Option<usize> {
    memchr_iter(b'<', text.as_bytes()).find(|at| {
        let tag = text.as_bytes()[at + 1..].strip_prefix(b"/").and_then(|t| t.get(..name.len()));
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// Whether the title or a heading of a page says that it is about the site itself.
pub(crate) fn is_about_the_site(title: &str) -> bool {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix) \b(?:maintenance | denied | forbidden | unavailable | captcha | just\ a\ moment
            | attention\ required | (?:request|access)\ (?:rejected|blocked) | not\ found | introuvable
            | robot | bot\ check | verif(?:y|ication|ying) | error | erreur | object\ moved | gateway
            | sign\ in | log\ ?in | cookies? )\b";
        constant(pattern)
    });
    TITLE.is_match(title)
}

/// Whether a line is a placeholder for content still to come.
pub(crate) fn is_waiting(line: &str) -> bool {
    const WORDS: [&str; 6] = [
        "loading",
        "loading content",
        "please wait",
        "chargement",
        "chargement en cours",
        "veuillez patienter",
    ];
    let line = line.trim_matches(|c: char| !c.is_alphanumeric());
    WORDS.iter().any(|words| line.eq_ignore_ascii_case(words))
}

/// Where a nearly empty page sends its reader, by a `meta` or a script.
pub(crate) fn leads_elsewhere(refresh: Option<&str>, text: &str) -> Option<String> {
    // Counted repeats would make an automaton of megabytes, so the script is found first.
    static SCRIPT: LazyLock<Regex> = LazyLock::new(|| constant("(?i)<script[^>]*>([^<]*)"));
    static MOVES: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"\blocation(?:\.href\s*=[^=]|\s*=[^=]|\.(?:replace|assign)\s*\()";
        constant(pattern)
    });
    if let Some((_, target)) = refresh.and_then(|content| content.split_once(['=', ';'])) {
        let target = target.trim().trim_start_matches("url=").trim_start_matches("URL=");
        return Some(format!(
            "it sends its reader on, to `{}`",
            crate::model::text::excerpt(target, 100)
        ));
    }
    let head = &text[..text.floor_char_boundary(SIGNED)];
    let mut scripts = SCRIPT.captures_iter(head).filter_map(|found| found.get(1));
    let moves = scripts.any(|script| MOVES.is_match(script.as_str()));
    moves.then(|| "a script sends its reader on".to_owned())
}

/// Returns the words that show that a page is a stand-in for the real one: a bot check, a block, a
/// maintenance notice, an object that moved, a page that does not exist.
pub(crate) fn sign(text: &str) -> Option<String> {
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?ix)
              radware\ captcha | verifying\ your\ browser | checking\ your\ browser | just\ a\ moment\.\.\.
            | attention\ required!\ \| | (?:are|you['’‘]re|you\ are)\ (?:not\ )?a\ (?:robot|human)
            | unusual\ traffic\ from | (?:enable|turn\ on|accept)\ (?:java\ ?script\ and\ )?cookies\ (?:to|and|in\ order)
            | (?:cookies\ (?:are|is|must\ be)\ (?:required|disabled|enabled)) | activez?\ les\ (?:cookies|t[ée]moins)
            | (?:enable|turn\ on)\ java\ ?script\ (?:and\ cookies\ )?to\ (?:continue|view|run|use)
            | complete\ the\ captcha | captcha[^a-z]{1,40}(?:page|challenge) | hcaptcha | g-recaptcha-response
            | request\ (?:unsuccessful|rejected) | incapsula\ incident | access\ (?:to\ this\ page\ has\ been\ )?denied
            | you\ don['’‘]?t\ have\ permission\ to\ access | the\ requested\ url\ was\ rejected
            | (?:down|unavailable)\ for\ (?:scheduled\ )?maintenance | under\ maintenance | site\ maintenance
            | scheduled\ maintenance | temporarily\ unavailable | en\ cours\ de\ maintenance
            | service\ unavailable | bad\ gateway | gateway\ time-?out | internal\ server\ error
            | <title>\s*object\ moved | object\ moved\ to
            | page\ (?:does\ not\ exist|not\ found|introuvable|cannot\ be\ found|can['’‘]?t\ be\ found)
            | (?:couldn['’‘]?t|could\ not|can['’‘]?t|cannot)\ find\ (?:that|this|the)\ (?:web\ ?)?page
            | error\ 40[34] | 40[34]\ (?:-\ )?(?:forbidden|not\ found)
        ";
        constant(pattern)
    });
    SIGN.find(&text[..text.floor_char_boundary(SIGNED)])
        .map(|found| format!("it says `{}`", canonical(found.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_stands_at_the_beginning() {
        let after = |size: usize| sign(&format!("<title>é{}Access denied", "x".repeat(size)));
        assert_eq!(after(1_000).as_deref(), Some("it says `Access denied`"));
        assert_eq!(after(SIGNED), None);
    }

    #[test]
    fn a_page_that_stops_short_shows_it() {
        for page in [
            "<html><body><table><tr><td>2123",
            "<html><body><p>A fee of $5</p><div class=\"a",
            "<html><body><ul><li>one<li>tw",
            "<html><body><p>x<script>let a = '</p>'",
            "<html><body><p>x<!-- <p>",
            "<HTML><BODY><MAIN><P>x",
        ] {
            assert!(cut_off(page).is_some(), "{page}");
        }
    }

    #[test]
    fn end_tags_that_may_be_left_out_are_no_sign() {
        for page in [
            "<html><body></body></html>\n<!-- x -->",
            "<!DOCTYPE html><html><body><main><h1>F</h1><p>one<table><tr><td>5<td>6</table></main><p>end",
            "<html><body><ul><li>one<li>two</ul><script>'<div>'</script>",
            "<html><body><p>5 < 6 and <b>7</b> > 6",
            "<table><tr><td>no page at all",
        ] {
            assert_eq!(cut_off(page), None, "{page}");
        }
    }

    #[test]
    fn end_tags_of_nothing_cost_what_they_are_long() {
        let page = format!("<html><body>{}", "<td><div></a>".repeat(100_000));
        assert!(cut_off(&page).is_some());
    }

    #[test]
    fn a_page_that_leads_on_says_where() {
        let said = leads_elsewhere(Some("0; url=/new"), "").unwrap();
        assert_eq!(said, "it sends its reader on, to `/new`");
        assert!(leads_elsewhere(None, "<script>window.location.href = '/x'</script>").is_some());
        assert!(leads_elsewhere(None, "<script>location.replace('/x')</script>").is_some());
        assert_eq!(
            leads_elsewhere(Some("300"), "<script>a()</script><p>Our location = Regina"),
            None
        );
    }
}
