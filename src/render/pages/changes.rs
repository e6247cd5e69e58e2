//! The change log.

use jiff::Timestamp;
use maud::html;

use super::entry::{LogEntry, entries};
use super::filter::{Choices, Typed, fields};
use super::words::counted;
use super::{Body, Frame};
use crate::model::Language;

/// A page of the change log.
#[derive(Debug, Clone)]
pub struct ChangesPage<'a> {
    /// What was typed.
    pub typed: &'a Typed,
    /// What can be chosen.
    pub choices: &'a Choices,
    /// The changes, the newest first.
    pub entries: &'a [LogEntry<'a>],
    /// The question of the page with what is older.
    pub older: Option<&'a str>,
    /// What is asked and cannot be answered.
    pub fault: Option<&'a str>,
    /// Where the same question is answered to programs.
    pub follow: Option<Follow<'a>>,
    /// From when on a change is new to this reader, if they say so in the address.
    pub new_since: Option<Timestamp>,
}

/// The addresses at which programs follow what a page shows.
#[derive(Debug, Clone, Copy)]
pub struct Follow<'a> {
    /// A feed.
    pub feed: &'a str,
    /// A calendar.
    pub calendar: &'a str,
}

/// Writes it.
#[must_use]
pub fn changes_page(frame: &Frame<'_>, page: &ChangesPage<'_>) -> String {
    let title = match page.new_since {
        Some(_) => frame.say("New since your last visit", "Nouveau depuis votre dernière visite"),
        None => frame.say("What changed", "Ce qui a changé"),
    };
    let main = html! {
        @if let Some(since) = page.new_since { (since_line(frame, since, page)) }
        @if let Some(fault) = page.fault {
            div class="box bad" role="alert" { p { (fault) } }
        }
        form method="get" action=(frame.link("changes")) role="search" {
            (fields(frame, page.typed, page.choices))
            p { button { (frame.say("Show", "Montrer")) } " "
                a href=(frame.link("changes")) { (frame.say("without filters", "sans filtre")) } }
        }
        @if page.entries.is_empty() && page.fault.is_none() {
            p { (frame.say("No such change.", "Aucun changement de ce genre.")) }
        }
        (entries(frame, page.entries))
        div class="pages" {
            @if let Some(older) = page.older {
                a href=(frame.link(&format!("changes?{older}"))) rel="next" { (frame.say("Older changes", "Plus anciens")) }
            }
            @if let Some(follow) = page.follow {
                a href=(follow.feed) { (frame.say("Follow this in a feed reader", "Suivre dans un lecteur de flux")) }
                a href=(follow.calendar) { (frame.say("Days for a calendar", "Dates pour un agenda")) }
            }
        }
        (bookmark(frame, page.typed))
    };
    frame.page(Body { title: title.to_owned(), main })
}

fn since_line(frame: &Frame<'_>, since: Timestamp, page: &ChangesPage<'_>) -> maud::Markup {
    let (n, has_older) = (page.entries.len(), page.older.is_some());
    html! {
        p {
            @match frame.language {
                Language::En => { (counted(n, ["change was", "changes were"], Language::En)) " seen since " }
                Language::Fr => { (counted(n, ["changement constaté", "changements constatés"], Language::Fr)) " depuis le " }
            }
            (frame.moment(since)) "."
            @if has_older { " " (frame.say("There are more.", "Il y en a d'autres.")) }
        }
    }
}

/// The address that shows next time what came since now. A mark in the address needs no cookie.
fn bookmark(frame: &Frame<'_>, typed: &Typed) -> maud::Markup {
    let now = frame.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let without = typed.without(&["since", "until", "before", "seen"]);
    let place = format!("changes?{}", without.question(Some(("seen", Some(&now)))));
    html! {
        p class="box" {
            (frame.say(
                "To see next time only what is new, bookmark this address now: ",
                "Pour ne voir la prochaine fois que ce qui est nouveau, mettez cette adresse dans vos signets\u{a0}: ",
            ))
            a href=(frame.link(&place)) { (frame.say("what is new since this visit", "ce qui est nouveau depuis cette visite")) }
            "."
        }
    }
}
