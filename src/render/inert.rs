//! Text from outside, made harmless to print among our own words.

use crate::model::text::excerpt;

/// Returns the text as one line of at most `limit` characters that cannot act on anything.
///
/// Line ends, tabs and runs of space become one space, so the text can never begin a new line. Control
/// characters (including terminal escapes), characters that change the direction of writing, and
/// invisible characters are left out. No-break spaces stay: they hold French figures together. A text
/// that is cut ends in an ellipsis. Escaping for HTML is not done here.
#[must_use]
pub fn inert(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let (mut kept, mut is_cut) = (0, false);
    for c in text.chars() {
        match harmless(c) {
            Some(' ') if out.is_empty() || out.ends_with(' ') => {}
            // One more than the limit may be a space, which does not show whether the text is cut.
            Some(_) if kept > limit => {
                is_cut = true;
                break;
            }
            Some(c) => {
                out.push(c);
                kept += 1;
            }
            None => {}
        }
    }
    let short = excerpt(out.trim_end(), limit);
    if is_cut && !short.ends_with('…') { short + "…" } else { short }
}

fn harmless(c: char) -> Option<char> {
    match c {
        '\u{a0}' | '\u{202f}' => Some(c),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_unseen(c) => None,
        c => Some(c),
    }
}

/// Returns whether a character is invisible, or steers how its neighbours are shown.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Returns the address if it is one that a reader may be sent to, else `None`.
pub(super) fn web_address(url: &str) -> Option<String> {
    let plain = url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>'));
    let scheme = url.starts_with("https://") || url.starts_with("http://");
    (plain && scheme).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_stays_on_its_line_and_steers_nothing() {
        assert_eq!(inert("Fee:\r\nFrom:  $0\t.", 100), "Fee: From: $0 .");
        assert_eq!(inert("\u{1b}[31mred\u{1b}[0m\u{9b}2J", 100), "[31mred[0m2J");
        assert_eq!(inert("abc\u{202e}fed\u{2069}\u{200b}", 100), "abcfed");
        assert_eq!(inert("a\u{2028}b\u{85}c", 100), "a b c");
        assert_eq!(inert("14\u{a0}690\u{a0}$", 100), "14\u{a0}690\u{a0}$");
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(inert("  abcdef", 3), "abc…");
        assert_eq!(inert("abc   ", 3), "abc");
        assert_eq!(inert("abc def", 3), "abc…");
        assert_eq!(inert("", 3), "");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address("https://www.canada.ca/en.html?a=b#c").is_some());
        for bad in ["javascript:alert(1)", "https://x.ca/\nBcc: y", "https://x.ca/\"><b", ""] {
            assert_eq!(web_address(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_dangerous_ever_passes(text in "\\PC*|.*|[\\x00-\\x20a\\u{202e}\\u{9b}]*", limit in 0usize..50) {
            let out = inert(&text, limit);
            prop_assert!(out.chars().count() <= limit + 1);
            prop_assert!(!out.chars().any(|c| c.is_control() || is_unseen(c)));
        }
    }
}
