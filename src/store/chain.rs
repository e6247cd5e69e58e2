//! The chain: proof that history is what was written.
//!
//! Every event has a *link*: its own hash and the hash of the event inserted before it. A hash is a
//! SHA-256 over text that anybody can rebuild from the database:
//!
//! ```text
//! rulewatch event 1
//! link
//! previous 64:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
//!
//! event
//! id 21:e0123456789abcdef0123
//! source 4:fees
//! …
//! ```
//!
//! A row is its table's name, a line for each column that is not NULL (name, a space, the length in
//! bytes, a colon, the value as text), and an empty line. A column that a later migration adds
//! therefore changes no old hash. In order: the event; its check; its changes, by place; and a row of
//! `facts_written`, with the `capture` of its check, for every check that wrote facts since the event
//! before, by number. Those rows in turn hold hashes: of what the check wrote into `fact_set` and then
//! `record_state`, by number, after the line `rulewatch facts 1`; and of [how its page came](super::capture).
//!
//! The first link covers what was recorded before the chain began: its `previous` is the hash of all
//! earlier events (each with its check and changes, in order) and all earlier facts, after the line
//! `rulewatch before 1`.
//!
//! None of it contains an address. The chain cannot show that its end was cut off: for that, keep the
//! newest hash ([`ChainReport::head`]) somewhere else.

use data_encoding::HEXLOWER;
use rusqlite::{Connection, Params, params, types::ValueRef};
use sha2::{Digest as _, Sha256};

use super::{
    Store, StoreError, capture,
    error::Trouble,
    rows::{Table, all, first, run},
};
use crate::model::{CheckId, EventId};

const CHAIN: Table = Table { name: "chain", key: "n" };
const WRITTEN: Table = Table { name: "facts_written", key: "check_id" };

const EVENT: &str = "SELECT id, source, check_id, seen_at FROM event WHERE id = ?1";

const CHECK: &str = "SELECT c.id, c.source, c.started_at, c.seen_at, c.ended_at, c.outcome,
    c.reason_word, c.reason, c.accepted, c.snapshot, c.recipe, c.reader, c.records, c.updates,
    c.imported, c.capture FROM check_run AS c JOIN event AS e ON e.check_id = c.id WHERE e.id = ?1";

const CHANGES: &str = "SELECT place, id, event, seen_at, last_seen_unchanged_at, published_on,
    effective_on, expires_on, applies_to, stage, jurisdiction, program, source, fact, record, field,
    kind, old, new, severity, rules, summary_en, summary_fr, url, snapshot, before, after
    FROM change WHERE event = ?1 ORDER BY place";

const SETS: &str = "SELECT id, source, fact, check_id, seen_at, kind, notes, effective, expires,
    applies_to FROM fact_set WHERE id > ?1 AND id <= ?2 ORDER BY id";

/// A record's state together with its record's key, which is part of what it says.
const STATES: &str = "SELECT s.id, s.record_id, r.source, r.fact, r.record, s.check_id, s.seen_at,
    s.fields, s.evidence FROM record_state AS s LEFT JOIN record AS r ON r.id = s.record_id
    WHERE s.id > ?1 AND s.id <= ?2 ORDER BY s.id";

/// The events from before the chain, in the order they were recorded.
const UNCHAINED: &str = "SELECT e.id FROM event AS e
    WHERE e.check_id < ?1 AND NOT EXISTS (SELECT 1 FROM chain WHERE event = e.id)
    ORDER BY e.check_id";

/// The result of a walk along the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The number of events in the chain.
    pub n_events: u64,
    /// The number of events from before it; its first link covers them.
    pub n_before: u64,
    /// The number of captures from before the chain had them.
    pub n_captures_before: u64,
    /// The hash of the newest event that passes.
    pub head: Option<String>,
    /// The first row that fails, if one does.
    pub fault: Option<ChainFault>,
}

/// A row that differs from what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table} {row}: {why}")]
pub struct ChainFault {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: String,
    /// How it differs.
    pub why: String,
}

impl Store {
    /// Walks the chain from its beginning and reports the first row that fails.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn verify_chain(&self) -> Result<ChainReport, StoreError> {
        self.read("the chain", verify)
    }
}

