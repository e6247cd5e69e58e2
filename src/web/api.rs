//! What is known as JSON, to be read by programs: `/api/v1`. `schemas/api.schema.json` describes every answer,
//! and is served too.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use serde_json::{Value as Json, json};

use super::answer::Fault;
use super::look::Look;
use super::plain::{Asked, JSON, Plain, failed, plain};
use super::typed::filter;
use crate::asking::{self, Subject, When};
use crate::model::{FactKey, Language, RecordKey, Retraction, Told, ToldPlace};
use crate::render::json as objects;
use crate::render::pages::Typed;

const API_SCHEMA: &str = include_str!("../../schemas/api.schema.json");
const OUTPUT_SCHEMA: &str = include_str!("../../schemas/output.schema.json");
const VERIFY_SCHEMA: &str = include_str!("../../schemas/verify.schema.json");
const HOOK_SCHEMA: &str = include_str!("../../schemas/hook.schema.json");

/// What there is.
pub(super) async fn index(headers: HeaderMap) -> Response {
    let what = json!({
        "changes": "/api/v1/changes{?after,since,until,program,jurisdiction,source,fact,noc,kind,stage,rule,severity,text}",
        "change": "/api/v1/changes/{id}",
        "facts": "/api/v1/facts",
        "fact": "/api/v1/facts/{key}{?as_of,known_at,record}",
        "sources": "/api/v1/sources",
        "schema": "/api/v1/api.schema.json",
    });
    plain(&headers, written(&what, None))
}

/// The schema of the answers.
pub(super) async fn schema(headers: HeaderMap) -> Response {
    published(&headers, API_SCHEMA)
}

/// The schema that the others refer to for changes and records.
pub(super) async fn output_schema(headers: HeaderMap) -> Response {
    published(&headers, OUTPUT_SCHEMA)
}

/// The schema of what `rulewatch verify` prints: that of hooks refers to it for findings.
pub(super) async fn verify_schema(headers: HeaderMap) -> Response {
    published(&headers, VERIFY_SCHEMA)
}

/// The schema of what hooks are sent.
pub(super) async fn hook_schema(headers: HeaderMap) -> Response {
    published(&headers, HOOK_SCHEMA)
}

fn published(headers: &HeaderMap, schema: &str) -> Response {
    plain(headers, Plain { kind: JSON, text: schema.to_owned(), modified: None })
}

fn written(object: &Json, modified: Option<Timestamp>) -> Plain {
    Plain { kind: JSON, text: format!("{object}\n"), modified }
}

/// What was told after a place.
pub(super) async fn changes(asked: Asked) -> Response {
    let write = |look: &Look<'_>, typed: &Typed| {
        let filter = filter(look, typed)?;
        let after = match typed.one("after") {
            None => ToldPlace::START,
            Some(text) => asking::place(look.known, text)?.ok_or_else(unknown)?,
        };
        let since = asking::since(look.known, &filter, after)?;
        let change = |(told, back): &(Told, _)| {
            objects::logged(&told.change, Option::as_ref(back), told.is_imported)
        };
        let back = |back: &Retraction| {
            json!({
                "change": back.change.as_str(), "event": back.event.as_str(),
                "at": back.at.to_string(), "by": back.by, "why": back.why,
            })
        };
        let object = json!({
            "changes": since.changes.iter().map(change).collect::<Vec<_>>(),
            "taken_back": since.taken_back.iter().map(back).collect::<Vec<_>>(),
            "next": asking::cursor(look.known, since.next)?,
            "more": since.has_more,
        });
        Ok(written(&object, None))
    };
    asked.answer(Language::En, write).await
}

/// A place that no answer gave, or that is not known any more.
fn unknown() -> Fault {
    Fault::Wrong(
        "`after` is what an earlier answer gave as `next`; if it is, the history was put back from a copy: \
         leave `after` out, and pass over the ids that you have had"
            .to_owned(),
    )
}

/// One change, by its whole id.
pub(super) async fn change(Path(id): Path<String>, asked: Asked) -> Response {
    let write = move |look: &Look<'_>, _: &Typed| {
        let mut change = asking::told_change(look.known, &id)?.ok_or(Fault::Missing)?;
        let about = asking::about(look.known, &look.open.site.catalog, &change.change)?;
        change.change = asking::change(look.known, &id, look.today)?;
        let object = objects::logged(&change.change, about.retraction.as_ref(), change.is_imported);
        Ok(written(&object, None))
    };
    asked.answer(Language::En, write).await
}

