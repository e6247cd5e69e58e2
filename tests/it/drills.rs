//! Drills: the real program is killed in checks and deliveries, and its disk fills up or can only be
//! read. Nothing is lost, it goes on by itself, and it says what is wrong.
//!
//! Here a dozen kills; `tests/long.sh kills` makes 200 (`RULEWATCH_KILLS`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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

/// A configuration whose letters go to a server.
fn with_mail(server: &Mailbox) -> String {
    let sender = "[operator]\nlegal_name = 'Example'\npostal_address = '1 Main Street'\n\
                  other_contact = 'office@example.org'\n";
    let config = CONFIG.replace("[operator]\n", sender);
    format!(
        "{config}[mail]\ntransport = 'smtp'\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\n\
         from = 'alerts@example.org'\n",
        server.port
    )
}

fn subscribe(home: &Home, address: &str) {
    let to = ["subscribe", "--no-welcome", address, "--consent", "asked"];
    home.done(&[&["--sources", "sources.toml"][..], &to].concat());
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
    let to_reader = |to: &str| to.starts_with("ana@");
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
    let home = home(&with_mail(&server), &[source("fees", "https://example.org/fees")]);
    let flush = ["--sources", "sources.toml", "outbox", "flush"];
    home.done(&check(&home.file("page.html", page(1_000))));
    subscribe(&home, "ana@example.org");

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

    /// Mounts one that has its errors, and can only be read after the first.
    fn prone(test: &str, image: &Path, at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        fs::File::create(image).unwrap().set_len(16 << 20).unwrap();
        let mut make = Command::new("mkfs.ext4");
        let made = make.args(["-q", "-O", "^has_journal"]).arg(image).output();
        let disk = Self(at);
        if made.is_ok_and(|made| made.status.success()) && disk.mount_image(image) {
            return Some(disk);
        }
        left_out(test, "no disk with errors can be mounted here (it takes root and mkfs.ext4)");
        None
    }

    fn mount_image(&self, image: &Path) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", "loop,errors=remount-ro"]).arg(image).arg(&self.0);
        mount.output().is_ok_and(|said| said.status.success())
    }

    /// Has the system find an error on it.
    fn fails(&self) {
        let found = Command::new("findmnt").args(["-no", "SOURCE"]).arg(&self.0).output().unwrap();
        let device = String::from_utf8(found.stdout).unwrap();
        let name = device.trim().rsplit('/').next().unwrap();
        fs::write(format!("/sys/fs/ext4/{name}/trigger_fs_error"), "1").unwrap();
    }

    /// Mends it, once nobody uses it.
    fn is_mended(&self, image: &Path) {
        assert!(Command::new("umount").arg(&self.0).status().unwrap().success());
        // It ends with 1 where it put something right.
        let mended = Command::new("e2fsck").arg("-fy").arg(image).output().unwrap();
        assert!(mended.status.code().is_some_and(|code| code < 2), "{mended:?}");
        assert!(self.mount_image(image));
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
    // Further tries request no page: the first waits two seconds, the next four.
    let asked = || site.paths().iter().filter(|path| *path == "/second").count();
    let (until, before) = (Instant::now() + Duration::from_secs(7), asked());
    daemon.until("some tries", |_| Instant::now() > until);
    assert_eq!((before, asked()), (1, 1), "{:?}", site.paths());
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
    assert!(ran.err.contains("can only be read"), "{ran:?}");
    assert!(disk.remount("rw"));
    let ran = checked(1_750);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("1 change"), "{ran:?}");
}

