//! The input of the letter about changes.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{
    Bilingual, Change, ChangeId, FactKey, FactType, Glossary, Language, Piece, Rule, SourceId,
    TouchedData,
};
use crate::render::words::{self, Voice, say};

use super::foot::{Leave, Sender};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct LetterInput<'a> {
    /// The changes the reader hears, in their order. A letter without any is an empty letter.
    pub changes: &'a [&'a Change],
    /// The sources they were read from.
    pub sources: &'a [SourceTitle<'a>],
    /// The names of fact sets. A set without one goes by its key.
    pub facts: &'a BTreeMap<FactKey, SetName>,
    /// The rules they may touch.
    pub rules: &'a [Rule],
    /// The changed words of changed wordings. A change without any is shown before and after.
    pub wording: &'a BTreeMap<ChangeId, Vec<Piece>>,
    /// Earlier announcements that are now in force, and when they were announced.
    pub announced: &'a BTreeMap<ChangeId, Timestamp>,
    /// The reader's language.
    pub language: Language,
    /// The labels of fields and stable words.
    pub glossary: &'a Glossary,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
    /// The sender. Required by law for a letter to a subscriber.
    pub sender: Option<&'a Sender>,
    /// How to unsubscribe. `None` only for a letter to the operator.
    pub leave: Option<&'a Leave>,
    /// What the changes make wrong in the reader's own data.
    pub data: &'a [TouchedData],
    /// When the pages were last read.
    pub checked_at: Timestamp,
}

/// What a letter says of a fact set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetName {
    /// Its title.
    pub title: Bilingual,
    /// Its type.
    pub kind: FactType,
}

/// What a letter says of a source.
#[derive(Debug, Clone, Copy)]
pub struct SourceTitle<'a> {
    /// Its id.
    pub id: &'a SourceId,
    /// Its title.
    pub title: &'a Bilingual,
    /// The official page.
    pub url: &'a str,
    /// The French page, if there is one.
    pub url_fr: Option<&'a str>,
}

impl SourceTitle<'_> {
    /// The page in a language, else the only page there is.
    #[must_use]
    pub fn page(&self, language: Language) -> &str {
        match language {
            Language::En => self.url,
            Language::Fr => self.url_fr.unwrap_or(self.url),
        }
    }
}

impl<'a> LetterInput<'a> {
    /// The reader's language, and the labels in it.
    pub(super) fn voice(&self) -> Voice<'a> {
        Voice { language: self.language, glossary: self.glossary }
    }

    /// The words put before a change that is not simply in force, or that has come into force at last.
    pub(super) fn prefix(&self, change: &Change) -> &'static str {
        if self.announced.contains_key(&change.id) {
            return say(self.language, "Now in force: ", "Maintenant en vigueur\u{a0}: ");
        }
        words::stage_prefix(change.stage, self.language)
    }

    /// The type of a fact set; one that is not known is a list.
    pub(super) fn kind(&self, fact: &FactKey) -> FactType {
        self.facts.get(fact).map_or(FactType::List, |set| set.kind)
    }

    pub(super) fn source(&self, id: &SourceId) -> Option<&'a SourceTitle<'a>> {
        self.sources.iter().find(|source| source.id == id)
    }
}
