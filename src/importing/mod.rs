//! Imports pages of the past into the real history: in their place, marked as imported, and alerting nobody.
//!
//! The pages of an [`Archive`] go through the same pipeline as a replay, in a scratch database, in the order
//! of their moments; what it concludes of each is recorded as an imported check. Pages that are in the
//! history already take part as what came before: an import can go on where another one stopped, and a
//! moment that is there already is passed over, so that the same import twice is the same as once. Each page
//! is one transaction.
//!
//! An imported check changes nothing about the present: not the state of its source, not what is held, not
//! what is pending. What later pages say stays as it is.
//!
//! Archives are a folder of dated captures ([`Folder`]), a web archive ([`WebArchive`]), the history of a
//! file in git ([`GitHistory`]) and the Wayback Machine ([`Wayback`]).

mod error;
mod folder;
mod git;
mod not_read;
mod wayback;
mod web_archive;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

pub use error::ImportError;
pub use folder::Folder;
pub use git::GitHistory;
pub use not_read::NotRead;
pub use wayback::{DayRange, Wayback};
pub use web_archive::WebArchive;

use crate::catalog::{Catalog, Source};
use crate::checking::{CheckError, Report, read_with};
use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::model::{Hop, Page, PageHeaders, SourceId};
use crate::replaying::Scratch;
use crate::store::{CheckRecord, CheckRun, JOINED, SharedStore, Standing, StoreError};
use not_read::Intervals;

/// What an import needs.
pub struct Importing {
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// The real history.
    pub store: SharedStore,
    /// The present moment.
    pub now: Timestamp,
}

/// A page of the past, not fetched or unpacked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in its archive.
    pub name: String,
    /// When the page was like this.
    pub at: Timestamp,
    /// Where it is imported from: kept with the check.
    pub origin: String,
}

/// What an archive gives for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// The page.
    Page(Page),
    /// Nothing that could be imported, and why.
    LeftOut(String),
}

/// Where pages of the past come from.
pub trait Archive {
    /// Its entries, in no particular order.
    fn entries(&self) -> &[Entry];

    /// What lies beside them and is none.
    fn passed_over(&self) -> &[String] {
        &[]
    }

    /// The page of an entry, by its number.
    ///
    /// # Errors
    /// When the archive cannot be read on.
    fn page(&mut self, n: usize) -> Result<Taken, ImportError>;
}

/// The archive in a file or folder: a folder of dated captures, or a web archive.
///
/// # Errors
/// When it cannot be read, or has no page of the source.
pub fn saved(
    catalog: &Catalog,
    source: &SourceId,
    path: &Path,
) -> Result<Box<dyn Archive>, ImportError> {
    let source = named(catalog, source)?;
    if path.is_dir() {
        return Ok(Box::new(Folder::open(source, path)?));
    }
    Ok(Box::new(WebArchive::open(source, path)?))
}

/// The history of a file in git.
///
/// # Errors
/// When git is missing, or the file has no history.
pub fn versions(
    catalog: &Catalog,
    source: &SourceId,
    file: &Path,
) -> Result<GitHistory, ImportError> {
    GitHistory::open(named(catalog, source)?, file)
}

/// What the Wayback Machine at an address kept of a source in a period.
///
/// # Errors
/// When its list does not come, is not a list, or is empty.
pub fn wayback(
    catalog: &Catalog,
    source: &SourceId,
    asked: (&Url, DayRange),
    network: (Arc<Fetcher>, Arc<dyn Clock>),
    runtime: tokio::runtime::Handle,
) -> Result<Wayback, ImportError> {
    Wayback::open(named(catalog, source)?, asked, network, runtime)
}

/// Stores what the host of an archive asks of its visitors.
///
/// # Errors
/// When it cannot be written.
pub fn keep_manners(with: &Importing, fetcher: &Fetcher) -> Result<(), ImportError> {
    let changed = fetcher.take_changed_manners();
    Ok(with.store.ask(|store| store.keep_manners(&changed))?)
}

fn named<'a>(catalog: &'a Catalog, source: &SourceId) -> Result<&'a Source, ImportError> {
    let known = catalog.source(source);
    Ok(known.ok_or_else(|| CheckError::UnknownSource(source.clone()))?)
}

/// What an import did with an entry.
#[derive(Debug)]
pub enum Step<'a> {
    /// It is recorded.
    Recorded(&'a Report),
    /// It gave nothing that could be imported.
    LeftOut(&'a str),
}

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Pages that were recorded.
    pub recorded: usize,
    /// Pages whose moment was in the history already.
    pub known: usize,
    /// Entries that gave nothing.
    pub left_out: usize,
    /// Changes that were recorded.
    pub changes: usize,
    /// The first and the last moment of what was recorded.
    pub span: Option<(Timestamp, Timestamp)>,
    /// What could not be read of the pages, by interval.
    pub not_read: Vec<NotRead>,
}

