//! The memory of one check, whatever comes: the real program reads one page, or asks a hostile server for it, and
//! is watched from outside.
//!
//! Each page is made once as large as a text may be and once far larger. What it is refused for, or that
//! it is read, is asserted; the peak and the time are printed. The kernel is asked while the program
//! runs (`VmHWM`), so this is left out where there is no `/proc`.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use url::Url;

use crate::checker::{checkers, status};
use crate::program::Home;
use crate::site::{Site, answer, gzip, raw, redirect, with};
use crate::tls_site::{Chain, TlsSite};

/// The most that one check may take in kB, its catalogue included. The pages of the program's file are left
/// out: an unoptimised program has twice those of a released one, which adds less than 16 MB.
const MOST: u64 = 48 << 10;

/// As much text as is read, less a little for what stands around it.
const TEXT: usize = (4 << 20) - 8192;

/// A source for each format, with a form that copies much.
const SOURCES: &str = r#"
[[source]]
id = "html"
url = "https://www.example.org/html"

[[source]]
id = "table"
url = "https://www.example.org/table"
[[source.facts]]
key = "x.table"
type = "list"
record = "{a}"
fields = { a = { }, b = { optional = true } }
read = [{ table = { columns = { a = "^a", b = "^b" } } }]

[[source]]
id = "items"
url = "https://www.example.org/items"
[[source.facts]]
key = "x.items"
type = "list"
record = "{item|slug}"
fields = { full = { } }
read = [{ items = { } }]

[[source]]
id = "labels"
url = "https://www.example.org/labels"
[[source.facts]]
key = "x.labels"
type = "list"
record = "{label|slug}"
fields = { value = { } }
read = [{ labels = { } }]

[[source]]
id = "codes"
url = "https://www.example.org/codes"
[[source.facts]]
key = "x.codes"
type = "list"
record = "{noc}"
fields = { noc = { from = "text", as = "noc", find = '\d{5}', each = true } }
read = [{ prose = { matches = '\d' } }]

[[source]]
id = "law"
url = "https://www.example.org/law"
format = "xml"
[[source.facts]]
key = "x.law"
type = "list"
record = "{label}"
fields = { amount = { as = "money" }, text = { note = true } }
read = [{ law = { sections = ["1-9"], amounts = true } }]

[[source]]
id = "json"
url = "https://www.example.org/json"
format = "json"
[[source.facts]]
key = "x.json"
type = "list"
record = "{n}"
fields = { n = { optional = true } }
read = [{ json = { each = "$[*]", cells = { n = "n" } } }]

[[source]]
id = "feed"
url = "https://www.example.org/feed"
format = "feed"
[[source.facts]]
key = "x.feed"
type = "notices"
record = "{id}"
fields = { title = { optional = true } }
read = [{ entries = { } }]

[[source]]
id = "csv"
url = "https://www.example.org/csv"
format = "csv"
[[source.facts]]
key = "x.csv"
type = "list"
record = "{a}"
fields = { a = { }, b = { optional = true } }
read = [{ csv = { columns = { a = "^a", b = "^b" } } }]
"#;

/// How a page was read, and at what cost.
struct Seen {
    said: String,
    peak: u64,
    took: Duration,
}

/// Runs the program and watches it.
fn watch(home: &Home, args: &[&str]) -> Seen {
    let out = home.path().join("out");
    let mut command = home.command(args);
    command
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(home.path().join("err")).unwrap());
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut peak, mut inside) = (0, None);
    while child.try_wait().unwrap().is_none() {
        // A command that checks has another process do it.
        inside = inside.or_else(|| checkers(child.id()).first().copied());
        let of = |pid| {
            let size = |line| status(pid, line).unwrap_or(0);
            size("VmHWM").saturating_sub(size("RssFile"))
        };
        peak = peak.max(of(child.id()) + inside.map_or(0, of));
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = began.elapsed();
    let said = |name: &str| fs::read_to_string(home.path().join(name)).unwrap_or_default();
    Seen { said: said("out") + &said("err"), peak, took }
}

