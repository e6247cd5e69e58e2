//! Looking after an installation: copies, putting one back, proof of history, what a doctor finds,
//! metrics, manual pages. With the real program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::mail_server::{Does, Mailbox};
use crate::program::{Home, lines};
use crate::world::fixture;

const STATE: &str = ".local/state/rulewatch";

/// A home with the change of 2024 in its log.
fn with_funds() -> Home {
    let home = Home::new();
    for page in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"] {
        home.done(&["check", "ircc-ee-funds", "--from", &fixture(page).display().to_string()]);
    }
    home
}

fn database(home: &Home) -> std::path::PathBuf {
    home.path().join(STATE).join("rulewatch.db")
}

/// Alters the history past its triggers, as somebody with the file could.
fn alter(home: &Home, trigger: &str, sql: &str) {
    let connection = Connection::open(database(home)).unwrap();
    connection.execute_batch(&format!("DROP TRIGGER {trigger}; {sql}")).unwrap();
}

/// Takes and gives back the write lock again and again, and writes a row each time, until it is killed.
fn writer(home: &Home) -> Child {
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)\n\
        db.execute('CREATE TABLE IF NOT EXISTS scribble (n INTEGER)')\n\
        while True: db.execute('INSERT INTO scribble VALUES (1)')\n";
    let mut command = Command::new("python3");
    command.args(["-c", script]).arg(database(home)).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn a_copy_is_whole_while_others_write_and_can_be_put_back() {
    let home = with_funds();
    let log = home.done(&["log", "--format", "ndjson"]);
    fs::create_dir(home.path().join("copies")).unwrap();
    let mut writer = writer(&home);
    let made = home.done(&["backup", "copies", "--keep", "2"]);
    writer.kill().unwrap();
    writer.wait().unwrap();
    let copy = home.path().join(made.split(": ").next().unwrap());
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600,
        "it holds addresses"
    );

    // The history goes on, and goes wrong.
    let page = fixture("ircc-ee-funds/of-2023.html").display().to_string();
    home.done(&["check", "ircc-ee-funds", "--from", &page]);
    alter(&home, "change_update", "UPDATE change SET summary_en = 'nothing happened'");
    let audit = home.run(&["audit"]);
    assert_eq!(audit.code, Some(1), "{}", audit.out);
    assert!(
        audit.out.contains("fault: ") && audit.out.contains("rulewatch restore"),
        "{}",
        audit.out
    );

    let said = home.done(&["restore", &copy.display().to_string()]);
    assert!(said.contains("what was there is"), "{said}");
    assert_eq!(home.done(&["log", "--format", "ndjson"]), log);
    assert!(home.done(&["audit"]).contains("the chain holds"));
    let aside =
        fs::read_dir(home.path().join(STATE)).unwrap().map(|entry| entry.unwrap().file_name());
    let aside: Vec<_> = aside.filter(|name| name.to_string_lossy().contains("before-")).collect();
    assert_eq!(aside.len(), 1, "what was there is kept: {aside:?}");
}

