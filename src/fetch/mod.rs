//! Gets pages, politely.
//!
//! The door to other machines, and the only user of the HTTP client. A [`Fetcher`] takes an address
//! and gives a [`Reply`]: the page, or why there is none. Replies are not errors; the caller records
//! every one of them.
//!
//! Promises:
//! - One request at a time per host, with a gap between them, redirects and retries included.
//! - robots.txt is honoured, and no other machine is asked before the operator gives a contact.
//! - What a host asks for (to be left alone, a pause) is remembered, however long it is; the caller
//!   stores it across restarts.
//! - Certificates are always verified; the error for one that fails says what to do.
//! - Every address on the way, and every address a name resolves to, is checked before we connect to
//!   it; private ones are refused unless the operator allows their network.
//! - A body is whole or there is no page; it is never larger than the cap, and never later than the
//!   deadline, however slowly it drips.
//! - Validators go only to the address they came from, so that a 304 is about that address.
//!
//! It judges the way to a page and not what it says: a login, or a page that only leads on, is not a
//! page here; a block page answered with 200 is one.

mod address;
mod body;
mod budget;
mod client;
mod coding;
mod detour;
mod hook;
mod http;
mod lane;
mod lost;
mod manners;
mod recorded;
mod resolve;
mod retry;
mod robots;
mod rules;
mod stop;
mod tls;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::{
    clock::Clock,
    model::{
        Breakage, FetchFailure, FetchSettings, Gone, Hop, HostManners, Page, Refusal, Validators,
        moved_to,
    },
};

pub use hook::{Caller, HookPost};
pub use http::HttpFetcher;
pub use recorded::Recorded;

/// Why fetching cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum FetchSetupError {
    /// The contact does not fit in a header.
    #[error(
        "`[operator] contact` is `{contact}`, which cannot stand in a User-Agent: \
         write one line of plain ASCII"
    )]
    Contact {
        /// The contact as set.
        contact: String,
    },
    /// Nobody is trusted. Most often no certificate authorities are installed.
    #[error("cannot set up TLS (is the package ca-certificates installed?)")]
    Trust(#[source] rustls::Error),
    /// The certificates for a host cannot be used.
    #[error("reading the certificates of ca_file under [fetch.host.\"{host}\"]: {why}")]
    Authorities {
        /// The host.
        host: String,
        /// What is wrong with them.
        why: String,
    },
    /// The HTTP client could not be made.
    #[error("cannot make the HTTP client")]
    MakeClient(#[source] reqwest::Error),
}

/// What makes the next request for a page conditional.
///
/// A `Last-Modified` less than a minute before the answer's own `Date` says nothing: the page may
/// change again within that second and look unmodified ever after (RFC 9110, section 8.8.2.2).
#[must_use]
pub fn validators(page: &Page) -> Validators {
    let owned = |name| page.header(name).map(str::to_owned);
    let moment = |name| page.header(name).and_then(|date| httpdate::parse_http_date(date).ok());
    let settled = match (moment("last-modified"), moment("date")) {
        (Some(modified), Some(answered)) => {
            answered.duration_since(modified).is_ok_and(|age| age >= Duration::from_secs(60))
        }
        _ => false,
    };
    Validators { etag: owned("etag"), last_modified: owned("last-modified").filter(|_| settled) }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// The validators of an earlier page, which make the request conditional, with the address that gave
    /// them. Sent to no other address: a 304 from elsewhere would be about another page.
    pub validators: Option<(Url, Validators)>,
}

impl Request {
    /// Makes an unconditional request.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self { url, validators: None }
    }

    /// Makes a request that is conditional where it asks the address of an earlier page.
    #[must_use]
    pub fn revalidating(url: Url, earlier: &Page) -> Self {
        Self { url, validators: Some((earlier.url().clone(), validators(earlier))) }
    }

    /// The validators to send to one address on the way.
    fn validators_for(&self, url: &Url) -> Option<&Validators> {
        let (origin, validators) = self.validators.as_ref()?;
        (same_address(origin, url) && !validators.is_empty()).then_some(validators)
    }
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The page: 200, and the whole body.
    Page(Page),
    /// 304: the page at the validators' address is unchanged.
    NotModified {
        /// Every address on the way, as in a page; the last answered 304.
        chain: Vec<Hop>,
    },
    /// 404 or 410.
    Gone(Gone),
    /// We may not have it, or the server refuses.
    Refused(Refusal),
    /// The answer is not a page: it is larger than allowed, or only leads on to another.
    Broken(Breakage),
    /// No page came.
    Failed(FetchFailure),
}

impl Reply {
    /// Where the page has moved for good, whatever is there: the source's address should be corrected.
    #[must_use]
    pub fn moved_to(&self) -> Option<&Url> {
        match self {
            Self::Page(page) => moved_to(&page.chain),
            Self::NotModified { chain } => moved_to(chain),
            Self::Gone(_) | Self::Refused(_) | Self::Broken(_) | Self::Failed(_) => None,
        }
    }
}

/// Where pages come from.
#[derive(Debug)]
pub enum Fetcher {
    /// The network.
    Http(Box<HttpFetcher>),
    /// Pages supplied in advance.
    Recorded(Recorded),
}

