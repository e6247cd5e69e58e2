//! Checks a source from start to end: fetches its page, reads, judges and compares it, and records the
//! result in one transaction, with the letters that follow from it.
//!
//! [`check`] fetches the page; [`check_file`] reads one that a person saved, and [`check_page`] one from
//! the past. The consequences of the page are computed first, as values ([`crate::conclude`]), then
//! recorded. An error on our own side says in its [`CheckError::advice`] what to do. When the database
//! is locked the check is tried again, and nothing is lost, because nothing was recorded. An error that
//! does not pass by itself is recorded as the source's own breakage: the operator is told once, `status`
//! shows it, and the other sources go on.

mod event;
mod letters;
mod outage;
mod record;
mod report;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use url::Url;

use crate::catalog::{Catalog, Source};
use crate::clock::Clock;
use crate::conclude::{self, Confirmation, Trust};
use crate::convert::Converter;
use crate::fetch::{Fetcher, Reply, Request};
use crate::model::{Advice, Held, Page, SourceId, SourceState, StateVersion, in_full, year_in};
use crate::reading::reader;
use crate::store::{SharedStore, StoreError};
use crate::writing::Correspondence;

pub use crate::conclude::Agenda;
pub(crate) use event::event;
pub(crate) use letters::unreviewed;
use record::Beginning;
pub(crate) use record::read_with;
pub(crate) use report::counts;
pub use report::{Ending, Report};

/// What a check needs.
#[derive(Clone)]
pub struct Checking {
    /// The sources to watch.
    pub catalog: Arc<Catalog>,
    /// The database.
    pub store: SharedStore,
    /// How pages are fetched.
    pub fetcher: Arc<Fetcher>,
    /// How a PDF becomes text.
    pub converter: Converter,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How held checks are confirmed.
    pub confirmation: Confirmation,
    /// Which first facts count as accepted automatically.
    pub trust: Trust,
    /// Who letters are from.
    pub correspondence: Arc<Correspondence>,
    /// A server that serves pages in place of their own addresses, by source id: the demo's.
    pub mirror: Option<Url>,
}

/// An error on our own side in a check: not an error of a page.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database, of which nothing can be used any more.
    #[error("nothing of the database can be used")]
    Unusable(#[source] Box<Self>),
    /// The file of a saved page.
    #[error("reading {path}")]
    ReadPage {
        /// Which file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A source that the catalogue does not have.
    #[error("there is no source `{0}`; `rulewatch sources list` shows them all")]
    UnknownSource(SourceId),
    /// A task that ended without an answer.
    #[error("the check stopped in the middle")]
    Task(#[from] tokio::task::JoinError),
    /// An error that the process told that made the check.
    #[error("{words}")]
    Told {
        /// The error and its causes.
        words: String,
        /// What to do about it.
        advice: Advice,
    },
    /// The process that made the check ended without an answer.
    #[error("the process that made the check ended in the middle")]
    Lost,
    /// A second process, for that check alone, ended without an answer too.
    #[error(
        "the process that read the page ended twice: a check may take {megabytes} MB of memory"
    )]
    Outgrown {
        /// The most memory that a check may take.
        megabytes: u64,
    },
}

impl CheckError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::Unusable(_) => Advice::Stop,
            Self::Told { advice, .. } => *advice,
            Self::Task(_) | Self::Lost | Self::Outgrown { .. } => Advice::TellOperator,
            Self::ReadPage { .. } | Self::UnknownSource(_) => Advice::Correct,
        }
    }

    /// Whether something else was recorded of the source during the check.
    fn is_superseded(&self) -> bool {
        matches!(self, Self::Store(StoreError::Superseded { .. }))
    }
}

/// Whether the request for a page may be conditional on the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Conditionally,
    Afresh,
    /// As afresh, after a check that could not be recorded.
    Again,
}

/// Checks a source now.
///
/// # Errors
/// When our own side fails, and that could not be recorded; what happened to the page is in the report.
pub async fn check(with: &Checking, id: &SourceId) -> Result<Report, CheckError> {
    fetch_and_record(with, id, Ask::Conditionally).await
}

