//! Rows that say in their own names when they hold: "Extension (until March 31, 2027)", "Extension (from April 1,
//! 2027)". They are one record and what is announced of it.

use std::collections::HashMap;

use super::matches::Match;
use super::recipe::{FactRecipe, Reading};
use super::value::dated::{self, Period};
use crate::model::words::words;

/// A row, by its index, and when its name says that it holds.
type Row = (usize, Option<Period>);

/// Takes the days from the names of rows that go by one name otherwise, where they are one change: until a day
/// and from then on, or always and from a day. Returns the rows, by their index, and when they hold.
pub(super) fn by_day(recipe: &FactRecipe, matches: &mut [Match<'_>]) -> Vec<(usize, Period)> {
    let cells = cells(recipe);
    let mut found = Vec::new();
    for cell in &cells {
        let mut by_name: HashMap<Vec<Vec<String>>, Vec<Row>> = HashMap::new();
        let period = |matched: &Match<'_>| matched.get(cell).and_then(dated::period);
        if !matches.iter().any(|matched| period(matched).is_some()) {
            continue;
        }
        for (n, matched) in matches.iter().enumerate() {
            let name = |of: &&str| {
                let text = matched.get(of).unwrap_or_default();
                if of == cell { words(&dated::without_period(text)) } else { words(text) }
            };
            let name = cells.iter().map(name).collect();
            by_name.entry(name).or_default().push((n, period(matched)));
        }
        for rows in by_name.into_values() {
            let is_one_change = match rows.as_slice() {
                [(_, Some(a)), (_, Some(b))] => a != b && dated::is_one_change(*a, *b),
                [(_, None), (_, Some(from))] | [(_, Some(from)), (_, None)] => {
                    matches!(from, Period::From(_))
                }
                _ => false,
            };
            for (n, period) in rows.into_iter().filter(|_| is_one_change) {
                let Some(period) = period else { continue };
                let name = matches[n].get(cell).map(dated::without_period).unwrap_or_default();
                matches[n].replace((*cell).to_owned(), name);
                found.push((n, period));
            }
        }
    }
    found
}

/// The cells with the words that name a record.
fn cells(recipe: &FactRecipe) -> Vec<&str> {
    let mut cells: Vec<&str> = Vec::new();
    for name in recipe.record.names() {
        let field = recipe.fields.iter().find(|field| field.name.as_str() == name);
        match field {
            None => cells.push(name),
            Some(field) if is_words(&field.reading) => {
                cells.extend(field.from.iter().map(String::as_str));
            }
            Some(_) => {}
        }
    }
    cells
}

fn is_words(reading: &Reading) -> bool {
    matches!(reading, Reading::Text | Reading::Slug | Reading::Word(_) | Reading::WordOrSlug(_))
}
