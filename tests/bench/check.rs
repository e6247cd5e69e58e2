//! A whole check of a changed page against what cannot be spared: its fetch, and html5ever's parse of it.
//!
//! `cargo bench` prints a line for each page. Captures lie outside the project; without them the
//! project's own fixtures are measured. A loopback server gives the page with a sentence that is
//! another each time, so every check fetches, parses, reads, judges, compares and records it. The
//! three are run in turn, so that what disturbs the machine disturbs all of them; the processor time
//! of all threads counts, and of that the smallest: what the work costs when nothing else is going on.

#![expect(clippy::print_stdout, reason = "what it measured is for a person to read")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use rulewatch::catalog::Catalog;
use rulewatch::checking::check;
use rulewatch::clock::SetClock;
use rulewatch::conclude::{Confirmation, Trust};
use rulewatch::convert::Converter;
use rulewatch::delivering::Unrecorded;
use rulewatch::doors::Doors;
use rulewatch::fetch::{Fetcher, Reply, Request};
use rulewatch::mail::{Memory, Post};
use rulewatch::model::{EmailAddress, FetchSettings, Language, Network, Retention, SourceId};
use rulewatch::store::{SharedStore, Store};
use rulewatch::writing::Correspondence;
use url::Url;

#[path = "../it/mutations/folders.rs"]
mod folders;

/// A check of a changed page costs at most so many times its fetch and parse together.
const BAR: f64 = 3.0;

/// How often each is run; the smallest time counts.
const RUNS: usize = 40;

/// The sources that are measured by default: a point grid, a page of prose, a page of tables.
const SOURCES: [&str; 3] = ["ircc-crs-criteria", "ircc-ee-fsw", "esdc-gts-requirements"];

/// What was measured on one page.
struct Measured {
    fetch: Duration,
    parse: Duration,
    /// The first check: the patterns of the recipe are compiled for it.
    first: Duration,
    check: Duration,
}

impl Measured {
    fn ratio(&self) -> f64 {
        self.check.as_secs_f64() / (self.fetch + self.parse).as_secs_f64()
    }
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    println!(
        "{:28} {:>8} {:>9} {:>9} {:>9} {:>9} {:>6}",
        "SOURCE", "BYTES", "FETCH", "PARSE", "FIRST", "CHECK", "RATIO"
    );
    let mut worst = 0.0_f64;
    for (source, page) in pages(&asked) {
        let measured = measure(&source, &page);
        println!(
            "{source:28} {:>8} {:>9} {:>9} {:>9} {:>9} {:>6.2}",
            page.len(),
            micros(measured.fetch),
            micros(measured.parse),
            micros(measured.first),
            micros(measured.check),
            measured.ratio()
        );
        worst = worst.max(measured.ratio());
    }
    let verdict = if worst <= BAR { "within" } else { "OVER" };
    println!("worst {worst:.2}: {verdict} the bar of {BAR}");
}

/// The newest page of each source that is asked for, or of those measured by default.
fn pages(asked: &[String]) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let captures = root.join("../shared/captures");
    let is_asked = |source: &str| match asked {
        [] => SOURCES.contains(&source),
        asked => asked.iter().any(|name| name == source),
    };
    let newest = |folder: &Path| {
        let last = files(folder).pop()?;
        fs::read(last).ok()
    };
    if captures.is_dir() {
        let mut known = std::collections::HashSet::new();
        let folders = folders::FOLDERS.iter().filter(|(source, _)| is_asked(source));
        return folders
            .filter(|(source, _)| known.insert(*source))
            .filter_map(|(source, folder)| {
                Some(((*source).to_owned(), newest(&captures.join(folder))?))
            })
            .collect();
    }
    println!("left out: no captures; the project's own fixtures are measured");
    let name = |folder: &Path| folder.file_name().unwrap_or_default().display().to_string();
    let folders = files(&root.join("tests/it/fixtures"));
    folders.iter().filter_map(|folder| Some((name(folder), newest(folder)?))).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    files
}

