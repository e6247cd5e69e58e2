//! Reads rows of a database that is not ours: a user's own data.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value as Json;

/// The most rows that are read.
const MOST: usize = 1_000_000;

/// The rows that a query gives, each as names and values. The file is opened to read only.
///
/// # Errors
/// What SQLite says of the file or the query.
pub fn foreign_rows(path: &Path, query: &str) -> Result<Vec<Vec<(String, Json)>>, String> {
    let failed = |error: rusqlite::Error| error.to_string();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let mut statement = connection.prepare(query).map_err(failed)?;
    if !statement.readonly() {
        return Err("the query would change the database".to_owned());
    }
    let names: Vec<String> =
        statement.column_names().iter().map(|name| (*name).to_owned()).collect();
    let mut rows = statement.query([]).map_err(failed)?;
    let mut read = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        if read.len() == MOST {
            return Err(format!("the query gives more than {MOST} rows"));
        }
        let cell = |(n, name): (usize, &String)| {
            let value = match row.get_ref(n)? {
                ValueRef::Null => Json::Null,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Real(number) => number.into(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                ValueRef::Blob(_) => Json::Null,
            };
            Ok((name.clone(), value))
        };
        read.push(
            names
                .iter()
                .enumerate()
                .map(cell)
                .collect::<Result<_, rusqlite::Error>>()
                .map_err(failed)?,
        );
    }
    Ok(read)
}
