//! The letter that welcomes a subscriber: what they will be told, and how things stand today.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Glossary, Language, Letter, Record, RecordKey, Subscription, record_name};
use crate::render::words::{self, Voice, say};
use crate::render::{inert, left_out, rhythm, wish};

use super::foot::{Leave, Sender, foot};
use super::page::{Block, Field, Form, Mark, letter};

/// The most records listed of one fact set.
const LISTED: usize = 12;

/// The longest record.
const LINE: usize = 160;

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct WelcomeInput<'a> {
    /// What is asked for.
    pub subscriptions: &'a [&'a Subscription],
    /// How things stand: the title of each fact set, with its page and records.
    pub facts: &'a [Today<'a>],
    /// How many fact sets are left out because there are too many to list.
    pub left_out: usize,
    /// NOC codes that are on no list.
    pub unlisted: &'a [String],
    /// When it is written.
    pub at: Timestamp,
    /// The reader's language.
    pub language: Language,
    /// The labels of fields, words and programs.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// The sender.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe.
    pub leave: &'a Leave,
}

/// A fact set as it stands today.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// Its title.
    pub title: &'a str,
    /// The official page.
    pub page: &'a str,
    /// The records that are asked for.
    pub records: &'a [(&'a RecordKey, &'a Record)],
}

/// Writes the letter.
#[must_use]
pub fn welcome(input: &WelcomeInput<'_>) -> Letter {
    let language = input.language;
    let label = |en, fr| say(language, en, fr);
    let subject = label(
        "You are subscribed to changes of Canadian immigration rules",
        "Vous êtes abonné aux changements des règles d'immigration du Canada",
    );
    let mut blocks = vec![Block::Words(
        label(
            "From now on you are told when one of the rules below changes. This letter says what you asked \
             for and how things stand today, so that you can tell what a later letter changes.",
            "Désormais, vous serez averti quand une des règles ci-dessous change. Cette lettre dit ce que vous \
             avez demandé et l'état actuel des choses, pour que vous sachiez ce qu'une lettre ultérieure \
             change.",
        )
        .to_owned(),
    )];
    blocks.push(Block::Title(label("What you asked for", "Ce que vous avez demandé").to_owned()));
    let voice = Voice { language, glossary: input.glossary };
    for subscription in input.subscriptions {
        let mut fields = vec![
            Field::new(label("You are told of", "Vous serez averti de"), wish(subscription, voice))
                .form(Form::Strong),
        ];
        let not = left_out(subscription, language);
        fields.extend(not.map(|not| Field::new(label("Not told", "Non annoncé"), not)));
        let sends = rhythm(&subscription.rhythm, language);
        fields.push(Field::new(label("Letters come", "Les lettres arrivent"), sends));
        blocks.push(Block::Fields(fields));
    }
    for code in input.unlisted {
        let code = inert(code, 20);
        blocks.push(Block::Words(match language {
            Language::En => format!(
                "NOC {code} is on no list that we watch today. You are told when it is put on one."
            ),
            Language::Fr => format!(
                "Le code {code} de la CNP n'est sur aucune liste que nous surveillons. Vous serez averti s'il y \
                 est ajouté."
            ),
        }));
    }
    today(input, voice, &mut blocks);
    blocks.extend(foot(input.sender, Some(input.leave), language));
    letter(subject.to_owned(), subject, &blocks, language)
}

fn today(input: &WelcomeInput<'_>, voice: Voice<'_>, blocks: &mut Vec<Block>) {
    let language = input.language;
    if !input.facts.is_empty() {
        let at = words::moment(input.at, input.zone, language);
        blocks.push(Block::Title(match language {
            Language::En => format!("How things stand on {at}"),
            Language::Fr => format!("Ce qui vaut le {at}"),
        }));
    }
    for set in input.facts {
        blocks.push(Block::Heading(inert(set.title, 120)));
        let shown = set.records.iter().take(LISTED);
        let items = shown.map(|(key, record)| item(key, record, voice)).collect();
        let rest = set.records.len().saturating_sub(LISTED);
        let more = (rest > 0).then(|| match language {
            Language::En => format!("and {rest} more on the page"),
            Language::Fr => format!("et {rest} de plus sur la page"),
        });
        blocks.push(Block::List { items, more, mark: Mark::Plain });
        let page = say(language, "Official page", "Page officielle");
        blocks.push(Block::Fields(vec![super::changes::link(page, set.page)]));
    }
    let rest = input.left_out;
    if rest > 0 {
        blocks.push(Block::Words(match language {
            Language::En if input.facts.is_empty() => {
                format!("You follow {rest} lists and tables: too many to show in a letter.")
            }
            Language::Fr if input.facts.is_empty() => {
                format!("Vous suivez {rest} listes et tableaux\u{a0}: trop pour une lettre.")
            }
            Language::En => format!("You follow {rest} more lists and tables."),
            Language::Fr => format!("Vous suivez {rest} autres listes et tableaux."),
        }));
    }
}

fn item(key: &RecordKey, record: &Record, voice: Voice<'_>) -> String {
    let name = words::record_named(key, record_name(&record.fields), voice);
    let values = words::record_fields(&record.fields, voice);
    let colon = say(voice.language, ": ", "\u{a0}: ");
    let line = if values.is_empty() || name.contains(&values) {
        name
    } else {
        format!("{name}{colon}{values}")
    };
    inert(&line, LINE)
}
