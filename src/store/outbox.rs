//! The outbox: pending letters, the result of each try, and the bytes a repeat must have.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::{
    OutboxRow, PendingDelivery, Store, StoreError,
    delivery::{COLUMNS, TABLE, enqueue, outbox_row, pending},
    error::Trouble,
    post::try_now,
    rows::{all, first, micros, number, run},
    snapshot::compress,
};
use crate::model::{DeliveryId, DeliveryKind, EventId, NewDelivery, SubscriberId};

/// How one try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The mail server took it.
    Sent,
    /// Not this time.
    RetryAt {
        /// When to try again.
        at: Timestamp,
        /// What went wrong.
        why: String,
    },
    /// Not now, for a reason that is not the letter's own: no try is used up.
    Postponed {
        /// When to try again; `None`: with all others.
        at: Option<Timestamp>,
        /// What went wrong.
        why: String,
    },
    /// Never.
    GaveUp {
        /// What went wrong.
        why: String,
    },
    /// It is no longer pending.
    Cancelled,
}

/// The state of a delivery, without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are those of `DeliveryState`")]
pub enum OutboxState {
    Due,
    Sent,
    GaveUp,
    Cancelled,
}

impl OutboxState {
    /// The state's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sent => "sent",
            Self::GaveUp => "gave_up",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Which rows of the outbox to list. `None` matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxFilter {
    /// In this state.
    pub state: Option<OutboxState>,
    /// Of this kind.
    pub kind: Option<DeliveryKind>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Store {
    /// Enqueues letters outside of any check: digests, welcomes.
    ///
    /// # Errors
    /// When they cannot be written; then none are.
    pub fn enqueue(&mut self, letters: &[NewDelivery], at: Timestamp) -> Result<(), StoreError> {
        self.write("enqueue letters", |tx| enqueue(tx, None, letters, at))
    }

    /// Returns a letter, if it is still to be sent.
    ///
    /// # Errors
    /// When the database cannot be read, or the letter cannot be read back.
    pub fn due_delivery(&self, id: &DeliveryId) -> Result<Option<PendingDelivery>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, message, message_bytes FROM delivery WHERE id = ?1 AND state = 'due'"
        );
        self.read("a letter", |connection| first(connection, &sql, [id.as_str()], TABLE, pending))
    }

    /// Returns a letter as the outbox lists it, in whatever state.
    ///
    /// # Errors
    /// When the database cannot be read, or the letter cannot be read back.
    pub fn letter(&self, id: &DeliveryId) -> Result<Option<OutboxRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM delivery WHERE id = ?1");
        self.read("a letter", |connection| {
            first(connection, &sql, [id.as_str()], TABLE, outbox_row)
        })
    }

    /// Returns the first of these letters that was sent or waits to be: that another may refer to.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn first_that_goes(&self, ids: &[DeliveryId]) -> Result<Option<DeliveryId>, StoreError> {
        if ids.is_empty() {
            return Ok(None);
        }
        let asked: serde_json::Value = ids.iter().map(DeliveryId::as_str).collect();
        let sql =
            "SELECT d.id AS id FROM json_each(?1) AS i CROSS JOIN delivery AS d ON d.id = i.value
             WHERE d.state IN ('due', 'sent') ORDER BY i.key LIMIT 1";
        self.read("an earlier letter", |connection| {
            first(connection, sql, [asked.to_string()], TABLE, |cells| {
                cells.parsed("id", DeliveryId::parse)
            })
        })
    }

    /// Stores the bytes of a letter's first try. Returns `false`, and changes nothing, when some are
    /// already stored.
    ///
    /// # Errors
    /// When there is no such delivery, or it cannot be written.
    pub fn keep_message(&mut self, id: &DeliveryId, bytes: &[u8]) -> Result<bool, StoreError> {
        let packed = compress(bytes).map_err(|trouble| trouble.writing("keep message"))?;
        self.write("keep message", |tx| {
            expect_delivery(tx, id)?;
            let kept = run(
                tx,
                "UPDATE delivery SET message = ?2, message_bytes = ?3
                 WHERE id = ?1 AND message IS NULL",
                params![id.as_str(), packed, number(bytes.len())],
            )?;
            Ok(kept > 0)
        })
    }

    /// Records how one try ended. A retry does not revive a letter that was cancelled meanwhile; a
    /// cancelled letter that was sent all the same is recorded as sent.
    ///
    /// # Errors
    /// When there is no such delivery, or it cannot be written.
    pub fn record_attempt(
        &mut self,
        id: &DeliveryId,
        at: Timestamp,
        outcome: &AttemptOutcome,
    ) -> Result<(), StoreError> {
        self.write("record attempt", |tx| {
            expect_delivery(tx, id)?;
            attempt(tx, id, micros(at), outcome)
        })
    }

    /// Returns rows of the outbox, the latest enqueued first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn outbox(&self, filter: &OutboxFilter) -> Result<Vec<OutboxRow>, StoreError> {
        // Two statements, so that the index finds the few rows in one state among the many.
        let state = if filter.state.is_some() { "state = :state" } else { ":state IS NULL" };
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery
             WHERE {state} AND (:kind IS NULL OR kind = :kind)
             ORDER BY enqueued_at DESC, id LIMIT :limit"
        );
        let params = named_params! {
            ":state": filter.state.map(OutboxState::word),
            ":kind": filter.kind.map(DeliveryKind::word),
            ":limit": filter.limit.map_or(-1, number),
        };
        self.read("the outbox", |connection| all(connection, &sql, params, TABLE, outbox_row))
    }

    /// Returns the letters that tell of an event, digests among them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn deliveries_of(&self, event: &EventId) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery WHERE event = ?1 OR id IN
                (SELECT delivery FROM digest_item WHERE event = ?1 AND delivery IS NOT NULL)
             ORDER BY enqueued_at, id"
        );
        self.read("letters of an event", |connection| {
            all(connection, &sql, [event.as_str()], TABLE, outbox_row)
        })
    }

    /// Returns the letters that tell one reader of an event, digests among them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn deliveries_to(
        &self,
        reader: SubscriberId,
        event: &EventId,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery WHERE subscriber = ?1 AND (event = ?2 OR id IN
                (SELECT delivery FROM digest_item WHERE subscriber = ?1 AND event = ?2
                    AND delivery IS NOT NULL))
             ORDER BY enqueued_at, id"
        );
        self.read("letters of an event to a reader", |connection| {
            all(connection, &sql, params![reader.0, event.as_str()], TABLE, outbox_row)
        })
    }

    /// Returns the event that a delivery told of, by the delivery's id or a unique beginning of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn delivery_event(&self, id_or_beginning: &str) -> Result<Option<EventId>, StoreError> {
        let sql =
            "SELECT id, event FROM delivery WHERE id >= ?1 AND id < ?1 || '~' AND ?1 <> '' LIMIT 2";
        self.read("the event of a delivery", |connection| {
            let found = all(connection, sql, [id_or_beginning], TABLE, |cells| {
                cells.parsed_if("event", EventId::parse)
            })?;
            Ok(if found.len() == 1 { found.into_iter().next().flatten() } else { None })
        })
    }

    /// Makes a letter due now, with all its tries ahead of it: one that was given up, or that waits for
    /// its next try. Returns `false` for one that was sent or cancelled.
    ///
    /// # Errors
    /// When there is no such delivery, or it cannot be written.
    pub fn retry_delivery(&mut self, id: &DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
        self.write("retry delivery", |tx| {
            expect_delivery(tx, id)?;
            try_now(tx)?;
            let touched = run(
                tx,
                "UPDATE delivery SET state = 'due', due_at = ?2, attempts = 0, settled_at = NULL
                 WHERE id = ?1 AND state IN ('due', 'gave_up')",
                params![id.as_str(), micros(now)],
            )?;
            Ok(touched > 0)
        })
    }
}

