//! A round of the daemon over 200 pages of 100 kB beside `curl`, which fetches the same pages and nothing
//! more: processor time and wall time, for pages that are the same, that answer "not modified", and of
//! which every tenth has changed.
//!
//! `cargo bench --bench pages` prints a line for each, and first one for a start and an end with nothing
//! due between: the daemon's other figures include it. The pages are on 20 loopback hosts. Of several runs
//! the smallest counts. Processor time is counted in hundredths of a second.

#![expect(clippy::print_stdout, reason = "what it measured is for a person to read")]

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as Asked, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rusqlite::{Connection, OpenFlags};

const PAGES: usize = 200;
const HOSTS: usize = 20;
const RUNS: usize = 3;

/// How long a round may take at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server answers.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// Whether it knows a page by its ETag.
    has_tags: bool,
    /// Every so many pages have changed since the last round; none for 0.
    changed: usize,
}

const CASES: [Case; 3] = [
    Case { name: "the same bytes", has_tags: false, changed: 0 },
    Case { name: "not modified", has_tags: true, changed: 0 },
    Case { name: "1 in 10 changed", has_tags: false, changed: 10 },
];

/// A page of 100 kB with a fee.
fn page(n: usize, fee: usize) -> String {
    let paragraph = "<p>You must show that you meet each of the conditions of this stream on the day on which \
                     you apply, and keep meeting them until a decision is made.</p>";
    let row = "<tr><td>Step</td><td>Collect the documents that the guide asks for.</td></tr>";
    let head = format!(
        "<!doctype html><html lang=\"en\"><head><title>Fees {n}</title></head><body><main>\
         <h1>Fees {n}</h1><p>The fee to apply to Skills Immigration is ${fee}.</p>"
    );
    let body = format!("{}<table>{}</table>", paragraph.repeat(12), row.repeat(20));
    let times = 100_000 / body.len();
    format!("{head}{}</main></body></html>", body.repeat(times))
}

/// The server's case, and how many rounds were begun.
#[derive(Clone)]
struct Site {
    case: Case,
    round: Arc<AtomicUsize>,
}

async fn answer(State(site): State<Site>, Asked(n): Asked<usize>, asked: HeaderMap) -> Response {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let is_changed = site.case.changed > 0 && n.is_multiple_of(site.case.changed);
    let fee = 1_000 + if is_changed { site.round.load(Ordering::Relaxed) } else { 0 };
    if !site.case.has_tags {
        return (html, page(n, fee)).into_response();
    }
    let tag = [(header::ETAG, format!("\"{n}\""))];
    if asked.contains_key(header::IF_NONE_MATCH) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    (tag, html, page(n, fee)).into_response()
}

/// Serves the pages on every loopback address; returns the port.
async fn serve(site: Site) -> u16 {
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let app = Router::new()
        .route("/robots.txt", get(|| async { StatusCode::NOT_FOUND }))
        .route("/{n}", get(answer))
        .with_state(site);
    tokio::spawn(async move { axum::serve(listener, app).await });
    port
}

fn url(n: usize, port: u16) -> String {
    format!("http://127.0.0.{}:{port}/{n}", 1 + n % HOSTS)
}

/// A home with the sources.
fn home(port: u16) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let source = |n: usize| {
        format!(
            "[[source]]\nid = \"page-{n}\"\nprogram = \"bcpnp\"\njurisdiction = \"BC\"\nurl = \"{}\"\n\
             verified = \"2026-01-20\"\nschedule = \"0 * * * * *\"\n[[source.facts]]\n\
             key = \"page_{n}.fee\"\ntype = \"fees\"\nrecord = \"application\"\n[source.facts.fields]\n\
             amount = {{ as = \"money\" }}\n[[source.facts.read]]\n\
             prose = {{ matches = 'fee to apply to skills immigration is (?P<amount>\\$[\\d.,]*\\d)' }}\n",
            url(n, port)
        )
    };
    let sources: String = (0..PAGES).map(source).collect();
    fs::write(home.path().join("sources.toml"), sources).expect("a file");
    let config = "[operator]\ncontact = 'operator@example.org'\n[fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n";
    fs::write(home.path().join("rulewatch.toml"), config).expect("a file");
    home
}

/// Processor and wall time of something.
#[derive(Clone, Copy)]
struct Cost {
    processor: Duration,
    wall: Duration,
}

/// The processor time of the children that have ended so far: fields 16 and 17 of proc(5)'s stat, in
/// hundredths of a second.
fn of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("proc(5)");
    let (_, behind) = stat.rsplit_once(") ").expect("a name in brackets");
    let ticks =
        behind.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks"));
    Duration::from_millis(10 * ticks.sum::<u64>())
}

