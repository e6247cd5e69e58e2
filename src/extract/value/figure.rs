//! The one figure of a cell: of several the words must say which holds, and from when.

use super::field::{Read, line, one};
use super::taken::Taken;
use super::{dated, number};
use crate::extract::matches::Match;
use crate::extract::recipe::{FieldRecipe, Reading};
use crate::model::{Announced, Value};

/// Whether a reading is of a figure, of which a cell has one.
pub(super) fn is_figure(reading: &Reading) -> bool {
    matches!(
        reading,
        Reading::Integer
            | Reading::Decimal
            | Reading::Money(_)
            | Reading::Percent
            | Reading::Duration
    )
}

/// The start of what is said of several figures where one is expected.
const SEVERAL: &str = "it has several values: ";

pub(super) fn is_ambiguous(read: &Result<Option<Read>, String>) -> bool {
    read.as_ref().is_err_and(|why| why.starts_with(SEVERAL))
}

/// The one figure of a cell. Of two the words must say which holds from when; two that they do not part
/// are never "the first".
pub(super) fn figure(
    field: &FieldRecipe,
    whole: &str,
    taken: Taken<'_, '_>,
    matched: &Match<'_>,
) -> Result<Option<Value>, String> {
    let start = whole.as_ptr() as usize;
    let mut found: Vec<(Value, (usize, usize))> = Vec::new();
    for words in taken.take(FIGURES) {
        let at = words.as_ptr() as usize - start;
        // An amount may stand among words; of other figures the words are all.
        let amounts = match &field.reading {
            Reading::Money(_) if field.find.is_none() => number::places(words),
            _ => vec![(0, words.len())],
        };
        let parts = if amounts.len() < 2 { vec![(0, words.len())] } else { amounts };
        for (from, to) in parts {
            if found.len() > FIGURES {
                break;
            }
            let part = &words[from..to];
            let value = match one(&field.reading, &field.words, &line(part), matched) {
                Ok(value) => value,
                // What the pattern finds besides, and is no figure, says nothing.
                Err(why) if found.is_empty() => return Err(why),
                Err(_) => continue,
            };
            if !found.iter().any(|(known, _)| known.same(&value)) {
                found.push((value, (at + from, at + to)));
            }
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [(value, _)] => Ok(Some(value.clone())),
        [(a, first), (b, second)]
            if let Some((then, from)) = dated::order(whole, [*first, *second]) =>
        {
            let (now, then) = if then == 0 { (b, a) } else { (a, b) };
            let announced = Announced { now: now.clone(), then: then.clone(), from };
            Ok(Some(Value::Announced(Box::new(announced))))
        }
        several => {
            let values: Vec<String> = several.iter().map(|(value, _)| value.to_string()).collect();
            Err(format!("{SEVERAL}{}", values.join(", ")))
        }
    }
}

/// How many figures of a cell are looked at: as many as a complaint names.
const FIGURES: usize = 8;
