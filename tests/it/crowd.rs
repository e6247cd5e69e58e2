//! One event and many readers: the work grows with the readers and not with their square, and the memory with
//! neither. `tests/long.sh crowd` does it with 100,000 subscriptions and prints how fast; the tests do it with
//! a few hundred.

use std::fs;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rulewatch::checking::check;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{
    Language, Page, Rhythm, Severity, Slot, SourceId, Subscription, zone::zone,
};
use rusqlite::{Connection, params};

use crate::world::{World, asked_by, fees};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What a reader hears of a change of the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hears {
    AtOnce,
    InDigest,
    Nothing,
}

/// What readers ask for, each as often as the others.
fn wishes() -> Vec<(Subscription, Hears)> {
    let daily = Rhythm::Digest(Slot { day: None, hour: 7, zone: zone("America/Toronto").unwrap() });
    let all = Subscription { severity: Severity::Info, ..Subscription::default() };
    let of = |program: &str| Subscription { programs: vec![program.to_owned()], ..all.clone() };
    vec![
        (all.clone(), Hears::AtOnce),
        (of("bcpnp"), Hears::AtOnce),
        (of("gts"), Hears::Nothing),
        (Subscription { severity: Severity::Block, ..all.clone() }, Hears::Nothing),
        (Subscription { rhythm: daily.clone(), ..all.clone() }, Hears::InDigest),
        (Subscription { rhythm: daily, ..of("gts") }, Hears::Nothing),
    ]
}

/// Subscribes `n` readers; returns how many hear at once and how many in a digest.
fn subscribe(world: &World, n: usize) -> (usize, usize) {
    let wishes = wishes();
    let mut ids = Vec::new();
    for (k, (subscription, _)) in wishes.iter().enumerate() {
        let new = asked_by(
            &format!("wish{k}@example.org"),
            if k % 2 == 0 { Language::En } else { Language::Fr },
            subscription.clone(),
        );
        ids.push(world.store().subscribe(&new).unwrap().0);
    }
    // The others as these, in one statement: how fast people subscribe is not what is asked here.
    let database = Connection::open(world.folder.path().join("rulewatch.db")).unwrap();
    let like = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
        INSERT INTO subscriber (address, language, consent_wording, consent_method, consent_given_at)
        SELECT 'reader' || n.i || '@host' || (n.i % 50) || '.example.org', s.language, s.consent_wording,
            s.consent_method, s.consent_given_at
        FROM n CROSS JOIN subscriber AS s ON s.id = ?3 + n.i % ?1 ORDER BY n.i";
    let (kinds, all) = (i64::try_from(wishes.len()).unwrap(), i64::try_from(n).unwrap());
    database.execute(like, params![kinds, all, ids[0]]).unwrap();
    let wish = "INSERT INTO subscription (subscriber, wish, consent_wording, consent_method,
            consent_given_at, changed_at)
        SELECT s.id, x.wish, x.consent_wording, x.consent_method, x.consent_given_at, x.changed_at
        FROM subscriber AS s JOIN subscription AS x ON x.subscriber = ?1 + (s.id - ?1) % ?2
        WHERE s.id >= ?1 + ?2";
    database.execute(wish, params![ids[0], kinds]).unwrap();
    let of = |hears| (0..n).filter(|k| wishes[k % wishes.len()].1 == hears).count();
    (of(Hears::AtOnce), of(Hears::InDigest))
}

/// The most memory that this process has had so far, in MiB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

fn rate(n: usize, took: Duration) -> String {
    format!("{n} in {took:.1?} ({:.0} a second)", n as f64 / took.as_secs_f64())
}

/// A world in which the page says another fee, and `n` readers.
#[expect(clippy::print_stdout, reason = "the rates are what the run is asked for")]
async fn crowd(n: usize) {
    let mut world = World::new("fees", &[&fees("https://www.example.org/fees", "2026-01-20")]);
    let (url, first, second) =
        (world.url(), at("2026-03-02T12:00:00Z"), at("2026-03-02T15:00:00Z"));
    let page = |amount: &str, at| {
        let body = format!(
            "<html><body><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is {amount} and it \
             is paid online.</p></main></body></html>"
        );
        Reply::Page(Page::from_file(url.clone(), body.into(), at))
    };
    world.see(first, page("$1,475", first)).await;
    let (at_once, in_digest) = subscribe(&world, n);
    let doors = world.doors(Some(page("$1,750", second)), second);
    let before = peak();
    let begun = Instant::now();
    check(&doors.checking(), &SourceId::parse("fees").unwrap()).await.unwrap();
    let planned = begun.elapsed();
    // The reader that every world has hears everything.
    assert_eq!(world.store().count_due(second).unwrap(), at_once + 1);
    assert_eq!(world.store().waiting_for_digest().unwrap(), (in_digest as u64, in_digest as u64));
    let morning = at("2026-03-03T12:00:00Z");
    let begun = Instant::now();
    assert_eq!(world.store().gather_digests(morning).unwrap(), in_digest);
    let gathered = begun.elapsed();
    assert_eq!(world.store().waiting_for_digest().unwrap(), (0, 0));
    let grown = peak() - before;
    println!(
        "crowd: {n} subscriptions: planned {}; digests gathered {}; {grown} MiB more",
        rate(at_once + in_digest, planned),
        rate(in_digest, gathered),
    );
    assert!(grown < 64, "what is planned is never all in memory: {grown} MiB");
    if n < 5_000 {
        let begun = Instant::now();
        let done = deliver(&world.doors(None, morning).delivering()).await.unwrap();
        assert_eq!(done.sent, at_once + 1 + in_digest, "{done}");
        println!("  written and sent: {}", rate(done.sent, begun.elapsed()));
    }
}

#[tokio::test]
async fn one_event_and_a_crowd_of_readers() {
    let most = std::env::var("RULEWATCH_CROWD").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    for n in [most / 100, most / 10, most].into_iter().filter(|n| *n >= 300) {
        crowd(n).await;
    }
}
