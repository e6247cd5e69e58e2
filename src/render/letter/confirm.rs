//! The letter that asks whether somebody wants letters: the only one that goes to an address before its
//! owner has said so.

use crate::model::{Language, Letter};
use crate::render::inert;
use crate::render::words::say;

use super::foot::{Sender, foot};
use super::page::{Block, Field, Form, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmInput<'a> {
    /// The page whose button confirms it.
    pub link: &'a str,
    /// The page where their subscriptions can be changed, if the address has any already.
    pub manage: Option<&'a str>,
    /// Whether exactly this is among them: then there is nothing to confirm.
    pub is_had: bool,
    /// What the letters would tell of.
    pub wish: &'a str,
    /// What they would leave out.
    pub left_out: Option<&'a str>,
    /// When they would come.
    pub rhythm: &'a str,
    /// How many days the link works.
    pub days: i64,
    /// The language.
    pub language: Language,
    /// The sender.
    pub sender: Option<&'a Sender>,
}

/// Writes the letter.
#[must_use]
pub fn confirm(input: &ConfirmInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let subject = if input.is_had {
        label("You have this subscription already", "Vous avez déjà cet abonnement")
    } else {
        label(
            "Please confirm: letters about rule changes",
            "À confirmer\u{a0}: lettres sur les changements de règles",
        )
    };
    let mut blocks =
        vec![Block::Words(asked(input.language).to_owned()), Block::Fields(fields(input))];
    if input.is_had {
        blocks.push(Block::Words(had(input.language).to_owned()));
    } else {
        blocks.push(Block::Words(press(input)));
        blocks.push(Block::Fields(vec![
            Field::new(label("Confirm here", "Confirmer ici"), input.link).form(Form::Link),
        ]));
    }
    if let Some(manage) = input.manage {
        blocks.push(Block::Words(several(input.language).to_owned()));
        blocks.push(Block::Fields(vec![
            Field::new(label("Your subscriptions", "Vos abonnements"), manage).form(Form::Link),
        ]));
    }
    blocks.extend(foot(input.sender, None, input.language));
    letter(subject.to_owned(), subject, &blocks, input.language)
}

fn fields(input: &ConfirmInput<'_>) -> Vec<Field> {
    let label = |en, fr| say(input.language, en, fr);
    let mut fields =
        vec![Field::new(label("About", "Sujet"), inert(input.wish, 600)).form(Form::Strong)];
    fields.extend(input.left_out.map(|words| Field::new(label("Not", "Exclu"), words)));
    fields.push(Field::new(label("When", "Quand"), inert(input.rhythm, 200)));
    fields
}

fn asked(language: Language) -> &'static str {
    say(
        language,
        "Somebody asked on our web page that letters about changes to Canadian immigration rules be sent to \
         this address. It was probably you.",
        "Quelqu'un a demandé sur notre page web que des lettres sur les changements aux règles de \
         l'immigration au Canada soient envoyées à cette adresse. C'était probablement vous.",
    )
}

fn press(input: &ConfirmInput<'_>) -> String {
    let days = input.days;
    match input.language {
        Language::En => format!(
            "Nothing is sent to you before you confirm. Open the page below and press its button; the link \
             works for {days} days. If it was not you, do nothing: you get no other letter, and your address is \
             forgotten."
        ),
        Language::Fr => format!(
            "Rien ne vous est envoyé avant que vous confirmiez. Ouvrez la page ci-dessous et appuyez sur son \
             bouton\u{a0}; le lien fonctionne pendant {days} jours. Si ce n'était pas vous, ne faites rien\u{a0}: \
             vous ne recevrez pas d'autre lettre, et votre adresse sera oubliée."
        ),
    }
}

fn had(language: Language) -> &'static str {
    say(
        language,
        "This address has exactly this subscription already, however it is spelled. There is nothing to \
         confirm.",
        "Cette adresse a déjà exactement cet abonnement, quelle que soit la façon de l'écrire. Il n'y a rien à \
         confirmer.",
    )
}

fn several(language: Language) -> &'static str {
    say(
        language,
        "Letters go to this address already, perhaps in another spelling of it. You can change or end that \
         here:",
        "Des lettres vont déjà à cette adresse, peut-être écrite autrement. Vous pouvez changer cela ou y mettre \
         fin ici\u{a0}:",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, is_had: bool) -> String {
        let sender = Sender {
            legal_name: "Rules Inc.".into(),
            postal_address: "1 Main St, Ottawa".into(),
            contact: "613-555-0100".into(),
        };
        let letter = confirm(&ConfirmInput {
            link: "https://rules.example.org/en/confirm/0123456789abcdef",
            manage: is_had.then_some("https://rules.example.org/en/manage/fedcba9876543210"),
            is_had,
            wish: "Express Entry",
            left_out: Some("Draws are not told."),
            rhythm: "at once",
            days: 3,
            language,
            sender: Some(&sender),
        });
        format!("{}\n\n{}", letter.subject, letter.text)
    }

    #[test]
    fn it_asks_and_promises_that_nothing_comes_without_an_answer() {
        insta::assert_snapshot!("confirm_en", said(Language::En, false));
        insta::assert_snapshot!("confirm_fr", said(Language::Fr, false));
    }

    #[test]
    fn whoever_has_it_is_told_so_and_nowhere_else() {
        let letter = said(Language::En, true);
        assert!(letter.contains("exactly this subscription already"), "{letter}");
        assert!(!letter.contains("/confirm/") && letter.contains("/manage/"), "{letter}");
    }
}
