//! A reader's own pages: confirm, what they have, leave. They have a key, and no login.
//!
//! Mail programs open every link in a letter. So a GET only shows, and a button does.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};

use super::answer::{Fault, Keep, see_other, text_of};
use super::limits::{Act, who};
use super::look::{Look, Shared, Wanted};
use super::routes::{Said, language_named};
use super::serve::Peer;
use super::subscribe::{considered, written};
use super::typed::{moment, typed};
use super::wish::question;
use crate::asking;
use crate::joining::{self, Amend, Amended, Holder, JoinError, Joined};
use crate::model::{Key, Language, LogFilter, Subscriber, SubscriptionId, in_full};
use crate::render::pages::{
    ConfirmPage, ManagePage, Notice, OwnRow, Purpose, Tab, Typed, confirm_page, leave_page, link,
    manage_page, notice_page,
};
use crate::render::words::Voice;
use crate::render::{left_out, rhythm, wish};
use crate::subscribing::welcome;

impl From<JoinError> for Fault {
    fn from(error: JoinError) -> Self {
        Self::Ours(in_full(&error))
    }
}

pub(super) fn own(language: Language) -> Wanted {
    Wanted { language, place: None, tab: Tab::None, keep: Keep::Never }
}

/// Refuses whoever has tried too many wrong keys. Each answer "not found" counts as a wrong key.
pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let who = who(peer.0, request.headers());
    if shared.limits.is_over(who, Act::WrongKey) {
        let language = language_named(request.uri().path()).unwrap_or(Language::En);
        return shared.refuse(own(language), Fault::Busy).await;
    }
    let response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        shared.limits.admits(who, Act::WrongKey);
    }
    response
}

pub(super) fn key(text: &str) -> Result<Key, Fault> {
    Key::parse(text).map_err(|_| Fault::Missing)
}

/// Writes a page for the reader of a key.
pub(super) fn for_reader(
    look: &Look<'_>,
    text: &str,
    write: impl FnOnce(&Key, &Subscriber) -> Result<String, Fault>,
) -> Result<String, Fault> {
    let key = key(text)?;
    match joining::holder(look.known, &key)? {
        Holder::Reader(reader) => write(&key, &reader),
        Holder::Left => Ok(left(look)),
        Holder::Nobody => Err(Fault::Missing),
    }
}

/// What a key would confirm.
pub(super) async fn confirm(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    let write = move |look: &Look<'_>| {
        let key = key(&text)?;
        let signup = joining::signed_up(look.known, &key, look.frame.now)?;
        let Some(signup) = signup else { return Ok(gone(look)) };
        let voice = Voice { language, glossary: look.frame.glossary };
        Ok(confirm_page(
            &look.frame,
            &ConfirmPage {
                key: key.as_str(),
                address: &signup.address.masked(),
                wish: &wish(&signup.subscription, voice),
                left_out: left_out(&signup.subscription, language),
                rhythm: &rhythm(&signup.subscription.rhythm, language),
            },
        ))
    };
    shared.page(own(language), write).await
}

/// What is said of a key that confirms nothing any more.
fn gone(look: &Look<'_>) -> String {
    let (title, words, onward) = match look.frame.language {
        Language::En => (
            "This link no longer works",
            "It was used already, or it is older than three days. If you get no letters, sign up again.",
            "Sign up",
        ),
        Language::Fr => (
            "Ce lien ne fonctionne plus",
            "Il a déjà servi, ou il a plus de trois jours. Si vous ne recevez pas de lettres, inscrivez-vous de nouveau.",
            "S'inscrire",
        ),
    };
    let notice = Notice { title, words: &[words], onward: Some(("subscribe", onward)) };
    notice_page(&look.frame, &notice)
}

/// The button that confirms.
pub(super) async fn confirmed(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    let joined = done(&shared, language, move |look| {
        let (store, now) = (&look.open.site.store, look.frame.now);
        let joined = joining::confirm(store, &key(&text)?, now)?;
        if let Joined::Now(key) = &joined
            && let Holder::Reader(reader) = joining::holder(store, key)?
        {
            // They are subscribed, whatever becomes of the letter that says so.
            if let Err(error) = welcome(store, &reader.address, now) {
                let error = in_full(&error);
                tracing::error!(error, "a reader is subscribed, and gets no welcome letter");
            }
        }
        Ok(joined)
    });
    let joined = joined.await;
    shared.bell.notify_one();
    match joined {
        Ok(Joined::Now(key)) => {
            see_other(&link(language, &format!("manage/{}?done=confirmed", key.as_str())))
        }
        Ok(Joined::Before | Joined::Never) => {
            shared.page(own(language), |look| Ok(gone(look))).await
        }
        Err(fault) => shared.refuse(own(language), fault).await,
    }
}

