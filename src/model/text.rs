//! Text made canonical, so that typography is never a change.
//!
//! Two forms. [`canonical`] is what is stored and shown: NFC, one kind of space, one kind of quote
//! and dash, no invisible characters, the page's own capitals. [`fold`] is what is compared: the
//! same without case and without the space that comes and goes around punctuation. NFKC is not
//! used: it would turn a superscript footnote mark into a digit.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns the text on one line in canonical form.
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append(text, &mut out);
    trim_end(&mut out);
    out
}

/// The same, without a copy of what is in that form already.
#[must_use]
pub fn canonical_of(text: &str) -> Cow<'_, str> {
    let is_canonical = is_plain(text.as_bytes()) && text.trim_matches(' ').len() == text.len();
    if is_canonical { text.into() } else { canonical(text).into() }
}

/// Appends `text` to `out` in canonical form, as the same line continued: its white space joins
/// the white space `out` ends with.
pub fn append(text: &str, out: &mut String) {
    // Nearly every page is plain or already NFC: it needs no tables. What is ASCII is NFC, and
    // without it the others are judged no less strictly.
    if is_plain(text.as_bytes()) {
        push_plain(text, out);
    } else if text.is_ascii() {
        push_ascii(text, out);
    } else if is_composed(text) {
        push_composed(text, out);
    } else {
        push_composed(&text.nfc().collect::<String>(), out);
    }
}

/// Whether a text is NFC, for sure. Below U+0300 everything is, and so is the punctuation of pages
/// (U+2010 to U+203F); the tables are asked about others.
fn is_composed(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut high = bytes.iter().enumerate().filter(|(_, byte)| **byte >= 0xcc);
    high.all(|(at, _)| matches!(bytes[at..], [0xe2, 0x80, 0x90..=0xbf, ..]))
        || is_nfc_quick(text.chars().filter(|c| !c.is_ascii())) == IsNormalized::Yes
}

/// Ends the word that `out` ends with.
fn part(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b' ' | b'\n')) {
        out.push(' ');
    }
}

/// Appends text that is NFC: what is ASCII of it at once, other characters one by one.
fn push_composed(text: &str, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
        let ascii = &rest[..end];
        let push = if is_plain(ascii.as_bytes()) { push_plain } else { push_ascii };
        push(ascii, out);
        rest = &rest[end..];
        let Some(c) = rest.chars().next() else { break };
        match plain(c) {
            Some(' ') => part(out),
            Some(c) => out.push(c),
            None => {}
        }
        rest = &rest[c.len_utf8()..];
    }
}

/// Appends plain text.
fn push_plain(text: &str, out: &mut String) {
    match text.strip_prefix(' ') {
        Some(words) => {
            part(out);
            out.push_str(words);
        }
        None => out.push_str(text),
    }
}

/// Appends ASCII text, as much at once as stands there in canonical form.
fn push_ascii(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let word = bytes[at..].iter().position(u8::is_ascii_graphic);
        let begin = word.map_or(bytes.len(), |gap| at + gap);
        // Control characters that are no white space vanish: they part no words.
        let parts = bytes[at..begin].iter().any(|b| b.is_ascii_whitespace() || *b == 0x0b);
        if parts {
            part(out);
        }
        at = begin + words(&bytes[begin..]);
        out.push_str(&text[begin..at]);
    }
}

/// Whether a byte is of plain text: ASCII that is seen, and the letters of French (U+00C0 to U+017F: two
/// bytes of which the first is C3 to C5; they are NFC, and none has a plainer cousin).
fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | 0x80..=0xbf | 0xc3..=0xc5)
}

/// So many bytes of a text are looked at at once, if it has more.
const LANE: usize = 16;

/// Whether a text is plain words with one space between them.
fn is_plain(text: &[u8]) -> bool {
    let Some(whole) = text.len().checked_sub(LANE + 1) else {
        let mut before = 0;
        return text.iter().all(|byte| {
            let is_gap = before == b' ' && *byte == b' ';
            before = *byte;
            is_plain_byte(*byte) && !is_gap
        });
    };
    // The last lane begins where the text has no more bytes than it needs.
    let mut lanes = text.windows(LANE + 1).step_by(LANE).chain([&text[whole..]]);
    lanes.all(|lane| {
        let (now, next) = (lane.first_chunk(), lane.last_chunk());
        now.zip(next).is_some_and(|(now, next)| is_plain_lane(now, next))
    }) && text.last().is_none_or(|last| is_plain_byte(*last))
}

