//! Lines that lost letters on their way: a stray byte became a replacement character. A line that is the known one but
//! for these says the same, and so does the whole one when it is back.

use crate::model::words::shown;

use super::lines::Line;

/// What stands where a byte was no letter.
const LOST: char = '\u{fffd}';

/// The most letters, in bytes, that a damaged place may have been.
const MOST: usize = 4;

/// On how many lines letters may be lost. A page that lost more is told as it came.
const LINES: usize = 50;

/// Leaves out the lines of both pages that differ in lost letters alone.
pub(super) fn leave_out(was: &mut Vec<Line<'_>>, is: &mut Vec<Line<'_>>) {
    let is_damaged = |line: &Line<'_>| line.text.contains(LOST);
    // What is read in a damaged line may be other words of it.
    let is_of = |damaged: &Line<'_>, whole: &Line<'_>| {
        is_damaged(damaged) && is_of(&shown(damaged.text), &shown(whole.text))
    };
    let damaged = was.iter().chain(&*is).filter(|line| is_damaged(line)).count();
    if damaged == 0 || damaged > LINES {
        return;
    }
    was.retain(|old| {
        let twin = is.iter().position(|new| is_of(old, new) || is_of(new, old));
        if let Some(twin) = twin {
            is.remove(twin);
        }
        twin.is_none()
    });
}

/// Whether a damaged line was this one. What was lost may be a sign or the letters of a word: a figure, or a word as a
/// whole, may be another one.
fn is_of(damaged: &str, whole: &str) -> bool {
    let mut parts = damaged.split(LOST);
    let Some(mut left) = parts.next().and_then(|part| whole.strip_prefix(part)) else {
        return false;
    };
    let is_space = |lost: &str| lost.chars().count() == 1 && lost.contains(char::is_whitespace);
    let can_be_lost = |lost: &str| {
        let is_other = |c: char| c.is_whitespace() || c.is_ascii_digit();
        is_space(lost) || lost.len() <= MOST && !lost.contains(is_other)
    };
    for part in parts {
        let mut found = left.match_indices(part).map(|(at, _)| at);
        let Some(at) = found.find(|at| can_be_lost(&left[..*at])) else { return false };
        left = &left[at + part.len()..];
    }
    left.is_empty() || damaged.ends_with(LOST) && can_be_lost(left)
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_damaged_line_is_known_by_the_letters_that_are_left() {
        assert!(is_of("Certifi\u{fffd}d cheque", "Certified cheque"));
        assert!(is_of("Certifie\u{fffd}d cheque", "Certified cheque"));
        assert!(is_of("d\u{fffd}\u{fffd}pos\u{fffd}", "dépose"));
        assert!(is_of("Canada\u{fffd}s fee of \u{fffd}500", "Canada’s fee of $500"));
        assert!(is_of("1\u{fffd}094 candidates", "1 094 candidates"));
        assert!(!is_of("The fee is \u{fffd}500", "The fee is $550"));
        assert!(!is_of("The fee is $5\u{fffd}0", "The fee is $550"));
        assert!(!is_of("You must\u{fffd} apply", "You must not apply"));
        assert!(!is_of("Certifi\u{fffd}d cheque", "Certified cheque only"));
        assert!(!is_of("a \u{fffd} b", "a much longer b"));
    }
}
