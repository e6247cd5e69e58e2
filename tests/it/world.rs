//! A world of its own for the use cases: a clock set by hand, pages given beforehand, a real database
//! in a temporary folder, letters kept in memory.
//!
//! A scenario is text, a line for each thing that happens: `2025-02-27T12:00Z  page-of-that-day`.
//! What it becomes is text too: how each check ended, what changed, which letters went out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use rulewatch::catalog::Catalog;
use rulewatch::checking::{Report, check};
use rulewatch::clock::SetClock;
use rulewatch::conclude::{Confirmation, Trust};
use rulewatch::convert::Converter;
use rulewatch::delivering::{Unrecorded, deliver};
use rulewatch::doors::Doors;
use rulewatch::fetch::{Fetcher, Recorded, Reply};
use rulewatch::mail::{Memory, Post};
use rulewatch::model::{
    Change, Consent, EmailAddress, FetchFailure, Gone, Language, NewSubscriber, Page, Refusal,
    Severity, SourceId, Subscription,
};
use rulewatch::render::{json, letter::Sender};
use rulewatch::reviewing::{Decision, Ruling, rule};
use rulewatch::store::{SharedStore, Store};
use rulewatch::writing::Correspondence;
use tempfile::TempDir;

use crate::shipped::shipped;
use url::Url;

/// What is checked, and with what.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    catalogs: Vec<Catalog>,
    catalog: usize,
    source: SourceId,
    confirmation: Confirmation,
    trust: Trust,
    pages: BTreeMap<String, String>,
    twin: Option<String>,
    converter: Converter,
    post: Memory,
    told: usize,
    /// How readers call the web pages, where letters link to them.
    pub(crate) public_url: Option<Url>,
    /// Where letters to the operator go.
    pub(crate) operator: &'static str,
}

