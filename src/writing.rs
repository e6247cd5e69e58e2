//! Writes letters: from what is known to the bytes of a message.
//!
//! [`alert_letter`] tells a subscriber of an event, [`digest_letter`] of several, [`stale_letter`] tells one who follows a source that
//! its silence means nothing, [`unwatched_letter`] one who asked for what is no longer watched, [`retraction_letter`] that something was told wrongly. [`operator_letter`]
//! tells the operator about a source, [`set_aside_letter`] about a letter that could not be written,
//! [`mail_letter`] that letters go out again, [`outage_letter`] what cannot be reached. [`confirm_letter`]
//! asks whether letters are wanted. [`trial_letter`] tests whether letters arrive. The words are in
//! [`crate::render::letter`]; the message is made by [`crate::mail::compose()`]. Nothing here asks the
//! store or sends anything: checking enqueues, delivering sends.

mod digest;
mod welcome;

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use url::Url;

use crate::alert;
use crate::catalog::{Catalog, Source};
use crate::conclude::{NameOf, wording};
use crate::mail::{ComposeError, Envelope, Message, compose};
use crate::model::{
    BoundData, Change, ChangeId, Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress,
    Event, FactKey, FactType, Hook, HookId, Key, Language, Letter, MailWait, NewDelivery, News,
    Outage, Side, Subscriber, TouchedData, in_full,
};
pub use crate::render::letter::HookNews;
use crate::render::letter::{
    self, ConfirmInput, HookInput, Leave, LetterInput, MailInput, OperatorInput, OutageInput,
    PausedInput, ReaderPages, RetractionInput, RevivedInput, Sender, SetAsideInput, SetName,
    SourceTitle, StaleInput, TrialInput, UnwatchedInput,
};
use crate::render::words;

pub use digest::{Digest, SourcesRead, digest_letter};
pub use welcome::{ShownSet, Welcome, welcome_letter};

/// Who letters come from and who runs this.
#[derive(Debug, Clone)]
pub struct Correspondence {
    /// The address letters come from.
    pub from: EmailAddress,
    /// The name beside it; may be empty.
    pub from_name: String,
    /// The sender as the law requires it to be named; `None` until the operator has given it.
    pub sender: Option<Sender>,
    /// Where a reader writes to unsubscribe; else the operator's address, else the sender's.
    pub leave: Option<EmailAddress>,
    /// Where the operator's letters go.
    pub operator: Option<EmailAddress>,
    /// How readers call the web pages, if there are any.
    pub public_url: Option<Url>,
    /// The language of the operator's letters.
    pub language: Language,
    /// The time zone for display.
    pub zone: TimeZone,
    /// Data that is bound to official facts, and who hears what to edit in it.
    pub data: Vec<BoundData>,
}

impl Correspondence {
    /// An envelope of ours, for a letter that follows no other.
    fn envelope<'a>(
        &'a self,
        id: &'a DeliveryId,
        to: &'a EmailAddress,
        date: Timestamp,
    ) -> Envelope<'a> {
        Envelope {
            id,
            from: &self.from,
            from_name: &self.from_name,
            to,
            date,
            leave: None,
            in_reply_to: None,
        }
    }

    /// The data that a reader keeps.
    #[must_use]
    pub fn data_of(&self, reader: &EmailAddress) -> Vec<&BoundData> {
        self.data.iter().filter(|data| data.readers.contains(reader)).collect()
    }

    /// The data that a hook is called about.
    #[must_use]
    pub fn data_of_hook(&self, hook: HookId) -> Vec<&BoundData> {
        self.data.iter().filter(|data| data.hooks.contains(&hook)).collect()
    }

    /// How a reader unsubscribes: on their own pages, if there are any; else by a letter to the sender, which the
    /// operator answers with `unsubscribe`.
    fn leave(&self, reader: &Subscriber) -> Leave {
        let address = self.leave.as_ref().or(self.operator.as_ref()).unwrap_or(&self.from);
        Leave {
            address: address.clone(),
            command: format!("unsubscribe {}", reader.address.as_str()),
            pages: self.public_url.as_ref().zip(reader.key.as_ref()).map(|(url, key)| {
                ReaderPages { base: url.to_string(), key: key.as_str().to_owned() }
            }),
        }
    }
}

