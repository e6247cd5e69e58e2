//! A reader's own pages: confirm, what they have, leave. A GET changes nothing; a button does.

use jiff::Timestamp;
use maud::{Markup, html};

use super::entry::{LogEntry, entries};
use super::{Body, Frame};
use crate::model::Language;
use crate::render::inert;

/// What a key would confirm.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmPage<'a> {
    /// The key.
    pub key: &'a str,
    /// The address, masked.
    pub address: &'a str,
    /// What the letters tell of, what they leave out, and when they come.
    pub wish: &'a str,
    /// The same.
    pub left_out: Option<&'a str>,
    /// The same.
    pub rhythm: &'a str,
}

/// Writes the page that asks whether it is meant.
#[must_use]
pub fn confirm_page(frame: &Frame<'_>, page: &ConfirmPage<'_>) -> String {
    let main = html! {
        dl class="facts" {
            dt { (frame.say("To", "À")) } dd { (inert(page.address, 260)) }
            (told(frame, page.wish, page.left_out, page.rhythm))
        }
        form method="post" action=(frame.link(&format!("confirm/{}", page.key))) {
            p { button { (frame.say("Yes, send me these letters", "Oui, m'envoyer ces lettres")) } }
        }
        p class="soft" { (frame.say(
            "If you did not ask for them, close this page: nothing is sent.",
            "Si vous ne les avez pas demandées, fermez cette page\u{a0}: rien n'est envoyé.",
        )) }
    };
    let title = frame.say("Do you want these letters?", "Voulez-vous ces lettres\u{a0}?");
    frame.page(Body { title: title.to_owned(), main })
}

fn told(frame: &Frame<'_>, wish: &str, left_out: Option<&str>, rhythm: &str) -> Markup {
    html! {
        dt { (frame.say("About", "Sujet")) } dd { (inert(wish, 800)) }
        @if let Some(left_out) = left_out { dt { (frame.say("Not", "Exclu")) } dd { (left_out) } }
        dt { (frame.say("When", "Quand")) } dd { (inert(rhythm, 200)) }
    }
}

/// A subscription of a reader.
#[derive(Debug, Clone)]
pub struct OwnRow<'a> {
    /// Its number.
    pub number: i64,
    /// What it tells of.
    pub wish: String,
    /// What it leaves out.
    pub left_out: Option<&'a str>,
    /// When its letters come.
    pub rhythm: String,
    /// What is asked for, as a question of the form.
    pub question: String,
}

/// What a reader has.
#[derive(Debug, Clone)]
pub struct ManagePage<'a> {
    /// Their key.
    pub key: &'a str,
    /// Their address, masked.
    pub address: &'a str,
    /// The language of their letters.
    pub language: Language,
    /// What was just done.
    pub done: Option<&'a str>,
    /// Whether nothing is sent, because their letters came back.
    pub is_paused: bool,
    /// Their subscriptions.
    pub rows: Vec<OwnRow<'a>>,
    /// Since when changes are new to them.
    pub since: Timestamp,
    /// The changes since then that their letters tell of.
    pub new: &'a [LogEntry<'a>],
}

/// Writes it.
#[must_use]
pub fn manage_page(frame: &Frame<'_>, page: &ManagePage<'_>) -> String {
    let main = html! {
        @if let Some(done) = page.done { div class="box good" role="status" { p { (done) } } }
        @if page.is_paused { (paused(frame, page.key)) }
        p { (frame.say("Letters go to ", "Les lettres vont à ")) (inert(page.address, 260)) "." }
        @for row in &page.rows { (own(frame, page, row)) }
        p { a href=(frame.link(&format!("manage/{}/new", page.key))) { (frame.say("Another subscription", "Un autre abonnement")) } }
        (language(frame, page))
        (news(frame, page))
        (leave(frame, page.key))
    };
    let title = frame.say("Your letters", "Vos lettres");
    frame.page(Body { title: title.to_owned(), main })
}

/// Letters came back, so none are sent: who has this page can say that they arrive again.
fn paused(frame: &Frame<'_>, key: &str) -> Markup {
    html! {
        div class="box bad" {
            p { (frame.say(
                "Letters to you came back, so none are sent now. What you miss is kept for you.",
                "Les lettres qui vous étaient adressées sont revenues\u{a0}; aucune n'est envoyée pour l'instant. Ce que \
                 vous manquez est conservé pour vous.",
            )) }
            form method="post" action=(frame.link(&format!("manage/{key}"))) {
                input type="hidden" name="resume" value="1";
                button { (frame.say("My mailbox works: send them again", "Ma boîte fonctionne\u{a0}: reprendre l'envoi")) }
            }
        }
    }
}