fn database(home: &Path) -> PathBuf {
    home.join(".local/state/rulewatch/rulewatch.db")
}

/// Puts the last check of every source an hour back, so that each is due again.
fn an_hour_later(home: &Path) {
    let hour = "UPDATE source_state SET last_checked_at = last_checked_at - 3600000000";
    let database = Connection::open(database(home)).expect("the database");
    assert_eq!(database.execute(hour, []), Ok(PAGES));
}

fn checks(home: &Path) -> usize {
    let path = database(home);
    let count = || {
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.query_row("SELECT count(*) FROM check_run", [], |row| row.get::<_, i64>(0))
    };
    count().map_or(0, |n| usize::try_from(n).unwrap_or_default())
}

/// Starts the daemon, waits until every page was checked once more, and ends it.
fn round(home: &Path) -> Cost {
    let wanted = checks(home) + PAGES;
    run(home, || checks(home) >= wanted)
}

/// Starts the daemon, waits until it is ready, and ends it. Nothing is due.
fn start(home: &Path) -> Cost {
    let path = home.join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    manager.set_nonblocking(true).expect("a socket");
    let is_ready = || {
        let mut said = [0; 1024];
        let n = manager.recv(&mut said).unwrap_or_default();
        String::from_utf8_lossy(&said[..n]).contains("READY=1")
    };
    let cost = run(home, is_ready);
    fs::remove_file(path).expect("the socket's file");
    cost
}

/// Starts the daemon, waits until something is so, and ends it.
fn run(home: &Path, is_so: impl Fn() -> bool) -> Cost {
    let before = of_children();
    let begun = Instant::now();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_rulewatch"))
        .args(["--sources", "sources.toml", "run"])
        .env_clear()
        .env("HOME", home)
        .env("NOTIFY_SOCKET", home.join("notify"))
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(home.join("log")).expect("a log"))
        .spawn()
        .expect("the program");
    while !is_so() {
        assert!(
            begun.elapsed() < PATIENCE,
            "it takes too long; see {}",
            home.join("log").display()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = begun.elapsed();
    Command::new("kill").arg(daemon.id().to_string()).status().expect("kill");
    daemon.wait().expect("it ends");
    Cost { processor: of_children() - before, wall }
}

/// `curl` fetches every page, one after another over as few connections as it can.
fn curl(port: u16, case: Case) -> Option<Cost> {
    let before = of_children();
    let begun = Instant::now();
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail"]).stdin(Stdio::null()).stdout(Stdio::null());
    if case.has_tags {
        curl.args(["--header", "If-None-Match: \"1\""]);
    }
    // By host, so that each connection is used again.
    for host in 0..HOSTS {
        for n in (host..PAGES).step_by(HOSTS) {
            curl.args(["--output", "/dev/null", &url(n, port)]);
        }
    }
    let ended = curl.status().ok()?;
    assert!(ended.success(), "curl ended with {ended}");
    Some(Cost { processor: of_children() - before, wall: begun.elapsed() })
}

fn least(costs: &[Cost]) -> Cost {
    let processor = costs.iter().map(|cost| cost.processor).min().unwrap_or_default();
    let wall = costs.iter().map(|cost| cost.wall).min().unwrap_or_default();
    Cost { processor, wall }
}

fn seconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64())
}

fn print(name: &str, ours: Cost, theirs: Option<Cost>) {
    print!("{name:18} {:>8}{:>8}", seconds(ours.processor), seconds(ours.wall));
    if let Some(theirs) = theirs {
        let times = ours.processor.as_secs_f64() / theirs.processor.as_secs_f64();
        print!(" {:>8}{:>8} {times:>8.1}", seconds(theirs.processor), seconds(theirs.wall));
    }
    println!();
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    println!("{:18} {:>16} {:>16} {:>8}", "200 PAGES", "RULEWATCH", "CURL", "TIMES");
    println!("{:18} {:>8}{:>8} {:>8}{:>8}", "", "cpu", "wall", "cpu", "wall");
    for (n, case) in CASES.into_iter().enumerate() {
        let site = Site { case, round: Arc::default() };
        let port = runtime.block_on(serve(site.clone()));
        let home = home(port);
        round(home.path());
        if n == 0 {
            let alone: Vec<Cost> = (0..RUNS).map(|_| start(home.path())).collect();
            print("start and end", least(&alone), None);
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            site.round.fetch_add(1, Ordering::Relaxed);
            an_hour_later(home.path());
            ours.push(round(home.path()));
            theirs.extend(curl(port, case));
        }
        print(case.name, least(&ours), (!theirs.is_empty()).then(|| least(&theirs)));
    }
}
