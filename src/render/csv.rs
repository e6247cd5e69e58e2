//! The change log as CSV: a header, then a row for each change.
//!
//! The columns are the fields of the change object, in its order. A spreadsheet runs a cell that begins
//! with `=`, `+`, `-` or `@`, so such a cell gets an apostrophe in front: a page must not be able to
//! put a formula on somebody's desk.

use serde_json::Value as Json;

use crate::model::Change;

use super::json;

/// The columns, in order.
const COLUMNS: [&str; 26] = [
    "id",
    "event",
    "seen_at",
    "last_seen_unchanged_at",
    "published_on",
    "effective_on",
    "expires_on",
    "applies_to",
    "stage",
    "jurisdiction",
    "program",
    "source",
    "fact",
    "record",
    "field",
    "kind",
    "old",
    "new",
    "severity",
    "rules",
    "summary_en",
    "summary_fr",
    "url",
    "snapshot",
    "before",
    "after",
];

/// The header line, with its line end.
#[must_use]
pub fn header() -> String {
    line(COLUMNS.iter().map(|name| (*name).to_owned()))
}

/// The line of one change, with its line end.
#[must_use]
pub fn row(change: &Change) -> String {
    let object = json::change(change);
    let nested = |name: &str| match name {
        "summary_en" => &object["summary"]["en"],
        "summary_fr" => &object["summary"]["fr"],
        "url" | "snapshot" | "before" | "after" => &object["evidence"][name],
        _ => &object[name],
    };
    line(COLUMNS.iter().map(|name| cell(nested(name))))
}

/// A line of texts, each safe to open in a spreadsheet, with its line end.
#[must_use]
pub fn text_line(cells: &[String]) -> String {
    line(cells.iter().map(|text| guarded(text)))
}

/// A JSON value as a cell: bare if it is one word or number, else compact JSON.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => guarded(text),
        Json::Bool(_) | Json::Number(_) => guarded(&value.to_string()),
        Json::Array(values) if values.iter().all(Json::is_string) => {
            guarded(&values.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "))
        }
        Json::Array(_) | Json::Object(_) => guarded(&json::one_line(value)),
    }
}

/// The text on one line, in a form that cannot be taken for a formula.
fn guarded(text: &str) -> String {
    // A quote is at most a short extract; the limit only keeps a cell to a reasonable size.
    let text = super::inert(text, 32_000);
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let written = writer.write_record(cells.map(String::into_bytes));
    written.expect("writing to memory does not fail");
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("cells are text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeKind, Side, Value};
    use crate::render::sample;

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_row_has_a_cell_for_every_column() {
        let text = header() + &row(&sample::removed("21211", "Data scientists, analysts"));
        let rows = read(&text);
        assert_eq!(rows[0].len(), 26);
        assert_eq!(rows[1].len(), 26);
        let cell = |name: &str| {
            let at = rows[0].iter().position(|column| column == name).unwrap();
            rows[1][at].as_str()
        };
        assert_eq!(cell("kind"), "occupation_removed");
        assert_eq!(cell("old"), r#"{"title":"Data scientists, analysts"}"#);
        assert_eq!(cell("rules"), "R-EE-CAT");
        assert_eq!(cell("after"), "");
    }

    #[test]
    fn a_cell_cannot_be_a_formula() {
        let mut change = sample::removed("21211", "x");
        change.kind = ChangeKind::RecordChanged;
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n@x", "\u{200b}=1", "\u{feff}-1"] {
            change.new = Some(Side::Value(Value::Text(text.into())));
            let rows = read(&row(&change));
            assert!(rows[0][17].starts_with('\''), "{text:?}: {:?}", rows[0][17]);
            assert_eq!(rows.len(), 1);
        }
        change.new = Some(Side::Value(Value::Text("\u{a0}=1".into())));
        assert!(!read(&row(&change))[0][17].starts_with('='));
    }
}
