//! What the daemon has in memory at rest: once after its start, and again after rounds in which the page of every
//! source came anew.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rulewatch::catalog::shipped_files;
use toml::{Table, Value as Item};
use url::Url;

use super::{body, pairs, side};
use crate::checker::{checkers, memory};
use crate::daemon::{CONFIG, Daemon};
use crate::mutations::share::some;
use crate::program::Home;
use crate::shipped::shipped;

/// How much more the daemon may have of its own after rounds than before, in kB: what letters and plans leave.
const MORE: u64 = 6_000;

/// The pages of the sources, by id: as they were before a change.
fn pages() -> BTreeMap<String, Vec<u8>> {
    let catalog = shipped();
    let mut pages = BTreeMap::new();
    for pair in pairs() {
        let source = catalog.sources().find(|source| source.id.as_str() == pair.source).unwrap();
        let day = pair.before.to_string();
        let body = body(source, &pair.title, &day[..10], &side(&pair.text, false));
        pages.entry(pair.source).or_insert(body);
    }
    pages
}

/// Serves the page of each source under its id. No answer has a validator, so all of them come whole.
fn serve(pages: BTreeMap<String, Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let pages = Arc::new(pages);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let pages = Arc::clone(&pages);
            thread::spawn(move || {
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..n]).into_owned();
                let id = head.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
                let (status, body) = match pages.get(id) {
                    Some(body) => ("200 OK", body.as_slice()),
                    None => ("404 Not Found", b"".as_slice()),
                };
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(body);
            });
        }
    });
    port
}

/// The shipped catalogue, with the page of each source on this machine, under the source's id. Each host is an
/// address of its own, so that a page keeps its publisher.
fn catalogue(home: &Home, port: u16) {
    let mut addresses: Vec<String> = Vec::new();
    let mut address = |host: &str| {
        let known = addresses.iter().position(|of| of == host);
        let number = known.unwrap_or_else(|| {
            addresses.push(host.to_owned());
            addresses.len() - 1
        });
        format!("127.0.0.{}", number + 2)
    };
    for file in shipped_files() {
        let mut table: Table = file.text.parse().unwrap();
        for publisher in tables(&mut table, "publisher") {
            let Some(Item::Array(hosts)) = publisher.get_mut("hosts") else { continue };
            hosts.iter_mut().for_each(|host| *host = address(host.as_str().unwrap()).into());
        }
        for source in tables(&mut table, "source") {
            let url = Url::parse(source["url"].as_str().unwrap()).unwrap();
            let id = source["id"].as_str().unwrap();
            let here = format!("http://{}:{port}/{id}", address(url.host_str().unwrap()));
            source.insert("url".to_owned(), here.into());
        }
        home.file(&file.name, toml::to_string(&table).unwrap());
    }
}

/// The tables of an array of tables, or those that are named one by one.
fn tables<'t>(of: &'t mut Table, name: &str) -> Vec<&'t mut Table> {
    match of.get_mut(name) {
        Some(Item::Array(all)) => all.iter_mut().filter_map(Item::as_table_mut).collect(),
        Some(Item::Table(all)) => {
            all.iter_mut().filter_map(|(_, one)| one.as_table_mut()).collect()
        }
        _ => Vec::new(),
    }
}

#[expect(clippy::print_stdout, reason = "what it measured is for a person to read")]
fn print(when: &str, [own, files]: [u64; 2]) {
    println!(
        "  {when:<28} {:>6.1} MB, of which its own {:.1}",
        (own + files) as f64 / 1e3,
        own as f64 / 1e3
    );
}

#[test]
fn what_a_round_takes_is_given_back() {
    let pages = pages();
    let ids: Vec<String> = some(pages.keys().cloned().collect());
    let pages = pages.into_iter().filter(|(id, _)| ids.contains(id)).collect();
    let home = Home::new();
    home.file("rulewatch.toml", CONFIG);
    catalogue(&home, serve(pages));
    let mut daemon = Daemon::start(home);
    daemon.until_said("READY=1");
    // Two rounds: the daemon's own, and one that is asked for.
    let args =
        [&["--sources", "sources.toml", "check"], &*ids.iter().map(|id| &**id).collect::<Vec<_>>()];
    let ran = daemon.home.run(&args.concat());
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    daemon.until("the round is over", |daemon| {
        let round = ids.iter().all(|id| daemon.outcome(id).is_some());
        round && checkers(daemon.pid()).is_empty()
    });
    let after = memory(daemon.pid());
    assert_eq!(daemon.ends(), Some(0));

    let mut daemon = daemon.again();
    daemon.until_said("READY=1");
    daemon.until("it rests", |daemon| checkers(daemon.pid()).is_empty());
    let before = memory(daemon.pid());
    println!("rest: the daemon alone, with the whole catalogue and {} pages", ids.len());
    print("after its start", before);
    print("after two rounds of checks", after);
    assert!(after[0] <= before[0] + MORE, "{after:?} kB after the rounds, {before:?} kB before");
}