#[test]
fn only_so_many_copies_are_kept_and_nothing_else_is_touched() {
    let home = with_funds();
    for older in ["20200101T000000Z", "20210101T000000Z", "20220101T000000Z"] {
        home.file(&format!("copies/rulewatch-{older}.db"), "old");
    }
    home.file("copies/rulewatch-mine.db", "mine");
    let said = home.done(&["backup", "copies", "--keep", "2"]);
    let mut left: Vec<String> = fs::read_dir(home.path().join("copies"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left[0].contains("20220101") && left[2] == "rulewatch-mine.db", "{left:?}");
    assert_eq!(said.matches("removed ").count(), 2, "{said}");
}

#[test]
fn a_copy_overwrites_nothing_and_what_is_no_copy_is_not_put_back() {
    let home = with_funds();
    let (taken, text) = (home.file("taken.db", "x"), home.file("text.db", "no database"));
    let (empty, cut) = (home.file("empty.db", ""), home.file("cut.db", ""));
    home.done(&["backup", "whole.db"]);
    fs::write(&cut, &fs::read(home.path().join("whole.db")).unwrap()[..20_000]).unwrap();
    let no_database =
        "text.db is not whole, and was not used: it is no database; take another copy";
    for (args, code, says) in [
        (&["backup", &taken][..], 2, "is there already"),
        (&["backup", "one.db", "--keep", "3"], 2, "--keep"),
        (&["backup", "nowhere/one.db"], 3, "nowhere/one.db"),
        (&["restore", "nowhere.db"], 2, "no file nowhere.db"),
        (&["restore", &text], 3, no_database),
        (&["restore", &empty], 3, "empty.db is not whole, and was not used: it is empty"),
        (&["restore", &cut], 3, "cut.db is not whole, and was not used: part of it is damaged"),
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(code), "{args:?} {}", ran.err);
        assert!(ran.err.contains(says), "{args:?} {}", ran.err);
        assert!(!ran.err.contains("rulewatch restore"), "{args:?} {}", ran.err);
    }
    assert_eq!(fs::read_to_string(&taken).unwrap(), "x");
    assert!(home.done(&["log"]).contains("funds"), "the database is as it was");
    let left =
        fs::read_dir(home.path().join(STATE)).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("partial")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_database_that_was_emptied_is_said_and_not_replaced_without_a_word() {
    let home = with_funds();
    let database = home.path().join(STATE).join("rulewatch.db");
    for beside in ["rulewatch.db-wal", "rulewatch.db-shm"] {
        let _ = fs::remove_file(database.with_file_name(beside));
    }
    fs::write(&database, "").unwrap();
    let ran = home.run(&["log"]);
    assert!(ran.err.contains("is empty") && ran.err.contains("rulewatch restore FILE"), "{ran:?}");
    let ran = home.run(&["subscribe", "a@example.org", "--consent", "asked", "--no-welcome"]);
    assert!(ran.err.contains("the file of the database was empty"), "{ran:?}");
}

#[test]
fn a_body_that_was_altered_is_found() {
    let home = with_funds();
    alter(&home, "snapshot_update", "UPDATE snapshot SET body = zeroblob(20)");
    let audit = home.run(&["audit"]);
    assert_eq!(audit.code, Some(1));
    assert!(audit.out.contains("fault: snapshot "), "{}", audit.out);
}

#[test]
fn whatever_of_history_is_altered_is_found_and_named() {
    let home = with_funds();
    assert!(home.done(&["audit"]).contains("the chain holds"));
    let whole = fs::read(database(&home)).unwrap();
    let event = lines(&home.done(&["log", "--format", "ndjson"]))[0]["event"].clone();
    let event = format!("event {}: ", event.as_str().unwrap());
    for (table, alters, named) in [
        ("snapshot", "size_bytes = size_bytes + 1", "snapshot "),
        ("record_state", "evidence = evidence || ' '", "check_run 1: "),
        ("fact_set", "seen_at = seen_at + 1", "check_run 1: "),
        ("change", "summary_fr = summary_fr || '.'", event.as_str()),
        ("page_capture", "fetched_at = fetched_at + 1", "page_capture 1: "),
    ] {
        let first = format!("SELECT min(rowid) FROM {table}");
        let sql = format!("UPDATE {table} SET {alters} WHERE rowid = ({first})");
        alter(&home, &format!("{table}_update"), &sql);
        let audit = home.run(&["audit"]);
        assert_eq!(audit.code, Some(1), "{table}: {}", audit.out);
        assert!(audit.out.contains(&format!("fault: {named}")), "{table}: {}", audit.out);
        fs::write(database(&home), &whole).unwrap();
    }
    assert!(home.done(&["audit"]).contains("the chain holds"), "all of it is as it was");
}

#[test]
fn the_doctor_says_what_to_do_about_everything_that_is_not_well() {
    let home = Home::new();
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "without a contact no page can be asked for: {}", ran.out);
    for says in ["operator.contact", "there is no configuration file", "do: run `rulewatch check`"]
    {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }

    let home = with_funds();
    home.file(
        "rulewatch.toml",
        "[operator]\ncontact = \"ops@example.org\"\naddress = \"ops@example.org\"\n",
    );
    let said = home.done(&["doctor"]);
    assert!(said.contains("and is whole"), "{said}");
    assert!(said.contains("nothing checks or delivers here now"), "{said}");
    for finding in lines(&home.done(&["doctor", "--format", "ndjson"])) {
        let well = finding["grade"] == "ok";
        assert_eq!(finding["todo"].is_null(), well, "{finding}");
    }
    // A database that others can read, and one whose page is damaged.
    fs::set_permissions(database(&home), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(home.done(&["doctor"]).contains("chmod 600"));
    let mut bytes = fs::read(database(&home)).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(database(&home), bytes).unwrap();
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.contains("rulewatch restore FILE"), "{}", ran.out);
}

