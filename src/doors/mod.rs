//! Opens the doors that the settings name: catalogue, database, network, mail.
//!
//! [`Doors::open`] opens everything that checking and delivering need; [`Doors::reopen`] does it again
//! for other settings over the same database, so that a daemon can be given a new configuration.
//! [`Site::open`] opens what the web pages need. [`to_ask`] opens the database for questions only. Before anything touches another machine,
//! [`check_contact`] checks that the operator has given a contact; before a letter goes to a
//! subscriber, [`check_sender`] checks that it names its sender.

mod error;
mod site;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use error::OpenError;
pub use site::Site;

use crate::calling::{Calling, HookKey};
use crate::catalog::{Catalog, File, included, shipped_files};
use crate::checking::Checking;
use crate::clock::{Clock, SystemClock};
use crate::conclude::{Confirmation, Trust};
use crate::convert::Converter;
use crate::delivering::{Delivering, Halt, Pulse, Unrecorded};
use crate::fetch::{Caller, Fetcher};
use crate::mail::{Directory, Post, Smtp};
use crate::model::{FetchSettings, Retention, SourceId, is_this_machine, urn};
use crate::render::letter::Sender;
use crate::settings::{HookKeyPlace, Review, Settings, Transport};
use crate::store::{SharedStore, Store, StoreError, unless_damaged};
use crate::writing::Correspondence;

/// Everything that checking and delivering need, opened.
#[derive(Clone)]
pub struct Doors {
    /// The sources to watch.
    pub catalog: Arc<Catalog>,
    /// The database.
    pub store: SharedStore,
    /// How pages are fetched.
    pub fetcher: Arc<Fetcher>,
    /// The settings of the fetcher; `None` if none were given.
    pub fetch_settings: Option<FetchSettings>,
    /// How a PDF becomes text.
    pub converter: Converter,
    /// How letters leave.
    pub post: Post,
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
    /// The tries at letters that are not recorded yet.
    pub unrecorded: Unrecorded,
    /// How long things are kept.
    pub retention: Retention,
    /// How hooks are called; `None`: nobody is.
    pub calling: Option<Calling>,
    /// What the configuration and the catalogue were read from, as an id: another text is another id.
    pub fingerprint: String,
}

impl Doors {
    /// Opens what the settings name, for a catalogue that [`catalog`] has read.
    ///
    /// # Errors
    /// When any of it cannot be opened.
    pub fn open(settings: &Settings, catalog: Catalog) -> Result<Self, OpenError> {
        let store = SharedStore::new(Store::open(&settings.database())?);
        let fetcher = fetcher_that_remembers(settings, &store)?;
        visited(&fetcher, &store, &catalog, SystemClock.now())?;
        Self::over(settings, catalog, store, fetcher)
    }

    /// Opens what other settings name, over the same database. What hosts have asked of us is kept: a new
    /// fetcher is made only if its settings differ from those of the present one.
    ///
    /// # Errors
    /// When any of it cannot be opened; the present doors then stay as they are.
    pub fn reopen(&self, settings: &Settings, catalog: Catalog) -> Result<Self, OpenError> {
        let is_same = self.fetch_settings.as_ref() == Some(&settings.fetch);
        let fetcher = match is_same {
            true => Arc::clone(&self.fetcher),
            false => {
                let (fetcher, now) = (Fetcher::http(&settings.fetch)?, self.clock.now());
                fetcher.put_back(self.fetcher.manners(now), now);
                visited(&fetcher, &self.store, &catalog, now)?;
                Arc::new(fetcher)
            }
        };
        let doors = Self::over(settings, catalog, self.store.clone(), fetcher)?;
        Ok(Self { unrecorded: self.unrecorded.clone(), ..doors })
    }

    fn over(
        settings: &Settings,
        catalog: Catalog,
        store: SharedStore,
        fetcher: Arc<Fetcher>,
    ) -> Result<Self, OpenError> {
        let fingerprint = urn("configuration", &[&settings.text_id, catalog.text_id()]);
        let catalog = Arc::new(catalog);
        let calling = Some(calling(settings, store.clone(), Arc::clone(&catalog))?);
        Ok(Self {
            calling,
            catalog,
            store,
            fetcher,
            fetch_settings: Some(settings.fetch.clone()),
            converter: Converter::default(),
            post: post(settings)?,
            clock: Arc::new(SystemClock),
            confirmation: Confirmation(settings.recheck.iter().map(|d| signed(*d)).collect()),
            trust: match settings.review {
                Review::Structure => Trust::Tried,
                Review::All => Trust::Nothing,
            },
            correspondence: Arc::new(correspondence(settings)),
            mirror: None,
            unrecorded: Unrecorded::default(),
            retention: settings.retention,
            fingerprint,
        })
    }

