//! What sites ask of their visitors, and what they send in place of their pages, against real
//! servers on the loopback network.

use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rulewatch::{
    clock::SetClock,
    fetch::{Fetcher, Reply, Request},
    model::{Breakage, FetchSettings, HostManners, HostSettings, Refusal, RobotsRule},
};

use crate::daemon::{CONFIG, home};
use crate::fetching::{failure, fetch, fetch_with, now, page, settings, without_robots};
use crate::site::{Site, answer, gzip, raw, redirect, with};

/// Settings whose zone for people is not that in which times are stored.
fn in_toronto() -> FetchSettings {
    FetchSettings { zone: TimeZone::get("America/Toronto").unwrap(), ..settings() }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn robots_txt_is_honoured_at_every_hop_and_read_once() {
    let robots = answer(200, "User-agent: *\nDisallow: /private\n");
    let site = Site::with_robots(robots, |asked, _| match asked.path.as_str() {
        "/way-in" => redirect(302, "/private/page"),
        _ => answer(200, "open"),
    })
    .await;
    let fetcher = Fetcher::http(&settings()).unwrap();
    let clock = SetClock::new(now());
    let refused = Reply::Refused(Refusal::Robots { url: site.url("/private/page").into() });
    for path in ["/private/page", "/way-in"] {
        assert_eq!(fetcher.fetch(&Request::new(site.url(path)), &clock).await, refused);
    }
    page(fetcher.fetch(&Request::new(site.url("/open")), &clock).await);
    assert_eq!(site.paths(), ["/way-in", "/open"]);
}

#[tokio::test]
async fn a_site_without_a_robots_txt_is_read() {
    let html = answer(200, "<html>Disallow: /");
    for robots in [html, answer(403, ""), answer(410, ""), redirect(302, "http://[::1]/")] {
        let site = Site::with_robots(robots, |_, _| answer(200, "")).await;
        page(fetch(site.url("/page")).await);
    }
}

#[tokio::test]
async fn the_start_of_a_huge_robots_txt_counts() {
    let text = format!("User-agent: *\nDisallow: /private\n{}", "# comment\n".repeat(100_000));
    let site = Site::with_robots(answer(200, text), |_, _| answer(200, "")).await;
    let reply = fetch(site.url("/private")).await;
    assert!(matches!(reply, Reply::Refused(Refusal::Robots { .. })), "{reply:?}");
}

#[tokio::test]
async fn a_site_whose_robots_txt_cannot_be_read_is_left_alone() {
    let site = Site::whole(|asked, _| match asked.path.as_str() {
        "/robots.txt" => answer(500, ""),
        _ => answer(200, ""),
    })
    .await;
    let failure = failure(fetch(site.url("/page")).await);
    let robots = site.url("/robots.txt");
    let expected =
        format!("{robots} answered 500; without its robots.txt a site is left alone (RFC 9309)");
    assert_eq!(failure.what, expected);
    assert_eq!((site.paths().len(), site.asked_for_robots()), (0, 3), "it is tried again");
    let own = HostSettings { robots: RobotsRule::Ignore, ..HostSettings::default() };
    let hosts = [("127.0.0.1".to_owned(), own)].into();
    let settings = FetchSettings { hosts, ..settings() };
    page(fetch_with(&settings, &Request::new(site.url("/page"))).await);
    assert_eq!((site.paths().len(), site.asked_for_robots()), (1, 3), "the operator says so");
}

#[tokio::test]
async fn a_robots_txt_that_fails_once_is_asked_for_again() {
    let tried = std::sync::atomic::AtomicUsize::new(0);
    let site = Site::whole(move |asked, _| match asked.path.as_str() {
        "/robots.txt" => match tried.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => answer(503, ""),
            _ => answer(200, "User-agent: *\nDisallow: /private"),
        },
        _ => answer(200, ""),
    })
    .await;
    page(fetch(site.url("/page")).await);
    assert_eq!(site.asked_for_robots(), 2);
}

