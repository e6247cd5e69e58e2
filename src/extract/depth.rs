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

/// What a browser closes by itself, or has no end: `<p>` after `<p>` is no deeper.
const FREE: [&str; 27] = [
    "p", "li", "td", "tr", "th", "br", "img", "input", "link", "meta", "hr", "col", "dt", "dd",
    "area", "base", "embed", "param", "source", "track", "wbr", "thead", "tbody", "tfoot",
    "option", "colgroup", "caption",
];

/// Whose end tag takes them out of the middle of what is open.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Whose end tag closes whatever is open inside, and which other end tags do not close.
const SPECIAL: [&str; 44] = [
    "address",
    "applet",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "center",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "html",
    "main",
    "marquee",
    "math",
    "menu",
    "nav",
    "object",
    "ol",
    "pre",
    "search",
    "section",
    "select",
    "svg",
    "table",
    "template",
    "ul",
];

/// Out of which no other element's end tag reaches.
const BARRIERS: [&str; 7] = ["applet", "marquee", "math", "object", "svg", "table", "template"];

/// Refuses the text of an HTML page that nests too deep to parse.
pub(super) fn check_tags(text: &str) -> Result<(), Breakage> {
    refuse(Tags { rest: text, is_html: true }.too_deep())
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
struct Tag<'a> {
    name: &'a str,
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
        let mut open: Vec<&str> = Vec::new();
        let (mut pictures, is_html) = (0_usize, self.is_html);
        while let Some(tag) = self.next() {
            let in_picture = pictures > 0;
            if is_html && !in_picture && is(tag.name, &FREE) {
                continue;
            }
            if tag.closes {
                close(&mut open, tag.name, is_html);
            } else if !tag.is_empty || (is_html && !in_picture && !is_picture(tag.name)) {
                open.push(tag.name);
            }
            if is_picture(tag.name) || in_picture {
                pictures = open.iter().filter(|name| is_picture(name)).count();
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
            let inside = &tag[end..tag.find(['<', '>']).map_or(tag.len(), |at| at.max(end))];
            if self.is_html && !closes && is(name, &["script", "style"]) {
                self.skip_to_end_of(name);
                continue;
            }
            return Some(Tag { name, closes, is_empty: inside.ends_with('/') });
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

fn is(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn is_picture(name: &str) -> bool {
    is(name, &["svg", "math"])
}

/// Closes what an end tag closes; nothing where the standard ignores it.
fn close(open: &mut Vec<&str>, name: &str, is_html: bool) {
    let Some(at) = open.iter().rposition(|known| known.eq_ignore_ascii_case(name)) else { return };
    let inside = &open[at + 1..];
    if !is_html {
        open.truncate(at);
    } else if is(name, &FORMATTING) {
        open.remove(at);
    } else {
        let walls: &[&str] = if !is(name, &SPECIAL) {
            &SPECIAL
        } else if is(name, &BARRIERS) {
            &[]
        } else {
            &BARRIERS
        };
        if !inside.iter().any(|inner| is(inner, walls)) {
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
