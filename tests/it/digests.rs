//! Digests from the page to the mailbox: what came since the last, program by program, and what could not
//! be read.

use jiff::Timestamp;
use rulewatch::delivering::deliver;
use rulewatch::fetch::Reply;
use rulewatch::model::{
    Consent, EmailAddress, Language, NewSubscriber, Page, Rhythm, Severity, Slot, Subscription,
    zone::zone,
};

use crate::eml::Eml;
use crate::world::{World, fees};

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
    let new = NewSubscriber {
        address: EmailAddress::parse("digest@example.org").unwrap(),
        language,
        subscription,
        consent: Consent {
            wording: "asked for it".to_owned(),
            method: "operator".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
        },
        token_hash: None,
    };
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
