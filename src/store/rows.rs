//! Converts rows to values and back. A cell that does not parse names its table, column and row.

use std::fmt::Display;

use jiff::{Timestamp, civil::Date};
use rusqlite::{
    Connection, Params, Row, Statement,
    types::{FromSql, ValueRef},
};
use serde_json::{Value as Json, json};

use super::{StoreError, error::Trouble};
use crate::model::{Evidence, in_full};

/// A table, and the column that identifies its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
}

/// The cells of one row.
pub(super) struct Cells<'a, 's> {
    row: &'a Row<'s>,
    table: Table,
    /// The names of the columns, in order. SQLite is asked for them once: it takes longer to say a name than
    /// to read most cells, and a row has many.
    names: &'a [String],
}

impl<'a, 's> Cells<'a, 's> {
    /// The cells of a row that is read in a loop of its own.
    pub(super) fn of(row: &'a Row<'s>, table: Table) -> Self {
        Self { row, table, names: &[] }
    }

    /// Reads a cell of one of SQLite's own types.
    pub(super) fn get<T: FromSql>(&self, column: &'static str) -> Result<T, Trouble> {
        let known = self.names.iter().position(|name| name == column);
        let cell = known.map_or_else(|| self.row.get(column), |at| self.row.get(at));
        cell.map_err(|fault| match fault {
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => self.bad(column, fault),
            other => other.into(),
        })
    }

    /// Reads a text that must parse.
    pub(super) fn parsed<T, E: Display>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Trouble> {
        let text: String = self.get(column)?;
        parse(&text).map_err(|fault| self.bad(column, fault))
    }

    /// Reads a text that must parse where there is one.
    pub(super) fn parsed_if<T, E: Display>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Trouble> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| parse(&text)).transpose().map_err(|fault| self.bad(column, fault))
    }

    /// Reads a word of a closed list.
    pub(super) fn word<T>(
        &self,
        column: &'static str,
        from_word: fn(&str) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.parsed(column, |word| from_word(word).ok_or_else(|| unknown(word)))
    }

    /// Reads a moment.
    pub(super) fn moment(&self, column: &'static str) -> Result<Timestamp, Trouble> {
        let micros = self.get(column)?;
        Timestamp::from_microsecond(micros).map_err(|fault| self.bad(column, fault))
    }

    /// Reads a moment where there is one.
    pub(super) fn moment_if(&self, column: &'static str) -> Result<Option<Timestamp>, Trouble> {
        match self.get::<Option<i64>>(column)? {
            None => Ok(None),
            Some(_) => self.moment(column).map(Some),
        }
    }

    /// Reads a day where there is one.
    pub(super) fn day_if(&self, column: &'static str) -> Result<Option<Date>, Trouble> {
        self.parsed_if(column, str::parse)
    }

    /// Reads a count.
    pub(super) fn count<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Trouble> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|_| self.bad(column, format!("{number} is no count")))
    }

    /// Reads bytes that are stored compressed where there are any. `size` is the column with their length, which
    /// bounds what a damaged or planted frame may unpack to.
    pub(super) fn unpacked_if(
        &self,
        column: &'static str,
        size: &'static str,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(packed) = self.get::<Option<Vec<u8>>>(column)? else { return Ok(None) };
        let bytes = zstd::bulk::decompress(&packed, self.count(size)?);
        bytes.map(Some).map_err(|fault| self.bad(column, fault))
    }

    /// Reads JSON of a known form.
    pub(super) fn json<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.parsed(column, |text| json_of(text, read))
    }

    /// Reads JSON of a known form where there is some.
    pub(super) fn json_if<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Result<Option<T>, Trouble> {
        self.parsed_if(column, |text| json_of(text, read))
    }

    /// Makes the error for a cell that cannot be right.
    pub(super) fn bad(&self, column: &'static str, why: impl Display) -> Trouble {
        let row = match self.row.get_ref(self.table.key) {
            Ok(ValueRef::Integer(n)) => n.to_string(),
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            _ => "?".to_owned(),
        };
        StoreError::Inconsistent { table: self.table.name, column, row, why: why.to_string() }
            .into()
    }
}

fn unknown(word: &str) -> String {
    format!("`{word}` is not one of its words")
}

fn json_of<T>(text: &str, read: impl FnOnce(&Json) -> Option<T>) -> Result<T, String> {
    let json = serde_json::from_str(text).map_err(|fault| format!("it is not JSON: {fault}"))?;
    read(&json).ok_or_else(|| "it is not JSON of the form that is kept here".to_owned())
}

/// Runs a query and reads each of its rows.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    table: Table,
    read: impl Fn(&Cells<'_, '_>) -> Result<T, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let mut statement = connection.prepare_cached(sql)?;
    let names = names(&statement);
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&Cells { row, table, names: &names })?);
    }
    Ok(found)
}

fn names(statement: &Statement<'_>) -> Vec<String> {
    statement.column_names().into_iter().map(str::to_owned).collect()
}

/// Runs a query and reads its first row, if it has one.
pub(super) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    table: Table,
    read: impl FnOnce(&Cells<'_, '_>) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    let mut statement = connection.prepare_cached(sql)?;
    let names = names(&statement);
    let mut rows = statement.query(params)?;
    rows.next()?.map(|row| read(&Cells { row, table, names: &names })).transpose()
}

/// What a row holds, or nothing where it holds what it cannot: for rows without which the others are as good.
pub(super) fn unless_inconsistent<T>(read: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match read {
        Err(Trouble::Store(error)) if matches!(*error, StoreError::Inconsistent { .. }) => {
            let error = in_full(&*error);
            tracing::error!(error, "a row cannot be read back: the rest goes on without it");
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// Runs a statement; returns how many rows it touched.
pub(super) fn run(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<usize, Trouble> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// A moment, as stored.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// A number of rows or bytes, as stored.
pub(super) fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A day, as stored.
pub(super) fn iso(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// Evidence, as stored.
pub(super) fn evidence_json(evidence: &Evidence) -> Json {
    json!({"locator": *evidence.locator, "place": evidence.place, "quote": evidence.quote})
}

/// Reads stored evidence back.
pub(super) fn evidence(json: &Json) -> Option<Evidence> {
    let text = |name: &str| json.get(name)?.as_str();
    Some(Evidence {
        locator: text("locator")?.into(),
        place: text("place")?.to_owned(),
        quote: text("quote")?.to_owned(),
    })
}

/// Reads a JSON list of texts, each of which must parse.
pub(super) fn list<T>(json: &Json, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(|item| read(item.as_str()?)).collect()
}
