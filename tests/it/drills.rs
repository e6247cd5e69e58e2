//! Drills: the real program is killed in checks and deliveries, and its disk fills up or can only be
//! read. Nothing is lost, it goes on by itself, and it says what is wrong.
//!
//! Here a dozen kills; `tests/long.sh kills` makes 200 (`RULEWATCH_KILLS`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rulewatch::model::DeliveryState;
use rulewatch::store::{OutboxFilter, Store};

use crate::daemon::{CONFIG, Daemon, home, source};
use crate::left_out::left_out;
use crate::mail_server::{Does, Mailbox};
use crate::program::Home;
use crate::site::{Site, answer, with};

fn state(home: &Home) -> PathBuf {
    home.path().join(".local/state/rulewatch")
}

fn page(fee: usize) -> String {
    format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is ${fee}.</p></main></body></html>"
    )
}

/// The check of a page saved by hand.
fn check(page: &str) -> [&str; 6] {
    ["--sources", "sources.toml", "check", "fees", "--from", page]
}

// --- kill -9 -------------------------------------------------------------------------------------

/// What went out to the reader.
struct Post {
    events: u64,
    letters: usize,
    repeats: usize,
}

/// Opens what is left: whole, and nothing waits. Returns what went out.
#[track_caller]
fn all_told(home: &Home, server: &Mailbox) -> Post {
    let store = Store::open(&state(home)).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(store.altered_snapshots().unwrap(), []);
    let counts = store.counts().unwrap();
    assert_eq!((counts.n_due, counts.n_changes), (0, counts.n_events));
    let rows = store.outbox(&OutboxFilter::default()).unwrap();
    let unsent: Vec<_> = rows
        .iter()
        .filter(|row| !matches!(row.delivery.state, DeliveryState::Sent { .. }))
        .collect();
    assert!(unsent.is_empty(), "{unsent:?}");
    let to_reader = |to: &str| to == "ana@example.org";
    let taken: Vec<_> = server.taken().into_iter().filter(|(to, _)| to_reader(to)).collect();
    let ids: BTreeSet<_> = taken.iter().map(|(_, id)| id.clone()).collect();
    let of_reader = rows.iter().filter(|row| to_reader(row.delivery.to.as_str())).count();
    assert_eq!(ids.len(), of_reader, "every letter arrived, under one Message-ID: {taken:?}");
    Post { events: counts.n_events, letters: ids.len(), repeats: taken.len() - ids.len() }
}

#[test]
fn kills_in_checks_and_deliveries_lose_no_letter() {
    let kills: usize = std::env::var("RULEWATCH_KILLS").map_or(12, |n| n.parse().unwrap());
    let server = Mailbox::start();
    // Long enough that some are killed while a letter is on its way.
    server.at("dot", Does::IsSlow(Duration::from_millis(60)));
    let config = format!(
        "{CONFIG}[mail]\ntransport = 'smtp'\nhost = '127.0.0.1'\nport = {}\n\
         tls = 'none'\nfrom = 'alerts@example.org'\n",
        server.port
    );
    let sender = "[operator]\nlegal_name = 'Example'\npostal_address = '1 Main Street'\n\
                  other_contact = 'office@example.org'\n";
    let config = config.replace("[operator]\n", sender);
    let home = home(&config, &[source("fees", "https://example.org/fees")]);
    let flush = ["--sources", "sources.toml", "outbox", "flush"];
    home.done(&check(&home.file("page.html", page(1_000))));
    home.done(&[
        "--sources",
        "sources.toml",
        "subscribe",
        "--no-welcome",
        "ana@example.org",
        "--consent",
        "asked",
    ]);

    let mut random = fastrand::Rng::with_seed(2026);
    let mut died: BTreeMap<&str, usize> = BTreeMap::new();
    for n in 1..=kills {
        let page = home.file("page.html", page(1_000 + n));
        let mut command =
            if n % 3 == 0 { home.command(&flush) } else { home.command(&check(&page)) };
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The length of its life is what is tried here; nothing waits for it to be long enough.
        thread::sleep(Duration::from_millis(random.u64(0..400)));
        let _ = child.kill();
        let ended = child.wait().unwrap();
        *died.entry(if ended.success() { "ended by itself" } else { "killed" }).or_default() += 1;
    }
    // The next run finishes whatever was left, and is the first that is let live.
    home.done(&check(&home.file("page.html", page(5_000))));
    home.done(&flush);
    let Post { events, letters, repeats } = all_told(&home, &server);
    println!("kills: {died:?}; {events} events, {letters} letters, {repeats} of them twice");
    assert!(events >= 1 && letters as u64 >= events, "{events} events, {letters} letters");
}

