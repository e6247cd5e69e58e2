//! What is written for others to use: by tools that know nothing of this program.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::left_out::left_out;
use crate::program::{Home, lines};
use crate::world::fixture;

const FUNDS: &str = "ircc-ee-funds";

/// A home with two pages of the funds, one of them imported, a subscriber and a letter.
fn home() -> Home {
    let home = Home::new();
    home.subscribe_ana();
    for (n, page) in ["ircc-ee-funds/of-2023.html", "ircc-ee-funds/of-2024.html"].iter().enumerate()
    {
        let page = fs::read(fixture(page)).unwrap();
        home.file(&format!("old/2024-06-0{}T1200.html", n + 1), page);
    }
    let old = home.path().join("old").display().to_string();
    home.done(&["import", "--source", FUNDS, &old]);
    let of_2024 = fixture("ircc-ee-funds/of-2024.html").display().to_string();
    home.done(&["check", FUNDS, "--from", &of_2024]);
    let of_2023 = fixture("ircc-ee-funds/of-2023.html").display().to_string();
    home.done(&["check", FUNDS, "--from", &of_2023]);
    home
}

#[test]
fn tables_have_every_change_a_meaning_for_each_column_and_nobody_in_them() {
    let home = home();
    let changes = lines(&home.done(&["log", "--format", "ndjson"]));
    assert_eq!(changes.len(), 16);
    home.done(&["export", "--format", "csv", "--to", "csv"]);
    home.done(&["export", "--format", "json", "--to", "json"]);
    let state = ".local/state/rulewatch";
    home.done(&["--state", state, "export", "--format", "sqlite", "--to", "rules.db"]);
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    let meanings = read("csv/columns.csv");
    for name in ["changes", "record_values", "checks", "pages"] {
        let csv = read(&format!("csv/{name}.csv"));
        let json = lines(&read(&format!("json/{name}.ndjson")));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let head = reader.headers().unwrap().clone();
        assert_eq!(reader.records().map(Result::unwrap).count(), json.len(), "{name}");
        for column in &head {
            assert!(
                meanings.contains(&format!("{name},{column},")),
                "{name}.{column} has a meaning"
            );
        }
        let keys: Vec<&str> = json[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(head.iter().collect::<Vec<_>>(), keys);
        let database = rusqlite::Connection::open(home.path().join("rules.db")).unwrap();
        let sql = format!("SELECT count(*) FROM {name}");
        let rows: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(usize::try_from(rows).unwrap(), json.len(), "{name}");
        let all = csv + &read(&format!("json/{name}.ndjson"));
        assert!(!all.contains("ana@") && !all.contains("asked"), "{name} names somebody");
    }
    let json = lines(&read("json/changes.ndjson"));
    for (row, change) in json.iter().zip(&changes) {
        for name in ["id", "event", "kind", "record", "severity", "effective_on"] {
            assert_eq!(row[name], change[name], "{name}");
        }
    }
    let bytes = fs::read(home.path().join("rules.db")).unwrap();
    let holds = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(!holds(b"ana@example.org"), "no address in the database");
    let again = home.run(&["export", "--format", "csv", "--to", "csv"]);
    assert_eq!(again.code, Some(2), "{}", again.err);
    assert!(again.err.contains("there already"), "{}", again.err);
}

/// Runs a tool for web archives; none where the Python of the tests has it not.
fn tool(test: &str, module: &str, args: &[&str]) -> Option<std::process::Output> {
    let python = std::env::var_os("RULEWATCH_TEST_PYTHON");
    let has = |python: &Path| {
        let asked = Command::new(python).args(["-c", "import warcio"]).output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    let Some(python) = python.filter(|python| has(Path::new(python))) else {
        left_out(test, "no warcio");
        return None;
    };
    Some(Command::new(python).args(["-m", module]).args(args).output().unwrap())
}

#[test]
fn an_independent_tool_validates_and_indexes_the_web_archive() {
    let home = home();
    let said = home.done(&["export", "--format", "warc", "--to", "all.warc.gz"]);
    assert!(said.contains("4 pages"), "{said}");
    let path = home.path().join("all.warc.gz").display().to_string();
    let test = "exporting::an_independent_tool_validates_and_indexes_the_web_archive";
    let Some(checked) = tool(test, "warcio.cli", &["check", "-v", &path]) else { return };
    let out = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{out}{}", String::from_utf8_lossy(&checked.stderr));
    // It lets pass what has no digest: every record has one. The info, and two for each page.
    assert_eq!(out.matches("digest pass").count(), 9, "{out}");
    let index =
        tool(test, "warcio.cli", &["index", "-f", "warc-type,warc-target-uri", &path]).unwrap();
    let rows = lines(&String::from_utf8_lossy(&index.stdout));
    let resources: Vec<&Json> = rows.iter().filter(|row| row["warc-type"] == "resource").collect();
    assert_eq!(resources.len(), 4, "{rows:?}");
    let target = |row: &Json| row["warc-target-uri"].as_str().unwrap_or_default().to_owned();
    assert!(target(resources[0]).ends_with("proof-funds.html"));
    // A reader finds captures by their address: only the pages have one.
    let with_address = rows.iter().filter(|row| target(row).starts_with("https://")).count();
    assert_eq!(with_address, 4, "{rows:?}");
    // A byte that is altered is seen by it, so it does look.
    let mut bytes = fs::read(home.path().join("all.warc.gz")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let altered = home.file("altered.warc.gz", &bytes);
    let checked = tool(test, "warcio.cli", &["check", "-v", &altered]).unwrap();
    let out = String::from_utf8_lossy(&checked.stdout);
    assert!(!checked.status.success() || out.matches("digest pass").count() < 9, "{out}");
}

/// A server of a web archive that is none of ours, until it is dropped.
struct Replaying {
    child: Child,
    port: u16,
}

impl Replaying {
    /// Serves an archive as the collection `test`; none where the Python of the tests has no such server.
    fn start(test: &str, home: &Home, archive: &str) -> Option<Self> {
        let python = std::env::var_os("RULEWATCH_TEST_PYTHON").unwrap_or_default();
        let program = |name: &str| Path::new(&python).with_file_name(name);
        if !program("wayback").is_file() {
            left_out(test, "no pywb");
            return None;
        }
        let folder = home.path().join("replay");
        fs::create_dir(&folder).unwrap();
        for args in [&["init", "test"][..], &["add", "test", archive]] {
            let mut manager = Command::new(program("wb-manager"));
            let done = manager.args(args).current_dir(&folder).output().unwrap();
            assert!(done.status.success(), "{args:?} {}", String::from_utf8_lossy(&done.stderr));
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut server = Command::new(program("wayback"));
        server.args(["-b", "127.0.0.1", "-p", &port.to_string()]).current_dir(&folder);
        let child = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let replaying = Self { child, port };
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "it does not begin");
            thread::sleep(Duration::from_millis(50));
        }
        Some(replaying)
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        assert!(head.lines().next().unwrap().contains(" 200 "), "{path}: {head}");
        answer.split_off(end + 4)
    }
}

impl Drop for Replaying {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_independent_tool_replays_the_web_archive() {
    let home = home();
    home.done(&["export", "--format", "warc", "--to", "all.warc.gz"]);
    let archive = home.path().join("all.warc.gz").display().to_string();
    let test = "exporting::an_independent_tool_replays_the_web_archive";
    let Some(replaying) = Replaying::start(test, &home, &archive) else { return };
    let url = lines(&home.done(&["log", "--format", "ndjson"]))[0]["evidence"]["url"].clone();
    let url = url.as_str().unwrap();
    // Every page is found by its address, with its time and the digest that its change names.
    let index = replaying.get(&format!("/test/cdx?url={url}&output=json"));
    let rows = lines(&String::from_utf8(index).unwrap());
    assert_eq!(rows.len(), 4, "{rows:?}");
    let digests: BTreeSet<&str> = rows.iter().filter_map(|row| row["digest"].as_str()).collect();
    assert_eq!(digests.len(), 2, "two of the four are the same page: {rows:?}");
    assert!(digests.iter().all(|digest| digest.starts_with("sha256:")), "{digests:?}");
    // Each time has its own page, byte for byte as it came.
    for (moment, page) in [("20240601120000", "of-2023"), ("20240602120000", "of-2024")] {
        assert!(rows.iter().any(|row| row["timestamp"] == *moment), "{moment}: {rows:?}");
        let raw = replaying.get(&format!("/test/{moment}id_/{url}"));
        let page = fs::read(fixture(&format!("ircc-ee-funds/{page}.html"))).unwrap();
        assert_eq!(String::from_utf8_lossy(&raw), String::from_utf8_lossy(&page), "{moment}");
    }
}

#[test]
fn a_web_archive_of_ours_is_imported_with_the_same_history() {
    let home = home();
    home.done(&["export", "--format", "warc", "--source", FUNDS, "--to", "funds.warc.gz"]);
    let other = Home::new();
    let archive = home.path().join("funds.warc.gz").display().to_string();
    let said = other.done(&["import", "--source", FUNDS, &archive]);
    assert!(said.contains("4 pages imported") && said.contains("16 changes"), "{said}");
    let values = |home: &Home| -> Vec<(String, String)> {
        let lines = lines(&home.done(&["log", "--format", "ndjson"]));
        lines.iter().map(|line| (line["old"].to_string(), line["new"].to_string())).collect()
    };
    assert_eq!(values(&other), values(&home));
    let none = other.run(&["import", "--source", "ircc-ee-rounds", &archive]);
    assert_eq!(none.code, Some(2), "{}", none.err);
    assert!(none.err.contains("has no page of `ircc-ee-rounds`"), "{}", none.err);
    let torn = fs::read(&archive).unwrap();
    let torn = other.file("torn.warc.gz", &torn[..torn.len() / 2]);
    let ran = other.run(&["import", "--source", FUNDS, &torn]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("reading the web archive"), "{}", ran.err);
}

#[test]
fn the_evidence_for_a_change_can_be_checked_without_this_program() {
    let home = home();
    let change = lines(&home.done(&["log", "--format", "ndjson"]))[0].clone();
    let id = change["id"].as_str().unwrap();
    let shown = home.done(&["show", id]);
    for words in ["[-$13,757-]{+$14,690+}", "page before", "page now", "imported: file 2024-06-02"]
    {
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
    assert!(shown.contains("on the page:"), "in context: {shown}");
    home.done(&[
        "show",
        id,
        "--bundle",
        "bundle",
        "--html",
        "change.html",
        "--open-snapshot",
        "page.html",
    ]);
    let file = |name: &str| fs::read(home.path().join(name)).unwrap();
    let after = fs::read(fixture("ircc-ee-funds/of-2024.html")).unwrap();
    assert_eq!(file("page.html"), after, "as it was received");
    assert_eq!(file("bundle/after.html"), after);
    assert_eq!(
        file("bundle/before.html"),
        fs::read(fixture("ircc-ee-funds/of-2023.html")).unwrap()
    );
    let sums = Command::new("sha256sum")
        .args(["-c", "SHA256SUMS"])
        .current_dir(home.path().join("bundle"))
        .output()
        .unwrap();
    assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stdout));
    let html = String::from_utf8(file("change.html")).unwrap();
    assert_eq!(html.as_bytes(), file("bundle/change.html"));
    for words in ["<del>$13,757</del>", "<ins>$14,690</ins>", "default-src 'none'", "Unofficial"] {
        assert!(html.contains(words), "{words}:\n{html}");
    }
    // An event and a delivery name their changes too.
    let event = change["event"].as_str().unwrap();
    assert_eq!(lines(&home.done(&["show", event, "--format", "ndjson"])).len(), 8);
    let letter = lines(&home.done(&["outbox", "list", "--format", "ndjson"]))[0].clone();
    let told = lines(&home.done(&["show", letter["id"].as_str().unwrap(), "--format", "ndjson"]));
    assert_eq!(told.len(), 8, "{letter}");
    assert_eq!(home.run(&["show", event, "--html", "x.html"]).code, Some(2), "name one");
}

#[test]
fn a_page_that_is_json_is_in_the_evidence_beside_how_it_came() {
    let home = Home::new();
    let pages = ["cut-off-490", "cut-off-507"].map(|page| {
        let page = fixture(&format!("ircc-ee-rounds/{page}.json"));
        home.run(&["check", "ircc-ee-rounds", "--from", &page.display().to_string()]);
        fs::read(page).unwrap()
    });
    let change = lines(&home.done(&["log", "--format", "ndjson"]))[0].clone();
    let said = home.done(&["show", change["id"].as_str().unwrap(), "--bundle", "bundle"]);
    let file = |name: &str| fs::read(home.path().join("bundle").join(name)).unwrap();
    assert_eq!([file("before.json"), file("after.json")], pages);
    for (side, hash) in [("before", None), ("after", Some(&change["evidence"]["snapshot"]))] {
        let how: Json = serde_json::from_slice(&file(&format!("{side}.capture.json"))).unwrap();
        let own = format!("sha256:{}", how["sha256"].as_str().unwrap());
        assert!(hash.is_none_or(|hash| *hash == own), "{how}");
    }
    let named: Vec<&str> = said.trim().split(": ").nth(1).unwrap().split(", ").collect();
    let written = fs::read_dir(home.path().join("bundle")).unwrap().count();
    assert_eq!(named.len(), written, "each file has a name of its own: {said}");
}
