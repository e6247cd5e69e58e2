//! The page of one change: the link in letters.

use maud::{Markup, html};

use super::entry::{LogEntry, linked, mark};
use super::words as own;
use super::{Body, Frame};
use crate::model::words::shown;
use crate::model::{Change, Evidence, Language, Piece, Retraction, Rule, Side, Value};
use crate::render::inert;
use crate::render::inert::web_address;
use crate::render::piece::passages;
use crate::render::words::{self, day, stage_prefix};

/// What is shown of a change.
#[derive(Debug, Clone)]
pub struct ChangePage<'a> {
    /// The change, and what it is called.
    pub entry: LogEntry<'a>,
    /// Whether its record is a size of a family.
    pub is_of_families: bool,
    /// Its changed words, where old and new are prose. May be empty.
    pub wording: &'a [Piece],
    /// The rules it touches.
    pub rules: Vec<&'a Rule>,
    /// Its retraction, where it was told wrongly.
    pub retraction: Option<&'a Retraction>,
    /// The other changes of its event.
    pub siblings: Vec<&'a Change>,
    /// The official page in the reader's language.
    pub official: &'a str,
}

/// The longest quote from a page (PRODUCT section 7: short extracts).
const QUOTE: usize = 300;

/// The most other changes that are listed.
const SIBLINGS: usize = 20;

/// Writes it.
#[must_use]
pub fn change_page(frame: &Frame<'_>, page: &ChangePage<'_>) -> String {
    let change = page.entry.change;
    let title = format!(
        "{}{}",
        stage_prefix(change.stage, frame.language),
        words::summary(change, frame.language, 240)
    );
    let main = html! {
        p { (mark(frame, change.severity)) " " (own::kind(change.kind, frame.language)) }
        @if let Some(retraction) = page.retraction { (taken_back(frame, retraction)) }
        (what(frame, page))
        dl class="facts" { @for (label, words) in basis(frame, page) { dt { (label) } dd { (words) } } }
        (own::rules(frame, &page.rules))
        (proof(frame, change))
        (siblings(frame, page))
    };
    frame.page(Body { title, main })
}

fn taken_back(frame: &Frame<'_>, retraction: &Retraction) -> Markup {
    html! {
        div class="box bad" {
            p {
                strong { (frame.say("This was told wrongly and has been taken back", "Cela a été dit à tort et a été retiré")) }
                ", " (frame.moment(retraction.at)) (frame.say(": ", "\u{a0}: ")) (inert(&retraction.why, 400))
            }
        }
    }
}

/// What changed: the words, or from what to what.
fn what(frame: &Frame<'_>, page: &ChangePage<'_>) -> Markup {
    let change = page.entry.change;
    let passages = passages(page.wording);
    if !passages.is_empty() {
        return html! { @for passage in passages { blockquote { @for piece in &passage { (marked(piece)) } } } };
    }
    let side = |side: &Option<Side>| match side {
        Some(Side::Value(Value::Clauses(clauses))) => inert(&shown(&clauses.join(" / ")), 2_000),
        other => words::side_of(change.field.as_ref(), other.as_ref(), frame.voice()),
    };
    html! {
        dl class="facts" {
            dt { (frame.say("Before", "Avant")) } dd { del { (side(&change.old)) } }
            dt { (frame.say("Now", "Maintenant")) } dd { ins { (side(&change.new)) } }
        }
    }
}

fn marked(piece: &Piece) -> Markup {
    match piece {
        Piece::Same(words) => html! { (words) },
        Piece::Old(words) => html! { del { (words) } },
        Piece::New(words) => html! { ins { (words) } },
    }
}

