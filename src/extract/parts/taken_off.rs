//! Whether a sentence that is no longer found was taken off its page, or may stand there in other words.
//!
//! "The stream is closed" may go because the stream opens again, or because the page now says it otherwise. It was
//! taken off where the page holds no line that is new: nothing says it then. New lines are suspects. They are kept
//! with the place of the set, for on the next day they are known; once they have left the page, nothing says it
//! either.

use crate::extract::form::sentences::parted;
use crate::extract::form::status;
use crate::extract::recipe::{StatusForm, TriedOn};
use crate::extract::rest::{Rest, has, whole_words};
use crate::model::{text, words::Phrases};

/// Before a line that is suspected, in the place of a set.
const SUSPECT: &str = "; it may be said by `";

/// More new lines than these are another page, not a notice in other words.
const MOST: usize = 8;

/// The longest part of a line that is kept, in characters.
const KEPT: usize = 200;

/// What a page may say in words unknown here.
pub(super) struct Notices<'a> {
    /// The place of the set at the last check, if it was in doubt there.
    pub(super) before: Option<&'a str>,
    /// The words of the page.
    pub(super) rest: &'a Rest<'a>,
    /// The words of all that is known.
    pub(super) known: &'a Phrases,
    /// How the notices are read: only a line that may be one is suspected. `None` where any may be.
    pub(super) form: Option<&'a StatusForm>,
}

impl Notices<'_> {
    /// Whether a quote was taken off the page.
    pub(super) fn is_taken_off(&self, quote: &str) -> bool {
        !self.rest.has(&whole_words(quote))
            && self.suspects().is_some_and(|suspects| suspects.is_empty())
    }

    /// Whether a quote was taken off the page and the sentence read `now` replaces it: no other new line may say the
    /// same in other words.
    pub(super) fn is_replaced(&self, quote: &str, now: &str) -> bool {
        let now = whole_words(now);
        let is_it = |line: &str| {
            let said = whole_words(line);
            !line.ends_with('…') && (has(&now, &said) || has(&said, &now))
        };
        let says_more = |line: &String| {
            let sentences = parted(TriedOn::Sentence, line);
            !is_it(line) || sentences.filter(|one| self.may_say(one)).count() > 1
        };
        !self.rest.has(&whole_words(quote))
            && self.suspects().is_some_and(|suspects| !suspects.iter().any(says_more))
    }

    /// The words about suspects that are kept with the place of a set.
    pub(super) fn noted(&self) -> String {
        let suspects = self.suspects().unwrap_or_default();
        suspects.iter().flat_map(|line| [SUSPECT, line, "`"]).collect()
    }

    /// The lines that may say in other words what is no longer found: the new ones, and those that were suspected
    /// before and still stand. `None` if there are too many to tell.
    fn suspects(&self) -> Option<Vec<String>> {
        let mut suspects = Vec::new();
        if let Some(before) = self.before {
            let kept = before.split(SUSPECT).skip(1).map(|line| line.trim_end_matches('`'));
            let mut kept = kept.peekable();
            kept.peek()?;
            let stands = |line: &&str| self.rest.has(&whole_words(line));
            suspects.extend(kept.filter(stands).map(str::to_owned));
        }
        let new = self.rest.new_lines(self.known).filter(|line| self.may_say(line));
        suspects.extend(new.map(|line| text::excerpt(line, KEPT)).take(MOST + 1));
        suspects.dedup();
        (suspects.len() <= MOST).then_some(suspects)
    }

    fn may_say(&self, line: &str) -> bool {
        self.form.is_none_or(|form| status::may_say(form, line))
    }
}
