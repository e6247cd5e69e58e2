//! Faults on our own side, on real database files: what a check or a letter cannot be recorded for
//! stays its own trouble, is told once, and nothing is lost.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rulewatch::checking::{check, check_afresh};
use rulewatch::delivering::{Delivering, deliver};
use rulewatch::doors::Doors;
use rulewatch::fetch::Reply;
use rulewatch::mail::{Post, Smtp};
use rulewatch::model::{
    Advice, CheckOutcome, DeliveryState, EmailAddress, Language, LogFilter, MailLimits, MailServer,
    Page, Severity, SourceId, Subscription,
};
use rulewatch::store::OutboxFilter;
use rusqlite::Connection;

use crate::mail_server::{Does, Mailbox};
use crate::world::{World, asked_by, fees};

const URL: &str = "https://example.org/fees";
const MONDAY: &str = "2026-01-19T15:00:00Z";
const TUESDAY: &str = "2026-01-20T15:00:00Z";
const WEDNESDAY: &str = "2026-01-21T15:00:00Z";
const THURSDAY: &str = "2026-01-22T15:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn world() -> World {
    World::new("fees", &[&fees(URL, "2026-01-20")])
}

/// The page with a fee.
fn page(fee: &str, moment: &str) -> Reply {
    let body = format!(
        "<!doctype html><html><head><title>Fees</title></head><body><main><h1>Fees</h1>\
         <p>The fee to apply to Skills Immigration is {fee}.</p></main></body></html>"
    );
    Reply::Page(Page::from_file(URL.parse().unwrap(), body.into_bytes(), at(moment)))
}

/// Another program's connection to the same database.
fn stranger(folder: &Path) -> Connection {
    Connection::open(folder.join("rulewatch.db")).unwrap()
}

fn id() -> SourceId {
    SourceId::parse("fees").unwrap()
}

/// Holds the write lock for a while, from another thread; returns once it is held.
fn lock(folder: &Path, length: Duration) -> std::thread::JoinHandle<()> {
    let connection = stranger(folder);
    let (held, is_held) = std::sync::mpsc::channel();
    let holder = std::thread::spawn(move || {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        held.send(()).unwrap();
        std::thread::sleep(length);
        connection.execute_batch("ROLLBACK").unwrap();
    });
    is_held.recv().unwrap();
    holder
}

fn changes(world: &World) -> usize {
    world.store().changes(&LogFilter::default()).unwrap().len()
}

#[tokio::test]
async fn an_event_that_cannot_be_recorded_is_the_sources_own_trouble_and_told_once() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let stranger = stranger(world.folder.path());
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON event
        BEGIN SELECT RAISE(ABORT, 'no event today'); END";
    stranger.execute_batch(refuse).unwrap();

    let (report, letters) = world.see(at(TUESDAY), page("$1,750", TUESDAY)).await;
    assert_eq!(report.outcome.word(), "broken");
    let why = report.outcome.reason().unwrap();
    assert!(why.contains("rulewatch itself failed") && why.contains("no event today"), "{why}");
    assert_eq!(letters, ["operator@example.org: rulewatch: fees can no longer be read: broken"]);
    let last = world.store().checks(&id(), 1).unwrap().remove(0);
    assert_eq!((last.outcome.as_str(), last.reason_word.as_deref()), ("broken", Some("internal")));
    assert_eq!(changes(&world), 0);

    let (_, letters) = world.see(at(WEDNESDAY), page("$1,750", WEDNESDAY)).await;
    assert_eq!(letters, [""; 0], "it is told once");

    stranger.execute_batch("DROP TRIGGER refuse").unwrap();
    let (report, letters) = world.see(at(THURSDAY), page("$1,750", THURSDAY)).await;
    assert_eq!((report.outcome.word(), report.changes.len()), ("changed", 1), "nothing is lost");
    assert_eq!(changes(&world), 1);
    assert_eq!(letters.len(), 2, "the reader's, and that the source is well: {letters:?}");
}

#[tokio::test]
async fn a_source_whose_checks_cannot_be_recorded_at_all_is_told_once_all_the_same() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let stranger = stranger(world.folder.path());
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON check_run
        BEGIN SELECT RAISE(ABORT, 'no check today'); END";
    stranger.execute_batch(refuse).unwrap();
    for moment in [TUESDAY, WEDNESDAY] {
        let doors = world.doors(Some(page("$1,750", moment)), at(moment));
        let error = check(&doors.checking(), &id()).await.unwrap_err();
        assert_eq!(error.advice(), Advice::TellOperator, "{error}");
        deliver(&doors.delivering()).await.unwrap();
    }
    let letters: Vec<_> = world.letters().into_iter().filter(|l| is_operator(&l.to)).collect();
    assert_eq!(letters.len(), 1);
}

fn is_operator(address: &EmailAddress) -> bool {
    address.as_str() == "operator@example.org"
}

#[tokio::test]
async fn a_locked_database_loses_no_check_and_tells_nothing_twice() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let folder = world.folder.path().to_owned();
    let doors = world.doors(Some(page("$1,750", TUESDAY)), at(TUESDAY));
    let begun = Instant::now();
    let lock = lock(&folder, Duration::from_secs(7));
    let error = check(&doors.checking(), &id()).await.unwrap_err();
    assert_eq!(error.advice(), Advice::Retry, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(7), "it does not wait for ever");
    let checks = world.store().counts().unwrap().n_checks;
    lock.join().unwrap();

    let doors = world.doors(Some(page("$1,750", TUESDAY)), at(TUESDAY));
    let report = check_afresh(&doors.checking(), &id()).await.unwrap();
    assert_eq!(report.outcome, CheckOutcome::Changed);
    deliver(&doors.delivering()).await.unwrap();
    assert_eq!(world.store().counts().unwrap().n_checks, checks + 1);
    assert_eq!((changes(&world), world.letters().len()), (1, 1));
}

