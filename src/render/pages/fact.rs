//! The facts: every fact set, and a page for each with its value, its history and what depends on it.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};

use super::words as own;
use super::{Body, Frame};
use crate::model::words::shown;
use crate::model::{
    Bilingual, Evidence, FactKey, FieldName, Fields, Language, Record, RecordKey, Rule, SourceId,
    record_name,
};
use crate::render::inert::web_address;
use crate::render::words::{self, Voice, day};
use crate::render::{Series, inert, svg};

/// The fact sets of a source in a list.
#[derive(Debug, Clone)]
pub struct FactsOf<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// Its title.
    pub title: Option<&'a Bilingual>,
    /// Its program and jurisdiction, where it is watched.
    pub place: Option<(&'a str, &'a str)>,
    /// Its fact sets.
    pub sets: Vec<FactSetRow<'a>>,
}

/// A fact set in a list: its key, its title, the number of its records.
pub type FactSetRow<'a> = (&'a FactKey, Option<Bilingual>, usize);

/// Writes the list of all fact sets.
#[must_use]
pub fn facts_page(frame: &Frame<'_>, all: &[FactsOf<'_>]) -> String {
    let language = frame.language;
    let main = html! {
        p { (frame.say(
            "What the official pages say now, by page. Each fact has its history and the rules that depend on it.",
            "Ce que les pages officielles disent maintenant, par page. Chaque fait a son histoire et les règles qui en \
             dépendent.",
        )) }
        @if all.is_empty() { p { (frame.say("Nothing has been read yet.", "Rien n'a encore été lu.")) } }
        @for of in all {
            h2 {
                a href=(frame.link(&format!("sources/{}", of.source))) { (own::source(of.source, of.title, language)) }
            }
            @if let Some((program, jurisdiction)) = of.place {
                p class="soft" { (own::jurisdiction(jurisdiction, language)) ", " (own::program(program, frame.voice())) }
            }
            (sets(frame, &of.sets))
        }
    };
    let title = frame.say("What is in force", "Ce qui est en vigueur");
    frame.page(Body { title: title.to_owned(), main })
}

/// Fact sets as a list of links.
pub(super) fn sets(frame: &Frame<'_>, sets: &[FactSetRow<'_>]) -> Markup {
    html! {
        ul {
            @for (key, title, records) in sets {
                li {
                    a href=(frame.link(&format!("facts/{key}"))) { (named(key, title.as_ref(), frame.language)) }
                    " " small { "(" (records) ")" }
                }
            }
        }
    }
}

/// A fact set by its title. What is read of a page beside its facts is named as that.
fn named(key: &FactKey, title: Option<&Bilingual>, language: Language) -> String {
    let Some(title) = title else { return key.to_string() };
    let title = inert(title.get(language), 160);
    match (key.as_str().starts_with("page."), language) {
        (false, _) => title,
        (true, Language::En) => format!("{title}: its other words"),
        (true, Language::Fr) => format!("{title}\u{a0}: ses autres passages"),
    }
}

/// A record as it is known today.
#[derive(Debug, Clone)]
pub struct RecordRow<'a> {
    /// The source that states it.
    pub source: &'a SourceId,
    /// Its key.
    pub key: &'a RecordKey,
    /// The record.
    pub record: &'a Record,
    /// Its states: `announced`, `due`, `unreviewed`, `disputed`, `unreadable`, `retracted`.
    pub states: &'a [&'static str],
    /// When it was last read, where it cannot be read now.
    pub last_read_at: Option<Timestamp>,
}

/// A value that a record had.
#[derive(Debug, Clone)]
pub struct PastRow<'a> {
    /// The record.
    pub record: &'a RecordKey,
    /// From which day it holds.
    pub holds_from: Date,
    /// When it was first read so.
    pub seen_at: Timestamp,
    /// When something else was first read; `None`: it still says so.
    pub until: Option<Timestamp>,
    /// Its fields; `None`: it was not there.
    pub fields: Option<&'a Fields>,
    /// Where it was read.
    pub evidence: Option<&'a Evidence>,
}

