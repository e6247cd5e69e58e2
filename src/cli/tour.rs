//! Goes through sources one after the other, and stops where nothing can be reached any more.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};

use super::exit::{Exit, exit_of};
use crate::checking::CheckError;
use crate::doors::Doors;
use crate::model::{Advice, CheckOutcome, SourceId, is_answer};

/// Asks each source, and says what came of it. An error on our side does not stop the rest, unless nothing can go
/// on.
///
/// # Errors
/// When nothing can go on, or it cannot be said.
pub(super) fn tour<T>(
    doors: &Doors,
    chosen: &[SourceId],
    ask: impl Fn(&SourceId) -> Result<T, CheckError>,
    mut say: impl FnMut(T) -> anyhow::Result<(CheckOutcome, Exit)>,
) -> anyhow::Result<Exit> {
    let (mut exit, mut unreached) = (Exit::Done, Unreached::default());
    for (n, id) in chosen.iter().enumerate() {
        if unreached.is_everything() {
            say_skipped(chosen.len() - n);
            return Ok(exit.max(Exit::Failed));
        }
        progress(n, chosen.len(), id);
        let asked = ask(id);
        clear_progress();
        match asked {
            Ok(seen) => {
                let (outcome, ended) = say(seen)?;
                let reason = outcome.reason().unwrap_or_default();
                unreached.take(doors.host(id), outcome.word(), &reason);
                exit = exit.max(ended);
            }
            Err(error) if error.advice() == Advice::Stop => return Err(error.into()),
            Err(error) => {
                let error = anyhow::Error::new(error);
                drop(writeln!(io::stderr(), "rulewatch: {id}: {error:#}"));
                exit = exit.max(exit_of(&error));
            }
        }
    }
    Ok(exit)
}

/// The hosts in a row that could not be reached.
#[derive(Default)]
pub(super) struct Unreached(BTreeSet<String>);

/// How many hosts in a row mean that nothing can be reached.
const EVERYTHING: usize = 3;

impl Unreached {
    /// Notes how a check of a source at a host ended, and why.
    pub(super) fn take(&mut self, host: Option<&str>, outcome: &str, reason: &str) {
        match (outcome, host) {
            // Whatever it said: it can be reached.
            _ if is_answer(reason) => self.0.clear(),
            ("unreachable", Some(host)) => drop(self.0.insert(host.to_owned())),
            // No host was asked.
            ("unreachable" | "refused", _) => {}
            _ => self.0.clear(),
        }
    }

    pub(super) fn is_everything(&self) -> bool {
        self.0.len() >= EVERYTHING
    }
}

/// Says that the rest is not checked.
pub(super) fn say_skipped(rest: usize) {
    drop(writeln!(
        io::stderr(),
        "rulewatch: {EVERYTHING} hosts in a row gave no page, so the other {rest} sources are not asked. The \
         reasons are above; if it is the network of this machine, mend it and check again"
    ));
}

/// Shows on a terminal what is being waited for: a polite fetch of many pages takes minutes.
pub(super) fn progress(n: usize, of: usize, id: &SourceId) {
    let mut err = io::stderr();
    if err.is_terminal() && io::stdout().is_terminal() {
        drop(write!(err, "\r\x1b[Kchecking {} of {of}: {id}", n + 1));
    }
}

pub(super) fn clear_progress() {
    let mut err = io::stderr();
    if err.is_terminal() && io::stdout().is_terminal() {
        drop(write!(err, "\r\x1b[K"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_answer_can_be_reached_whatever_they_say() {
        let mut unreached = Unreached::default();
        let mut take = |host, outcome, reason| {
            unreached.take(Some(host), outcome, reason);
            unreached.is_everything()
        };
        assert!(!take("a", "unreachable", "connecting to a: no route"));
        assert!(!take("b", "unreachable", "connecting to b: no route"));
        assert!(!take("c", "unreachable", "https://c/robots.txt answered 503"));
        assert!(!take("d", "unreachable", "connecting to d: no route"));
        assert!(!take("e", "refused", "the server answered 403"));
        assert!(!take("f", "unreachable", "connecting to f: no route"));
        assert!(!take("f", "unreachable", "connecting to f: no route"), "the same host");
        assert!(!take("g", "refused", "robots.txt disallows /g"), "it was not asked");
        assert!(!take("h", "unreachable", "connecting to h: no route"));
        assert!(take("i", "unreachable", "connecting to i: no route"));
    }
}