/// Does something, on a thread of its own, and makes no page of it.
pub(super) async fn done<T: Send + 'static>(
    shared: &Arc<Shared>,
    language: Language,
    work: impl FnOnce(&Look<'_>) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    shared.look(language, work).await.unwrap_or(Err(Fault::Busy))
}

/// How long changes are new to a reader who does not say since when.
const RECENT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The most changes that are judged and shown as new.
const JUDGED: usize = 2_000;
const SHOWN: usize = 100;

/// What a reader has, and what is new to them.
pub(super) async fn manage(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let write = move |look: &Look<'_>| {
        let typed = typed(query.unwrap_or_default().as_bytes())?;
        for_reader(look, &text, |key, reader| managed(look, key, reader, &typed))
    };
    shared.page(own(language), write).await
}

fn managed(
    look: &Look<'_>,
    key: &Key,
    reader: &Subscriber,
    typed: &Typed,
) -> Result<String, Fault> {
    let (language, now) = (look.frame.language, look.frame.now);
    let voice = Voice { language, glossary: look.frame.glossary };
    let rows = reader.subscriptions.iter().map(|one| OwnRow {
        number: one.id.0,
        wish: wish(&one.to, voice),
        left_out: left_out(&one.to, language),
        rhythm: rhythm(&one.to.rhythm, language),
        question: question(&one.to).question(None),
    });
    let seen = moment(typed, "seen", &look.open.site.zone, language).ok().flatten();
    let since = seen.unwrap_or_else(|| now.checked_sub(RECENT).unwrap_or(now));
    let logged = new_to(look, reader, since)?;
    Ok(manage_page(
        &look.frame,
        &ManagePage {
            key: key.as_str(),
            address: &reader.address.masked(),
            language: reader.language,
            done: typed.one("done").and_then(|word| said(word, language)),
            is_paused: reader.paused_at.is_some(),
            rows: rows.collect(),
            since,
            new: &look.open.entries(&logged),
        },
    ))
}

fn new_to(
    look: &Look<'_>,
    reader: &Subscriber,
    since: Timestamp,
) -> Result<Vec<asking::Logged>, Fault> {
    let filter = LogFilter {
        since: Some(since),
        today: Some(look.today),
        newest_first: true,
        ..LogFilter::default()
    };
    let (mut logged, _) = asking::log_part(look.known, &filter, None, JUDGED)?;
    logged.retain(|logged| reader.hears(&logged.change));
    logged.truncate(SHOWN);
    Ok(logged)
}

/// What was just done, by the word for it in an address.
fn said(word: &str, language: Language) -> Option<&'static str> {
    let (en, fr) = match word {
        "confirmed" => (
            "You are subscribed. Keep this address: by it you can change or end your letters at any time.",
            "Vous êtes abonné. Gardez cette adresse\u{a0}: elle permet de changer vos lettres ou d'y mettre fin à tout moment.",
        ),
        "changed" => ("It is changed.", "C'est changé."),
        "added" => ("It is added.", "C'est ajouté."),
        "stopped" => ("It is ended.", "C'est terminé."),
        "resumed" => (
            "Letters are sent to you again. What you missed comes first, in one letter.",
            "Les lettres vous sont de nouveau envoyées. Ce que vous avez manqué vient d'abord, en une lettre.",
        ),
        "already" => ("You have exactly that already.", "Vous avez déjà exactement cela."),
        _ => return None,
    };
    Some(match language {
        Language::En => en,
        Language::Fr => fr,
    })
}

/// A button of the page of what a reader has.
pub(super) async fn amend(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let place = text.clone();
    let amended = done(&shared, language, move |look| {
        let typed = typed(&body)?;
        let number = typed.one("stop").and_then(|number| number.parse().ok()).map(SubscriptionId);
        let spoken = typed.one("language").and_then(Language::from_code);
        let (amend, word) = match (number, spoken) {
            (Some(number), _) => (Amend::Stop(number), "stopped"),
            (None, Some(language)) => (Amend::Language(language), "changed"),
            (None, None) if typed.one("resume").is_some() => (Amend::Resume, "resumed"),
            (None, None) => return Err(Fault::Missing),
        };
        Ok((joining::amend(&look.open.site.store, &key(&text)?, amend, look.frame.now)?, word))
    });
    outcome(&shared, language, &place, amended.await).await
}

