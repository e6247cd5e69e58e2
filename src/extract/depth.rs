//! How deep the elements of a page nest, seen before it is parsed and again after.
//!
//! html5ever takes time quadratic in the depth, and the walks over a parsed page go down by
//! recursion, so both are bounded. Before: what the tags say, by the standard's own rules for which
//! end tag closes what. After: the tree itself, whatever the tags said.

use ego_tree::iter::Edge;
use scraper::Html;

use crate::model::Breakage;

/// Elements open at once. Real pages stay under 60.
const LIMIT: usize = 800;

/// What the standard makes of an element's end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A browser closes it by itself, or it has no end: `<p>` after `<p>` is no deeper.
    Free,
    /// Its end tag takes it out of the middle of what is open.
    Formatting,
    /// Its end tag closes whatever is open inside, and other end tags do not close it.
    Special,
    /// The same, and no other element's end tag reaches out of it.
    Barrier,
    /// A barrier whose inside is no HTML.
    Picture,
    /// What stands in it are no tags.
    Raw,
    /// Any other.
    Plain,
}

impl Class {
    fn of(name: &str) -> Self {
        let mut lower = [0_u8; 16];
        let Some(lower) = lower.get_mut(..name.len()) else { return Self::Plain };
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            b"p" | b"li" | b"td" | b"tr" | b"th" | b"br" | b"img" | b"input" | b"link"
            | b"meta" | b"hr" | b"col" | b"dt" | b"dd" | b"area" | b"base" | b"embed"
            | b"param" | b"source" | b"track" | b"wbr" | b"thead" | b"tbody" | b"tfoot"
            | b"option" | b"colgroup" | b"caption" => Self::Free,
            b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small"
            | b"strike" | b"strong" | b"tt" | b"u" => Self::Formatting,
            b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"button"
            | b"center" | b"details" | b"dialog" | b"dir" | b"div" | b"dl" | b"fieldset"
            | b"figcaption" | b"figure" | b"footer" | b"form" | b"frameset" | b"h1" | b"h2"
            | b"h3" | b"h4" | b"h5" | b"h6" | b"head" | b"header" | b"hgroup" | b"html"
            | b"main" | b"menu" | b"nav" | b"ol" | b"pre" | b"search" | b"section" | b"select"
            | b"ul" => Self::Special,
            b"applet" | b"marquee" | b"object" | b"table" | b"template" => Self::Barrier,
            b"math" | b"svg" => Self::Picture,
            b"script" | b"style" => Self::Raw,
            _ => Self::Plain,
        }
    }

    fn is_barrier(self) -> bool {
        matches!(self, Self::Barrier | Self::Picture)
    }

    fn is_special(self) -> bool {
        self == Self::Special || self.is_barrier()
    }
}

/// Refuses the text of an HTML page that nests too deep to parse.
pub(super) fn check_tags(text: &str) -> Result<(), Breakage> {
    // A page with no more tags than may be open at once needs no closer look.
    let has_many = text.match_indices('<').nth(LIMIT).is_some();
    refuse(has_many && Tags { rest: text, is_html: true }.too_deep())
}

/// Refuses the text of an XML document that nests too deep.
pub(super) fn check_xml(text: &str) -> Result<(), Breakage> {
    refuse(Tags { rest: text, is_html: false }.too_deep())
}

/// Refuses a parsed page that nests too deep to walk.
pub(super) fn check_tree(html: &Html) -> Result<(), Breakage> {
    let mut depth = 0_usize;
    refuse(html.tree.root().traverse().any(|edge| {
        match edge {
            Edge::Open(_) => depth += 1,
            Edge::Close(_) => depth -= 1,
        }
        depth > LIMIT
    }))
}

fn refuse(too_deep: bool) -> Result<(), Breakage> {
    if too_deep {
        return Err(Breakage::TooLarge { limit: format!("more than {LIMIT} elements are nested") });
    }
    Ok(())
}

/// One tag of a text.
#[derive(Clone, Copy)]
struct Tag<'a> {
    name: &'a str,
    class: Class,
    closes: bool,
    is_empty: bool,
}

/// The tags of a text that are still to be looked at.
struct Tags<'a> {
    rest: &'a str,
    is_html: bool,
}

impl<'a> Tags<'a> {
    fn too_deep(mut self) -> bool {
        let mut open: Vec<Tag<'a>> = Vec::new();
        let (mut pictures, is_html) = (0_usize, self.is_html);
        while let Some(tag) = self.next() {
            let in_picture = pictures > 0;
            if is_html && !in_picture && tag.class == Class::Free {
                continue;
            }
            let is_picture = tag.class == Class::Picture;
            if tag.closes {
                close(&mut open, tag, is_html);
            } else if !tag.is_empty || (is_html && !in_picture && !is_picture) {
                open.push(tag);
            }
            if is_picture || in_picture {
                pictures = open.iter().filter(|tag| tag.class == Class::Picture).count();
            }
            if open.len() > LIMIT {
                return true;
            }
        }
        false
    }

    /// The next tag; what stands in a script is none.
    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let at = self.rest.find('<')?;
            self.rest = &self.rest[at + 1..];
            if let Some(comment) = self.rest.strip_prefix("!--") {
                self.rest = comment.find("-->").map_or("", |end| &comment[end..]);
                continue;
            }
            let (closes, tag) =
                self.rest.strip_prefix('/').map_or((false, self.rest), |tag| (true, tag));
            let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_');
            let end = tag.bytes().position(|b| !is_name(b)).unwrap_or(tag.len());
            let name = &tag[..end];
            if name.is_empty() {
                continue;
            }
            let class = Class::of(name);
            if self.is_html && !closes && class == Class::Raw {
                self.skip_to_end_of(name);
                continue;
            }
            let inside = tag[end..].bytes().position(|b| matches!(b, b'<' | b'>'));
            let inside = inside.map_or(&tag[end..], |at| &tag[end..end + at]);
            return Some(Tag { name, class, closes, is_empty: inside.ends_with('/') });
        }
    }

    /// Markup in a script's strings ends nothing: looks for the script's own end.
    fn skip_to_end_of(&mut self, name: &str) {
        while let Some(at) = self.rest.find("</") {
            self.rest = &self.rest[at + 2..];
            let head = self.rest.as_bytes().get(..name.len());
            if head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes())) {
                return;
            }
        }
        self.rest = "";
    }
}

/// Closes what an end tag closes; nothing where the standard ignores it.
fn close(open: &mut Vec<Tag<'_>>, tag: Tag<'_>, is_html: bool) {
    let same = |known: &Tag<'_>| known.name.eq_ignore_ascii_case(tag.name);
    let Some(at) = open.iter().rposition(same) else { return };
    if !is_html {
        open.truncate(at);
    } else if tag.class == Class::Formatting {
        open.remove(at);
    } else {
        let walled = open[at + 1..].iter().any(|inner| {
            if tag.class.is_special() {
                inner.class.is_barrier() && !tag.class.is_barrier()
            } else {
                inner.class.is_special()
            }
        });
        if !walled {
            open.truncate(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(piece: &str, is_read: bool) {
        let text = piece.repeat(10_000);
        assert_eq!(check_tags(&text).is_ok(), is_read, "{piece}");
        if is_read {
            assert!(check_tree(&Html::parse_document(&text)).is_ok(), "{piece}");
        }
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
    }
}
