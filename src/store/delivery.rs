//! Deliveries as rows: enqueues them and reads them back.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::{
    error::Trouble,
    rows::{Cells, Table, micros, number, run},
    snapshot::compress,
};
use crate::model::{
    CheckId, Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress, EventId, Language,
    NewDelivery, SourceId, SubscriberId,
};

pub(super) const TABLE: Table = Table { name: "delivery", key: "id" };

pub(super) const COLUMNS: &str =
    "id, subscriber, to_address, event, check_id, kind, language, state, due_at,
    attempts, last_error, enqueued_at, settled_at,
    (message IS NOT NULL AND attempts = 0) OR EXISTS (
        SELECT 1 FROM attempt WHERE attempt.delivery = delivery.id
            AND detail GLOB 'handing over the letter (DATA): *'
            AND detail NOT GLOB 'handing over the letter (DATA): [45][0-9][0-9]*'
    ) AS may_have_arrived";

/// A letter that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDelivery {
    /// The recipient, the subject, the number of tries.
    pub delivery: Delivery,
    /// What it is for.
    pub kind: DeliveryKind,
    /// In which language.
    pub language: Language,
    /// The check that enqueued it, if one did.
    pub check: Option<CheckId>,
    /// When it was enqueued.
    pub enqueued_at: Timestamp,
    /// The bytes of the first try, if there was one: this try must send the same.
    pub message: Option<Vec<u8>>,
}

/// A row of the outbox, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The recipient, the subject, the state.
    pub delivery: Delivery,
    /// What it is for.
    pub kind: DeliveryKind,
    /// In which language.
    pub language: Language,
    /// The check that enqueued it, if one did.
    pub check: Option<CheckId>,
    /// When it was enqueued.
    pub enqueued_at: Timestamp,
    /// How many tries there were.
    pub attempts: u32,
    /// The answer to the last failed try.
    pub last_error: Option<String>,
    /// Whether it may have reached its reader though nothing says that it was sent: a try was begun and
    /// never recorded, or the server's answer to the whole letter was lost.
    pub may_have_arrived: bool,
}

/// Cancels pending letters that say a source cannot be read: it can be again.
pub(super) fn cancel_stale(
    connection: &Connection,
    source: &SourceId,
    at: Timestamp,
) -> Result<(), Trouble> {
    run(
        connection,
        "UPDATE delivery SET state = 'cancelled', settled_at = ?3
         WHERE state = 'due' AND kind = ?2
         AND check_id IN (SELECT id FROM check_run WHERE source = ?1)",
        params![source.as_str(), DeliveryKind::Stale.word(), micros(at)],
    )?;
    Ok(())
}

/// Enqueues letters. A letter to somebody who has left since it was planned is cancelled at once.
pub(super) fn enqueue(
    connection: &Connection,
    check: Option<CheckId>,
    letters: &[NewDelivery],
    at: Timestamp,
) -> Result<(), Trouble> {
    for NewDelivery { delivery, kind, language, message } in letters {
        let left = match delivery.subscriber {
            None => false,
            Some(subscriber) => connection
                .prepare_cached("SELECT 1 FROM subscriber WHERE id = ?1 AND left_at IS NOT NULL")?
                .exists([subscriber.0])?,
        };
        let cancelled = DeliveryState::Cancelled { at };
        let state = State::of(if left { &cancelled } else { &delivery.state }, at);
        let packed = message.as_deref().map(compress).transpose()?;
        // The same occasion reported twice is one letter.
        run(
            connection,
            "INSERT INTO delivery (id, subscriber, to_address, event, check_id, kind, language,
                state, due_at, attempts, last_error, message, message_bytes, enqueued_at, settled_at)
             VALUES (:id, :subscriber, :to, :event, :check, :kind, :language, :state, :due,
                :attempts, :error, :message, :message_bytes, :enqueued, :settled)
             ON CONFLICT (id) DO NOTHING",
            named_params! {
                ":id": delivery.id.as_str(),
                ":subscriber": delivery.subscriber.map(|subscriber| subscriber.0),
                ":to": delivery.to.as_str(),
                ":event": delivery.event.as_ref().map(EventId::as_str),
                ":check": check.map(|check| check.0),
                ":kind": kind.word(),
                ":language": language.code(),
                ":state": state.word,
                ":due": micros(state.due_at),
                ":attempts": state.attempts,
                ":error": state.why,
                ":message": packed,
                ":message_bytes": message.as_ref().map(|bytes| number(bytes.len())),
                ":enqueued": micros(at),
                ":settled": state.settled_at.map(micros),
            },
        )?;
    }
    Ok(())
}

