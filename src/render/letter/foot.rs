//! The end of every letter: what it is, who sends it, how to unsubscribe.

use jiff::civil::Date;

use crate::model::{ChangeId, EmailAddress, Language, SourceId};
use crate::render::inert;
use crate::render::words::say;

use super::page::{Block, Field, Form};

/// The sender of the letters, named as the anti-spam law requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The legal name.
    pub legal_name: String,
    /// The postal address.
    pub postal_address: String,
    /// A telephone number, an e-mail address or a web address.
    pub contact: String,
}

/// How a reader unsubscribes: on their own pages, if there are any, or by a letter to an address, with a command
/// as its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Where to write.
    pub address: EmailAddress,
    /// The subject to write: `leave 4f3a…`. It identifies the reader, so no login is needed.
    pub command: String,
    /// Their own pages on the web.
    pub pages: Option<ReaderPages>,
}

/// A reader's own pages on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderPages {
    /// The address that all pages begin with; it ends in a stroke.
    pub base: String,
    /// The reader's key.
    pub key: String,
}

impl ReaderPages {
    /// The page on which they leave; a mail program may do it for them (RFC 8058).
    #[must_use]
    pub fn leave(&self) -> String {
        format!("{}leave/{}", self.base, self.key)
    }

    /// The page on which they change what letters tell of.
    pub(super) fn manage(&self, language: Language) -> String {
        format!("{}{}/manage/{}", self.base, language.code(), self.key)
    }

    /// The page that lists all changes of a source since a day.
    pub(super) fn changes(
        &self,
        source: &SourceId,
        since: Option<Date>,
        language: Language,
    ) -> String {
        let since = since.map(|day| format!("&since={day}")).unwrap_or_default();
        format!("{}{}/changes?source={source}{since}", self.base, language.code())
    }

    /// The page of a change.
    pub(super) fn change(&self, id: &ChangeId, language: Language) -> String {
        format!("{}{}/changes/{id}", self.base, language.code())
    }
}

impl Leave {
    /// The ways out for a mail program, separated by spaces: the page first, if there is one, then the address.
    #[must_use]
    pub fn ways(&self) -> String {
        let page = self.pages.as_ref().map(|pages| pages.leave() + " ");
        page.unwrap_or_default() + &self.mailto()
    }

    /// The same as a clickable address: `mailto:leave@example.org?subject=leave%204f3a`.
    #[must_use]
    pub fn mailto(&self) -> String {
        let mut uri = format!("mailto:{}?subject=", encoded(self.address.as_str()));
        uri.push_str(&encoded(&inert(&self.command, 200)));
        uri
    }
}

/// Percent-encodes for a `mailto:` address (RFC 6068), except characters that never need it.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The longest line of a sender's name or address.
const LINE: usize = 300;

/// The small print of a letter to a subscriber.
pub(super) fn foot(
    sender: Option<&Sender>,
    leave: Option<&Leave>,
    language: Language,
) -> Vec<Block> {
    let label = |en, fr| say(language, en, fr);
    let mut blocks = vec![Block::Rule, Block::Words(notes(language).to_owned())];
    if let Some(sender) = sender {
        blocks.push(Block::Fields(vec![
            Field::new(label("Sent by", "Envoyé par"), inert(&sender.legal_name, LINE)),
            Field::new(label("Address", "Adresse"), inert(&sender.postal_address, LINE)),
            Field::new(label("Contact", "Contact"), inert(&sender.contact, LINE)),
        ]));
    }
    if let Some(leave) = leave {
        if let Some(pages) = &leave.pages {
            blocks.push(Block::Words(own_pages(language).to_owned()));
            blocks.push(Block::Fields(vec![
                Field::new(label("Stop them", "Les arrêter"), pages.leave()).form(Form::Link),
                Field::new(label("Change them", "Les changer"), pages.manage(language))
                    .form(Form::Link),
                Field::new(label("Or write", "Ou écrire"), leave.mailto()).form(Form::Link),
            ]));
            return blocks;
        }
        blocks.push(Block::Words(how_to_leave(language).to_owned()));
        blocks.push(Block::Fields(vec![
            Field::new(label("Write to", "Écrire à"), leave.address.as_str()),
            Field::new(label("Subject", "Objet"), inert(&leave.command, LINE)).form(Form::Code),
            Field::new(label("In one step", "En un pas"), leave.mailto()).form(Form::Link),
        ]));
    }
    blocks
}

/// What everything that readers get is, and is not.
pub(in crate::render) fn notes(language: Language) -> &'static str {
    say(
        language,
        "This is information, not advice. It is unofficial: no government sends it or stands \
         behind it. Check the linked page before you act on it. It describes rules, never your \
         chances.",
        "Ceci est de l'information, pas un conseil. Ce n'est pas officiel\u{a0}: aucun \
         gouvernement ne l'envoie ni n'en répond. Vérifiez la page en lien avant d'agir. Il \
         s'agit de règles, jamais de vos chances.",
    )
}

fn own_pages(language: Language) -> &'static str {
    say(
        language,
        "To stop these letters, or to change what they tell of, open one of your own pages. You need no \
         login, and letters not yet sent to you are cancelled when you stop them.",
        "Pour arrêter ces lettres ou changer ce qu'elles annoncent, ouvrez l'une de vos pages. Aucune \
         connexion n'est nécessaire, et les lettres non encore envoyées sont annulées si vous les arrêtez.",
    )
}

fn how_to_leave(language: Language) -> &'static str {
    say(
        language,
        "To stop these letters, write as below. You need no login, and letters not yet sent to you \
         are cancelled.",
        "Pour ne plus recevoir ces lettres, écrivez comme suit. Aucune connexion n'est \
         nécessaire, et les lettres non encore envoyées sont annulées.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_out_is_an_address_that_nothing_breaks_out_of() {
        let leave = Leave {
            address: EmailAddress::parse("leave+x&y@example.org").unwrap(),
            command: "leave 4f\r\nBcc: é&cc=z".into(),
            pages: None,
        };
        assert_eq!(
            leave.ways(),
            "mailto:leave%2Bx%26y@example.org?subject=leave%204f%20Bcc%3A%20%C3%A9%26cc%3Dz"
        );
        let pages = ReaderPages { base: "https://rules.example.org/".into(), key: "4f3a".into() };
        let both = Leave { pages: Some(pages), ..leave.clone() };
        assert_eq!(both.ways(), format!("https://rules.example.org/leave/4f3a {}", leave.mailto()));
    }
}
