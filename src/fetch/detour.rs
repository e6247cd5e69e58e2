//! Tells a page from one that sends its reader elsewhere: a login, a cookie wall, a page that only
//! leads on. Pure.
//!
//! All of these are answered with 200, and none of them is the page. Whether a page says what it
//! should is judged elsewhere; this judges only the way to it.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use url::Url;

use super::same_address;
use crate::model::{Breakage, Hop, Refusal};

/// A page that shows more characters than this says something itself, whatever else it does.
const FEW_WORDS: usize = 400;

/// How much of a page is examined.
const LOOKED_AT: usize = 64 * 1024;

/// What came in place of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Detour {
    /// The site wants something of the visitor that we do not give.
    Refused(Refusal),
    /// It leads on to another address in a way that only browsers follow.
    Broken(Breakage),
}

/// What an answer of 200 is, if it is not the page. `cookie` says whether it sets one.
pub(super) fn detour(chain: &[Hop], body: &[u8], cookie: bool) -> Option<Detour> {
    let url = &chain.last()?.url;
    let body = &body[..body.len().min(LOOKED_AT)];
    if asks_for_login(chain, body) {
        return Some(Detour::Refused(Refusal::Login { url: url.to_string() }));
    }
    let (to, how) = leads_on(body)?;
    let target = url.join(to.trim()).ok();
    let is_itself = target.as_ref().is_none_or(|target| same_address(target, url));
    match (is_itself, target) {
        (true, _) if cookie || sets_cookie(body) => {
            Some(Detour::Refused(Refusal::CookieWall { url: url.to_string() }))
        }
        (false, Some(target)) => {
            let to = target.to_string();
            Some(Detour::Broken(Breakage::LeadsOn { to, how: how.to_owned() }))
        }
        (true, _) | (false, None) => None,
    }
}

/// Returns whether a redirect back to its own address tests whether a cookie comes back.
pub(super) fn is_cookie_wall(chain: &[Hop], next: Option<&Url>, cookie: bool) -> bool {
    let is_back = |next: &Url| chain.iter().any(|hop| same_address(&hop.url, next));
    cookie && next.is_some_and(is_back)
}

/// Returns whether a page asks for a password, and its redirect or title shows that this is its
/// purpose. Many pages have a login form in their header.
fn asks_for_login(chain: &[Hop], body: &[u8]) -> bool {
    static PASSWORD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"<input\b[^>]{0,500}\btype\s*=\s*["']?password"#));
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"<title[^>]{0,100}>[^<]{0,200}\b(?:sign[ -]?in|log[ -]?[io]n|connexion|identifiez-vous|ouvr(?:ir|ez) une session)\b",
        )
    });
    let was_sent = match chain {
        [first, .., last] => first.url.path() != last.url.path(),
        [_] | [] => false,
    };
    PASSWORD.is_match(body) && (was_sent || TITLE.is_match(body))
}

/// Where a page with hardly a word of its own leads, and how.
fn leads_on(body: &[u8]) -> Option<(String, &'static str)> {
    if shows_more_than(FEW_WORDS, body) {
        return None;
    }
    // A page that reloads itself after ten minutes does not lead to another.
    static REFRESH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"<meta\b[^>]{0,500}http-equiv\s*=\s*["']?refresh\b[^>]{0,500}content\s*=\s*["']?\s*\d?\d?(?:\.\d+)?\s*(?:[;,]\s*(?:url\s*=\s*)?["']?([^"'>]{0,2000}))?["'> ]"#,
        )
    });
    static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"\blocation(?:\.href)?\s*=\s*["']([^"']{1,2000})["']|\blocation\.(?:replace|assign)\s*\(\s*["']([^"']{1,2000})["']|\blocation\.reload\s*\("#,
        )
    });
    let target = |found: regex::bytes::Captures<'_>| {
        let named = found.iter().skip(1).flatten().next();
        named.map_or_else(String::new, |m| String::from_utf8_lossy(m.as_bytes()).into_owned())
    };
    let refresh = REFRESH.captures(body).map(|found| (target(found), "a meta refresh"));
    refresh.or_else(|| SCRIPT.captures(body).map(|found| (target(found), "a script")))
}

fn sets_cookie(body: &[u8]) -> bool {
    static COOKIE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bdocument\.cookie\s*="));
    COOKIE.is_match(body)
}

/// Whether a page shows more than so many characters outside tags, scripts and styles. Most do near their
/// beginning, and are read no further.
fn shows_more_than(few: usize, body: &[u8]) -> bool {
    static UNSEEN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"<(?:script|style|title|template)\b.*?</(?:script|style|title|template)\s*>|<!--.*?-->|<[^>]*>|\s+",
        )
    });
    let (mut shown, mut from) = (0, 0);
    for unseen in UNSEEN.find_iter(body) {
        shown += unseen.start() - from;
        from = unseen.end();
        if shown > few {
            return true;
        }
    }
    shown + body.len() - from > few
}

