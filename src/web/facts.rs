//! The facts, each with its history.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Fault, Keep};
use super::look::{Look, Shared, Wanted};
use super::routes::Said;
use crate::asking::{self, Answer, AskError, Listed, Subject, ValueSpan, When};
use crate::model::{FactKey, Language, RecordKey, Rule, SourceId};
use crate::render::pages::{
    FactPage, FactsOf, PastRow, RecordRow, Tab, encoded, fact_page, facts_page,
};

/// Every fact set.
pub(super) async fn facts(State(shared): State<Arc<Shared>>, Said(language): Said) -> Response {
    let place = Some("facts".to_owned());
    let wanted = Wanted { language, place, tab: Tab::Facts, keep: Keep::Minute };
    shared.page(wanted, listed).await
}

fn listed(look: &Look<'_>) -> Result<String, Fault> {
    let mut known = asking::known(look.known, None)?;
    // What is read as a fact comes before a page's other words.
    known.sort_by_key(|one| {
        (one.source.clone(), one.fact.as_str().starts_with("page."), one.fact.clone())
    });
    let mut all: Vec<FactsOf<'_>> = Vec::new();
    for Listed { fact, source, records } in &known {
        let declared = look.open.site.catalog.declared(source);
        let title = look.open.title_of(source, fact);
        match all.last_mut().filter(|last| last.source == source) {
            Some(last) => last.sets.push((fact, title, *records)),
            None => all.push(FactsOf {
                source,
                title: look.open.title(source),
                place: declared
                    .map(|source| (source.program.as_str(), source.jurisdiction.as_str())),
                sets: vec![(fact, title, *records)],
            }),
        }
    }
    let order = |of: &FactsOf<'_>| {
        let (_, jurisdiction) = of.place.unwrap_or_default();
        (jurisdiction != "CA", jurisdiction.to_owned(), of.source.clone())
    };
    all.sort_by_key(order);
    Ok(facts_page(&look.frame, &all))
}

/// One fact set.
pub(super) async fn fact(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, key)): Path<(String, String)>,
) -> Response {
    one(&shared, language, key, None).await
}

/// One record of a fact set.
pub(super) async fn record(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, key, record)): Path<(String, String, String)>,
) -> Response {
    one(&shared, language, key, Some(record)).await
}

async fn one(
    shared: &Arc<Shared>,
    language: Language,
    key: String,
    record: Option<String>,
) -> Response {
    let place = match &record {
        None => format!("facts/{key}"),
        Some(record) => format!("facts/{key}/{}", encoded(record)),
    };
    let place = Some(place);
    let wanted = Wanted { language, place, tab: Tab::Facts, keep: Keep::Minute };
    shared.page(wanted, move |look| written(look, &key, record.as_deref())).await
}

fn written(look: &Look<'_>, key: &str, record: Option<&str>) -> Result<String, Fault> {
    let (catalog, known) = (&look.open.site.catalog, look.known);
    let key = FactKey::parse(key).map_err(|_| Fault::Missing)?;
    let record = record.map(RecordKey::parse).transpose().map_err(|_| Fault::Missing)?;
    let subject = Subject { facts: vec![key.clone()], record: record.clone(), nocs: Vec::new() };
    let today = today(look, &subject)?;
    let spans = asking::history(known, &subject, &look.open.site.zone)?;
    if today.is_none() && spans.is_empty() {
        return Err(Fault::Missing);
    }
    let rows: Vec<RecordRow<'_>> =
        today.iter().flat_map(|answer| answer.shown.iter().map(row)).collect();
    let mut sources: Vec<&SourceId> = rows.iter().map(|row| row.source).collect();
    sources.extend(spans.iter().map(|span| &span.source));
    sources.sort();
    sources.dedup();
    let impact = asking::impact(known, catalog, key.as_str(), look.today);
    let rules = impact.map(|impact| impact.rules).unwrap_or_default();
    let series = asking::series(&spans, None);
    let title = sources.iter().find_map(|source| look.open.title_of(source, &key));
    let of_source = |source: &&'_ SourceId| {
        let url = catalog.declared(source).map(|of| of.link(look.frame.language).to_string());
        (source.to_owned().to_owned(), url)
    };
    let urls: Vec<(SourceId, Option<String>)> = sources.iter().map(of_source).collect();
    let page = FactPage {
        key: &key,
        title,
        is_of_families: sources.iter().any(|source| look.open.is_of_families(source, &key)),
        record: record.as_ref(),
        sources: urls
            .iter()
            .map(|(source, url)| (source, look.open.title(source), url.clone()))
            .collect(),
        past: past(&spans, record.is_some()),
        rows,
        series: &series,
        rules: rules.iter().collect::<Vec<&Rule>>(),
    };
    Ok(fact_page(&look.frame, &page))
}

/// What is known today; `None` where nothing is any more.
fn today(look: &Look<'_>, subject: &Subject) -> Result<Option<Answer>, Fault> {
    let when = When::Today(look.today);
    let zone = &look.open.site.zone;
    match asking::facts_of(look.known, &look.open.site.catalog, subject, when, zone) {
        Ok(found) => Ok(found.into_iter().next().map(|(_, answer)| answer)),
        Err(AskError::NothingKnown(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn row(shown: &asking::Shown) -> RecordRow<'_> {
    RecordRow {
        source: &shown.source,
        key: &shown.key,
        record: &shown.record,
        states: &shown.states,
        last_read_at: shown.last_read_at,
    }
}

/// The values of the past, the newest first. Of a whole set only what has changed since it was first read.
fn past(spans: &[ValueSpan], is_whole: bool) -> Vec<PastRow<'_>> {
    let first = spans.iter().map(|span| span.seen_at).min();
    let is_news =
        |span: &&ValueSpan| is_whole || Some(span.seen_at) != first || span.until.is_some();
    let mut past: Vec<PastRow<'_>> = spans
        .iter()
        .filter(is_news)
        .map(|span| PastRow {
            record: &span.record,
            holds_from: span.holds_from,
            seen_at: span.seen_at,
            until: span.until,
            fields: span.fields.as_ref(),
            evidence: span.evidence.as_ref(),
        })
        .collect();
    past.sort_by_key(|row| std::cmp::Reverse((row.seen_at, row.holds_from)));
    past
}
