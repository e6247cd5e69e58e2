//! What a page is made of: an open site, a connection that only reads, what surrounds the page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use tokio::sync::{Notify, Semaphore};

use super::answer::{Fault, Keep, busy, faulty, html};
use super::limits::Limits;
use crate::asking::{self, Freshness};
use crate::doors::{Known, Site};
use crate::model::{Bilingual, Change, FactKey, Language, SourceId, in_full};
use crate::render::pages::{Choices, Frame, Freshly, LogEntry, Tab};

/// How many pages are made at a time: more would only wait for the processors.
const AT_ONCE: usize = 4;

/// How long a page may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what is known of the sources as a whole is taken for new.
const FRESH: Duration = Duration::from_secs(15);

/// A site, and what is made of it once.
pub(super) struct Open {
    pub(super) site: Site,
    pub(super) titles: BTreeMap<SourceId, Bilingual>,
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

    /// Answers what no page is made of; `None` when it takes too long.
    pub(super) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        language: Language,
        write: impl FnOnce(&Look<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Option<Result<T, Fault>> {
        let made = self.answer(move |open, known| {
            let now = open.site.clock.now();
            let wanted = Wanted { language, place: None, tab: Tab::None, keep: Keep::Minute };
            let frame = open.frame(&wanted, Freshly::default(), now);
            let today = now.to_zoned(open.site.zone.clone()).date();
            write(&Look { open, known, frame, today })
        });
        let made = made.await?.flatten();
        if let Err(Fault::Ours(why)) = &made {
            tracing::error!(why, "a question cannot be answered");
        }
        Some(made)
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
                tracing::error!(?fault, "a page cannot be made");
                busy(language)
            }
            None => busy(language),
        }
    }

    /// Answers a question with what a page would be made with; `None` when its turn takes too long.
    pub(super) async fn with_look<T: Send + 'static>(
        self: &Arc<Self>,
        wanted: Wanted,
        work: impl FnOnce(&Look<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Option<Result<T, Fault>> {
        let asked = self.answer(move |open, known| {
            let now = open.site.clock.now();
            let frame = open.frame(&wanted, Freshly::default(), now);
            let today = now.to_zoned(open.site.zone.clone()).date();
            work(&Look { open, known, frame, today })
        });
        asked.await.map(|asked| asked.and_then(|done| done))
    }

    fn write(
        &self,
        open: &Open,
        known: &Known,
        wanted: &Wanted,
        write: impl FnOnce(&Look<'_>) -> Result<String, Fault>,
    ) -> (StatusCode, String) {
        let now = open.site.clock.now();
        let frame = open.frame(wanted, self.freshness(open, known, now), now);
        let today = now.to_zoned(open.site.zone.clone()).date();
        match write(&Look { open, known, frame, today }) {
            Ok(text) => (StatusCode::OK, text),
            Err(fault) => {
                if let Fault::Ours(why) = &fault {
                    tracing::error!(why, "a page cannot be made");
                }
                faulty(&frame, &fault)
            }
        }
    }

    /// How fresh what is known is. It is asked for once in a while, however many readers there are; what
    /// cannot be known now is not said.
    fn freshness(&self, open: &Open, known: &Known, now: Timestamp) -> Freshly {
        let mut kept = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, fresh)) = kept.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return freshly(*fresh);
        }
        let asked = asking::status(known, &open.site.catalog, now)
            .and_then(|sources| asking::freshness(known, &sources));
        match asked {
            Ok(fresh) => {
                *kept = Some((Instant::now(), fresh));
                freshly(fresh)
            }
            Err(error) => {
                tracing::error!(error = in_full(&error), "the state of the sources is not known");
                Freshly::default()
            }
        }
    }
}

fn freshly(fresh: Freshness) -> Freshly {
    let Freshness { newest_good, newest_change, n_sources, n_read } = fresh;
    Freshly { newest_good, newest_change, n_sources, n_read }
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
        let sources = || site.catalog.sources();
        let all = |name: &dyn Fn(&asking::SourceSummary) -> String| -> Vec<String> {
            let now = site.clock.now();
            let names: BTreeSet<String> =
                asking::sources(&site.catalog, now).watched.iter().map(name).collect();
            names.into_iter().collect()
        };
        let choices = Choices {
            programs: all(&|source| source.program.clone()),
            jurisdictions: all(&|source| source.jurisdiction.clone()),
        };
        let titles = sources().map(|source| (source.id.clone(), source.title.clone())).collect();
        Self { titles, choices, site }
    }

    /// Whether people may subscribe on the pages: a letter has to link back, and to name its sender.
    fn signs_up(&self) -> bool {
        let by = &self.site.correspondence;
        self.site.http.sign_up && by.public_url.is_some() && by.sender.is_some()
    }

    fn frame<'a>(&'a self, wanted: &'a Wanted, fresh: Freshly, now: Timestamp) -> Frame<'a> {
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

    /// The titles of the fact sets that changes are about.
    pub(super) fn sets<'c>(
        &self,
        changes: impl Iterator<Item = &'c Change>,
    ) -> BTreeMap<String, Bilingual> {
        let mut sets = BTreeMap::new();
        for change in changes {
            let title = self.title_of(&change.source, &change.fact);
            sets.extend(title.map(|title| (change.fact.to_string(), title)));
        }
        sets
    }

    /// The title of a fact set of a source.
    pub(super) fn title_of(&self, source: &SourceId, fact: &FactKey) -> Option<Bilingual> {
        let catalog = &self.site.catalog;
        catalog.declared(source)?.title_of(fact, catalog.glossary())
    }

    /// The title of a source, watched or switched off.
    pub(super) fn title(&self, id: &SourceId) -> Option<&Bilingual> {
        let off = || self.site.catalog.declared(id).map(|source| &source.title);
        self.titles.get(id).or_else(off)
    }

    /// A change as a line of a list.
    pub(super) fn entry<'a>(
        &'a self,
        logged: &'a asking::Logged,
        sets: &'a BTreeMap<String, Bilingual>,
    ) -> LogEntry<'a> {
        LogEntry {
            change: &logged.change,
            source: self.title(&logged.change.source),
            set: sets.get(logged.change.fact.as_str()),
            is_imported: logged.is_imported,
            is_retracted: logged.retraction.is_some(),
        }
    }
}
