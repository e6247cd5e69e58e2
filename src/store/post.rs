//! Why all letters wait, and who is sending which: the outbox for those who send.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params, params};

use super::{
    Store, StoreError,
    delivery::enqueue,
    error::{Trouble, unless_damaged},
    hook,
    rows::{Cells, Table, all, first, micros, number, run, unless_inconsistent},
};
use crate::model::{
    DeliveryId, MailStep, MailWait, Means, NewDelivery, SendFailure, latest_believed,
};

const WAIT: Table = Table { name: "mail_wait", key: "id" };

/// How long a letter is reserved for its sender: longer than a mail server may take.
const LEASE: SignedDuration = SignedDuration::from_mins(30);

/// Whether a letter is due now (`?1`). One that was enqueued or last tried later than `?2`, the latest
/// believable time, is due: a clock was wrong, and the wait that it set may end years from now.
const IS_DUE: &str = "state = 'due' AND (due_at <= ?1 OR enqueued_at > ?2 OR EXISTS
    (SELECT 1 FROM attempt WHERE attempt.delivery = delivery.id AND tried_at > ?2))";

/// A letter that is reserved for its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The letter.
    pub id: DeliveryId,
    /// To whom.
    pub to: String,
    /// Whether it, or another letter to the same reader, was tried in vain.
    pub is_failing: bool,
}

impl Store {
    /// Returns why all letters wait, where they do.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mail_wait(&self) -> Result<Option<MailWait>, StoreError> {
        let sql = "SELECT * FROM mail_wait";
        self.read("why letters wait", |connection| {
            let read = |cells: &Cells<'_, '_>| unless_inconsistent(wait(cells));
            Ok(first(connection, sql, [], WAIT, read)?.flatten())
        })
    }

    /// Notes that all letters wait, and why.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_mail_wait(&mut self, wait: &MailWait) -> Result<(), StoreError> {
        self.write("begin mail wait", |tx| put(tx, wait))
    }

    /// Ends the pause of all letters, and that of each, but not their reasons: the next tries show whether those are
    /// over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_mail_pause(&mut self, now: Timestamp) -> Result<(), StoreError> {
        unless_damaged(self.write("end mail pause", |tx| try_now(tx)))?;
        self.write("make every letter due", |tx| {
            let each = "UPDATE delivery SET due_at = ?1 WHERE state = 'due' AND due_at > ?1";
            run(tx, each, [micros(now)]).map(drop)
        })
    }

    /// Notes that letters go out again, and enqueues the letters about it.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is.
    pub fn end_mail_wait(
        &mut self,
        letters: &[NewDelivery],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("end mail wait", |tx| {
            run(tx, "DELETE FROM mail_wait", [])?;
            enqueue(tx, None, letters, at)
        })
    }

    /// Reserves due letters for a sender: nobody else gets them meanwhile. The longest due come first,
    /// alternating between those that were tried before and those that were not: this shows at once
    /// whether an earlier failure is over, and whether it concerns those letters alone. A letter that
    /// cannot be read back does not hold up the others.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn lease(
        &mut self,
        by: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        let take = "UPDATE delivery SET leased_by = ?2, leased_at = ?3 WHERE id = ?1";
        let find = |connection: &Connection| free(connection, now, limit);
        // Usually there is none: then nobody waits for the right to write.
        if self.read("letters to lease", find)?.is_empty() {
            return Ok(Vec::new());
        }
        self.write("lease letters", |tx| {
            let taken = find(tx)?;
            for letter in &taken {
                run(tx, take, params![letter.id.as_str(), by, micros(now)])?;
            }
            Ok(taken)
        })
    }

    /// Gives back the letters that a sender reserved and did not send.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn give_back(&mut self, by: &str) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET leased_by = NULL, leased_at = NULL WHERE leased_by = ?1";
        self.write("give letters back", |tx| run(tx, sql, [by]).map(drop))
    }

    /// Gives back all reserved letters: for a caller that knows that nobody else is sending.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn give_all_back(&mut self) -> Result<(), StoreError> {
        let sql =
            "UPDATE delivery SET leased_by = NULL, leased_at = NULL WHERE leased_by IS NOT NULL";
        self.write("give all letters back", |tx| {
            run(tx, sql, [])?;
            hook::give_all_back(tx)
        })
    }

    /// Returns how many letters are due.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let sql = format!("SELECT count(*) FROM delivery WHERE {IS_DUE}");
        self.read("how many letters are due", |connection| {
            let with = params![micros(now), micros(latest_believed(now))];
            let due: i64 = connection.prepare_cached(&sql)?.query_row(with, |row| row.get(0))?;
            Ok(usize::try_from(due).unwrap_or_default())
        })
    }

    /// Makes every letter due now that was given up or waits, and ends the wait of all of them. Returns
    /// how many there were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn retry_all(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        self.write("retry all letters", |tx| {
            try_now(tx)?;
            run(
                tx,
                "UPDATE delivery SET state = 'due', due_at = ?1, attempts = 0, settled_at = NULL
                 WHERE state IN ('due', 'gave_up')",
                [micros(now)],
            )
        })
    }
}

