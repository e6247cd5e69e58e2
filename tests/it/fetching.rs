//! Fetching, against real servers on the loopback network.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::{Compression, write::DeflateEncoder};
use jiff::Timestamp;
use rulewatch::{
    clock::SetClock,
    fetch::{Fetcher, Reply, Request},
    model::{Breakage, FetchFailure, FetchSettings, Gone, Hop, Network, Page, Refusal, Validators},
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use url::Url;

use crate::site::{Site, answer, gzip, raw, redirect, with};

/// Settings that let the loopback network through and lose no time.
pub(crate) fn settings() -> FetchSettings {
    FetchSettings {
        allow_private: vec![Network::parse("127.0.0.0/8").unwrap()],
        retry_base: Duration::from_millis(1),
        ..FetchSettings::default()
    }
}

pub(crate) fn without_robots() -> FetchSettings {
    FetchSettings { robots: false, ..settings() }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) async fn fetch_with(settings: &FetchSettings, request: &Request) -> Reply {
    Fetcher::http(settings).unwrap().fetch(request, &SetClock::new(now())).await
}

pub(crate) async fn fetch(url: Url) -> Reply {
    fetch_with(&settings(), &Request::new(url)).await
}

#[track_caller]
pub(crate) fn page(reply: Reply) -> Page {
    match reply {
        Reply::Page(page) => page,
        other => panic!("expected a page, came {other:?}"),
    }
}

#[track_caller]
pub(crate) fn failure(reply: Reply) -> FetchFailure {
    match reply {
        Reply::Failed(failure) => failure,
        other => panic!("expected a failure, came {other:?}"),
    }
}

#[track_caller]
fn address_refused(reply: Reply) -> String {
    match reply {
        Reply::Refused(Refusal::Address { why }) => why,
        other => panic!("expected a refused address, came {other:?}"),
    }
}

#[tokio::test]
async fn a_page_comes_with_its_way_its_headers_and_its_time() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/old" => redirect(301, "/new?lang=en#top"),
        _ => with(with(answer(200, "<p>Funds"), "etag", "\"1\""), "set-cookie", "session=1"),
    })
    .await;
    let page = page(fetch(site.url("/old")).await);
    let hop = |path, status| Hop { url: site.url(path), status };
    assert_eq!(page.chain, [hop("/old", 301), hop("/new?lang=en", 200)]);
    assert_eq!(page.body, b"<p>Funds");
    assert_eq!(page.fetched_at, now());
    assert_eq!(page.header("etag"), Some("\"1\""));
    assert_eq!(page.header("set-cookie"), None);
}

#[tokio::test]
async fn says_who_asks_and_keeps_no_cookies() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/a" => with(redirect(302, "/b"), "set-cookie", "session=1"),
        _ => answer(200, ""),
    })
    .await;
    let settings =
        FetchSettings { contact: Some("mailto:ops@example.org".to_owned()), ..settings() };
    page(fetch_with(&settings, &Request::new(site.url("/a"))).await);
    for asked in site.asked() {
        let agent = format!("rulewatch/{} (+mailto:ops@example.org)", env!("CARGO_PKG_VERSION"));
        assert_eq!(asked.header("user-agent"), Some(agent.as_str()));
        assert_eq!(asked.header("accept-language"), Some("en-CA,en;q=0.8"));
        assert!(asked.header("accept").unwrap().starts_with("text/html,"));
        assert_eq!(asked.header("cookie"), None);
        assert_eq!(asked.header("referer"), None);
    }
}

fn validated(url: Url) -> Option<(Url, Validators)> {
    let validators = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: Some("Fri, 20 Nov 2026 11:00:00 GMT".to_owned()),
    };
    Some((url, validators))
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let site = Site::start(|asked, _| match asked.header("if-none-match") {
        Some("\"1\"") => answer(304, ""),
        _ => answer(200, "changed"),
    })
    .await;
    let url = site.url("/page");
    let request = Request { url: url.clone(), validators: validated(url.clone()) };
    let reply = fetch_with(&settings(), &request).await;
    assert_eq!(reply, Reply::NotModified { chain: vec![Hop { url, status: 304 }] });
    let since = site.asked()[0].header("if-modified-since").map(str::to_owned);
    assert_eq!(since.as_deref(), Some("Fri, 20 Nov 2026 11:00:00 GMT"));
}

