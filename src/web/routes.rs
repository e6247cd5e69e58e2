//! Which address is which page, and the headers of every answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;

use super::answer::{Fault, Keep, busy, text_of};
use super::look::{Shared, Wanted};
use super::{api, facts, feed, forget, health, home, log, reader, sources, subscribe};
use crate::model::Language;
use crate::render::pages::{STYLE, Tab};

/// The largest form.
const FORM: usize = 16 * 1024;

/// How long an answer may take in all, with the form that is sent.
const DEADLINE: Duration = Duration::from_secs(20);

/// Headers of every answer: nothing is run, nothing comes from elsewhere, nothing is shown within a page of
/// others, and no address of ours (it may hold a reader's key) is told to anybody else.
const EVERY: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// The pages.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(home::root))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .route("/robots.txt", get(robots))
        .route("/style.css", get(style))
        .route("/feed.atom", get(feed::atom))
        .route("/calendar.ics", get(feed::ics))
        .route("/api/v1", get(api::index))
        .route("/api/v1/", get(api::index))
        .route("/api/v1/changes", get(api::changes))
        .route("/api/v1/changes/{id}", get(api::change))
        .route("/api/v1/facts", get(api::facts))
        .route("/api/v1/facts/{key}", get(api::fact))
        .route("/api/v1/sources", get(api::sources))
        .route("/api/v1/api.schema.json", get(api::schema))
        .route("/api/v1/output.schema.json", get(api::output_schema))
        .route("/api/v1/verify.schema.json", get(api::verify_schema))
        .route("/api/v1/hook.schema.json", get(api::hook_schema))
        .route("/api/{*rest}", get(api::missing))
        .route("/{language}", get(home::to_home))
        .route("/{language}/", get(home::home))
        .route("/{language}/changes", get(log::changes))
        .route("/{language}/changes/{id}", get(log::change))
        .route("/{language}/announced", get(sources::announced))
        .route("/{language}/facts", get(facts::facts))
        .route("/{language}/facts/{key}", get(facts::fact))
        .route("/{language}/facts/{key}/{*record}", get(facts::record))
        .route("/{language}/sources", get(sources::sources))
        .route("/{language}/sources/{id}", get(sources::source))
        .route("/{language}/subscribe", get(subscribe::form).post(subscribe::sign_up))
        .merge(of_readers(&shared))
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(FORM))
        .layer(from_fn(in_time))
        .layer(from_fn(with_headers))
        .with_state(shared)
}

/// The pages of readers: each address has a key.
fn of_readers(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/{language}/confirm/{key}", get(reader::confirm).post(reader::confirmed))
        .route("/{language}/manage/{key}", get(reader::manage).post(reader::amend))
        .route("/{language}/manage/{key}/{which}", get(reader::edit).post(reader::edited))
        .route("/{language}/leave/{key}", get(reader::leave_said).post(reader::leaves))
        .route("/{language}/forget/{key}", get(forget::ask).post(forget::forget))
        .route("/leave/{key}", get(reader::leave).post(reader::leave_at_once))
        .route_layer(from_fn_with_state(Arc::clone(shared), reader::guard))
}

/// The language that an address begins with; any other beginning is no page.
pub(super) struct Said(pub(super) Language);

impl FromRequestParts<Arc<Shared>> for Said {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Self, Self::Rejection> {
        match language_named(parts.uri.path()) {
            Some(language) => Ok(Self(language)),
            None => Err(no_page(shared, Language::En).await),
        }
    }
}

pub(super) fn language_named(path: &str) -> Option<Language> {
    Language::from_code(path.split('/').nth(1)?)
}

async fn missing(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    no_page(&shared, language_named(request.uri().path()).unwrap_or(Language::En)).await
}

async fn no_page(shared: &Arc<Shared>, language: Language) -> Response {
    let wanted = Wanted { language, place: None, tab: Tab::None, keep: Keep::Never };
    shared.refuse(wanted, Fault::Missing).await
}

async fn not_allowed() -> Response {
    let kind = "text/plain; charset=utf-8";
    text_of(StatusCode::METHOD_NOT_ALLOWED, kind, "This address is only read.\n", Keep::Never)
}

/// Whether a form was sent from a page of ours, as far as the browser says: a page of others may not have its
/// readers sign up somebody.
pub(super) fn from_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

async fn style() -> Response {
    text_of(StatusCode::OK, "text/css; charset=utf-8", STYLE, Keep::Minute)
}

/// Search engines keep to the pages that stay: not what is filtered, and nothing of a reader's own.
async fn robots() -> Response {
    let text = "User-agent: *\nDisallow: /*?\nDisallow: /en/confirm/\nDisallow: /fr/confirm/\n\
                Disallow: /en/manage/\nDisallow: /fr/manage/\nDisallow: /en/leave/\nDisallow: /fr/leave/\nDisallow: /leave/\nDisallow: /en/forget/\nDisallow: /fr/forget/\nDisallow: /metrics\n";
    text_of(StatusCode::OK, "text/plain; charset=utf-8", text, Keep::Minute)
}

/// Gives up an answer that takes too long.
async fn in_time(request: Request, next: Next) -> Response {
    let language = language_named(request.uri().path()).unwrap_or(Language::En);
    tokio::time::timeout(DEADLINE, next.run(request)).await.unwrap_or_else(|_| busy(language))
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in EVERY {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
