//! Taking turns, as the commands that check and deliver do it: who is waited for is said on standard
//! error, and what the daemon answers is printed as if it was done here.

use std::io::{self, Write as _};

use super::args::Format;
use super::{Exit, Out};
use crate::checking::Ending;
use crate::clock::SystemClock;
use crate::settings::Settings;
use crate::turns::{self, JobAnswer, TurnError, Whose};

/// Takes the turn for a command, when that of another command is over; or says that the daemon has it.
pub(super) fn take(settings: &Settings, command: &str) -> Result<Whose, TurnError> {
    turns::take(&settings.database(), command, &SystemClock, &mut |holder| {
        drop(writeln!(io::stderr(), "rulewatch: waiting for {holder} to end"));
    })
}

/// Prints an answer of the daemon; `about` says of what, where it is an error.
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
