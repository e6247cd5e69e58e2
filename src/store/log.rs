//! Queries the change log. One index answers every filter, alone or combined.
//!
//! The log is read in pages, each a read of its own, so that a log of any length is handed on in bounded
//! memory, and a slow reader holds up nobody.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::{Connection, named_params};

use super::{
    Store, StoreError,
    error::Trouble,
    event::{CHANGE, COLUMNS, STANDS, change, due},
    index,
    rows::{Table, all, iso, micros, number},
};
use crate::model::{Change, ChangeId, EventId, LogFilter, Stage};

/// A place in the log, from which it can be read on. Its number means nothing but the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPlace(pub i64);

/// A part of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Its changes.
    pub changes: Vec<Change>,
    /// The place to read on from; `None` at the end of the log.
    pub next: Option<LogPlace>,
}

/// How many changes are read at a time.
const PAGE: usize = 1000;

/// The fewest characters that are shown of an id, so that it does not look like a word or number.
const SHORTEST: usize = 8;

impl Store {
    /// Returns the changes a filter lets through, in the order they were seen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn changes(&self, filter: &LogFilter) -> Result<Vec<Change>, StoreError> {
        let limit = filter.limit.unwrap_or(usize::MAX);
        let (mut found, mut after) = (Vec::new(), None);
        while found.len() < limit {
            let page = self.log_page(filter, after, PAGE.min(limit - found.len()))?;
            found.extend(page.changes);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Returns at most `size` of the changes a filter lets through, those that follow a place; the
    /// filter's own limit is the caller's to keep.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn log_page(
        &self,
        filter: &LogFilter,
        after: Option<LogPlace>,
        size: usize,
    ) -> Result<LogPage, StoreError> {
        if is_for_nothing(filter) {
            return Ok(LogPage { changes: Vec::new(), next: None });
        }
        let found = self.read("changes", |connection| page(connection, filter, after, size))?;
        let is_last = found.len() < size;
        let next = found.last().map(|(place, _)| *place).filter(|_| !is_last);
        Ok(LogPage { changes: found.into_iter().map(|(_, change)| change).collect(), next })
    }

    /// Returns the changes that were announced for a day and that nothing was recorded after, the earliest day
    /// first: those that are due on a day are at that stage.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_announcements(&self, today: Date) -> Result<Vec<Change>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, {} AS is_due
             FROM open_announcement AS a CROSS JOIN change AS c ON c.place = a.place
             WHERE {STANDS} ORDER BY a.effective_on, a.place",
            due("a.place")
        );
        let params = named_params! { ":today": iso(Some(today)) };
        self.read("what is announced", |connection| {
            all(connection, &sql, params, CHANGE, |cells| {
                let mut change = change(cells)?;
                if cells.get("is_due")? {
                    change.stage = Stage::Due;
                }
                Ok(change)
            })
        })
    }

    /// Returns how many characters of each id are enough to tell it from every other.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn shortest_ids(&self, ids: &[ChangeId]) -> Result<Vec<usize>, StoreError> {
        self.read("ids of changes", |connection| {
            let mut before =
                connection.prepare_cached("SELECT max(id) FROM change WHERE id < ?1")?;
            let mut after =
                connection.prepare_cached("SELECT min(id) FROM change WHERE id > ?1")?;
            let mut lengths = Vec::with_capacity(ids.len());
            for id in ids {
                let mut length = SHORTEST;
                for statement in [&mut before, &mut after] {
                    let other: Option<String> =
                        statement.query_row([id.as_str()], |row| row.get(0))?;
                    let shared = other.map_or(0, |other| shared(id.as_str(), &other));
                    length = length.max(shared + 1);
                }
                lengths.push(length.min(id.as_str().len()));
            }
            Ok(lengths)
        })
    }

    /// Returns those of these events that were imported: their pages are of the past.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn imported_events<'a>(
        &self,
        events: impl Iterator<Item = &'a EventId>,
    ) -> Result<BTreeSet<EventId>, StoreError> {
        let ids: BTreeSet<&str> = events.map(EventId::as_str).collect();
        let json = serde_json::Value::from_iter(ids).to_string();
        let sql =
            "SELECT e.id AS id FROM json_each(?1) AS k CROSS JOIN event AS e ON e.id = k.value
             JOIN check_run AS c ON c.id = e.check_id WHERE c.imported IS NOT NULL";
        let table = Table { name: "event", key: "id" };
        self.read("imported events", |connection| {
            let found =
                all(connection, sql, [json], table, |cells| cells.parsed("id", EventId::parse))?;
            Ok(found.into_iter().collect())
        })
    }
}