/// The page of a fact set, or of one of its records.
#[derive(Debug, Clone)]
pub struct FactPage<'a> {
    /// The fact set.
    pub key: &'a FactKey,
    /// Its title.
    pub title: Option<Bilingual>,
    /// Whether its records are sizes of a family.
    pub is_of_families: bool,
    /// The record, where the page is of one.
    pub record: Option<&'a RecordKey>,
    /// The sources that state it: id, title, official page.
    pub sources: Vec<(&'a SourceId, Option<&'a Bilingual>, Option<String>)>,
    /// What is known today.
    pub rows: Vec<RecordRow<'a>>,
    /// What was known before, the newest first.
    pub past: Vec<PastRow<'a>>,
    /// The numbers in its history.
    pub series: &'a [Series],
    /// The rules that depend on it.
    pub rules: Vec<&'a Rule>,
}

/// The most rows of a table, values of the past and charts that are shown.
const ROWS: usize = 400;
const PAST: usize = 60;
const CHARTS: usize = 4;

impl FactPage<'_> {
    /// A record as people call it: `1 person`, not `1`.
    fn called(&self, key: &RecordKey, name: Option<&str>, voice: Voice<'_>) -> String {
        match self.is_of_families {
            true => words::names::family(key, voice),
            false => words::record_named(key, name, voice),
        }
    }
}

/// Writes it.
#[must_use]
pub fn fact_page(frame: &Frame<'_>, page: &FactPage<'_>) -> String {
    let mut title = named(page.key, page.title.as_ref(), frame.language);
    if let Some(record) = page.record {
        title = format!(
            "{title}{}{}",
            frame.say(": ", "\u{a0}: "),
            page.called(record, None, frame.voice())
        );
    }
    let main = html! {
        p class="soft" { code { (page.key) @if let Some(record) = page.record { "/" (inert(record.as_str(), 120)) } } }
        @for (source, title, url) in &page.sources { (read_from(frame, source, *title, url.as_deref())) }
        (now(frame, page))
        (charts(frame, page))
        (own::rules(frame, &page.rules))
        (history(frame, page))
        p { a href=(frame.link(&format!("changes?fact={}", page.key))) {
            (frame.say("All changes of it", "Tous ses changements"))
        } }
    };
    frame.page(Body { title, main })
}

fn read_from(
    frame: &Frame<'_>,
    source: &SourceId,
    title: Option<&Bilingual>,
    url: Option<&str>,
) -> Markup {
    let title = own::source(source, title, frame.language);
    html! {
        p {
            (frame.say("Read from ", "Lu sur\u{a0}: "))
            a href=(frame.link(&format!("sources/{source}"))) { (title) }
            @if let Some(url) = url.and_then(web_address) {
                " (" a href=(url) rel="noreferrer" { (frame.say("official page", "page officielle")) } ")"
            }
        }
    }
}

