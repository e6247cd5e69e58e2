//! The client, and the way from an address to its page.
//!
//! Redirects are followed here and not by the client, because every address on the way must pass the
//! same checks as the first, and because validators must not be sent along with them.

use std::{
    collections::BTreeSet,
    ops::ControlFlow::{self, Break, Continue},
    sync::{Arc, OnceLock},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{
    Response,
    header::{
        CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
        LOCATION, RETRY_AFTER, SET_COOKIE,
    },
};
use tokio::time::{Instant, sleep};
use url::Url;

use super::{
    FetchSetupError, Reply, Request,
    address::Bounds,
    body::{self, Body},
    budget::Budget,
    client::{self, Clients},
    detour::{self, Detour},
    lane::Lanes,
    lost::Lost,
    manners::Manners,
    retry::{self, Again, LONGEST_NAP},
    robots::{self, Robots, origin},
    rules::Rules,
    stop::{Stop, is_redirect, next_address},
};
use crate::{
    clock::Clock,
    model::{
        Breakage, FetchSettings, Hop, HostManners, Page, PageHeaders, Refusal, RobotsFile,
        RobotsRule, Validators, Wait,
    },
};

/// The longest value of a header that is kept with a page.
const LONGEST_HEADER: usize = 4 * 1024;

/// Asks the network.
#[derive(Debug)]
pub struct HttpFetcher {
    /// Made for the first request: a daemon that leaves the checks to another process makes none.
    clients: OnceLock<Clients>,
    agent: HeaderValue,
    settings: FetchSettings,
    bounds: Arc<Bounds>,
    lanes: Lanes,
    robots: Robots,
    manners: Manners,
    lost: Lost,
}

/// One request to one address.
struct Ask<'a> {
    url: &'a Url,
    validators: Option<&'a Validators>,
    /// The largest body in bytes.
    cap: u64,
    /// The pause since the last turn.
    gap: Duration,
}

/// A server's answer.
struct Answer {
    status: u16,
    headers: HeaderMap,
    /// Read where the status is 200: no other answer contains a page.
    body: Option<Body>,
    /// Whether the request was conditional.
    conditional: bool,
}

/// One fetch: the time it has spent, and the hosts it has begun to visit.
struct Visit<'a> {
    budget: Budget,
    hosts: BTreeSet<String>,
    clock: &'a dyn Clock,
}

/// The way from the asked address so far.
#[derive(Default)]
struct Way {
    chain: Vec<Hop>,
    /// Whether a cookie was set on it.
    cookie: bool,
}

impl<'a> Visit<'a> {
    fn new(deadline: Duration, clock: &'a dyn Clock) -> Self {
        Self { budget: Budget::new(deadline), hosts: BTreeSet::new(), clock }
    }
}

impl HttpFetcher {
    /// Makes one. It keeps connections, lanes and manners: make one and keep it.
    ///
    /// # Errors
    /// When the contact does not fit in a header, or the certificates for a host cannot be read.
    pub fn new(settings: &FetchSettings) -> Result<Self, FetchSetupError> {
        let contact = settings.contact.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let bounds = Arc::new(Bounds::new(&settings.allow_private, contact.is_some()));
        client::authorities(settings)?;
        Ok(Self {
            clients: OnceLock::new(),
            agent: user_agent(contact)?,
            settings: settings.clone(),
            bounds,
            lanes: Lanes::default(),
            robots: Robots::default(),
            manners: Manners::default(),
            lost: Lost::default(),
        })
    }

    /// The clients, made when they are first asked for.
    pub(super) fn clients(&self) -> Result<&Clients, FetchSetupError> {
        if let Some(clients) = self.clients.get() {
            return Ok(clients);
        }
        let clients = Clients::new(&self.settings, &self.agent, &self.bounds)?;
        Ok(self.clients.get_or_init(|| clients))
    }

    /// Restores what hosts asked for before a restart.
    pub(super) fn put_back(&self, host: &str, manners: HostManners) {
        for (origin, file) in &manners.robots {
            self.robots.put_back(origin, file);
        }
        self.manners.put_back(host, manners);
    }

    /// Notes how long ago another process asked a host.
    pub(super) fn visited(&self, host: &str, ago: Duration) {
        self.lanes.ended(host, ago);
    }

    pub(super) fn manners(&self) -> &Manners {
        &self.manners
    }

    /// Fetches a page, and tries again where that may help.
    pub(super) async fn fetch(&self, request: &Request, clock: &dyn Clock) -> Reply {
        let mut visit = Visit::new(self.settings.deadline, clock);
        let mut failed = 0;
        loop {
            let stop = match self.attempt(request, &mut visit).await {
                Ok(reply) => return reply,
                Err(stop) => stop,
            };
            failed += 1;
            let pause = self.pause(&stop, failed, &request.url);
            let Some(pause) = pause.filter(|_| !visit.budget.is_spent()) else { return stop.reply };
            let reply = &stop.reply;
            tracing::debug!(url = %request.url, failed, ?pause, ?reply, "trying again");
            sleep(pause).await;
        }
    }

