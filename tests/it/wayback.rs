//! The Wayback Machine, as a server on loopback that speaks its protocol with its quirks.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;

use crate::program::{Home, lines};
use crate::site::{Asked, Site, answer, gzip, redirect, with};
use crate::world::fixture;

const FUNDS: &str = "ircc-ee-funds";

const ORIGINAL: &str = "https://www.canada.ca/en/immigration-refugees-citizenship/services/\
    immigrate-canada/express-entry/documents/proof-funds.html";

fn page(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

/// What the archive has: stamp, media type, status, digest. In no good order, as for several addresses.
const LISTED: [(&str, &str, &str, &str); 9] = [
    ("20230501100000", "text/html", "200", "AAAA"),
    ("20230601100000", "text/html", "301", "RRRR"),
    ("20230701100000", "warc/revisit", "-", "AAAA"),
    ("20230801100000", "text/html", "200", "AAAA"),
    ("20230901100000", "text/html", "200", "CCCC"),
    ("20240101100000", "text/html", "503", "EEEE"),
    ("20240610100000", "text/html", "200", "BBBB"),
    ("20240701100000", "text/html", "200", "NNNN"),
    ("20240801100000", "text/html", "200", "BBBB"),
];

fn list() -> String {
    let mut rows =
        vec![["timestamp", "original", "mimetype", "statuscode", "digest"].map(str::to_owned)];
    rows.extend(LISTED.map(|(stamp, media, status, digest)| {
        [stamp, ORIGINAL, media, status, digest].map(str::to_owned)
    }));
    serde_json::to_string(&rows).unwrap()
}

/// Answers as the archive does: the first page it is asked for after asking to be left alone for a second; one
/// as bytes of gzip that nothing announces; one as a block page; one by leading to another capture.
fn archive(asked: &Asked, n: usize) -> Response {
    let path = asked.path.as_str();
    if path == "/robots.txt" {
        return answer(404, "");
    }
    if path.starts_with("/cdx/search/cdx?") {
        assert!(path.contains("output=json") && path.contains("from=20230101"), "{path}");
        return with(answer(200, list()), "content-type", "application/json");
    }
    let stamp: String =
        path.trim_start_matches("/web/").chars().take_while(char::is_ascii_digit).collect();
    assert!(path.starts_with(&format!("/web/{stamp}id_/https://www.canada.ca/")), "{path}");
    let html = |body: Vec<u8>| {
        let response = with(answer(200, body), "content-type", "text/html");
        with(response, "x-archive-orig-last-modified", "Tue, 25 Apr 2023 10:00:00 GMT")
    };
    match stamp.as_str() {
        "20230501100000" if n < 2 => with(answer(429, "slow down"), "retry-after", "1"),
        "20230501100000" => html(page("ircc-ee-funds/of-2023.html")),
        "20230901100000" => html(page("any/captcha-page.html")),
        "20240610100000" | "20240801100000" => html(gzip(&page("ircc-ee-funds/of-2024.html"))),
        "20240701100000" => redirect(302, format!("/web/20240610100000id_/{ORIGINAL}")),
        other => panic!("nobody had to ask for {other}"),
    }
}

fn home(site: &Site) -> Home {
    let home = Home::new();
    let base = &site.base;
    home.file(
        ".config/rulewatch/rulewatch.toml",
        format!("[fetch]\nallow_private = ['127.0.0.0/8']\n[import]\nwayback = '{base}'\n"),
    );
    home
}

const IMPORT: [&str; 5] = ["import", "--wayback", FUNDS, "--from", "2023-01-01"];

/// Runs the program beside the server, which needs this thread's runtime.
async fn run(home: &Arc<Home>, args: &'static [&'static str]) -> String {
    let home = Arc::clone(home);
    tokio::task::spawn_blocking(move || home.done(args)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_archive_kept_becomes_history() {
    let site = Site::whole(archive).await;
    let home = Arc::new(home(&site));
    let said = run(&home, &IMPORT).await;
    assert!(said.contains("6 pages imported"), "{said}");
    assert!(said.contains("shows its capture of 20240610100000 instead"), "{said}");
    assert!(said.contains("broken") && said.contains("8 changes"), "{said}");
    let log = lines(&run(&home, &["log", "--format", "ndjson"]).await);
    assert_eq!(log.len(), 8);
    assert_eq!(log[0]["seen_at"], "2024-06-10T10:00:00Z");
    // Neither the block page nor the redirect was a look at the page.
    assert_eq!(log[0]["last_seen_unchanged_at"], "2023-08-01T10:00:00Z");
    let asked = site.paths();
    let pages: Vec<&String> = asked.iter().filter(|path| path.starts_with("/web/")).collect();
    // Once refused; three that were the same as the one before were not asked for.
    let of = |stamp: &str| pages.iter().filter(|path| path.contains(stamp)).count();
    assert_eq!((of("20230501100000"), of("20230701100000"), of("20230801100000")), (2, 0, 0));
    assert_eq!(of("20240801100000"), 0, "the digest of the capture before it: {pages:?}");
    // Again: the list, the capture that the archive does not show, and nothing else.
    let before = site.paths().len();
    let again = run(&home, &IMPORT).await;
    assert!(again.contains("0 pages imported, 6 known already, 1 left out"), "{again}");
    assert!(site.paths().len() - before <= 3, "{:?}", site.paths());
    assert!(run(&home, &["audit"]).await.contains("the chain holds"));
    let show = lines(&run(&home, &["history", "ee.proof_of_funds/1", "--format", "ndjson"]).await);
    let from = show[0]["imported"].as_str().unwrap();
    assert!(from.ends_with(&format!("/web/20230501100000id_/{ORIGINAL}")), "{from}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_goes_on_where_it_stopped() {
    // The second page that is fetched never comes, the first time.
    let hangs = std::sync::atomic::AtomicBool::new(true);
    let site = Site::whole(move |asked, n| {
        let is_second = asked.path.contains("/web/20230901100000");
        if is_second && hangs.swap(false, std::sync::atomic::Ordering::SeqCst) {
            std::thread::sleep(Duration::from_secs(3));
        }
        archive(asked, n)
    })
    .await;
    let home = Arc::new(home(&site));
    let mut child =
        home.command(&IMPORT).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !site.paths().iter().any(|path| path.contains("/web/20230901100000")) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // SIGKILL, in the middle of it.
    child.kill().unwrap();
    child.wait().unwrap();
    let said = run(&home, &IMPORT).await;
    assert!(said.contains("3 pages imported") && said.contains("3 known already"), "{said}");
    assert_eq!(lines(&run(&home, &["log", "--format", "ndjson"]).await).len(), 8);
    assert!(run(&home, &["audit"]).await.contains("the chain holds"));
}
