//! The letter that takes back what an earlier letter told: its readers learn that it was wrong, and
//! what is right.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Change, Glossary, Language, Letter, Side};
use crate::render::inert;
use crate::render::words::{self, Voice, say};

use super::changes::link;
use super::foot::{Leave, Sender, foot};
use super::input::SourceTitle;
use super::page::{Block, Field, Form, letter};
use super::subject;

/// The most changes listed one by one.
const LISTED: usize = 40;

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct RetractionInput<'a> {
    /// The changes that were told wrongly, each with the right value. A letter without any is an empty
    /// letter.
    pub changes: &'a [(&'a Change, Option<Side>)],
    /// When they were told.
    pub told_at: Timestamp,
    /// Why they are taken back, in the operator's words.
    pub why: &'a str,
    /// The source; `None` if the catalogue no longer has it.
    pub source: Option<&'a SourceTitle<'a>>,
    /// The reader's language.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// The sender.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe.
    pub leave: &'a Leave,
}

/// Writes the letter.
#[must_use]
pub fn retraction(input: &RetractionInput<'_>) -> Letter {
    let language = input.language;
    let label = |en, fr| say(language, en, fr);
    let prefix = label("Told wrongly: ", "Annoncé à tort\u{a0}: ");
    let more = subject::more(input.changes.len().saturating_sub(1), language);
    let line = |room: usize| {
        let first = input.changes.first().map(|(change, _)| words::summary(change, language, room));
        format!("{prefix}{}{more}", first.unwrap_or_default())
    };
    let told = words::moment(input.told_at, input.zone, language);
    let mut blocks = vec![
        Block::Words(match language {
            Language::En => format!(
                "On {told} we wrote to you about what is listed below. It was wrong, and we take it \
                 back. Do not rely on that letter; if you changed something because of it, please \
                 check it again."
            ),
            Language::Fr => format!(
                "Le {told}, nous vous avons écrit au sujet de ce qui suit. C'était une erreur, et \
                 nous la retirons. Ne vous fiez pas à cette lettre\u{a0}; si vous avez modifié \
                 quelque chose à cause d'elle, veuillez le vérifier de nouveau."
            ),
        }),
        Block::Title(
            label("What was told, and what stands", "Ce qui a été annoncé, et ce qui vaut")
                .to_owned(),
        ),
    ];
    for (change, stands) in input.changes.iter().take(LISTED) {
        blocks.push(Block::Heading(words::summary(change, language, 300)));
        let voice = Voice { language, glossary: input.glossary };
        let stands = words::side_of(change.field.as_ref(), stands.as_ref(), voice);
        blocks.push(Block::Fields(vec![
            Field::new(label("It stands", "Ce qui vaut"), inert(&stands, 300)).form(Form::Strong),
        ]));
    }
    let left = input.changes.len().saturating_sub(LISTED);
    if left > 0 {
        blocks.push(Block::Words(match language {
            Language::En => format!("So it is with {left} more changes of that letter."),
            Language::Fr => {
                format!("Il en va de même de {left} autres changements de cette lettre.")
            }
        }));
    }
    let mut fields = vec![Field::new(label("Reason", "Raison"), inert(input.why, 600))];
    fields.extend(
        input
            .source
            .map(|source| link(label("Official page", "Page officielle"), source.page(language))),
    );
    blocks.push(Block::Fields(fields));
    blocks.extend(foot(input.sender, Some(input.leave), language));
    letter(line(80), &line(280), &blocks, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, EmailAddress, Value};
    use crate::render::sample::{at, glossary, removed, toronto};

    fn write(language: Language) -> String {
        let (first, second) =
            (removed("21211", "Data scientists"), removed("21223", "Database analysts"));
        let amount = Value::Money { amount: 1475.into(), currency: Currency::Cad, per: None };
        let leave = Leave {
            address: EmailAddress::parse("leave@example.org").unwrap(),
            command: "unsubscribe ana@example.org".to_owned(),
            pages: None,
        };
        let (zone, glossary) = (toronto(), glossary());
        let letter = retraction(&RetractionInput {
            changes: &[(&first, Some(Side::Value(amount))), (&second, None)],
            told_at: at("2025-02-27T18:05:00Z"),
            why: "The page was read\nwhile it was being edited.",
            source: None,
            language,
            glossary: &glossary,
            zone: &zone,
            sender: None,
            leave: &leave,
        });
        format!("{}\n\n{}", letter.subject, letter.text)
    }

    #[test]
    fn it_says_what_was_wrong_and_what_stands() {
        insta::assert_snapshot!("retraction_en", write(Language::En));
        insta::assert_snapshot!("retraction_fr", write(Language::Fr));
    }
}