#[tokio::test]
async fn known_rules_outlive_an_error_and_a_restart() {
    let site = Site::whole(|asked, _| match asked.path.as_str() {
        "/robots.txt" => answer(503, ""),
        _ => answer(200, ""),
    })
    .await;
    let origin = site.base.as_str().trim_end_matches('/').to_owned();
    let text = "User-agent: *\nDisallow: /private\n".to_owned();
    let file = rulewatch::model::RobotsFile { text, read_at: at("2026-11-19T20:00Z") };
    let manners = HostManners { robots: [(origin, file)].into(), ..HostManners::default() };
    let fetcher = Fetcher::http(&settings()).unwrap();
    fetcher.put_back([("127.0.0.1".to_owned(), manners)], now());
    let clock = SetClock::new(now());
    let asked = async |path: &str| fetcher.fetch(&Request::new(site.url(path)), &clock).await;
    // They are sixteen hours old: read again, in vain, and good for eight more.
    page(asked("/page").await);
    assert!(matches!(asked("/private").await, Reply::Refused(Refusal::Robots { .. })));
    clock.set(at("2026-11-20T20:00Z"));
    failure(asked("/page").await);
    assert_eq!(site.paths(), ["/page"]);
}

#[tokio::test]
async fn a_busy_host_is_left_alone_as_long_as_it_asks_and_after_a_restart_too() {
    for (status, value) in [(429, "7200"), (503, "Fri, 20 Nov 2026 14:00:00 GMT"), (500, "7200")] {
        let site = Site::start(move |asked, _| match asked.path.as_str() {
            "/busy" => with(answer(status, ""), "retry-after", value),
            _ => answer(200, ""),
        })
        .await;
        let (busy, other) = (Request::new(site.url("/busy")), Request::new(site.url("/other")));
        let fetcher = Fetcher::http(&in_toronto()).unwrap();
        let clock = SetClock::new(now());
        let words = |reply: Reply| match reply {
            Reply::Refused(refusal) => refusal.to_string(),
            Reply::Failed(failure) => failure.what,
            other => panic!("{other:?}"),
        };
        let asks = format!(
            "127.0.0.1 answered {status} and asks to be left alone until 2026-11-20 09:00 EST"
        );
        assert_eq!(words(fetcher.fetch(&busy, &clock).await), asks);
        assert_eq!(words(fetcher.fetch(&other, &clock).await), asks, "the host is meant");
        let until = Some(at("2026-11-20T14:00Z"));
        assert_eq!(fetcher.waits_until(&site.base, now()), until);
        let stored: Vec<_> = fetcher
            .take_changed_manners()
            .into_iter()
            .map(|(host, manners)| (host, manners.to_json().to_string()))
            .collect();
        assert_eq!(fetcher.take_changed_manners(), [], "it is stored once");

        let fetcher = Fetcher::http(&in_toronto()).unwrap();
        let read = |text: &str| HostManners::from_json(&serde_json::from_str(text).unwrap());
        let stored = stored.iter().map(|(host, text)| (host.clone(), read(text).unwrap()));
        clock.set(at("2026-11-20T13:58Z"));
        fetcher.put_back(stored, at("2026-11-20T13:58Z"));
        assert_eq!(words(fetcher.fetch(&other, &clock).await), asks, "over a restart");
        assert_eq!(site.paths(), ["/busy"]);
        clock.set(at("2026-11-20T14:00Z"));
        page(fetcher.fetch(&other, &clock).await);
        assert_eq!(site.asked_for_robots(), 1, "it was known");
    }
}

#[tokio::test]
async fn a_host_that_is_asked_too_often_is_left_alone_for_ten_minutes() {
    let site = Site::start(|_, n| answer(if n == 0 { 429 } else { 200 }, "")).await;
    let fetcher = Fetcher::http(&settings()).unwrap();
    let clock = SetClock::new(now());
    let request = Request::new(site.url("/page"));
    let reply = fetcher.fetch(&request, &clock).await;
    assert_eq!(reply, Reply::Refused(Refusal::Status(429)));
    clock.set(at("2026-11-20T12:08Z"));
    let Reply::Refused(refusal) = fetcher.fetch(&request, &clock).await else { panic!() };
    let words = "127.0.0.1 answered 429 and is left alone until 2026-11-20 12:10 UTC";
    assert_eq!(refusal.to_string(), words, "the host asked for nothing");
    clock.set(at("2026-11-20T12:10Z"));
    page(fetcher.fetch(&request, &clock).await);
}

