//! The Wayback Machine: what it kept of a source's addresses.
//!
//! It is asked for its list of captures (the CDX API), and then for each page as it was received (`id_`), one
//! after another, with the pauses and limits of every fetch. What it kept as a redirect or an error is left
//! out; a capture whose digest is that of the one before it is the same page, and is not asked for again. Where it
//! asks to be left alone for a while, the import waits; for a long while, it ends and goes on next time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, civil::Date, civil::DateTime, tz::TimeZone};
use serde_json::Value as Json;
use url::Url;

use super::{Archive, Entry, ImportError, Taken, archived, own_addresses};
use crate::catalog::Source;
use crate::clock::Clock;
use crate::fetch::{Fetcher, Reply, Request};
use crate::model::{BODY_LIMIT, Page, PageHeaders};
use crate::warc::decoded;

/// The longest wait that the import makes.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// How often a page is asked for again after a wait.
const TRIES: usize = 4;

/// How many pages in a row may fail before the import ends.
const FAILURES: usize = 3;

/// How many captures one list has at most.
const LIST: usize = 20_000;

/// The days that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayRange {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub until: Option<Date>,
}

/// The captures of a source's addresses.
pub struct Wayback {
    fetcher: Arc<Fetcher>,
    clock: Arc<dyn Clock>,
    runtime: tokio::runtime::Handle,
    base: Url,
    captures: Vec<Kept>,
    entries: Vec<Entry>,
    /// Pages in a row that could not be fetched.
    failures: usize,
    /// The page that came last, by its digest.
    last: Option<(String, Page)>,
    left_out: BTreeMap<String, usize>,
}

/// One capture, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    stamp: String,
    at: Timestamp,
    original: Url,
    digest: String,
}

impl Wayback {
    /// Asks for the list of captures of a source's addresses. It is asked within a runtime of the caller's.
    ///
    /// # Errors
    /// When the list does not come, is not a list, or is empty.
    pub fn open(
        source: &Source,
        (base, period): (&Url, DayRange),
        (fetcher, clock): (Arc<Fetcher>, Arc<dyn Clock>),
        runtime: tokio::runtime::Handle,
    ) -> Result<Self, ImportError> {
        let mut wayback = Self {
            fetcher,
            clock,
            runtime,
            base: base.clone(),
            captures: Vec::new(),
            entries: Vec::new(),
            failures: 0,
            last: None,
            left_out: BTreeMap::new(),
        };
        for address in own_addresses(source) {
            wayback.list(address, period)?;
        }
        if wayback.captures.is_empty() {
            return Err(ImportError::nothing(base.to_string(), source));
        }
        let entry = |kept: &Kept| Entry {
            name: format!("{} {}", kept.stamp, kept.original),
            at: kept.at,
            origin: wayback.address(kept).to_string(),
        };
        wayback.entries = wayback.captures.iter().map(entry).collect();
        Ok(wayback)
    }

    /// What was listed and is no page, in words, with how often.
    #[must_use]
    pub fn left_out(&self) -> &BTreeMap<String, usize> {
        &self.left_out
    }

    /// Adds the captures of an address.
    fn list(&mut self, address: &Url, period: DayRange) -> Result<(), ImportError> {
        let mut url = self.base.clone();
        url.set_path("/cdx/search/cdx");
        let day = |day: Date| day.strftime("%Y%m%d").to_string();
        {
            let mut query = url.query_pairs_mut();
            query.clear().append_pair("url", address.as_str()).append_pair("output", "json");
            query.append_pair("fl", "timestamp,original,mimetype,statuscode,digest");
            query.append_pair("limit", &LIST.to_string());
            period.from.map(|from| query.append_pair("from", &day(from)));
            period.until.map(|until| query.append_pair("to", &day(until)));
        }
        let failed = |why: String| ImportError::List { address: url.to_string(), why };
        let page = match self.fetch(&url)? {
            Ok(page) => page,
            Err(why) => {
                let what = format!("asking for the list of captures of {address}");
                return Err(ImportError::Interrupted { what, why });
            }
        };
        let text = String::from_utf8_lossy(&page.body);
        // Nothing kept is an empty answer.
        let rows: Vec<Vec<String>> = match text.trim() {
            "" => Vec::new(),
            text => rows(text).map_err(&failed)?,
        };
        self.take(&rows).map_err(failed)
    }

