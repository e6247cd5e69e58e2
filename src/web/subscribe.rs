//! Subscribing on the pages: the form, what it comes to, and the letter that asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::ToSpan as _;

use super::answer::{Fault, Keep};
use super::limits::{Act, who};
use super::look::{Look, Shared, Wanted};
use super::misfit::misfit;
use super::routes::{Said, from_here};
use super::serve::Peer;
use super::typed::typed;
use super::wish::{preset_question, wish};
use crate::joining::{self, Applicant};
use crate::model::{EmailAddress, Language, Subscription};
use crate::render::pages::{
    Notice, Preview, Purpose, Tab, Typed, WishPage, consent, notice_page, wish_page,
};
use crate::render::words::Voice;
use crate::render::{inert, left_out, rhythm};
use crate::subscribing;

/// How many months back a wish is tried.
const MONTHS: i32 = 6;

/// More fact sets than this are counted, and not named.
const FEW: usize = 12;

/// The form, and what it comes to.
pub(super) async fn form(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    RawQuery(query): RawQuery,
) -> Response {
    let typed = typed(query.unwrap_or_default().as_bytes());
    let place = typed.as_ref().map(|typed| typed.place("subscribe")).ok();
    let wanted = Wanted { language, place, tab: Tab::Letters, keep: Keep::Never };
    shared
        .page(wanted, move |look| {
            if !look.frame.sign_up {
                return Err(Fault::Missing);
            }
            written(look, Purpose::SignUp, &typed?)
        })
        .await
}

/// The page of a wish, with what it comes to where that is asked for.
pub(super) fn written(
    look: &Look<'_>,
    purpose: Purpose<'_>,
    typed: &Typed,
) -> Result<String, Fault> {
    if typed.one("show").is_none() {
        return Ok(wish_page(&look.frame, &page(look, purpose, typed, None, None)));
    }
    with(look, purpose, typed, None)
}

/// The page of a wish that is asked for; with what is wrong beside it.
fn with(
    look: &Look<'_>,
    purpose: Purpose<'_>,
    typed: &Typed,
    fault: Option<&str>,
) -> Result<String, Fault> {
    let considered = considered(look, typed);
    let (to, heard) = match considered {
        Ok(considered) => considered,
        Err(Fault::Wrong(fault)) => {
            return Ok(wish_page(&look.frame, &page(look, purpose, typed, Some(&fault), None)));
        }
        Err(other) => return Err(other),
    };
    let site = &look.open.site;
    let since = look.frame.now.to_zoned(site.zone.clone());
    let since = since.checked_sub(MONTHS.months()).unwrap_or(since).timestamp();
    let outlook = subscribing::outlook(look.known, &site.catalog, &to, since)
        .map_err(|error| misfit(&error, look))?;
    let preview = preview(look, &to, &heard, &outlook);
    Ok(wish_page(&look.frame, &page(look, purpose, typed, fault, Some(preview))))
}

/// What a form comes to.
pub(super) fn considered(
    look: &Look<'_>,
    typed: &Typed,
) -> Result<(Subscription, subscribing::Hearing), Fault> {
    let wish = wish(look, typed)?;
    subscribing::considered(&look.open.site.catalog, wish).map_err(|error| misfit(&error, look))
}

fn preview<'a>(
    look: &'a Look<'_>,
    to: &Subscription,
    heard: &'a subscribing::Hearing,
    outlook: &'a subscribing::Outlook,
) -> Preview<'a> {
    let language = look.frame.language;
    let voice = Voice { language, glossary: look.frame.glossary };
    let sources: BTreeSet<_> = heard.topics.iter().map(|topic| &topic.source).collect();
    let is_few = heard.topics.len() <= FEW;
    let title = |topic: &subscribing::Topic| {
        let title = look.open.title(&topic.source).map(|title| title.get(language).to_owned());
        inert(
            &format!("{} ({})", title.unwrap_or_else(|| topic.source.to_string()), topic.key),
            160,
        )
    };
    Preview {
        wish: crate::render::wish(to, voice),
        left_out: left_out(to, language),
        rhythm: rhythm(&to.rhythm, language),
        n_sets: heard.topics.len(),
        n_sources: sources.len(),
        titles: heard.topics.iter().filter(|_| is_few).map(title).collect(),
        widened_to: heard.widened_to,
        idle: &heard.idle,
        unlisted: &outlook.unlisted,
        months: MONTHS,
        n_events: outlook.past.n_events,
        n_changes: outlook.past.n_changes,
        last: outlook.past.last.as_ref(),
    }
}

