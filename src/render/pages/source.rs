//! The sources: when each was read last and what cannot be read, and a page for each.

use jiff::Timestamp;
use maud::{Markup, html};

use super::entry::{LogEntry, entries};
use super::fact::{FactSetRow, sets};
use super::words as own;
use super::{Body, Frame};
use crate::model::{Bilingual, Language, Lost, Rule, SourceId};
use crate::render::inert;
use crate::render::inert::web_address;
use crate::render::words::of_page;

/// A source in the list.
#[derive(Debug, Clone)]
pub struct SourceRow<'a> {
    /// Its id.
    pub id: &'a SourceId,
    /// Its title.
    pub title: &'a Bilingual,
    /// Its program.
    pub program: &'a str,
    /// Its jurisdiction.
    pub jurisdiction: &'a str,
    /// How it is.
    pub standing: SourceStanding<'a>,
}

/// How a source is.
#[derive(Debug, Clone, Copy, Default)]
pub struct SourceStanding<'a> {
    /// How its last check ended.
    pub outcome: Option<&'a str>,
    /// When that was.
    pub checked_at: Option<Timestamp>,
    /// When its facts were last seen to hold.
    pub last_good_at: Option<Timestamp>,
    /// When it is due next.
    pub next_at: Option<Timestamp>,
    /// What else to know of it: `stale`, `unreviewed`, `held` …
    pub states: &'a [&'static str],
    /// What cannot be read of it.
    pub lost: &'a [Lost],
}

/// Writes the list.
#[must_use]
pub fn sources_page(frame: &Frame<'_>, rows: &[SourceRow<'_>]) -> String {
    let mut jurisdictions: Vec<&str> = rows.iter().map(|row| row.jurisdiction).collect();
    jurisdictions.sort_by_key(|code| (*code != "CA", *code));
    jurisdictions.dedup();
    let main = html! {
        p { (frame.say(
            "Every official page that is watched. Where one cannot be read, the last values stand, and silence about it means nothing.",
            "Chaque page officielle qui est surveillée. Là où une page ne peut être lue, les dernières valeurs demeurent, et le \
             silence à son sujet ne veut rien dire.",
        )) }
        @for code in jurisdictions {
            h2 { (own::jurisdiction(code, frame.language)) }
            ul class="log" {
                @for row in rows.iter().filter(|row| row.jurisdiction == code) { li { (source_row(frame, row)) } }
            }
        }
    };
    frame
        .page(Body {
            title: frame.say("What is watched", "Ce qui est surveillé").to_owned(), main
        })
}

fn source_row(frame: &Frame<'_>, row: &SourceRow<'_>) -> Markup {
    html! {
        div class="what" {
            a href=(frame.link(&format!("sources/{}", row.id))) { (inert(row.title.get(frame.language), 160)) }
            @if !row.standing.is_well() { " " span class="mark warn" { (trouble(frame, &row.standing)) } }
        }
        small { (own::program(row.program, frame.voice())) " · " (last_read(frame, &row.standing)) }
    }
}

impl SourceStanding<'_> {
    /// Whether it was read and nothing of it is missing.
    fn is_well(&self) -> bool {
        self.last_good_at.is_some() && self.lost.is_empty() && !self.states.contains(&"stale")
    }
}

fn trouble(frame: &Frame<'_>, standing: &SourceStanding<'_>) -> String {
    match standing {
        SourceStanding { last_good_at: None, .. } => {
            frame.say("not read yet", "pas encore lue").to_owned()
        }
        SourceStanding { states, .. } if states.contains(&"stale") => {
            frame.say("cannot be read", "illisible").to_owned()
        }
        SourceStanding { lost, .. } => {
            format!("{} {}", lost.len(), frame.say("unreadable", "illisibles"))
        }
    }
}

fn last_read(frame: &Frame<'_>, standing: &SourceStanding<'_>) -> Markup {
    html! {
        @match standing.last_good_at {
            Some(at) => { (frame.say("last read ", "dernière lecture ")) (frame.ago(at)) " (" (frame.moment(at)) ")" }
            None => (frame.say("never read", "jamais lue")),
        }
    }
}

