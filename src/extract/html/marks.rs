//! The marks of footnotes in a text: where they are, and which begin a footnote.

use std::sync::LazyLock;

use memchr::{memchr, memchr3};
use regex::Regex;

use crate::extract::value::pattern::constant;
use crate::model::text::place_in;

/// The longest text, in bytes, in which asides are looked for.
const LONGEST: usize = 2_000;

/// A stretch of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    /// A mark that may refer to a footnote, and its printed form.
    Mark(String, &'a str),
    /// A footnote: its mark, its words.
    Note(String, &'a str),
}

impl Piece<'_> {
    /// The mark and the words of a footnote, on one line.
    pub(super) fn note(&self) -> Option<(&str, String)> {
        match self {
            Self::Note(mark, words) => Some((mark, words.trim().replace('\n', " "))),
            Self::Words(_) | Self::Mark(..) => None,
        }
    }
}

/// Splits a text at its marks. A footnote begins with its mark, at the start of a line or after a space
/// (`Producer **The position`), and continues to the next footnote or the end. A cell begins with its own
/// words: a mark before them belongs to them.
pub(super) fn pieces(text: &str, is_cell: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut note: Option<String> = None;
    let (mut from, mut at) = (0, 0);
    while let Some(next) = text.as_bytes()[at..].iter().position(|b| may_begin_mark(*b)) {
        let start = at + next;
        let first = text[start..].chars().next().unwrap_or_default();
        at = start + first.len_utf8();
        if !begins_mark(first) {
            continue;
        }
        let (mark, length) = mark_at(&text[start..]);
        let end = start + length;
        at = end;
        let Some(mark) = mark else { continue };
        let place = Place::of(&text[..start], &text[end..], mark.1);
        let leads = is_cell && start == 0;
        let is_note = place.begins_note() && !leads;
        let is_mark = place.ends_words() || (leads && place.begins_note());
        if !is_note && (note.is_some() || !is_mark) {
            continue;
        }
        let before = &text[from..start];
        match note.take() {
            Some(open) => pieces.push(Piece::Note(open, before)),
            None => pieces.push(Piece::Words(before)),
        }
        from = end;
        if is_note {
            note = Some(mark.0);
        } else {
            pieces.push(Piece::Mark(mark.0, &text[start..end]));
        }
    }
    let rest = &text[from..];
    pieces.push(note.map_or(Piece::Words(rest), |mark| Piece::Note(mark, rest)));
    pieces
}

/// A text without the marks in it that are numbers or letters, which say nothing of the words they stand behind;
/// `None` if it has none. A star may be part of a value, and stays.
pub(crate) fn unmarked(text: &str) -> Option<String> {
    // "(see note 3)", "(new)", and "[*]", which is how a raised star is written here.
    static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?i) ?\((?:(?:see |voir )?(?:foot)?note \d+|new|updated|nouveau|nouvelle)\)| ?\[[*†‡]+\]",
        )
    });
    let may_be_aside = text.contains('(') && text.len() <= LONGEST;
    if !may_have_marks(text) && !may_be_aside {
        return None;
    }
    let without = if text.len() <= LONGEST { ASIDE.replace_all(text, "") } else { text.into() };
    let (mut kept, mut from) = (String::new(), 0);
    for piece in pieces(&without, true) {
        let Piece::Mark(mark, printed) = piece else { continue };
        // Three digits may be a number.
        if mark.starts_with(is_star) || mark.len() > 2 {
            continue;
        }
        let start = place_in(&without, printed);
        kept.push_str(&without[from..start]);
        from = start + printed.len();
    }
    kept.push_str(&without[from..]);
    let kept = kept.trim();
    (kept != text && !kept.is_empty()).then(|| kept.to_owned())
}

/// The characters around a mark.
struct Place {
    before: Option<char>,
    after: Option<char>,
    /// The first character after it that is not a space.
    word: Option<char>,
    is_star: bool,
}

impl Place {
    fn of(before: &str, after: &str, is_star: bool) -> Self {
        Self {
            before: before.chars().next_back(),
            after: after.chars().next(),
            word: after.trim_start_matches(' ').chars().next(),
            is_star,
        }
    }