/// Serves a page, each time with another sentence at its end.
fn serve(page: Vec<u8>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port of the loopback network");
    let port = listener.local_addr().expect("it is bound").port();
    let end = page.windows(7).rposition(|tail| tail.eq_ignore_ascii_case(b"</body>"));
    let end = end.unwrap_or(page.len());
    let served = AtomicUsize::new(0);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let number = served.fetch_add(1, Ordering::Relaxed);
            let note = format!("<p>This sentence is number {number}.</p>");
            let body = [&page[..end], note.as_bytes(), &page[end..]].concat();
            answer(stream, &body);
        }
    });
    Url::parse(&format!("http://127.0.0.1:{port}/page")).expect("it is an address")
}

fn answer(mut stream: TcpStream, body: &[u8]) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let head = if first.contains("robots.txt") {
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
    } else {
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        )
    };
    let body = if first.contains("robots.txt") { &[] } else { body };
    let _closed = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn measure(id: &str, page: &[u8]) -> Measured {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("threads can be started");
    let url = serve(page.to_vec());
    let folder = tempfile::tempdir().expect("the temporary directory can be written");
    let settings = FetchSettings {
        allow_private: vec![Network::parse("127.0.0.0/8").expect("it is a network")],
        robots: false,
        ..FetchSettings::default()
    };
    let fetcher = || Fetcher::http(&settings).expect("a client");
    let source = SourceId::parse(id).expect("it is an id");
    let doors = doors(&url, folder.path(), fetcher());
    let alone = fetcher();
    let clock = SetClock::new(Timestamp::UNIX_EPOCH);
    let text = String::from_utf8_lossy(page).into_owned();
    let most = Duration::MAX;
    let mut least = Measured { fetch: most, parse: most, first: most, check: most };
    for run in 0..RUNS {
        let fetched = time(|| {
            let reply = runtime.block_on(alone.fetch(&Request::new(url.clone()), &clock));
            assert!(matches!(reply, Reply::Page(_)), "{reply:?}");
        });
        least.fetch = least.fetch.min(fetched);
        least.parse = least.parse.min(time(|| {
            std::hint::black_box(scraper::Html::parse_document(&text).tree.root().has_children());
        }));
        let checked = time(|| {
            let report = runtime.block_on(check(&doors.checking(), &source));
            std::hint::black_box(report.expect("it is checked"));
        });
        if run == 0 {
            // A baseline: what it costs besides is the writing of all facts.
            least.first = checked;
        }
        least.check = least.check.min(checked);
    }
    least
}

/// The doors of a world where the source's page is at another address.
fn doors(url: &Url, folder: &Path, fetcher: Fetcher) -> Doors {
    let address = |text: &str| EmailAddress::parse(text).expect("it is an address");
    let catalog = Catalog::shipped().expect("the shipped catalogue parses");
    let store = Store::open(folder).expect("a database can be made");
    Doors {
        catalog: Arc::new(catalog),
        store: SharedStore::new(store),
        fetcher: Arc::new(fetcher),
        fetch_settings: None,
        fingerprint: String::new(),
        converter: Converter::default(),
        post: Post::Memory(Memory::default()),
        clock: Arc::new(SetClock::new(Timestamp::UNIX_EPOCH)),
        confirmation: Confirmation::by_next_page(),
        trust: Trust::Everything,
        correspondence: Arc::new(Correspondence {
            from: address("alerts@example.org"),
            from_name: String::new(),
            sender: None,
            leave: None,
            public_url: None,
            operator: None,
            language: Language::En,
            zone: TimeZone::UTC,
            data: Vec::new(),
        }),
        calling: None,
        mirror: Some(url.clone()),
        unrecorded: Unrecorded::default(),
        retention: Retention::default(),
    }
}

/// The processor time that all threads take for some work.
fn time(work: impl FnOnce()) -> Duration {
    let before = spent();
    work();
    spent().saturating_sub(before)
}

/// The processor time of the process so far.
fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("time spent is not negative")
}

fn micros(time: Duration) -> String {
    format!("{} us", time.as_micros())
}
