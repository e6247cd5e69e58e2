//! The evidence for one change as files that others can check without this program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{PageProof, Proof};
use crate::model::{Advice, Change, Hop};
use crate::render::json::change as change_object;

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Something is already there.
    #[error("{} is there already: name a new directory", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl BundleError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Exists { .. } => Advice::Correct,
            Self::Write { .. } => Advice::Stop,
        }
    }
}

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
) -> Result<Vec<String>, BundleError> {
    if folder.exists() {
        return Err(BundleError::Exists { path: folder.to_owned() });
    }
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let pretty = |json: &Json| format!("{json:#}\n").into_bytes();
    files.push(("change.json".to_owned(), pretty(&change_object(change))));
    files.push(("change.html".to_owned(), shown.as_bytes().to_vec()));
    let mut sums = String::new();
    for (name, side) in [("before", &proof.before), ("after", &proof.after)] {
        let Some(side) = side else { continue };
        files.push((format!("{name}.json"), pretty(&how(side))));
        if let Some(page) = &side.page {
            let file = format!("{name}.{}", ending(page.header("content-type"), &page.body));
            sums += &format!("{}  {file}\n", side.snapshot);
            files.push((file, page.body.clone()));
        }
    }
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, content) in &files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(failed(&path))?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

/// How a page came.
fn how(side: &PageProof) -> Json {
    let hop = |hop: &Hop| json!({"url": hop.url.as_str(), "status": hop.status});
    let page = side.page.as_ref();
    json!({
        "seen_at": side.seen_at.to_string(),
        "fetched_at": page.map(|page| page.fetched_at.to_string()),
        "sha256": side.snapshot.as_str(),
        "body_kept": page.is_some(),
        "imported": side.imported,
        "chain": page.map(|page| page.chain.iter().map(hop).collect::<Vec<_>>()),
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
