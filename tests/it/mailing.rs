//! Letters through a real mail server: STARTTLS, login, and the ways it can fail.
//!
//! The server is aiosmtpd from `tests/mail/smtpd.py`, run by the Python that
//! `RULEWATCH_TEST_PYTHON` names (`tests/run.sh` sets it). Without it these tests are left out, and
//! say so.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rulewatch::mail::{Envelope, Message, Post, Smtp, compose};
use rulewatch::model::{
    DeliveryId, EmailAddress, Letter, Login, MailServer, MailStep, Means, Secret, SendFailure, Tls,
};
use rulewatch::settings::{Overrides, Settings, Transport};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::left_out::left_out;

const USER: &str = "tester";
const PASSWORD: &str = "s3cret";

/// A mail server of the test's own; it ends with the test.
pub(crate) struct Server {
    scratch: TempDir,
    child: Child,
    events: Receiver<Json>,
    pub(crate) port: u16,
}

/// How a server protects its connections.
#[derive(Clone, Copy)]
pub(crate) enum Offers {
    StartTls,
    Wrapper,
    Nothing,
    /// STARTTLS, and it signs what it takes.
    Signing,
}

/// The Python that has aiosmtpd.
fn python() -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("RULEWATCH_TEST_PYTHON")?);
    let found = Command::new(&python).args(["-c", "import aiosmtpd"]).output().ok()?;
    let openssl = Command::new("openssl").arg("version").output().ok()?;
    (found.status.success() && openssl.status.success()).then_some(python)
}

fn openssl(begin: &[&str], paths: &[&Path]) {
    let ran = Command::new("openssl").args(begin).args(paths).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name)
}

