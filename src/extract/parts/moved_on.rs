//! A figure that is another one where a later locator reads it: moved and changed on one day.
//!
//! "The fee is $230" has gone, and "Pay the $240 fee" is new on the page. It may be the same fee at another amount, or
//! another fee that the later locator takes for it. So it is neither believed nor given up: it is held until the
//! scheduled checks agree.

use std::mem::discriminant;

use rust_decimal::Decimal;

use super::Parts;
use super::doubt::differing;
use crate::extract::recipe::Part;
use crate::extract::rest::{SAME, whole_words};
use crate::model::{FactSet, Record, Value, text, words::likeness};

impl Parts<'_, '_> {
    /// Whether a record differs only in figures, of the same kinds as before, that are read from new words; and
    /// the figures of before are neither in these nor in the line that is most like the former one.
    pub(super) fn is_moved_on(
        &self,
        part: &Part,
        set: &FactSet,
        was: &Record,
        now: &Record,
    ) -> bool {
        let quote = &now.evidence.quote;
        let near = self.rest.nearest(&was.evidence.quote).unwrap_or_default();
        let is_figure_anew = |old: &Value, new: &Value| {
            let is_alike = discriminant(old) == discriminant(new);
            is_alike && old.number().is_some_and(|old| !says(quote, old) && !says(&near, old))
        };
        let is_anew = |name| match (was.fields.get(name), now.fields.get(name)) {
            (Some(old), Some(new)) => is_figure_anew(old.current(), new.current()),
            _ => false,
        };
        let place = self.notices(part).before;
        let was_new = || place.is_some_and(|place| place.contains(&noted(quote)));
        let is_new = || !self.phrases().say(&whole_words(quote)) || was_new();
        set.kind.is_of_figures() && differing(set, was, now).into_iter().all(is_anew) && is_new()
    }
}

/// What is kept with the place of a set of words that were new there: at the next check they are known.
pub(super) fn noted(quote: &str) -> String {
    format!("; new there: `{}`", text::excerpt(quote, KEPT).replace('\n', " "))
}

/// The longest part of the words that is kept, in characters.
const KEPT: usize = 200;

/// Whether a line says what a record was read from in nearly its words, with other figures for one of its own.
pub(super) fn says_other_figure(was: &Record, line: &str) -> bool {
    let quote = &was.evidence.quote;
    let (then, now) = (whole_words(quote), whole_words(line));
    let is_figure = |word: &&String| word.parse::<Decimal>().is_ok();
    let is_new = |word: &String| !then.contains(word);
    let mut figures = was.fields.values().filter_map(|value| value.current().number());
    likeness(&then, &now) >= SAME
        && now.iter().filter(is_figure).any(is_new)
        && figures.any(|figure| says(quote, figure) && !says(line, figure))
}

/// Whether a text has a figure.
fn says(text: &str, figure: Decimal) -> bool {
    whole_words(text).iter().any(|word| word.parse() == Ok(figure))
}