// --- A disk of its own ---------------------------------------------------------------------------

/// A small file system for the state of a home; it goes when this does.
struct Disk(PathBuf);

impl Disk {
    /// Mounts one, where root may.
    fn mount(test: &str, at: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "disk"]).arg(&at).stdin(Stdio::null());
        let said = mount.output();
        match said {
            Ok(said) if said.status.success() => Some(Self(at)),
            _ => {
                left_out(test, "no small disk can be mounted here (it takes root)");
                None
            }
        }
    }

    /// Makes it read-only or writable; returns whether that was possible.
    fn remount(&self, how: &str) -> bool {
        let how = format!("remount,{how}");
        let mut mount = Command::new("mount");
        mount.args(["-o", &how]).arg(&self.0).status().unwrap().success()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Takes all the room there is, and returns the file that gives it back.
fn fill(folder: &Path) -> PathBuf {
    use std::io::Write as _;
    let path = folder.join("ballast");
    let mut file = fs::File::create(&path).unwrap();
    for size in [65_536, 4_096, 512] {
        let piece = vec![1; size];
        while file.write_all(&piece).is_ok() {}
    }
    path
}

/// A page that says nothing twice, so that it stays large when it is compressed.
fn large_page() -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let words: Vec<String> = (0..6_000).map(|_| random.u64(..).to_string()).collect();
    page(1_475).replace("</main>", &format!("<p>{}</p></main>", words.join(" ")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_is_said_as_that_and_what_was_due_is_done_once_there_is_room() {
    let site = Site::whole(|asked, _| match asked.path.as_str() {
        "/robots.txt" => answer(404, ""),
        _ => with(answer(200, large_page()), "content-type", "text/html"),
    });
    let site = site.await;
    let home = home(CONFIG, &[source("first", site.url("first").as_str())]);
    let Some(disk) = Disk::mount("a full disk", state(&home), "4m") else { return };
    let mut daemon = Daemon::start(home);
    daemon.until("a check while there is room", |daemon| daemon.outcome("first").is_some());
    let ballast = fill(&disk.0);
    daemon.home.file("sources.d/more.toml", source("second", site.url("second").as_str()));
    daemon.signal("-HUP");
    daemon.until("it says what is wrong", |daemon| daemon.log().contains("the disk is full"));
    // A command says so too, and does not crash.
    let subscribe = ["subscribe", "--no-welcome", "a@example.org", "--consent", "asked"];
    let ran = daemon.home.run(&[&["--sources", "sources.toml"][..], &subscribe].concat());
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("the disk is full"), "{ran:?}");
    fs::remove_file(ballast).unwrap();
    daemon.until("it goes on by itself", |daemon| daemon.outcome("second").is_some());
    assert_eq!(daemon.outcome("second").as_deref(), Some("baseline"));
    assert_eq!(daemon.ends(), Some(0), "it lived through it");
    let store = Store::open(&disk.0).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_disk_that_can_only_be_read_is_said_as_that() {
    let home = home(CONFIG, &[source("fees", "https://example.org/fees")]);
    let Some(disk) = Disk::mount("a read-only disk", state(&home), "4m") else { return };
    let checked = |fee| home.run(&check(&home.file("page.html", page(fee))));
    assert_eq!(checked(1_475).code, Some(0));
    assert!(disk.remount("ro"));
    let ran = checked(1_750);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("Read-only file system"), "{ran:?}");
    assert!(disk.remount("rw"));
    let ran = checked(1_750);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("1 change"), "{ran:?}");
}

// --- What lies in sources.d ----------------------------------------------------------------------

#[test]
fn a_fifo_among_the_additions_is_passed_over_and_said() {
    let home = home(CONFIG, &[source("fees", "https://example.org/fees")]);
    fs::create_dir(home.path().join("sources.d")).unwrap();
    let fifo = home.path().join("sources.d/fifo.toml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let list = ["--sources", "sources.toml", "sources", "list"];
    let ran = home.run(&list);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("sources.d/fifo.toml: a FIFO, not a file"), "{ran:?}");
    // In the journal it is a warning.
    let log = fs::File::create(home.path().join("log")).unwrap();
    let file = log.metadata().unwrap();
    let mut command = home.command(&list);
    command.env("JOURNAL_STREAM", format!("{}:{}", file.dev(), file.ino()));
    assert!(command.stdout(Stdio::null()).stderr(log).status().unwrap().success());
    let said = fs::read_to_string(home.path().join("log")).unwrap();
    assert!(said.starts_with("<4>rulewatch: passed over "), "{said}");
}
