//! What a page is made of: an open site, a connection that only reads, what surrounds the page.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use tokio::sync::{Notify, Semaphore};

use super::answer::{Fault, Keep, busy, faulty, html};
use super::limits::Limits;
use crate::asking;
use crate::doors::{Known, Site};
use crate::model::{Bilingual, FactKey, FactType, Freshness, Language, SourceId, in_full};
use crate::render::pages::{Choices, Frame, LogEntry, Tab};

/// How many pages are made at a time: more would only wait for the processors.
const AT_ONCE: usize = 4;

/// How long a page may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long an answer about how fresh the sources are is used again.
const FRESH: Duration = Duration::from_secs(15);

/// A site, and what is made of it once.
pub(super) struct Open {
    pub(super) site: Site,
    pub(super) choices: Choices,
}

/// What all connections share.
pub(super) struct Shared {
    open: RwLock<Arc<Open>>,
    turns: Arc<Semaphore>,
    fresh: Mutex<Option<(Instant, Freshness)>>,
    /// What each reader did in the last hour.
    pub(super) limits: Limits,
    /// Rings when a letter was enqueued.
    pub(super) bell: Arc<Notify>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Which page is wanted.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) language: Language,
    /// Below the language, with its question; `None` for a page that is in one language alone.
    pub(super) place: Option<String>,
    pub(super) tab: Tab,
    pub(super) keep: Keep,
}

/// What a page is made with.
pub(super) struct Look<'a> {
    pub(super) open: &'a Open,
    pub(super) known: &'a Known,
    pub(super) frame: Frame<'a>,
    pub(super) today: Date,
}

impl Shared {
    pub(super) fn new(site: Site) -> Self {
        Self {
            open: RwLock::new(Arc::new(Open::new(site))),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            fresh: Mutex::new(None),
            limits: Limits::default(),
            bell: Arc::default(),
        }
    }

    pub(super) fn renew(&self, site: Site) {
        let open = Arc::new(Open::new(site));
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
        *self.fresh.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn open(&self) -> Arc<Open> {
        Arc::clone(&self.open.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers a question on a thread and a connection of its own, when its turn comes; `None` when that
    /// takes too long.
    pub(super) async fn answer<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Open, &Known) -> T + Send + 'static,
    ) -> Option<Result<T, Fault>> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(PATIENCE, turn).await.ok()?.ok()?;
        let open = self.open();
        let asked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            open.site.readers.lend(|known| question(&open, known))
        });
        Some(match asked.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Fault::Ours(in_full(&error))),
            Err(died) => Err(Fault::Ours(died.to_string())),
        })
    }

    /// Answers what no page is made of, with what a page would be made with; `None` when its turn takes too long.
    pub(super) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        language: Language,
        work: impl FnOnce(&Look<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Option<Result<T, Fault>> {
        let made = self.answer(move |open, known| {
            let wanted = Wanted { language, place: None, tab: Tab::None, keep: Keep::Never };
            let now = open.site.clock.now();
            work(&open.look(known, &wanted, Freshness::default(), now))
        });
        Some(made.await?.flatten())
    }

    /// Makes a page. What goes wrong becomes a page too.
    pub(super) async fn page(
        self: &Arc<Self>,
        wanted: Wanted,
        write: impl FnOnce(&Look<'_>) -> Result<String, Fault> + Send + 'static,
    ) -> Response {
        let (language, keep) = (wanted.language, wanted.keep);
        let shared = Arc::clone(self);
        let made = self.answer(move |open, known| shared.write(open, known, &wanted, write)).await;
        match made {
            Some(Ok((status, text))) if status == StatusCode::OK => html(status, text, keep),
            Some(Ok((status, text))) => html(status, text, Keep::Never),
            Some(Err(fault)) => {
                fault.log();
                busy(language)
            }
            None => busy(language),
        }
    }

    /// Says on a page what went wrong.
    pub(super) async fn refuse(self: &Arc<Self>, wanted: Wanted, fault: Fault) -> Response {
        self.page(wanted, move |_| Err(fault)).await
    }

    fn write(
        &self,
        open: &Open,
        known: &Known,
        wanted: &Wanted,
        write: impl FnOnce(&Look<'_>) -> Result<String, Fault>,
    ) -> (StatusCode, String) {
        let now = open.site.clock.now();
        let look = open.look(known, wanted, self.freshness(open, known, now), now);
        match write(&look) {
            Ok(text) => (StatusCode::OK, text),
            Err(fault) => {
                fault.log();
                faulty(&look.frame, &fault)
            }
        }
    }

    /// How fresh what is known is. It is asked for once in a while, however many readers there are; what
    /// cannot be known now is not said.
    fn freshness(&self, open: &Open, known: &Known, now: Timestamp) -> Freshness {
        let mut kept = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, fresh)) = kept.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return *fresh;
        }
        let asked = asking::status(known, &open.site.catalog, now)
            .and_then(|sources| asking::freshness(known, &sources));
        match asked {
            Ok(fresh) => {
                *kept = Some((Instant::now(), fresh));
                fresh
            }
            Err(error) => {
                tracing::error!(error = in_full(&error), "the state of the sources is not known");
                Freshness::default()
            }
        }
    }
}

