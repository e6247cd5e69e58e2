//! The daemon at several things at once: what is slow or silent holds up nothing beside it, and no end.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
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

/// A server on every address of this machine's own network. The hosts whose number is even say nothing.
struct Hosts {
    port: u16,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Hosts {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<BTreeMap<String, usize>>>::default();
        let of = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let of = Arc::clone(&of);
                thread::spawn(move || answer(stream, &of));
            }
        });
        Self { port, asked }
    }

    /// A source at the host with this number.
    fn source(&self, id: &str, number: u8) -> String {
        source(id, &format!("http://127.0.0.{number}:{}/{id}", self.port))
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<BTreeMap<String, usize>>) {
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
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
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
    let told = Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(15), "{:?}", told.elapsed());
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

#[test]
fn a_mail_server_that_says_nothing_holds_up_no_check_and_no_end() {
    let (hosts, mail) = (Hosts::start(), Mailbox::start());
    mail.at("dot", Does::IsSilent);
    let config = format!(
        "{CONFIG}[mail]\ntransport = 'smtp'\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\n\
         from = 'alerts@example.org'\n",
        mail.port
    );
    let home = home(&config, &[hosts.source("good", 101)]);
    enqueue(&mut Store::open(&home.path().join(".local/state/rulewatch")).unwrap());
    let mut daemon = Daemon::start(home);
    daemon.until("the letter is handed over", |_| !mail.taken().is_empty());
    daemon.home.file("sources.d/more.toml", hosts.source("later", 103));
    daemon.signal("-HUP");
    daemon.until("a check while it is silent", |daemon| daemon.outcome("later").is_some());
    let told = Instant::now();
    assert_eq!(daemon.ends(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(15), "{:?}", told.elapsed());
    // Nobody knows whether it was taken, so it is not settled; the next round repeats it.
    assert_eq!(Store::open(&daemon.state()).unwrap().counts().unwrap().n_due, 1);
}
