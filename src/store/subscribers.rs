//! Subscribers and their subscriptions: who is told, on what consent, and leaving.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::{
    Store, StoreError, digest,
    error::Trouble,
    rows::{Cells, Table, all, first, micros, run, unless_inconsistent},
    suppression::{self, Leaving},
    wish,
};
use crate::model::{
    Consent, EmailAddress, Language, NewSubscriber, Subscribed, Subscriber, SubscriberId,
    Subscription, SubscriptionId,
};

const TABLE: Table = Table { name: "subscriber", key: "id" };

const SELECT: &str = "SELECT s.id, s.address, s.language, s.consent_wording, s.consent_method,
    s.consent_given_at, s.paused_at, x.id AS number, x.wish, x.changed_at
    FROM subscriber AS s LEFT JOIN subscription AS x ON x.subscriber = s.id AND x.ended_at IS NULL
    WHERE s.left_at IS NULL";

/// How a subscription was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Its reader has others.
    One,
    /// It was their last: they have left, and so many pending letters are cancelled.
    All(usize),
}

impl Store {
    /// Adds a subscription, and the subscriber if they are new. Somebody who left may come back, with a
    /// new consent and in a new row. Somebody who has subscriptions already gets another; their letters
    /// come in the language they chose last.
    ///
    /// # Errors
    /// When the address has the same subscription already, or it cannot be written.
    pub fn subscribe(&mut self, new: &NewSubscriber) -> Result<SubscriberId, StoreError> {
        let wish = wish::wish(&new.subscription);
        self.write("subscribe", |tx| put_with(tx, new, &wish))
    }

    /// Adds a subscription for a subscriber, on the consent that they gave.
    ///
    /// # Errors
    /// When they have the same already, or it cannot be written.
    pub fn add_subscription(
        &mut self,
        reader: SubscriberId,
        to: &Subscription,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(known) = self.reader(reader)? else { return Ok(()) };
        let consent = Consent { given_at: at, ..known.consent };
        let new = NewSubscriber {
            address: known.address,
            language: known.language,
            subscription: to.clone(),
            consent,
            token_hash: None,
        };
        self.subscribe(&new).map(drop)
    }

