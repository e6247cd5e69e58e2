//! Keys in links: random, told once, and stored only as hashes.
//!
//! A *sign-up* is what somebody asked for on the pages: its key is in the letter that asks whether they meant
//! it, works once and expires. A *reader's key* is in each letter to a subscriber: by it they leave and change
//! what they hear of; it does not expire. Whoever reads the database cannot use a link.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Params, named_params, params};

use super::{
    Store, StoreError,
    delivery::enqueue,
    error::Trouble,
    rows::{Cells, Table, first, micros, run},
    subscribers::{leave_address, put},
    wish,
};
use crate::model::{
    Consent, EmailAddress, Key, Language, NewDelivery, NewSubscriber, SIGN_UP_WORKS, SignUp,
    SubscriberId,
};

const TABLE: Table = Table { name: "signup", key: "id" };

/// How many random bytes a key has.
const BYTES: usize = 20;

/// How many letters to confirm may go out: to one address in a day, and to all in an hour.
const TO_ONE: i64 = 3;
const TO_ALL: i64 = 200;

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedUp {
    /// The letter that asks is enqueued.
    Asked,
    /// The address has been asked often enough today: nothing is enqueued.
    Enough,
    /// So many signed up in the last hour that nobody more is taken.
    TooMany,
}

/// What came of using a key that confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyUse {
    /// They are subscribed.
    Now(SubscriberId),
    /// The key was used already.
    Before,
}

impl Store {
    /// Makes a key that nobody can guess.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new_key(&self) -> Result<Key, StoreError> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Random { why: error.to_string() })?;
        Ok(Key::of_bytes(&bytes))
    }

    /// Stores what somebody asked for, and enqueues the letter that asks whether they meant it. What nobody
    /// confirmed in time is forgotten, with its address.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sign_up(
        &mut self,
        key: &Key,
        signup: &SignUp,
        letter: &NewDelivery,
        manage: Option<(SubscriberId, &Key)>,
    ) -> Result<SignedUp, StoreError> {
        let wish = wish::wish(&signup.subscription);
        self.write("sign up", |tx| {
            let now = signup.asked_at;
            forget(tx, now)?;
            let ago = |hours| micros(now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now));
            let all = "SELECT count(*) FROM signup WHERE asked_at > ?1";
            if count(tx, all, params![ago(1)])? >= TO_ALL {
                return Ok(SignedUp::TooMany);
            }
            let one = "SELECT count(*) FROM signup WHERE asked_at > ?1 AND address = ?2";
            if count(tx, one, params![ago(24), signup.address.as_str()])? >= TO_ONE {
                return Ok(SignedUp::Enough);
            }
            run(
                tx,
                "INSERT INTO signup (address, language, wish, consent_wording, asked_at, expires_at, key_hash)
                 VALUES (:address, :language, :wish, :wording, :asked, :expires, :key)",
                named_params! {
                    ":address": signup.address.as_str(),
                    ":language": signup.language.code(),
                    ":wish": wish,
                    ":wording": signup.wording,
                    ":asked": micros(now),
                    ":expires": micros(signup.expires_at),
                    ":key": key.hash(),
                },
            )?;
            // Only a letter that goes out has a key: one that nobody gets opens nothing.
            if let Some((reader, key)) = manage {
                put_reader_key(tx, reader, key, now)?;
            }
            enqueue(tx, None, std::slice::from_ref(letter), now)?;
            Ok(SignedUp::Asked)
        })
    }

    /// Returns what a key would confirm; `None` for one that is unknown, used or expired.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn signed_up(&self, key: &Key, now: Timestamp) -> Result<Option<SignUp>, StoreError> {
        self.read("a sign-up", |connection| open(connection, key, now))
    }

    /// Subscribes whoever signed up under a key. Each key works once. `None` for one that is unknown or expired.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn join(&mut self, key: &Key, now: Timestamp) -> Result<Option<KeyUse>, StoreError> {
        self.write("join", |tx| {
            let Some(signup) = open(tx, key, now)? else {
                let used = "SELECT 1 FROM signup WHERE key_hash = ?1 AND used_at IS NOT NULL";
                let is_used = tx.prepare_cached(used)?.exists([key.hash()])?;
                return Ok(is_used.then_some(KeyUse::Before));
            };
            // Its address is known as a subscriber's from now on, and here no longer.
            run(
                tx,
                "UPDATE signup SET used_at = ?2, address = '' WHERE key_hash = ?1",
                params![key.hash(), micros(now)],
            )?;
            let new = NewSubscriber {
                address: signup.address,
                language: signup.language,
                subscription: signup.subscription,
                consent: Consent {
                    wording: signup.wording,
                    method: CONFIRMED.to_owned(),
                    given_at: now,
                },
                token_hash: None,
            };
            put(tx, &new).map(KeyUse::Now).map(Some)
        })
    }

    /// Makes a key for a letter to a reader.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn reader_key(&mut self, reader: SubscriberId, now: Timestamp) -> Result<Key, StoreError> {
        let key = self.new_key()?;
        self.write("make a reader's key", |tx| put_reader_key(tx, reader, &key, now))?;
        Ok(key)
    }

    /// Returns whose key it is, whether or not they have left.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reader_of_key(&self, key: &Key) -> Result<Option<SubscriberId>, StoreError> {
        self.read("whose key it is", |connection| whose(connection, key))
    }

    /// Ends every subscription of the address that a key was sent to, however it came back since. Returns how
    /// many letters were cancelled; `None` for an unknown key. Whoever has left stays so.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn leave_by_key(&mut self, key: &Key, now: Timestamp) -> Result<Option<usize>, StoreError> {
        self.write("leave", |tx| {
            let Some(reader) = whose(tx, key)? else { return Ok(None) };
            leave_address(tx, reader, now).map(Some)
        })
    }
}