#[tokio::test]
async fn a_long_crawl_delay_is_kept_between_visits() {
    let robots = answer(200, "User-agent: *\nCrawl-delay: 3600\n");
    let site = Site::with_robots(robots, |asked, _| match asked.path.as_str() {
        "/old" => redirect(301, "/new"),
        _ => answer(200, ""),
    })
    .await;
    let fetcher = Fetcher::http(&in_toronto()).unwrap();
    let clock = SetClock::new(now());
    let old = Request::new(site.url("/old"));
    page(fetcher.fetch(&old, &clock).await);
    assert_eq!(site.paths(), ["/old", "/new"], "a redirect belongs to its visit");
    clock.set(at("2026-11-20T12:59Z"));
    let Reply::Refused(refusal) = fetcher.fetch(&old, &clock).await else { panic!() };
    assert_eq!(
        refusal.to_string(),
        "robots.txt of 127.0.0.1 asks for 3600 s between visits: the next is at \
         2026-11-20 08:00 EST"
    );
    clock.set(at("2026-11-20T13:00Z"));
    page(fetcher.fetch(&old, &clock).await);
}

#[tokio::test]
async fn a_crawl_delay_without_end_is_said_as_that() {
    let robots = answer(200, "User-agent: *\nCrawl-delay: inf\n");
    let site = Site::with_robots(robots, |_, _| answer(200, "")).await;
    let fetcher = Fetcher::http(&settings()).unwrap();
    let clock = SetClock::new(now());
    let request = Request::new(site.url("/page"));
    page(fetcher.fetch(&request, &clock).await);
    let Reply::Refused(refusal) = fetcher.fetch(&request, &clock).await else { panic!() };
    let words = "robots.txt of 127.0.0.1 asks for an endless pause between visits";
    assert_eq!(refusal.to_string(), words);
}

#[tokio::test]
async fn a_short_crawl_delay_is_waited_for() {
    let robots = answer(200, "User-agent: *\nCrawl-delay: 0.2\n");
    let site = Site::with_robots(robots, |_, _| answer(200, "")).await;
    let start = Instant::now();
    page(fetch(site.url("/page")).await);
    assert!(start.elapsed() >= Duration::from_millis(200), "robots.txt was a request too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gap_between_two_requests_is_the_hosts_whatever_command_makes_them() {
    let words = "<html><body><main><h1>Fees</h1><p>A page of few words.</p></main></body></html>";
    let site = Site::start(move |_, _| with(answer(200, words), "content-type", "text/html")).await;
    let plain = |id: &str| format!("[[source]]\nid = '{id}'\nurl = '{}'\n", site.url(id));
    let home =
        home(&format!("{CONFIG}[fetch.gaps]\n'127.0.0.1' = 5\n"), &["one", "two"].map(plain));
    home.done(&["--sources", "sources.toml", "check", "one"]);
    let begun = Instant::now();
    home.done(&["--sources", "sources.toml", "check", "two"]);
    // Some of the gap has passed while the first command ended and the second began.
    assert!(begun.elapsed() > Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// What a fetch of `/page` is told to be.
async fn said(site: &Site) -> String {
    match fetch(site.url("/page")).await {
        Reply::Refused(refusal) => refusal.to_string(),
        Reply::Broken(breakage) => breakage.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_by_name() {
    for status in [202, 405] {
        let script = "<script src=/gate/challenge.js></script>";
        let site = Site::start(move |_, _| answer(status, script)).await;
        let gate =
            format!("a gate answered {status} in place of the page: it lets only browsers in");
        assert_eq!(said(&site).await, gate);
        assert_eq!(site.paths().len(), 1, "it is not tried again");
    }
    let site = Site::start(|_, _| with(redirect(302, "/page"), "set-cookie", "seen=1")).await;
    let wall =
        format!("{} shows its page only to browsers that keep its cookie", site.url("/page"));
    assert_eq!(said(&site).await, wall);
    let refresh = "<meta http-equiv=refresh content='0; url=/page'>";
    let site = Site::start(move |_, _| with(answer(200, refresh), "set-cookie", "seen=1")).await;
    assert!(said(&site).await.ends_with("only to browsers that keep its cookie"));
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/page" => redirect(302, "/session"),
        _ => answer(200, "<form><input name=user><input type=password name=p></form>"),
    })
    .await;
    assert_eq!(said(&site).await, format!("{} asks for a login", site.url("/session")));
}

#[tokio::test]
async fn a_page_that_moved_is_followed_or_named() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/page" => redirect(301, "/moved"),
        "/moved" => redirect(308, "/new"),
        _ => answer(200, "<p>Funds"),
    })
    .await;
    let reply = fetch(site.url("/page")).await;
    assert_eq!(reply.moved_to(), Some(&site.url("/new")));
    page(reply);
    let refresh = "<meta http-equiv=refresh content='0; url=/new'><title>Moved</title>";
    let site = Site::start(move |_, _| answer(200, refresh)).await;
    let led = Breakage::LeadsOn { to: site.url("/new").into(), how: "a meta refresh".into() };
    assert_eq!(said(&site).await, led.to_string());
}

