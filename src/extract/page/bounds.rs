//! How much a page may become.
//!
//! Its size in bytes says little: 19 kB of gzip are 20 MB of `<p>x`, or ten million nodes. So whatever is
//! made of a page is counted before memory is allocated for it, or during that, and a page with too much is
//! broken; the breakage names the bound and the count. A check stays within 64 MB whatever comes.
//!
//! The largest real case is given beside each bound.

use crate::model::{BODY_LIMIT, Breakage};

/// Bytes of text. A law in XML has 1.6 MB.
pub(crate) const TEXT: usize = 4 << 20;

/// Bytes of a PDF, including pictures: the most that is fetched. A guide has 0.6 MB.
pub(crate) const PDF: usize = BODY_LIMIT as usize;

/// Nodes of an HTML or XML tree. A law in HTML has 65,000.
pub(crate) const NODES: usize = 150_000;

/// Attributes of all elements together. A law in HTML has 30,000.
pub(crate) const ATTRIBUTES: usize = 100_000;

/// Attributes of one element. Both parsers compare each with all before it. Real elements have 30.
pub(crate) const ATTRIBUTES_OF_ONE: usize = 1_000;

/// Words inside one HTML tag that spans several pieces: an upper bound of its attributes. A tag that holds
/// data has 500.
pub(crate) const WORDS_OF_TAG: usize = 6_000;

/// Depth of nested elements. Real pages stay under 60.
pub(crate) const DEPTH: usize = 800;

/// Values and names in a JSON document. The rounds of invitations have 20,000.
pub(crate) const VALUES: usize = 150_000;

/// Elements of a feed: each may become a link, a category or a picture with many members. A feed of 3,457
/// entries has 42,000.
pub(crate) const ELEMENTS_OF_FEED: usize = 80_000;

/// Lines, items, paragraphs and table rows, in any kind of document. A law has 12,000; a feed of 3,457
/// entries has as many.
pub(crate) const LINES: usize = 25_000;

/// Places in all tables together; a cell counts for each place it spans.
pub(crate) const PLACES: usize = 1_000_000;

/// Bytes of words in an outline, counted again for each table and list around them.
pub(crate) const WORDS: usize = 2 * TEXT;

/// Bytes of words in items, counted again for each item around them. A law has 5 MB.
pub(crate) const NESTED: usize = 4 * TEXT;

/// Cells in a file of comma-separated values.
pub(crate) const CELLS: usize = 300_000;

/// Characters in one line of a PDF's text. A paper page is 500 wide.
pub(crate) const WIDTH: usize = 20_000;

/// Records and complaints read from one page.
pub(crate) const RECORDS: usize = 20_000;

/// The breakage of a page that has too much of something.
pub(crate) fn more_than(limit: usize, what: &str) -> Breakage {
    Breakage::TooLarge { limit: format!("more than {limit} {what}") }
}

/// Refuses a count above its limit.
pub(crate) fn at_most(limit: usize, came: usize, what: &str) -> Result<(), Breakage> {
    if came > limit {
        return Err(Breakage::TooLarge { limit: format!("{came} {what}, {limit} allowed") });
    }
    Ok(())
}

/// Refuses the text of an XML document that is too large, or nests too deep, to parse.
pub(crate) fn check_xml(text: &str, elements: usize) -> Result<(), Breakage> {
    let (mut rest, mut depth) = (text, 0_usize);
    let (mut tags, mut attributes) = (0_usize, 0_usize);
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(after) = skipped(tag) {
            rest = after;
            continue;
        }
        let (end, of_tag) = tag_end(tag);
        let (inside, after) = tag.split_at(end);
        if inside.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else {
            tags += 1;
            attributes += of_tag;
            depth += usize::from(!inside.ends_with('/'));
        }
        check_counts(depth, tags, elements, of_tag, attributes)?;
        rest = after;
    }
    Ok(())
}

