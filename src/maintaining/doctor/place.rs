//! The files of an installation: who owns them, who may read them, how much space there is.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use super::Finding;

/// Less space than this is a fault, in bytes: a check of the whole catalogue may need it.
const TOO_LITTLE: u64 = 100_000_000;

/// Less space than this is a doubt, in bytes.
const LITTLE: u64 = 1_000_000_000;

/// Whether the state directory exists, is ours, and is closed to others.
pub(super) fn state_directory(path: &Path) -> Vec<Finding> {
    let about = "state";
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let says = format!("there is no {} yet", path.display());
            return vec![Finding::doubt(about, says, "`rulewatch check` makes it")];
        }
        Err(error) => {
            let says = format!("cannot look at {}: {error}", path.display());
            return vec![Finding::fault(about, says, "run as the user who owns it")];
        }
    };
    let mut found = Vec::new();
    if let Err(error) = tempfile::tempfile_in(path) {
        let says = format!("cannot write in {}: {error}", path.display());
        let todo = match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => "make its file system writable".to_owned(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room".to_owned(),
            _ => format!("run as user {}, who owns it", metadata.uid()),
        };
        found.push(Finding::fault(about, says, todo));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        let says = format!("{} is open to others, and holds addresses", path.display());
        found.push(Finding::doubt(about, says, format!("chmod 700 {}", path.display())));
    }
    found.extend(of_others(path, metadata.uid()));
    if found.is_empty() {
        found.push(Finding::well(about, path.display().to_string()));
    }
    found
}

/// Files in a directory that do not belong to its owner.
fn of_others(directory: &Path, owner: u32) -> Option<Finding> {
    let entries = fs::read_dir(directory).ok()?.filter_map(Result::ok);
    let mut others =
        entries.filter(|entry| entry.metadata().is_ok_and(|found| found.uid() != owner));
    let first = others.next()?;
    let says = format!("{} does not belong to the owner of its directory", first.path().display());
    let todo = format!("chown -R --reference={0} {0}", directory.display());
    Some(Finding::fault("state", says, todo))
}

/// Whether others can read a file that contains addresses.
pub(super) fn private_file(path: &Path) -> Vec<Finding> {
    let open = fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let says = || format!("{} can be read by others, and says who subscribes", path.display());
    let todo = || format!("chmod 600 {}", path.display());
    open.then(|| Finding::doubt("database", says(), todo())).into_iter().collect()
}

/// How much space there is for the state.
pub(super) fn disk(path: &Path) -> Option<Finding> {
    let place = path.ancestors().find(|path| path.exists())?;
    let room = rustix::fs::statvfs(place).ok()?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let says = format!("{} MB are free", free / 1_000_000);
    let todo = "make room; a backup needs as much as the database";
    Some(match free {
        free if free < TOO_LITTLE => Finding::fault("disk", says, todo),
        free if free < LITTLE => Finding::doubt("disk", says, todo),
        _ => Finding::well("disk", says),
    })
}
