//! The daemon as systemd runs it: signals, what it says of itself, and that trouble of one source never ends it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rulewatch::store::Store;
use rusqlite::Connection;

use crate::program::Home;
use crate::web;

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of pages with a fee. It says which page it is asked for, and waits for a word before it
/// answers one whose name begins with `slow`.
pub(crate) struct Server {
    port: u16,
    asked: Receiver<String>,
    go_on: Sender<()>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ((says, asked), (go_on, goes)) = (channel(), channel());
        let goes = Arc::new(Mutex::new(goes));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (says, goes) = (says.clone(), Arc::clone(&goes));
                thread::spawn(move || answer(stream, &says, &goes));
            }
        });
        Self { port, asked, go_on }
    }

    /// Lets it answer for one slow page.
    pub(crate) fn go_on(&self) {
        self.go_on.send(()).unwrap();
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// Waits until a page is asked for.
    #[track_caller]
    pub(crate) fn is_asked_for(&self, name: &str) {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            match self.asked.recv_timeout(PATIENCE) {
                Ok(asked) if asked == name => return,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        panic!("{name} was not asked for");
    }
}

fn answer(mut stream: TcpStream, says: &Sender<String>, goes: &Mutex<Receiver<()>>) {
    let mut head = [0; 4096];
    let n = stream.read(&mut head).unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..n]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    let (status, body) = if path == "robots.txt" {
        ("404 Not Found", String::new())
    } else {
        let body = "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
            <p>The fee to apply to Skills Immigration is $1,475.</p></main></body></html>";
        ("200 OK", body.to_owned())
    };
    let is_slow = path.starts_with("slow");
    let _ = says.send(path);
    if is_slow {
        let _ = goes.lock().unwrap().recv_timeout(PATIENCE);
    }
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
}

/// A source of the catalogue: a page with a fee.
pub(crate) fn source(id: &str, url: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nprogram = \"bcpnp\"\njurisdiction = \"BC\"\nurl = \"{url}\"\n\
         verified = \"2026-01-20\"\n[[source.facts]]\nkey = \"{}.fee\"\ntype = \"fees\"\n\
         record = \"{{line}}\"\n[source.facts.fields]\namount = {{ as = \"money\" }}\n\
         [[source.facts.read]]\nlet = {{ line = \"application\" }}\n\
         prose = {{ matches = 'fee to apply to skills immigration is (?P<amount>\\$[\\d.,]*\\d)' }}\n",
        id.replace('-', "_")
    )
}

/// The daemon, and what it tells systemd.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) home: Home,
    said: Arc<Mutex<Vec<String>>>,
}

pub(crate) const CONFIG: &str = "[operator]\naddress = 'operator@example.org'\n\
    [fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n";

impl Daemon {
    pub(crate) fn start(home: Home) -> Self {
        Self::start_with(home, &[])
    }

    fn start_with(home: Home, env: &[(&str, &str)]) -> Self {
        let command = home.command(&["--sources", "sources.toml", "run"]);
        Self::spawn(home, command, env)
    }

    /// Starts it so that it sees files of its home in place of some of the machine's: `(name, path)`. Takes
    /// root; None where that is not allowed.
    pub(crate) fn start_seeing(home: Home, files: &[(&str, &str)]) -> Option<Self> {
        let plain = home.command(&["--sources", "sources.toml", "run"]);
        let apart = |script: &str| {
            let mut apart = Command::new("unshare");
            apart.args(["--mount", "sh", "-c", script, "sh"]);
            apart.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
            apart
        };
        let bind = |(name, path): &(&str, &str)| {
            format!("mount --bind '{}' {path} && ", home.path().join(name).display())
        };
        let binds: String = files.iter().map(bind).collect();
        let may = apart(&format!("{binds}true")).stdin(Stdio::null()).output();
        if !may.is_ok_and(|may| may.status.success()) {
            return None;
        }
        let mut command = apart(&format!("{binds}exec \"$@\""));
        command.arg(plain.get_program()).args(plain.get_args());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(home.path()).stdin(Stdio::null());
        Some(Self::spawn(home, command, &[]))
    }

    fn spawn(home: Home, command: Command, env: &[(&str, &str)]) -> Self {
        let manager = manager(&home);
        let mut daemon = Self::unheard(home, command, env);
        daemon.said = heard(manager);
        daemon
    }