/// Somebody whom the operator subscribed.
pub(crate) fn asked_by(address: &str, language: Language, to: Subscription) -> NewSubscriber {
    NewSubscriber {
        address: self::address(address),
        language,
        subscription: to,
        consent: Consent {
            wording: "asked for it".to_owned(),
            method: "operator".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
        },
        token_hash: None,
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl World {
    /// Makes a world with one reader, who hears everything.
    pub(crate) fn new(source: &str, catalogs: &[&str]) -> Self {
        let parse = |text: &&str| Catalog::parse(&[("sources.toml", text)]).unwrap();
        Self::under(source, catalogs.iter().map(parse).collect())
    }

    /// A world under the shipped catalogue.
    pub(crate) fn shipped(source: &str) -> Self {
        Self::under(source, vec![shipped()])
    }

    /// A world under one catalogue after another.
    pub(crate) fn under(source: &str, catalogs: Vec<Catalog>) -> Self {
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            catalogs,
            catalog: 0,
            source: SourceId::parse(source).unwrap(),
            confirmation: Confirmation::by_next_page(),
            trust: Trust::Everything,
            pages: BTreeMap::new(),
            twin: None,
            converter: Converter::default(),
            post: Memory::default(),
            told: 0,
            public_url: None,
            operator: "operator@example.org",
        };
        let new = asked_by(
            "reader@example.org",
            Language::En,
            Subscription { severity: Severity::Info, ..Subscription::default() },
        );
        world.store().subscribe(&new).unwrap();
        world
    }

    pub(crate) fn confirmed_by(mut self, confirmation: Confirmation) -> Self {
        self.confirmation = confirmation;
        self
    }

    pub(crate) fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Gives a page a name for the scenario.
    pub(crate) fn page(mut self, name: &str, body: &str) -> Self {
        self.pages.insert(name.to_owned(), body.to_owned());
        self
    }

    /// The letters so far, whole.
    pub(crate) fn letters(&self) -> Vec<rulewatch::mail::Message> {
        self.post.sent()
    }

    pub(crate) fn converting(&mut self, converter: Converter) {
        self.converter = converter;
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.folder.path()).unwrap()
    }

    /// The doors, opened over what is remembered so far: as after a start of the program.
    pub(crate) fn doors(&self, reply: Option<Reply>, at: Timestamp) -> Doors {
        let catalog = self.catalogs[self.catalog].clone();
        let recorded = Recorded::default();
        let source = catalog.source(&self.source).unwrap();
        if let Some(reply) = reply {
            recorded.push(source.url.clone(), reply);
        }
        if let (Some(url), Some(twin)) = (&source.url_fr, &self.twin) {
            let body = self.pages[twin].as_bytes().to_vec();
            recorded.push_page(Page::from_file(url.clone(), body, at));
        }
        Doors {
            catalog: Arc::new(catalog),
            store: SharedStore::new(self.store()),
            fetcher: Arc::new(Fetcher::Recorded(recorded)),
            fetch_settings: None,
            fingerprint: String::new(),
            converter: self.converter.clone(),
            post: Post::Memory(self.post.clone()),
            clock: Arc::new(SetClock::new(at)),
            confirmation: self.confirmation.clone(),
            correspondence: Arc::new(Correspondence {
                from: address("alerts@example.org"),
                from_name: "rulewatch".to_owned(),
                sender: Some(Sender {
                    legal_name: "Rule Watchers Inc.".to_owned(),
                    postal_address: "1 Example Street, Ottawa ON K1A 0A0".to_owned(),
                    contact: "office@example.org".to_owned(),
                }),
                leave: None,
                public_url: self.public_url.clone(),
                operator: Some(address(self.operator)),
                language: Language::En,
                zone: TimeZone::get("America/Toronto").unwrap(),
                data: Vec::new(),
            }),
            calling: None,
            mirror: None,
            trust: self.trust,
            unrecorded: Unrecorded::default(),
            retention: rulewatch::model::Retention::default(),
        }
    }

    /// Checks the source once and delivers what became due.
    pub(crate) async fn see(&mut self, at: Timestamp, reply: Reply) -> (Report, Vec<String>) {
        let doors = self.doors(Some(reply), at);
        let report = check(&doors.checking(), &self.source).await.unwrap();
        deliver(&doors.delivering()).await.unwrap();
        (report, self.new_letters())
    }

    /// Decides what waits of the source, as a person does.
    async fn rule(&mut self, at: Timestamp, decision: Decision) -> (String, Vec<String>) {
        let doors = self.doors(None, at);
        let ruling = match rule(&doors.checking(), self.source.as_str(), decision, "ana") {
            Ok(Ruling::Released { changes, .. }) => {
                let lines: Vec<String> = changes.iter().map(line).collect();
                [&["released by ana".to_owned()], &lines[..]].concat().join("\n    ")
            }
            Ok(Ruling::Dropped(_)) => "rejected by ana".to_owned(),
            Ok(Ruling::Reviewed { .. }) => "reviewed by ana".to_owned(),
            Ok(Ruling::StillUnreviewed(_)) => "still unreviewed".to_owned(),
            Err(error) => error.to_string(),
        };
        deliver(&doors.delivering()).await.unwrap();
        (ruling, self.new_letters())
    }

    /// The letters that were sent since this was asked last.
    fn new_letters(&mut self) -> Vec<String> {
        let sent = self.post.sent();
        let new = sent[self.told..]
            .iter()
            .map(|message| format!("{}: {}", message.to.as_str(), subject(&message.bytes)));
        let letters = new.collect();
        self.told = sent.len();
        letters
    }

    /// Plays a scenario and returns what came of it.
    pub(crate) async fn play(&mut self, scenario: &str) -> String {
        let mut text = String::new();
        for line in scenario.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, what) = line.split_once("  ").unwrap();
            let what = what.trim();
            if let Some(name) = what.strip_prefix("in French ") {
                self.twin = Some(name.to_owned());
                writeln!(text, "{line}").unwrap();
                continue;
            }
            if let Some(n) = what.strip_prefix("catalog ") {
                self.catalog = n.parse::<usize>().unwrap() - 1;
                writeln!(text, "{line}").unwrap();
                continue;
            }
            let at: Timestamp = at.parse().unwrap();
            if let Some(decision) = decision(what) {
                let (ruling, letters) = self.rule(at, decision).await;
                writeln!(text, "{line}\n    {ruling}").unwrap();
                for letter in letters {
                    writeln!(text, "    letter to {letter}").unwrap();
                }
                continue;
            }
            let reply = self.reply(what, at);
            let (report, letters) = self.see(at, reply).await;
            writeln!(text, "{line}\n{}", told(&report)).unwrap();
            for letter in letters {
                writeln!(text, "    letter to {letter}").unwrap();
            }
        }
        self.check_whole();
        text
    }

    /// The address of the page that is checked.
    pub(crate) fn url(&self) -> Url {
        self.catalogs[self.catalog].source(&self.source).unwrap().url.clone()
    }

    /// What a word of a scenario stands for: a fixture's name, or a way to fail.
    fn reply(&self, what: &str, at: Timestamp) -> Reply {
        let url = self.url();
        match what {
            "no connection" => {
                let what = "connecting to the server: connection refused".to_owned();
                Reply::Failed(FetchFailure { what, retry: true })
            }
            "403" => Reply::Refused(Refusal::Status(403)),
            "404" => Reply::Gone(Gone(404)),
            "304" => Reply::NotModified { chain: Vec::new() },
            name => {
                let written = self.pages.get(name).map(|page| page.as_bytes().to_vec());
                let body = written.unwrap_or_else(|| std::fs::read(fixture(name)).unwrap());
                Reply::Page(Page::from_file(url, body, at))
            }
        }
    }

    /// Everything that was due is sent, and the database is whole.
    fn check_whole(&self) {
        let store = self.store();
        assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
        assert_eq!(store.altered_snapshots().unwrap(), []);
        assert_eq!(store.counts().unwrap().n_due, 0, "letters are left in the outbox");
    }
}

