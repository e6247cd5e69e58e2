//! Which process checks and delivers for a state directory: one at a time.
//!
//! The operating system holds the lock and releases it when its holder ends, however it ends: a file
//! that is left behind locks nobody out. Its text is for people. The file is never deleted, because
//! that could delete somebody else's lock.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use jiff::Timestamp;

use super::{StoreError, fault::DatabaseError, open};

/// The file's name in the state directory.
const FILE: &str = "rulewatch.lock";

/// A holder writes its name just after it takes the lock. A process refused in between looks again.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// The longest command of a holder that is shown.
const LONGEST_COMMAND: usize = 200;

/// The right to check and deliver for a state directory, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// The holder of the lock, as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBy {
    /// Its process.
    pub pid: u32,
    /// How it was started.
    pub command: String,
    /// Since when.
    pub since: Timestamp,
}

impl Lock {
    /// Takes the lock of a state directory if it is free; else returns its holder, `None` where that
    /// cannot be read. `place` is what [`Store::open`](super::Store::open) takes, `command` what this
    /// process does.
    ///
    /// # Errors
    /// When the file cannot be made or used.
    pub fn try_take(
        place: &Path,
        command: &str,
        now: Timestamp,
    ) -> Result<Result<Self, Option<HeldBy>>, StoreError> {
        let path = open::directory(place).join(FILE);
        let failed = |error: io::Error| {
            let source = DatabaseError::of_files(&error);
            StoreError::UseLock { path: path.clone(), source }
        };
        open::make_directory(&path)?;
        for look in 0..LOOKS {
            let file = open_file(&path).map_err(failed)?;
            open::hand_over(&path);
            match file.try_lock() {
                Ok(()) => return Self::sign(file, command, now).map(Ok).map_err(failed),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let held = fs::read_to_string(&path).ok().and_then(|text| HeldBy::read(&text));
            if held.is_some() || look + 1 == LOOKS {
                return Ok(Err(held));
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(Err(None))
    }

    /// The holder of a state directory's lock; `None` where nobody holds it, or it cannot be read.
    #[must_use]
    pub fn holder(place: &Path) -> Option<HeldBy> {
        let path = open::directory(place).join(FILE);
        let file = File::open(&path).ok()?;
        // A shared lock for a moment: a process that wants the lock meanwhile looks again.
        match file.try_lock_shared() {
            Ok(()) => None,
            Err(_) => HeldBy::read(&fs::read_to_string(&path).ok()?),
        }
    }

    /// Writes the holder's name.
    fn sign(mut file: File, command: &str, now: Timestamp) -> io::Result<Self> {
        let command: String =
            command.chars().filter(|c| !c.is_control()).take(LONGEST_COMMAND).collect();
        file.set_len(0)?;
        file.write_all(format!("{}\n{now}\n{command}\n", std::process::id()).as_bytes())?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    /// Erases the name, so that the next holder is not mistaken for this one. The lock itself ends with
    /// the file.
    fn drop(&mut self) {
        if let Err(error) = self.file.set_len(0) {
            tracing::debug!(%error, "the lock's file keeps the name of its last holder");
        }
    }
}

impl HeldBy {
    /// Reads what a holder wrote: process, time and command, a line each.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.parse().ok()?;
        let since = lines.next()?.parse().ok()?;
        let command = lines.next()?.chars().filter(|c| !c.is_control());
        Some(Self { pid, since, command: command.take(LONGEST_COMMAND).collect() })
    }
}

fn open_file(path: &PathBuf) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_name_is_believed() {
        let name = "17\n2026-03-02T12:00:00Z\nrulewatch run\n";
        let held = HeldBy::read(name).unwrap();
        assert_eq!((held.pid, held.command.as_str()), (17, "rulewatch run"));
        for half in ["", "17", "17\n2026-03-02T12:00:00Z", "x\n2026-03-02T12:00:00Z\nrun\n"] {
            assert_eq!(HeldBy::read(half), None, "{half:?}");
        }
        let hostile =
            HeldBy::read(&format!("1\n2026-03-02T12:00:00Z\n\u{1b}[2J{}", "x".repeat(999)));
        let command = hostile.unwrap().command;
        assert!(command.starts_with("[2Jx") && command.len() == LONGEST_COMMAND, "{command:?}");
    }
}
