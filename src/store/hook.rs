//! Hooks, and their calls: what is told is enqueued for each hook that hears it, in the transaction that tells
//! it, and called until it is taken.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};
use serde_json::Value as Json;
use url::Url;

use super::{
    Store, StoreError, delivery,
    error::Trouble,
    event::{CHANGE, COLUMNS, change},
    rows::{Cells, Table, all, first, list, micros, number, run},
    snapshot::compress,
    wish::{subscription, wish},
};
use crate::model::{
    CallRow, Change, ChangeId, DeliveryId, EventId, Hook, HookForm, HookId, Language, NewDelivery,
    NewHook, PendingCall, latest_believed, masked,
};

const HOOK: Table = Table { name: "hook", key: "id" };
const CALL: Table = Table { name: "hook_call", key: "id" };

/// How long a call is reserved for its caller: longer than one takes.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Whether hook `h` may be called at `:now`. A failure that is dated later than `:ahead` is from a wrong clock.
const MAY_BE_CALLED: &str = "h.removed_at IS NULL AND h.paused_at IS NULL AND (h.asked_at IS NULL
    OR h.asked_at + h.wait_seconds * 1000000 <= :now OR h.asked_at > :ahead)";

/// Whether call `c` is due at `:now` and nobody is making it.
const IS_DUE: &str = "c.state = 'due' AND (c.due_at <= :now OR c.enqueued_at > :ahead)
    AND (c.leased_at IS NULL OR c.leased_at <= :expired OR c.leased_at > :now)";

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// It was taken.
    Sent,
    /// Not this time.
    RetryAt(Timestamp),
    /// Never.
    GaveUp,
    /// It has nothing left to tell.
    Cancelled,
}

/// What follows for the hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookThen {
    /// It works.
    Works,
    /// Nothing.
    Leave,
    /// It is not called for a while.
    Waits(SignedDuration),
    /// It is not called any more.
    Paused,
}

/// A call that has ended.
#[derive(Debug, Clone)]
pub struct CallRecord<'a> {
    /// Which.
    pub id: &'a DeliveryId,
    /// Of which hook.
    pub hook: HookId,
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: CallOutcome,
    /// What went wrong, if it did.
    pub why: Option<&'a str>,
    /// What follows for the hook.
    pub then: HookThen,
    /// The letters that tell the operator.
    pub letters: &'a [NewDelivery],
}