    /// Follows redirects once, from the asked address to the one that answers.
    async fn attempt(&self, request: &Request, visit: &mut Visit<'_>) -> Result<Reply, Stop> {
        let mut way = Way::default();
        let mut url = request.url.clone();
        loop {
            self.bounds.check(&url)?;
            let rules = self.rules(&url, visit.clock).await?;
            if !rules.allow(&url) {
                return Err(Refusal::Robots { url: url.into() }.into());
            }
            let ask = Ask {
                url: &url,
                validators: request.validators_for(&url),
                cap: self.settings.max_body_bytes,
                gap: self.pace(&url, rules.delay(), visit)?,
            };
            match self.hop(&ask, &mut way, visit).await? {
                Continue(next) => url = next,
                Break(answer) => return self.finish(&url, way, answer, visit.clock.now()),
            }
        }
    }

    /// The pause before a request, given the `Crawl-delay` of the host. A delay that is too long to wait
    /// for here is kept between visits: a fetch with its redirects and retries is one visit.
    fn pace(&self, url: &Url, delay: Duration, visit: &mut Visit<'_>) -> Result<Duration, Stop> {
        let gap = self.gap(url);
        if delay <= LONGEST_NAP {
            return Ok(gap.max(delay));
        }
        let host = url.host_str().unwrap_or_default();
        if visit.hosts.insert(host.to_owned()) {
            let (host, seconds) = (host.to_owned(), delay.as_secs());
            let visited = self.manners.visit(url, delay, visit.clock.now());
            visited.map_err(|until| {
                let until =
                    (until < Timestamp::MAX).then(|| until.to_zoned(self.settings.zone.clone()));
                Refusal::CrawlDelay { host, seconds, until }
            })?;
        }
        Ok(gap)
    }

