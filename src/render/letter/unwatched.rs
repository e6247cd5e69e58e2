//! The letter to a reader whose subscription names what is no longer watched: silence about it means nothing.

use crate::model::{Language, Letter};
use crate::render::inert;
use crate::render::words::say;

use super::foot::{Leave, Sender, foot};
use super::page::{Block, Mark, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct UnwatchedInput<'a> {
    /// What is no longer watched: programs and jurisdictions by their names, the rest by its key.
    pub names: &'a [String],
    /// The reader's language.
    pub language: Language,
    /// The sender.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe.
    pub leave: &'a Leave,
}

/// The most names listed.
const LISTED: usize = 20;

/// Writes the letter.
#[must_use]
pub fn unwatched(input: &UnwatchedInput<'_>) -> Letter {
    let language = input.language;
    let names = inert(&input.names.join(", "), 80);
    let subject = match language {
        Language::En => format!("No longer watched: {names}"),
        Language::Fr => format!("N'est plus surveillé\u{a0}: {names}"),
    };
    let words = say(
        language,
        "You asked to be told of what is listed here. We no longer watch it, so you hear nothing of it from \
         now on, whatever changes there. You hear of this again only if more of what you asked for is no \
         longer watched. All else that you asked for is told as before.",
        "Vous avez demandé à être averti de ce qui suit. Nous ne le surveillons plus\u{a0}: vous n'en \
         entendrez plus parler, quoi qu'il y change. Nous ne vous écrirons de nouveau à ce sujet que si \
         d'autres choses que vous avez demandées ne sont plus surveillées. Tout le reste vous sera annoncé \
         comme avant.",
    );
    let rest = input.names.len().saturating_sub(LISTED);
    let more = (rest > 0).then(|| match language {
        Language::En => format!("and {rest} more"),
        Language::Fr => format!("et {rest} de plus"),
    });
    let items = input.names.iter().take(LISTED).map(|name| inert(name, 120)).collect();
    let mut blocks =
        vec![Block::Words(words.to_owned()), Block::List { items, more, mark: Mark::Plain }];
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
                names: &["BC Provincial Nominee Program".to_owned(), "bcpnp.fees".to_owned()],
                language,
                sender: None,
                leave: &leave,
            });
            insta::assert_snapshot!(name, format!("{}\n\n{}", letter.subject, letter.text));
        }
    }
}
