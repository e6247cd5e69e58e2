//! Entries of an Atom, RSS or JSON feed, and lines of a CSV or TSV file.
//!
//! A feed's entry gives `id`, `link`, `title`, `summary`, `published`. An entry without an id of its own
//! gets none here either: an id invented by a feed reader says nothing about the entry. A CSV line gives a
//! cell for each column whose header a pattern matches.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::extract::html::content;
use crate::extract::matches::{Found, Match};
use crate::extract::page::bounds::{self, ELEMENTS_OF_FEED, LINES};
use crate::extract::page::tree;
use crate::extract::recipe::{CsvForm, Locator};
use crate::extract::value::pattern::constant;
use crate::model::{Breakage, text};

/// Refuses the text of a feed with too many elements: each entry, and each element of one, becomes a value
/// with many members, most of them empty.
pub(crate) fn check(document: &str) -> Result<(), Breakage> {
    let count = |sign: &str| document.matches(sign).count();
    if document.trim_start().starts_with(['{', '[']) {
        bounds::check_json(document)?;
        return bounds::at_most(LINES, count("{"), "objects");
    }
    bounds::check_xml(document, ELEMENTS_OF_FEED)?;
    bounds::at_most(LINES, count("<entry") + count("<item"), "entries")
}

/// Parses a feed without inventing ids. Forgives what feed readers forgive: white space before the
/// declaration, an ampersand that begins no reference, HTML's names for characters.
pub(crate) fn parse(document: &str) -> feed_rs::parser::ParseFeedResult<feed_rs::model::Feed> {
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).build();
    let document = document.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    parser.parse(well_formed(undeclared(document)).as_bytes())
}

/// The document without its XML declaration: the encoding that it names was that of the bytes, and this is
/// text already.
fn undeclared(document: &str) -> &str {
    let declaration = document.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    declaration.map_or(document, |(_, rest)| rest.trim_start())
}

/// The document with its ampersands as XML requires them. CDATA is literal text already.
fn well_formed(document: &str) -> Cow<'_, str> {
    const CDATA: &str = "<![CDATA[";
    if !document.starts_with('<') || !document.contains('&') {
        return document.into();
    }
    let mut out = String::with_capacity(document.len() + 64);
    let mut rest = document;
    while let Some(at) = rest.find('&') {
        let cdata = rest[..at].find(CDATA);
        let cut =
            cdata.map_or(at, |from| rest[from..].find("]]>").map_or(rest.len(), |to| from + to));
        out.push_str(&rest[..cut]);
        rest = &rest[cut..];
        let Some(after) = rest.strip_prefix('&') else { continue };
        let name =
            after.split(|c: char| !c.is_ascii_alphanumeric() && c != '#').next().unwrap_or("");
        let ends = after[name.len()..].starts_with(';');
        match name {
            "amp" | "lt" | "gt" | "quot" | "apos" if ends => out.push('&'),
            name if ends && name.starts_with('#') => out.push('&'),
            name if ends && named(name).is_some() => {
                out.push_str(&named(name).unwrap_or_default());
                rest = &after[name.len() + 1..];
                continue;
            }
            _ => out.push_str("&amp;"),
        }
        rest = after;
    }
    out.push_str(rest);
    out.into()
}

/// The character that HTML calls by this name.
fn named(name: &str) -> Option<String> {
    // The longest name has 31 letters.
    if name.is_empty() || name.len() > 31 {
        return None;
    }
    let page = tree::parse(&format!("&{name};")).ok()?;
    let said: String = page.root_element().text().collect();
    (!said.contains('&')).then_some(said)
}

/// The words of a piece of HTML.
fn unescaped(html: &str) -> String {
    match tree::parse(html) {
        Ok(page) => content::text_of(page.root_element()),
        Err(_) => html.to_owned(),
    }
}

/// The words of a title or a summary, without markup, and unescaped as often as they were escaped.
pub(super) fn words(printed: &str) -> String {
    static ESCAPED: LazyLock<Regex> =
        LazyLock::new(|| constant(r"<[a-z/!]|&(?:[A-Za-z][A-Za-z0-9]*|#\d+|#[xX][0-9A-Fa-f]+);"));
    let mut words = Cow::from(printed);
    for _ in 0..ESCAPES {
        if !ESCAPED.is_match(&words) {
            break;
        }
        words = unescaped(&words).into();
    }
    text::canonical(&words)
}

/// How often words may be escaped: as HTML in a feed, and again by mistake.
const ESCAPES: usize = 3;

