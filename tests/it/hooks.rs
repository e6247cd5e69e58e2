//! Hooks: other programs that are called when something is told. The real program calls a receiver on this
//! machine, which takes, refuses, hangs and redirects; and it is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rulewatch::clock::{Clock as _, SystemClock};
use rulewatch::model::HookId;
use rulewatch::store::Store;
use serde_json::Value as Json;

use crate::daemon::{CONFIG, Daemon, home, source};
use crate::eml::letters;
use crate::left_out::left_out;
use crate::program::{Home, lines};
use crate::schemas::{faults, published};
use crate::told::BINDINGS;
use crate::world::fixture;

/// A call as it came.
#[derive(Debug, Clone)]
struct Got {
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Got {
    #[track_caller]
    fn header(&self, name: &str) -> &str {
        &self.headers[name]
    }

    /// The body of a call of the form json, which is as published.
    #[track_caller]
    fn json(&self) -> Json {
        let body = serde_json::from_str(&self.body).unwrap();
        assert_eq!(faults(&published("hook"), &body), Vec::<String>::new(), "{body}");
        body
    }
}

/// What the receiver does with a call to a path.
#[derive(Clone)]
enum Does {
    Answers(u16, &'static str),
    /// Answers after a while.
    IsSlow(Duration),
    /// Says nothing at all.
    Hangs,
}

/// A receiver of calls, on this machine.
struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    does: Arc<Mutex<BTreeMap<String, Does>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let receiver = Self { port, got: Arc::default(), does: Arc::default() };
        let (got, does) = (Arc::clone(&receiver.got), Arc::clone(&receiver.does));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (got, does) = (Arc::clone(&got), Arc::clone(&does));
                thread::spawn(move || take(stream, &got, &does));
            }
        });
        receiver
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    fn on(&self, path: &str, does: Does) {
        self.does.lock().unwrap().insert(format!("/{path}"), does);
    }

    /// The calls to a path that were answered with success.
    fn taken(&self, path: &str) -> Vec<Got> {
        let got = self.got.lock().unwrap();
        got.iter().filter(|got| got.path == format!("/{path}")).cloned().collect()
    }
}

fn take(stream: TcpStream, got: &Mutex<Vec<Got>>, does: &Mutex<BTreeMap<String, Does>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.trim().split_once(':').unwrap();
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap_or_default();
    let does = does.lock().unwrap().get(&path).cloned().unwrap_or(Does::Answers(204, ""));
    let (status, words) = match does {
        Does::Answers(status, words) => (status, words),
        Does::IsSlow(time) => {
            // The length of the wait is what is tried here.
            thread::sleep(time);
            (200, "ok")
        }
        Does::Hangs => {
            let _ = reader.read(&mut [0; 1]);
            return;
        }
    };
    if status < 300 {
        let body = String::from_utf8(body).unwrap();
        got.lock().unwrap().push(Got { path, headers, body });
    }
    let mut stream = stream;
    let location = if status == 302 { "Location: /elsewhere\r\n" } else { "" };
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n{words}",
        words.len()
    );
}

const HOOKS: &str = "[hooks]\nallow_private = ['127.0.0.0/8']\ndeadline_seconds = 2\n";

/// A home with one source, read once.
pub(crate) fn watched() -> Home {
    let home = home(&format!("{CONFIG}{HOOKS}"), &catalogue());
    see(&home, 1_000);
    home
}

fn catalogue() -> [String; 1] {
    [source("fees", "https://example.org/fees")]
}

pub(crate) fn page(fee: usize) -> String {
    format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is ${fee}.</p></main></body></html>"
    )
}

pub(crate) fn run<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["--sources", "sources.toml"], args].concat()
}

/// Reads the page with another fee.
pub(crate) fn see(home: &Home, fee: usize) {
    let page = home.file("page.html", page(fee));
    home.run(&run(&["check", "fees", "--from", &page]));
}

