//! The files of a catalogue: the *door*, which is the main file, and the files it includes.
//!
//! Nothing here opens a file. The shipped files are compiled into the program; for others this names
//! the included files, and a caller with access to files reads them.

use std::borrow::Cow;

use include_dir::{Dir, include_dir};

/// One file of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, as faults give it; that of an included file begins with the folder of its door.
    pub name: String,
    /// Its text; that of a shipped file is in the program.
    pub text: Cow<'static, str>,
    /// Whether it comes with the program: its titles and labels must then be in both languages.
    pub shipped: bool,
}

impl File {
    /// A file that an operator wrote.
    #[must_use]
    pub fn of_operator(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: Cow::Owned(text.to_owned()), shipped: false }
    }
}

/// The door of the shipped catalogue.
const DOOR: &str = include_str!("../../sources.toml");

/// The files that the door includes.
static SOURCES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/sources");

/// The labels that come with the program. Every catalogue may use them and override them.
pub(super) fn labels() -> File {
    let text = SOURCES.get_file("labels.toml").and_then(|file| file.contents_utf8());
    File {
        name: "sources/labels.toml".to_owned(),
        text: Cow::Borrowed(text.unwrap_or_default()),
        shipped: true,
    }
}

/// The catalogue that comes with the program, file by file, the door first.
#[must_use]
pub fn shipped_files() -> Vec<File> {
    let file = |name: &str, text: &'static str| File {
        name: name.to_owned(),
        text: Cow::Borrowed(text),
        shipped: true,
    };
    let mut files = vec![file("sources.toml", DOOR)];
    let mut included: Vec<_> = SOURCES.files().collect();
    included.sort_by_key(|file| file.path());
    for inner in included {
        let name = format!("sources/{}", inner.path().display());
        files.extend(inner.contents_utf8().map(|text| file(&name, text)));
    }
    files
}

/// The names of the files that a door includes, resolved against its folder. A name that may not be
/// included is left out here and reported when the catalogue is parsed.
#[must_use]
pub fn included(door: &File) -> Vec<String> {
    let Ok(table) = door.text.parse::<toml::Table>() else { return Vec::new() };
    let listed = table.get("include").and_then(toml::Value::as_array);
    let names = listed.into_iter().flatten().filter_map(toml::Value::as_str);
    names.filter(|name| may_include(name).is_ok()).map(|name| beside(&door.name, name)).collect()
}

/// The name of an included file: in the folder of its door.
pub(super) fn beside(door: &str, name: &str) -> String {
    match door.rfind('/') {
        Some(at) => format!("{}/{name}", &door[..at]),
        None => name.to_owned(),
    }
}

/// Proves that a name stays in the folder of the door.
pub(super) fn may_include(name: &str) -> Result<(), String> {
    let inside = name.split('/').all(|step| {
        !step.is_empty() && step != "." && step != ".." && !step.contains(['\\', ':', '\0'])
    });
    if inside && name.ends_with(".toml") && name.len() <= 200 {
        Ok(())
    } else {
        Err(format!("`{name}` is no file in this folder or one below it: `sources/mine.toml`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_of_the_door_is_included() {
        let text = "include = ['a.toml', 'b/c.toml', '../d.toml', '/e.toml', 'b/../f.toml', 'g', \
                    './h.toml', 'i\\\\..\\\\j.toml', '']";
        let door = File::of_operator("/etc/rulewatch/mine.toml", text);
        assert_eq!(included(&door), ["/etc/rulewatch/a.toml", "/etc/rulewatch/b/c.toml"]);
        let door = File::of_operator("mine.toml", text);
        assert_eq!(included(&door), ["a.toml", "b/c.toml"]);
        assert_eq!(included(&File::of_operator("x", "include = ")), Vec::<String>::new());
    }
}
