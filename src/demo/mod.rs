//! The whole loop in seconds, offline: bundled pages of two days are served on loopback and checked
//! twice, and letters tell what changed.
//!
//! Everything is real (HTTP, the shipped recipes, SQLite, letters as files) except the pages and the
//! clock: the pages were written for the demo, after real ones and with their real values, and the clock
//! is set by hand so that two days pass in a second.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::catalog::{Catalog, File, shipped_files};
use crate::checking::{CheckError, Report, check};
use crate::clock::SetClock;
use crate::conclude::{Confirmation, Trust};
use crate::convert::Converter;
use crate::delivering::{DeliverError, Unrecorded, deliver};
use crate::doors::Doors;
use crate::fetch::Fetcher;
use crate::mail::{Directory, Post};
use crate::model::{
    Advice, Change, Consent, EmailAddress, FetchSettings, Language, LogFilter, Network,
    NewSubscriber, Retention, Severity, SourceId, Subscription,
};
use crate::render::letter::Sender;
use crate::render::{Style, check_line};
use crate::store::{SharedStore, Store, StoreError};
use crate::subscribing::{SubscribeError, subscribe};
use crate::writing::Correspondence;

/// The demo's own sources, beside the shipped ones.
const SOURCES: &str = include_str!("sources.toml");

/// The pages of the two days, by source.
const PAGES: [(&str, &str, &str); 4] = [
    (
        "ircc-ee-categories",
        include_str!("pages/before/ircc-ee-categories.html"),
        include_str!("pages/after/ircc-ee-categories.html"),
    ),
    (
        "ircc-ee-rounds",
        include_str!("pages/before/ircc-ee-rounds.json"),
        include_str!("pages/after/ircc-ee-rounds.json"),
    ),
    (
        "bc-fees",
        include_str!("pages/before/bc-fees.html"),
        include_str!("pages/after/bc-fees.html"),
    ),
    (
        "ircc-ee-funds",
        include_str!("pages/before/ircc-ee-funds.html"),
        include_str!("pages/after/ircc-ee-funds.html"),
    ),
];

/// An error that stops the demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The loopback server.
    #[error("serving the demo's pages on loopback")]
    Serve(#[source] std::io::Error),
    /// The demo's output cannot be written.
    #[error("writing what the demo found")]
    Write(#[source] std::io::Error),
    /// Something bundled is wrong: a page, address or catalogue.
    #[error("preparing the demo: {0}")]
    Prepare(String),
    /// A check.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The demo's own readers.
    #[error(transparent)]
    Subscribe(#[from] SubscribeError),
    /// The letters.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DemoError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Serve(_) | Self::Write(_) | Self::Prepare(_) => Advice::Stop,
            Self::Check(error) => error.advice(),
            Self::Subscribe(error) => error.advice(),
            Self::Deliver(error) => error.advice(),
            Self::Store(error) => error.advice(),
        }
    }
}

/// Where the demo left its files.
#[derive(Debug, Clone)]
pub struct Left {
    /// The folder, for `--state`.
    pub folder: PathBuf,
    /// The letters.
    pub letters: PathBuf,
    /// The change log.
    pub changes: Vec<Change>,
}

/// Runs the demo in a folder and writes to `out` what it sees.
///
/// # Errors
/// When the folder, the loopback server or a bundled part fails.
pub async fn run(
    folder: &Path,
    now: Timestamp,
    out: &mut (dyn Write + Send),
) -> Result<Left, DemoError> {
    let (base, second_day) = serve().await?;
    let letters = folder.join("outbox");
    let clock = Arc::new(SetClock::new(now - SignedDuration::from_hours(24)));
    let doors = doors(folder, &letters, base, Arc::clone(&clock))?;
    let checking = doors.checking();
    readers(&doors.store, now)?;

    say(out, "Yesterday's pages, read for the first time. First facts are no news:\n")?;
    for (id, ..) in PAGES {
        tell(out, &check(&checking, &source(id)?).await?)?;
    }
    second_day.store(true, Ordering::SeqCst);
    // It ends now: nothing that it records is ahead of the clock of whoever asks next.
    clock.set(now - SignedDuration::from_mins(5));
    say(out, "\nToday's pages:\n")?;
    let mut held = Vec::new();
    for (id, ..) in PAGES {
        let report = check(&checking, &source(id)?).await?;
        tell(out, &report)?;
        held.extend((!report.held.is_empty()).then_some(report.source));
    }
    clock.advance(SignedDuration::from_mins(5));
    say(out, "\nWhat was held is fetched again, five minutes later:\n")?;
    for id in &held {
        tell(out, &check(&checking, id).await?)?;
    }
    let delivered = deliver(&doors.delivering()).await?;
    say(out, &format!("\n{} letters were written.\n", delivered.sent))?;
    let changes = doors.store.ask(|store| store.changes(&LogFilter::default()))?;
    Ok(Left { folder: folder.to_owned(), letters, changes })
}

