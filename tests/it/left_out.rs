//! What a test needs and may not find: it then says so, and does not count as passed.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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

/// The captures of official pages: beside the project, or where `RULEWATCH_CAPTURES` says. They are
/// read where they are and never copied.
pub(crate) fn captures(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures");
    let place = std::env::var_os("RULEWATCH_CAPTURES").map_or_else(beside, PathBuf::from);
    if place.is_dir() {
        return Some(place);
    }
    left_out(test, "no captures");
    None
}
