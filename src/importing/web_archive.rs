//! Pages in a web archive (WARC).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use url::Url;

use super::{Archive, Entry, ImportError, Taken, archived, is_address_of};
use crate::catalog::Source;
use crate::model::{BODY_LIMIT, PageHeaders};
use crate::warc::{WarcFault, WarcRecord, answer, records};

/// The pages of one source in a web archive.
///
/// The archive is gone through once; the pages of the source are unpacked into a temporary folder, so that an
/// archive of any size takes little memory.
#[derive(Debug)]
pub struct WebArchive {
    folder: tempfile::TempDir,
    pages: Vec<Unpacked>,
    entries: Vec<Entry>,
    path: String,
}

/// A record, unpacked.
#[derive(Debug)]
struct Unpacked {
    url: Url,
    headers: PageHeaders,
    /// The file with its body, or why there is none.
    body: Result<PathBuf, String>,
}

impl WebArchive {
    /// Goes through an archive for the pages of a source.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or has no page of the source.
    pub fn open(source: &Source, file: &Path) -> Result<Self, ImportError> {
        let path = file.display().to_string();
        let failed = |source| ImportError::File { path: path.clone(), source };
        let input = BufReader::new(File::open(file).map_err(failed)?);
        let folder = tempfile::tempdir()
            .map_err(|source| ImportError::Unpack { path: path.clone(), source })?;
        let mut archive =
            Self { folder, pages: Vec::new(), entries: Vec::new(), path: path.clone() };
        let mut seen = BTreeMap::new();
        // A block has an HTTP head too.
        let walked = records(input, BODY_LIMIT + (1 << 20), |record| {
            archive.take(source, &record, &mut seen).map_err(Ended::Import)
        });
        match walked {
            Ok(()) => {}
            Err(Ended::Import(error)) => return Err(error),
            Err(Ended::Fault(source)) => return Err(ImportError::Archive { path, source }),
        }
        if archive.pages.is_empty() {
            return Err(ImportError::nothing(path, source));
        }
        Ok(archive)
    }

    /// Unpacks a record, if it is a page of the source. `seen` has the files by the digest of their payload.
    fn take(
        &mut self,
        source: &Source,
        record: &WarcRecord,
        seen: &mut BTreeMap<String, PathBuf>,
    ) -> Result<(), ImportError> {
        let (Some(url), Some(at)) = (record.target(), record.date()) else { return Ok(()) };
        let is_page = matches!(record.kind(), "response" | "resource" | "revisit");
        if !is_page || !is_address_of(source, &url) {
            return Ok(());
        }
        let digest = record.payload_digest().map(str::to_owned);
        let (headers, body) = content(record);
        let body = match (record.kind(), &digest, body) {
            // It says only that the page was the same as at another time.
            ("revisit", Some(digest), _) => seen.get(digest).cloned().ok_or_else(|| {
                format!("it repeats {digest}, which is not in the archive before it")
            }),
            ("revisit", None, _) => Err("it repeats a page without saying which".to_owned()),
            (.., Ok(bytes)) => {
                let file = self.folder.path().join(self.pages.len().to_string());
                std::fs::write(&file, bytes)
                    .map_err(|source| ImportError::Unpack { path: self.path.clone(), source })?;
                if let Some(digest) = digest {
                    seen.insert(digest, file.clone());
                }
                Ok(file)
            }
            (.., Err(why)) => Err(why),
        };
        let id = record.field("warc-record-id").unwrap_or("without an id");
        self.entries.push(Entry {
            name: format!("{} {url}", record.kind()),
            at,
            origin: format!("WARC record {id}"),
        });
        self.pages.push(Unpacked { url, headers, body });
        Ok(())
    }
}

/// The headers and the body in a record, or why there is none.
fn content(record: &WarcRecord) -> (PageHeaders, Result<Vec<u8>, String>) {
    if record.is_too_long {
        return (Vec::new(), Err(format!("it is larger than {BODY_LIMIT} bytes")));
    }
    if record.kind() == "resource" {
        let media = record.field("content-type").map(str::to_owned);
        let headers = media.map(|media| ("content-type".to_owned(), media)).into_iter().collect();
        return (headers, Ok(record.block.clone()));
    }
    match answer(&record.block, BODY_LIMIT) {
        Ok(Some(answer)) if answer.status == 200 => (answer.headers, Ok(answer.body)),
        Ok(Some(answer)) => (answer.headers, Err(format!("the server answered {}", answer.status))),
        Ok(None) => (Vec::new(), Err("it is not an HTTP answer".to_owned())),
        Err(error) => (Vec::new(), Err(error.to_string())),
    }
}

/// Why the walk through an archive ended.
enum Ended {
    Import(ImportError),
    Fault(WarcFault),
}

impl From<WarcFault> for Ended {
    fn from(fault: WarcFault) -> Self {
        Self::Fault(fault)
    }
}

impl Archive for WebArchive {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn page(&mut self, n: usize) -> Result<Taken, ImportError> {
        let page = &self.pages[n];
        let file = match &page.body {
            Ok(file) => file,
            Err(why) => return Ok(Taken::LeftOut(why.clone())),
        };
        let body = std::fs::read(file)
            .map_err(|source| ImportError::Unpack { path: self.path.clone(), source })?;
        let at = self.entries[n].at;
        Ok(Taken::Page(archived(page.url.clone(), page.headers.clone(), body, at)))
    }
}