impl Store {
    /// Adds a hook; `None` when its address is one already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_hook(&mut self, new: &NewHook, at: Timestamp) -> Result<Option<HookId>, StoreError> {
        self.write("add hook", |tx| {
            let sql = "INSERT INTO hook (url, form, language, subscription, salt, added_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING RETURNING id";
            let asked = params![
                new.url.as_str(),
                new.form.word(),
                new.language.code(),
                wish(&new.subscription),
                new.salt,
                micros(at)
            ];
            let id = tx.prepare_cached(sql)?.query_row(asked, |row| row.get(0)).optional()?;
            Ok(id.map(HookId))
        })
    }

    /// Returns every hook, in the order they were added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hooks(&self) -> Result<Vec<Hook>, StoreError> {
        self.read("hooks", hooks)
    }

    /// Removes a hook and cancels its calls. Returns how many there were; `None` when there is no such hook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remove_hook(&mut self, id: HookId, at: Timestamp) -> Result<Option<usize>, StoreError> {
        self.write("remove hook", |tx| {
            let sql = "UPDATE hook SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL";
            if run(tx, sql, params![id.0, micros(at)])? == 0 {
                return Ok(None);
            }
            let sql = "UPDATE hook_call SET state = 'cancelled', settled_at = ?2
                 WHERE hook = ?1 AND state = 'due'";
            run(tx, sql, params![id.0, micros(at)]).map(Some)
        })
    }

    /// Calls a hook again that was paused or waits, with all tries ahead of its calls. Returns how many are
    /// due; `None` when there is no such hook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn resume_hook(&mut self, id: HookId, at: Timestamp) -> Result<Option<usize>, StoreError> {
        self.write("resume hook", |tx| {
            let sql = "UPDATE hook SET paused_at = NULL, failing_since_at = NULL, asked_at = NULL,
                 wait_seconds = 0 WHERE id = ?1 AND removed_at IS NULL";
            if run(tx, sql, [id.0])? == 0 {
                return Ok(None);
            }
            let sql =
                "UPDATE hook_call SET due_at = ?2, attempts = 0 WHERE hook = ?1 AND state = 'due'";
            run(tx, sql, params![id.0, micros(at)]).map(Some)
        })
    }

    /// Returns the hooks that may be called now and have something to be told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hooks_to_call(&self, now: Timestamp) -> Result<Vec<Hook>, StoreError> {
        let sql = format!(
            "SELECT h.* FROM hook AS h WHERE {MAY_BE_CALLED}
             AND EXISTS (SELECT 1 FROM hook_call AS c WHERE c.hook = h.id AND {IS_DUE}) ORDER BY h.id"
        );
        self.read("hooks to call", |connection| {
            let (now, ahead, expired) = times(now);
            let asked = named_params! { ":now": now, ":ahead": ahead, ":expired": expired };
            all(connection, &sql, asked, HOOK, hook)
        })
    }

    /// Reserves the call of a hook that has been due longest.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn lease_call(
        &mut self,
        hook: HookId,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<PendingCall>, StoreError> {
        let sql = format!(
            "SELECT c.* FROM hook_call AS c WHERE c.hook = :hook AND {IS_DUE}
             ORDER BY c.enqueued_at, c.rowid LIMIT 1"
        );
        self.write("lease call", |tx| {
            let (at, ahead, expired) = times(now);
            let asked = named_params! {
                ":hook": hook.0, ":now": at, ":ahead": ahead, ":expired": expired,
            };
            let call = first(tx, &sql, asked, CALL, pending)?;
            if let Some(call) = &call {
                let take = "UPDATE hook_call SET leased_by = ?2, leased_at = ?3 WHERE id = ?1";
                run(tx, take, params![call.id.as_str(), by, at])?;
            }
            Ok(call)
        })
    }

    /// Keeps the bytes of a call's first try. Later ones send the same.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_call(&mut self, id: &DeliveryId, body: &[u8]) -> Result<(), StoreError> {
        let packed = compress(body).map_err(|trouble| trouble.writing("keep call"))?;
        self.write("keep call", |tx| {
            let sql =
                "UPDATE hook_call SET body = ?2, body_bytes = ?3 WHERE id = ?1 AND body IS NULL";
            run(tx, sql, params![id.as_str(), packed, number(body.len())]).map(drop)
        })
    }

    /// Records how a call ended, and what follows for its hook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record_call(&mut self, of: &CallRecord<'_>) -> Result<(), StoreError> {
        self.write("record call", |tx| {
            ended(tx, of)?;
            follows(tx, of)?;
            delivery::enqueue(tx, None, of.letters, of.at)
        })
    }

    /// Makes a call due now that waits or was given up. Returns `false` for one that was taken or cancelled, or
    /// whose hook was removed; `None` when there is no such call.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn retry_call(
        &mut self,
        id: &DeliveryId,
        now: Timestamp,
    ) -> Result<Option<bool>, StoreError> {
        self.write("retry call", |tx| {
            let sql = "SELECT hook FROM hook_call WHERE id = ?1";
            let hook =
                tx.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get(0)).optional()?;
            let Some(hook) = hook else { return Ok(None) };
            let sql =
                "UPDATE hook_call SET state = 'due', due_at = ?2, attempts = 0, settled_at = NULL
                 WHERE id = ?1 AND state IN ('due', 'gave_up')
                 AND hook IN (SELECT id FROM hook WHERE removed_at IS NULL)";
            let touched = run(tx, sql, params![id.as_str(), micros(now)])?;
            try_now(tx, Some(hook))?;
            Ok(Some(touched > 0))
        })
    }

    /// Makes every call due now that waits or was given up. Returns how many there were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn retry_all_calls(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        self.write("retry all calls", |tx| {
            try_now(tx, None)?;
            let sql =
                "UPDATE hook_call SET state = 'due', due_at = ?1, attempts = 0, settled_at = NULL
                 WHERE state IN ('due', 'gave_up')
                 AND hook IN (SELECT id FROM hook WHERE removed_at IS NULL)";
            run(tx, sql, [micros(now)])
        })
    }

    /// Returns the calls, the latest enqueued first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn calls(&self) -> Result<Vec<CallRow>, StoreError> {
        let sql = "SELECT c.*, h.url AS url, coalesce(c.last_error, h.last_error) AS why
             FROM hook_call AS c JOIN hook AS h ON h.id = c.hook ORDER BY c.enqueued_at DESC, c.id";
        self.read("calls", |connection| all(connection, sql, [], CALL, row))
    }

    /// Returns how many calls are to be made, also those that wait.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_calls(&self) -> Result<u64, StoreError> {
        self.read("how many calls are due", |connection| {
            let sql = "SELECT count(*) FROM hook_call WHERE state = 'due'";
            let due: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            Ok(u64::try_from(due).unwrap_or_default())
        })
    }
}

