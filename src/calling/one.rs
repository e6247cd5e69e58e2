//! One hook: its calls, one after the other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::key::headers;
use super::{CallError, Called, Calling};
use crate::alert::retry_delay;
use crate::fetch::HookPost;
use crate::model::{
    CallFailure, CallFault, Change, Hook, HookId, PendingCall, Retraction, TouchedData, in_full,
};
use crate::render::words::Voice;
use crate::render::{CallSays, call as written};
use crate::store::{CallOutcome, CallRecord, HookThen, StoreError};
use crate::verifying::touched;
use crate::writing::{HookNews, hook_letter};

/// How long one hook is called in one round: a slow one must not keep the next round waiting.
const TURN: Duration = Duration::from_secs(30);

/// How long a hook may fail before it is paused.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// After so many calls in a row that a hook refused, the fault is the hook's and not the calls'.
const ALIKE: usize = 3;

/// Distinguishes rounds: calls are reserved under a round's name.
static ROUNDS: AtomicU64 = AtomicU64::new(0);

/// Calls a hook until nothing is due, it fails, or its turn is over.
pub(super) async fn call(with: &Calling, hook: &Hook) -> Result<Called, CallError> {
    let n = ROUNDS.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}-call-{n}", std::process::id());
    let (begun, mut called, mut refused) = (Instant::now(), Called::default(), 0);
    let mut hook = hook.clone();
    while begun.elapsed() < TURN {
        let Some((call, ready)) = next(with, &hook, &name).await? else { break };
        let now = with.clock.now();
        let ended = match ready {
            Ready::Nothing => Ended::cancelled(),
            Ready::Failed(failure) => after(&hook, &call, failure, now, refused),
            Ready::Post { headers, body } => {
                let post = HookPost { url: &hook.is.url, headers, body };
                match with.caller.call(post).await {
                    Ok(_) => Ended::taken(),
                    Err(failure) => after(&hook, &call, failure, now, refused),
                }
            }
        };
        ended.count(&mut called);
        refused = if ended.is_refused { refused + 1 } else { 0 };
        let goes_on = matches!(ended.then, HookThen::Works | HookThen::Leave);
        if ended.then == HookThen::Works {
            hook.failing_since = None;
        }
        record(with, &hook, &call, ended, now).await?;
        if !goes_on {
            break;
        }
    }
    Ok(called)
}