/// Checks a source now and requests the whole page, whatever the last answer was: where a person asks.
///
/// # Errors
/// As [`check`].
pub async fn check_afresh(with: &Checking, id: &SourceId) -> Result<Report, CheckError> {
    fetch_and_record(with, id, Ask::Afresh).await
}

/// The same, after a check that could not be recorded: no page is requested before something can be.
///
/// # Errors
/// As [`check`].
pub async fn check_again(with: &Checking, id: &SourceId) -> Result<Report, CheckError> {
    fetch_and_record(with, id, Ask::Again).await
}

/// How long "not modified" is believed without seeing the page.
const LONGEST_UNSEEN: SignedDuration = SignedDuration::from_hours(24);

/// The right to read a page: limits how many are read at the same time.
static READERS: Semaphore = Semaphore::const_new(4);

/// How often to try a check when something else is recorded of its source meanwhile.
const MOST_TRIES: usize = 3;

async fn fetch_and_record(with: &Checking, id: &SourceId, ask: Ask) -> Result<Report, CheckError> {
    let started_at = with.clock.now();
    // The patterns for a page are compiled as they are used, and dropped with the copy.
    let (of, named) = (with.clone(), id.clone());
    let source = tokio::task::spawn_blocking(move || source(&of, &named)).await??;
    let source = Arc::new(source);
    let mut result = try_once(with, &source, ask).await;
    for _ in 1..MOST_TRIES {
        if !result.as_ref().is_err_and(CheckError::is_superseded) {
            break;
        }
        result = try_once(with, &source, ask).await;
    }
    match result {
        Err(error) if error.advice() == Advice::TellOperator => {
            let with = with.clone();
            let record = move || record::fault(&with, &source, error, started_at);
            tokio::task::spawn_blocking(record).await?
        }
        result => result,
    }
}

/// Records that the page of a source ended the process that read it, although that process read no other page.
///
/// # Errors
/// As [`check`].
pub async fn outgrown(
    with: &Checking,
    id: &SourceId,
    megabytes: u64,
) -> Result<Report, CheckError> {
    let (of, named) = (with.clone(), id.clone());
    let record = move || {
        let (at, error) = (of.clock.now(), CheckError::Outgrown { megabytes });
        record::fault(&of, &source(&of, &named)?, error, at)
    };
    tokio::task::spawn_blocking(record).await?
}

/// Requests the page, and its translation if needed, and records the result.
async fn try_once(with: &Checking, source: &Arc<Source>, ask: Ask) -> Result<Report, CheckError> {
    let at = with.clock.now();
    let year = conclude::day(source, at).year();
    let later = source.of_year(year).filter(|_| with.mirror.is_none()).map(Arc::new);
    let (mut source, mut asked) = (Arc::clone(source), None);
    if let Some(later) = later {
        let (reply, version) = ask_for(with, &later, ask).await?;
        if is_of_year(&reply, year) {
            (source, asked) = (later, Some((reply, version)));
        }
    }
    let (reply, version) = match asked {
        Some(asked) => asked,
        None => ask_for(with, &source, ask).await?,
    };
    let translation = translation(with, &source, &reply).await?;
    keep_manners(with).await?;
    // However many pages arrive at once, few are read at once: each is held in memory meanwhile.
    let _permit = READERS.acquire().await;
    let with = with.clone();
    let beginning = Beginning { at, version, is_asked: true };
    let record = move || record::reply(&with, &source, reply, translation, beginning);
    tokio::task::spawn_blocking(record).await?
}

/// Requests the page of a source.
async fn ask_for(
    with: &Checking,
    source: &Arc<Source>,
    ask: Ask,
) -> Result<(Reply, StateVersion), CheckError> {
    let (of, asked) = (with.clone(), Arc::clone(source));
    let (request, version) =
        tokio::task::spawn_blocking(move || request(&of, &asked, ask)).await??;
    Ok((with.fetcher.fetch(&request, with.clock.as_ref()).await, version))
}

/// Whether a page came, and from an address of that year: until the new year has a page, sites send readers
/// elsewhere.
fn is_of_year(reply: &Reply, year: i16) -> bool {
    let names = |url: &Url| year_in(url) == Some(year);
    match reply {
        Reply::Page(page) => names(page.url()),
        Reply::NotModified { chain } => chain.last().is_some_and(|hop| names(&hop.url)),
        _ => false,
    }
}

