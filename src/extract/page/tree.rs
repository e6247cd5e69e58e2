//! An HTML page parsed into a tree, within the bounds for a page.
//!
//! Tokens are counted on their way to html5ever's tree builder, and after each the number of nodes is
//! checked: a page with too many is refused while the tree grows, and the rest is not parsed. The page is
//! parsed piece by piece. After each piece, the tree is checked for elements that nest too deep, since
//! html5ever takes time quadratic in the depth, and walks over a parsed page are recursive; the
//! [`survey`](super::survey) checks again, because misnested elements move. A tag that spans many pieces is
//! refused by its number of words: html5ever compares each attribute of a tag with all before it, and emits
//! nothing until the tag ends. A comment may have any length: pages hide whole tables in one.

use std::cell::{Cell, RefCell};

use ego_tree::{NodeId, NodeRef, Tree};
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use memchr::{memchr_iter, memmem};
use scraper::{Html, HtmlTreeSink, Node};

use super::bounds::{ATTRIBUTES, ATTRIBUTES_OF_ONE, DEPTH, NODES, WORDS_OF_TAG, more_than};
use crate::model::Breakage;

/// How many bytes are parsed at a time. A piece of opening tags only takes milliseconds.
const PIECE: usize = 16 << 10;

/// The start of a comment, outside of any tag.
const COMMENT: &str = "<!--";

/// For how many nodes room is reserved at first.
const ROOM: usize = 16 << 10;

/// Parses an HTML page.
///
/// # Errors
/// When it becomes more than a page may have.
pub(crate) fn parse(text: &str) -> Result<Html, Breakage> {
    let mut page = Html::new_document();
    // There are about as many nodes as tags, half of which are end tags, so the tree need not grow.
    let tags = memchr_iter(b'<', text.as_bytes()).count().min(ROOM);
    page.tree = Tree::with_capacity(Node::Document, tags);
    let mut parser = Parser {
        tokenizer: Tokenizer::new(Counted::new(page), TokenizerOpts::default()),
        input: BufferQueue::default(),
        is_outside: true,
        is_comment: false,
        words: 0,
    };
    let (mut rest, mut seen) = (text, 0);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_of(rest));
        parser.read(piece, after.starts_with(COMMENT))?;
        seen = parser.tokenizer.sink.check_depth(seen)?;
        rest = after;
    }
    parser.tokenizer.end();
    parser.tokenizer.sink.refused()?;
    Ok(parser.tokenizer.sink.builder.sink.finish())
}

/// How many bytes to parse at once: no further than the next comment.
fn piece_of(text: &str) -> usize {
    let most = text.floor_char_boundary(PIECE);
    memmem::find(&text.as_bytes()[1..most], COMMENT.as_bytes()).map_or(most, |at| at + 1)
}

/// html5ever's tokenizer, and its known position in the page.
struct Parser {
    tokenizer: Tokenizer<Counted>,
    input: BufferQueue,
    /// Whether the last piece ended outside of any tag: its last character produced a token.
    is_outside: bool,
    /// Whether the open construct is a comment.
    is_comment: bool,
    /// The words so far of the open tag.
    words: usize,
}

impl Parser {
    /// Parses a piece. If a comment may follow, the last character tells whether it is one.
    fn read(&mut self, piece: &str, before_comment: bool) -> Result<(), Breakage> {
        let begins_comment = self.is_outside && piece.starts_with(COMMENT);
        let last = piece.char_indices().next_back().filter(|_| before_comment);
        let (first, last) = piece.split_at(last.map_or(piece.len(), |(at, _)| at));
        let has_said = self.feed(first);
        self.is_outside = self.feed(last);
        self.tokenizer.sink.refused()?;
        if has_said || self.is_outside {
            (self.is_comment, self.words) = (false, 0);
            return Ok(());
        }
        // The whole piece is inside one tag or comment.
        self.is_comment |= begins_comment;
        self.words += if self.is_comment { 0 } else { words_of(piece) };
        if self.words > WORDS_OF_TAG {
            return Err(more_than(WORDS_OF_TAG, "words in one tag"));
        }
        Ok(())
    }

    /// Feeds a text to the tokenizer; returns whether it produced any token.
    fn feed(&mut self, text: &str) -> bool {
        let before = self.tokenizer.sink.tokens.get();
        self.input.push_back(StrTendril::from(text));
        while let TokenizerResult::Script(_) = self.tokenizer.feed(&self.input) {}
        self.tokenizer.sink.tokens.get() > before
    }
}

/// The approximate number of attributes that a piece of a tag may have. A slash may separate attributes too,
/// but a picture written as text has many: four count as one.
fn words_of(piece: &str) -> usize {
    let parts = piece.split_ascii_whitespace().count();
    let (mut marks, mut slashes) = (0, 0);
    for b in piece.bytes() {
        marks += usize::from(b == b'=');
        slashes += usize::from(b == b'/');
    }
    parts + marks + slashes / 4
}

/// html5ever's tree builder, and counts of its input.
struct Counted {
    builder: TreeBuilder<NodeId, HtmlTreeSink>,
    /// Tokens so far, except parse errors.
    tokens: Cell<usize>,
    attributes: Cell<usize>,
    refused: RefCell<Option<Breakage>>,
}

