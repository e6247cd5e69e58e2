//! The web pages, asked for over a real connection on loopback.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use rulewatch::clock::{Clock, SetClock};
use rulewatch::doors::Site;
use rulewatch::settings::Http;
use rulewatch::store::Readers;
use rulewatch::web::Face;
use url::Url;

use crate::world::World;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| {
            line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name))
        });
        line.map(|line| line.split_once(':').unwrap().1.trim())
    }
}

/// Says something to a server, and reads until it hangs up.
pub(crate) fn say(to: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // What refuses a request early may hang up before it is all sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Asks for a page.
pub(crate) fn get(to: SocketAddr, path: &str) -> Answer {
    get_with(to, path, &[])
}

pub(crate) fn get_with(to: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: rules.example.org\r\n");
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    request.push_str("Connection: close\r\n\r\n");
    say(to, request.as_bytes())
}

/// Sends a form.
pub(crate) fn post(to: SocketAddr, path: &str, form: &str) -> Answer {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: rules.example.org\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    say(to, request.as_bytes())
}

/// A site over a world, as its clock has it at a moment.
pub(crate) fn site(world: &World, at: &str) -> Site {
    let at = at.parse().unwrap();
    let doors = world.doors(None, at);
    Site {
        http: Http {
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            public_url: Some(Url::parse("https://rules.example.org").unwrap()),
            sign_up: true,
        },
        readers: Readers::open(world.folder.path()).unwrap(),
        store: doors.store.clone(),
        catalog: Arc::clone(&doors.catalog),
        clock: Arc::new(SetClock::new(at)) as Arc<dyn Clock>,
        zone: TimeZone::get("America/Toronto").unwrap(),
        correspondence: Arc::clone(&doors.correspondence),
        letters: world.folder.path().join("outbox"),
        place: world.folder.path().to_owned(),
    }
}

const CATALOG: &str = r#"
    [[source]]
    id = "ircc-ee-funds"
    program = "express-entry"
    jurisdiction = "CA"
    title = { en = "Proof of funds", fr = "Preuve de fonds" }
    url = "https://www.example.org/funds.html"
    url_fr = "https://www.example.org/fonds.html"
    schedule = "0 0 * * * *"
    verified = "2024-01-01"
    [[source.facts]]
    key = "ee.proof_of_funds"
    type = "funds"
    title = { en = "Money to show", fr = "Fonds à prouver" }
    record = "{family}"
    expect = { range = { amount = [1, 200000] } }
    [source.facts.fields]
    family = { as = "text", key_only = true }
    amount = { as = "money" }
    [[source.facts.read]]
    table = { columns = { family = 'family', amount = 'funds' } }

    [[rule]]
    id = "R-EE-FUNDS"
    title = { en = "Can I show the money?", fr = "Puis-je prouver les fonds ?" }
    tools = ["Program Finder"]
    depends_on = ["ee.proof_of_funds"]
"#;

fn funds(first: &str, word: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Funds</title></head><body><main><h1>Proof of funds</h1>\
         <table><tr><th>Family members<th>Funds required<tr><td>1<td>{first}<tr><td>2<td>$17,127\
         <tr><td>3<td>$21,055</table><p>{word}</p></main></body></html>"
    )
}

