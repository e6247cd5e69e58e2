//! The kept pages as a web archive.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{ExportError, Failed, chain, whole};
use crate::model::{Page, SourceId};
use crate::store::{KeptPage, SharedStore};
use crate::warc::{Writer, WrittenRecord, digest};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Archived {
    /// Pages with their bodies.
    pub pages: usize,
    /// Pages of which only the hash is kept.
    pub hashes: usize,
}

/// Writes the kept pages, of one source or all, as a web archive (WARC 1.1, each record compressed by
/// itself).
///
/// A page is a `resource` record: its body as it was received and decoded. How it came, by which addresses
/// and with which headers, is in a `metadata` record beside it, which is all there is of a page whose body is
/// no longer kept.
///
/// # Errors
/// When something is there already, or something cannot be read or written.
pub fn archive(
    store: &SharedStore,
    source: Option<&SourceId>,
    path: &Path,
    now: Timestamp,
) -> Result<Archived, ExportError> {
    whole(path, |partial, failed| write(store, source, now, (partial, failed)))
}

fn write(
    store: &SharedStore,
    source: Option<&SourceId>,
    now: Timestamp,
    (path, failed): (&Path, Failed<'_>),
) -> Result<Archived, ExportError> {
    let mut writer = Writer::new(BufWriter::new(File::create(path).map_err(failed)?));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    write_info(&mut writer, &name, now).map_err(failed)?;
    let mut done = Archived::default();
    for kept in store.ask(|store| store.kept_pages(source))? {
        let (page, body) = store.ask(|store| {
            Ok::<_, ExportError>((store.capture(kept.check)?, store.snapshot(&kept.snapshot)?))
        })?;
        let Some(page) = page else { continue };
        match &body {
            Some(_) => done.pages += 1,
            None => done.hashes += 1,
        }
        write_page(&mut writer, &kept, &page, body.as_deref()).map_err(failed)?;
    }
    writer.finish().and_then(|mut file| file.flush()).map_err(failed)?;
    Ok(done)
}

fn write_info<W: Write>(writer: &mut Writer<W>, name: &str, now: Timestamp) -> io::Result<()> {
    let block = format!(
        "software: rulewatch/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
         description: bodies as they were received, after content decoding; how they came is in the metadata\r\n",
        env!("CARGO_PKG_VERSION")
    );
    writer.write(&WrittenRecord {
        kind: "warcinfo",
        name,
        at: now,
        media: "application/warc-fields",
        fields: &[("WARC-Filename", name.to_owned())],
        block: block.as_bytes(),
    })?;
    Ok(())
}

fn write_page<W: Write>(
    writer: &mut Writer<W>,
    kept: &KeptPage,
    page: &Page,
    body: Option<&[u8]>,
) -> io::Result<()> {
    let name = format!("{} {}", kept.check.0, kept.snapshot);
    // Not the page's own address: a reader would take the metadata for another capture of the page.
    let about = format!("urn:rulewatch:capture:{}:{}", kept.check.0, kept.snapshot);
    let mut fields = vec![("WARC-Target-URI", about)];
    if let Some(body) = body {
        let target = page.url().to_string();
        let fields_of_page = [("WARC-Target-URI", target), ("WARC-Payload-Digest", digest(body))];
        let id = writer.write(&WrittenRecord {
            kind: "resource",
            name: &name,
            at: page.fetched_at,
            media: page.header("content-type").unwrap_or_else(|| media(body)),
            fields: &fields_of_page,
            block: body,
        })?;
        fields.push(("WARC-Refers-To", id));
    }
    let block = metadata(kept, page, body.is_some()).to_string();
    writer.write(&WrittenRecord {
        kind: "metadata",
        name: &name,
        at: page.fetched_at,
        media: "application/json",
        fields: &fields,
        block: block.as_bytes(),
    })?;
    Ok(())
}

/// The media type of a body that came without one, by how it begins.
fn media(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    match start.first() {
        _ if start.starts_with(b"%PDF") => "application/pdf",
        _ if start.starts_with(b"<?xml") => "application/xml",
        Some(b'<') => "text/html",
        Some(b'{' | b'[') => "application/json",
        _ => "application/octet-stream",
    }
}

/// How a page came.
fn metadata(kept: &KeptPage, page: &Page, is_kept: bool) -> Json {
    json!({
        "source": kept.source.as_str(),
        "check": kept.check.0,
        "fetched_at": page.fetched_at.to_string(),
        "sha256": kept.snapshot.as_str(),
        "body_kept": is_kept,
        "imported": kept.imported,
        "chain": chain(page),
        "headers": page.headers,
    })
}
