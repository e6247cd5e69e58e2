//! Whether a sentence that is no longer found was taken off its page, or may stand there in other words.
//!
//! "The stream is closed" may go because the stream opens again, or because the page now says it otherwise. It was
//! taken off where the page holds no line that is new: nothing says it then. New lines are suspects. They are kept
//! with the place of the set, for on the next day they are known; once they have left the page, nothing says it
//! either.

use super::absence::Rest;
use crate::model::{
    text,
    words::{Phrases, words},
};

/// Before a line that is suspected, in the place of a set.
const SUSPECT: &str = "; it may be said by `";

/// More new lines than these are another page, not a notice in other words.
const MOST: usize = 8;

/// The longest part of a line that is kept, in characters.
const KEPT: usize = 200;

/// The lines that may say in other words what is no longer found: the new ones, and those of `before`, the place of
/// the set at the last check, that still stand. A line that `may_say` no such thing is none of them. `None` if
/// there are too many to tell.
pub(super) fn suspects(
    before: Option<&str>,
    rest: &Rest<'_>,
    known: &Phrases,
    may_say: &dyn Fn(&str) -> bool,
) -> Option<Vec<String>> {
    let mut suspects = Vec::new();
    if let Some(before) = before {
        let mut kept =
            before.split(SUSPECT).skip(1).map(|line| line.trim_end_matches('`')).peekable();
        kept.peek()?;
        suspects.extend(kept.filter(|line| rest.has(line)).map(str::to_owned));
    }
    let new =
        rest.new_lines(known).filter(|line| may_say(line)).map(|line| text::excerpt(line, KEPT));
    suspects.extend(new.take(MOST + 1));
    suspects.dedup();
    (suspects.len() <= MOST).then_some(suspects)
}

/// The words about suspects that are kept with the place of a set.
pub(super) fn noted(suspects: &[String]) -> String {
    suspects.iter().flat_map(|line| [SUSPECT, line, "`"]).collect()
}

/// Whether a quote was taken off the page.
pub(super) fn is_taken_off(
    quote: &str,
    before: Option<&str>,
    rest: &Rest<'_>,
    known: &Phrases,
    may_say: &dyn Fn(&str) -> bool,
) -> bool {
    !rest.has(quote) && suspects(before, rest, known, may_say).is_some_and(|lines| lines.is_empty())
}

/// The words of a text that may have been cut at its end: the last of a cut one is left out.
pub(super) fn whole_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    if text.ends_with('…') {
        words.pop();
    }
    words
}