#[tokio::test]
async fn a_304_nobody_asked_for_is_a_failure() {
    let site = Site::start(|_, _| answer(304, "")).await;
    let failure = failure(fetch(site.url("/page")).await);
    assert!(failure.what.ends_with("answered 304 to a request without conditions"));
    assert!(!failure.retry);
}

#[tokio::test]
async fn validators_do_not_travel_with_a_redirect() {
    // It would answer 304 to any validators, as a server that compares dates may.
    let elsewhere = Site::start(|asked, _| match asked.header("if-modified-since") {
        Some(_) => answer(304, ""),
        None => answer(200, "another page"),
    })
    .await;
    let target = elsewhere.url("/page").to_string();
    let site = Site::start(move |_, _| redirect(302, &target)).await;
    let url = site.url("/page");
    let request = Request { url: url.clone(), validators: validated(url) };
    let page = page(fetch_with(&settings(), &request).await);
    assert_eq!(page.body, b"another page");
    assert!(site.asked()[0].header("if-none-match").is_some());
    let seen = elsewhere.asked();
    assert_eq!(seen[0].header("if-none-match"), None);
    assert_eq!(seen[0].header("if-modified-since"), None);
}

#[tokio::test]
async fn validators_are_sent_where_they_came_from_behind_a_redirect_too() {
    let site = Site::start(|asked, _| match (asked.path.as_str(), asked.header("if-none-match")) {
        ("/old", None) => redirect(301, "/new"),
        ("/new", Some(_)) => answer(304, ""),
        _ => answer(500, ""),
    })
    .await;
    let request = Request { url: site.url("/old"), validators: validated(site.url("/new")) };
    let reply = fetch_with(&settings(), &request).await;
    assert!(matches!(reply, Reply::NotModified { ref chain } if chain.len() == 2), "{reply:?}");
}

#[tokio::test]
async fn a_circle_of_redirects_is_left() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/a" => redirect(302, "/b"),
        _ => redirect(302, "/a"),
    })
    .await;
    let why = address_refused(fetch(site.url("/a")).await);
    assert_eq!(why, format!("{} redirects in a circle", site.url("/b")));
    assert_eq!(site.paths(), ["/a", "/b"]);
}

#[tokio::test]
async fn redirects_are_followed_five_times() {
    let site = Site::start(|_, n| redirect(302, format!("/{n}"))).await;
    let why = address_refused(fetch(site.url("/start")).await);
    assert_eq!(why, format!("{} redirects more than 5 times", site.url("/start")));
    assert_eq!(site.asked().len(), 6);
}

