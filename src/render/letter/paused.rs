//! The letter to the operator that nothing more is sent to a reader, because their letters come back.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{EmailAddress, Language, Letter};
use crate::render::inert;
use crate::render::words::{self, say};

use super::page::{Block, Field, Form, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct PausedInput<'a> {
    /// The reader's address: the operator has to look at it.
    pub address: &'a EmailAddress,
    /// How many letters came back.
    pub n_letters: u32,
    /// The last diagnosis.
    pub why: &'a str,
    /// Since when nothing is sent.
    pub at: Timestamp,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter.
#[must_use]
pub fn paused(input: &PausedInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let (n, masked) = (input.n_letters, input.address.masked());
    let subject = match input.language {
        Language::En => format!("Letters to {masked} come back: nothing more is sent there"),
        Language::Fr => {
            format!("Les lettres à {masked} reviennent\u{a0}: plus rien n'y est envoyé")
        }
    };
    let words = match input.language {
        Language::En => format!(
            "{n} letters to this reader could not be delivered. Nothing more is sent to them, so that mail \
             servers do not take us for a nuisance. What they miss is kept: once they are resumed they get it \
             in one letter."
        ),
        Language::Fr => format!(
            "{n} lettres n'ont pas pu être remises à cette personne. Plus rien ne lui est envoyé, pour que les \
             serveurs de courriel ne nous prennent pas pour des importuns. Ce qu'elle manque est conservé\u{a0}: \
             une fois l'envoi repris, elle le reçoit en une lettre."
        ),
    };
    let address = input.address.as_str();
    let resume = format!("rulewatch bounces resume {address}");
    let end = format!("rulewatch unsubscribe {address}");
    let blocks = vec![
        Block::Words(words),
        Block::Fields(vec![
            Field::new(label("Address", "Adresse"), address).form(Form::Strong),
            Field::new(label("Last answer", "Dernière réponse"), inert(input.why, 300)),
            Field::new(
                label("Since", "Depuis"),
                words::moment(input.at, input.zone, input.language),
            ),
        ]),
        Block::Title(label("What to do", "Que faire").to_owned()),
        Block::Fields(vec![
            Field::new(label("It works again", "Elle fonctionne de nouveau"), resume)
                .form(Form::Code),
            Field::new(label("It is gone", "Elle n'existe plus"), end).form(Form::Code),
        ]),
    ];
    letter(subject.clone(), &subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_whose_letters_come_back_and_what_to_do() {
        for (language, name) in [(Language::En, "paused_en"), (Language::Fr, "paused_fr")] {
            let letter = paused(&PausedInput {
                address: &EmailAddress::parse("ana@example.org").unwrap(),
                n_letters: 3,
                why: "smtp; 550 5.1.1 user unknown",
                at: "2026-11-28T18:05:00Z".parse().unwrap(),
                language,
                zone: &TimeZone::UTC,
            });
            assert!(
                !letter.subject.contains("ana@"),
                "no address where a list of letters shows it"
            );
            insta::assert_snapshot!(name, format!("{}\n\n{}", letter.subject, letter.text));
        }
    }
}
