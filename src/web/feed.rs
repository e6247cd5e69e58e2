//! The Atom feed and the calendar of any filter.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::answer::{Fault, busy};
use super::look::{Look, Shared};
use super::plain::{Plain, failed, plain};
use super::typed::{filter, typed};
use crate::asking::{self, Item};
use crate::model::Language;
use crate::render::pages::{Typed, link};
use crate::render::{CalendarInput, FeedInput, FeedItem, Links, calendar, feed};

/// How many entries a feed has, and the most that may be asked for.
const ENTRIES: usize = 100;
const MOST: usize = 1000;

/// What readers were told.
pub(super) async fn atom(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&shared, query, &headers, |look, typed| {
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
    })
    .await
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
pub(super) async fn ics(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&shared, query, &headers, |look, typed| {
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
        let text = calendar(&CalendarInput {
            milestones: &found.milestones,
            titles: &found.titles,
            changes: changes.as_deref(),
            language: look.frame.language,
            glossary: look.frame.glossary,
        });
        let modified: Option<Timestamp> = found.milestones.iter().map(|one| one.revised_at).max();
        Ok(Plain { kind: "text/calendar; charset=utf-8", text, modified })
    })
    .await
}

/// Answers what is typed in an address, in the language that is named there.
async fn answer(
    shared: &Arc<Shared>,
    query: Option<String>,
    headers: &HeaderMap,
    write: impl FnOnce(&Look<'_>, &Typed) -> Result<Plain, Fault> + Send + 'static,
) -> Response {
    let typed = typed(query.unwrap_or_default().as_bytes());
    let language = typed.as_ref().ok().and_then(|typed| typed.one("lang"));
    let language = language.and_then(Language::from_code).unwrap_or(Language::En);
    match shared.look(language, move |look| write(look, &typed?)).await {
        Some(Ok(made)) => plain(headers, made),
        Some(Err(fault)) => failed(&fault),
        None => busy(language),
    }
}

/// What is typed, behind a name: `feed.atom?program=gts`.
pub(super) fn place(name: &str, typed: &Typed) -> String {
    format!("/{}", typed.place(name))
}

/// The address by which the world calls something of ours; `None` where it has no name in the world.
fn public(look: &Look<'_>, place: &str) -> Option<String> {
    Some(look.open.site.http.public_url.as_ref()?.join(place).ok()?.to_string())
}

/// The page of the log that shows the same.
fn of_pages(look: &Look<'_>, typed: &Typed) -> Option<String> {
    let place = Typed(without(typed)).place("changes");
    public(look, &link(look.frame.language, &place))
}

/// What is typed, without what only feeds know.
fn without(typed: &Typed) -> Vec<(String, String)> {
    let own = ["lang", "limit", "from"];
    typed.0.iter().filter(|(name, _)| !own.contains(&name.as_str())).cloned().collect()
}

/// The address of the feed, or the calendar, that goes with a page of the log.
pub(super) fn of_page(name: &str, typed: &Typed, language: Language) -> String {
    let own = ["before", "seen"];
    let mut all: Vec<(String, String)> =
        typed.0.iter().filter(|(name, _)| !own.contains(&name.as_str())).cloned().collect();
    all.push(("lang".to_owned(), language.code().to_owned()));
    place(name, &Typed(all))
}
