//! Who is told of an event, at once or in their next digest, and the digests themselves.
//!
//! Each wish is judged once, however many readers have it, and its readers are enqueued in one statement:
//! the work grows with the readers, and memory only with the different wishes. What waits for a digest is a
//! row ([`gather`](Store::gather_digests)); when the digest is due, its rows and its letter are joined in
//! one transaction, so that nothing is lost or told twice, wherever the program is killed.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, functions::FunctionFlags, named_params, params};

use super::{
    Store, StoreError,
    delivery::enqueue,
    error::Trouble,
    rows::{Cells, Table, all, micros, number, run, unless_inconsistent},
    wish,
};
use crate::model::{
    CheckId, Delivery, DeliveryId, DeliveryKind, DeliveryState, EmailAddress, Event, EventId,
    Language, NewDelivery, Rhythm, Slot, SubscriberId,
};

const ITEM: Table = Table { name: "digest_item", key: "subscriber" };

/// How many readers' digests are made in one transaction.
const BATCH: usize = 500;

/// No digest is due later than this after what it tells of: what is, was put there by a clock that was
/// ahead, and is due now.
const LATEST: SignedDuration = SignedDuration::from_hours(9 * 24);

/// How many readers are told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ToldReaders {
    /// By a letter of its own.
    pub at_once: usize,
    /// In their next digest.
    pub in_digest: usize,
}

impl Store {
    /// Enqueues the digests that are due. Returns how many there are.
    ///
    /// # Errors
    /// When they cannot be written. Those of earlier batches are.
    pub fn gather_digests(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let mut n = 0;
        // Usually there is none: then nobody waits for the right to write.
        while !self.read("digests that are due", |c| due(c, now, 1))?.is_empty() {
            n += self.write("gather digests", |tx| {
                let readers = due(tx, now, BATCH)?;
                for reader in &readers {
                    gather(tx, reader, now)?;
                }
                Ok(readers.len())
            })?;
        }
        Ok(n)
    }

    /// Returns the events that a digest tells of, in the order they were seen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn events_of(&self, digest: &DeliveryId) -> Result<Vec<EventId>, StoreError> {
        let sql =
            "SELECT i.subscriber, i.event FROM digest_item AS i JOIN event AS e ON e.id = i.event
            WHERE i.delivery = ?1 ORDER BY e.seen_at, e.rowid";
        self.read("the events of a digest", |connection| {
            all(connection, sql, [digest.as_str()], ITEM, event_id)
        })
    }

    /// Returns how many readers wait for a digest, and of how many events it will tell them in all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn waiting_for_digest(&self) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT count(DISTINCT subscriber), count(*) FROM digest_item
            WHERE delivery IS NULL";
        self.read("who waits for a digest", |connection| {
            let count =
                |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
            let (readers, events) = connection.prepare_cached(sql)?.query_row([], count)?;
            Ok((u64::try_from(readers).unwrap_or(0), u64::try_from(events).unwrap_or(0)))
        })
    }
}

/// Gives SQL the ids of letters, `delivery_id(purpose, address, event)`, and whether a subscriber has an
/// address, `has_address(id, address)`. Whoever has none is named and hears nothing; it costs nobody else.
pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("has_address", 2, flags, |context| {
        let (id, address): (i64, String) = (context.get(0)?, context.get(1)?);
        let fault = EmailAddress::parse(&address).err();
        if fault.is_some() {
            tracing::error!(
                "subscriber.address of row {id} is no e-mail address: nothing is sent there"
            );
        }
        Ok(fault.is_none())
    })?;
    connection.create_scalar_function("delivery_id", 3, flags, |context| {
        let purpose: String = context.get(0)?;
        let address: String = context.get(1)?;
        let event: String = context.get(2)?;
        let to = EmailAddress::parse(&address)
            .map_err(|fault| rusqlite::Error::UserFunctionError(Box::new(fault)))?;
        Ok(DeliveryId::of(&purpose, &to, &[&event]).as_str().to_owned())
    })
}

