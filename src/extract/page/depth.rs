//! How deep the elements of a page may nest.
//!
//! html5ever takes time quadratic in the depth, and the walks over a parsed page go down by
//! recursion, so both are bounded. A page is parsed piece by piece, and no further once it nests too
//! deep; its [`survey`](super::survey) looks again, since elements that were misnested move.

use ego_tree::{NodeRef, Tree};
use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::TendrilSink;
use memchr::memchr_iter;
use scraper::{Html, HtmlTreeSink, Node};

use crate::model::Breakage;

/// Elements open at once. Real pages stay under 60.
const LIMIT: usize = 800;

/// How many bytes are parsed at a time. Tags that only open, all in one piece, take milliseconds.
const PIECE: usize = 16 << 10;

/// How many nodes room is made for before any is read.
const ROOM: usize = 16 << 10;

/// Parses an HTML page.
///
/// # Errors
/// When it nests too deep.
pub(crate) fn parse(text: &str) -> Result<Html, Breakage> {
    let mut page = Html::new_document();
    // About as many nodes as tags, half of which are end tags: the tree need not grow.
    let tags = memchr_iter(b'<', text.as_bytes()).count().min(ROOM);
    page.tree = Tree::with_capacity(Node::Document, tags);
    let mut parser = parse_document(HtmlTreeSink::new(page), ParseOpts::default());
    let (mut rest, mut seen) = (text, 0);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        parser.process(piece.into());
        rest = after;
        let tree = &parser.tokenizer.sink.sink.0.borrow().tree;
        let nodes = tree.nodes();
        let (new, all) = (nodes.len() - seen, nodes.len());
        refuse(nodes.rev().take(new).any(is_too_deep))?;
        seen = all;
    }
    Ok(parser.finish())
}

fn is_too_deep(node: NodeRef<'_, Node>) -> bool {
    node.value().is_element() && node.ancestors().nth(LIMIT).is_some()
}

/// Refuses a parsed page that has a node so deep: misnested elements move as they are parsed.
pub(crate) fn check(depth: usize) -> Result<(), Breakage> {
    refuse(depth >= LIMIT)
}

/// Refuses the text of an XML document that nests too deep to parse.
pub(crate) fn check_xml(text: &str) -> Result<(), Breakage> {
    let (mut rest, mut depth) = (text, 0_usize);
    while let Some((_, tag)) = rest.split_once('<') {
        let skipped = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].into_iter().find_map(
            |(begin, end)| {
                Some(tag.strip_prefix(begin)?.split_once(end).map_or("", |(_, tag)| tag))
            },
        );
        if let Some(after) = skipped {
            rest = after;
            continue;
        }
        // What an attribute says ends no tag.
        let mut quote = None;
        let end = tag.bytes().position(|b| match (quote, b) {
            (None, b'"' | b'\'') => {
                quote = Some(b);
                false
            }
            (None, b'<' | b'>') => true,
            (None, _) => false,
            (Some(mark), b) => {
                quote = quote.filter(|_| b != mark);
                false
            }
        });
        let (inside, after) = tag.split_at(end.unwrap_or(tag.len()));
        if inside.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !inside.ends_with('/') {
            depth += 1;
        }
        refuse(depth > LIMIT)?;
        rest = after;
    }
    Ok(())
}

fn refuse(too_deep: bool) -> Result<(), Breakage> {
    if too_deep {
        return Err(Breakage::TooLarge { limit: format!("more than {LIMIT} elements are nested") });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::page::survey::Survey;

    #[track_caller]
    fn check(piece: &str, is_read: bool) {
        let html = parse(&piece.repeat(10_000));
        let is_sound = html.is_ok_and(|html| Survey::of(&html).is_ok());
        assert_eq!(is_sound, is_read, "{piece}");
    }

    #[test]
    fn what_is_closed_is_not_nested() {
        check("<div></div><p><li><br>", true);
        check("<div><b>a</div>", true);
        check("<a>x</a><b><i>y</b></i>", true);
        check("<svg><path d='M0'/><g><path/></g></svg>", true);
        check("<table><tr><td><span>a</table>", true);
        check("<script>'<div>'</x>'</script><!-- <div> -->", true);
    }

    #[test]
    fn an_end_tag_that_ends_nothing_makes_nothing_less_deep() {
        check("<div>", false);
        check("<div></b>", false);
        check("<span><div></span>", false);
        check("<div><table><td></div>", false);
        check("<svg><td>", false);
        check("<div></body><!-- x -->", false);
    }

    #[test]
    fn a_page_in_pieces_is_the_page_in_one() {
        let page = "<p>é &amp; <b>x</b>&eacute;<td>z<![CDATA[ q ]]></div><i>".repeat(3_000);
        assert_eq!(parse(&page), Ok(Html::parse_document(&page)));
    }

    #[test]
    fn the_depth_of_an_xml_document_is_that_of_its_elements() {
        let nested = |piece: &str| check_xml(&piece.repeat(1_000)).is_err();
        assert!(nested("<a b='1'>"));
        assert!(nested("<a b='/>' c=\"<d/>\">"));
        assert!(!nested("<a></a>"));
        assert!(!nested("<a/>"));
        assert!(!nested("<?a?><!-- <a> --><![CDATA[<a>]]>"));
    }
}
