//! One process at a time checks and delivers: whoever comes second waits, asks or is told, and one change
//! of a page is one event and one letter.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rulewatch::model::SourceId;
use rulewatch::store::{OutboxFilter, Store};

use crate::eml::letters;
use crate::program::{Home, lines};
use crate::world::{fees, fixture};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// A page with a fee that takes its time.
struct Server {
    port: u16,
    body: Arc<Mutex<Vec<u8>>>,
    delay: Arc<AtomicU64>,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            body: Arc::default(),
            delay: Arc::default(),
            asked: Arc::default(),
        };
        let (body, delay) = (Arc::clone(&server.body), Arc::clone(&server.delay));
        let asked = Arc::clone(&server.asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (body, asked) = (Arc::clone(&body), Arc::clone(&asked));
                let delay = Duration::from_millis(delay.load(Ordering::Relaxed));
                thread::spawn(move || answer(stream, &body, delay, &asked));
            }
        });
        server
    }

    fn give(&self, page: &str) {
        *self.body.lock().unwrap() = std::fs::read(fixture(page)).unwrap();
    }

    fn takes(&self, millis: u64) {
        self.delay.store(millis, Ordering::Relaxed);
    }

    /// How often the page was asked for.
    fn n_asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, body: &Mutex<Vec<u8>>, delay: Duration, asked: &AtomicUsize) {
    let mut head = [0; 4096];
    let n = stream.read(&mut head).unwrap_or(0);
    let not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    if head[..n].starts_with(b"GET /robots.txt ") {
        let _ = stream.write_all(not_found.as_bytes());
        return;
    }
    asked.fetch_add(1, Ordering::SeqCst);
    // What it says is what it says when it is asked.
    let body = body.lock().unwrap().clone();
    thread::sleep(delay);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

const BEFORE: &str = "fees/application-1475.html";
const AFTER: &str = "fees/application-1750.html";

/// A home in which the fee is known, somebody is subscribed, and the page says another fee by now.
struct Place {
    home: Home,
    server: Server,
}

impl Place {
    fn new() -> Self {
        Self::of_recipe("2026-01-20")
    }

    /// With a recipe that was verified on a capture, or only on its `structure`.
    fn of_recipe(verified: &str) -> Self {
        let (home, server) = (Home::new(), Server::start());
        let config = "[operator]\naddress = 'operator@example.org'\n\
            [fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n";
        home.file("rulewatch.toml", config);
        let url = format!("http://127.0.0.1:{}/fees", server.port);
        home.file("sources.toml", fees(&url, verified));
        let place = Self { home, server };
        place.server.give(BEFORE);
        place.home.done(&place.args(&["check", "fees"]));
        place.home.done(&[
            "subscribe",
            "--no-welcome",
            "ana@example.org",
            "--consent",
            "asked for it",
        ]);
        place.server.give(AFTER);
        place
    }

    fn args<'a>(&self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--sources", "sources.toml"], args].concat()
    }

    fn spawn(&self, args: &[&str]) -> Running {
        let mut command: Command = self.home.command(&self.args(args));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(Some(command.spawn().unwrap()))
    }

    fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/rulewatch")
    }

    fn store(&self) -> Store {
        Store::open_read_only(&self.state()).unwrap()
    }

    /// Makes the source due: as if it had been checked yesterday.
    fn make_due(&self) {
        let database = rusqlite::Connection::open(self.state().join("rulewatch.db")).unwrap();
        let sql = "UPDATE source_state SET last_checked_at = last_checked_at - 86400000000";
        database.execute(sql, []).unwrap();
    }

    /// Waits until a daemon has the turn.
    #[track_caller]
    fn wait_for_daemon(&self, daemon: &Running) {
        let file = self.state().join("rulewatch.lock");
        let pid = daemon.pid().to_string();
        wait_until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.starts_with(&pid)));
        // From then on a signal is heard and does not kill it.
        let status = format!("/proc/{pid}/status");
        wait_until(|| {
            let status = std::fs::read_to_string(&status).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            u64::from_str_radix(caught.unwrap().trim(), 16).unwrap() & (1 << 14) != 0
        });
    }

    #[track_caller]
    fn wait_for_letter(&self) {
        let due = || self.store().counts().is_ok_and(|c| c.n_events > 0 && c.n_due == 0);
        wait_until(due);
    }

    /// The one change is one event, one letter, and a chain that holds.
    #[track_caller]
    fn check_told_once(&self) {
        let store = self.store();
        let counts = store.counts().unwrap();
        assert_eq!((counts.n_events, counts.n_changes, counts.n_due), (1, 1, 0));
        let row = &store.outbox(&OutboxFilter::default()).unwrap()[..];
        assert_eq!(row.len(), 1, "{row:?}");
        assert_eq!((row[0].attempts, row[0].delivery.state.word()), (1, "sent"));
        assert_eq!(letters(&self.state().join("outbox")).len(), 1);
        assert_eq!(store.verify_chain().unwrap().fault, None);
        assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[track_caller]
fn wait_until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "it does not come to be");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A process of the program, which does not outlive its test.
struct Running(Option<Child>);