/// The request for a source, with the version of its state that it is made from. It is conditional on
/// the last page, unless something waits for confirmation, which needs the page itself. There is none while
/// the database cannot be written: a page that cannot be recorded would be asked for again and again.
fn request(
    with: &Checking,
    source: &Source,
    ask: Ask,
) -> Result<(Request, StateVersion), CheckError> {
    let mut request = Request::new(address(with, source));
    let id = &source.id;
    let (state, waits) = with.store.ask(|store| {
        match ask {
            Ask::Conditionally | Ask::Afresh => store.expect_writable()?,
            Ask::Again => store.expect_room()?,
        }
        let waits = !store.holds(id)?.is_empty() || !store.unreadable(id)?.is_empty();
        Ok::<_, StoreError>((store.source_state(id)?, waits))
    })?;
    let version = SourceState::version_of(state.as_ref());
    let now = with.clock.now();
    let may_be_conditional = |state: &SourceState| {
        ask == Ask::Conditionally
            && !waits
            && is_current(with, state, source)
            && came_of_late(state, now)
    };
    if let Some(state) = state.filter(may_be_conditional) {
        request.validators = state.asked.map(|asked| (asked.url, asked.validators));
    }
    Ok((request, version))
}

/// Whether the page itself was fetched within a day. A server that wrongly answers "not modified" is
/// believed no longer than that.
fn came_of_late(state: &SourceState, now: Timestamp) -> bool {
    let age = state.page_at.map(|at| now.duration_since(at));
    age.is_some_and(|age| !age.is_negative() && age < LONGEST_UNSEEN)
}

/// The French page, if the source has one and it can be asked about something held. If it cannot be
/// fetched, it has no say.
async fn translation(
    with: &Checking,
    source: &Source,
    reply: &Reply,
) -> Result<Option<Page>, CheckError> {
    let url = source.url_fr.clone().filter(|_| with.mirror.is_none());
    let (Some(url), Reply::Page(_)) = (url, reply) else { return Ok(None) };
    let (store, id) = (with.store.clone(), source.id.clone());
    let held = move || store.ask(|store| store.holds(&id));
    if tokio::task::spawn_blocking(held).await??.is_empty() {
        return Ok(None);
    }
    match with.fetcher.fetch(&Request::new(url), with.clock.as_ref()).await {
        Reply::Page(page) => Ok(Some(page)),
        _ => Ok(None),
    }
}

/// Stores what hosts have asked for. What cannot be stored now is stored after the next check.
async fn keep_manners(with: &Checking) -> Result<(), CheckError> {
    let changed = with.fetcher.take_changed_manners();
    if changed.is_empty() {
        return Ok(());
    }
    let of = with.clone();
    let keep = move || {
        if let Err(error) = of.store.ask(|store| store.keep_manners(&changed)) {
            tracing::debug!(error = in_full(&error), "what hosts ask for is not stored yet");
            of.fetcher.not_stored(&changed);
        }
    };
    Ok(tokio::task::spawn_blocking(keep).await?)
}

/// Checks a source against a page that a person saved.
///
/// # Errors
/// When the file cannot be read, or our own side fails.
pub fn check_file(with: &Checking, id: &SourceId, file: &Path) -> Result<Report, CheckError> {
    let url = source(with, id)?.url.clone();
    check_page(with, id, Page::from_file(url, read_file(file)?, with.clock.now()))
}

/// Checks a source against a page that was fetched, or saved, at a given moment.
///
/// # Errors
/// When our own side fails.
pub fn check_page(with: &Checking, id: &SourceId, page: Page) -> Result<Report, CheckError> {
    let (source, at) = (source(with, id)?, page.fetched_at);
    let try_once = |page: Page| {
        let version = with.store.ask(|store| store.version(id))?;
        let beginning = Beginning { at, version, is_asked: false };
        record::reply(with, &source, Reply::Page(page), None, beginning)
    };
    for _ in 1..MOST_TRIES {
        let result = try_once(page.clone());
        if !result.as_ref().is_err_and(CheckError::is_superseded) {
            return result;
        }
    }
    try_once(page)
}