fn say(out: &mut (dyn Write + Send), text: &str) -> Result<(), DemoError> {
    out.write_all(text.as_bytes()).map_err(DemoError::Write)
}

fn tell(out: &mut (dyn Write + Send), report: &Report) -> Result<(), DemoError> {
    let line = report.line(None);
    say(out, &format!("  {}\n", check_line(&line, Style::Plain)))
}

fn source(id: &str) -> Result<SourceId, DemoError> {
    SourceId::parse(id).map_err(|fault| DemoError::Prepare(fault.to_string()))
}

fn doors(
    folder: &Path,
    letters: &Path,
    base: Url,
    clock: Arc<SetClock>,
) -> Result<Doors, DemoError> {
    let wrong = |why: String| DemoError::Prepare(why);
    let mut files = shipped_files();
    files.push(File::of_operator("demo/sources.toml", SOURCES));
    let catalog = Catalog::load(&files).map_err(|faults| wrong(faults.to_string()))?;
    let loopback = Network::parse("127.0.0.0/8").map_err(|fault| wrong(fault.to_string()))?;
    let settings = FetchSettings { allow_private: vec![loopback], ..FetchSettings::default() };
    let address = |text| EmailAddress::parse(text).map_err(|fault| wrong(fault.to_string()));
    let fetcher = Fetcher::http(&settings).map_err(|error| wrong(error.to_string()))?;
    Ok(Doors {
        catalog: Arc::new(catalog),
        store: SharedStore::new(Store::open(folder)?),
        fetcher: Arc::new(fetcher),
        fetch_settings: None,
        fingerprint: String::new(),
        converter: Converter::default(),
        post: Post::Directory(Directory::new(letters)),
        clock,
        confirmation: Confirmation::by_next_page(),
        correspondence: Arc::new(Correspondence {
            from: address("rulewatch@demo.example")?,
            from_name: "rulewatch".to_owned(),
            leave: None,
            language: Language::En,
            sender: Some(Sender {
                legal_name: "The rulewatch demo".to_owned(),
                postal_address: "1 Example Street, Ottawa ON K1A 0A0".to_owned(),
                contact: "operator@demo.example".to_owned(),
            }),
            public_url: None,
            operator: Some(address("operator@demo.example")?),
            zone: TimeZone::get("America/Toronto").unwrap_or(TimeZone::UTC),
            data: Vec::new(),
        }),
        calling: None,
        mirror: Some(base),
        trust: Trust::Everything,
        unrecorded: Unrecorded::default(),
        retention: Retention::default(),
    })
}

/// One reader of everything in English, one of what flips an answer in French.
fn readers(store: &SharedStore, now: Timestamp) -> Result<(), DemoError> {
    let readers = [
        ("reader@demo.example", Language::En, Severity::Info),
        ("lectrice@demo.example", Language::Fr, Severity::Block),
    ];
    for (address, language, severity) in readers {
        let address =
            EmailAddress::parse(address).map_err(|fault| DemoError::Prepare(fault.to_string()))?;
        let new = NewSubscriber {
            address,
            language,
            subscription: Subscription { severity, ..Subscription::default() },
            consent: Consent {
                wording: "the demo's own reader".to_owned(),
                method: "operator".to_owned(),
                given_at: now,
            },
            token_hash: None,
        };
        subscribe(store, &new)?;
    }
    Ok(())
}

/// The pages by source id: those of the first day and those of the second.
#[derive(Clone)]
struct Site {
    pages: Arc<HashMap<&'static str, (&'static str, &'static str)>>,
    second_day: Arc<AtomicBool>,
}

/// Serves the pages on a free port of loopback until the program ends.
async fn serve() -> Result<(Url, Arc<AtomicBool>), DemoError> {
    let second_day = Arc::new(AtomicBool::new(false));
    let pages = PAGES.into_iter().map(|(id, before, after)| (id, (before, after))).collect();
    let site = Site { pages: Arc::new(pages), second_day: Arc::clone(&second_day) };
    let router = Router::new().route("/{id}", get(page)).with_state(site);
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(DemoError::Serve)?;
    let port = listener.local_addr().map_err(DemoError::Serve)?.port();
    tokio::spawn(async move {
        // Ends with the runtime; if accepting fails, the checks end `unreachable` and say so.
        drop(axum::serve(listener, router).await);
    });
    let base = Url::parse(&format!("http://127.0.0.1:{port}/"))
        .map_err(|error| DemoError::Prepare(error.to_string()))?;
    Ok((base, second_day))
}

async fn page(Segment(id): Segment<String>, State(site): State<Site>) -> Response {
    match site.pages.get(id.as_str()) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some((before, after)) => {
            let body = if site.second_day.load(Ordering::SeqCst) { after } else { before };
            let kind =
                if body.starts_with('{') { "application/json" } else { "text/html; charset=utf-8" };
            ([("content-type", kind)], *body).into_response()
        }
    }
}
