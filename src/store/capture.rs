//! How a page came: through which addresses, with which headers and when. It proves what body backs which
//! check, so the check keeps its hash. The [chain](super::chain) covers that of each check with an event or facts of
//! its own; of any other check the capture is held to the hash beside it alone.
//!
//! ```text
//! rulewatch capture 1
//! page_capture
//! snapshot 64:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
//! fetched_at 16:1772366400000000
//! chain 44:[["https://www.example.org/fees",200]]
//! headers 14:[["etag","a"]]
//!
//! ```
//!
//! Captures from before that was kept have no hash: the chain cannot have them after the fact, because its links
//! cover their checks as they were. An audit says how many there are.

use rusqlite::{Connection, params, types::ValueRef};
use serde_json::{Value as Json, json};
use url::Url;

use super::{
    chain::{Canon, ChainFault},
    error::Trouble,
    rows::{Table, first, micros, run},
};
use crate::model::{CheckId, Hop, Page, PageHeaders, SnapshotId};

pub(super) const CAPTURE: Table = Table { name: "page_capture", key: "check_id" };

/// The columns that a hash covers, in order. The check is the row's key, and has the hash.
const COLUMNS: [&str; 4] = ["snapshot", "fetched_at", "chain", "headers"];

/// A capture, as stored.
pub(super) struct Capture {
    snapshot: String,
    fetched_at: i64,
    chain: String,
    headers: String,
}

impl Capture {
    pub(super) fn of(page: &Page, snapshot: &SnapshotId) -> Self {
        let hop = |hop: &Hop| json!([hop.url.as_str(), hop.status]);
        let header = |(name, value): &(String, String)| json!([name, value]);
        Self {
            snapshot: snapshot.as_str().to_owned(),
            fetched_at: micros(page.fetched_at),
            chain: page.chain.iter().map(hop).collect::<Json>().to_string(),
            headers: page.headers.iter().map(header).collect::<Json>().to_string(),
        }
    }

    pub(super) fn hash(&self) -> String {
        hash([
            ValueRef::Text(self.snapshot.as_bytes()),
            ValueRef::Integer(self.fetched_at),
            ValueRef::Text(self.chain.as_bytes()),
            ValueRef::Text(self.headers.as_bytes()),
        ])
    }

    pub(super) fn put(&self, connection: &Connection, check: CheckId) -> Result<(), Trouble> {
        let sql = "INSERT INTO page_capture (check_id, snapshot, fetched_at, chain, headers)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let cells = params![check.0, self.snapshot, self.fetched_at, self.chain, self.headers];
        run(connection, sql, cells)?;
        Ok(())
    }
}

fn hash(cells: [ValueRef<'_>; COLUMNS.len()]) -> String {
    let mut canon = Canon::new("capture");
    canon.row("page_capture", COLUMNS.into_iter().zip(cells));
    canon.hash()
}

/// The first capture that is not as it was when its check was recorded.
pub(super) fn fault(connection: &Connection) -> Result<Option<ChainFault>, Trouble> {
    let sql = "SELECT c.id, c.capture, p.check_id, p.snapshot, p.fetched_at, p.chain, p.headers
         FROM check_run AS c LEFT JOIN page_capture AS p ON p.check_id = c.id
         WHERE c.capture IS NOT NULL ORDER BY c.id";
    let fault = |check: i64, why: &str| {
        Ok(Some(ChainFault { table: CAPTURE.name, row: check.to_string(), why: why.to_owned() }))
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut begins_at = None;
    while let Some(row) = rows.next()? {
        let check: i64 = row.get(0)?;
        begins_at.get_or_insert(check);
        if row.get_ref(2)? == ValueRef::Null {
            return fault(check, "it was taken away");
        }
        let cells = [row.get_ref(3)?, row.get_ref(4)?, row.get_ref(5)?, row.get_ref(6)?];
        if row.get::<_, String>(1)? != hash(cells) {
            return fault(check, "how the page of its check came is not as it was recorded");
        }
    }
    let sql =
        "SELECT p.check_id FROM page_capture AS p LEFT JOIN check_run AS c ON c.id = p.check_id
         WHERE p.check_id > ?1 AND c.capture IS NULL ORDER BY p.check_id LIMIT 1";
    let Some(begins_at) = begins_at else { return Ok(None) };
    match first(connection, sql, [begins_at], CAPTURE, |cells| cells.get::<i64>("check_id"))? {
        Some(check) => fault(check, "no check has it"),
        None => Ok(None),
    }
}

/// How many captures have no hash: they are from before it was kept.
pub(super) fn n_before(connection: &Connection) -> Result<u64, Trouble> {
    let sql = "SELECT count(*) AS n FROM page_capture AS p JOIN check_run AS c ON c.id = p.check_id
               WHERE c.capture IS NULL";
    let n = first(connection, sql, [], CAPTURE, |cells| cells.get::<i64>("n"))?;
    Ok(u64::try_from(n.unwrap_or(0)).unwrap_or(0))
}

/// Reads a page without its body, and the id of the body.
pub(super) fn read(
    connection: &Connection,
    check: CheckId,
) -> Result<Option<(Page, SnapshotId)>, Trouble> {
    let sql = "SELECT check_id, snapshot, fetched_at, chain, headers FROM page_capture
               WHERE check_id = ?1";
    first(connection, sql, [check.0], CAPTURE, |cells| {
        let page = Page {
            chain: cells.json("chain", chain)?,
            headers: cells.json("headers", headers)?,
            body: Vec::new(),
            fetched_at: cells.moment("fetched_at")?,
        };
        Ok((page, cells.parsed("snapshot", SnapshotId::parse)?))
    })
}

/// Reads the chain of addresses back; it has at least one hop.
fn chain(json: &Json) -> Option<Vec<Hop>> {
    let hop = |item: &Json| {
        let url = Url::parse(item.get(0)?.as_str()?).ok()?;
        Some(Hop { url, status: u16::try_from(item.get(1)?.as_u64()?).ok()? })
    };
    let hops: Vec<Hop> = json.as_array()?.iter().map(hop).collect::<Option<_>>()?;
    (!hops.is_empty()).then_some(hops)
}

fn headers(json: &Json) -> Option<PageHeaders> {
    let text = |item: &Json, n: usize| item.get(n)?.as_str().map(str::to_owned);
    json.as_array()?.iter().map(|item| Some((text(item, 0)?, text(item, 1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn no_column_stands_outside() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let sql = "SELECT name FROM pragma_table_info('page_capture') WHERE pk = 0";
        let mut columns = store.connection.prepare(sql).unwrap();
        let columns = columns.query_map([], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(columns.map(Result::unwrap).collect::<Vec<_>>(), COLUMNS);
    }
}