fn page<'a>(
    look: &'a Look<'_>,
    purpose: Purpose<'a>,
    typed: &'a Typed,
    fault: Option<&'a str>,
    preview: Option<Preview<'a>>,
) -> WishPage<'a> {
    let choices = &look.open.choices;
    let language = look.frame.language;
    let presets = look.open.site.catalog.presets().iter();
    let presets = presets.map(|preset| {
        (inert(preset.title.get(language), 160), preset_question(preset).question(None))
    });
    WishPage { purpose, typed, choices, presets: presets.collect(), fault, preview }
}

/// The button that signs up: a letter goes out that asks whether it was meant. The answer is the same for every
/// address, known or not.
pub(super) async fn sign_up(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    peer: axum::Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_from_here = from_here(&headers);
    let who = who(peer.0.0, &headers);
    let counting = Arc::clone(&shared);
    let wanted = Wanted {
        language,
        place: Some("subscribe".to_owned()),
        tab: Tab::Letters,
        keep: Keep::Never,
    };
    let bell = Arc::clone(&shared.bell);
    let response = shared
        .page(wanted, move |look| {
            if !look.frame.sign_up || !is_from_here {
                return Err(Fault::Missing);
            }
            take(look, &typed(&body)?, || counting.limits.admits(who, Act::SignUp))
        })
        .await;
    bell.notify_one();
    response
}

/// Takes a sign-up. `admits` counts one that is in order, and is `false` when that reader made too many.
fn take(look: &Look<'_>, typed: &Typed, admits: impl FnOnce() -> bool) -> Result<String, Fault> {
    let language = look.frame.language;
    // Programs fill every field.
    if typed.one("website").is_some() {
        return Ok(sent(look, ""));
    }
    let address = EmailAddress::parse(typed.one("address").unwrap_or_default());
    let Ok(address) = address else {
        let fault = no_address(typed.one("address").unwrap_or_default(), language);
        return with(look, Purpose::SignUp, typed, Some(&fault));
    };
    let (subscription, _) = match considered(look, typed) {
        Ok(considered) => considered,
        Err(_) => return with(look, Purpose::SignUp, typed, None),
    };
    if !admits() {
        return Err(Fault::Busy);
    }
    let site = &look.open.site;
    let voice = Voice { language, glossary: look.frame.glossary };
    let wording = format!("{} [{}]", consent(language), crate::render::wish(&subscription, voice));
    let typed_address = address.as_str().to_owned();
    let applicant = Applicant { address, language, subscription, wording };
    let taken = joining::sign_up(
        &site.store,
        &site.catalog,
        &site.correspondence,
        applicant,
        look.frame.now,
    );
    match taken {
        Ok(true) => Ok(sent(look, &typed_address)),
        Ok(false) => Err(Fault::Busy),
        Err(error) => Err(Fault::Ours(crate::model::in_full(&error))),
    }
}

fn no_address(typed: &str, language: Language) -> String {
    let typed = inert(typed, 80);
    match language {
        Language::En => format!(
            "“{typed}” is no e-mail address that letters can go to. Write it plainly, as in name@example.org; an address \
             with accents in its domain is written in its xn-- form."
        ),
        Language::Fr => format!(
            "«\u{a0}{typed}\u{a0}» n'est pas une adresse à laquelle des lettres peuvent aller. Écrivez-la simplement, \
             comme nom@exemple.org\u{a0}; une adresse dont le domaine a des accents s'écrit sous sa forme xn--."
        ),
    }
}

/// What is said to everybody who signs up.
fn sent(look: &Look<'_>, address: &str) -> String {
    let language = look.frame.language;
    let (title, first, second) = match language {
        Language::En => (
            "Look into your mail",
            format!(
                "A letter is on its way to {}. It asks whether you meant it; open the page that it links to, and press the button there.",
                inert(address, 260)
            ),
            "No letter after a quarter of an hour? Look among the unwanted mail. An address is asked no more than three times a day.",
        ),
        Language::Fr => (
            "Consultez votre courriel",
            format!(
                "Une lettre est en route vers {}. Elle vous demande de confirmer\u{a0}; ouvrez la page vers laquelle elle mène, et appuyez sur son bouton.",
                inert(address, 260)
            ),
            "Pas de lettre après un quart d'heure\u{a0}? Voyez parmi les courriels indésirables. On ne demande pas plus de trois fois par jour à une adresse.",
        ),
    };
    let words = [first.as_str(), second];
    notice_page(&look.frame, &Notice { title, words: &words, onward: None })
}
