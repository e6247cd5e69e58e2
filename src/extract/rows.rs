//! Rows that say in their own names when they hold: "Extension (until March 31, 2027)", "Extension (from April 1,
//! 2027)". They are one record and what is announced of it.

use std::collections::HashMap;

use super::form::table::DATED;
use super::matches::Match;
use super::recipe::{FactRecipe, Reading};
use super::value::dated::{self, Period};
use crate::model::words::words;

/// A row, by its index, and when its name says that it holds.
type Row = (usize, Option<Period>);

/// Takes the days from the names of rows that go by one name otherwise, where they are one change: until a day
/// and from then on, or always and from a day. The words with its day become a row's cell [`DATED`]. The rows of a
/// window are left as they are.
pub(super) fn by_day<'m>(recipe: &FactRecipe, mut matches: Vec<Match<'m>>) -> Vec<Match<'m>> {
    let cells = if recipe.is_window() { Vec::new() } else { cells(recipe) };
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
        for rows in by_name.into_values().filter(|rows| are_one_change(rows)) {
            for (n, _) in rows.into_iter().filter(|(_, period)| period.is_some()) {
                let printed = matches[n].get(cell).unwrap_or_default().to_owned();
                matches[n].replace((*cell).to_owned(), dated::without_period(&printed));
                matches[n].replace(DATED, printed);
            }
        }
    }
    matches
}

fn are_one_change(rows: &[Row]) -> bool {
    match rows {
        [(_, Some(a)), (_, Some(b))] => a != b && dated::is_one_change(*a, *b),
        [(_, None), (_, Some(from))] | [(_, Some(from)), (_, None)] => {
            matches!(from, Period::From(_))
        }
        _ => false,
    }
}

/// The cells with the words that name a record.
pub(super) fn cells(recipe: &FactRecipe) -> Vec<&str> {
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