#[tokio::test]
async fn a_redirect_to_the_metadata_of_a_cloud_is_refused() {
    for target in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/",
        "http://2852039166/",
    ] {
        let site = Site::start(move |_, _| redirect(302, target)).await;
        let contact = Some("ops@example.org".to_owned());
        let settings = FetchSettings { contact, ..settings() };
        let reply = fetch_with(&settings, &Request::new(site.url("/"))).await;
        let refused = matches!(reply, Reply::Refused(Refusal::PrivateAddress { .. }));
        assert!(refused, "{target}: {reply:?}");
    }
}

#[tokio::test]
async fn a_bomb_is_bounded_in_every_encoding() {
    let zeros = vec![0; 8 * 1024 * 1024];
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, 4096, 5, 22).write_all(&zeros).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(&zeros).unwrap();
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("br", brotli),
        ("deflate", zlib.finish().unwrap()),
        ("zstd", zstd::encode_all(zeros.as_slice(), 3).unwrap()),
    ];
    for (encoding, bomb) in bombs {
        assert!(bomb.len() < 16 * 1024, "{encoding} is small until it is decompressed");
        let site =
            Site::start(move |_, _| with(answer(200, bomb.clone()), "content-encoding", encoding))
                .await;
        let settings = FetchSettings { max_body_bytes: 16 * 1024, ..without_robots() };
        let reply = fetch_with(&settings, &Request::new(site.url("/"))).await;
        let limit = "more than 16384 bytes of body".to_owned();
        assert_eq!(reply, Reply::Broken(Breakage::TooLarge { limit }), "{encoding}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_left_at_the_cap() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    let pieces = std::iter::once(head).chain(std::iter::repeat_n(chunk, 4_000)).collect();
    let (url, visitors) = raw(pieces, Duration::ZERO).await;
    let settings = FetchSettings { max_body_bytes: 1024 * 1024, ..without_robots() };
    let reply = fetch_with(&settings, &Request::new(url)).await;
    assert!(matches!(reply, Reply::Broken(Breakage::TooLarge { .. })), "{reply:?}");
    assert_eq!(*visitors.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_flood_of_headers_is_no_page_and_is_not_asked_for_again() {
    let line = format!("x-flood: {}\r\n", "y".repeat(1_000)).into_bytes();
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let flood = std::iter::once(head).chain(std::iter::repeat_n(line, 10_000)).collect();
    let (url, visitors) = raw(flood, Duration::ZERO).await;
    let failure = failure(fetch_with(&without_robots(), &Request::new(url.clone())).await);
    assert!(failure.what.starts_with(&format!("asking {url}: ")), "{}", failure.what);
    assert!(!failure.retry);
    assert_eq!(*visitors.lock().unwrap(), 1);
    let long = "z".repeat(10_000);
    let site = Site::start(move |_, _| with(answer(200, ""), "x-long", &long)).await;
    assert_eq!(page(fetch(site.url("/")).await).header("x-long"), None, "it says nothing");
}

#[tokio::test]
async fn what_is_not_http_is_not_asked_again() {
    let (url, visitors) = raw(vec![b"220 mail.example ESMTP\r\n".to_vec()], Duration::ZERO).await;
    assert!(!failure(fetch_with(&without_robots(), &Request::new(url)).await).retry);
    assert_eq!(*visitors.lock().unwrap(), 1);
}