#[tokio::test]
async fn a_private_address_is_refused_unless_it_is_allowed() {
    let site = Site::start(|_, _| answer(200, "")).await;
    let port = site.base.port().unwrap();
    let strict = FetchSettings {
        contact: Some("ops@example.org".to_owned()),
        allow_private: Vec::new(),
        gap: Duration::ZERO,
        ..settings()
    };
    for host in ["127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let reply = fetch_with(&strict, &Request::new(url)).await;
        let refused = matches!(reply, Reply::Refused(Refusal::PrivateAddress { .. }));
        assert!(refused, "{host}: {reply:?}");
    }
    assert_eq!(site.paths(), [""; 0]);
    for host in ["127.0.0.1", "0x7f.1", "2130706433", "localhost"] {
        let site = Site::start(|_, _| answer(200, "")).await;
        let port = site.base.port().unwrap();
        page(fetch(Url::parse(&format!("http://{host}:{port}/")).unwrap()).await);
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    // All of them this machine: a broken guard must not reach anybody else.
    for target in ["http://127.0.0.2/", "http://[::1]/", "http://[::ffff:127.0.0.2]/"] {
        let site = Site::start(move |_, _| redirect(302, target)).await;
        let allow_private = vec![Network::parse("127.0.0.1").unwrap()];
        let settings = FetchSettings {
            contact: Some("ops@example.org".to_owned()),
            allow_private,
            gap: Duration::ZERO,
            ..settings()
        };
        let reply = fetch_with(&settings, &Request::new(site.url("/"))).await;
        let refused = matches!(reply, Reply::Refused(Refusal::PrivateAddress { .. }));
        assert!(refused, "{target}: {reply:?}");
    }
}

#[tokio::test]
async fn no_other_machine_is_asked_without_a_contact() {
    // A name that no resolver answers for: a broken guard must not reach anybody either.
    let public = "https://www.rulewatch.invalid/en/page.html";
    let site = Site::start(move |_, _| redirect(302, public)).await;
    for url in [Url::parse(public).unwrap(), site.url("/")] {
        let why = address_refused(fetch(url).await);
        assert!(why.starts_with("no [operator] contact is set"), "{why}");
        assert!(why.ends_with("set `[operator] contact` in rulewatch.toml"), "{why}");
    }
}

#[tokio::test]
async fn only_the_web_is_asked_and_no_secret_is_sent() {
    for url in ["ftp://127.0.0.1/", "file:///etc/hostname", "http://user:secret@127.0.0.1/"] {
        let why = address_refused(fetch(Url::parse(url).unwrap()).await);
        assert!(!why.contains("secret"), "{why}");
    }
}

#[tokio::test]
async fn a_compressed_page_is_kept_decoded() {
    let body = gzip("<p>Preuve de fonds à montrer".as_bytes());
    let site = Site::start(move |asked, _| {
        assert!(asked.header("accept-encoding").unwrap().contains("gzip"));
        with(answer(200, body.clone()), "content-encoding", "gzip")
    })
    .await;
    let page = page(fetch(site.url("/")).await);
    assert_eq!(page.body, "<p>Preuve de fonds à montrer".as_bytes());
}

#[tokio::test]
async fn a_compressed_body_that_is_cut_or_spoilt_is_no_page() {
    let whole = gzip(&b"<p>Funds and occupations".repeat(1_000));
    let cut = whole[..whole.len() / 2].to_vec();
    let mut spoilt = whole.clone();
    spoilt[20..40].fill(0xff);
    for body in [cut, spoilt, b"<p>not compressed at all".to_vec()] {
        let site =
            Site::start(move |_, _| with(answer(200, body.clone()), "content-encoding", "gzip"))
                .await;
        let failure = failure(fetch(site.url("/")).await);
        assert!(failure.what.starts_with("reading the body of "), "{}", failure.what);
    }
}

#[tokio::test]
async fn codings_that_browsers_take_are_undone_whole() {
    let (first, second) = (&b"<p>Funds and "[..], &b"occupations"[..]);
    let whole = [first, second].concat();
    let raw = {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&whole).unwrap();
        packed.finish().unwrap()
    };
    for (coding, body) in [
        ("gzip", [gzip(first), gzip(second)].concat()),
        ("gzip, gzip", gzip(&gzip(&whole))),
        ("deflate", raw),
    ] {
        let site =
            Site::start(move |_, _| with(answer(200, body.clone()), "content-encoding", coding));
        let page = page(fetch(site.await.url("/")).await);
        assert_eq!(page.body, whole, "{coding}");
        let kept: Vec<_> = page.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert!(
            !kept.contains(&"content-encoding") && !kept.contains(&"content-length"),
            "{kept:?}"
        );
    }
    let site = Site::start(|_, _| with(answer(200, "x"), "content-encoding", "br, gzip")).await;
    let failure = failure(fetch(site.url("/")).await);
    assert!(
        failure.what.ends_with("it is coded as `br, gzip`, which is not read here")
            && !failure.retry
    );
}

