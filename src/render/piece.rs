//! A text with its changed words marked, for a letter or a terminal.
//!
//! The pieces come from the caller: nothing is compared here.

use crate::model::Piece;

/// The most characters of unchanged words kept on each side of a changed one: about ten words,
/// enough to see what the change is about.
const CONTEXT: usize = 70;

/// The longest changed stretch shown.
const LONGEST: usize = 600;

/// Splits pieces into paragraphs, inert, with long unchanged stretches cut to their ends.
///
/// A paragraph in which nothing changed is left out.
pub(super) fn passages(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut passages = vec![Vec::new()];
    for piece in pieces {
        for (n, words) in piece.words().split('\n').enumerate() {
            if n > 0 {
                passages.push(Vec::new());
            }
            if let (false, Some(passage)) = (words.is_empty(), passages.last_mut()) {
                passage.push(piece.with(words.to_owned()));
            }
        }
    }
    passages.retain(|passage| passage.iter().any(|piece| !matches!(piece, Piece::Same(_))));
    passages.iter().map(|passage| shortened(passage)).collect()
}

fn shortened(passage: &[Piece]) -> Vec<Piece> {
    let last = passage.len().saturating_sub(1);
    let short = |(n, piece): (usize, &Piece)| match piece {
        Piece::Same(words) => Piece::Same(middle_cut(words, n > 0, n < last)),
        Piece::Old(words) => Piece::Old(joined(words, LONGEST)),
        Piece::New(words) => Piece::New(joined(words, LONGEST)),
    };
    passage.iter().enumerate().map(short).collect()
}

/// Makes words inert and keeps a space at either end, which separates them from their neighbours.
fn joined(words: &str, limit: usize) -> String {
    let before = if words.starts_with(char::is_whitespace) { " " } else { "" };
    let after = if words.ends_with(char::is_whitespace) { " " } else { "" };
    match super::inert(words, limit) {
        inner if inner.is_empty() => before.to_owned(),
        inner => format!("{before}{inner}{after}"),
    }
}

/// Keeps the words next to a change: the start if a change comes before, the end if one follows.
fn middle_cut(words: &str, change_before: bool, change_after: bool) -> String {
    let whole = joined(words, usize::MAX);
    let length = whole.chars().count();
    let keep = CONTEXT * (usize::from(change_before) + usize::from(change_after));
    if length <= keep {
        return whole;
    }
    let start: String = whole.chars().take(if change_before { CONTEXT } else { 0 }).collect();
    let skip = length - if change_after { CONTEXT } else { 0 };
    let end: String = whole.chars().skip(skip).collect();
    format!("{start}…{end}")
}

/// A passage as plain text: `[-taken out-]` and `{+put in+}`.
pub(super) fn plain(passage: &[Piece]) -> String {
    let mark = |piece: &Piece| match piece {
        Piece::Same(words) => words.clone(),
        Piece::Old(words) => marked("[-", words, "-]"),
        Piece::New(words) => marked("{+", words, "+}"),
    };
    passage.iter().map(mark).collect::<String>().trim().to_owned()
}

/// Puts marks around the words and leaves the spaces at their ends outside.
fn marked(open: &str, words: &str, close: &str) -> String {
    let inner = words.trim();
    let start = words.len() - words.trim_start().len();
    let end = words.trim_end().len().max(start);
    format!("{}{open}{inner}{close}{}", &words[..start], &words[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(words: &str) -> Piece {
        Piece::Same(words.into())
    }

    fn shown(pieces: &[Piece]) -> String {
        passages(pieces).iter().map(|passage| plain(passage)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn changed_words_are_marked_and_space_stays_outside() {
        let pieces = [
            same("within the "),
            Piece::Old("3 ".into()),
            Piece::New("5 ".into()),
            same("years before"),
        ];
        assert_eq!(shown(&pieces), "within the [-3-] {+5+} years before");
    }

    #[test]
    fn unchanged_paragraphs_and_long_stretches_are_left_out() {
        let long = "word ".repeat(60);
        let pieces = [same("(a) first\n(b) "), Piece::New("not ".into()), same(&long)];
        let text = shown(&pieces);
        assert!(text.starts_with("(b) {+not+} word word"), "{text}");
        assert!(text.ends_with('…') && text.chars().count() < 100, "{text}");
    }

    #[test]
    fn pieces_are_inert() {
        let pieces = [Piece::Old("\u{1b}[31mred\r".into()), Piece::New("\u{202e}".into())];
        assert_eq!(shown(&pieces), "[-[31mred-] {++}");
    }
}
