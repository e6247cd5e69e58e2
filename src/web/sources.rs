//! The sources: when each was read last, and what is unreadable of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::{Fault, Keep};
use super::look::{Look, Shared, Wanted};
use super::routes::Said;
use crate::asking::{self, SourceDetails, SourceStatus, SourceSummary};
use crate::model::{DayOf, FactKey, Language, LogFilter, MilestoneState, Rule, SourceId};
use crate::render::pages::{
    AnnouncedPage, SourcePage, SourceRow, SourceStanding, Tab, announced_page, source_page,
    sources_page,
};

/// How many of its changes the page of a source shows.
const NEWEST: usize = 20;

/// Every source.
pub(super) async fn sources(State(shared): State<Arc<Shared>>, Said(language): Said) -> Response {
    let place = Some("sources".to_owned());
    let wanted = Wanted { language, place, tab: Tab::Sources, keep: Keep::Minute };
    shared.page(wanted, listed).await
}

fn listed(look: &Look<'_>) -> Result<String, Fault> {
    let (catalog, now) = (&look.open.site.catalog, look.frame.now);
    let watched = asking::sources(catalog).watched;
    let standing: BTreeMap<SourceId, SourceStatus> =
        asking::status(look.known, catalog, now)?.into_iter().collect();
    let rows: Vec<SourceRow<'_>> =
        watched.iter().map(|summary| row(summary, standing.get(&summary.id))).collect();
    Ok(sources_page(&look.frame, &rows))
}

fn row<'a>(summary: &'a SourceSummary, status: Option<&'a SourceStatus>) -> SourceRow<'a> {
    let standing = status.map(|status| SourceStanding {
        outcome: status.outcome.as_deref(),
        checked_at: status.checked_at,
        last_good_at: status.last_good_at,
        next_at: status.next_at,
        states: &status.states,
        lost: &status.lost,
    });
    SourceRow {
        id: &summary.id,
        title: &summary.title,
        program: &summary.program,
        jurisdiction: &summary.jurisdiction,
        standing: standing.unwrap_or_default(),
    }
}

/// One source.
pub(super) async fn source(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    let place = Some(format!("sources/{id}"));
    let wanted = Wanted { language, place, tab: Tab::Sources, keep: Keep::Minute };
    shared.page(wanted, move |look| one(look, &id)).await
}

fn one(look: &Look<'_>, id: &str) -> Result<String, Fault> {
    let (catalog, known, now) = (&look.open.site.catalog, look.known, look.frame.now);
    let id = SourceId::parse(id).map_err(|_| Fault::Missing)?;
    let details = asking::source(catalog, &id)?;
    let status = asking::status_of(known, catalog, &id, now)?;
    let filter = LogFilter {
        sources: vec![id.clone()],
        today: Some(look.today),
        newest_first: true,
        ..LogFilter::default()
    };
    let (logged, _) = asking::log_part(known, &filter, None, NEWEST)?;
    let listed = asking::known(known, Some(&id))?;
    let facts =
        listed.iter().map(|one| (&one.fact, look.open.title_of(&id, &one.fact), one.records));
    let facts: Vec<(&FactKey, _, usize)> = facts.collect();
    let hangs = |rule: &&Rule| details.rules.iter().any(|(known, _)| *known == rule.id);
    let rules: Vec<&Rule> = catalog.rules().iter().filter(hangs).collect();
    let (official, other) = addresses(&details, look.frame.language);
    let provenance = &details.provenance;
    Ok(source_page(
        &look.frame,
        &SourcePage {
            row: row(&details.summary, status.as_ref()),
            official,
            other,
            publisher: provenance.publisher.as_ref(),
            attribution: provenance.attribution.as_ref(),
            terms: details.terms.as_deref(),
            facts,
            rules,
            newest: &look.open.entries(&logged),
        },
    ))
}

/// The official page in the reader's language, and the one in the other.
fn addresses(details: &SourceDetails, language: Language) -> (&str, Option<&str>) {
    let main = details.addresses.first().map_or("", String::as_str);
    match (language, details.translation.as_deref()) {
        (Language::Fr, Some(french)) => (french, Some(main)),
        (_, other) => (main, other),
    }
}

/// What is announced.
pub(super) async fn announced(State(shared): State<Arc<Shared>>, Said(language): Said) -> Response {
    let place = Some("announced".to_owned());
    let wanted = Wanted { language, place, tab: Tab::Announced, keep: Keep::Minute };
    shared.page(wanted, coming).await
}

fn coming(look: &Look<'_>) -> Result<String, Fault> {
    let open = asking::announced(look.known, look.today)?;
    let (catalog, zone) = (&look.open.site.catalog, look.frame.zone);
    let all = asking::calendar(look.known, catalog, &LogFilter::default(), look.today, zone)?;
    let mut days = all.milestones;
    days.retain(|day| {
        let is_quiet = day.changes.iter().all(|change| day.quiet.contains(&change.id));
        day.state != MilestoneState::Withdrawn && (day.of == DayOf::Expiry || is_quiet)
    });
    let page = AnnouncedPage { open: &look.open.entries(&open), days: &days };
    Ok(announced_page(&look.frame, page))
}