/// Text that is hashed row by row.
pub(super) struct Canon(Sha256);

impl Canon {
    pub(super) fn new(head: &str) -> Self {
        Self(Sha256::new_with_prefix(format!("rulewatch {head} 1\n")))
    }

    /// Adds a row: its table, and its columns by name.
    pub(super) fn row<'a>(
        &mut self,
        table: &str,
        cells: impl Iterator<Item = (&'a str, ValueRef<'a>)>,
    ) {
        self.0.update(format!("{table}\n"));
        for (name, cell) in cells {
            let number;
            let value = match cell {
                ValueRef::Null => continue,
                ValueRef::Integer(n) => {
                    number = n.to_string();
                    number.as_bytes()
                }
                ValueRef::Real(x) => {
                    number = x.to_string();
                    number.as_bytes()
                }
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            };
            self.0.update(format!("{name} {}:", value.len()));
            self.0.update(value);
            self.0.update("\n");
        }
        self.0.update("\n");
    }

    /// Adds every row of a query.
    fn rows(
        &mut self,
        connection: &Connection,
        table: &str,
        sql: &str,
        params: impl Params,
    ) -> Result<usize, Trouble> {
        let mut statement = connection.prepare_cached(sql)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query(params)?;
        let mut n = 0;
        while let Some(row) = rows.next()? {
            let cells: Result<Vec<_>, _> = (0..names.len()).map(|i| row.get_ref(i)).collect();
            self.row(table, names.iter().map(String::as_str).zip(cells?));
            n += 1;
        }
        Ok(n)
    }

    /// Adds an event with its check and its changes.
    fn event(&mut self, connection: &Connection, event: &str) -> Result<(), Trouble> {
        self.rows(connection, "event", EVENT, [event])?;
        self.rows(connection, "check_run", CHECK, [event])?;
        self.rows(connection, "change", CHANGES, [event])?;
        Ok(())
    }

    /// Adds the facts in a range of rows.
    fn facts(&mut self, connection: &Connection, from: Mark, to: Mark) -> Result<usize, Trouble> {
        let sets = self.rows(connection, "fact_set", SETS, [from.sets, to.sets])?;
        let states = self.rows(connection, "record_state", STATES, [from.states, to.states])?;
        Ok(sets + states)
    }

    pub(super) fn hash(self) -> String {
        HEXLOWER.encode(&self.0.finalize())
    }
}

/// The last rows of facts at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    sets: i64,
    states: i64,
}

impl Mark {
    const START: Self = Self { sets: 0, states: 0 };

    /// The last rows at present.
    pub(super) fn now(connection: &Connection) -> Result<Self, Trouble> {
        let last = |table: &str| {
            connection
                .prepare_cached(&format!("SELECT coalesce(max(id), 0) FROM {table}"))?
                .query_row([], |row| row.get(0))
        };
        Ok(Self { sets: last("fact_set")?, states: last("record_state")? })
    }
}

