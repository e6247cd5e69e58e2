//! The meaning of an answer without a page, or of no answer. Pure, except that it reads the client's errors.

use std::{error::Error, io, time::Duration};

use jiff::tz::TimeZone;
use url::Url;

use super::{
    FetchSetupError, Reply,
    body::Unread,
    resolve::PrivateAnswer,
    retry::{Again, as_asked},
    same_address, tls, without_fragment,
};
use crate::model::text::{canonical, excerpt};
use crate::model::{FetchFailure, Gone, Hop, Refusal, Wait, in_full};

/// The longest name of a coding that is shown.
const LONGEST_CODING: usize = 40;

/// An attempt that ended without a page: the reply if it is the last attempt, and whether it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    /// The reply, if no other attempt follows.
    pub reply: Reply,
    /// Whether another attempt may do better.
    pub again: Again,
}

impl Stop {
    fn finally(reply: Reply) -> Self {
        Self { reply, again: Again::Never }
    }

    fn failed(what: String, again: Again) -> Self {
        let retry = again != Again::Never;
        Self { reply: Reply::Failed(FetchFailure { what, retry }), again }
    }

    /// The deadline is spent. No attempt follows in this fetch, though a later fetch may succeed.
    pub(super) fn late(url: &Url, deadline: Duration) -> Self {
        let what = format!("reading {url}: not done within the deadline of {deadline:?}");
        Self::finally(Reply::Failed(FetchFailure { what, retry: true }))
    }

    /// We cannot ask anybody.
    pub(super) fn unable(error: &FetchSetupError) -> Self {
        Self::failed(in_full(error), Again::Never)
    }

    /// The host asked to be left alone, and that time is not over.
    pub(super) fn waiting(url: &Url, wait: &Wait, zone: &TimeZone) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        let (status, is_ours) = (wait.status, wait.is_ours);
        let until = wait.until().to_zoned(zone.clone());
        let refusal = Refusal::Waiting { host, status, is_ours, until };
        match status {
            500..=599 => Self::failed(refusal.to_string(), Again::Never),
            _ => refusal.into(),
        }
    }

    /// A site's rules were not read, for an unknown reason.
    pub(super) fn unread(site: &Url) -> Self {
        let what = format!("reading robots.txt of {}", site.origin().ascii_serialization());
        Self::failed(what, Again::Never).without_robots()
    }

    /// The same for a robots.txt: the page is not requested in this fetch.
    pub(super) fn without_robots(mut self) -> Self {
        self.again = Again::Never;
        if let Reply::Failed(failure) = &mut self.reply {
            failure.what.push_str("; without its robots.txt a site is left alone (RFC 9309)");
        }
        self
    }

    /// Returns whether a redirect led to an address that we do not ask.
    pub(super) fn is_no_way(&self) -> bool {
        match &self.reply {
            Reply::Refused(refusal) => !matches!(refusal, Refusal::Waiting { .. }),
            _ => false,
        }
    }

    /// The client's own error. A name that resolves to private addresses is a refusal. A fault of the
    /// server (its certificate, its protocol) will be the same next time; all else (connecting, a timeout,
    /// a body that ends early) may go better then.
    pub(super) fn from_client(error: &reqwest::Error, url: &Url) -> Self {
        if let Some(private) = find::<PrivateAnswer>(error) {
            return Refusal::PrivateAddress { address: private.to_string() }.into();
        }
        let host = url.host_str().unwrap_or_default();
        if let Some(fault) = find::<rustls::Error>(error) {
            let (words, passes) = tls::fault(fault, host);
            let again = if passes { Again::Backoff } else { Again::Never };
            return Self::failed(format!("connecting to {host}: {words}"), again);
        }
        if error.is_connect() && error.is_timeout() {
            // The system has repeated its first packet meanwhile: another try at once would hear nothing either.
            let what = format!("connecting to {host}: no answer within `connect_seconds`");
            return Self::failed(what, Again::Later);
        }
        let doing = if error.is_connect() {
            format!("connecting to {host}")
        } else if error.is_body() || error.is_decode() {
            format!("reading the body of {url}")
        } else {
            format!("asking {url}")
        };
        let again = if find::<h2::Error>(error).is_some_and(|broken| !broken.is_io()) {
            Again::OverHttp1
        } else if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            Again::Never
        } else {
            Again::Backoff
        };
        let why = if error.is_timeout() {
            "the server sent nothing within `silence_seconds`".to_owned()
        } else {
            root_cause(error)
        };
        Self::failed(format!("{doing}: {why}"), again)
    }

    /// A page came, and its body cannot be read.
    pub(super) fn unread_body(unread: &Unread, url: &Url) -> Self {
        let reading = format!("reading the body of {url}");
        match unread {
            Unread::Client(error) => Self::from_client(error, url),
            Unread::Damaged(why) => Self::failed(format!("{reading}: {why}"), Again::Backoff),
            Unread::Coded(how) => {
                let how = excerpt(&canonical(how), LONGEST_CODING);
                let what = format!("{reading}: it is coded as `{how}`, which is not read here");
                Self::failed(what, Again::Never)
            }
        }
    }

    /// A status that comes without a page.
    pub(super) fn from_status(status: u16, url: &Url, wait: Option<Duration>) -> Self {
        match status {
            202 | 405 => Refusal::Gate(status).into(),
            404 | 410 => Self::finally(Reply::Gone(Gone(status))),
            429 => Self {
                reply: Reply::Refused(Refusal::Status(status)),
                again: as_asked(wait, Again::Never),
            },
            400..=499 => Refusal::Status(status).into(),
            500..=599 => {
                Self::failed(format!("{url} answered {status}"), as_asked(wait, Again::Backoff))
            }
            304 => Self::failed(
                format!("{url} answered 304 to a request without conditions"),
                Again::Never,
            ),
            _ => Self::failed(
                format!("{url} answered {status}, which is neither a page nor a way to one"),
                Again::Never,
            ),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::finally(Reply::Refused(refusal))
    }
}