/// How many bytes two ids have in common at their beginning.
fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

fn page(
    connection: &Connection,
    filter: &LogFilter,
    after: Option<LogPlace>,
    size: usize,
) -> Result<Vec<(LogPlace, Change)>, Trouble> {
    let query = index::query(filter);
    let stages = Stages::of(filter);
    let by = match &query {
        _ if stages == Stages::Due && is_only_by_stage(filter) => By::Open,
        Some(_) if stages == Stages::Due => By::IndexAndOpen,
        Some(_) => By::Index,
        None => By::Place,
    };
    let sql = by.sql(stages, &index::on_row(filter), filter.newest_first);
    // Not `MIN`, which has no negation.
    let mut from = filter.since.map_or(-i64::MAX, |since| index::place(since, 0));
    let mut to = filter.until.map_or(i64::MAX, |until| index::place(until, 1));
    match after {
        Some(LogPlace(place)) if filter.newest_first => to = to.min(place),
        Some(LogPlace(place)) => from = from.max(place + 1),
        None => {}
    }
    let params = named_params! {
        ":query": query,
        ":today": iso(filter.today),
        ":from": from,
        ":to": to,
        ":since": filter.since.map_or(i64::MIN, micros),
        ":until": filter.until.map_or(i64::MAX, micros),
        ":limit": number(size),
    };
    all(connection, &sql, params, CHANGE, |cells| {
        let mut change = change(cells)?;
        if cells.get("is_due")? {
            change.stage = Stage::Due;
        }
        Ok((LogPlace(cells.get("place")?), change))
    })
}

/// Whether a filter asks for words and names none, only punctuation: no summary matches.
pub(super) fn is_for_nothing(filter: &LogFilter) -> bool {
    filter.text.as_deref().is_some_and(|text| !text.is_empty() && index::says_nothing(text))
}

/// Whether a filter lets the change `c` through, as a condition: for a walk along another order than the
/// index's. Its parameters are `:query`, `:since`, `:until` and `:today`.
pub(super) fn lets_through(filter: &LogFilter) -> String {
    format!(
        "(:query IS NULL OR EXISTS (SELECT 1 FROM change_index AS i
            WHERE i.change_index MATCH :query AND i.rowid = -c.place))
         AND c.seen_at >= :since AND c.seen_at < :until AND {} AND {}",
        Stages::of(filter).condition("c.place"),
        index::on_row(filter)
    )
}

/// Whether a filter asks for stages and nothing else that the index knows.
fn is_only_by_stage(filter: &LogFilter) -> bool {
    index::query(&LogFilter { stages: Vec::new(), ..filter.clone() }).is_none()
}

/// What the index cannot tell of the stages that are asked for: it has one term for announced and due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stages {
    /// Nothing.
    Plain,
    /// Of what was announced, only what is not due.
    NotDue,
    /// Of what was announced, only what is due, beside other stages.
    DueAndOthers,
    /// Only what is due.
    Due,
}

