//! The letter to the operator that letters can be sent again. While they could not be sent, the log and
//! `status` said so: a letter about it would only have waited with the others.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Language, Letter, MailWait};
use crate::render::inert;
use crate::render::words::{self, say};

use super::page::{Block, Field, Form, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct MailInput<'a> {
    /// Why letters waited.
    pub wait: &'a MailWait,
    /// When a letter was sent again.
    pub at: Timestamp,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter.
#[must_use]
pub fn mail(input: &MailInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let moment = |at| words::moment(at, input.zone, input.language);
    let subject = label(
        "rulewatch: letters can be sent again",
        "rulewatch\u{a0}: les lettres peuvent de nouveau être envoyées",
    );
    let blocks = vec![
        Block::Words(
            label(
                "For a while no letter could be sent. None was lost, and none was given up for it: all that \
                 are pending go out now.",
                "Pendant un certain temps, aucune lettre n'a pu être envoyée. Aucune n'a été perdue ni \
                 abandonnée pour autant\u{a0}: toutes celles qui attendent partent maintenant.",
            )
            .to_owned(),
        ),
        Block::Fields(vec![
            Field::new(label("From", "Du"), moment(input.wait.since)),
            Field::new(label("Until", "Au"), moment(input.at)),
            Field::new(label("Reason", "Raison"), inert(&input.wait.failure.to_string(), 300))
                .form(Form::Strong),
        ]),
        Block::Title(label("What to do", "Que faire").to_owned()),
        Block::Fields(vec![
            Field::new(
                label("See what was sent", "Voir ce qui a été envoyé"),
                "rulewatch outbox".to_owned(),
            )
            .form(Form::Code),
        ]),
    ];
    letter(subject.to_owned(), subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MailStep, SendFailure};

    #[test]
    fn it_says_from_when_to_when_and_why() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let words = "535 5.7.8 Authentication\nfailed".to_owned();
        let failure = SendFailure::answered(MailStep::Login, 535, words);
        let wait = MailWait::after(None, failure, at("2025-02-27T18:05:00Z"));
        let write = |language| {
            let letter = mail(&MailInput {
                wait: &wait,
                at: at("2025-03-02T08:00:00Z"),
                language,
                zone: &TimeZone::UTC,
            });
            format!("{}\n\n{}", letter.subject, letter.text)
        };
        insta::assert_snapshot!("mail_en", write(Language::En));
        insta::assert_snapshot!("mail_fr", write(Language::Fr));
    }
}
