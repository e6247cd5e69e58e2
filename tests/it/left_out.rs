//! What a test needs and may not find: it then says so, and does not count as passed.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Says that a test was left out, and why: on standard error, and in the file that
/// `RULEWATCH_LEFT_OUT` names.
#[expect(clippy::print_stderr, reason = "a person who runs the tests must see it")]
pub(crate) fn left_out(test: &str, why: &str) {
    eprintln!("left out: {why}");
    if let Some(file) = std::env::var_os("RULEWATCH_LEFT_OUT") {
        let mut file = File::options().append(true).create(true).open(file).unwrap();
        writeln!(file, "{test}").unwrap();
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
