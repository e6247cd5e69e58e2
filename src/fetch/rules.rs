//! Reads a robots.txt and says what it asks of us (RFC 9309). Pure.
//!
//! Patterns are matched piece by piece, not each by a regular expression: a file of five thousand
//! wildcards costs its own length in memory, and matching only goes forward.

use std::time::Duration;

use memchr::memmem;
use url::Url;

/// The name that rules address us by.
const AGENT: &str = "rulewatch";

/// The longest address that is matched. Longer ones are matched by their beginning, which is where
/// patterns differ.
const LONGEST: usize = 8 * 1024;

/// What a site asks of us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Each pattern, and whether it allows what it matches.
    patterns: Vec<(Pattern, bool)>,
    delay: Duration,
}

impl Rules {
    /// Reads a robots.txt. Text that is not one asks nothing.
    pub(super) fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
        // Sites without one often answer with their home page.
        if text.trim_start().starts_with('<') {
            return Self::default();
        }
        let lines: Vec<Line<'_>> = text.split(['\n', '\r']).filter_map(Line::read).collect();
        let ours = |agent: &str| agent.eq_ignore_ascii_case(AGENT);
        let named = lines.iter().any(|line| matches!(line, Line::Agent(agent) if ours(agent)));
        // A group with our name replaces those for everybody.
        Self::of(&lines, |agent| if named { ours(agent) } else { agent == "*" })
    }

    /// Combines the groups whose agent matches.
    fn of(lines: &[Line<'_>], is_asked_for: impl Fn(&str) -> bool) -> Self {
        let mut rules = Self::default();
        let (mut is_ours, mut in_agents) = (false, false);
        for line in lines {
            match line {
                Line::Agent(agent) => {
                    is_ours = (in_agents && is_ours) || is_asked_for(agent);
                    in_agents = true;
                    continue;
                }
                Line::Rule(pattern, allowed) if is_ours => {
                    rules.patterns.extend(Pattern::read(pattern).map(|p| (p, *allowed)));
                }
                Line::Delay(delay) if is_ours => rules.delay = rules.delay.max(*delay),
                Line::Rule(..) | Line::Delay(_) => {}
            }
            in_agents = false;
        }
        rules
    }

    /// Returns whether an address may be read: the longest matching pattern decides, and of two equally
    /// long ones the one that allows.
    pub(super) fn allow(&self, url: &Url) -> bool {
        let path = normal(&url[url::Position::BeforePath..url::Position::AfterQuery]);
        let path = &path[..path.len().min(LONGEST)];
        let matching = self.patterns.iter().filter(|(pattern, _)| pattern.matches(path));
        let decides = matching.max_by_key(|(pattern, allowed)| (pattern.length, *allowed));
        path == b"/robots.txt" || decides.is_none_or(|(_, allowed)| *allowed)
    }

    /// The pause between requests that the site asks for, however long.
    pub(super) fn delay(&self) -> Duration {
        self.delay
    }
}

/// A line that has a meaning.
enum Line<'a> {
    /// Whom the lines below address.
    Agent(&'a str),
    /// A pattern, and whether it allows.
    Rule(&'a str, bool),
    /// A `Crawl-delay`, which is not part of the RFC but is widely used.
    Delay(Duration),
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = line.split('#').next().unwrap_or_default();
        let (name, value) = line.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        if is("user-agent") || is("useragent") {
            // `rulewatch/1.0` addresses us too: the name ends where its letters do.
            let end = value.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')));
            let name =
                if value.starts_with('*') { "*" } else { &value[..end.unwrap_or(value.len())] };
            Some(Self::Agent(name))
        } else if is("allow") || is("disallow") {
            Some(Self::Rule(value, is("allow")))
        } else if is("crawl-delay") {
            let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0)?;
            // More seconds than a Duration can hold means for ever.
            Some(Self::Delay(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
        } else {
            None
        }
    }
}

/// A path with `*` for any run of characters and, at its end, `$` for the end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// The whole pattern, normalised, without the `$`.
    text: Box<[u8]>,
    to_the_end: bool,
    /// Its length as written: the weight of its rule.
    length: usize,
}