/// Reads a page; `said` is a part of what the program says of it.
#[track_caller]
fn check(what: &str, source: &str, page: &str, said: &str) {
    let home = Home::new();
    let (sources, file) = (home.file("memory.toml", SOURCES), home.file("page", page));
    let what = format!("{what} | {:.1} MB", page.len() as f64 / 1e6);
    bounded(&what, &home, &["sources", "test", source, &file, "--sources", &sources], said);
}

/// Runs the program, which is to say `said`, and prints what it took.
#[track_caller]
#[expect(clippy::print_stdout, reason = "the peak is for a person to read")]
fn bounded(what: &str, home: &Home, args: &[&str], said: &str) {
    if !Path::new("/proc/self/status").exists() {
        println!("left out: no /proc to ask");
        return;
    }
    let seen = watch(home, args);
    let line = seen.said.lines().find(|line| line.contains(said)).unwrap_or_default();
    let short: String = line.trim().chars().take(90).collect();
    println!(
        "| {what} | {:.0} MB | {:.1} s | {short} |",
        seen.peak as f64 / 1024.0,
        seen.took.as_secs_f64()
    );
    let start: String = seen.said.chars().take(500).collect();
    assert!(seen.said.contains(said), "{what}: {start}");
    assert!(seen.peak <= MOST, "{what}: {} kB", seen.peak);
}

fn html(body: &str) -> String {
    format!("<html><body><main>{body}</main></body></html>")
}

/// So much of a piece as a text may hold.
fn full(piece: &str) -> String {
    piece.repeat(TEXT / piece.len())
}

#[test]
fn a_tree_of_many_nodes() {
    let too_long = "bytes, 4194304 allowed";
    check("20 MB of `<p>x`", "html", &"<p>x".repeat(5 << 20), too_long);
    check("`<p>x`", "html", &html(&full("<p>x")), "more than 150000 nodes");
    check("5 M text nodes `a<b>`", "html", &"a<b>".repeat(5_000_000), too_long);
    check("`a<b>`", "html", &html(&full("a<b>")), "more than 800 elements are nested");
    check("`a<i></i>`", "html", &html(&full("a<i></i>")), "more than 150000 nodes");
    check(
        "1 M empty `<td>`",
        "table",
        &html(&("<table><tr>".to_owned() + &"<td>".repeat(1_000_000))),
        "more than 150000 nodes",
    );
    check(
        "100,000 nested tags",
        "html",
        &html(&"<div>".repeat(100_000)),
        "more than 800 elements are nested",
    );
    let misnested: String = (0..700).map(|n| format!("<p><b a={n}></p>")).collect();
    check(
        "tags opened again",
        "html",
        &html(&(misnested + &full("<p>x"))[..TEXT]),
        "more than 150000 nodes",
    );
    let just_under = "<p>words ".repeat(24_000) + &"<i></i>".repeat(90_000);
    check("as many nodes as may be", "html", &html(&just_under), "page.html");
    check("as many lines as may be", "html", &html(&"many words <br>".repeat(24_000)), "page.html");
    check("one long paragraph", "html", &html(&full("many words ")), "page.html");
}

#[test]
fn a_tag_of_many_attributes() {
    let names: String = (0..400_000).map(|n| format!(" a{n}")).collect();
    check(
        "400,000 attributes of one element",
        "html",
        &html(&format!("<p{names}>")),
        "6000 words in one tag",
    );
    let values: String = (0..400_000).map(|n| format!("a{n}=''")).collect();
    check(
        "the same, with values",
        "html",
        &html(&format!("<p {values}>")),
        "6000 words in one tag",
    );
    let tag = format!("<p{}>", (0..1_000).map(|n| format!(" a{n}")).collect::<String>());
    check("1,000 attributes of each", "html", &html(&full(&tag)), "more than 100000 attributes");
    let body = (0..100_000).map(|n| format!("<body a{n}>")).collect::<String>();
    check("attributes of many bodies", "html", &(body + "</html>"), "page.html");
    let xml = format!("<a><b {}/></a>", "c='' ".repeat(400_000));
    check("400,000 attributes in XML", "law", &xml, "more than 1000 attributes of one element");
}

