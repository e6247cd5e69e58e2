//! Tables for analysts: CSV and JSON files, or a database.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::{ExportError, whole};
use crate::render::csv;
use crate::store::{EXPORTS, ExportCell, ExportTable, SharedStore};

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
    if folder.exists() {
        return Err(ExportError::Exists { path: folder.to_owned() });
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ExportError::Write { path: path.clone(), source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut written = Vec::new();
    for table in &EXPORTS {
        let ending = if format == TableFormat::Csv { "csv" } else { "ndjson" };
        let path = folder.join(format!("{}.{ending}", table.name));
        let mut out = BufWriter::new(File::create(&path).map_err(failed(&path))?);
        let rows = write_table(store, table, format, &mut out, &failed(&path))?;
        out.flush().map_err(failed(&path))?;
        written.push((table.name, rows));
    }
    let path = folder.join("columns.csv");
    fs::write(&path, columns()).map_err(failed(&path))?;
    Ok(written)
}

/// Writes every table into a new database, with a table `columns` that says what they mean.
///
/// # Errors
/// When something is there already, or something cannot be read or written.
pub fn database(store: &SharedStore, path: &Path) -> Result<(), ExportError> {
    whole(path, |partial| Ok(store.ask(|store| store.export_to(partial))?))
}

fn write_table(
    store: &SharedStore,
    table: &ExportTable,
    format: TableFormat,
    out: &mut dyn Write,
    failed: &dyn Fn(io::Error) -> ExportError,
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
    const NESTED: [&str; 7] = ["old", "new", "rules", "fields", "records", "chain", "headers"];
    let value = |(column, cell): (&crate::store::ExportColumn, &ExportCell<'_>)| {
        let value = match cell {
            ExportCell::Null => Json::Null,
            ExportCell::Number(n) => json!(n),
            ExportCell::Text(text) if NESTED.contains(&column.name) => {
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
