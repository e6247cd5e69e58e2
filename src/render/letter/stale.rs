//! The letter to the followers of a source that cannot be read: its silence means nothing.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Language, Letter};
use crate::render::inert;
use crate::render::words::{self, say};

use super::changes::link;
use super::foot::{Leave, Sender, foot};
use super::input::SourceTitle;
use super::page::{Block, Field, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct StaleInput<'a> {
    /// The source.
    pub source: &'a SourceTitle<'a>,
    /// When its page was last read and believed, or first could not be read.
    pub since: Timestamp,
    /// The reader's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// The sender.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe.
    pub leave: &'a Leave,
}

/// Writes the letter.
#[must_use]
pub fn stale(input: &StaleInput<'_>) -> Letter {
    let language = input.language;
    let title = inert(input.source.title.get(language), 80);
    let subject = match language {
        Language::En => format!("Cannot be read: {title}"),
        Language::Fr => format!("Illisible\u{a0}: {title}"),
    };
    let mut blocks = vec![
        Block::Words(
            say(
                language,
                "We cannot read this page, so we cannot tell whether anything on it has changed. \
                 That you hear nothing of it does not mean that nothing changed: look at the page \
                 itself. This is the only letter about it. What changed meanwhile is told in its \
                 own letter once the page can be read.",
                "Nous n'arrivons pas à lire cette page, donc nous ne pouvons pas dire si elle a \
                 changé. Notre silence ne veut pas dire que rien n'a changé\u{a0}: consultez la page \
                 elle-même. C'est la seule lettre à ce sujet. Ce qui a changé entre-temps fera \
                 l'objet d'une lettre quand la page sera lisible.",
            )
            .to_owned(),
        ),
        Block::Fields(vec![
            Field::new(
                say(language, "Not read since", "Non lue depuis"),
                words::moment(input.since, input.zone, language),
            ),
            link(say(language, "Official page", "Page officielle"), input.source.page(language)),
        ]),
    ];
    blocks.extend(foot(input.sender, Some(input.leave), language));
    letter(subject.clone(), &subject, &blocks, language)
}