impl Pattern {
    /// Reads a pattern; an empty one matches nothing, and one that does not begin at the root is read as
    /// if it did.
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let (path, to_the_end) = text.strip_suffix('$').map_or((text, false), |path| (path, true));
        let mut path = normal(path);
        if !path.starts_with(b"/") && !path.starts_with(b"*") {
            path.insert(0, b'/');
        }
        Some(Self { length: path.len() + usize::from(to_the_end), text: path.into(), to_the_end })
    }

    /// Returns whether an address's path and query match from their beginning. Each piece between two `*`
    /// is searched for once, after the one before; because the first place found suffices, this is linear.
    fn matches(&self, path: &[u8]) -> bool {
        let mut pieces = self.text.split(|byte| *byte == b'*');
        let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else {
            return false;
        };
        let mut last: Option<&[u8]> = None;
        for piece in pieces {
            if let Some(before) = last.replace(piece) {
                let Some(at) = memmem::find(rest, before) else { return false };
                rest = &rest[at + before.len()..];
            }
        }
        match last {
            None => !self.to_the_end || rest.is_empty(),
            Some(last) if self.to_the_end => rest.ends_with(last),
            Some(last) => memmem::find(rest, last).is_some(),
        }
    }
}

/// A path in the form that is compared (RFC 9309, section 2.2.2): what needs no escape has none; all
/// else is escaped, in capitals.
fn normal(path: &str) -> Vec<u8> {
    let mut normal = Vec::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |n: usize| bytes.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        let escaped = match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        at += if escaped.is_some() { 3 } else { 1 };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        match escaped {
            Some(byte) if plain(byte) => normal.push(byte),
            Some(byte) => escape(byte, &mut normal),
            None if byte.is_ascii_graphic() => normal.push(byte),
            None => escape(byte, &mut normal),
        }
    }
    normal
}