    /// Asks one address: it either leads on or answers.
    async fn hop(
        &self,
        ask: &Ask<'_>,
        way: &mut Way,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<Answer, Url>, Stop> {
        let answer = self.ask(ask, visit).await?;
        way.chain.push(Hop { url: ask.url.clone(), status: answer.status });
        way.cookie |= answer.headers.contains_key(SET_COOKIE);
        if !is_redirect(answer.status) {
            return Ok(Break(answer));
        }
        let location = answer.headers.get(LOCATION).map(text);
        let next = location.as_deref().and_then(|location| ask.url.join(location).ok());
        if detour::is_cookie_wall(&way.chain, next.as_ref(), way.cookie) {
            return Err(Refusal::CookieWall { url: ask.url.to_string() }.into());
        }
        next_address(&way.chain, location.as_deref(), self.settings.max_redirects).map(Continue)
    }

    /// Asks, and once more over HTTP/1.1 where the server broke off HTTP/2.
    async fn ask(&self, ask: &Ask<'_>, visit: &mut Visit<'_>) -> Result<Answer, Stop> {
        let clients = self.clients().map_err(|error| Stop::unable(&error))?;
        match self.ask_once(ask, visit).await {
            Err(stop) if stop.again == Again::OverHttp1 && !clients.is_over_http1(ask.url) => {
                clients.use_http1(ask.url);
                self.ask_once(ask, visit).await
            }
            other => other,
        }
    }

    /// Waits for the host's turn and asks.
    async fn ask_once(&self, ask: &Ask<'_>, visit: &mut Visit<'_>) -> Result<Answer, Stop> {
        let host = ask.url.host_str().unwrap_or_default();
        // Held until the body is read.
        let _turn = self.lanes.turn(host, ask.gap).await;
        self.wait_as_asked(ask.url, visit.clock.now()).await?;
        let start = Instant::now();
        let answer = visit.budget.spend(self.exchange(ask)).await;
        let answer = answer.unwrap_or_else(|| Err(Stop::late(ask.url, self.settings.deadline)));
        tracing::debug!(
            url = %ask.url,
            status = answer.as_ref().map_or(0, |answer| answer.status),
            duration_ms = start.elapsed().as_millis(),
            "asked"
        );
        match &answer {
            Ok(answer) => {
                self.lost.answered();
                self.note_wait(ask.url, answer, visit.clock.now());
            }
            Err(stop) if matches!(stop.again, Again::Backoff | Again::Later) => {
                self.lost.failed(host);
            }
            Err(_) => {}
        }
        answer
    }

    /// The pause before another attempt, if one may help.
    fn pause(&self, stop: &Stop, failed: u32, url: &Url) -> Option<Duration> {
        let host = url.host_str().unwrap_or_default();
        if stop.again == Again::Backoff && self.lost.is_another(host) {
            return None;
        }
        retry::pause(stop.again, failed, &self.settings)
    }

    /// Waits if a host asked to be left alone for a short time, and stops if it asked for longer.
    async fn wait_as_asked(&self, url: &Url, now: Timestamp) -> Result<(), Stop> {
        let Some(wait) = self.manners.waiting(url, now) else { return Ok(()) };
        let left = Duration::try_from(wait.until().duration_since(now)).unwrap_or_default();
        if left > LONGEST_NAP {
            return Err(Stop::waiting(url, &wait, &self.settings.zone));
        }
        sleep(left).await;
        Ok(())
    }

    /// Notes what a busy server asks for.
    fn note_wait(&self, url: &Url, answer: &Answer, now: Timestamp) {
        let status = answer.status;
        let unsaid = (status == 429).then_some(retry::UNSAID);
        let asked = retry_after(&answer.headers, now);
        if let (429 | 500..=599, Some(length)) = (status, asked.or(unsaid)) {
            let is_ours = asked.is_none();
            self.manners.wait(url, Wait { asked_at: now, length, status, is_ours });
        }
    }

    async fn exchange(&self, ask: &Ask<'_>) -> Result<Answer, Stop> {
        let conditions = ask.validators.map(conditions).unwrap_or_default();
        let conditional = !conditions.is_empty();
        let failed = |error: reqwest::Error| Stop::from_client(&error, ask.url);
        let clients = self.clients().map_err(|error| Stop::unable(&error))?;
        let sent = clients.of(ask.url).get(ask.url.clone()).headers(conditions).send();
        let mut response: Response = sent.await.map_err(failed)?;
        let status = response.status().as_u16();
        let mut headers = std::mem::take(response.headers_mut());
        let body = match status {
            200 => {
                let read = body::read(response, &codings(&headers), ask.cap).await;
                // What is kept is not coded, nor as long as what was sent.
                if headers.remove(CONTENT_ENCODING).is_some() {
                    headers.remove(CONTENT_LENGTH);
                }
                Some(read.map_err(|unread| Stop::unread_body(&unread, ask.url))?)
            }
            _ => None,
        };
        Ok(Answer { status, headers, body, conditional })
    }

    /// Says what the last answer on the way means.
    fn finish(&self, url: &Url, way: Way, answer: Answer, now: Timestamp) -> Result<Reply, Stop> {
        let Answer { status, headers, body, conditional } = answer;
        match body {
            Some(body) if body.whole => {
                match detour::detour(&way.chain, &body.bytes, way.cookie) {
                    Some(Detour::Refused(refusal)) => return Err(refusal.into()),
                    Some(Detour::Broken(breakage)) => return Ok(Reply::Broken(breakage)),
                    None => {}
                }
                let (chain, headers) = (way.chain, kept(&headers));
                Ok(Reply::Page(Page { chain, headers, body: body.bytes, fetched_at: now }))
            }
            Some(_) => {
                let limit = format!("more than {} bytes of body", self.settings.max_body_bytes);
                Ok(Reply::Broken(Breakage::TooLarge { limit }))
            }
            None if status == 304 && conditional => Ok(Reply::NotModified { chain: way.chain }),
            None => Err(self.without_page(url, status, retry_after(&headers, now), now)),
        }
    }

    /// An answer without a page. If it asks to be left alone for long, it says until when.
    fn without_page(&self, url: &Url, status: u16, wait: Option<Duration>, now: Timestamp) -> Stop {
        let long = wait.is_some_and(|wait| wait > LONGEST_NAP);
        let asked = self.manners.waiting(url, now).filter(|_| long);
        asked.map_or_else(
            || Stop::from_status(status, url, wait),
            |wait| Stop::waiting(url, &wait, &self.settings.zone),
        )
    }

    /// What the site of an address asks of robots.
    async fn rules(&self, url: &Url, clock: &dyn Clock) -> Result<Arc<Rules>, Stop> {
        let own = url.host_str().and_then(|host| self.settings.hosts.get(host));
        let ignored = own.is_some_and(|own| own.robots == RobotsRule::Ignore);
        if ignored || !self.settings.robots {
            return Ok(Arc::default());
        }
        self.robots.rules(url, clock.now(), self.read_robots(url, clock)).await
    }

    /// Reads a site's robots.txt, through the same checks, lane, limits and retries as a page but
    /// with a deadline of its own, so that a slow one does not cost the page.
    async fn read_robots(&self, site: &Url, clock: &dyn Clock) -> Result<RobotsFile, Stop> {
        let mut visit = Visit::new(self.settings.deadline, clock);
        let mut failed = 0;
        let text = loop {
            let stop = match self.robots_answer(site, &mut visit).await {
                Ok(text) => break text,
                Err(stop) => stop,
            };
            failed += 1;
            let pause = self.pause(&stop, failed, site);
            let Some(pause) = pause.filter(|_| !visit.budget.is_spent()) else {
                // The outcome of the check says it.
                let (site, reply) = (origin(site), &stop.reply);
                tracing::debug!(site, ?reply, "robots.txt cannot be read");
                return Err(stop.without_robots());
            };
            sleep(pause).await;
        };
        let file = RobotsFile { text, read_at: clock.now() };
        self.manners.robots(site, origin(site), file.clone());
        Ok(file)
    }

    /// The text of a robots.txt; empty where the site has none (RFC 9309, section 2.3.1.3).
    ///
    /// # Errors
    /// When the site cannot be reached, is in trouble, or asks to be left alone.
    async fn robots_answer(&self, site: &Url, visit: &mut Visit<'_>) -> Result<String, Stop> {
        let Ok(mut url) = site.join("/robots.txt") else { return Ok(String::new()) };
        let mut way = Way::default();
        let answer = loop {
            let gap = self.gap(&url);
            let ask = Ask { url: &url, validators: None, cap: robots::MAX_BYTES, gap };
            let hop = match self.bounds.check(&url) {
                Ok(()) => self.hop(&ask, &mut way, visit).await,
                Err(refusal) => Err(refusal.into()),
            };
            match hop {
                Ok(Continue(next)) => url = next,
                Ok(Break(answer)) => break answer,
                // A redirect that we may not follow, or that never ends, counts as no file.
                Err(stop) if stop.is_no_way() => return Ok(String::new()),
                Err(stop) => return Err(stop),
            }
        };
        let now = visit.clock.now();
        match (answer.status, answer.body) {
            (_, Some(body)) => Ok(String::from_utf8_lossy(&body.bytes).into_owned()),
            (status @ (429 | 500..=599), None) => {
                Err(self.without_page(&url, status, retry_after(&answer.headers, now), now))
            }
            _ => Ok(String::new()),
        }
    }

    /// The pause between two requests to an address's host.
    fn gap(&self, url: &Url) -> Duration {
        let own = url.host_str().and_then(|host| self.settings.gaps.get(host));
        match own {
            Some(gap) => *gap,
            None if self.bounds.is_local(url) => Duration::ZERO,
            None => self.settings.gap,
        }
    }
}

/// The codings of a body, as far as the client has left them.
fn codings(headers: &HeaderMap) -> String {
    let values: Vec<String> = headers.get_all(CONTENT_ENCODING).iter().map(text).collect();
    values.join(", ")
}

/// The wait that an answer's `Retry-After` asks for.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry::retry_after(&text(headers.get(RETRY_AFTER)?), now)
}