/// Whether so many bytes are plain, and no gap between the words of them and those one further on. It
/// stops at nothing it finds, and takes all bytes in a few instructions.
fn is_plain_lane(lane: &[u8; LANE], next: &[u8; LANE]) -> bool {
    let faults = lane.iter().zip(next).fold(0, |faults, (a, b)| {
        faults | u8::from(!is_plain_byte(*a)) | (u8::from(*a == b' ') & u8::from(*b == b' '))
    });
    faults == 0
}

/// How long the words at the start of a text are that have one space between them.
fn words(text: &[u8]) -> usize {
    let mut end = 0;
    for (at, b) in text.iter().enumerate() {
        if b.is_ascii_graphic() {
            end = at + 1;
        } else if *b != b' ' || end != at {
            break;
        }
    }
    end
}

/// Ends the line that `out` is at, unless nothing stands on it.
pub fn end_line(out: &mut String) {
    trim_end(out);
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn trim_end(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
}

/// The plain character for one of its typographic cousins; `None` for what nobody sees.
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

/// Returns the form that is compared: canonical, in lower case, without space around punctuation.
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
/// Letters lose their accents, everything that is not a letter or digit becomes one hyphen.
#[must_use]
pub fn slug(text: &str) -> String {
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
        // An accent or an apostrophe joins what it stands between.
    } else if !out.is_empty() && !out.ends_with('-') {
        out.push('-');
    }
}

fn joins(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '’' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// Returns the first `limit` characters, with an ellipsis where something was left out.
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    // No text has more characters than bytes: most need no counting.
    let beyond = if text.len() > limit { text.char_indices().nth(limit) } else { None };
    match beyond {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// The same of a text that is owned: one that is short enough stays as it is.
#[must_use]
pub fn shortened(text: String, limit: usize) -> String {
    if text.len() <= limit { text } else { excerpt(&text, limit) }
}

/// Returns a number between words: what `format!` does, in one piece of memory.
#[must_use]
pub fn numbered(before: &str, number: usize, after: &str) -> String {
    let mut text = String::with_capacity(before.len() + after.len() + 6);
    text.push_str(before);
    let _ = write!(text, "{number}");
    text.push_str(after);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_is_made_plain() {
        assert_eq!(canonical("\u{feff}14\u{a0}690\u{202f}$ "), "14 690 $");
        assert_eq!(canonical("l’e\u{301}tude – «\u{a0}a\u{200b}b »"), "l'étude - \" ab \"");
        assert_eq!(canonical("a\r\n\t b"), "a b");
        assert_eq!(canonical("CLB 7²"), "CLB 7²", "a superscript is no digit");
    }

    #[test]
    fn what_is_compared_has_no_case_and_no_loose_space() {
        assert_eq!(fold("Butchers- retail and wholesale"), fold("Butchers – Retail and wholesale"));
        assert_eq!(fold("may 15 , 2026"), fold("May 15, 2026"));
        assert_ne!(fold("$1,000"), fold("$1.000"));
        assert_ne!(fold("in Canada"), fold("in Canada or abroad"));
    }

    /// The canonical form by its definition, a character at a time.
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
        fn what_is_taken_at_once_is_what_each_character_gives(
            text in "([a-c, \\t\\n\u{7}]|[\u{e9}\u{e0}\u{a0}\u{2019}\u{200b}\u{153}\u{2bc}\u{2000}\u{1e9b}]|e\u{301}|a\u{323}\u{307}){0,48}"
        ) {
            let expected = one_by_one(&text);
            proptest::prop_assert_eq!(&*canonical_of(&text), &*expected);
            proptest::prop_assert_eq!(canonical(&text), expected);
        }
    }

    #[test]
    fn slugs_are_stable() {
        assert_eq!(slug("Innovate: High Economic Impact"), "innovate-high-economic-impact");
        assert_eq!(slug("Québec’s MIFI (French only)"), "quebecs-mifi-french-only");
        assert_eq!(slug(" – "), "");
    }
}