/// Called for each entry that is not in the history yet; an error ends the import.
pub type EachEntry<'a, E> = &'a mut dyn FnMut(&Entry, Step<'_>) -> Result<(), E>;

/// Imports the pages of an archive as checks of one source.
///
/// # Errors
/// When the archive cannot be read on, our own side fails, or `each` does. What was recorded before stays,
/// and the same import goes on from there.
pub fn import<E: From<ImportError>>(
    with: &Importing,
    source: &SourceId,
    archive: &mut dyn Archive,
    each: EachEntry<'_, E>,
) -> Result<Imported, E> {
    let timeline = with.store.ask(|store| store.timeline(source)).map_err(ImportError::from)?;
    let recorded: BTreeSet<Timestamp> =
        timeline.iter().filter(|run| run.imported.is_some()).map(|run| run.seen_at).collect();
    let (fresh, known) = fresh(archive.entries(), &recorded);
    let mut done = Imported { known, ..Imported::default() };
    let first = fresh.first().map(|(_, entry)| entry.at);
    let earliest = timeline.first().map(|run| run.seen_at).into_iter().chain(first).min();
    let Some(begin) = earliest.filter(|_| first.is_some() || waits_for_join(&timeline)) else {
        return Ok(done);
    };
    let mut past = Past::open(with, source, &timeline, begin)?;
    let mut intervals = Intervals::default();
    if fresh.is_empty() {
        past.replay_imported()?;
    }
    for (n, entry) in fresh {
        past.replay_until(entry.at)?;
        match archive.page(n)? {
            Taken::LeftOut(why) => {
                done.left_out += 1;
                each(&entry, Step::LeftOut(&why))?;
            }
            Taken::Page(page) => {
                let page = Page { fetched_at: entry.at, ..page };
                let (report, changes) = past.import(page, &entry.origin)?;
                done.recorded += 1;
                done.changes += changes;
                done.span = Some((done.span.map_or(entry.at, |(from, _)| from), entry.at));
                intervals.take(&report);
                each(&entry, Step::Recorded(&report))?;
            }
        }
    }
    done.changes += past.join()?;
    done.not_read = intervals.ended();
    Ok(done)
}

/// The entries that are not in the history yet, in the order of their moments, and how many are. Of two of
/// one moment the first by name counts.
fn fresh(entries: &[Entry], recorded: &BTreeSet<Timestamp>) -> (Vec<(usize, Entry)>, usize) {
    let mut all: Vec<(usize, Entry)> = entries.iter().cloned().enumerate().collect();
    all.sort_by(|(_, a), (_, b)| (a.at, &a.name).cmp(&(b.at, &b.name)));
    let before = all.len();
    let mut seen = recorded.clone();
    all.retain(|(_, entry)| seen.insert(entry.at));
    let known = before - all.len();
    (all, known)
}

/// Whether a check only compares a first page with what was imported.
fn is_join(run: &CheckRun) -> bool {
    run.imported.as_deref() == Some(JOINED)
}

/// Whether our own first page came after the last import, and was not compared with it yet.
fn waits_for_join(timeline: &[CheckRun]) -> bool {
    let Some(last) = timeline.iter().rposition(|run| run.imported.is_some() && run.accepted) else {
        return false;
    };
    let next = timeline[last + 1..].iter().find(|run| run.accepted);
    next.is_some_and(|next| next.outcome == "baseline") && !timeline[last + 1..].iter().any(is_join)
}

/// The history of a source, gone through once more beside what is imported into it.
struct Past<'a> {
    with: &'a Importing,
    source: &'a Source,
    scratch: Scratch,
    /// The checks that are in the history already and were not gone through yet.
    ahead: &'a [CheckRun],
    /// The page that was seen last.
    last: Option<Page>,
}

impl<'a> Past<'a> {
    fn open(
        with: &'a Importing,
        source: &SourceId,
        timeline: &'a [CheckRun],
        at: Timestamp,
    ) -> Result<Self, ImportError> {
        let source = named(&with.catalog, source)?;
        let scratch = Scratch::open(Arc::clone(&with.catalog), at)?;
        Ok(Self { with, source, scratch, ahead: timeline, last: None })
    }

    /// Goes through the checks of the history up to a moment.
    fn replay_until(&mut self, at: Timestamp) -> Result<(), ImportError> {
        while let Some((run, rest)) = self.ahead.split_first().filter(|(run, _)| run.seen_at <= at)
        {
            self.replay(run)?;
            self.ahead = rest;
        }
        Ok(())
    }