/// Every fact set.
pub(super) async fn facts(asked: Asked) -> Response {
    let write = |look: &Look<'_>, _: &Typed| {
        let one = |listed: &asking::Listed| {
            let title = look.open.title_of(&listed.source, &listed.fact);
            json!({
                "fact": listed.fact.as_str(), "source": listed.source.as_str(),
                "title": title.map(|title| json!({"en": title.en, "fr": title.fr})),
                "records": listed.records,
            })
        };
        let known = asking::known(look.known, None)?;
        Ok(written(&json!({"facts": known.iter().map(one).collect::<Vec<_>>()}), None))
    };
    asked.answer(Language::En, write).await
}

/// One fact set: what is in force, was on a day, or was known at a time.
pub(super) async fn fact(Path(key): Path<String>, asked: Asked) -> Response {
    let write = move |look: &Look<'_>, typed: &Typed| {
        let key = FactKey::parse(&key).map_err(|_| Fault::Missing)?;
        let wrong = |name, such| Fault::Wrong(format!("`{name}` is a {such}"));
        let day =
            |text: &str| text.parse::<Date>().map_err(|_| wrong("as_of", "day such as 2026-01-31"));
        let at = |text: &str| {
            text.parse::<Timestamp>()
                .map_err(|_| wrong("known_at", "time such as 2026-01-31T12:00:00Z"))
        };
        let as_of = typed.one("as_of").map(day).transpose()?;
        let known_at = typed.one("known_at").map(at).transpose()?;
        let record = typed.one("record").map(RecordKey::parse).transpose();
        let record = record.map_err(|_| Fault::Missing)?;
        let when = match (as_of, known_at) {
            (Some(day), Some(at)) => When::AsOfKnownAt(day, at),
            (Some(day), None) => When::AsOf(day),
            (None, Some(at)) => When::KnownAt(at),
            (None, None) => When::Today(look.today),
        };
        let subject = Subject { facts: vec![key.clone()], record, nocs: Vec::new() };
        let site = &look.open.site;
        let answers = asking::facts_of(look.known, &site.catalog, &subject, when, &site.zone)?;
        let records: Vec<Json> = answers
            .iter()
            .flat_map(|(key, answer)| answer.shown.iter().map(move |row| row.to_json(key)))
            .collect();
        let object = json!({
            "fact": key.as_str(),
            "as_of": as_of.or(known_at.is_none().then_some(look.today)).map(|day| day.to_string()),
            "known_at": known_at.map(|at| at.to_string()),
            "records": records,
        });
        Ok(written(&object, None))
    };
    asked.answer(Language::En, write).await
}

/// Every source: when it was last checked, last seen to hold, and last changed.
pub(super) async fn sources(asked: Asked) -> Response {
    let write = |look: &Look<'_>, _: &Typed| {
        let (site, now) = (&look.open.site, look.frame.now);
        let status = asking::status(look.known, &site.catalog, now)?;
        let changed = asking::last_changes(look.known)?;
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let one = |(id, status): &(_, asking::SourceStatus)| {
            let source = site.catalog.declared(id)?;
            Some(json!({
                "source": id.as_str(),
                "title": {"en": source.title.en, "fr": source.title.fr},
                "program": source.program, "jurisdiction": source.jurisdiction,
                "url": source.link(Language::En).as_str(),
                "url_fr": source.url_fr.as_ref().map(url::Url::as_str),
                "outcome": status.outcome,
                "last_checked_at": moment(status.checked_at),
                "last_good_at": moment(status.last_good_at),
                "last_changed_at": moment(changed.get(id).copied()),
                "state": status.states,
                "unreadable": status.lost.iter().map(|lost| lost.what.fact.as_str()).collect::<BTreeSet<_>>(),
            }))
        };
        let sources: Vec<Json> = status.iter().filter_map(one).collect();
        Ok(written(&json!({"sources": sources}), None))
    };
    asked.answer(Language::En, write).await
}

/// There is nothing at this address.
pub(super) async fn missing() -> Response {
    failed(&Fault::Missing)
}
