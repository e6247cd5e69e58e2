//! A reader has their address forgotten: a page that asks, and a button.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::answer::Fault;
use super::look::{Look, Shared};
use super::reader::{done, for_reader, key, own};
use super::routes::Said;
use crate::model::{Language, in_full};
use crate::render::pages::{Notice, forget_page, notice_page};
use crate::subscribing::forget_by_key;

/// The page that asks whether it is meant.
pub(super) async fn ask(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    let write = move |look: &Look<'_>| {
        for_reader(look, &text, |key, reader| {
            Ok(forget_page(&look.frame, key.as_str(), &reader.address.masked()))
        })
    };
    shared.page(own(language), write).await
}

/// Its button.
pub(super) async fn forget(
    State(shared): State<Arc<Shared>>,
    Said(language): Said,
    Path((_, text)): Path<(String, String)>,
) -> Response {
    let forgotten = done(&shared, language, move |look| {
        let site = &look.open.site;
        let is_known = forget_by_key(&site.store, &site.letters, &key(&text)?, look.frame.now);
        match is_known {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::Missing),
            Err(error) => Err(Fault::Ours(in_full(&error))),
        }
    });
    match forgotten.await {
        Ok(()) => shared.page(own(language), |look| Ok(said(look))).await,
        Err(fault) => shared.refuse(own(language), fault).await,
    }
}

fn said(look: &Look<'_>) -> String {
    let (title, words) = match look.frame.language {
        Language::En => (
            "Your address is forgotten",
            "You get no more letters. What was kept about you is deleted; only a scrambled mark stays, so that nobody \
             signs you up again without you.",
        ),
        Language::Fr => (
            "Votre adresse est oubliée",
            "Vous ne recevez plus de lettres. Ce qui était conservé à votre sujet est supprimé\u{a0}; seule une marque \
             brouillée demeure, pour que personne ne vous réabonne sans vous.",
        ),
    };
    notice_page(&look.frame, &Notice { title, words: &[words], onward: None })
}
