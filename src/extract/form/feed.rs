//! Entries of an Atom, RSS or JSON feed, and lines of a CSV or TSV file.
//!
//! A feed's entry gives `id`, `link`, `title`, `summary`, `published`. An entry without an id of
//! its own has none here either: what feed readers make up says nothing of the entry. A CSV line
//! gives a cell for each column whose header a pattern matches.

use crate::extract::matches::{Found, Match};
use crate::extract::page::bounds::{self, ELEMENTS_OF_FEED, LINES};
use crate::extract::recipe::{CsvForm, Locator};
use crate::model::{Breakage, text};

/// Refuses the text of a feed that has too much in it: each entry, and each element of one, becomes a
/// thing of many members, most of them empty.
pub(crate) fn check(document: &str) -> Result<(), Breakage> {
    let count = |sign: &str| document.matches(sign).count();
    if document.trim_start().starts_with(['{', '[']) {
        bounds::check_json(document)?;
        return bounds::at_most(LINES, count("{"), "objects");
    }
    bounds::check_xml(document, ELEMENTS_OF_FEED)?;
    bounds::at_most(LINES, count("<entry") + count("<item"), "entries")
}

/// Parses a feed, making up no ids.
pub(crate) fn parse(document: &str) -> feed_rs::parser::ParseFeedResult<feed_rs::model::Feed> {
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).build();
    parser.parse(document.as_bytes())
}

/// Reads each entry as a match.
pub(crate) fn entries<'a>(locator: &'a Locator, feed: &'a feed_rs::model::Feed) -> Found<'a> {
    let matches: Vec<Match<'a>> = feed
        .entries
        .iter()
        .enumerate()
        .map(|(n, entry)| {
            let words = |text: &Option<feed_rs::model::Text>| {
                text.as_ref().map(|words| text::canonical(&words.content)).unwrap_or_default()
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

/// Reads each line as a match, by the headers of the first.
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