    /// Starts it with a service manager that reads nothing yet.
    fn unheard(home: Home, mut command: Command, env: &[(&str, &str)]) -> Self {
        let path = home.path().join("notify");
        let log = fs::File::create(home.path().join("log")).unwrap();
        command
            .env("NOTIFY_SOCKET", &path)
            .envs(env.iter().copied())
            .stdout(Stdio::null())
            .stderr(log);
        let child = command.spawn().unwrap();
        Self { child, home, said: Arc::default() }
    }

    /// Starts one that has ended again, in the same home.
    pub(crate) fn again(mut self) -> Self {
        let home = std::mem::replace(&mut self.home, Home::new());
        fs::remove_file(home.path().join("notify")).unwrap();
        Self::start(home)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/rulewatch")
    }

    /// How the last check of a source ended.
    pub(crate) fn outcome(&self, id: &str) -> Option<String> {
        let id = rulewatch::model::SourceId::parse(id).unwrap();
        let store = Store::open_read_only(&self.state()).ok()?;
        store.checks(&id, 1).ok()?.pop().map(|check| check.outcome)
    }

    /// Waits until something is so, and fails with the log when the daemon ends or it takes too long.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            thread::sleep(Duration::from_millis(20));
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("{what}: the daemon ended, {ended}\n{}", self.log());
            }
            assert!(Instant::now() < end, "{what}: it never came\n{}", self.log());
        }
    }

    fn has_said(&self, words: &str) -> bool {
        self.said
            .lock()
            .unwrap()
            .iter()
            .any(|said| said.lines().any(|line| line.starts_with(words)))
    }

    #[track_caller]
    pub(crate) fn until_said(&mut self, words: &str) {
        self.until(words, |daemon| daemon.has_said(words));
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Ends it as systemd does, and returns its exit code.
    #[track_caller]
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.ends()
    }

    /// The same, and leaves what it wrote.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> Option<i32> {
        self.signal("-TERM");
        self.exit_code()
    }

    /// Waits until it has ended by itself, or because it was told to, and returns its exit code.
    #[track_caller]
    fn exit_code(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            thread::sleep(Duration::from_millis(20));
            if let Some(ended) = self.child.try_wait().unwrap() {
                return ended.code();
            }
            assert!(Instant::now() < end, "it does not end\n{}", self.log());
        }
    }
}

/// The socket of the service manager of a home.
fn manager(home: &Home) -> UnixDatagram {
    let socket = UnixDatagram::bind(home.path().join("notify")).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    socket
}

/// Takes all that the daemon tells systemd, as systemd does.
fn heard(socket: UnixDatagram) -> Arc<Mutex<Vec<String>>> {
    let all = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::downgrade(&all);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Some(all) = heard.upgrade() {
            if let Ok(n) = socket.recv(&mut buffer) {
                all.lock().unwrap().push(String::from_utf8_lossy(&buffer[..n]).into_owned());
            }
        }
    });
    all
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn home(config: &str, sources: &[String]) -> Home {
    let home = Home::new();
    home.file("rulewatch.toml", config);
    home.file("sources.toml", sources.concat());
    home
}

#[test]
fn it_says_at_once_that_it_stops_and_finishes_what_is_under_way() {
    let server = Server::start();
    let sources = [source("slow", &server.url("slow"))];
    let mut daemon = Daemon::start(home(CONFIG, &sources));
    daemon.until_said("READY=1");
    server.is_asked_for("slow");
    daemon.signal("-TERM");
    daemon.until_said("STOPPING=1");
    assert_eq!(daemon.outcome("slow"), None, "the check is still under way");
    server.go_on();
    assert_eq!(daemon.exit_code(), Some(0), "{}", daemon.log());
    assert_eq!(daemon.outcome("slow").as_deref(), Some("baseline"));
}

#[test]
fn a_service_manager_that_reads_nothing_stops_no_check_and_hears_of_the_start_later() {
    let server = Server::start();
    let home = home(CONFIG, &[source("first", &server.url("first"))]);
    let manager = manager(&home);
    let other = UnixDatagram::unbound().unwrap();
    other.set_nonblocking(true).unwrap();
    let socket = home.path().join("notify");
    while other.send_to(b"STATUS=another service\n", &socket).is_ok() {}
    let command = home.command(&["--sources", "sources.toml", "run"]);
    let mut daemon = Daemon::unheard(home, command, &[("WATCHDOG_USEC", "2000000")]);
    daemon.until("the check", |daemon| daemon.outcome("first").is_some());
    daemon.said = heard(manager);
    daemon.until_said("READY=1");
    assert_eq!(daemon.stop(), Some(0));
}

