//! Tables for analysts: CSV and JSON files, or a database.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::{ExportError, Failed, whole};
use crate::render::csv;
use crate::store::{EXPORTS, ExportCell, ExportColumn, ExportKind, ExportTable, SharedStore};

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// A file for each table, and one that says what the columns mean.
    Csv,
    /// The same, with an object a line.
    Json,
}

/// Writes every table into a new folder. Returns their names and how many rows each has.
///
/// # Errors
/// When the folder is there already, or something cannot be read or written.
pub fn tables(
    store: &SharedStore,
    folder: &Path,
    format: TableFormat,
) -> Result<Vec<(&'static str, usize)>, ExportError> {
    whole(folder, |partial, failed| write_all(store, partial, format, failed))
}

fn write_all(
    store: &SharedStore,
    folder: &Path,
    format: TableFormat,
    failed: Failed<'_>,
) -> Result<Vec<(&'static str, usize)>, ExportError> {
    fs::create_dir(folder).map_err(failed)?;
    let mut written = Vec::new();
    for table in &EXPORTS {
        let ending = if format == TableFormat::Csv { "csv" } else { "ndjson" };
        let path = folder.join(format!("{}.{ending}", table.name));
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        let rows = write_table(store, table, format, &mut out, failed)?;
        out.flush().map_err(failed)?;
        written.push((table.name, rows));
    }
    fs::write(folder.join("columns.csv"), columns()).map_err(failed)?;
    Ok(written)
}

/// Writes every table into a new database, with a table `columns` that says what they mean.
///
/// # Errors
/// When something is there already, or something cannot be read or written.
pub fn database(store: &SharedStore, path: &Path) -> Result<(), ExportError> {
    whole(path, |partial, _| Ok(store.ask(|store| store.export_to(partial))?))
}

fn write_table(
    store: &SharedStore,
    table: &ExportTable,
    format: TableFormat,
    out: &mut dyn Write,
    failed: Failed<'_>,
) -> Result<usize, ExportError> {
    let mut n = 0;
    if format == TableFormat::Csv {
        let head: Vec<String> = table.columns.iter().map(|c| c.name.to_owned()).collect();
        out.write_all(csv::text_line(&head).as_bytes()).map_err(failed)?;
    }
    store.ask(|store| {
        store.each_exported::<ExportError>(table, &mut |cells| {
            n += 1;
            let line = match format {
                TableFormat::Csv => csv::text_line(&cells.iter().map(text).collect::<Vec<_>>()),
                TableFormat::Json => format!("{}\n", object(table, cells)),
            };
            out.write_all(line.as_bytes()).map_err(failed)
        })
    })?;
    Ok(n)
}

fn text(cell: &ExportCell<'_>) -> String {
    match cell {
        ExportCell::Null => String::new(),
        ExportCell::Number(n) => n.to_string(),
        ExportCell::Text(text) => (*text).to_owned(),
    }
}

/// A row as an object. What is JSON in the database is JSON here.
fn object(table: &ExportTable, cells: &[ExportCell<'_>]) -> Json {
    let value = |(column, cell): (&ExportColumn, &ExportCell<'_>)| {
        let value = match cell {
            ExportCell::Null => Json::Null,
            ExportCell::Number(n) => json!(n),
            ExportCell::Text(text) if column.kind == ExportKind::Json => {
                serde_json::from_str(text).unwrap_or_else(|_| json!(text))
            }
            ExportCell::Text(text) => json!(text),
        };
        (column.name.to_owned(), value)
    };
    Json::Object(table.columns.iter().zip(cells).map(value).collect::<Map<String, Json>>())
}

/// What every column means.
fn columns() -> String {
    let line = |cells: [&str; 3]| csv::text_line(&cells.map(str::to_owned));
    let mut text = line(["table", "column", "meaning"]);
    for table in &EXPORTS {
        text += &line([table.name, "", table.meaning]);
        for column in table.columns {
            text += &line([table.name, column.name, column.meaning]);
        }
    }
    text
}