    /// Sets the language of a subscriber's letters.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn speak(&mut self, reader: SubscriberId, language: Language) -> Result<(), StoreError> {
        let sql = "UPDATE subscriber SET language = ?2 WHERE id = ?1";
        self.write("set a language", |tx| run(tx, sql, params![reader.0, language.code()]))?;
        Ok(())
    }

    /// Changes what a subscription asks for. What waits for a digest of its reader is due when their next
    /// digest is, or now if they have none any more. Returns `false` if there is no such subscription.
    ///
    /// # Errors
    /// When its reader has the same subscription already, or it cannot be written.
    pub fn change_subscription(
        &mut self,
        id: SubscriptionId,
        to: &Subscription,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let wish = wish::wish(to);
        self.write("change a subscription", |tx| {
            let Some(reader) = reader_of(tx, id)? else { return Ok(false) };
            let same = "SELECT 1 FROM subscription
                WHERE subscriber = ?1 AND wish = ?2 AND id <> ?3 AND ended_at IS NULL";
            if tx.prepare_cached(same)?.exists(params![reader, wish, id.0])? {
                let address = address_of(tx, reader)?.masked();
                return Err(StoreError::AlreadySubscribed { address }.into());
            }
            let sql = "UPDATE subscription SET wish = ?2, changed_at = ?3 WHERE id = ?1";
            run(tx, sql, params![id.0, wish, micros(at)])?;
            digest::reschedule(tx, SubscriberId(reader), at)?;
            Ok(true)
        })
    }

    /// Ends one subscription. Whoever has no other has left. `None` if there is no such subscription.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stop_subscription(
        &mut self,
        id: SubscriptionId,
        at: Timestamp,
    ) -> Result<Option<Stopped>, StoreError> {
        self.write("stop a subscription", |tx| {
            let Some(reader) = reader_of(tx, id)? else { return Ok(None) };
            run(
                tx,
                "UPDATE subscription SET ended_at = ?2 WHERE id = ?1",
                params![id.0, micros(at)],
            )?;
            let others = "SELECT 1 FROM subscription WHERE subscriber = ?1 AND ended_at IS NULL";
            if tx.prepare_cached(others)?.exists([reader])? {
                digest::reschedule(tx, SubscriberId(reader), at)?;
                return Ok(Some(Stopped::One));
            }
            Ok(Some(Stopped::All(leave(tx, reader, at)?)))
        })
    }

    /// Unsubscribes somebody, and cancels their pending letters. Returns how many there were; `None`
    /// when nobody with this address is subscribed. Case does not matter.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unsubscribe(
        &mut self,
        address: &EmailAddress,
        at: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        self.write("unsubscribe", |tx| {
            active(tx, address)?.map(|subscriber| leave(tx, subscriber, at)).transpose()
        })
    }

    /// Unsubscribes the reader of a link, as [`Store::unsubscribe`] does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unsubscribe_by_token(
        &mut self,
        token_hash: &str,
        at: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        self.write("unsubscribe", |tx| {
            let sql = "SELECT id FROM subscriber WHERE token_hash = ?1 AND left_at IS NULL";
            let found = tx.prepare_cached(sql)?.query_row([token_hash], |row| row.get(0));
            found.optional()?.map(|subscriber| leave(tx, subscriber, at)).transpose()
        })
    }

    /// Returns every subscriber, the longest subscribed first. One that cannot be read back is named in the log
    /// and left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscribers(&self) -> Result<Vec<Subscriber>, StoreError> {
        let sql = format!("{SELECT} ORDER BY s.id, x.id");
        self.read("subscribers", |connection| {
            let rows =
                all(connection, &sql, [], TABLE, |cells| unless_inconsistent(subscriber(cells)))?;
            Ok(together(rows.into_iter().flatten().collect()))
        })
    }

    /// Returns the readers with a subscription that `is_meant` picks. It is asked once for each wish, however
    /// many readers have that.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn readers_with(
        &self,
        is_meant: impl Fn(&Subscription) -> bool,
    ) -> Result<BTreeSet<SubscriberId>, StoreError> {
        self.read("who asks for something", |connection| {
            let wishes = all(connection, wish::EACH, [], wish::TABLE, |cells| {
                let subscription = unless_inconsistent(cells.json("wish", wish::subscription))?;
                Ok((cells.get::<String>("wish")?, subscription))
            })?;
            let who =
                "SELECT id, subscriber FROM subscription WHERE wish = ?1 AND ended_at IS NULL";
            let mut readers = BTreeSet::new();
            let is_meant = |subscription: &Option<_>| subscription.as_ref().is_some_and(&is_meant);
            for (wish, _) in wishes.iter().filter(|(_, subscription)| is_meant(subscription)) {
                let have = |cells: &Cells<'_, '_>| Ok(SubscriberId(cells.get("subscriber")?));
                readers.extend(all(connection, who, [wish], wish::TABLE, have)?);
            }
            Ok(readers)
        })
    }

    /// Returns whether anybody is subscribed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn has_subscribers(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM subscriber WHERE left_at IS NULL LIMIT 1";
        self.read("whether anybody is subscribed", |connection| {
            Ok(connection.prepare_cached(sql)?.exists([])?)
        })
    }

    /// Returns the subscriber with an address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscriber(&self, address: &EmailAddress) -> Result<Option<Subscriber>, StoreError> {
        let sql = format!("{SELECT} AND s.address = ?1 ORDER BY x.id");
        self.read("a subscriber", |connection| {
            let rows = all(connection, &sql, [address.as_str()], TABLE, subscriber)?;
            Ok(together(rows).pop())
        })
    }

    /// Returns a subscriber who has not left.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reader(&self, id: SubscriberId) -> Result<Option<Subscriber>, StoreError> {
        let sql = format!("{SELECT} AND s.id = ?1 ORDER BY x.id");
        self.read("a reader", |connection| {
            Ok(together(all(connection, &sql, [id.0], TABLE, subscriber)?).pop())
        })
    }

    /// Returns the subscriber who has a subscription.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscriber_with(&self, id: SubscriptionId) -> Result<Option<Subscriber>, StoreError> {
        let reader = self.read("whose subscription it is", |connection| reader_of(connection, id));
        reader?.map_or(Ok(None), |reader| self.reader(SubscriberId(reader)))
    }
}

