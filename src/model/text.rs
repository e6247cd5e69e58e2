//! Text made canonical, so that typography never counts as a change.
//!
//! Two forms. [`canonical`] is what is stored and shown: NFC, one kind of space, one kind of quote and
//! dash, no invisible characters, the page's own capitals. [`fold`] is what is compared: the same
//! without case and without the optional space around punctuation. NFKC is not used: it would turn a
//! superscript footnote mark into a digit.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The sign for "and" between words, and the word. "R&D" is a name.
pub(super) const AMPERSAND: (&str, &str) = (" & ", " and ");

/// Returns the text on one line in canonical form.
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append(text, &mut out);
    trim_end(&mut out);
    out
}

/// Appends `text` to `out` in canonical form, continuing the same line: its white space merges with the
/// white space at the end of `out`.
pub fn append(text: &str, out: &mut String) {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        push(text.chars(), out);
    } else {
        push(text.nfc(), out);
    }
}

/// Appends characters already in NFC, each replaced by its plain form, with white space as one space.
fn push(chars: impl Iterator<Item = char>, out: &mut String) {
    for c in chars.filter_map(plain) {
        match c {
            ' ' => part(out),
            // "( 714 spots )": what stood beside a bracket may have been struck out.
            ')' => {
                trim_end(out);
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

/// Where a part of a text begins in it, in bytes.
#[must_use]
pub fn place_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len())
}

/// Ends the word that `out` ends with.
fn part(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b' ' | b'\n' | b'(')) {
        out.push(' ');
    }
}

/// Ends the current line of `out`, unless it is empty.
pub fn end_line(out: &mut String) {
    trim_end(out);
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn trim_end(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
}

/// The plain form of a typographic character; `None` if it is invisible.
fn plain(c: char) -> Option<char> {
    match c {
        ' '..='~' => Some(c),
        // Spaces of every width, line ends, tabs.
        c if c.is_whitespace() => Some(' '),
        // Zero-width characters, the byte order mark, the soft hyphen, directional marks.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}' => None,
        c if c.is_control() => None,
        '‘' | '’' | '‚' | '‛' | 'ʼ' | '′' | '´' => Some('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => Some('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => Some('-'),
        '…' | '·' | '•' => Some(c),
        c => Some(c),
    }
}

/// Returns the form used for comparison: canonical, in lower case, without space around punctuation.
///
/// "Butchers- retail" and "Butchers - retail" fold to one; "CLB 7" and "CLB 8" do not. A point or
/// comma between digits is part of the number and stays.
#[must_use]
pub fn fold(text: &str) -> String {
    let line = canonical(text).to_lowercase();
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            let around_mark = out.chars().next_back().is_some_and(is_mark)
                || chars.peek().copied().is_some_and(is_mark);
            if around_mark {
                continue;
            }
        }
        out.push(c);
    }
    out
}

fn is_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '-' | '(' | ')' | '/' | '"' | '\'' | '|' | '.' | '!' | '?')
}

/// Returns a slug of the text: `Innovate: High Economic Impact` gives `innovate-high-economic-impact`.
///
/// Letters lose their accents; each run of anything else becomes one hyphen.
#[must_use]
pub fn slug(text: &str) -> String {
    if text.contains(AMPERSAND.0) {
        return slug(&text.replace(AMPERSAND.0, AMPERSAND.1));
    }
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push_slug(c.to_ascii_lowercase(), &mut out));
    } else {
        text.nfd().flat_map(char::to_lowercase).for_each(|c| push_slug(c, &mut out));
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

fn push_slug(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else if c == '\'' || (!c.is_ascii() && joins(c)) {
        // An accent or an apostrophe joins the letters on either side.
    } else if !out.is_empty() && !out.ends_with('-') {
        out.push('-');
    }
}

fn joins(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '’' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// Returns the first `limit` characters, with an ellipsis if something is cut.
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    // A text never has more characters than bytes, so most need no counting.
    let beyond = if text.len() > limit { text.char_indices().nth(limit) } else { None };
    match beyond {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_is_made_plain() {
        assert_eq!(canonical("\u{feff}14\u{a0}690\u{202f}$ "), "14 690 $");
        assert_eq!(canonical("l’e\u{301}tude – «\u{a0}a\u{200b}b »"), "l'étude - \" ab \"");
        assert_eq!(canonical("a\r\n\t b"), "a b");
        assert_eq!(canonical("( 714 spots ) left"), "(714 spots) left");
        assert_eq!(canonical("CLB 7²"), "CLB 7²", "a superscript is no digit");
    }

    #[test]
    fn what_is_compared_has_no_case_and_no_loose_space() {
        assert_eq!(fold("Butchers- retail and wholesale"), fold("Butchers – Retail and wholesale"));
        assert_eq!(fold("may 15 , 2026"), fold("May 15, 2026"));
        assert_ne!(fold("$1,000"), fold("$1.000"));
        assert_ne!(fold("in Canada"), fold("in Canada or abroad"));
    }

    /// The canonical form by its definition, one character at a time.
    fn one_by_one(text: &str) -> String {
        let mut out = String::new();
        for c in text.nfc().filter_map(plain) {
            if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
                out.push(c);
            }
        }
        out.trim_end_matches(' ').to_owned()
    }

    proptest::proptest! {
        #[test]
        fn what_is_nfc_already_gives_what_making_it_nfc_gives(
            text in "([a-c, \\t\\n\u{7}]|[\u{e9}\u{e0}\u{a0}\u{2019}\u{200b}\u{153}\u{2bc}\u{2000}\u{1e9b}]|e\u{301}|a\u{323}\u{307}){0,48}"
        ) {
            let expected = one_by_one(&text);
            proptest::prop_assert_eq!(canonical(&text), expected);
        }
    }

    #[test]
    fn slugs_are_stable() {
        assert_eq!(slug("Innovate: High Economic Impact"), "innovate-high-economic-impact");
        assert_eq!(slug("Québec’s MIFI (French only)"), "quebecs-mifi-french-only");
        assert_eq!(slug("Newfoundland & Labrador, R&D"), "newfoundland-and-labrador-r-d");
        assert_eq!(slug(" – "), "");
    }
}