/// A letter to the operator about a source. It is rendered when it is enqueued, because what it says of a
/// check is known then and stored nowhere else in that form. `episode` tells one occasion of such news
/// from the next, `follows` the letter of theirs that this one goes below. `None` if no operator is named.
#[must_use]
pub fn operator_letter(
    by: &Correspondence,
    catalog: &Catalog,
    source: &Source,
    (news, episode, follows): (News<'_>, u32, Option<DeliveryId>),
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let delivery = alert::operator_delivery(to, &source.id, (&news, episode), now);
    Some(about_source(by, (catalog, source), news, (delivery, follows), now))
}

/// A letter to the operator about a source whose checks cannot be recorded at all: one for each source
/// and fault. `None` if no operator is named.
#[must_use]
pub fn fault_letter(
    by: &Correspondence,
    catalog: &Catalog,
    source: &Source,
    news: News<'_>,
    why: &str,
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let delivery = alert::fault_delivery(to, &source.id, why, now);
    Some(about_source(by, (catalog, source), news, (delivery, None), now))
}

fn about_source(
    by: &Correspondence,
    (catalog, source): (&Catalog, &Source),
    news: News<'_>,
    (delivery, follows): (Delivery, Option<DeliveryId>),
    now: Timestamp,
) -> NewDelivery {
    let links = links(source);
    let letter = letter::operator(&OperatorInput {
        source: &title(source, &links),
        news,
        language: by.language,
        glossary: catalog.glossary(),
        zone: &by.zone,
    });
    to_operator(by, &letter, (delivery, follows.as_ref()), now)
}

/// A letter to the operator about a letter, to a masked address, that was set aside. `None` if no
/// operator is named.
#[must_use]
pub fn set_aside_letter(
    by: &Correspondence,
    id: &DeliveryId,
    masked: &str,
    why: &str,
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let letter = letter::set_aside(&SetAsideInput {
        letter: id,
        to: masked,
        why,
        at: now,
        language: by.language,
        zone: &by.zone,
    });
    Some(to_operator(by, &letter, (alert::set_aside_delivery(to, id, now), None), now))
}

/// A letter to a reader; if it could not be written, also the one that tells the operator so.
#[must_use]
pub fn or_set_aside(by: &Correspondence, letter: NewDelivery, now: Timestamp) -> Vec<NewDelivery> {
    let told = match &letter.delivery.state {
        DeliveryState::GaveUp { why, .. } => {
            set_aside_letter(by, &letter.delivery.id, &letter.delivery.to.masked(), why, now)
        }
        _ => None,
    };
    told.into_iter().chain([letter]).collect()
}

/// A letter to the operator about a hook, with its address as far as it may be shown. `None` if no operator is
/// named.
#[must_use]
pub fn hook_letter(
    by: &Correspondence,
    (hook, to): (&Hook, &str),
    news: HookNews<'_>,
    why: &str,
    now: Timestamp,
) -> Option<NewDelivery> {
    let operator = by.operator.as_ref()?;
    let letter = letter::hook(&HookInput {
        hook: hook.id,
        to,
        news,
        why,
        at: now,
        language: by.language,
        zone: &by.zone,
    });
    let id = match news {
        HookNews::Paused { .. } => {
            DeliveryId::of_hook("operator hook", &hook.is.url, &[&now.to_string()])
        }
        HookNews::GaveUp { call } => {
            DeliveryId::of_hook("operator call", &hook.is.url, &[call.as_str()])
        }
    };
    Some(to_operator(by, &letter, (alert::hook_delivery(operator, id, now), None), now))
}

/// A letter to the operator that letters can be sent again. `None` if no operator is named.
#[must_use]
pub fn mail_letter(by: &Correspondence, wait: &MailWait, now: Timestamp) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let letter = letter::mail(&MailInput { wait, at: now, language: by.language, zone: &by.zone });
    Some(to_operator(by, &letter, (alert::mail_delivery(to, wait.since, now), None), now))
}