/// Adds what somebody confirmed. Whoever has exactly that already has it still.
pub(super) fn put(connection: &Connection, new: &NewSubscriber) -> Result<SubscriberId, Trouble> {
    let wish = wish::wish(&new.subscription);
    if let Some(known) = active(connection, &new.address)?
        && has(connection, known, &wish)?
    {
        return Ok(SubscriberId(known));
    }
    put_with(connection, new, &wish)
}

fn put_with(
    connection: &Connection,
    new: &NewSubscriber,
    wish: &str,
) -> Result<SubscriberId, Trouble> {
    let subscriber = match active(connection, &new.address)? {
        Some(known) => meet_again(connection, known, new, wish)?,
        None => put_subscriber(connection, new)?,
    };
    put_subscription(connection, subscriber, new, wish)?;
    Ok(SubscriberId(subscriber))
}

/// Whether a subscriber has a subscription.
fn has(connection: &Connection, known: i64, wish: &str) -> Result<bool, Trouble> {
    let same = "SELECT 1 FROM subscription
        WHERE subscriber = ?1 AND wish = ?2 AND ended_at IS NULL";
    Ok(connection.prepare_cached(same)?.exists(params![known, wish])?)
}

/// Ends everything that goes to a subscriber's address, also where they left and came back since. Whoever is
/// forgotten has no address.
pub(super) fn leave_address(
    connection: &Connection,
    subscriber: SubscriberId,
    at: Timestamp,
) -> Result<usize, Trouble> {
    let blank = "SELECT 1 FROM subscriber WHERE id = ?1 AND address = ''";
    if connection.prepare_cached(blank)?.exists([subscriber.0])? {
        return Ok(0);
    }
    let address = address_of(connection, subscriber.0)?;
    let now = active(connection, &address)?;
    now.map_or(Ok(0), |now| leave(connection, now, at))
}

/// Somebody who is subscribed already asks for something more.
fn meet_again(
    connection: &Connection,
    known: i64,
    new: &NewSubscriber,
    wish: &str,
) -> Result<i64, Trouble> {
    if has(connection, known, wish)? {
        let address = new.address.masked();
        return Err(StoreError::AlreadySubscribed { address }.into());
    }
    let sql = "UPDATE subscriber SET language = ?2, token_hash = coalesce(token_hash, ?3)
        WHERE id = ?1";
    run(connection, sql, params![known, new.language.code(), new.token_hash])?;
    Ok(known)
}

fn put_subscriber(connection: &Connection, new: &NewSubscriber) -> Result<i64, Trouble> {
    run(
        connection,
        "INSERT INTO subscriber (address, language, consent_wording, consent_method,
            consent_given_at, token_hash)
         VALUES (:address, :language, :wording, :method, :given, :token)",
        named_params! {
            ":address": new.address.as_str(),
            ":language": new.language.code(),
            ":wording": new.consent.wording,
            ":method": new.consent.method,
            ":given": micros(new.consent.given_at),
            ":token": new.token_hash,
        },
    )?;
    Ok(connection.last_insert_rowid())
}