fn escape(byte: u8, into: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| DIGITS[usize::from(n & 15)];
    into.extend([b'%', digit(byte >> 4), digit(byte)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, path: &str) -> bool {
        let url = Url::parse("https://a.example").unwrap().join(path).unwrap();
        Rules::parse(text.as_bytes()).allow(&url)
    }

    fn delay(text: &str) -> Duration {
        Rules::parse(text.as_bytes()).delay()
    }

    #[test]
    fn the_longest_rule_for_us_decides() {
        let text =
            "\u{feff}User-agent: *\nDisallow: /search\nAllow: /search/about\nDisallow: /*.pdf$\n";
        assert!(!allows(text, "/search?q=1"));
        assert!(allows(text, "/search/about"));
        assert!(!allows(text, "/form.pdf"));
        assert!(allows(text, "/form.pdf?v=2"));
        assert!(allows(text, "/"));
        assert!(allows("User-agent: *\nDisallow: /page\nAllow: /page", "/page"), "a draw allows");
        assert!(allows("User-agent: *\nDisallow: /", "/robots.txt"), "it is never disallowed");
    }

    #[test]
    fn rules_by_name_take_the_place_of_those_for_all() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: RuleWatch\nDisallow: /private\n";
        assert!(allows(text, "/page"));
        assert!(!allows(text, "/private/page"));
        let versioned = "User-agent: rulewatch/2.0 (any)\nDisallow: /p";
        assert!(!allows(versioned, "/p"));
        assert!(allows("User-agent: rulewatcher\nDisallow: /", "/p"), "that is somebody else");
    }

    #[test]
    fn groups_are_put_together_and_agents_share_one() {
        let text = "User-agent: other\nUser-agent: rulewatch\nCrawl-delay: 3\nDisallow: /a\n\
                    User-agent: other\nDisallow: /b\nUser-agent: rulewatch\nDisallow: /c\n";
        assert!(!allows(text, "/a") && allows(text, "/b") && !allows(text, "/c"));
        assert_eq!(delay(text), Duration::from_secs(3));
        let apart = "User-agent: *\nCrawl-delay: 9\nUser-agent: other\nDisallow: /\n";
        assert!(allows(apart, "/a"), "a delay ends the list of agents");
        assert_eq!(delay(apart), Duration::from_secs(9));
        let between = "User-agent: *\nSitemap: https://a.example/s.xml\nDisallow: /a\n";
        assert!(!allows(between, "/a"), "a line of another kind ends nothing");
    }

    #[test]
    fn wildcards_match_any_run() {
        let text = "User-agent: *\nDisallow: /a*b*c$\nDisallow: *?print=\nDisallow: /x/*/y\n";
        assert!(!allows(text, "/abc") && !allows(text, "/a-b-bcc"));
        assert!(allows(text, "/abcd") && allows(text, "/acb"));
        assert!(!allows(text, "/page?print=1") && allows(text, "/page?other"));
        assert!(!allows(text, "/x/1/2/y/z") && allows(text, "/x/y"));
        assert!(!allows("User-agent: *\nDisallow: /***\n", "/any"));
        assert!(!allows("User-agent: *\nDisallow: /a*a$\n", "/aa"));
        assert!(allows("User-agent: *\nDisallow: /aa*a$\n", "/aa"), "one letter is not two");
    }

    #[test]
    fn escapes_are_compared_as_what_they_say() {
        let text = "User-agent: *\nDisallow: /québec\nDisallow: /a%2fb\nDisallow: /%7euser\n";
        assert!(!allows(text, "/qu%C3%A9bec") && !allows(text, "/québec"));
        assert!(!allows(text, "/a%2Fb") && allows(text, "/a/b"));
        assert!(!allows(text, "/~user"));
        assert!(allows("User-agent: *\nDisallow: /100%\n", "/100"), "a sign alone is a sign");
        assert!(!allows("User-agent: *\nDisallow: private\n", "/private"));
    }

    #[test]
    fn what_is_no_robots_txt_asks_nothing() {
        for text in ["", "<!DOCTYPE html><p>Disallow: /", "\u{feff}\r\n <html>", "hello"] {
            assert!(allows(text, "/page"), "{text}");
        }
        let url = Url::parse("https://a.example/").unwrap();
        assert!(Rules::parse(b"\x1f\x8b\x00\xff").allow(&url));
        assert!(allows("Disallow: /\nUser-agent: *\nDisallow:\n", "/page"), "rules of nobody");
    }

    #[test]
    fn a_crawl_delay_is_as_long_as_it_says() {
        let delay = |value: &str| delay(&format!("User-agent: *\nCrawl-delay: {value}\n"));
        assert_eq!(delay("10"), Duration::from_secs(10));
        assert_eq!(delay("0.5"), Duration::from_millis(500));
        assert_eq!(delay("86400"), Duration::from_secs(86_400));
        assert_eq!(delay("1e300"), Duration::MAX);
        assert_eq!(delay("-1"), Duration::ZERO);
        assert_eq!(delay("soon"), Duration::ZERO);
        assert_eq!(Rules::default().delay(), Duration::ZERO);
    }

    #[test]
    fn a_file_made_to_be_slow_is_not() {
        let wild = format!("Disallow: /{}z\n", "*a".repeat(40));
        let text = format!("User-agent: *\n{}", wild.repeat(6_000));
        assert!(text.len() > 500_000);
        let rules = Rules::parse(text.as_bytes());
        let held: usize = rules.patterns.iter().map(|(pattern, _)| pattern.text.len()).sum();
        assert!(held < text.len(), "it takes no more than it is long: {held}");
        let url = Url::parse(&format!("https://a.example/{}", "a".repeat(100_000))).unwrap();
        let start = std::time::Instant::now();
        assert!(rules.allow(&url));
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }
}