fn check_counts(
    depth: usize,
    tags: usize,
    elements: usize,
    of_tag: usize,
    attributes: usize,
) -> Result<(), Breakage> {
    if depth > DEPTH {
        return Err(more_than(DEPTH, "elements are nested"));
    }
    if tags > elements {
        return Err(more_than(elements, "elements"));
    }
    if of_tag > ATTRIBUTES_OF_ONE {
        return Err(more_than(ATTRIBUTES_OF_ONE, "attributes of one element"));
    }
    if attributes > ATTRIBUTES { Err(more_than(ATTRIBUTES, "attributes")) } else { Ok(()) }
}

/// The text after a comment, a CDATA section or an instruction.
fn skipped(tag: &str) -> Option<&str> {
    [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].into_iter().find_map(|(begin, end)| {
        Some(tag.strip_prefix(begin)?.split_once(end).map_or("", |(_, after)| after))
    })
}

/// The end of a tag, and its number of attributes. A `>` inside an attribute does not end it.
fn tag_end(tag: &str) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    let end = tag.bytes().position(|b| match (quote, b) {
        (None, b'"' | b'\'') => {
            quote = Some(b);
            attributes += 1;
            false
        }
        (None, b'<' | b'>') => true,
        (None, _) => false,
        (Some(mark), b) => {
            quote = quote.filter(|_| b != mark);
            false
        }
    });
    (end.unwrap_or(tag.len()), attributes)
}

/// Refuses the text of a JSON document that has too many values.
pub(crate) fn check_json(text: &str) -> Result<(), Breakage> {
    let (mut is_text, mut is_escaped, mut values) = (false, false, 1);
    for b in text.bytes() {
        match b {
            b'"' if !is_escaped => is_text = !is_text,
            b'[' | b'{' | b',' | b':' if !is_text => values += 1,
            _ => {}
        }
        is_escaped = b == b'\\' && is_text && !is_escaped;
    }
    at_most(VALUES, values, "values and names")
}

/// Refuses comma- or tab-separated values with too many lines or cells.
pub(crate) fn check_csv(text: &str) -> Result<(), Breakage> {
    at_most(LINES, text.bytes().filter(|b| *b == b'\n').count(), "lines")?;
    at_most(CELLS, text.bytes().filter(|b| matches!(b, b',' | b'\t' | b'\n')).count(), "cells")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_of_an_xml_document_is_that_of_its_elements() {
        let nested = |piece: &str| check_xml(&piece.repeat(1_000), NODES).is_err();
        assert!(nested("<a b='1'>"));
        assert!(nested("<a b='/>' c=\"<d/>\">"));
        assert!(!nested("<a></a>"));
        assert!(!nested("<a/>"));
        assert!(!nested("<?a?><!-- <a> --><![CDATA[<a>]]>"));
    }

    #[test]
    fn the_attributes_and_elements_of_an_xml_document_are_counted() {
        let said = |text: String| check_xml(&text, 2_000).map_err(|why| why.to_string());
        assert_eq!(said("<a b='<x c=1 d=2>'/>".repeat(2_000)), Ok(()));
        let too_many = said("<a/>".repeat(2_001)).unwrap_err();
        assert_eq!(too_many, "over a limit: more than 2000 elements");
        let one = format!("<a {}/>", "b='' ".repeat(1_001));
        assert_eq!(
            said(one).unwrap_err(),
            "over a limit: more than 1000 attributes of one element"
        );
        let all = format!("<a {}/>", "b='' ".repeat(1_000)).repeat(101);
        assert_eq!(said(all).unwrap_err(), "over a limit: more than 100000 attributes");
    }

    #[test]
    fn the_values_of_a_json_document_are_counted_outside_its_texts() {
        let texts = format!("[\"{}\\\"{}\"]", ",".repeat(VALUES), "[".repeat(VALUES));
        assert_eq!(check_json(&texts), Ok(()));
        let said = check_json(&format!("[{}1]", "1,".repeat(VALUES))).unwrap_err().to_string();
        assert_eq!(said, "over a limit: 150002 values and names, 150000 allowed");
    }
}
