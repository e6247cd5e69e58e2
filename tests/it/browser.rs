//! The pages in a real browser with its scripts switched off: sign up, read the mail, confirm, change what is
//! heard, look what is new, leave. The daemon is the real one, and so is the mail server.
//!
//! The browser is Chromium, driven by `chromedriver` (WebDriver). Where either is missing, or
//! `RULEWATCH_TEST_BROWSER` is not `yes`, the test is left out, and says so.

mod letters;
mod looks;
mod pages;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::daemon::{CONFIG, Daemon, source};
use crate::left_out::left_out;
use crate::mailing::{Offers, Server};
use crate::program::Home;
use crate::web::get;

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether pages may run scripts, by the browser's own numbers.
#[derive(Clone, Copy)]
enum Scripts {
    /// They may: what checks a page is one.
    Run = 1,
    /// They may not.
    Blocked = 2,
}

/// A browser; it ends with the test.
struct Browser {
    driver: Child,
    at: SocketAddr,
    session: String,
}

impl Browser {
    /// Starts one; `None`, with a word, where there is none.
    fn start(test: &str, home: &Home, scripts: Scripts) -> Option<Self> {
        let has = |program: &str| {
            let asked = Command::new(program).arg("--version").output();
            asked.is_ok_and(|output| output.status.success())
        };
        if std::env::var("RULEWATCH_TEST_BROWSER").as_deref() != Ok("yes") {
            left_out(test, "no browser was asked for (RULEWATCH_TEST_BROWSER=yes)");
            return None;
        }
        if !(has("chromedriver") && has("chromium")) {
            left_out(test, "no browser (apt-get install chromium chromium-driver)");
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port = port(driver.stdout.as_mut().unwrap());
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        let mut browser = Self { driver, at, session: String::new() };
        let profile = home.path().join("profile").display().to_string();
        let switches = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--window-size=800,1200",
            &format!("--user-data-dir={profile}"),
        ];
        let may = json!({ "profile.managed_default_content_settings.javascript": scripts as u8 });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": switches, "prefs": may },
        } } });
        let session = browser.ask("POST", "", &wanted);
        browser.session = format!("/{}", session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// Asks the driver.
    #[track_caller]
    fn ask(&self, method: &str, what: &str, with: &Json) -> Json {
        self.asked(method, what, with).unwrap_or_else(|said| panic!("{said}"))
    }

    /// Asks the driver for what may not be there yet, or any more: a click is over before the page that it leads
    /// to has come.
    fn asked(&self, method: &str, what: &str, with: &Json) -> Result<Json, String> {
        let body = if method == "GET" { String::new() } else { with.to_string() };
        let request = format!(
            "{method} /session{}{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.session,
            body.len()
        );
        let answer = answer(self.at, request.as_bytes());
        let said: Json = serde_json::from_str(&answer).expect(&answer);
        match said["value"]["error"].is_null() {
            true => Ok(said["value"].clone()),
            false => Err(format!("{method} {what}: {said}")),
        }
    }

    #[track_caller]
    fn open(&self, url: &str) {
        self.ask("POST", "/url", &json!({ "url": url }));
    }

    /// The element that a selector finds first.
    fn find(&self, css: &str) -> Result<String, String> {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.asked("POST", "/element", &wanted)?;
        let (_, id) = found.as_object().unwrap().iter().next().unwrap();
        Ok(format!("/element/{}", id.as_str().unwrap()))
    }

    #[track_caller]
    fn click(&self, css: &str) {
        until(|| self.asked("POST", &format!("{}/click", self.find(css)?), &json!({})));
    }

    #[track_caller]
    fn write(&self, css: &str, words: &str) {
        let text = json!({ "text": words });
        until(|| self.asked("POST", &format!("{}/value", self.find(css)?), &text));
    }

    /// Waits until a person reads these words on the page.
    #[track_caller]
    fn reads(&self, words: &str) {
        until(|| {
            let text = self.asked("GET", &format!("{}/text", self.find("body")?), &Json::Null)?;
            let text = text.as_str().unwrap();
            if text.contains(words) { Ok(()) } else { Err(format!("{words}:\n{text}")) }
        });
    }

    fn address(&self) -> String {
        self.ask("GET", "/url", &Json::Null).as_str().unwrap().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // Ends the browser, which the driver started.
            let end =
                format!("DELETE /session{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", self.session);
            answer(self.at, end.as_bytes());
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// Asks a driver, which keeps its connections open: what it says is as long as it says.
fn answer(at: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request).unwrap();
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        let field = line.to_ascii_lowercase();
        if let Some(n) = field.strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// The port that a driver says it listens on.
fn port(out: &mut impl std::io::Read) -> u16 {
    let mut text = String::new();
    let mut byte = [0];
    while out.read(&mut byte).unwrap_or(0) == 1 {
        text.push(char::from(byte[0]));
        let port = text.rsplit("on port ").next().and_then(|rest| rest.split_once('.'));
        if let Some(port) = port.and_then(|(port, _)| port.parse().ok()) {
            return port;
        }
    }
    panic!("the driver does not say where it listens: {text}");
}

/// Looks until something is there, and says why it is not when that takes too long. Neither a browser nor a mail
/// server tells when its next page or letter comes.
#[track_caller]
fn until<T>(mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return found,
            Err(why) => assert!(Instant::now() < end, "{why}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A server of one page, which can be changed.
struct Page {
    port: u16,
    body: Arc<Mutex<String>>,
}

impl Page {
    fn start(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let page =
            Self { port: listener.local_addr().unwrap().port(), body: Arc::new(Mutex::new(body)) };
        let body = Arc::clone(&page.body);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut head = [0; 4096];
                let n = stream.read(&mut head).unwrap_or(0);
                let is_robots = head[..n].starts_with(b"GET /robots.txt");
                let status = if is_robots { "404 Not Found" } else { "200 OK" };
                let body = if is_robots { String::new() } else { body.lock().unwrap().clone() };
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\
                     Connection: close\r\n\r\n{body}"
                );
            }
        });
        page
    }

    fn becomes(&self, body: String) {
        *self.body.lock().unwrap() = body;
    }
}

