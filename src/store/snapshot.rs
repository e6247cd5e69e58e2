//! Snapshots: bodies by their hash. How each came is in its [capture].
//!
//! A body is stored once, however often it is fetched. It is hashed again on every read: the result
//! is what was stored, or an error.

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::{
    Store, StoreError, capture,
    error::Trouble,
    rows::{Table, first, number, run},
};
use crate::model::{CheckId, Page, SnapshotId, SourceId};

const SNAPSHOT: Table = Table { name: "snapshot", key: "id" };

/// The zstd level. The default makes a page four times smaller in a millisecond; the next levels
/// save a tenth more for many times the work.
const EFFORT: i32 = 3;

/// Returns the id of a body: its SHA-256.
#[must_use]
pub fn snapshot_id(body: &[u8]) -> SnapshotId {
    let hex = HEXLOWER.encode(&Sha256::digest(body));
    SnapshotId::parse(&hex).expect("32 bytes in hexadecimal are an id")
}

/// The query for the newest accepted check of a source that has its page. One that a wrong clock dated ahead is
/// older than those that were recorded after it.
pub(super) fn newest_accepted(source: &str) -> String {
    format!(
        "SELECT l.id FROM check_run AS l JOIN page_capture AS p ON p.check_id = l.id
         WHERE l.source = {source} AND l.accepted = 1 AND NOT EXISTS (
             SELECT 1 FROM check_run AS n
             WHERE n.source = l.source AND n.accepted = 1 AND n.seen_at < l.seen_at
             AND n.id > l.id AND n.imported IS NULL AND l.imported IS NULL)
         ORDER BY l.seen_at DESC, l.id DESC LIMIT 1"
    )
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
                .prepare_cached(&newest_accepted("?1"))?
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
        let found = self.read("a capture", |connection| capture::read(connection, check))?;
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
    let Some((mut page, snapshot)) = capture::read(connection, check)? else { return Ok(None) };
    let Some(body) = body(connection, &snapshot)? else { return Ok(None) };
    page.body = body;
    Ok(Some(page))
}
