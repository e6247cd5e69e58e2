//! Writes the letter about several events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Correspondence, links, set_name, title};
use crate::catalog::{Catalog, Source};
use crate::conclude::wording;
use crate::mail::{ComposeError, Envelope, Message, compose};
use crate::model::{Change, ChangeId, Delivery, SourceId, Subscriber, TouchedData};
use crate::render::letter::{self, DigestInput, LetterInput, SourceTitle};

/// How far the sources could be read when a digest was enqueued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourcesRead {
    /// How many sources are watched.
    pub n_sources: usize,
    /// Those that have gone stale, and since when.
    pub unread: Vec<(SourceId, Timestamp)>,
}

/// The parts of a letter about several events.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// When it was enqueued: its `Date`.
    pub enqueued_at: Timestamp,
    /// Who reads it.
    pub reader: &'a Subscriber,
    /// The changes that the reader is told of.
    pub changes: &'a [&'a Change],
    /// When changes that are now in force were announced, by change.
    pub announced: &'a BTreeMap<ChangeId, Timestamp>,
    /// What the changes make wrong in the reader's own data.
    pub data: &'a [TouchedData],
    /// How far the sources could be read.
    pub reading: &'a SourcesRead,
}

/// The letter that tells a subscriber of several events.
///
/// # Errors
/// When no message can be made of it.
pub fn digest_letter(
    by: &Correspondence,
    catalog: &Catalog,
    digest: &Digest<'_>,
) -> Result<Message, ComposeError> {
    let leave = by.leave(digest.reader);
    let ids: BTreeSet<&SourceId> = digest.changes.iter().map(|change| &change.source).collect();
    let unread = digest.reading.unread.iter().map(|(id, _)| id);
    let named: Vec<(&Source, _)> = ids
        .into_iter()
        .chain(unread)
        .filter_map(|id| catalog.source(id))
        .map(|source| (source, links(source)))
        .collect();
    let titles: Vec<SourceTitle<'_>> =
        named.iter().map(|(source, links)| title(source, links)).collect();
    let called = |change: &&Change| set_name(catalog, change);
    let facts: BTreeMap<_, _> = digest.changes.iter().filter_map(called).collect();
    let wording: BTreeMap<_, _> = digest
        .changes
        .iter()
        .map(|change| (change.id.clone(), wording(change)))
        .filter(|(_, pieces)| !pieces.is_empty())
        .collect();
    let letter = letter::digest(&DigestInput {
        of: LetterInput {
            changes: digest.changes,
            sources: &titles,
            facts: &facts,
            rules: catalog.rules(),
            wording: &wording,
            announced: digest.announced,
            language: digest.reader.language,
            glossary: catalog.glossary(),
            zone: &by.zone,
            sender: by.sender.as_ref(),
            data: digest.data,
            leave: Some(&leave),
            checked_at: digest.enqueued_at,
        },
        n_sources: digest.reading.n_sources,
        unread: &digest.reading.unread,
    });
    let ways = leave.ways();
    let envelope = Envelope {
        leave: Some(&ways),
        ..by.envelope(&digest.delivery.id, &digest.delivery.to, digest.enqueued_at)
    };
    compose(&letter, &envelope)
}