#[test]
fn words_that_are_copied() {
    check(
        "a bomb of spans",
        "table",
        &html(&format!(
            "<table><tr><th>a<th>b{}",
            "<tr><td colspan=1000 rowspan=60000>x".repeat(20_000)
        )),
        "more than 1000000 places in tables",
    );
    check(
        "a row of wide cells",
        "table",
        &html(&format!("<table><tr><th>a<th>b<tr>{}", "<td colspan=1000>x".repeat(60_000))),
        "more than 1000000 places in tables",
    );
    check(
        "items in items",
        "items",
        &html(&("<ul><li>a ".repeat(390) + &full("many words "))[..TEXT]),
        "bytes of words in lists inside one another",
    );
    check(
        "tables in tables",
        "html",
        &html(&("<table><tr><th>a<td>".repeat(130) + &full("many words "))[..TEXT]),
        "bytes of words in tables and lists",
    );
    check(
        "labels of one value",
        "labels",
        &html(&format!("<dl>{}<dd>{}</dl>", "<dt>a".repeat(8), full("many words "))),
        "bytes of words in tables and lists",
    );
    check("codes in a sentence", "codes", &html(&full("21231 ")), "more than 20000 records");
    check(
        "a table of 19,000 rows",
        "table",
        &html(&format!(
            "<table><tr><th>a<th>b{}</table>",
            (0..19_000).map(|n| format!("<tr><td>{n}<td>b")).collect::<String>()
        )),
        "19000",
    );
    check(
        "a table of 40,000 rows",
        "table",
        &html(&format!(
            "<table><tr><th>a<th>b{}</table>",
            (0..40_000).map(|n| format!("<tr><td>{n}<td>b")).collect::<String>()
        )),
        "more than",
    );
}

#[test]
fn documents_in_xml_and_json() {
    let section = |inside: &str| {
        format!("<Regulation><Section><Label>1</Label><Text>{inside}</Text></Section></Regulation>")
    };
    check("entities in XML", "law", &section(&full("&#36;1 &amp;&lt; ")), "matches of one locator");
    check("amounts in XML", "law", &section(&full("$1 ")), "matches of one locator");
    check(
        "an XML of entities",
        "law",
        &format!(
            "<!DOCTYPE a [<!ENTITY b '{}'>]><a>{}</a>",
            "x".repeat(1_000),
            "&b;".repeat(100_000)
        ),
        "DTD",
    );
    check("elements in XML", "law", &format!("<a>{}</a>", full("<b/>")), "more than 150000");
    check("5 M `[`", "json", &"[".repeat(5_000_000), "allowed");
    check("`[` as text may hold", "json", &full("["), "values and names");
    check("numbers", "json", &format!("[{}1]", full("1,")), "values and names");
    check(
        "140,000 numbers",
        "json",
        &format!("[{}1]", "1,".repeat(140_000)),
        "matches of one locator",
    );
    check(
        "19,000 objects",
        "json",
        &format!("[{}{{}}]", (0..19_000).map(|n| format!("{{\"n\": {n}}},")).collect::<String>()),
        "19000",
    );
}