impl Running {
    fn pid(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    fn has_ended(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    fn ended(mut self) -> Ended {
        Ended::of(self.0.take().unwrap().wait_with_output().unwrap())
    }

    /// Tells a daemon to stop.
    fn stopped(self) -> Ended {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.ended()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// How often each race is run.
const RACES: u64 = 30;

/// Runs a race over and over, with another length of the page's answer each time.
fn race(once: impl Fn(&Place)) {
    for n in 0..RACES {
        let place = Place::new();
        place.server.takes(20 + 45 * n % 300);
        once(&place);
        place.check_told_once();
    }
}

#[test]
fn of_two_daemons_the_second_is_told_who_was_first() {
    race(|place| {
        place.make_due();
        let mut first = place.spawn(&["run"]);
        let mut second = place.spawn(&["run"]);
        wait_until(|| first.has_ended() || second.has_ended());
        let (goes_on, refused) = if first.has_ended() { (second, first) } else { (first, second) };
        place.wait_for_letter();
        let pid = goes_on.pid();
        let refused = refused.ended();
        assert_eq!(refused.code, Some(3), "{}", refused.err);
        let named = format!("`rulewatch run` (process {pid}, since 20");
        assert!(refused.err.contains(&named), "{}", refused.err);
        assert_eq!(goes_on.stopped().code, Some(0));
    });
}

#[test]
fn of_two_checks_the_second_waits_and_finds_nothing_new() {
    race(|place| {
        let both = [0, 1].map(|_| place.spawn(&["check", "fees", "--format", "ndjson"]));
        let mut outcomes: Vec<String> = Vec::new();
        for check in both {
            let check = check.ended();
            assert_eq!(check.code, Some(0), "{}", check.err);
            outcomes.push(lines(&check.out)[0]["outcome"].as_str().unwrap().to_owned());
        }
        outcomes.sort();
        assert_eq!(outcomes, ["changed", "unchanged"]);
    });
}

#[test]
fn a_check_and_a_daemon_that_begin_at_once_tell_of_a_change_once() {
    race(|place| {
        place.make_due();
        let check = place.spawn(&["check", "fees", "--format", "ndjson"]);
        let daemon = place.spawn(&["run"]);
        let check = check.ended();
        assert_eq!(check.code, Some(0), "{}", check.err);
        let outcome = lines(&check.out)[0]["outcome"].clone();
        assert!(["changed", "unchanged"].contains(&outcome.as_str().unwrap()), "{outcome}");
        place.wait_for_daemon(&daemon);
        place.wait_for_letter();
        assert_eq!(daemon.stopped().code, Some(0));
    });
}

#[test]
fn a_page_saved_by_hand_is_checked_by_the_daemon_and_printed_as_if_here() {
    let place = Place::new();
    place.server.give(BEFORE);
    let daemon = place.spawn(&["run"]);
    place.wait_for_daemon(&daemon);
    let page = fixture(AFTER).display().to_string();
    let args = place.args(&["check", "fees", "--from", &page, "--format", "ndjson"]);
    let told = lines(&place.home.done(&args));
    assert_eq!((&told[0]["outcome"], &told[0]["source"]), (&"changed".into(), &"fees".into()));
    assert_eq!(told[0]["changes"].as_array().unwrap().len(), 1);
    // What it made due was sent before it ended.
    place.check_told_once();
    let args = place.args(&["check", "fees", "--from", &page]);
    let told = place.home.done(&args);
    assert!(told.starts_with("fees ") && told.contains("same_bytes"), "{told}");
    assert_eq!(daemon.stopped().code, Some(0));
}

#[test]
fn what_needs_no_turn_works_beside_the_daemon_and_a_flush_is_done_by_it() {
    let place = Place::new();
    let daemon = place.spawn(&["run"]);
    place.wait_for_daemon(&daemon);
    place.home.done(&["subscribe", "--no-welcome", "bob@example.org", "--consent", "asked for it"]);
    place.home.done(&["review", "list"]);
    place.home.done(&["outbox", "list"]);
    let told = place.home.done(&place.args(&["outbox", "flush"]));
    assert_eq!(told, "sent 0, to be tried again 0, given up 0, cancelled 0\n");
    let unknown = place.home.run(&["check", "nobody"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.err);
    // Of the shipped catalogue, which is not the daemon's.
    let page = fixture("ircc-ee-funds/of-2023.html").display().to_string();
    let other = place.home.run(&["check", "ircc-ee-funds", "--from", &page]);
    assert_eq!((other.code, other.out.as_str()), (Some(2), ""), "{}", other.err);
    assert!(other.err.contains("there is no source `ircc-ee-funds`"), "{}", other.err);
    assert_eq!(daemon.stopped().code, Some(0));
}

#[test]
fn a_check_whose_daemon_is_killed_does_it_itself() {
    let place = Place::new();
    place.server.takes(20_000);
    let daemon = place.spawn(&["run"]);
    place.wait_for_daemon(&daemon);
    let asked_before = place.server.n_asked();
    let check = place.spawn(&["check", "fees", "--format", "ndjson"]);
    wait_until(|| place.server.n_asked() > asked_before);
    place.server.takes(0);
    drop(daemon);
    let check = check.ended();
    assert_eq!(check.code, Some(0), "{}", check.err);
    assert_eq!(lines(&check.out)[0]["outcome"], "changed");
    place.check_told_once();
}

#[test]
fn what_a_check_found_is_told_at_once_where_the_process_that_asked_is_killed() {
    let place = Place::new();
    let daemon = place.spawn(&["run"]);
    place.wait_for_daemon(&daemon);
    place.server.takes(2_000);
    let asked_before = place.server.n_asked();
    let check = place.spawn(&["check", "fees"]);
    wait_until(|| place.server.n_asked() > asked_before);
    drop(check);
    wait_until(|| place.store().counts().is_ok_and(|counts| counts.n_events > 0));
    let found = Instant::now();
    place.wait_for_letter();
    assert!(found.elapsed() < Duration::from_secs(10), "{:?}", found.elapsed());
    place.check_told_once();
    assert_eq!(daemon.stopped().code, Some(0));
}

#[test]
fn a_check_during_which_a_person_decides_is_made_again_from_what_they_decided() {
    let place = Place::of_recipe("structure");
    let asked_before = place.server.n_asked();
    place.server.takes(3_000);
    let check = place.spawn(&["check", "fees", "--format", "ndjson"]);
    wait_until(|| place.server.n_asked() > asked_before);
    place.server.takes(0);
    place.home.done(&place.args(&["review", "accept", "fees"]));
    let check = check.ended();
    assert_eq!(check.code, Some(0), "{}", check.err);
    assert_eq!(lines(&check.out)[0]["outcome"], "changed");
    assert_eq!(place.server.n_asked(), asked_before + 2, "the page was asked for again");
    // The facts were reviewed by then: the reader is told, not the operator in their place.
    place.check_told_once();
    let letters = letters(&place.state().join("outbox"));
    assert_eq!(letters[0].header("To"), "ana@example.org");
}

#[test]
fn a_daemon_that_starts_waits_for_a_check_to_end() {
    let place = Place::new();
    place.server.takes(1_500);
    let asked_before = place.server.n_asked();
    let check = place.spawn(&["check", "fees"]);
    wait_until(|| place.server.n_asked() > asked_before);
    let daemon = place.spawn(&["run"]);
    let check = check.ended();
    assert_eq!((check.code, check.err.as_str()), (Some(0), ""));
    place.wait_for_daemon(&daemon);
    let daemon = daemon.stopped();
    assert_eq!(daemon.code, Some(0));
    assert!(daemon.err.contains("waiting for a command to end"), "{}", daemon.err);
    let checks = place.store().checks(&SourceId::parse("fees").unwrap(), 9).unwrap();
    assert_eq!(checks.len(), 2, "nothing was due for the daemon");
    place.check_told_once();
}