    /// The ids of the watched sources.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceId> {
        self.catalog.sources().map(|source| source.id.clone()).collect()
    }

    /// The host of a source's page.
    #[must_use]
    pub fn host(&self, id: &SourceId) -> Option<&str> {
        host(&self.catalog, id)
    }

    /// Whether a source is watched.
    #[must_use]
    pub fn watches(&self, id: &SourceId) -> bool {
        self.catalog.source(id).is_some()
    }

    /// What a check needs.
    #[must_use]
    pub fn checking(&self) -> Checking {
        Checking {
            catalog: Arc::clone(&self.catalog),
            store: self.store.clone(),
            fetcher: Arc::clone(&self.fetcher),
            converter: self.converter.clone(),
            clock: Arc::clone(&self.clock),
            confirmation: self.confirmation.clone(),
            trust: self.trust,
            correspondence: Arc::clone(&self.correspondence),
            mirror: self.mirror.clone(),
        }
    }

    /// What delivering needs.
    #[must_use]
    pub fn delivering(&self) -> Delivering {
        Delivering {
            catalog: Arc::clone(&self.catalog),
            store: self.store.clone(),
            post: self.post.clone(),
            clock: Arc::clone(&self.clock),
            correspondence: Arc::clone(&self.correspondence),
            unrecorded: self.unrecorded.clone(),
            halt: Halt::default(),
            pulse: Pulse::default(),
        }
    }
}

/// An open database, to ask.
pub type Known = SharedStore;

/// Reads the catalogue: the shipped one or the named one, and the files in `sources.d`. Sources that the
/// configuration switches off are off.
///
/// # Errors
/// When a file cannot be read; else every fault of every file.
pub fn catalog(settings: &Settings) -> Result<Catalog, OpenError> {
    let mut files = match &settings.sources {
        Some(path) => with_included(path)?,
        None => shipped_files(),
    };
    for path in &settings.additions {
        files.extend(with_included(path)?);
    }
    let mut catalog = Catalog::load(&files)?;
    for id in &settings.sources_off {
        if !catalog.switch_off(id) {
            return Err(OpenError::NoSuchSource(id.clone()));
        }
    }
    Ok(catalog)
}

/// The host of a source's page.
#[must_use]
pub fn host<'a>(catalog: &'a Catalog, id: &SourceId) -> Option<&'a str> {
    catalog.source(id)?.url.host_str()
}

/// The most files that one file may include.
const INCLUDES: usize = 500;

/// The largest file of a catalogue, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A file of a catalogue, with the files that it includes from its own folder.
fn with_included(path: &Path) -> Result<Vec<File>, OpenError> {
    let door = read(path)?;
    let names = included(&door);
    if names.len() > INCLUDES {
        return Err(OpenError::ManyIncluded { path: path.to_owned(), limit: INCLUDES });
    }
    let mut files = vec![door];
    for name in names {
        files.push(read_included(Path::new(&name))?);
    }
    Ok(files)
}

/// Reads an included file. Anything else is refused: a FIFO would be waited on for ever.
fn read_included(path: &Path) -> Result<File, OpenError> {
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a file");
        return Err(OpenError::ReadCatalogue { path: path.to_owned(), error });
    }
    read(path)
}

fn read(path: &Path) -> Result<File, OpenError> {
    let unread = |error| OpenError::ReadCatalogue { path: path.to_owned(), error };
    if std::fs::metadata(path).map_err(unread)?.len() > LARGEST {
        return Err(OpenError::LargeCatalogue { path: path.to_owned(), limit: LARGEST });
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    Ok(File::of_operator(&path.display().to_string(), &text))
}

/// Opens the database to read and write.
///
/// # Errors
/// When it cannot be opened or created.
pub fn store(settings: &Settings) -> Result<SharedStore, OpenError> {
    Ok(SharedStore::new(Store::open(&settings.database())?))
}

/// Opens the database only to read. Without one there is nothing to ask yet.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub fn to_ask(settings: &Settings) -> Result<SharedStore, OpenError> {
    match Store::open_read_only(&settings.database()) {
        // A directory that cannot be searched is another error: it does not mean that there is none.
        Err(StoreError::NoDatabase { path }) => Err(OpenError::NoDatabase { path }),
        opened => Ok(SharedStore::new(opened?)),
    }
}

/// Makes a fetcher that asks the network.
///
/// # Errors
/// When the contact does not fit in a header, a network cannot be read, or there is no HTTP client.
pub fn fetcher(settings: &Settings) -> Result<Fetcher, OpenError> {
    let fetcher = Fetcher::http(&settings.fetch)?;
    fetcher.prepare()?;
    Ok(fetcher)
}

