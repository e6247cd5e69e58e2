//! The process that does what `rulewatch check` is asked for: this program again, within a bound.
//!
//! The daemon's checker is told what to check; this one is told all that was typed, so that an ordinary check costs no
//! more than the start of a process. Before each source it notes which it is at, and bounds what it may have in memory
//! from there on. Where that ends it, the process that started it knows whose page it was, has that one checked apart
//! from the others, and starts it again for the rest.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Signal, set_parent_process_death_signal};
use tokio::process::Command;

use super::{Answered, Checkers, NAME, Order, SELF, memory};
use crate::doors::Doors;
use crate::model::SourceId;
use crate::settings::Overrides;

/// How such a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// Something ended it, at the check of this source, if at any.
    Lost(Option<SourceId>),
}

/// Has what was typed done by a process of its own, which is told by `within` where to note what it is at.
///
/// # Errors
/// When there can be no such process.
pub async fn outside(
    typed: impl IntoIterator<Item = OsString>,
    within: impl FnOnce(&Path) -> Vec<OsString>,
) -> io::Result<Ended> {
    // A file in memory: it needs no room on a disk, is there for as long as either process, and the other inherits it.
    let note = File::from(memfd_create("rulewatch", MemfdFlags::empty())?);
    let place = PathBuf::from(format!("/proc/self/fd/{}", note.as_raw_fd()));
    let mut command = Command::new(SELF);
    let ended = command.arg0(NAME).args(within(&place)).args(typed).status().await?;
    // What is told to end a check is told to both; where it was only that process, no page did it.
    let is_told =
        |signal| [Signal::INT, Signal::TERM, Signal::HUP].map(Signal::as_raw).contains(&signal);
    Ok(match (ended.code(), ended.signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, Some(signal)) if is_told(signal) => Ended::Code(128 + signal),
        (None, _) => Ended::Lost(SourceId::parse(&fs::read_to_string(&place)?).ok()),
    })
}

/// The checks of a command, in the process that makes them.
#[derive(Debug, Clone)]
pub struct Inside {
    /// Where to note which source is checked; none where no other process waits for this one.
    note: Option<PathBuf>,
    bound: memory::Bound,
}

impl Inside {
    /// Begins. This process ends with the one that waits for it, as if they were one.
    #[must_use]
    pub fn new(note: Option<PathBuf>) -> Self {
        if note.is_some()
            && let Err(error) = set_parent_process_death_signal(Some(Signal::KILL))
        {
            tracing::debug!(%error, "this process may outlive the one that waits for it");
        }
        Self { note, bound: memory::Bound::new() }
    }

    /// Before the check of a source: notes which, and bounds what that may take. Where nothing can be noted, and so
    /// nobody would know whose page it was, counts alone bound it.
    pub fn begins(&self, source: &SourceId) {
        let Some(note) = &self.note else { return };
        match fs::write(note, source.as_str()) {
            Ok(()) => self.bound.allow_a_check(),
            Err(error) => tracing::debug!(%error, "the memory of this check is not bounded"),
        }
    }
}

/// Makes a check in a process of its own, which ended the one before.
pub async fn apart(doors: &Doors, options: Overrides, order: Order) -> Answered {
    let mut checkers = Checkers::new(options, doors.fingerprint.clone());
    checkers.lost.set(order.id(), true);
    let answered = checkers.check(order, doors.checking()).await;
    checkers.end().await;
    answered
}