/// A letter to the operator that nothing more is sent to a reader, because so many letters came back. `None`
/// if no operator is named.
#[must_use]
pub fn paused_letter(
    by: &Correspondence,
    reader: &EmailAddress,
    (n_letters, why): (u32, &str),
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let letter = letter::paused(&PausedInput {
        address: reader,
        n_letters,
        why,
        at: now,
        language: by.language,
        zone: &by.zone,
    });
    Some(to_operator(by, &letter, (alert::paused_delivery(to, reader, now), None), now))
}

/// A letter to the operator that the database was an older copy, which knew of fewer who have left. `None` if no
/// operator is named.
#[must_use]
pub fn revived_letter(
    by: &Correspondence,
    (left, forgotten): (usize, usize),
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let (language, zone) = (by.language, &by.zone);
    let letter = letter::revived(&RevivedInput { left, forgotten, at: now, language, zone });
    Some(to_operator(by, &letter, (alert::revived_delivery(to, now), None), now))
}

/// A letter to the operator that something cannot be reached, and why, or that it can be again, below the letter
/// that it `follows`. `None` if no operator is named.
#[must_use]
pub fn outage_letter(
    by: &Correspondence,
    outage: &Outage,
    (why, follows): (Option<&str>, Option<&DeliveryId>),
    now: Timestamp,
) -> Option<NewDelivery> {
    let to = by.operator.as_ref()?;
    let letter =
        letter::outage(&OutageInput { outage, why, language: by.language, zone: &by.zone });
    let delivery = alert::outage_delivery(to, outage, now);
    Some(to_operator(by, &letter, (delivery, follows), now))
}

fn to_operator(
    by: &Correspondence,
    letter: &Letter,
    (delivery, follows): (Delivery, Option<&DeliveryId>),
    now: Timestamp,
) -> NewDelivery {
    let envelope =
        Envelope { in_reply_to: follows, ..by.envelope(&delivery.id, &delivery.to, now) };
    let composed = compose(letter, &envelope);
    enqueued(delivery, DeliveryKind::Operator, by.language, composed, now)
}

/// The letter that tells a follower that a source has gone stale.
#[must_use]
pub fn stale_letter(
    by: &Correspondence,
    source: &Source,
    since: Timestamp,
    (reader, delivery): (&Subscriber, Delivery),
    now: Timestamp,
) -> NewDelivery {
    let links = links(source);
    let leave = by.leave(reader);
    let letter = letter::stale(&StaleInput {
        source: &title(source, &links),
        since,
        language: reader.language,
        zone: &by.zone,
        sender: by.sender.as_ref(),
        leave: &leave,
    });
    to_reader(by, &letter, DeliveryKind::Stale, (reader, delivery, &leave), now)
}

/// The letter that tells a reader that something they asked for is no longer watched.
#[must_use]
pub fn unwatched_letter(
    by: &Correspondence,
    catalog: &Catalog,
    (meant, word): (NameOf, &str),
    (reader, delivery): (&Subscriber, Delivery),
    now: Timestamp,
) -> NewDelivery {
    let leave = by.leave(reader);
    let name = match meant {
        NameOf::Program => catalog.glossary().program(word, reader.language).to_owned(),
        NameOf::Jurisdiction => words::jurisdiction(word, reader.language),
        NameOf::Source | NameOf::Rule | NameOf::FactSet => word.to_owned(),
    };
    let letter = letter::unwatched(&UnwatchedInput {
        name: &name,
        language: reader.language,
        sender: by.sender.as_ref(),
        leave: &leave,
    });
    to_reader(by, &letter, DeliveryKind::Unwatched, (reader, delivery, &leave), now)
}

fn to_reader(
    by: &Correspondence,
    letter: &Letter,
    kind: DeliveryKind,
    (reader, delivery, leave): (&Subscriber, Delivery, &Leave),
    now: Timestamp,
) -> NewDelivery {
    let ways = leave.ways();
    let envelope =
        Envelope { leave: Some(&ways), ..by.envelope(&delivery.id, &reader.address, now) };
    let composed = compose(letter, &envelope);
    enqueued(delivery, kind, reader.language, composed, now)
}