/// Now, the latest believable time, and when a lease that has just expired was taken.
fn times(now: Timestamp) -> (i64, i64, i64) {
    let expired = now.checked_sub(LEASE).unwrap_or(Timestamp::MIN);
    (micros(now), micros(latest_believed(now)), micros(expired))
}

/// Ends the wait of a hook, or of all; a pause stays.
fn try_now(connection: &Connection, hook: Option<i64>) -> Result<(), Trouble> {
    let sql = "UPDATE hook SET wait_seconds = 0 WHERE ?1 IS NULL OR id = ?1";
    run(connection, sql, [hook]).map(drop)
}

/// Gives back all reserved calls.
pub(super) fn give_all_back(connection: &Connection) -> Result<(), Trouble> {
    let sql = "UPDATE hook_call SET leased_by = NULL, leased_at = NULL WHERE leased_by IS NOT NULL";
    run(connection, sql, []).map(drop)
}

fn ended(connection: &Connection, of: &CallRecord<'_>) -> Result<(), Trouble> {
    let (state, due_at) = match of.outcome {
        CallOutcome::Sent => ("sent", None),
        CallOutcome::RetryAt(at) => ("due", Some(at)),
        CallOutcome::GaveUp => ("gave_up", None),
        CallOutcome::Cancelled => ("cancelled", None),
    };
    let settled = due_at.is_none().then(|| micros(of.at));
    // A call that was cancelled meanwhile stays so, unless it was taken all the same.
    run(
        connection,
        "UPDATE hook_call SET leased_by = NULL, leased_at = NULL, attempts = attempts + 1,
            last_error = :why,
            state = CASE WHEN state = 'due' OR :state = 'sent' THEN :state ELSE state END,
            due_at = coalesce(:due, due_at),
            settled_at = CASE WHEN state = 'due' OR :state = 'sent' THEN :settled ELSE settled_at END
         WHERE id = :id",
        named_params! {
            ":id": of.id.as_str(),
            ":state": state,
            ":due": due_at.map(micros),
            ":settled": settled,
            ":why": of.why,
        },
    )?;
    Ok(())
}

fn follows(connection: &Connection, of: &CallRecord<'_>) -> Result<(), Trouble> {
    let (wait, paused_at) = match of.then {
        HookThen::Leave => return Ok(()),
        HookThen::Works => {
            let sql = "UPDATE hook SET failing_since_at = NULL, asked_at = NULL, wait_seconds = 0,
                 last_error = NULL WHERE id = ?1";
            return run(connection, sql, [of.hook.0]).map(drop);
        }
        HookThen::Waits(wait) => (wait.as_secs(), None),
        HookThen::Paused => (0, Some(micros(of.at))),
    };
    let sql = "UPDATE hook SET failing_since_at = coalesce(failing_since_at, :at), asked_at = :at,
         wait_seconds = :wait, last_error = :why, paused_at = coalesce(:paused_at, paused_at)
         WHERE id = :hook";
    let asked = named_params! {
        ":hook": of.hook.0, ":at": micros(of.at), ":wait": wait, ":why": of.why,
        ":paused_at": paused_at,
    };
    run(connection, sql, asked).map(drop)
}

/// Enqueues a call about an event for each hook that hears a change of it.
pub(super) fn enqueue(
    connection: &Connection,
    event: &EventId,
    at: Timestamp,
) -> Result<(), Trouble> {
    let hooks = hooks(connection)?;
    if hooks.is_empty() {
        return Ok(());
    }
    let sql = format!("SELECT {COLUMNS} FROM change AS c WHERE c.event = ?1 ORDER BY c.place");
    let changes = all(connection, &sql, [event.as_str()], CHANGE, change)?;
    let hears = |hook: &&Hook| changes.iter().any(|c| hook.is.subscription.hears(c));
    for hook in hooks.iter().filter(hears) {
        put(connection, hook, event, None, at)?;
    }
    Ok(())
}

