//! `kill -9` during a check: whatever was under way is done again, and nothing is half done.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rulewatch::store::{Counts, OutboxFilter, Store};

use crate::eml::letters;
use crate::program::{Home, lines};
use crate::world::{fees, fixture};

fn state(home: &Home) -> PathBuf {
    home.path().join(".local/state/rulewatch")
}

/// Opens what a killed program left; it must be whole.
#[track_caller]
fn opened(home: &Home) -> Store {
    let store = Store::open(&state(home)).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(store.altered_snapshots().unwrap(), []);
    store
}

/// What is recorded, but for how often was checked.
fn recorded(counts: &Counts) -> [u64; 4] {
    [counts.n_snapshots, counts.n_events, counts.n_changes, counts.n_due]
}

// --- A server that stalls ------------------------------------------------------------------------

/// What the server gives next.
#[derive(Clone)]
enum Gives {
    Whole(Vec<u8>),
    /// Half of the body, and then nothing more for as long as the other side waits.
    Half(Vec<u8>),
}

struct Server {
    port: u16,
    gives: Arc<Mutex<Gives>>,
    stalled: Receiver<()>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let gives = Arc::new(Mutex::new(Gives::Whole(Vec::new())));
        let (sender, stalled) = channel();
        let next = Arc::clone(&gives);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (next, sender) = (next.lock().unwrap().clone(), sender.clone());
                thread::spawn(move || answer(stream, &next, &sender));
            }
        });
        Self { port, gives, stalled }
    }

    fn give(&self, gives: Gives) {
        *self.gives.lock().unwrap() = gives;
    }
}

