//! What the web pages need, opened.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Doors, OpenError};
use crate::catalog::Catalog;
use crate::clock::{Clock, SystemClock};
use crate::settings::{Http, Settings};
use crate::store::{Readers, SharedStore};
use crate::writing::Correspondence;

/// Everything the web pages need.
#[derive(Clone)]
pub struct Site {
    /// Where they are served, and how readers call them.
    pub http: Http,
    /// Connections that only read.
    pub readers: Readers,
    /// The connection that writes: for sign-ups and for leaving.
    pub store: SharedStore,
    /// The sources that are watched.
    pub catalog: Arc<Catalog>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The zone in which moments are shown.
    pub zone: TimeZone,
    /// Who letters are from.
    pub correspondence: Arc<Correspondence>,
    /// The database.
    pub place: PathBuf,
    /// Where letters are written to files.
    pub letters: PathBuf,
}

impl Site {
    /// Opens it over the same database as the doors of the daemon. `None`: no pages are to be served.
    ///
    /// # Errors
    /// When the database cannot be opened to read.
    pub fn open(settings: &Settings, doors: &Doors) -> Result<Option<Self>, OpenError> {
        if settings.http.listen.is_none() {
            return Ok(None);
        }
        Self::over(settings, Arc::clone(&doors.catalog), doors.store.clone()).map(Some)
    }

    /// Opens it by itself: nothing is checked or delivered.
    ///
    /// # Errors
    /// When the database cannot be opened or made.
    pub fn alone(settings: &Settings, catalog: Catalog) -> Result<Self, OpenError> {
        let store = super::store(settings)?;
        Self::over(settings, Arc::new(catalog), store)
    }

    fn over(
        settings: &Settings,
        catalog: Arc<Catalog>,
        store: SharedStore,
    ) -> Result<Self, OpenError> {
        let place = settings.database();
        Ok(Self {
            http: settings.http.clone(),
            readers: Readers::open(&place)?,
            store,
            catalog,
            clock: Arc::new(SystemClock),
            zone: settings.zone.clone(),
            correspondence: Arc::new(super::correspondence(settings)),
            place,
            letters: settings.outbox(),
        })
    }
}
