//! Writes the letter that welcomes a subscriber.

use jiff::Timestamp;

use super::{Correspondence, links, title};
use crate::catalog::Catalog;
use crate::mail::{ComposeError, Envelope, Message, compose};
use crate::model::{Delivery, FactKey, Record, RecordKey, SourceId, Subscriber};
use crate::render::letter::{self, Today, WelcomeInput};

/// A fact set as a welcome letter shows it: the records that are asked for.
#[derive(Debug, Clone)]
pub struct ShownSet {
    /// Its source.
    pub source: SourceId,
    /// Its key.
    pub fact: FactKey,
    /// Its records.
    pub records: Vec<(RecordKey, Record)>,
}

/// The parts of a letter that welcomes a subscriber.
#[derive(Debug, Clone, Copy)]
pub struct Welcome<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// When it was enqueued: its `Date`.
    pub enqueued_at: Timestamp,
    /// Who reads it.
    pub reader: &'a Subscriber,
    /// How things stand.
    pub facts: &'a [ShownSet],
    /// How many fact sets are left out.
    pub left_out: usize,
    /// NOC codes that are on no list.
    pub unlisted: &'a [String],
}

/// The letter that welcomes a subscriber.
///
/// # Errors
/// When no message can be made of it.
pub fn welcome_letter(
    by: &Correspondence,
    catalog: &Catalog,
    welcome: &Welcome<'_>,
) -> Result<Message, ComposeError> {
    let (leave, language) = (by.leave(welcome.reader), welcome.reader.language);
    let named = |shown: &ShownSet| {
        let source = catalog.source(&shown.source)?;
        let called = source.title_of(&shown.fact, catalog.glossary());
        let called = called.as_ref().unwrap_or(&source.title).get(language).to_owned();
        let links = links(source);
        Some((called, title(source, &links).page(language).to_owned()))
    };
    let named: Vec<_> = welcome.facts.iter().filter_map(|one| Some((named(one)?, one))).collect();
    let records: Vec<Vec<(&RecordKey, &Record)>> = named
        .iter()
        .map(|(_, shown)| shown.records.iter().map(|(key, record)| (key, record)).collect())
        .collect();
    let facts: Vec<Today<'_>> = named
        .iter()
        .zip(&records)
        .map(|(((title, page), _), records)| Today { title, page, records })
        .collect();
    let subscriptions: Vec<_> = welcome.reader.subscriptions.iter().map(|one| &one.to).collect();
    let letter = letter::welcome(&WelcomeInput {
        subscriptions: &subscriptions,
        facts: &facts,
        left_out: welcome.left_out,
        unlisted: welcome.unlisted,
        at: welcome.enqueued_at,
        language,
        glossary: catalog.glossary(),
        zone: &by.zone,
        sender: by.sender.as_ref(),
        leave: &leave,
    });
    let ways = leave.ways();
    let envelope = Envelope {
        leave: Some(&ways),
        ..by.envelope(&welcome.delivery.id, &welcome.delivery.to, welcome.enqueued_at)
    };
    compose(&letter, &envelope)
}
