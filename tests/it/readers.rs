//! Many readers at once, while a round of checks runs: each gets every answer, and the checks go on.
//!
//! Here with a few readers, and no bar on time: what a busy machine takes says nothing. `tests/long.sh readers`
//! runs two hundred, prints how long they and the rounds waited, and has bars.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rulewatch::clock::{Clock as _, SystemClock};
use rulewatch::model::SourceId;
use rulewatch::store::{CheckRun, Store};

use crate::daemon::{CONFIG, Daemon, source};
use crate::program::Home;
use crate::web::get;

/// How many sources are checked, over and over.
const SOURCES: usize = 8;

/// How many pages each reader asks for.
const EACH: usize = 10;

/// What they ask for.
const PATHS: [&str; 10] = [
    "/en/",
    "/fr/changes",
    "/en/changes?program=bcpnp&severity=warn",
    "/en/facts",
    "/fr/sources",
    "/en/facts/fees_00.fee",
    "/en/sources/fees-01",
    "/fr/announced",
    "/en/changes?text=fee",
    "/style.css",
];

/// A server of pages that are never twice the same: each check reads, compares and writes.
fn pages(asked: &Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::clone(asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let asked = Arc::clone(&asked);
            thread::spawn(move || {
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let is_robots = head[..n].starts_with(b"GET /robots.txt");
                let n = asked.fetch_add(usize::from(!is_robots), Ordering::SeqCst);
                let body = format!(
                    "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
                     <p>The fee to apply to Skills Immigration is ${}.</p></main></body></html>",
                    1_400 + n % 50
                );
                let (status, body) =
                    if is_robots { ("404 Not Found", "") } else { ("200 OK", body.as_str()) };
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\
                     Connection: close\r\n\r\n{body}"
                );
            });
        }
    });
    port
}

/// The daemon at work, over pages that are new each time.
fn at_work() -> (Daemon, SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let port = pages(&asked);
    let home = Home::new();
    let catalog: String = (0..SOURCES)
        .map(|n| source(&format!("fees-{n:02}"), &format!("http://127.0.0.1:{port}/{n}")))
        .collect();
    home.file("sources.toml", catalog);
    let config = format!("{CONFIG}[http]\nlisten = '127.0.0.1:0'\nsign_up = false\n");
    home.file("rulewatch.toml", config);
    let mut daemon = Daemon::start(home);
    daemon.until("pages", |daemon| daemon.log().contains("serving pages"));
    let log = daemon.log();
    let at = log.split("http://127.0.0.1:").nth(1).unwrap().split('/').next().unwrap();
    let at = SocketAddr::from(([127, 0, 0, 1], at.parse().unwrap()));
    daemon.until("first facts", |_| {
        get(at, "/en/facts").body.matches("/en/facts/fees_").count() >= SOURCES
    });
    (daemon, at, asked)
}

fn checks(daemon: &Daemon) -> u64 {
    Store::open_read_only(&daemon.state()).unwrap().counts().unwrap().n_checks
}

/// How long things of a round of checks took.
#[derive(Clone, Copy)]
struct Round {
    /// All of it.
    took: Duration,
    /// From when it was asked for until its first check began.
    waited: Duration,
    /// Its longest check, from its beginning to what it recorded.
    longest: Duration,
}

