//! The HTTP clients: one set for everybody, and one for each host with certificate authorities of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::{
    Client,
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
    redirect, retry as client_retry,
};
use rustls::pki_types::CertificateDer;
use url::Url;

use super::{FetchSetupError, address::Bounds, resolve::GuardedResolver, tls};
use crate::model::FetchSettings;

const ACCEPTED: HeaderValue = HeaderValue::from_static(
    "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8",
);
const CODINGS: HeaderValue = HeaderValue::from_static("gzip, br, zstd, deflate");
const LANGUAGES: HeaderValue = HeaderValue::from_static("en-CA,en;q=0.8");

/// The most headers of an answer.
const MOST_HEADERS: usize = 100;

/// The largest head of an answer over HTTP/2, in bytes. Over HTTP/1.1 the library has its own bound,
/// of about 400 kB.
const LARGEST_HEAD: u32 = 64 * 1024;

/// The clients, and which hosts are asked over HTTP/1.1.
#[derive(Debug)]
pub(super) struct Clients {
    common: Pair,
    of_hosts: BTreeMap<String, Pair>,
    /// Hosts that broke HTTP/2 off.
    over_http1: Mutex<BTreeSet<String>>,
}

/// One trust, two protocols.
#[derive(Debug)]
struct Pair {
    any: Client,
    http1: Client,
}

/// The certificates of the hosts that have authorities of their own.
///
/// # Errors
/// When those of a host cannot be read.
pub(super) fn authorities(
    settings: &FetchSettings,
) -> Result<Vec<(String, Vec<CertificateDer<'static>>)>, FetchSetupError> {
    let read = |host: &String, pem: &[u8]| match tls::certificates(pem) {
        Ok(own) => Ok((host.clone(), own)),
        Err(why) => Err(FetchSetupError::Authorities { host: host.clone(), why }),
    };
    let hosts = settings.hosts.iter();
    hosts.filter_map(|(host, own)| own.ca_pem.as_ref().map(|pem| read(host, pem))).collect()
}

impl Clients {
    pub(super) fn new(
        settings: &FetchSettings,
        agent: &HeaderValue,
        bounds: &Arc<Bounds>,
    ) -> Result<Self, FetchSetupError> {
        let of_host = |(host, own)| Ok((host, Pair::new(settings, agent, bounds, own)?));
        let own = authorities(settings)?.into_iter();
        Ok(Self {
            common: Pair::new(settings, agent, bounds, Vec::new())?,
            of_hosts: own.map(of_host).collect::<Result<_, FetchSetupError>>()?,
            over_http1: Mutex::default(),
        })
    }

    /// The client for an address.
    pub(super) fn of(&self, url: &Url) -> &Client {
        let host = url.host_str().unwrap_or_default();
        let pair = self.of_hosts.get(host).unwrap_or(&self.common);
        if self.is_over_http1(url) { &pair.http1 } else { &pair.any }
    }

    /// Returns whether a host is asked over HTTP/1.1 alone.
    pub(super) fn is_over_http1(&self, url: &Url) -> bool {
        let hosts = self.over_http1.lock().unwrap_or_else(PoisonError::into_inner);
        url.host_str().is_some_and(|host| hosts.contains(host))
    }

    /// From now on a host is asked over HTTP/1.1 alone.
    pub(super) fn use_http1(&self, url: &Url) {
        let host = url.host_str().unwrap_or_default();
        tracing::info!(host, "HTTP/2 was broken off; going on over HTTP/1.1");
        let mut hosts = self.over_http1.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.insert(host.to_owned());
    }
}

impl Pair {
    fn new(
        settings: &FetchSettings,
        agent: &HeaderValue,
        bounds: &Arc<Bounds>,
        own: Vec<CertificateDer<'static>>,
    ) -> Result<Self, FetchSetupError> {
        let config = tls::config(own).map_err(FetchSetupError::Trust)?;
        let client = |over_http1: bool| {
            let builder = Client::builder()
                .user_agent(agent.clone())
                .default_headers(HeaderMap::from_iter([
                    (ACCEPT, ACCEPTED),
                    (ACCEPT_ENCODING, CODINGS),
                    (ACCEPT_LANGUAGE, LANGUAGES),
                ]))
                // These are undone where the body is read: the client takes no more than a first member of gzip.
                .no_gzip()
                .no_deflate()
                .redirect(redirect::Policy::none())
                // The client's own second try would pass the lane by.
                .retry(client_retry::never())
                .referer(false)
                // Behind a proxy the resolver would see the proxy's name and no other.
                .no_proxy()
                .dns_resolver(GuardedResolver(Arc::clone(bounds)))
                .tls_backend_preconfigured(tls::offering(config.clone(), over_http1))
                .http1_max_headers(MOST_HEADERS)
                .http2_max_header_list_size(LARGEST_HEAD)
                .connect_timeout(settings.connect_timeout)
                .read_timeout(settings.read_timeout);
            let builder = if over_http1 { builder.http1_only() } else { builder };
            builder.build().map_err(FetchSetupError::MakeClient)
        };
        Ok(Self { any: client(false)?, http1: client(true)? })
    }
}