/// A world in which the first amount has changed, and a paragraph is hostile.
pub(crate) async fn changed() -> World {
    let mut world = World::new("ircc-ee-funds", &[CATALOG])
        .page("before", &funds("$13,757", "You need the money on the day."))
        .page(
            "after",
            &funds("$14,690", "You need <b>it</b> &lt;script&gt;alert(1)&lt;/script&gt; today."),
        );
    world.public_url = Some(Url::parse("https://rules.example.org").unwrap());
    world.play("2024-06-01T12:00Z  before\n2024-06-02T12:00Z  after").await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_on_pages_in_both_languages() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let home = get(at, "/en/");
    assert_eq!(home.status, 200, "{}", home.body);
    assert!(home.body.contains("$13,757"), "{}", home.body);
    assert!(home.body.contains("3 hours ago"), "{}", home.body);
    assert!(home.body.contains("1 of 1 sources are read"), "{}", home.body);
    assert!(home.body.contains("This is information, not advice."), "{}", home.body);
    let french = get(at, "/fr/changes?program=express-entry&severity=warn");
    assert!(french.body.contains("<html lang=\"fr\">"), "{}", french.body);
    assert!(french.body.contains("il y a 3 heures"), "{}", french.body);
    let id = home.body.split("href=\"/en/changes/").nth(1).unwrap().split('"').next().unwrap();
    let one = get(at, &format!("/fr/changes/{id}"));
    assert_eq!(one.status, 200, "{}", one.body);
    for words in [
        "13\u{a0}757\u{a0}$",
        "Puis-je prouver les fonds",
        "sha256:",
        "fonds.html",
        "tableau 1, ligne 2",
    ] {
        assert!(one.body.contains(words), "{words}: {}", one.body);
    }
    let other = format!("href=\"/en/changes/{id}\"");
    assert!(one.body.contains(&other), "the same page in the other language: {}", one.body);
}