/// The page of a source.
#[derive(Debug, Clone)]
pub struct SourcePage<'a> {
    /// Its entry in the list.
    pub row: SourceRow<'a>,
    /// The official page in the reader's language, and in the other one where it differs.
    pub official: &'a str,
    /// The other one.
    pub other: Option<&'a str>,
    /// Its publisher, and how it asks to be named.
    pub publisher: Option<&'a Bilingual>,
    /// The same.
    pub attribution: Option<&'a Bilingual>,
    /// The terms under which its pages may be used.
    pub terms: Option<&'a str>,
    /// What is read from it.
    pub facts: Vec<FactSetRow<'a>>,
    /// The rules that depend on it.
    pub rules: Vec<&'a Rule>,
    /// Its newest changes.
    pub newest: &'a [LogEntry<'a>],
}

/// Writes it.
#[must_use]
pub fn source_page(frame: &Frame<'_>, page: &SourcePage<'_>) -> String {
    let title = inert(page.row.title.get(frame.language), 160);
    let main = html! {
        p class="soft" {
            (own::jurisdiction(page.row.jurisdiction, frame.language)) ", " (own::program(page.row.program, frame.voice()))
            " · " code { (page.row.id) }
        }
        dl class="facts" { @for (label, words) in about(frame, page) { dt { (label) } dd { (words) } } }
        (unreadable(frame, page.row.standing.lost))
        @if !page.facts.is_empty() {
            h2 { (frame.say("What is read from it", "Ce qui y est lu")) }
            (sets(frame, &page.facts))
        }
        (own::rules(frame, &page.rules))
        h2 { (frame.say("Its newest changes", "Ses changements les plus récents")) }
        @if page.newest.is_empty() { p { (frame.say("None has been seen.", "Aucun n'a été constaté.")) } }
        (entries(frame, page.newest))
        p { a href=(frame.link(&format!("changes?source={}", page.row.id))) { (frame.say("All of them", "Tous")) } }
    };
    frame.page(Body { title, main })
}

fn about(frame: &Frame<'_>, page: &SourcePage<'_>) -> Vec<(&'static str, Markup)> {
    let standing = &page.row.standing;
    let official = |url: &str| {
        html! {
            @match web_address(url) { Some(url) => a href=(url) rel="noreferrer" { (url) }, None => (inert(url, 300)) }
        }
    };
    let mut rows = vec![(frame.say("Official page", "Page officielle"), official(page.official))];
    rows.extend(page.other.map(|other| (frame.say("In French", "En anglais"), official(other))));
    rows.push((frame.say("Last read", "Dernière lecture"), last_read(frame, standing)));
    if let Some(at) = standing.checked_at.filter(|at| Some(*at) != standing.last_good_at) {
        let how = standing.outcome.map(|outcome| own::outcome(outcome, frame.language));
        rows.push((
            frame.say("Last looked at", "Dernier passage"),
            html! {
                (frame.moment(at)) @if let Some(how) = how { (frame.say(": ", "\u{a0}: ")) (how) }
            },
        ));
    }
    rows.extend(
        standing.next_at.map(|at| (frame.say("Next", "Prochain passage"), frame.moment(at))),
    );
    let states: Vec<&str> =
        standing.states.iter().map(|state| own::state(state, frame.language)).collect();
    if !states.is_empty() {
        rows.push((frame.say("State", "État"), html! { (states.join(", ")) }));
    }
    let said = |words: &Bilingual| html! { (inert(words.get(frame.language), 300)) };
    rows.extend(page.publisher.map(|name| (frame.say("Published by", "Publiée par"), said(name))));
    rows.extend(page.attribution.map(|words| (frame.say("Source", "Source"), said(words))));
    rows.extend(page.terms.map(|terms| {
        let terms = of_page(&inert(terms, 300), frame.language);
        (frame.say("Terms of use", "Conditions d'utilisation"), html! { (terms) })
    }));
    rows
}

/// What cannot be read, since when, and what is there now.
fn unreadable(frame: &Frame<'_>, lost: &[Lost]) -> Markup {
    html! {
        @if !lost.is_empty() {
            div class="box bad" {
                h2 { (frame.say("What cannot be read", "Ce qui ne peut être lu")) }
                ul {
                    @for lost in lost {
                        li {
                            code { (inert(&lost.what.to_string(), 200)) } " "
                            (frame.say("since ", "depuis le ")) (frame.moment(lost.since))
                            @if let Some(at) = lost.last_read_at { "; " (frame.say("last read ", "dernière lecture\u{a0}: ")) (frame.moment(at)) }
                            // Why is in the words of the program, which are English.
                            @if frame.language == Language::En { ": " (inert(&lost.what.why, 300)) }
                        }
                    }
                }
            }
        }
    }
}
