//! The catalogue that comes with the program, as tests use it: as it is, or with one thing otherwise.

use rulewatch::catalog::{Catalog, File, shipped_files};
use rulewatch::config_text::Diagnostics;

pub(crate) fn shipped() -> Catalog {
    Catalog::shipped().unwrap_or_else(|faults| panic!("{faults}"))
}

/// The shipped files with a text in place of another, which must be there.
pub(crate) fn files_with(from: &str, to: &str) -> Vec<File> {
    let mut files = shipped_files();
    let file = files.iter_mut().find(|file| file.text.contains(from));
    let file = file.unwrap_or_else(|| panic!("no shipped file says {from}"));
    file.text = file.text.replace(from, to).into();
    files
}

/// The shipped catalogue with a text in place of another, which must be there.
pub(crate) fn shipped_with(from: &str, to: &str) -> Result<Catalog, Diagnostics> {
    Catalog::load(&files_with(from, to))
}

/// The text of all shipped files.
pub(crate) fn text() -> String {
    shipped_files().into_iter().map(|file| file.text).collect()
}