/// A state, as its columns hold it.
struct State<'a> {
    word: &'static str,
    due_at: Timestamp,
    attempts: u32,
    why: Option<&'a str>,
    settled_at: Option<Timestamp>,
}

impl<'a> State<'a> {
    fn of(state: &'a DeliveryState, enqueued_at: Timestamp) -> Self {
        let (due_at, attempts, why, settled_at) = match state {
            DeliveryState::Due { at, attempts } => (*at, *attempts, None, None),
            DeliveryState::Sent { at } => (enqueued_at, 1, None, Some(*at)),
            DeliveryState::GaveUp { at, why } => (enqueued_at, 0, Some(why.as_str()), Some(*at)),
            DeliveryState::Cancelled { at } => (enqueued_at, 0, None, Some(*at)),
        };
        Self { word: state.word(), due_at, attempts, why, settled_at }
    }
}

/// Reads how far a letter, or a call of a hook, has come.
pub(super) fn state(cells: &Cells<'_, '_>) -> Result<DeliveryState, Trouble> {
    let settled = || {
        let at = cells.moment_if("settled_at")?;
        at.ok_or_else(|| cells.bad("settled_at", "it is empty and the state is not `due`"))
    };
    let state: String = cells.get("state")?;
    Ok(match state.as_str() {
        "due" => {
            DeliveryState::Due { at: cells.moment("due_at")?, attempts: cells.get("attempts")? }
        }
        "sent" => DeliveryState::Sent { at: settled()? },
        "gave_up" => {
            let why: Option<String> = cells.get("last_error")?;
            DeliveryState::GaveUp { at: settled()?, why: why.unwrap_or_default() }
        }
        "cancelled" => DeliveryState::Cancelled { at: settled()? },
        other => return Err(cells.bad("state", format!("`{other}` is not one of its words"))),
    })
}

fn delivery(cells: &Cells<'_, '_>) -> Result<Delivery, Trouble> {
    Ok(Delivery {
        id: cells.parsed("id", DeliveryId::parse)?,
        subscriber: cells.get::<Option<i64>>("subscriber")?.map(SubscriberId),
        to: cells.parsed("to_address", EmailAddress::parse)?,
        event: cells.parsed_if("event", EventId::parse)?,
        state: state(cells)?,
    })
}

pub(super) fn pending(cells: &Cells<'_, '_>) -> Result<PendingDelivery, Trouble> {
    Ok(PendingDelivery {
        delivery: delivery(cells)?,
        kind: cells.word("kind", DeliveryKind::from_word)?,
        language: cells.word("language", Language::from_code)?,
        check: cells.get::<Option<i64>>("check_id")?.map(CheckId),
        enqueued_at: cells.moment("enqueued_at")?,
        message: cells.unpacked_if("message", "message_bytes")?,
    })
}

pub(super) fn outbox_row(cells: &Cells<'_, '_>) -> Result<OutboxRow, Trouble> {
    Ok(OutboxRow {
        delivery: delivery(cells)?,
        kind: cells.word("kind", DeliveryKind::from_word)?,
        language: cells.word("language", Language::from_code)?,
        check: cells.get::<Option<i64>>("check_id")?.map(CheckId),
        enqueued_at: cells.moment("enqueued_at")?,
        attempts: cells.get("attempts")?,
        last_error: cells.get("last_error")?,
        may_have_arrived: cells.get("may_have_arrived")?,
    })
}