/// What is to be sent.
enum Ready {
    /// A signed request.
    Post { headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Nothing: all of it was taken back before anybody heard of it.
    Nothing,
    /// It cannot be signed.
    Failed(CallFailure),
}

/// Reserves the next call and prepares what it sends.
async fn next(
    with: &Calling,
    hook: &Hook,
    name: &str,
) -> Result<Option<(PendingCall, Ready)>, CallError> {
    let (of, hook, name) = (with.clone(), hook.clone(), name.to_owned());
    let prepared = move || {
        let now = of.clock.now();
        let Some(call) = of.store.ask(|store| store.lease_call(hook.id, &name, now))? else {
            return Ok(None);
        };
        let Some(body) = body(&of, &hook, &call)? else { return Ok(Some((call, Ready::Nothing))) };
        let ready = match of.key.read() {
            Ok(key) => {
                let headers = headers(&key, &hook.is, (&call.id, now), &body);
                Ready::Post { headers, body }
            }
            Err(error) => Ready::Failed(CallFailure {
                about: CallFault::Hook,
                why: format!("reading the key in {}: {}", of.key.place(), in_full(&error)),
            }),
        };
        Ok::<_, CallError>(Some((call, ready)))
    };
    tokio::task::spawn_blocking(prepared).await?
}

/// The bytes of a call: those of its first try, else newly written and then stored.
fn body(with: &Calling, hook: &Hook, call: &PendingCall) -> Result<Option<Vec<u8>>, StoreError> {
    if let Some(body) = &call.body {
        return Ok(Some(body.clone()));
    }
    let (event, retracted) = with.store.ask(|store| {
        Ok::<_, StoreError>((store.event(&call.event)?, store.retractions_of(&call.event)?))
    })?;
    let Some(event) = event else { return Ok(None) };
    let back = |change: &Change| retracted.iter().find(|one| one.change == change.id);
    let hears = |change: &&Change| hook.is.subscription.hears(change);
    let heard = event.changes.iter().filter(hears).map(|change| (change, back(change)));
    let changes: Vec<(&Change, Option<&Retraction>)> = match &call.taken_back {
        Some(ids) => heard.filter(|(change, _)| ids.contains(&change.id)).collect(),
        None => heard.filter(|(_, back)| back.is_none()).collect(),
    };
    if changes.is_empty() {
        return Ok(None);
    }
    let data = match call.taken_back {
        Some(_) => Vec::new(),
        None => data(with, hook.id, &changes),
    };
    let says = match call.taken_back {
        Some(_) => CallSays::TakenBack(&changes),
        None => CallSays::Changes(&changes, &data),
    };
    let voice = Voice { language: hook.is.language, glossary: with.catalog.glossary() };
    let body = written(says, hook.is.form, voice);
    with.store.ask(|store| store.keep_call(&call.id, &body))?;
    Ok(Some(body))
}

/// What the changes make wrong in the data that the hook is called about.
fn data(
    with: &Calling,
    hook: HookId,
    changes: &[(&Change, Option<&Retraction>)],
) -> Vec<TouchedData> {
    let (now, by) = (with.clock.now(), &with.correspondence);
    let changes: Vec<&Change> = changes.iter().map(|(change, _)| *change).collect();
    let touched = |data| touched(&with.store, &with.catalog, data, &changes, (now, &by.zone));
    by.data_of_hook(hook).into_iter().filter_map(touched).collect()
}

/// How a call ended, and what follows.
struct Ended {
    outcome: CallOutcome,
    then: HookThen,
    why: Option<String>,
    /// Whether the hook refused it, and the fault is this call's own.
    is_refused: bool,
}

impl Ended {
    fn taken() -> Self {
        let (outcome, then) = (CallOutcome::Sent, HookThen::Works);
        Self { outcome, then, why: None, is_refused: false }
    }

    fn cancelled() -> Self {
        let (outcome, then) = (CallOutcome::Cancelled, HookThen::Leave);
        Self { outcome, then, why: None, is_refused: false }
    }