/// A list of nine occupations, of which four are others on the second page: by code, what came and what left
/// take turns.
#[tokio::test(flavor = "multi_thread")]
async fn many_changes_of_a_list_are_one_line_that_counts_each_kind_once() {
    let recipe = r#"
        [[source]]
        id = "stem"
        program = "express-entry"
        jurisdiction = "CA"
        url = "https://www.example.org/stem.html"
        verified = "2024-01-01"
        [[source.facts]]
        key = "ee.category.stem.occupations"
        type = "occupations"
        record = "{noc}"
        fields = { noc = { as = "noc", key_only = true }, title = { note = true } }
        read = [{ table = { columns = { noc = '^noc', title = '^title' } } }]
    "#;
    let page = |changing: [u32; 4]| {
        let codes = [21211, 21220, 21231, 21232, 21234].into_iter().chain(changing);
        let rows: String = codes.map(|code| format!("<tr><td>{code}<td>Work {code}")).collect();
        format!("<main><h1>STEM</h1><table><tr><th>NOC<th>Title{rows}</table></main>")
    };
    let mut world = World::new("stem", &[recipe])
        .page("before", &page([21300, 21310, 21320, 21330]))
        .page("after", &page([21301, 21311, 21321, 21331]));
    world
        .play(
            "2024-06-01T12:00Z  before
             2024-06-02T12:00Z  after
             2024-06-02T12:05Z  after
             2024-06-02T12:25Z  after",
        )
        .await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let home = get(face.listens().unwrap(), "/en/").body;
    let counts = ["4 occupations added", "4 occupations removed"];
    assert_eq!(counts.map(|words| home.matches(words).count()), [1, 1], "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_a_page_acts_and_no_answer_lacks_its_headers() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let log = get(at, "/en/changes?severity=info").body;
    let ids = log.split("href=\"/en/changes/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let pages: String = ids.map(|id| get(at, &format!("/en/changes/{id}")).body).collect();
    assert!(pages.contains("&lt;script&gt;alert(1)") && !pages.contains("<script"), "{pages}");
    let typed =
        get(at, "/en/changes?text=%22%3E%3Cscript%3Ealert(2)%3C%2Fscript%3E&program=%3Cb%3E");
    assert!(typed.body.contains("&quot;&gt;&lt;script&gt;alert(2)"), "{}", typed.body);
    let paths =
        ["/en/", "/en/changes", "/en/nothing", "/style.css", "/health", "/metrics", "/", "/xx/"];
    for path in paths {
        let answer = get(at, path);
        assert!(!answer.body.contains("<script"), "{path}: {}", answer.body);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {}", answer.head);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("cache-control").is_some(), "{path}: {}", answer.head);
        assert_eq!(answer.header("set-cookie"), None, "{path}");
    }
    let split = get(at, "/en%0d%0aSet-Cookie:%20a=b/");
    assert_eq!((split.status, split.header("set-cookie")), (404, None), "{}", split.head);
    for path in [
        "/en/changes/../../etc/passwd",
        "/en/changes/%2e%2e%2fetc",
        "/en/sources/..%2f..",
        "//etc/passwd",
    ] {
        assert_eq!(get(at, path).status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_said_with_the_nearest_name() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    for (query, words) in [
        ("program=expres-entry", "did you mean “express-entry”?"),
        ("jurisdiction=ca", "did you mean “CA”?"),
        ("fact=ee.prof_of_funds", "did you mean “ee.proof_of_funds”?"),
        ("source=ircc-ee-found", "did you mean “ircc-ee-funds”?"),
        ("rule=R-EE-FUND", "did you mean “R-EE-FUNDS”?"),
        ("noc=2123", "five digits"),
        ("since=yesterday", "is no day"),
        ("kind=occupation", "names nothing that is known"),
    ] {
        let answer = get(at, &format!("/en/changes?{query}"));
        assert!(answer.body.contains(words), "{query}: {}", answer.body);
    }
    let french = get(at, "/fr/changes?program=expres-entry");
    assert!(french.body.contains("vouliez-vous dire"), "{}", french.body);
    let long = format!("/en/changes?text={}", "a".repeat(300));
    assert_eq!(get(at, &long).status, 404);
    assert_eq!(get(at, &format!("/en/changes?{}", "noc=21231&".repeat(70))).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_only_what_is_new_since_their_mark() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let log = get(at, "/en/changes?program=express-entry");
    let mark = "/en/changes?program=express-entry&amp;seen=2024-06-02T15%3A00%3A00Z";
    assert!(log.body.contains(mark), "{}", log.body);
    let before = get(at, "/en/changes?seen=2024-06-01T13:00:00Z");
    assert!(before.body.contains("$14,690") && before.body.contains("New since your last visit"));
    let after = get(at, "/en/changes?seen=2024-06-02T15:00:00Z");
    assert!(!after.body.contains("$14,690") && after.body.contains("No such change."));
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_are_answered_and_the_numbers_are_for_the_operator() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let health = get(at, "/health");
    assert_eq!((health.status, health.body.trim()), (200, "ok"));
    let numbers = get(at, "/metrics");
    assert!(numbers.body.contains("rulewatch_changes_total "), "{}", numbers.body);
    assert_eq!(get_with(at, "/metrics", &[("X-Forwarded-For", "192.0.2.1")]).status, 404);
    let root = get_with(at, "/", &[("Accept-Language", "fr-CA")]);
    assert_eq!((root.status, root.header("location")), (303, Some("/fr/")));
    assert_eq!(
        say(at, b"DELETE /en/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status,
        405
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_never_ends_is_refused() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "a".repeat(40_000));
    assert_eq!(say(at, large.as_bytes()).status, 431);
    let many: String = (0..100).fold(String::new(), |text, n| text + &format!("X-{n}: 1\r\n"));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n");
    assert_eq!(say(at, many.as_bytes()).status, 431);
    assert_eq!(say(at, b"\x16\x03\x01\x02\x00\x01\r\n\r\n").status, 400);
    // A head that does not end is given up, and nobody else waits for it.
    let mut slow = TcpStream::connect(at).unwrap();
    slow.write_all(b"GET /en/ HTTP/1.1\r\nHost:").unwrap();
    assert_eq!(get(at, "/health").status, 200);
}

/// No page takes the connection that checks write with: so no check waits for a page that has it.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_while_a_check_has_the_connection_that_writes() {
    let world = changed().await;
    let site = site(&world, "2024-06-02T15:00:00Z");
    let store = site.store.clone();
    let face = Face::begin(Some(site)).unwrap();
    let at = face.listens().unwrap();
    let (held, is_held) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let check = std::thread::spawn(move || {
        store.ask(|_| {
            held.send(()).unwrap();
            released.recv_timeout(PATIENCE).unwrap();
        });
    });
    is_held.recv().unwrap();
    for path in [
        "/en/",
        "/en/changes",
        "/fr/changes?text=fonds",
        "/en/announced",
        "/fr/facts",
        "/en/facts/ee.proof_of_funds",
        "/en/sources",
        "/en/sources/ircc-ee-funds",
        "/en/subscribe?program=express-entry&show=1",
        "/feed.atom",
        "/calendar.ics",
        "/api/v1/changes",
        "/api/v1/facts/ee.proof_of_funds",
        "/api/v1/sources",
        "/health",
        "/metrics",
    ] {
        let answer = get(at, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    release.send(()).unwrap();
    check.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_renewed_and_moved_while_it_is_served() {
    let world = changed().await;
    let mut face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    face.renew(Some(site(&world, "2024-06-09T15:00:00Z"))).unwrap();
    assert_eq!(face.listens(), Some(at), "the same address is kept open");
    assert!(get(at, "/en/").body.contains("7 days ago"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut elsewhere = site(&world, "2024-06-09T15:00:00Z");
    elsewhere.http.listen = Some(taken.local_addr().unwrap());
    let refused = face.renew(Some(elsewhere)).unwrap_err().to_string();
    assert!(refused.contains("http.listen"), "{refused}");
    assert_eq!(get(at, "/health").status, 200, "the old one stays");
    face.stop().await;
    assert!(TcpStream::connect(at).is_err());
    assert_eq!(face.listens(), None);
}

/// The addresses of this site that a page links to.
fn links(body: &str) -> impl Iterator<Item = String> {
    let all = body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.filter(|link| link.starts_with('/')).map(|link| link.replace("&amp;", "&"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_to_a_page_in_its_language() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let (mut known, mut next) = (BTreeSet::new(), vec!["/en/".to_owned()]);
    while let Some(path) = next.pop() {
        if !known.insert(path.clone()) || known.len() > 300 {
            continue;
        }
        let answer = get(at, &path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        if path.contains("/en/") || path.contains("/fr/") {
            let language = format!("<html lang=\"{}\">", &path[1..3]);
            assert!(answer.body.contains(&language), "{path}");
            assert_eq!(answer.body.matches("<h1>").count(), 1, "{path}");
            assert!(answer.body.contains("<footer>"), "{path}");
        }
        next.extend(links(&answer.body));
    }
    for path in [
        "/fr/announced",
        "/fr/facts",
        "/fr/facts/ee.proof_of_funds",
        "/fr/facts/ee.proof_of_funds/1",
        "/fr/sources",
        "/fr/sources/ircc-ee-funds",
        "/style.css",
    ] {
        assert!(known.contains(path), "{path} is linked to: {known:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_has_its_value_its_history_and_what_hangs_on_it() {
    let world = changed().await;
    let face = Face::begin(Some(site(&world, "2024-06-02T15:00:00Z"))).unwrap();
    let at = face.listens().unwrap();
    let fact = get(at, "/en/facts/ee.proof_of_funds").body;
    for words in [
        "<h1>Money to show</h1>",
        ">1 person</a>",
        "1 person: amount",
        "$14,690",
        "$13,757",
        "Can I show the money?",
        "Program Finder",
        "<svg",
        "13757",
        "until now",
        "https://www.example.org/funds.html",
    ] {
        assert!(fact.contains(words), "{words}: {fact}");
    }
    let record = get(at, "/fr/facts/ee.proof_of_funds/2").body;
    assert!(record.contains("17\u{a0}127\u{a0}$") && !record.contains("14\u{a0}690"), "{record}");
    let source = get(at, "/fr/sources/ircc-ee-funds").body;
    for words in ["Preuve de fonds", "fonds.html", "Puis-je prouver les fonds", "il y a 3 heures"] {
        assert!(source.contains(words), "{words}: {source}");
    }
    for path in [
        "/en/facts/ee.nothing",
        "/en/facts/ee.proof_of_funds/9",
        "/en/facts/E%20E",
        "/en/sources/none",
    ] {
        assert_eq!(get(at, path).status, 404, "{path}");
    }
}