/// Reads each entry as a match.
pub(crate) fn entries<'a>(locator: &'a Locator, feed: &'a feed_rs::model::Feed) -> Found<'a> {
    let matches: Vec<Match<'a>> = feed
        .entries
        .iter()
        .enumerate()
        .map(|(n, entry)| {
            let words = |text: &Option<feed_rs::model::Text>| {
                text.as_ref().map(|text| words(&text.content)).unwrap_or_default()
            };
            let title = words(&entry.title);
            let mut matched = Match::new(format!("entry {}", n + 1), title.clone());
            if !entry.id.is_empty() {
                matched.set("id", text::canonical(&entry.id));
            }
            matched.set("title", title);
            matched.set("summary", words(&entry.summary));
            if let Some(link) = entry.links.first() {
                matched.set("link", link.href.as_str());
            }
            if let Some(at) = entry.published.or(entry.updated) {
                matched.set("published", at.date_naive().to_string());
            }
            for (cell, words) in &locator.lets {
                matched.set(cell, words);
            }
            matched
        })
        .collect();
    if matches.is_empty() { Err("the feed has no entry".to_owned()) } else { Ok(matches) }
}

/// Reads each line as a match, using the headers of the first.
pub(crate) fn lines<'a>(form: &'a CsvForm, locator: &'a Locator, document: &str) -> Found<'a> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if first_line(document).contains('\t') { b'\t' } else { b',' })
        .flexible(true)
        .from_reader(document.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut columns = Vec::new();
    for (cell, pattern) in &form.columns {
        let found = headers.iter().position(|header| pattern.is_match(&text::canonical(header)));
        let at = found.ok_or_else(|| {
            format!(
                "no column `{pattern}` among `{}`",
                headers.iter().collect::<Vec<_>>().join(" | ")
            )
        })?;
        columns.push((cell, at));
    }
    let mut matches = Vec::new();
    for (n, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let quote = record.iter().collect::<Vec<_>>().join(" | ");
        let mut matched =
            Match::new(format!("line {}", n + 2), text::excerpt(&text::canonical(&quote), 300));
        for (cell, at) in &columns {
            matched.set(*cell, text::canonical(record.get(*at).unwrap_or_default()));
        }
        for (cell, words) in &locator.lets {
            matched.set(cell, words);
        }
        matches.push(matched);
    }
    if matches.is_empty() { Err("it has no line under its header".to_owned()) } else { Ok(matches) }
}

fn first_line(document: &str) -> &str {
    document.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(items: &str) -> Vec<String> {
        let feed = format!(
            "\n<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>N</title>{items}</channel></rss>"
        );
        let feed = parse(&feed).unwrap();
        let title = |entry: &feed_rs::model::Entry| words(&entry.title.as_ref().unwrap().content);
        feed.entries.iter().map(title).collect()
    }

    #[test]
    fn a_feed_is_text_whatever_encoding_it_declares() {
        let feed = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<rss version='2.0'><channel><title>N</title>\
                    <item><title>Résumé</title></item></channel></rss>";
        let entry = parse(feed).unwrap().entries.remove(0);
        assert_eq!(words(&entry.title.unwrap().content), "Résumé");
    }

    #[test]
    fn a_title_is_its_words_however_it_is_escaped() {
        for title in [
            "Fees &amp; times in Québec",
            "Fees & times in Québec",
            "Fees &amp; times in Qu&eacute;bec",
            "Fees &amp; times in Qu&#233;bec",
            "<![CDATA[Fees & times in Québec]]>",
            "<![CDATA[Fees &amp; times in <b>Qu&eacute;bec</b>]]>",
            "Fees &amp;amp; times in Qu&amp;eacute;bec",
            "Fees &amp;amp;amp; times in Qu&amp;amp;eacute;bec",
            "Fees &amp; times&nbsp;in &lt;em&gt;Québec&lt;/em&gt;",
        ] {
            let item = format!(
                "<item><title>{title}</title><link>https://example.org/?a=1&b=2</link></item>"
            );
            assert_eq!(titles(&item), ["Fees & times in Québec"], "{title}");
        }
    }

    #[test]
    fn what_is_no_reference_stays_words() {
        let items = "<item><title>CRS &lt; 500 &amp; R&D; AT&T</title></item>\
            <item><title><![CDATA[a & b]]></title></item><item><title>&nosuch; x</title></item>";
        assert_eq!(titles(items), ["CRS < 500 & R&D; AT&T", "a & b", "&nosuch; x"]);
    }

    #[test]
    fn a_hostile_feed_costs_what_it_is_long() {
        let many = "<![CDATA[&]]>&".repeat(20_000);
        assert!(well_formed(&format!("<rss>{many}</rss>")).contains("&amp;"));
    }
}