#[tokio::test]
async fn a_try_that_cannot_be_recorded_is_recorded_later_and_the_letter_is_not_sent_again() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let doors = world.doors(Some(Reply::Gone(rulewatch::model::Gone(404))), at(TUESDAY));
    check(&doors.checking(), &id()).await.unwrap();
    // A mail server that takes its time, so that the database is locked while it does.
    let server = Mailbox::start();
    server.at("dot", Does::IsSlow(Duration::from_secs(3)));
    let config = MailServer { limits: MailLimits::default(), ..server.config() };
    let post = Post::Smtp(Smtp::new(config).unwrap());
    let delivering = Delivering { post, ..doors.delivering() };
    let with = delivering.clone();
    let delivery = tokio::spawn(async move { deliver(&with).await });
    while server.taken().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let lock = lock(world.folder.path(), Duration::from_secs(10));
    let error = delivery.await.unwrap().unwrap_err();
    assert_eq!(error.advice(), Advice::Retry, "{error}");
    assert_eq!(server.taken().len(), 1, "it was sent");
    assert_eq!(world.store().counts().unwrap().n_due, 1, "and is not recorded as sent");
    lock.join().unwrap();
    deliver(&delivering).await.unwrap();
    assert_eq!((server.taken().len(), world.store().counts().unwrap().n_due), (1, 0));
}

/// Adds a second reader of everything.
fn subscribe(doors: &Doors, address: &str) {
    let new = asked_by(
        address,
        Language::En,
        Subscription { severity: Severity::Info, ..Subscription::default() },
    );
    doors.store.ask(|store| store.subscribe(&new)).unwrap();
}

#[tokio::test]
async fn a_letter_that_cannot_be_written_is_set_aside_and_the_others_go_out() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let doors = world.doors(Some(page("$1,750", TUESDAY)), at(TUESDAY));
    subscribe(&doors, "second@example.org");
    check(&doors.checking(), &id()).await.unwrap();
    let stranger = stranger(world.folder.path());
    // An address that ours would never let in, and no mail program takes.
    let spoil =
        "UPDATE delivery SET to_address = 'no address' WHERE to_address = 'reader@example.org'";
    stranger.execute_batch(spoil).unwrap();
    let delivered = deliver(&doors.delivering()).await.unwrap();
    assert_eq!((delivered.sent, delivered.gave_up), (2, 1), "{delivered:?}");
    let to: Vec<String> = world.letters().iter().map(|l| l.to.as_str().to_owned()).collect();
    assert!(to.contains(&"second@example.org".to_owned()), "{to:?}");
    assert!(to.contains(&"operator@example.org".to_owned()), "the operator is told: {to:?}");

    // It is not tried again by itself, and not told again.
    let again = deliver(&doors.delivering()).await.unwrap();
    assert!(again.is_nothing(), "{again:?}");
    let mend =
        "UPDATE delivery SET to_address = 'reader@example.org' WHERE to_address = 'no address'";
    stranger.execute_batch(mend).unwrap();
    let rows = world.store().outbox(&OutboxFilter::default()).unwrap();
    let aside = rows.iter().find(|row| row.delivery.to.as_str() == "reader@example.org").unwrap();
    let DeliveryState::GaveUp { why, .. } = &aside.delivery.state else { panic!("{aside:?}") };
    assert!(why.contains("to_address"), "its reason is kept: {why}");
    rulewatch::delivering::retry(&doors.store, &aside.delivery.id, at(TUESDAY)).unwrap();
    assert_eq!(deliver(&doors.delivering()).await.unwrap().sent, 1, "once mended it goes out");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_back_sets_its_letters_aside_and_no_others() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let doors = world.doors(Some(page("$1,750", TUESDAY)), at(TUESDAY));
    check(&doors.checking(), &id()).await.unwrap();
    let doors = world.doors(Some(page("$1,800", WEDNESDAY)), at(WEDNESDAY));
    check(&doors.checking(), &id()).await.unwrap();
    let stranger = stranger(world.folder.path());
    let spoil = "DROP TRIGGER change_update;
        UPDATE change SET kind = 'nonsense' WHERE place = (SELECT min(place) FROM change)";
    stranger.execute_batch(spoil).unwrap();
    let delivered = deliver(&doors.delivering()).await.unwrap();
    assert_eq!((delivered.sent, delivered.gave_up), (2, 1), "{delivered:?}");
}

#[tokio::test]
async fn a_letter_to_nobody_we_can_write_to_does_not_stop_the_check() {
    let mut world = world();
    world.see(at(MONDAY), page("$1,475", MONDAY)).await;
    let mut doors = world.doors(Some(Reply::Gone(rulewatch::model::Gone(404))), at(TUESDAY));
    let mut correspondence = (*doors.correspondence).clone();
    correspondence.from_name = "rule\nwatch".to_owned();
    doors.correspondence = correspondence.into();
    let report = check(&doors.checking(), &id()).await.unwrap();
    assert_eq!(report.outcome.word(), "gone", "the check is recorded");
    let rows = world.store().outbox(&OutboxFilter::default()).unwrap();
    let DeliveryState::GaveUp { why, .. } = &rows[0].delivery.state else { panic!("{rows:?}") };
    assert!(why.contains("sender's name"), "{why}");
}