    /// Goes through the history up to the last page that was imported.
    fn replay_imported(&mut self) -> Result<(), ImportError> {
        let last = self.ahead.iter().rposition(|run| run.imported.is_some() && run.accepted);
        let Some(last) = last else { return Ok(()) };
        let (until, rest) = self.ahead.split_at(last + 1);
        for run in until {
            self.replay(run)?;
        }
        self.ahead = rest;
        Ok(())
    }

    /// Checks the page of a check in the scratch database; a check that kept none saw the page before it.
    fn replay(&mut self, run: &CheckRun) -> Result<Option<Report>, ImportError> {
        if is_join(run) {
            return Ok(None);
        }
        let kept = match run.snapshot {
            Some(_) => self.with.store.ask(|store| store.page(run.id))?,
            None if run.outcome == "unchanged" => self.last.clone(),
            None => None,
        };
        let Some(page) = kept else { return Ok(None) };
        let page = Page { fetched_at: run.seen_at, ..page };
        self.last = Some(page.clone());
        Ok(Some(self.scratch.check(&self.source.id, page)?))
    }

    /// Checks a page of the past, and records what follows. Returns the report, and how many changes were
    /// recorded.
    fn import(&mut self, page: Page, origin: &str) -> Result<(Report, usize), ImportError> {
        let report = self.scratch.check(&self.source.id, page.clone())?;
        let changes = self.record(&report, Some(&page), origin)?;
        self.last = Some(page);
        Ok((report, changes))
    }

    /// Where what was imported leads up to a page that was a first one, records what changed in between, or
    /// that nothing did.
    fn join(&mut self) -> Result<usize, ImportError> {
        let next = self.ahead.iter().position(|run| run.accepted);
        let Some(next) = next.filter(|next| self.ahead[*next].outcome == "baseline") else {
            return Ok(0);
        };
        let run = &self.ahead[next];
        if self.ahead.iter().any(|other| is_join(other) && other.seen_at == run.seen_at) {
            return Ok(0);
        }
        for between in &self.ahead[..next] {
            self.replay(between)?;
        }
        match self.replay(run)? {
            Some(report) => self.record(&report, None, JOINED),
            None => Ok(0),
        }
    }

    fn record(
        &self,
        report: &Report,
        page: Option<&Page>,
        origin: &str,
    ) -> Result<usize, ImportError> {
        let id = &self.source.id;
        let (run, facts, event) = self.scratch.store().ask(|store| {
            let run = store.checks(id, 1)?.into_iter().next();
            let facts = store.facts(id)?;
            let last = store.last_event(id)?.map(|last| store.event(&last)).transpose()?.flatten();
            Ok::<_, StoreError>((run, facts, last))
        })?;
        let Some(run) = run else { return Ok(0) };
        let event = event.filter(|event| event.check == Some(run.id));
        let reader = run.read_with.as_ref().map(|(_, reader)| reader.as_str());
        let outcome = &report.outcome;
        self.with.store.ask(|store| {
            // The same change, seen at a later page of an earlier import.
            let is_known = event.as_ref().map_or(Ok(None), |event| store.event(&event.id))?;
            let event = event.as_ref().filter(|_| is_known.is_none());
            let version = store.version(id)?;
            store.record_check(&CheckRecord {
                standing: Standing::Imported,
                imported: Some(origin),
                started_at: self.with.now,
                ended_at: self.with.now,
                read_with: reader.map(|reader| read_with(self.source, reader)),
                page,
                accept: (run.accepted && page.is_some()).then_some(&facts),
                records: run.records.clone(),
                updates: run.updates.clone(),
                event,
                ..CheckRecord::new(id, version, report.at, outcome)
            })?;
            Ok(event.map_or(0, |event| event.changes.len()))
        })
    }
}

/// Whether an address is one of a source's page: `http` or `https`, with or without a final slash.
fn is_address_of(source: &Source, url: &Url) -> bool {
    let plain = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let path = url.path().trim_end_matches('/').to_owned();
        (host, path, url.query().map(str::to_owned))
    };
    let asked = plain(url);
    own_addresses(source).any(|known| plain(known) == asked)
}

/// The addresses of a source's page: not of its translation.
fn own_addresses(source: &Source) -> impl Iterator<Item = &Url> {
    [&source.url].into_iter().chain(&source.also)
}

/// A page as an archive has it.
fn archived(url: Url, headers: PageHeaders, body: Vec<u8>, at: Timestamp) -> Page {
    Page { chain: vec![Hop { url, status: 200 }], headers, body, fetched_at: at }
}