/// How consent is given on the pages.
const CONFIRMED: &str = "web, confirmed by letter";

fn count(connection: &Connection, sql: &str, with: impl Params) -> Result<i64, Trouble> {
    Ok(connection.prepare_cached(sql)?.query_row(with, |row| row.get(0))?)
}

/// Deletes the sign-ups that expired, and the letters that asked about them: nothing is left of whoever did
/// not answer.
pub(super) fn forget(connection: &Connection, now: Timestamp) -> Result<(), Trouble> {
    run(connection, "DELETE FROM signup WHERE expires_at <= ?1", [micros(now)])?;
    let old = micros(now.checked_sub(SIGN_UP_WORKS).unwrap_or(now));
    let letters = "SELECT id FROM delivery WHERE kind = 'confirm' AND enqueued_at <= ?1";
    run(connection, &format!("DELETE FROM attempt WHERE delivery IN ({letters})"), [old])?;
    run(connection, "DELETE FROM delivery WHERE kind = 'confirm' AND enqueued_at <= ?1", [old])?;
    Ok(())
}

/// The sign-up of a key that still works.
fn open(connection: &Connection, key: &Key, now: Timestamp) -> Result<Option<SignUp>, Trouble> {
    let sql =
        "SELECT id, address, language, wish, consent_wording, asked_at, expires_at FROM signup
        WHERE key_hash = ?1 AND used_at IS NULL AND expires_at > ?2";
    first(connection, sql, params![key.hash(), micros(now)], TABLE, signup)
}

fn signup(cells: &Cells<'_, '_>) -> Result<SignUp, Trouble> {
    Ok(SignUp {
        address: cells.parsed("address", EmailAddress::parse)?,
        language: cells.word("language", Language::from_code)?,
        subscription: cells.json("wish", wish::subscription)?,
        wording: cells.get("consent_wording")?,
        asked_at: cells.moment("asked_at")?,
        expires_at: cells.moment("expires_at")?,
    })
}

fn put_reader_key(
    connection: &Connection,
    reader: SubscriberId,
    key: &Key,
    now: Timestamp,
) -> Result<(), Trouble> {
    let sql = "INSERT INTO reader_key (hash, subscriber, made_at) VALUES (?1, ?2, ?3)";
    run(connection, sql, params![key.hash(), reader.0, micros(now)]).map(drop)
}

/// Whose key it is.
fn whose(connection: &Connection, key: &Key) -> Result<Option<SubscriberId>, Trouble> {
    let sql = "SELECT subscriber FROM reader_key WHERE hash = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([key.hash()], |row| row.get(0).map(SubscriberId));
    Ok(found.optional()?)
}
