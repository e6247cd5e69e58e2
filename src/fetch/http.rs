//! The client, and the way from an address to its page.
//!
//! Redirects are followed here and not by the client, because every address on the way has to
//! pass the same checks as the first, and because validators must not travel with them.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{
    Client, Response,
    header::{
        ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
        LOCATION, RETRY_AFTER, SET_COOKIE,
    },
    redirect, retry as client_retry,
};
use tokio::time::{Instant, sleep};
use url::Url;

use super::{
    FetchSetupError, Reply, Request,
    address::Bounds,
    body::{self, Body},
    budget::Budget,
    lane::Lanes,
    resolve::GuardedResolver,
    retry,
    robots::{self, Known, Robots, Rules},
    verdict::{Stop, is_redirect, next_address},
};
use crate::{
    clock::Clock,
    model::{FetchSettings, Hop, Page, PageHeaders, Refusal, Validators},
};

const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8",
);
const LANGUAGES: HeaderValue = HeaderValue::from_static("en-CA,en;q=0.8");

/// Asks the network.
#[derive(Debug)]
pub struct HttpFetcher {
    client: Client,
    settings: FetchSettings,
    bounds: Arc<Bounds>,
    lanes: Lanes,
    robots: Robots,
}

/// One question to one address.
struct Ask<'a> {
    url: &'a Url,
    validators: Option<&'a Validators>,
    /// The largest body in bytes.
    cap: u64,
    /// The pause since the turn before.
    gap: Duration,
}

/// What a server answered.
struct Answer {
    status: u16,
    headers: HeaderMap,
    /// Read where the status is 200, which has a page in it, or 202, which a gate answers before one.
    body: Option<Body>,
    /// Whether the question was conditional.
    conditional: bool,
}

impl HttpFetcher {
    /// Makes the client. It keeps connections, lanes and robots.txt files: make one and keep it.
    ///
    /// # Errors
    /// When the contact does not fit in a header, or the client cannot be made.
    pub fn new(settings: &FetchSettings) -> Result<Self, FetchSetupError> {
        let contact = settings.contact.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let bounds = Arc::new(Bounds::new(&settings.allow_private, contact.is_some()));
        let client = Client::builder()
            .user_agent(user_agent(contact)?)
            .default_headers(HeaderMap::from_iter([
                (ACCEPT, ACCEPTED),
                (ACCEPT_LANGUAGE, LANGUAGES),
            ]))
            .redirect(redirect::Policy::none())
            // The client's own second try would pass the lane by.
            .retry(client_retry::never())
            .referer(false)
            // Behind a proxy the resolver would see the proxy's name and no other.
            .no_proxy()
            .dns_resolver(GuardedResolver(Arc::clone(&bounds)))
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .build()
            .map_err(FetchSetupError::MakeClient)?;
        let settings = settings.clone();
        Ok(Self { client, settings, bounds, lanes: Lanes::default(), robots: Robots::default() })
    }

    /// Fetches a page, trying again where that may help.
    pub(super) async fn fetch(&self, request: &Request, clock: &dyn Clock) -> Reply {
        let mut budget = Budget::new(self.settings.deadline);
        let mut failed = 0;
        loop {
            let stop = match self.attempt(request, &mut budget, clock).await {
                Ok(reply) => return reply,
                Err(stop) => stop,
            };
            failed += 1;
            let pause = retry::pause(stop.again, failed, &self.settings);
            let Some(pause) = pause.filter(|_| !budget.is_spent()) else { return stop.reply };
            let reply = &stop.reply;
            tracing::debug!(url = %request.url, failed, ?pause, ?reply, "trying again");
            sleep(pause).await;
        }
    }

    /// Goes the way from the asked address to the one that answers, once.
    async fn attempt(
        &self,
        request: &Request,
        budget: &mut Budget,
        clock: &dyn Clock,
    ) -> Result<Reply, Stop> {
        let mut chain = Vec::new();
        let mut url = request.url.clone();
        loop {
            self.bounds.check(&url)?;
            let rules = self.rules(&url, clock).await;
            if !rules.allow(&url) {
                return Err(Refusal::Robots { url: url.into() }.into());
            }
            let ask = Ask {
                url: &url,
                validators: request.validators_for(&url),
                cap: self.settings.max_body_bytes,
                gap: self.gap(&url).max(rules.delay()),
            };
            match self.hop(&ask, &mut chain, budget).await? {
                Continue(next) => url = next,
                Break(answer) => return self.finish(&url, chain, answer, clock.now()),
            }
        }
    }

    /// Asks one address: it leads on, or it answers.
    async fn hop(
        &self,
        ask: &Ask<'_>,
        chain: &mut Vec<Hop>,
        budget: &mut Budget,
    ) -> Result<ControlFlow<Answer, Url>, Stop> {
        let answer = self.ask(ask, budget).await?;
        chain.push(Hop { url: ask.url.clone(), status: answer.status });
        if !is_redirect(answer.status) {
            return Ok(Break(answer));
        }
        let location = answer.headers.get(LOCATION).map(text);
        next_address(chain, location.as_deref(), self.settings.max_redirects).map(Continue)
    }

