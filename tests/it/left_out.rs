//! What a test says when it cannot be run here, so that it does not count as passed.

use std::fs::File;
use std::io::{self, Write as _};

/// Says that a test was left out, and why: on standard error, past the harness, which keeps what
/// a passing test prints to itself, and in the file that `tests/run.sh` prints at its end.
pub(crate) fn left_out(test: &str, why: &str) {
    io::stderr().write_all(format!("left out: {test}: {why}\n").as_bytes()).unwrap();
    if let Some(file) = std::env::var_os("RULEWATCH_LEFT_OUT") {
        let mut file = File::options().append(true).create(true).open(file).unwrap();
        // One write: tests run side by side.
        file.write_all(format!("{test}: {why}\n").as_bytes()).unwrap();
    }
}
