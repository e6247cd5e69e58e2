//! What readers were told as an Atom feed (RFC 4287).
//!
//! An entry never changes, because feed readers hide what they have shown once: a correction, a reversal, a
//! rule that is now in force and a change that was told wrongly are entries of their own, which name the
//! earlier entry (`thr:in-reply-to`, RFC 4685). Ids are made of what they name and the language, so they are
//! the same in every feed, on every machine and under every address.

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{
    Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text,
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};

use super::inert;
use super::inert::web_address;
use super::letter::notes;
use super::piece::passages;
use super::words::{self, Voice, say};
use crate::model::{
    Change, Evidence, Glossary, Language, Piece, Retraction, Side, Stage, urn, words::shown,
};

/// The longest quote from a page (PRODUCT section 7: short extracts).
const QUOTE: usize = 300;

/// What a feed is made of.
#[derive(Debug, Clone, Copy)]
pub struct FeedInput<'a> {
    /// What the filter asks for, in a form that is the same for the same filter.
    pub filter: &'a str,
    /// The items, the latest first.
    pub items: &'a [FeedItem<'a>],
    /// Where things are.
    pub links: Links<'a>,
    /// The language of the feed.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Where the feed and the pages of its changes are, if they are on the web.
#[derive(Debug, Clone, Copy, Default)]
pub struct Links<'a> {
    /// The address of the feed.
    pub this: Option<&'a str>,
    /// The page that shows the same to a person.
    pub page: Option<&'a str>,
    /// The address under which each change has its page, by its id; it ends in a slash.
    pub changes: Option<&'a str>,
}

/// One thing that was told.
#[derive(Debug, Clone, Copy)]
pub struct FeedItem<'a> {
    /// The change.
    pub change: &'a Change,
    /// When, by whom and why it was taken back, where that is told.
    pub taken_back: Option<&'a Retraction>,
    /// The earlier change that it continues.
    pub follows: Option<&'a Change>,
    /// The changed words, if the wording changed.
    pub wording: &'a [Piece],
}

/// The feed, as the text of an XML document.
#[must_use]
pub fn feed(input: &FeedInput<'_>) -> String {
    let language = input.language;
    let link = |rel: &str, kind: &str, to: Option<&str>| {
        to.map(|to| Link {
            rel: rel.to_owned(),
            href: to.to_owned(),
            mime_type: Some(kind.to_owned()),
            ..Link::default()
        })
    };
    let links = [
        link("self", "application/atom+xml", input.links.this),
        link("alternate", "text/html", input.links.page),
    ];
    let title = say(
        language,
        "rulewatch: changes of Canadian immigration rules",
        "rulewatch\u{a0}: changements des règles d'immigration du Canada",
    );
    let latest = input.items.iter().map(|item| told_at(*item)).max();
    let feed = Feed {
        title: plain(title, language),
        id: urn("feed", &[language.code(), input.filter]),
        updated: fixed(latest.unwrap_or(Timestamp::UNIX_EPOCH)),
        authors: vec![Person { name: "rulewatch".to_owned(), ..Person::default() }],
        generator: Some(Generator {
            value: "rulewatch".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            uri: None,
        }),
        links: links.into_iter().flatten().collect(),
        subtitle: Some(plain(notes(language), language)),
        entries: input.items.iter().map(|item| entry(input, *item)).collect(),
        namespaces: BTreeMap::from([("thr".to_owned(), THREADS.to_owned())]),
        lang: Some(language.code().to_owned()),
        ..Feed::default()
    };
    feed.to_string()
}

/// The namespace of RFC 4685.
const THREADS: &str = "http://purl.org/syndication/thread/1.0";

fn told_at(item: FeedItem<'_>) -> Timestamp {
    item.taken_back.map_or(item.change.seen_at, |back| back.at)
}

/// The id of the entry that tells a change, or takes it back.
fn id(change: &Change, is_back: bool, language: Language) -> String {
    let what = if is_back { "taken back" } else { "told" };
    urn("entry", &[language.code(), what, change.id.as_str()])
}

fn entry(input: &FeedInput<'_>, item: FeedItem<'_>) -> Entry {
    let (change, language) = (item.change, input.language);
    let is_back = item.taken_back.is_some();
    // What is taken back continues what was told.
    let earlier = if is_back { Some(change) } else { item.follows };
    let mut links = links(input, change);
    links.extend(earlier.filter(|_| !is_back).and_then(|earlier| page(input, earlier)).map(
        |mut link| {
            link.rel = "related".to_owned();
            link
        },
    ));
    let category = |term: &str| Category { term: safe(term), ..Category::default() };
    Entry {
        title: plain(&title(item, language), language),
        id: id(change, is_back, language),
        updated: fixed(told_at(item)),
        published: Some(fixed(told_at(item))),
        links,
        categories: [
            category(&change.program),
            category(&change.jurisdiction),
            category(change.kind.word()),
            category(change.severity.word()),
        ]
        .into(),
        content: Some(Content {
            lang: Some(language.code().to_owned()),
            content_type: Some("html".to_owned()),
            value: Some(safe(&content(input, item).into_string())),
            ..Content::default()
        }),
        extensions: earlier.map(|earlier| in_reply_to(input, earlier)).unwrap_or_default(),
        ..Entry::default()
    }
}

/// The page of a change on the web, if there is one.
fn page(input: &FeedInput<'_>, change: &Change) -> Option<Link> {
    let base = input.links.changes?;
    Some(Link {
        rel: "alternate".to_owned(),
        href: format!("{base}{}", change.id),
        mime_type: Some("text/html".to_owned()),
        ..Link::default()
    })
}

