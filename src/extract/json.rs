//! Objects of a JSON document, found by JSONPath (RFC 9535), and named members of one object.

use std::borrow::Cow;

use super::node::Node;
use super::number;
use super::recipe::{JsonForm, Locator, PairsForm};
use super::row::{Found, Row};
use crate::model::text;

/// Reads each object as a row; a cell is a member of it, or a path below it joined by dots.
pub(super) fn objects<'a>(
    form: &'a JsonForm,
    locator: &'a Locator,
    document: &'a Node<'_>,
) -> Found<'a> {
    let mut rows = Vec::new();
    for (n, object) in document.select(&form.each.query).into_iter().enumerate() {
        rows.push(row(&form.cells, locator, object, format!("object {}", n + 1)));
    }
    if rows.is_empty() { Err("its path selects no object".to_owned()) } else { Ok(rows) }
}

/// Reads named members of one object, a row each.
pub(super) fn pairs<'a>(
    form: &'a PairsForm,
    locator: &'a Locator,
    document: &'a Node<'_>,
) -> Found<'a> {
    let found = document.select(&form.at.query);
    let [object] = found.as_slice() else {
        return Err(format!("its path selects {} objects instead of one", found.len()));
    };
    // What the cells of the object say, every row says.
    let shared = row(&form.cells, locator, object, String::new());
    let mut rows = Vec::with_capacity(form.entries.len());
    for (entry, name) in &form.entries {
        let mut row = shared.clone();
        row.place = ["member ", name].concat();
        row.set("entry", entry);
        if let Some(words) = member(object, name) {
            row.quote = [name, ": ", &words].concat();
            row.set("value", words);
        }
        rows.push(row);
    }
    if let Some(printed) = form.total.as_ref().and_then(|name| member(object, name))
        && let Some(added) = number::sum(rows.iter().map(|row| row.get("value")))
        && number::integer(&printed) != Some(added)
    {
        let why = format!("the parts make {added}");
        rows.push(Row::unsound("the total".to_owned(), printed.into_owned(), why));
    }
    Ok(rows)
}

fn row<'a>(
    cells: &'a [(String, String)],
    locator: &'a Locator,
    object: &'a Node<'_>,
    place: String,
) -> Row<'a> {
    let mut row = Row::new(place, String::new());
    row.reserve(cells.len() + locator.lets.len());
    let mut quote = String::new();
    for (cell, name) in cells {
        if let Some(words) = member(object, name) {
            if quote.len() < 300 {
                let between = if quote.is_empty() { "" } else { ", " };
                quote.extend([between, name, ": ", &words]);
            }
            row.set(cell, words);
        }
    }
    row.quote = text::shortened(quote, 300);
    for (cell, words) in &locator.lets {
        row.set(cell, words);
    }
    row
}

/// A member's words; `None` where it is missing, null, an object or an array.
fn member<'a>(object: &'a Node<'_>, path: &str) -> Option<Cow<'a, str>> {
    match path.split('.').try_fold(object, |value, name| value.member(name))? {
        Node::Text(words) => Some(text::canonical_of(words)),
        Node::Number(number) => Some(number.to_string().into()),
        Node::Flag(yes) => Some(if *yes { "true" } else { "false" }.into()),
        Node::Null | Node::List(_) | Node::Object(_) => None,
    }
}