/// Enqueues a call that takes changes of an event back, for each hook that was told of them, or may have been
/// or be so now: its call is on its way. A call that nobody has heard, and that has nothing left to tell, is cancelled.
pub(super) fn enqueue_back(
    connection: &Connection,
    event: &EventId,
    changes: &[Change],
    at: Timestamp,
) -> Result<(), Trouble> {
    for hook in hooks(connection)? {
        let heard: Vec<&str> = changes
            .iter()
            .filter(|change| hook.is.subscription.hears(change))
            .map(|change| change.id.as_str())
            .collect();
        let told = "SELECT 1 FROM hook_call WHERE hook = ?1 AND event = ?2 AND taken_back IS NULL
             AND (state = 'sent' OR body IS NOT NULL OR leased_at IS NOT NULL)";
        let is_told =
            connection.prepare_cached(told)?.exists(params![hook.id.0, event.as_str()])?;
        if is_told && !heard.is_empty() {
            put(connection, &hook, event, Some(&heard), at)?;
        }
    }
    let sql = "UPDATE hook_call SET state = 'cancelled', settled_at = ?2
         WHERE event = ?1 AND taken_back IS NULL AND state = 'due' AND body IS NULL AND NOT EXISTS (
            SELECT 1 FROM change AS c WHERE c.event = ?1
            AND NOT EXISTS (SELECT 1 FROM retraction AS x WHERE x.change = c.id))";
    run(connection, sql, params![event.as_str(), micros(at)])?;
    Ok(())
}

fn put(
    connection: &Connection,
    hook: &Hook,
    event: &EventId,
    taken_back: Option<&[&str]>,
    at: Timestamp,
) -> Result<(), Trouble> {
    let id = DeliveryId::of_call(&hook.is.url, event, taken_back.unwrap_or_default());
    let taken_back = taken_back.map(|ids| ids.iter().copied().collect::<Json>().to_string());
    run(
        connection,
        "INSERT INTO hook_call (id, hook, event, taken_back, state, due_at, attempts, enqueued_at)
         VALUES (?1, ?2, ?3, ?4, 'due', ?5, 0, ?5) ON CONFLICT (id) DO NOTHING",
        params![id.as_str(), hook.id.0, event.as_str(), taken_back, micros(at)],
    )?;
    Ok(())
}

fn hooks(connection: &Connection) -> Result<Vec<Hook>, Trouble> {
    let sql = "SELECT * FROM hook WHERE removed_at IS NULL ORDER BY id";
    all(connection, sql, [], HOOK, hook)
}

fn hook(cells: &Cells<'_, '_>) -> Result<Hook, Trouble> {
    let seconds = SignedDuration::from_secs(cells.get("wait_seconds")?);
    Ok(Hook {
        id: HookId(cells.get("id")?),
        is: NewHook {
            url: cells.parsed("url", Url::parse)?,
            form: cells.word("form", HookForm::from_word)?,
            language: cells.word("language", Language::from_code)?,
            subscription: cells.json("subscription", subscription)?,
            salt: cells.get("salt")?,
        },
        added_at: cells.moment("added_at")?,
        failing_since: cells.moment_if("failing_since_at")?,
        waits: cells.moment_if("asked_at")?.map(|asked| (asked, seconds)),
        paused_at: cells.moment_if("paused_at")?,
        last_error: cells.get("last_error")?,
    })
}

fn pending(cells: &Cells<'_, '_>) -> Result<PendingCall, Trouble> {
    let ids = |json: &Json| list(json, |id| ChangeId::parse(id).ok());
    Ok(PendingCall {
        id: cells.parsed("id", DeliveryId::parse)?,
        event: cells.parsed("event", EventId::parse)?,
        taken_back: cells.json_if("taken_back", ids)?,
        attempts: cells.get("attempts")?,
        body: cells.unpacked_if("body", "body_bytes")?,
    })
}

fn row(cells: &Cells<'_, '_>) -> Result<CallRow, Trouble> {
    Ok(CallRow {
        id: cells.parsed("id", DeliveryId::parse)?,
        to: masked(&cells.parsed("url", Url::parse)?),
        event: cells.parsed("event", EventId::parse)?,
        state: delivery::state(cells)?,
        why: cells.get("why")?,
    })
}
