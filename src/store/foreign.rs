//! Reads rows of a database that is not ours: a user's own data.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use serde_json::Value as Json;

/// The most rows that are read.
const MOST: usize = 1_000_000;

/// The most bytes of text that are read.
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// The longest that a query may take.
const LONGEST: Duration = Duration::from_secs(30);

/// The rows that a query gives, each as names and values. The file is opened to read only.
///
/// # Errors
/// What SQLite says of the file or the query.
pub fn foreign_rows(path: &Path, query: &str) -> Result<Vec<Vec<(String, Json)>>, String> {
    rows_within(path, query, LONGEST)
}

fn rows_within(
    path: &Path,
    query: &str,
    longest: Duration,
) -> Result<Vec<Vec<(String, Json)>>, String> {
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => {
            format!("the query takes longer than {} seconds", longest.as_secs())
        }
        _ => error.to_string(),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let mut statement = connection.prepare(query).map_err(failed)?;
    if !statement.readonly() {
        return Err("the query would change the database".to_owned());
    }
    let names: Vec<String> =
        statement.column_names().iter().map(|name| (*name).to_owned()).collect();
    let watch = connection.get_interrupt_handle();
    let (_done, is_done) = mpsc::channel::<()>();
    thread::spawn(move || {
        // Again and again: an interruption before the first step is lost.
        while is_done.recv_timeout(longest) == Err(RecvTimeoutError::Timeout) {
            watch.interrupt();
        }
    });
    let mut rows = statement.query([]).map_err(failed)?;
    let (mut read, mut text) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next().map_err(failed)? {
        if read.len() == MOST {
            return Err(format!("the query gives more than {MOST} rows"));
        }
        for n in 0..names.len() {
            if let ValueRef::Text(cell) = row.get_ref(n).map_err(failed)? {
                text = text.saturating_add(cell.len());
            }
        }
        if text > MOST_TEXT {
            return Err(format!("the query gives more than {MOST_TEXT} bytes of text"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_and_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let own = Connection::open(&path).unwrap();
        own.execute_batch("CREATE TABLE fee (id TEXT, cad REAL); INSERT INTO fee VALUES ('a', 7)")
            .unwrap();
        let row = vec![("id".to_owned(), "a".into()), ("cad".to_owned(), 7.0.into())];
        assert_eq!(foreign_rows(&path, "SELECT id, cad FROM fee"), Ok(vec![row]));
        let changes = foreign_rows(&path, "DELETE FROM fee").unwrap_err();
        assert!(changes.contains("would change"), "{changes}");
        let long = "SELECT printf('%.*c', 70000000, 'x') AS id";
        let said = foreign_rows(&path, long).unwrap_err();
        assert!(said.contains("bytes of text"), "{said}");
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT count(*) FROM n";
        let said = rows_within(&path, endless, Duration::from_millis(20)).unwrap_err();
        assert!(said.starts_with("the query takes longer than"), "{said}");
    }
}
