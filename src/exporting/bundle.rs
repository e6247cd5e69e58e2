//! The evidence for one change as files that others can check without this program.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{ExportError, chain, whole};
use crate::model::Change;
use crate::proving::{PageProof, Proof};
use crate::render::json::change as change_object;

/// Writes the evidence for a change into a new directory: the change, the pages before and after as they
/// were received, how each came, a page that shows it, and the hashes of the pages, which `sha256sum -c`
/// checks.
///
/// # Errors
/// When the directory is there already, or a file cannot be written.
pub fn bundle(
    change: &Change,
    proof: &Proof,
    shown: &str,
    folder: &Path,
) -> Result<Vec<String>, ExportError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let pretty = |json: &Json| format!("{json:#}\n").into_bytes();
    files.push(("change.json".to_owned(), pretty(&change_object(change))));
    files.push(("change.html".to_owned(), shown.as_bytes().to_vec()));
    let mut sums = String::new();
    for (name, side) in [("before", &proof.before), ("after", &proof.after)] {
        let Some(side) = side else { continue };
        // The page itself may be JSON.
        files.push((format!("{name}.capture.json"), pretty(&how(side))));
        if let Some(page) = &side.page {
            let file = format!("{name}.{}", ending(page.header("content-type"), &page.body));
            sums += &format!("{}  {file}\n", side.snapshot);
            files.push((file, page.body.clone()));
        }
    }
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    whole(folder, |partial, failed| {
        fs::create_dir(partial).map_err(failed)?;
        let mut files = files.iter();
        files.try_for_each(|(name, content)| fs::write(partial.join(name), content).map_err(failed))
    })?;
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

/// How a page came.
fn how(side: &PageProof) -> Json {
    let page = side.page.as_ref();
    json!({
        "seen_at": side.seen_at.to_string(),
        "fetched_at": page.map(|page| page.fetched_at.to_string()),
        "sha256": side.snapshot.as_str(),
        "body_kept": page.is_some(),
        "imported": side.imported,
        "chain": page.map(chain),
        "headers": page.map(|page| page.headers.clone()),
    })
}

/// The ending of a file for a body.
fn ending(media: Option<&str>, body: &[u8]) -> &'static str {
    let media = media.unwrap_or_default();
    match body.iter().copied().find(|byte| !byte.is_ascii_whitespace()) {
        _ if body.starts_with(b"%PDF") => "pdf",
        _ if media.contains("html") => "html",
        Some(b'{' | b'[') => "json",
        _ if body.starts_with(b"<?xml") || media.contains("xml") => "xml",
        Some(b'<') => "html",
        _ => "txt",
    }
}
