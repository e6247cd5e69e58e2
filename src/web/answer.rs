//! An answer, and what went wrong in the reader's words.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::asking::AskError;
use crate::model::{Advice, Language, in_full};
use crate::render::pages::{Frame, Notice, notice_page};

/// Why there is no such page.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is nothing at this address.
    Missing,
    /// What was asked cannot be answered, in the reader's words.
    Wrong(String),
    /// Too much at once; another time.
    Busy,
    /// Our own fault, in full, for the log.
    Ours(String),
}

impl Fault {
    /// Logs what is our own fault: whoever asked is told little of it.
    pub(super) fn log(&self) {
        if let Self::Ours(why) = self {
            tracing::error!(why, "a question cannot be answered");
        }
    }
}

impl From<AskError> for Fault {
    fn from(error: AskError) -> Self {
        match error.advice() {
            Advice::Correct => Self::Missing,
            _ => Self::Ours(in_full(&error)),
        }
    }
}

/// How long an answer may be kept by whoever got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Anybody, for a minute.
    Minute,
    /// Nobody: it is for one reader.
    Never,
}

impl Keep {
    fn words(self) -> &'static str {
        match self {
            Self::Minute => "public, max-age=60",
            Self::Never => "no-store",
        }
    }
}

/// A page.
pub(super) fn html(status: StatusCode, text: String, keep: Keep) -> Response {
    text_of(status, "text/html; charset=utf-8", text, keep)
}

/// Any text.
pub(super) fn text_of(
    status: StatusCode,
    kind: &'static str,
    text: impl Into<Body>,
    keep: Keep,
) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep.words()));
    response
}

/// Sends the reader to another page.
pub(super) fn see_other(place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A page that says what went wrong, with its status.
pub(super) fn faulty(frame: &Frame<'_>, fault: &Fault) -> (StatusCode, String) {
    let say = |en, fr| match frame.language {
        Language::En => en,
        Language::Fr => fr,
    };
    let (status, title, words) = match fault {
        Fault::Missing => (
            StatusCode::NOT_FOUND,
            say("There is no such page", "Cette page n'existe pas"),
            say(
                "The address may be misspelt, or what it names is not known here.",
                "L'adresse est peut-être mal écrite, ou ce qu'elle nomme n'est pas connu ici.",
            ),
        ),
        Fault::Wrong(words) => (
            StatusCode::BAD_REQUEST,
            say("This cannot be answered", "Impossible d'y répondre"),
            words.as_str(),
        ),
        Fault::Busy => (
            StatusCode::TOO_MANY_REQUESTS,
            say("Too much at once", "Trop à la fois"),
            say(
                "That was asked too often in the last hour. Please try again later.",
                "Cela a été demandé trop souvent dans la dernière heure. Réessayez plus tard, s'il vous plaît.",
            ),
        ),
        Fault::Ours(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            say("Something is wrong here", "Quelque chose ne va pas ici"),
            say(
                "The page cannot be shown now. It is not your fault; please try again later.",
                "La page ne peut être montrée pour l'instant. Ce n'est pas votre faute\u{a0}; réessayez plus tard.",
            ),
        ),
    };
    let onward = Some(("changes", say("What changed", "Ce qui a changé")));
    (status, notice_page(frame, &Notice { title, words: &[words], onward }))
}

/// What is said when not even a page can be made.
pub(super) fn busy(language: Language) -> Response {
    let words = match language {
        Language::En => "Too many readers at the moment. Please try again in a minute.\n",
        Language::Fr => {
            "Trop de lecteurs en ce moment. Réessayez dans une minute, s'il vous plaît.\n"
        }
    };
    let kind = "text/plain; charset=utf-8";
    let mut response = text_of(StatusCode::SERVICE_UNAVAILABLE, kind, words, Keep::Never);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}
