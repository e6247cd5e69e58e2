//! Changes in a list: by day, those of one event and fact set together.

use jiff::civil::Date;
use maud::{Markup, html};

use super::Frame;
use super::words;
use crate::model::{Bilingual, Change, EventId, FactKey, Severity};
use crate::render::inert;
use crate::render::words::{and_more, counted, day, stage_prefix, summary};

/// A change in a list.
#[derive(Debug, Clone)]
pub struct LogEntry<'a> {
    /// The change.
    pub change: &'a Change,
    /// The title of its source.
    pub source: Option<&'a Bilingual>,
    /// The title of its fact set.
    pub set: Option<Bilingual>,
    /// Whether it was read from a page of the past.
    pub is_imported: bool,
    /// Whether it was told wrongly and has been taken back.
    pub is_retracted: bool,
}

/// From how many changes of one event and fact set on they are one line.
const MANY: usize = 4;

/// The most changes that are listed under such a line.
const LISTED: usize = 60;

/// The changes, in their order: a heading for each day.
pub(super) fn entries(frame: &Frame<'_>, entries: &[LogEntry<'_>]) -> Markup {
    let day_of = |entry: &LogEntry<'_>| entry.change.seen_at.to_zoned(frame.zone.clone()).date();
    let days: Vec<(Date, Vec<&LogEntry<'_>>)> = grouped(entries.iter(), day_of);
    html! {
        @for (date, entries) in days {
            h2 { time datetime=(date) { (day(date, frame.language)) } }
            ul class="log" {
                @for (_, group) in grouped(entries.into_iter(), event_of) {
                    li { (together(frame, &group)) }
                }
            }
        }
    }
}

fn event_of(entry: &LogEntry<'_>) -> (EventId, FactKey) {
    (entry.change.event.clone(), entry.change.fact.clone())
}

/// What follows each other and is alike, together.
fn grouped<'e, 'a, K: PartialEq>(
    entries: impl Iterator<Item = &'e LogEntry<'a>>,
    key: impl Fn(&LogEntry<'a>) -> K,
) -> Vec<(K, Vec<&'e LogEntry<'a>>)> {
    let mut groups: Vec<(K, Vec<&'e LogEntry<'a>>)> = Vec::new();
    for entry in entries {
        let key = key(entry);
        match groups.last_mut() {
            Some((last, group)) if *last == key => group.push(entry),
            _ => groups.push((key, vec![entry])),
        }
    }
    groups
}

fn together(frame: &Frame<'_>, group: &[&LogEntry<'_>]) -> Markup {
    if group.len() < MANY {
        return html! { @for entry in group { div { (line(frame, entry)) } } };
    }
    let first = group[0];
    let worst = group.iter().map(|entry| entry.change.severity).max().unwrap_or(Severity::Info);
    let mut kinds = Vec::new();
    for entry in group {
        if !kinds.contains(&entry.change.kind) {
            kinds.push(entry.change.kind);
        }
    }
    let counted: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let n = group.iter().filter(|entry| entry.change.kind == *kind).count();
            counted(n, *kind, frame.language)
        })
        .collect();
    let set = first.set.as_ref().map_or_else(
        || first.change.fact.to_string(),
        |title| inert(title.get(frame.language), 160),
    );
    let rest = group.len().saturating_sub(LISTED);
    html! {
        div class="what" {
            (mark(frame, worst)) " "
            (stage_prefix(first.change.stage, frame.language))
            (set) (frame.say(": ", "\u{a0}: ")) (counted.join(", "))
        }
        (source_line(frame, first))
        details {
            summary { (frame.say("Show each", "Montrer chacun")) }
            ul {
                @for entry in group.iter().take(LISTED) { li { (linked(frame, entry.change)) } }
                @if rest > 0 {
                    li { a href=(frame.link(&format!("changes/{}", first.change.id))) {
                        (and_more(rest, frame.language))
                    } }
                }
            }
        }
    }
}

pub(super) fn line(frame: &Frame<'_>, entry: &LogEntry<'_>) -> Markup {
    let change = entry.change;
    html! {
        div class="what" {
            (mark(frame, change.severity)) " "
            @if entry.is_retracted {
                del { (linked(frame, change)) } " " strong { (frame.say("taken back", "retiré")) }
            } @else {
                (linked(frame, change))
            }
        }
        (source_line(frame, entry))
    }
}

/// The change in one line, as a link to its page.
pub(super) fn linked(frame: &Frame<'_>, change: &Change) -> Markup {
    let summary = summary(change, frame.language, 240);
    html! {
        (stage_prefix(change.stage, frame.language))
        a href=(frame.link(&format!("changes/{}", change.id))) { (summary) }
    }
}

fn source_line(frame: &Frame<'_>, entry: &LogEntry<'_>) -> Markup {
    let change = entry.change;
    let source = words::source(&change.source, entry.source, frame.language);
    html! {
        small {
            (words::jurisdiction(&change.jurisdiction, frame.language)) ", "
            (words::program(&change.program, frame.voice())) " · "
            a href=(frame.link(&format!("sources/{}", change.source))) { (source) }
            @if let Some(date) = change.dates.effective_on {
                " · " (frame.say("effective ", "en vigueur le ")) time datetime=(date) { (day(date, frame.language)) }
            }
            @if entry.is_imported {
                " · " (frame.say("read from a page of the past", "lu sur une page du passé"))
            }
        }
    }
}

/// How much a change matters, in words, so that colour is never needed.
pub(super) fn mark(frame: &Frame<'_>, severity: Severity) -> Markup {
    html! { span class={ "mark " (severity.word()) } { (words::severity(severity, frame.language)) } }
}