/// What is known today, as a table: a row for each record, a column for each field.
fn now(frame: &Frame<'_>, page: &FactPage<'_>) -> Markup {
    let mut fields: Vec<&FieldName> = Vec::new();
    for name in page.rows.iter().flat_map(|row| row.record.fields.keys()) {
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    let has_states = page.rows.iter().any(|row| !row.states.is_empty());
    let rest = page.rows.len().saturating_sub(ROWS);
    html! {
        @if page.rows.is_empty() {
            p { (frame.say("It is no longer stated.", "Cela n'est plus énoncé.")) }
        } @else {
            div class="wide" tabindex="0" role="region" aria-label=(frame.say("What is known today", "Ce qui est connu aujourd'hui")) {
                table {
                    caption { (frame.say("Today", "Aujourd'hui")) }
                    thead { tr {
                        th scope="col" { (frame.say("Item", "Élément")) }
                        @for name in &fields { th scope="col" { (words::field(name, frame.voice())) } }
                        @if has_states { th scope="col" { (frame.say("State", "État")) } }
                    } }
                    tbody { @for row in page.rows.iter().take(ROWS) { (record_row(frame, page, row, &fields, has_states)) } }
                }
            }
            @if rest > 0 { p { (rest) " " (frame.say("more rows are not shown.", "autres lignes ne sont pas montrées.")) } }
        }
    }
}

fn record_row(
    frame: &Frame<'_>,
    page: &FactPage<'_>,
    row: &RecordRow<'_>,
    fields: &[&FieldName],
    has_states: bool,
) -> Markup {
    let name = page.called(row.key, record_name(&row.record.fields), frame.voice());
    let place = format!("facts/{}/{}", page.key, own::encoded(row.key.as_str()));
    html! {
        tr {
            th scope="row" {
                @if page.record.is_some() { (name) } @else { a href=(frame.link(&place)) { (name) } }
            }
            @for field in fields {
                td { @if let Some(value) = row.record.fields.get(field) { (words::value_of(field, value, frame.voice())) } }
            }
            @if has_states { td { (states(frame, row)) } }
        }
    }
}

fn states(frame: &Frame<'_>, row: &RecordRow<'_>) -> Markup {
    let of = |state: &&'static str| own::state(state, frame.language);
    html! {
        (row.states.iter().map(of).collect::<Vec<_>>().join(", "))
        @if let Some(at) = row.last_read_at { "; " (frame.say("last read ", "dernière lecture\u{a0}: ")) (frame.moment(at)) }
    }
}

fn charts(frame: &Frame<'_>, page: &FactPage<'_>) -> Markup {
    html! {
        @if !page.series.is_empty() {
            h2 { (frame.say("Its numbers over time", "Ses nombres au fil du temps")) }
            @for series in page.series.iter().take(CHARTS) {
                @let series = Series { name: series_name(frame, page, &series.name), ..series.clone() };
                // On a narrow screen it is moved sideways: made smaller nobody could read it.
                div class="wide" tabindex="0" role="region" aria-label=(series.name) {
                    (PreEscaped(svg(&series.name, std::slice::from_ref(&series))))
                }
            }
        }
    }
}

/// What the numbers of a series are: `ee.proof_of_funds/1#amount` is the amount of 1; a name of a field is its
/// label.
fn series_name(frame: &Frame<'_>, page: &FactPage<'_>, name: &str) -> String {
    let (record, field) = name.rsplit_once('#').unwrap_or(("", name));
    let record = record.split_once('/').and_then(|(_, record)| RecordKey::parse(record).ok());
    let field = FieldName::parse(field);
    let field = field.map_or_else(|_| name.to_owned(), |field| words::field(&field, frame.voice()));
    match record {
        None => field,
        Some(record) => {
            let record = page.called(&record, None, frame.voice());
            format!("{record}{}{field}", frame.say(": ", "\u{a0}: "))
        }
    }
}

fn history(frame: &Frame<'_>, page: &FactPage<'_>) -> Markup {
    let rest = page.past.len().saturating_sub(PAST);
    html! {
        @if !page.past.is_empty() {
            h2 { (frame.say("History", "Histoire")) }
            ul class="log" {
                @for past in page.past.iter().take(PAST) { li { (past_row(frame, page, past)) } }
            }
            @if rest > 0 { p { (rest) " " (frame.say("older values are not shown.", "valeurs plus anciennes ne sont pas montrées.")) } }
        }
    }
}

fn past_row(frame: &Frame<'_>, page: &FactPage<'_>, past: &PastRow<'_>) -> Markup {
    let said = match past.fields {
        Some(fields) if fields.is_empty() => frame.say("listed", "dans la liste").to_owned(),
        Some(fields) => inert(&words::record_fields(fields, frame.voice()), 400),
        None => frame.say("not there", "absent").to_owned(),
    };
    html! {
        div {
            @if page.record.is_none() { b { (page.called(past.record, None, frame.voice())) } (frame.say(": ", "\u{a0}: ")) }
            (said)
        }
        small {
            (frame.say("holds from ", "vaut à partir du ")) time datetime=(past.holds_from) { (day(past.holds_from, frame.language)) }
            "; " (frame.say("read from ", "lu à partir du ")) (frame.moment(past.seen_at))
            @match past.until {
                Some(until) => { (frame.say(" until ", " jusqu'au ")) (frame.moment(until)) }
                None => (frame.say(" until now", " jusqu'à maintenant")),
            }
        }
        @if let Some(evidence) = past.evidence.filter(|evidence| !evidence.quote.trim().is_empty()) {
            blockquote { (inert(&shown(&evidence.quote), 300)) }
        }
    }
}
