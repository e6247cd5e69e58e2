//! What is announced, by date.

use jiff::civil::Date;
use maud::{Markup, html};

use super::entry::{LogEntry, line};
use super::{Body, Frame};
use crate::model::{DayOf, Milestone, Stage};
use crate::render::words::{day, summary};

/// What is announced.
#[derive(Debug, Clone, Copy)]
pub struct AnnouncedPage<'a> {
    /// What was told as announced, and nothing has followed.
    pub open: &'a [LogEntry<'a>],
    /// The days to come that no announcement gave, in order: last days, and what a page said from the first.
    pub days: &'a [Milestone],
}

/// Writes it: what is due first, then what comes, then what has no date, then other days to come.
#[must_use]
pub fn announced_page(frame: &Frame<'_>, page: AnnouncedPage<'_>) -> String {
    let all = page.open;
    let on = |entry: &&LogEntry<'_>| entry.change.dates.effective_on;
    let is_due = |entry: &&LogEntry<'_>| entry.change.stage == Stage::Due;
    let mut due: Vec<&LogEntry<'_>> = all.iter().filter(is_due).collect();
    let mut coming: Vec<&LogEntry<'_>> =
        all.iter().filter(|entry| !is_due(entry) && on(entry).is_some()).collect();
    let undated: Vec<&LogEntry<'_>> =
        all.iter().filter(|entry| !is_due(entry) && on(entry).is_none()).collect();
    due.sort_by_key(on);
    coming.sort_by_key(on);
    let main = html! {
        p { (frame.say(
            "What the official pages say will change. The calendar puts nothing in force: a page does, and then it is told as in force.",
            "Ce qui changera, selon les pages officielles. Le calendrier ne met rien en vigueur\u{a0}: une page le fait, et cela est \
             alors annoncé comme en vigueur.",
        )) }
        @if all.is_empty() && page.days.is_empty() { p { (frame.say("Nothing is announced.", "Rien n'est annoncé.")) } }
        (part(frame, frame.say("The day has come, and no page has confirmed it yet", "Le jour est venu, et aucune page ne l'a encore confirmé"), &due))
        (part(frame, frame.say("To come", "À venir"), &coming))
        (part(frame, frame.say("Without a date", "Sans date"), &undated))
        (days(frame, frame.say("To come since a page was first read", "À venir depuis la première lecture d'une page"), page.days, DayOf::Effect))
        (days(frame, frame.say("Last days", "Derniers jours"), page.days, DayOf::Expiry))
        p { a href={ "/calendar.ics?lang=" (frame.language.code()) } {
            (frame.say("All these days for a calendar", "Toutes ces dates pour un agenda"))
        } }
    };
    frame
        .page(Body {
            title: frame.say("What is announced", "Ce qui est annoncé").to_owned(), main
        })
}

/// Days with what the page says of them, each with a link to the fact.
fn days(frame: &Frame<'_>, title: &str, all: &[Milestone], of: DayOf) -> Markup {
    let all: Vec<&Milestone> = all.iter().filter(|milestone| milestone.of == of).collect();
    html! {
        @if !all.is_empty() {
            h2 { (title) }
            @for milestone in all {
                h3 { time datetime=(milestone.day) { (day(milestone.day, frame.language)) } }
                ul class="log" {
                    @for change in &milestone.changes {
                        li { a href=(frame.link(&format!("facts/{}", milestone.fact))) {
                            (summary(change, frame.language, 240))
                        } }
                    }
                }
            }
        }
    }
}

fn part(frame: &Frame<'_>, title: &str, entries: &[&LogEntry<'_>]) -> Markup {
    let mut days: Vec<Option<Date>> =
        entries.iter().map(|entry| entry.change.dates.effective_on).collect();
    days.dedup();
    html! {
        @if !entries.is_empty() {
            h2 { (title) }
            @for on in days {
                @if let Some(on) = on { h3 { time datetime=(on) { (day(on, frame.language)) } } }
                ul class="log" {
                    @for entry in entries.iter().filter(|entry| entry.change.dates.effective_on == on) {
                        li { (line(frame, entry)) }
                    }
                }
            }
        }
    }
}
