//! What the world outside asks of us, or keeps from us, as the program lives with it over its restarts.

use rulewatch::store::Store;

use crate::left_out::left_out;
use crate::mail_server::{Does, Mailbox};
use crate::program::{Home, Ran};
use crate::site::{Site, answer, with};

/// A source without a recipe.
pub(crate) fn source(id: &str, url: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nprogram = \"bcpnp\"\njurisdiction = \"BC\"\nurl = \"{url}\"\n"
    )
}

/// A home with a catalogue, that may ask this machine.
pub(crate) fn home(sources: &str) -> Home {
    let home = Home::new();
    home.file(
        "rulewatch.toml",
        "[operator]\naddress = 'operator@example.org'\n\
         [fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n",
    );
    home.file("sources.toml", sources);
    home
}

/// Runs the program while servers of the test answer.
pub(crate) fn run(home: &Home, args: &[&str]) -> Ran {
    tokio::task::block_in_place(|| home.run(&[&["--sources", "sources.toml"], args].concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_asks_outlives_the_program() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        // Whatever the hour, a schedule fires within two days.
        "/busy" => with(answer(429, ""), "retry-after", "172800"),
        _ => answer(200, "<p>A page.</p>"),
    })
    .await;
    let sources = ["busy", "other"].map(|name| source(name, site.url(name).as_str()));
    let home = home(&sources.concat());
    let busy = run(&home, &["check", "busy"]);
    assert!(busy.out.contains("asks to be left alone until"), "{busy:?}");
    let other = run(&home, &["check", "other"]);
    assert!(other.out.contains("asks to be left alone until"), "{other:?}");
    assert_eq!(site.paths(), ["/busy"], "nothing is asked meanwhile");
    assert_eq!(site.asked_for_robots(), 1, "what it said is known");
    let status = run(&home, &["status"]).out;
    assert!(status.contains("127.0.0.1 is left alone until"), "{status}");
    let status = run(&home, &["status", "--format", "ndjson"]).lines();
    let moment = |at: &serde_json::Value| at.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let listed = run(&home, &["sources", "list", "--format", "ndjson"]).lines();
    let wait = status.iter().find(|line| line["type"] == "wait").unwrap();
    let named: Vec<_> =
        status.iter().filter(|line| line["type"] == "status").chain(&listed).collect();
    assert!(named.len() > listed.len() && !listed.is_empty(), "{status:?}");
    for line in named {
        assert_eq!(
            moment(&line["next_at"]),
            moment(&wait["until"]),
            "a schedule fires before: {line}"
        );
    }
    assert_eq!((&wait["host"], &wait["seconds"]), (&"127.0.0.1".into(), &172_800.into()));

    // A clock that was ahead when the host asked: the wait counts from now.
    let state = home.path().join(".local/state/rulewatch");
    let mut store = Store::open(&state).unwrap();
    let mut known = store.manners().unwrap();
    let asked = known[0].1.wait.as_mut().unwrap();
    asked.asked_at += jiff::SignedDuration::from_hours(24 * 365);
    asked.length = std::time::Duration::from_secs(0);
    store.keep_manners(&known).unwrap();
    drop(store);
    let again = run(&home, &["check", "other"]);
    assert!(again.out.contains("baseline"), "{again:?}");
    let status = run(&home, &["status"]).out;
    assert!(!status.contains("is left alone"), "{status}");
}

#[test]
fn what_cannot_be_read_back_of_a_host_keeps_nothing_from_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let hosts = ["a.example", "b.example"].map(|host| (host.to_owned(), Default::default()));
    store.keep_manners(&hosts).unwrap();
    let other = rusqlite::Connection::open(directory.path().join("rulewatch.db")).unwrap();
    other.execute("UPDATE host SET manners = '{' WHERE name = 'a.example'", []).unwrap();
    let known: Vec<String> = store.manners().unwrap().into_iter().map(|(host, _)| host).collect();
    assert_eq!(known, ["b.example"]);
}

