//! Calls hooks: sends what is told to the address of another program.
//!
//! The same guard as for pages: no address on a private network unless the operator allows it, whatever a
//! name resolves to. A redirect is not followed: it could lead anywhere. A call has one deadline, and of its
//! answer only a little is read.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, redirect, retry as client_retry};
use url::Url;

use super::http::user_agent;
use super::stop::what_failed;
use super::{FetchSetupError, address::Bounds, resolve::GuardedResolver, tls};
use crate::model::{CallFailure, CallFault, HookSettings, in_full};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(8);

/// How much of an answer is read, in bytes: enough for the words of an error.
const ANSWER: usize = 300;

/// What calls hooks.
#[derive(Debug)]
pub struct Caller {
    /// Made for the first call: most have no hooks.
    client: OnceLock<Client>,
    agent: HeaderValue,
    deadline: Duration,
    bounds: Arc<Bounds>,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct HookPost<'a> {
    /// Where to.
    pub url: &'a Url,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Caller {
    /// Makes one. Without a contact only the allowed private networks are called.
    ///
    /// # Errors
    /// When the contact does not fit in a header.
    pub fn new(settings: &HookSettings, contact: Option<&str>) -> Result<Self, FetchSetupError> {
        let contact = contact.map(str::trim).filter(|text| !text.is_empty());
        let bounds = Arc::new(Bounds::new(&settings.allow_private, contact.is_some()));
        let (agent, deadline) = (user_agent(contact)?, settings.deadline);
        Ok(Self { client: OnceLock::new(), agent, deadline, bounds })
    }

    /// The client, made when it is first asked for.
    fn client(&self) -> Result<&Client, FetchSetupError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let config = tls::config(Vec::new()).map_err(FetchSetupError::Trust)?;
        let client = Client::builder()
            .user_agent(self.agent.clone())
            .redirect(redirect::Policy::none())
            .retry(client_retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(GuardedResolver(Arc::clone(&self.bounds)))
            .tls_backend_preconfigured(tls::offering(config, false))
            .connect_timeout(CONNECT)
            .timeout(self.deadline)
            // Calls are rare: no connection is kept for the next.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(FetchSetupError::MakeClient)?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Says why an address may not be called, as far as the address itself shows.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        self.bounds.check(url).map_err(|refusal| refusal.to_string())
    }

    /// Makes one call; returns the status of the answer, which means success.
    ///
    /// # Errors
    /// When it was not taken, or it is not known that it was.
    pub async fn call(&self, post: HookPost<'_>) -> Result<u16, CallFailure> {
        let failed = |why: String| CallFailure { about: CallFault::Hook, why };
        self.check(post.url).map_err(failed)?;
        let client = self.client().map_err(|error| failed(in_full(&error)))?;
        let mut request = client.post(post.url.clone()).body(post.body);
        for (name, value) in post.headers {
            request = request.header(name, value);
        }
        // The address may hold a key: an error names only its host.
        let origin = shown_of(post.url);
        let asked = request.send().await;
        let mut response = asked.map_err(|error| failed(what_failed(&error, &origin)))?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Ok(status);
        }
        let mut words = Vec::new();
        while words.len() < ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => words.extend_from_slice(&chunk[..chunk.len().min(ANSWER)]),
                Ok(None) | Err(_) => break,
            }
        }
        words.truncate(ANSWER);
        Err(CallFailure::of_status(status, &shown(&words)))
    }
}

/// An address without what may be a key in it.
fn shown_of(url: &Url) -> Url {
    let mut shown = url.clone();
    shown.set_path("");
    shown.set_query(None);
    shown
}

/// The words of an answer on one line, without anything that acts on a terminal.
fn shown(words: &[u8]) -> String {
    let text = String::from_utf8_lossy(words);
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