#[test]
fn feeds_and_separated_values() {
    check(
        "entries of a feed",
        "feed",
        &format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", full("<entry/>")),
        "more than",
    );
    check(
        "19,000 entries",
        "feed",
        &format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>",
            (0..19_000)
                .map(|n| format!("<entry><id>{n}</id><title>t</title></entry>"))
                .collect::<String>()
        ),
        "19000",
    );
    check(
        "links of a feed",
        "feed",
        &format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id>{}</entry></feed>",
            full("<link href='a'/>")
        ),
        "more than 80000 elements",
    );
    check(
        "items of a JSON feed",
        "feed",
        &format!(
            "{{\"version\": \"https://jsonfeed.org/version/1\", \"title\": \"t\", \"items\": [{}{{\"id\":\"\"}}]}}",
            full("{\"id\":\"\"},")
        ),
        "allowed",
    );
    check("lines of values", "csv", &format!("a,b\n{}", full("1,2\n")), "lines, 25000 allowed");
    check("cells of one line", "csv", &format!("a,b\n{}", full(",")), "cells, 300000 allowed");
}

// --- A hostile server ----------------------------------------------------------------------------

/// Has the program check a page at an address, with a short deadline and otherwise as it is shipped.
#[track_caller]
fn ask(what: &str, url: &Url, trusted: Option<&rcgen::Certificate>, said: &str) {
    let home = Home::new();
    let mut config = "[operator]\ncontact = 'operator@example.org'\n[fetch]\ngap_seconds = 0\n\
        deadline_seconds = 3\nallow_private = ['127.0.0.0/8', '::1/128']\n"
        .to_owned();
    if let Some(certificate) = trusted {
        let file = home.file("authority.pem", certificate.pem());
        config += &format!("[fetch.host.\"localhost\"]\nca_file = '{file}'\n");
    }
    home.file("rulewatch.toml", config);
    home.file("sources.toml", format!("[[source]]\nid = 'hostile'\nurl = '{url}'\n"));
    bounded(what, &home, &["--sources", "sources.toml", "check"], said);
}

/// More than a body may have, and small once it is compressed.
fn zeros() -> Vec<u8> {
    vec![0; 64 << 20]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_in_each_encoding() {
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, 4096, 1, 22).write_all(&zeros()).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&zeros()).unwrap();
    let bombs = [
        ("gzip", gzip(&zeros())),
        ("br", brotli),
        ("deflate", zlib.finish().unwrap()),
        ("zstd", zstd::encode_all(zeros().as_slice(), 1).unwrap()),
    ];
    for (encoding, bomb) in bombs {
        let bomb = move || with(answer(200, bomb.clone()), "content-encoding", encoding);
        let site = Site::start(move |_, _| bomb()).await;
        ask(&format!("64 MB of zeros in {encoding}"), &site.url("page"), None, "of body");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_come_to_an_end() {
    // Its robots.txt is the same.
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    let endless = || std::iter::once(head.clone()).chain(std::iter::repeat_n(chunk.clone(), 8_000));
    let (url, _) = raw(endless().collect(), Duration::ZERO).await;
    ask("a body without end", &url, None, "of body");
    let drip =
        std::iter::once(head.clone()).chain(std::iter::repeat_n(b"1\r\nx\r\n".to_vec(), 999));
    let (url, _) = raw(drip.collect(), Duration::from_millis(50)).await;
    ask("a byte at a time", &url, None, "unreachable");
    let line = format!("x-flood: {}\r\n", "y".repeat(10_000)).into_bytes();
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let flood = std::iter::once(head).chain(std::iter::repeat_n(line, 10_000));
    let (url, _) = raw(flood.collect(), Duration::ZERO).await;
    ask("100 MB of headers", &url, None, "unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_elsewhere() {
    let site = Site::start(|_, n| redirect(302, format!("/{n}"))).await;
    ask("a redirect after another", &site.url("page"), None, "redirect");
    let site = Site::start(|_, _| redirect(302, "http://169.254.169.254/latest/meta-data/")).await;
    ask("a redirect to 169.254.169.254", &site.url("page"), None, "169.254.169.254");
    let chain = Chain::of("www.example.org");
    let site = TlsSite::start(&chain, &[&chain.own, &chain.intermediate], &["http/1.1"]).await;
    ask("the certificate of another", &site.url, Some(&chain.root), "the certificate is not for");
}