/// The feed of everything: its address and its title.
fn of_everything(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("/feed.atom?lang=en", "Every change"),
        Language::Fr => ("/feed.atom?lang=fr", "Tous les changements"),
    }
}

impl Open {
    fn new(site: Site) -> Self {
        let watched = asking::sources(&site.catalog).watched;
        let names = |name: &dyn Fn(&asking::SourceSummary) -> String| -> Vec<String> {
            let names: BTreeSet<String> = watched.iter().map(name).collect();
            names.into_iter().collect()
        };
        let choices = Choices {
            programs: names(&|source| source.program.clone()),
            jurisdictions: names(&|source| source.jurisdiction.clone()),
        };
        Self { choices, site }
    }

    /// Whether people may subscribe on the pages: a letter has to link back, and to name its sender.
    fn signs_up(&self) -> bool {
        let by = &self.site.correspondence;
        self.site.http.sign_up && by.public_url.is_some() && by.sender.is_some()
    }

    fn look<'a>(
        &'a self,
        known: &'a Known,
        wanted: &'a Wanted,
        fresh: Freshness,
        now: Timestamp,
    ) -> Look<'a> {
        let frame = self.frame(wanted, fresh, now);
        let today = now.to_zoned(self.site.zone.clone()).date();
        Look { open: self, known, frame, today }
    }

    fn frame<'a>(&'a self, wanted: &'a Wanted, fresh: Freshness, now: Timestamp) -> Frame<'a> {
        Frame {
            language: wanted.language,
            place: wanted.place.as_deref(),
            tab: wanted.tab,
            glossary: self.site.catalog.glossary(),
            zone: &self.site.zone,
            now,
            fresh,
            sender: self.site.correspondence.sender.as_ref(),
            sign_up: self.signs_up(),
            feed: Some(of_everything(wanted.language)),
        }
    }

    /// Whether the records of a fact set are sizes of a family.
    pub(super) fn is_of_families(&self, source: &SourceId, key: &FactKey) -> bool {
        let source = self.site.catalog.declared(source);
        source.and_then(|source| source.fact(key)).is_some_and(|fact| fact.kind == FactType::Funds)
    }

    /// The title of a fact set of a source.
    pub(super) fn title_of(&self, source: &SourceId, fact: &FactKey) -> Option<Bilingual> {
        let catalog = &self.site.catalog;
        catalog.declared(source)?.title_of(fact, catalog.glossary())
    }

    /// The title of a source, watched or switched off.
    pub(super) fn title(&self, id: &SourceId) -> Option<&Bilingual> {
        self.site.catalog.declared(id).map(|source| &source.title)
    }

    /// A change as a line of a list.
    pub(super) fn entry<'a>(&'a self, logged: &'a asking::Logged) -> LogEntry<'a> {
        let change = &logged.change;
        LogEntry {
            change,
            source: self.title(&change.source),
            set: self.title_of(&change.source, &change.fact),
            is_imported: logged.is_imported,
            is_retracted: logged.retraction.is_some(),
        }
    }

    /// Changes as lines of a list.
    pub(super) fn entries<'a>(&'a self, logged: &'a [asking::Logged]) -> Vec<LogEntry<'a>> {
        logged.iter().map(|logged| self.entry(logged)).collect()
    }
}
