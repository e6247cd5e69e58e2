//! Adds hooks and removes them, and tries one.

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use url::Url;

use super::Calling;
use super::key::{headers, random, secret};
use crate::conclude::{Misfit, hearing};
use crate::fetch::HookPost;
use crate::model::{
    Advice, CallFailure, DeliveryId, Hook, HookForm, HookId, Language, NewHook, Secret,
    Subscription,
};
use crate::render::words::Voice;
use crate::render::{CallSays, call as written};
use crate::store::{SharedStore, StoreError};

/// Why a hook could not be added, removed or tried.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// Its address cannot be called.
    #[error("{to} cannot be called: {why}")]
    Address {
        /// The address, as far as it may be shown.
        to: String,
        /// Why not.
        why: String,
    },
    /// Its address is a hook already.
    #[error("{to} is a hook already; `rulewatch hooks list` shows it")]
    Already {
        /// The address, as far as it may be shown.
        to: String,
    },
    /// There is no such hook.
    #[error("there is no hook {0}; `rulewatch hooks list` shows all")]
    Unknown(i64),
    /// The key cannot be read or made.
    #[error("the key of hooks, in {place}")]
    Key {
        /// Where it is.
        place: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It would never hear anything.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HookError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Address { .. } | Self::Already { .. } | Self::Unknown(_) | Self::Misfit(_) => {
                Advice::Correct
            }
            Self::Key { .. } => Advice::Stop,
            Self::Store(error) => error.advice(),
        }
    }
}

/// A hook that was added.
#[derive(Debug)]
pub struct Added {
    /// Its number.
    pub id: HookId,
    /// Its secret, which is shown this once.
    pub secret: Secret,
    /// How many fact sets it hears of.
    pub n_topics: usize,
}

/// Adds a hook that hears what a subscription asks for.
///
/// # Errors
/// When its address cannot be called or is a hook already, it would never hear anything, or it cannot be
/// written.
pub fn add(
    with: &Calling,
    url: Url,
    (form, language): (HookForm, Language),
    mut subscription: Subscription,
) -> Result<Added, HookError> {
    let to = crate::model::masked(&url);
    with.caller.check(&url).map_err(|why| HookError::Address { to: to.clone(), why })?;
    let heard = hearing(&with.catalog, &mut subscription, true)?;
    let failed = |source| HookError::Key { place: with.key.place(), source };
    let key = with.key.read_or_make().map_err(failed)?;
    let salt = HEXLOWER.encode(&random().map_err(failed)?);
    let secret = secret(&key, &salt);
    let new = NewHook { url, form, language, subscription, salt };
    let added = with.store.ask(|store| store.add_hook(&new, with.clock.now()))?;
    let id = added.ok_or(HookError::Already { to })?;
    Ok(Added { id, secret, n_topics: heard.topics.len() })
}

/// Every hook.
///
/// # Errors
/// When the database cannot be read.
pub fn hooks(store: &SharedStore) -> Result<Vec<Hook>, HookError> {
    Ok(store.ask(|store| store.hooks())?)
}

/// Removes a hook and cancels its calls; returns how many there were.
///
/// # Errors
/// When there is no such hook, or it cannot be written.
pub fn remove(store: &SharedStore, id: HookId, now: Timestamp) -> Result<usize, HookError> {
    let removed = store.ask(|store| store.remove_hook(id, now))?;
    removed.ok_or(HookError::Unknown(id.0))
}

/// Calls a hook again that was paused or waits; returns how many calls are due.
///
/// # Errors
/// When there is no such hook, or it cannot be written.
pub fn resume(store: &SharedStore, id: HookId, now: Timestamp) -> Result<usize, HookError> {
    let resumed = store.ask(|store| store.resume_hook(id, now))?;
    resumed.ok_or(HookError::Unknown(id.0))
}

/// Makes a call due now that waits or was given up. `None`: there is no such call; `false`: it was taken or
/// cancelled.
///
/// # Errors
/// When it cannot be written.
pub fn retry(
    store: &SharedStore,
    id: &DeliveryId,
    now: Timestamp,
) -> Result<Option<bool>, HookError> {
    Ok(store.ask(|store| store.retry_call(id, now))?)
}

/// Makes every call due now that waits or was given up; returns how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn retry_all(store: &SharedStore, now: Timestamp) -> Result<usize, HookError> {
    Ok(store.ask(|store| store.retry_all_calls(now))?)
}

/// Calls a hook at once with what says that it is a test. Returns the status of the answer and how long it
/// took, or what went wrong.
///
/// # Errors
/// When there is no such hook, or its secret cannot be made.
pub async fn test(
    with: &Calling,
    id: HookId,
) -> Result<Result<(u16, Duration), CallFailure>, HookError> {
    let hooks = with.store.ask(|store| store.hooks())?;
    let hook = hooks.into_iter().find(|hook| hook.id == id).ok_or(HookError::Unknown(id.0))?;
    let failed = |source| HookError::Key { place: with.key.place(), source };
    let key = with.key.read().map_err(failed)?;
    let body = written(
        CallSays::Test,
        hook.is.form,
        Voice { language: hook.is.language, glossary: with.catalog.glossary() },
    );
    let now = with.clock.now();
    let call = DeliveryId::of_test(&hook.is.url, now);
    let headers = headers(&key, &hook.is, (&call, now), &body);
    let begun = Instant::now();
    let post = HookPost { url: &hook.is.url, headers, body };
    let called = with.caller.call(post).await;
    Ok(called.map(|status| (status, begun.elapsed())))
}
