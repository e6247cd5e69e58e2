//! Letters that come back: reports are read from the mailboxes they lie in, and a reader to whom several
//! could not be delivered gets nothing more until somebody has looked, and then all that was missed.

use std::fs;

use jiff::Timestamp;
use rulewatch::delivering::{deliver, pause_bouncing, read_reports, resume};
use rulewatch::fetch::Reply;
use rulewatch::model::{EmailAddress, Page};
use rulewatch::store::{SharedStore, Store};

use crate::eml::Eml;
use crate::program::Home;
use crate::world::{World, fees, fixture};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn reader() -> EmailAddress {
    EmailAddress::parse("reader@example.org").unwrap()
}

/// A report that a letter could not be delivered, as a mail server sends it.
fn report(letter: &[u8], status: &str) -> String {
    let eml = Eml::read(std::str::from_utf8(letter).unwrap());
    format!(
        "From: MAILER-DAEMON@mx.example.org\r\nTo: alerts@example.org\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\n\r\n\
         Final-Recipient: rfc822; reader@example.org\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} <reader@example.org> is not here\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n\
         From: alerts@example.org\r\nMessage-ID: {}\r\nSubject: x\r\n\r\nhello\r\n--b--\r\n",
        eml.header("Message-ID")
    )
}

async fn see(world: &mut World, moment: &str, amount: &str) {
    let body = format!(
        "<html><body><main><h1>Fees</h1><p>The fee to apply to Skills Immigration is {amount} and it is \
         paid online.</p></main></body></html>"
    );
    let url = world.url();
    world.see(at(moment), Reply::Page(Page::from_file(url, body.into_bytes(), at(moment)))).await;
}

#[tokio::test]
async fn a_reader_whose_letters_come_back_is_paused_and_misses_nothing() {
    let mut world = World::new("fees", &[&fees("https://www.example.org/fees", "2026-01-20")]);
    see(&mut world, "2026-03-01T12:00:00Z", "$1,475").await;
    let amounts = ["$1,500", "$1,600", "$1,700"];
    for (n, amount) in amounts.iter().enumerate() {
        see(&mut world, &format!("2026-03-0{}T12:00:00Z", n + 2), amount).await;
    }
    let mailbox = world.folder.path().join("Maildir");
    fs::create_dir_all(mailbox.join("new")).unwrap();
    fs::create_dir_all(mailbox.join("cur")).unwrap();
    let sent: Vec<Vec<u8>> = world.letters().into_iter().map(|letter| letter.bytes).collect();
    assert_eq!(sent.len(), 3);
    fs::write(mailbox.join("new/1"), report(&sent[0], "5.1.1")).unwrap();
    fs::write(mailbox.join("cur/2:2,S"), report(&sent[1], "5.1.1")).unwrap();
    fs::write(mailbox.join("new/3"), report(&sent[2], "4.2.2")).unwrap();
    fs::write(mailbox.join("new/4"), "From: ana@example.org\r\n\r\nThank you!\r\n").unwrap();
    let store = SharedStore::new(Store::open(world.folder.path()).unwrap());
    let doors = world.doors(None, at("2026-03-05T12:00:00Z"));
    let now = at("2026-03-05T12:00:00Z");
    let read = read_reports(&store, &mailbox, now).unwrap();
    assert_eq!((read.hard, read.soft, read.known, read.others), (2, 1, 0, 1));
    let read = read_reports(&store, &mailbox, now).unwrap();
    assert_eq!((read.hard, read.soft, read.known, read.others), (0, 0, 3, 1), "read again");
    assert_eq!(
        pause_bouncing(&store, &doors.correspondence, now).unwrap(),
        [],
        "two are no pattern"
    );

    // The third lies in a mailbox of another format.
    let mbox = world.folder.path().join("mbox");
    let body = report(&sent[2], "5.2.1").replace("\r\n", "\n");
    fs::write(&mbox, format!("From MAILER-DAEMON Thu Mar  5 12:00:00 2026\n{body}\n")).unwrap();
    assert_eq!(read_reports(&store, &mbox, now).unwrap().hard, 1);
    // What is due when the next round begins is not sent any more.
    see(&mut world, "2026-03-06T12:00:00Z", "$1,800").await;
    let subjects = |world: &World| -> Vec<String> {
        let letters = world.letters();
        let new = letters[sent.len()..].iter();
        new.map(|letter| {
            let eml = Eml::read(std::str::from_utf8(&letter.bytes).unwrap());
            format!("{}: {}", letter.to.as_str(), eml.header("Subject"))
        })
        .collect()
    };
    let told = subjects(&world);
    let [letter] = &told[..] else { panic!("the operator alone: {told:?}") };
    assert!(letter.starts_with("operator@example.org: Letters to"), "{letter}");
    see(&mut world, "2026-03-07T12:00:00Z", "$1,900").await;
    assert_eq!(subjects(&world).len(), 1, "and once");
    assert!(world.store().subscribers().unwrap()[0].paused_at.is_some());

    // Somebody has looked at the address: all that was missed comes in one letter.
    assert_eq!(resume(&store, &reader(), at("2026-03-08T12:00:00Z")).unwrap(), Some(5));
    assert_eq!(resume(&store, &reader(), at("2026-03-08T12:00:00Z")).unwrap(), None);
    deliver(&world.doors(None, at("2026-03-08T12:00:00Z")).delivering()).await.unwrap();
    let letters = world.letters();
    let last = letters.last().unwrap();
    let text = Eml::read(std::str::from_utf8(&last.bytes).unwrap()).parts().0;
    assert_eq!(last.to, reader());
    for amount in ["1,500", "1,600", "1,700", "1,800", "1,900"] {
        assert!(text.contains(amount), "{amount}: {text}");
    }
    let none = pause_bouncing(&store, &doors.correspondence, at("2026-03-08T12:00:00Z"));
    assert_eq!(none.unwrap(), [], "what came back before counts no more");
}

#[test]
fn the_outbox_says_for_whom_letters_wait_because_they_came_back() {
    let home = Home::new();
    home.subscribe_ana();
    for page in ["of-2023", "of-2024"] {
        let page = fixture(&format!("ircc-ee-funds/{page}.html")).display().to_string();
        home.done(&["check", "ircc-ee-funds", "--from", &page]);
    }
    assert!(!home.done(&["outbox"]).contains("gets nothing"));
    let database = home.path().join(".local/state/rulewatch/rulewatch.db");
    let database = rusqlite::Connection::open(database).unwrap();
    database
        .execute_batch(
            "INSERT INTO bounce (delivery, is_hard, status, why, reported_at)
             SELECT id, 1, '5.1.1', 'no such user', enqueued_at + 1 FROM delivery;
             UPDATE subscriber SET paused_at = (SELECT max(enqueued_at) + 1 FROM delivery);",
        )
        .unwrap();
    let said = home.done(&["outbox"]);
    assert!(said.contains("ana@example.org gets nothing since "), "{said}");
    assert!(
        said.contains("1 letters came back; `rulewatch bounces resume ana@example.org`"),
        "{said}"
    );
    let status = home.run(&["status"]).out;
    assert!(status.contains("subscribers whose letters came back: 1"), "{status}");
}
