//! Digests from the page to the mailbox: what came since the last, program by program, and what could not
//! be read.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{Language, Page, Rhythm, Severity, Slot, Subscription, zone::zone};

use crate::eml::{Eml, letters};
use crate::hooks::{page as fee_page, run, see, watched};
use crate::program::{Home, lines};
use crate::world::{World, asked_by, fees};

const URL: &str = "https://www.example.org/fees";

fn page(amount: &str) -> String {
    format!(
        "<html><body><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is {amount} and \
         it is paid online.</p></main></body></html>"
    )
}

fn daily() -> Rhythm {
    Rhythm::Digest(Slot { day: None, hour: 7, zone: zone("America/Toronto").unwrap() })
}

fn world(language: Language) -> World {
    let world = World::new("fees", &[&fees(URL, "2026-01-20")]);
    let subscription =
        Subscription { severity: Severity::Info, rhythm: daily(), ..Subscription::default() };
    let new = asked_by("digest@example.org", language, subscription);
    world.store().subscribe(&new).unwrap();
    world
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Three prices in two days: two changes.
async fn two_changes(world: &mut World) {
    for (moment, amount) in [
        ("2026-03-02T12:00:00Z", "$1,475"),
        ("2026-03-02T15:00:00Z", "$1,500"),
        ("2026-03-02T19:00:00Z", "$1,750"),
    ] {
        let url = world.url();
        let page = Page::from_file(url, page(amount).into_bytes(), at(moment));
        world.see(at(moment), Reply::Page(page)).await;
    }
}

/// The letters to the reader of the digest.
fn digests(world: &World) -> Vec<Eml> {
    let sent = world.letters();
    let mine = sent.iter().filter(|letter| letter.to.as_str() == "digest@example.org");
    mine.map(|letter| Eml::read(std::str::from_utf8(&letter.bytes).unwrap())).collect()
}

#[tokio::test]
async fn what_came_since_the_last_is_one_letter() {
    for language in [Language::En, Language::Fr] {
        let mut world = world(language);
        two_changes(&mut world).await;
        assert_eq!(digests(&world).len(), 0, "it waits");
        for moment in ["2026-03-03T11:59:00Z", "2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z"] {
            deliver(&world.doors(None, at(moment)).delivering()).await.unwrap();
        }
        let letters = digests(&world);
        let [letter] = &letters[..] else { panic!("{} letters", letters.len()) };
        let (text, html) = letter.parts();
        assert!(text.contains("1,500") || text.contains("1\u{a0}500"), "{text}");
        assert!(html.trim_end().ends_with("</html>") && html.len() < 100_000);
        insta::assert_snapshot!(
            format!("digest_{}", language.code()),
            format!("Subject: {}\n\n{text}", letter.header("Subject"))
        );
    }
}

#[tokio::test]
async fn what_is_no_longer_heard_is_not_told() {
    let mut world = world(Language::En);
    two_changes(&mut world).await;
    let id = world.store().subscribers().unwrap()[1].subscriptions[0].id;
    let other = Subscription { programs: vec!["gts".to_owned()], ..Subscription::default() };
    world.store().change_subscription(id, &other, at("2026-03-02T20:00:00Z")).unwrap();
    deliver(&world.doors(None, at("2026-03-03T12:00:00Z")).delivering()).await.unwrap();
    assert_eq!(digests(&world).len(), 0);
    assert_eq!(world.store().counts().unwrap().n_due, 0, "nor does it wait for ever");
}

// --- Kills between a change and its digest -------------------------------------------------------

fn database(home: &Home) -> rusqlite::Connection {
    let connection =
        rusqlite::Connection::open(home.path().join(".local/state/rulewatch/rulewatch.db"))
            .unwrap();
    connection.busy_timeout(Duration::from_secs(20)).unwrap();
    connection
}

/// Lets the hour of every digest come.
fn hour_comes(home: &Home) {
    let sql = "UPDATE digest_item SET due_at = 1767225600000000 WHERE delivery IS NULL";
    database(home).execute(sql, []).unwrap();
}

#[test]
fn kills_between_a_change_and_its_digest_lose_and_double_nothing() {
    let kills: usize = std::env::var("RULEWATCH_KILLS").map_or(10, |n| n.parse().unwrap());
    let home = watched();
    for (name, send) in [("ana", "daily"), ("ben", "weekly")] {
        let address = format!("{name}@example.org");
        let asks =
            ["subscribe", &address, "--send", send, "--severity", "info", "--consent", "asked"];
        home.done(&run(&[&asks[..], &["--no-welcome"]].concat()));
    }
    let mut random = fastrand::Rng::with_seed(2026);
    let mut killed = 0;
    for n in 1..=kills {
        let page = home.file("page.html", fee_page(1_000 + n));
        let args = match n % 2 {
            0 => run(&["outbox", "flush"]),
            _ => run(&["check", "fees", "--from", &page]),
        };
        let mut command = home.command(&args);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The length of its life is what is tried here; nothing waits for it to be long enough.
        thread::sleep(Duration::from_millis(random.u64(0..500)));
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        hour_comes(&home);
    }
    see(&home, 5_000);
    hour_comes(&home);
    home.done(&run(&["outbox", "flush"]));

    let events = lines(&home.done(&run(&["log", "--format", "ndjson"])));
    let events: BTreeSet<String> =
        events.iter().map(|change| change["event"].as_str().unwrap().to_owned()).collect();
    let digests = digests_of(&home, &events);
    let by_id = letters_by_id(&home);
    assert!(by_id.values().all(|bodies| bodies.len() == 1), "a repeat is the same letter");
    let named: BTreeSet<&String> =
        digests.iter().filter(|id| by_id.keys().any(|known| known.contains(id.as_str()))).collect();
    assert_eq!((named.len(), by_id.len()), (digests.len(), digests.len()), "{by_id:?}");
    println!("kills: {killed} of {kills}; {} events in {} digests", events.len(), digests.len());
}

/// The digests that were sent: each reader hears of each event in one of them.
#[track_caller]
fn digests_of(home: &Home, events: &BTreeSet<String>) -> BTreeSet<String> {
    let database = database(home);
    let mut sql = database
        .prepare(
            "SELECT s.address, i.event, d.id, d.state FROM digest_item AS i
             JOIN subscriber AS s ON s.id = i.subscriber LEFT JOIN delivery AS d ON d.id = i.delivery",
        )
        .unwrap();
    let cells = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let told: Vec<(String, String, Option<String>, Option<String>)> =
        sql.query_map([], cells).unwrap().map(Result::unwrap).collect();
    let mut digests = BTreeSet::new();
    for reader in ["ana@example.org", "ben@example.org"] {
        let theirs: Vec<_> = told.iter().filter(|(address, ..)| address == reader).collect();
        let heard: BTreeSet<String> = theirs.iter().map(|(_, event, ..)| event.clone()).collect();
        assert_eq!(
            (heard, theirs.len()),
            (events.clone(), events.len()),
            "{reader} hears of each once"
        );
        for (_, event, digest, state) in theirs {
            assert_eq!(state.as_deref(), Some("sent"), "{event}");
            digests.insert(digest.clone().unwrap());
        }
    }
    digests
}

/// The texts of each letter, by its Message-ID: it may be handed over more than once.
fn letters_by_id(home: &Home) -> BTreeMap<String, BTreeSet<String>> {
    let mut by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for letter in letters(&home.path().join(".local/state/rulewatch/outbox")) {
        by_id
            .entry(letter.header("Message-ID").to_owned())
            .or_default()
            .insert(letter.body.clone());
    }
    by_id
}