pub(super) fn user_agent(contact: Option<&str>) -> Result<HeaderValue, FetchSetupError> {
    let name = concat!("rulewatch/", env!("CARGO_PKG_VERSION"));
    let Some(contact) = contact else { return Ok(HeaderValue::from_static(name)) };
    HeaderValue::from_str(&format!("{name} (+{contact})"))
        .ok()
        .filter(|_| contact.is_ascii())
        .ok_or_else(|| FetchSetupError::Contact { contact: contact.to_owned() })
}

/// The headers that make a request conditional. A validator that does not fit in a header is left out.
fn conditions(validators: &Validators) -> HeaderMap {
    let pairs = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    let value = |text: &Option<String>| HeaderValue::from_str(text.as_deref()?).ok();
    pairs.into_iter().filter_map(|(name, text)| Some((name, value(text)?))).collect()
}

/// The headers that are kept with a page: all except cookies, which belong to a session and change with
/// every request, and those that are too long to be useful.
fn kept(headers: &HeaderMap) -> PageHeaders {
    let kept =
        headers.iter().filter(|(name, value)| *name != SET_COOKIE && value.len() <= LONGEST_HEADER);
    kept.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// A header's value as text. Servers send raw UTF-8 here although they should not.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_says_who_asks() {
        let agent = |contact| user_agent(contact).map(|value| text(&value));
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            agent(Some("mailto:ops@example.org")).unwrap(),
            format!("rulewatch/{version} (+mailto:ops@example.org)")
        );
        assert_eq!(agent(None).unwrap(), format!("rulewatch/{version}"));
        for bad in ["a\nb", "Renée"] {
            assert!(matches!(agent(Some(bad)), Err(FetchSetupError::Contact { .. })), "{bad}");
        }
    }

    #[test]
    fn a_validator_that_fits_in_no_header_is_left_out() {
        let validators = Validators {
            etag: Some("\"a\nb\"".to_owned()),
            last_modified: Some("Fri, 20 Nov 2026 12:00:00 GMT".to_owned()),
        };
        let headers = conditions(&validators);
        assert_eq!(headers.len(), 1);
        assert!(headers.contains_key(IF_MODIFIED_SINCE));
    }
}