    /// Waits for the host's turn and asks.
    async fn ask(&self, ask: &Ask<'_>, budget: &mut Budget) -> Result<Answer, Stop> {
        let host = ask.url.host_str().unwrap_or_default();
        // Held until the body is read.
        let _turn = self.lanes.turn(host, ask.gap).await;
        let start = Instant::now();
        let answer = budget.spend(self.exchange(ask)).await;
        let answer = answer.unwrap_or_else(|| Err(Stop::late(ask.url, self.settings.deadline)));
        tracing::debug!(
            url = %ask.url,
            status = answer.as_ref().map_or(0, |answer| answer.status),
            duration_ms = start.elapsed().as_millis(),
            "asked"
        );
        answer
    }

    async fn exchange(&self, ask: &Ask<'_>) -> Result<Answer, Stop> {
        let conditions = ask.validators.map(conditions).unwrap_or_default();
        let conditional = !conditions.is_empty();
        let failed = |error: reqwest::Error| Stop::from_client(&error, ask.url);
        let sent = self.client.get(ask.url.clone()).headers(conditions).send();
        let mut response: Response = sent.await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let body = match status {
            200 | 202 => Some(body::read(response, ask.cap).await.map_err(failed)?),
            _ => None,
        };
        Ok(Answer { status, headers, body, conditional })
    }

    /// Says what the last answer on the way means.
    fn finish(
        &self,
        url: &Url,
        chain: Vec<Hop>,
        answer: Answer,
        now: Timestamp,
    ) -> Result<Reply, Stop> {
        let Answer { status, headers, body, conditional } = answer;
        match body {
            Some(body) if body.whole => {
                let headers = kept(&headers);
                Ok(Reply::Page(Page { chain, headers, body: body.bytes, fetched_at: now }))
            }
            Some(_) => {
                let limit = format!("more than {} bytes of body", self.settings.max_body_bytes);
                Ok(Reply::TooLarge { limit })
            }
            None if status == 304 && conditional => Ok(Reply::NotModified { chain }),
            None => {
                let wait = headers.get(RETRY_AFTER).map(text);
                let wait = wait.and_then(|value| retry::retry_after(&value, now));
                Err(Stop::from_status(status, url, wait))
            }
        }
    }

    /// What the site of an address asks of robots.
    async fn rules(&self, url: &Url, clock: &dyn Clock) -> Arc<Rules> {
        if !self.settings.robots {
            return Arc::new(Rules::NONE);
        }
        self.robots.rules(url, clock.now(), self.read_robots(url)).await
    }

    /// Reads a site's robots.txt, through the same checks, lane and limits as a page but with a
    /// deadline of its own, so that a slow one does not cost the page.
    async fn read_robots(&self, site: &Url) -> Known {
        let answer = match site.join("/robots.txt") {
            Ok(url) => self.robots_answer(url).await,
            Err(_) => return Known::unreachable(),
        };
        match answer {
            Ok(Answer { body: Some(body), .. }) => {
                // Apart, because a large file takes a while, and because a parser that panics
                // must not take the fetch with it.
                let rules = tokio::task::spawn_blocking(move || Rules::parse(&body.bytes)).await;
                Known::read(rules.unwrap_or(Rules::NONE))
            }
            Ok(Answer { status: 400..=499, .. }) => Known::read(Rules::NONE),
            Ok(Answer { status, .. }) => {
                tracing::warn!(site = %site.origin().ascii_serialization(), status,
                    "robots.txt cannot be had; going on without it for an hour");
                Known::unreachable()
            }
            Err(Stop { reply, .. }) => {
                tracing::warn!(site = %site.origin().ascii_serialization(), ?reply,
                    "robots.txt cannot be had; going on without it for an hour");
                Known::unreachable()
            }
        }
    }

    async fn robots_answer(&self, mut url: Url) -> Result<Answer, Stop> {
        let mut budget = Budget::new(self.settings.deadline);
        let mut chain = Vec::new();
        loop {
            self.bounds.check(&url)?;
            let gap = self.gap(&url);
            let ask = Ask { url: &url, validators: None, cap: robots::MAX_BYTES, gap };
            match self.hop(&ask, &mut chain, &mut budget).await? {
                Continue(next) => url = next,
                Break(answer) => return Ok(answer),
            }
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

fn user_agent(contact: Option<&str>) -> Result<HeaderValue, FetchSetupError> {
    let name = concat!("rulewatch/", env!("CARGO_PKG_VERSION"));
    let Some(contact) = contact else { return Ok(HeaderValue::from_static(name)) };
    HeaderValue::from_str(&format!("{name} (+{contact})"))
        .ok()
        .filter(|_| contact.is_ascii())
        .ok_or_else(|| FetchSetupError::Contact { contact: contact.to_owned() })
}

/// The headers that make a question conditional. A validator that fits in no header is left out.
fn conditions(validators: &Validators) -> HeaderMap {
    let pairs = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    let value = |text: &Option<String>| HeaderValue::from_str(text.as_deref()?).ok();
    pairs.into_iter().filter_map(|(name, text)| Some((name, value(text)?))).collect()
}

/// The headers that are kept with a page: all but cookies, which are a session's and change with
/// every request.
fn kept(headers: &HeaderMap) -> PageHeaders {
    let kept = headers.iter().filter(|(name, _)| *name != SET_COOKIE);
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