fn put_subscription(
    connection: &Connection,
    subscriber: i64,
    new: &NewSubscriber,
    wish: &str,
) -> Result<(), Trouble> {
    run(
        connection,
        "INSERT INTO subscription (subscriber, wish, consent_wording, consent_method,
            consent_given_at, changed_at)
         VALUES (:subscriber, :wish, :wording, :method, :given, :given)",
        named_params! {
            ":subscriber": subscriber,
            ":wish": wish,
            ":wording": new.consent.wording,
            ":method": new.consent.method,
            ":given": micros(new.consent.given_at),
        },
    )?;
    Ok(())
}

fn active(connection: &Connection, address: &EmailAddress) -> Result<Option<i64>, Trouble> {
    let sql = "SELECT id FROM subscriber WHERE address = ?1 AND left_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([address.as_str()], |row| row.get(0)).optional()?)
}

/// Whose subscription it is, if it has not ended.
fn reader_of(connection: &Connection, id: SubscriptionId) -> Result<Option<i64>, Trouble> {
    let sql =
        "SELECT x.subscriber FROM subscription AS x JOIN subscriber AS s ON s.id = x.subscriber
        WHERE x.id = ?1 AND x.ended_at IS NULL AND s.left_at IS NULL";
    Ok(connection.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?)
}

fn address_of(connection: &Connection, subscriber: i64) -> Result<EmailAddress, Trouble> {
    let sql = "SELECT id, address FROM subscriber WHERE id = ?1";
    let read = |cells: &Cells<'_, '_>| cells.parsed("address", EmailAddress::parse);
    let found = first(connection, sql, [subscriber], TABLE, read)?;
    found.ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
}

/// Ends everything of a reader, which is noted beside the database first.
fn leave(connection: &Connection, subscriber: i64, at: Timestamp) -> Result<usize, Trouble> {
    suppression::note(connection, &address_of(connection, subscriber)?, at, Leaving::Left)?;
    end(connection, SubscriberId(subscriber), at)
}

/// Ends everything of a reader.
pub(super) fn end(
    connection: &Connection,
    reader: SubscriberId,
    at: Timestamp,
) -> Result<usize, Trouble> {
    let SubscriberId(subscriber) = reader;
    let with = params![subscriber, micros(at)];
    run(connection, "UPDATE subscriber SET left_at = ?2 WHERE id = ?1", with)?;
    let end = "UPDATE subscription SET ended_at = ?2 WHERE subscriber = ?1 AND ended_at IS NULL";
    run(connection, end, with)?;
    digest::forget(connection, reader)?;
    run(
        connection,
        "UPDATE delivery SET state = 'cancelled', settled_at = ?2
         WHERE subscriber = ?1 AND state = 'due'",
        with,
    )
}

/// One subscriber with each of their subscriptions in a row of its own.
fn together(rows: Vec<Subscriber>) -> Vec<Subscriber> {
    let mut found: Vec<Subscriber> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some(last) if last.id == row.id => last.subscriptions.extend(row.subscriptions),
            Some(_) | None => found.push(row),
        }
    }
    found
}

fn subscriber(cells: &Cells<'_, '_>) -> Result<Subscriber, Trouble> {
    let number: Option<i64> = cells.get("number")?;
    let subscribed = number.map(|number| {
        Ok::<_, Trouble>(Subscribed {
            id: SubscriptionId(number),
            to: cells.json("wish", wish::subscription)?,
            since: cells.moment("changed_at")?,
        })
    });
    Ok(Subscriber {
        id: SubscriberId(cells.get("id")?),
        address: cells.parsed("address", EmailAddress::parse)?,
        language: cells.word("language", Language::from_code)?,
        subscriptions: Vec::from_iter(subscribed.transpose()?),
        consent: Consent {
            wording: cells.get("consent_wording")?,
            method: cells.get("consent_method")?,
            given_at: cells.moment("consent_given_at")?,
        },
        paused_at: cells.moment_if("paused_at")?,
        key: None,
    })
}