/// The letters that nobody is sending and that may be taken now. Each of the three ways to be due has an
/// index, so that a few letters are found at once among any number.
fn free(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Leased>, Trouble> {
    // A lease dated ahead of now is from a clock that was ahead: nobody knows how old it is. Nothing goes to
    // a reader whose letters come back.
    const FREE: &str = "state = 'due' AND (leased_at IS NULL OR leased_at <= ?3 OR leased_at > ?1)
        AND (subscriber IS NULL OR NOT EXISTS (
            SELECT 1 FROM subscriber AS s WHERE s.id = subscriber AND s.paused_at IS NOT NULL))";
    const FAILING: &str = "(d.last_error IS NOT NULL OR EXISTS (
            SELECT 1 FROM delivery AS o WHERE o.subscriber = d.subscriber AND o.state = 'due'
            AND o.last_error IS NOT NULL)) AS is_failing";
    let dated = format!(
        "SELECT id, to_address, {FAILING} FROM delivery AS d WHERE {FREE} AND due_at > ?1 AND (enqueued_at > ?2
            OR id IN (SELECT delivery FROM attempt WHERE tried_at > ?2))
         ORDER BY due_at, rowid LIMIT ?4"
    );
    let due = |is_tried: bool| {
        let tried = if is_tried { "IS NOT NULL" } else { "IS NULL" };
        format!(
            "SELECT id, to_address, {FAILING} FROM delivery AS d
             WHERE {FREE} AND last_error {tried} AND due_at <= ?1
             ORDER BY due_at, rowid LIMIT ?4"
        )
    };
    let (ahead, expired) =
        (micros(latest_believed(now)), now.checked_sub(LEASE).unwrap_or(Timestamp::MIN));
    let with = params![micros(now), ahead, micros(expired), number(limit)];
    let read = |sql: &str| {
        all(connection, sql, with, super::delivery::TABLE, |cells| {
            let id = cells.parsed("id", DeliveryId::parse)?;
            let is_failing = cells.get("is_failing")?;
            Ok(Leased { id, to: cells.get("to_address")?, is_failing })
        })
    };
    let (mut tried, fresh) = (read(&due(true))?, read(&due(false))?);
    tried.extend(read(&dated)?);
    let (mut tried, mut fresh) = (tried.into_iter(), fresh.into_iter());
    let mut taken = Vec::new();
    while taken.len() < limit {
        let pair = [tried.next(), fresh.next()];
        if pair.iter().all(Option::is_none) {
            break;
        }
        taken.extend(pair.into_iter().flatten());
    }
    taken.truncate(limit);
    Ok(taken)
}

/// Ends the pause of all letters, but not its reason: the next try shows whether that is over.
pub(super) fn try_now(connection: &Connection) -> Result<(), Trouble> {
    run(connection, "UPDATE mail_wait SET seconds = 0", []).map(drop)
}

fn put(connection: &Connection, wait: &MailWait) -> Result<(), Trouble> {
    let MailWait { since, asked_at, length, failures, failure } = wait;
    let SendFailure { step, code, words, means } = failure;
    run(
        connection,
        "INSERT INTO mail_wait (id, since_at, asked_at, seconds, failures, step, code, means, words)
         VALUES (1, :since, :asked, :seconds, :failures, :step, :code, :means, :words)
         ON CONFLICT (id) DO UPDATE SET since_at = :since, asked_at = :asked, seconds = :seconds,
            failures = :failures, step = :step, code = :code, means = :means, words = :words",
        named_params! {
            ":since": micros(*since),
            ":asked": micros(*asked_at),
            ":seconds": i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
            ":failures": failures,
            ":step": step.word(),
            ":code": code,
            ":means": means.word(),
            ":words": words,
        },
    )
    .map(drop)
}

fn wait(cells: &Cells<'_, '_>) -> Result<MailWait, Trouble> {
    let code = cells.get::<Option<i64>>("code")?.map(u16::try_from).transpose();
    Ok(MailWait {
        since: cells.moment("since_at")?,
        asked_at: cells.moment("asked_at")?,
        length: std::time::Duration::from_secs(cells.count("seconds")?),
        failures: cells.count("failures")?,
        failure: SendFailure {
            step: cells.word("step", MailStep::from_word)?,
            code: code.map_err(|fault| cells.bad("code", fault))?,
            words: cells.get("words")?,
            means: cells.word("means", Means::from_word)?,
        },
    })
}