    fn count(&self, called: &mut Called) {
        match self.outcome {
            CallOutcome::Sent => called.sent += 1,
            CallOutcome::RetryAt(_) => called.retried += 1,
            CallOutcome::GaveUp => called.gave_up += 1,
            CallOutcome::Cancelled => called.cancelled += 1,
        }
        called.paused += usize::from(self.then == HookThen::Paused);
    }
}

/// What follows from a failure. Where the fault is the hook's, the call is never given up: in the end the hook is
/// paused, and its calls wait.
fn after(
    hook: &Hook,
    call: &PendingCall,
    failure: CallFailure,
    now: Timestamp,
    refused: usize,
) -> Ended {
    let why = Some(failure.why);
    let delay = retry_delay(call.attempts + 1);
    let at = |delay: SignedDuration| now.checked_add(delay).unwrap_or(now);
    let is_own = failure.about == CallFault::Call && refused + 1 < ALIKE;
    if is_own {
        let outcome = delay.map_or(CallOutcome::GaveUp, |delay| CallOutcome::RetryAt(at(delay)));
        return Ended { outcome, then: HookThen::Leave, why, is_refused: true };
    }
    let since = hook.failing_since.unwrap_or(now);
    let is_over = failure.about == CallFault::Gone || now.duration_since(since) >= PATIENCE;
    let then = match delay.filter(|_| !is_over) {
        Some(delay) => HookThen::Waits(delay),
        None => HookThen::Paused,
    };
    // The wait is the hook's: when it is over, the call is due.
    Ended { outcome: CallOutcome::RetryAt(now), then, why, is_refused: false }
}

/// Records how a call ended; the operator is told of a hook that is paused and of a call that is given up.
async fn record(
    with: &Calling,
    hook: &Hook,
    call: &PendingCall,
    ended: Ended,
    now: Timestamp,
) -> Result<(), CallError> {
    let (of, hook, call) = (with.clone(), hook.clone(), call.clone());
    let put = move || {
        let Ended { outcome, then, why, .. } = ended;
        let words = why.as_deref().unwrap_or_default();
        let masked = hook.masked();
        let since = hook.failing_since.unwrap_or(now);
        let news = match (&then, &outcome) {
            (HookThen::Paused, _) => Some(HookNews::Paused { since }),
            (_, CallOutcome::GaveUp) => Some(HookNews::GaveUp { call: &call.id }),
            _ => None,
        };
        if news.is_some() || matches!(then, HookThen::Waits(_)) {
            tracing::warn!(
                hook = hook.id.0,
                to = masked,
                why = words,
                paused = then == HookThen::Paused,
                "a hook cannot be called"
            );
        }
        let letter = news
            .and_then(|news| hook_letter(&of.correspondence, (&hook, &masked), news, words, now));
        let letters = Vec::from_iter(letter);
        let record = CallRecord {
            id: &call.id,
            hook: hook.id,
            at: now,
            outcome,
            why: why.as_deref(),
            then,
            letters: &letters,
        };
        of.store.ask(|store| store.record_call(&record))
    };
    Ok(tokio::task::spawn_blocking(put).await??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeliveryId, EventId, HookForm, Language, NewHook, Subscription};

    const NOW: &str = "2026-11-28T12:00:00Z";

    /// What follows from a failure of a call that was tried before, of a hook that has failed for some hours.
    #[track_caller]
    fn check(about: CallFault, attempts: u32, hours: i64, refused: usize, expected: &str) {
        let now: Timestamp = NOW.parse().unwrap();
        let hook = Hook {
            id: HookId(1),
            is: NewHook {
                url: url::Url::parse("https://hooks.example/x").unwrap(),
                form: HookForm::Json,
                language: Language::En,
                subscription: Subscription::default(),
                salt: "salt".to_owned(),
            },
            added_at: now,
            failing_since: (hours > 0).then(|| now - SignedDuration::from_hours(hours)),
            waits: None,
            paused_at: None,
            last_error: None,
        };
        let call = PendingCall {
            id: DeliveryId::parse("1a").unwrap(),
            event: EventId::parse("e1").unwrap(),
            taken_back: None,
            attempts,
            body: None,
        };
        let failure = CallFailure { about, why: "no".to_owned() };
        let ended = after(&hook, &call, failure, now, refused);
        assert_eq!(format!("{:?} {:?}", ended.outcome, ended.then), expected);
    }

    #[test]
    fn a_hook_that_fails_waits_longer_each_time_and_is_paused_after_days_and_loses_nothing() {
        check(CallFault::Hook, 0, 0, 0, &format!("RetryAt({NOW}) Waits(1m)"));
        check(CallFault::Hook, 4, 5, 0, &format!("RetryAt({NOW}) Waits(3h)"));
        check(CallFault::Hook, 8, 71, 0, &format!("RetryAt({NOW}) Waits(24h)"));
        check(CallFault::Hook, 9, 71, 0, &format!("RetryAt({NOW}) Paused"));
        check(CallFault::Hook, 0, 72, 0, &format!("RetryAt({NOW}) Paused"));
        check(CallFault::Gone, 0, 0, 0, &format!("RetryAt({NOW}) Paused"));
    }

    #[test]
    fn a_call_that_is_refused_for_its_own_sake_is_its_own() {
        check(CallFault::Call, 0, 0, 0, "RetryAt(2026-11-28T12:01:00Z) Leave");
        check(CallFault::Call, 9, 0, 0, "GaveUp Leave");
        check(CallFault::Call, 0, 0, 2, &format!("RetryAt({NOW}) Waits(1m)"));
    }
}
