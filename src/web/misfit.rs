//! Why a wish cannot be one, in the reader's words.

use super::answer::Fault;
use super::look::Look;
use super::typed::no_such;
use crate::model::{ChangeKind, Condition, Language, in_full};
use crate::render::words::{Voice, kind};
use crate::render::{condition, inert};
use crate::subscribing::{Misfit, SubscribeError};

/// Why somebody could not be subscribed.
pub(super) fn misfit(error: &SubscribeError, look: &Look<'_>) -> Fault {
    let language = look.frame.language;
    let wrong = |en: &str, fr: &str| said(language, en.to_owned(), fr.to_owned());
    match error {
        SubscribeError::Misfit(misfit) => of_wish(misfit, look),
        SubscribeError::Already { .. } => {
            wrong("You have exactly that already.", "Vous avez déjà exactement cela.")
        }
        SubscribeError::NoSuch(_) => Fault::Missing,
        SubscribeError::Letters { .. } | SubscribeError::Store(_) => Fault::Ours(in_full(error)),
    }
}

fn of_wish(misfit: &Misfit, look: &Look<'_>) -> Fault {
    let language = look.frame.language;
    let wrong = |en: &str, fr: &str| said(language, en.to_owned(), fr.to_owned());
    match misfit {
        Misfit::Unknown { what, word, nearest, .. } => {
            no_such(what, word, nearest.as_deref(), language)
        }
        Misfit::TooMild { .. } => wrong(
            "Nothing would be sent: what you chose is never as severe as that. Choose “everything”.",
            "Rien ne serait envoyé\u{a0}: ce que vous avez choisi n'est jamais aussi grave. Choisissez «\u{a0}tout\u{a0}».",
        ),
        Misfit::ConditionOnNothing => wrong(
            "A condition is about the values of a fact: name the fact too, such as ee.draws.",
            "Une condition porte sur les valeurs d'un fait\u{a0}: nommez aussi le fait, comme ee.draws.",
        ),
        Misfit::Recorded => wrong(
            "Nothing would be sent: the figures you chose are recorded, and told to nobody.",
            "Rien ne serait envoyé\u{a0}: les chiffres que vous avez choisis sont conservés, et annoncés à personne.",
        ),
        Misfit::Nothing => wrong(
            "Nothing matches all of that at once: no page is of such a place and program, with such facts or \
             occupations. Leave one of them out.",
            "Rien ne correspond à tout cela à la fois\u{a0}: aucune page n'est d'un tel endroit et d'un tel programme, avec \
             de tels faits ou professions. Laissez-en un de côté.",
        ),
        Misfit::Noc(code) => {
            let code = inert(code, 40);
            Fault::Wrong(match language {
                Language::En => {
                    format!("“{code}” is no NOC code: it has five digits, such as 21231.")
                }
                Language::Fr => format!(
                    "«\u{a0}{code}\u{a0}» n'est pas un code CNP\u{a0}: il a cinq chiffres, comme 21231."
                ),
            })
        }
        Misfit::OtherKinds { asked, given } => {
            let (asked, given) = (kinds(asked, language), kinds(given, language));
            Fault::Wrong(match language {
                Language::En => format!(
                    "Nothing would be sent: what you chose never gives “{asked}”. Choose among: {given}."
                ),
                Language::Fr => format!(
                    "Rien ne serait envoyé\u{a0}: ce que vous avez choisi ne donne jamais «\u{a0}{asked}\u{a0}». Choisissez \
                     parmi\u{a0}: {given}."
                ),
            })
        }
        Misfit::NoValue { .. }
        | Misfit::NoOrder { .. }
        | Misfit::Excluded { .. }
        | Misfit::OutOfRange { .. } => of_conditions(misfit, look),
    }
}

/// What is wrong with conditions.
fn of_conditions(misfit: &Misfit, look: &Look<'_>) -> Fault {
    let language = look.frame.language;
    let voice = Voice { language, glossary: look.frame.glossary };
    let asked = |one: &Condition| inert(&condition(one, voice), 120);
    let (en, fr) = match misfit {
        Misfit::NoValue { field, value, .. } => {
            let (field, value) = (inert(field, 60), inert(value, 60));
            (
                format!("“{value}” is no value of {field}."),
                format!("«\u{a0}{value}\u{a0}» n'est pas une valeur de {field}."),
            )
        }
        Misfit::NoOrder { field } => {
            let field = inert(field, 60);
            (
                format!("The values of {field} have no order: compare them with “is” or “is not”."),
                format!(
                    "Les valeurs de {field} n'ont pas d'ordre\u{a0}: comparez-les avec «\u{a0}is\u{a0}» ou «\u{a0}is not\u{a0}»."
                ),
            )
        }
        Misfit::Excluded { one, other } => {
            let is_order = one.relation.is_order() && other.relation.is_order();
            let (en, fr) = if is_order {
                ("exchange their values", "échangez leurs valeurs")
            } else {
                ("ask for each by itself", "demandez chacune à part")
            };
            let (one, other) = (asked(one), asked(other));
            (
                format!("No value is both: {one}; {other}. Leave one of them out, or {en}."),
                format!(
                    "Aucune valeur n'est les deux à la fois\u{a0}: {one}; {other}. Laissez-en une de côté, ou {fr}."
                ),
            )
        }
        Misfit::OutOfRange { condition, low, high } => {
            let asked = asked(condition);
            (
                format!(
                    "This never holds: {asked}. The values lie between {low} and {high}: compare with one of these."
                ),
                format!(
                    "Cela n'arrive jamais\u{a0}: {asked}. Les valeurs sont entre {low} et {high}\u{a0}: comparez avec l'une \
                     d'elles."
                ),
            )
        }
        Misfit::Unknown { .. }
        | Misfit::TooMild { .. }
        | Misfit::ConditionOnNothing
        | Misfit::Recorded
        | Misfit::Nothing
        | Misfit::Noc(_)
        | Misfit::OtherKinds { .. } => return of_wish(misfit, look),
    };
    said(language, en, fr)
}

fn said(language: Language, en: String, fr: String) -> Fault {
    Fault::Wrong(match language {
        Language::En => en,
        Language::Fr => fr,
    })
}

fn kinds(all: &[ChangeKind], language: Language) -> String {
    all.iter().map(|one| kind(*one, language)).collect::<Vec<_>>().join(", ")
}
