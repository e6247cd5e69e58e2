//! Reads rows of values with a line of names, and where each value stands.

use std::ops::Range;

use csv::ReaderBuilder;
use serde_json::Value as Json;

use super::{Data, DataNode, NamedNode};

/// What separates the values of a `.csv`: commas, or semicolons where its line of names has more of them, as programs
/// set to French write it.
pub(super) fn separator(text: &str) -> u8 {
    let (mut commas, mut semicolons, mut is_quoted) = (0, 0, false);
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => commas += 1,
            b';' if !is_quoted => semicolons += 1,
            b'\r' | b'\n' if !is_quoted => break,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

pub(super) fn read(text: &str, separator: u8) -> Result<DataNode, String> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).flexible(true).has_headers(false);
    let mut reader = builder.from_reader(text.as_bytes());
    let mut rows: Vec<(csv::StringRecord, usize, u64)> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| format!("its rows cannot be read: {error}"))?;
        let place = row.position().map_or((0, 0), |at| (at.byte(), at.line()));
        rows.push((row, usize::try_from(place.0).unwrap_or(usize::MAX), place.1));
    }
    let Some((names, ..)) = rows.first() else { return Err("it is empty".to_owned()) };
    let names: Vec<String> =
        names.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let starts: Vec<usize> = rows.iter().map(|(_, start, _)| *start).chain([text.len()]).collect();
    let mut nodes = Vec::with_capacity(rows.len());
    for (n, (row, start, line)) in rows.iter().enumerate().skip(1) {
        let whole = *start..starts[n + 1];
        let cells = cells(text, whole.clone(), separator);
        if cells.len() != row.len() {
            return Err(format!(
                "line {line}: its quotation marks cannot be told apart from its words"
            ));
        }
        let entry = |((name, cell), span): ((&String, &str), &Range<usize>)| NamedNode {
            key: name.clone(),
            whole: span.clone(),
            value: DataNode::scalar(span.clone(), Json::String(cell.to_owned())),
        };
        let entries = names.iter().zip(row.iter()).zip(&cells).map(entry).collect();
        // The line break before a row is not part of it.
        let span = cells.first().map_or(whole.start, |cell| cell.start)..whole.end;
        nodes.push(DataNode { span, data: Data::Map(entries), shared: false });
    }
    Ok(DataNode { span: 0..text.len(), data: Data::List(nodes), shared: false })
}

/// Where the cells of a row stand, quotation marks included.
fn cells(text: &str, row: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    // A reader skips empty lines before a row.
    let blank = |at: &usize| matches!(bytes[*at], b'\r' | b'\n');
    let from = (row.start..row.end).find(|at| !blank(at)).unwrap_or(row.end);
    let (mut cells, mut start, mut is_quoted) = (Vec::new(), from, false);
    for (at, byte) in bytes.iter().copied().enumerate().take(row.end).skip(from) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            _ if byte == separator && !is_quoted => {
                cells.push(start..at);
                start = at + 1;
            }
            b'\r' | b'\n' if !is_quoted => {
                cells.push(start..at);
                return cells;
            }
            _ => {}
        }
    }
    cells.push(start..row.end);
    cells
}