fn attempt(
    connection: &Connection,
    id: &DeliveryId,
    at: i64,
    outcome: &AttemptOutcome,
) -> Result<(), Trouble> {
    let (word, why) = match outcome {
        AttemptOutcome::Sent => ("sent", None),
        AttemptOutcome::RetryAt { why, .. } => ("retry", Some(why)),
        AttemptOutcome::Postponed { why, .. } => ("postponed", Some(why)),
        AttemptOutcome::GaveUp { why } => ("gave_up", Some(why)),
        AttemptOutcome::Cancelled => ("cancelled", None),
    };
    run(
        connection,
        "INSERT INTO attempt (delivery, tried_at, outcome, detail) VALUES (?1, ?2, ?3, ?4)",
        params![id.as_str(), at, word, why],
    )?;
    // Whoever sent it, nobody is sending it any more.
    let end = "UPDATE delivery SET leased_by = NULL, leased_at = NULL WHERE id = ?1";
    run(connection, end, [id.as_str()])?;
    match outcome {
        AttemptOutcome::Sent if is_to_confirm(connection, id)? => run(
            connection,
            // Its key works for whoever has it, so it is kept nowhere once it is on its way.
            "UPDATE delivery SET state = 'sent', settled_at = ?2, attempts = attempts + 1,
                last_error = NULL, message = NULL, message_bytes = NULL WHERE id = ?1",
            params![id.as_str(), at],
        ),
        AttemptOutcome::Sent => run(
            connection,
            "UPDATE delivery SET state = 'sent', settled_at = ?2, attempts = attempts + 1,
                last_error = NULL WHERE id = ?1",
            params![id.as_str(), at],
        ),
        AttemptOutcome::RetryAt { at: next, .. } => run(
            connection,
            "UPDATE delivery SET due_at = ?2, attempts = attempts + 1, last_error = ?3
             WHERE id = ?1 AND state = 'due'",
            params![id.as_str(), micros(*next), why],
        ),
        AttemptOutcome::Postponed { at: next, .. } => run(
            connection,
            "UPDATE delivery SET due_at = coalesce(?2, due_at), last_error = ?3
             WHERE id = ?1 AND state = 'due'",
            params![id.as_str(), next.map(micros), why],
        ),
        AttemptOutcome::GaveUp { .. } => run(
            connection,
            "UPDATE delivery SET state = 'gave_up', settled_at = ?2, attempts = attempts + 1,
                last_error = ?3 WHERE id = ?1 AND state = 'due'",
            params![id.as_str(), at, why],
        ),
        AttemptOutcome::Cancelled => run(
            connection,
            "UPDATE delivery SET state = 'cancelled', settled_at = ?2
             WHERE id = ?1 AND state = 'due'",
            params![id.as_str(), at],
        ),
    }?;
    Ok(())
}

/// Whether a letter has a key by which somebody subscribes.
fn is_to_confirm(connection: &Connection, id: &DeliveryId) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM delivery WHERE id = ?1 AND kind = ?2";
    let kind = DeliveryKind::Confirm.word();
    Ok(connection.prepare_cached(sql)?.exists([id.as_str(), kind])?)
}

fn expect_delivery(connection: &Connection, id: &DeliveryId) -> Result<(), Trouble> {
    let sql = "SELECT 1 FROM delivery WHERE id = ?1";
    if connection.prepare_cached(sql)?.exists([id.as_str()])? {
        return Ok(());
    }
    Err(StoreError::NoSuchDelivery { id: id.clone() }.into())
}
