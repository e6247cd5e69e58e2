//! Lines that fit a terminal: between words, and under the words that they go on from.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

/// The widest label that the lines after the first are indented by.
const LABEL: usize = 24;

/// A line as lines of at most `width` columns, without the last line end. A word that is wider, such as an address,
/// stays whole: it can be copied. Colours take no room.
#[must_use]
pub fn fit(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let (mut text, mut used) = (String::new(), 0);
    let hanging = hanging(line, width);
    let mut rest = line;
    while !rest.is_empty() {
        let (gap, word) = next(rest);
        rest = &rest[gap.len() + word.len()..];
        let needed = columns(gap) + columns(word);
        if used == 0 || used + needed <= width {
            text.push_str(gap);
            used += needed;
        } else {
            let _ = write!(text, "\n{:hanging$}", "");
            used = hanging + columns(word);
        }
        text.push_str(word);
    }
    text
}

/// The blanks at the beginning, and the word after them.
fn next(text: &str) -> (&str, &str) {
    let (gap, rest) = text.split_at(text.len() - text.trim_start_matches(' ').len());
    (gap, &rest[..rest.find(' ').unwrap_or(rest.len())])
}

/// How far the lines after the first are indented: under the words after a label, else by four.
fn hanging(line: &str, width: usize) -> usize {
    let (gap, _) = next(line);
    let words = &line[gap.len()..];
    let under = words.find("  ").map(|end| {
        let (blanks, _) = next(&words[end..]);
        columns(&line[..gap.len() + end]) + blanks.len()
    });
    let under = under.filter(|under| *under <= LABEL.min(width / 2));
    under.unwrap_or_else(|| (columns(gap) + 4).min(width / 2))
}

/// How many columns of the screen a text takes.
fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(anstream::adapter::strip_str(text).to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, width: usize, expected: &str) {
        assert_eq!(fit(line, width), expected);
    }

    #[test]
    fn a_sentence_goes_on_indented_and_what_fits_is_left_alone() {
        check("It fits  well.", 20, "It fits  well.");
        check("ircc-fees: it cannot be read", 20, "ircc-fees: it cannot\n    be read");
        check("  a b c d e f", 8, "  a b c\n    d e\n    f");
    }

    #[test]
    fn what_has_a_label_goes_on_beside_it() {
        check("before     \"An adult pays\"", 20, "before     \"An adult\n    pays\"");
        check("before   one two three", 18, "before   one two\n         three");
    }

    #[test]
    fn an_address_stays_whole_and_colours_take_no_room() {
        check("see https://example.org/long now", 12, "see\n    https://example.org/long\n    now");
        let red = "\u{1b}[31mone two\u{1b}[0m three";
        check(red, 13, red);
        check(red, 8, "\u{1b}[31mone two\u{1b}[0m\n    three");
        check("é é é é", 3, "é é\n é\n é");
    }
}
