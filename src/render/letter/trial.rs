//! The letter that tests whether letters arrive.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Language, Letter};
use crate::render::words::{self, say};

use super::foot::{Sender, foot};
use super::page::{Block, Field, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct TrialInput<'a> {
    /// When it is sent.
    pub at: Timestamp,
    /// The language it is written in.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// The sender.
    pub sender: Option<&'a Sender>,
}

/// Writes the letter.
#[must_use]
pub fn trial(input: &TrialInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let subject = label(
        "Test letter of rulewatch: nothing has changed",
        "Lettre d'essai de rulewatch\u{a0}: rien n'a changé",
    );
    let words = label(
        "Somebody who runs rulewatch sent this letter to see whether its letters arrive. It tells of no \
         change, and you need not do anything.",
        "Une personne qui exploite rulewatch a envoyé cette lettre pour vérifier que ses lettres arrivent. \
         Elle n'annonce aucun changement, et vous n'avez rien à faire.",
    );
    let sent = words::moment(input.at, input.zone, input.language);
    let mut blocks = vec![
        Block::Words(words.to_owned()),
        Block::Fields(vec![Field::new(label("Sent", "Envoyée"), sent)]),
    ];
    blocks.extend(foot(input.sender, None, input.language));
    letter(subject.to_owned(), subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_first_that_it_is_a_test() {
        let sender = Sender {
            legal_name: "Rules Inc.".into(),
            postal_address: "1 Main St, Ottawa".into(),
            contact: "613-555-0100".into(),
        };
        for (language, name) in [(Language::En, "trial_en"), (Language::Fr, "trial_fr")] {
            let letter = trial(&TrialInput {
                at: "2026-11-28T18:05:00Z".parse().unwrap(),
                language,
                zone: &TimeZone::UTC,
                sender: Some(&sender),
            });
            insta::assert_snapshot!(name, format!("{}\n\n{}", letter.subject, letter.text));
        }
    }
}
