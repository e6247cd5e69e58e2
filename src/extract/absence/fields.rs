//! Fields that were known of a record and are not read from its row today: unreadable, or gone.

use super::KnownRecord;
use crate::extract::matches::Match;
use crate::extract::recipe::{FactRecipe, FieldRecipe, Locator, Reading};
use crate::extract::rest::SHOWN;
use crate::extract::value::{field, number};
use crate::model::{
    Extent, Fields, Record, Unreadable, Value, text,
    words::{contains, without, words},
};

/// Decides whether each field that was known of a record, and is not read from its row, is gone. `fields`
/// holds those that were read; a no that only means "no match" is removed from them.
///
/// `has_moved` says of words that left the sentence of a record whether they stand in another now.
pub(in crate::extract) fn fields(
    (recipe, locator): (&FactRecipe, &Locator),
    matched: &Match<'_>,
    fields: &mut Fields,
    (fact, record, was): KnownRecord<'_>,
    has_moved: &dyn Fn(&str) -> bool,
) -> Vec<Unreadable> {
    let mut unreadable = Vec::new();
    // A note is never compared, so it is never missed.
    for field in recipe.fields.iter().filter(|field| !field.note) {
        let Some(known) = was.fields.get(&field.name) else { continue };
        let is_missing = match (&field.reading, fields.get(&field.name), known) {
            (_, None, _) => field.optional,
            (Reading::Flag(_, no), Some(Value::Flag(false)), Value::Flag(true)) => {
                let cells = field.from.iter().filter_map(|cell| matched.get(cell));
                !cells.into_iter().any(|cell| no.as_ref().is_some_and(|no| no.is_match(cell)))
            }
            _ => false,
        };
        let went = || recipe.dates.went_with_state(&field.name, &was.fields, fields);
        let is_gone = || {
            is_gone(field, locator, matched, was, has_moved)
                || is_no_longer_yes((recipe, field), matched, was, fields, has_moved)
        };
        if !is_missing || is_gone() || went() {
            continue;
        }
        fields.remove(&field.name);
        let of = Extent::Field(record.clone(), field.name.clone());
        let why = format!("{}: {}", matched.place, why_missing(field, matched));
        let stands = Some(text::excerpt(&matched.quote, SHOWN));
        unreadable.push(Unreadable::new(fact.as_str(), of, why).standing(stands));
    }
    unreadable
}

fn why_missing(field: &FieldRecipe, matched: &Match<'_>) -> String {
    let cell = field.from.join(" or ");
    let find = match &field.reading {
        Reading::Flag(yes, _) => Some(yes),
        _ => field.find.as_ref(),
    };
    match find {
        _ if field.from.iter().all(|cell| matched.get(cell).is_none()) => {
            format!("it has no `{cell}` any more")
        }
        Some(find) => format!("nothing in `{cell}` matches `{find}` any more"),
        None => format!("nothing is in `{cell}` any more"),
    }
}

/// Whether a field that a row does not give is gone from it: its own cell is there but empty or masked, or
/// its words were struck out and the words around them are the old ones.
fn is_gone(
    field: &FieldRecipe,
    locator: &Locator,
    matched: &Match<'_>,
    was: &Record,
    has_moved: &dyn Fn(&str) -> bool,
) -> bool {
    let find = match &field.reading {
        Reading::Flag(yes, _) => Some(yes),
        _ => field.find.as_ref(),
    };
    let Some(find) = find else {
        let cells = field.from.iter().filter_map(|cell| matched.get(cell));
        let is_empty = |cell: &str| cell.trim().is_empty() || number::is_mask(cell.trim());
        let mut cells = cells.peekable();
        // A row by itself has only the cells that its pattern found.
        let is_struck = || struck(&was.evidence.quote, &matched.quote, "");
        return if cells.peek().is_some() {
            cells.all(is_empty)
        } else {
            is_footnote(field, locator) && is_struck()
        };
    };
    if is_footnote(field, locator) && field.from.iter().all(|cell| matched.get(cell).is_none()) {
        return struck(&was.evidence.quote, &matched.quote, "");
    }
    let old = find.find(&was.evidence.quote).map(|found| found.as_str().to_owned());
    old.is_some_and(|old| struck(&was.evidence.quote, &matched.quote, &old) && !has_moved(&old))
}

/// Whether a yes that its row does not say is a no: its words were struck out, and of the words around them only the
/// figures of other fields are new, all of which are read. "6 months of full-time, continuous work" is then "12 months
/// of full-time work".
fn is_no_longer_yes(
    (recipe, field): (&FactRecipe, &FieldRecipe),
    matched: &Match<'_>,
    was: &Record,
    fields: &Fields,
    has_moved: &dyn Fn(&str) -> bool,
) -> bool {
    let Reading::Flag(yes, _) = &field.reading else { return false };
    let (then, now) = (was.evidence.quote.as_str(), matched.quote.as_str());
    let Some(old) = yes.find(then).filter(|_| !is_cut(then) && !is_cut(now)) else { return false };
    let is_figure = |other: &&FieldRecipe| {
        let of = |fields: &Fields| fields.get(&other.name).is_some_and(is_amount);
        other.find.is_some() && of(&was.fields) && of(fields)
    };
    let (mut left, mut stands) = (words(then), words(now));
    for other in recipe.fields.iter().filter(is_figure) {
        let (before, after) = (field::printed(other, then), field::printed(other, now));
        if let ([before], [after]) = (before.as_slice(), after.as_slice()) {
            left = without(&left, &words(before));
            stands = without(&stands, &words(after));
        }
    }
    are_struck(&left, &stands, &words(old.as_str())) && !has_moved(old.as_str())
}

fn is_footnote(field: &FieldRecipe, locator: &Locator) -> bool {
    !locator.footnotes.is_empty() && field.from.iter().any(|cell| cell == "footnotes")
}

/// Whether `now` is `was` with words struck out, those of `what` among them, and nothing put in their place.
/// Unknown for words that were cut short.
fn struck(was: &str, now: &str, what: &str) -> bool {
    !is_cut(was) && !is_cut(now) && are_struck(&words(was), &words(now), &words(what))
}

/// Whether a value is a figure with its unit.
fn is_amount(value: &Value) -> bool {
    use Value::{Decimal, Duration, Integer, Money, Percent};
    matches!(value, Integer(_) | Decimal(_) | Money { .. } | Percent(_) | Duration(_))
}

fn is_cut(quote: &str) -> bool {
    quote.ends_with('…')
}

/// [`struck`] of the words.
fn are_struck(was: &[String], now: &[String], what: &[String]) -> bool {
    contains(was, now) && contains(&without(was, now), what)
}
