//! Certificates that are not what they should be, and HTTP/2 that is broken off.

use std::time::Duration;

use rulewatch::fetch::{Fetcher, Reply, Request};
use rulewatch::model::{FetchSettings, HostSettings};

use crate::fetching::{failure, fetch_with, page, without_robots};
use crate::site::raw;
use crate::tls_site::{Chain, TlsSite};

/// Settings that trust a certificate for `localhost`.
fn trusting(certificate: &rcgen::Certificate) -> FetchSettings {
    let ca_pem = Some(certificate.pem().into_bytes());
    let own = HostSettings { ca_pem, ..HostSettings::default() };
    FetchSettings { hosts: [("localhost".to_owned(), own)].into(), ..without_robots() }
}

async fn asked(site: &TlsSite, settings: &FetchSettings) -> Reply {
    fetch_with(settings, &Request::new(site.url.clone())).await
}

/// A failure that is not tried again: its words.
async fn refused(site: &TlsSite, settings: &FetchSettings) -> String {
    let failure = failure(asked(site, settings).await);
    assert!(!failure.retry, "{}", failure.what);
    assert_eq!(site.visitors(), 1, "{}: one try is enough", failure.what);
    assert_eq!(site.spoken(), [""; 0], "nothing was said");
    failure.what
}

#[tokio::test]
async fn an_authority_of_the_operators_is_trusted_for_its_host() {
    let chain = Chain::of("localhost");
    let site = TlsSite::start(&chain, &[&chain.own, &chain.intermediate], &["http/1.1"]).await;
    assert_eq!(page(asked(&site, &trusting(&chain.root)).await).body, b"<p>Funds");
    let mut elsewhere = trusting(&chain.root);
    let own = elsewhere.hosts.remove("localhost").unwrap();
    elsewhere.hosts.insert("www.example.org".to_owned(), own);
    failure(asked(&site, &elsewhere).await);
}

#[tokio::test]
async fn a_chain_without_its_intermediate_is_told_as_that() {
    let chain = Chain::with_issuer_at("localhost", "http://ca.example/x.crt");
    let site = TlsSite::start(&chain, &[&chain.own], &["http/1.1"]).await;
    let said = refused(&site, &trusting(&chain.root)).await;
    let expected = "connecting to localhost: the certificate chain lacks its intermediate \
                    `CN=Intermediate X` (it is at http://ca.example/x.crt), which browsers fetch \
                    by themselves: tell the site, and \
                    until it is mended save that certificate as a PEM file and name it as ca_file \
                    under [fetch.host.\"localhost\"]";
    assert_eq!(said, expected);
    page(asked(&site, &trusting(&chain.intermediate)).await);
}

#[tokio::test]
async fn nobody_is_believed_who_is_not_vouched_for() {
    let chain = Chain::of("localhost");
    let site = TlsSite::start(&chain, &[&chain.own, &chain.intermediate], &["http/1.1"]).await;
    let said = refused(&site, &without_robots()).await;
    assert!(said.contains("the authority `CN=Root X` is not trusted on this machine"), "{said}");
    let alone = Chain::of_itself("localhost");
    let site = TlsSite::start(&alone, &[&alone.own], &["http/1.1"]).await;
    let said = refused(&site, &without_robots()).await;
    assert!(said.contains("the certificate is signed by itself"), "{said}");
    // Whether its signer is an authority of somebody's own or an intermediate cannot be told from here.
    let chain = Chain::of("localhost");
    let site = TlsSite::start(&chain, &[&chain.own], &["http/1.1"]).await;
    let said = refused(&site, &without_robots()).await;
    let issuer = "`CN=Intermediate X`, who signed the certificate, is not known on this machine";
    assert!(said.contains(issuer) && said.contains("its chain is not whole"), "{said}");
}

#[tokio::test]
async fn an_expired_certificate_is_told_with_its_day() {
    let chain = Chain::expired("localhost");
    let site = TlsSite::start(&chain, &[&chain.own, &chain.intermediate], &["http/1.1"]).await;
    let said = refused(&site, &trusting(&chain.root)).await;
    let words = "the certificate expired on 2020-02-29: the site has to renew it, unless the clock \
                 of this machine is wrong";
    assert!(said.contains(words), "{said}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_as_that() {
    let (mut url, _) =
        raw(vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()], Duration::ZERO).await;
    url.set_scheme("https").unwrap();
    let said = failure(fetch_with(&without_robots(), &Request::new(url)).await);
    let words = "the server does not speak TLS at this port: look at the address";
    assert!(said.what.contains(words) && !said.retry, "{said:?}");
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let chain = Chain::of("www.example.org");
    let site = TlsSite::start(&chain, &[&chain.own, &chain.intermediate], &["http/1.1"]).await;
    let said = refused(&site, &trusting(&chain.root)).await;
    let words = "the certificate is not for `localhost`, but for `www.example.org`: look whether";
    assert!(said.contains(words), "{said}");
}

#[tokio::test]
async fn http_2_that_is_broken_off_is_tried_once_over_http_1() {
    let chain = Chain::of("localhost");
    let sent = [&chain.own, &chain.intermediate];
    let site = TlsSite::start(&chain, &sent, &["h2", "http/1.1"]).await;
    let fetcher = Fetcher::http(&trusting(&chain.root)).unwrap();
    let clock = rulewatch::clock::SetClock::new(crate::fetching::now());
    let request = Request::new(site.url.clone());
    assert_eq!(page(fetcher.fetch(&request, &clock).await).body, b"<p>Funds");
    assert_eq!(site.spoken(), ["h2", "http/1.1"]);
    page(fetcher.fetch(&request, &clock).await);
    assert_eq!(site.spoken(), ["h2", "http/1.1", "http/1.1"], "it is remembered");
}

#[tokio::test]
async fn a_file_without_certificates_stops_the_start() {
    let own = HostSettings { ca_pem: Some(b"no".to_vec()), ..HostSettings::default() };
    let hosts = [("www.example.org".to_owned(), own)].into();
    let fault = Fetcher::http(&FetchSettings { hosts, ..without_robots() }).unwrap_err();
    let said = fault.to_string();
    assert!(said.contains("[fetch.host.\"www.example.org\"]: it holds no certificate"), "{said}");
}
