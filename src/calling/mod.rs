//! Calls hooks: what was told is sent to other programs, until each has taken it.
//!
//! As with letters, the bytes of a call are stored before its first try, so a repeat after a crash or a lost
//! answer is the same call with the same id: at worst one that the receiver can tell from a new one, never a
//! lost one.
//!
//! Each hook is on its own: its calls are made one after the other, in the order of telling, and beside those of
//! the other hooks. One that fails is left alone for a while, as long as a letter would wait, and its calls use
//! up no tries meanwhile. One that fails for days is paused and the operator is told; its calls are kept, and
//! made when somebody resumes it. Letters know nothing of all this.

mod keep;
mod key;
mod one;

use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use keep::{Added, HookError, add, hooks, remove, resume, retry, retry_all, test};
pub use key::HookKey;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::fetch::Caller;
use crate::model::Advice;
use crate::store::{SharedStore, StoreError};
use crate::writing::Correspondence;

/// How many hooks are called at the same time.
const AT_ONCE: usize = 16;

/// What calling needs.
#[derive(Clone)]
pub struct Calling {
    /// The database.
    pub store: SharedStore,
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// What makes calls.
    pub caller: Arc<Caller>,
    /// What their secrets are made of.
    pub key: HookKey,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who tells the operator.
    pub correspondence: Arc<Correspondence>,
}

/// The results of a round of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Called {
    /// Taken.
    pub sent: usize,
    /// To be made again.
    pub retried: usize,
    /// Not made again.
    pub gave_up: usize,
    /// With nothing left to tell.
    pub cancelled: usize,
    /// Hooks that were paused.
    pub paused: usize,
}

impl Called {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether every call was taken, or had nothing left to tell.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.retried + self.gave_up + self.paused == 0
    }

    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.retried += other.retried;
        self.gave_up += other.gave_up;
        self.cancelled += other.cancelled;
        self.paused += other.paused;
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, retried, gave_up, cancelled, paused } = self;
        write!(
            f,
            "hooks: called {sent}, to be called again {retried}, given up {gave_up}, cancelled {cancelled}"
        )?;
        if *paused > 0 { write!(f, ", paused {paused}") } else { Ok(()) }
    }
}

/// An error on our own side: not of a hook.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task that ended without an answer.
    #[error("calling stopped in the middle")]
    Task(#[from] tokio::task::JoinError),
}

impl CallError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Store(error) => error.advice(),
            Self::Task(_) => Advice::TellOperator,
        }
    }
}

/// Makes the calls that are due: each hook for a while, many at once.
///
/// # Errors
/// When our own side fails; what a hook says is recorded, not returned.
pub async fn call_due(with: &Calling) -> Result<Called, CallError> {
    let (of, now) = (with.clone(), with.clock.now());
    let hooks = move || of.store.ask(|store| store.hooks_to_call(now));
    let hooks = tokio::task::spawn_blocking(hooks).await??;
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut ways = JoinSet::new();
    for hook in hooks {
        let (with, slots) = (with.clone(), Arc::clone(&slots));
        ways.spawn(async move {
            let _slot = slots.acquire_owned().await;
            one::call(&with, &hook).await
        });
    }
    let (mut called, mut failed) = (Called::default(), None);
    while let Some(ended) = ways.join_next().await {
        match ended.map_err(CallError::from).flatten() {
            Ok(of_hook) => called.add(of_hook),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(called), Err)
}