    fn take(&mut self, rows: &[Vec<String>]) -> Result<(), String> {
        let Some((head, rows)) = rows.split_first() else { return Ok(()) };
        let column = |name: &str| {
            let at = head.iter().position(|column| column == name);
            at.ok_or_else(|| format!("it has no column `{name}`"))
        };
        let (stamp, original) = (column("timestamp")?, column("original")?);
        let (media, status, digest) =
            (column("mimetype")?, column("statuscode")?, column("digest")?);
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for row in rows {
            let cell = |n: usize| row.get(n).map_or("", String::as_str);
            let kept = moment(cell(stamp)).zip(Url::parse(cell(original)).ok());
            let Some((at, original)) = kept else {
                self.leave_out("lines that cannot be read".to_owned());
                continue;
            };
            match (cell(status), cell(media)) {
                // A revisit: the same as a capture before it.
                ("200", _) | ("-" | "", "warc/revisit") => {}
                (status, _) if status.starts_with('3') => {
                    self.leave_out("redirects".to_owned());
                    continue;
                }
                (status, _) => {
                    self.leave_out(format!("answers with status {status}"));
                    continue;
                }
            }
            if seen.insert((cell(stamp).to_owned(), cell(digest).to_owned())) {
                let (stamp, digest) = (cell(stamp).to_owned(), cell(digest).to_owned());
                self.captures.push(Kept { stamp, at, original, digest });
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, why: String) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// The address of a capture's page as it was received.
    fn address(&self, kept: &Kept) -> Url {
        let mut url = self.base.clone();
        url.set_query(None);
        // The original address is part of the path as it is, with its query.
        let text = format!("{}web/{}id_/{}", url.as_str(), kept.stamp, kept.original);
        Url::parse(&text).unwrap_or(url)
    }

    /// Fetches an address; waits where it is asked to, within reason.
    fn fetch(&self, url: &Url) -> Result<Result<Page, String>, ImportError> {
        let request = Request::new(url.clone());
        for _ in 0..TRIES {
            let reply = self.runtime.block_on(self.fetcher.fetch(&request, self.clock.as_ref()));
            let now = self.clock.now();
            let why = match reply {
                Reply::Page(page) => return Ok(Ok(page)),
                Reply::Refused(refusal) => refusal.to_string(),
                Reply::Gone(gone) => return Ok(Err(format!("the archive answered {}", gone.0))),
                Reply::Broken(breakage) => return Ok(Err(breakage.to_string())),
                Reply::Failed(failure) => return Ok(Err(failure.what)),
                Reply::NotModified { .. } => {
                    return Ok(Err("it answers that nothing was modified".to_owned()));
                }
            };
            let Some(until) = self.fetcher.waits_until(url, now) else { return Ok(Err(why)) };
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            if wait > LONGEST_WAIT {
                return Err(ImportError::Interrupted { what: format!("asking for {url}"), why });
            }
            self.runtime.block_on(tokio::time::sleep(wait + Duration::from_millis(50)));
        }
        let why = "it asks again and again to be left alone".to_owned();
        Err(ImportError::Interrupted { what: format!("asking for {url}"), why })
    }

    /// The page of a capture, fetched.
    fn fetched(&mut self, kept: &Kept) -> Result<Taken, ImportError> {
        let address = self.address(kept);
        let page = match self.fetch(&address)? {
            Ok(page) => page,
            Err(why) => {
                self.failures += 1;
                if self.failures >= FAILURES {
                    let what = format!(
                        "{FAILURES} captures in a row could not be fetched, the last {address}"
                    );
                    return Err(ImportError::Interrupted { what, why });
                }
                return Ok(Taken::LeftOut(why));
            }
        };
        self.failures = 0;
        // It leads to the nearest capture that it can show.
        if let Some(other) = stamp_in(page.url()).filter(|stamp| *stamp != kept.stamp) {
            return Ok(Taken::LeftOut(format!("the archive shows its capture of {other} instead")));
        }
        let headers = original_headers(&page, &address);
        let encoding = page.header("x-archive-orig-content-encoding").map(str::to_owned);
        match decoded(encoding.as_deref(), page.body, BODY_LIMIT) {
            Ok(body) => {
                let page = archived(kept.original.clone(), headers, body, kept.at);
                self.last = Some((kept.digest.clone(), page.clone()));
                Ok(Taken::Page(page))
            }
            Err(error) => Ok(Taken::LeftOut(error.to_string())),
        }
    }
}

impl Archive for Wayback {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn page(&mut self, n: usize) -> Result<Taken, ImportError> {
        let kept = self.captures[n].clone();
        match &self.last {
            Some((digest, page)) if *digest == kept.digest => {
                Ok(Taken::Page(Page { fetched_at: kept.at, ..page.clone() }))
            }
            _ => self.fetched(&kept),
        }
    }
}

/// The rows of a list: an array of arrays of text.
fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let row = |row: &Json| {
        let cells = row.as_array()?.iter();
        cells.map(|cell| cell.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    let rows = json.as_array().and_then(|rows| rows.iter().map(row).collect::<Option<Vec<_>>>());
    rows.ok_or_else(|| "it is not an array of rows".to_owned())
}

/// A moment as the archive writes it: `20240501100000`, in UTC.
fn moment(stamp: &str) -> Option<Timestamp> {
    if stamp.len() != 14 || !stamp.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let at = DateTime::strptime("%Y%m%d%H%M%S", stamp).ok()?;
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The moment in the address of a capture.
fn stamp_in(url: &Url) -> Option<String> {
    let (_, rest) = url.path().split_once("/web/")?;
    let stamp: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (stamp.len() == 14).then_some(stamp)
}

/// The headers that the page came with originally, where the archive gives them, and where it was found.
fn original_headers(page: &Page, address: &Url) -> PageHeaders {
    let mut headers: PageHeaders = page
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix("x-archive-orig-")?.to_owned(), value.clone()))
        })
        // Of the body as it was sent, which is unpacked here.
        .filter(|(name, _)| {
            !matches!(name.as_str(), "content-encoding" | "content-length" | "transfer-encoding")
        })
        .collect();
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.extend(
            page.header("content-type").map(|media| ("content-type".to_owned(), media.to_owned())),
        );
    }
    headers.push(("x-archive-address".to_owned(), address.to_string()));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_rows_are_read() {
        assert_eq!(moment("20240501100203").unwrap().to_string(), "2024-05-01T10:02:03Z");
        for wrong in ["2024", "20241301100000", "2024050110020x"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
        assert_eq!(rows(r#"[["a","b"],["1","2"]]"#).unwrap().len(), 2);
        assert!(rows("<html>").is_err());
        assert!(rows(r#"{"error": "x"}"#).unwrap_err().contains("not an array"));
        let url = Url::parse("http://a.example/web/20240501100203id_/https://b.example/x").unwrap();
        assert_eq!(stamp_in(&url).unwrap(), "20240501100203");
    }
}