/// A disk with errors, that the system lets nobody write to any more while the daemon runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_can_only_be_read_from_now_on_is_said_as_that_and_loses_nothing() {
    let site = Site::whole(|asked, n| match asked.path.as_str() {
        "/robots.txt" => answer(404, ""),
        _ => with(answer(200, page(1_475 + n)), "content-type", "text/html"),
    });
    let site = site.await;
    let home = home(CONFIG, &[source("first", site.url("first").as_str())]);
    let image = home.path().join("image");
    let Some(disk) = Disk::prone("a disk with errors", &image, state(&home)) else { return };
    let mut daemon = Daemon::start(home);
    daemon.until("a check before", |daemon| daemon.outcome("first").is_some());
    disk.fails();
    daemon.home.file("sources.d/more.toml", source("second", site.url("second").as_str()));
    daemon.signal("-HUP");
    daemon.until("it says what is wrong", |daemon| daemon.log().contains("can only be read"));
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "first"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(daemon.ends(), Some(0), "it lived until it was told to end: {}", daemon.log());
    disk.is_mended(&image);
    let mut daemon = daemon.again();
    daemon.until("it goes on", |daemon| daemon.outcome("second").is_some());
    assert_eq!(daemon.ends(), Some(0), "{}", daemon.log());
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "first"]);
    assert!(ran.out.contains("1 change"), "what changed meanwhile is told: {ran:?}");
    let store = Store::open(&disk.0).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_daemon_that_starts_while_the_disk_is_full_waits_for_room() {
    let home = home(CONFIG, &[source("fees", "http://127.0.0.1:9/fees")]);
    let Some(disk) = Disk::mount("a start on a full disk", state(&home), "4m") else { return };
    let ballast = fill(&disk.0);
    let mut daemon = Daemon::start(home);
    daemon.until("it says why it waits", |daemon| daemon.log().contains("the disk is full"));
    fs::remove_file(ballast).unwrap();
    daemon.until_said("READY=1");
    assert_eq!(daemon.ends(), Some(0), "{}", daemon.log());
}

/// How many readers a change is told in the drills of a disk that fails meanwhile.
const READERS: usize = 30;

/// A home with readers of a page, and a mail server that takes its time.
fn with_readers() -> (Mailbox, Home) {
    let server = Mailbox::start();
    server.at("dot", Does::IsSlow(Duration::from_millis(100)));
    let home = home(&with_mail(&server), &[source("fees", "http://127.0.0.1:9/fees")]);
    (server, home)
}

/// Starts a daemon and a check that finds a change; returns once some of its letters are taken, and not all.
fn telling(server: &Mailbox, home: Home) -> (Daemon, Child) {
    home.done(&check(&home.file("page.html", page(1_000))));
    (0..READERS).for_each(|n| subscribe(&home, &format!("ana@{n}.example.org")));
    let mut daemon = Daemon::start(home);
    daemon.until_said("READY=1");
    let changed = daemon.home.file("page.html", page(1_001));
    let mut asks = daemon.home.command(&check(&changed));
    let asks = asks.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    daemon.until("the first letters", |_| n_taken(server) > 2);
    (daemon, asks)
}

/// How many readers have a letter.
fn n_taken(server: &Mailbox) -> usize {
    let taken = server.taken();
    let readers = taken.iter().map(|(to, _)| to).filter(|to| to.starts_with("ana@"));
    readers.collect::<BTreeSet<_>>().len()
}

#[test]
fn a_disk_that_fills_up_while_letters_are_owed_doubles_none() {
    let (server, home) = with_readers();
    let Some(disk) = Disk::mount("a disk full of letters", state(&home), "4m") else { return };
    let (mut daemon, mut asks) = telling(&server, home);
    let ballast = fill(&disk.0);
    daemon.until("it says what is wrong", |daemon| daemon.log().contains("the disk is full"));
    assert!(n_taken(&server) < READERS, "some are owed still");
    fs::remove_file(ballast).unwrap();
    daemon.until("the other letters", |_| n_taken(&server) == READERS);
    asks.wait().unwrap();
    assert_eq!(daemon.ends(), Some(0), "it lived through it: {}", daemon.log());
    let Post { letters, repeats, .. } = all_told(&daemon.home, &server);
    assert_eq!((letters, repeats), (READERS, 0));
}