fn pattern(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .dot_matches_new_line(true)
        .unicode(false)
        .build()
        .expect("the pattern is sound, as its tests see")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hops(urls: &[&str]) -> Vec<Hop> {
        urls.iter().map(|url| Hop { url: Url::parse(url).unwrap(), status: 200 }).collect()
    }

    /// What a page at `/page` is judged to be.
    fn said(body: &str, cookie: bool) -> String {
        match detour(&hops(&["https://a.example/page"]), body.as_bytes(), cookie) {
            None => "a page".to_owned(),
            Some(Detour::Refused(refusal)) => refusal.to_string(),
            Some(Detour::Broken(breakage)) => breakage.to_string(),
        }
    }

    fn refresh(content: &str) -> String {
        format!("<html><head><meta http-equiv=\"refresh\" content=\"{content}\"></head></html>")
    }

    #[test]
    fn a_page_that_only_leads_on_is_told_with_where() {
        let led = "the page only leads on to https://a.example/new, by a meta refresh: give the \
                   source that address";
        for content in ["0; url=/new", "0;URL='/new'", "5, /new", "0.5; url = /new"] {
            assert_eq!(said(&refresh(content), false), led, "{content}");
        }
        let unquoted = "<META HTTP-EQUIV=refresh CONTENT=0;URL=/new>";
        assert_eq!(said(unquoted, false), led);
        let by_script = led.replace("a meta refresh", "a script");
        for script in [
            "window.location = '/new';",
            "document.location.href=\"/new\"",
            "location.replace('/new')",
            "top.location.assign( \"/new\" )",
        ] {
            let body = format!("<title>Moved to the new place</title><script>{script}</script>");
            assert_eq!(said(&body, false), by_script, "{script}");
        }
    }

    #[test]
    fn a_page_with_words_of_its_own_is_a_page() {
        let words = "<p>The fee is $1,000, and it is paid at once by whoever asks.".repeat(10);
        assert_eq!(said(&(refresh("0; url=/new") + &words), false), "a page");
        assert_eq!(said(&refresh("600; url=/new"), false), "a page", "in ten minutes");
        assert_eq!(said(&refresh("30"), false), "a page", "it comes anew");
        assert_eq!(said("<p>location = here</p>", true), "a page");
        assert_eq!(said("", true), "a page");
    }

    #[test]
    fn a_page_that_waits_for_its_cookie_is_a_cookie_wall() {
        let wall = "https://a.example/page shows its page only to browsers that keep its cookie";
        for body in
            [refresh("0; url=/page"), refresh("1"), refresh("0; url=https://a.example/page#x")]
        {
            assert_eq!(said(&body, true), wall, "{body}");
            assert_eq!(said(&body, false), "a page", "no cookie is set: {body}");
        }
        let scripted = "<script>document.cookie = 'seen=1'; location.reload();</script>";
        assert_eq!(said(scripted, false), wall);
        let way = hops(&["https://a.example/page"]);
        let next = |url| Some(Url::parse(url).unwrap());
        assert!(is_cookie_wall(&way, next("https://a.example/page").as_ref(), true));
        assert!(!is_cookie_wall(&way, next("https://a.example/page").as_ref(), false));
        assert!(!is_cookie_wall(&way, next("https://a.example/other").as_ref(), true));
    }

    #[test]
    fn a_login_is_no_page() {
        let form = "<form><input name=\"user\"><input class='x' type=\"password\"></form>";
        let login = "https://a.example/page asks for a login";
        for title in ["Sign in", "Please log in", "GCKey – Sign-in", "Ouvrir une session"] {
            assert_eq!(said(&format!("<title>{title}</title>{form}"), false), login, "{title}");
        }
        let in_its_head = format!("<title>Fees</title>{form}<p>The fee is $1,000.");
        assert_eq!(said(&in_its_head, false), "a page");
        let sent = hops(&["https://a.example/fees", "https://a.example/session/new"]);
        assert!(detour(&sent, in_its_head.as_bytes(), false).is_some(), "we were sent to it");
        let slash = hops(&["http://a.example/fees", "https://a.example/fees"]);
        assert!(detour(&slash, in_its_head.as_bytes(), false).is_none());
    }

    #[test]
    fn a_page_made_to_be_slow_is_not() {
        let start = std::time::Instant::now();
        for piece in ["<meta ", "<input ", "<script>", "<!--", "location=", "<title>log "] {
            let body = piece.repeat(LOOKED_AT);
            let _ = detour(&hops(&["https://a.example/"]), body.as_bytes(), true);
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
