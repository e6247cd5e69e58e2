//! What readers have been told, in the order of telling: for those who read on from where they were.
//!
//! The order of the log is that of the moments at which pages were seen, and something may be put in
//! before what a reader has read already. This order only grows at its end. What was told to the operator
//! alone is added when readers are told of it.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, named_params, params};

use super::{
    Store, StoreError,
    error::Trouble,
    event::{CHANGE, COLUMNS, change, due},
    hook, index,
    log::{is_for_nothing, lets_through},
    retraction::retraction,
    rows::{Cells, Table, all, first, iso, micros, number, run},
};
use crate::model::{
    Change, ChangeId, EventId, FactKey, LogFilter, SourceId, Stage, Told, ToldPlace,
};

/// A part of what was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldPage {
    /// What the filter lets through.
    pub told: Vec<Told>,
    /// The place to read on from.
    pub next: ToldPlace,
    /// Whether nothing more has been told so far.
    pub is_last: bool,
}

/// What is read of each row.
fn columns() -> String {
    format!(
        "{COLUMNS}, t.n AS n, k.imported IS NOT NULL AS is_imported, {} AS is_due,
         t.change IS NOT NULL AS is_back, x.change AS change, x.retracted_at AS retracted_at,
         x.retracted_by AS retracted_by, x.why AS why, x.ended_at AS ended_at",
        due("c.place")
    )
}

/// What these columns are read from beside rows `t` of `told` and their changes `c`.
const JOINED: &str = "JOIN event AS e ON e.id = t.event JOIN check_run AS k ON k.id = e.check_id
    LEFT JOIN retraction AS x ON x.change = t.change";

impl Store {
    /// Returns what was told after a place, as far as a filter lets it through: of at most `rows` tellings,
    /// each an event or a retraction. The filter's own limit is the caller's to keep.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn told_after(
        &self,
        filter: &LogFilter,
        after: ToldPlace,
        rows: usize,
    ) -> Result<ToldPage, StoreError> {
        let page = "SELECT n, event, change FROM told WHERE n > :from ORDER BY n LIMIT :rows";
        let end = format!("SELECT count(*) AS rows, max(n) AS last FROM ({page})");
        self.read("what was told", |connection| {
            let (read, last): (i64, Option<i64>) = connection
                .prepare_cached(&end)?
                .query_row(named_params! { ":from": after.0, ":rows": number(rows) }, |row| {
                    Ok((row.get("rows")?, row.get("last")?))
                })?;
            Ok(ToldPage {
                told: told(connection, filter, page, "ASC", (after.0, rows))?,
                next: last.map_or(after, ToldPlace),
                is_last: read < number(rows),
            })
        })
    }

    /// Returns what was told last, as far as a filter lets it through: of the last `rows` tellings, the
    /// latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn told_last(&self, filter: &LogFilter, rows: usize) -> Result<Vec<Told>, StoreError> {
        let page = "SELECT n, event, change FROM told WHERE n > :from ORDER BY n DESC LIMIT :rows";
        self.read("what was told last", |connection| {
            told(connection, filter, page, "DESC", (0, rows))
        })
    }

    /// Returns the event that was told at a place; `None` where nothing was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn told_at(&self, place: ToldPlace) -> Result<Option<EventId>, StoreError> {
        let table = Table { name: "told", key: "n" };
        self.read("what was told at a place", |connection| {
            let sql = "SELECT n, event FROM told WHERE n = ?1";
            first(connection, sql, [place.0], table, |cells| cells.parsed("event", EventId::parse))
        })
    }

    /// Returns when the last event of each source that readers were told of was seen, except those read from
    /// imported pages.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_told_of_sources(&self) -> Result<BTreeMap<SourceId, Timestamp>, StoreError> {
        let sql = "SELECT e.source AS source, max(e.seen_at) AS seen_at
             FROM told AS t JOIN event AS e ON e.id = t.event JOIN check_run AS k ON k.id = e.check_id
             WHERE t.change IS NULL AND k.imported IS NULL GROUP BY e.source";
        let table = Table { name: "event", key: "source" };
        self.read("the last events", |connection| {
            let found = all(connection, sql, [], table, |cells| {
                Ok((cells.parsed("source", SourceId::parse)?, cells.moment("seen_at")?))
            })?;
            Ok(found.into_iter().collect())
        })
    }

    /// Returns how these changes were told, in no particular order; those that were not are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn told_of(&self, changes: &[ChangeId]) -> Result<Vec<Told>, StoreError> {
        let ids: serde_json::Value = changes.iter().map(ChangeId::as_str).collect();
        let sql = format!(
            "SELECT {} FROM json_each(:ids) AS i CROSS JOIN change AS c ON c.id = i.value
             JOIN told AS t ON t.event = c.event AND t.change IS NULL {JOINED}",
            columns()
        );
        self.read("how changes were told", |connection| {
            let asked = named_params! { ":ids": ids.to_string(), ":today": None::<String> };
            all(connection, &sql, asked, CHANGE, row)
        })
    }

    /// Returns the fact sets, each with its source, of which a change that a filter lets through has a day
    /// from `from` on; with the ids of those changes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn dated(
        &self,
        filter: &LogFilter,
        from: Date,
    ) -> Result<Vec<(SourceId, FactKey, ChangeId)>, StoreError> {
        if is_for_nothing(filter) {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT c.id, c.source, c.fact FROM change AS c
             WHERE (c.effective_on >= :day OR c.expires_on >= :day) AND {} AND :today IS :today",
            lets_through(filter)
        );
        let query = index::query(filter);
        self.read("changes with a day", |connection| {
            let asked = named_params! {
                ":day": iso(Some(from)),
                ":query": query,
                ":since": filter.since.map_or(i64::MIN, micros),
                ":until": filter.until.map_or(i64::MAX, micros),
                ":today": iso(filter.today),
            };
            all(connection, &sql, asked, CHANGE, |cells| {
                Ok((
                    cells.parsed("source", SourceId::parse)?,
                    cells.parsed("fact", FactKey::parse)?,
                    cells.parsed("id", ChangeId::parse)?,
                ))
            })
        })
    }

    /// Returns everything that was told of a fact set of a source, in the order of telling, except what was
    /// read from imported pages.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn told_of_fact(&self, source: &SourceId, fact: &FactKey) -> Result<Vec<Told>, StoreError> {
        let sql = format!(
            "SELECT {} FROM change AS c
             JOIN told AS t ON t.event = c.event AND (t.change IS NULL OR t.change = c.id) {JOINED}
             WHERE c.source = :source AND c.fact = :fact AND k.imported IS NULL
             ORDER BY t.n, c.place",
            columns()
        );
        self.read("what was told of a fact set", |connection| {
            let asked = named_params! {
                ":source": source.as_str(),
                ":fact": fact.as_str(),
                ":today": None::<String>,
            };
            all(connection, &sql, asked, CHANGE, row)
        })
    }
}