#[test]
fn a_disk_that_can_only_be_read_while_letters_are_owed_doubles_none_but_under_its_own_id() {
    let (server, home) = with_readers();
    let image = home.path().join("image");
    let Some(disk) = Disk::prone("a disk that fails letters", &image, state(&home)) else { return };
    let (mut daemon, mut asks) = telling(&server, home);
    disk.fails();
    daemon.until("it says what is wrong", |daemon| daemon.log().contains("about=delivery"));
    assert!(n_taken(&server) < READERS, "some are owed still");
    assert_eq!(daemon.ends(), Some(0), "it lived until it was told to end: {}", daemon.log());
    asks.wait().unwrap();
    disk.is_mended(&image);
    let mut daemon = daemon.again();
    daemon.until("the other letters", |_| n_taken(&server) == READERS);
    assert_eq!(daemon.ends(), Some(0), "{}", daemon.log());
    let Post { letters, repeats, .. } = all_told(&daemon.home, &server);
    println!("a disk that can only be read: {letters} letters, {repeats} of them twice");
    assert_eq!(letters, READERS);
}

// --- A database that another process locks ---------------------------------------------------------

/// Here for as long as it takes to ask everything; `tests/long.sh locked` has it locked for a minute
/// (`RULEWATCH_LOCKED`, in seconds).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_keeps_locked_is_said_as_that_and_nothing_is_lost() {
    let seconds = std::env::var("RULEWATCH_LOCKED").map_or(0, |seconds| seconds.parse().unwrap());
    let site = Site::whole(|asked, n| match asked.path.as_str() {
        "/robots.txt" => answer(404, ""),
        _ => with(answer(200, page(1_475 + n)), "content-type", "text/html"),
    });
    let site = site.await;
    let home = home(CONFIG, &[source("first", site.url("first").as_str())]);
    let mut daemon = Daemon::start(home);
    daemon.until("a check before", |daemon| daemon.outcome("first").is_some());
    let other = rusqlite::Connection::open(daemon.state().join("rulewatch.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (begun, asked_before) = (Instant::now(), site.paths().len());
    daemon.home.file("sources.d/more.toml", source("second", site.url("second").as_str()));
    daemon.signal("-HUP");
    is_answered_while_locked(&daemon.home);
    daemon.until("it says what is wrong", |daemon| daemon.log().contains("is locked by another"));
    while begun.elapsed() < Duration::from_secs(seconds) {
        daemon.until("it lives on", |_| true);
        thread::sleep(Duration::from_secs(1));
    }
    assert_eq!(daemon.outcome("second"), None);
    let (locked, asked) = (begun.elapsed(), site.paths().len() - asked_before);
    assert_eq!(asked, 0, "no page is asked for that cannot be recorded: {:?}", site.paths());
    other.execute_batch("ROLLBACK").unwrap();
    daemon.until("it goes on by itself", |daemon| daemon.outcome("second").is_some());
    println!(
        "locked: for {locked:.0?}; {asked} pages asked for; went on after {:.0?}",
        begun.elapsed() - locked
    );
    assert_eq!(daemon.outcome("second").as_deref(), Some("baseline"));
    let log = daemon.log();
    assert_eq!(log.matches("is tried again soon").count(), 1, "it is said once: {log}");
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "first"]);
    assert!(ran.out.contains("1 change"), "what changed meanwhile is told: {ran:?}");
    assert_eq!(daemon.ends(), Some(0), "it lived through it: {log}");
    let store = Store::open(&daemon.state()).unwrap();
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_daemon_that_starts_while_the_database_is_locked_waits_for_it() {
    let home = home(CONFIG, &[source("fees", "http://127.0.0.1:9/fees")]);
    let ran = home.run(&check(&home.file("page.html", page(1_475))));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let other = rusqlite::Connection::open(state(&home).join("rulewatch.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut daemon = Daemon::start(home);
    daemon.until("it says why it waits", |daemon| daemon.log().contains("is locked by another"));
    daemon.until_said("EXTEND_TIMEOUT_USEC=");
    other.execute_batch("ROLLBACK").unwrap();
    daemon.until_said("READY=1");
    assert_eq!(daemon.ends(), Some(0), "{}", daemon.log());
}

/// Questions are answered; who wants to write is told why not.
fn is_answered_while_locked(home: &Home) {
    let ask = |args: &[&str]| home.run(&[&["--sources", "sources.toml"][..], args].concat());
    for reads in [&["log"][..], &["facts"], &["outbox"], &["review"]] {
        assert_eq!(ask(reads).code, Some(0), "{reads:?}");
    }
    for tells in ["status", "doctor"] {
        let ran = ask(&[tells]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.out.contains("locked by another process: nothing can be recorded"), "{ran:?}");
    }
    let subscribe = ["subscribe", "--no-welcome", "a@example.org", "--consent", "asked"];
    for writes in [&subscribe[..], &["check", "first"], &["outbox", "flush"]] {
        let ran = ask(writes);
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(ran.err.contains("the database is locked by another process"), "{ran:?}");
    }
}

// --- A damaged page ------------------------------------------------------------------------------

/// Breaks the chain of pages that holds the longest record, as a bad sector does.
fn damage_the_longest_record(folder: &Path) {
    damage(folder, "name = 'record_state' AND pagetype = 'overflow' ORDER BY path LIMIT 1");
}

/// Overwrites the beginning of some pages.
fn damage(folder: &Path, of: &str) {
    use std::os::unix::fs::FileExt as _;
    let path = folder.join("rulewatch.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let size: u32 = database.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let sql = format!("SELECT pageno FROM dbstat WHERE {of}");
    let mut found = database.prepare(&sql).unwrap();
    let pages = found.query_map([], |row| row.get::<_, u32>(0)).unwrap().map(Result::unwrap);
    let file = fs::File::options().write(true).open(&path).unwrap();
    for page in pages {
        file.write_all_at(&[0xFF; 4], u64::from(page - 1) * u64::from(size)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_page_costs_the_source_that_it_is_of_and_no_other() {
    let site = Site::whole(|asked, n| match asked.path.as_str() {
        "/robots.txt" => answer(404, ""),
        "/first" => {
            let page = large_page().replace("$1475", &format!("${}", 1_475 + n));
            with(answer(200, page), "content-type", "text/html")
        }
        _ => with(answer(200, page(1_475 + n)), "content-type", "text/html"),
    });
    let site = site.await;
    let sources = ["first", "second"].map(|id| source(id, site.url(id).as_str()));
    let home = home(CONFIG, &sources);
    let check = ["--sources", "sources.toml", "check"];
    let ran = home.run(&check);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    damage_the_longest_record(&state(&home));
    let ran = home.run(&check);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("1 change"), "{ran:?}");
    assert!(ran.err.contains("first") && ran.err.contains("rulewatch restore FILE"), "{ran:?}");
    let mut daemon = Daemon::start(home);
    daemon.until_said("READY=1");
    let ran = daemon.home.run(&check);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("1 change") && ran.out.contains("the file is damaged"), "{ran:?}");
    assert_eq!(daemon.ends(), Some(0), "it lives on: {}", daemon.log());
}

#[test]
fn a_damaged_page_that_no_check_needs_does_not_keep_the_daemon_from_starting() {
    for table in ["host", "job", "hook_call"] {
        let home = home(CONFIG, &[source("fees", "http://127.0.0.1:9/fees")]);
        let ran = home.run(&check(&home.file("page.html", page(1_475))));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        // With its indices: an empty one is looked at in place of the table.
        damage(&state(&home), &format!("name = '{table}' OR name LIKE '%{table}\\_%' ESCAPE '\\'"));
        let mut daemon = Daemon::start(home);
        daemon.until_said("READY=1");
        let log = daemon.log();
        assert!(log.contains("without a part of the database"), "{table}: {log}");
        let ran = daemon.home.run(&["--sources", "sources.toml", "log"]);
        assert_eq!(ran.code, Some(0), "{table}: {ran:?}");
        assert_eq!(daemon.ends(), Some(0), "{table}: {}", daemon.log());
    }
}

#[test]
fn damage_to_one_part_of_the_database_is_named_and_the_rest_goes_on() {
    let server = Mailbox::start();
    for (table, letters) in [("source_state", 1), ("mail_wait", 1), ("outage", 1), ("delivery", 0)]
    {
        let home = home(&with_mail(&server), &[source("fees", "http://127.0.0.1:9/fees")]);
        home.done(&check(&home.file("page.html", page(1_000))));
        subscribe(&home, &format!("{table}@example.org"));
        server.at("rcpt", Does::Answers("451 4.3.0 not now"));
        let ran = home.run(&check(&home.file("page.html", page(1_001))));
        assert_eq!(ran.code, Some(3), "the letter waits: {ran:?}");
        server.is_well();
        // Letters are counted by an index, in which nothing is wrong.
        let indices = if table == "delivery" { "no" } else { table };
        let of = format!("name = '{table}' OR name LIKE '%{indices}\\_%' ESCAPE '\\'");
        damage(&state(&home), &of);
        let mut daemon = Daemon::start(home);
        daemon.until_said("READY=1");
        // What cannot be reached is asked for by a check alone.
        if table != "outage" {
            daemon.until("the damage", |daemon| daemon.log().contains("rulewatch restore FILE"));
        }
        let ran = daemon.home.run(&["--sources", "sources.toml", "outbox", "flush"]);
        let to = format!("{table}@example.org");
        let n = server.taken().iter().filter(|(reader, _)| reader.starts_with(&to)).count();
        assert_eq!(n, letters, "{table}: {ran:?}");
        if ["mail_wait", "outage"].contains(&table) {
            let ran = daemon.home.run(&check(&daemon.home.file("page.html", page(1_002))));
            assert_eq!(ran.code, Some(0), "{table}: {ran:?}");
        }
        for (command, grade) in [("status", "database: "), ("doctor", "fault")] {
            let ran = daemon.home.run(&["--sources", "sources.toml", command]);
            assert_eq!(ran.code, Some(1), "{table}: {ran:?}");
            assert!(ran.out.contains(grade), "{table}: {ran:?}");
            assert!(ran.out.replace("\n", " ").contains("rulewatch restore FILE"), "{ran:?}");
        }
        assert_eq!(daemon.ends(), Some(0), "{table}: {}", daemon.log());
    }
}

#[test]
fn a_reader_who_cannot_be_read_back_costs_nobody_else() {
    let home = home(CONFIG, &[source("fees", "https://example.org/fees")]);
    home.done(&check(&home.file("page.html", page(1_000))));
    ["ana@example.org", "cy@example.org", "bob@example.org"]
        .iter()
        .for_each(|to| subscribe(&home, to));
    let database = rusqlite::Connection::open(state(&home).join("rulewatch.db")).unwrap();
    database.execute("UPDATE subscription SET wish = '{bad' WHERE id = 1", []).unwrap();
    database.execute("UPDATE subscriber SET address = 'nowhere' WHERE id = 2", []).unwrap();
    let since = "INSERT INTO outage (host, since_at) VALUES ('example.org', 9000000000000000000)";
    database.execute(since, []).unwrap();
    drop(database);
    let ran = home.run(&check(&home.file("page.html", page(1_001))));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("subscription.wish of row 1"), "{ran:?}");
    assert!(ran.err.contains("subscriber.address of row 2"), "{ran:?}");
    let letters = crate::eml::letters(&state(&home).join("outbox"));
    let to: Vec<_> = letters.iter().map(|letter| letter.header("To")).collect();
    assert_eq!(to, ["bob@example.org"]);
    let ran = home.run(&["--sources", "sources.toml", "status"]);
    assert!(ran.out.contains("fees") && ran.err.contains("outage.since_at of row"), "{ran:?}");
    let ran = home.run(&["--sources", "sources.toml", "subscribers"]);
    assert!(ran.out.contains("bob@example.org") && ran.code == Some(0), "{ran:?}");
}

#[test]
fn a_damaged_record_of_the_only_source_does_not_end_the_daemon() {
    let home = home(CONFIG, &[source("fees", "http://127.0.0.1:9/fees")]);
    let file = home.file("page.html", page(1_475));
    let ran = home.run(&check(&file));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let database = rusqlite::Connection::open(state(&home).join("rulewatch.db")).unwrap();
    database.execute("UPDATE source_state SET moved_to = 'nowhere'", []).unwrap();
    drop(database);
    let mut daemon = Daemon::start(home);
    daemon.until("the trouble", |daemon| daemon.log().contains("moved_to"));
    daemon.until_said("READY=1");
    assert_eq!(daemon.ends(), Some(0), "it lives on: {}", daemon.log());
}

// --- No names --------------------------------------------------------------------------------------

/// The subjects of the letters to the operator, in the order in which they were written.
fn to_operator(home: &Home) -> Vec<String> {
    let folder = state(home).join("outbox");
    let letters = crate::eml::letters(&folder).into_iter();
    let mut subjects: Vec<(String, String)> = letters
        .filter(|letter| letter.header("To").contains("operator@"))
        .map(|letter| (letter.header("Date").to_owned(), letter.header("Subject").to_owned()))
        .collect();
    subjects.sort();
    subjects.into_iter().map(|(_, subject)| subject).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_are_gone_are_one_outage_of_our_own() {
    // A connection that is kept needs no name.
    let site = Site::whole(|asked, _| match asked.path.as_str() {
        "/robots.txt" => with(answer(404, ""), "connection", "close"),
        _ => {
            let page = with(answer(200, page(1_475)), "content-type", "text/html");
            with(page, "connection", "close")
        }
    });
    let port = site.await.url("").port().unwrap();
    let ids = ["one", "two", "three", "four"];
    let sources = ids.map(|id| source(id, &format!("http://{id}.test:{port}/{id}")));
    let config = CONFIG.replace("[operator]", "[operator]\ncontact = 'operator@example.org'");
    let home = home(&config, &sources);
    let names = format!("127.0.0.1 {}\n", ids.map(|id| format!("{id}.test")).join(" "));
    home.file("hosts", &names);
    home.file("resolv.conf", "");
    let files = [("hosts", "/etc/hosts"), ("resolv.conf", "/etc/resolv.conf")];
    let Some(mut daemon) = Daemon::start_seeing(home, &files) else {
        return left_out("names that are gone", "no file can be mounted here (it takes root)");
    };
    let is_read = |daemon: &Daemon| ids.iter().all(|id| daemon.outcome(id).is_some());
    daemon.until("the first checks", is_read);
    assert!(ids.iter().all(|id| daemon.outcome(id).as_deref() == Some("baseline")));

    // The file is the same, as the mount shows; what it says is not.
    daemon.home.file("hosts", "");
    let check = ["--sources", "sources.toml", "check"];
    let ran = daemon.home.run(&check);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("failed to lookup address"), "{ran:?}");
    assert!(!ran.out.contains("change "), "{ran:?}");
    // When three fail alike the rest may be left out.
    let is_asked = |id: &&&str| daemon.outcome(id).as_deref() == Some("unreachable");
    assert!(ids.iter().filter(is_asked).count() >= 3, "{ran:?}");
    daemon.home.file("hosts", &names);
    let ran = daemon.home.run(&check);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    daemon.home.run(&["--sources", "sources.toml", "outbox", "flush"]);
    let told = to_operator(&daemon.home);
    let outage = ["nothing can be reached from here", "pages can be reached again"];
    assert_eq!(told, outage.map(|words| format!("rulewatch: {words}")));
    assert_eq!(daemon.ends(), Some(0), "it lived through it: {}", daemon.log());
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
