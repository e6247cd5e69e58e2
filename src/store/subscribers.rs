//! Subscribers: who is told, on what consent, and leaving.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};
use serde_json::{Value as Json, json};

use super::{
    Store, StoreError,
    error::Trouble,
    rows::{Cells, Table, all, first, list, micros, run},
};
use crate::model::{
    ChangeKind, Consent, EmailAddress, Language, NewSubscriber, Severity, Subscriber, SubscriberId,
    Subscription,
};

const TABLE: Table = Table { name: "subscriber", key: "id" };

const SELECT: &str = "SELECT id, address, language, subscription, consent_wording, consent_method,
    consent_given_at FROM subscriber WHERE left_at IS NULL";

impl Store {
    /// Adds a subscriber. Somebody who left may come back, with a new consent and in a new row.
    ///
    /// # Errors
    /// When the address is subscribed already, or it cannot be written.
    pub fn subscribe(&mut self, new: &NewSubscriber) -> Result<SubscriberId, StoreError> {
        self.write("subscribe", |tx| {
            if active(tx, &new.address)?.is_some() {
                let address = new.address.masked();
                return Err(StoreError::AlreadySubscribed { address }.into());
            }
            run(
                tx,
                "INSERT INTO subscriber (address, language, subscription, consent_wording,
                    consent_method, consent_given_at, token_hash)
                 VALUES (:address, :language, :subscription, :wording, :method, :given, :token)",
                named_params! {
                    ":address": new.address.as_str(),
                    ":language": new.language.code(),
                    ":subscription": subscription_json(&new.subscription).to_string(),
                    ":wording": new.consent.wording,
                    ":method": new.consent.method,
                    ":given": micros(new.consent.given_at),
                    ":token": new.token_hash,
                },
            )?;
            Ok(SubscriberId(tx.last_insert_rowid()))
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

    /// Returns every subscriber, the longest subscribed first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscribers(&self) -> Result<Vec<Subscriber>, StoreError> {
        let sql = format!("{SELECT} ORDER BY id");
        self.read("subscribers", |connection| all(connection, &sql, [], TABLE, subscriber))
    }

    /// Returns the subscriber with an address.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn subscriber(&self, address: &EmailAddress) -> Result<Option<Subscriber>, StoreError> {
        let sql = format!("{SELECT} AND address = ?1");
        self.read("a subscriber", |connection| {
            first(connection, &sql, [address.as_str()], TABLE, subscriber)
        })
    }
}

fn active(connection: &Connection, address: &EmailAddress) -> Result<Option<i64>, Trouble> {
    let sql = "SELECT id FROM subscriber WHERE address = ?1 AND left_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([address.as_str()], |row| row.get(0)).optional()?)
}

fn leave(connection: &Connection, subscriber: i64, at: Timestamp) -> Result<usize, Trouble> {
    run(
        connection,
        "UPDATE subscriber SET left_at = ?2 WHERE id = ?1",
        params![subscriber, micros(at)],
    )?;
    run(
        connection,
        "UPDATE delivery SET state = 'cancelled', settled_at = ?2
         WHERE subscriber = ?1 AND state = 'due'",
        params![subscriber, micros(at)],
    )
}

pub(super) fn subscription_json(subscription: &Subscription) -> Json {
    json!({
        "programs": subscription.programs,
        "jurisdictions": subscription.jurisdictions,
        "facts": subscription.facts,
        "nocs": subscription.nocs,
        "kinds": subscription.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "severity": subscription.severity.word(),
    })
}

pub(super) fn subscription(json: &Json) -> Option<Subscription> {
    let texts = |name: &str| list(json.get(name)?, |text| Some(text.to_owned()));
    Some(Subscription {
        programs: texts("programs")?,
        jurisdictions: texts("jurisdictions")?,
        facts: texts("facts")?,
        nocs: texts("nocs")?,
        kinds: list(json.get("kinds")?, ChangeKind::from_word)?,
        severity: Severity::from_word(json.get("severity")?.as_str()?)?,
    })
}

fn subscriber(cells: &Cells<'_, '_>) -> Result<Subscriber, Trouble> {
    Ok(Subscriber {
        id: SubscriberId(cells.get("id")?),
        address: cells.parsed("address", EmailAddress::parse)?,
        language: cells.word("language", Language::from_code)?,
        subscription: cells.json("subscription", subscription)?,
        consent: Consent {
            wording: cells.get("consent_wording")?,
            method: cells.get("consent_method")?,
            given_at: cells.moment("consent_given_at")?,
        },
    })
}