fn answer(mut stream: TcpStream, gives: &Gives, stalled: &Sender<()>) {
    let mut head = [0; 4096];
    let n = stream.read(&mut head).unwrap_or(0);
    let is_robots = head[..n].starts_with(b"GET /robots.txt ");
    let (Gives::Whole(body) | Gives::Half(body)) = gives;
    if is_robots {
        let _ = stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    match gives {
        Gives::Whole(body) => {
            let _ = stream.write_all(body);
        }
        Gives::Half(body) => {
            let _ = stream.write_all(&body[..body.len() / 2]);
            let _ = stream.flush();
            let _ = stalled.send(());
            // Ends when the other side is gone.
            let _ = stream.read(&mut [0; 1]);
        }
    }
}

#[test]
fn a_check_killed_in_the_middle_of_a_page_is_done_again() {
    let server = Server::start();
    let home = Home::new();
    home.file("rulewatch.toml", "[fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n");
    let url = format!("http://127.0.0.1:{}/fees", server.port);
    home.file("sources.toml", fees(&url, "2026-01-20"));
    let args = ["--sources", "sources.toml", "check", "fees", "--format", "ndjson"];
    let page = |name: &str| std::fs::read(fixture(name)).unwrap();
    server.give(Gives::Whole(page("fees/application-1475.html")));
    assert_eq!(lines(&home.done(&args))[0]["outcome"], "baseline");
    let before = opened(&home).counts().unwrap();

    server.give(Gives::Half(page("fees/application-1750.html")));
    let mut child = home.command(&args).stdout(Stdio::null()).spawn().unwrap();
    server.stalled.recv_timeout(Duration::from_secs(30)).expect("the check asks for the page");
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(opened(&home).counts().unwrap(), before, "nothing of the killed check is there");
    server.give(Gives::Whole(page("fees/application-1750.html")));
    let again = lines(&home.done(&args));
    assert_eq!(again[0]["outcome"], "changed");
    assert_eq!(again[0]["changes"].as_array().unwrap().len(), 1);
}

// --- Kills at any point --------------------------------------------------------------------------

/// How long a check lives before it is killed, in milliseconds: from before it has begun to after it
/// has ended, on a slow machine and on a fast one.
const LIVES: [u64; 28] = [
    0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 29, 32, 36, 40, 45, 50, 56, 62, 70, 80, 90, 105,
    120, 150, 200,
];

#[test]
fn a_check_killed_at_any_point_leaves_all_of_it_or_nothing() {
    let home = Home::new();
    let consent = ["--consent", "asked for it"];
    let pages = ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"];
    let pages = pages.map(|name| fixture(name).display().to_string());
    home.done(&["check", "ircc-ee-funds", "--from", &pages[0]]);
    home.done(&[&["subscribe", "--no-welcome", "ana@example.org"][..], &consent].concat());
    let mut n_events = 0;
    for (n, life) in LIVES.into_iter().enumerate() {
        let page = &pages[(n + 1) % 2];
        let args = ["check", "ircc-ee-funds", "--from", page];
        let mut command = home.command(&args);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The length of its life is what is tried here; nothing waits for it to be long enough.
        thread::sleep(Duration::from_millis(life));
        let _ = child.kill();
        child.wait().unwrap();

        // Who only asks finds it whole too, before a writer has put it in order.
        let told = lines(&home.done(&["log", "--format", "ndjson"])).len() as u64;
        let store = opened(&home);
        let [_, events, changes, _] = recorded(&store.counts().unwrap());
        assert!(events == n_events || events == n_events + 1, "after {life} ms: {events} events");
        assert_eq!((told, changes), (changes, events * 8), "after {life} ms: half of an event");
        let pending = store.outbox(&OutboxFilter::default()).unwrap().len();
        assert_eq!(pending as u64, events, "after {life} ms: an event without its letter");
        drop(store);

        home.done(&args);
        n_events += 1;
        let counts = opened(&home).counts().unwrap();
        assert_eq!(recorded(&counts), [2, n_events, n_events * 8, 0], "after {life} ms");
    }
    check_letters(&home, n_events);
}

/// Every event has one letter, whole; a letter that was written twice is the same letter.
#[track_caller]
fn check_letters(home: &Home, n_events: u64) {
    let outbox = state(home).join("outbox");
    let letters = letters(&outbox);
    assert_eq!(letters.len() as u64, n_events);
    for letter in letters {
        let (text, html) = letter.parts();
        assert!(text.contains("14,690") && html.trim_end().ends_with("</html>"), "{text}");
    }
}

#[test]
fn a_database_killed_while_it_was_made_is_opened_all_the_same() {
    let home = Home::new();
    let (made, left) = (home.path().join("made"), home.path().join("left"));
    drop(Store::open(&made).unwrap());
    let database = made.join("rulewatch.db");
    let writer = rusqlite::Connection::open(&database).unwrap();
    writer.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN;").unwrap();
    // More than the cache holds: the file itself is half written, and the journal has the rest.
    writer
        .execute_batch(
            "CREATE TABLE half (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
             WHERE i < 500) INSERT INTO half SELECT randomblob(1000) FROM n;",
        )
        .unwrap();
    // What stands on the disk at this moment is what a kill would leave.
    std::fs::create_dir(&left).unwrap();
    for name in ["rulewatch.db", "rulewatch.db-journal"] {
        std::fs::copy(made.join(name), left.join(name)).unwrap();
    }
    let store = Store::open(&left).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    assert!(!left.join("rulewatch.db-journal").exists(), "rolled back");
}

#[test]
fn a_demo_killed_at_any_point_leaves_a_whole_database() {
    let home = Home::new();
    for life in [5, 20, 40, 60, 80, 110, 150, 200, 300, 450] {
        let folder = format!("demo-{life}");
        let mut command = home.command(&["demo", "--dir", &folder]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(life));
        let _ = child.kill();
        child.wait().unwrap();
        let path = home.path().join(&folder);
        if !path.join("rulewatch.db").exists() {
            continue;
        }
        let store = Store::open(&path).unwrap();
        assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new(), "after {life} ms");
        assert_eq!(store.altered_snapshots().unwrap(), [], "after {life} ms");
        let changes = store.counts().unwrap().n_changes;
        assert!([0, 1, 3, 28].contains(&changes), "after {life} ms: {changes} changes");
    }
}
