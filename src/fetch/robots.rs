//! robots.txt: what a site asks robots not to read (RFC 9309).
//!
//! Read once a day per site and kept in memory. A site that has none, or has a web page in its
//! place, asks nothing; one whose robots.txt cannot be had right now is asked again in an hour.
//! This module reads rules and remembers them; fetching them is its caller's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use texting_robots::Robot;
use url::Url;

/// The most of a robots.txt that is read. RFC 9309 wants at least 500 KiB.
pub(super) const MAX_BYTES: u64 = 512 * 1024;

/// The name that rules are addressed to.
const AGENT: &str = "rulewatch";

/// The longest `Crawl-delay` that is kept; a site that asks for more gets this.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// What a site asks of us.
#[derive(Debug)]
pub(super) struct Rules(Option<Robot>);

impl Rules {
    /// Nothing is asked.
    pub(super) const NONE: Self = Self(None);

    /// Reads a robots.txt. What is not one asks nothing.
    pub(super) fn parse(text: &[u8]) -> Self {
        // Sites without one often answer with their home page.
        let words = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
        if words.starts_with(b"<") {
            return Self::NONE;
        }
        Self(Robot::new(AGENT, text).ok())
    }

    /// Returns whether an address may be read.
    pub(super) fn allow(&self, url: &Url) -> bool {
        self.0.as_ref().is_none_or(|robot| robot.allowed(url.as_str()))
    }

    /// The pause between requests that is asked for.
    pub(super) fn delay(&self) -> Duration {
        let seconds = self.0.as_ref().and_then(|robot| robot.delay);
        let delay = seconds.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
        delay.unwrap_or_default().min(MAX_DELAY)
    }
}

/// Rules, and how long they are good for.
#[derive(Debug)]
pub(super) struct Known {
    rules: Arc<Rules>,
    lifetime: SignedDuration,
}

impl Known {
    /// Rules as the site gave them. Good for a day.
    pub(super) fn read(rules: Rules) -> Self {
        Self { rules: Arc::new(rules), lifetime: SignedDuration::from_hours(24) }
    }

    /// No rules, because the site did not say. Good for an hour.
    pub(super) fn unreachable() -> Self {
        Self { rules: Arc::new(Rules::NONE), lifetime: SignedDuration::from_hours(1) }
    }
}

/// One site's rules, and until when they are good. Locked while they are being read, so that
/// several sources of one site read them once.
type Shelf = Arc<tokio::sync::Mutex<Option<(Arc<Rules>, Timestamp)>>>;

/// The rules of every site that was asked, by origin.
#[derive(Debug, Default)]
pub(super) struct Robots(Mutex<HashMap<String, Shelf>>);

impl Robots {
    /// Returns the rules of a site, reading them with `read` where they are not known or too old.
    pub(super) async fn rules(
        &self,
        site: &Url,
        now: Timestamp,
        read: impl Future<Output = Known>,
    ) -> Arc<Rules> {
        let shelf = self.shelf(site);
        let mut shelf = shelf.lock().await;
        if let Some((rules, until)) = shelf.as_ref()
            && now < *until
        {
            return Arc::clone(rules);
        }
        let Known { rules, lifetime } = read.await;
        *shelf = Some((Arc::clone(&rules), now.checked_add(lifetime).unwrap_or(now)));
        rules
    }

    fn shelf(&self, site: &Url) -> Shelf {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shelves.entry(site.origin().ascii_serialization()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, path: &str) -> bool {
        let url = Url::parse("https://a.example").unwrap().join(path).unwrap();
        Rules::parse(text.as_bytes()).allow(&url)
    }

    #[test]
    fn the_longest_rule_for_us_decides() {
        let text =
            "\u{feff}User-agent: *\nDisallow: /search\nAllow: /search/about\nDisallow: /*.pdf$\n";
        assert!(!allows(text, "/search?q=1"));
        assert!(allows(text, "/search/about"));
        assert!(!allows(text, "/form.pdf"));
        assert!(allows(text, "/form.pdf?v=2"));
        assert!(allows(text, "/"));
    }

    #[test]
    fn rules_by_name_take_the_place_of_those_for_all() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: RuleWatch\nDisallow: /private\n";
        assert!(allows(text, "/page"));
        assert!(!allows(text, "/private/page"));
    }

    #[test]
    fn what_is_no_robots_txt_asks_nothing() {
        for text in ["", "<!DOCTYPE html><p>Disallow: /", "\u{feff}\r\n <html>", "hello"] {
            assert!(allows(text, "/page"), "{text}");
        }
        assert!(
            Rules::parse(b"\x1f\x8b\x00\xff").allow(&Url::parse("https://a.example/").unwrap())
        );
    }

    #[test]
    fn a_crawl_delay_is_kept_within_reason() {
        let delay = |value: &str| {
            Rules::parse(format!("User-agent: *\nCrawl-delay: {value}\n").as_bytes()).delay()
        };
        assert_eq!(delay("10"), Duration::from_secs(10));
        assert_eq!(delay("86400"), MAX_DELAY);
        assert_eq!(delay("-1"), Duration::ZERO);
        assert_eq!(delay("soon"), Duration::ZERO);
        assert_eq!(Rules::NONE.delay(), Duration::ZERO);
    }

    #[tokio::test]
    async fn rules_are_read_again_when_they_are_too_old() {
        let robots = Robots::default();
        let at = |text: &str| text.parse().unwrap();
        let site = |text| Url::parse(text).unwrap();
        let (closed, open) = (b"User-agent: *\nDisallow: /", Rules::NONE);
        let a = site("https://a.example/page");
        let first = async { Known::read(Rules::parse(closed)) };
        assert!(!robots.rules(&a, at("2026-11-20T00:00Z"), first).await.allow(&a));
        let never = async { unreachable!("they are known") };
        assert!(!robots.rules(&a, at("2026-11-20T23:59Z"), never).await.allow(&a));
        let other = async { Known::unreachable() };
        let b = site("https://a.example:8443/page");
        assert!(robots.rules(&b, at("2026-11-20T00:00Z"), other).await.allow(&b));
        let second = async { Known::read(open) };
        assert!(robots.rules(&a, at("2026-11-21T00:00Z"), second).await.allow(&a));
    }
}