#[tokio::test]
async fn a_body_is_read_up_to_the_cap() {
    let bomb = gzip(&vec![0; 8 * 1024 * 1024]);
    assert!(bomb.len() < 16 * 1024, "it fits the cap until it is decompressed");
    let site = Site::start(move |asked, _| match asked.path.as_str() {
        "/bomb" => with(answer(200, bomb.clone()), "content-encoding", "gzip"),
        "/large" => answer(200, vec![b'x'; 16 * 1024 + 1]),
        _ => answer(200, vec![b'x'; 16 * 1024]),
    })
    .await;
    let settings = FetchSettings { max_body_bytes: 16 * 1024, ..without_robots() };
    for path in ["/bomb", "/large"] {
        let reply = fetch_with(&settings, &Request::new(site.url(path))).await;
        let limit = "more than 16384 bytes of body".to_owned();
        assert_eq!(reply, Reply::Broken(Breakage::TooLarge { limit }), "{path}");
    }
    let page = page(fetch_with(&settings, &Request::new(site.url("/just"))).await);
    assert_eq!(page.body.len(), 16 * 1024);
}

#[tokio::test]
async fn a_server_that_drips_is_left_at_the_deadline() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_vec();
    let pieces = std::iter::once(head).chain(std::iter::repeat_n(b"x".to_vec(), 1_000)).collect();
    let (url, visitors) = raw(pieces, Duration::from_millis(20)).await;
    let settings = FetchSettings { deadline: Duration::from_millis(300), ..without_robots() };
    let start = Instant::now();
    let failure = failure(fetch_with(&settings, &Request::new(url.clone())).await);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let expected = format!("reading {url}: not done within the deadline of 300ms");
    assert_eq!(failure, FetchFailure { what: expected, retry: true });
    assert_eq!(*visitors.lock().unwrap(), 1, "a spent deadline leaves none for a retry");
}

#[tokio::test]
async fn redirects_share_the_deadline() {
    // Every answer is 150 ms late: well within the deadline alone, and over it together.
    let to = |location: &str| {
        let head = format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\n\r\n");
        raw(vec![Vec::new(), head.into_bytes()], Duration::from_millis(150))
    };
    let (second, _) = to("/").await;
    let (first, _) = to(second.as_str()).await;
    let settings = FetchSettings { deadline: Duration::from_millis(250), ..without_robots() };
    let failure = failure(fetch_with(&settings, &Request::new(first)).await);
    assert!(failure.what.contains("deadline"), "{}", failure.what);
}

#[tokio::test]
async fn a_silent_server_is_tried_again_and_then_left() {
    let (url, visitors) = raw(vec![Vec::new()], Duration::from_secs(30)).await;
    let settings =
        FetchSettings { read_timeout: Duration::from_millis(100), retries: 1, ..without_robots() };
    let failure = failure(fetch_with(&settings, &Request::new(url.clone())).await);
    let words = format!("asking {url}: the server sent nothing within `silence_seconds`");
    assert_eq!(failure.what, words);
    assert!(failure.retry);
    assert_eq!(*visitors.lock().unwrap(), 2);
}

#[test]
fn a_server_may_be_slow_and_a_dead_connection_leaves_time_for_another() {
    let FetchSettings { read_timeout, deadline, .. } = FetchSettings::default();
    assert!(read_timeout > Duration::from_secs(25) && read_timeout * 2 <= deadline);
}

#[tokio::test]
async fn a_body_that_ends_early_is_no_page() {
    let with_length = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<p>Half of it".to_vec();
    let in_chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n<p>H\r\n".to_vec();
    for bytes in [with_length, in_chunks] {
        let (url, visitors) = raw(vec![bytes], Duration::ZERO).await;
        let failure = failure(fetch_with(&without_robots(), &Request::new(url.clone())).await);
        let expected = format!("reading the body of {url}: ");
        assert!(failure.what.starts_with(&expected), "{}", failure.what);
        assert!(failure.retry);
        assert_eq!(*visitors.lock().unwrap(), 3, "two retries");
    }
}

#[tokio::test]
async fn what_is_not_http_is_no_page() {
    let (url, _) = raw(vec![b"220 mail.example ESMTP\r\n".to_vec()], Duration::ZERO).await;
    let failure = failure(fetch_with(&without_robots(), &Request::new(url.clone())).await);
    assert!(failure.what.starts_with(&format!("asking {url}: ")), "{}", failure.what);
}

