//! The first page, and the redirects to it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::answer::{Fault, Keep, see_other};
use super::look::{Look, Shared, Wanted};
use super::routes::Said;
use crate::asking;
use crate::model::{Language, LogFilter, Severity};
use crate::render::pages::{Home, Tab, home_page, link};

/// How many changes the first page shows.
const NEWEST: usize = 30;

/// Redirects to the first page, in the language that the reader's browser asks for.
pub(super) async fn root(headers: HeaderMap) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut response = see_other(&link(preferred(asked.unwrap_or_default()), ""));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// The language that a browser prefers, of the two.
pub(super) fn preferred(asked: &str) -> Language {
    let weighed = asked.split(',').take(20).filter_map(|part| {
        let (name, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let language = Language::from_code(name.trim().get(..2)?)?;
        let weight: f32 = weight.trim().parse().ok()?;
        Some((language, weight)).filter(|(_, weight)| *weight > 0.0)
    });
    let mut best: Option<(Language, f32)> = None;
    for (language, weight) in weighed {
        if best.is_none_or(|(_, most)| weight > most) {
            best = Some((language, weight));
        }
    }
    best.map_or(Language::En, |(language, _)| language)
}

/// Redirects from an address without its last slash.
pub(super) async fn to_home(Said(language): Said) -> Response {
    see_other(&link(language, ""))
}

/// The first page.
pub(super) async fn home(State(shared): State<Arc<Shared>>, Said(language): Said) -> Response {
    let place = Some(String::new());
    let wanted = Wanted { language, place, tab: Tab::Home, keep: Keep::Minute };
    shared.page(wanted, written).await
}

fn written(look: &Look<'_>) -> Result<String, Fault> {
    let filter = LogFilter {
        severity: Some(Severity::Warn),
        today: Some(look.today),
        newest_first: true,
        ..LogFilter::default()
    };
    let (logged, _) = asking::log_part(look.known, &filter, None, NEWEST)?;
    Ok(home_page(&look.frame, &Home { newest: &look.open.entries(&logged) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_language_that_their_browser_asks_for() {
        for (asked, language) in [
            ("", Language::En),
            ("fr", Language::Fr),
            ("fr-CA,fr;q=0.9,en;q=0.8", Language::Fr),
            ("en-CA,fr;q=0.9", Language::En),
            ("de,fr;q=0.5,en;q=0.4", Language::Fr),
            ("fr;q=0,en;q=0.1", Language::En),
            ("é,;q=,fr;q=x", Language::En),
        ] {
            assert_eq!(preferred(asked), language, "{asked}");
        }
    }
}
