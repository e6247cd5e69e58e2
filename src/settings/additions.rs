//! The files of `sources.d`. What lies there and is no file of the catalogue (an editor's lock, a link to
//! nothing, a FIFO) is passed over with a line, and never opened.

use std::fs::{self, FileType};
use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use super::SettingsError;

/// The files of a folder that are additions to the catalogue, in order. A folder that does not exist has
/// none. `doubts` gets a line for everything else in it.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn listed(
    folder: &Path,
    doubts: &mut Vec<String>,
) -> Result<Vec<PathBuf>, SettingsError> {
    let unlisted = |source| SettingsError::List { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if is_no_folder(&error) => return Ok(Vec::new()),
        entries => entries.map_err(unlisted)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(unlisted)?.path());
    }
    paths.sort();
    let mut additions = Vec::new();
    for path in paths {
        match passed_over(&path) {
            Some(why) => doubts.push(format!("passed over {}: {why}", path.display())),
            // It may hold files that an addition includes.
            None if path.is_dir() => {}
            None => additions.push(path),
        }
    }
    Ok(additions)
}

fn is_no_folder(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Why something is no addition to the catalogue; `None` if it is one, or a folder of included files.
fn passed_over(path: &Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_toml = name.ends_with(".toml");
    if name.starts_with('.') || name.starts_with('#') || name.ends_with('~') {
        return Some("hidden, or an editor's own");
    }
    // Follows links. What may not be looked at is an error, once it is opened.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            (!is_toml).then_some("its name does not end in .toml")
        }
        Ok(metadata) if metadata.is_dir() => is_toml.then_some("a directory, not a file"),
        Ok(metadata) => Some(kind(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some("a link to nothing"),
        Err(error) if path.is_symlink() && error.kind() != io::ErrorKind::PermissionDenied => {
            Some("a link that leads round in a circle")
        }
        Err(_) => None,
    }
}

fn kind(of: FileType) -> &'static str {
    if of.is_fifo() {
        "a FIFO, not a file"
    } else if of.is_socket() {
        "a socket, not a file"
    } else {
        "a device, not a file"
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn only_files_of_the_catalogue_are_read_and_the_rest_is_said() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let names = ["b.toml", "a.toml", ".hidden.toml", "#a.toml#", "a.toml~", "notes.txt"];
        for name in names {
            fs::write(folder.join(name), "").unwrap();
        }
        for name in ["included", "folder.toml"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        symlink("ana@host.4711:1", folder.join(".#a.toml")).unwrap();
        symlink("nowhere", folder.join("dangling.toml")).unwrap();
        symlink("a.toml", folder.join("link.toml")).unwrap();
        symlink("round.toml", folder.join("round.toml")).unwrap();
        let _listener = UnixListener::bind(folder.join("socket.toml")).unwrap();
        let mut doubts = Vec::new();
        let additions = listed(folder, &mut doubts).unwrap();
        let names: Vec<_> = additions.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["a.toml", "b.toml", "link.toml"]);
        let prefix = format!("passed over {}/", folder.display());
        let said: Vec<_> = doubts.iter().map(|line| line.strip_prefix(&prefix).unwrap()).collect();
        assert_eq!(
            said,
            [
                "#a.toml#: hidden, or an editor's own",
                ".#a.toml: hidden, or an editor's own",
                ".hidden.toml: hidden, or an editor's own",
                "a.toml~: hidden, or an editor's own",
                "dangling.toml: a link to nothing",
                "folder.toml: a directory, not a file",
                "notes.txt: its name does not end in .toml",
                "round.toml: a link that leads round in a circle",
                "socket.toml: a socket, not a file",
            ]
        );
    }

    #[test]
    fn a_folder_that_is_not_there_adds_nothing() {
        let place = tempfile::tempdir().unwrap();
        let mut doubts = Vec::new();
        assert_eq!(
            listed(&place.path().join("sources.d"), &mut doubts).unwrap(),
            [""; 0].map(PathBuf::from)
        );
        assert_eq!(doubts, [""; 0]);
    }
}