fn basis(frame: &Frame<'_>, page: &ChangePage<'_>) -> Vec<(&'static str, Markup)> {
    let (change, language) = (page.entry.change, frame.language);
    let date = |date: jiff::civil::Date| html! { time datetime=(date) { (day(date, language)) } };
    let mut rows =
        vec![(frame.say("Stage", "Étape"), html! { (words::stage(change.stage, language)) })];
    let effective = change.dates.effective_on.map_or_else(
        || html! { (frame.say("the page gives no date", "la page ne donne pas de date")) },
        date,
    );
    rows.push((frame.say("Effective", "En vigueur"), effective));
    rows.extend(change.dates.expires_on.map(|on| (frame.say("Until", "Jusqu'au"), date(on))));
    rows.extend(change.dates.published_on.map(|on| (frame.say("Published", "Publié"), date(on))));
    if let Some(words) = &change.dates.applies_to {
        rows.push((frame.say("Applies to", "S'applique à"), html! { (inert(words, QUOTE)) }));
    }
    rows.push((frame.say("Seen", "Constaté"), seen(frame, change)));
    let set = page
        .entry
        .set
        .as_ref()
        .map_or_else(|| change.fact.to_string(), |title| inert(title.get(language), 160));
    let record = match page.is_of_families {
        true => words::names::family(&change.record, frame.voice()),
        false => words::record(&change.record, frame.voice()),
    };
    rows.push((
        frame.say("Fact", "Fait"),
        html! {
            a href=(frame.link(&format!("facts/{}", change.fact))) { (set) }
            @if !record.is_empty() { (frame.say(": ", "\u{a0}: ")) (record) }
            @if let Some(field) = &change.field { ", " (words::field(field, frame.voice())) }
        },
    ));
    rows.push((frame.say("Read from", "Lu sur"), official(frame, page)));
    if page.entry.is_imported {
        let words = frame.say("a page of the past, imported", "une page du passé, importée");
        rows.push((frame.say("Origin", "Origine"), html! { (words) }));
    }
    rows
}

/// The official page, and the page about it here.
fn official(frame: &Frame<'_>, page: &ChangePage<'_>) -> Markup {
    let change = page.entry.change;
    let title = own::source(&change.source, page.entry.source, frame.language);
    html! {
        @match web_address(page.official) {
            Some(url) => a href=(url) rel="noreferrer" { (title) },
            None => (title),
        }
        " (" a href=(frame.link(&format!("sources/{}", change.source))) { (frame.say("how it is watched", "comment elle est surveillée")) } ")"
    }
}

/// The two checks that the change happened between.
fn seen(frame: &Frame<'_>, change: &Change) -> Markup {
    let now = frame.moment(change.seen_at);
    match (change.last_seen_unchanged_at, frame.language) {
        (Some(before), Language::En) => html! { "between " (frame.moment(before)) " and " (now) },
        (Some(before), Language::Fr) => {
            html! { "entre le " (frame.moment(before)) " et le " (now) }
        }
        (None, Language::En) => html! { "on " (now) },
        (None, Language::Fr) => html! { "le " (now) },
    }
}

/// The words of the page, and which copy of it they are from.
fn proof(frame: &Frame<'_>, change: &Change) -> Markup {
    let sides = [
        (frame.say("The page before", "La page avant"), &change.before),
        (frame.say("The page now", "La page maintenant"), &change.after),
    ];
    html! {
        h2 { (frame.say("Proof", "Preuve")) }
        @for (label, evidence) in sides {
            @if let Some(evidence) = evidence.as_ref().filter(|evidence| !evidence.quote.trim().is_empty()) {
                (quoted(frame, label, evidence))
            }
        }
        p class="soft" {
            (frame.say("Copy of the page: ", "Copie de la page\u{a0}: ")) code { "sha256:" (change.snapshot) } ". "
            (frame.say("Change ", "Changement ")) code { (change.id) } "."
        }
    }
}

fn quoted(frame: &Frame<'_>, label: &str, evidence: &Evidence) -> Markup {
    html! {
        h3 { (label) }
        blockquote { (inert(&shown(&evidence.quote), QUOTE)) }
        @if !evidence.place.is_empty() { p class="soft" { (words::place(&evidence.place, frame.language)) } }
    }
}

fn siblings(frame: &Frame<'_>, page: &ChangePage<'_>) -> Markup {
    let rest = page.siblings.len().saturating_sub(SIBLINGS);
    html! {
        @if !page.siblings.is_empty() {
            h2 { (frame.say("Seen on the page at the same time", "Constaté sur la page en même temps")) }
            ul {
                @for change in page.siblings.iter().take(SIBLINGS) { li { (linked(frame, change)) } }
                @if rest > 0 { li { (rest) " " (frame.say("more", "de plus")) } }
            }
        }
    }
}