/// Notes what facts a check wrote since `from`, if any.
pub(super) fn note_facts(
    connection: &Connection,
    check: CheckId,
    from: Mark,
) -> Result<(), Trouble> {
    let to = Mark::now(connection)?;
    if to == from {
        return Ok(());
    }
    let sql = "INSERT INTO facts_written
        (check_id, sets_after, sets_until, states_after, states_until, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let hash = facts_hash(connection, from, to)?;
    run(connection, sql, params![check.0, from.sets, to.sets, from.states, to.states, hash])?;
    Ok(())
}

fn facts_hash(connection: &Connection, from: Mark, to: Mark) -> Result<String, Trouble> {
    let mut canon = Canon::new("facts");
    canon.facts(connection, from, to)?;
    Ok(canon.hash())
}

/// Links an event, whose rows are already written, to the one inserted before it.
pub(super) fn link(
    connection: &Connection,
    check: CheckId,
    event: &EventId,
) -> Result<(), Trouble> {
    let sql = "SELECT c.n, c.hash, e.check_id FROM chain AS c JOIN event AS e ON e.id = c.event
               ORDER BY c.n DESC LIMIT 1";
    let last = first(connection, sql, [], CHAIN, |cells| {
        Ok((cells.get::<String>("hash")?, cells.get::<i64>("check_id")?))
    })?;
    let (previous, after) = match last {
        Some((hash, after)) => (hash, after),
        None => (before_chain(connection, check.0)?, 0),
    };
    let hash = link_hash(connection, &previous, event.as_str(), after, check.0)?;
    let sql = "INSERT INTO chain (event, previous, hash) VALUES (?1, ?2, ?3)";
    run(connection, sql, params![event.as_str(), previous, hash])?;
    Ok(())
}

/// The hash of an event: over the link before it, its rows, and the facts written by the checks after
/// `after` up to its own.
fn link_hash(
    connection: &Connection,
    previous: &str,
    event: &str,
    after: i64,
    check: i64,
) -> Result<String, Trouble> {
    let mut canon = Canon::new("event");
    canon.row("link", [("previous", ValueRef::Text(previous.as_bytes()))].into_iter());
    canon.event(connection, event)?;
    let sql =
        "SELECT f.check_id, f.sets_after, f.sets_until, f.states_after, f.states_until, f.hash,
               c.capture FROM facts_written AS f LEFT JOIN check_run AS c ON c.id = f.check_id
               WHERE f.check_id > ?1 AND f.check_id <= ?2 ORDER BY f.check_id";
    canon.rows(connection, "facts_written", sql, [after, check])?;
    Ok(canon.hash())
}

/// The hash of everything from before the chain; `check` is the check of the chain's first event.
fn before_chain(connection: &Connection, check: i64) -> Result<String, Trouble> {
    let mut canon = Canon::new("before");
    for event in unchained(connection, check)? {
        canon.event(connection, &event)?;
    }
    canon.facts(connection, Mark::START, first_mark(connection)?)?;
    Ok(canon.hash())
}

fn unchained(connection: &Connection, check: i64) -> Result<Vec<String>, Trouble> {
    let table = Table { name: "event", key: "id" };
    all(connection, UNCHAINED, [check], table, |cells| cells.get("id"))
}

/// The last rows of facts from before the chain: those before the first that a check noted.
fn first_mark(connection: &Connection) -> Result<Mark, Trouble> {
    let sql = "SELECT check_id, sets_after, states_after FROM facts_written
               ORDER BY check_id LIMIT 1";
    let mark = first(connection, sql, [], WRITTEN, |cells| {
        Ok(Mark { sets: cells.get("sets_after")?, states: cells.get("states_after")? })
    })?;
    mark.map_or_else(|| Mark::now(connection), Ok)
}

/// One link, as stored.
struct Link {
    event: String,
    check: i64,
    previous: String,
    hash: String,
}

fn verify(connection: &Connection) -> Result<ChainReport, Trouble> {
    // A left join: an event that was deleted leaves its link behind.
    let sql = "SELECT c.n, c.event, c.previous, c.hash, coalesce(e.check_id, 0) AS check_id
               FROM chain AS c LEFT JOIN event AS e ON e.id = c.event ORDER BY c.n";
    let links = all(connection, sql, [], CHAIN, |cells| {
        Ok(Link {
            event: cells.get("event")?,
            check: cells.get("check_id")?,
            previous: cells.get("previous")?,
            hash: cells.get("hash")?,
        })
    })?;
    let beginning = links.first().map_or(i64::MAX, |link| link.check);
    let n_before = u64::try_from(unchained(connection, beginning)?.len()).unwrap_or(u64::MAX);
    let n_captures_before = capture::n_before(connection)?;
    let mut report =
        ChainReport { n_events: 0, n_before, n_captures_before, head: None, fault: None };
    report.fault = facts_fault(connection)?;
    if report.fault.is_none() {
        report.fault = links_fault(connection, &links, &mut report)?;
    }
    if report.fault.is_none() {
        report.fault = outsider(connection, beginning)?;
    }
    if report.fault.is_none() {
        report.fault = capture::fault(connection)?;
    }
    Ok(report)
}

/// The first link that fails.
fn links_fault(
    connection: &Connection,
    links: &[Link],
    report: &mut ChainReport,
) -> Result<Option<ChainFault>, Trouble> {
    let Some(first) = links.first() else { return Ok(None) };
    let fault = |link: &Link, why: &str| {
        let (row, why) = (link.event.clone(), why.to_owned());
        Ok(Some(ChainFault { table: "event", row, why }))
    };
    let (mut previous, mut after) = (before_chain(connection, first.check)?, 0);
    for link in links {
        if link.previous != previous {
            let why = match report.head {
                Some(_) => "the event before it is not the one that was there when it was recorded",
                None => "what was recorded before the chain began is not as it was",
            };
            return fault(link, why);
        }
        if link_hash(connection, &previous, &link.event, after, link.check)? != link.hash {
            return fault(link, "it, its check or one of its changes is not as it was recorded");
        }
        (previous, after) = (link.hash.clone(), link.check);
        report.n_events += 1;
        report.head = Some(link.hash.clone());
    }
    Ok(None)
}

/// The first check whose facts differ from what it wrote.
fn facts_fault(connection: &Connection) -> Result<Option<ChainFault>, Trouble> {
    let sql = "SELECT check_id, sets_after, sets_until, states_after, states_until, hash
               FROM facts_written ORDER BY check_id";
    let written = all(connection, sql, [], WRITTEN, |cells| {
        let from = Mark { sets: cells.get("sets_after")?, states: cells.get("states_after")? };
        let to = Mark { sets: cells.get("sets_until")?, states: cells.get("states_until")? };
        Ok((cells.get::<i64>("check_id")?, from, to, cells.get::<String>("hash")?))
    })?;
    let fault = |check: i64, why: &str| ChainFault {
        table: "check_run",
        row: check.to_string(),
        why: why.to_owned(),
    };
    let mut last: Option<(i64, Mark)> = None;
    for (check, from, to, hash) in written {
        if last.is_some_and(|(_, end)| end != from) {
            return Ok(Some(fault(check, "facts were put or taken away before those it wrote")));
        }
        if facts_hash(connection, from, to)? != hash {
            return Ok(Some(fault(check, "the facts it wrote are not as they were")));
        }
        last = Some((check, to));
    }
    match last {
        Some((check, end)) if Mark::now(connection)? != end => {
            Ok(Some(fault(check, "facts were put or taken away after those it wrote")))
        }
        _ => Ok(None),
    }
}

/// An event that is missing from the chain, though it was recorded after the chain's first.
fn outsider(connection: &Connection, beginning: i64) -> Result<Option<ChainFault>, Trouble> {
    let sql = "SELECT e.id FROM event AS e
        WHERE e.check_id > ?1 AND NOT EXISTS (SELECT 1 FROM chain WHERE event = e.id)
        ORDER BY e.check_id LIMIT 1";
    let table = Table { name: "event", key: "id" };
    let event = first(connection, sql, [beginning], table, |cells| cells.get("id"))?;
    let why = "it is not in the chain".to_owned();
    Ok(event.map(|row| ChainFault { table: "event", row, why }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> String {
        HEXLOWER.encode(&Sha256::digest(text))
    }

    #[test]
    fn a_row_is_hashed_as_the_text_that_is_documented() {
        let mut canon = Canon::new("event");
        canon.row("link", [("previous", ValueRef::Text(b"00ff"))].into_iter());
        let cells = [
            ("id", ValueRef::Text(b"e1")),
            ("field", ValueRef::Null),
            ("seen_at", ValueRef::Integer(-17)),
            ("old", ValueRef::Text("é\nx 1:y".as_bytes())),
        ];
        canon.row("change", cells.into_iter());
        let text = "rulewatch event 1\nlink\nprevious 4:00ff\n\n\
            change\nid 2:e1\nseen_at 3:-17\nold 8:é\nx 1:y\n\n";
        assert_eq!(canon.hash(), hash(text));
    }

    #[test]
    fn no_column_stands_outside() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for (table, sql) in [
            ("event", EVENT),
            ("check_run", CHECK),
            ("change", CHANGES),
            ("fact_set", SETS),
            ("record_state", STATES),
        ] {
            let statement = store.connection.prepare(sql).unwrap();
            let hashed = statement.column_names();
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let mut columns = store.connection.prepare(&columns).unwrap();
            let columns = columns.query_map([], |row| row.get::<_, String>(0)).unwrap();
            for column in columns.map(Result::unwrap) {
                assert!(hashed.contains(&column.as_str()), "{table}.{column}");
            }
        }
    }
}
