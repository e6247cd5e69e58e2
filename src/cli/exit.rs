//! How the program ends. The numbers are a promise (PRODUCT section 5).

use std::process::ExitCode;

/// How a command ended; the worst of several wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the answer is "no": a named source, or any in a replay, ended broken, held, refused or
    /// gone.
    No,
    /// 2: wrong use, or a bad configuration.
    Usage,
    /// 3: it could not be done: no page came, the disk, a locked database.
    Failed,
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

/// A fault of use: what was typed or configured cannot be done. Ends with 2, other errors with 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misuse(pub(super) String);

/// An error that is the operator's to mend.
pub(super) fn misuse(what: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misuse(what.into()))
}