/// As on a machine that sleeps and wakes: the clocks went on, and the program did not.
#[test]
fn one_that_stood_still_for_a_while_goes_on_where_it_was() {
    let server = Server::start();
    let sources = ["first", "slow"].map(|id| source(id, &server.url(id)));
    let mut daemon = Daemon::start(home(CONFIG, &sources));
    server.is_asked_for("slow");
    daemon.signal("-STOP");
    thread::sleep(Duration::from_secs(3));
    daemon.signal("-CONT");
    server.go_on();
    daemon.until("what was under way", |daemon| daemon.outcome("slow").is_some());
    daemon.home.file("sources.d/more.toml", source("second", &server.url("second")));
    daemon.signal("-HUP");
    daemon.until("what came after", |daemon| daemon.outcome("second").is_some());
    let outcomes = ["first", "slow", "second"].map(|id| daemon.outcome(id).unwrap());
    assert_eq!(outcomes, ["baseline"; 3]);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_hang_up_reads_the_configuration_again_and_a_faulty_one_is_refused() {
    let server = Server::start();
    let sources = [source("first", &server.url("first"))];
    let mut daemon = Daemon::start(home(CONFIG, &sources));
    daemon.until("the first check", |daemon| daemon.outcome("first").is_some());

    daemon.home.file("rulewatch.toml", format!("{CONFIG}nonsense = 1\n"));
    daemon.said.lock().unwrap().clear();
    daemon.signal("-HUP");
    daemon.until("the refusal", |daemon| daemon.log().contains("is refused"));
    daemon.until_said("RELOADING=1");
    daemon.until_said("MONOTONIC_USEC=");
    daemon.until_said("READY=1");
    let log = daemon.log();
    let refused = log.lines().find(|line| line.contains("is refused")).unwrap();
    assert!(refused.contains("nonsense"), "one line says why: {refused}");

    daemon.home.file("rulewatch.toml", CONFIG);
    daemon.home.file("sources.d/more.toml", source("second", &server.url("second")));
    daemon.said.lock().unwrap().clear();
    daemon.signal("-HUP");
    daemon.until("the new source", |daemon| daemon.outcome("second").is_some());
    daemon.until_said("READY=1");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_source_that_cannot_be_recorded_holds_up_none_of_the_others() {
    let server = Server::start();
    let home = home(CONFIG, &[source("good", &server.url("good"))]);
    home.done(&["--sources", "sources.toml", "check", "good"]);
    home.file(
        "sources.toml",
        ["bad", "good", "late"].map(|id| source(id, &server.url(id))).concat(),
    );
    let database = home.path().join(".local/state/rulewatch/rulewatch.db");
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON check_run WHEN NEW.source = 'bad'
        BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    Connection::open(database).unwrap().execute_batch(refuse).unwrap();
    let mut daemon = Daemon::start(home);
    daemon.until("the other source", |daemon| daemon.outcome("late").is_some());
    let outbox = daemon.state().join("outbox");
    daemon.until("the operator's letter", |_| {
        outbox.exists() && fs::read_dir(&outbox).unwrap().count() > 0
    });
    daemon.until("the log", |daemon| daemon.log().contains("not this one"));
    assert_eq!(daemon.outcome("bad"), None);
    let log = daemon.log();
    let failures = log.lines().filter(|line| line.contains("the rest goes on")).count();
    assert_eq!(failures, 1, "it is said once: {log}");
    assert_eq!(daemon.stop(), Some(0));
}

/// Lets a daemon come to a check, and overwrites its database from a byte on.
fn overwritten(from: usize) -> Daemon {
    let server = Server::start();
    let home = home(CONFIG, &[source("slow", &server.url("slow"))]);
    drop(Store::open(&home.path().join(".local/state/rulewatch")).unwrap());
    let daemon = Daemon::start(home);
    server.is_asked_for("slow");
    let file = daemon.state().join("rulewatch.db");
    let mut bytes = fs::read(&file).unwrap();
    for log in ["rulewatch.db-wal", "rulewatch.db-shm"] {
        let _ = fs::remove_file(daemon.state().join(log));
    }
    bytes[from..].fill(b'x');
    fs::write(&file, bytes).unwrap();
    server.go_on();
    daemon
}

#[test]
fn what_is_no_database_any_more_ends_it_with_3() {
    // Its first page says what the file is; SQLite looks at it again with every transaction.
    let mut daemon = overwritten(0);
    assert_eq!(daemon.exit_code(), Some(3), "{}", daemon.log());
}

#[test]
fn a_database_of_which_nothing_can_be_used_ends_it_with_3() {
    // A database by its header, and nothing behind it.
    let mut daemon = overwritten(100);
    assert_eq!(daemon.exit_code(), Some(3), "{}", daemon.log());
    let log = daemon.log();
    assert!(log.contains("damaged") && log.contains("rulewatch restore FILE"), "{log}");
}

#[test]
fn one_failing_source_does_not_stop_a_check_of_several() {
    let server = Server::start();
    let home = home(CONFIG, &[source("good", &server.url("good"))]);
    home.done(&["--sources", "sources.toml", "check", "good"]);
    home.file(
        "sources.toml",
        ["bad", "good", "late"].map(|id| source(id, &server.url(id))).concat(),
    );
    let database = home.path().join(".local/state/rulewatch/rulewatch.db");
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON check_run WHEN NEW.source = 'bad'
        BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    Connection::open(database).unwrap().execute_batch(refuse).unwrap();
    let ran = home.run(&["--sources", "sources.toml", "check", "--format", "ndjson"]);
    assert_eq!(ran.code, Some(3), "the worst of them: {}", ran.err);
    let sources: Vec<String> = ran.lines().iter().map(|line| line["source"].to_string()).collect();
    assert_eq!(sources, ["\"good\"", "\"late\""]);
    assert!(ran.err.contains("bad: ") && ran.err.contains("not this one"), "{}", ran.err);
}

#[test]
fn no_sign_of_life_is_given_while_a_part_hangs() {
    let pages = Server::start();
    for (part, named) in [("planning", "planning"), ("checks", "a check"), ("delivery", "delivery")]
    {
        let home = home(CONFIG, &[source("fees", &pages.url("fees"))]);
        let env = [("RULEWATCH_STALL", part), ("WATCHDOG_USEC", "2000000")];
        let mut daemon = Daemon::start_with(home, &env);
        let says = format!("does not get on: no sign of life is given part=\"{named}\"");
        daemon.until(part, |daemon| daemon.log().contains(&says));
        assert!(daemon.log().contains("RULEWATCH_STALL is set"), "{}", daemon.log());
    }
}

#[test]
fn the_daemon_serves_pages_and_a_reload_changes_them_without_a_gap() {
    let server = Server::start();
    let home = Home::new();
    home.file("sources.toml", source("bc-fees", &server.url("fees")));
    let config = format!("{CONFIG}[http]\nlisten = '127.0.0.1:0'\nsign_up = false\n");
    home.file("rulewatch.toml", &config);
    let mut daemon = Daemon::start(home);
    daemon.until_said("READY");
    let port = |log: &str| {
        let at = log.rsplit("http://127.0.0.1:").next().unwrap();
        at.split('/').next().and_then(|port| port.parse::<u16>().ok())
    };
    daemon.until("pages", |daemon| daemon.log().contains("serving pages"));
    let at = std::net::SocketAddr::from(([127, 0, 0, 1], port(&daemon.log()).unwrap()));
    daemon.until("the fee", |_| web::get(at, "/en/facts/bc_fees.fee").body.contains("$1,475"));
    assert_eq!(web::get(at, "/health").body, "ok\n");
    // A configuration that is refused changes nothing.
    daemon.home.file("rulewatch.toml", format!("{CONFIG}[http]\nlisten = 'nowhere'\n"));
    daemon.signal("-HUP");
    daemon.until("refused", |daemon| daemon.log().contains("the old one stays in use"));
    assert_eq!(web::get(at, "/health").status, 200);
    // One without pages takes them away.
    daemon.home.file("rulewatch.toml", CONFIG);
    daemon.signal("-HUP");
    daemon.until("no pages", |_| TcpStream::connect(at).is_err());
    assert_eq!(daemon.stop(), Some(0));
}