impl Server {
    /// Starts a server; `None`, with a word, when there is no Python to run it.
    pub(crate) fn start(test: &str, offers: Offers) -> Option<Self> {
        let Some(python) = python() else {
            left_out(test, "no mail server (run tests/run.sh)");
            return None;
        };
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        let made = Command::new("sh")
            .arg(script("make-test-certificates.sh"))
            .arg(scratch.path())
            .status();
        assert!(made.unwrap().success(), "no certificates");
        let mut command = Command::new(python);
        command.arg(script("smtpd.py")).arg("--maildir").arg(path("maildir"));
        if !matches!(offers, Offers::Nothing) {
            command.arg("--cert").arg(path("server.pem")).arg("--key").arg(path("server.key"));
            command.arg("--auth").arg(format!("{USER}:{PASSWORD}"));
        }
        if matches!(offers, Offers::Wrapper) {
            command.arg("--wrapper");
        }
        if matches!(offers, Offers::Signing) {
            let (key, public) = (path("dkim.key"), path("dkim.pem"));
            openssl(&["genrsa", "-traditional", "-out"], &[&key]);
            openssl(&["rsa", "-pubout", "-in"], &[&key, Path::new("-out"), &public]);
            command.arg("--dkim").arg(key);
        }
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        let up: Json = events.recv_timeout(Duration::from_secs(30)).unwrap();
        let port = u16::try_from(up["port"].as_u64().unwrap()).unwrap();
        Some(Self { scratch, child, events, port })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn config(&self, tls: Tls) -> MailServer {
        let login = Login { user: USER.into(), password: Secret::new(PASSWORD) };
        MailServer {
            tls,
            login: Some(login),
            ca_pem: Some(fs::read(self.path("ca.pem")).unwrap()),
            ..MailServer::new("localhost", self.port)
        }
    }

    fn post(&self, tls: Tls) -> Post {
        Post::Smtp(Smtp::new(self.config(tls)).unwrap())
    }

    /// Ends the server, and tells all that happened.
    fn ended(&mut self) -> Vec<Json> {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
        self.events.iter().collect()
    }

    /// What arrived, read by another mail library than the one that wrote it.
    pub(crate) fn arrived(&self) -> Vec<Json> {
        self.told_of("read_maildir.py", &[])
    }

    /// What a verifier says of the signatures of what arrived.
    fn verified(&self) -> Vec<Json> {
        self.told_of("dkim_verify.py", &[self.path("dkim.pem")])
    }

    /// What a script says of the Maildir.
    fn told_of(&self, name: &str, more: &[PathBuf]) -> Vec<Json> {
        let mut command = Command::new(python().unwrap());
        command.arg(script(name)).args(more).arg(self.path("maildir"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn letter() -> Letter {
    let quote = "x".repeat(300);
    Letter {
        subject: "Preuve de fonds pour 1 personne\u{a0}: 13\u{a0}757\u{a0}$ → 14\u{a0}690\u{a0}$"
            .into(),
        text: format!(
            "Étape  en vigueur\n.\n..a line of dots\nFrom here on\n  Before  \"{quote}\"\n"
        ),
        html: format!("<!DOCTYPE html><html lang=\"fr\"><body><p>{quote} é → =</p></body></html>"),
    }
}

fn message_to(local: &str) -> Message {
    let from = EmailAddress::parse("alerts@rules.example.org").unwrap();
    let to = EmailAddress::parse(&format!("{local}@example.test")).unwrap();
    let id = DeliveryId::parse(&format!("{local}-0123456789")).unwrap();
    let envelope = Envelope {
        id: &id,
        from: &from,
        from_name: "Veille réglementaire",
        to: &to,
        date: "2025-02-27T18:05:00Z".parse().unwrap(),
        leave: Some("mailto:leave@example.org?subject=leave%204f3a9b"),
        in_reply_to: None,
    };
    compose(&letter(), &envelope).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_whole_as_the_configuration_says() {
    let test = "mailing::a_letter_arrives_whole_as_the_configuration_says";
    let Some(mut server) = Server::start(test, Offers::StartTls) else { return };
    let password = server.path("password");
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let config = server.path("rulewatch.toml");
    let text = format!(
        "[mail]\ntransport = 'smtp'\nhost = 'localhost'\nport = {}\nuser = '{USER}'\n\
         from = 'alerts@rules.example.org'\npassword_file = 'password'\nca_file = 'ca.pem'\n",
        server.port
    );
    fs::write(&config, text).unwrap();
    let overrides =
        Overrides { config: Some(config), state: Some(server.path("state")), sources: None };
    let settings = Settings::load(overrides, &|_| None).unwrap();
    let Transport::Smtp(mail_server) = &settings.mail.transport else { panic!("{settings:?}") };
    let post = Post::Smtp(Smtp::new(mail_server.clone()).unwrap());

    let first = message_to("ana");
    post.rehearse(&first.from, &first.to).await.unwrap();
    let sent = post.send(&message_to("ana")).await.unwrap();
    assert!(sent.answer.starts_with("250 "), "{sent:?}");
    post.send(&message_to("bo")).await.unwrap();
    post.rest().await;

    let events = server.ended();
    let logins = events.iter().filter(|event| event["ev"] == "auth").count();
    assert_eq!(logins, 2, "one for the rehearsal, one for both letters: {events:?}");
    for event in &events {
        assert_eq!(event["tls"], true, "{event}");
    }
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 2);
    let ana = arrived.iter().find(|mail| mail["headers"]["to"] == "ana@example.test").unwrap();
    check_whole(ana);
}

/// The operator's mail server signs; a tool that knows neither it nor us finds that the signatures hold, and
/// that nobody can put another way out into a letter, or take it away.
#[tokio::test(flavor = "multi_thread")]
async fn the_signature_of_each_letter_covers_its_way_out() {
    let test = "mailing::the_signature_of_each_letter_covers_its_way_out";
    let Some(mut server) = Server::start(test, Offers::Signing) else { return };
    let letters = crate::joining::letters_of_a_reader().await;
    let post = server.post(Tls::StartTls);
    for letter in &letters {
        post.send(letter).await.unwrap();
    }
    post.rest().await;
    server.ended();
    let verified = server.verified();
    assert_eq!(verified.len(), letters.len());
    for one in &verified {
        assert_eq!((&one["holds"], &one["other_body"]), (&true.into(), &false.into()), "{one}");
        assert_eq!(one["domain"], "example.org", "that of the sender: {one}");
        let signed = one["signed"].as_array().unwrap();
        for field in ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"]
        {
            assert!(signed.contains(&field.into()), "{field}: {one}");
        }
    }
    // The letter that asks whether somebody meant it has nothing to leave yet.
    let leavable: Vec<&Json> = verified.iter().filter(|one| one["one_click"] == true).collect();
    assert!(!leavable.is_empty(), "{verified:?}");
    for one in leavable {
        assert!(one["signed"].as_array().unwrap().contains(&"list-unsubscribe".into()), "{one}");
        assert_eq!(
            (&one["other_way_out"], &one["no_click"]),
            (&false.into(), &false.into()),
            "{one}"
        );
    }
}

/// Whether no letter goes until somebody mends it, and none is lost for it.
fn is_about_us(failure: &SendFailure) -> bool {
    failure.means == Means::Us && !failure.is_for_good()
}

/// Compares what arrived with what was sent.
fn check_whole(mail: &Json) {
    let (headers, letter) = (&mail["headers"], letter());
    let expected = [
        ("message-id", "<ana-0123456789@rules.example.org>"),
        ("date", "Thu, 27 Feb 2025 18:05:00 +0000"),
        ("from", "Veille réglementaire <alerts@rules.example.org>"),
        ("subject", &*letter.subject),
        ("auto-submitted", "auto-generated"),
        ("list-id", "rulewatch <rulewatch.rules.example.org>"),
        ("list-unsubscribe", "<mailto:leave@example.org?subject=leave%204f3a9b>"),
    ];
    for (name, value) in expected {
        assert_eq!(headers[name], value, "{name}");
    }
    assert_eq!(mail["defects"], serde_json::json!([]));
    assert_eq!(mail["kind"], "multipart/alternative");
    let parts = serde_json::json!([
        {"type": "text/plain", "text": letter.text},
        {"type": "text/html", "text": letter.html},
    ]);
    // Python's parser ends a part's text with the line end that belongs to the boundary or not.
    let trimmed = |parts: &Json| {
        let text = |part: &Json| part["text"].as_str().unwrap().trim_end().to_owned();
        parts.as_array().unwrap().iter().map(|p| (p["type"].clone(), text(p))).collect::<Vec<_>>()
    };
    assert_eq!(trimmed(&mail["parts"]), trimmed(&parts));
}

#[tokio::test]
async fn a_wrong_password_loses_no_letter() {
    let test = "mailing::a_wrong_password_loses_no_letter";
    let Some(server) = Server::start(test, Offers::StartTls) else { return };
    let login = Login { user: USER.into(), password: Secret::new("wrong") };
    let config = MailServer { login: Some(login), ..server.config(Tls::StartTls) };
    let post = Post::Smtp(Smtp::new(config).unwrap());
    let error = post.send(&message_to("ana")).await.unwrap_err();
    assert_eq!((error.step, error.code), (MailStep::Login, Some(535)), "{error:?}");
    assert!(is_about_us(&error), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("password_file") && !said.contains("wrong"), "{said}");
    let letter = message_to("ana");
    assert!(post.rehearse(&letter.from, &letter.to).await.is_err());
    let config = MailServer { login: None, ..server.config(Tls::StartTls) };
    let error = Post::Smtp(Smtp::new(config).unwrap()).send(&message_to("ana")).await.unwrap_err();
    assert_eq!(error.code, Some(530), "no login where one is wanted: {error:?}");
    assert!(is_about_us(&error), "{error:?}");
    assert_eq!(server.arrived().len(), 0);
}

#[tokio::test]
async fn a_failure_says_whether_to_try_again() {
    let test = "mailing::a_failure_says_whether_to_try_again";
    let Some(server) = Server::start(test, Offers::StartTls) else { return };
    let post = server.post(Tls::StartTls);
    let failed = async |local: &str| post.send(&message_to(local)).await.unwrap_err();
    for (local, code) in [("nouser-a", "550"), ("spam-a", "554")] {
        let error = failed(local).await;
        assert!(error.means == Means::Letter && error.is_for_good(), "{local}: {error:?}");
        assert!(error.to_string().contains(code), "{error}");
    }
    for (local, code) in
        [("full-a", "452"), ("busy-a", "421"), ("temp-a", "451"), ("greylist-a", "451")]
    {
        let error = failed(local).await;
        let is_deferred = error.code.is_some_and(|code| code < 500);
        assert!(is_deferred && !error.is_for_good(), "{local}: {error:?}");
        assert!(error.to_string().contains(code), "{error}");
    }
    for local in ["drop-rcpt-a", "drop-data-a"] {
        let error = failed(local).await;
        assert!(error.code.is_none() && !error.is_for_good(), "{local}: {error:?}");
    }
    assert_eq!(server.arrived().len(), 0);
    let until = Instant::now() + Duration::from_secs(30);
    while let Err(error) = post.send(&message_to("greylist-a")).await {
        assert!(
            !error.is_for_good() && Instant::now() < until,
            "a try after greylisting: {error:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.arrived().len(), 1, "after all those the connection is a good one again");
}

#[tokio::test]
async fn a_repeat_carries_the_same_message_id() {
    let test = "mailing::a_repeat_carries_the_same_message_id";
    let Some(server) = Server::start(test, Offers::StartTls) else { return };
    let post = server.post(Tls::StartTls);
    for _ in 0..2 {
        let error = post.send(&message_to("dup-a")).await.unwrap_err();
        assert!(error.code.is_none() && !error.is_for_good(), "{error:?}");
    }
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 2, "the server kept both and could not say so");
    assert_eq!(arrived[0]["headers"]["message-id"], "<dup-a-0123456789@rules.example.org>");
    assert_eq!(arrived[0]["raw"], arrived[1]["raw"], "composed anew, and byte for byte the same");
}

#[tokio::test]
async fn a_server_nobody_vouches_for_hears_nothing() {
    let test = "mailing::a_server_nobody_vouches_for_hears_nothing";
    let Some(mut server) = Server::start(test, Offers::StartTls) else { return };
    let strange = MailServer { ca_pem: None, ..server.config(Tls::StartTls) };
    // On a machine without any trusted certificate TLS cannot even be set up.
    if let Ok(smtp) = Smtp::new(strange) {
        let error = Post::Smtp(smtp).send(&message_to("ana")).await.unwrap_err();
        assert!(error.step == MailStep::Protect && is_about_us(&error), "{error:?}");
        assert!(error.to_string().contains("ca_file"), "{error}");
    }
    let elsewhere = MailServer { host: "127.0.0.2".into(), ..server.config(Tls::StartTls) };
    let error =
        Post::Smtp(Smtp::new(elsewhere).unwrap()).send(&message_to("ana")).await.unwrap_err();
    assert!(!error.is_for_good(), "{error:?}");
    assert_eq!(server.ended(), Vec::<Json>::new(), "no name and no password were said");
}

#[tokio::test]
async fn starttls_is_not_optional() {
    let test = "mailing::starttls_is_not_optional";
    let Some(mut server) = Server::start(test, Offers::Nothing) else { return };
    let error = server.post(Tls::StartTls).send(&message_to("ana")).await.unwrap_err();
    assert!(error.step == MailStep::Protect && is_about_us(&error), "{error:?}");
    let clear = MailServer { login: None, ..server.config(Tls::None) };
    let post = Post::Smtp(Smtp::new(clear).unwrap());
    post.send(&message_to("ana")).await.expect("in the clear, on this machine, when told so");
    assert_eq!(server.arrived().len(), 1);
    let events = server.ended();
    assert_eq!(events.len(), 1, "the first try said no name and no letter: {events:?}");
    assert_eq!((&events[0]["ev"], &events[0]["tls"]), (&"data".into(), &false.into()));
}

#[tokio::test]
async fn a_connection_may_be_protected_from_its_first_byte() {
    let test = "mailing::a_connection_may_be_protected_from_its_first_byte";
    let Some(server) = Server::start(test, Offers::Wrapper) else { return };
    server.post(Tls::Wrapper).send(&message_to("ana")).await.unwrap();
    assert_eq!(server.arrived().len(), 1);
}

#[test]
fn the_program_itself_can_speak_to_a_mail_server() {
    let scratch = tempfile::tempdir().unwrap();
    let config = scratch.path().join("rulewatch.toml");
    let text = "[mail]\ntransport = 'smtp'\nhost = 'localhost'\nport = 1\ntls = 'none'\n\
                from = 'alerts@rules.example.org'\n";
    fs::write(&config, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rulewatch"));
    command.arg("--config").arg(&config).arg("--state").arg(scratch.path().join("state"));
    // Nothing is pending: nothing is sent, and the connections are set up and put away in peace.
    let output = command.args(["outbox", "flush"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(output.stdout.starts_with(b"sent 0, "), "{said}");
}

/// What a person asks of the program itself: a letter to see how it looks, and one to see whether it
/// arrives.
#[test]
fn a_letter_is_shown_to_nobody_and_sent_as_a_test() {
    let test = "mailing::a_letter_is_shown_to_nobody_and_sent_as_a_test";
    let Some(mut server) = Server::start(test, Offers::StartTls) else { return };
    fs::write(server.path("password"), format!("{PASSWORD}\n")).unwrap();
    fs::set_permissions(server.path("password"), fs::Permissions::from_mode(0o600)).unwrap();
    let config = server.path("rulewatch.toml");
    let text = format!(
        "[mail]\ntransport = 'smtp'\nhost = 'localhost'\nport = {}\nuser = '{USER}'\n\
         from = 'alerts@rules.example.org'\npassword_file = 'password'\nca_file = 'ca.pem'\n",
        server.port
    );
    fs::write(&config, text).unwrap();
    let state = server.path("shown");
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rulewatch"));
        command.arg("--state").arg(&state).arg("--config").arg(&config);
        command
    };
    let demo = Command::new(env!("CARGO_BIN_EXE_rulewatch"))
        .args(["demo", "--dir"])
        .arg(&state)
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let log = program().args(["log", "--format", "ndjson"]).output().unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    let change: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    let id = change["id"].as_str().unwrap();

    let html = server.path("letter.html");
    let mut shown = program();
    shown.args(["alerts", "preview", id, "--lang", "fr", "--html"]).arg(&html);
    let shown = shown.output().unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.starts_with("Subject: "), "{text}");
    assert!(text.contains("Ce que dit la page"), "{text}");
    assert!(fs::read_to_string(&html).unwrap().contains("Ce que dit la page"));

    let nobody = ["alerts", "preview", id, "--for", "nobody@example.test"];
    let nobody = program().args(nobody).output().unwrap();
    assert_eq!(nobody.status.code(), Some(2));
    let said = String::from_utf8_lossy(&nobody.stderr);
    assert!(said.contains("nobody@example.test is not subscribed"), "{said}");

    let sent = program().args(["alerts", "test", "ana@example.test"]).output().unwrap();
    let said = String::from_utf8_lossy(&sent.stderr);
    assert!(sent.status.success(), "{said}");
    assert!(sent.stdout.starts_with(b"sent to ana@example.test: 250 "), "{sent:?}");
    server.ended();
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 1, "what is shown is not sent");
    let subject = arrived[0]["headers"]["subject"].as_str().unwrap();
    assert_eq!(subject, "Test letter of rulewatch: nothing has changed");
}
