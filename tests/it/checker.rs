//! The process that makes the daemon's checks: it comes with the first of them and goes after the last, and
//! what befalls it befalls the daemon and the other sources not.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::daemon::{CONFIG, Daemon, Server, home, source};
use crate::program::{Home, Ran};
use crate::site::{Site, answer, with};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

const PAGE: &str =
    "<html><body><main><h1>Fees</h1><p>A page of few words.</p></main></body></html>";

/// The value of a line of `/proc/PID/status`: its first number.
pub(crate) fn status(pid: u32, line: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status.lines().find_map(|of| of.strip_prefix(line)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse().ok()
}

/// What a process has in memory, in kB: its own, and that of files.
pub(crate) fn memory(pid: u32) -> [u64; 2] {
    ["RssAnon", "RssFile"].map(|line| status(pid, line).unwrap())
}

/// The processes that a daemon, or a command, has started and that still run.
pub(crate) fn checkers(of: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().map_while(Result::ok);
    let all = all.filter_map(|process| process.file_name().to_str()?.parse().ok());
    all.filter(|pid| status(*pid, "PPid") == Some(of.into())).collect()
}

fn end(pid: u32) {
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
}

/// A daemon that waits for a page, with its checker.
fn at_work(server: &Server) -> (Daemon, u32) {
    let sources = [source("plain", &server.url("plain")), source("slow", &server.url("slow"))];
    let mut daemon = Daemon::start(home(CONFIG, &sources));
    server.is_asked_for("slow");
    daemon.until("the other source is checked", |daemon| daemon.outcome("plain").is_some());
    let found = checkers(daemon.pid());
    let [checker] = found[..] else { panic!("not one checker: {found:?}\n{}", daemon.log()) };
    (daemon, checker)
}

#[test]
fn a_checker_goes_when_there_is_nothing_to_check_and_with_the_daemon() {
    let server = Server::start();
    let (mut daemon, first) = at_work(&server);
    server.go_on();
    daemon.until("the page is read", |daemon| daemon.outcome("slow").is_some());
    daemon.until("the checker goes", |daemon| checkers(daemon.pid()).is_empty());

    let mut asks = daemon.home.command(&["--sources", "sources.toml", "check", "slow"]);
    let mut asks = asks.stdout(Stdio::null()).spawn().unwrap();
    server.is_asked_for("slow");
    let second = checkers(daemon.pid());
    assert!(second.len() == 1 && second[0] != first, "{first}, then {second:?}");
    daemon.signal("-KILL");
    until_ended(second[0]);
    asks.kill().unwrap();
    asks.wait().unwrap();
}

/// Waits until a process has gone after the one that started it.
#[track_caller]
fn until_ended(pid: u32) {
    let end = Instant::now() + PATIENCE;
    while !has_ended(pid) {
        assert!(Instant::now() < end, "{pid} outlives the process that started it");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process has ended, even if whoever took it over has not seen that yet.
fn has_ended(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    status.map_or(true, |status| status.contains("State:\tZ"))
}

#[test]
fn a_checker_that_is_killed_takes_only_what_it_was_at() {
    let server = Server::start();
    let (mut daemon, checker) = at_work(&server);
    end(checker);
    daemon.until("it is said", |daemon| daemon.log().contains("ended in the middle"));
    assert_eq!(daemon.outcome("slow"), None);
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "plain"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let next = checkers(daemon.pid());
    assert!(next.len() == 1 && next[0] != checker, "{checker}, then {next:?}");
    assert_eq!(daemon.stop(), Some(0));
}

/// The most data in MB that a process may have.
fn bound(pid: u32) -> u64 {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max data size")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() >> 20
}

#[test]
fn a_page_that_ends_its_checker_is_read_apart_and_is_broken_if_it_ends_that_one_too() {
    let server = Server::start();
    let (mut daemon, first) = at_work(&server);
    assert_eq!(bound(first), 512);
    end(first);
    daemon.until("it is said", |daemon| daemon.log().contains("ended in the middle"));
    let ask = |daemon: &Daemon| {
        let mut asks = daemon.home.command(&["--sources", "sources.toml", "check", "slow"]);
        asks.stdout(Stdio::piped()).spawn().unwrap()
    };
    let asks = ask(&daemon);
    server.is_asked_for("slow");
    let apart = checkers(daemon.pid());
    assert!(apart.len() == 1 && bound(apart[0]) == 128, "{apart:?}");
    // Another check is made meanwhile, with the others.
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "plain"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    end(apart[0]);
    let said = asks.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(3), "{said:?}");
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("broken") && said.contains("a check may take 64 MB of memory"), "{said}");
    assert_eq!(daemon.outcome("slow").as_deref(), Some("broken"));

    // Once it can be read, it is checked with the others again. The server still waits to answer who is gone.
    server.go_on();
    server.go_on();
    let asks = ask(&daemon);
    server.is_asked_for("slow");
    server.go_on();
    assert_eq!(asks.wait_with_output().unwrap().status.code(), Some(0));
    let asks = ask(&daemon);
    server.is_asked_for("slow");
    assert!(checkers(daemon.pid()).into_iter().all(|pid| bound(pid) == 512));
    server.go_on();
    assert_eq!(asks.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(daemon.stop(), Some(0));
}

/// A page as large as may be, and less memory than that takes.
#[test]
fn more_memory_than_a_checker_may_have_ends_it() {
    let nodes = "<p>words ".repeat(24_000) + &"<i></i>".repeat(90_000);
    for (body, is_read) in [("<p>A page of few words.</p>", true), (nodes.as_str(), false)] {
        let home = home(CONFIG, &[source("plain", "https://example.org/plain")]);
        let args = ["--sources", "sources.toml", "checker", "--memory", "32"];
        let mut command = home.command(&args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut checker = command.spawn().unwrap();
        let page = format!("<html><body><main><h1>Fees</h1>{body}</main></body></html>");
        let page = data_encoding::BASE64.encode(page.as_bytes());
        let order = serde_json::json!({
            "number": 1, "check": "asked", "source": "plain", "page": page,
        });
        let mut orders = checker.stdin.take().unwrap();
        writeln!(orders, "{order}").unwrap();
        let mut answers = BufReader::new(checker.stdout.take().unwrap()).lines();
        answers.next().expect("it is ready").unwrap();
        let answer = answers.next().map(Result::unwrap);
        assert_eq!(answer.is_some(), is_read, "{answer:?}");
        drop(orders);
        let ended = checker.wait_with_output().unwrap();
        assert_eq!(ended.status.success(), is_read, "{ended:?}");
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(said.contains("memory allocation of"), !is_read, "{said}");
    }
}

/// A command under a bound of the system on its data, in kB: no page that the counts allow takes what a check may.
fn bounded(home: &Home, kilobytes: u32, args: &[&str]) -> Ran {
    let whole = home.command(args);
    let mut bounded = Command::new("sh");
    bounded.args(["-c", &format!("ulimit -d {kilobytes} && exec \"$@\""), "sh"]);
    bounded.arg(whole.get_program()).args(whole.get_args()).current_dir(home.path());
    Ran::of(bounded.env_clear().env("HOME", home.path()).output().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_takes_more_than_a_command_may_have_is_broken_and_the_rest_is_checked() {
    let nodes = "<p>words ".repeat(24_000) + &"<i></i>".repeat(90_000);
    let large = format!("<html><body><main><h1>Fees</h1>{nodes}</main></body></html>");
    let site = Site::whole(move |asked, _| match asked.path.as_str() {
        "/robots.txt" => answer(404, ""),
        "/large" => with(answer(200, large.clone()), "content-type", "text/html"),
        _ => with(answer(200, PAGE), "content-type", "text/html"),
    });
    let site = site.await;
    let plain = |id: &str| format!("[[source]]\nid = '{id}'\nurl = '{}'\n", site.url(id));
    let home = home(CONFIG, &["first", "large", "last"].map(plain));
    let ran = bounded(&home, 36 << 10, &["--sources", "sources.toml", "check"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let said: Vec<&str> = ran.out.lines().collect();
    let [first, large, last] = said[..] else { panic!("{ran:?}") };
    assert!(first.starts_with("first") && first.contains("baseline"), "{ran:?}");
    assert!(last.starts_with("last") && last.contains("baseline"), "{ran:?}");
    assert!(large.contains("broken") && large.contains("a check may take 64 MB"), "{ran:?}");
    let asked: Vec<_> = site.paths().into_iter().filter(|path| path != "/robots.txt").collect();
    assert_eq!(asked, ["/first", "/large", "/large", "/last"]);
    let page = home.file("page.html", PAGE);
    let ran =
        bounded(&home, 36 << 10, &["--sources", "sources.toml", "check", "large", "--from", &page]);
    assert_eq!(ran.code, Some(0), "once it is smaller it is read: {ran:?}");
}

#[test]
fn a_check_that_is_killed_leaves_no_process_behind() {
    let server = Server::start();
    let home = home(CONFIG, &[source("slow", &server.url("slow"))]);
    let mut check = home.command(&["--sources", "sources.toml", "check"]).spawn().unwrap();
    server.is_asked_for("slow");
    let inside = checkers(check.id());
    assert_eq!(inside.len(), 1);
    check.kill().unwrap();
    check.wait().unwrap();
    until_ended(inside[0]);
}

#[test]
fn a_check_that_is_asked_for_and_lost_is_answered() {
    let server = Server::start();
    let (mut daemon, first) = at_work(&server);
    server.go_on();
    daemon.until("the page is read", |daemon| daemon.outcome("slow").is_some());
    let mut asks = daemon.home.command(&["--sources", "sources.toml", "check", "slow"]);
    let asks = asks.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    server.is_asked_for("slow");
    checkers(daemon.pid()).into_iter().for_each(end);
    let said = asks.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(3), "{said:?}, {first}");
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("slow: the process that made the check ended in the middle"), "{said}");
}

#[test]
fn large_pages_that_people_saved_go_to_the_checker_side_by_side() {
    let server = Server::start();
    let (daemon, _) = at_work(&server);
    let page = "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
        <p>The fee to apply to Skills Immigration is $1,475.</p>";
    // Far more than a pipe holds.
    let words = format!("<p>{}</p>", "Keep a copy of what you send. ".repeat(20)).repeat(500);
    let file = daemon.home.file("page.html", format!("{page}{words}</main></body></html>"));
    let asks = || {
        let args = ["--sources", "sources.toml", "check", "plain", "--from", &file];
        daemon.home.command(&args).stdout(Stdio::piped()).spawn().unwrap()
    };
    for ask in [asks(), asks(), asks()] {
        let said = ask.wait_with_output().unwrap();
        assert_eq!(said.status.code(), Some(0), "{said:?}\n{}", daemon.log());
    }
    assert_eq!(checkers(daemon.pid()).len(), 1);
}

#[test]
fn an_edited_configuration_is_not_read_before_it_is_reloaded() {
    let server = Server::start();
    let (mut daemon, checker) = at_work(&server);
    let catalogue = fs::read_to_string(daemon.home.path().join("sources.toml")).unwrap();
    daemon.home.file("sources.toml", catalogue.replace("/plain", "/elsewhere"));
    end(checker);
    daemon.until("it is said", |daemon| daemon.log().contains("ended in the middle"));
    let check = || daemon.home.run(&["--sources", "sources.toml", "check", "plain"]);
    assert_eq!(check().code, Some(0), "the daemon makes it itself");
    assert_eq!(check().code, Some(0));
    server.is_asked_for("plain");
    let log = daemon.log();
    assert_eq!(log.matches("the configuration was edited since it was read").count(), 1, "{log}");
    assert_eq!(checkers(daemon.pid()), [0; 0]);

    daemon.signal("-HUP");
    daemon.until("the new one is in use", |daemon| daemon.log().contains("new configuration"));
    let ran = daemon.home.run(&["--sources", "sources.toml", "check", "plain"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    server.is_asked_for("elsewhere");
    assert_eq!(checkers(daemon.pid()).len(), 1);
}
