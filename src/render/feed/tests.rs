//! A feed as it is written: a change, what continues it, what is taken back, hostile words.

use jiff::tz::TimeZone;

use super::*;
use crate::model::{ChangeId, EventId};
use crate::render::sample::{self, at, both};

fn write(language: Language, items: &[FeedItem<'_>], links: Links<'_>) -> String {
    feed(&FeedInput {
        filter: "program=express-entry",
        items,
        links,
        language,
        glossary: &sample::glossary(),
        zone: &TimeZone::UTC,
    })
}

fn item(change: &Change) -> FeedItem<'_> {
    FeedItem { change, taken_back: None, follows: None, wording: &[] }
}

fn back(change: &Change) -> Retraction {
    Retraction {
        change: change.id.clone(),
        event: EventId::parse("e-1").unwrap(),
        at: at("2025-02-28T09:00:00.5Z"),
        by: "ana".to_owned(),
        why: "the page had a typing error".to_owned(),
        ended_at: None,
    }
}

#[test]
fn a_feed_names_what_each_entry_continues() {
    let first = sample::removed("21211", "Data scientists");
    let mut second = sample::removed("21211", "Data scientists");
    second.id = ChangeId::parse("c-2").unwrap();
    second.stage = Stage::Corrected;
    let retraction = back(&second);
    let items = [
        FeedItem { taken_back: Some(&retraction), ..item(&second) },
        FeedItem { follows: Some(&first), ..item(&second) },
        item(&first),
    ];
    let links = Links {
        this: Some("https://rules.example/feed.atom?program=express-entry"),
        page: Some("https://rules.example/log?program=express-entry"),
        changes: Some("https://rules.example/en/changes/"),
    };
    let lines = |text: String| text.replace("><", ">\n<").replace("&gt;&lt;", "&gt;\n&lt;");
    insta::assert_snapshot!("feed_en", lines(write(Language::En, &items, links)));
    insta::assert_snapshot!("feed_fr", lines(write(Language::Fr, &items, Links::default())));
}

#[test]
fn words_of_a_page_stay_words() {
    let mut hostile = sample::removed("21211", "x");
    let evil = "<script>alert(1)</script>]]>&amp;\u{0}\u{b}\u{1b}[31m\u{ffff}\u{fffe}\u{202e}\"'";
    hostile.summary = both(evil, evil);
    hostile.url = "javascript:alert(1)".to_owned();
    hostile.dates.applies_to = Some(evil.to_owned());
    hostile.program = format!("x\u{1}{evil}");
    let mut retraction = back(&hostile);
    retraction.why = evil.to_owned();
    let items = [FeedItem { taken_back: Some(&retraction), ..item(&hostile) }, item(&hostile)];
    let text = write(Language::En, &items, Links::default());
    let document = roxmltree::Document::parse(&text).expect("it is well formed");
    let is_of_atom = |node: roxmltree::Node<'_, '_>| {
        node.tag_name().namespace() == Some("http://www.w3.org/2005/Atom")
            || node.tag_name().name() == "in-reply-to"
    };
    assert!(document.descendants().filter(roxmltree::Node::is_element).all(is_of_atom));
    assert!(!text.contains("javascript:"));
    for node in document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", "content")))
    {
        let html = node.text().unwrap();
        assert!(!html.contains("<script"), "{html}");
    }
}

#[test]
fn an_empty_feed_is_a_feed_and_ids_depend_on_what_they_name_alone() {
    let empty = write(Language::En, &[], Links::default());
    assert!(empty.contains("<updated>1970-01-01T00:00:00+00:00</updated>"), "{empty}");
    let change = sample::removed("21211", "Data scientists");
    let id = |language| id(&change, false, language);
    assert_eq!(id(Language::En), id(Language::En));
    assert_ne!(id(Language::En), id(Language::Fr));
    assert_ne!(id(Language::En), super::id(&change, true, Language::En));
    // Version 8, variant 1.
    let digits = id(Language::En);
    assert_eq!(&digits[23..24], "8");
    assert!("89ab".contains(&digits[28..29]), "{digits}");
}