/// Adds a hook; returns its secret.
#[track_caller]
fn add(home: &Home, url: &str, options: &[&str]) -> String {
    let said = home.done(&run(&[&["hooks", "add", url], options].concat()));
    let secret = said.split_whitespace().find(|word| word.starts_with("whsec_"));
    secret.unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn outbox(home: &Home) -> Vec<Json> {
    let all = lines(&home.done(&run(&["outbox", "list", "--format", "ndjson"])));
    all.into_iter().filter(|line| line["type"] == "call").collect()
}

/// Whether Python, by what `deploy/hooks.md` shows, finds a call to be ours.
#[track_caller]
fn is_ours(test: &str, secret: &str, got: &Got) -> Option<bool> {
    let Some(python) = std::env::var_os("RULEWATCH_TEST_PYTHON") else {
        left_out(test, "no Python");
        return None;
    };
    let guide = include_str!("../../deploy/hooks.md");
    let example = guide.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let asks = "import json, sys\nsecret, headers, body = json.load(sys.stdin)\n\
                print(verify(secret, headers, body.encode()))\n";
    let mut child = Command::new(python)
        .args(["-c", &format!("{example}\n{asks}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = serde_json::json!([secret, got.headers, got.body]).to_string();
    child.stdin.take().unwrap().write_all(said.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    Some(String::from_utf8(said.stdout).unwrap().trim() == "True")
}

#[test]
fn a_hook_gets_what_the_log_prints_signed_and_what_is_taken_back() {
    let (home, receiver) = (watched(), Receiver::start());
    let secret = add(&home, &receiver.url("all?key=x"), &[]);
    add(&home, &receiver.url("other"), &["--kind", "record_added"]);
    add(&home, &receiver.url("words"), &["--form", "slack", "--lang", "fr"]);
    see(&home, 1_475);
    let [got] = &receiver.taken("all?key=x")[..] else { panic!("{:?}", receiver.got) };
    let log: Json = serde_json::from_str(&home.done(&run(&["log", "--format", "json"]))).unwrap();
    assert_eq!((&got.json()["data"], &got.json()["type"]), (&log, &"changes".into()));
    assert_eq!(got.header("content-type"), "application/json");
    assert_eq!(receiver.taken("other").len(), 0, "a fee that changed is not a new one");
    let words: Json = serde_json::from_str(&receiver.taken("words")[0].body).unwrap();
    let words = words["text"].as_str().unwrap();
    assert!(words.starts_with("rulewatch\u{a0}: 1 changement\n"), "{words}");

    let test = "hooks::a_hook_gets_what_the_log_prints_signed_and_what_is_taken_back";
    if let Some(is_ours) = is_ours(test, &secret, got) {
        assert!(is_ours);
        let mut forged = got.clone();
        forged.body = forged.body.replace("1475", "1");
        assert_eq!(self::is_ours(test, &secret, &forged), Some(false), "another body");
        let mut replayed = got.clone();
        replayed.headers.insert("webhook-timestamp".to_owned(), "1600000000".to_owned());
        assert_eq!(self::is_ours(test, &secret, &replayed), Some(false), "another time");
    }

    let event = got.json()["event"].as_str().unwrap().to_owned();
    home.done(&run(&["review", "retract", &event, "--why", "a typing error"]));
    home.done(&run(&["outbox", "flush"]));
    let calls = receiver.taken("all?key=x");
    assert_eq!(calls.len(), 2);
    let back = calls[1].json();
    assert_eq!((&back["type"], &back["data"][0]["id"]), (&"taken_back".into(), &log[0]["id"]));
    assert_eq!(back["data"][0]["retracted"]["why"], "a typing error");
    assert_ne!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));

    let hooks = home.done(&run(&["hooks"]));
    assert!(hooks.contains("only these kinds: item added"), "{hooks}");
    let status = home.run(&run(&["status"])).out;
    assert!(status.contains("hooks: 3 (0 paused); calls: 0 pending, 0 given up"), "{status}");
    let numbers = home.run(&run(&["status", "--format", "prometheus"])).out;
    assert!(numbers.contains("rulewatch_hooks 3\n"), "{numbers}");
    let all = [&run(&["hooks", "list"])[..], &run(&["outbox"])[..]].map(|args| home.done(args));
    for shown in all {
        assert!(shown.contains(&format!("http://127.0.0.1:{}/…", receiver.port)), "{shown}");
        assert!(!shown.contains("key=x") && !shown.contains("whsec_"), "{shown}");
    }
    let key = home.path().join(".local/state/rulewatch/webhook-key");
    let key = std::fs::read_to_string(key).unwrap();
    let database = std::fs::read(home.path().join(".local/state/rulewatch/rulewatch.db")).unwrap();
    let holds = |words: &str| database.windows(words.len()).any(|w| w == words.as_bytes());
    assert!(!holds(key.trim()) && !holds(secret.trim_start_matches("whsec_")));
}

#[test]
fn a_hook_is_told_what_to_edit_in_the_data_that_is_registered_for_it_and_gets_the_patch() {
    let receiver = Receiver::start();
    let data = "[data]\n'Cost page' = { bindings = 'data/eligibility.toml', hooks = [1, 2, 3] }\n";
    let home = Home::new();
    home.file(".config/rulewatch/rulewatch.toml", format!("{CONFIG}{HOOKS}{data}"));
    home.file(".config/rulewatch/data/eligibility.toml", BINDINGS);
    let own = "{\n  \"funds\": {\n    \"1\": 13757,\n    \"4\": 25564\n  }\n}\n";
    home.file(".config/rulewatch/data/funds.json", own);
    let add = |path: &str, options: &[&str]| {
        home.done(&[&["hooks", "add", &receiver.url(path)], options].concat());
    };
    add("program", &[]);
    add("people", &["--form", "text", "--lang", "fr"]);
    let doctor = home.run(&["doctor"]).out;
    assert!(doctor.contains("`[data]` \"Cost page\" names hook 3, and there is none"), "{doctor}");
    add("draws", &["--kind", "draw_added"]);
    add("unnamed", &[]);
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        let page = fixture(page).display().to_string();
        home.done(&["check", "ircc-ee-funds", "--from", &page]);
    }
    let [got] = &receiver.taken("program")[..] else { panic!("{:?}", receiver.got) };
    let got = got.json();
    let [cost] = got["your_data"].as_array().unwrap().as_slice() else { panic!("{got}") };
    assert_eq!(cost["name"], "Cost page");
    assert_eq!(cost["tools"], serde_json::json!(["Cost page", "Program Finder"]));
    let first = &cost["findings"][0];
    assert_eq!((&first["place"]["line"], &first["yours"]), (&3.into(), &"13757".into()), "{first}");
    let [patch] = cost["patches"].as_array().unwrap().as_slice() else { panic!("{cost}") };
    let operations = serde_json::json!([
        {"op": "replace", "path": "/funds/1", "value": 14690},
        {"op": "replace", "path": "/funds/4", "value": 27297}]);
    assert_eq!((&patch["file"], &patch["patch"]), (&"funds.json".into(), &operations));
    assert!(patch["unified"].as_str().unwrap().contains("-    \"1\": 13757,\n"), "{patch}");
    let words = &receiver.taken("people")[0].body;
    for line in [
        "Vos données\u{a0}: Cost page (Cost page, Program Finder)\n",
        "- funds.json:4 $['funds']['4']\u{a0}: chez vous 25564, valeur officielle 27\u{a0}297\u{a0}$\n",
    ] {
        assert!(words.contains(line), "{line}\n{words}");
    }
    assert_eq!(receiver.taken("draws").len(), 0);
    assert_eq!(receiver.taken("unnamed")[0].json().get("your_data"), None);
    let log: Json = serde_json::from_str(&home.done(&["log", "--format", "json"])).unwrap();
    let change = log.as_array().unwrap().iter().find(|change| change["record"] == "4").unwrap();
    let bindings =
        home.path().join(".config/rulewatch/data/eligibility.toml").display().to_string();
    let impact = ["impact", change["id"].as_str().unwrap(), "--bindings", &bindings];
    let ran = home.run(&impact);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    for line in [
        "bound: funds.json at $.funds: money to show (Cost page, Program Finder)\n",
        "- funds.json:4 $['funds']['4']: yours is 25564, the official value is $27,297\n",
        "+    \"4\": 27297\n",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
}

#[test]
fn an_address_that_is_too_long_is_refused_and_not_cut() {
    let home = watched();
    let mut adds = home.command(&run(&["hooks", "add", "-"]));
    let mut child =
        adds.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let url = format!("https://example.org/{}", "x".repeat(5_000));
    child.stdin.take().unwrap().write_all(url.as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(said.contains("longer than 4096 bytes"), "{said}");
    assert_eq!(home.done(&run(&["hooks"])), "");
}

#[test]
fn a_hook_that_fails_holds_up_nobody_and_gets_the_same_call_later() {
    let (home, receiver) = (watched(), Receiver::start());
    home.done(&run(&["subscribe", "--no-welcome", "ana@example.org", "--consent", "asked"]));
    add(&home, &receiver.url("dead"), &[]);
    add(&home, &receiver.url("hangs"), &[]);
    add(&home, &receiver.url("moved"), &[]);
    add(&home, &receiver.url("well"), &[]);
    receiver.on("dead", Does::Answers(500, "the disk\r\n\u{1b}[31m is full"));
    receiver.on("hangs", Does::Hangs);
    receiver.on("moved", Does::Answers(302, ""));
    see(&home, 1_475);
    see(&home, 1_750);
    assert_eq!(receiver.taken("well").len(), 2);
    assert_eq!(receiver.taken("elsewhere").len(), 0, "a redirect is not followed");
    let sent = letters(&home.path().join(".local/state/rulewatch/outbox"));
    let to_ana = sent.iter().filter(|letter| letter.header("To").contains("ana@")).count();
    assert_eq!(to_ana, 2, "letters know nothing of it");
    let waits: Vec<Json> =
        outbox(&home).into_iter().filter(|line| line["state"] == "due").collect();
    assert_eq!(waits.len(), 6);
    let tried: BTreeMap<u64, usize> = waits.iter().fold(BTreeMap::new(), |mut all, line| {
        *all.entry(line["attempts"].as_u64().unwrap()).or_default() += 1;
        all
    });
    assert_eq!(tried, BTreeMap::from([(0, 3), (1, 3)]), "the second call of each uses up no try");
    let why: String = waits.iter().map(|line| line["why"].as_str().unwrap_or_default()).collect();
    assert!(why.contains("it answered 500: the disk [31m is full"), "{why}");
    assert!(why.contains("redirects are not followed"), "{why}");

    for path in ["dead", "hangs", "moved"] {
        receiver.on(path, Does::Answers(204, ""));
    }
    home.done(&run(&["outbox", "retry", "--all"]));
    home.done(&run(&["outbox", "flush"]));
    let fees = |got: Vec<Got>| -> Vec<String> {
        got.iter().map(|got| got.json()["data"][0]["new"].to_string()).collect()
    };
    let well = fees(receiver.taken("well"));
    for path in ["dead", "hangs", "moved"] {
        assert_eq!(fees(receiver.taken(path)), well, "{path}: in the order of telling");
    }
    assert!(outbox(&home).iter().all(|line| line["state"] == "sent"));
}

#[test]
fn a_hook_that_is_gone_is_paused_and_told_and_called_again_when_somebody_says_so() {
    let (home, receiver) = (watched(), Receiver::start());
    add(&home, &receiver.url("gone"), &[]);
    receiver.on("gone", Does::Answers(410, ""));
    see(&home, 1_475);
    receiver.on("gone", Does::Answers(204, ""));
    see(&home, 1_750);
    assert_eq!(receiver.taken("gone").len(), 0, "it is not called any more");
    let letters = letters(&home.path().join(".local/state/rulewatch/outbox"));
    let told = letters.iter().filter(|letter| letter.parts().0.contains("hooks resume 1")).count();
    assert_eq!(told, 1, "the operator is told once");
    assert!(home.done(&run(&["hooks"])).contains("paused since"));
    home.done(&run(&["hooks", "resume", "1"]));
    home.done(&run(&["outbox", "flush"]));
    assert_eq!(receiver.taken("gone").len(), 2, "nothing is lost meanwhile");
    home.done(&run(&["hooks", "remove", "1"]));
    see(&home, 2_000);
    assert_eq!(receiver.taken("gone").len(), 2);
    assert_eq!(home.run(&run(&["hooks", "test", "1"])).code, Some(2));
}

#[test]
fn a_call_of_a_hook_that_is_removed_stays_given_up() {
    let (home, receiver) = (watched(), Receiver::start());
    add(&home, &receiver.url("gone"), &[]);
    receiver.on("gone", Does::Answers(400, ""));
    see(&home, 1_475);
    let database = home.path().join(".local/state/rulewatch/rulewatch.db");
    let database = rusqlite::Connection::open(database).unwrap();
    let give_up = "UPDATE hook_call SET state = 'gave_up', settled_at = due_at";
    assert_eq!(database.execute(give_up, []).unwrap(), 1);
    drop(database);
    home.done(&run(&["hooks", "remove", "1"]));
    let call = outbox(&home)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(home.run(&run(&["outbox", "retry", &call])).code, Some(1));
    assert_eq!(outbox(&home)[0]["state"], "gave_up", "nobody would make it");
}

#[test]
fn what_is_taken_back_while_its_call_is_on_its_way_is_taken_back_from_the_hook() {
    let (home, receiver) = (watched(), Receiver::start());
    add(&home, &receiver.url("late"), &[]);
    receiver.on("late", Does::Answers(503, ""));
    see(&home, 1_475);
    see(&home, 1_750);
    let mut store = Store::open(&home.path().join(".local/state/rulewatch")).unwrap();
    let now = SystemClock.now();
    let mut take = || store.lease_call(HookId(1), "another", now).unwrap().unwrap();
    let (first, second) = (take(), take());
    assert_eq!((first.body.is_some(), second.body), (true, None));
    drop(store);
    let event = second.event.as_str();
    home.done(&run(&["review", "retract", event, "--why", "a typing error"]));
    let about = outbox(&home).into_iter().filter(|line| line["event"] == event);
    assert_eq!(about.count(), 2, "the call, and what takes it back");
}

#[test]
fn an_address_that_may_not_be_called_is_refused() {
    let receiver = Receiver::start();
    let home = home(CONFIG, &catalogue());
    let refused = |url: &str| {
        let ran = home.run(&run(&["hooks", "add", url]));
        assert_eq!(ran.code, Some(2), "{url}: {ran:?}");
        ran.err
    };
    assert!(refused(&receiver.url("x")).contains("private"), "without leave");
    refused("http://169.254.169.254/latest");
    refused("http://[::ffff:10.0.0.1]/");
    refused("ftp://example.org/");
    refused("file:///etc/passwd");
    refused("https://user:secret@example.org/");
    refused("no address");
    // A name is known only when it is called.
    let contact = "[operator]\ncontact = 'a@example.org'\n";
    let home = self::home(&CONFIG.replacen("[operator]\n", contact, 1), &catalogue());
    let ran = home.run(&run(&["hooks", "add", &format!("http://localhost:{}/x", receiver.port)]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = home.run(&run(&["hooks", "test", "1"]));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("localhost (") && ran.out.contains("private"), "{ran:?}");
    assert!(receiver.taken("x").is_empty());
    let twice = watched();
    add(&twice, &receiver.url("twice"), &[]);
    assert_eq!(twice.run(&run(&["hooks", "add", &receiver.url("twice")])).code, Some(2));
    let unknown = twice.run(&run(&["hooks", "add", &receiver.url("y"), "--program", "bcpmp"]));
    assert!(unknown.err.contains("did you mean `bcpnp`"), "{}", unknown.err);
}

#[test]
fn the_daemon_calls_hooks_and_the_doctor_says_which_fail() {
    let receiver = Receiver::start();
    let page = source("fees", &receiver.url("page"));
    let home = home(&format!("{CONFIG}{HOOKS}"), &[page]);
    see(&home, 1_000);
    add(&home, &receiver.url("late"), &[]);
    receiver.on("late", Does::Answers(503, "soon"));
    see(&home, 1_475);
    let doctor = home.run(&run(&["doctor"])).out;
    assert!(doctor.contains("/…) fails since") && doctor.contains("503: soon"), "{doctor}");
    receiver.on("late", Does::Answers(204, ""));
    home.done(&run(&["outbox", "retry", "--all"]));
    let mut daemon = Daemon::start(home);
    daemon.until("it is called", |_| !receiver.taken("late").is_empty());
    assert_eq!(daemon.ends(), Some(0));
    assert_eq!(receiver.taken("late").len(), 1);
}

#[test]
fn a_test_call_says_that_it_is_one() {
    let (home, receiver) = (watched(), Receiver::start());
    let secret = add(&home, &receiver.url("json"), &[]);
    let said = home.done(&run(&["hooks", "test", "1"]));
    assert!(said.starts_with("it answered 204"), "{said}");
    let got = &receiver.taken("json")[0];
    assert_eq!(got.json()["type"], "test");
    if let Some(is_ours) = is_ours("hooks::a_test_call_says_that_it_is_one", &secret, got) {
        assert!(is_ours);
    }
    receiver.on("json", Does::Answers(403, "no"));
    let ran = home.run(&run(&["hooks", "test", "1"]));
    assert_eq!((ran.code, ran.out.trim()), (Some(3), "it answered 403: no"));
}

#[test]
fn kills_while_hooks_are_called_lose_no_call() {
    let kills: usize = std::env::var("RULEWATCH_KILLS").map_or(10, |n| n.parse().unwrap());
    let (home, receiver) = (watched(), Receiver::start());
    add(&home, &receiver.url("slow"), &[]);
    add(&home, &receiver.url("quick"), &[]);
    // Long enough that some are killed while a call is on its way.
    receiver.on("slow", Does::IsSlow(Duration::from_millis(60)));
    let mut random = fastrand::Rng::with_seed(2026);
    let mut killed = 0;
    for n in 1..=kills {
        let page = home.file("page.html", page(1_000 + n));
        let args = match n % 3 {
            0 => run(&["outbox", "flush"]),
            _ => run(&["check", "fees", "--from", &page]),
        };
        let mut command = home.command(&args);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The length of its life is what is tried here; nothing waits for it to be long enough.
        thread::sleep(Duration::from_millis(random.u64(0..700)));
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
    }
    see(&home, 5_000);
    home.done(&run(&["outbox", "flush"]));
    let events = lines(&home.done(&run(&["log", "--format", "ndjson"])));
    let events: BTreeSet<&str> =
        events.iter().map(|change| change["event"].as_str().unwrap()).collect();
    for path in ["slow", "quick"] {
        let mut by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let taken = receiver.taken(path);
        for got in &taken {
            by_id.entry(got.header("webhook-id").to_owned()).or_default().insert(got.body.clone());
        }
        assert!(by_id.values().all(|bodies| bodies.len() == 1), "a repeat is the same call");
        let told: BTreeSet<String> =
            taken.iter().map(|got| got.json()["event"].as_str().unwrap().to_owned()).collect();
        assert_eq!(told.iter().map(String::as_str).collect::<BTreeSet<_>>(), events, "{path}");
        assert_eq!(by_id.len(), events.len(), "each event is one call");
        let repeats = taken.len() - by_id.len();
        println!(
            "kills: {killed} of {kills}; {path}: {} calls, {repeats} of them twice",
            by_id.len()
        );
    }
    assert!(outbox(&home).iter().all(|line| line["state"] == "sent"));
}
