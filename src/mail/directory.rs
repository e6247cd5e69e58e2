//! Mail into a directory, one file per letter, which every mail program can open.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::Message;
use crate::model::EmailAddress;

/// Writes `<delivery-id>.eml` files.
///
/// A file appears whole or not at all, and a delivery that is sent again replaces its own file: a
/// repeat leaves one letter. Only the owner can read the files and the directory, because letters
/// contain addresses.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Takes the directory; it is created when the first letter goes out.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file of a message.
    #[must_use]
    pub fn file(&self, message: &Message) -> PathBuf {
        // A delivery id is letters, digits and hyphens, so it cannot contain a path.
        self.path.join(format!("{}.eml", message.id))
    }

    /// Deletes the letters to an address, in whatever case, where they were written: their reader is forgotten.
    ///
    /// # Errors
    /// When the directory or a file of it cannot be read, or a file cannot be deleted. Those before it are.
    pub fn delete_to(&self, address: &EmailAddress) -> io::Result<()> {
        let letters = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        for letter in letters {
            let path = letter?.path();
            let is_ours = path.extension().is_some_and(|end| end == "eml" || end == "unfinished");
            if is_ours && is_to(&path, address)? {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Writes the message, and syncs it to the disk.
    pub(super) fn write(&self, message: &Message) -> io::Result<PathBuf> {
        if !self.path.is_dir() {
            fs::create_dir_all(&self.path)?;
            fs::set_permissions(&self.path, Permissions::from_mode(0o700))?;
            hand_over(&self.path, self.path.parent());
        }
        let file = self.file(message);
        let unfinished = self.path.join(format!(".{}.unfinished", message.id));
        let written = write_through(&unfinished, &message.bytes)
            .map(|()| hand_over(&unfinished, Some(&self.path)))
            .and_then(|()| fs::rename(&unfinished, &file))
            // Without this a power cut may lose the name, though not the text.
            .and_then(|()| File::open(&self.path)?.sync_all());
        if written.is_err() {
            // It contains nothing that is not in the outbox; if it cannot be deleted, it does no harm.
            let _ = fs::remove_file(&unfinished);
        }
        written.map(|()| file)
    }
}

/// Whether a letter in a file is to an address: the line of its head, which is written plainly, says so.
fn is_to(path: &Path, address: &EmailAddress) -> io::Result<bool> {
    let file = match File::open(path) {
        // Somebody else has deleted it, or given it its name.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    for line in BufReader::new(file).split(b'\n') {
        let line = line?;
        let line = line.trim_ascii();
        if line.is_empty() {
            break;
        }
        if line.len() > 4 && line[..4].eq_ignore_ascii_case(b"to: ") {
            return Ok(line[4..].eq_ignore_ascii_case(address.as_str().as_bytes()));
        }
    }
    Ok(false)
}

/// Gives a written file to the owner of its directory: a command that root runs must not leave the
/// service a directory that it cannot write to.
fn hand_over(path: &Path, place: Option<&Path>) {
    let Some(Ok(owner)) = place.map(fs::metadata) else { return };
    if fs::metadata(path).is_ok_and(|found| found.uid() != owner.uid()) {
        // Only root can, and only root needs to.
        let _ = chown(path, Some(owner.uid()), Some(owner.gid()));
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