#[test]
fn a_clock_that_was_ahead_is_found() {
    let home = with_funds();
    let sql = "UPDATE source_state SET last_checked_at = last_checked_at + 86400000000";
    Connection::open(database(&home)).unwrap().execute_batch(sql).unwrap();
    let ran = home.run(&["doctor"]);
    assert!(ran.out.contains("the newest check is dated"), "{}", ran.out);
    assert_eq!(ran.code, Some(1));
}

#[test]
fn the_status_tells_a_monitor_how_things_are() {
    let home = with_funds();
    let text = home.done(&["status", "--format", "prometheus"]);
    for line in [
        "rulewatch_up 0",
        "rulewatch_changes_total 8",
        "rulewatch_source_outcome{source=\"ircc-ee-funds\",outcome=\"changed\"} 1",
        "rulewatch_source_stale{source=\"ircc-ee-funds\"} 0",
        "# TYPE rulewatch_checks_total counter",
    ] {
        assert!(text.lines().any(|has| has == line), "{line}\n{text}");
    }
    let value = |line: &str| line.rsplit(' ').next().unwrap().parse::<f64>().is_ok();
    assert!(text.lines().filter(|line| !line.starts_with('#')).all(value), "{text}");
    let text = home.done(&["status"]);
    assert!(text.contains("daemon: nothing checks or delivers here now"), "{text}");
    assert!(text.contains("never checked"), "{text}");
}

#[test]
fn a_daemon_that_lives_is_seen() {
    let home = with_funds();
    let only = home.file("only.toml", "[[source]]\nid = \"a\"\nurl = \"http://127.0.0.1:9/\"\n");
    home.file("rulewatch.toml", "[operator]\ncontact = \"ops@example.org\"\n");
    let mut daemon =
        home.command(&["run", "--sources", &only]).stderr(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    let pid = format!("is process {}", daemon.id());
    while !home.run(&["status"]).out.contains(&pid) {
        assert!(Instant::now() < end, "{}", home.run(&["status"]).out);
        thread::sleep(Duration::from_millis(100));
    }
    // A copy is made beside it; to put one back it must stop.
    home.done(&["backup", "beside.db"]);
    let ran = home.run(&["restore", "beside.db"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.err.contains("rulewatch run"), "{}", ran.err);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    home.done(&["restore", "beside.db"]);
}

#[test]
fn manual_pages_and_completions_name_every_command() {
    let home = Home::new();
    fs::create_dir(home.path().join("man")).unwrap();
    home.done(&["man", "man"]);
    let page = |name: &str| fs::read_to_string(home.path().join("man").join(name)).unwrap();
    let help = home.done(&["help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let mut asks = home.command(&["--", "rulewatch", ""]);
    let asked = asks.env("RULEWATCH_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "1").output();
    let bash = String::from_utf8(asked.unwrap().stdout).unwrap();
    for command in commands {
        assert!(page(&format!("rulewatch-{command}.1")).starts_with(".ie"), "{command}");
        assert!(bash.contains(command), "{command}");
    }
    assert!(page("rulewatch.1").contains("Canadian immigration"));
    let ran = home.run(&["man", "nowhere"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
}

#[test]
fn the_doctor_asks_the_mail_server_and_sends_nothing() {
    let server = Mailbox::start();
    let home = Home::new();
    let only = home.file("only.toml", "[[source]]\nid = \"a\"\nurl = \"http://127.0.0.1:9/\"\n");
    let port = server.port;
    home.file(
        "rulewatch.toml",
        format!(
            "[operator]\ncontact = \"ops@example.org\"\naddress = \"ops@example.org\"\n\
             [mail]\ntransport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n\
             from = \"alerts@example.org\"\n"
        ),
    );
    let ask = || home.run(&["doctor", "--live", "--sources", &only]);
    let ran = ask();
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("127.0.0.1 takes letters from alerts@example.org"), "{}", ran.out);
    assert!(ran.out.contains("all 2 hosts have an address"), "{}", ran.out);
    assert_eq!((server.told("RCPT TO"), server.told("DATA")), (1, 0));
    server.at("rcpt", Does::Answers("550 5.7.1 relaying denied"));
    let ran = ask();
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(
        ran.out.contains("relaying denied") && ran.out.contains("do: see [mail]"),
        "{}",
        ran.out
    );
}
