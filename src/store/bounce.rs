//! Letters that came back, and the readers to whom nothing is sent because of it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params, params};

use super::{
    Store, StoreError,
    delivery::enqueue,
    digest,
    error::Trouble,
    rows::{Table, all, first, micros, run},
};
use crate::model::{DeliveryId, EmailAddress, NewDelivery, SubscriberId};

const SUBSCRIBER: Table = Table { name: "subscriber", key: "id" };

/// After how many letters that came back for good nothing more is sent to a reader.
pub const MOST_BOUNCES: u32 = 3;

/// Letters that came back longer ago do not count.
const COUNTED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a mail server reports of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounce<'a> {
    /// The letter.
    pub letter: &'a DeliveryId,
    /// Whether it will never be delivered.
    pub is_hard: bool,
    /// The status: `5.1.1`.
    pub status: &'a str,
    /// The diagnosis, without addresses.
    pub why: &'a str,
}

/// Whether a report was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Now.
    New,
    /// It was read before.
    Known,
    /// No letter of ours is meant.
    NotOurs,
}

/// A reader whose letters come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bouncing {
    /// The reader.
    pub id: SubscriberId,
    /// Their address.
    pub address: EmailAddress,
    /// How many letters came back for good.
    pub n_letters: u32,
    /// The last diagnosis.
    pub why: String,
    /// Since when nothing is sent to them, if so.
    pub paused_at: Option<Timestamp>,
}

/// The letters that came back for good since somebody last looked at the address, or were refused when they
/// were handed over.
const FAILED: &str =
    "SELECT d.subscriber AS subscriber, d.id AS delivery, b.reported_at AS at, b.why AS why
    FROM bounce AS b JOIN delivery AS d ON d.id = b.delivery
    WHERE b.is_hard = 1 AND d.subscriber IS NOT NULL
    UNION ALL SELECT subscriber, id, settled_at, last_error FROM delivery
    WHERE state = 'gave_up' AND subscriber IS NOT NULL
      AND last_error GLOB 'naming the recipient (RCPT): 5[0-9][0-9]*'";

impl Store {
    /// Notes what a mail server reports of a letter.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_bounce(
        &mut self,
        bounce: &Bounce<'_>,
        at: Timestamp,
    ) -> Result<Noted, StoreError> {
        self.write("record a bounce", |tx| {
            let known = "SELECT 1 FROM delivery WHERE id = ?1";
            if !tx.prepare_cached(known)?.exists([bounce.letter.as_str()])? {
                return Ok(Noted::NotOurs);
            }
            let new = run(
                tx,
                "INSERT INTO bounce (delivery, is_hard, status, why, reported_at)
                 VALUES (:delivery, :hard, :status, :why, :at) ON CONFLICT DO NOTHING",
                named_params! {
                    ":delivery": bounce.letter.as_str(),
                    ":hard": bounce.is_hard,
                    ":status": bounce.status,
                    ":why": bounce.why,
                    ":at": micros(at),
                },
            )?;
            Ok(if new > 0 { Noted::New } else { Noted::Known })
        })
    }

    /// Returns the readers whose letters came back lately, and those to whom nothing is sent because of it, the
    /// most often first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bouncing(&self, now: Timestamp) -> Result<Vec<Bouncing>, StoreError> {
        let since = now.checked_sub(COUNTED).unwrap_or(Timestamp::MIN);
        let sql = format!(
            "SELECT s.id, s.address, s.paused_at, count(DISTINCT f.delivery) AS n, max(f.at) AS last, f.why
             FROM ({FAILED}) AS f JOIN subscriber AS s ON s.id = f.subscriber
             WHERE s.left_at IS NULL AND (s.paused_at IS NOT NULL OR f.at >= ?1)
               AND f.at > coalesce(s.resumed_at, 0)
             GROUP BY s.id ORDER BY n DESC, s.id"
        );
        self.read("readers whose letters come back", |connection| {
            all(connection, &sql, [micros(since)], SUBSCRIBER, |cells| {
                Ok(Bouncing {
                    id: SubscriberId(cells.get("id")?),
                    address: cells.parsed("address", EmailAddress::parse)?,
                    n_letters: cells.get("n")?,
                    why: cells.get("why")?,
                    paused_at: cells.moment_if("paused_at")?,
                })
            })
        })
    }

    /// Sends a reader nothing more until somebody has looked at the address. What was not delivered waits for
    /// them. Returns `false` if nothing is sent to them already.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is.
    pub fn pause(
        &mut self,
        reader: SubscriberId,
        letters: &[NewDelivery],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("pause a reader", |tx| {
            let sql = "UPDATE subscriber SET paused_at = ?2
                WHERE id = ?1 AND paused_at IS NULL AND left_at IS NULL";
            if run(tx, sql, params![reader.0, micros(at)])? == 0 {
                return Ok(false);
            }
            keep_for(tx, reader, at)?;
            enqueue(tx, None, letters, at)?;
            Ok(true)
        })
    }

    /// Sends a reader letters again, with what waited for them. Returns how many events did; `None` for an
    /// address that is not paused.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn resume(
        &mut self,
        address: &EmailAddress,
        at: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        self.write("resume a reader", |tx| {
            let sql = "SELECT id FROM subscriber
                WHERE address = ?1 AND left_at IS NULL AND paused_at IS NOT NULL";
            let found = first(tx, sql, [address.as_str()], SUBSCRIBER, |cells| cells.get("id"))?;
            let Some(reader) = found else { return Ok(None) };
            let sql = "UPDATE subscriber SET paused_at = NULL, resumed_at = ?2 WHERE id = ?1";
            run(tx, sql, params![reader, micros(at)])?;
            digest::reschedule(tx, SubscriberId(reader), at)?;
            let sql = "SELECT count(*) FROM digest_item WHERE subscriber = ?1 AND delivery IS NULL";
            let n: i64 = tx.prepare_cached(sql)?.query_row([reader], |row| row.get(0))?;
            Ok(Some(u64::try_from(n).unwrap_or(0)))
        })
    }
}

/// Puts aside for a reader what is due to them, and what they never got.
fn keep_for(connection: &Connection, reader: SubscriberId, at: Timestamp) -> Result<(), Trouble> {
    let missed = format!(
        "SELECT id FROM delivery WHERE subscriber = ?1 AND kind IN ('alert', 'digest')
         AND (state = 'due' OR id IN (SELECT delivery FROM ({FAILED}) WHERE subscriber = ?1))"
    );
    let with = params![reader.0, micros(at)];
    let alerts = format!(
        "INSERT INTO digest_item (subscriber, event, due_at)
         SELECT subscriber, event, ?2 FROM delivery
         WHERE id IN ({missed}) AND event IS NOT NULL ON CONFLICT DO NOTHING"
    );
    run(connection, &alerts, with)?;
    let digests = format!(
        "UPDATE digest_item SET delivery = NULL, due_at = ?2
         WHERE subscriber = ?1 AND delivery IN ({missed})"
    );
    run(connection, &digests, with)?;
    let due = "UPDATE delivery SET state = 'cancelled', settled_at = ?2
        WHERE subscriber = ?1 AND state = 'due' AND kind IN ('alert', 'digest')";
    run(connection, due, with).map(drop)
}
