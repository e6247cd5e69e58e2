//! Remembers what the robots.txt files of sites ask (RFC 9309).
//!
//! A file is read again when it is half a day old, and is valid for a whole day: so one error does not
//! make us forget what was asked. A site without a file asks nothing; a site whose file cannot be read,
//! and was not read within a day, is left alone. The caller does the fetching.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{rules::Rules, stop::Stop};
use crate::model::RobotsFile;

/// The most of a robots.txt that is read. RFC 9309 wants at least 500 KiB.
pub(super) const MAX_BYTES: u64 = 512 * 1024;

/// How old a file is when it is read again.
const FRESH: SignedDuration = SignedDuration::from_hours(12);

/// How long a file stays valid when it cannot be read again.
const GOOD: SignedDuration = SignedDuration::from_hours(24);

/// When to retry a file that could not be read, while the previous one is valid.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// When to retry it while the site is left alone because of it.
const AGAIN_SOON: SignedDuration = SignedDuration::from_mins(5);

/// What is known of one site.
#[derive(Debug, Default)]
struct Known {
    /// Its rules, and when they were read.
    rules: Option<(Arc<Rules>, Timestamp)>,
    /// When they last could not be read, and why.
    failed: Option<(Stop, Timestamp)>,
}

impl Known {
    /// The rules, if they are younger than this. A time ahead of the clock counts as now.
    fn younger(&self, age: SignedDuration, now: Timestamp) -> Option<Arc<Rules>> {
        let (rules, read_at) = self.rules.as_ref()?;
        (now.duration_since(*read_at) < age).then(|| Arc::clone(rules))
    }

    /// The failure, if it is too recent to try again.
    fn failing(&self, now: Timestamp) -> Option<&Stop> {
        let (stop, at) = self.failed.as_ref()?;
        let again = if self.younger(GOOD, now).is_some() { AGAIN } else { AGAIN_SOON };
        let since = now.duration_since(*at);
        (!since.is_negative() && since < again).then_some(stop)
    }
}

/// Locked while the file is read, so that several sources of one site read it once.
type Shelf = Arc<tokio::sync::Mutex<Known>>;

/// The rules of every site that was asked, by origin.
#[derive(Debug, Default)]
pub(super) struct Robots(Mutex<HashMap<String, Shelf>>);

impl Robots {
    /// Restores a file that was read before a restart.
    pub(super) fn put_back(&self, origin: &str, file: &RobotsFile) {
        let rules = Some((Arc::new(Rules::parse(file.text.as_bytes())), file.read_at));
        let shelf = Arc::new(tokio::sync::Mutex::new(Known { rules, failed: None }));
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.insert(origin.to_owned(), shelf);
    }

    /// Returns the rules of a site, reading them with `read` where they are unknown or too old.
    ///
    /// # Errors
    /// Why they cannot be read, when the previous ones are older than a day.
    pub(super) async fn rules(
        &self,
        site: &Url,
        now: Timestamp,
        read: impl Future<Output = Result<RobotsFile, Stop>>,
    ) -> Result<Arc<Rules>, Stop> {
        let shelf = self.shelf(&origin(site));
        let mut known = shelf.lock().await;
        if let Some(rules) = known.younger(FRESH, now) {
            return Ok(rules);
        }
        if known.failing(now).is_none() {
            match read.await {
                Ok(file) => {
                    let rules = Arc::new(Rules::parse(file.text.as_bytes()));
                    *known =
                        Known { rules: Some((Arc::clone(&rules), file.read_at)), failed: None };
                    return Ok(rules);
                }
                Err(stop) => known.failed = Some((stop, now)),
            }
        }
        let failed = known.failed.as_ref().map(|(stop, _)| stop.clone());
        known.younger(GOOD, now).ok_or_else(|| failed.unwrap_or_else(|| Stop::unread(site)))
    }

    fn shelf(&self, origin: &str) -> Shelf {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shelves.entry(origin.to_owned()).or_default())
    }
}

/// The site an address belongs to: each has one robots.txt.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn site(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn file(text: &str, read_at: &str) -> RobotsFile {
        RobotsFile { text: text.to_owned(), read_at: at(read_at) }
    }

    const CLOSED: &str = "User-agent: *\nDisallow: /";

    /// Asks for the rules at a moment; the file says `text`, or cannot be read.
    async fn asked(robots: &Robots, url: &str, now: &str, text: Option<&str>) -> Option<bool> {
        let url = site(url);
        let read = async { text.map(|text| file(text, now)).ok_or_else(|| Stop::unread(&url)) };
        let rules = robots.rules(&url, at(now), read).await;
        rules.ok().map(|rules| rules.allow(&url))
    }

    #[tokio::test]
    async fn rules_are_read_again_when_they_are_too_old() {
        let robots = Robots::default();
        let a = "https://a.example/page";
        assert_eq!(asked(&robots, a, "2026-11-20T00:00Z", Some(CLOSED)).await, Some(false));
        let url = site(a);
        let never = async { unreachable!("they are known") };
        let known = robots.rules(&url, at("2026-11-20T11:59Z"), never).await.unwrap();
        assert!(!known.allow(&url));
        let b = "https://a.example:8443/page";
        assert_eq!(asked(&robots, b, "2026-11-20T00:00Z", Some("")).await, Some(true));
        assert_eq!(asked(&robots, a, "2026-11-20T12:00Z", Some("")).await, Some(true));
    }

    #[tokio::test]
    async fn one_error_makes_nobody_forget_the_rules() {
        let robots = Robots::default();
        let a = "https://a.example/page";
        assert_eq!(asked(&robots, a, "2026-11-20T00:00Z", Some(CLOSED)).await, Some(false));
        assert_eq!(asked(&robots, a, "2026-11-20T12:00Z", None).await, Some(false));
        let open = Some("");
        let within = asked(&robots, a, "2026-11-20T12:59Z", open).await;
        assert_eq!(within, Some(false), "it is not tried again within the hour");
        assert_eq!(asked(&robots, a, "2026-11-20T23:59Z", None).await, Some(false));
        assert_eq!(asked(&robots, a, "2026-11-21T00:00Z", None).await, None, "a day is over");
        let soon = asked(&robots, a, "2026-11-21T00:01Z", open).await;
        assert_eq!(soon, None, "it is not tried again at once");
        assert_eq!(asked(&robots, a, "2026-11-21T00:05Z", open).await, Some(true));
    }

    #[tokio::test]
    async fn a_site_whose_rules_were_never_read_is_left_alone() {
        let robots = Robots::default();
        let a = "https://a.example/page";
        assert_eq!(asked(&robots, a, "2026-11-20T00:00Z", None).await, None);
        assert_eq!(asked(&robots, a, "2026-11-20T00:05Z", Some("")).await, Some(true));
    }

    #[tokio::test]
    async fn what_was_read_before_a_restart_counts() {
        let robots = Robots::default();
        robots.put_back("https://a.example", &file(CLOSED, "2026-11-20T00:00Z"));
        let never = Some("");
        let a = "https://a.example/page";
        assert_eq!(asked(&robots, a, "2026-11-20T01:00Z", never).await, Some(false));
    }
}