/// Has the daemon check every source.
fn round(daemon: &Daemon) -> Round {
    let (begun, asked_at) = (Instant::now(), SystemClock.now());
    let said = daemon.home.done(&["--sources", "sources.toml", "check"]);
    assert_eq!(said.matches("changed").count(), SOURCES, "{said}");
    let took = begun.elapsed();
    let store = Store::open_read_only(&daemon.state()).unwrap();
    let last = |n: usize| {
        let id = SourceId::parse(&format!("fees-{n:02}")).unwrap();
        store.checks(&id, 1).unwrap().pop().unwrap()
    };
    let checks: Vec<CheckRun> = (0..SOURCES).map(last).collect();
    let length = |from: Timestamp, to: Timestamp| to.duration_since(from).unsigned_abs();
    let first = checks.iter().map(|check| check.started_at).min().unwrap();
    assert!(first >= asked_at, "these are the checks of this round");
    let lengths = checks.iter().map(|check| length(check.started_at, check.ended_at));
    Round { took, waited: length(asked_at, first), longest: lengths.max().unwrap() }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The wait that so many of a hundred readers do not have to exceed.
fn of_hundred(waits: &[Duration], share: usize) -> Duration {
    waits[(waits.len() * share / 100).min(waits.len() - 1)]
}

/// Prints what each page costs when nobody else asks.
#[expect(clippy::print_stdout, reason = "the times are what the run is asked for")]
fn each_alone(at: SocketAddr) {
    for path in PATHS {
        let once = |_| {
            let begun = Instant::now();
            get(at, path);
            begun.elapsed()
        };
        println!("  {path}: {:.1} ms", median((0..21).map(once).collect()).as_secs_f64() * 1e3);
    }
}

/// Prints what rounds took before the readers came, and while they read.
#[expect(clippy::print_stdout, reason = "the times are what the run is asked for")]
fn print_rounds(alone: &[Round], meanwhile: &[Round]) {
    for (when, rounds) in [("before", alone), ("meanwhile", meanwhile)] {
        let half = |of: fn(&Round) -> Duration| median(rounds.iter().map(of).collect()).as_millis();
        let waited = rounds.iter().map(|round| round.waited).max().unwrap_or_default();
        println!(
            "  {when}: half of {} rounds of {SOURCES} checks began within {} ms and took {} ms, half of their \
             longest checks {} ms; the latest round began after {} ms",
            rounds.len(),
            half(|round| round.waited),
            half(|round| round.took),
            half(|round| round.longest),
            waited.as_millis()
        );
    }
}

#[test]
fn readers_at_once_while_checks_run() {
    let readers: usize =
        std::env::var("RULEWATCH_READERS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let (daemon, at, asked) = at_work();
    let is_long = readers > 100;
    let alone: Vec<Round> = (0..if is_long { 9 } else { 1 }).map(|_| round(&daemon)).collect();
    if is_long {
        each_alone(at);
    }
    let (before, begun) = (checks(&daemon), Instant::now());
    let read = |reader: usize| {
        thread::spawn(move || {
            let ask = |n: usize| {
                let begun = Instant::now();
                let answer = get(at, PATHS[(reader + n) % PATHS.len()]);
                (answer.status, begun.elapsed())
            };
            (0..EACH).map(ask).collect::<Vec<_>>()
        })
    };
    let all: Vec<_> = (0..readers).map(read).collect();
    // At least one, and as many as there is time for.
    let mut rounds = vec![round(&daemon)];
    while all.iter().any(|reader| !reader.is_finished()) {
        rounds.push(round(&daemon));
    }
    let answers: Vec<(u16, Duration)> =
        all.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
    let took = begun.elapsed();
    let n_rounds = rounds.len() as u64;
    assert_eq!(checks(&daemon) - before, n_rounds * SOURCES as u64, "every check was done");
    let refused: Vec<u16> =
        answers.iter().map(|(status, _)| *status).filter(|status| *status != 200).collect();
    assert!(refused.is_empty(), "every reader gets every answer, in {took:?}: {refused:?}");
    assert_eq!(answers.len(), readers * EACH);
    let mut waits: Vec<Duration> = answers.into_iter().map(|(_, wait)| wait).collect();
    waits.sort();
    println!(
        "readers: {readers} at once, {} answers in {:.1} s; waits: half {} ms, 95 of 100 {} ms, the longest {} ms",
        waits.len(),
        took.as_secs_f64(),
        of_hundred(&waits, 50).as_millis(),
        of_hundred(&waits, 95).as_millis(),
        of_hundred(&waits, 100).as_millis(),
    );
    print_rounds(&alone, &rounds);
    println!("  {} pages were fetched in all", asked.load(Ordering::SeqCst));
    if is_long {
        assert!(of_hundred(&waits, 95) < Duration::from_secs(2), "an answer does not wait");
        let latest = rounds.iter().map(|round| round.waited).max();
        assert!(latest < Some(Duration::from_secs(1)), "no check is delayed: {latest:?}");
    }
    assert_eq!(daemon.stop(), Some(0));
}