fn links(input: &FeedInput<'_>, change: &Change) -> Vec<Link> {
    let own = page(input, change);
    let rel = if own.is_some() { "via" } else { "alternate" };
    let official = web_address(&change.url).map(|href| Link {
        rel: rel.to_owned(),
        href,
        title: Some(say(input.language, "Official page", "Page officielle").to_owned()),
        ..Link::default()
    });
    own.into_iter().chain(official).collect()
}

fn in_reply_to(input: &FeedInput<'_>, earlier: &Change) -> ExtensionMap {
    let mut attrs = BTreeMap::from([("ref".to_owned(), id(earlier, false, input.language))]);
    if let Some(link) = page(input, earlier) {
        attrs.insert("href".to_owned(), link.href);
    }
    let name = "thr:in-reply-to".to_owned();
    let extension = Extension { name, attrs, ..Extension::default() };
    let by_name = BTreeMap::from([("in-reply-to".to_owned(), vec![extension])]);
    BTreeMap::from([("thr".to_owned(), by_name)])
}

fn title(item: FeedItem<'_>, language: Language) -> String {
    let change = item.change;
    let prefix = match (item.taken_back, item.follows) {
        (Some(_), _) => say(language, "Told wrongly: ", "Annoncé à tort\u{a0}: "),
        (None, Some(_)) if change.stage == Stage::InForce => {
            say(language, "Now in force: ", "Maintenant en vigueur\u{a0}: ")
        }
        (None, _) => words::stage_prefix(change.stage, language),
    };
    format!("{prefix}{}", words::summary(change, language, 240))
}

fn content(input: &FeedInput<'_>, item: FeedItem<'_>) -> Markup {
    let (change, language) = (item.change, input.language);
    let label = |en, fr| say(language, en, fr);
    let colon = label(": ", "\u{a0}: ");
    html! {
        @if let Some(back) = item.taken_back {
            p { b { (label("This was told wrongly, and is taken back.", "C'était une erreur, et c'est retiré.")) } }
            p { (label("Why: ", "Pourquoi\u{a0}: ")) (inert(&back.why, QUOTE)) }
        } @else if let Some(earlier) = item.follows {
            p { (label("Told earlier: ", "Annoncé auparavant\u{a0}: ")) (words::summary(earlier, language, 240))
                " (" (words::moment(earlier.seen_at, input.zone, language)) ")" }
        }
        p { (words::summary(change, language, 240)) }
        (changed(input, item))
        ul { @for (label, words) in facts(input, change) { li { (label) (colon) (words) } } }
        @for (label, evidence) in [(label("Before", "Avant"), &change.before), (label("Now", "Maintenant"), &change.after)] {
            @if let Some(words) = quoted(evidence.as_ref()) { p { (label) (colon) q { (words) } } }
        }
        @if let Some(url) = web_address(&change.url) {
            p { a href=(url) { (label("Official page", "Page officielle")) } }
        }
        p { small { (notes(language)) } }
    }
}

/// What stood before and what stands now: the changed words of a wording, else the two values.
fn changed(input: &FeedInput<'_>, item: FeedItem<'_>) -> Markup {
    let voice = Voice { language: input.language, glossary: input.glossary };
    let change = item.change;
    let side = |side: Option<&Side>| words::side_of(change.field.as_ref(), side, voice);
    let worded = passages(item.wording);
    html! {
        @if worded.is_empty() {
            p { del { (inert(&side(change.old.as_ref()), QUOTE)) } " → " ins { (inert(&side(change.new.as_ref()), QUOTE)) } }
        }
        @for passage in worded.iter().take(6) {
            p {
                @for piece in passage {
                    @match piece {
                        Piece::Same(words) => (words),
                        Piece::Old(words) => del { (words) },
                        Piece::New(words) => ins { (words) },
                    }
                }
            }
        }
    }
}

/// What a page gives of a change, and what follows from it.
fn facts(input: &FeedInput<'_>, change: &Change) -> Vec<(&'static str, String)> {
    let language = input.language;
    let label = |en, fr| say(language, en, fr);
    let day = |day: jiff::civil::Date| words::day(day, language);
    let mut facts =
        vec![(label("Stage", "Étape"), words::stage(change.stage, language).to_owned())];
    facts.extend(change.dates.effective_on.map(|on| (label("Effective", "En vigueur"), day(on))));
    facts.extend(change.dates.expires_on.map(|on| (label("Until", "Jusqu'au"), day(on))));
    facts.extend(change.dates.published_on.map(|on| (label("Published", "Publié"), day(on))));
    if let Some(words) = &change.dates.applies_to {
        facts.push((label("Applies to", "S'applique à"), inert(words, QUOTE)));
    }
    let seen = words::moment(change.seen_at, input.zone, language);
    facts.push((label("Seen", "Constaté"), seen));
    facts.push((
        label("Severity", "Gravité"),
        words::severity(change.severity, language).to_owned(),
    ));
    if !change.rules.is_empty() {
        let rules: Vec<&str> = change.rules.iter().map(crate::model::RuleId::as_str).collect();
        facts.push((label("Rules", "Règles"), rules.join(", ")));
    }
    facts
}

fn quoted(evidence: Option<&Evidence>) -> Option<String> {
    let words = inert(&shown(&evidence?.quote), QUOTE);
    (!words.is_empty()).then_some(words)
}

fn plain(text: &str, language: Language) -> Text {
    Text { lang: Some(language.code().to_owned()), ..Text::plain(safe(text)) }
}

/// A text without the characters that XML 1.0 cannot hold, not even escaped.
fn safe(text: &str) -> String {
    let is_held = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_held).collect()
}

/// A moment as the library has it: whole seconds, because some readers trip over fractions.
fn fixed(at: Timestamp) -> FixedDateTime {
    let text = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests;
