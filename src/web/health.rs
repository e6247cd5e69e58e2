//! For machines: whether the pages are served, and the numbers of the installation.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::answer::{Keep, text_of};
use super::look::Shared;
use crate::asking;

/// Whether the database can be read: `ok`, or what is wrong.
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let kind = "text/plain; charset=utf-8";
    match shared.answer(|_, known| asking::known_at_all(known)).await {
        Some(Ok(Ok(()))) => text_of(StatusCode::OK, kind, "ok\n", Keep::Never),
        _ => {
            let words = "the database cannot be read\n";
            text_of(StatusCode::SERVICE_UNAVAILABLE, kind, words, Keep::Never)
        }
    }
}

/// Headers that a web server adds when it hands a request on.
const HANDED_ON: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// The numbers for a monitor, as `rulewatch status --format prometheus` prints them. They are for the operator:
/// what a web server hands on from outside gets no answer.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if HANDED_ON.iter().any(|name| headers.contains_key(*name)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let asked = shared.answer(|open, known| {
        let site = &open.site;
        let health = asking::health(known, &site.catalog, &site.place, site.clock.now())?;
        Ok::<_, asking::AskError>(asking::prometheus(&health))
    });
    match asked.await {
        Some(Ok(Ok(text))) => {
            text_of(StatusCode::OK, "text/plain; version=0.0.4", text, Keep::Never)
        }
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