impl Fetcher {
    /// Makes a fetcher that asks the network. It makes its clients for the first request and uses them for all:
    /// keep it.
    ///
    /// # Errors
    /// When the contact does not fit in a header, or the certificates for a host cannot be read.
    pub fn http(settings: &FetchSettings) -> Result<Self, FetchSetupError> {
        HttpFetcher::new(settings).map(|http| Self::Http(Box::new(http)))
    }

    /// Makes the clients now, to learn whether they can be made.
    ///
    /// # Errors
    /// When they cannot: no certificate authorities are installed.
    pub fn prepare(&self) -> Result<(), FetchSetupError> {
        match self {
            Self::Http(http) => http.clients().map(drop),
            _ => Ok(()),
        }
    }

    /// Restores what hosts asked for before a restart, by name. A time that is ahead of the clock counts
    /// as now.
    pub fn put_back(&self, known: impl IntoIterator<Item = (String, HostManners)>, now: Timestamp) {
        let Self::Http(http) = self else { return };
        for (host, mut manners) in known {
            manners.settle(now);
            http.put_back(&host, manners);
        }
    }

    /// Notes how long ago another process asked a host. A moment ahead of the clock says nothing.
    pub fn visited(&self, host: &str, ago: SignedDuration) {
        if let (Self::Http(http), Ok(ago)) = (self, Duration::try_from(ago)) {
            http.visited(host, ago);
        }
    }

    /// What hosts have asked for since the last call, by name: to be stored.
    #[must_use]
    pub fn take_changed_manners(&self) -> Vec<(String, HostManners)> {
        match self {
            Self::Http(http) => http.manners().take_changed(),
            Self::Recorded(_) => Vec::new(),
        }
    }

    /// Notes that what [`Fetcher::take_changed_manners`] gave could not be stored: it is given again.
    pub fn not_stored(&self, hosts: &[(String, HostManners)]) {
        if let Self::Http(http) = self {
            http.manners().not_stored(hosts);
        }
    }

    /// What every host that was ever asked asks for, by name.
    #[must_use]
    pub fn manners(&self, now: Timestamp) -> Vec<(String, HostManners)> {
        match self {
            Self::Http(http) => http.manners().known(now),
            Self::Recorded(_) => Vec::new(),
        }
    }

    /// Until when the host of an address asked to be left alone. It is not asked before then, whatever is
    /// requested.
    #[must_use]
    pub fn waits_until(&self, url: &Url, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Http(http) => http.manners().waiting(url, now).map(|wait| wait.until()),
            Self::Recorded(_) => None,
        }
    }

    /// Fetches a page. Waits for the host's turn, follows redirects, and tries again where that
    /// may help; the settings say how long all of it may take.
    pub async fn fetch(&self, request: &Request, clock: &dyn Clock) -> Reply {
        match self {
            Self::Http(http) => http.fetch(request, clock).await,
            Self::Recorded(recorded) => recorded.fetch(request),
        }
    }
}

/// Returns whether a robots.txt lets us read an address.
#[must_use]
pub fn robots_allow(robots_txt: &[u8], url: &Url) -> bool {
    rules::Rules::parse(robots_txt).allow(url)
}

/// Returns whether two URLs request the same of a server; the fragment is never sent.
fn same_address(a: &Url, b: &Url) -> bool {
    without_fragment(a.clone()) == without_fragment(b.clone())
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn validators_go_only_to_the_address_they_came_from() {
        let mut page =
            Page::from_file(url("https://a.example/p"), Vec::new(), Timestamp::UNIX_EPOCH);
        page.headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
        let request = Request::revalidating(url("https://a.example/p#part"), &page);
        assert!(request.validators_for(&url("https://a.example/p#part")).is_some());
        assert!(request.validators_for(&url("https://a.example/q")).is_none());
        assert!(request.validators_for(&url("https://b.example/p")).is_none());
        assert!(request.validators_for(&url("http://a.example/p")).is_none());
        page.headers.clear();
        let request = Request::revalidating(page.url().clone(), &page);
        assert!(request.validators_for(page.url()).is_none(), "there is nothing to send");
    }

    #[test]
    fn a_fetch_may_run_on_any_thread() {
        fn is_send<T: Send>(_: &T) {}
        let fetcher = Fetcher::Recorded(Recorded::default());
        let request = Request::new(url("https://a.example/"));
        let clock = crate::clock::SystemClock;
        is_send(&fetcher.fetch(&request, &clock));
    }

    #[test]
    fn a_page_that_changed_within_the_last_minute_is_asked_for_again_whole() {
        let settled = |modified: &str, date: &str| {
            let url = Url::parse("https://example.org/").unwrap();
            let mut page = Page::from_file(url, Vec::new(), Timestamp::UNIX_EPOCH);
            page.headers =
                vec![("last-modified".into(), modified.into()), ("date".into(), date.into())];
            validators(&page).last_modified.is_some()
        };
        assert!(settled("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 11:01:00 GMT"));
        assert!(!settled("Sun, 22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 11:00:59 GMT"));
        assert!(!settled("Sun, 22 Nov 2026 11:00:00 GMT", "soon"));
    }
}