fn decision(what: &str) -> Option<Decision> {
    match what {
        "accept" => Some(Decision::Accept),
        "reject" => Some(Decision::Reject),
        _ => None,
    }
}

/// A catalogue of one source, `fees`: a page with the fee to apply.
pub(crate) fn fees(url: &str, verified: &str) -> String {
    FEES.replace("URL", url).replace("VERIFIED", verified)
}

const FEES: &str = r#"
[[source]]
id = "fees"
program = "bcpnp"
jurisdiction = "BC"
title = { en = "Fees", fr = "Frais" }
url = "URL"
verified = "VERIFIED"

[[source.facts]]
key = "bcpnp.fee"
type = "fees"
record = "{line}"

[source.facts.fields]
amount = { as = "money" }

[[source.facts.read]]
let = { line = "application" }
prose = { matches = 'fee to apply to skills immigration is (?P<amount>\$[\d.,]*\d)' }
"#;

/// A page of our own: `<source>/<twist>.<ending>`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures").join(name)
}

pub(crate) fn subject(message: &[u8]) -> String {
    let text = std::str::from_utf8(message).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let subject = head.lines().find_map(|line| line.strip_prefix("Subject: "));
    subject.unwrap().to_owned()
}

/// How a check ended, as text.
fn told(report: &Report) -> String {
    let mut text = format!("    {}", report.outcome.word());
    let reason = report.outcome.reason();
    if let Some(reason) = reason {
        write!(text, ": {reason}").unwrap();
    }
    for (fact, moved) in &report.updates {
        write!(text, "\n    {moved} updates of {fact}").unwrap();
    }
    for (word, changes) in [("held: ", &report.held), ("", &report.changes)] {
        let Some(first) = changes.first() else { continue };
        assert!(changes.iter().all(|change| change.event == first.event), "one event a check");
        let since = first.last_seen_unchanged_at.map_or("ever".to_owned(), |at| at.to_string());
        write!(text, "\n    {word}since {since}, {}", first.stage.word()).unwrap();
        // Of what is only held the counts are enough.
        if !word.is_empty() && changes.len() > 8 {
            for (kind, n) in counts(changes) {
                write!(text, "\n    {word}{n} {kind}").unwrap();
            }
            continue;
        }
        for change in changes {
            write!(text, "\n    {word}{}", line(change)).unwrap();
        }
    }
    text
}

fn counts(changes: &[Change]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry(change.kind.word()).or_default() += 1;
    }
    counts
}

/// A change in a line; the numbers it names are those of the JSON.
fn line(change: &Change) -> String {
    let json = json::change(change);
    let field = change.field.as_ref().map_or(String::new(), |field| format!("#{field}"));
    let value = |side: &str| match &json[side] {
        serde_json::Value::Object(fields) if fields.contains_key("amount") => {
            fields["amount"].to_string()
        }
        serde_json::Value::Object(_) => "a record".to_owned(),
        other => other.to_string(),
    };
    let (old, new) = (value("old"), value("new"));
    let kind = change.kind.word();
    format!("{kind} {}/{}{field}: {old} -> {new}", change.fact, change.record)
}