/// What a letter asks whose answer makes a subscription.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Who is asked.
    pub to: &'a EmailAddress,
    /// The key in its link.
    pub key: &'a Key,
    /// The page whose button confirms it.
    pub link: &'a str,
    /// The page where their subscriptions can be changed, if they have any.
    pub manage: Option<&'a str>,
    /// Whether exactly this is among them.
    pub is_had: bool,
    /// What the letters would tell of, what they would leave out, and when they would come.
    pub wish: &'a str,
    /// The same.
    pub left_out: Option<&'a str>,
    /// The same.
    pub rhythm: &'a str,
    /// How many days the link works.
    pub days: i64,
    /// The language.
    pub language: Language,
}

/// The letter that asks somebody whether they want letters: the only one that goes to whoever has not said so.
#[must_use]
pub fn confirm_letter(by: &Correspondence, asking: &Asking<'_>, now: Timestamp) -> NewDelivery {
    let letter = letter::confirm(&ConfirmInput {
        link: asking.link,
        manage: asking.manage,
        is_had: asking.is_had,
        wish: asking.wish,
        left_out: asking.left_out,
        rhythm: asking.rhythm,
        days: asking.days,
        language: asking.language,
        sender: by.sender.as_ref(),
    });
    let delivery = Delivery {
        id: DeliveryId::of("confirm", asking.to, &[&asking.key.hash()]),
        subscriber: None,
        to: asking.to.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    let composed = compose(&letter, &by.envelope(&delivery.id, asking.to, now));
    enqueued(delivery, DeliveryKind::Confirm, asking.language, composed, now)
}

/// A letter in the form it is enqueued in. If no message can be made of it, it is set aside from the
/// beginning: it must not make the check fail.
fn enqueued(
    mut delivery: Delivery,
    kind: DeliveryKind,
    language: Language,
    composed: Result<Message, ComposeError>,
    now: Timestamp,
) -> NewDelivery {
    let message = match composed {
        Ok(message) => Some(message.bytes),
        Err(error) => {
            let why = in_full(&error);
            tracing::error!(delivery.id = %delivery.id, why, "a letter cannot be written");
            delivery.state = DeliveryState::GaveUp { at: now, why };
            None
        }
    };
    NewDelivery { delivery, kind, language, message }
}

/// The parts of a letter about an event.
#[derive(Debug, Clone, Copy)]
pub struct Alert<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// When it was enqueued: its `Date`.
    pub enqueued_at: Timestamp,
    /// Who reads it.
    pub reader: &'a Subscriber,
    /// The event.
    pub event: &'a Event,
    /// The changes that the reader is told of.
    pub changes: &'a [&'a Change],
    /// When changes that are now in force were announced, by change.
    pub announced: &'a BTreeMap<ChangeId, Timestamp>,
    /// What the changes make wrong in the reader's own data.
    pub data: &'a [TouchedData],
    /// The reader's letter that this one follows.
    pub follows: Option<&'a DeliveryId>,
}

/// The letter that tells a subscriber of an event.
///
/// # Errors
/// When no message can be made of it.
pub fn alert_letter(
    by: &Correspondence,
    catalog: &Catalog,
    alert: &Alert<'_>,
) -> Result<Message, ComposeError> {
    let leave = by.leave(alert.reader);
    let letter = changes_letter(by, catalog, alert, &leave);
    let ways = leave.ways();
    let envelope = Envelope {
        leave: Some(&ways),
        in_reply_to: alert.follows,
        ..by.envelope(&alert.delivery.id, &alert.delivery.to, alert.enqueued_at)
    };
    compose(&letter, &envelope)
}

/// The words of the letter that tells a subscriber of an event.
#[must_use]
pub fn alert_words(by: &Correspondence, catalog: &Catalog, alert: &Alert<'_>) -> Letter {
    changes_letter(by, catalog, alert, &by.leave(alert.reader))
}