/// Tells readers of an event: at once those who want that, the others in their next digest. Nobody is
/// told twice, and nothing is sent to those whose letters came back: it waits for them.
pub(super) fn tell(
    connection: &Connection,
    event: &Event,
    check: Option<CheckId>,
    at: Timestamp,
) -> Result<ToldReaders, Trouble> {
    judge(connection, event, at)?;
    let with = named_params! {
        ":event": event.id.as_str(), ":check": check.map(|check| check.0), ":at": micros(at),
    };
    let at_once = run(
        connection,
        "INSERT INTO delivery (id, subscriber, to_address, event, check_id, kind, language, state,
            due_at, attempts, enqueued_at)
         SELECT delivery_id('alert', s.address, :event), s.id, s.address, :event, :check, 'alert',
            s.language, 'due', :at, 0, :at
         FROM subscriber AS s
         WHERE s.left_at IS NULL AND s.paused_at IS NULL AND s.id IN (
            SELECT x.subscriber FROM temp.heard AS h CROSS JOIN subscription AS x
            WHERE x.wish = h.wish AND x.ended_at IS NULL AND h.due_at IS NULL)
            AND has_address(s.id, s.address)
         ORDER BY s.id ON CONFLICT (id) DO NOTHING",
        with,
    )?;
    let in_digest = run(
        connection,
        "INSERT INTO digest_item (subscriber, event, due_at)
         SELECT x.subscriber, :event, min(coalesce(h.due_at, :at))
         FROM temp.heard AS h CROSS JOIN subscription AS x CROSS JOIN subscriber AS s
         WHERE x.wish = h.wish AND x.ended_at IS NULL AND s.id = x.subscriber AND s.left_at IS NULL
         GROUP BY x.subscriber
         HAVING s.paused_at IS NOT NULL OR count(*) FILTER (WHERE h.due_at IS NULL) = 0
         ON CONFLICT DO NOTHING",
        named_params! { ":event": event.id.as_str(), ":at": micros(at) },
    )?;
    run(connection, "DELETE FROM temp.heard", [])?;
    Ok(ToldReaders { at_once, in_digest })
}

/// Notes which wishes hear of an event, and when: `NULL` for at once.
fn judge(connection: &Connection, event: &Event, at: Timestamp) -> Result<(), Trouble> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS heard (wish TEXT NOT NULL PRIMARY KEY, due_at INTEGER)
         STRICT, WITHOUT ROWID;
         DELETE FROM temp.heard;",
    )?;
    let mut statement = connection.prepare_cached(wish::EACH)?;
    let mut rows = statement.query([])?;
    let note = "INSERT INTO temp.heard (wish, due_at) VALUES (?1, ?2)";
    while let Some(row) = rows.next()? {
        let cells = Cells::of(row, wish::TABLE);
        // It costs those who wish this, and nobody else.
        let Some(wants) = unless_inconsistent(cells.json("wish", wish::subscription))? else {
            continue;
        };
        if wants.hears_of(event) {
            let due = wants.rhythm.is_digest().then(|| micros(wants.rhythm.due(at)));
            run(connection, note, params![cells.get::<String>("wish")?, due])?;
        }
    }
    Ok(())
}

/// A reader whose digest is due.
struct Due {
    id: SubscriberId,
    address: EmailAddress,
    language: Language,
    /// The latest moment it is due for.
    period: i64,
}