/// A home whose letters go to a mail server of the test, with a letter to the operator to send.
fn home_with_mail(port: u16) -> Home {
    let home = home("");
    home.file(
        "rulewatch.toml",
        format!(
            "[operator]\naddress = 'operator@example.org'\n[mail]\ntransport = 'smtp'\nhost = '127.0.0.1'\n\
             port = {port}\ntls = 'none'\nfrom = 'alerts@rules.example.org'\nanswer_seconds = 1\n\
             [fetch]\nallow_private = ['127.0.0.0/8']\ngap_seconds = 0\n"
        ),
    );
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_cannot_be_sent_are_said_everywhere_and_go_when_they_can() {
    let site = Site::start(|_, _| answer(404, "")).await;
    let server = Mailbox::start();
    let home = home_with_mail(server.port);
    home.file("sources.toml", source("gone", site.url("gone").as_str()));
    server.at("mail", Does::Answers("550 5.7.1 sender not verified"));

    let check = run(&home, &["check"]);
    assert_eq!(check.code, Some(3), "{check:?}");
    assert!(
        check.err.contains("waiting 1") && check.err.contains("sender not verified"),
        "{check:?}"
    );
    let outbox = run(&home, &["outbox"]);
    assert!(outbox.out.contains("all wait: naming the sender (MAIL)"), "{outbox:?}");
    assert!(!outbox.out.contains("gave_up"), "{outbox:?}");
    let status = run(&home, &["status"]);
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(status.out.contains("no letter can be sent since"), "{status:?}");
    let lines = run(&home, &["status", "--format", "ndjson"]).lines();
    let mail = lines.iter().find(|line| line["type"] == "mail").unwrap();
    assert_eq!((&mail["step"], &mail["code"]), (&"mail".into(), &550.into()));
    assert_eq!((&mail["about"], &mail["pending"]), (&"us".into(), &1.into()));
    // A second check does not ask again; a flush does, because somebody wants to know.
    run(&home, &["check"]);
    assert_eq!(server.connections(), 1);
    assert_eq!(run(&home, &["outbox", "flush"]).code, Some(3));
    assert_eq!(server.connections(), 2);

    server.is_well();
    let retried = run(&home, &["outbox", "retry", "--all"]);
    assert!(retried.out.contains("1 letters are due again"), "{retried:?}");
    let flushed = run(&home, &["outbox", "flush"]);
    assert_eq!((flushed.code, server.taken().len()), (Some(0), 1), "{flushed:?}");
    assert_eq!(run(&home, &["status"]).code, Some(0));
    assert!(run(&home, &["outbox"]).out.contains("sent"));
}

/// Runs the program as an ordinary user, to whom the files of a home's state are closed; `None` where nobody may
/// become another user.
fn run_as_nobody(home: &Home, args: &[&str]) -> Option<Ran> {
    let plain = home.command(args);
    let mut other = std::process::Command::new("setpriv");
    other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).env_clear();
    other.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home.path());
    other.arg(plain.get_program()).args(plain.get_args()).current_dir(home.path());
    let ran = Ran::of(other.stdin(std::process::Stdio::null()).output().ok()?);
    // Who is not root cannot, and a program in a closed folder cannot be reached.
    let is_kept_out = ran.err.starts_with("setpriv: ");
    (!is_kept_out).then_some(ran)
}

#[test]
fn what_belongs_to_another_is_said_as_that() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home(&source("fees", "https://example.org/fees"));
    let page = home.file("page.html", "<main><h1>Fees</h1><p>The fee is $20.</p></main>");
    let check = ["--sources", "sources.toml", "check", "fees", "--from", &page];
    home.done(&check);
    let open = |folder: &std::path::Path, mode| {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    [home.path(), &home.path().join(".local"), &home.path().join(".local/state")]
        .iter()
        .for_each(|folder| open(folder, 0o755));
    let state = home.path().join(".local/state/rulewatch");
    let commands = [&["log"][..], &["status"], &["facts"], &["outbox"], &check[2..], &["doctor"]];
    // The folder is closed, then the file in it, then what SQLite keeps beside the file.
    for (folder, file) in [(0o700, 0o600), (0o755, 0o600), (0o755, 0o644)] {
        open(&state, folder);
        open(&state.join("rulewatch.db"), file);
        for command in commands {
            let Some(ran) = run_as_nobody(&home, &[&check[..2], command].concat()) else {
                return left_out("what belongs to another", "nobody else can run the program here");
            };
            let code = if command == ["doctor"] { 1 } else { 3 };
            assert_eq!(ran.code, Some(code), "{command:?} {ran:?}");
            let said = format!("{}{}", ran.out, ran.err);
            assert!(
                said.contains("permission denied: run as the user who owns"),
                "{command:?} {ran:?}"
            );
            assert!(!said.contains("no database"), "{command:?} {ran:?}");
        }
    }
}