async fn outcome(
    shared: &Arc<Shared>,
    language: Language,
    key: &str,
    amended: Result<(Amended, &'static str), Fault>,
) -> Response {
    let word = match amended {
        Ok((Amended::Done, word)) => word,
        Ok((Amended::Already, _)) => "already",
        Ok((Amended::Left, _)) => return shared.page(own(language), |look| Ok(left(look))).await,
        Ok((Amended::Nobody, _)) => return shared.refuse(own(language), Fault::Missing).await,
        Err(fault) => return shared.refuse(own(language), fault).await,
    };
    // What waited for a digest may be due now.
    shared.bell.notify_one();
    see_other(&link(language, &format!("manage/{key}?done={word}")))
}

/// Which subscription of a reader a page is for: a number, or `new`.
fn purpose<'a>(key: &'a Key, which: &str) -> Result<Purpose<'a>, Fault> {
    match which {
        "new" => Ok(Purpose::Add(key.as_str())),
        number => {
            let number = number.parse().map_err(|_| Fault::Missing)?;
            Ok(Purpose::Change(key.as_str(), number))
        }
    }
}

/// The form to change a subscription, or to add one.
pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text, which)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let write = move |look: &Look<'_>| {
        let typed = typed(query.unwrap_or_default().as_bytes())?;
        for_reader(look, &text, |key, _| written(look, purpose(key, &which)?, &typed))
    };
    shared.page(own(language), write).await
}

/// The button of that form.
pub(super) async fn edited(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text, which)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let place = text.clone();
    let amended = done(&shared, language, move |look| {
        let (key, typed) = (key(&text)?, typed(&body)?);
        let (to, _) = considered(look, &typed)?;
        let (amend, word) = match purpose(&key, &which)? {
            Purpose::Change(_, number) => (Amend::Change(SubscriptionId(number), to), "changed"),
            Purpose::Add(_) | Purpose::SignUp => (Amend::Add(to), "added"),
        };
        Ok((joining::amend(&look.open.site.store, &key, amend, look.frame.now)?, word))
    });
    outcome(&shared, language, &place, amended.await).await
}

/// The page that asks whether somebody wants to leave; `/leave/KEY` in a letter.
pub(super) async fn leave(State(shared): State<Arc<Shared>>, Path(text): Path<String>) -> Response {
    let language = language_of(&shared, &text).await;
    leave_in(&shared, language, text).await
}

/// The same in a language.
pub(super) async fn leave_said(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    leave_in(&shared, language, text).await
}

async fn leave_in(shared: &Arc<Shared>, language: Language, text: String) -> Response {
    let write = move |look: &Look<'_>| {
        for_reader(look, &text, |key, reader| {
            Ok(leave_page(&look.frame, key.as_str(), &reader.address.masked()))
        })
    };
    shared.page(own(language), write).await
}

/// The language of a reader, by their key.
async fn language_of(shared: &Arc<Shared>, text: &str) -> Language {
    let Ok(key) = Key::parse(text) else { return Language::En };
    let holder = move |look: &Look<'_>| Ok(joining::holder(look.known, &key)?);
    match done(shared, Language::En, holder).await {
        Ok(Holder::Reader(reader)) => reader.language,
        _ => Language::En,
    }
}

/// What is said to whoever has left.
fn left(look: &Look<'_>) -> String {
    let (title, words, onward) = match look.frame.language {
        Language::En => (
            "You get no more letters",
            "Letters that were not sent yet are cancelled. Nothing more is needed.",
            "Sign up again",
        ),
        Language::Fr => (
            "Vous ne recevez plus de lettres",
            "Les lettres qui n'étaient pas encore envoyées sont annulées. Il n'y a rien d'autre à faire.",
            "S'inscrire de nouveau",
        ),
    };
    let onward = look.frame.sign_up.then_some(("subscribe", onward));
    notice_page(&look.frame, &Notice { title, words: &[words], onward })
}

/// One click in a mail program (RFC 8058): it posts here, and wants neither a page nor a redirect.
pub(super) async fn leave_at_once(
    State(shared): State<Arc<Shared>>,
    Path(text): Path<String>,
) -> Response {
    match has_left(&shared, text).await {
        Ok(()) => {
            let words = "You get no more letters. / Vous ne recevez plus de lettres.\n";
            text_of(StatusCode::OK, "text/plain; charset=utf-8", words, Keep::Never)
        }
        Err(Fault::Missing) => StatusCode::NOT_FOUND.into_response(),
        Err(fault) => {
            fault.log();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The button of our own pages.
pub(super) async fn leaves(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    match has_left(&shared, text).await {
        Ok(()) => shared.page(own(language), |look| Ok(left(look))).await,
        Err(fault) => shared.refuse(own(language), fault).await,
    }
}

async fn has_left(shared: &Arc<Shared>, text: String) -> Result<(), Fault> {
    let leave = move |look: &Look<'_>| {
        let is_known = joining::leave(&look.open.site.store, &key(&text)?, look.frame.now)?;
        if is_known { Ok(()) } else { Err(Fault::Missing) }
    };
    done(shared, Language::En, leave).await
}
