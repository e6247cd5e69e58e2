//! The letter to the operator about a letter that cannot be written: it was set aside, and the others
//! go on.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{DeliveryId, Language, Letter};
use crate::render::inert;
use crate::render::words::{self, say};

use super::page::{Block, Field, Form, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct SetAsideInput<'a> {
    /// The letter that was set aside.
    pub letter: &'a DeliveryId,
    /// Its recipient, masked.
    pub to: &'a str,
    /// Why it cannot be written.
    pub why: &'a str,
    /// When this was found.
    pub at: Timestamp,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter.
#[must_use]
pub fn set_aside(input: &SetAsideInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let subject = label(
        "rulewatch: a letter cannot be written",
        "rulewatch\u{a0}: une lettre ne peut pas être écrite",
    );
    let blocks = vec![
        Block::Words(
            label(
                "A letter could not be put together, so it was set aside: it is not tried again by \
                 itself. All other letters go out as usual.",
                "Une lettre n'a pas pu être composée et a été mise de côté\u{a0}: elle ne sera pas \
                 réessayée d'elle-même. Toutes les autres lettres partent comme d'habitude.",
            )
            .to_owned(),
        ),
        Block::Fields(vec![
            Field::new(label("Letter", "Lettre"), input.letter.as_str()),
            Field::new(label("To", "À"), inert(input.to, 120)),
            Field::new(label("Reason", "Raison"), inert(input.why, 300)).form(Form::Strong),
            Field::new(
                label("Found", "Constaté"),
                words::moment(input.at, input.zone, input.language),
            ),
        ]),
        Block::Title(label("What to do", "Que faire").to_owned()),
        Block::Fields(vec![
            Field::new(
                label("Once mended, send it", "Une fois corrigé, l'envoyer"),
                format!("rulewatch outbox retry {}", input.letter),
            )
            .form(Form::Code),
        ]),
    ];
    letter(subject.to_owned(), subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_which_letter_and_why_and_what_to_type() {
        let id = DeliveryId::parse("0123456789abcdef0123456789abcdef").unwrap();
        let write = |language| {
            let letter = set_aside(&SetAsideInput {
                letter: &id,
                to: "r…@example.org",
                why: "the sender's name\nhas control characters in it",
                at: "2025-02-27T18:05:00Z".parse().unwrap(),
                language,
                zone: &TimeZone::UTC,
            });
            format!("{}\n\n{}", letter.subject, letter.text)
        };
        insta::assert_snapshot!("set_aside_en", write(Language::En));
        insta::assert_snapshot!("set_aside_fr", write(Language::Fr));
    }
}