fn due(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Due>, Trouble> {
    let ahead = now.checked_add(LATEST).unwrap_or(Timestamp::MAX);
    all(
        connection,
        // As many as are wanted, and not all that wait: with a crowd of readers there are many batches.
        "SELECT d.id, d.address, d.language, (
            SELECT max(m.due_at) FROM digest_item AS m
            WHERE m.subscriber = d.id AND m.delivery IS NULL AND (m.due_at <= ?1 OR m.due_at > ?2)) AS period
         FROM (SELECT DISTINCT s.id, s.address, s.language
               FROM (SELECT subscriber FROM digest_item WHERE delivery IS NULL AND due_at <= ?1
                     UNION ALL SELECT subscriber FROM digest_item WHERE delivery IS NULL AND due_at > ?2) AS i
               CROSS JOIN subscriber AS s
               WHERE s.id = i.subscriber AND s.left_at IS NULL AND s.paused_at IS NULL
                 AND has_address(s.id, s.address) LIMIT ?3) AS d",
        params![micros(now), micros(ahead), number(limit)],
        Table { name: "subscriber", key: "id" },
        |cells| {
            Ok(Due {
                id: SubscriberId(cells.get("id")?),
                address: cells.parsed("address", EmailAddress::parse)?,
                language: cells.word("language", Language::from_code)?,
                period: cells.get("period")?,
            })
        },
    )
}

/// Enqueues a reader's digest of all that is due to them.
fn gather(connection: &Connection, reader: &Due, now: Timestamp) -> Result<(), Trouble> {
    let ahead = now.checked_add(LATEST).unwrap_or(Timestamp::MAX);
    let mine = "subscriber = ?1 AND delivery IS NULL AND (due_at <= ?2 OR due_at > ?3)";
    let with = params![reader.id.0, micros(now), micros(ahead)];
    let sql = format!("SELECT subscriber, event FROM digest_item WHERE {mine} ORDER BY event");
    let events = all(connection, &sql, with, ITEM, event_id)?;
    let period = Timestamp::from_microsecond(reader.period).unwrap_or(now).to_string();
    let about: Vec<&str> =
        std::iter::once(period.as_str()).chain(events.iter().map(EventId::as_str)).collect();
    let id = DeliveryId::of("digest", &reader.address, &about);
    let delivery = Delivery {
        id: id.clone(),
        subscriber: Some(reader.id),
        to: reader.address.clone(),
        event: None,
        state: DeliveryState::Due { at: now, attempts: 0 },
    };
    let kind = DeliveryKind::Digest;
    let letter = NewDelivery { delivery, kind, language: reader.language, message: None };
    enqueue(connection, None, &[letter], now)?;
    let sql = format!("UPDATE digest_item SET delivery = ?4 WHERE {mine}");
    let with = params![reader.id.0, micros(now), micros(ahead), id.as_str()];
    run(connection, &sql, with).map(drop)
}

/// Sets when what waits for a reader is due, now that they have changed their subscriptions: with their
/// next digest, or now if they have none any more.
pub(super) fn reschedule(
    connection: &Connection,
    reader: SubscriberId,
    now: Timestamp,
) -> Result<(), Trouble> {
    let sql = "SELECT id, wish FROM subscription WHERE subscriber = ?1 AND ended_at IS NULL";
    let wishes = all(connection, sql, [reader.0], wish::TABLE, |cells| {
        cells.json("wish", wish::subscription)
    })?;
    let slots = wishes.iter().filter_map(|wish| match &wish.rhythm {
        Rhythm::Immediate => None,
        Rhythm::Digest(slot) => Some(Slot::after(slot, now)),
    });
    let due = slots.min().unwrap_or(now);
    let sql = "UPDATE digest_item SET due_at = ?2 WHERE subscriber = ?1 AND delivery IS NULL";
    run(connection, sql, params![reader.0, micros(due)]).map(drop)
}

/// Forgets what waits for a reader who has left.
pub(super) fn forget(connection: &Connection, reader: SubscriberId) -> Result<(), Trouble> {
    let sql = "DELETE FROM digest_item WHERE subscriber = ?1 AND delivery IS NULL";
    run(connection, sql, [reader.0]).map(drop)
}

fn event_id(cells: &Cells<'_, '_>) -> Result<EventId, Trouble> {
    cells.parsed("event", EventId::parse)
}
