//! The Atom feed and the calendar of any filter.

use axum::response::Response;
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::answer::Fault;
use super::look::Look;
use super::plain::{Asked, Plain};
use super::typed::filter;
use crate::asking::{self, Item};
use crate::model::Language;
use crate::render::pages::{Typed, link};
use crate::render::{CalendarInput, FeedInput, FeedItem, Links, calendar, feed};

/// How many entries a feed has, and the most that may be asked for.
const ENTRIES: usize = 100;
const MOST: usize = 1000;

/// What readers were told.
pub(super) async fn atom(asked: Asked) -> Response {
    let language = asked.language();
    let write = |look: &Look<'_>, typed: &Typed| {
        let filter = filter(look, typed)?;
        let limit = match typed.one("limit") {
            None => ENTRIES,
            Some(text) => text
                .parse()
                .ok()
                .filter(|n| (1..=MOST).contains(n))
                .ok_or_else(|| Fault::Wrong(format!("`limit` is a number from 1 to {MOST}")))?,
        };
        let items = asking::feed(look.known, &filter, limit)?;
        let shown: Vec<FeedItem<'_>> = items.iter().map(item).collect();
        let (this, page) = (public(look, &place("feed.atom", typed)), of_pages(look, typed));
        let changes = public(look, &link(look.frame.language, "changes/"));
        let text = feed(&FeedInput {
            filter: &asking::canonical(&filter),
            items: &shown,
            links: Links {
                this: this.as_deref(),
                page: page.as_deref(),
                changes: changes.as_deref(),
            },
            language: look.frame.language,
            glossary: look.frame.glossary,
            zone: look.frame.zone,
        });
        let told = |item: &Item| match &item.told.taken_back {
            Some(back) => back.at,
            None => item.told.change.seen_at,
        };
        let modified = items.iter().map(told).max();
        Ok(Plain { kind: "application/atom+xml; charset=utf-8", text, modified })
    };
    asked.answer(language, write).await
}

fn item(item: &Item) -> FeedItem<'_> {
    FeedItem {
        change: &item.told.change,
        taken_back: item.told.taken_back.as_ref(),
        follows: item.follows.as_ref(),
        wording: &item.wording,
    }
}

/// The days on which rules take effect and end.
pub(super) async fn ics(asked: Asked) -> Response {
    let language = asked.language();
    let write = |look: &Look<'_>, typed: &Typed| {
        let filter = filter(look, typed)?;
        let from = match typed.one("from") {
            // Of a year that is over it has nothing, whenever it is asked: the same all month long.
            None => look.today.first_of_month().saturating_sub(1.year()),
            Some(text) => text
                .parse::<Date>()
                .map_err(|_| Fault::Wrong("`from` is a day such as 2026-01-31".to_owned()))?,
        };
        let catalog = &look.open.site.catalog;
        let found = asking::calendar(look.known, catalog, &filter, from, look.frame.zone)?;
        let changes = public(look, &link(look.frame.language, "changes/"));
        let facts = public(look, &link(look.frame.language, "facts/"));
        let text = calendar(&CalendarInput {
            milestones: &found.milestones,
            titles: &found.titles,
            changes: changes.as_deref(),
            facts: facts.as_deref(),
            language: look.frame.language,
            glossary: look.frame.glossary,
        });
        let modified: Option<Timestamp> = found.milestones.iter().map(|one| one.revised_at).max();
        Ok(Plain { kind: "text/calendar; charset=utf-8", text, modified })
    };
    asked.answer(language, write).await
}

/// What is typed, behind a name: `feed.atom?program=gts`.
fn place(name: &str, typed: &Typed) -> String {
    format!("/{}", typed.place(name))
}

/// The address by which the world calls something of ours; `None` where it has no name in the world.
fn public(look: &Look<'_>, place: &str) -> Option<String> {
    Some(look.open.site.http.public_url.as_ref()?.join(place).ok()?.to_string())
}

/// The page of the log that shows the same, without what only feeds know.
fn of_pages(look: &Look<'_>, typed: &Typed) -> Option<String> {
    let place = typed.without(&["lang", "limit", "from"]).place("changes");
    public(look, &link(look.frame.language, &place))
}

/// The address of the feed, or the calendar, that goes with a page of the log.
pub(super) fn of_page(name: &str, typed: &Typed, language: Language) -> String {
    let mut all = typed.without(&["before", "seen"]);
    all.0.push(("lang".to_owned(), language.code().to_owned()));
    place(name, &all)
}