/// Reads the file of a saved page.
pub(crate) fn read_file(file: &Path) -> Result<Vec<u8>, CheckError> {
    std::fs::read(file)
        .map_err(|source| CheckError::ReadPage { path: file.display().to_string(), source })
}

/// Returns the sources that are due at a moment, and those whose state cannot be read: these are checked
/// when their trouble is over.
///
/// # Errors
/// When the database cannot be read at all.
pub fn due(
    with: &Checking,
    now: Timestamp,
) -> Result<(Agenda, Vec<(SourceId, CheckError)>), CheckError> {
    let all = with.store.ask(|store| {
        // What hosts asked of another process that checks for this one.
        with.fetcher.put_back(store.manners()?, now);
        Ok::<_, StoreError>((store.source_states()?, store.held()?))
    });
    match all {
        Ok((states, held)) => Ok((agenda(with, (&states, &held), now), Vec::new())),
        // One row that cannot be read must not hold up the other sources.
        Err(error) if error.advice() == Advice::TellOperator => {
            let (agenda, unreadable) = due_one_by_one(with, now);
            // Letters leave, and pages are served, also where the states of all sources are damaged.
            let is_usable = || with.store.ask(|store| store.is_any_readable());
            if unreadable.len() == with.catalog.sources().count() && !is_usable() {
                return Err(CheckError::Unusable(Box::new(error.into())));
            }
            Ok((agenda, unreadable))
        }
        Err(error) => Err(error.into()),
    }
}

fn agenda(with: &Checking, known: (&[SourceState], &[Held]), now: Timestamp) -> Agenda {
    let waits_until = |url: &Url| with.fetcher.waits_until(url, now);
    conclude::agenda(&with.catalog, known, &waits_until, now)
}

fn due_one_by_one(with: &Checking, now: Timestamp) -> (Agenda, Vec<(SourceId, CheckError)>) {
    let (mut states, mut held, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for source in with.catalog.sources() {
        let id = &source.id;
        let found = with
            .store
            .ask(|store| Ok::<_, StoreError>((store.source_state(id)?, store.holds(id)?)));
        match found {
            Ok((state, hold)) => {
                states.extend(state);
                held.extend(hold);
            }
            Err(error) => unreadable.push((id.clone(), error.into())),
        }
    }
    let mut agenda = agenda(with, (&states, &held), now);
    agenda.due.retain(|id| unreadable.iter().all(|(of, _)| of != id));
    (agenda, unreadable)
}

/// A source as its pages are read: with the words that a person marked as noise.
pub(crate) fn source(with: &Checking, id: &SourceId) -> Result<Source, CheckError> {
    let source = with.catalog.source(id);
    let source = source.ok_or_else(|| CheckError::UnknownSource(id.clone()))?;
    let noise = with.store.ask(|store| store.noise(Some(id)))?;
    if noise.is_empty() {
        return Ok(source.clone());
    }
    Ok(source.with_noise(noise.iter().flat_map(|noise| &noise.lines).map(String::as_str)))
}

/// The page that came at the last check of a source, if one came.
pub(crate) fn page_of_last_check(
    with: &Checking,
    id: &SourceId,
) -> Result<Option<Page>, CheckError> {
    let page = with.store.ask(|store| {
        let last = store.timeline(id)?.pop();
        last.map_or(Ok(None), |run| store.page(run.id))
    })?;
    Ok(page)
}

/// The address that a source's page is asked for at.
pub(crate) fn address(with: &Checking, source: &Source) -> Url {
    let mirrored = with.mirror.as_ref().and_then(|base| base.join(source.id.as_str()).ok());
    mirrored.unwrap_or_else(|| source.followed.as_ref().unwrap_or(&source.url).clone())
}

/// Whether the accepted facts were read with this recipe and this reader.
fn is_current(with: &Checking, state: &SourceState, source: &Source) -> bool {
    state.read_with.as_ref().is_some_and(|(recipe, read_with)| {
        *recipe == source.recipe.hash() && *read_with == reader(&with.converter, source)
    })
}
