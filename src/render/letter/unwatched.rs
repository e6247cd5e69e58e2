//! The letter to a reader whose subscription names what is no longer watched: silence about it means nothing.

use crate::model::{Language, Letter};
use crate::render::inert;
use crate::render::words::say;

use super::foot::{Leave, Sender, foot};
use super::page::{Block, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct UnwatchedInput<'a> {
    /// What is no longer watched: a program or a jurisdiction by its name, anything else by its id or key.
    pub name: &'a str,
    /// The reader's language.
    pub language: Language,
    /// The sender.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe.
    pub leave: &'a Leave,
}

/// Writes the letter.
#[must_use]
pub fn unwatched(input: &UnwatchedInput<'_>) -> Letter {
    let language = input.language;
    let name = inert(input.name, 80);
    let subject = match language {
        Language::En => format!("No longer watched: {name}"),
        Language::Fr => format!("N'est plus surveillé\u{a0}: {name}"),
    };
    let words = say(
        language,
        "You asked to be told of this. We no longer watch it, so you hear nothing of it from now on, whatever \
         changes there. This is the only letter about it. All else that you asked for is told as before.",
        "Vous avez demandé à en être averti. Nous ne le surveillons plus\u{a0}: vous n'en entendrez plus \
         parler, quoi qu'il y change. C'est la seule lettre à ce sujet. Tout ce que vous avez demandé d'autre \
         vous sera annoncé comme avant.",
    );
    let mut blocks = vec![Block::Words(words.to_owned())];
    blocks.extend(foot(input.sender, Some(input.leave), language));
    letter(subject.clone(), &subject, &blocks, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EmailAddress;

    #[test]
    fn it_says_what_silence_means_nothing_of() {
        let leave = Leave {
            address: EmailAddress::parse("leave@example.org").unwrap(),
            command: "unsubscribe ana@example.org".into(),
            pages: None,
        };
        for (language, name) in [(Language::En, "unwatched_en"), (Language::Fr, "unwatched_fr")] {
            let letter = unwatched(&UnwatchedInput {
                name: "BC Provincial Nominee Program",
                language,
                sender: None,
                leave: &leave,
            });
            insta::assert_snapshot!(name, format!("{}\n\n{}", letter.subject, letter.text));
        }
    }
}