/// Returns whether the status redirects, provided that it names an address.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads, given the way so far, which ends with the redirect itself.
pub(super) fn next_address(chain: &[Hop], location: Option<&str>, max: usize) -> Result<Url, Stop> {
    let Some(Hop { url: from, status }) = chain.last() else {
        return Err(Stop::failed("a redirect from nowhere".to_owned(), Again::Never));
    };
    let Some(location) = location else {
        let what = format!("{from} answered {status} without an address to go to");
        return Err(Stop::failed(what, Again::Never));
    };
    let Ok(next) = from.join(location) else {
        let what = format!("{from} redirects to `{location}`, which is not an address");
        return Err(Stop::failed(what, Again::Never));
    };
    let next = without_fragment(next);
    let refused = |why| Err(Refusal::Address { why }.into());
    if from.scheme() == "https" && next.scheme() == "http" {
        return refused(format!("{from} redirects from https to http"));
    }
    if chain.iter().any(|hop| same_address(&hop.url, &next)) {
        return refused(format!("{from} redirects in a circle"));
    }
    if chain.len() > max {
        return refused(format!("{} redirects more than {max} times", chain[0].url));
    }
    Ok(next)
}

/// What went wrong when an address was called, in words: the same as for a page.
pub(super) fn what_failed(error: &reqwest::Error, url: &Url) -> String {
    // A call has bounds of its own.
    if error.is_timeout() {
        return format!("asking {url}: no answer in time");
    }
    match Stop::from_client(error, url).reply {
        Reply::Failed(failure) => failure.what,
        Reply::Refused(refusal) => refusal.to_string(),
        Reply::Page(_) | Reply::NotModified { .. } | Reply::Gone(_) | Reply::Broken(_) => {
            root_cause(error)
        }
    }
}