/// Makes a fetcher, whose clients are made for the first request, that keeps to what hosts have asked of us before.
fn fetcher_that_remembers(
    settings: &Settings,
    store: &SharedStore,
) -> Result<Arc<Fetcher>, OpenError> {
    let fetcher = Fetcher::http(&settings.fetch)?;
    fetcher.put_back(unless_damaged(store.ask(|store| store.manners()))?, SystemClock.now());
    Ok(Arc::new(fetcher))
}

/// Tells a fetcher when other processes last asked each host: the gap between two requests is the host's.
fn visited(
    fetcher: &Fetcher,
    store: &SharedStore,
    catalog: &Catalog,
    now: Timestamp,
) -> Result<(), OpenError> {
    let checks = unless_damaged(store.ask(|store| store.last_checks_ended()))?;
    for (source, ended_at) in checks {
        if let Some(host) = host(catalog, &source) {
            fetcher.visited(host, now.duration_since(ended_at));
        }
    }
    Ok(())
}

/// Opens what calling hooks needs.
///
/// # Errors
/// When the contact does not fit in a header, or there is no HTTP client.
pub fn calling(
    settings: &Settings,
    store: SharedStore,
    catalog: Arc<Catalog>,
) -> Result<Calling, OpenError> {
    Ok(Calling {
        store,
        catalog,
        caller: Arc::new(Caller::new(&settings.hooks, settings.fetch.contact.as_deref())?),
        key: match &settings.hook_key {
            HookKeyPlace::Given(secret) => HookKey::Given(secret.clone()),
            HookKeyPlace::File(path) => HookKey::File(path.clone()),
        },
        clock: Arc::new(SystemClock),
        correspondence: Arc::new(correspondence(settings)),
    })
}

/// What makes text of a PDF.
#[must_use]
pub fn converter() -> Converter {
    Converter::default()
}

/// Opens the transport for letters.
///
/// # Errors
/// When the certificates that are named for it cannot be read.
pub fn post(settings: &Settings) -> Result<Post, OpenError> {
    Ok(match &settings.mail.transport {
        Transport::File => Post::Directory(Directory::new(settings.outbox())),
        Transport::Smtp(server) => Post::Smtp(Smtp::new(server.clone())?),
    })
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// Who letters come from, by the settings.
#[must_use]
pub fn correspondence(settings: &Settings) -> Correspondence {
    let details = settings.check_for_subscriber_letters().ok();
    Correspondence {
        from: settings.mail.from.clone(),
        from_name: settings.mail.from_name.clone(),
        sender: details.map(|details| Sender {
            legal_name: details.legal_name.to_owned(),
            postal_address: details.postal_address.to_owned(),
            contact: details.contact.to_owned(),
        }),
        leave: details.map(|details| details.leave.clone()),
        operator: settings.operator.address.clone(),
        public_url: settings.http.public_url.clone(),
        language: settings.operator.language,
        zone: settings.zone.clone(),
        data: settings.data.clone(),
    }
}

/// Refuses to touch other machines before the operator has given a contact. Without a list of sources
/// it checks all of them.
///
/// # Errors
/// When the operator has given none, and a page is on another machine.
pub fn check_contact(
    settings: &Settings,
    catalog: &Catalog,
    sources: Option<&[SourceId]>,
) -> Result<(), OpenError> {
    let is_meant = |id: &SourceId| sources.is_none_or(|sources: &[SourceId]| sources.contains(id));
    let mut meant = catalog.sources().filter(|source| is_meant(&source.id));
    if meant.any(|source| !source.url.host_str().is_some_and(is_this_machine)) {
        settings.check_for_requests().map_err(OpenError::Contact)?;
    }
    Ok(())
}

/// Makes a fetcher for an archive at an address.
///
/// # Errors
/// When the operator has given no contact and the archive is on another machine, or as for [`fetcher`].
pub fn fetcher_for(
    settings: &Settings,
    address: &Url,
    store: &SharedStore,
) -> Result<Arc<Fetcher>, OpenError> {
    if !address.host_str().is_some_and(is_this_machine) {
        settings.check_for_requests().map_err(OpenError::Contact)?;
    }
    let fetcher = fetcher_that_remembers(settings, store)?;
    fetcher.prepare()?;
    Ok(fetcher)
}

/// Refuses to send subscribers letters that do not name their sender. Letters to files are exempt: only
/// the operator sees them.
///
/// # Errors
/// When the configuration does not name the sender, or the database cannot be read.
pub fn check_sender(settings: &Settings, store: &SharedStore) -> Result<(), OpenError> {
    let by_mail = matches!(settings.mail.transport, Transport::Smtp(_));
    let has_subscribers = || unless_damaged(store.ask(|store| store.has_subscribers().map(Some)));
    if by_mail && has_subscribers()?.unwrap_or(true) {
        settings.check_for_subscriber_letters().map_err(OpenError::Sender)?;
    }
    Ok(())
}