    fn begins_note(&self) -> bool {
        let is_word =
            |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '$' || c == '"');
        match self.before {
            None | Some('\n') => is_word(self.word),
            Some(' ') => self.is_star && self.after.is_some_and(char::is_alphabetic),
            Some(_) => false,
        }
    }

    fn ends_words(&self) -> bool {
        let ends = |c: char| c.is_whitespace() || begins_mark(c) || ",;.:)/|".contains(c);
        let at_end = matches!(self.after, None | Some('\n'));
        // "2 * 3" contains no mark.
        let joined = !self.is_star || self.before.is_some_and(|c| c != ' ');
        at_end || (joined && self.after.is_some_and(ends))
    }
}

/// Reads the mark at the start of a text: its name and whether it is a star, if it is a mark, and its
/// printed length.
fn mark_at(text: &str) -> (Option<(String, bool)>, usize) {
    let first = text.chars().next().unwrap_or_default();
    let run = |belongs: &dyn Fn(char) -> bool| text.find(|c| !belongs(c)).unwrap_or(text.len());
    if is_star(first) {
        let length = run(&|c| c == first);
        let mark = &text[..length];
        return (is_mark(mark).then(|| (mark.to_owned(), true)), length);
    }
    if first == '[' {
        let inside = text[1..].char_indices().take(6).find(|(_, c)| *c == ']');
        let mark = inside.map(|(end, _)| &text[1..=end]).filter(|mark| is_mark(mark));
        return match mark {
            Some(mark) => (Some((mark.to_owned(), false)), mark.len() + 2),
            None => (None, 1),
        };
    }
    let length = run(&|c| raised(c).is_some());
    let digits: String = text[..length].chars().filter_map(raised).collect();
    (is_mark(&digits).then_some((digits, false)), length.max(first.len_utf8()))
}

/// Whether a text may contain a mark. Most do not.
pub(super) fn may_have_marks(text: &str) -> bool {
    memchr3(b'*', b'[', 0xe2, text.as_bytes()).or(memchr(0xc2, text.as_bytes())).is_some()
}

/// Whether a mark may begin with a byte: `*`, `[`, or the first byte of another.
fn may_begin_mark(byte: u8) -> bool {
    matches!(byte, b'*' | b'[' | 0xc2 | 0xe2)
}

fn begins_mark(c: char) -> bool {
    if c.is_ascii() { c == '*' || c == '[' } else { is_star(c) || raised(c).is_some() }
}

/// Whether a name is that of a mark: up to three digits, a letter, up to four stars.
pub(super) fn is_mark(name: &str) -> bool {
    let all = |belongs: fn(char) -> bool| !name.is_empty() && name.chars().all(belongs);
    (all(|c| c.is_ascii_digit()) && name.len() <= 3)
        || (all(|c| c.is_ascii_alphabetic()) && name.len() == 1)
        || (all(is_star) && name.chars().count() <= 4)
}

pub(super) fn is_star(c: char) -> bool {
    matches!(c, '*' | '†' | '‡')
}

/// The digit of a superscript one.
fn raised(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_may_stand_in_a_text() {
        for c in ('\0'..char::MAX).filter(|c| begins_mark(*c)) {
            assert!(may_have_marks(&format!("a{c}")), "{c}");
        }
        assert!(!may_have_marks("Études: $5"));
    }

    #[test]
    fn a_number_or_letter_behind_words_is_taken_from_them() {
        for (text, left) in [
            ("Apiculturist[3]", Some("Apiculturist")),
            ("level 5[1] or higher", Some("level 5 or higher")),
            ("$1,525[a], then $1,590[b].", Some("$1,525, then $1,590.")),
            ("7.5¹", Some("7.5")),
            ("Harvesters* and pickers[2]", Some("Harvesters* and pickers")),
            ("Nova Scotia*", None),
            ("Nova Scotia[†]", Some("Nova Scotia")),
            ("AI developer (see note 3)", Some("AI developer")),
            ("Masters graduate stream (new)", Some("Masters graduate stream")),
            ("Fee (new applications)", None),
            ("[1] The fee is waived.", Some("The fee is waived.")),
            ("[1]", None),
            ("Fee [CAD]", None),
            ("31301[123]", None),
        ] {
            assert_eq!(unmarked(text).as_deref(), left, "{text}");
        }
    }
}