fn told(
    connection: &Connection,
    filter: &LogFilter,
    page: &str,
    direction: &str,
    (from, rows): (i64, usize),
) -> Result<Vec<Told>, Trouble> {
    if is_for_nothing(filter) {
        return Ok(Vec::new());
    }
    let sql = format!(
        "WITH t AS ({page}) SELECT {} FROM t
         CROSS JOIN change AS c ON c.event = t.event AND (t.change IS NULL OR c.id = t.change) {JOINED}
         WHERE {} ORDER BY t.n {direction}, c.place {direction}",
        columns(),
        lets_through(filter)
    );
    let asked = named_params! {
        ":from": from,
        ":rows": number(rows),
        ":query": index::query(filter),
        ":since": filter.since.map_or(i64::MIN, micros),
        ":until": filter.until.map_or(i64::MAX, micros),
        ":today": iso(filter.today),
    };
    all(connection, &sql, asked, CHANGE, row)
}

fn row(cells: &Cells<'_, '_>) -> Result<Told, Trouble> {
    let mut change: Change = change(cells)?;
    if cells.get("is_due")? {
        change.stage = Stage::Due;
    }
    Ok(Told {
        place: ToldPlace(cells.get("n")?),
        change,
        is_imported: cells.get("is_imported")?,
        is_quiet: false,
        taken_back: if cells.get("is_back")? { Some(retraction(cells)?) } else { None },
    })
}

/// Notes that an event is told, and enqueues the calls of hooks that hear it. `at` is when; `None` for a page
/// of the past, of which nobody is told.
pub(super) fn tell(
    connection: &Connection,
    event: &EventId,
    at: Option<Timestamp>,
) -> Result<(), Trouble> {
    let sql = "INSERT INTO told (event) VALUES (?1) ON CONFLICT DO NOTHING";
    run(connection, sql, [event.as_str()])?;
    at.map_or(Ok(()), |at| hook::enqueue(connection, event, at))
}

/// Tells readers everything of a source that only the operator was told until now.
pub(super) fn tell_untold(
    connection: &Connection,
    source: &SourceId,
    at: Timestamp,
) -> Result<(), Trouble> {
    let sql = "SELECT u.event AS id FROM untold AS u JOIN event AS e ON e.id = u.event
         WHERE u.source = ?1 AND u.told_at IS NULL ORDER BY e.check_id";
    let table = Table { name: "untold", key: "id" };
    let events =
        all(connection, sql, [source.as_str()], table, |cells| cells.parsed("id", EventId::parse))?;
    events.iter().try_for_each(|event| tell(connection, event, Some(at)))
}

/// Notes that a change is taken back, if readers were told of it.
pub(super) fn take_back(connection: &Connection, change: &Change) -> Result<(), Trouble> {
    let sql = "INSERT INTO told (event, change)
         SELECT event, ?2 FROM told WHERE event = ?1 AND change IS NULL ON CONFLICT DO NOTHING";
    run(connection, sql, params![change.event.as_str(), change.id.as_str()])?;
    Ok(())
}