/// The innermost error, which says what happened; the outer ones say where in the client.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// The first cause of type `E`.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The causes of an error. An I/O error that wraps another error reports that error's cause as its
/// own, so it is unwrapped.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| cause.source())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_answer;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn chain(urls: &[&str]) -> Vec<Hop> {
        urls.iter().map(|text| Hop { url: url(text), status: 302 }).collect()
    }

    fn after(status: u16, wait: Option<Duration>) -> (Reply, Again) {
        let Stop { reply, again } = Stop::from_status(status, &url("https://a.example/p"), wait);
        (reply, again)
    }

    fn failed(what: &str, retry: bool) -> Reply {
        Reply::Failed(FetchFailure { what: what.to_owned(), retry })
    }

    #[test]
    fn a_status_says_gone_refused_or_failed() {
        for status in [404, 410] {
            assert_eq!(after(status, None), (Reply::Gone(Gone(status)), Again::Never));
        }
        for status in [202, 405] {
            let refused = Reply::Refused(Refusal::Gate(status));
            assert_eq!(after(status, None), (refused, Again::Never));
        }
        for status in [400, 401, 403, 429, 451] {
            let refused = Reply::Refused(Refusal::Status(status));
            assert_eq!(after(status, None), (refused, Again::Never));
        }
        for status in [500, 502, 503, 504, 520] {
            let what = format!("https://a.example/p answered {status}");
            assert_eq!(after(status, None), (failed(&what, true), Again::Backoff));
        }
        for status in [201, 204, 206, 300, 305] {
            let what = format!(
                "https://a.example/p answered {status}, which is neither a page nor a way to one"
            );
            assert_eq!(after(status, None), (failed(&what, false), Again::Never));
        }
        let what = "https://a.example/p answered 304 to a request without conditions";
        assert_eq!(after(304, None), (failed(what, false), Again::Never));
        // Each of these is an answer by its words.
        for status in [201, 304, 500, 503] {
            let (Reply::Failed(failure), _) = after(status, None) else { panic!("{status}") };
            assert!(is_answer(&failure.what), "{}", failure.what);
        }
        for refusal in [Refusal::Status(403), Refusal::Gate(405)] {
            assert!(is_answer(&refusal.to_string()), "{refusal}");
        }
    }

    #[test]
    fn busy_servers_say_when_to_come_back() {
        let wait = Duration::from_secs(7);
        assert_eq!(after(429, Some(wait)).1, Again::After(wait));
        assert_eq!(after(503, Some(wait)).1, Again::After(wait));
        assert_eq!(after(403, Some(wait)).1, Again::Never);
        // `retry` only covers short waits, and an hour is not short.
        let hour = Some(Duration::from_secs(3_600));
        let expected = failed("https://a.example/p answered 503", false);
        assert_eq!(after(503, hour), (expected, Again::Never));
    }

    #[test]
    fn a_redirect_is_relative_to_its_page_and_has_no_fragment() {
        let way = chain(&["https://a.example/dir/old"]);
        assert_eq!(next_address(&way, Some("new#top"), 5), Ok(url("https://a.example/dir/new")));
        let french = next_address(&way, Some("/québec"), 5);
        assert_eq!(french, Ok(url("https://a.example/qu%C3%A9bec")));
    }

    #[track_caller]
    fn refuses(way: &[&str], location: Option<&str>, expected: &str) {
        let words = match next_address(&chain(way), location, 2).unwrap_err().reply {
            Reply::Refused(refusal) => refusal.to_string(),
            Reply::Failed(failure) => failure.what,
            other => format!("{other:?}"),
        };
        assert_eq!(words, expected);
    }

    #[test]
    fn a_redirect_that_leads_nowhere_good_is_not_followed() {
        let a = "https://a.example/";
        refuses(&[a], None, "https://a.example/ answered 302 without an address to go to");
        refuses(
            &[a],
            Some("https://"),
            "https://a.example/ redirects to `https://`, which is not an address",
        );
        refuses(
            &[a],
            Some("http://a.example/b"),
            "https://a.example/ redirects from https to http",
        );
        refuses(
            &["https://a.example/#x", "https://b.example/"],
            Some("https://a.example/#y"),
            "https://b.example/ redirects in a circle",
        );
        refuses(
            &[a, "https://b.example/", "https://c.example/"],
            Some("https://d.example/"),
            "https://a.example/ redirects more than 2 times",
        );
    }
}
