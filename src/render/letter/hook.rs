//! The letters to the operator about a hook: it is paused, or a call to it was given up.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{DeliveryId, HookId, Language, Letter};
use crate::render::inert;
use crate::render::words::{self, say};

use super::page::{Block, Field, Form, letter};

/// What is told of a hook.
#[derive(Debug, Clone, Copy)]
pub enum HookNews<'a> {
    /// It is not called any more.
    Paused {
        /// Since when every call has failed.
        since: Timestamp,
    },
    /// It has refused one call for days.
    GaveUp {
        /// Which.
        call: &'a DeliveryId,
    },
}

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct HookInput<'a> {
    /// The hook.
    pub hook: HookId,
    /// Its address, as far as it may be shown.
    pub to: &'a str,
    /// What is told.
    pub news: HookNews<'a>,
    /// What went wrong last.
    pub why: &'a str,
    /// When.
    pub at: Timestamp,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter about a hook.
#[must_use]
pub fn hook(input: &HookInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let moment = |at| words::moment(at, input.zone, input.language);
    let to = inert(input.to, 120);
    let (subject, words) = match input.news {
        HookNews::Paused { .. } => (
            label("A hook is paused: ", "Un point d'appel est suspendu\u{a0}: "),
            label(
                "It has failed for days, or said that it is gone, and is not called any more. What it was to \
                 be told is kept.",
                "Il échoue depuis des jours, ou a dit qu'il n'existe plus, et n'est plus appelé. Ce qui \
                 devait lui être dit est gardé.",
            ),
        ),
        HookNews::GaveUp { .. } => (
            label("A call was given up: ", "Un appel est abandonné\u{a0}: "),
            label(
                "The hook takes other calls and has refused this one for days.",
                "Le point d'appel prend d'autres appels et refuse celui-ci depuis des jours.",
            ),
        ),
    };
    let subject = format!("{subject}{to}");
    let mut fields = vec![
        Field::new(label("Hook", "Point d'appel"), format!("{} {to}", input.hook.0)),
        Field::new(label("Last answer", "Dernière réponse"), inert(input.why, 300)),
        Field::new(label("Seen", "Constaté"), moment(input.at)),
    ];
    let command = match input.news {
        HookNews::Paused { since } => {
            fields.insert(1, Field::new(label("Failing since", "Échoue depuis"), moment(since)));
            format!("rulewatch hooks resume {}", input.hook.0)
        }
        HookNews::GaveUp { call } => format!("rulewatch outbox retry {call}"),
    };
    let blocks = [
        Block::Words(words.to_owned()),
        Block::Fields(fields),
        Block::Title(label("What to do", "Que faire").to_owned()),
        Block::Fields(vec![
            Field::new(
                label("Once mended, call it again", "Une fois corrigé, le rappeler"),
                command,
            )
            .form(Form::Code),
        ]),
    ];
    letter(subject.clone(), &subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_which_hook_and_why_and_what_to_type() {
        let id = DeliveryId::parse("0123456789abcdef0123456789abcdef").unwrap();
        let write = |language, news| {
            let letter = hook(&HookInput {
                hook: HookId(3),
                to: "https://hooks.example/…",
                news,
                why: "it answered 500: oh\nno",
                at: "2025-02-27T18:05:00Z".parse().unwrap(),
                language,
                zone: &TimeZone::UTC,
            });
            format!("{}\n\n{}", letter.subject, letter.text)
        };
        let since = "2025-02-24T18:05:00Z".parse().unwrap();
        insta::assert_snapshot!("hook_paused_en", write(Language::En, HookNews::Paused { since }));
        insta::assert_snapshot!(
            "hook_gave_up_fr",
            write(Language::Fr, HookNews::GaveUp { call: &id })
        );
    }
}
