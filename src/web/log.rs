//! The change log, and a page for each change.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;

use super::answer::{Fault, Keep};
use super::feed::of_page;
use super::look::{Look, Shared, Wanted};
use super::routes::Said;
use super::typed::{filter, moment, typed};
use crate::asking;
use crate::model::{Change, Language, Rule};
use crate::render::pages::{
    ChangePage, ChangesPage, Follow, Frame, LogEntry, Tab, Typed, change_page, changes_page,
};

/// How many changes one page shows.
const PAGE: usize = 100;

/// The change log.
pub(super) async fn changes(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    RawQuery(query): RawQuery,
) -> Response {
    let typed = typed(query.unwrap_or_default().as_bytes());
    let place = typed.as_ref().map(|typed| typed.place("changes")).ok();
    let wanted = Wanted { language, place, tab: Tab::Changes, keep: Keep::Minute };
    shared.page(wanted, move |look| written(look, &typed?)).await
}

fn written(look: &Look<'_>, typed: &Typed) -> Result<String, Fault> {
    let (zone, language) = (&look.open.site.zone, look.frame.language);
    let (feed, dates) =
        (of_page("feed.atom", typed, language), of_page("calendar.ics", typed, language));
    let title = match language {
        Language::En => "These changes",
        Language::Fr => "Ces changements",
    };
    let follow = Follow { feed: &feed, calendar: &dates };
    let frame = Frame { feed: Some((&feed, title)), ..look.frame };
    let seen = moment(typed, "seen", zone, language).ok().flatten();
    let found = match filter(look, typed) {
        Ok(filter) => part(look, typed, filter, seen),
        Err(Fault::Wrong(fault)) => {
            let page = page(look, typed, (&[], None), Some(&fault), None);
            return Ok(changes_page(&look.frame, &page));
        }
        Err(other) => Err(other),
    };
    let (logged, next) = found?;
    let entries = look.open.entries(&logged);
    let older = next.map(|next| typed.question(Some(("before", Some(&next.to_string())))));
    let page = page(look, typed, (&entries, older.as_deref()), None, seen);
    Ok(changes_page(&frame, &ChangesPage { follow: Some(follow), ..page }))
}

fn page<'a>(
    look: &'a Look<'_>,
    typed: &'a Typed,
    (entries, older): (&'a [LogEntry<'a>], Option<&'a str>),
    fault: Option<&'a str>,
    new_since: Option<Timestamp>,
) -> ChangesPage<'a> {
    let choices = &look.open.choices;
    ChangesPage { typed, choices, entries, older, fault, follow: None, new_since }
}

/// The part of the log that a page shows, and the place that it ends at.
fn part(
    look: &Look<'_>,
    typed: &Typed,
    mut filter: crate::model::LogFilter,
    seen: Option<Timestamp>,
) -> Result<(Vec<asking::Logged>, Option<i64>), Fault> {
    filter.since = filter.since.max(seen);
    let after = typed.one("before").and_then(|place| place.parse().ok());
    Ok(asking::log_part(look.known, &filter, after, PAGE)?)
}

/// One change.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let place = Some(format!("changes/{id}"));
    let wanted = Wanted { language, place, tab: Tab::Changes, keep: Keep::Minute };
    shared.page(wanted, move |look| one(look, &id)).await
}

/// The shortest beginning of an id that is taken for it: what names one change today may name two tomorrow.
const SHORTEST: usize = 8;

fn one(look: &Look<'_>, id: &str) -> Result<String, Fault> {
    if id.len() < SHORTEST {
        return Err(Fault::Missing);
    }
    let (catalog, known) = (&look.open.site.catalog, look.known);
    let changes = asking::changes(known, id, look.today)?;
    let change = changes.first().ok_or(Fault::Missing)?;
    // What only the operator was told of is not for the public.
    asking::told_change(known, change.id.as_str())?.ok_or(Fault::Missing)?;
    let about = asking::about(known, catalog, change)?;
    let event = asking::changes(known, change.event.as_str(), look.today)?;
    let logged = asking::Logged {
        change: change.clone(),
        is_imported: asking::is_imported(known, change)?,
        retraction: about.retraction.clone(),
        short: 0,
    };
    let siblings: Vec<&Change> = event.iter().filter(|other| other.id != change.id).collect();
    let rules: Vec<&Rule> =
        about.rules.iter().filter(|rule| change.rules.contains(&rule.id)).collect();
    let source = catalog.declared(&change.source);
    let official = match (look.frame.language, source) {
        (Language::Fr, Some(source)) => source.link(Language::Fr).as_str(),
        _ => change.url.as_str(),
    };
    Ok(change_page(
        &look.frame,
        &ChangePage {
            entry: look.open.entry(&logged),
            is_of_families: look.open.is_of_families(&change.source, &change.fact),
            wording: &about.wording,
            rules,
            retraction: about.retraction.as_ref(),
            siblings,
            official,
        },
    ))
}