/// A free port of loopback.
fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The first link of this kind in the newest letter to somebody that has one.
fn link(mail: &Server, to: &str, part: &str) -> Result<String, String> {
    let letters = mail.arrived();
    let is_to = |letter: &&Json| {
        letter["headers"]["to"].as_str().is_some_and(|to_whom| to_whom.contains(to))
    };
    letters
        .iter()
        .rev()
        .filter(is_to)
        .filter_map(|letter| {
            let text = letter["parts"][0]["text"].as_str()?;
            let at = text.find(part)?;
            let begin = text[..at].rfind("http")?;
            text[begin..].split_whitespace().next().map(str::to_owned)
        })
        .next()
        .ok_or_else(|| format!("no letter to {to} has a link with {part}"))
}

/// Starts the daemon over a page with a fee, with its letters to a mail server; returns where its pages are.
fn served(home: Home, page: &Page, mail: &Server) -> (Daemon, String) {
    home.file("sources.toml", source("bc-fees", &format!("http://127.0.0.1:{}/fees", page.port)));
    let (port, mailed) = (free(), mail.port);
    let base = format!("http://127.0.0.1:{port}");
    home.file(
        "rulewatch.toml",
        format!(
            "[operator]\naddress = 'operator@example.org'\nlegal_name = 'Watchers Inc.'\n\
             postal_address = '1 Main St, Ottawa'\nother_contact = '613 555 0100'\n\
             [mail]\ntransport = 'smtp'\nhost = 'localhost'\nport = {mailed}\ntls = 'none'\n\
             from = 'alerts@example.org'\n{}[http]\nlisten = '127.0.0.1:{port}'\npublic_url = '{base}'\n",
            CONFIG.split_once("[fetch]").map(|(_, fetch)| format!("[fetch]{fetch}")).unwrap()
        ),
    );
    let mut daemon = Daemon::start(home);
    let at = SocketAddr::from(([127, 0, 0, 1], port));
    daemon.until("the fee", |_| {
        TcpStream::connect(at).is_ok() && get(at, "/en/facts/bc_fees.fee").body.contains("$1,475")
    });
    (daemon, base)
}

#[test]
fn a_person_signs_up_reads_changes_and_leaves_without_scripts() {
    const TEST: &str = "browser::a_person_signs_up_reads_changes_and_leaves_without_scripts";
    let home = Home::new();
    let Some(mail) = Server::start(TEST, Offers::Nothing) else { return };
    let Some(browser) = Browser::start(TEST, &home, Scripts::Blocked) else { return };
    let page = Page::start(fee("$1,475"));
    let (daemon, base) = served(home, &page, &mail);

    // Sign up.
    browser.open(&format!("{base}/"));
    browser.click("a[href='/en/subscribe']");
    browser.click("input[name='program'][value='bcpnp']");
    browser.click("form[method='get'] button");
    browser.reads("What you would get");
    browser.write("#address", "ana@example.test");
    browser.click("form[method='post'] button");
    browser.reads("Look into your mail");

    // Read the mail, and confirm.
    let confirm = until(|| link(&mail, "ana@example.test", "/confirm/"));
    browser.open(&confirm);
    browser.reads("Do you want these letters?");
    browser.click("form[method='post'] button");
    browser.reads("You are subscribed");
    let manage = browser.address();

    // Change what is heard.
    browser.click("main section a");
    browser.click("input[name='severity'][value='info']");
    browser.click("form[method='get'] button");
    browser.reads("whatever its severity");
    browser.click("form[method='post'] button");
    browser.reads("It is changed.");

    // The page changes: the letter comes, and its link shows the change with its proof.
    page.becomes(fee("$1,650"));
    daemon.home.done(&["--sources", "sources.toml", "check", "bc-fees"]);
    let change = until(|| link(&mail, "ana@example.test", "/en/changes/"));
    browser.open(&change);
    browser.reads("$1,475");
    browser.reads("$1,650");

    // Look what is new, in French too.
    browser.open(&manage);
    browser.reads("$1,650");
    browser.click("nav a[href='/en/changes']");
    browser.open(&format!("{base}/fr/changes"));
    browser.reads("Ce qui a changé");
    browser.click("p.box a");
    browser.reads("Nouveau depuis votre dernière visite");

    // Leave.
    let leave = link(&mail, "ana@example.test", "/leave/").unwrap();
    browser.open(&leave);
    browser.reads("Stop the letters?");
    browser.click("form[method='post'] button");
    browser.reads("You get no more letters");
    let listed = daemon.home.done(&["subscribers"]);
    assert!(!listed.contains("ana@example.test"), "{listed}");
    assert_eq!(daemon.stop(), Some(0));
}

fn fee(amount: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is {amount}.</p></main></body></html>"
    )
}
