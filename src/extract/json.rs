//! Objects of a JSON document, found by JSONPath (RFC 9535), and named members of one object.

use serde_json::Value as Json;

use super::number;
use super::recipe::{JsonForm, Locator, PairsForm};
use super::row::{Found, Row};
use crate::model::text;

/// Reads each object as a row; a cell is a member of it, or a path below it joined by dots.
pub(super) fn objects(form: &JsonForm, locator: &Locator, document: &Json) -> Found {
    let mut rows = Vec::new();
    for (n, object) in form.each.query(document).all().into_iter().enumerate() {
        rows.push(row(&form.cells, locator, object, format!("object {}", n + 1)));
    }
    if rows.is_empty() { Err("its path selects no object".to_owned()) } else { Ok(rows) }
}

/// Reads named members of one object, a row each.
pub(super) fn pairs(form: &PairsForm, locator: &Locator, document: &Json) -> Found {
    let object = form.at.query(document).exactly_one().map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for (entry, name) in &form.entries {
        let mut row = row(&form.cells, locator, object, format!("member {name}"));
        row.set("entry", entry.as_str());
        if let Some(words) = member(object, name) {
            row.quote = format!("{name}: {words}");
            row.set("value", words);
        }
        rows.push(row);
    }
    let parts = number::sum(rows.iter().map(|row| row.get("value")));
    if let Some(printed) = form.total.as_ref().and_then(|name| member(object, name))
        && let Some(added) = parts
        && number::integer(&printed) != Some(added)
    {
        let why = format!("the parts make {added}");
        rows.push(Row::unsound("the total".to_owned(), printed, why));
    }
    Ok(rows)
}

fn row(cells: &[(String, String)], locator: &Locator, object: &Json, place: String) -> Row {
    let mut quote = String::new();
    let mut found = Vec::new();
    for (cell, name) in cells {
        if let Some(words) = member(object, name) {
            if quote.len() < 300 {
                let between = if quote.is_empty() { "" } else { ", " };
                quote.extend([between, name, ": ", words.as_str()]);
            }
            found.push((cell, words));
        }
    }
    let mut row = Row::new(place, text::excerpt(&quote, 300));
    for (cell, words) in found {
        row.set(cell, words);
    }
    for (cell, words) in &locator.lets {
        row.set(cell, words.as_str());
    }
    row
}

/// A member's words; `None` where it is missing, null, an object or an array.
fn member(object: &Json, path: &str) -> Option<String> {
    let value = path.split('.').try_fold(object, |value, name| value.get(name))?;
    match value {
        Json::String(words) => Some(text::canonical(words)),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(yes) => Some(yes.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
