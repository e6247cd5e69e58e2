//! How the program ends. The numbers are a promise (PRODUCT section 5).

use std::process::ExitCode;

use crate::asking::AskError;
use crate::calling::{CallError, HookError};
use crate::checking::{CheckError, Ending};
use crate::config_text::Diagnostics;
use crate::daemon::DaemonError;
use crate::delivering::{BounceError, DeliverError};
use crate::demo::DemoError;
use crate::doors::OpenError;
use crate::exporting::ExportError;
use crate::importing::ImportError;
use crate::maintaining::MaintainError;
use crate::model::Advice;
use crate::previewing::PreviewError;
use crate::proving::ProofError;
use crate::repairing::RepairError;
use crate::replaying::ReplayError;
use crate::reviewing::ReviewError;
use crate::settings::{MissingSettings, SettingsError};
use crate::subscribing::SubscribeError;
use crate::trying::TryError;
use crate::turns::TurnError;
use crate::verifying::VerifyError;

/// How a command ended; the worst of several wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the answer is "no": a named source, or any in a replay, ended broken, held, refused or gone; data
    /// differs from the facts, or depends on doubtful ones.
    No,
    /// 2: wrong use, or a bad configuration.
    Usage,
    /// 3: it could not be done: no page came, the disk, a locked database.
    Failed,
}

impl From<Ending> for Exit {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::Done,
            Ending::No => Self::No,
            Ending::Misuse => Self::Usage,
            Ending::Failed => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
        })
    }
}

impl Exit {
    /// How a process of this program ended, by its code.
    pub(super) fn of_code(code: i32) -> Self {
        match code {
            0 => Self::Done,
            1 => Self::No,
            2 => Self::Usage,
            _ => Self::Failed,
        }
    }
}

/// A usage error: what was typed or configured cannot be done. Ends with 2; other errors with 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misuse(pub(super) String);

/// An error for the operator to correct.
pub(super) fn misuse(what: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misuse(what.into()))
}

/// The exit code of an error: what was typed or configured is for the operator to correct.
pub(super) fn exit_of(error: &anyhow::Error) -> Exit {
    let is_misuse = error.chain().any(|cause| {
        cause.is::<Misuse>()
            || cause.is::<Diagnostics>()
            || cause.is::<MissingSettings>()
            || cause.is::<SettingsError>()
            || advice(cause) == Some(Advice::Correct)
    });
    if is_misuse { Exit::Usage } else { Exit::Failed }
}

/// Whether an error passes by itself, so that it makes sense to try again soon.
pub(super) fn passes(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| advice(cause) == Some(Advice::Retry))
}

/// The advice of a use case's error.
fn advice(cause: &(dyn std::error::Error + 'static)) -> Option<Advice> {
    let of = [
        cause.downcast_ref().map(AskError::advice),
        cause.downcast_ref().map(BounceError::advice),
        cause.downcast_ref().map(CheckError::advice),
        cause.downcast_ref().map(DaemonError::advice),
        cause.downcast_ref().map(DeliverError::advice),
        cause.downcast_ref().map(CallError::advice),
        cause.downcast_ref().map(HookError::advice),
        cause.downcast_ref().map(DemoError::advice),
        cause.downcast_ref().map(ExportError::advice),
        cause.downcast_ref().map(ImportError::advice),
        cause.downcast_ref().map(MaintainError::advice),
        cause.downcast_ref().map(OpenError::advice),
        cause.downcast_ref().map(ProofError::advice),
        cause.downcast_ref().map(ReplayError::advice),
        cause.downcast_ref().map(RepairError::advice),
        cause.downcast_ref().map(PreviewError::advice),
        cause.downcast_ref().map(ReviewError::advice),
        cause.downcast_ref().map(SubscribeError::advice),
        cause.downcast_ref().map(TryError::advice),
        cause.downcast_ref().map(TurnError::advice),
        cause.downcast_ref().map(VerifyError::advice),
    ];
    of.into_iter().flatten().next()
}
