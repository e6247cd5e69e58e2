//! Hands output to a pager when it goes to a terminal and is longer than the screen.
//!
//! What fits the screen is written when the command ends, and never paged. `PAGER` names another pager, with
//! its options; empty, there is none, and neither is there with `--no-pager`. Output into a file or a pipe is
//! written as it comes.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

use super::journal;
use crate::daemon;
use crate::settings;

/// Standard output, or a pager before it.
pub(super) struct Paged {
    wanted: Option<Wanted>,
    state: State,
}

/// The pager to be used, and the screen that output has to be longer than.
struct Wanted {
    words: Vec<String>,
    /// Whether somebody asked for it by name.
    is_named: bool,
    rows: usize,
    columns: usize,
}

enum State {
    /// It may still fit the screen.
    Held(Vec<u8>),
    /// A pager of this name reads it.
    Read(String, Child),
    /// It goes to standard output.
    Direct,
}

impl Paged {
    /// Output that is paged where it is asked for, standard output is a terminal, and a pager can show it.
    pub(super) fn new(is_asked: bool, env: &dyn Fn(&str) -> Option<std::ffi::OsString>) -> Self {
        let screen = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
        let is_dumb = env("TERM").is_some_and(|term| term == "dumb");
        let named = env("PAGER").map(|pager| pager.to_string_lossy().into_owned());
        // Quoted as for a shell, as other programs take it.
        let words = shlex::split(named.as_deref().unwrap_or("less")).unwrap_or_default();
        let wanted =
            screen.filter(|_| is_asked && !is_dumb && !words.is_empty()).map(|(columns, rows)| {
                Wanted {
                    words,
                    is_named: named.is_some(),
                    rows: usize::from(rows.0),
                    columns: usize::from(columns.0),
                }
            });
        let state = if wanted.is_some() { State::Held(Vec::new()) } else { State::Direct };
        Self { wanted, state }
    }

    /// Writes what is held back, or waits until the pager has been left.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.state {
            State::Held(bytes) => {
                io::stdout().write_all(&bytes)?;
                io::stdout().flush()
            }
            State::Read(name, mut pager) => {
                drop(pager.stdin.take());
                let ended = pager.wait()?;
                if ended.success() {
                    return Ok(());
                }
                let why =
                    format!("the pager `{name}` failed ({ended}): see PAGER, or use --no-pager");
                Err(io::Error::other(why))
            }
            State::Direct => io::stdout().flush(),
        }
    }

    /// Starts the pager, with what was held back; without one it goes to standard output.
    fn begin(&mut self, held: &[u8]) -> io::Result<()> {
        let started = self.wanted.take().as_ref().and_then(start);
        self.state = started.map_or(State::Direct, |(name, child)| State::Read(name, child));
        self.write_all(held)
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Direct => io::stdout().write(bytes),
            State::Read(_, pager) => match &mut pager.stdin {
                Some(input) => input.write(bytes),
                None => Err(io::ErrorKind::BrokenPipe.into()),
            },
            State::Held(held) => {
                held.extend_from_slice(bytes);
                // The prompt has a row of its own.
                if self
                    .wanted
                    .as_ref()
                    .is_some_and(|screen| rows(held, screen.columns) >= screen.rows)
                {
                    let held = std::mem::take(held);
                    self.begin(&held)?;
                }
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Held(_) => Ok(()),
            State::Read(_, pager) => pager.stdin.as_mut().map_or(Ok(()), Write::flush),
            State::Direct => io::stdout().flush(),
        }
    }
}

/// How many rows of the screen a text takes.
fn rows(text: &[u8], columns: usize) -> usize {
    let text = anstream::adapter::strip_bytes(text).into_vec();
    let text = String::from_utf8_lossy(&text);
    text.lines().map(|line| line.chars().count().div_ceil(columns.max(1)).max(1)).sum()
}

fn start(pager: &Wanted) -> Option<(String, Child)> {
    let (program, options) = pager.words.split_first()?;
    let mut command = Command::new(program);
    command.args(options).stdin(Stdio::piped());
    if settings::environment("LESS").is_none() {
        // Colours are shown; what fits the screen ends it at once, and stays on the screen.
        command.env("LESS", "FRX");
    }
    match command.spawn() {
        Ok(child) => {
            // It takes Ctrl-C itself, to stop what it is at; what feeds it ends when it is left.
            daemon::outlive_interrupts();
            Some((program.clone(), child))
        }
        // Many machines have no `less`: that is no fault.
        Err(error) if !pager.is_named && error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            let said = format!("rulewatch: the pager `{program}` cannot be started: {error}");
            journal::say(tracing::Level::WARN, &said);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_as_many_rows_as_its_lines_are_long() {
        assert_eq!(rows(b"", 10), 0);
        assert_eq!(rows(b"a\n\nb\n", 10), 3);
        assert_eq!(rows("é".repeat(21).as_bytes(), 10), 3);
        assert_eq!(rows(b"\x1b[31m0123456789\x1b[0m\n", 10), 1, "colours take no room");
    }
}
