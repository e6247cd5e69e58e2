//! Queries the change log. One index answers every filter, alone or combined.

use rusqlite::{Connection, named_params};

use super::{
    Store, StoreError,
    error::Trouble,
    event::{CHANGE, COLUMNS, change},
    index,
    rows::{all, micros, number},
};
use crate::model::{Change, LogFilter, Stage};

impl Store {
    /// Returns the changes a filter lets through, in the order they were seen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn changes(&self, filter: &LogFilter) -> Result<Vec<Change>, StoreError> {
        // Only punctuation and no word: no summary matches.
        if filter.text.as_deref().is_some_and(|text| !text.is_empty() && index::says_nothing(text))
        {
            return Ok(Vec::new());
        }
        let Some(today) = filter.today else {
            return self.read("changes", |connection| changes(connection, filter));
        };
        // The index has one term for announced and due; which of them it is, is known only afterwards.
        let asked = |stage| filter.stages.contains(&stage);
        let is_split = asked(Stage::Announced) != asked(Stage::Due);
        let limit = filter.limit.filter(|_| !is_split);
        let wide = LogFilter { limit, ..filter.clone() };
        let mut found = self.read("changes", |connection| changes(connection, &wide))?;
        self.mark_due(&mut found, today)?;
        found.retain(|change| filter.stages.is_empty() || asked(change.stage));
        found.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(found)
    }
}

fn changes(connection: &Connection, filter: &LogFilter) -> Result<Vec<Change>, Trouble> {
    let query = index::query(filter);
    let sql = sql(query.is_some(), filter.newest_first);
    let limit = filter.limit.map_or(-1, number);
    // Not `MIN`, which has no negation.
    let from = filter.since.map_or(-i64::MAX, |since| index::place(since, 0));
    let to = filter.until.map_or(i64::MAX, |until| index::place(until, 1));
    let params = named_params! {
        ":query": query,
        ":from": from,
        ":to": to,
        ":since": filter.since.map_or(i64::MIN, micros),
        ":until": filter.until.map_or(i64::MAX, micros),
        ":limit": limit,
    };
    all(connection, &sql, params, CHANGE, change)
}

/// The statement: places bound the walk, which follows the order of the log and stops at the limit;
/// the moments are exact within the first and last millisecond. The index counts backwards.
fn sql(by_index: bool, newest_first: bool) -> String {
    let (tables, matches, order) = if by_index {
        (
            "change_index AS i CROSS JOIN change AS c ON c.place = -i.rowid",
            "i.change_index MATCH :query AND i.rowid <= -:from AND i.rowid > -:to",
            if newest_first { "i.rowid ASC" } else { "i.rowid DESC" },
        )
    } else {
        (
            "change AS c",
            ":query IS NULL AND c.place >= :from AND c.place < :to",
            if newest_first { "c.place DESC" } else { "c.place ASC" },
        )
    };
    format!(
        "SELECT {COLUMNS} FROM {tables}
         WHERE {matches} AND c.seen_at >= :since AND c.seen_at < :until
         ORDER BY {order} LIMIT :limit"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_walks_an_index_in_the_order_of_the_log() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for (by_index, newest_first) in [(true, true), (true, false), (false, true), (false, false)]
        {
            let sql = format!("EXPLAIN QUERY PLAN {}", sql(by_index, newest_first));
            let mut statement = store.connection.prepare(&sql).unwrap();
            let steps = statement.raw_query().mapped(|row| row.get("detail"));
            let plan: Vec<String> = steps.map(Result::unwrap).collect();
            let last = plan.last().unwrap();
            assert!(last.starts_with("SEARCH c USING INTEGER PRIMARY KEY"), "{plan:?}");
            assert_eq!(plan.len(), if by_index { 2 } else { 1 }, "nothing is sorted: {plan:?}");
        }
    }
}