impl Stages {
    fn of(filter: &LogFilter) -> Self {
        let asked = |stage| filter.stages.contains(&stage);
        match (asked(Stage::Announced), asked(Stage::Due)) {
            // Nothing is due where no day is given.
            _ if filter.today.is_none() => Self::Plain,
            (true, false) => Self::NotDue,
            (false, true) if filter.stages.iter().all(|stage| *stage == Stage::Due) => Self::Due,
            (false, true) => Self::DueAndOthers,
            (true, true) | (false, false) => Self::Plain,
        }
    }

    /// As a condition on the change at a place, an expression.
    fn condition(self, place: &str) -> String {
        match self {
            Self::Plain => "TRUE".to_owned(),
            Self::NotDue => format!("NOT {}", due(place)),
            Self::DueAndOthers => format!("(c.stage <> 'announced' OR {})", due(place)),
            Self::Due => due(place),
        }
    }
}

/// What a page of the log is read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The log itself: only time limits it.
    Place,
    /// The index of terms.
    Index,
    /// The open announcements, which are few however long the log is.
    Open,
    /// The index, and of what it finds only the open announcements.
    IndexAndOpen,
}

impl By {
    /// The statement: places bound the walk, which follows the order of the log and stops at the limit;
    /// the moments are exact within the first and last millisecond. The index counts backwards.
    fn sql(self, stages: Stages, on_row: &str, newest_first: bool) -> String {
        const FROM_INDEX: &str =
            "i.change_index MATCH :query AND i.rowid <= -:from AND i.rowid > -:to";
        // The place is that of the walk: what is not due, or is, is left out before its row is read.
        let (tables, matches, order, place) = match self {
            Self::Place => (
                "change AS c",
                ":query IS NULL AND c.place >= :from AND c.place < :to",
                "c.place",
                "c.place",
            ),
            Self::Index => (
                "change_index AS i CROSS JOIN change AS c ON c.place = -i.rowid",
                FROM_INDEX,
                "i.rowid",
                "-i.rowid",
            ),
            Self::Open => (
                "open_announcement AS a CROSS JOIN change AS c ON c.place = a.place",
                ":query IS :query AND a.place >= :from AND a.place < :to",
                "a.place",
                "a.place",
            ),
            Self::IndexAndOpen => (
                "change_index AS i CROSS JOIN open_announcement AS a ON a.place = -i.rowid
                 CROSS JOIN change AS c ON c.place = a.place",
                FROM_INDEX,
                "i.rowid",
                "a.place",
            ),
        };
        let is_reversed = order == "i.rowid";
        let direction = if newest_first == is_reversed { "ASC" } else { "DESC" };
        format!(
            "SELECT {COLUMNS}, c.place AS place, {} AS is_due FROM {tables}
             WHERE {matches} AND c.seen_at >= :since AND c.seen_at < :until AND {} AND {on_row}
             ORDER BY {order} {direction} LIMIT :limit",
            due(place),
            stages.condition(place)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_walks_an_index_in_the_order_of_the_log() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let ways = [
            (By::Place, Stages::Plain, 1),
            (By::Index, Stages::NotDue, 2),
            (By::Index, Stages::DueAndOthers, 2),
            (By::Open, Stages::Due, 2),
            (By::IndexAndOpen, Stages::Due, 3),
        ];
        for (by, stages, n_steps) in ways {
            for newest_first in [true, false] {
                let sql = format!("EXPLAIN QUERY PLAN {}", by.sql(stages, "TRUE", newest_first));
                let mut statement = store.connection.prepare(&sql).unwrap();
                let steps = statement.raw_query().mapped(|row| row.get("detail"));
                let mut plan: Vec<String> = steps.map(Result::unwrap).collect();
                // Whether a change is due is looked up for each.
                let of_due = ["SUBQUERY", "SEARCH o "];
                plan.retain(|step| !of_due.iter().any(|part| step.contains(part)));
                let last = plan.last().unwrap();
                assert!(last.starts_with("SEARCH c USING INTEGER PRIMARY KEY"), "{plan:?}");
                assert_eq!(plan.len(), n_steps, "nothing is sorted: {plan:?}");
            }
        }
    }
}
