//! Taking turns, for the commands that check and deliver: standard error says who is waited for, and
//! the daemon's answer is printed as if the work was done here.

use std::io::{self, Write as _};

use super::args::Format;
use super::{Exit, Out};
use crate::checking::Ending;
use crate::clock::SystemClock;
use crate::settings::Settings;
use crate::turns::{self, JobAnswer, TurnError, Whose};

/// Takes the turn for a command once other commands are done; or says that the daemon has it.
pub(super) fn take(settings: &Settings, command: &str) -> Result<Whose, TurnError> {
    turns::take(&settings.database(), command, &SystemClock, &mut |holder| {
        drop(writeln!(io::stderr(), "rulewatch: waiting for {holder} to end"));
    })
}

/// Prints an answer of the daemon; for an error, `about` says what it concerns.
pub(super) fn print(
    answer: &JobAnswer,
    about: &str,
    format: Format,
    out: &mut dyn Out,
) -> io::Result<Exit> {
    match (&answer.error, format) {
        (Some(error), _) => drop(writeln!(io::stderr(), "rulewatch: {about}: {error}")),
        (None, Format::Text) => writeln!(out, "{}", answer.text)?,
        (None, Format::Ndjson) => writeln!(out, "{}", answer.ndjson)?,
    }
    Ok(Ending::from_word(&answer.exit).map_or(Exit::Failed, Exit::from))
}