/// A letter that tests whether letters arrive. Each is another message: a mail server that has seen one
/// must not drop the next.
///
/// # Errors
/// When no message can be made of it.
pub fn trial_letter(
    by: &Correspondence,
    to: &EmailAddress,
    language: Language,
    now: Timestamp,
) -> Result<Message, ComposeError> {
    let letter = letter::trial(&TrialInput {
        at: now,
        language,
        zone: &by.zone,
        sender: by.sender.as_ref(),
    });
    let id = DeliveryId::of("test", to, &[&now.to_string()]);
    compose(&letter, &by.envelope(&id, to, now))
}

/// The parts of a letter that takes changes back.
#[derive(Debug, Clone, Copy)]
pub struct Retracted<'a> {
    /// The delivery.
    pub delivery: &'a Delivery,
    /// When it was enqueued: its `Date`.
    pub enqueued_at: Timestamp,
    /// Who reads it.
    pub reader: &'a Subscriber,
    /// The changes, each with its present value.
    pub changes: &'a [(&'a Change, Option<Side>)],
    /// Why they are taken back.
    pub why: &'a str,
    /// The letter that told of them, and when it was sent.
    pub first: (&'a DeliveryId, Timestamp),
}

/// The letter that tells a subscriber that what an earlier one told was wrong.
///
/// # Errors
/// When no message can be made of it.
pub fn retraction_letter(
    by: &Correspondence,
    catalog: &Catalog,
    retracted: &Retracted<'_>,
) -> Result<Message, ComposeError> {
    let leave = by.leave(retracted.reader);
    let source = retracted.changes.first().and_then(|(change, _)| catalog.source(&change.source));
    let links = source.map(links);
    let source = source.zip(links.as_ref()).map(|(source, links)| title(source, links));
    let (first, told_at) = retracted.first;
    let letter = letter::retraction(&RetractionInput {
        changes: retracted.changes,
        told_at,
        why: retracted.why,
        source: source.as_ref(),
        language: retracted.reader.language,
        glossary: catalog.glossary(),
        zone: &by.zone,
        sender: by.sender.as_ref(),
        leave: &leave,
    });
    let ways = leave.ways();
    let envelope = Envelope {
        leave: Some(&ways),
        in_reply_to: Some(first),
        ..by.envelope(&retracted.delivery.id, &retracted.delivery.to, retracted.enqueued_at)
    };
    compose(&letter, &envelope)
}

fn changes_letter(
    by: &Correspondence,
    catalog: &Catalog,
    alert: &Alert<'_>,
    leave: &Leave,
) -> Letter {
    let source = catalog.source(&alert.event.source);
    let links = source.map(links);
    let titles: Vec<SourceTitle<'_>> =
        source.iter().zip(&links).map(|(source, links)| title(source, links)).collect();
    let wording: BTreeMap<_, _> = alert
        .changes
        .iter()
        .map(|change| (change.id.clone(), wording(change)))
        .filter(|(_, pieces)| !pieces.is_empty())
        .collect();
    let called = |change: &&Change| set_name(catalog, change);
    let facts: BTreeMap<_, _> = alert.changes.iter().filter_map(called).collect();
    letter::changes(&LetterInput {
        changes: alert.changes,
        sources: &titles,
        facts: &facts,
        rules: catalog.rules(),
        wording: &wording,
        announced: alert.announced,
        language: alert.reader.language,
        glossary: catalog.glossary(),
        zone: &by.zone,
        sender: by.sender.as_ref(),
        leave: Some(leave),
        data: alert.data,
        checked_at: alert.enqueued_at,
    })
}

/// What people call the fact set of a change.
fn set_name(catalog: &Catalog, change: &Change) -> Option<(FactKey, SetName)> {
    let source = catalog.source(&change.source)?;
    let title = source.title_of(&change.fact, catalog.glossary())?;
    let kind = source.fact(&change.fact).map_or(FactType::List, |recipe| recipe.kind);
    Some((change.fact.clone(), SetName { title, kind }))
}

/// A source's addresses as text.
fn links(source: &Source) -> (String, Option<String>) {
    (source.url.to_string(), source.url_fr.as_ref().map(ToString::to_string))
}

fn title<'a>(source: &'a Source, links: &'a (String, Option<String>)) -> SourceTitle<'a> {
    SourceTitle { id: &source.id, title: &source.title, url: &links.0, url_fr: links.1.as_deref() }
}