fn own(frame: &Frame<'_>, page: &ManagePage<'_>, row: &OwnRow<'_>) -> Markup {
    let place = format!("manage/{}/{}", page.key, row.number);
    html! {
        section class="box" {
            dl class="facts" { (told(frame, &row.wish, row.left_out, &row.rhythm)) }
            p { a href=(frame.link(&format!("{place}?{}", row.question))) { (frame.say("Change it", "Le changer")) } }
            @if page.rows.len() > 1 {
                form method="post" action=(frame.link(&format!("manage/{}", page.key))) {
                    input type="hidden" name="stop" value=(row.number);
                    button class="quiet" { (frame.say("End this one", "Mettre fin à celui-ci")) }
                }
            }
        }
    }
}

fn language(frame: &Frame<'_>, page: &ManagePage<'_>) -> Markup {
    let (other, words) = match page.language {
        Language::En => {
            (Language::Fr, frame.say("Get letters in French", "Recevoir les lettres en français"))
        }
        Language::Fr => {
            (Language::En, frame.say("Get letters in English", "Recevoir les lettres en anglais"))
        }
    };
    html! {
        form method="post" action=(frame.link(&format!("manage/{}", page.key))) {
            input type="hidden" name="language" value=(other.code());
            button class="quiet" { (words) }
        }
    }
}

/// What is new to them: by a mark in the address, so that nobody is followed.
fn news(frame: &Frame<'_>, page: &ManagePage<'_>) -> Markup {
    let now = frame.now.strftime("%Y-%m-%dT%H:%M:%SZ");
    html! {
        h2 { (frame.say("New for you", "Nouveau pour vous")) }
        p { (frame.say("Since ", "Depuis le ")) (frame.moment(page.since)) "." }
        @if page.new.is_empty() { p { (frame.say("Nothing.", "Rien.")) } }
        (entries(frame, page.new))
        p { a href=(frame.link(&format!("manage/{}?seen={now}", page.key))) {
            (frame.say("Bookmark this to see next time what came since now", "À mettre dans vos signets pour voir la prochaine fois ce qui sera venu depuis maintenant"))
        } }
    }
}

fn leave(frame: &Frame<'_>, key: &str) -> Markup {
    html! {
        h2 { (frame.say("Leave", "Se désabonner")) }
        form method="post" action=(frame.link(&format!("leave/{key}"))) {
            p { (frame.say(
                "No more letters of any kind; those not yet sent are cancelled.",
                "Plus aucune lettre\u{a0}; celles qui n'ont pas encore été envoyées sont annulées.",
            )) }
            p { button { (frame.say("Stop all letters", "Arrêter toutes les lettres")) } }
        }
        (forget_link(frame, key))
    }
}

/// The way to have an address forgotten.
fn forget_link(frame: &Frame<'_>, key: &str) -> Markup {
    html! {
        p { a href=(frame.link(&format!("forget/{key}"))) { (frame.say("Forget my address", "Oublier mon adresse")) } }
    }
}

/// Writes the page that asks whether somebody wants their address forgotten.
#[must_use]
pub fn forget_page(frame: &Frame<'_>, key: &str, address: &str) -> String {
    let main = html! {
        p { (frame.say("Letters go to ", "Les lettres vont à ")) (inert(address, 260)) "." }
        p { (frame.say(
            "No more letters are sent, and what is kept about you is deleted: your address, what you asked for, the \
             letters to you. Only a scrambled mark stays, so that nobody signs you up again without you. This cannot be \
             undone; you can sign up anew at any time.",
            "Plus aucune lettre n'est envoyée, et ce qui est conservé à votre sujet est supprimé\u{a0}: votre adresse, \
             vos choix, les lettres qui vous ont été adressées. Seule une marque brouillée demeure, pour que personne ne \
             vous réabonne sans vous. C'est définitif\u{a0}; vous pouvez vous inscrire de nouveau à tout moment.",
        )) }
        form method="post" action=(frame.link(&format!("forget/{key}"))) {
            p { button { (frame.say("Forget my address", "Oublier mon adresse")) } }
        }
        p { a href=(frame.link(&format!("manage/{key}"))) { (frame.say("Keep it", "La garder")) } }
    };
    let title = frame.say("Forget your address?", "Oublier votre adresse\u{a0}?");
    frame.page(Body { title: title.to_owned(), main })
}

/// Writes the page that asks whether somebody wants to leave.
#[must_use]
pub fn leave_page(frame: &Frame<'_>, key: &str, address: &str) -> String {
    let main = html! {
        p { (frame.say("Letters go to ", "Les lettres vont à ")) (inert(address, 260)) "." }
        form method="post" action=(frame.link(&format!("leave/{key}"))) {
            p { button { (frame.say("Stop all letters", "Arrêter toutes les lettres")) } }
        }
        p { a href=(frame.link(&format!("manage/{key}"))) { (frame.say("Change them instead", "Les changer plutôt")) } }
        (forget_link(frame, key))
    };
    let title = frame.say("Stop the letters?", "Arrêter les lettres\u{a0}?");
    frame.page(Body { title: title.to_owned(), main })
}