impl Counted {
    fn new(page: Html) -> Self {
        Self {
            builder: TreeBuilder::new(HtmlTreeSink::new(page), TreeBuilderOpts::default()),
            tokens: Cell::new(0),
            attributes: Cell::new(0),
            refused: RefCell::default(),
        }
    }

    /// Refuses a page that exceeded a bound.
    fn refused(&self) -> Result<(), Breakage> {
        self.refused.borrow().clone().map_or(Ok(()), Err)
    }

    fn nodes(&self) -> usize {
        self.builder.sink.0.borrow().tree.nodes().len()
    }

    /// Counts a token; fails if it is one too many.
    fn count(&self, token: &Token) -> Result<(), Breakage> {
        if !matches!(token, Token::ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        // One tag may reopen all misnested elements: as many nodes as may be open.
        if self.nodes() > NODES {
            return Err(more_than(NODES, "nodes"));
        }
        let Token::TagToken(tag) = token else { return Ok(()) };
        self.attributes.set(self.attributes.get() + tag.attrs.len());
        if tag.attrs.len() > ATTRIBUTES_OF_ONE {
            return Err(more_than(ATTRIBUTES_OF_ONE, "attributes of one element"));
        }
        if self.attributes.get() > ATTRIBUTES {
            return Err(more_than(ATTRIBUTES, "attributes"));
        }
        Ok(())
    }

    /// Checks the nodes after the first `seen` for elements that nest too deep, and returns how many nodes
    /// there are now.
    fn check_depth(&self, seen: usize) -> Result<usize, Breakage> {
        let tree = &self.builder.sink.0.borrow().tree;
        let (new, all) = (tree.nodes().len() - seen, tree.nodes().len());
        refuse(tree.nodes().rev().take(new).any(is_too_deep))?;
        Ok(all)
    }
}

impl TokenSink for Counted {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if self.refused.borrow().is_some() {
            return TokenSinkResult::Continue;
        }
        match self.count(&token) {
            Ok(()) => self.builder.process_token(token, line),
            Err(breakage) => {
                self.refused.replace(Some(breakage));
                TokenSinkResult::Continue
            }
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn is_too_deep(node: NodeRef<'_, Node>) -> bool {
    node.value().is_element() && node.ancestors().nth(DEPTH).is_some()
}

/// Refuses a parsed page with a node this deep: misnested elements move during parsing.
pub(crate) fn check(depth: usize) -> Result<(), Breakage> {
    refuse(depth >= DEPTH)
}

fn refuse(too_deep: bool) -> Result<(), Breakage> {
    if too_deep { Err(more_than(DEPTH, "elements are nested")) } else { Ok(()) }
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

    #[track_caller]
    fn refused(page: &str, why: &str) {
        assert_eq!(parse(page).unwrap_err().to_string(), format!("over a limit: more than {why}"));
    }

    #[test]
    fn a_page_of_too_many_nodes_is_refused_while_it_is_parsed() {
        refused(&"<p>x".repeat(200_000), "150000 nodes");
        refused(&"a<b>".repeat(799).repeat(200), "800 elements are nested");
        refused(&"a<!--x-->".repeat(100_000), "150000 nodes");
        // Each paragraph reopens what was misnested before it.
        let misnested: String = (0..700).map(|n| format!("<p><b a={n}></p>")).collect();
        refused(&(misnested + &"<p>x</p>".repeat(1_000)), "150000 nodes");
    }

    #[test]
    fn attributes_are_counted() {
        let tag =
            |n: usize| format!("<p {}>", (0..n).map(|n| format!("a{n} ")).collect::<String>());
        assert!(parse(&tag(1_000)).is_ok());
        refused(&tag(1_001), "1000 attributes of one element");
        refused(&tag(1_000).repeat(101), "100000 attributes");
        refused(&tag(400_000), "6000 words in one tag");
        let without_end = (0..400_000).map(|n| format!("a{n}=''")).collect::<String>();
        refused(&format!("<p {without_end}"), "6000 words in one tag");
        // What looks like a comment inside a tag is not one.
        let names = (0..400_000).map(|n| format!("a{n} ")).collect::<String>();
        refused(&format!("<p a='1' <!-- {names}"), "6000 words in one tag");
        refused(&format!("<p a='\u{e9}<!--{names}"), "6000 words in one tag");
        refused(&format!("<!-- x --><p {names}"), "6000 words in one tag");
        refused(
            &format!("a<!-- {} --><p {names}", "x = y ".repeat(9_000)),
            "6000 words in one tag",
        );
        // A picture in a tag, a long script, a long comment.
        let picture = ("aGkx".repeat(16) + "/").repeat(20_000);
        for text in [
            format!("<img src='data:{picture}'>"),
            format!("<script>{}</script>", "a = b; ".repeat(300_000)),
            format!("<p>a <!--{}--> b", "<td class='x'> y".repeat(100_000)),
            format!("<!--{}--><p>é<!--{}-->", "= ".repeat(100_000), "= ".repeat(100_000)),
        ] {
            assert_eq!(parse(&text), Ok(Html::parse_document(&text)));
        }
    }
}
