//! Answers for programs: with validators, so that who has an answer already gets only a few bytes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::answer::{Fault, Keep, busy, text_of};
use super::look::{Look, Shared};
use super::typed::typed;
use crate::model::Language;
use crate::render::pages::Typed;

/// An answer that is not a page.
#[derive(Debug)]
pub(super) struct Plain {
    /// Its type.
    pub(super) kind: &'static str,
    /// Its text.
    pub(super) text: String,
    /// When what it says last changed, where that is known.
    pub(super) modified: Option<Timestamp>,
}

/// The type of JSON.
pub(super) const JSON: &str = "application/json";

/// What a program asks, and what it has already.
pub(super) struct Asked {
    shared: Arc<Shared>,
    typed: Result<Typed, Fault>,
    headers: HeaderMap,
}

impl FromRequestParts<Arc<Shared>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Self, Infallible> {
        let typed = typed(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self { shared: Arc::clone(shared), typed, headers: parts.headers.clone() })
    }
}

impl Asked {
    /// The language that the address names; English where it names none.
    pub(super) fn language(&self) -> Language {
        let named = self.typed.as_ref().ok().and_then(|typed| typed.one("lang"));
        named.and_then(Language::from_code).unwrap_or(Language::En)
    }

    /// Answers what is typed in the address.
    pub(super) async fn answer(
        self,
        language: Language,
        write: impl FnOnce(&Look<'_>, &Typed) -> Result<Plain, Fault> + Send + 'static,
    ) -> Response {
        let Self { shared, typed, headers } = self;
        match shared.look(language, move |look| write(look, &typed?)).await {
            Some(Ok(made)) => plain(&headers, made),
            Some(Err(fault)) => failed(&fault),
            None => busy(language),
        }
    }
}

/// The answer, or that it is the one which was given before.
pub(super) fn plain(asked: &HeaderMap, made: Plain) -> Response {
    let hash = Sha256::digest(made.text.as_bytes());
    let tag = format!("\"{}\"", HEXLOWER.encode(&hash[..12]));
    let modified = made.modified.and_then(http_date);
    let mut response = match is_known(asked, &tag, modified) {
        true => text_of(StatusCode::NOT_MODIFIED, made.kind, String::new(), Keep::Minute),
        false => text_of(StatusCode::OK, made.kind, made.text, Keep::Minute),
    };
    let headers = response.headers_mut();
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, tag);
    if let Some(modified) = modified {
        put(header::LAST_MODIFIED, httpdate::fmt_http_date(modified));
    }
    // Public, only read, and nobody's own: a page of anybody may ask.
    put(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned());
    response
}

/// Whether the client has this answer (RFC 9110, section 13.2.2: a date counts only where no tag is given).
fn is_known(asked: &HeaderMap, tag: &str, modified: Option<SystemTime>) -> bool {
    if asked.contains_key(header::IF_NONE_MATCH) {
        let all = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
        let mut tags = all.flat_map(|value| value.split(',')).map(str::trim);
        return tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    }
    let since = asked.get(header::IF_MODIFIED_SINCE).and_then(|date| date.to_str().ok());
    let since = since.and_then(|date| httpdate::parse_http_date(date).ok());
    since.zip(modified).is_some_and(|(since, modified)| modified <= since)
}

/// A moment in whole seconds, as a header has it.
fn http_date(at: Timestamp) -> Option<SystemTime> {
    let seconds = u64::try_from(at.as_second()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// What went wrong, for a program.
pub(super) fn failed(fault: &Fault) -> Response {
    fault.log();
    let (status, why) = match fault {
        Fault::Missing => (StatusCode::NOT_FOUND, "there is nothing at this address"),
        Fault::Wrong(words) => (StatusCode::BAD_REQUEST, words.as_str()),
        Fault::Busy => (StatusCode::TOO_MANY_REQUESTS, "too much at once: try again later"),
        Fault::Ours(_) => (StatusCode::INTERNAL_SERVER_ERROR, "something is wrong here"),
    };
    let text = format!("{}\n", serde_json::json!({"error": why}));
    let mut response = text_of(status, JSON, text, Keep::Never);
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(asked: &[(header::HeaderName, &str)], text: &str) -> u16 {
        let asked = asked.iter().map(|(n, v)| (n.clone(), HeaderValue::from_str(v).unwrap()));
        let modified = "2026-01-02T03:04:05.6Z".parse().ok();
        let made = Plain { kind: JSON, text: text.to_owned(), modified };
        plain(&asked.collect(), made).status().as_u16()
    }

    #[test]
    fn who_has_an_answer_gets_no_other() {
        let made = || Plain { kind: JSON, text: "a".to_owned(), modified: None };
        let first = plain(&HeaderMap::new(), made());
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let weak = format!("\"x\", W/{tag}");
        for known in [tag.as_str(), "*", weak.as_str()] {
            assert_eq!(status(&[(header::IF_NONE_MATCH, known)], "a"), 304, "{known}");
        }
        assert_eq!(status(&[(header::IF_NONE_MATCH, &tag)], "b"), 200);
        let date = |date| (header::IF_MODIFIED_SINCE, date);
        assert_eq!(status(&[date("Fri, 02 Jan 2026 03:04:05 GMT")], "a"), 304);
        assert_eq!(status(&[date("Fri, 02 Jan 2026 03:04:04 GMT")], "a"), 200);
        assert_eq!(status(&[date("soon")], "a"), 200);
        let both = [date("Fri, 02 Jan 2026 03:04:05 GMT"), (header::IF_NONE_MATCH, "\"x\"")];
        assert_eq!(status(&both, "a"), 200, "a tag counts more than a date");
    }
}