#[tokio::test]
async fn a_closed_port_is_a_failure_worth_another_try() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let failure = failure(fetch(url).await);
    assert!(
        failure.what.starts_with("connecting to 127.0.0.1: Connection refused"),
        "{}",
        failure.what
    );
    assert!(failure.retry);
}

/// As behind a network that drops packets: the queue of the listener is full, and nobody takes from it.
#[tokio::test]
async fn a_host_that_no_connection_reaches_is_tried_once() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let mut taken = Vec::new();
    while let Ok(connected) =
        tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        taken.push(connected.unwrap());
    }
    let settings = FetchSettings {
        connect_timeout: Duration::from_millis(300),
        retry_base: Duration::from_secs(60),
        ..without_robots()
    };
    let request = Request::new(Url::parse(&format!("http://{address}/")).unwrap());
    let asked = fetch_with(&settings, &request);
    let reply = tokio::time::timeout(Duration::from_secs(30), asked).await;
    let failure = failure(reply.expect("no pause of a minute for another try"));
    let right = "connecting to 127.0.0.1: no answer within `connect_seconds`";
    assert_eq!((failure.what.as_str(), failure.retry), (right, true));
}

#[tokio::test]
async fn a_status_that_is_no_page_says_so_at_once() {
    let site = Site::start(|asked, _| answer(asked.path[1..].parse().unwrap(), "<p>Sorry")).await;
    let fetcher = Fetcher::http(&settings()).unwrap();
    let clock = SetClock::new(now());
    for status in [404, 410, 401, 403, 451, 418, 429] {
        let request = Request::new(site.url(&format!("/{status}")));
        let expected = match status {
            404 | 410 => Reply::Gone(Gone(status)),
            _ => Reply::Refused(Refusal::Status(status)),
        };
        assert_eq!(fetcher.fetch(&request, &clock).await, expected);
    }
    assert_eq!(site.asked().len(), 7, "none is asked twice");
}

#[tokio::test]
async fn a_server_error_is_tried_again() {
    let site =
        Site::start(|_, n| if n == 0 { answer(500, "") } else { answer(200, "there") }).await;
    assert_eq!(page(fetch(site.url("/")).await).body, b"there");
    assert_eq!(site.asked().len(), 2);
}

#[tokio::test]
async fn a_server_error_that_stays_is_given_up() {
    let site = Site::start(|_, _| answer(502, "")).await;
    let expected = FetchFailure { what: format!("{} answered 502", site.url("/")), retry: true };
    assert_eq!(failure(fetch(site.url("/")).await), expected);
    assert_eq!(site.asked().len(), 3);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says_and_not_sooner() {
    for status in [429, 503] {
        let site = Site::start(move |asked, n| match (asked.path.as_str(), n) {
            ("/soon", 0) => with(answer(status, ""), "retry-after", "0"),
            ("/soon", _) => answer(200, "there"),
            _ => with(answer(status, ""), "retry-after", "Fri, 20 Nov 2026 18:00:00 GMT"),
        })
        .await;
        let fetcher = Fetcher::http(&settings()).unwrap();
        let clock = SetClock::new(now());
        let soon = fetcher.fetch(&Request::new(site.url("/soon")), &clock).await;
        assert_eq!(page(soon).body, b"there");
        let late = fetcher.fetch(&Request::new(site.url("/late")), &clock).await;
        assert!(!matches!(late, Reply::Page(_)), "{late:?}");
        assert_eq!(site.paths(), ["/soon", "/soon", "/late"]);
    }
}

#[tokio::test]
async fn a_host_is_asked_one_thing_at_a_time_with_a_gap() {
    let gap = Duration::from_millis(60);
    let site = Site::start(|_, _| answer(200, "")).await;
    let gaps = [("127.0.0.1".to_owned(), gap)].into();
    let fetcher = Fetcher::http(&FetchSettings { gaps, ..without_robots() }).unwrap();
    let clock = SetClock::new(now());
    let (one, two) = (Request::new(site.url("/1")), Request::new(site.url("/2")));
    let start = Instant::now();
    let (one, two) = tokio::join!(fetcher.fetch(&one, &clock), fetcher.fetch(&two, &clock));
    assert!(start.elapsed() >= gap);
    page(one);
    page(two);
}
