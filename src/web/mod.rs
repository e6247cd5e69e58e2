//! Answers readers: the web pages, over the same questions that the command line asks.
//!
//! Off unless `[http] listen` is set. [`Face::begin`] serves [`Site`], a set of open doors; the daemon gives
//! it another at a reload. The pages are plain HTML from [`crate::render::pages`]: no script, no cookie, nothing
//! from elsewhere. What is asked becomes a question of [`crate::asking`], on a connection that only reads and a
//! thread of its own, so that no reader waits for a check and no check for a reader.
//!
//! | file | holds |
//! |---|---|
//! | `serve` | accepts connections: their number, their time, the size of what they say |
//! | `routes` | which address is which page, and the headers of every answer |
//! | `look` | what a page is made of: an open site, a connection, what surrounds the page |
//! | `answer` | an answer, and what went wrong in the reader's words |
//! | `typed` | what an address or a form says, as a filter of the log |
//! | `feed`, `api`, `plain` | what programs read: feeds, calendars, JSON, with validators |
//! | `wish` | a wish for letters as the form says it |
//! | `limits` | how much one reader may ask |
//! | `subscribe`, `reader` | signing up, and a reader's own pages: confirm, change, leave |
//! | `home`, `log`, `facts`, `sources`, `health` | the pages |
//!
//! Addresses of pages begin with their language: `/en/changes`. What programs read has its own: `/feed.atom`,
//! `/calendar.ics`, `/api/v1/…`. A GET changes nothing.

mod answer;
mod api;
mod facts;
mod feed;
mod forget;
mod health;
mod home;
mod limits;
mod log;
mod look;
mod misfit;
mod plain;
mod reader;
mod routes;
mod serve;
mod sources;
mod subscribe;
mod typed;
mod wish;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::doors::Site;
use look::Shared;

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The address cannot be listened on.
    #[error("serving pages at {listen} (`http.listen`)")]
    Listen {
        /// Which.
        listen: SocketAddr,
        /// Why not.
        #[source]
        error: io::Error,
    },
}

/// The pages while they are served, or none.
#[derive(Debug, Default)]
pub struct Face {
    serving: Option<Serving>,
}

/// A listener and what it serves.
#[derive(Debug)]
struct Serving {
    /// What the settings say, and what came of it: port 0 is any that is free.
    listen: SocketAddr,
    bound: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Face {
    /// Begins to serve a site; `None`: nothing is served. It needs a runtime.
    ///
    /// # Errors
    /// When its address cannot be listened on.
    pub fn begin(site: Option<Site>) -> Result<Self, FaceError> {
        let mut face = Self::default();
        face.renew(site)?;
        Ok(face)
    }

    /// Serves another site from now on. If its address is another, the old one is served until the new one is
    /// listened on.
    ///
    /// # Errors
    /// When its address cannot be listened on; the old site is then still served.
    pub fn renew(&mut self, site: Option<Site>) -> Result<(), FaceError> {
        let Some((listen, site)) = site.and_then(|site| Some((site.http.listen?, site))) else {
            if let Some(serving) = self.serving.take() {
                serving.stop.send_replace(true);
            }
            return Ok(());
        };
        if let Some(serving) = self.serving.as_ref().filter(|serving| serving.listen == listen) {
            serving.shared.renew(site);
            return Ok(());
        }
        let serving = Serving::begin(listen, site)?;
        if let Some(old) = self.serving.replace(serving) {
            old.stop.send_replace(true);
        }
        Ok(())
    }

    /// Waits until a page has enqueued a letter; for ever where no pages are served.
    pub async fn rung(&self) {
        match &self.serving {
            Some(serving) => serving.shared.bell.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Where the pages are served.
    #[must_use]
    pub fn listens(&self) -> Option<SocketAddr> {
        self.serving.as_ref().map(|serving| serving.bound)
    }

    /// Takes no more connections, and waits until every answer under way is given. The caller bounds the wait.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop.send_replace(true);
            drop(serving.task.await);
        }
    }
}

/// How many connections may wait to be accepted. One more than that is asked to come again, and the other end
/// does so after a second.
const WAITING: u32 = 1024;

fn listener(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that a new start finds the address free, as every listener of the standard library does.
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(WAITING)
}

impl Serving {
    fn begin(listen: SocketAddr, site: Site) -> Result<Self, FaceError> {
        let failed = |error| FaceError::Listen { listen, error };
        let listener = listener(listen).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared::new(site));
        let (stop, stopped) = watch::channel(false);
        let router = routes::router(Arc::clone(&shared));
        tracing::info!(at = %format!("http://{bound}/"), "serving pages");
        let task = tokio::spawn(serve::serve(listener, router, stopped));
        Ok(Self { listen, bound, shared, stop, task })
    }
}
