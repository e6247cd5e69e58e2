//! The daemon at several things at once: what is slow or silent holds up nothing beside it, and no end.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rulewatch::clock::{Clock as _, SystemClock};
use rulewatch::model::{
    Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress, Language, NewDelivery,
};
use rulewatch::store::Store;

use crate::daemon::{CONFIG, Daemon, home, source};
use crate::mail_server::{Does, Mailbox};

/// The longest that the daemon may take to end, whatever is under way.
const STOP: Duration = Duration::from_secs(5);

/// A server on every address of this machine's own network. The hosts whose number is even say nothing, and a
/// page named `drip` comes byte by byte until it is well.
struct Hosts {
    port: u16,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    is_well: Arc<AtomicBool>,
}

impl Hosts {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<BTreeMap<String, usize>>>::default();
        let is_well = Arc::<AtomicBool>::default();
        let of = (Arc::clone(&asked), Arc::clone(&is_well));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (asked, is_well) = of.clone();
                thread::spawn(move || answer(stream, &asked, &is_well));
            }
        });
        Self { port, asked, is_well }
    }

    /// A source at the host with this number.
    fn source(&self, id: &str, number: u8) -> String {
        source(id, &format!("http://127.0.0.{number}:{}/{id}", self.port))
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// How often a host was asked for something.
    fn times(&self, host: &str) -> usize {
        self.asked.lock().unwrap().get(host).copied().unwrap_or(0)
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<BTreeMap<String, usize>>, is_well: &AtomicBool) {
    let host = stream.local_addr().unwrap().ip().to_string();
    let mut head = [0; 4096];
    let n = stream.read(&mut head).unwrap_or(0);
    *asked.lock().unwrap().entry(host.clone()).or_default() += 1;
    let is_silent = host.rsplit('.').next().unwrap().parse::<u8>().unwrap() % 2 == 0;
    if is_silent {
        // Ends when the other side is gone.
        let _ = stream.read(&mut [0; 1]);
        return;
    }
    let is_robots = head[..n].starts_with(b"GET /robots.txt ");
    let (status, body) = if is_robots {
        ("404 Not Found", "")
    } else {
        (
            "200 OK",
            "<!doctype html><title>Fees</title><main><h1>Fees</h1>\
          <p>The fee to apply to Skills Immigration is $1,475.</p></main>",
        )
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    if !head[..n].starts_with(b"GET /drip ") || is_well.load(Ordering::Relaxed) {
        let _ = stream.write_all(answer.as_bytes());
        return;
    }
    for byte in answer.bytes() {
        thread::sleep(Duration::from_millis(500));
        if stream.write_all(&[byte]).is_err() {
            return;
        }
    }
}

/// Ends the daemon in good order, and within the time it has.
#[track_caller]
fn stops(daemon: &mut Daemon) {
    let told = Instant::now();
    assert_eq!(daemon.ends(), Some(0), "{}", daemon.log());
    assert!(told.elapsed() < STOP, "{:?}\n{}", told.elapsed(), daemon.log());
}

#[test]
fn hosts_that_hang_delay_none_of_the_others_and_no_end() {
    let hosts = Hosts::start();
    let slow = (0..30).map(|n| hosts.source(&format!("a-slow-{n:02}"), 2 + 2 * n));
    let fast: Vec<String> = (0..5).map(|n| format!("z-fast-{n}")).collect();
    let quick = fast.iter().zip(0..).map(|(id, n)| hosts.source(id, 101 + 2 * n));
    let sources: Vec<String> = slow.chain(quick).collect();
    let mut daemon = Daemon::start(home(CONFIG, &sources));
    daemon.until("the slow are asked", |_| hosts.asked() >= 30);
    daemon
        .until("the fast beside them", |daemon| fast.iter().all(|id| daemon.outcome(id).is_some()));
    assert_eq!(daemon.outcome("a-slow-00"), None, "it hangs still");
    stops(&mut daemon);
}

/// A letter to the operator that waits in the outbox.
fn enqueue(store: &mut Store) {
    let to = EmailAddress::parse("operator@example.org").unwrap();
    let now = SystemClock.now();
    let letter = NewDelivery {
        delivery: Delivery {
            id: DeliveryId::of("test", &to, &[]),
            subscriber: None,
            to,
            event: None,
            state: DeliveryState::Due { at: now, attempts: 0 },
        },
        kind: DeliveryKind::Operator,
        language: Language::En,
        message: Some(b"Message-ID: <test@example.org>\r\n\r\nA letter.\r\n".to_vec()),
    };
    store.enqueue(&[letter], now).unwrap();
}

/// The configuration of a daemon that mails.
fn mailing(mail: &Mailbox) -> String {
    format!(
        "{CONFIG}[mail]\ntransport = 'smtp'\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\n\
         from = 'alerts@example.org'\n",
        mail.port
    )
}

#[test]
fn a_mail_server_that_says_nothing_holds_up_no_check_and_no_end() {
    for step in ["greeting", "ehlo", "mail", "rcpt", "data", "dot"] {
        let (hosts, mail) = (Hosts::start(), Mailbox::start());
        mail.at(step, Does::IsSilent);
        let config = mailing(&mail);
        let home = home(&config, &[hosts.source("good", 101)]);
        enqueue(&mut Store::open(&home.path().join(".local/state/rulewatch")).unwrap());
        let mut daemon = Daemon::start(home);
        daemon.until("the letter is under way", |_| mail.connections() == 1);
        daemon.home.file("sources.d/more.toml", hosts.source("later", 103));
        daemon.signal("-HUP");
        daemon.until("a check while it is silent", |daemon| daemon.outcome("later").is_some());
        stops(&mut daemon);
        // Nobody knows whether it was taken, so it is not settled; the next round repeats it.
        let pending = Store::open(&daemon.state()).unwrap().counts().unwrap().n_due;
        assert_eq!(pending, 1, "{step}");
    }
}

/// A page that drips and a mail server that has the letter and does not say so, both cut off: the next start has
/// the page, and repeats the letter under its one Message-ID.
#[test]
fn it_stops_in_time_amid_a_slow_page_and_a_slow_letter_and_loses_neither() {
    let (hosts, mail) = (Hosts::start(), Mailbox::start());
    mail.at("dot", Does::IsSilent);
    let home = home(&mailing(&mail), &[hosts.source("drip", 101)]);
    enqueue(&mut Store::open(&home.path().join(".local/state/rulewatch")).unwrap());
    let mut daemon = Daemon::start(home);
    daemon.until("the letter is handed over", |_| mail.taken().len() == 1);
    // The page is asked for after robots.txt.
    daemon.until("the page is asked for", |_| hosts.times("127.0.0.101") == 2);
    stops(&mut daemon);
    let log = daemon.log();
    assert!(log.contains("cut off") && log.contains("checks=1 is_delivering=true"), "{log}");
    assert_eq!(daemon.outcome("drip"), None, "half a page is no page");

    mail.is_well();
    hosts.is_well.store(true, Ordering::Relaxed);
    let mut daemon = daemon.again();
    daemon.until("the page is read", |daemon| daemon.outcome("drip").is_some());
    daemon.until("the letter is repeated at once", |_| mail.taken().len() == 2);
    stops(&mut daemon);
    assert_eq!(daemon.outcome("drip").as_deref(), Some("baseline"));
    let taken = mail.taken();
    assert_eq!(taken[0], taken[1], "one letter, one Message-ID");
    assert_eq!(Store::open(&daemon.state()).unwrap().counts().unwrap().n_due, 0);
}

/// What was under way can then be neither recorded nor given back.
#[test]
fn it_stops_in_time_while_the_database_is_locked_by_another() {
    let (hosts, mail) = (Hosts::start(), Mailbox::start());
    mail.at("dot", Does::IsSlow(Duration::from_secs(1)));
    let home = home(&mailing(&mail), &[hosts.source("good", 101)]);
    enqueue(&mut Store::open(&home.path().join(".local/state/rulewatch")).unwrap());
    let mut daemon = Daemon::start(home);
    daemon.until("the letter is handed over", |_| mail.taken().len() == 1);
    let other = rusqlite::Connection::open(daemon.state().join("rulewatch.db")).unwrap();
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    stops(&mut daemon);
    assert!(daemon.log().contains("the database is locked"), "{}", daemon.log());
    other.execute_batch("ROLLBACK").unwrap();
    // That it was accepted could not be recorded.
    assert_eq!(Store::open(&daemon.state()).unwrap().counts().unwrap().n_due, 1);
}
