//! Snapshots: bodies by their hash, and the captures that prove how each was fetched.
//!
//! A body is stored once, however often it is fetched. It is hashed again on every read: the result
//! is what was stored, or an error.

use std::fmt::Write as _;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{
    Store, StoreError,
    error::Trouble,
    rows::{Table, first, micros, number, run},
};
use crate::model::{CheckId, Hop, Page, PageHeaders, SnapshotId, SourceId};

const SNAPSHOT: Table = Table { name: "snapshot", key: "id" };
pub(super) const CAPTURE: Table = Table { name: "page_capture", key: "check_id" };

/// The zstd level. The default makes a page four times smaller in a millisecond; the next levels
/// save a tenth more for many times the work.
const EFFORT: i32 = 3;

/// Returns the id of a body: its SHA-256.
#[must_use]
pub fn snapshot_id(body: &[u8]) -> SnapshotId {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(body) {
        let _ = write!(hex, "{byte:02x}");
    }
    SnapshotId::parse(&hex).expect("32 bytes in hexadecimal are an id")
}

impl Store {
    /// Returns the body of a snapshot, verified by its hash.
    ///
    /// # Errors
    /// When it is altered or damaged, or the database cannot be read.
    pub fn snapshot(&self, id: &SnapshotId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("a snapshot", |connection| body(connection, id))
    }

    /// Returns the page of the last check of a source whose facts were accepted, as it came: a new
    /// recipe reads it again.
    ///
    /// # Errors
    /// When it is altered or damaged, or the database cannot be read.
    pub fn last_page(&self, source: &SourceId) -> Result<Option<Page>, StoreError> {
        self.read("the last page", |connection| {
            let check: Option<i64> = connection
                .prepare_cached(
                    "SELECT c.id FROM check_run AS c JOIN page_capture AS p ON p.check_id = c.id
                     WHERE c.source = ?1 AND c.accepted = 1
                     ORDER BY c.seen_at DESC, c.id DESC LIMIT 1",
                )?
                .query_row([source.as_str()], |row| row.get(0))
                .optional()?;
            check.map_or(Ok(None), |check| page(connection, CheckId(check)))
        })
    }

    /// Returns the page of a check, as it came.
    ///
    /// # Errors
    /// When it is altered or damaged, or the database cannot be read.
    pub fn page(&self, check: CheckId) -> Result<Option<Page>, StoreError> {
        self.read("a page", |connection| page(connection, check))
    }

    /// Returns how the page of a check came: the page without its body, which may not be kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn capture(&self, check: CheckId) -> Result<Option<Page>, StoreError> {
        let found = self.read("a capture", |connection| capture(connection, check))?;
        Ok(found.map(|(page, _)| page))
    }
}

/// A body made ready to be stored, outside of any transaction.
pub(super) struct Packed {
    pub(super) id: SnapshotId,
    /// `None` when it is stored already.
    body: Option<Vec<u8>>,
    size: usize,
}

/// Compresses a body, unless it is stored already.
pub(super) fn pack(connection: &Connection, body: &[u8]) -> Result<Packed, Trouble> {
    let id = snapshot_id(body);
    let known = connection
        .prepare_cached("SELECT 1 FROM snapshot WHERE id = ?1 AND length(body) > 0")?
        .exists([id.as_str()])?;
    let packed = if known { None } else { Some(compress(body)?) };
    Ok(Packed { id, body: packed, size: body.len() })
}

/// Stores a body that is not stored yet.
pub(super) fn put(connection: &Connection, packed: &Packed, at: i64) -> Result<(), Trouble> {
    let Some(body) = &packed.body else { return Ok(()) };
    run(
        connection,
        "INSERT INTO snapshot (id, body, size_bytes, first_seen_at, frame)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, frame = excluded.frame
         WHERE length(snapshot.body) = 0",
        params![packed.id.as_str(), body, number(packed.size), at, snapshot_id(body).as_str()],
    )?;
    Ok(())
}

/// Stores the proof of a page: addresses, headers and time.
pub(super) fn put_capture(
    connection: &Connection,
    check: CheckId,
    snapshot: &SnapshotId,
    page: &Page,
) -> Result<(), Trouble> {
    let chain: Json = page.chain.iter().map(|hop| json!([hop.url.as_str(), hop.status])).collect();
    let headers: Json = page.headers.iter().map(|(name, value)| json!([name, value])).collect();
    run(
        connection,
        "INSERT INTO page_capture (check_id, snapshot, fetched_at, chain, headers)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            check.0,
            snapshot.as_str(),
            micros(page.fetched_at),
            chain.to_string(),
            headers.to_string()
        ],
    )?;
    Ok(())
}

/// Compresses with zstd, with a checksum in the frame.
pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>, Trouble> {
    let pack = || {
        let mut compressor = zstd::bulk::Compressor::new(EFFORT)?;
        compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true))?;
        compressor.compress(bytes)
    };
    pack().map_err(|source| StoreError::Compress { source }.into())
}

/// Reads a body back and verifies it.
pub(super) fn body(connection: &Connection, id: &SnapshotId) -> Result<Option<Vec<u8>>, Trouble> {
    let sql = "SELECT id, body, size_bytes, frame FROM snapshot WHERE id = ?1";
    let kept = first(connection, sql, [id.as_str()], SNAPSHOT, |cells| {
        let (packed, size) = (cells.get::<Vec<u8>>("body")?, cells.count::<usize>("size_bytes")?);
        Ok((packed, size, cells.parsed_if("frame", SnapshotId::parse)?))
    })?;
    let Some((packed, size, frame)) = kept else { return Ok(None) };
    // Retention has deleted it: see `retention`.
    if packed.is_empty() {
        return Ok(None);
    }
    let altered = |why: String| StoreError::SnapshotAltered { id: id.clone(), why };
    // The size bounds what a damaged or planted frame may unpack to.
    let body = zstd::bulk::decompress(&packed, size)
        .map_err(|fault| altered(format!("it does not decompress: {fault}")))?;
    if body.len() != size {
        return Err(altered(format!("it has {} bytes, not {size}", body.len())).into());
    }
    let found = snapshot_id(&body);
    if found != *id {
        return Err(altered(format!("its SHA-256 is {found}")).into());
    }
    // A frame has bits that no reader looks at. Bodies from before this was kept have none.
    if frame.is_some_and(|frame| frame != snapshot_id(&packed)) {
        return Err(altered("its stored bytes are not as they were".to_owned()).into());
    }
    Ok(Some(body))
}

fn page(connection: &Connection, check: CheckId) -> Result<Option<Page>, Trouble> {
    let Some((mut page, snapshot)) = capture(connection, check)? else { return Ok(None) };
    let Some(body) = body(connection, &snapshot)? else { return Ok(None) };
    page.body = body;
    Ok(Some(page))
}

/// Reads a page without its body, and the id of the body.
fn capture(connection: &Connection, check: CheckId) -> Result<Option<(Page, SnapshotId)>, Trouble> {
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
